"""The nearest places that take a waste, who is never named, and towns far from all of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from geo import routing
from geo.errors import QuestionError
from geo.nearest import (
    POINT_COLUMNS,
    NearestAnswer,
    NearestQuestion,
    RemoteTownsAnswer,
    RemoteTownsQuestion,
    find,
    remote_towns,
)
from geo.schema import DO_NOT_MOVE, WASTE_TYPES
from tests.road_worlds import point, valley

if TYPE_CHECKING:
    from geo.dataset import Dataset

#: Beside D, B, C, E and X of the valley.
POINTS = (
    point("CP-D", 74.5, 41.5, accepts=("lamps", "batteries")),
    point("CP-B", 74.5, 41.0, accepts=("lamps",)),
    point("CP-C", 74.9, 41.0, accepts=("thermometers",)),
    point("CP-E", 72.0, 42.0, accepts=("lamps",)),
    point("CP-X", 75.2, 41.3, accepts=("lamps",)),
    point("CP-SHUT", 74.0, 41.0, accepts=("lamps",), status="closed"),
    point("CP-ILL", 74.1, 41.0, accepts=("lamps",), evidence="illustrative"),
    point("CP-SAID", 74.3, 41.0, accepts=("lamps",), evidence="reported"),
)
STORES = (
    point("ST-C", 74.9, 41.0, accepts=("lamps",), evidence="reported", status="unknown"),
    point("ST-LISTED", None, None, accepts=("lamps",), evidence="reported"),
    point("ST-SHUT", 74.0, 41.0, accepts=("lamps",), evidence="reported", status="closed"),
    point("ST-ILL", 74.0, 41.0, accepts=("lamps",), evidence="illustrative"),
)


def ask(data: Dataset, at: str, **options: object) -> NearestAnswer:
    """Ask for the nearest places."""
    return find(data, NearestQuestion(at, **options))


def codes(answer: NearestAnswer | RemoteTownsAnswer) -> set[str]:
    """Give the codes of an answer's notes."""
    return {note.code for note in answer.notes}


@pytest.fixture(scope="module")
def data() -> Dataset:
    """Give the valley with points of every kind."""
    return valley(collection_points=POINTS, storage=STORES)


def test_nearest_by_road_first_and_what_no_road_reaches_last(data: Dataset) -> None:
    """Nearest by road first and what no road reaches last."""
    answer = ask(data, "RN-A", waste="lamps", k=50)
    assert list(answer.points.columns) == list(answer.reported.columns) == list(POINT_COLUMNS)
    # 50 km to B; 110 km to B and on to D; 110 km to X abroad, its tie with D broken by the straight line (95 < 106).
    assert list(answer.points["id"]) == ["CP-B", "CP-D", "CP-X", "CP-E"]
    assert list(answer.points["distance_m"][:3]) == [50_000, 110_000, 110_000]
    last = answer.points.iloc[3]
    assert math.isnan(last["distance_m"])
    assert math.isnan(last["travel_time_s"])
    assert last["reason"] == "no-road"
    assert last["straight_line_m"] > 190_000
    assert 300 < last["bearing_deg"] < 310
    assert answer.points["reason"][:3].isna().all()
    assert answer.points["countries"][2] == ("KG", "UZ")
    assert {"straight-line-only", "reported-only", "transboundary"} <= codes(answer)
    assert (answer.call, answer.reason, answer.do_not_move) == ("112", None, False)


def test_only_k_are_named(data: Dataset) -> None:
    """Only k places are named."""
    assert list(ask(data, "RN-A", waste="lamps", k=1).points["id"]) == ["CP-B"]


def test_a_point_is_named_only_for_what_it_accepts(data: Dataset) -> None:
    """A point is named only for what it accepts."""
    assert list(ask(data, "RN-A", waste="thermometers").points["id"]) == ["CP-C"]
    assert list(ask(data, "RN-A", waste="batteries").points["id"]) == ["CP-D"]
    assert len(ask(data, "RN-A", waste="switches").points) == 0


def test_without_a_waste_any_movable_waste_counts() -> None:
    """Without a waste any movable waste counts."""
    points = [
        point("CP-1", 74.5, 41.0, accepts=("tailings",)),
        point("CP-2", 74.5, 41.5, accepts=("tailings", "switches")),
    ]
    assert list(ask(valley(collection_points=points), "RN-A").points["id"]) == ["CP-2"]


