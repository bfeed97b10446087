"""Laws of people on a grid: exact against another tool, whole and parts, order, reference system, origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon, affinity, box

from geo.crs import WGS84
from geo.grids import Grid, open_grid
from geo.zones import circle, rings
from tests.effort import examples
from tests.grid_worlds import noisy, north_up, write_grid

if TYPE_CHECKING:
    from pathlib import Path

ROWS, COLUMNS, CELL = 900, 1200, 1 / 1200
WEST, NORTH = 71.0, 40.5
EAST, SOUTH = WEST + COLUMNS * CELL, NORTH - ROWS * CELL
laws = examples(40)

lons = st.floats(WEST - 0.1, EAST + 0.1)
lats = st.floats(SOUTH - 0.1, NORTH + 0.1)
radii = st.floats(150.0, 20_000.0)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Grid, np.ndarray]:
    """Give a noisy grid of 100 m cells, with its cells; a twentieth of them has no value."""
    folder = tmp_path_factory.mktemp("world")
    values = noisy(ROWS, COLUMNS)
    values[np.random.default_rng(2).random(values.shape) < 0.05] = -1.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYMAP_CACHE", str(folder / "cache"))
        grid = open_grid(write_grid(folder / "grid.tif", values, nodata=-1.0, transform=north_up(WEST, NORTH, CELL)))
    return grid, values


def _peer(values: np.ndarray, zones: list[Polygon]) -> np.ndarray:
    frame = gpd.GeoDataFrame(geometry=zones, crs=WGS84)
    source = NumPyRasterSource(
        np.where(values < 0, 0.0, values), xmin=WEST, ymin=SOUTH, xmax=EAST, ymax=NORTH, srs_wkt=frame.crs.to_wkt()
    )
    return np.array([found["properties"]["sum"] for found in exact_extract(source, frame, "sum")])


def _star(rng: np.random.Generator) -> Polygon:
    """Draw a ragged polygon with a ragged hole."""

    def ring(size: float, corners: int) -> np.ndarray:
        angle = np.sort(rng.uniform(0, 2 * np.pi, corners))
        reach = size * rng.uniform(0.5, 1.0, corners)
        return np.column_stack([reach * np.cos(angle), reach * np.sin(angle)])

    size = 10 ** rng.uniform(-2.0, -0.8)
    star = Polygon(ring(size, 40)).buffer(0).difference(Polygon(ring(size / 3, 25)).buffer(0))
    return affinity.translate(star, rng.uniform(WEST + 0.2, EAST - 0.2), rng.uniform(SOUTH + 0.2, NORTH - 0.2))


def test_exact_against_another_tool(world: tuple[Grid, np.ndarray]) -> None:
    """500 circles and 200 polygons with holes: mean relative error under 1e-4, the greatest under 2e-3.

    Sums along rows are exact but for rounding, so the bound that is held here is a hundred thousand times tighter.
    """
    grid, values = world
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(WEST + 0.2, EAST - 0.2, 500), rng.uniform(SOUTH + 0.15, NORTH - 0.15, 500)
    radius_m = 10 ** rng.uniform(2.7, 4.1, 500)
    circles = [circle(*part) for part in zip(lon, lat, radius_m, strict=True)]
    found = grid.circles(lon, lat, radius_m)
    error = np.abs(found.persons / _peer(values, circles) - 1)
    assert error.mean() < 1e-9
    assert error.max() < 2e-8
    stars = [_star(rng) for _ in range(200)]
    starry = grid.polygons(stars)
    error = np.abs(starry.persons / _peer(values, stars) - 1)[starry.cells >= 100]
    assert len(error) > 150
    assert error.max() < 2e-8


def test_the_whole_grid_is_its_plain_sum(world: tuple[Grid, np.ndarray]) -> None:
    """A zone round everything, in one piece or cut in two, holds all people of the grid."""
    grid, values = world
    everything, left, right = box(60, 30, 80, 50), box(60, 30, 71.4321, 50), box(71.4321, 30, 80, 50)
    found = grid.polygons([everything, left, right])
    assert found.persons[0] == pytest.approx(values[values >= 0].sum(), rel=1e-12)
    assert found.persons[1:].sum() == pytest.approx(found.persons[0], rel=1e-9)
    assert found.cells[0] == pytest.approx((values >= 0).sum(), rel=1e-12)


@laws
@given(lon=lons, lat=lats, radii_m=st.lists(radii, min_size=2, max_size=5, unique=True))
def test_rings_sum_to_the_disk_and_people_never_fall(
    world: tuple[Grid, np.ndarray], lon: float, lat: float, radii_m: list[float]
) -> None:
    """Disjoint rings make up the largest disk; a larger circle never holds fewer people or cells."""
    grid, _ = world
    radii_m = sorted(radii_m)
    disks = grid.circles(np.full(len(radii_m), lon), np.full(len(radii_m), lat), radii_m)
    parts = grid.polygons([shape for _, _, shape in rings(lon, lat, radii_m)])
    assert np.nansum(parts.persons) == pytest.approx(np.nan_to_num(disks.persons)[-1], rel=1e-9, abs=1e-6)
    assert np.diff(np.nan_to_num(disks.persons)).min() >= -1e-6
    assert np.diff(disks.cells).min() >= -1e-6
    assert ((disks.coverage_share >= 0) & (disks.coverage_share <= disks.inside_share + 1e-9)).all()


@laws
@given(places=st.lists(st.tuples(lons, lats, radii), min_size=2, max_size=5))
def test_the_union_is_no_more_than_the_sum(
    world: tuple[Grid, np.ndarray], places: list[tuple[float, float, float]]
) -> None:
    """Everybody once: union ≤ sum, and sum = union + what the circles share (for two)."""
    grid, _ = world
    shapes = [circle(*place) for place in places]
    found = np.nan_to_num(grid.polygons([shapely.union_all(shapes), *shapes]).persons)
    assert found[0] <= found[1:].sum() * (1 + 1e-9) + 1e-6
    assert found[0] >= found[1:].max() * (1 - 1e-9) - 1e-6
    pair, shared = shapely.union(*shapes[:2]), shapely.intersection(*shapes[:2])
    both = np.nan_to_num(grid.polygons([pair, shared if shared.area else None]).persons)
    assert both.sum() == pytest.approx(found[1] + found[2], rel=1e-7, abs=1e-4)


@laws
@given(places=st.lists(st.tuples(lons, lats, radii), min_size=1, max_size=6), seed=st.integers(0, 99))
def test_order_and_company_do_not_matter(
    world: tuple[Grid, np.ndarray], places: list[tuple[float, float, float]], seed: int
) -> None:
    """A zone's number does not depend on which other zones are asked about, or in which order."""
    grid, _ = world
    order = np.random.default_rng(seed).permutation(len(places))
    lon, lat, radius_m = np.array(places).T
    together = grid.circles(lon, lat, radius_m)
    shuffled = grid.circles(lon[order], lat[order], radius_m[order])
    np.testing.assert_allclose(shuffled.persons, together.persons[order], rtol=1e-9)
    np.testing.assert_allclose(shuffled.coverage_share, together.coverage_share[order], atol=1e-9)
    alone = grid.circles(*(part[:1] for part in (lon, lat, radius_m)))
    np.testing.assert_allclose(alone.persons[0], together.persons[0], rtol=1e-9)


