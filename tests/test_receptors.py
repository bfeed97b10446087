"""Receptors near places: how many, how far, in which direction, and how much of a river or a field lies in each ring."""

from __future__ import annotations

import math

import pytest
import shapely

from geo.brought import layer_of
from geo.places import Place
from geo.receptors import corridor_receptors, measure_receptors
from geo.zones import circle, geodesic_area_m2
from tests.people_worlds import CENTRE, at, square
from tests.test_regions import collection

RADII_M = (1000.0, 5000.0)
HERE = Place(None, None, {}, *CENTRE)


def _points(*spots: tuple[float, float]) -> bytes:
    return collection([({"id": f"P{n}"}, shapely.Point(at(*spot))) for n, spot in enumerate(spots)])


def test_points_are_counted_and_listed() -> None:
    """One in the first ring, two in the second; of those outside only the nearest."""
    layer = layer_of(
        "p.geojson", _points((900.0, 0.0), (3000.0, 90.0), (4999.0, 180.0), (9000.0, 270.0), (8000.0, 45.0))
    )
    found = measure_receptors(layer, [HERE], RADII_M)
    assert found.kind == "points"
    assert found.rings["receptors"].tolist() == [1, 2]
    assert found.rings[["receptors_min", "receptors_max"]].to_numpy().tolist() == [[1, 1], [2, 2]]
    assert found.rings[["length_m", "ground_m2"]].isna().all(axis=None)
    assert found.receptors["id"].tolist() == ["P0", "P1", "P2", "P4"]
    assert found.receptors["inside"].tolist() == [True, True, True, False]
    assert found.receptors["distance_m"].to_numpy() == pytest.approx([900, 3000, 4999, 8000], abs=0.01)
    assert found.receptors["bearing_deg"].to_numpy() % 360 == pytest.approx([0, 90, 180, 45], abs=1e-3)
    assert found.receptors["outer_radius_m"].to_numpy()[:3].tolist() == [1000.0, 5000.0, 5000.0]
    assert math.isnan(found.receptors["outer_radius_m"].iloc[3])


def test_an_uncertain_place_has_a_range_of_receptors() -> None:
    """What is near wherever the place is, and what may be near."""
    layer = layer_of("p.geojson", _points((400.0, 0.0), (900.0, 0.0), (1300.0, 0.0)))
    place = Place("S", "sites", {}, *CENTRE, positional_error_m=500.0)
    first = measure_receptors(layer, [place], RADII_M).rings.iloc[0]
    assert (first["receptors_min"], first["receptors"], first["receptors_max"]) == (1, 2, 3)


def test_a_river_has_its_length_in_each_ring() -> None:
    """A meridian through the place: a diameter of each circle; one that passes beside is at its nearest point."""
    line = shapely.LineString([at(20_000.0, 180.0), at(20_000.0, 0.0)])
    found = measure_receptors(layer_of("r.geojson", collection([({"id": "R"}, line)])), [HERE], RADII_M)
    assert found.kind == "lines"
    assert found.rings["length_m"].to_numpy() == pytest.approx([2000.0, 8000.0], rel=1e-3)
    assert found.receptors["distance_m"].iloc[0] == pytest.approx(0.0, abs=0.5)
    east = [at(3000.0, 90.0, at(side, angle)) for side, angle in ((20_000.0, 180.0), (20_000.0, 0.0))]
    aside = layer_of("r.geojson", collection([({}, shapely.LineString(east))]))
    row = measure_receptors(aside, [HERE], RADII_M).receptors.iloc[0]
    assert (row["distance_m"], row["bearing_deg"]) == pytest.approx((3000.0, 90.0), abs=5.0)


def test_a_field_has_its_ground_in_each_ring() -> None:
    """Around the place it fills the circles; the place itself is inside at distance 0."""
    wide = shapely.box(71.9, 40.95, 72.1, 41.05)
    found = measure_receptors(layer_of("f.geojson", collection([({}, wide)])), [HERE], (1000.0, 2000.0))
    disks = [geodesic_area_m2(circle(*CENTRE, radius_m)) for radius_m in (1000.0, 2000.0)]
    assert found.rings["ground_m2"].to_numpy() == pytest.approx([disks[0], disks[1] - disks[0]])
    assert found.receptors["distance_m"].tolist() == [0.0]
    beside = measure_receptors(layer_of("f.geojson", collection([({}, square(4500.0, 2000.0))])), [HERE], RADII_M)
    assert beside.receptors["distance_m"].iloc[0] == pytest.approx(4500.0, abs=1.0)
    assert 0 < beside.rings["ground_m2"].iloc[1] < 4e6


def test_nothing_in_reach_names_the_nearest() -> None:
    """However far it is; and a layer keeps count of what had no geometry."""
    layer = layer_of("p.geojson", collection([({"id": "F"}, shapely.Point(80, 43)), ({"id": "N"}, None)]))
    found = measure_receptors(layer, [HERE], RADII_M)
    assert found.rings["receptors"].tolist() == [0, 0]
    assert found.receptors["inside"].tolist() == [False]
    assert found.receptors["distance_m"].iloc[0] > 600_000
    assert [(note.code, note.params["count"]) for note in found.notes] == [("layer-without-geometry", 1)]


def test_receptors_along_a_line_in_order_of_travel() -> None:
    """How far along and how far aside; beyond the width only those that an error of the line may bring near."""
    line = shapely.LineString([CENTRE, at(20_000.0, 90.0)])
    spots = [at(300.0, 0.0, at(15_000.0, 90.0)), at(700.0, 180.0, at(4000.0, 90.0)), at(2000.0, 0.0, at(8000.0, 90.0))]
    layer = layer_of("p.geojson", collection([({"id": str(n)}, shapely.Point(spot)) for n, spot in enumerate(spots)]))
    found = corridor_receptors(layer, line, 500.0, 300.0)
    assert found["id"].tolist() == ["1", "0"]
    assert found["inside"].tolist() == [False, True]
    # The edge is drawn straight in degrees, the points stand off the geodesic: some metres over 20 km.
    assert found["along_m"].to_numpy() == pytest.approx([4000.0, 15_000.0], abs=20.0)
    assert found["offset_m"].to_numpy() == pytest.approx([700.0, 300.0], abs=10.0)
