"""Which parts of the roads are reached within some times: each section cut where the time runs out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import Network
    from geo.trees import Tree

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class Reach:
    """Which parts of the sections are reached from some snapped places within a time."""

    def __init__(self, network: Network, tree: Tree) -> None:
        self.network, self.tree, graph = network, tree, tree.graph
        arcs = np.arange(2 * len(network.tail))
        opened = np.column_stack([graph.open_forward, graph.open_backward]).ravel()
        self.enter_s = np.where(opened, tree.enter_cost(arcs), np.inf)
        self.weights = graph.weight, graph.back_weight
        seeds = tree.seeds
        inside = np.flatnonzero((seeds.section >= 0) & graph.allowed[np.maximum(seeds.section, 0)])
        self.seed_section, self.seed_fraction = seeds.section[inside], seeds.fraction[inside]
        self.forth, self.back = graph.open_forward, graph.open_backward

    def intervals(self, limit_s: float) -> tuple[Ints, Floats, Floats]:
        """Give section, begin and end of the parts reached within a time; parts of a section may overlap."""
        forth_s, back_s = self.weights
        from_tail, from_head = (limit_s - self.enter_s[side::2] for side in (0, 1))
        found = []
        rows = np.flatnonzero(from_tail >= 0)
        found.append((rows, np.zeros(len(rows)), _share(from_tail[rows], forth_s[rows])))
        rows = np.flatnonzero(from_head >= 0)
        found.append((rows, 1.0 - _share(from_head[rows], back_s[rows]), np.ones(len(rows))))
        at, where = self.seed_section, self.seed_fraction
        ahead = np.where(self.forth[at], _share(np.full(len(at), limit_s), forth_s[at]), 0.0)
        behind = np.where(self.back[at], _share(np.full(len(at), limit_s), back_s[at]), 0.0)
        found.append((at, np.maximum(where - behind, 0.0), np.minimum(where + ahead, 1.0)))
        section, begin, end = (np.concatenate([part[number] for part in found]) for number in range(3))
        return section.astype(np.int64), begin, end


def _share(time_s: Floats, weight_s: Floats) -> Floats:
    """Give the part of a section that a time is enough for."""
    share = np.divide(time_s, weight_s, out=np.ones_like(time_s), where=weight_s > 0)
    return np.asarray(np.minimum(share, 1.0), dtype=float)


def merged(section: Ints, begin: Floats, end: Floats) -> tuple[Ints, Floats, Floats]:
    """Join the parts of a section that overlap or touch; the result is sorted."""
    order = np.lexsort((end, begin, section))
    section, begin, end = section[order], begin[order], end[order]
    # A shift that no part can span keeps the running maximum of one section out of the next.
    highest = np.maximum.accumulate(end + 2.0 * section) - 2.0 * section
    new = np.ones(len(order), dtype=bool)
    new[1:] = (section[1:] != section[:-1]) | (begin[1:] > highest[:-1])
    first = np.flatnonzero(new)
    last = np.append(first[1:] - 1, len(order) - 1) if first.size else first
    return section[first], begin[first], highest[last]


def bands(reach: Reach, limits_s: tuple[float, ...]) -> tuple[Ints, Ints, Floats, Floats]:
    """Cut the parts reached within each limit so that each stands under the smallest.

    Returns
    -------
    tuple
        Row of the limit, section, begin and end of each part, by limit and section; no two parts overlap.
    """
    rows: list[tuple[int, int, float, float]] = []
    known: dict[int, list[tuple[float, float]]] = {}
    whole: set[int] = set()
    for number, limit_s in enumerate(limits_s):
        parts = merged(*reach.intervals(limit_s))
        now: dict[int, list[tuple[float, float]]] = {}
        for section, begin, end in zip(*(part.tolist() for part in parts), strict=True):
            now.setdefault(section, []).append((begin, end))
        for section, pieces in now.items():
            if section in whole:
                continue
            for begin, end in pieces:
                rows += [(number, section, *part) for part in _without(begin, end, known.get(section, []))]
            if pieces[0] == (0.0, 1.0):
                whole.add(section)
        known = now
    order = sorted(rows)
    limit, section, begin, end = (np.array([row[number] for row in order]) for number in range(4))
    return limit.astype(np.int64), section.astype(np.int64), begin.astype(float), end.astype(float)


def _without(begin: float, end: float, taken: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Take sorted parts out of one part; what is left has a length."""
    left, at = [], begin
    for low, high in taken:
        if high <= begin or low >= end:
            continue
        left.append((at, low))
        at = max(at, high)
    left.append((at, end))
    return [(low, high) for low, high in left if high > low]
