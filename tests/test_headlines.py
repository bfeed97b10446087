"""The words that page, slide and paper share say what the answers say."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import pytest

from geo import catalogue, exposure, headlines, inventory, nearest, places, routing, sentences
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
    assert told.sources == tuple(dict.fromkeys(answer.sources))


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
    assert answer.reason is not None
    assert told.sentence == sentences.reason(t, answer.reason)


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
    told = headlines.headline(nearest.find(bundled, question), t)
    assert told.number == t("headline.do-not-move")
    # Whom to call instead is a fact with a source like any other.
    assert told.sources == (nearest.EMERGENCY_SOURCE,)
    assert told.when == "1 Jul 2022"


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_example_is_never_called_confirmed(bundled: Dataset, language: Language) -> None:
    """In training neither the label nor a sentence read alone takes the example for a real point."""
    t = translator(language)
    question = nearest.NearestQuestion(at="70.8324,40.0033", waste="lamps", training=True)
    told = headlines.headline(nearest.find(bundled, question), t)
    assert told.label == t("headline.nearest-example", waste=t("choice.waste.lamps"))
    assert t("illustrative") in told.sentence


def test_the_evidence_beside_the_number_is_that_of_what_it_counts(bundled: Dataset) -> None:
    """Twelve real places, of which some are only reported, are no examples, and are not dated by them."""
    answer = inventory.select(bundled, inventory.InventoryQuestion())
    told = headlines.headline(answer, translator("en"))
    assert answer.evidence == "illustrative"
    assert told.evidence == "reported"
    only = inventory.select(bundled, inventory.InventoryQuestion(tables=("collection_points",)))
    assert headlines.headline(only, translator("en")).evidence == "illustrative"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("ru", "40,0033°\u00a0с.\u00a0ш., 70,8324°\u00a0в.\u00a0д."),
        ("ky", "40,0033°\u00a0т.\u00a0к., 70,8324°\u00a0ч.\u00a0у."),
        ("en", "40.0033°\u00a0N, 70.8324°\u00a0E"),
    ],
)
def test_coordinates_are_written_in_the_language_and_read_back(language: Language, told: str) -> None:
    """Every writing goes back into the box that it was typed into."""
    assert headlines.spot(translator(language), "70.8324,40.0033") == told
    assert places.read_spot(told) == (70.8324, 40.0033)


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        ("561443", "persons", "561\u00a0443\u00a0чел."),
        ("304–600", "t", "304–600\u00a0т"),
        ("2.5", "km", "2,5\u00a0км"),
        ("39.9432, 71.3418", "lat-lon", "39,9432°\u00a0с.\u00a0ш., 71,3418°\u00a0в.\u00a0д."),
        ("39.94, 71.30", "lat-lon", "39,94°\u00a0с.\u00a0ш., 71,30°\u00a0в.\u00a0д."),
        ("about 10", "percent", "около 10 %"),
        ("GeoNames 8377922", None, "GeoNames 8377922"),
        ("нечто своё", None, "нечто своё"),
        (None, None, ""),
    ],
)
def test_a_claim_is_written_as_the_language_does(value: str | None, unit: str | None, told: str) -> None:
    """Separators, coordinates and the words of the bundled ledger; a reader's own words stay."""
    assert headlines.claim(translator("ru"), {"value": value, "unit": unit}) == told


def test_every_claim_of_the_bundled_ledger_speaks_the_language(bundled: Dataset) -> None:
    """No English sentence is left in the ledger on a Russian or Kyrgyz sheet."""
    for language in ("ru", "ky"):
        told = headlines.claims(translator(language), bundled.claims)["value"].tolist()
        assert len(told) == len(bundled.claims)
        assert [one for one in told if re.search(r"[A-Za-z]{4,}", one) and not one.startswith("GeoNames ")] == []


def test_a_year_has_no_thousands() -> None:
    """A facility in use since 1968 is not one since 1 968."""
    row = {"value_min": 1968.0, "value_max": 1968.0, "unit": "year"}
    assert headlines.quantity(translator("ru"), row) == "1968\u00a0г."
