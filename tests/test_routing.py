"""Routes between places: totals, countries, what is withheld and why there is none."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from numpy.testing import assert_allclose

from geo.crs import line_length_m
from geo.errors import QuestionError
from geo.network import build
from geo.routing import RouteAnswer, RouteQuestion, find
from geo.ways import SECTION_COLUMNS
from tests.road_worlds import dataset, node, point, road, valley

if TYPE_CHECKING:
    from geo.dataset import Dataset


def ask(data: Dataset, begin: str, end: str, **options: object) -> RouteAnswer:
    """Ask for a route by distance unless told otherwise."""
    return find(data, RouteQuestion(begin, end, **{"minimise": "distance", **options}))


def codes(answer: RouteAnswer) -> list[str]:
    """List the codes of an answer's notes."""
    return [note.code for note in answer.notes]


def check_totals(answer: RouteAnswer) -> None:
    """Hold every found route to the sums, shapes and bounds that its answer promises."""
    sections = answer.sections
    assert list(sections.columns) == list(SECTION_COLUMNS)
    assert list(sections.index) == list(range(len(sections)))
    assert math.fsum(sections["length_m"]) == sections["length_m"].sum() == answer.distance_m
    assert math.fsum(sections["travel_time_s"]) == sections["travel_time_s"].sum() == answer.travel_time_s
    assert ((sections["share"] > 0) & (sections["share"] <= 1)).all()
    assert (sections["to_id"].to_numpy()[:-1] == sections["from_id"].to_numpy()[1:]).all()
    if answer.geometry is not None:
        assert answer.geometry.is_valid
        for line, at in zip(answer.legs, (0, -1), strict=False):
            if len(answer.legs) == 2:
                assert answer.geometry.coords[at] in line.coords


def test_a_route_stays_in_the_country_and_tells_of_the_shorter_road_abroad() -> None:
    """A route stays in the country and tells of the shorter road abroad."""
    answer = ask(valley(), "RN-A", "RN-C")
    check_totals(answer)
    # A–B 50 km and B–C 150 km inside; A–X–C 110 + 45 km through UZ.
    assert answer.reachable
    assert (answer.distance_m, answer.travel_time_s) == (200_000, 20_000)
    assert list(answer.sections["id"]) == ["RS-AB", "RS-BC"]
    assert answer.countries == ("KG",)
    assert answer.notes[0].code == "shorter-abroad"
    assert answer.notes[0].params == {"distance_m": 155_000, "saved_m": 45_000, "countries": "UZ"}
    abroad = answer.abroad
    assert abroad is not None
    check_totals(abroad)
    assert abroad.question == RouteQuestion("RN-A", "RN-C", "distance", stay_in_country=False)
    assert (abroad.distance_m, abroad.countries) == (155_000, ("KG", "UZ", "KG"))
    assert "transboundary" in codes(abroad)
    assert abroad.abroad is None


def test_by_time_the_road_abroad_is_told_as_faster() -> None:
    """By time the road abroad is told as faster."""
    answer = ask(valley(), "RN-A", "RN-C", minimise="time")
    assert answer.notes[0].code == "faster-abroad"
    assert answer.notes[0].params == {"travel_time_s": 15_500, "saved_s": 4_500, "countries": "UZ"}


def test_when_the_free_route_stays_inside_anyway_nothing_is_told_of_abroad() -> None:
    """When the free route stays inside anyway nothing is told of abroad."""
    answer = ask(valley(), "RN-A", "RN-B")
    assert answer.abroad is None
    assert not {"shorter-abroad", "transboundary"} & set(codes(answer))


def test_the_free_question_gives_what_the_other_told_as_abroad() -> None:
    """The free question gives what the other told as abroad."""
    free, kept = ask(valley(), "RN-A", "RN-C", stay_in_country=False), ask(valley(), "RN-A", "RN-C")
    assert kept.abroad is not None
    assert free.distance_m == kept.abroad.distance_m
    assert free.geometry == kept.abroad.geometry