def test_reported_places_are_apart_and_closed_or_unplaced_ones_are_left_out(data: Dataset) -> None:
    """Reported places are apart and closed or unplaced ones are left out."""
    reported = ask(data, "RN-A", waste="lamps", k=50).reported
    assert list(reported["id"]) == ["CP-SAID", "ST-C"]
    assert list(reported["table"]) == ["collection_points", "storage"]
    assert reported["hours"].isna().all()


def test_without_a_confirmed_point_the_answer_says_so_and_names_the_reported(data: Dataset) -> None:
    """Without a confirmed point the answer says so and names the reported."""
    points = data.collection_points
    bare = data.with_table("collection_points", points[points["evidence"] == "illustrative"])
    answer = ask(bare, "RN-A", waste="lamps")
    assert len(answer.points) == 0
    assert list(answer.points.columns) == list(POINT_COLUMNS)
    assert answer.reason is not None
    assert (answer.reason.code, answer.call) == ("no-confirmed-point", "112")
    assert list(answer.reported["id"]) == ["ST-C"]
    assert answer.evidence == "reported"


def test_illustrative_points_are_named_in_training_only_and_said_to_be(data: Dataset) -> None:
    """Illustrative points are named in training only and said to be."""
    real = ask(data, "RN-A", waste="lamps", k=50)
    assert "CP-ILL" not in set(real.points["id"])
    assert real.evidence != "illustrative"
    drill = ask(data, "RN-A", waste="lamps", k=1, training=True)
    assert list(drill.points["id"]) == ["CP-ILL"]
    assert drill.evidence == "illustrative"
    assert "training" in codes(drill)
    # An illustrative store is never named.
    assert "ST-ILL" not in set(ask(data, "RN-A", waste="lamps", k=50, training=True).reported["id"])


@pytest.mark.parametrize("waste", sorted(DO_NOT_MOVE))
@pytest.mark.parametrize("training", [False, True])
def test_what_must_not_be_moved_gets_no_destination(data: Dataset, waste: str, training: bool) -> None:  # noqa: FBT001
    """What must not be moved gets no destination."""
    takes_all = data.collection_points.assign(accepts=[WASTE_TYPES] * len(POINTS))
    answer = ask(data.with_table("collection_points", takes_all), "RN-A", waste=waste, training=training)
    assert (len(answer.points), len(answer.reported), answer.do_not_move, answer.call) == (0, 0, True, "112")
    assert answer.reason is not None
    assert answer.reason.code == "do-not-move"


def test_no_place_is_said_to_take_what_must_not_be_moved(data: Dataset) -> None:
    """Nor by the list of what a place takes that is the nearest for something else."""
    takes_all = data.collection_points.assign(accepts=[WASTE_TYPES] * len(POINTS))
    answer = ask(data.with_table("collection_points", takes_all), "RN-A", waste="lamps", k=50)
    for frame in (answer.points, answer.reported):
        assert len(frame)
        assert all(DO_NOT_MOVE.isdisjoint(codes) for codes in frame["accepts"])
    assert set(answer.points["accepts"].iloc[0]) == set(WASTE_TYPES) - DO_NOT_MOVE


def test_to_a_point_of_the_same_country_the_way_stays_in_it(data: Dataset) -> None:
    """To a point of the same country the way stays in it."""
    kept = ask(data, "RN-A", waste="thermometers").points.iloc[0]
    free = ask(data, "RN-A", waste="thermometers", stay_in_country=False).points.iloc[0]
    # A–B–C inside, A–X–C through UZ, as in the tests of routes.
    assert (kept["distance_m"], kept["countries"]) == (200_000, ("KG",))
    assert (free["distance_m"], free["countries"]) == (155_000, ("KG", "UZ", "KG"))


def test_a_point_that_only_a_road_abroad_reaches_is_a_fallback_with_the_reason(data: Dataset) -> None:
    """A point that only a road abroad reaches is a fallback with the reason."""
    sections = data.road_sections
    cut = data.with_table("road_sections", sections[sections["id"] != "RS-BC"])
    row = ask(cut, "RN-A", waste="thermometers").points.iloc[0]
    assert math.isnan(row["distance_m"])
    assert row["reason"] == "only-abroad"


def test_too_far_from_the_road_the_straight_line_is_the_fallback(data: Dataset) -> None:
    """Too far from the road the straight line is the fallback."""
    answer = ask(data, "73.0,40.5", waste="lamps", k=50)
    assert answer.points["distance_m"].isna().all()
    assert set(answer.points["reason"]) == {"snap-too-far"}
    assert answer.points["straight_line_m"].is_monotonic_increasing
    notes = {note.code: note.params for note in answer.notes}
    assert notes["snap-too-far"]["limit_m"] == 10_000
    assert notes["snap-too-far"]["distance_m"] > 10_000


