"""Who lives near: numbers worked out by hand on made-up districts, and the bundled data counted a second way."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from geo import sentences
from geo.crs import GEOD, distances_m
from geo.errors import QuestionError
from geo.exposure import DEFAULT_RADII_M, ExposureAnswer, ExposureQuestion, measure
from geo.i18n import LANGUAGES, translator
from geo.zones import circle, geodesic_area_m2
from tests.people_worlds import CENTRE, area, site, square, village, world

if TYPE_CHECKING:
    import pandas as pd

    from geo.dataset import Dataset

R = "R"
PEOPLE = ["population_min_persons", "population_persons", "population_max_persons"]


def ask(dataset: Dataset, *radii_m: float, places: tuple[str, ...] = ("S",)) -> ExposureAnswer:
    """Ask who lives within some radii of the site S."""
    return measure(dataset, ExposureQuestion(places, radii_m or DEFAULT_RADII_M))


def people(frame: pd.DataFrame, row: int = 0) -> list[float]:
    """Give low, central and high value of a row."""
    return [float(value) for value in frame[PEOPLE].iloc[row]]


def codes(answer: ExposureAnswer) -> set[str]:
    """Name the notes of an answer."""
    return {note.code for note in answer.notes}


# The question ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("places", "radii_m", "code"),
    [
        ((), (1_000,), "no-place"),
        (("  ",), (1_000,), "no-place"),
        (("S",), (), "no-radius"),
        (("S",), (99,), "radius-range"),
        (("S",), (200_001,), "radius-range"),
        (("S",), (math.nan,), "radius-range"),
        (("S",), (-5_000,), "radius-range"),
        (("S",), tuple(range(1_000, 22_000, 1_000)), "too-many-radii"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(
    places: tuple[str, ...], radii_m: tuple[float, ...], code: str
) -> None:
    """On construction, so that every door says the same."""
    with pytest.raises(QuestionError) as caught:
        ExposureQuestion(places, radii_m)
    assert caught.value.code == code


def test_a_question_puts_places_and_radii_in_order() -> None:
    """Radii rise and stand once; a place named twice is asked about once; so equal questions are equal."""
    question = ExposureQuestion(("B", "A", "B"), (5_000, 1_000, 5_000.0))
    assert question == ExposureQuestion(("B", "A"), (1_000, 5_000))
    assert question.radii_m == (1_000.0, 5_000.0)
    assert hash(question) == hash(ExposureQuestion(("B", "A"), (1_000, 5_000)))


def test_a_record_that_is_only_listed_cannot_be_measured() -> None:
    """Its place is not known: the error names it."""
    listed = {**site("L"), "lon": None, "lat": None}
    with pytest.raises(QuestionError, match="no-position") as caught:
        ask(world(sites=[listed]), places=("L",))
    assert caught.value.params == {"place": "L"}


# People by ring --------------------------------------------------------------------------------------------------


def test_people_are_counted_in_the_ring_of_their_distance() -> None:
    """100 at 0.5 km, 200 at 2 km, 400 just inside and 800 just outside 5 km."""
    villages = [village("A", 500, 10, 100), village("B", 2_000, 100, 200)]
    villages += [village("C", 4_999, 200, 400), village("D", 5_001, 300, 800)]
    answer = ask(world(villages), 1_000, 3_000, 5_000, 10_000)
    assert answer.rings["population_persons"].to_list() == [100, 200, 400, 800]
    assert answer.disks["population_persons"].to_list() == [100, 300, 700, 1_500]
    assert answer.rings["inner_radius_m"].to_list() == [0, 1_000, 3_000, 5_000]
    assert answer.rings["site_id"].to_list() == ["S"] * 4
    assert answer.settlements["outer_radius_m"].to_list() == [1_000, 3_000, 5_000, 10_000]
    assert answer.settlements["distance_m"].to_list() == pytest.approx([500, 2_000, 4_999, 5_001])
    assert answer.settlements["bearing_deg"].to_list() == pytest.approx([10, 100, 200, 300])
    assert answer.evidence == "documented"


def test_the_range_of_places_without_a_number() -> None:
    """Raion of 10,000: numbered 1,000 and 3,000 (one of them far away), three places without a number.

    Remainder 6,000, equal share 2,000, 95th percentile 2,900 (see the tests of the population). Within 5 km stand the
    1,000 and two of the three: low 1,000; central 1,000 + 2 × 2,000; high 1,000 + min(6,000, 2 × 2,900) = 6,800.
    Within 10 km the third: high 1,000 + min(6,000, 8,700) = 7,000.
    """
    villages = [village("A", 1_000, persons=1_000, area=R), village("B", 90_000, persons=3_000, area=R)]
    villages += [village("C", 2_000, area=R), village("D", 3_000, area=R), village("E", 8_000, area=R)]
    answer = ask(world(villages, [area(R, 10_000)]), 5_000, 10_000)
    assert people(answer.disks, 0) == pytest.approx([1_000, 5_000, 6_800])
    assert people(answer.disks, 1) == pytest.approx([1_000, 7_000, 7_000])
    assert people(answer.rings, 1) == pytest.approx([0, 2_000, 2_900])
    assert answer.disks["settlements_unknown_population"].to_list() == [2, 3]
    assert answer.evidence == "modelled"
    assert not answer.disks["max_is_lower_bound"].any()
    assert answer.areas[["total_persons", "numbered_persons"]].to_numpy().tolist() == [[10_000, 4_000]]
    assert codes(answer) == {"not-poisoning", "town-is-a-point", "modelled-share", "low-data"}
    # 7,000 > 2 × 1,000: no single number is shown.
    assert answer.total.headline_is_range


def test_unknown_places_without_a_total_are_in_no_sum_but_named() -> None:
    """500 people are known; beside them a hamlet of which nothing is: at least 500 at the most."""
    answer = ask(world([village("A", 1_000, persons=500), village("H", 2_000)]), 5_000)
    assert people(answer.disks) == [500, 500, 500]
    assert answer.disks["max_is_lower_bound"].to_list() == [True]
    assert answer.disks["settlements_unknown_population"].to_list() == [1]
    named = answer.settlements[answer.settlements["without_total"]]
    assert named["id"].to_list() == ["H"]
    assert {"unknown-without-total", "max-lower-bound"} <= codes(answer)
    assert answer.total.max_is_lower_bound


def test_only_unknown_places_are_no_data_and_no_place_is_nobody() -> None:
    """Nothing known within 3 km: no data. No settlement between 3 and 5 km: 0, on few data."""
    answer = ask(world([village("H", 2_000)]), 1_000, 3_000, 5_000)
    assert people(answer.rings, 0) == [0, 0, 0]
    assert all(math.isnan(value) for value in people(answer.rings, 1))
    assert people(answer.rings, 2) == [0, 0, 0]
    assert answer.rings["low_data"].to_list() == [True, True, True]
    assert math.isnan(answer.total.population_persons)
    assert not answer.total.headline_is_range


def test_a_country_of_unknown_places_is_no_data_beside_one_with_numbers() -> None:
    """KG has 500; UZ's village has neither number nor total: null, never 0, also in the union."""
    answer = ask(world([village("A", 1_000, persons=500), village("U", 2_000, country="UZ")]), 5_000)
    for frame in (answer.by_country[answer.by_country["cumulative"]], answer.totals_by_country):
        by_country = frame.set_index("country")
        assert people(by_country.loc[["KG"]]) == [500, 500, 500]
        assert all(math.isnan(value) for value in people(by_country.loc[["UZ"]]))
        assert by_country["settlements_unknown_population"].to_dict() == {"KG": 0, "UZ": 1}
    assert people(answer.disks) == [500, 500, 500]


