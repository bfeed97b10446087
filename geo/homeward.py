"""Shortest ways from everywhere to the cheapest of some snapped places: one tree of ways that end there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import numpy as np
from scipy.sparse import csr_matrix

from geo.graphs import shortest_from
from geo.trees import Pair, jump, usable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.graphs import Graph
    from geo.network import Network
    from geo.snapping import Snaps

#: How a way begins: at a node or towards a section's tail, towards its head, or along the section on which it ends.
_BY_TAIL: Final = 0
_BY_HEAD: Final = 1
_ALONG: Final = 2


class _Reversed:
    """A graph with every arc turned round, and where each arc stood."""

    def __init__(self, graph: Graph) -> None:
        count = len(graph.states)
        self.start = np.repeat(np.arange(count), np.diff(graph.indptr))
        turned = csr_matrix((np.arange(len(graph.data)), graph.indices, graph.indptr), shape=(count, count)).T.tocsr()
        self.indptr, self.indices, self.data = turned.indptr, turned.indices, graph.data[turned.data]


_TURNED: Final = WeakKeyDictionary["Graph", _Reversed]()


def _turned(graph: Graph) -> _Reversed:
    if graph not in _TURNED:
        _TURNED[graph] = _Reversed(graph)
    return _TURNED[graph]


class Homeward:
    """The shortest ways from all nodes to one of some snapped places.

    The mirror image of :class:`geo.trees.Tree`: one run of Dijkstra's algorithm over the arcs turned round. Turns that
    are banned and roads for visitors hold as they do there, so that costs agree to the last bit.

    Parameters
    ----------
    network
        The roads.
    graph
        What a rule leaves of them, and the objective.
    goals
        Where the ways end. Goals on sections that the rule closes are passed over.
    extra
        What each goal costs beside the road, as a multiple of :data:`geo.roadlines.GRAIN`; nothing without it. A way
        ends at the goal for which road and extra cost together are least.
    """

    def __init__(self, network: Network, graph: Graph, goals: Snaps, extra: NDArray[np.float64] | None = None) -> None:
        self.network, self.graph, self.goals = network, graph, goals
        self.extra = np.zeros(len(goals)) if extra is None else extra
        self._open = np.flatnonzero(usable(self.graph, goals))
        self._doors()
        self._grow()

    def _doors(self) -> None:
        """List the states from which a goal is reached without another node, the cheapest goal of each."""
        rows, goals = self._open, self.goals
        states = self.graph.states
        found: list[tuple[int, float, int, int]] = []
        for row in rows[goals.node[rows] >= 0].tolist():
            node = int(goals.node[row])
            cost = float(self.extra[row])
            found += [(state, cost, row, -1) for state in (node, *states.remembering.get(node, ()))]
        for row in rows[goals.section[rows] >= 0].tolist():
            found += self._section_doors(row)
        doors = np.array([door[:2] for door in found], dtype=float).reshape(-1, 2)
        state, costs = doors[:, 0].astype(np.int64), doors[:, 1]
        goal, side = np.array([door[2:] for door in found], dtype=np.int64).reshape(-1, 2).T
        order = np.lexsort((side, goal, costs, state))
        first = np.ones(len(order), dtype=bool)
        first[1:] = state[order][1:] != state[order][:-1]
        best = order[first]
        self._every_door = state, costs
        self._door_state, self._door_cost = state[best], costs[best]
        self._door_goal, self._door_side = goal[best], side[best]

    def _section_doors(self, row: int) -> list[tuple[int, float, int, int]]:
        graph, network, states = self.graph, self.network, self.graph.states
        section, fraction = int(self.goals.section[row]), self.goals.fraction[[row]]
        rows = np.array([section])
        part = float(network.part(graph.weight, rows, fraction)[0])
        rest = float(graph.back_weight[section] - network.part(graph.back_weight, rows, fraction)[0])
        found = []
        for side, opened, node, cost in (
            (_BY_TAIL, graph.open_forward[section], int(network.tail[section]), part),
            (_BY_HEAD, graph.open_backward[section], int(network.head[section]), rest),
        ):
            if opened:
                arc = 2 * section + side
                free = (state for state in states.remembering.get(node, ()) if (state, arc) not in states.banned)
                found += [(state, cost + float(self.extra[row]), row, side) for state in (node, *free)]
        return found

    def _grow(self) -> None:
        turned, count = _turned(self.graph), len(self.graph.states)
        arcs = turned.indptr, turned.indices, turned.data
        self.cost, following = shortest_from(arcs, (self._door_state, self._door_cost))
        own = np.arange(count)
        self._reached = np.isfinite(self.cost)
        self._next = np.where(self._reached & (following < count), following, own)

    def _start_costs(self, starts: Snaps) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Give the cost of each way to begin, shape (3, starts), and the goal of those along a single section."""
        graph, network, states = self.graph, self.network, self.graph.states
        cost, along = np.full((3, len(starts)), np.inf), np.full(len(starts), -1, dtype=np.int64)
        at_node = np.flatnonzero(starts.node >= 0)
        cost[_BY_TAIL, at_node] = self.cost[states.origin[starts.node[at_node]]]
        inside = np.flatnonzero(usable(self.graph, starts) & (starts.section >= 0))
        section, fraction = starts.section[inside], starts.fraction[inside]
        part = network.part(graph.weight, section, fraction)
        back_part = network.part(graph.back_weight, section, fraction)
        forth, back = graph.open_forward[section], graph.open_backward[section]
        cost[_BY_TAIL, inside[back]] = back_part[back] + self.cost[states.departure[2 * section[back] + 1]]
        rest = graph.weight[section[forth]] - part[forth]
        cost[_BY_HEAD, inside[forth]] = rest + self.cost[states.departure[2 * section[forth]]]
        for goal in self._open[self.goals.section[self._open] >= 0]:
            same = np.flatnonzero(section == self.goals.section[goal])
            if not same.size:
                continue
            end = self.goals.section[[goal]], self.goals.fraction[[goal]]
            ahead = end[1] >= fraction[same]
            direct = np.where(
                ahead,
                network.part(graph.weight, *end) - part[same],
                back_part[same] - network.part(graph.back_weight, *end),
            )
            direct[fraction[same] == end[1]] = 0.0
            direct = direct + self.extra[goal]
            way_on = np.where(ahead, forth[same], back[same]) | (fraction[same] == end[1])
            better = way_on & (direct < cost[_ALONG, inside[same]])
            cost[_ALONG, inside[same][better]] = direct[better]
            along[inside[same][better]] = goal
        return cost, along

    def cost_from(self, starts: Snaps) -> NDArray[np.float64]:
        """Give the cost of the shortest way from each of some snapped places, infinite without one."""
        least: NDArray[np.float64] = self._start_costs(starts)[0].min(axis=0)
        return least

    def follow(
        self, starts: Snaps, *measures: Pair
    ) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
        """Follow the way from each of some snapped places to its goal.

        Parameters
        ----------
        starts
            The places.
        measures
            Weights of every section, from tail to head and back, to be summed along the way.

        Returns
        -------
        tuple
            Cost, infinite without a way; row of the goal, -1 without; the sums, shape (measures, starts), NaN
            without; and whether another way costs exactly as much, so that the sums could be others.
        """
        costs, along = self._start_costs(starts)
        cost: NDArray[np.float64] = costs.min(axis=0)
        # Of ways that cost the same, the one along the section itself is the plainest.
        kind = np.where(costs[_ALONG] <= costs[:2].min(axis=0), _ALONG, np.argmin(costs[:2], axis=0))
        reached = np.isfinite(cost)
        tied = (costs == cost).sum(axis=0) > 1
        goal = np.where(kind == _ALONG, along, -1)
        sums = np.full((len(measures), len(starts)), np.nan)
        rows = np.flatnonzero(reached & (kind != _ALONG))
        first = self._first_state(starts, rows, kind[rows])
        last, totals = jump(self._next, np.stack([*(self._steps(pair) for pair in measures), self._ties()]))
        door = np.searchsorted(self._door_state, last[first])
        goal[rows] = self._door_goal[door]
        tied[rows] |= totals[-1, first] + self._ties()[last[first]] > 0
        for number, pair in enumerate(measures):
            ends = self._end_parts(pair)[door]
            sums[number, rows] = self._begin_parts(pair, starts, rows, kind[rows]) + totals[number, first] + ends
            straight = np.flatnonzero(reached & (kind == _ALONG))
            sums[number, straight] = self._straight(pair, starts, straight, along[straight])
        goal[~reached] = -1
        return cost, goal, sums, tied & reached

    def _first_state(self, starts: Snaps, rows: NDArray[np.int64], kind: NDArray[np.int64]) -> NDArray[np.int64]:
        states = self.graph.states
        section, node = starts.section[rows], starts.node[rows]
        # Towards the tail one drives against the section.
        arc = np.where(section >= 0, 2 * section + (kind == _BY_TAIL), 0)
        inside = states.departure[arc] if len(states.departure) else arc
        return np.asarray(np.where(node >= 0, states.origin[np.maximum(node, 0)], inside), dtype=np.int64)

    def _steps(self, pair: Pair) -> NDArray[np.float64]:
        """Give what the arc to the next state adds to a sum; nothing for the last state of a way."""
        moves = np.flatnonzero(self._next != np.arange(len(self._next)))
        arc = self.graph.arcs_between(moves, self._next[moves])
        steps = np.zeros(len(self._next))
        steps[moves] = np.where(arc & 1, pair[1][arc >> 1], pair[0][arc >> 1])
        return steps

    def _ties(self) -> NDArray[np.float64]:
        """Mark the states from which several ways on cost the same."""
        graph, turned = self.graph, _turned(self.graph)
        tight = self._reached[turned.start] & (self.cost[turned.start] == graph.data + self.cost[graph.indices])
        count = np.bincount(turned.start[tight], minlength=len(self.cost))
        state, cost = self._every_door
        count += np.bincount(state[cost == self.cost[state]], minlength=len(self.cost))
        return np.asarray(count > 1, dtype=float)

    def _begin_parts(
        self, pair: Pair, starts: Snaps, rows: NDArray[np.int64], kind: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Sum a measure from each start to the first node."""
        section, fraction = np.maximum(starts.section[rows], 0), starts.fraction[rows]
        if not len(pair[0]):
            return np.zeros(len(rows))
        to_tail = self.network.part(pair[1], section, fraction)
        to_head = pair[0][section] - self.network.part(pair[0], section, fraction)
        at_node = starts.node[rows] >= 0
        return np.asarray(np.where(at_node, 0.0, np.where(kind == _BY_TAIL, to_tail, to_head)), dtype=float)

    def _end_parts(self, pair: Pair) -> NDArray[np.float64]:
        """Sum a measure from the last node through each door to its goal."""
        if not len(self._door_goal) or not len(pair[0]):
            return np.zeros(len(self._door_goal))
        section = np.maximum(self.goals.section[self._door_goal], 0)
        fraction = self.goals.fraction[self._door_goal]
        part = self.network.part(pair[0], section, fraction)
        rest = pair[1][section] - self.network.part(pair[1], section, fraction)
        side = self._door_side
        return np.asarray(np.where(side < 0, 0.0, np.where(side == _BY_TAIL, part, rest)), dtype=float)

    def _straight(
        self, pair: Pair, starts: Snaps, rows: NDArray[np.int64], goal: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Sum a measure along the section on which a way begins and ends."""
        section, begin, end = starts.section[rows], starts.fraction[rows], self.goals.fraction[goal]
        ahead = self.network.part(pair[0], section, end) - self.network.part(pair[0], section, begin)
        behind = self.network.part(pair[1], section, begin) - self.network.part(pair[1], section, end)
        found = np.where(end >= begin, ahead, behind)
        return np.asarray(np.where(end == begin, 0.0, found), dtype=float)
