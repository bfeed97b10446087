"""Turn restrictions of an extract as runs of arcs that may not be driven."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geo.osm_tags import applies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from geo.osm_read import Restriction
    from geo.profiles import Profile

_U_TURN: Final = "no_u_turn"
#: A restriction over more stretches than this is a fault of the data.
_LONGEST_VIA: Final = 50


class Junctions:
    """Which arcs leave and reach which points, by the way that they run on there.

    Parameters
    ----------
    begin, end
        Points where the sections begin and end.
    first_way, last_way
        Ids of the ways on which they begin and end.
    open_arcs
        Whether each arc may be driven.
    ways
        Ids of the ways that restrictions name.
    points
        Points at which restrictions hold.
    """

    def __init__(
        self,
        sections: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
        open_arcs: NDArray[np.bool_],
        ways: set[int],
        points: set[int],
    ) -> None:
        begin, end, first_way, last_way = sections
        self._end = np.column_stack([end, begin]).ravel()
        # How many arcs lead on from the point where each ends, not counting the way back.
        onward = np.bincount(
            np.column_stack([begin, end]).ravel()[open_arcs], minlength=int(self._end.max(initial=0)) + 1
        )
        self._dead_end = onward[self._end] - open_arcs.reshape(-1, 2)[:, ::-1].ravel() <= 0
        self.leaving: dict[tuple[int, int], list[int]] = {}
        self.reaching: dict[tuple[int, int], list[int]] = {}
        self.exits: dict[int, list[int]] = {}
        wanted_ways, wanted_points = np.array(sorted(ways), dtype=np.int64), np.array(sorted(points), dtype=np.int64)
        for side, at, way in ((0, begin, first_way), (1, end, last_way)):
            for section in np.flatnonzero(np.isin(way, wanted_ways) | np.isin(at, wanted_points)).tolist():
                out, back = 2 * section + side, 2 * section + 1 - side
                key = (int(way[section]), int(at[section]))
                if open_arcs[out]:
                    self.leaving.setdefault(key, []).append(out)
                    self.exits.setdefault(key[1], []).append(out)
                if open_arcs[back]:
                    self.reaching.setdefault(key, []).append(back)

    def end(self, arc: int) -> int:
        """Give the point where an arc ends."""
        return int(self._end[arc])

    def is_dead_end(self, arc: int) -> bool:
        """Tell whether nothing leads on from where an arc ends but the way back."""
        return bool(self._dead_end[arc])

    def along(self, way: int, point: int) -> list[int] | None:
        """Drive a way from one of its ends to the other; None where that is not plain."""
        arcs: list[int] = []
        while len(arcs) < _LONGEST_VIA:
            onward = [arc for arc in self.leaving.get((way, point), ()) if not arcs or arc != arcs[-1] ^ 1]
            if not onward:
                return arcs or None
            if len(onward) > 1:
                return None
            arcs.append(onward[0])
            point = self.end(onward[0])
        return None


def _vias(
    restriction: Restriction, point_of: Mapping[int, int], way_ends: Mapping[int, tuple[int, int]], junctions: Junctions
) -> Iterable[tuple[int, list[int], int]]:
    """List how a restriction may be passed: the point where it begins, arcs between, the point where it ends."""
    if restriction.via_node is not None:
        if restriction.via_node in point_of:
            point = point_of[restriction.via_node]
            yield point, [], point
        return
    for first in dict.fromkeys(way_ends.get(restriction.via_ways[0], ()) if restriction.via_ways else ()):
        arcs: list[int] = []
        for way in restriction.via_ways:
            piece = junctions.along(way, junctions.end(arcs[-1]) if arcs else first)
            if piece is None:
                break
            arcs += piece
        else:
            yield first, arcs, junctions.end(arcs[-1])


def banned_runs(
    restrictions: Iterable[Restriction],
    profile: Profile,
    point_of: Mapping[int, int],
    way_ends: Mapping[int, tuple[int, int]],
    junctions: Junctions,
) -> tuple[list[tuple[int, ...]], int]:
    """Turn restrictions into banned runs of arcs.

    Parameters
    ----------
    restrictions
        Of the extract.
    profile
        The vehicle: restrictions that spare it are passed over.
    point_of
        Point by id of the node, where it is a junction of the network.
    way_ends
        First and last point of each way.
    junctions
        Arcs about the restrictions.

    Returns
    -------
    tuple[list[tuple[int, ...]], int]
        The runs, sorted, and among them those that would make a banned turn by turning round at the next junction;
        and how many restrictions that bind the vehicle name members which the network lacks or meets more than
        once, and so ban nothing.
    """
    runs: set[tuple[int, ...]] = set()
    unused = 0
    for restriction in restrictions:
        value = applies(restriction.tags, profile)
        if value is None:
            continue
        found = set()
        for start, via, stop in _vias(restriction, point_of, way_ends, junctions):
            for from_way in restriction.from_ways:
                for to_way in restriction.to_ways:
                    ends = (from_way, start), (to_way, stop)
                    found |= set(_runs(value, junctions, ends, tuple(via)))
        runs |= found
        unused += not found
    return sorted(runs), unused


def _runs(
    value: str, junctions: Junctions, ends: tuple[tuple[int, int], tuple[int, int]], via: tuple[int, ...]
) -> Iterable[tuple[int, ...]]:
    start, stop = ends
    arriving, leaving = junctions.reaching.get(start, []), junctions.leaving.get(stop, [])
    if value == _U_TURN and start == stop:
        return [(arc, arc ^ 1) for arc in arriving if arc ^ 1 in leaving]
    exits = junctions.exits.get(stop[1], ())
    # A way that runs on through the point is met twice there: which half is meant, nobody can tell.
    if len(arriving) != 1 or len(leaving) != 1:
        return []
    wrong = [leaving[0]] if value.startswith("no_") else [arc for arc in exits if arc != leaving[0]]
    before = (arriving[0], *via)
    # Driving on to the next junction only to turn round there would be the same turn by a trick.
    tricks = [(*before, arc, arc ^ 1) for arc in exits if arc not in wrong and not junctions.is_dead_end(arc)]
    return [*((*before, arc) for arc in wrong), *tricks]
