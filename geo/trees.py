"""Shortest ways over a graph from one snapped place, or from many at once, to any other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.graphs import shortest_from

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.graphs import Graph
    from geo.network import Network
    from geo.snapping import Snaps

#: How a way reaches its end: from a section's tail (or at the node itself), from its head, or along the section
#: on which the way also began.
_BY_TAIL: Final = 0
_BY_HEAD: Final = 1
_ALONG: Final = 2

#: A weight of every section, from tail to head and back.
Pair = tuple["NDArray[np.float64]", "NDArray[np.float64]"]


def jump(following: NDArray[np.int64], steps: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Follow pointers to their ends, all at once: each round doubles how far a pointer reaches.

    Parameters
    ----------
    following
        Where each entry leads; an entry that leads to itself is an end, and its steps must be 0.
    steps
        What each step adds, shape (measures, entries).

    Returns
    -------
    tuple[NDArray[np.int64], NDArray[np.float64]]
        The end of each entry, and the sums up to there.
    """
    reach, sums = following, np.where(following == np.arange(len(following)), 0.0, steps)
    while True:
        farther = reach[reach]
        if np.array_equal(farther, reach):
            return reach, sums
        sums = sums + sums[:, reach]
        reach = farther


@dataclass(frozen=True, slots=True)
class Step:
    """A part of one section, driven in one direction.

    Parameters
    ----------
    section
        Row of the section in the network.
    start, end
        Parts of its length at which the step begins and ends; ``start`` > ``end`` is driven backwards.
    """

    section: int
    start: float
    end: float


def usable(graph: Graph, snaps: Snaps) -> NDArray[np.bool_]:
    """Tell which places can be reached at all: those at nodes, and those on sections that the rule leaves open."""
    inside = snaps.section >= 0
    result = snaps.node >= 0
    result[inside] = graph.allowed[snaps.section[inside]]
    return result


