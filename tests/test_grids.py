"""People of a grid inside zones: hand-worked sums, other tools' sums, coverage, memory of the index."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Transformer
from rasterio.transform import Affine
from shapely import MultiPolygon, Polygon, box

from geo import gridindex, grids
from geo.errors import CrsError, QuestionError
from geo.gridfile import GridError
from geo.grids import Grid, open_grid
from geo.gridzones import circle_rings
from geo.zones import circle, geodesic_area_m2
from tests.grid_worlds import CELL, MOLLWEIDE, NORTH, WEST, noisy, north_up, write_grid

ROOT = Path(__file__).parent.parent
#: Cells 1 to 16, row by row from the north-west; sum 136.
SIXTEEN = np.arange(1.0, 17.0).reshape(4, 4)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep indexes of tests out of the user's cache."""
    monkeypatch.setenv("SYMAP_CACHE", str(tmp_path / "cache"))


def _at(column: float, row: float) -> tuple[float, float]:
    return WEST + column * CELL, NORTH - row * CELL


def _polygon(*corners: tuple[float, float]) -> Polygon:
    return Polygon([_at(*corner) for corner in corners])


def _box(left: float, top: float, right: float, bottom: float) -> Polygon:
    return _polygon((left, top), (right, top), (right, bottom), (left, bottom))


def _small(tmp_path: Path, values: np.ndarray = SIXTEEN, **profile: object) -> Grid:
    return open_grid(write_grid(tmp_path / "small.tif", values, **profile))


HAND_WORKED = {
    "all sixteen cells": (_box(0, 0, 4, 4), 136.0, 16.0),
    "the cell in row 2, column 3": (_box(2, 1, 3, 2), 7.0, 1.0),
    # A quarter of each of 6, 7, 10 and 11.
    "quarters of four cells": (_box(1.5, 1.5, 2.5, 2.5), 34 / 4, 1.0),
    # Half of every cell on the diagonal (1, 6, 11, 16) and all below it (5, 9, 10, 13, 14, 15).
    "the lower left triangle": (_polygon((0, 0), (4, 4), (0, 4)), 34 / 2 + 66, 8.0),
    # Inside one cell nothing crosses anything: 0.3 × 0.2 of the cell 16.
    "a scrap of one cell": (_box(3.2, 3.5, 3.5, 3.7), 16 * 0.06, 0.06),
    # All but the four in the middle (6 + 7 + 10 + 11 = 34).
    "a frame": (Polygon(_box(0, 0, 4, 4).exterior, [_box(1, 1, 3, 3).exterior]), 102.0, 12.0),
    "two corners": (MultiPolygon([_box(0, 0, 1, 1), _box(3, 3, 4, 4)]), 17.0, 2.0),
}


@pytest.mark.parametrize("name", HAND_WORKED)
@pytest.mark.parametrize("turned", [False, True])
def test_hand_worked_zones(tmp_path: Path, name: str, turned: bool) -> None:  # noqa: FBT001 - both ways round
    """Exact fractions of the cells 1 to 16, whichever way the outline runs."""
    zone, persons, cells = HAND_WORKED[name]
    found = _small(tmp_path).polygons([shapely.reverse(zone) if turned else zone])
    assert found.persons[0] == pytest.approx(persons, rel=1e-9)
    assert found.cells[0] == pytest.approx(cells, rel=1e-9)
    assert (found.coverage_share[0], found.inside_share[0]) == (1.0, 1.0)


def test_rows_from_the_south_and_columns_from_the_east_are_the_same_grid(tmp_path: Path) -> None:
    """A grid is where its frame says, whichever corner it starts from."""
    zones = [zone for zone, _, _ in HAND_WORKED.values()]
    expected = [persons for _, persons, _ in HAND_WORKED.values()]
    south = write_grid(
        tmp_path / "south.tif", SIXTEEN[::-1], transform=Affine(CELL, 0, WEST, 0, CELL, NORTH - 4 * CELL)
    )
    east = write_grid(
        tmp_path / "east.tif", SIXTEEN[:, ::-1], transform=Affine(-CELL, 0, WEST + 4 * CELL, 0, -CELL, NORTH)
    )
    for path in (south, east):
        assert open_grid(path).polygons(zones).persons == pytest.approx(expected, rel=1e-9)