def test_at_the_point_itself_there_is_no_way_to_go(data: Dataset) -> None:
    """At the point itself there is no way to go."""
    row = ask(data, "CP-B", waste="lamps", k=1).points.iloc[0]
    assert (row["id"], row["distance_m"], row["snap_from_m"], row["straight_line_m"]) == ("CP-B", 0, 0, 0)


def test_a_place_without_position_gets_no_list_but_the_number_to_call() -> None:
    """A place without position gets no list but the number to call."""
    data = valley(collection_points=POINTS, sites=[point("KG-ULG", None, None)])
    answer = ask(data, "KG-ULG")
    assert answer.reason is not None
    assert (answer.reason.code, len(answer.points), len(answer.reported), answer.call) == ("no-position", 0, 0, "112")


def test_without_roads_the_straight_line_is_the_fallback() -> None:
    """Without roads the straight line is the fallback."""
    answer = ask(valley(road_nodes=[], road_sections=[], collection_points=POINTS), "74.0,41.0", waste="lamps")
    assert set(answer.points["reason"]) == {"no-network"}
    assert list(answer.points["id"]) == ["CP-B", "CP-D", "CP-X"]


def test_legs_count_in_the_order_but_not_in_the_distance() -> None:
    """Legs count in the order but not in the distance."""
    # By road alone CP-1 is nearer (49 against 50 km), its 8 km off the road make it the second.
    points = [point("CP-1", 74.49, 40.928), point("CP-2", 74.5, 41.0)]
    found = ask(valley(collection_points=points), "RN-A").points
    assert list(found["id"]) == ["CP-2", "CP-1"]
    assert found["distance_m"][1] < found["distance_m"][0]
    assert found["snap_to_m"][1] == pytest.approx(7_995, abs=10)