def test_ends_in_different_countries_set_no_rule() -> None:
    """Ends in different countries set no rule."""
    answer = ask(valley(), "RN-C", "RN-X")
    assert answer.origin.country == "KG"
    assert answer.destination.country == "UZ"
    assert (answer.distance_m, answer.countries, answer.abroad) == (45_000, ("KG", "UZ"), None)


def test_places_that_only_a_road_abroad_joins_are_not_reachable_and_show_that_road() -> None:
    """Places that only a road abroad joins are not reachable and show that road."""
    data = valley()
    sections = data.road_sections
    answer = ask(data.with_table("road_sections", sections[sections["id"] != "RS-BC"]), "RN-A", "RN-C")
    assert not answer.reachable
    assert answer.reason is not None
    assert answer.reason.code == "only-abroad"
    assert answer.reason.params == {"country": "KG", "countries": "KG, UZ, KG", "distance_m": 155_000}
    assert (answer.distance_m, answer.travel_time_s, answer.snap_from_m, answer.geometry) == (None, None, None, None)
    assert len(answer.sections) == 0
    assert answer.abroad is not None
    assert answer.abroad.distance_m == 155_000


def test_places_that_no_road_joins_say_so() -> None:
    """Places that no road joins say so."""
    answer = ask(valley(), "RN-A", "RN-E")
    assert not answer.reachable
    assert answer.reason is not None
    assert (answer.reason.code, answer.abroad) == ("no-road", None)


def test_both_ends_inside_one_section_share_its_length_in_proportion() -> None:
    """Both ends inside one section share its length in proportion."""
    answer = ask(valley(), "74.1,41.0", "74.35,41.0")
    check_totals(answer)
    # Half of the 50 km between A (74.0) and B (74.5).
    assert answer.distance_m == pytest.approx(25_000, abs=5)
    assert list(answer.sections["id"]) == ["RS-AB"]
    assert answer.sections["share"][0] == pytest.approx(0.5, abs=1e-4)
    back = ask(valley(), "74.35,41.0", "74.1,41.0")
    assert back.distance_m == answer.distance_m
    assert (back.sections["from_id"][0], back.sections["to_id"][0]) == ("RN-B", "RN-A")
    assert list(back.geometry.coords) == list(answer.geometry.coords)[::-1]


def test_inside_a_long_way_round_the_parallel_road_is_taken() -> None:
    """Inside a long way round the parallel road is taken."""
    nodes = [node("A", 73, 41), node("B", 73.5, 41), node("V", 73.25, 41.2)]
    sections = [road("S-BEND", "A", "B", 90_000, via_ids=("V",)), road("S-STRAIGHT", "A", "B", 43_000)]
    data = dataset(road_nodes=nodes, road_sections=sections)
    # Both ends lie on the bend, a tenth of it from its ends: 9 + 43 + 9 km by the ends, 72 km along it.
    answer = ask(data, "73.05,41.04", "73.45,41.04")
    check_totals(answer)
    assert list(answer.sections["id"]) == ["S-BEND", "S-STRAIGHT", "S-BEND"]
    assert answer.distance_m == pytest.approx(61_000, rel=0.02)


def test_a_section_that_returns_to_its_node_can_be_driven_either_way_round() -> None:
    """A section that returns to its node can be driven either way round."""
    nodes = [node("A", 73, 41), node("V", 73.2, 41), node("W", 73.2, 41.2), node("B", 72.5, 41)]
    sections = [road("S-LOOP", "A", "A", 80_000, via_ids=("V", "W")), road("S-AB", "A", "B", 45_000)]
    data = dataset(road_nodes=nodes, road_sections=sections)
    answer = ask(data, "72.5,41.0", "73.1,41.1")
    check_totals(answer)
    assert list(answer.sections["id"]) == ["S-AB", "S-LOOP"]
    # The point lies on the loop's last stretch, nearer to its end: it is driven backwards.
    assert answer.sections["share"][1] < 0.5