def test_outside_is_not_covered_and_never_zero(tmp_path: Path) -> None:
    """Half a zone outside says so; a zone on another continent has no number at all."""
    found = _small(tmp_path).polygons([_box(2, 0, 6, 4), _box(-3, -3, 7, 7), box(10, 50, 11, 51), _box(-1, -1, 0, 0)])
    assert found.persons[0] == pytest.approx(3 + 4 + 7 + 8 + 11 + 12 + 15 + 16)
    assert found.persons[1] == pytest.approx(136)
    assert np.isnan(found.persons[2:]).all()
    assert found.coverage_share == pytest.approx([0.5, 0.16, 0.0, 0.0], abs=2e-5)
    assert found.cells[2:].tolist() == [0.0, 0.0]
    assert found.low_data.all()


def test_cells_without_a_value_are_inside_but_not_covered(tmp_path: Path) -> None:
    """What the grid does not know is left out of the count, the cells and the coverage."""
    values = SIXTEEN.copy()
    values[:2, :2] = -9.0
    grid = _small(tmp_path, values, nodata=-9.0)
    found = grid.polygons([_box(0, 0, 4, 4), _box(0, 0, 2, 2), _box(1.5, 0, 2.5, 4), _box(2, -4, 4, 4)])
    assert found.persons[[0, 2, 3]] == pytest.approx([136 - 14, (10 + 14 + 3 + 7 + 11 + 15) / 2, 3 + 4 + 7 + 8 + 54])
    assert np.isnan(found.persons[1])
    assert found.cells == pytest.approx([12, 0, 3, 8])
    assert found.coverage_share == pytest.approx([0.75, 0.0, 0.75, 0.5], abs=1e-4)
    assert found.inside_share == pytest.approx([1.0, 1.0, 1.0, 0.5], abs=1e-4)


def test_nobody_lives_there_is_a_number(tmp_path: Path) -> None:
    """Zeros are values: nobody is counted, and the zone is covered."""
    found = _small(tmp_path, np.zeros((4, 4))).polygons([_box(1, 1, 3, 3)])
    assert (found.persons[0], found.coverage_share[0]) == (0.0, 1.0)


def test_zones_without_ground_and_zones_that_cross_themselves(tmp_path: Path) -> None:
    """Empty ones stay empty; a bow tie is put right and marked; points and lines are refused."""
    grid = _small(tmp_path)
    bow_tie = _polygon((0, 0), (4, 4), (4, 0), (0, 4))
    found = grid.polygons([None, Polygon(), bow_tie])
    assert np.isnan(found.persons[:2]).all()
    assert np.isnan(found.coverage_share[:2]).all()
    # The left and the right triangle: half of each diagonal cell, and 5, 9; 8, 12.
    halves = (1 + 6 + 11 + 16 + 4 + 7 + 10 + 13) / 2
    assert found.persons[2] == pytest.approx(halves + 5 + 9 + 8 + 12)
    assert found.repaired.tolist() == [False, False, True]
    for bad in (shapely.Point(71, 40), shapely.LineString([(71, 40), (72, 40)])):
        with pytest.raises(QuestionError, match="zone-not-polygon"):
            grid.polygons([bad])
    with pytest.raises(QuestionError, match="outside-globe"):
        grid.polygons([box(4_000_000, 5_000_000, 4_100_000, 5_100_000)])


@pytest.mark.parametrize("radius_m", [0.0, -5.0, float("nan"), float("inf"), 1e7])
def test_radii_that_make_no_circle_are_refused(tmp_path: Path, radius_m: float) -> None:
    """No radius, a negative one, no number, and a quarter of the globe."""
    with pytest.raises(QuestionError, match="radius-range"):
        _small(tmp_path).circles([71.02], [39.98], [radius_m])


