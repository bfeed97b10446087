"""Enclaves apart: what lies in an enclave and what lies in the rest of its country, for settlements and for grids."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pandas as pd
import pytest
import shapely

from geo import answers_json, cli_people_text, downloads, sentences
from geo.corridor import CorridorQuestion
from geo.corridor import measure as measure_line
from geo.exposure import ExposureQuestion, measure
from geo.figures import Part, countries_of, ordered_parts
from geo.i18n import translator
from geo.population import settlement_people
from tests.grid_worlds import noisy, north_up, people_on
from tests.people_worlds import CENTRE, area, at, site, square, village, world

if TYPE_CHECKING:
    from geo.dataset import Dataset
    from geo.exposure import ExposureAnswer
    from geo.grid_people import GridPeople

#: The site lies in KG; an exclave of UZ with a total begins 6 km east of it, UZ itself farther away.
ENCLAVE = square(6000.0, 2000.0)
FAR = (74.9, 41.0)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """Give a village of KG, one of UZ in the enclave, one of UZ on its mainland, and one whose country is not said."""
    inside = at(7000.0, 90.0)
    villages = [
        village("K", 2000.0, persons=100.0),
        village("E", 0.0, persons=30.0, country="UZ"),
        village("F", 0.0, persons=5.0, country=None),
        village("U", 0.0, persons=7.0, country="UZ"),
        village("L", 0.0, persons=11.0),
    ]
    for row, (lon, lat) in zip(villages[1:], (inside, inside, (75.02, 41.0), inside), strict=True):
        row.update(lon=lon, lat=lat)
    totals = [area("X", 900.0, kind="exclave", border_id="EX", country="UZ")]
    return world(villages, totals, [site("S", 500.0), site("T", 0.0, lon=FAR[0], lat=FAR[1])], ENCLAVE)


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory, dataset: Dataset) -> GridPeople:
    """Give a grid about the site and the enclave."""
    return people_on(tmp_path_factory.mktemp("grid"), noisy(300, 420), north_up(71.7, 41.2, 0.0012), dataset)


def _sums(frame: pd.DataFrame, keys: list[str]) -> pd.Series:
    told = frame.assign(country=frame["country"].fillna(""))
    return told.groupby([*keys, "country"])["population_persons"].sum().sort_index()


def _parts_make_the_country(answer: ExposureAnswer) -> None:
    ring = ["place_index", "cumulative", "inner_radius_m", "outer_radius_m"]
    for parts, whole, keys in (
        (answer.by_part, answer.by_country, ring),
        (answer.totals_by_part, answer.totals_by_country, ["radius_m"]),
    ):
        pd.testing.assert_series_equal(_sums(parts, keys), _sums(whole, keys), rtol=1e-9)
        assert not parts.duplicated([*keys, "country", "enclave_id"]).any()


def test_enclave_and_mainland_make_the_country(dataset: Dataset, grid: GridPeople) -> None:
    """For settlements and for a grid, for each place and for all together, whatever the place's error."""
    question = ExposureQuestion(("S", "T"), (3000.0, 7000.0, 12_000.0))
    _parts_make_the_country(measure(dataset, question))
    _parts_make_the_country(measure(dataset, ExposureQuestion(("S",), (3000.0, 7000.0, 12_000.0)), grid))


def test_each_part_has_its_own_people(dataset: Dataset) -> None:
    """100 in KG (and 11 who say so inside the coarse outline), 900 in the enclave, 7 on the mainland of UZ."""
    answer = measure(dataset, ExposureQuestion(("S", "T"), (20_000.0,)))
    rows = answer.totals_by_part.set_index(["country", answer.totals_by_part["enclave_id"].fillna("")])
    found = {key: float(row["population_persons"]) for key, row in rows.iterrows()}
    assert found == {("KG", ""): 111.0, ("UZ", "EX"): pytest.approx(900.0, rel=1e-3), ("UZ", ""): 7.0}
    assert rows["settlements"].to_dict() == {("KG", ""): 2, ("UZ", "EX"): 2, ("UZ", ""): 1}
    named = answer.by_part["enclave_id"].notna()
    assert set(answer.by_part.loc[named, "name_en"]) == {"EX"}
    assert answer.by_part.loc[~named, "name_en"].isna().all()


