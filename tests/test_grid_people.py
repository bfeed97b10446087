"""A grid as a source of people: the settlement interface, with ranges, unions, countries and coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from scipy.ndimage import gaussian_filter
from shapely import box

from geo.crs import WGS84
from geo.figures import Part
from geo.grid_people import GridPeople
from geo.grids import Grid, open_grid
from geo.zones import circle
from tests.grid_worlds import noisy, north_up, write_grid

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from geo.population import PeopleSource

RADII_M = np.array([1000.0, 3000.0, 5000.0, 10_000.0])
#: KG west of 72° east, UZ east of it; an exclave of UZ in a KG that was drawn without its hole; nothing north of 40.4°.
KG, UZ, EXCLAVE = box(70, 39, 72, 40.4), box(72, 39, 75, 40.4), box(71.5, 39.95, 71.55, 40.0)
BORDERS = gpd.GeoDataFrame(
    {"id": ["KG", "UZ", "EX"], "kind": ["mainland", "mainland", "exclave"], "country": ["KG", "UZ", "UZ"]},
    geometry=[KG, UZ, EXCLAVE],
    crs=WGS84,
)
CELL = 1 / 1200


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Grid:
    """Give a noisy grid of 100 m cells from 71° to 72.5° east and 39.6° to 40.6° north."""
    folder = tmp_path_factory.mktemp("people")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYMAP_CACHE", str(folder / "cache"))
        return open_grid(write_grid(folder / "grid.tif", noisy(1200, 1800), transform=north_up(71.0, 40.6, CELL)))


@pytest.fixture(scope="module")
def gappy(tmp_path_factory: pytest.TempPathFactory) -> Grid:
    """Give the same grid as a national one often is: without values beyond its border."""
    folder = tmp_path_factory.mktemp("gappy")
    values = noisy(1200, 1800)
    values[:, 1200:] = -1.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYMAP_CACHE", str(folder / "cache"))
        return open_grid(write_grid(folder / "grid.tif", values, nodata=-1.0, transform=north_up(71.0, 40.6, CELL)))


@pytest.fixture(scope="module")
def people(grid: Grid) -> GridPeople:
    """Give the grid as a source of people."""
    return GridPeople(grid, BORDERS)


def test_a_grid_is_a_source_of_people(people: GridPeople) -> None:
    """What settlements are asked, a grid can be asked."""
    source: PeopleSource = people
    assert {name for name in ("parts", "around", "together") if hasattr(source, name)} == {
        "parts",
        "around",
        "together",
    }


def test_an_exact_place_has_one_number(grid: Grid, people: GridPeople) -> None:
    """Low, central and high are the grid's own sum; rings are its differences."""
    found = people.around(71.2, 40.1, 0.0, [], RADII_M)
    expected = grid.circles([71.2] * 4, [40.1] * 4, RADII_M).persons
    for figures, persons in ((found.disks, expected), (found.rings, np.diff(expected, prepend=0.0))):
        total = figures.total()
        for values in (total.low, total.central, total.high):
            assert values.shape == (4, 1, 1)
            assert values[:, 0, 0] == pytest.approx(persons)
    assert found.coverage_share.tolist() == [1.0] * 4
    assert found.cells == pytest.approx(grid.circles([71.2] * 4, [40.1] * 4, RADII_M).cells)
    assert not found.disks.silent.any()


@pytest.mark.parametrize("place", [(72.0, 40.1), (71.52, 39.97), (71.98, 40.38)])
def test_countries_are_those_of_the_cut_polygons(grid: Grid, people: GridPeople, place: tuple[float, float]) -> None:
    """On the border, about the exclave and at the end of all borders: rings cut with the polygons say the same.

    Cells on a border are shared by ground before the circle is laid over them, so cells that both cut may differ.
    """
    disks = people.around(*place, 0.0, [], RADII_M).disks
    found, parts = disks.by_country(people.parts).central[:, 0], disks.central[:, 0]
    assert people.countries == ("KG", "UZ", None)
    assert people.parts == (Part("KG"), Part("UZ"), Part("UZ", "EX"), Part(None))
    ground = [KG.difference(EXCLAVE), shapely.union_all([UZ, EXCLAVE]), box(60, 30, 80, 50).difference(KG.union(UZ))]
    for values, shapes in ((found, ground), (parts, [ground[0], UZ, EXCLAVE, ground[2]])):
        assert values.shape[-1] == len(shapes)
        _are_cut(grid, place, values, shapes)
    assert found.sum(axis=1) == pytest.approx(grid.circles([place[0]] * 4, [place[1]] * 4, RADII_M).persons)


