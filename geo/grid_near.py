"""People of a grid within a distance of very many points: nearly exact sums, several times as quick as exact ones.

About each point the grid is taken as flat, so that a circle is an ellipse of cells, and the ellipse is cut into strips
along the rows. The running totals of a row give what lies on a strip in two look-ups. :meth:`geo.grids.Grid.circles`
is exact, and is what a single number rests on; here the errors of the many circles along a road cancel out.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.crs import GEOD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.gridplace import Placement
    from geo.grids import Grid

    Floats = NDArray[np.float64]

#: So many strips cut each row at least, and a circle.
_LEAST_PER_ROW: Final = 2
_LEAST_STRIPS: Final = 32
#: Strips that are worked on at a time stay in the processor's cache.
_STRIPS_AT_A_TIME: Final = 200_000


def people_near(grid: Grid, lon: Floats, lat: Floats, radius_m: float) -> tuple[Floats, Floats]:
    """Count the people within a distance of some points.

    Parameters
    ----------
    grid
        The population grid.
    lon, lat
        The points, degrees.
    radius_m
        The distance.

    Returns
    -------
    tuple[NDArray[np.float64], NDArray[np.float64]]
        People, cells without a value holding nobody, as a rule within half a hundredth of the exact circle; and the part of
        each circle that lies on the grid's frame, 0 where the grid's projection ends.
    """
    persons, inside = np.zeros(len(lon)), np.zeros(len(lon))
    column, row, across, slant, high = _ellipses(grid.placement, lon, lat, radius_m)
    good = np.flatnonzero(np.isfinite(column + row + across + slant) & (high > 0))
    if not good.size:
        return persons, inside
    rows = math.ceil(2 * high[good].max()) + 1
    per_row = max(_LEAST_PER_ROW, math.ceil(_LEAST_STRIPS / rows))
    size = max(1, _STRIPS_AT_A_TIME // (rows * per_row))
    for first in range(0, len(good), size):
        here = good[first : first + size]
        ellipse = column[here], row[here], across[here], slant[here], high[here]
        persons[here], inside[here] = _strips(grid, ellipse, rows, per_row)
    return persons, inside


def _ellipses(
    place: Placement, lon: Floats, lat: Floats, radius_m: float
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Give circles as ellipses of cells: centre, half width, slant (columns a row), and half height."""
    count = len(lon)
    bearing = np.repeat([90.0, 270.0, 0.0, 180.0], count)
    ends = GEOD.fwd(np.tile(lon, 4), np.tile(lat, 4), bearing, np.full(4 * count, radius_m))
    # On the side of the centre, so that a step over the date line stays a step.
    lons = np.tile(lon, 4) + (np.asarray(ends[0]) - np.tile(lon, 4) + 180.0) % 360.0 - 180.0
    column, row = place.to_cells(np.concatenate([lon, lons]), np.concatenate([lat, np.asarray(ends[1])]))
    placed = np.stack([column, row])
    # Infinite where the projection ends; what is not a number passes through all that follows.
    middle, rest = np.split(np.where(np.isfinite(placed), placed, np.nan), [count], axis=1)
    east, west, north, south = np.split(rest, 4, axis=1)
    right, up = (east - west) / 2, (north - south) / 2
    # The outline is right·cos φ + up·sin φ; what follows is its quadratic form.
    wide, both, high = (right * right + up * up)[0], (right[0] * right[1] + up[0] * up[1]), (right * right + up * up)[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        slant = both / high
        across = np.sqrt(np.maximum(wide - both * slant, 0.0))
    return middle[0], middle[1], across, slant, np.sqrt(high)


def _strips(
    grid: Grid, ellipse: tuple[Floats, Floats, Floats, Floats, Floats], rows: int, per_row: int
) -> tuple[Floats, Floats]:
    place = grid.placement
    column, row, across, slant, high = (part[:, None] for part in ellipse)
    top = np.floor(row - high)
    edge = np.clip((top + np.arange(rows * per_row + 1) / per_row - row) / high, -1.0, 1.0)
    # The mean chord of a strip times its height is its ground.
    ground = np.diff(edge * np.sqrt(1.0 - edge * edge) + np.arcsin(edge), axis=1) / 2.0
    thick = np.diff(edge, axis=1)
    half = across * np.divide(ground, thick, out=np.zeros_like(thick), where=thick > 0)
    middle = column + slant * high * (edge[:, 1:] + edge[:, :-1]) / 2.0
    line = top.astype(np.int64) + np.arange(rows * per_row) // per_row
    weight = np.where((line >= 0) & (line < place.height), thick * high, 0.0)
    first = np.clip(line, 0, place.height - 1) * (place.width + 1)
    left, right = (np.clip(middle + side * half, 0.0, place.width) for side in (-1.0, 1.0))
    totals = grid.index.persons.reshape(-1)
    people = _total(totals, first, right, place.width) - _total(totals, first, left, place.width)
    inside = ((right - left) * weight).sum(axis=1) / (math.pi * across * high)[:, 0]
    return np.maximum((people * weight).sum(axis=1), 0.0), np.clip(inside, 0.0, 1.0)


def _total(totals: NDArray[np.float64], first: NDArray[np.int64], column: Floats, width: int) -> Floats:
    """Read the running totals of rows at points between two column edges."""
    whole = np.minimum(column.astype(np.int64), width - 1)
    place = first + whole
    low = totals.take(place)
    result: Floats = low + (totals.take(place + 1) - low) * (column - whole)
    return result