def test_legs_are_apart_from_the_road() -> None:
    """Legs are apart from the road."""
    answer = ask(valley(), "74.1,40.99", "74.5,41.51")
    check_totals(answer)
    assert answer.snap_from_m == pytest.approx(1_110.5, abs=1)
    assert answer.snap_to_m == pytest.approx(1_110.5, abs=2)
    assert [round(line_length_m(line)) for line in answer.legs] == [round(answer.snap_from_m), round(answer.snap_to_m)]
    assert answer.legs[0].coords[0] == (74.1, 40.99)
    assert answer.legs[1].coords[-1] == (74.5, 41.51)
    # 40 of the 50 km to B and 60 km to D.
    assert answer.distance_m == pytest.approx(100_000, abs=5)


def test_too_far_from_the_road_is_refused_with_the_distance() -> None:
    """Too far from the road is refused with the distance."""
    answer = ask(valley(), "RN-A", "74.1,40.8")
    assert not answer.reachable
    assert answer.reason is not None
    assert answer.reason.code == "snap-too-far"
    assert answer.reason.params["end"] == "to"
    assert answer.reason.params["limit_m"] == 10_000
    # 0.2° of latitude.
    assert answer.reason.params["distance_m"] == pytest.approx(22_210, abs=10)
    assert answer.notes[0] == answer.reason
    assert ask(valley(), "RN-A", "74.1,40.8", snap_limit_m=25_000).reachable


def test_a_refused_end_names_the_nearest_place_on_the_road() -> None:
    """Far from a named node, the nearest point of the road itself."""
    close = ask(valley(), "RN-A", "74.0,40.8").notes[1]
    assert (close.code, close.params["name_en"]) == ("nearest-on-road", "RN-A")
    assert close.params["distance_m"] == pytest.approx(22_210, abs=10)
    # 15.5 km from A–B, 78 km from each of its ends.
    nodes = [node("A", 73, 41), node("B", 75, 41)]
    far = ask(dataset(road_nodes=nodes, road_sections=[road("S", "A", "B", 170_000)]), "A", "74.0,40.86").notes[1]
    assert far.code == "nearest-on-road-at"
    assert (far.params["lon"], far.params["lat"]) == pytest.approx((74.0, 41.0), abs=0.001)


def test_a_village_beside_a_node_meets_it_there() -> None:
    """200 m from the node the way begins at the node, and 400 m from it at the foot on the road."""
    near, beyond = ask(valley(), "74.0024,41.0", "RN-B"), ask(valley(), "74.0048,41.0", "RN-B")
    assert (near.distance_m, list(near.sections["share"])) == (50_000, [1.0])
    assert near.snap_from_m == pytest.approx(202, abs=1)
    assert beyond.snap_from_m == pytest.approx(0, abs=0.1)
    assert beyond.distance_m == pytest.approx(50_000 * (1 - 0.0048 / 0.5), abs=5)
    # A limit below that distance is kept to: the road passes 0 m from the place.
    assert ask(valley(), "74.0024,41.0", "RN-B", snap_limit_m=100).reachable


def test_places_within_a_network_of_elsewhere_are_known() -> None:
    """Outside the map's window a place is known where somebody's own network has roads."""
    nodes = [node("A", 1.5, 42.5), node("B", 1.6, 42.5)]
    data = dataset(road_nodes=nodes, road_sections=[road("S", "A", "B", 9_000)])
    network = replace(build(data), schematic=False)
    question = RouteQuestion("1.51,42.5", "1.59,42.5", "distance")
    assert find(data, question, network).distance_m == pytest.approx(7_200, abs=20)
    assert find(data, question, network).snap_limit_m == 5_000
    for end, code in (("10.0,10.0", "outside-network"), ("42.5,1.5", "coordinates-swapped")):
        with pytest.raises(QuestionError) as caught:
            find(data, RouteQuestion("A", end), network)
        assert caught.value.code == code
    with pytest.raises(QuestionError, match="outside-window"):
        find(data, question)
    # A place of the map is known, and far from every road of that network.
    elsewhere = find(data, RouteQuestion("A", "74.0,41.0"), network)
    assert elsewhere.reason is not None
    assert elsewhere.reason.code == "snap-too-far"
    assert "network-elsewhere" in codes(elsewhere)