def test_a_place_in_no_country_is_counted_under_none() -> None:
    """North of all borders."""
    answer = measure(world([village("N", 240_000, 0, 70, country=None)]), ExposureQuestion(("72,43.2",), (20_000,)))
    assert answer.by_country["country"].to_list() == [None, None]
    assert answer.total.population_persons == 70


@pytest.mark.parametrize(
    ("numbered", "unknown", "low"),
    [(4, 0, True), (5, 0, False), (5, 4, False), (5, 5, True), (9, 10, True), (0, 0, True)],
)
def test_few_data_are_flagged(numbered: int, unknown: int, *, low: bool) -> None:
    """Fewer than five settlements with a number, or at least half of them without one."""
    villages = [village(f"N{n}", 1_000 + n, persons=10) for n in range(numbered)]
    villages += [village(f"U{n}", 1_000 + n, area=R) for n in range(unknown)]
    answer = ask(world(villages, [area(R, 1_000)]), 5_000)
    assert answer.disks["low_data"].to_list() == [low]
    assert answer.total.low_data is low


# Exclaves --------------------------------------------------------------------------------------------------------


def test_an_exclave_counts_by_its_ground() -> None:
    """A square of 20 km whose western side stands 10 km east, 40,000 people; the circle of 20 km bites into it.

    The bite is a circular segment: from x = 10 to 20 km, area r² arccos(10/20) - 10 √(20² - 10²) = 245.7 km². Its
    chord reaches y = ±17.3 km, beyond the square's ±10 km, so the corners are cut off: for |y| ≤ 10 km the bite is
    √(400 - y²) - 10 wide; ∫ √(400 - y²) dy over ±10 = 10 √300 + 400 arcsin(1/2) = 173.2 + 209.4 = 382.6, less
    10 × 20 = 200: 182.6 of 400 km², a share of 0.4566.
    """
    share = (10 * math.sqrt(300) + 400 * math.asin(0.5) - 200) / 400
    assert share == pytest.approx(0.4566, abs=1e-4)
    exclave = square(10_000, 20_000)
    areas = [area("X", 40_000, kind="exclave", country="UZ", border_id="EX", population_high_persons=50_000)]
    answer = ask(world(areas=areas, exclave=exclave), 5_000, 20_000, 40_000)
    assert people(answer.disks, 0) == [0, 0, 0]
    assert people(answer.disks, 1) == pytest.approx([0, share * 40_000, 50_000], rel=2e-3)
    assert people(answer.disks, 2) == pytest.approx([0, 40_000, 50_000])
    assert answer.exclaves["share_in_ring"].to_list() == pytest.approx([share, 1 - share], rel=2e-3)
    assert answer.by_country["country"].unique().tolist() == ["UZ"]
    assert "exclave-share" in codes(answer)
    assert "line of EX" in answer.sources
    assert answer.evidence == "modelled"


