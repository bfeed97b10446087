"""The trade-off between two costs of a journey: the ways on which no cost can be spared without paying in the other.

Two searches are there. *Supported* ways are those that are best for some price of the one cost in the other: the
corners of the lower convex hull. They are found by asking for the best way at the price at which two known corners
cost the same, until no better one turns up [1]_; this is exact, and grows only with the number of corners. Ways in the
hollows of the hull are best at no price; a search by labels finds them too [2]_, but their number may grow beyond all
bounds, so it is given up after a set number of labels, never after a time, and the answer says which search it rests on.

References
----------
.. [1] Aneja, Y. P., Nair, K. P. K. (1979). Bicriteria transportation problem. Management Science 25 (1), 73-78.
   https://doi.org/10.1287/mnsc.25.1.73
.. [2] Hernández Ulloa, C. et al. (2020). A simple and fast bi-objective search algorithm. Proceedings of ICAPS 30,
   143-151. https://doi.org/10.1609/icaps.v30i1.6655
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from geo.journeys import exact
from geo.network import GRAIN as _GRAIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.journeys import Journeys
    from geo.trees import Step

    Floats = NDArray[np.float64]

Method = Literal["exact", "supported"]

#: Labels after which the search for every way is given up: about a second of work.
MOST_LABELS: Final = 150_000
#: Corners after which no more are looked for; the largest gaps are closed first.
MOST_CORNERS: Final = 60

_FIRST, _SECOND = 0, 1
#: Sums of whole numbers below this are exact.
_EXACT_BITS: Final = 50


@dataclass(frozen=True, slots=True)
class Compromise:
    """One way of the trade-off.

    Parameters
    ----------
    costs
        Both costs of the whole way.
    steps
        In order of travel.
    is_supported
        It is the best way at some price of the one cost in the other.
    """

    costs: tuple[float, float]
    steps: tuple[Step, ...]
    is_supported: bool


@dataclass(frozen=True, eq=False)
class Tradeoff:
    """The ways found, none of them at least as good as another in both costs.

    Parameters
    ----------
    compromises
        From the least first cost to the least second cost; empty where no way leads there.
    method
        ``exact``: every pair of costs that no way betters, each by one way. ``supported``: the corners of the hull.
    is_complete
        False where more corners may be between those given.
    """

    compromises: tuple[Compromise, ...]
    method: Method
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class _Corner:
    """A way with its costs in grains, which are whole numbers."""

    first: int
    second: int
    arcs: tuple[int, ...]


def search(ways: Journeys, *, most_labels: int = MOST_LABELS, most_corners: int = MOST_CORNERS) -> Tradeoff:
    """Find the trade-off between the two costs of some journeys.

    Parameters
    ----------
    ways
        With two costs.
    most_labels
        Labels that the search for every way may make; 0 asks for the supported ways only.
    most_corners
        Supported ways that may be looked for.

    Returns
    -------
    Tradeoff
        The first way has the least first cost (of such ways the one with the least second cost), the last one the
        least second cost (and the least first).
    """
    quick, sparing = ways.first_best(_FIRST, _SECOND), ways.first_best(_SECOND, _FIRST)
    if quick is None or sparing is None:
        return Tradeoff((), "exact")
    ends = _corner(ways, quick), _corner(ways, sparing)
    if ends[0].first == ends[1].first:
        return Tradeoff((_compromise(ways, ends[0], is_supported=True),), "exact")
    near = ways.kept(_between(ways, *ends))
    corners, is_complete = _corners(near, most_corners)
    every = _every_way(near, most_labels) if most_labels else None
    if every is None:
        return Tradeoff(
            tuple(_compromise(near, corner, is_supported=True) for corner in corners), "supported", is_complete
        )
    known = {(corner.first, corner.second): corner for corner in corners}
    found = {(way.first, way.second): way for way in every} | known
    return Tradeoff(
        tuple(_compromise(near, found[pair], is_supported=pair in known) for pair in sorted(found)), "exact"
    )


def _corner(ways: Journeys, arcs: list[int]) -> _Corner:
    first, second = exact(ways.total(arcs))
    return _Corner(first, second, tuple(arcs))


def _compromise(ways: Journeys, corner: _Corner, *, is_supported: bool) -> Compromise:
    first, second = ways.total(corner.arcs)
    return Compromise((float(first), float(second)), ways.steps(corner.arcs), is_supported)


def _between(ways: Journeys, quick: _Corner, sparing: _Corner) -> NDArray[np.bool_]:
    """Mark the arcs on ways that may be no worse than either end: the others cannot matter."""
    marks = np.ones(len(ways), dtype=bool)
    for cost, worst in ((_FIRST, sparing.arcs), (_SECOND, quick.arcs)):
        there = ways.branches(ways.costs[cost]).cost[ways.start]
        onward = ways.branches(ways.costs[cost], backwards=True).cost[ways.end]
        marks &= there + ways.costs[cost] + onward <= ways.total(worst)[cost]
    return marks


def _corners(ways: Journeys, most: int) -> tuple[list[_Corner], bool]:
    """Find the corners of the lower convex hull, from the least first cost to the least second."""
    quick, sparing = ways.first_best(_FIRST, _SECOND), ways.first_best(_SECOND, _FIRST)
    assert quick is not None  # noqa: S101 - the ends themselves are among the ways
    assert sparing is not None  # noqa: S101 - as above
    corners = [_corner(ways, quick), _corner(ways, sparing)]
    order = count()
    gaps = [_gap(corners[0], corners[1], next(order))]
    while gaps and len(corners) < most:
        _, _, left, right = heapq.heappop(gaps)
        found = _best_at_price(ways, left, right)
        if found is not None:
            corners.append(found)
            for one, other in ((left, found), (found, right)):
                heapq.heappush(gaps, _gap(one, other, next(order)))
    return _hull(sorted(corners, key=lambda corner: corner.first)), not gaps


def _hull(corners: list[_Corner]) -> list[_Corner]:
    """Leave out what lies on a straight line between two others: it is no corner."""
    hull: list[_Corner] = []
    for corner in corners:
        while len(hull) > 1 and _turn(hull[-2], hull[-1], corner) <= 0:
            hull.pop()
        hull.append(corner)
    return hull


def _turn(one: _Corner, two: _Corner, three: _Corner) -> int:
    """Tell on which side of a straight line the middle one of three ways lies: above 0 where it is the better one."""
    right, up = two.first - one.first, two.second - one.second
    return right * (three.second - one.second) - up * (three.first - one.first)


def _gap(left: _Corner, right: _Corner, order: int) -> tuple[int, int, _Corner, _Corner]:
    """Rank the gap between two corners: the more ground a new corner could win, the sooner it is looked at."""
    return -(right.first - left.first) * (left.second - right.second), order, left, right


def _best_at_price(ways: Journeys, left: _Corner, right: _Corner) -> _Corner | None:
    """Find a way that is better than two corners at the price at which they cost the same; None without one."""
    price = left.second - right.second, right.first - left.first
    limit = price[0] * left.first + price[1] * left.second
    found = ways.path(ways.branches(_mixed(ways.costs, price, limit)))
    corner = _corner(ways, found)
    return corner if price[0] * corner.first + price[1] * corner.second < limit else None


def _mixed(costs: Floats, price: tuple[int, int], limit: int) -> Floats:
    """Add up the costs at a price, rounded so that the sums along every way that matters are exact."""
    scale = 2.0 ** (_EXACT_BITS - math.ceil(math.log2(limit + 1)))
    both = [float(share) * scale * np.array(row / _GRAIN) for share, row in zip(price, costs, strict=True)]
    rounded: Floats = np.round(both[0] + both[1])
    return rounded


def _every_way(ways: Journeys, most_labels: int) -> list[_Corner] | None:
    """Find a way for every pair of costs that no other betters; None when that takes too many labels.

    Labels are taken up by the least first cost that they can still end with, so at every node they come with rising
    first cost, and the least second cost that has been there is all that has to be remembered.
    """
    costs = [[round(value) for value in row] for row in (ways.costs / _GRAIN).tolist()]
    onward = [ways.branches(row, backwards=True).cost / _GRAIN for row in ways.costs]
    leaving = _leaving(ways)
    end, bound = ways.end.tolist(), [row.tolist() for row in onward]
    best = [math.inf] * ways.nodes
    least = math.inf
    found: list[_Corner] = []
    #: For each label its arc and the label before it.
    trail: list[tuple[int, int]] = [(-1, -1)]
    heap = [(bound[_FIRST][ways.origin], bound[_SECOND][ways.origin], 0, 0, 0, ways.origin)]
    while heap:
        _, through, label, first, second, node = heapq.heappop(heap)
        if second >= best[node] or through >= least:
            continue
        best[node] = second
        if node == ways.destination:
            least = second
            found.append(_Corner(first, second, _followed(trail, label)))
            continue
        for arc in leaving[node]:
            to = end[arc]
            after = first + costs[_FIRST][arc], second + costs[_SECOND][arc]
            beyond = after[1] + bound[_SECOND][to]
            if after[1] >= best[to] or beyond >= least:
                continue
            if len(trail) > most_labels:
                return None
            heapq.heappush(heap, (after[0] + bound[_FIRST][to], beyond, len(trail), *after, to))
            trail.append((arc, label))
    return found


def _leaving(ways: Journeys) -> list[range]:
    """List the arcs that leave each node; arcs are in the order of the nodes that they leave."""
    pointer = np.searchsorted(ways.start, np.arange(ways.nodes + 1)).tolist()
    return [range(pointer[node], pointer[node + 1]) for node in range(ways.nodes)]


def _followed(trail: list[tuple[int, int]], label: int) -> tuple[int, ...]:
    arcs: list[int] = []
    while label:
        arc, label = trail[label]
        arcs.append(arc)
    return tuple(arcs[::-1])
