"""All ways between two snapped places as one graph with several costs, so that they can be weighed against each other.

The graph has the states of the network (:mod:`geo.graphs`: banned turns are obeyed), one more node where all ways
begin and one where they end. An arc is a piece of one section, driven in one direction.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo.network import GRAIN
from geo.trees import Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from geo.network import Network
    from geo.snapping import Snaps

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

#: Of each section, from tail to head and back; NaN where it cannot be driven that way.
Weights = tuple["NDArray[np.float64]", "NDArray[np.float64]"]

_NONE: Final = -9999


@dataclass(frozen=True, eq=False)
class Journeys:
    """The pieces of road that lead from one place to another, with what each costs.

    Parameters
    ----------
    nodes
        Number of nodes; ``origin`` and ``destination`` are two of them.
    origin, destination
        Where all ways begin and end.
    start, end
        Nodes of each arc, in rising order of the pair.
    section, begin, finish
        The piece of section that each arc drives: where on it the piece begins and ends, as parts of its length.
    costs
        A row a cost, a column an arc: multiples of :data:`geo.network.GRAIN`, so that sums are exact.
    """

    nodes: int
    origin: int
    destination: int
    start: Ints
    end: Ints
    section: Ints
    begin: Floats
    finish: Floats
    costs: Floats

    def __len__(self) -> int:
        """Count the arcs."""
        return len(self.start)

    def steps(self, arcs: Sequence[int]) -> tuple[Step, ...]:
        """Give the steps of a way; a place at a node is reached by an arc that drives nothing."""
        return tuple(
            Step(int(self.section[arc]), float(self.begin[arc]), float(self.finish[arc]))
            for arc in arcs
            if self.section[arc] >= 0 and self.begin[arc] != self.finish[arc]
        )

    def total(self, arcs: Sequence[int]) -> Floats:
        """Give the costs of a way."""
        result: Floats = self.costs[:, list(arcs)].sum(axis=1)
        return result

    def kept(self, chosen: Bools) -> Journeys:
        """Keep some arcs, and of the nodes those that they join."""
        start, end = self.start[chosen], self.end[chosen]
        used = np.unique(np.concatenate([start, end, [self.origin, self.destination]]))
        row = np.full(self.nodes, -1, dtype=np.int64)
        row[used] = np.arange(len(used))
        return Journeys(
            nodes=len(used),
            origin=int(row[self.origin]),
            destination=int(row[self.destination]),
            start=row[start],
            end=row[end],
            section=self.section[chosen],
            begin=self.begin[chosen],
            finish=self.finish[chosen],
            costs=self.costs[:, chosen],
        )

    def branches(self, cost: Floats, among: Bools | None = None, *, backwards: bool = False) -> Branches:
        """Find the cheapest ways from the origin to every node, or from every node to the destination.

        Parameters
        ----------
        cost
            Of each arc.
        among
            Arcs that may be driven; None allows all.
        backwards
            Whether the ways end at the destination instead of beginning at the origin.
        """
        order, first, start, end = self._backward if backwards else self._forward
        of_arc = cost[order] if among is None else np.where(among[order], cost[order], np.inf)
        # Of parallel pieces of road the cheapest counts, of equally cheap ones the first.
        least = np.minimum.reduceat(of_arc, first) if len(first) else np.empty(0)
        used = np.flatnonzero(np.isfinite(least))
        pointer = np.concatenate([[0], np.cumsum(np.bincount(start[used], minlength=self.nodes))]).astype(np.int32)
        matrix = csr_matrix((least[used], end[used].astype(np.int32), pointer), shape=(self.nodes, self.nodes))
        root = self.destination if backwards else self.origin
        reached, before = dijkstra(matrix, directed=True, indices=root, return_predecessors=True)
        node = np.flatnonzero(before != _NONE)
        group = np.searchsorted(start * self.nodes + end, before[node].astype(np.int64) * self.nodes + node)
        by = np.full(self.nodes, -1, dtype=np.int64)
        by[node] = order[self._cheapest(of_arc, least, first)[group]]
        return Branches(np.asarray(reached, dtype=float), by)

    @cached_property
    def _forward(self) -> tuple[Ints, Ints, Ints, Ints]:
        return _groups(self.start, self.end)

    @cached_property
    def _backward(self) -> tuple[Ints, Ints, Ints, Ints]:
        return _groups(self.end, self.start)

    @staticmethod
    def _cheapest(of_arc: Floats, least: Floats, first: Ints) -> Ints:
        """Give the place of the cheapest arc of each group."""
        size = np.diff(first, append=len(of_arc))
        places = np.flatnonzero(of_arc == np.repeat(least, size))
        return places[np.searchsorted(places, first)]

    def path(self, branches: Branches, node: int | None = None, *, backwards: bool = False) -> list[int]:
        """List the arcs between the root of some branches and a node, in order of travel."""
        root, at = (self.destination, self.origin) if backwards else (self.origin, self.destination)
        at = at if node is None else node
        arcs: list[int] = []
        while at != root:
            arc = int(branches.by[at])
            arcs.append(arc)
            at = int(self.end[arc] if backwards else self.start[arc])
        return arcs if backwards else arcs[::-1]

    def first_best(self, first: int, then: int) -> list[int] | None:
        """Find the way that is cheapest in one cost, and among those that are, in another; None without a way."""
        found = self.branches(self.costs[first])
        if not np.isfinite(found.cost[self.destination]):
            return None
        # Sums are exact: an arc belongs to a cheapest way when it closes the gap between its ends.
        tight = found.cost[self.start] + self.costs[first] == found.cost[self.end]
        return self.path(self.branches(self.costs[then], tight))


@dataclass(frozen=True, eq=False)
class Branches:
    """Cheapest ways between a root and every node.

    Parameters
    ----------
    cost
        Of each node's way; infinite without one.
    by
        The arc by which the way reaches (or, backwards, leaves) the node; -1 at the root and without a way.
    """

    cost: Floats
    by: Ints


def _groups(start: Ints, end: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Put arcs between the same nodes together: their order, where each group begins, and its ends."""
    order = np.lexsort((np.arange(len(start)), end, start))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (start[order][1:] != start[order][:-1]) | (end[order][1:] != end[order][:-1])
    first = np.flatnonzero(new)
    return order, first, start[order][first], end[order][first]


