"""The search for a trade-off at its limits: no way, one way, too many labels, too many corners, points that are thinned."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from geo.journeys import Journeys, exact, journeys
from geo.network import GRAIN, build
from geo.planning import MOST_POINTS, apart
from geo.snapping import Snaps
from geo.tradeoff import Compromise, search
from tests.road_worlds import dataset, node, road

if TYPE_CHECKING:
    from collections.abc import Sequence


def ladder(steps: Sequence[Sequence[tuple[float, float]]]) -> Journeys:
    """Join nodes in a row, each pair by several sections: a way chooses one of them at every step."""
    nodes = [node(f"N-{number:02d}", 72 + number / 10, 41.0) for number in range(len(steps) + 1)]
    choices = [(row, place, pair) for row, pairs in enumerate(steps) for place, pair in enumerate(pairs)]
    sections = [
        road(f"S-{row:02d}-{place:02d}", f"N-{row:02d}", f"N-{row + 1:02d}", 8000.0) for row, place, _ in choices
    ]
    network = build(dataset(road_nodes=nodes, road_sections=sections))
    first, second = (np.array([pair[which] for _, _, pair in choices], dtype=float) for which in (0, 1))
    unknown, zero = np.full(2, np.nan), np.zeros(2)
    ends = Snaps(np.array([0, len(steps)]), np.array([-1, -1]), zero, unknown, unknown, zero, unknown, unknown)
    return journeys(network, ends, [(first, first), (second, second)])


#: Each step doubles the price: 2ⁿ ways, none of which betters another.
POWERS = [[(0.0, 2.0**row), (2.0**row, 0.0)] for row in range(6)]
#: Each step is dearer to spare: all ways at a corner of the hull are found by taking up the steps in one order.
RISING = [[(0.0, 10.0), (1.0 + row, 0.0)] for row in range(6)]


def test_every_way_is_found() -> None:
    """Sixty-four ways on a straight line: all are listed, and only the ends are corners."""
    found = search(ladder(POWERS))
    assert found.method == "exact"
    assert [way.costs for way in found.compromises] == [(float(n), 63.0 - n) for n in range(64)]
    assert [way.is_supported for way in found.compromises] == [True, *[False] * 62, True]


def test_too_many_labels_leave_the_corners() -> None:
    """The answer says which search it rests on; the number of labels decides, never the time."""
    exactly, given_up = search(ladder(RISING)), search(ladder(RISING), most_labels=20)
    assert (exactly.method, given_up.method) == ("exact", "supported")
    assert list(given_up.compromises) == [way for way in exactly.compromises if way.is_supported]
    assert len(given_up.compromises) == 7
    assert given_up.is_complete


def test_a_limited_search_for_corners_says_that_it_is_incomplete() -> None:
    """The ends are there, and the corner in the widest gap."""
    found = search(ladder(RISING), most_labels=0, most_corners=3)
    whole = [way.costs for way in search(ladder(RISING), most_labels=0).compromises]
    costs = [way.costs for way in found.compromises]
    assert not found.is_complete
    assert len(costs) == 3
    assert (costs[0], costs[-1]) == (whole[0], whole[-1])
    assert set(costs) < set(whole)


def test_one_way_and_no_way() -> None:
    """A single road is a trade-off of one point; without a road there is none."""
    single = search(ladder([[(5.0, 7.0)], [(1.0, 1.0), (2.0, 2.0)]]))
    assert [way.costs for way in single.compromises] == [(6.0, 8.0)]
    assert single.compromises[0].is_supported
    assert search(ladder([[(np.nan, 1.0)], [(1.0, 1.0)]])).compromises == ()


def test_equal_ways_are_one_point() -> None:
    """Of ways that cost the same in both, the first by its sections is told, always the same."""
    found = [search(ladder([[(1.0, 1.0)] * 3, [(2.0, 0.0), (1.0, 3.0)]])) for _ in range(2)]
    assert [way.costs for way in found[0].compromises] == [(2.0, 4.0), (3.0, 1.0)]
    assert found[0].compromises == found[1].compromises
    assert {way.steps[0].section for way in found[0].compromises} == {0}


def test_costs_in_grains_are_whole() -> None:
    """So that prices multiply without rounding, also where floats would round."""
    assert exact(np.array([1.0, 123_456_789.0 + GRAIN])) == (1024, 123_456_789 * 1024 + 1)
    large = [[(0.0, 2.0**30 + GRAIN), (2.0**20, 0.0)], [(0.0, 2.0**30), (2.0**20 + GRAIN, 0.0)]]
    found = search(ladder(large))
    assert len(found.compromises) == 3
    assert [way.is_supported for way in found.compromises] == [True, True, True]


@pytest.mark.parametrize("count", [3, MOST_POINTS, MOST_POINTS + 1, 400])
def test_points_that_differ_little_are_left_out(count: int) -> None:
    """The ends stay, and every corner as long as there is room; the rest is spread over the whole trade-off."""
    points = [Compromise((float(n), float(count - n) ** 2), (), is_supported=n % 40 == 0) for n in range(count)]
    kept = apart(points)
    assert len(kept) == min(count, MOST_POINTS)
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    assert list(kept) == sorted(kept, key=lambda point: point.costs)
    assert {point for point in points if point.is_supported} <= set(kept)
    places = [point.costs[0] for point in kept]
    assert max(b - a for a, b in pairwise(places)) <= max(1.0, count / 8)
