"""Corridors: who lives along a line, by hand on a small grid and among a few villages, with the error of the line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from geo.brought import layer_of
from geo.corridor import CorridorQuestion, measure, read_line
from geo.corridor_lines import around, stretches_of
from geo.crs import GEOD
from geo.errors import DataError, QuestionError
from geo.zones import geodesic_area_m2
from tests.grid_worlds import noisy, north_up, people_on
from tests.people_worlds import CENTRE, at, village, world
from tests.test_regions import collection

if TYPE_CHECKING:
    from pathlib import Path

    from geo.dataset import Dataset
    from geo.grid_people import GridPeople

LINE = shapely.LineString([CENTRE, at(10_000.0, 90.0), at(10_000.0, 0.0, at(10_000.0, 90.0))])


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """Give villages 300 m, 1 km and 3 km aside of the line's first leg."""
    near = [
        at(aside_m, 180.0, at(along_m, 90.0))
        for along_m, aside_m in ((2000.0, 300.0), (5000.0, 1000.0), (7000.0, 3000.0))
    ]
    rows = [village(name, 0.0, persons=persons) for name, persons in (("A", 100.0), ("B", 20.0), ("C", 3.0))]
    for row, (lon, lat) in zip(rows, near, strict=True):
        row.update(lon=lon, lat=lat)
    return world(rows)


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory, dataset: Dataset) -> GridPeople:
    """Give a grid round the line."""
    return people_on(tmp_path_factory.mktemp("grid"), noisy(120, 120), north_up(71.8, 41.3, 0.004), dataset)


def test_the_ground_is_that_of_a_corridor() -> None:
    """A straight line has its length times twice the width, and half a circle at each end."""
    line = shapely.LineString([CENTRE, at(50_000.0, 0.0)])
    expected = 50_000 * 1600 + math.pi * 800**2
    zone = around(stretches_of(line), 800.0)
    assert geodesic_area_m2(zone) == pytest.approx(expected, rel=1e-3)
    corners = shapely.get_coordinates(zone)
    far = [GEOD.inv(*CENTRE, *corner)[2] for corner in corners]
    assert max(far) == pytest.approx(50_800.0, rel=1e-4)


def test_stretches_are_the_line() -> None:
    """They follow each other without a gap and keep the whole length; two parts of a line count one after the other."""
    length_m = GEOD.geometry_length(LINE)
    found = stretches_of(LINE)
    assert [part.from_m for part in found[1:]] == pytest.approx([part.to_m for part in found[:-1]])
    assert found[-1].to_m == pytest.approx(length_m)
    assert sum(GEOD.geometry_length(part.line) for part in found) == pytest.approx(length_m, rel=1e-6)
    assert len(found) <= 42
    twice = shapely.MultiLineString([LINE, shapely.LineString([(73, 41), (73.1, 41)])])
    assert stretches_of(twice)[-1].to_m == pytest.approx(GEOD.geometry_length(twice))


def test_villages_within_the_width_are_counted(dataset: Dataset) -> None:
    """One at 800 m, two at 1.5 km; they are listed in order of travel."""
    narrow, wide = (measure(dataset, CorridorQuestion(LINE, width_m)) for width_m in (800.0, 1500.0))
    assert (narrow.population_persons, wide.population_persons) == (100.0, 120.0)
    assert (narrow.population_min_persons, narrow.population_max_persons) == (100.0, 100.0)
    assert wide.towns["id"].tolist() == ["A", "B"]
    assert wide.towns["along_m"].to_numpy() == pytest.approx([2000.0, 5000.0], abs=20)
    assert wide.by_country["country"].tolist() == ["KG"]
    assert wide.profile["population_persons"].sum() == 120.0
    assert narrow.density_per_km2 == pytest.approx(100.0 / (narrow.area_m2 / 1e6))
    assert narrow.persons_per_km == pytest.approx(100.0 / (narrow.length_m / 1e3))
    assert math.isnan(narrow.coverage_share)
    assert {"corridor-as-drawn", "corridor-towns-are-points"} <= {note.code for note in narrow.notes}
    assert narrow.sources == ("count of A", "map of A")