class Tree:
    """The shortest ways from one or several snapped places to all nodes.

    The places hang on the graph by one more node with an edge to each end of the sections that they meet, so
    that one run of Dijkstra's algorithm serves them all.

    Parameters
    ----------
    network
        The roads.
    graph
        What a rule leaves of them, and the objective.
    seeds
        Where the ways begin; a way begins at the seed from which it is shortest. Seeds on sections that the
        rule closes are passed over.
    """

    def __init__(self, network: Network, graph: Graph, seeds: Snaps) -> None:
        self.network, self.graph, self.seeds = network, graph, seeds
        self._open_seeds = np.flatnonzero(usable(self.graph, seeds))
        self._seed_edges()
        self._grow()

    def _seed_edges(self) -> None:
        """List the states to which the seeds lead, the cheapest seed of each, and by which end of its section."""
        graph, rows = self.graph, self._open_seeds
        inside = rows[self.seeds.section[rows] >= 0]
        at_node = rows[self.seeds.node[rows] >= 0]
        section, fraction = self.seeds.section[inside], self.seeds.fraction[inside]
        to_tail = self.network.part(graph.back_weight, section, fraction)
        to_head = graph.weight[section] - self.network.part(graph.weight, section, fraction)
        back, forth = graph.open_backward[section], graph.open_forward[section]
        origin, departure = graph.states.origin, graph.states.departure
        state = np.concatenate(
            [origin[self.seeds.node[at_node]], departure[2 * section[back] + 1], departure[2 * section[forth]]]
        )
        cost = np.concatenate([np.zeros(len(at_node)), to_tail[back], to_head[forth]])
        seed = np.concatenate([at_node, inside[back], inside[forth]])
        end = np.concatenate([np.full(len(at_node), -1), np.zeros(back.sum()), np.ones(forth.sum())])
        order = np.lexsort((end, seed, cost, state))
        first = np.ones(len(order), dtype=bool)
        first[1:] = state[order][1:] != state[order][:-1]
        best = order[first]
        self._seed_state, self._seed_cost = state[best], cost[best]
        self._seed_row, self._seed_end = seed[best], end[best]

    def _grow(self) -> None:
        graph = self.graph
        arcs = graph.indptr, graph.indices, graph.data
        self._state_cost, self._before = shortest_from(arcs, (self._seed_state, self._seed_cost))
        nodes = len(self.network.nodes)
        self.cost, self._state = self._state_cost[:nodes].copy(), np.arange(nodes)
        for node, states in graph.states.remembering.items():
            best = min((node, *states), key=self._state_cost.__getitem__)
            self.cost[node], self._state[node] = self._state_cost[best], best

    def _enter(self, arc: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Give the cost of reaching the beginning of each arc so that it may be driven, and the state there."""
        section = arc >> 1
        node = np.where(arc & 1, self.network.head[section], self.network.tail[section])
        states = self.graph.states
        cost, state = self.cost[node], self._state[node]
        for row in np.flatnonzero(states.has_memory[node]).tolist():
            choices = (int(node[row]), *states.remembering[int(node[row])])
            free = [choice for choice in choices if (choice, int(arc[row])) not in states.banned]
            state[row] = min(free, key=self._state_cost.__getitem__)
            cost[row] = self._state_cost[state[row]]
        return cost, state

    def enter_cost(self, arc: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give the cost of reaching the beginning of each of some arcs so that it may be driven to a place on it."""
        return self._enter(arc)[0]

    def cost_to(self, ends: Snaps) -> NDArray[np.float64]:
        """Give the seconds or metres of the shortest way to each of some snapped places, infinite without one."""
        return self._best(ends)[0]

    def seed_of(self, ends: Snaps) -> NDArray[np.int64]:
        """Give the row of the seed from which the way to each of some snapped places begins, -1 without a way."""
        cost, kind, along = self._best(ends)
        seeds = np.full(len(ends), -1, dtype=np.int64)
        for row in np.flatnonzero(np.isfinite(cost)).tolist():
            seeds[row] = along[row] if kind[row] == _ALONG else self._trace(self._last_state(ends, row, kind[row]))[0]
        return seeds

    def steps_to(self, ends: Snaps, row: int) -> list[Step]:
        """Give the sections driven to one of some snapped places, in order; there must be a way.

        Parameters
        ----------
        ends
            The places.
        row
            Which of them.

        Returns
        -------
        list[Step]
            Empty where the way begins at its end. The weights of the steps sum to :meth:`cost_to`.
        """
        _, kinds, along = self._best(ends[row])
        kind, section, fraction = int(kinds[0]), int(ends.section[row]), float(ends.fraction[row])
        if kind == _ALONG:
            start = float(self.seeds.fraction[along[0]])
            return [] if start == fraction else [Step(section, start, fraction)]
        _, steps = self._trace(self._last_state(ends, row, kind))
        if section >= 0:
            steps.append(Step(section, 0.0 if kind == _BY_TAIL else 1.0, fraction))
        return steps

    def along(self, ends: Snaps, pair: Pair) -> NDArray[np.float64]:
        """Sum another measure along the shortest way to each of some snapped places; NaN without a way.

        The sums are those of the steps of :meth:`steps_to`, to the last bit.
        """
        cost, kind, seeds = self._best(ends)
        sums = np.full(len(ends), np.nan)
        rows = np.flatnonzero(np.isfinite(cost) & (kind != _ALONG))
        if rows.size:
            section, fraction = np.maximum(ends.section[rows], 0), ends.fraction[rows]
            arc = 2 * section + (kind[rows] == _BY_HEAD)
            state = np.where(ends.node[rows] >= 0, self._state[ends.node[rows]], self._enter(arc)[1])
            part = self.network.part(pair[0], section, fraction)
            rest = pair[1][section] - self.network.part(pair[1], section, fraction)
            last = np.where(ends.node[rows] >= 0, 0.0, np.where(kind[rows] == _BY_TAIL, part, rest))
            sums[rows] = self._sums(pair)[state] + last
        rows = np.flatnonzero(np.isfinite(cost) & (kind == _ALONG))
        begin, end, section = self.seeds.fraction[seeds[rows]], ends.fraction[rows], ends.section[rows]
        ahead = self.network.part(pair[0], section, end) - self.network.part(pair[0], section, begin)
        behind = self.network.part(pair[1], section, begin) - self.network.part(pair[1], section, end)
        sums[rows] = np.where(begin == end, 0.0, np.where(end > begin, ahead, behind))
        return sums

    def _sums(self, pair: Pair) -> NDArray[np.float64]:
        """Sum a measure from the seeds to every state; what it is where none leads means nothing."""
        count = len(self.graph.states)
        before = np.where((self._before < 0) | (self._before >= count), np.arange(count), self._before)
        moves = np.flatnonzero(before != np.arange(count))
        arc = self.graph.arcs_between(before[moves], moves)
        steps = np.zeros((1, count))
        steps[0, moves] = np.where(arc & 1, pair[1][arc >> 1], pair[0][arc >> 1])
        first, sums = jump(before, steps)
        seed, end = self._seed_row, self._seed_end
        section, fraction = np.maximum(self.seeds.section[seed], 0), self.seeds.fraction[seed]
        to_tail = self.network.part(pair[1], section, fraction)
        to_head = pair[0][section] - self.network.part(pair[0], section, fraction)
        begin = np.zeros(count)
        begin[self._seed_state] = np.where(end < 0, 0.0, np.where(end == 0, to_tail, to_head))
        total: NDArray[np.float64] = begin[first] + sums[0]
        return total

    def _last_state(self, ends: Snaps, row: int, kind: int) -> int:
        """Give the state from which a way reaches its end."""
        if ends.node[row] >= 0:
            return int(self._state[ends.node[row]])
        return int(self._enter(2 * ends.section[[row]] + (kind == _BY_HEAD))[1][0])

    def _best(self, ends: Snaps) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
        """Give cost and kind of the best way to each end, and the seed of a way along a single section."""
        inside = np.flatnonzero(usable(self.graph, ends) & (ends.section >= 0))
        at_node = np.flatnonzero(ends.node >= 0)
        cost = np.full((3, len(ends)), np.inf)
        cost[_BY_TAIL, at_node] = self.cost[ends.node[at_node]]
        graph, section, fraction = self.graph, ends.section[inside], ends.fraction[inside]
        part = self.network.part(graph.weight, section, fraction)
        back_part = self.network.part(graph.back_weight, section, fraction)
        forth, back = graph.open_forward[section], graph.open_backward[section]
        cost[_BY_TAIL, inside[forth]] = self._enter(2 * section[forth])[0] + part[forth]
        rest = graph.back_weight[section[back]] - back_part[back]
        cost[_BY_HEAD, inside[back]] = self._enter(2 * section[back] + 1)[0] + rest
        along = np.full(len(ends), -1, dtype=np.int64)
        for seed in self._open_seeds[self.seeds.section[self._open_seeds] >= 0]:
            same = np.flatnonzero(section == self.seeds.section[seed])
            if not same.size:
                continue
            begin = self.seeds.section[[seed]], self.seeds.fraction[[seed]]
            ahead = fraction[same] >= begin[1]
            way_on = np.where(ahead, forth[same], back[same]) | (fraction[same] == begin[1])
            direct = np.where(
                ahead,
                part[same] - self.network.part(graph.weight, *begin),
                self.network.part(graph.back_weight, *begin) - back_part[same],
            )
            direct[fraction[same] == begin[1]] = 0.0
            better = way_on & (direct < cost[_ALONG, inside[same]])
            cost[_ALONG, inside[same][better]] = direct[better]
            along[inside[same][better]] = seed
        # Of ways that cost the same, the one along the section itself is the plainest.
        kind = np.where(cost[_ALONG] <= cost[:2].min(axis=0), _ALONG, np.argmin(cost[:2], axis=0))
        kind[~np.isfinite(cost[_ALONG]) & (kind == _ALONG)] = _BY_TAIL
        return cost.min(axis=0), kind, along

    def _trace(self, state: int) -> tuple[int, list[Step]]:
        """Follow the tree from a state back to its seed: the seed's row, and the steps in order of travel."""
        steps: list[Step] = []
        root = len(self.graph.states)
        before = int(self._before[state])
        while before != root:
            arc = self.graph.arc_between(before, state)
            steps.append(Step(arc >> 1, 1.0, 0.0) if arc & 1 else Step(arc >> 1, 0.0, 1.0))
            state, before = before, int(self._before[before])
        edge = int(np.searchsorted(self._seed_state, state))
        seed = int(self._seed_row[edge])
        if self._seed_end[edge] >= 0:
            steps.append(
                Step(int(self.seeds.section[seed]), float(self.seeds.fraction[seed]), float(self._seed_end[edge]))
            )
        return seed, steps[::-1]