def test_numbered_places_of_an_exclave_are_not_counted_twice() -> None:
    """Total 40,000, a town of 30,000 on the nearest rim: it counts whole, the other 10,000 by ground."""
    areas = [area("X", 40_000, kind="exclave", country="UZ", border_id="EX")]
    villages = [village("T", 10_100, 90, 30_000, "X", "UZ"), village("V", 29_000, 90, None, "X", "UZ")]
    answer = ask(world(villages, areas, exclave=square(10_000, 20_000)), 10_200, 20_000, 40_000)
    low, central, high = people(answer.disks, 0)
    assert (low, high) == (30_000, 40_000)
    assert 30_000 < central < 30_100
    assert people(answer.disks, 1) == pytest.approx([30_000, 30_000 + 0.4566 * 10_000, 40_000], rel=1e-3)
    assert people(answer.disks, 2) == pytest.approx([30_000, 40_000, 40_000])
    # The village without a number gets no equal share: its people are in the ground's.
    assert math.isnan(answer.settlements.set_index("id").loc["V", "modelled_persons"])
    assert not answer.disks["max_is_lower_bound"].any()


def test_a_town_larger_than_its_exclave_s_total_stays_itself() -> None:
    """30,000 counted where the total says 20,000: low, central and high keep their order."""
    areas = [area("X", 20_000, kind="exclave", country="UZ", border_id="EX")]
    villages = [village("T", 15_000, 90, 30_000, "X", "UZ")]
    answer = ask(world(villages, areas, exclave=square(10_000, 20_000)), 12_000, 40_000)
    assert people(answer.disks, 0) == [0, 0, 20_000]
    assert people(answer.disks, 1) == [30_000, 30_000, 30_000]


# Uncertain positions ---------------------------------------------------------------------------------------------