def test_the_error_of_the_line_is_a_range(dataset: Dataset) -> None:
    """Sure is who is near however the line runs; beyond the width the central number is withheld."""
    some = measure(dataset, CorridorQuestion(LINE, 800.0, 400.0))
    assert (some.population_min_persons, some.population_persons, some.population_max_persons) == (100.0, 100.0, 120.0)
    more = measure(dataset, CorridorQuestion(LINE, 800.0, 600.0))
    assert (more.population_min_persons, more.population_max_persons) == (0.0, 120.0)
    lost = measure(dataset, CorridorQuestion(LINE, 800.0, 2500.0))
    assert lost.range_only
    assert math.isnan(lost.population_persons)
    assert math.isnan(lost.density_per_km2)
    assert (lost.population_min_persons, lost.population_max_persons) == (0.0, 123.0)
    assert lost.profile["population_persons"].isna().all()
    assert lost.profile["population_max_persons"].max() >= 100.0
    assert "corridor-range-only" in {note.code for note in lost.notes}
    assert lost.towns["inside"].tolist() == [True, False, False]
    equal = measure(dataset, CorridorQuestion(LINE, 800.0, 800.0))
    assert not equal.range_only
    unknown = measure(dataset, CorridorQuestion(LINE, 800.0, None))
    assert unknown.population_persons == 100.0
    assert "corridor-error-unknown" in {note.code for note in unknown.notes}


def test_a_grid_is_summed_over_the_corridor(dataset: Dataset, grid: GridPeople) -> None:
    """The whole is the zonal sum of its ground, and the profile shares it out without counting anybody twice."""
    answer = measure(dataset, CorridorQuestion(LINE, 800.0, 200.0), grid)
    expected = grid.grid.polygons([answer.zone])
    assert answer.population_persons == pytest.approx(float(expected.persons[0]))
    assert answer.units == pytest.approx(float(expected.cells[0]))
    assert answer.coverage_share == 1.0
    assert answer.profile["population_persons"].sum() == pytest.approx(answer.population_persons, rel=1e-4)
    assert answer.profile["area_m2"].sum() == pytest.approx(answer.area_m2, rel=1e-4)
    assert answer.population_min_persons < answer.population_persons < answer.population_max_persons
    frame = answer.profile
    assert (frame["population_min_persons"] <= frame["population_persons"] + 1e-6).all()
    assert (frame["population_max_persons"] >= frame["population_persons"] - 1e-6).all()
    assert answer.evidence == "modelled"
    assert (answer.grid, answer.sources) == ("people.tif", ("people.tif",))


def test_a_line_partly_off_the_grid_says_so(dataset: Dataset, grid: GridPeople) -> None:
    """What is outside is not covered; what is wholly outside has no number."""
    half = shapely.LineString([(71.6, 41.1), (72.0, 41.1)])
    assert measure(dataset, CorridorQuestion(half), grid).coverage_share == pytest.approx(0.5, abs=0.02)
    away = measure(dataset, CorridorQuestion(shapely.LineString([(8.0, 47.0), (8.1, 47.0)])), grid)
    assert math.isnan(away.population_persons)
    assert math.isnan(away.population_max_persons)
    assert "grid-not-covered" in {note.code for note in away.notes}


def test_lines_of_a_file(tmp_path: Path) -> None:
    """In their order, with the greatest error that they state; polygons are no lines."""
    rows = [({"id": "1", "positional_error_m": 50}, LINE), ({"id": "2", "positional_error_m": 90}, LINE)]
    (tmp_path / "way.geojson").write_bytes(collection(rows))
    line, error_m = read_line(tmp_path / "way.geojson")
    assert error_m == 90.0
    assert len(line.geoms) == 2
    (tmp_path / "area.geojson").write_bytes(collection([({}, shapely.box(71, 40, 72, 41))]))
    with pytest.raises(DataError):
        read_line(tmp_path / "area.geojson")
    assert np.isnan(layer_of("way.geojson", collection([({}, LINE)])).errors_m).all()


@pytest.mark.parametrize(
    ("line", "numbers", "code"),
    [
        (LINE, (0.0,), "corridor-width"),
        (LINE, (math.nan,), "corridor-width"),
        (LINE, (1e7,), "corridor-width"),
        (LINE, (800.0, -1.0), "corridor-error"),
        (shapely.LineString([CENTRE, CENTRE]), (), "corridor-no-line"),
        (shapely.Point(CENTRE), (), "corridor-no-line"),
        (shapely.LineString([(71, 40), (71, 95)]), (), "outside-globe"),
        (shapely.LineString([(-170, 0), (0, 0), (170, 0)]), (), "corridor-too-long"),
    ],
)
def test_what_is_no_corridor_is_refused(line: shapely.Geometry, numbers: tuple[float, ...], code: str) -> None:
    """With a code each."""
    with pytest.raises(QuestionError, match=code):
        CorridorQuestion(line, *numbers)