@laws
@given(
    lon=st.floats(WEST + 0.2, EAST - 0.2),
    lat=st.floats(SOUTH + 0.2, NORTH - 0.2),
    radius_m=radii,
    cut=st.floats(-0.9, 0.9),
)
def test_splitting_a_zone_splits_its_people(
    world: tuple[Grid, np.ndarray], lon: float, lat: float, radius_m: float, cut: float
) -> None:
    """Two halves of a circle, apart or as one zone of two parts, hold what the circle holds."""
    grid, _ = world
    whole = circle(lon, lat, radius_m)
    at = lon + cut * (whole.bounds[2] - lon)
    west, east = (
        whole.intersection(box(*sides)) for sides in ((at - 5, lat - 5, at, lat + 5), (at, lat - 5, at + 5, lat + 5))
    )
    found = grid.polygons([whole, west, east, shapely.geometrycollections([west, east])])
    assert found.persons[1] + found.persons[2] == pytest.approx(found.persons[0], rel=1e-7, abs=1e-6)
    assert found.persons[3] == pytest.approx(found.persons[0], rel=1e-7, abs=1e-6)


def test_origin_and_splitting_of_the_file_do_not_matter(
    world: tuple[Grid, np.ndarray], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A window of the grid, wherever it begins, gives the same people; two files that meet add up."""
    monkeypatch.setenv("SYMAP_CACHE", str(tmp_path / "cache"))
    grid, values = world
    place = (np.full(4, 71.5), np.full(4, 40.1), np.array([500.0, 3000.0, 9000.0, 15_000.0]))
    whole = grid.circles(*place).persons

    def part(name: str, rows: slice, columns: slice) -> np.ndarray:
        corner = north_up(WEST + columns.start * CELL, NORTH - rows.start * CELL, CELL)
        path = write_grid(tmp_path / name, values[rows, columns], nodata=-1.0, transform=corner)
        return open_grid(path).circles(*place).persons

    assert part("window.tif", slice(151, 853), slice(203, 997)) == pytest.approx(whole, rel=1e-9)
    upper, lower = part("upper.tif", slice(0, 480), slice(0, 1200)), part("lower.tif", slice(480, 900), slice(0, 1200))
    assert np.nan_to_num(upper) + np.nan_to_num(lower) == pytest.approx(whole, rel=1e-9)


def test_the_reference_system_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same flat ground as a grid in degrees and in two projections: the same people in the same circles."""
    monkeypatch.setenv("SYMAP_CACHE", str(tmp_path / "cache"))
    lon, lat, radius_m = np.array([71.5, 71.6]), np.array([40.0, 40.1]), np.array([8000.0, 3000.0])
    found = []
    for crs, place in (
        (WGS84, north_up(71.0, 40.5, 1 / 1200)),
        ("EPSG:32642", north_up(670_000, 4_490_000, 100.0)),
        ("ESRI:54009", north_up(6_020_000, 4_860_000, 100.0)),
        ("EPSG:3857", north_up(7_900_000, 4_930_000, 130.0)),
    ):
        path = write_grid(tmp_path / f"{len(found)}.tif", np.full((1200, 1200), 50.0), crs=crs, transform=place)
        grid = open_grid(path, kind="density")
        sums = grid.circles(lon, lat, radius_m)
        assert sums.coverage_share == pytest.approx([1.0, 1.0])
        found.append(sums.persons)
    # 50 people per km² of circle. Mollweide and web Mercator take the Earth for a sphere, whose areas are off by up to
    # 0.4 %: cells are measured on the ellipsoid.
    for other in found[1:]:
        assert other == pytest.approx(found[0], rel=2e-5)
    assert found[0] == pytest.approx(50 * np.pi * (radius_m / 1000) ** 2, rel=1e-5)
