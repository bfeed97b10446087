"""Who lives near, counted from a grid: the same answer as from settlements, with cells and covered ground behind it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from geo.comparison import compare
from geo.errors import QuestionError
from geo.exposure import ExposureQuestion, measure
from geo.extras import union_ground
from geo.grid_people import GridPeople
from geo.grids import open_grid
from geo.i18n import translator
from geo.places import Place
from geo.sentences import error
from geo.zones import circle, geodesic_area_m2
from tests.grid_worlds import noisy, north_up, write_grid
from tests.people_worlds import CENTRE, at, site, village, world

if TYPE_CHECKING:
    from geo.dataset import Dataset

CELL_DEG = 0.01
RADII_M = (3000.0, 10_000.0)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """Give an exact site, one known to within 2 km beside it, and one far off; a village that stands near."""
    sites = [site("S", 0.0), site("E", 2000.0, 12_000.0), site("FAR", 0.0, 80_000.0)]
    return world([village("V", 1000.0, persons=500.0)], sites=sites)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory, dataset: Dataset) -> GridPeople:
    """Give a grid of a degree and a half round the sites."""
    folder = tmp_path_factory.mktemp("grid")
    frame = north_up(CENTRE[0] - 0.75, CENTRE[1] + 0.75, CELL_DEG)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYMAP_CACHE", str(folder / "cache"))
        grid = open_grid(write_grid(folder / "people.tif", noisy(150, 150), transform=frame))
    return GridPeople(grid, dataset.borders)


def test_rings_are_the_grids_own_sums(dataset: Dataset, people: GridPeople) -> None:
    """Rings add to the disk, the disk is the zonal sum, and cells and coverage stand behind it."""
    answer = measure(dataset, ExposureQuestion(("S",), RADII_M), people)
    sums = people.grid.circles([CENTRE[0]] * 2, [CENTRE[1]] * 2, RADII_M)
    assert answer.disks["population_persons"].to_numpy() == pytest.approx(sums.persons)
    assert answer.rings["population_persons"].sum() == pytest.approx(sums.persons[-1])
    assert answer.disks["units"].to_numpy() == pytest.approx(sums.cells)
    assert answer.disks["coverage_share"].tolist() == [1.0, 1.0]
    assert answer.rings["settlements"].isna().all()
    assert answer.rings["low_data"].tolist() == [bool(sums.cells[0] < 30), False]
    assert set(answer.rings["evidence"]) == {"modelled"}
    assert (answer.grid, answer.sources[-1]) == ("people.tif", "people.tif")
    assert answer.settlements.empty
    assert answer.areas.empty
    assert answer.exclaves.empty
    assert answer.total.population_persons == pytest.approx(sums.persons[-1])
    assert "grid-modelled" in {note.code for note in answer.notes}
    assert "town-is-a-point" not in {note.code for note in answer.notes}


def test_an_uncertain_site_has_a_range(dataset: Dataset, people: GridPeople) -> None:
    """The range holds the central value; below the error only the range is given."""
    answer = measure(dataset, ExposureQuestion(("E",), (1000.0, 10_000.0)), people)
    near, wide = answer.disks.to_dict("records")
    assert math.isnan(near["population_persons"])
    assert near["population_min_persons"] < near["population_max_persons"]
    assert wide["population_min_persons"] < wide["population_persons"] < wide["population_max_persons"]


def test_the_union_counts_everybody_once(dataset: Dataset, people: GridPeople) -> None:
    """Two circles that overlap: the union is the zonal sum of their union, the rest is counted again."""
    question = ExposureQuestion(("S", f"{CENTRE[0]},{at(12_000.0, 0.0)[1]}"), RADII_M)
    answer = measure(dataset, question, people)
    ground = union_ground(answer)
    expected = people.grid.polygons(list(ground.geometry)).persons
    assert answer.totals_by_radius["population_persons"].to_numpy() == pytest.approx(expected)
    sums = answer.disks.groupby("outer_radius_m")["population_persons"].sum().to_numpy()
    assert answer.totals_by_radius["places_sum_persons"].to_numpy() == pytest.approx(sums)
    again = answer.totals_by_radius["overlap_persons"].tolist()
    assert again[0] == 0.0  # 12 km apart, 3 km wide: disjoint
    assert again[1] == pytest.approx(sums[1] - expected[1])
    assert answer.total.overlap_persons == again[1] > 0
    assert [geodesic_area_m2(shape) for shape in ground.geometry] == pytest.approx(ground["area_m2"].tolist())


@pytest.mark.parametrize("radius_m", [30_000.0, 60_000.0])
def test_half_outside_is_said(people: GridPeople, dataset: Dataset, radius_m: float) -> None:
    """On the grid's western edge half of the circle is not covered, whatever countries it meets."""
    answer = measure(dataset, ExposureQuestion((f"{CENTRE[0] - 0.75},{CENTRE[1]}",), (radius_m,)), people)
    assert answer.rings["coverage_share"].iloc[0] == pytest.approx(0.5, abs=0.02)
    (note,) = [note for note in answer.notes if note.code == "grid-partly-covered"]
    assert note.params["share"] <= 0.5


