"""Laws of the trade-off between two costs, on small made-up networks with one-way roads and banned turns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.alternatives import MOST_SHARED, MOST_STRETCH, find
from geo.graphs import Turns
from geo.journeys import Journeys, Weights, journeys
from geo.network import Network, build
from geo.snapping import Snaps
from geo.tradeoff import Tradeoff, search
from tests.effort import examples
from tests.road_worlds import dataset, node, road

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.trees import Step

ROWS, COLUMNS = 4, 3
laws = examples(40)
#: Time and people of a way.
Pair = tuple[float, float]


@dataclass(frozen=True)
class World:
    """A small network, two costs of its sections, the ends of a journey, and the sections that a rule leaves."""

    network: Network
    weights: tuple[Weights, Weights]
    ends: Snaps
    allowed: np.ndarray

    @property
    def ways(self) -> Journeys:
        """All ways between the ends."""
        return journeys(self.network, self.ends, self.weights, self.allowed)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a grid with gaps, doubled and one-way sections and banned turns; small whole costs, so that many are equal."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    most = draw(st.sampled_from([3, 50, 10_000]))
    grid = [(i, j) for i in range(ROWS) for j in range(COLUMNS)]
    links = [
        (a, b)
        for a in grid
        for b in ((a[0] + 1, a[1]), (a[0], a[1] + 1))
        if b in grid
        for _ in range(rng.choice([0, 1, 1, 1, 2, 2]))
    ]
    sections = [
        road(f"RS-{number:02d}", f"RN-{a[0]}{a[1]}", f"RN-{b[0]}{b[1]}", float(rng.integers(1000, 9000)))
        for number, (a, b) in enumerate(links or [((0, 0), (0, 1))])
    ]
    nodes = [node(f"RN-{i}{j}", 72 + 0.1 * i, 41 + 0.1 * j) for i, j in grid]
    network = build(dataset(road_nodes=nodes, road_sections=sections))
    count = len(network.tail)
    network = replace(
        network, forward=rng.random(count) > 0.05, backward=rng.random(count) > 0.05, turns=_turns(network, rng)
    )
    time_s = rng.integers(1, most + 1, (2, count)).astype(float)
    # Quick roads lead through many people, so that there is something to weigh.
    people = np.floor(rng.random((2, count)) * (most + 1 - time_s) + rng.integers(0, most, (2, count)) // 3)
    allowed = rng.random(count) > draw(st.sampled_from([0.0, 0.0, 0.2]))
    return World(network, ((time_s[0], time_s[1]), (people[0], people[1])), _ends(network, rng), allowed)


def _turns(network: Network, rng: np.random.Generator) -> Turns:
    """Ban some turns from one section into another."""
    arcs = [(arc, *_ends_of(network, arc)) for arc in range(2 * len(network.tail))]
    pairs = [(one[0], two[0]) for one in arcs for two in arcs if one[2] == two[1] and rng.random() < 0.1]
    flat = np.array([arc for pair in pairs for arc in pair], dtype=np.int64)
    return Turns(np.arange(0, len(flat) + 1, 2), flat)


def _ends_of(network: Network, arc: int) -> tuple[int, int]:
    tail, head = int(network.tail[arc >> 1]), int(network.head[arc >> 1])
    return (head, tail) if arc & 1 else (tail, head)


def _ends(network: Network, rng: np.random.Generator) -> Snaps:
    """Let the journey begin and end at nodes or inside sections."""
    at_node = rng.random(2) < 0.5
    node = [int(network.tail[rng.integers(0, 2)]), int(network.head[-1 - rng.integers(0, 2)])]
    section = [rng.integers(0, 3), len(network.tail) - 1 - rng.integers(0, 3)]
    unknown = np.full(2, np.nan)
    return Snaps(
        node=np.where(at_node, node, -1),
        section=np.where(at_node, -1, np.array(section) % len(network.tail)),
        fraction=np.where(at_node, 0.0, rng.choice([0.25, 0.5, 0.75], 2)),
        lon=unknown, lat=unknown, distance_m=np.zeros(2), skipped_m=unknown, cut_off_m=unknown,
    )  # fmt: skip


def _better(pairs: Iterable[Pair]) -> list[Pair]:
    """Keep the pairs that no other one betters."""
    kept: list[Pair] = []
    for pair in sorted(set(pairs)):
        if not kept or pair[1] < kept[-1][1]:
            kept.append(pair)
    return kept


class _ByHand:
    """Lists the pairs of costs that no way betters, from sets of pairs handed from arc to arc until nothing changes.

    What is remembered is the arc driven last, so a banned turn is a pair of arcs that is not handed on.
    """

    def __init__(self, world: World) -> None:
        self.world, self.network, self.ends = world, world.network, world.ends
        self.banned = _banned(world.network)
        ways = enumerate((world.network.forward, world.network.backward))
        open_ways = [(side, np.flatnonzero(world.allowed & way).tolist()) for side, way in ways]
        self.usable = {2 * section + side for side, sections in open_ways for section in sections}
        #: Pairs with which each arc has been driven to its end; None is standing at the origin's node.
        self.reached: dict[int | None, list[Pair]] = {}

    def pairs(self) -> list[Pair]:
        """List them, from the least time to the fewest people."""
        section, at = int(self.ends.section[0]), float(self.ends.fraction[0])
        if section < 0:
            self.reached[None] = [(0.0, 0.0)]
        for arc in self.usable & {2 * section, 2 * section + 1}:
            self.reached[arc] = [self.cost(arc, at, 1.0 - (arc & 1))]
        while self.hand_on():
            pass
        return _better(self.arrivals())

    def cost(self, arc: int, begin: float, end: float) -> Pair:
        """Give the costs of a piece of a section."""
        step = [_step_cost(self.network, pair, arc, begin, end) for pair in self.world.weights]
        return step[0], step[1]

    def joins(self, last: int | None, arc: int) -> bool:
        """Tell whether an arc may follow another."""
        at = int(self.ends.node[0]) if last is None else _ends_of(self.network, last)[1]
        return at == _ends_of(self.network, arc)[0] and (last, arc) not in self.banned

    def hand_on(self) -> bool:
        """Drive every arc from every other that leads to it; tell whether anything new was found."""
        changed = False
        for last, pairs in list(self.reached.items()):
            for arc in self.usable:
                tail, head = _ends_of(self.network, arc)
                if tail != head and self.joins(last, arc):
                    whole = self.cost(arc, arc & 1, 1 - (arc & 1))
                    more = _better([*self.reached.get(arc, []), *(_plus(pair, whole) for pair in pairs)])
                    changed |= more != self.reached.get(arc)
                    self.reached[arc] = more
        return changed

    def arrivals(self) -> list[Pair]:
        """List the costs of reaching the destination."""
        section, to = int(self.ends.section[1]), float(self.ends.fraction[1])
        at_node = int(self.ends.node[1])
        found: list[Pair] = []
        for last, pairs in self.reached.items():
            here = int(self.ends.node[0]) if last is None else _ends_of(self.network, last)[1]
            if section < 0:
                found += pairs if here == at_node else []
                continue
            for arc in self.usable & {2 * section, 2 * section + 1}:
                if self.joins(last, arc):
                    found += [_plus(pair, self.cost(arc, arc & 1, to)) for pair in pairs]
        begin = float(self.ends.fraction[0])
        arc = 2 * section + (begin > to)
        if 0 <= section == int(self.ends.section[0]) and (arc in self.usable or begin == to):
            found.append(self.cost(arc, begin, to))
        return found


def _banned(network: Network) -> set[tuple[int, ...]]:
    return set(network.turns.runs()) if network.turns is not None else set()


def _plus(one: Pair, two: Pair) -> Pair:
    return one[0] + two[0], one[1] + two[1]


def _step_cost(network: Network, pair: Weights, arc: int, begin: float, end: float) -> float:
    values, section = pair[arc & 1], np.array([arc >> 1])
    ends = [network.part(values, section, np.array([at])) for at in (begin, end)]
    return float(abs(ends[1] - ends[0])[0])


def _of_step(network: Network, pair: Weights, step: Step) -> float:
    return _step_cost(network, pair, 2 * step.section + (step.start > step.end), step.start, step.end)


def _corners(pairs: list[Pair]) -> list[Pair]:
    """Keep the corners of the lower convex hull: those that are below every line between two others."""
    return [
        b
        for b in pairs
        if not any(
            (b[0] - a[0]) * (c[1] - a[1]) <= (b[1] - a[1]) * (c[0] - a[0])
            for a in pairs
            for c in pairs
            if a[0] < b[0] < c[0]
        )
    ]


def _pairs(found: Tradeoff, *, supported: bool = False) -> list[Pair]:
    return [way.costs for way in found.compromises if way.is_supported or not supported]


@laws
@given(world=worlds())
def test_the_exact_search_finds_what_is_found_by_hand(world: World) -> None:
    """Every pair of costs that no way betters, and those of them that are corners."""
    found, expected = search(world.ways), _ByHand(world).pairs()
    assert found.method == "exact"
    assert _pairs(found) == expected
    assert _pairs(found, supported=True) == _corners(expected)


@laws
@given(world=worlds())
def test_the_search_at_prices_finds_the_corners(world: World) -> None:
    """All corners of the hull and nothing else."""
    found = search(world.ways, most_labels=0)
    assert found.is_complete
    assert _pairs(found) == _corners(_ByHand(world).pairs())
    if len(found.compromises) > 1:
        assert found.method == "supported"


@laws
@given(world=worlds())
def test_no_way_is_at_least_as_good_as_another_in_both(world: World) -> None:
    """And the ends are the least of each cost."""
    ways = world.ways
    for labels in (0, 100_000):
        pairs = _pairs(search(ways, most_labels=labels))
        assert all(a[0] < b[0] and a[1] > b[1] for a, b in pairwise(pairs))
        if pairs:
            quick, sparing = ways.first_best(0, 1), ways.first_best(1, 0)
            assert quick is not None
            assert sparing is not None
            assert tuple(ways.total(quick)) == pairs[0]
            assert tuple(ways.total(sparing)) == pairs[-1]


@laws
@given(world=worlds())
def test_ways_cost_what_is_said_and_keep_to_the_rules(world: World) -> None:
    """The steps join, use open sections in open directions, take no banned turn, and sum to the costs."""
    network = world.network
    banned = _banned(network)
    for way in search(world.ways).compromises:
        arcs = [2 * step.section + (step.start > step.end) for step in way.steps]
        assert all(
            world.allowed[arc >> 1] and (network.backward if arc & 1 else network.forward)[arc >> 1] for arc in arcs
        )
        turns = list(pairwise(arcs))
        assert not banned.intersection(turns)
        assert all(_ends_of(network, one)[1] == _ends_of(network, two)[0] for one, two in turns)
        for which, pair in enumerate(world.weights):
            total = sum(_of_step(network, pair, step) for step in way.steps)
            assert total == way.costs[which]


@laws
@given(world=worlds(), closed=st.integers(0, 10**6))
def test_a_closure_betters_nothing(world: World, closed: int) -> None:
    """Every way that is left was there before, or was bettered by one that was."""
    before = _pairs(search(world.ways))
    allowed = world.allowed.copy()
    allowed[closed % len(allowed)] = False
    for pair in _pairs(search(replace(world, allowed=allowed).ways)):
        assert any(old[0] <= pair[0] and old[1] <= pair[1] for old in before)


@laws
@given(world=worlds(), count=st.integers(0, 5))
def test_alternatives_differ_and_are_no_silly_detours(world: World, count: int) -> None:
    """They share little with the best way and each other, cost little more, keep to the rules, and come in one order."""
    ways, network = world.ways, world.network
    best = ways.first_best(0, 1)
    if best is None:
        assert find(ways, network.length_m, (), count) == ()
        return
    steps = ways.steps(best)
    found = find(ways, network.length_m, steps, count)
    assert len(found) <= count
    assert found == find(world.ways, network.length_m, steps, count)
    assert found == find(ways, network.length_m, steps, 5)[:count]
    metres = [_metres(network, way) for way in (steps, *(other.steps for other in found))]
    for number, one in enumerate(metres):
        for other in metres[:number]:
            shared_m = sum(min(length_m, other.get(section, 0.0)) for section, length_m in one.items())
            assert shared_m <= MOST_SHARED * min(sum(one.values()), sum(other.values())) + 1e-6
    for other in found:
        cost = sum(_of_step(network, world.weights[0], step) for step in other.steps)
        assert ways.total(best)[0] <= cost <= MOST_STRETCH * ways.total(best)[0]
        assert all(world.allowed[step.section] for step in other.steps)
        assert len({step.section for step in other.steps}) == len(other.steps)
        assert 0 <= other.shared_share <= 1


def _metres(network: Network, steps: Iterable[Step]) -> dict[int, float]:
    found: dict[int, float] = {}
    for step in steps:
        found[step.section] = found.get(step.section, 0.0) + abs(step.end - step.start) * float(
            network.length_m[step.section]
        )
    return found
