"""What the totals of areas leave for settlements without a number, and where an uncertain place may be."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from geo.population import settlement_people
from geo.positions import ERROR_LADDER_M, error_offsets_m, error_reach_m
from tests.people_worlds import area, site, square, village, world
from tests.road_worlds import table


def test_the_remainder_is_shared_equally() -> None:
    """10,000 in the raion less 1,000 and 3,000 leave 6,000 for three places: 2,000 each.

    The 95th percentile of 1,000 and 3,000 is 1,000 + 0.95 × 2,000 = 2,900.
    """
    villages = [village("A", 1_000, persons=1_000, area="R"), village("B", 2_000, persons=3_000, area="R")]
    villages += [village(name, 3_000, area="R") for name in "CDE"]
    people = settlement_people(world(villages, [area("R", 10_000)]))
    row = people.areas.loc["R"]
    assert row["numbered_persons"] == 4_000
    assert row["unnumbered_places"] == 3
    assert row["remainder_persons"] == 6_000
    assert row["equal_share_persons"] == 2_000
    assert row["p95_persons"] == pytest.approx(2_900)
    assert row["place_max_persons"] == pytest.approx(2_900)
    shares = people.settlements.set_index("id")["modelled_persons"]
    assert shares["C"] == 2_000
    assert math.isnan(shares["A"])


def test_points_that_hold_more_than_the_total_leave_nothing() -> None:
    """A village counted later than its raion must not make a negative remainder."""
    villages = [village("A", 1_000, persons=7_000, area="R"), village("B", 1_000, area="R")]
    row = settlement_people(world(villages, [area("R", 5_000)])).areas.loc["R"]
    assert (row["remainder_persons"], row["equal_share_persons"], row["place_max_persons"]) == (0, 0, 0)


def test_one_place_is_never_thought_larger_than_the_remainder() -> None:
    """95th percentile 9,000, but only 1,000 people are left for the one place without a number."""
    villages = [village("A", 1_000, persons=9_000, area="R"), village("B", 1_000, area="R")]
    assert settlement_people(world(villages, [area("R", 10_000)])).areas.loc["R", "place_max_persons"] == 1_000


def test_the_large_place_is_never_smaller_than_the_equal_share() -> None:
    """Only a hamlet of 100 has a number, but 8,000 people live in two other places: at least 4,000 in one of them."""
    villages = [village("A", 1_000, persons=100, area="R"), *(village(name, 1_000, area="R") for name in "BC")]
    assert settlement_people(world(villages, [area("R", 8_100)])).areas.loc["R", "place_max_persons"] == 4_000


def test_without_any_numbered_place_only_the_remainder_bounds_one_place() -> None:
    """Nobody knows how the 8,000 are spread: all may live in one."""
    villages = [village("B", 1_000, area="R"), village("C", 1_000, area="R")]
    row = settlement_people(world(villages, [area("R", 8_000)])).areas.loc["R"]
    assert (row["equal_share_persons"], row["place_max_persons"]) == (4_000, 8_000)


def test_a_town_with_its_own_total_is_not_shared_out_again() -> None:
    """District 100,000, in it a town of 30,000 (its one numbered place 20,000): 70,000 are left for the village."""
    villages = [village("T", 1_000, persons=20_000, area="TOWN"), village("V", 1_000, area="D")]
    areas = [area("D", 100_000), area("TOWN", 30_000, parent_id="D")]
    found = settlement_people(world(villages, areas)).areas
    assert found.loc["D", "equal_share_persons"] == 70_000
    # "Our points hold 20,000 of the district's 100,000."
    assert found.loc["D", "numbered_persons"] == 20_000
    assert found.loc["TOWN", "remainder_persons"] == 10_000


def test_areas_that_hold_each_other_do_not_hang() -> None:
    """A mistake in somebody's table ends in numbers, not in an endless loop."""
    areas = [area("A", 1_000, parent_id="B"), area("B", 2_000, parent_id="A"), area("C", 500, parent_id="C")]
    found = settlement_people(world([village("V", 1_000, persons=10, area="A")], areas)).areas
    assert found.loc["A", "numbered_persons"] == 10
    assert found.loc["C", "remainder_persons"] == 500


