"""Rows that a reader sees: rings of one place, the union of several, or place by place; enclaves by name."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from geo.exposure import ExposureQuestion, measure
from geo.exposure_rows import ALL_PLACES, COLUMNS, by_part, covered_percent, places_within, within
from geo.radii import radii_asked
from tests.people_worlds import area, site, square, village, world

WORLD = world(
    [village("V", 1000.0, persons=500.0), village("W", 6000.0, 90.0, persons=900.0)],
    [area("E", 300.0, kind="exclave", country="UZ", border_id="EX")],
    sites=[site("S", 0.0), site("N", 0.0, 3000.0), site("ROUGH", 4000.0, 500.0)],
    exclave=square(4000.0, 2000.0),
)


def test_one_place_shows_its_rings() -> None:
    """The rows add up to the disk; the enclave stands beside its country's name."""
    answer = measure(WORLD, ExposureQuestion(("S",), (2000.0, 8000.0)))
    told = by_part(answer, union=True)
    assert all(tuple(row) == COLUMNS for row in told)
    rows = pd.DataFrame(told)
    assert set(rows["place_index"]) == {0}
    assert rows["population_persons"].sum() == pytest.approx(answer.total.population_persons)
    enclave = rows[rows["enclave_id"].notna()]
    assert set(enclave["country"]) == {"UZ"}
    assert enclave["has_enclaves"].all()
    assert not rows.loc[rows["country"] == "KG", "has_enclaves"].any()


def test_several_places_show_the_union_or_each() -> None:
    """The union counts the village between them once; place by place it stands twice."""
    answer = measure(WORLD, ExposureQuestion(("S", "N"), (3000.0,)))
    union, each = (pd.DataFrame(by_part(answer, union=union)) for union in (True, False))
    assert set(union["place_index"]) == {ALL_PLACES}
    assert union["population_persons"].sum() == pytest.approx(500.0)
    assert set(each["place_index"]) == {0, 1}
    assert each["population_persons"].sum() == pytest.approx(1000.0)
    assert sum(row["population_persons"] for row in within(answer, 3000.0)) == pytest.approx(1000.0)


def test_a_place_known_too_roughly_has_no_single_number() -> None:
    """Within 3 km of a site that lies somewhere within 4 km: the range alone."""
    answer = measure(WORLD, ExposureQuestion(("S", "ROUGH"), (3000.0,)))
    assert places_within(answer, 3000.0)["headline_is_range"].tolist() == [False, True]


@pytest.mark.parametrize(
    ("share", "percent"), [(1.0, 100.0), (0.0, 0.0), (0.99999, 99.9), (0.00001, 0.1), (0.5, 50.0), (0.1239, 12.3)]
)
def test_a_share_never_rounds_to_all_or_nothing(share: float, percent: float) -> None:
    """99.999 % is not 100 %, and a sliver is not 0 %."""
    assert covered_percent(share) == pytest.approx(percent)


def test_an_unknown_share_stays_unknown() -> None:
    """Settlements have none."""
    assert math.isnan(covered_percent(math.nan))


@pytest.mark.parametrize(
    ("radii_m", "radius_m", "chosen", "asked"),
    [
        ((1000.0, 5000.0), 5000.0, False, (1000.0, 5000.0)),
        ((1000.0,), 5000.0, False, (1000.0,)),
        ((1000.0,), 5000.0, True, (1000.0, 5000.0)),
        ((1000.0,), 7000.0, False, (1000.0, 7000.0)),
        ((), 7000.0, True, ()),
        (tuple(1000.0 + n for n in range(20)), 7000.0, True, tuple(1000.0 + n for n in range(20))),
    ],
)
def test_the_radius_spoken_of_is_asked_about(
    radii_m: tuple[float, ...], radius_m: float, *, chosen: bool, asked: tuple[float, ...]
) -> None:
    """But the usual one only where somebody chose it, and never more radii than are answered."""
    assert radii_asked(radii_m, radius_m, is_chosen=chosen) == asked
