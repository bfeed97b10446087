"""Distances, bearings and reprojection, and what is refused rather than guessed."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo import crs
from geo.errors import CrsError


def test_a_degree_of_latitude_on_the_equator_is_what_the_ellipsoid_says() -> None:
    """From the equator to 1° north the WGS 84 meridian measures 110,574.4 m (series of the meridian arc)."""
    assert crs.distances_m(71.0, 0.0, [71.0], [1.0])[0] == pytest.approx(110_574.4, abs=0.1)


def test_distances_keep_the_order_and_pass_unknown_points() -> None:
    """A place without coordinates has no distance, and an empty list gives an empty list."""
    found = crs.distances_m(71.0, 40.0, [72.0, np.nan, 71.0], [40.0, 40.0, 40.0])
    assert found[2] == 0.0
    assert math.isnan(found[1])
    # A degree of longitude at 40° north: cos 40° × 111,320 m, and the ellipsoid adds a tenth of a per cent.
    assert found[0] == pytest.approx(math.cos(math.radians(40)) * 111_320, rel=2e-3)
    assert crs.distances_m(71.0, 40.0, [], []).shape == (0,)


@pytest.mark.parametrize(("lon", "lat", "bearing"), [(71, 41, 0), (71, 39, 180), (71.001, 40, 90), (70.999, 40, 270)])
def test_bearings_run_clockwise_from_north(lon: float, lat: float, bearing: float) -> None:
    """North is 0, east 90."""
    assert crs.bearing_deg(71.0, 40.0, lon, lat) == pytest.approx(bearing, abs=0.01)


def test_destinations_undo_distances_and_bearings() -> None:
    """Going out by distance and bearing and measuring back gives the same."""
    lons, lats = crs.destinations(71.3, 39.9, [10.0, 200.0], [5_000.0, 90_000.0])
    distance_m, bearing_deg = crs.inverse(71.3, 39.9, lons, lats)
    assert distance_m == pytest.approx([5_000.0, 90_000.0])
    assert bearing_deg == pytest.approx([10.0, 200.0])


def test_a_line_is_as_long_as_its_legs() -> None:
    """Two legs, measured one by one."""
    line = shapely.LineString([(71, 40), (71.5, 40.1), (72, 40)])
    legs = crs.distances_m(71.5, 40.1, [71.0, 72.0], [40.0, 40.0])
    assert crs.line_length_m(line) == pytest.approx(legs.sum())


def test_the_local_plane_keeps_distances_from_its_centre() -> None:
    """In an azimuthal equidistant plane a point lies as far from the origin as on the ground."""
    moved = crs.to_local(shapely.Point(72.0, 40.5), (71.0, 40.0))
    assert math.hypot(moved.x, moved.y) == pytest.approx(crs.distances_m(71.0, 40.0, [72.0], [40.5])[0], rel=1e-9)
    back = crs.from_local(moved, (71.0, 40.0))
    assert (back.x, back.y) == pytest.approx((72.0, 40.5))


def test_series_keep_their_index_and_their_gaps() -> None:
    """A row without geometry stays one."""
    series = gpd.GeoSeries([shapely.Point(72, 40), None], index=[7, 3], crs=crs.WGS84)
    moved = crs.to_local(series, (71.0, 40.0))
    assert list(moved.index) == [7, 3]
    assert moved[3] is None
    assert moved.crs == crs.local_projection(71.0, 40.0)
    assert crs.from_local(moved, (71.0, 40.0))[7].x == pytest.approx(72.0)
    assert series[7].x == 72


def _frame(code: int | None, x: float, y: float) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=[shapely.Point(x, y), None], crs=code)


def test_a_projected_table_comes_back_in_degrees() -> None:
    """On zone 42's middle meridian, 69°, 40° north is 0.9996 times the meridian arc of 4,429,529.03 m."""
    point = crs.to_wgs84(_frame(32642, 500_000, 0.9996 * 4_429_529.03), file="a.gpkg").geometry.iloc[0]
    assert (point.x, point.y) == pytest.approx((69.0, 40.0), abs=1e-7)


def test_a_table_in_degrees_passes_unchanged() -> None:
    """Nothing is moved that need not be."""
    frame = _frame(4326, 71.3418, 39.9432)
    moved = crs.to_wgs84(frame, file="a.geojson")
    assert moved.geometry.iloc[0].equals(frame.geometry.iloc[0])
    assert moved.geometry.iloc[1] is None


@pytest.mark.parametrize(
    ("code", "x", "y", "expected"),
    [
        (None, 71.3, 39.9, "no-crs"),
        (4326, 700_000.0, 4_424_000.0, "crs-implausible"),
        (32642, 71.3, 39.9, "crs-implausible"),
        (3857, 9e9, 1e9, "crs-implausible"),
        (4326, np.inf, 40.0, "crs-implausible"),
    ],
)
def test_coordinates_that_cannot_be_right_are_refused(code: int | None, x: float, y: float, expected: str) -> None:
    """Metres called degrees, degrees called metres, points off the world: the file is named, nothing is guessed."""
    with pytest.raises(CrsError) as caught:
        crs.to_wgs84(_frame(code, x, y), file="own.gpkg")
    assert caught.value.code == expected
    assert caught.value.params["file"] == "own.gpkg"


def test_a_table_without_any_geometry_column_has_no_reference_system() -> None:
    """The same fault as a missing system, not a failure of the program."""
    with pytest.raises(CrsError, match="no-crs"):
        crs.to_wgs84(gpd.GeoDataFrame({"id": ["a"]}), file="own.gpkg")


def test_a_table_of_empty_geometries_passes() -> None:
    """Records that are only listed have no coordinates to doubt."""
    frame = gpd.GeoDataFrame({"id": ["a"]}, geometry=[None], crs=32642)
    assert crs.to_wgs84(frame, file="own.gpkg").crs == crs.WGS84
