"""From segments between neighbouring points to sections between junctions: chains of plain points are contracted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PLAIN_DEGREE: Final = 2


@dataclass(frozen=True, eq=False)
class Segments:
    """Straight pieces of road between neighbouring points, along the ways in the order of the ways.

    Parameters
    ----------
    begin, end
        Rows of the points.
    way
        Row of the way.
    kind
        What the piece is to the vehicle; only pieces of one kind are contracted into one section.
    """

    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    way: NDArray[np.int64]
    kind: NDArray[np.int64]

    def __len__(self) -> int:
        """Count the pieces."""
        return len(self.begin)


@dataclass(frozen=True, eq=False)
class Chains:
    """Sections as runs of segments.

    Parameters
    ----------
    start
        Where each section's segments begin in the arrays below, and one past the last.
    segment
        The segments in the order in which the section runs.
    flipped
        Whether the section runs against the segment.
    """

    start: NDArray[np.int64]
    segment: NDArray[np.int64]
    flipped: NDArray[np.bool_]


def plain_points(
    segments: Segments, points: int, forced: NDArray[np.bool_], symmetric: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Find the points that only continue a road: two segments of one kind meet there, one way on.

    Parameters
    ----------
    segments
        All of them.
    points
        Number of points.
    forced
        Points that must stay.
    symmetric
        Whether a kind is the same in both directions.
    """
    count = len(segments)
    ends = np.concatenate([segments.begin, segments.end])
    degree = np.bincount(ends, minlength=points)
    order = np.argsort(ends, kind="stable")
    first = np.cumsum(degree) - degree
    plain = np.asarray((degree == _PLAIN_DEGREE) & ~forced, dtype=bool)
    rows = np.flatnonzero(plain)
    one, other = order[first[rows]], order[first[rows] + 1]
    kind, kind_other = segments.kind[one % count], segments.kind[other % count]
    in_line = (one < count) != (other < count)
    fits = (kind == kind_other) & (in_line | symmetric[kind]) & (one % count != other % count)
    plain[rows[~fits]] = False
    return plain


def _runs(segments: Segments, plain: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Cut the segments at every point that stays and where ways end: first segment of each run, and one past all."""
    goes_on = np.zeros(len(segments), dtype=bool)
    goes_on[1:] = (
        (segments.way[1:] == segments.way[:-1]) & (segments.begin[1:] == segments.end[:-1]) & plain[segments.begin[1:]]
    )
    return np.append(np.flatnonzero(~goes_on), len(segments))


def _join(begin: list[int], end: list[int], plain: NDArray[np.bool_]) -> list[list[int]]:
    """Join runs that meet at plain points: for each section its runs in order, ``~run`` where driven against."""
    meeting: dict[int, list[int]] = {}
    for run, (a, b) in enumerate(zip(begin, end, strict=True)):
        for point in (a, b):
            if plain[point]:
                meeting.setdefault(point, []).append(run)
    done = [False] * len(begin)

    def follow(run: int, point: int) -> list[int]:
        """Go on from a run's far end until a point stays or the ring closes."""
        chain: list[int] = []
        while plain[point]:
            pair = meeting[point]
            run = pair[1] if pair[0] == run else pair[0]
            if done[run]:
                break
            done[run] = True
            ahead = begin[run] == point
            chain.append(run if ahead else ~run)
            point = end[run] if ahead else begin[run]
        return chain

    chains = []
    for run in range(len(begin)):
        if done[run]:
            continue
        done[run] = True
        after = follow(run, end[run])
        before = follow(run, begin[run])
        chains.append([*(~other for other in reversed(before)), run, *after])
    return chains


def contract(segments: Segments, plain: NDArray[np.bool_]) -> Chains:
    """Contract the segments into sections.

    Rings without a point that stays are cut in one place; a ring that hangs on one point is cut once more in its
    middle, so that every section has two ends wherever its line has a point to cut at.

    Parameters
    ----------
    segments
        All of them.
    plain
        Points that only continue a road.
    """
    cuts = _runs(segments, plain)
    begin, end = segments.begin[cuts[:-1]], segments.end[cuts[1:] - 1]
    chains = _join(begin.tolist(), end.tolist(), plain)
    signed = np.array([run for chain in chains for run in chain], dtype=np.int64)
    runs_in = np.array([len(chain) for chain in chains], dtype=np.int64)
    flipped_run = signed < 0
    run = np.where(flipped_run, ~signed, signed)
    size = np.diff(cuts)[run]
    before = np.cumsum(size) - size
    place = np.arange(int(size.sum())) - np.repeat(before, size)
    flipped = np.repeat(flipped_run, size)
    segment = np.where(flipped, np.repeat(cuts[run + 1] - 1, size) - place, np.repeat(cuts[run], size) + place)
    start = np.concatenate([[0], np.cumsum(size)])[np.concatenate([[0], np.cumsum(runs_in)])]
    return _cut_rings(segments, Chains(start.astype(np.int64), segment, flipped))


def _cut_rings(segments: Segments, chains: Chains) -> Chains:
    first, last = chains.start[:-1], chains.start[1:] - 1
    begin = np.where(chains.flipped[first], segments.end[chains.segment[first]], segments.begin[chains.segment[first]])
    end = np.where(chains.flipped[last], segments.begin[chains.segment[last]], segments.end[chains.segment[last]])
    ring = (begin == end) & (last > first)
    middle = (first + (last - first + 1) // 2)[ring]
    return Chains(np.sort(np.concatenate([chains.start, middle])), chains.segment, chains.flipped)


def ends(segments: Segments, chains: Chains) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the points where each segment of the chains begins and ends, in the order in which the section runs."""
    begin, end = segments.begin[chains.segment], segments.end[chains.segment]
    return np.where(chains.flipped, end, begin), np.where(chains.flipped, begin, end)