@pytest.mark.parametrize("at", ["RN-A", "74.2,41.03", "74.9,41.01", "72.3,42.05"])
@pytest.mark.parametrize("stay", [True, False])
def test_each_distance_is_that_of_the_drawn_route(data: Dataset, at: str, stay: bool) -> None:  # noqa: FBT001
    """Each distance is that of the drawn route."""
    answer = ask(data, at, waste="lamps", k=50, stay_in_country=stay)
    assert sorted(answer.points["id"]) == ["CP-B", "CP-D", "CP-E", "CP-X"]
    assert answer.points["distance_m"].notna().any()
    for _, row in answer.points.iterrows():
        route = routing.find(data, routing.RouteQuestion(at, row["id"], "distance", stay_in_country=stay))
        if route.reachable:
            assert row["distance_m"] == route.distance_m
            assert row["travel_time_s"] == route.travel_time_s
            assert (row["snap_from_m"], row["snap_to_m"]) == (route.snap_from_m, route.snap_to_m)
            assert row["countries"] == route.countries
        else:
            assert math.isnan(row["distance_m"])
            assert route.reason is not None
            assert row["reason"] == route.reason.code


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"waste": "mercury"}, "unknown-waste"),
        ({"k": 0}, "k-range"),
        ({"k": 51}, "k-range"),
        ({"k": 2.5}, "k-range"),
        ({"snap_limit_m": -1}, "snap-range"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(options: dict[str, object], code: str) -> None:
    """A question that cannot be asked is refused."""
    with pytest.raises(QuestionError) as caught:
        NearestQuestion("RN-A", **options)
    assert caught.value.code == code


class TestRemoteTowns:
    """Towns far from every point."""

    TOWNS = (
        point("T-A", 74.0, 41.0, population_persons=12_000),
        point("T-B", 74.5, 41.0, population_persons=50_000),
        point("T-C", 74.9, 41.0, population_persons=20_000),
        point("T-E", 72.0, 42.01, population_persons=11_000),
        point("T-OFF", 73.0, 40.5, population_persons=10_000),
        point("T-SMALL", 74.9, 41.0, population_persons=9_999),
        point("T-UNKNOWN", 74.9, 41.0),
        point("T-UZ", 75.2, 41.3, population_persons=90_000),
    )

    def world(self, *points: dict[str, object]) -> Dataset:
        """Give the valley with towns and some points."""
        return valley(settlements=self.TOWNS, collection_points=points)

    def test_towns_farther_than_the_distance_or_without_a_road_largest_first(self) -> None:
        """Towns farther than the distance or without a road largest first."""
        data = self.world(point("CP-B", 74.5, 41.0))
        answer = remote_towns(data, RemoteTownsQuestion(distance_m=60_000))
        # A is 50 km off; C 150 km by the road inside; E and T-OFF no road leads to.
        assert list(answer.towns["id"]) == ["T-C", "T-E", "T-OFF"]
        assert answer.towns["distance_m"][0] == 150_000
        assert answer.towns["nearest_id"][0] == "CP-B"
        assert list(answer.towns["reason"][1:]) == ["no-road", "snap-too-far"]
        assert answer.towns["distance_m"][1:].isna().all()
        assert (answer.towns_considered, answer.points_considered, answer.reason) == (5, 1, None)
        assert {note.code: note.params for note in answer.notes}["towns-without-number"] == {"count": 1}

    def test_the_nearest_of_several_points_counts(self) -> None:
        """The nearest of several points counts."""
        data = self.world(point("CP-B", 74.5, 41.0), point("CP-D", 74.5, 41.5), point("CP-X", 75.2, 41.3))
        answer = remote_towns(data, RemoteTownsQuestion(distance_m=44_000))
        # C is 45 km from X, which is another country: the road there may go abroad.
        rows = dict(
            zip(
                answer.towns["id"],
                zip(answer.towns["distance_m"], answer.towns["nearest_id"], strict=True),
                strict=True,
            )
        )
        assert rows["T-C"] == (45_000, "CP-X")
        assert rows["T-A"] == (50_000, "CP-B")
        assert "T-B" not in rows

    def test_only_abroad_is_a_reason(self) -> None:
        """Only abroad is a reason."""
        data = self.world(point("CP-B", 74.5, 41.0))
        sections = data.road_sections
        cut = data.with_table("road_sections", sections[sections["id"] != "RS-BC"])
        rows = remote_towns(cut, RemoteTownsQuestion()).towns.set_index("id")
        assert rows.loc["T-C", "reason"] == "only-abroad"

    def test_without_a_confirmed_point_no_town_is_listed(self) -> None:
        """Without a confirmed point no town is listed."""
        data = self.world(point("CP-ILL", 74.5, 41.0, evidence="illustrative"))
        answer = remote_towns(data, RemoteTownsQuestion())
        assert answer.reason is not None
        assert (answer.reason.code, len(answer.towns), answer.points_considered) == ("no-confirmed-point", 0, 0)
        drill = remote_towns(data, RemoteTownsQuestion(training=True))
        assert list(drill.towns["id"]) == ["T-C", "T-E", "T-OFF"]
        assert drill.evidence == "illustrative"
        assert codes(drill) == {"training", "towns-without-number"}

    def test_what_must_not_be_moved_has_no_points(self) -> None:
        """What must not be moved has no points."""
        answer = remote_towns(self.world(point("CP-B", 74.5, 41.0)), RemoteTownsQuestion(waste="tailings"))
        assert answer.reason is not None
        assert (answer.reason.code, len(answer.towns)) == ("do-not-move", 0)

    def test_towns_of_another_country(self) -> None:
        """Towns of another country."""
        answer = remote_towns(self.world(point("CP-C", 74.9, 41.0)), RemoteTownsQuestion(country="UZ", distance_m=0))
        assert list(answer.towns["id"]) == ["T-UZ"]
        assert answer.towns["distance_m"][0] == 45_000

    def test_each_distance_is_the_least_over_all_points(self) -> None:
        """Each distance is the least over all points."""
        points = (point("CP-1", 74.42, 41.05), point("CP-2", 74.8, 40.95), point("CP-3", 75.15, 41.25))
        data = self.world(*points)
        rows = remote_towns(data, RemoteTownsQuestion(distance_m=0, min_population_persons=1)).towns
        assert rows["distance_m"].isna().tolist().count(False) >= len(points)
        for _, row in rows.iterrows():
            routes = [routing.find(data, routing.RouteQuestion(row["id"], p["id"], "distance")) for p in points]
            lengths = [route.distance_m for route in routes if route.distance_m is not None]
            if lengths:
                assert row["distance_m"] == min(lengths)
            else:
                assert math.isnan(row["distance_m"])

    @pytest.mark.parametrize(
        ("options", "code"),
        [
            ({"min_population_persons": -1}, "population-range"),
            ({"distance_m": math.inf}, "distance-range"),
            ({"country": "Kyrgyzstan"}, "country-code"),
            ({"waste": "gold"}, "unknown-waste"),
        ],
    )
    def test_a_question_that_cannot_be_asked_is_refused(self, options: dict[str, object], code: str) -> None:
        """A question that cannot be asked is refused."""
        with pytest.raises(QuestionError) as caught:
            RemoteTownsQuestion(**options)
        assert caught.value.code == code
