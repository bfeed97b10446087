"""What a rule leaves of a road network: a compressed sparse graph of states, with banned turns built in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo.roadlines import to_grain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import Network


@dataclass(frozen=True, eq=False)
class Turns:
    """Runs of arcs that may not be driven one after another.

    An arc is a section with a direction: ``2 * section`` from tail to head, ``2 * section + 1`` back.

    Parameters
    ----------
    start
        Where each run begins in ``arc``, and one past the last.
    arc
        The arcs of all runs.
    """

    start: NDArray[np.int64]
    arc: NDArray[np.int64]

    def runs(self) -> list[tuple[int, ...]]:
        """List the runs."""
        arcs = self.arc.tolist()
        return [tuple(arcs[a:b]) for a, b in zip(self.start[:-1].tolist(), self.start[1:].tolist(), strict=True)]


@dataclass(frozen=True, eq=False)
class States:
    """Nodes, and beside them what must be remembered at a node.

    Whoever has driven the beginning of a banned run stands in a state of its own at the same node, from which the
    run's last arc does not lead on. Whoever has turned into a road that is open to its own visitors only stands in
    states from which no other road leads on; and who begins on such a road, in states that say so until another
    road is reached. States of plain nodes come first, in the order of the nodes.

    Parameters
    ----------
    node
        Node of each state.
    arrival
        State in which each arc ends when nothing before it is remembered.
    departure
        The same for whoever begins on the arc.
    origin
        State of whoever begins at a node.
    start, end, arc
        Ways on from the remembering states: from which, to which, by which arc.
    remembering
        Rows of the remembering states at each node that has any.
    banned
        Pairs of a remembering state and an arc that may not follow.
    """

    node: NDArray[np.int64]
    arrival: NDArray[np.int64]
    departure: NDArray[np.int64]
    origin: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    arc: NDArray[np.int64]
    remembering: dict[int, list[int]]
    banned: frozenset[tuple[int, int]]

    def __len__(self) -> int:
        """Count the states."""
        return len(self.node)

    @cached_property
    def has_memory(self) -> NDArray[np.bool_]:
        """Whether a node has states beside its own."""
        marks = np.zeros(len(self.node), dtype=bool)
        marks[list(self.remembering)] = True
        return marks


#: Where a way is: still on the visitors' roads that it began on, on open roads, on those that it will end on.
_LEAVING, _OPEN, _ENTERING = range(3)
#: What a state remembers: the node, the arcs driven (none, or the beginning of a banned run), and where it is.
_Key = tuple[int, tuple[int, ...], int]


class _Maker:
    """Lists the states that banned turns and visitors' roads need."""

    def __init__(
        self,
        ends: tuple[int, NDArray[np.int64], NDArray[np.int64]],
        turns: Turns | None,
        ends_only: NDArray[np.bool_] | None,
    ) -> None:
        self.nodes, self.tail, self.head = ends
        self.forbidden = {run for run in (turns.runs() if turns is not None else []) if len(run) > 1}
        self.begins = {run[:size] for run in self.forbidden for size in range(1, len(run))}
        self.visitors = np.zeros(len(self.tail), dtype=bool) if ends_only is None else np.asarray(ends_only)
        self.reached = np.column_stack([self.head, self.tail]).ravel()
        self.rows: dict[_Key, int] = {}

    def row(self, key: _Key) -> int:
        """Give the state of a key, made when it is first reached."""
        node, driven, where = key
        if not driven and where == _OPEN:
            return node
        return self.rows.setdefault(key, self.nodes + len(self.rows))

    def follow(self, driven: tuple[int, ...], where: int, arc: int) -> _Key | None:
        """Drive an arc: what is remembered then, None where it may not be driven."""
        visitor = bool(self.visitors[arc >> 1])
        if where == _ENTERING and not visitor:
            return None
        run = (*driven, arc)
        if any(run[cut:] in self.forbidden for cut in range(len(driven))):
            return None
        memory = next((run[cut:] for cut in range(len(run)) if run[cut:] in self.begins), ())
        beyond = (_LEAVING if where == _LEAVING else _ENTERING) if visitor else _OPEN
        return int(self.reached[arc]), memory, beyond

    def make(self) -> States:
        special = np.unique([*(2 * np.flatnonzero(self.visitors)), *(run[0] for run in self.begins)]).astype(np.int64)
        special = np.unique(np.concatenate([special, 2 * np.flatnonzero(self.visitors) + 1]))
        arrival, departure, origin = self.reached.copy(), self.reached.copy(), np.arange(self.nodes)
        for arc in special.tolist():
            arrival[arc] = self.row(self._known((), _OPEN, arc))
            departure[arc] = self.row(self._known((), _LEAVING, arc))
        yards = np.concatenate([self.tail[self.visitors], self.head[self.visitors]])
        for node in np.unique(yards).tolist():
            origin[node] = self.row((node, (), _LEAVING))
        links, banned = self._explore()
        node = np.concatenate([np.arange(self.nodes), [key[0] for key in self.rows]]).astype(np.int64)
        remembering: dict[int, list[int]] = {}
        for key, row in self.rows.items():
            remembering.setdefault(key[0], []).append(row)
        start, end, arcs = np.array(links, dtype=np.int64).reshape(-1, 3).T
        return States(node, arrival, departure, origin, start, end, arcs, remembering, frozenset(banned))

    def _known(self, driven: tuple[int, ...], where: int, arc: int) -> _Key:
        key = self.follow(driven, where, arc)
        assert key is not None  # noqa: S101 - the first arc of a way is never banned
        return key

    def _explore(self) -> tuple[list[tuple[int, int, int]], set[tuple[int, int]]]:
        """Follow every arc from every state until no new state turns up."""
        links: list[tuple[int, int, int]] = []
        banned: set[tuple[int, int]] = set()
        exits: dict[int, list[int]] = {}
        waiting = list(self.rows)
        while waiting:
            missing = {key[0] for key in waiting} - exits.keys()
            exits |= _exits(np.array(sorted(missing), dtype=np.int64), self.tail, self.head)
            known = len(self.rows)
            for key in waiting:
                row = self.rows[key]
                for arc in exits[key[0]]:
                    after = self.follow(key[1], key[2], arc)
                    if after is None:
                        banned.add((row, arc))
                    else:
                        links.append((row, self.row(after), arc))
            waiting = list(self.rows)[known:]
        return links, banned