def test_poles_and_places_off_the_globe_are_refused(tmp_path: Path) -> None:
    """A circle over a pole has no east and west; a latitude of 91° does not exist."""
    grid = _small(tmp_path)
    for lat, code in (
        (90.0, "circle-at-pole"),
        (-89.99, "circle-at-pole"),
        (91.0, "outside-globe"),
        (np.nan, "outside-globe"),
    ):
        with pytest.raises(QuestionError, match=code):
            grid.circles([71.0], [lat], [5000.0])


@pytest.mark.parametrize("west", [-180.0, 0.0])
def test_circles_over_the_date_line_are_whole(tmp_path: Path, west: float) -> None:
    """On a grid of the whole Earth the circle is counted on both sides, whether it starts at -180° or at Greenwich."""
    values = np.ones((180, 360))
    grid = open_grid(write_grid(tmp_path / "globe.tif", values, transform=north_up(west, 90.0, 1.0)))
    for lon in (180.0, -180.0, 179.5, -179.9, 0.0, 0.2):
        found = grid.circles([lon, 100.0], [10.0, 10.0], [200_000.0, 200_000.0])
        assert found.persons[0] == pytest.approx(found.persons[1], rel=1e-9)
        assert found.coverage_share[0] == 1.0


def test_projected_grid_over_the_date_line(tmp_path: Path) -> None:
    """In Mollweide the two halves of the circle lie at the two ends of the Earth."""
    size = 100_000.0
    values = np.ones((180, 362))
    place = Affine(size, 0.0, -181 * size, 0.0, -size, 90 * size)
    grid = open_grid(write_grid(tmp_path / "globe.tif", values, crs=MOLLWEIDE, transform=place))
    found = grid.circles([179.8, 100.0], [10.0, 10.0], [200_000.0, 200_000.0])
    assert found.persons[0] == pytest.approx(found.persons[1], rel=0.003)
    with pytest.raises(CrsError, match="zone-beyond-projection"):
        open_grid(
            write_grid(tmp_path / "utm.tif", values, crs="EPSG:32643", transform=north_up(0, 5_000_000, 1000.0))
        ).polygons([box(-20, -1, -10, 1)])


@pytest.mark.parametrize("radius_m", [50.0, 5000.0, 49_000.0, 200_000.0, 900_000.0])
@pytest.mark.parametrize("lat", [0.0, 41.3, -66.0, 78.0])
def test_fast_circles_are_the_circles_of_the_zones(tmp_path: Path, radius_m: float, lat: float) -> None:
    """Corners drawn many at a time lie within a millimetre of those drawn one by one."""
    place = open_grid(
        write_grid(tmp_path / "globe.tif", np.ones((180, 360)), transform=north_up(-180, 90, 1.0))
    ).placement
    fast = circle_rings(place, [72.0], [lat], [radius_m])
    lon, north = place.to_lon_lat(fast.column, fast.row)
    one_by_one = shapely.get_coordinates(circle(72.0, lat, radius_m))[:-1]
    # The one runs clockwise from north, the other the other way.
    order = np.concatenate([[0], np.arange(179, 0, -1)])
    metres = np.array([111_320 * np.cos(np.radians(lat)), 110_574])
    assert np.abs((np.column_stack([lon, north])[order] - one_by_one) * metres).max() < 1e-3