def _are_cut(grid: Grid, place: tuple[float, float], found: np.ndarray, shapes: list[BaseGeometry]) -> None:
    for number, shape in enumerate(shapes):
        cut = [circle(*place, radius_m).intersection(shape) for radius_m in RADII_M]
        expected = np.nan_to_num(grid.polygons([part if part.area else None for part in cut]).persons)
        assert found[:, number] == pytest.approx(expected, rel=2e-3, abs=30)


def test_the_range_holds_the_central_value_and_widens_with_the_error(people: GridPeople) -> None:
    """What a small error tries, a larger one tries too, near the border as away from it."""
    for place in ((71.3, 40.1), (71.99, 40.1)):
        before = None
        for error_m in (0.0, 90.0, 500.0, 1700.0, 3000.0, 5000.0):
            disks = people.around(*place, error_m, [], RADII_M).disks.total()
            low, central, high = disks.low.min(axis=1)[:, 0], disks.central[:, 0, 0], disks.high.max(axis=1)[:, 0]
            assert (low <= central + 1e-6).all()
            assert (high >= central - 1e-6).all()
            if before is not None:
                assert (low <= before[0] + 1e-6).all()
                assert (high >= before[1] - 1e-6).all()
                assert central == pytest.approx(before[2])
            before = low, high, central
        assert (high > low).all()


def test_the_range_is_that_of_circles_moved_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among villages a kilometre wide, a brute force over the disk of error finds hardly more than what is tried."""
    monkeypatch.setenv("SYMAP_CACHE", str(tmp_path / "cache"))
    values = gaussian_filter(noisy(1200, 1800), 8.0) ** 2
    grid = open_grid(write_grid(tmp_path / "grid.tif", values, transform=north_up(71.0, 40.6, CELL)))
    disks = GridPeople(grid, BORDERS).around(71.3, 40.1, 2000.0, [], RADII_M).disks.total()
    rng = np.random.default_rng(0)
    away, turn = 2000 * np.sqrt(rng.random(1500)), rng.uniform(0, 2 * np.pi, 1500)
    lon = 71.3 + away * np.sin(turn) / (111_320 * np.cos(np.radians(40.1)))
    lat = 40.1 + away * np.cos(turn) / 111_050
    for number, radius_m in enumerate(RADII_M):
        persons = grid.circles(lon, lat, np.full(1500, radius_m)).persons
        slack = 0.1 * (persons.max() - persons.min())
        assert disks.low[number].min() <= persons.min() + slack
        assert disks.high[number].max() >= persons.max() - slack


def test_the_union_counts_everybody_once(grid: Grid, people: GridPeople) -> None:
    """Overlapping disks: less than the sum; far apart: the sum; the same place twice: itself."""
    near = [people.around(lon, 40.1, 0.0, [], RADII_M) for lon in (71.3, 71.33)]
    far = [people.around(lon, 40.1, 0.0, [], RADII_M) for lon in (71.3, 71.8)]
    for places, lons in ((near, (71.3, 71.33)), (far, (71.3, 71.8))):
        union = people.together(places, RADII_M)
        shapes = [shapely.union_all([circle(lon, 40.1, radius_m) for lon in lons]) for radius_m in RADII_M]
        expected = grid.polygons(shapes).persons
        assert union.total.central.central[:, 0] == pytest.approx(expected)
        assert union.total.low[:, 0] == pytest.approx(expected)
        assert union.by_country.central.central.sum(axis=1) == pytest.approx(expected)
    sums = sum(place.disks.total().central[:, 0, 0] for place in far)
    assert people.together(far, RADII_M).total.central.central[:, 0] == pytest.approx(sums)
    alone, twice = people.together(near[:1], RADII_M).total, people.together([near[0], near[0]], RADII_M).total
    assert twice.central.central[:, 0] == pytest.approx(alone.central.central[:, 0])
    assert twice.high[:, 0] == pytest.approx(alone.high[:, 0])


def test_the_union_of_uncertain_places_has_a_range(people: GridPeople) -> None:
    """Low is no less than any place's own, high no more than the sum; the central value lies between."""
    places = [people.around(lon, 40.1, 2000.0, [], RADII_M) for lon in (71.3, 71.35)]
    total = people.together(places, RADII_M).total
    own_low = np.max([place.disks.total().low.min(axis=1)[:, 0] for place in places], axis=0)
    own_high = np.sum([place.disks.total().high.max(axis=1)[:, 0] for place in places], axis=0)
    assert (total.low[:, 0] >= own_low - 1e-6).all()
    assert (total.high[:, 0] <= own_high + 1e-6).all()
    assert (total.low[:, 0] <= total.central.central[:, 0]).all()
    assert (total.central.central[:, 0] <= total.high[:, 0]).all()