def test_an_uncertain_position_gives_a_range() -> None:
    """A village of 1,000 stands 4 km off, the site may be 2 km anywhere: within 3 km live 0 to 1,000, at the point 0.

    One of 500 stands at the point: within 3 km wherever the site is.
    """
    dataset = world([village("A", 4_000, 70, 1_000), village("B", 0, 0, 500)], sites=[site("S", error_m=2_000)])
    answer = ask(dataset, 3_000)
    assert people(answer.disks) == [500, 500, 1_500]
    assert not answer.total.range_only
    assert answer.total.headline_is_range
    notes = {note.code: note.params for note in answer.notes}
    assert notes["positional-error-assumed"] == {"error_m": 2_000.0}
    assert "radius-below-error" not in notes


def test_a_published_position_s_error_is_not_called_assumed() -> None:
    """The note says which of the two it is."""
    dataset = world(sites=[site("S", error_m=2_000, position_basis="published")])
    assert "positional-error" in codes(ask(dataset, 3_000))


def test_a_radius_below_the_error_gives_a_range_only() -> None:
    """1 and 3 km are shorter than the error of 5 km, 5 km is not."""
    dataset = world([village("A", 500, persons=1_000)], sites=[site("S", error_m=5_000)])
    answer = ask(dataset, 1_000, 3_000, 5_000)
    assert answer.disks["range_only"].to_list() == [True, True, False]
    assert [math.isnan(value) for value in answer.disks["population_persons"]] == [True, True, False]
    assert people(answer.disks, 0)[::2] == [0, 1_000]
    cumulative = answer.by_country[answer.by_country["cumulative"]]
    assert cumulative["population_persons"].isna().to_list() == [True, True, False]
    assert {note.code: note.params for note in answer.notes}["radius-below-error"]["radius_m"] == 3_000
    short = ask(dataset, 1_000)
    assert short.total.range_only
    assert short.total.headline_is_range


def test_an_exclave_that_only_another_position_touches_is_in_the_maximum() -> None:
    """Its rim is 4 km off: a circle of 3 km misses it, one of 3 km about a place 2 km nearer does not."""
    areas = [area("X", 9_000, kind="exclave", country="UZ", border_id="EX")]
    dataset = world([], areas, [site("S", error_m=2_000)], exclave=square(4_000, 10_000))
    assert people(ask(dataset, 3_000).disks) == [0, 0, 9_000]
    assert ask(dataset, 3_000).exclaves["share_in_ring"].to_list() == [0]


def test_typed_coordinates_are_exact_and_have_no_site() -> None:
    """The reader vouches for them."""
    lon, lat = CENTRE
    answer = ask(world([village("A", 900, persons=70)]), 1_000, places=(f"{lon},{lat}",))
    assert answer.rings["site_id"].to_list() == [None]
    assert people(answer.rings) == [70, 70, 70]


# Several places --------------------------------------------------------------------------------------------------


def test_several_places_count_everybody_once() -> None:
    """Sites 4 km apart share the village between them; each has one more of its own: 100 + 200 + 400."""
    villages = [village("MID", 2_000, 0, 100), village("NORTH", 6_000, 0, 200), village("SOUTH", 2_000, 180, 400)]
    dataset = world(villages, sites=[site("S"), site("T", distance_m=4_000)])
    answer = ask(dataset, 3_000, places=("S", "T"))
    assert answer.disks["population_persons"].to_list() == [500, 300]
    assert (answer.total.population_persons, answer.total.settlements) == (700, 3)
    # Both positions are exact: what is near is near for certain.
    assert (answer.total.population_min_persons, answer.total.population_max_persons) == (700, 700)
    disk_m2 = geodesic_area_m2(circle(*CENTRE, 3_000))
    # Two circles of r at distance d overlap by 2 r² arccos(d/2r) - d/2 √(4r² - d²): 6.195 km² for 3 and 4 km.
    overlap_m2 = 1e6 * (18 * math.acos(2 / 3) - 2 * math.sqrt(20))
    assert answer.total.area_m2 == pytest.approx(2 * disk_m2 - overlap_m2, rel=1e-3)