def test_outside_is_no_data_and_never_nobody(people: GridPeople, dataset: Dataset) -> None:
    """A place in another part of the world: no number at all, and beside a covered one half of the ground."""
    answer = measure(dataset, ExposureQuestion(("8.5,47.4",), (5000.0,)), people)
    assert (
        answer.rings[["population_persons", "population_min_persons", "population_max_persons"]].isna().all(axis=None)
    )
    assert answer.rings["coverage_share"].tolist() == [0.0]
    assert "grid-not-covered" in {note.code for note in answer.notes}
    both = measure(dataset, ExposureQuestion(("8.5,47.4", "S"), (5000.0,)), people)
    assert both.total.coverage_share == pytest.approx(0.5, abs=0.03)
    with pytest.raises(QuestionError, match="outside-window"):
        measure(dataset, ExposureQuestion(("8.5,47.4",), (5000.0,)))
    for nowhere in ("71,91", "181,40"):
        with pytest.raises(QuestionError, match="outside-globe"):
            measure(dataset, ExposureQuestion((nowhere,), (5000.0,)), people)


def test_own_places_are_found_before_the_tables(people: GridPeople, dataset: Dataset) -> None:
    """A place of the reader's own with the id of a record wins; settlements end with the window, a grid does not."""
    own = {"S": Place("S", None, {}, CENTRE[0] + 0.1, CENTRE[1], 500.0), "ALPS": Place("ALPS", None, {}, 8.5, 47.4)}
    answer = measure(dataset, ExposureQuestion(("S", "ALPS"), (3000.0,)), people, own)
    assert answer.places == (own["S"], own["ALPS"])
    assert answer.rings["site_id"].tolist() == ["S", "ALPS"]
    own |= {"TURNED": Place("TURNED", None, {}, 39.9, 71.3), "NOWHERE": Place("NOWHERE", None, {}, 200.0, 10.0)}
    for name, code in (("ALPS", "window"), ("TURNED", "swapped"), ("NOWHERE", "globe")):
        with pytest.raises(QuestionError, match=f"own-.*{code}") as told:
            measure(dataset, ExposureQuestion((name,), (3000.0,)), None, own)
        assert name in error(translator("en"), told.value)


def test_two_sources_side_by_side(people: GridPeople, dataset: Dataset) -> None:
    """The ratio is of the larger to the smaller; beyond 1.5 it is said; of several places their union too."""
    question = ExposureQuestion(("S", "FAR"), RADII_M)
    one, other = measure(dataset, question), measure(dataset, question, people)
    found = compare(one, other)
    assert found.zones["place_index"].tolist() == [0, 0, 1, 1, -1, -1]
    assert found.zones["radius_m"].tolist() == [*RADII_M] * 3
    first = found.zones.iloc[0]
    assert first["population_persons"] == 500.0
    persons = other.disks["population_persons"].iloc[0]
    assert first["other_population_persons"] == pytest.approx(persons)
    assert first["ratio"] == pytest.approx(max(500.0, persons) / min(500.0, persons))
    # Nobody by one source and somebody by the other: no ratio, and a disagreement.
    assert math.isnan(found.zones["ratio"].iloc[2])
    assert found.zones["disagrees"].iloc[2]
    (note,) = found.notes
    assert note.code == "sources-disagree"
    assert compare(one, one).notes == ()
    assert compare(one, one).zones["ratio"].iloc[0] == 1.0


def test_both_sources_answer_about_any_zone(people: GridPeople, dataset: Dataset) -> None:
    """A zone of any shape: the zonal sum of a grid, the settlements whose point lies inside of the other."""
    from geo.population import settlement_people  # noqa: PLC0415 - beside its use

    zones = [circle(*CENTRE, 5000.0), shapely.box(72.2, 40.9, 72.4, 41.1), circle(*CENTRE, 500.0)]
    cells = people.within(zones)
    assert cells.figures.total().central[:, 0] == pytest.approx(people.grid.polygons(zones).persons)
    assert cells.coverage_share.tolist() == [1.0, 1.0, 1.0]
    points = settlement_people(dataset).within(zones)
    assert points.figures.total().central[:, 0].tolist() == [500.0, 0.0, 0.0]
    assert points.units.tolist() == [1.0, 0.0, 0.0]
    assert np.isnan(points.coverage_share).all()