def test_beyond_the_grid_is_no_data_and_says_so(people: GridPeople) -> None:
    """Half outside: the number is a lower bound and half is covered; wholly outside: no number."""
    edge = people.around(71.0, 40.1, 0.0, [], RADII_M)
    assert edge.coverage_share == pytest.approx([0.5] * 4, abs=2e-3)
    assert edge.ring_coverage_share == pytest.approx([0.5] * 4, abs=2e-3)
    union = people.together([edge], RADII_M)
    assert union.total.open_ended.all()
    assert not union.total.nothing.any()
    for lon, lat in ((65.0, 40.1), (10.0, -20.0)):
        away = people.around(lon, lat, 0.0, [], RADII_M)
        assert away.coverage_share.tolist() == [0.0] * 4
        assert people.together([away], RADII_M).total.nothing.all()


def test_a_country_without_values_is_no_data_beside_one_with(gappy: Grid) -> None:
    """A national grid knows nothing of the neighbour: its people are unknown, not nobody."""
    people = GridPeople(gappy, BORDERS)
    found = people.around(72.0, 40.1, 0.0, [], RADII_M)
    kg, uz = 0, 1
    assert found.disks.heard[:, 0, kg].all()
    assert found.disks.silent[:, 0, uz].all()
    assert (found.disks.settlements[:, 0, uz] > 0).all()
    assert found.coverage_share == pytest.approx([0.5] * 4, abs=2e-3)
    assert people.together([found], RADII_M).total.open_ended.all()


def test_large_surroundings_are_cut_as_polygons(grid: Grid, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the window of cells the same question gives the same people."""
    expected = GridPeople(grid, BORDERS).around(71.99, 40.1, 300.0, [], RADII_M[:2]).disks
    monkeypatch.setattr("geo.grid_people._WINDOW_CELLS", 0)
    found = GridPeople(grid, BORDERS).around(71.99, 40.1, 300.0, [], RADII_M[:2]).disks
    assert found.low == pytest.approx(expected.low, rel=5e-3, abs=30)
    assert found.total().low == pytest.approx(expected.total().low)


def test_a_place_close_by_is_counted_from_the_same_surroundings(grid: Grid, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one place's surroundings hold is shared out among countries once; the answer does not depend on it."""
    alone = GridPeople(grid, BORDERS).around(72.003, 40.1, 300.0, [], RADII_M[:3]).disks
    people = GridPeople(grid, BORDERS)
    people.around(71.99, 40.1, 300.0, [], RADII_M)
    monkeypatch.setattr(GridPeople, "_share_out", None)
    found = people.around(72.003, 40.1, 300.0, [], RADII_M[:3]).disks
    assert found.low == pytest.approx(alone.low, rel=1e-9, abs=1e-6)
    assert found.settlements == pytest.approx(alone.settlements, rel=1e-9, abs=1e-6)