def test_a_record_without_position_is_no_end() -> None:
    """A record without position is no end."""
    data = valley(sites=[point("KG-ULG", None, None)])
    answer = ask(data, "KG-ULG", "RN-A")
    assert not answer.reachable
    assert answer.reason is not None
    assert (answer.reason.code, answer.reason.params["end"]) == ("no-position", "from")


def test_from_and_to_at_one_point_is_no_way_at_all() -> None:
    """From and to at one point is no way at all."""
    data = valley(sites=[point("KG-1", 74.1, 41.3), point("KG-2", 74.1, 41.3)])
    for end in ("KG-1", "KG-2", "74.1,41.3"):
        answer = ask(data, "KG-1", end)
        assert answer.reachable
        assert (answer.distance_m, answer.travel_time_s, answer.snap_from_m, answer.snap_to_m) == (0, 0, 0, 0)
        assert (len(answer.sections), answer.geometry, answer.legs) == (0, None, ())
        assert math.isnan(answer.length_published_share)
        assert "same-place" in codes(answer)


def test_two_places_at_one_node_have_legs_and_no_road() -> None:
    """Two places at one node have legs and no road."""
    answer = ask(valley(), "73.99,41.0", "73.98,41.0")
    assert (answer.distance_m, answer.geometry) == (0, None)
    assert len(answer.legs) == 2


def test_notes_tell_of_geometry_lengths_winter_and_what_nobody_checked() -> None:
    """Notes tell of geometry lengths winter and what nobody checked."""
    answer = ask(valley(), "RN-D", "RN-C")
    notes = {note.code: note.params for note in answer.notes}
    assert notes["winter-closure"] == {"count": 1}
    assert notes["unverified-nodes"] == {"count": 1}
    assert "lengths-estimated" in notes
    assert "published-share" not in notes
    assert "planning-speeds" in notes
    # No section on this way states its positional error.
    assert "schematic-line-unknown" in notes
    assert math.isnan(answer.positional_error_m)
    other = ask(valley(), "RN-A", "RN-D")
    # 50 of 110 km are published, and A–B states 2 km.
    assert other.length_published_share == pytest.approx(50 / 110)
    assert other.positional_error_m == 2_000
    assert {note.code: note.params for note in other.notes}["schematic-line"] == {"positional_error_m": 2_000}


def test_evidence_is_the_weakest_of_places_and_sections() -> None:
    """Evidence is the weakest of places and sections."""
    data = valley(collection_points=[point("CP-ILL", 74.0, 41.0, evidence="illustrative")])
    assert ask(data, "RN-A", "RN-B").evidence == "documented"
    assert ask(data, "RN-A", "RN-D").evidence == "reported"
    assert ask(data, "CP-ILL", "RN-B", training=True).evidence == "illustrative"
    assert ask(data, "CP-ILL", "RN-E", training=True).evidence == "illustrative"


def test_a_leg_over_the_border_is_told() -> None:
    """A leg over the border is told."""
    # The place is in UZ east of 75°, the only road near it ends at C in KG.
    answer = ask(valley(), "RN-B", "75.01,41.0")
    assert answer.reachable
    assert [note.params["place"] for note in answer.notes if note.code == "snap-crosses-border"] == ["75.01,41.0"]
    assert "snap-crosses-border" not in codes(ask(valley(), "RN-B", "74.99,41.0"))


def test_a_leg_through_an_exclave_is_told() -> None:
    """A leg through an exclave is told."""
    # The exclave (70–70.5° east) lies between the place and the only road: 0.6° of longitude, some 51 km.
    nodes = [node("A", 70.55, 40.1), node("B", 70.55, 40.4), node("C", 70.8, 40.4)]
    data = dataset(road_nodes=nodes, road_sections=[road("S-AB", "A", "B", 50_000), road("S-BC", "B", "C", 30_000)])
    answer = ask(data, "69.95,40.25", "C", snap_limit_m=60_000)
    assert answer.origin.country == answer.destination.country == "KG"
    assert [note.params["place"] for note in answer.notes if note.code == "snap-crosses-border"] == ["69.95,40.25"]