def test_projected_grid_agrees_with_the_cells_inside(tmp_path: Path) -> None:
    """On a grid of one person per hectare in Mollweide a circle holds its area in hectares; on a noisy one, its cells."""
    transformer = Transformer.from_crs("EPSG:4326", MOLLWEIDE, always_xy=True)
    x, y = transformer.transform(71.5, 40.0)
    place = north_up(round(x, -2) - 30_000, round(y, -2) + 30_000, 100.0)
    flat = open_grid(write_grid(tmp_path / "flat.tif", np.ones((600, 600)), crs=MOLLWEIDE, transform=place))
    zones = [circle(71.5, 40.0, 10_000.0), circle(71.45, 40.05, 3000.0)]
    found = flat.circles([71.5, 71.45], [40.0, 40.05], [10_000.0, 3000.0])
    # The projection keeps areas on its sphere, the ellipsoid's differ by up to 0.5 %.
    assert found.persons == pytest.approx([geodesic_area_m2(zone) / 1e4 for zone in zones], rel=0.005)
    assert flat.polygons(zones).persons == pytest.approx(found.persons, rel=1e-5)
    values = noisy(600, 600)
    grid = open_grid(write_grid(tmp_path / "noisy.tif", values, crs=MOLLWEIDE, transform=place))
    rows, columns = np.mgrid[0:600, 0:600] + 0.5
    ring = shapely.transform(zones[0], lambda xy: np.column_stack(transformer.transform(*xy.T)))
    inside = shapely.contains_xy(ring, place.c + columns * 100, place.f - rows * 100)
    assert grid.polygons(zones).persons[0] == pytest.approx(values[inside].sum(), rel=0.01)


def test_an_index_is_built_once_for_a_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another name for the same bytes needs no second index; other bytes under the old name do."""
    shares: list[float] = []
    first = write_grid(tmp_path / "a.tif", SIXTEEN)
    open_grid(first, progress=shares.append)
    assert shares[-1] == 1.0
    copy = tmp_path / "copy.tif"
    copy.write_bytes(first.read_bytes())
    with monkeypatch.context() as patch:
        patch.setattr(gridindex, "_build", pytest.fail)
        assert open_grid(copy).index.total_persons == 136
    write_grid(first, SIXTEEN * 2)
    assert open_grid(first).index.total_persons == 272
    assert len(list((tmp_path / "cache" / "grids").iterdir())) == 2


@pytest.mark.parametrize("damage", ["persons.bin", "meta.json"])
def test_a_damaged_index_is_built_anew(tmp_path: Path, damage: str) -> None:
    """A disk that filled up, or a process that was killed, must not leave wrong numbers behind."""
    path = write_grid(tmp_path / "a.tif", SIXTEEN)
    open_grid(path)
    grids._open.cache_clear()
    folder = next((tmp_path / "cache" / "grids").iterdir())
    (folder / damage).write_bytes((folder / damage).read_bytes()[:-9])
    again = open_grid(path)
    assert again.polygons([_box(0, 0, 4, 4)]).persons[0] == pytest.approx(136)


def test_a_file_that_fails_leaves_no_index(tmp_path: Path) -> None:
    """Half an index is never taken for a whole one."""
    path = write_grid(tmp_path / "a.tif", np.where(SIXTEEN == 16, -1.0, SIXTEEN))
    with pytest.raises(GridError, match="grid-negative"):
        open_grid(path)
    assert list((tmp_path / "cache" / "grids").iterdir()) == []


def test_a_full_disk_is_told_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index needs about ten bytes a cell."""
    monkeypatch.setattr(gridindex, "_SPARE_BYTES", 10**18)
    with pytest.raises(GridError, match="cache-no-space"):
        _small(tmp_path)


def test_serving_keeps_the_index_out_of_the_process_memory(tmp_path: Path) -> None:
    """A grid of 24 million cells (192 MB of totals) is asked 200 times with less than 300 MB of the process' own."""
    path = write_grid(tmp_path / "big.tif", np.ones((4000, 6000), dtype="uint8"), transform=north_up(70, 43, 0.001))
    open_grid(path)
    script = (
        "import sys, numpy as np; from geo.grids import open_grid; g = open_grid(sys.argv[1]);"
        "found = g.circles(np.linspace(71, 75, 200), np.linspace(40, 42, 200), np.full(200, 2e4));"
        "assert (found.persons > 1e5).all();"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('RssAnon')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 300_000