def test_parts_that_share_a_point_are_one_place() -> None:
    """Union of one point with three errors: the point's people; the best known part bounds the minimum."""
    sites = [site("S"), site("T", error_m=3_000), site("U", error_m=5_000)]
    dataset = world([village("A", 500, 0, 100), village("B", 9_000, 0, 800)], sites=sites)
    answer = ask(dataset, 5_000, places=("S", "T", "U"))
    total = answer.total
    assert (total.population_min_persons, total.population_persons, total.population_max_persons) == (100, 100, 900)
    assert total.area_m2 == answer.disks["area_m2"].iloc[0]
    assert "positional-error-assumed" in codes(answer)


def test_circles_that_bite_into_one_exclave_share_its_ground() -> None:
    """Two sites at one point bite once: the same share as one of them."""
    areas = [area("X", 40_000, kind="exclave", country="UZ", border_id="EX")]
    dataset = world(
        areas=areas, sites=[site("S"), site("T"), site("N", distance_m=15_000)], exclave=square(10_000, 20_000)
    )
    one = ask(dataset, 20_000).total.population_persons
    assert ask(dataset, 20_000, places=("S", "T")).total.population_persons == pytest.approx(one)
    both = ask(dataset, 20_000, places=("S", "N"))
    assert one < both.total.population_persons < both.disks["population_persons"].sum()


# Evidence and sources --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "place_near", "expected"),
    [
        ("documented", "reported", "reported"),
        ("reported", "documented", "reported"),
        ("illustrative", "reported", "illustrative"),
    ],
)
def test_the_answer_is_as_sure_as_its_weakest_part(place: str, place_near: str, expected: str) -> None:
    """Of the place and of the settlements that count; one farther off does not."""
    villages = [village("A", 500, persons=10, evidence=place_near), village("B", 9_000, evidence="illustrative")]
    answer = ask(world(villages, sites=[site("S", evidence=place)]), 1_000)
    assert answer.evidence == expected
    assert answer.rings["evidence"].to_list() == [expected]


def test_an_illustrative_place_stays_illustrative_when_people_are_modelled() -> None:
    """A model on an example is an example."""
    dataset = world([village("A", 500, area=R)], [area(R, 700)], [site("S", evidence="illustrative")])
    assert ask(dataset, 1_000).evidence == "illustrative"


def test_every_source_is_named_once() -> None:
    """Of the place, of the numbers, of the points, of the totals."""
    villages = [village("A", 500, persons=10, area=R), village("B", 600, area=R)]
    answer = ask(world(villages, [area(R, 700)]), 1_000)
    assert answer.sources == ("list with S", "count of A", "map of A", "map of B", "census of R")


def test_every_note_has_a_sentence_in_every_language() -> None:
    """The made-up district that sets off as many notes as it can."""
    areas = [area("X", 9_000, kind="exclave", country="UZ", border_id="EX"), area(R, 5_000)]
    villages = [village("A", 500, area=R), village("H", 700)]
    dataset = world(villages, areas, [site("S", error_m=2_000)], exclave=square(1_000, 10_000))
    answer = ask(dataset, 1_000, 5_000)
    published = ask(world(sites=[site("S", error_m=1.0, position_basis="published")]), 1_000)
    notes = (*answer.notes, *published.notes)
    assert len({note.code for note in notes}) == 10
    for language in LANGUAGES:
        assert all(sentences.note(translator(language), note) for note in notes)


# The bundled data ------------------------------------------------------------------------------------------------


def _by_hand(dataset: Dataset, lon: float, lat: float, radius_m: float) -> tuple[float, float]:
    """Count low and central people within a radius in the plainest way: one settlement, one exclave at a time."""
    settlements, totals = dataset.settlements, dataset.area_totals.set_index("id")
    away_m = distances_m(lon, lat, settlements["lon"], settlements["lat"])
    inside = settlements[away_m <= radius_m]
    low = float(inside["population_persons"].sum())
    central = low
    for area_id, row in totals.iterrows():
        own = settlements[settlements["area_id"] == area_id]
        inner = totals.index[totals["parent_id"] == area_id]
        numbered = own["population_persons"].sum()
        for part in inner:
            held = settlements[settlements["area_id"] == part]["population_persons"].sum()
            numbered += max(held, totals.loc[part, "population_persons"])
        remainder = max(0.0, row["population_persons"] - numbered)
        unnumbered = own["population_persons"].isna()
        if isinstance(row["border_id"], str):
            ground = dataset.borders.set_index("id").geometry[row["border_id"]]
            part = shapely.intersection(circle(lon, lat, radius_m), ground)
            central += remainder * abs(GEOD.geometry_area_perimeter(part)[0] / GEOD.geometry_area_perimeter(ground)[0])
        elif unnumbered.any():
            near = inside[inside["area_id"] == area_id]["population_persons"].isna().sum()
            central += remainder * near / unnumbered.sum()
    return low, central