def journeys(network: Network, ends: Snaps, weights: Sequence[Weights], allowed: Bools | None = None) -> Journeys:
    """Make the graph of all ways between two snapped places.

    Parameters
    ----------
    network
        The roads.
    ends
        Where the origin and the destination meet them.
    weights
        The costs; a section that lacks one of them in a direction is not driven that way.
    allowed
        Sections that the rules leave; None leaves all.
    """
    return _Maker(network, ends, weights, allowed).make()


class _Maker:
    def __init__(self, network: Network, ends: Snaps, weights: Sequence[Weights], allowed: Bools | None) -> None:
        self.network, self.ends, self.weights = network, ends, weights
        rule = np.ones(len(network.tail), dtype=bool) if allowed is None else allowed
        known = [np.logical_and.reduce([np.isfinite(pair[side]) for pair in weights]) for side in (0, 1)]
        self.open = rule & known[0] & network.forward, rule & known[1] & network.backward
        self.states = network.states
        self.origin, self.destination = len(self.states), len(self.states) + 1
        self.rows: list[tuple[Ints, Ints, Ints, Floats, Floats]] = []

    def add(self, start: ArrayLike, end: ArrayLike, section: ArrayLike, begin: ArrayLike, finish: ArrayLike) -> None:
        rows = np.broadcast_arrays(*(np.atleast_1d(np.asarray(part)) for part in (start, end, section, begin, finish)))
        nodes, parts = [row.astype(np.int64) for row in rows[:3]], [row.astype(float) for row in rows[3:]]
        self.rows.append((nodes[0], nodes[1], nodes[2], parts[0], parts[1]))

    def make(self) -> Journeys:
        self._whole_sections()
        self._first_piece()
        self._last_piece()
        self._along_one_section()
        start, end, section = (np.concatenate([row[part] for row in self.rows]) for part in (0, 1, 2))
        begin, finish = (np.concatenate([row[part] for row in self.rows]) for part in (3, 4))
        costs = np.stack([self._cost(pair, section, begin, finish) for pair in self.weights])
        order = np.lexsort((finish, begin, section, end, start))
        return Journeys(
            nodes=len(self.states) + 2,
            origin=self.origin,
            destination=self.destination,
            start=start[order],
            end=end[order],
            section=section[order],
            begin=begin[order],
            finish=finish[order],
            costs=costs[:, order],
        )

    def _cost(self, pair: Weights, section: Ints, begin: Floats, finish: Floats) -> Floats:
        low, high = np.minimum(begin, finish), np.maximum(begin, finish)
        one_way = [
            self.network.part(values, section, high) - self.network.part(values, section, low) for values in pair
        ]
        driven = np.where(begin <= finish, *one_way)
        return np.where(section < 0, 0.0, driven)

    def _whole_sections(self) -> None:
        network, states = self.network, self.states
        usable = (np.column_stack(self.open) & (network.tail != network.head)[:, None]).ravel()
        plain = np.flatnonzero(usable)
        begin = np.column_stack([network.tail, network.head]).ravel()
        more = usable[states.arc]
        arc = np.concatenate([plain, states.arc[more]])
        start = np.concatenate([begin[plain], states.start[more]])
        end = np.concatenate([states.arrival[plain], states.end[more]])
        backwards = arc & 1
        self.add(start, end, arc >> 1, backwards, 1 - backwards)

    def _first_piece(self) -> None:
        section, node = int(self.ends.section[0]), int(self.ends.node[0])
        if node >= 0:
            self.add(self.origin, self.states.origin[node], -1, 0, 0)
            return
        fraction = float(self.ends.fraction[0])
        for backwards in (0, 1):
            if section >= 0 and self.open[backwards][section]:
                end = self.states.departure[2 * section + backwards]
                self.add(self.origin, end, section, fraction, 1 - backwards)

    def _last_piece(self) -> None:
        section, node = int(self.ends.section[1]), int(self.ends.node[1])
        if node >= 0:
            self.add([node, *self.states.remembering.get(node, ())], self.destination, -1, 0, 0)
            return
        fraction = float(self.ends.fraction[1])
        for backwards in (0, 1):
            if section >= 0 and self.open[backwards][section]:
                arc = 2 * section + backwards
                node = int((self.network.head if backwards else self.network.tail)[section])
                states = [
                    state
                    for state in (node, *self.states.remembering.get(node, ()))
                    if (state, arc) not in self.states.banned
                ]
                self.add(states, self.destination, section, backwards, fraction)

    def _along_one_section(self) -> None:
        section = int(self.ends.section[0])
        if section < 0 or section != self.ends.section[1]:
            return
        begin, finish = (float(part) for part in self.ends.fraction)
        if begin == finish or self.open[int(begin > finish)][section]:
            self.add(self.origin, self.destination, section, begin, finish)


def exact(costs: Floats) -> tuple[int, ...]:
    """Give costs as whole numbers of grains, which can be multiplied without rounding."""
    return tuple(round(float(cost) / GRAIN) for cost in costs)
