"""The words that page, slide and paper share say what the answers say."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from geo import catalogue, exposure, headlines, inventory, nearest, routing
from geo.i18n import LANGUAGES, translator

if TYPE_CHECKING:
    from geo.dataset import Dataset
    from geo.i18n import Language


@pytest.fixture(scope="module")
def bundled() -> Dataset:
    """Load the tables as shipped."""
    return catalogue.load()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wide_count_is_the_range_alone(bundled: Dataset, language: Language) -> None:
    """Near Khaidarkan the sources bear no single number, so the large number is the range, without a second one."""
    t = translator(language)
    answer = exposure.measure(bundled, exposure.ExposureQuestion(places=("KG-KHD",)))
    told = headlines.headline(answer, t)
    row = answer.totals_by_radius.set_index("radius_m").loc[5000.0]
    assert told.number == t.range(row["population_min_persons"], row["population_max_persons"])
    assert told.detail == ""
    assert told.number in told.sentence
    assert told.caution == t("exposure.not-poisoning")
    assert told.sources


def test_the_radius_spoken_of_is_one_that_was_asked_about(bundled: Dataset) -> None:
    """A wish that is not among the radii falls back on 5 km, and without it on the largest."""
    answer = exposure.measure(bundled, exposure.ExposureQuestion(places=("KG-KHD",), radii_m=(1000, 3000)))
    assert headlines.headline_radius_m(answer, 1000.0) == 1000.0
    assert headlines.headline_radius_m(answer, 2000.0) == 3000.0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_road_is_told_with_its_length_and_countries(bundled: Dataset, language: Language) -> None:
    """The sentence holds the same length and time as the number beside it."""
    t = translator(language)
    answer = routing.find(bundled, routing.RouteQuestion("ST-BATKEN", "KG-KHD", minimise="distance"))
    told = headlines.headline(answer, t)
    assert told.number == t.km(answer.distance_m)
    assert told.number in told.sentence
    assert t("country.KG") in told.detail


def test_no_road_is_told_with_its_reason(bundled: Dataset) -> None:
    """A place far from every road has no length; the sentence says why."""
    t = translator("en")
    answer = routing.find(bundled, routing.RouteQuestion("77.5,41.2", "KG-KHD", snap_limit_m=100.0))
    told = headlines.headline(answer, t)
    assert told.number == t("headline.no-road")
    assert told.sentence


def test_nobody_is_sent_to_a_facility_that_is_only_reported(bundled: Dataset) -> None:
    """From Bujum the large words are "none known" and whom to call; the reported works stand in the sentence."""
    t = translator("en")
    told = headlines.headline(nearest.find(bundled, nearest.NearestQuestion(at="70.8324,40.0033", waste="lamps")), t)
    assert told.number == t("headline.none-known")
    assert "112" in told.detail
    assert "58" in told.sentence


def test_an_exercise_says_that_its_point_is_an_example(bundled: Dataset) -> None:
    """In training the nearest point is illustrative, and the words beside its distance say so."""
    t = translator("en")
    question = nearest.NearestQuestion(at="70.8324,40.0033", waste="lamps", training=True)
    told = headlines.headline(nearest.find(bundled, question), t)
    assert told.evidence == "illustrative"
    assert t("illustrative") in told.detail


def test_soil_is_never_given_a_destination(bundled: Dataset) -> None:
    """Contaminated soil stays where it is."""
    t = translator("en")
    question = nearest.NearestQuestion(at="70.8324,40.0033", waste="contaminated-soil")
    assert headlines.headline(nearest.find(bundled, question), t).number == t("headline.do-not-move")


def test_examples_are_not_counted_as_places(bundled: Dataset) -> None:
    """The number of records leaves the examples out and the line below tells how many there are."""
    t = translator("en")
    answer = inventory.select(bundled, inventory.InventoryQuestion())
    examples = sum((getattr(answer, name)["evidence"] == "illustrative").sum() for name in inventory.RECORD_TABLES)
    told = headlines.headline(answer, t)
    assert told.number == t.number(answer.count - examples)
    assert t.number(examples) in told.detail


@pytest.mark.parametrize(("inner_m", "outer_m", "told"), [(0.0, 1000.0, "0–1"), (200.0, 500.0, "0.2–0.5")])
def test_a_ring_is_named_in_one_unit(inner_m: float, outer_m: float, told: str) -> None:
    """A ring from 200 to 500 m is not one "from 0.2 to 500"."""
    t = translator("en")
    row = {"inner_radius_m": inner_m, "outer_radius_m": outer_m}
    assert headlines.ring_name(t, row) == t("unit.value-km", value=told)


@pytest.mark.parametrize(
    ("central", "low", "high", "told"),
    [(1000.0, 800.0, 1200.0, "1,000 (800–1,200)"), (1000.0, 1000.0, 1000.0, "1,000"), (math.nan, 0.0, 90.0, "0–90")],
)
def test_a_source_is_told_with_its_range_but_nothing_twice(central: float, low: float, high: float, told: str) -> None:
    """Where no one number is known the range stands alone, and where there is no range the number does."""
    row = {"population_persons": central, "population_min_persons": low, "population_max_persons": high}
    assert headlines.side(translator("en"), row) == told


def test_anything_else_is_refused() -> None:
    """Only answers have headlines."""
    with pytest.raises(TypeError):
        headlines.headline(object(), translator("en"))