def test_the_error_of_an_end_is_told() -> None:
    """The error of an end is told."""
    data = valley(sites=[point("KG-TMF", 74.0, 41.01, positional_error_m=5_000)])
    answer = ask(data, "KG-TMF", "RN-B")
    assert {note.code: note.params for note in answer.notes}["position-uncertain"] == {
        "place": "KG-TMF",
        "positional_error_m": 5_000,
    }


def test_a_node_of_the_network_meets_itself_even_where_all_its_sections_go_abroad() -> None:
    """A node of the network meets itself even where all its sections go abroad."""
    nodes = [node("A", 73, 41), node("B", 73.5, 41), node("P", 73.1, 41.03), node("Q", 73.5, 41.05)]
    sections = [road("S-HOME", "A", "B", 50_000), road("S-MIXED", "P", "Q", 50_000, countries=("KG", "UZ"))]
    data = dataset(road_nodes=nodes, road_sections=sections)
    node_answer = ask(data, "P", "73.4,41.0")
    assert node_answer.reason is not None
    assert node_answer.reason.code == "no-road"
    # The same coordinates as a mere place join the road of their country, and say which road they passed over.
    answer = ask(data, "73.1,41.03", "73.4,41.0")
    assert answer.reachable
    assert {note.code: note.params for note in answer.notes}["nearer-road-abroad"]["distance_m"] == 0


def test_without_roads_or_speeds_the_reason_says_so() -> None:
    """Without roads or speeds the reason says so."""
    bare = dataset(settlements=[point("T1", 73, 41), point("T2", 73.1, 41)])
    answer = ask(bare, "T1", "T2")
    assert answer.reason is not None
    assert answer.reason.code == "no-network"
    slow = valley(road_speeds=[])
    by_time = ask(slow, "RN-A", "RN-B", minimise="time")
    assert by_time.reason is not None
    assert by_time.reason.code == "no-speeds"
    by_distance = ask(slow, "RN-A", "RN-B")
    assert (by_distance.distance_m, by_distance.travel_time_s) == (50_000, None)


def test_a_network_at_hand_gives_the_same_answer() -> None:
    """A network at hand gives the same answer."""
    data = valley()
    question = RouteQuestion("RN-A", "RN-C")
    assert find(data, question, build(data)).sections.equals(find(data, question).sections)


def test_countries_of_a_section_driven_backwards_turn_round() -> None:
    """Countries of a section driven backwards turn round."""
    nodes = [node("A", 74.9, 41), node("B", 75.4, 41)]
    data = dataset(road_nodes=nodes, road_sections=[road("S", "A", "B", 50_000, countries=("KG", "UZ"))])
    assert ask(data, "A", "B").countries == ("KG", "UZ")
    back = ask(data, "B", "A")
    assert back.countries == ("UZ", "KG")
    assert back.sections["countries"][0] == ("UZ", "KG")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"minimise": "money"}, "minimise-unknown"),
        ({"snap_limit_m": 0}, "snap-range"),
        ({"snap_limit_m": math.nan}, "snap-range"),
        ({"snap_limit_m": 100_001}, "snap-range"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(options: dict[str, object], code: str) -> None:
    """A question that cannot be asked is refused."""
    with pytest.raises(QuestionError) as caught:
        RouteQuestion("RN-A", "RN-B", **options)
    assert caught.value.code == code


def test_an_unknown_place_is_refused() -> None:
    """An unknown place is refused."""
    with pytest.raises(QuestionError, match="unknown-place"):
        ask(valley(), "RN-A", "NOWHERE")


def test_the_line_runs_along_the_sections() -> None:
    """The line runs along the sections."""
    answer = ask(valley(), "RN-A", "RN-C")
    assert_allclose(answer.geometry.coords, [(74.0, 41.0), (74.5, 41.0), (74.9, 41.0)])