def make_states(
    nodes: int,
    tail: NDArray[np.int64],
    head: NDArray[np.int64],
    turns: Turns | None,
    ends_only: NDArray[np.bool_] | None = None,
) -> States:
    """List the states that banned turns and roads for their own visitors need.

    Parameters
    ----------
    nodes
        Number of nodes.
    tail, head
        Ends of the sections.
    turns
        The banned runs; None where there are none.
    ends_only
        Sections on which a way may begin or end, but which it may not pass through; None where there are none.
    """
    return _Maker((nodes, tail, head), turns, ends_only).make()


def _exits(wanted: NDArray[np.int64], tail: NDArray[np.int64], head: NDArray[np.int64]) -> dict[int, list[int]]:
    """List the arcs that leave some nodes."""
    exits: dict[int, list[int]] = {int(node): [] for node in wanted}
    for side, ends in ((0, tail), (1, head)):
        for section in np.flatnonzero(np.isin(ends, wanted)).tolist():
            exits[int(ends[section])].append(2 * section + side)
    return exits


@dataclass(frozen=True, eq=False)
class SectionWeights:
    """What each section costs by a measure that the network does not know, such as people near it.

    Parameters
    ----------
    name
        Of the measure.
    forward, backward
        Of each section, from tail to head and back, at least 0; NaN where it must not be used. They are rounded to
        :data:`geo.roadlines.GRAIN`, so that sums are exact in any order.
    """

    name: str
    forward: NDArray[np.float64]
    backward: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Round the weights."""
        object.__setattr__(self, "forward", to_grain(self.forward))
        object.__setattr__(self, "backward", to_grain(self.backward))

    @cached_property
    def key(self) -> str:
        """Name and digest of the weights: equal weights share a graph."""
        digest = hashlib.blake2b(self.forward.tobytes() + self.backward.tobytes(), digest_size=16)
        return f"{self.name}:{digest.hexdigest()}"


@dataclass(frozen=True, eq=False)
class Graph:
    """What a rule leaves of the network, as a compressed sparse matrix with the arc behind each entry.

    Parameters
    ----------
    minimise
        What the weights are.
    weight, back_weight
        Weight of every section of the network, used or not, from tail to head and back.
    open_forward, open_backward
        Whether the rule lets a section be driven from tail to head, and back.
    indptr, indices, data
        Compressed rows: neighbours of each state in rising order, and the weight of the best section to each.
    arc
        Arc of each entry; of parallel sections the one of least weight.
    states
        The nodes, and the states that banned turns need.
    """

    minimise: str
    weight: NDArray[np.float64]
    back_weight: NDArray[np.float64]
    open_forward: NDArray[np.bool_]
    open_backward: NDArray[np.bool_]
    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    data: NDArray[np.float64]
    arc: NDArray[np.int64]
    states: States

    @cached_property
    def allowed(self) -> NDArray[np.bool_]:
        """Whether a section can be driven at least one way."""
        return self.open_forward | self.open_backward

    def arc_between(self, start: int, end: int) -> int:
        """Give the arc that the graph uses between two neighbouring states."""
        low, high = self.indptr[start], self.indptr[start + 1]
        return int(self.arc[low + np.searchsorted(self.indices[low:high], end)])

    @cached_property
    def _key(self) -> NDArray[np.int64]:
        """Start and end of each entry in one number, rising."""
        count = len(self.states)
        return np.asarray(np.repeat(np.arange(count), np.diff(self.indptr)) * count + self.indices, dtype=np.int64)

    def arcs_between(self, start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the arcs that the graph uses between some pairs of neighbouring states."""
        return np.asarray(self.arc[np.searchsorted(self._key, start * len(self.states) + end)], dtype=np.int64)

    def section_between(self, start: int, end: int) -> int:
        """Give the section that the graph uses between two neighbouring nodes."""
        return self.arc_between(start, end) >> 1


