"""Other good ways between two places: different from the best one and from each other, and no silly detours.

A stretch of road that belongs to the best ways from the origin and to the best ways to the destination (a *plateau*)
gives a way which is best on that whole stretch, and on every piece that is not much longer than it [1]_. Plateaus may
begin and end inside a section, where it becomes better to come, or to go, by its other end: on networks of long
sections there would be none otherwise. Ways are taken in order of what they add to the best one, less the length of
their plateau.

References
----------
.. [1] Abraham, I., Delling, D., Goldberg, A. V., Werneck, R. F. (2013). Alternative routes in road networks.
   ACM Journal of Experimental Algorithmics 18, 1.3. https://doi.org/10.1145/2444016.2444019
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from geo.journeys import Branches, Journeys
    from geo.trees import Step

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

#: An alternative may share this part of its length, or of the other's if that is shorter, with any other way.
MOST_SHARED: Final = 0.7
#: It may cost this many times as much as the cheapest way.
MOST_STRETCH: Final = 1.5
#: It must be best on a stretch that makes up this part of the cheapest way.
LEAST_PLATEAU: Final = 0.05
#: More are not looked for.
MOST_ALTERNATIVES: Final = 5


@dataclass(frozen=True, slots=True)
class Other:
    """Another way.

    Parameters
    ----------
    steps
        In order of travel.
    shared_m
        Length of road that it has in common with the best way, in either direction.
    shared_share
        The same as part of its own length.
    """

    steps: tuple[Step, ...]
    shared_m: float
    shared_share: float


class _Plateau(NamedTuple):
    rank: float
    arc: int


class Cover:
    """How many metres of each section a way drives."""

    def __init__(self, steps: Iterable[Step], length_m: Floats) -> None:
        self.metres: dict[int, float] = {}
        for step in steps:
            driven_m = abs(step.end - step.start) * float(length_m[step.section])
            self.metres[step.section] = self.metres.get(step.section, 0.0) + driven_m
        self.total_m = sum(self.metres.values())

    def shared_m(self, other: Cover) -> float:
        """Give the length in common with another way."""
        return sum(min(metres, other.metres.get(section, 0.0)) for section, metres in self.metres.items())

    def is_like(self, other: Cover) -> bool:
        """Tell whether it is much the same as another way."""
        return self.shared_m(other) > MOST_SHARED * min(self.total_m, other.total_m)


def find(ways: Journeys, length_m: Floats, best: Iterable[Step], count: int) -> tuple[Other, ...]:
    """Find other good ways.

    Parameters
    ----------
    ways
        Its first cost says what is good.
    length_m
        Of every section of the network.
    best
        The way to which there shall be alternatives; it need not be the cheapest.
    count
        How many are wanted at most.

    Returns
    -------
    tuple[Other, ...]
        The best first; fewer, or none, where no more differ enough without being silly.
    """
    there, onward = ways.branches(ways.costs[0]), ways.branches(ways.costs[0], backwards=True)
    cheapest = float(there.cost[ways.destination])
    if not np.isfinite(cheapest) or cheapest <= 0 or count < 1:
        return ()
    main = Cover(best, length_m)
    taken, found = [main], list[Other]()
    for plateau in _plateaus(ways, there, onward, cheapest):
        arc = plateau.arc
        before = ways.path(there, int(ways.start[arc]))
        arcs = [*before, arc, *ways.path(onward, int(ways.end[arc]), backwards=True)]
        steps, cover = ways.steps(arcs), Cover(ways.steps(arcs), length_m)
        if _turns_back(ways, arcs, steps) or any(cover.is_like(other) for other in taken):
            continue
        taken.append(cover)
        shared_m = cover.shared_m(main)
        found.append(Other(steps, shared_m, shared_m / cover.total_m if cover.total_m > 0 else 0.0))
        if len(found) == min(count, MOST_ALTERNATIVES):
            break
    return tuple(found)


def _plateaus(ways: Journeys, there: Branches, onward: Branches, cheapest: float) -> list[_Plateau]:
    """List an arc of each plateau that is long enough and not too far off, the best first."""
    cost, start, end = ways.costs[0], ways.start, ways.end
    through = there.cost[start] + cost + onward.cost[end]
    arcs = np.flatnonzero(through <= MOST_STRETCH * cheapest)
    cost, start, end = cost[arcs], start[arcs], end[arcs]
    # Beyond ``high`` a point of the arc is reached sooner by its end; before ``low`` it is left sooner by its start.
    high = (cost + there.cost[end] - there.cost[start]) / 2
    low = (cost + onward.cost[end] - onward.cost[start]) / 2
    chain = _chains(ways, there, onward, arcs)
    length = np.bincount(chain, weights=np.maximum(high - low, 0.0))
    _, first = np.unique(chain, return_index=True)
    long_enough = np.flatnonzero(length >= LEAST_PLATEAU * cheapest)
    rank = through[arcs[first]] - length
    return sorted(_Plateau(float(rank[row]), int(arcs[first[row]])) for row in long_enough)


def _chains(ways: Journeys, there: Branches, onward: Branches, arcs: Ints) -> Ints:
    """Give arcs the same number where the best way to a node goes on as the best way from it."""
    place = np.full(len(ways), -1, dtype=np.int64)
    place[arcs] = np.arange(len(arcs))
    joined = (there.by >= 0) & (onward.by >= 0)
    before, after = place[there.by[joined]], place[onward.by[joined]]
    both = (before >= 0) & (after >= 0)
    links = csr_matrix((np.ones(both.sum()), (before[both], after[both])), shape=(len(arcs), len(arcs)))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)


def _turns_back(ways: Journeys, arcs: list[int], steps: tuple[Step, ...]) -> bool:
    """Tell whether a way comes to the same place twice, or drives a section twice."""
    nodes, sections = ways.end[arcs], [step.section for step in steps]
    return len(np.unique(nodes)) < len(nodes) or len(set(sections)) < len(sections)