def test_a_place_inside_an_exclave_belongs_to_it_said_or_not() -> None:
    """Else its people would stand beside the exclave's total, which holds them already."""
    inside, outside = village("IN", 7_000, 90.0, persons=500), village("OUT", 2_000, 90.0, persons=300)
    people = settlement_people(
        world([inside, outside], [area("X", 9_000, border_id="EX")], exclave=square(5_000, 10_000))
    )
    assert people.settlements.set_index("id")["area_id"].to_dict() == {"IN": "X", "OUT": None}
    row = people.areas.loc["X"]
    assert row["is_exclave"]
    assert (row["remainder_persons"], row["whole_persons"]) == (8_500, 9_000)
    assert math.isnan(row["equal_share_persons"])


def test_an_exclave_without_its_ground_is_counted_by_places() -> None:
    """A user's own table may name a border that the borders lack."""
    row = settlement_people(world([village("V", 1_000, area="X")], [area("X", 900, border_id="GONE")])).areas.loc["X"]
    assert (row["is_exclave"], row["equal_share_persons"]) == (False, 900)


def test_an_area_that_no_table_has_is_no_area() -> None:
    """The village then has neither a number nor a total."""
    found = settlement_people(world([village("V", 1_000, area="GONE")])).settlements
    assert found["without_total"].to_list() == [True]
    assert math.isnan(found["modelled_persons"].iloc[0])


def test_a_country_left_empty_is_looked_up() -> None:
    """In the borders; no man's land stays without one."""
    villages = [village("K", 1_000, country=None), village("N", 250_000, 0.0, country=None)]
    people = settlement_people(world(villages))
    assert people.settlements["country"].to_list() == ["KG", None]
    assert people.countries == ("KG", None)


def test_the_work_is_done_once_for_the_same_tables() -> None:
    """A corrected site changes no settlement."""
    first = world([village("A", 1_000, persons=1)])
    second = first.with_table("sites", table("sites", [site("T", error_m=50)]))
    assert settlement_people(first) is settlement_people(second)
    other = world([village("A", 1_000, persons=2)])
    assert settlement_people(other) is not settlement_people(first)


def test_a_place_without_error_is_tried_at_its_point_alone() -> None:
    """Typed coordinates are where they are."""
    assert error_offsets_m(0.0).tolist() == [[0.0, 0.0]]
    assert error_reach_m(math.nan) == 0.0


@pytest.mark.parametrize("error_m", [10.0, 3_000.0, 4_300.0, 5_000.0, 100_000.0])
def test_positions_cover_the_circle_of_the_error(error_m: float) -> None:
    """Out to the error at least (to the next step of the ladder), in all directions, with no gap wider than a third."""
    offsets_m = error_offsets_m(error_m)
    distance_m = np.hypot(*offsets_m.T)
    assert error_m <= distance_m.max() <= 2 * error_m
    assert distance_m[0] == 0
    rng = np.random.default_rng(1)
    angle, radius_m = rng.uniform(0, 2 * np.pi, 500), error_m * np.sqrt(rng.uniform(0, 1, 500))
    somewhere = np.column_stack([radius_m * np.sin(angle), radius_m * np.cos(angle)])
    gaps = np.hypot(*(somewhere[:, None, :] - offsets_m[None, :, :]).T).min(axis=0)
    assert gaps.max() <= error_m / 3 + 10


def test_what_a_small_error_tries_a_larger_one_tries_too() -> None:
    """So the range can only widen."""
    for smaller, larger in pairwise(ERROR_LADDER_M):
        inner, outer = error_offsets_m(smaller), error_offsets_m(larger)
        assert np.array_equal(inner, outer[: len(inner)])