def test_a_grid_is_cut_along_the_enclave(dataset: Dataset, grid: GridPeople) -> None:
    """Its people are the plain sum over its ground once a circle holds it whole."""
    answer = measure(dataset, ExposureQuestion(("S",), (12_000.0,)), grid)
    row = answer.totals_by_part[answer.totals_by_part["enclave_id"] == "EX"].iloc[0]
    expected = float(grid.grid.polygons([ENCLAVE]).persons[0])
    assert row["population_persons"] == pytest.approx(expected, rel=5e-3)
    assert row["coverage_share"] == 1.0


def test_a_line_through_an_enclave_tells_it_apart(dataset: Dataset, grid: GridPeople) -> None:
    """In the corridor too the parts of a country make the country."""
    line = shapely.LineString([CENTRE, at(12_000.0, 90.0)])
    for people in (None, grid):
        answer = measure_line(dataset, CorridorQuestion(line, 1500.0, 200.0), people)
        assert set(answer.by_part["enclave_id"].dropna()) == {"EX"}
        pd.testing.assert_series_equal(_sums(answer.by_part, []), _sums(answer.by_country, []), rtol=1e-9)
        assert answer.by_country["population_persons"].sum() == pytest.approx(answer.population_persons)
        assert (answer.by_part["population_min_persons"] <= answer.by_part["population_max_persons"]).all()


def test_doors_tell_enclaves_apart(dataset: Dataset) -> None:
    """JSON, tables and text, with the names in the reader's language."""
    answer = measure(dataset, ExposureQuestion(("S", "T"), (20_000.0,)))
    t = translator("en")
    told = answers_json.exposure(dataset, answer, t)
    first = {(part["country"], part["enclave_id"]): part for part in told["rings"][0]["by_part"]}
    assert set(first) == {("KG", None), ("UZ", "EX")}
    assert first["UZ", "EX"]["name"] == "EX"
    assert first["KG", None]["name"] is None
    assert {row["enclave_id"] for row in told["by_part"]} == {None, "EX"}
    json.loads(answers_json.dumps(told), parse_constant=pytest.fail)
    assert {"by_part", "totals_by_part"} <= {sheet.code for sheet in downloads.exposure(answer, t).sheets}
    text = cli_people_text.exposure(answer, t)
    assert "EX (Uzbekistan)" in text
    assert "Uzbekistan without its enclaves" in text
    assert sentences.part(t, None, None, apart=False) == "no known country"
    assert sentences.part(t, "KG", None, apart=False) == "Kyrgyzstan"


def test_parts_have_one_order() -> None:
    """Countries by their code, the mainland first, what is in no country last; each once."""
    mixed = [Part("UZ", "B"), Part(None), Part("UZ"), Part("KG"), Part("UZ", "A"), Part("KG")]
    expected = (Part("KG"), Part("UZ"), Part("UZ", "A"), Part("UZ", "B"), Part(None))
    assert ordered_parts(mixed) == expected
    assert countries_of(expected) == ("KG", "UZ", None)


def test_nothing_has_no_parts() -> None:
    """Without settlements there are no rows, and the columns are there."""
    empty = world([])
    assert settlement_people(empty).parts == ()
    answer = measure(empty, ExposureQuestion(("S",), (5000.0,)))
    assert len(answer.by_part) == len(answer.totals_by_part) == 0
    assert {"country", "enclave_id", "name_en", "population_persons"} <= set(answer.by_part.columns)
    assert not math.isnan(answer.total.population_min_persons)