def shortest_from(
    arcs: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]],
    first: tuple[NDArray[np.int64], NDArray[np.float64]],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Find the least cost of every state from one more node that leads to some of them, by Dijkstra's algorithm.

    Parameters
    ----------
    arcs
        The graph in compressed rows: ``indptr``, ``indices`` and ``data`` of a square matrix of the states.
    first
        States to which the node leads, each once, and the cost of each.

    Returns
    -------
    tuple[NDArray[np.float64], NDArray[np.int64]]
        Cost of each state, infinite where none leads; and the state before it: the number of states where that is
        the node, negative where none leads.
    """
    (indptr, indices, data), (states, costs) = arcs, first
    count = len(indptr) - 1
    matrix = csr_matrix(
        (
            np.concatenate([data, costs]),
            np.concatenate([indices, states.astype(np.int32)]),
            np.append(indptr, indptr[-1] + len(states)).astype(np.int32),
        ),
        shape=(count + 1, count + 1),
    )
    cost, before = dijkstra(matrix, directed=True, indices=count, return_predecessors=True)
    return np.asarray(cost[:count], dtype=float), np.asarray(before[:count], dtype=np.int64)


def make_graph(
    network: Network,
    minimise: str,
    weights: tuple[NDArray[np.float64], NDArray[np.float64]],
    allowed: NDArray[np.bool_] | None = None,
) -> Graph:
    """Make the graph of an objective under a rule.

    Parameters
    ----------
    network
        Nodes, sections, directions and banned turns.
    minimise
        Name of the objective.
    weights
        Of each section, from tail to head and back; a section with NaN cannot be driven that way. Multiples of
        :data:`geo.network.GRAIN` keep sums exact.
    allowed
        Sections that the rule leaves; None leaves all.
    """
    rule = np.ones(len(network.tail), dtype=bool) if allowed is None else allowed
    opened = [
        rule & np.isfinite(weight) & way
        for weight, way in zip(weights, (network.forward, network.backward), strict=True)
    ]
    states = network.states
    by_arc = np.column_stack(weights).ravel()
    usable = (np.column_stack(opened) & (network.tail != network.head)[:, None]).ravel()
    first = np.flatnonzero(usable)
    begin = np.column_stack([network.tail, network.head]).ravel()
    more = usable[states.arc]
    start = np.concatenate([begin[first], states.start[more]])
    end = np.concatenate([states.arrival[first], states.end[more]])
    arc = np.concatenate([first, states.arc[more]])
    key = start * len(states) + end
    order = np.argsort(key, kind="stable")
    key, arc = key[order], arc[order]
    # Few pairs of states are joined twice: only those are put in order by weight.
    best = np.ones(len(key), dtype=bool)
    best[1:] = key[1:] != key[:-1]
    again = np.flatnonzero(~best)
    rows = np.unique(np.concatenate([again - 1, again]))
    arc[rows] = arc[rows][np.lexsort((arc[rows], by_arc[arc[rows]], key[rows]))]
    start, end = np.divmod(key[best], max(len(states), 1))
    arc = arc[best]
    indptr = np.concatenate([[0], np.cumsum(np.bincount(start, minlength=len(states)))])
    return Graph(
        minimise=minimise,
        weight=weights[0],
        back_weight=weights[1],
        open_forward=opened[0],
        open_backward=opened[1],
        indptr=indptr.astype(np.int32),
        indices=end.astype(np.int32),
        data=by_arc[arc],
        arc=arc,
        states=states,
    )