@pytest.mark.parametrize("place", ["KG-KHD", "KG-CHV", "KG-KAN", "70.6,39.87", "72.8,40.53", "74.6,42.87"])
def test_the_bundled_data_counted_by_hand_agree(bundled: Dataset, place: str) -> None:
    """Khaidarkan, Chauvay, Kan near Sokh, Vorukh, Osh, Bishkek."""
    answer = measure(bundled, ExposureQuestion((place,), (1_000, 5_000, 20_000, 60_000)))
    where = answer.places[0]
    for row in answer.totals_by_radius.to_dict("records"):
        low, central = _by_hand(bundled, where.lon, where.lat, row["radius_m"])
        # The minimum is taken over all positions; the settlements of the central disk are what is counted here.
        assert row["population_min_persons"] <= low
        if not (row["range_only"] or math.isnan(row["population_persons"])):
            assert row["population_persons"] == pytest.approx(central, rel=1e-3, abs=1.0)


def test_khaidarkan_s_answer_holds_its_neighbours(bundled: Dataset) -> None:
    """Within 20 km: Aidarken's number, a part of Sokh in Uzbekistan, the raion's villages without a number."""
    answer = measure(bundled, ExposureQuestion(("KG-KHD",)))
    countries = answer.totals_by_country[answer.totals_by_country["radius_m"] == 20_000].set_index("country")
    assert set(countries.index) >= {"KG", "UZ"}
    assert 0 < countries.loc["UZ", "population_persons"] < 80_600
    assert "ST-AIDARKEN" in set(answer.settlements["id"])
    assert answer.total.headline_is_range
    assert answer.total.settlements_unknown_population >= 10
    areas = answer.areas.set_index("area_id")
    assert areas.loc["AR-KG-KADAMJAY", "total_persons"] == 201_457
    assert 0.2 < areas.loc["AR-KG-KADAMJAY", "numbered_persons"] / 201_457 < 0.35


def test_the_parts_of_khaidarkan_share_one_point(bundled: Dataset) -> None:
    """Their union is no more than the one point's people, and no narrower than what is certain of the best known."""
    parts = tuple(bundled.sites["id"][bundled.sites["id"].str.startswith("KG-KHD")])
    assert len(parts) >= 5
    united, alone = (measure(bundled, ExposureQuestion(ids)) for ids in (parts, ("KG-KHD",)))
    last = united.totals_by_radius.iloc[-1], alone.totals_by_radius.iloc[-1]
    assert last[0]["population_persons"] == pytest.approx(last[1]["population_persons"])
    assert last[0]["population_min_persons"] >= last[1]["population_min_persons"]
    assert last[0]["population_max_persons"] >= last[1]["population_max_persons"]
    assert last[0]["area_m2"] == pytest.approx(last[1]["area_m2"])


def test_a_better_position_narrows_the_range(bundled: Dataset) -> None:
    """A planner who knows where the tailings facility is sees the range shrink."""
    sites = bundled.sites.copy()
    row = sites["id"] == "KG-KHD-TMF"
    sites.loc[row, ["positional_error_m", "position_basis"]] = [50.0, "user"]
    before, after = (
        measure(dataset, ExposureQuestion(("KG-KHD-TMF",), (5_000,))).total
        for dataset in (bundled, bundled.with_table("sites", sites))
    )
    assert after.population_max_persons < before.population_max_persons
    assert after.population_min_persons > before.population_min_persons
    assert np.isfinite(after.population_persons)
