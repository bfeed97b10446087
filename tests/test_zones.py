"""Circles and rings have the area and the shape that they claim."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely

from geo.crs import distances_m
from geo.zones import CORNER_REACH, areas_m2, circle, circles, distinct_radii_m, geodesic_area_m2, rings, rings_of

#: WGS 84: semi-major axis and first eccentricity squared.
A_M, E2 = 6_378_137.0, 0.006694379990141


def circle_area_m2(lat: float, radius_m: float) -> float:
    """Area of a geodesic circle on a curved surface, π r² (1 - K r²/12), with the ellipsoid's curvature K there."""
    sine2 = math.sin(math.radians(lat)) ** 2
    meridian_m = A_M * (1 - E2) / (1 - E2 * sine2) ** 1.5
    normal_m = A_M / math.sqrt(1 - E2 * sine2)
    return math.pi * radius_m**2 * (1 - radius_m**2 / (12 * meridian_m * normal_m))


@pytest.mark.parametrize("radius_m", [100.0, 5_000.0, 200_000.0])
def test_a_circle_has_the_area_of_the_geodesic_circle(radius_m: float) -> None:
    """Within a millionth; corners on the circle itself would lose 0.02 %, a buffer in web Mercator 41 %."""
    assert geodesic_area_m2(circle(71.34, 39.94, radius_m)) == pytest.approx(circle_area_m2(39.94, radius_m), rel=1e-6)


def test_the_outline_runs_along_the_circle() -> None:
    """Measured geodesically: all corners equally far, as much outside the circle as the edges' middles are inside."""
    corners = shapely.get_coordinates(circle(71.34, 39.94, 20_000.0))
    far_m = distances_m(71.34, 39.94, corners[:, 0], corners[:, 1])
    assert far_m == pytest.approx(20_000.0 * CORNER_REACH, rel=1e-9)
    middles = (corners[1:] + corners[:-1]) / 2
    near_m = distances_m(71.34, 39.94, middles[:, 0], middles[:, 1])
    assert 0.9999 < near_m.min() / 20_000 < 1 < far_m.max() / 20_000 < 1.00011


def test_rings_are_disjoint_and_fill_the_largest_circle() -> None:
    """No ground is counted twice or left out, in whatever order the radii come."""
    cut = rings(71.34, 39.94, [5_000, 1_000, 3_000])
    assert [(inner, outer) for inner, outer, _ in cut] == [(0.0, 1_000.0), (1_000.0, 3_000.0), (3_000.0, 5_000.0)]
    shapes = [shape for _, _, shape in cut]
    assert all(shape.is_valid for shape in shapes)
    assert shapely.intersection(shapes[0], shapes[1]).area == 0
    assert sum(map(geodesic_area_m2, shapes)) == pytest.approx(geodesic_area_m2(circle(71.34, 39.94, 5_000)), rel=1e-9)


def test_a_circle_over_the_date_line_stays_in_one_piece() -> None:
    """Its corners run past 180° instead of jumping to the other side of the map."""
    drawn = circle(179.9, 40.0, 50_000.0)
    assert drawn.is_valid
    assert drawn.bounds[2] - drawn.bounds[0] < 2


def test_only_ground_has_an_area() -> None:
    """Points, lines and nothing have none; holes are taken off; several parts add up."""
    disk = circle(71.0, 40.0, 1_000.0)
    other = circle(72.0, 40.0, 1_000.0)
    assert geodesic_area_m2(shapely.Point(71, 40)) == 0
    assert geodesic_area_m2(shapely.Polygon()) == 0
    assert geodesic_area_m2(shapely.union(disk, other)) == pytest.approx(2 * geodesic_area_m2(disk), rel=1e-6)
    holed = rings(71.0, 40.0, [1_000, 2_000])[1][2]
    assert geodesic_area_m2(holed) == pytest.approx(3 * geodesic_area_m2(disk), rel=1e-3)


def test_many_circles_at_a_time_are_the_same() -> None:
    """Corner by corner, over the date line too; rings are cut alike, and areas agree with the geodesic ones."""
    centres, radii_m = [(71.34, 39.94), (179.95, -41.0)], [1_000.0, 5_000.0, 20_000.0]
    drawn = circles(centres, radii_m)
    cut = rings_of(drawn)
    for row, (lon, lat) in enumerate(centres):
        for column, (_, outer_m, ring) in enumerate(rings(lon, lat, radii_m)):
            for one, other in ((circle(lon, lat, outer_m), drawn[row, column]), (ring, cut[row, column])):
                assert shapely.get_coordinates(one) == pytest.approx(shapely.get_coordinates(other), abs=1e-10)
    united = shapely.union_all(circles([(71.0, 40.0), (71.1, 40.0), (73.0, 41.0)], [9_000.0])[:, 0])
    for shapes in (drawn, cut, np.array([united, shapely.Polygon(), circle(71, 40, 200_000)])):
        geodesic_m2 = [geodesic_area_m2(shape) for shape in shapes.ravel()]
        assert areas_m2(shapes).ravel() == pytest.approx(geodesic_m2, rel=2e-7)


def test_a_ring_without_width_has_no_ground() -> None:
    """Radii a rounding apart are one: the ring between them is empty, not the whole disk."""
    thin = rings(71.0, 40.0, [150.0, 150.00000000000003])
    assert [shape.is_empty for _, _, shape in thin] == [False, True]
    assert distinct_radii_m([5000, 150.00000000000003, 150]) == (150.0, 5000.0)
