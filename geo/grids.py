"""People of a grid inside zones: exact sums whose cost follows a zone's outline, not its ground.

An outline is cut wherever it crosses an edge of a cell. On each piece, the running total of the row up to the piece is
linear, so its value at the middle of the piece times the rows that the piece climbs is exactly what lies between the
start of the row and the piece. Summed round the outline, up with one sign and down with the other, only the inside is
left: every cell weighed by the fraction of it that the zone covers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.figures import LOW_DATA_CELLS
from geo.gridcuts import cut
from geo.gridfile import open_grid_file
from geo.gridindex import GridIndex, open_index
from geo.gridzones import Rings, circle_rings, polygon_rings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.gridplace import Placement

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


# So many pieces are worked on at a time that their columns stay in the processor's cache.
_CHUNK_PIECES: Final = 16_000
# Shares are sums of many fractions; a zone is whole when it is so to within rounding.
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, eq=False)
class ZoneSums:
    """What a grid knows of some zones, one entry for each.

    Parameters
    ----------
    persons
        People, every cell weighed by the fraction inside; NaN where the grid knows nothing of the zone.
    cells
        Cells with a value behind the count, fractions counted as such.
    coverage_share
        Part of the zone's ground on which the grid has values; NaN for a zone without ground.
    inside_share
        Part of the zone's ground within the grid's frame, cells without a value included.
    repaired
        Zones whose outline crossed itself and was put right.
    layers
        Sums of the grid's further layers: shape (layers, zones).
    """

    persons: Floats
    cells: Floats
    coverage_share: Floats
    inside_share: Floats
    repaired: Bools
    layers: Floats

    @property
    def low_data(self) -> Bools:
        """Where fewer than thirty cells stand behind the count."""
        result: Bools = ~(self.cells >= LOW_DATA_CELLS)
        return result


@dataclass(frozen=True, eq=False)
class Grid:
    """A population grid that is ready to be asked.

    Parameters
    ----------
    index
        Its running totals.
    layers
        Running totals of further numbers on the same cells, such as the people of one country: shape (height,
        width + 1, layers), so that all numbers of a cell lie together.
    """

    index: GridIndex
    layers: Floats | None = None

    @property
    def placement(self) -> Placement:
        """Where its cells lie."""
        return self.index.placement

    def circles(self, lon: ArrayLike, lat: ArrayLike, radius_m: ArrayLike) -> ZoneSums:
        """Sum the people inside geodesic circles.

        Parameters
        ----------
        lon, lat, radius_m
            Centres in degrees and radii in metres, of equal length.

        Returns
        -------
        ZoneSums
            In the order given.

        Raises
        ------
        QuestionError, CrsError
            As :func:`geo.gridzones.circle_rings`.
        """
        return self.sums(circle_rings(self.placement, lon, lat, radius_m))

    def polygons(self, zones: Sequence[BaseGeometry | None]) -> ZoneSums:
        """Sum the people inside polygons, holes and several parts included.

        Parameters
        ----------
        zones
            In WGS 84.

        Returns
        -------
        ZoneSums
            In the order given.

        Raises
        ------
        QuestionError, CrsError
            As :func:`geo.gridzones.polygon_rings`.
        """
        return self.sums(polygon_rings(self.placement, zones))

    def sums(self, rings: Rings) -> ZoneSums:
        """Sum the people inside zones that were brought onto this grid.

        Parameters
        ----------
        rings
            Made for :attr:`placement`.

        Returns
        -------
        ZoneSums
            In the order of the zones.
        """
        turned, is_copy = _with_turns(rings, self.placement)
        found = np.zeros((5 + self._layer_count, len(turned.zone)))
        for first, last in _chunks(turned):
            found[:, first:last] = self._chunk(turned, first, last)
        # Either way round, a ring's own area tells the sign of its sums.
        sign = np.where(found[4] < 0, -1.0, 1.0) * np.where(turned.is_hole, -1.0, 1.0)
        persons, cells, known_m2, inside_m2 = (_by_zone(turned, part * sign) for part in found[:4])
        whole_m2 = _by_zone(turned, np.where(is_copy, 0.0, found[4] * sign))
        with np.errstate(invalid="ignore", divide="ignore"):
            coverage, inside = (_share(part / whole_m2) for part in (known_m2, inside_m2))
        knows = (cells > _ROUNDING) & (coverage > 0)
        return ZoneSums(
            np.where(knows, np.maximum(persons, 0.0), np.nan),
            np.where(knows, cells, 0.0),
            np.where(np.isfinite(coverage), coverage, np.nan),
            np.where(np.isfinite(inside), inside, np.nan),
            rings.repaired,
            np.array([_by_zone(turned, part * sign) for part in found[5:]]).reshape(-1, rings.zones),
        )

    def _chunk(self, rings: Rings, first: int, last: int) -> Floats:
        """Sum round some rings: people, cells, ground with a value, ground in the frame, all ground."""
        place, start = self.placement, rings.start
        here = slice(start[first], start[last])
        column, row = rings.column[here], rings.row[here]
        corners = start[first : last + 1] - start[first]
        following = np.arange(1, len(column) + 1)
        following[corners[1:] - 1] = corners[:-1]
        pieces = cut(column, row, column[following], row[following], place)
        at = pieces.first[corners[:-1]]
        inside = (column.min() >= 0) & (row.min() >= 0) & (column.max() < place.width) & (row.max() < place.height)
        climb, column, row = pieces.climb, pieces.column, pieces.row.astype(np.int64)
        outside = None
        if not inside:
            outside = (pieces.row < 0) | (pieces.row >= place.height)
            np.clip(row, 0, place.height - 1, out=row)
        area = place.row_area_m2[row] * climb
        whole = np.add.reduceat(area * column, at)
        if outside is not None:
            climb, area = np.where(outside, 0.0, climb), np.where(outside, 0.0, area)
            column = np.clip(column, 0.0, place.width)
        left = np.minimum(column.astype(np.int64), place.width - 1)
        part = column - left
        left += row * (place.width + 1)
        within = np.add.reduceat(area * column, at) if outside is not None else whole
        if self._known is None:
            cells, ground = np.add.reduceat(climb * column, at), within
        else:
            known = _between(self._known, left, part)
            cells, ground = np.add.reduceat(known * climb, at), np.add.reduceat(known * area, at)
        more: Floats | list[Floats] = []
        if self.layers is None:
            persons = np.add.reduceat(_between(self._persons, left, part) * climb, at)
        else:
            persons = np.zeros(len(at))
            table = self.layers.reshape(-1, self._layer_count)
            near, far, right = table.take(left, axis=0), table.take(left + 1, axis=0), climb * part
            rest, ends = climb - right, [*at.tolist(), len(climb)]
            # Ring by ring as a product of matrices: a table of what each piece adds would not fit the processor's cache.
            more = np.array([rest[a:b] @ near[a:b] + right[a:b] @ far[a:b] for a, b in pairwise(ends)]).T
        return np.stack([persons, cells, ground, within, whole, *more])

    @property
    def _layer_count(self) -> int:
        return 0 if self.layers is None else self.layers.shape[2]

    def fractions(self, zones: Sequence[BaseGeometry | None]) -> Floats:
        """Measure which part of every cell each zone covers.

        Parameters
        ----------
        zones
            In WGS 84.

        Returns
        -------
        NDArray[np.float64]
            Shape (zones, height, width), 0 to 1.
        """
        place = self.placement
        rings = polygon_rings(place, zones)
        steps = np.zeros((rings.zones, place.height * (place.width + 1)))
        for number in range(len(rings.zone)):
            here = slice(rings.start[number], rings.start[number + 1])
            column, row = rings.column[here], rings.row[here]
            to_column, to_row = np.roll(column, -1), np.roll(row, -1)
            pieces = cut(column, row, to_column, to_row, place)
            sign = np.sign((column + to_column) @ (to_row - row)) * (1.0 if rings.is_hole[number] else -1.0)
            kept = (pieces.row >= 0) & (pieces.row < place.height) & (pieces.column < place.width)
            climb, across = sign * pieces.climb[kept], np.maximum(pieces.column[kept], 0.0)
            left = across.astype(np.int64)
            at = pieces.row[kept].astype(np.int64) * (place.width + 1) + left
            # What lies right of the piece: part of its own cell, and all of the next ones.
            for slot, share in ((at, 1 - (across - left)), (at + 1, across - left)):
                steps[rings.zone[number]] += np.bincount(slot, weights=share * climb, minlength=steps.shape[1])
        covered = np.cumsum(steps.reshape(rings.zones, place.height, place.width + 1), axis=2)[:, :, :-1]
        result: Floats = np.clip(covered, 0.0, 1.0)
        return result

    @cached_property
    def _persons(self) -> Floats:
        return self.index.persons.reshape(-1)

    @cached_property
    def _known(self) -> NDArray[np.unsignedinteger] | None:
        return None if self.index.known is None else self.index.known.reshape(-1)


def _between(totals: NDArray[np.float64] | NDArray[np.unsignedinteger], left: Ints, part: Floats) -> Floats:
    """Read running totals at points between two column edges."""
    low = totals.take(left)
    # Totals never fall along a row, so counts without a sign are safe to subtract.
    result: Floats = low + (totals.take(left + 1) - low) * part
    return result


def _by_zone(rings: Rings, values: Floats) -> Floats:
    result: Floats = np.bincount(rings.zone, weights=values, minlength=rings.zones).astype(float)
    return result


def _share(share: Floats) -> Floats:
    """Put shares that are 0 or 1 but for rounding to 0 and 1."""
    clipped = np.clip(share, 0.0, 1.0)
    result: Floats = np.where(clipped > 1 - _ROUNDING, 1.0, np.where(clipped < _ROUNDING, 0.0, clipped))
    return result


def _chunks(rings: Rings) -> list[tuple[int, int]]:
    """Group rings so that each group is cut into about as many pieces as fit the processor's cache."""
    if not len(rings.zone):
        return []
    high, low = (
        np.stack([edge.reduceat(part, rings.start[:-1]) for part in (rings.column, rings.row)])
        for edge in (np.maximum, np.minimum)
    )
    weight = np.diff(rings.start) + 2 * (high - low).sum(axis=0)
    group = (np.cumsum(weight) // _CHUNK_PIECES).astype(np.int64)
    edges = [0, *(np.flatnonzero(np.diff(group)) + 1).tolist(), len(group)]
    return list(pairwise(edges))


def _with_turns(rings: Rings, place: Placement) -> tuple[Rings, Bools]:
    """Add copies of rings one turn east and west where a grid in degrees lies there; tell which are copies."""
    number = len(rings.zone)
    if not place.turn_columns or not number:
        return rings, np.zeros(number, dtype=bool)
    low = np.minimum.reduceat(rings.column, rings.start[:-1])
    high = np.maximum.reduceat(rings.column, rings.start[:-1])
    outside = (low < 0) | (high > place.width)
    if not outside.any():
        return rings, np.zeros(number, dtype=bool)
    column, row, sizes, zone, hole, copies = (
        [rings.column],
        [rings.row],
        [np.diff(rings.start)],
        [rings.zone],
        [rings.is_hole],
        [np.zeros(number, dtype=bool)],
    )
    for turn in (-place.turn_columns, place.turn_columns):
        meets = np.flatnonzero(outside & (low + turn < place.width) & (high + turn > 0))
        for ring in meets:
            here = slice(rings.start[ring], rings.start[ring + 1])
            column.append(rings.column[here] + turn)
            row.append(rings.row[here])
        sizes.append(np.diff(rings.start)[meets])
        zone.append(rings.zone[meets])
        hole.append(rings.is_hole[meets])
        copies.append(np.ones(len(meets), dtype=bool))
    start = np.concatenate([[0], np.cumsum(np.concatenate(sizes))]).astype(np.int64)
    joined = Rings(
        np.concatenate(column),
        np.concatenate(row),
        start,
        np.concatenate(zone),
        np.concatenate(hole),
        rings.zones,
        rings.repaired,
    )
    return joined, np.concatenate(copies)


@dataclass(frozen=True)
class _Key:
    """A version of a file; who watches the building does not matter."""

    path: Path
    stamp: tuple[int, int]
    kind: str | None
    progress: Callable[[float], None] | None = field(compare=False)


@lru_cache(maxsize=4)
def _open(key: _Key) -> Grid:
    return Grid(open_index(open_grid_file(key.path, kind=key.kind), progress=key.progress))


def open_grid(path: str | Path, *, kind: str | None = None, progress: Callable[[float], None] | None = None) -> Grid:
    """Open a population grid; the first time its index is built, later it is only mapped into memory.

    Parameters
    ----------
    path
        A GeoTIFF.
    kind
        ``count``, ``density``, or None where nobody has said.
    progress
        Called with the share done while an index is built.

    Returns
    -------
    Grid
        Ready to be asked.

    Raises
    ------
    QuestionError, CrsError, GridError
        As :func:`geo.gridfile.open_grid_file` and :func:`geo.gridindex.open_index`.
    """
    file = Path(path)
    stamp = (0, 0)
    if file.is_file():
        status = file.stat()
        stamp = status.st_size, status.st_mtime_ns
    return _open(_Key(file.absolute(), stamp, kind, progress))
