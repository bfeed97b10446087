"""Where roads of an extract cross borders: their segments are cut there, so that each lies in one country."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.borders import country_at
from geo.crs import GEOD

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

#: Outlines of two neighbours that should be one line may lie this far apart, metres: they are crossed once.
SAME_CROSSING_M: Final = 1.0
#: Places on the globe that belong to no country have this code.
NOWHERE: Final = ""


@dataclass(frozen=True, eq=False)
class Cuts:
    """Points at which straight pieces of road cross borders, in the order of the pieces and along each.

    Parameters
    ----------
    piece
        Row of the piece.
    share
        Part of its length that lies before the crossing.
    lon, lat
        The crossing, degrees.
    """

    piece: NDArray[np.int64]
    share: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


def _outlines(
    borders: gpd.GeoDataFrame, extent: tuple[float, float, float, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """List the straight edges of all borders that reach into an extent: begin and end of each, shape (edges, 2)."""
    lines = shapely.get_parts(shapely.boundary(borders.geometry.to_numpy()))
    points, owner = shapely.get_coordinates(lines, return_index=True)
    same = owner[1:] == owner[:-1]
    begin, end = points[:-1][same], points[1:][same]
    west, south, east, north = extent
    low, high = np.minimum(begin, end), np.maximum(begin, end)
    near = (high >= (west, south)).all(axis=1) & (low <= (east, north)).all(axis=1)
    return begin[near], end[near]


def crossings(
    begin: tuple[NDArray[np.float64], NDArray[np.float64]],
    end: tuple[NDArray[np.float64], NDArray[np.float64]],
    borders: gpd.GeoDataFrame,
) -> Cuts:
    """Find where straight pieces of road cross borders; pieces that only touch one with an end do not cross it there.

    Parameters
    ----------
    begin, end
        Longitudes and latitudes of the pieces' ends.
    borders
        Polygons of the countries.
    """
    start, stop = np.column_stack(begin), np.column_stack(end)
    none = Cuts(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0), np.empty(0))
    if not len(start):
        return none
    low, high = np.minimum(start, stop), np.maximum(start, stop)
    first, last = _outlines(borders, (*low.min(axis=0), *high.max(axis=0)))
    if not len(first):
        return none
    tree = shapely.STRtree(shapely.linestrings(np.stack([first, last], axis=1)))
    piece, edge = tree.query(shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1]))
    along, across = stop[piece] - start[piece], last[edge] - first[edge]
    offset = first[edge] - start[piece]
    turn = along[:, 0] * across[:, 1] - along[:, 1] * across[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (offset[:, 0] * across[:, 1] - offset[:, 1] * across[:, 0]) / turn
        where = (offset[:, 0] * along[:, 1] - offset[:, 1] * along[:, 0]) / turn
    hit = (share > 0) & (share < 1) & (where >= 0) & (where <= 1)
    return _apart(start, stop, piece[hit].astype(np.int64), share[hit])


def _apart(
    start: NDArray[np.float64], stop: NDArray[np.float64], piece: NDArray[np.int64], share: NDArray[np.float64]
) -> Cuts:
    """Order crossings along each piece, and leave out those that lie at one spot or at an end."""
    order = np.lexsort((share, piece))
    piece, share = piece[order], share[order]
    length_m = np.asarray(GEOD.inv(*start[piece].T, *stop[piece].T)[2], dtype=float)
    at_m = share * length_m
    inner = (at_m >= SAME_CROSSING_M) & (length_m - at_m >= SAME_CROSSING_M)
    piece, share, at_m = piece[inner], share[inner], at_m[inner]
    new = np.ones(len(piece), dtype=bool)
    new[1:] = (piece[1:] != piece[:-1]) | (at_m[1:] - at_m[:-1] >= SAME_CROSSING_M)
    piece, share = piece[new], share[new]
    spot = start[piece] + share[:, None] * (stop[piece] - start[piece])
    return Cuts(piece, share, spot[:, 0], spot[:, 1])


def split(
    begin: NDArray[np.int64], end: NDArray[np.int64], cuts: Cuts, first_new: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Cut pieces of road at crossings.

    Parameters
    ----------
    begin, end
        Rows of the points at the pieces' ends.
    cuts
        The crossings.
    first_new
        Row of the first crossing among the points; the others follow.

    Returns
    -------
    tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
        Begin and end of the new pieces, in the old order and along each old piece, and the old piece of each.
    """
    count = np.bincount(cuts.piece, minlength=len(begin))
    owner = np.repeat(np.arange(len(begin)), count + 1)
    new = first_new + np.arange(len(cuts.piece))
    # Each crossing begins one new piece and ends the one before it.
    starts = np.insert(begin, cuts.piece + 1, new)
    ends = np.insert(end, cuts.piece, new)
    return starts.astype(np.int64), ends.astype(np.int64), owner


def countries_of(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    ends: tuple[NDArray[np.int64], NDArray[np.int64]],
    first_new: int,
    borders: gpd.GeoDataFrame | None,
) -> tuple[tuple[str, ...], NDArray[np.int64], NDArray[np.int64]]:
    """Give the country of each point and of each piece of road between two of them.

    A piece lies in the country of its middle; where that is in none, as in a gap between two outlines, in that of an
    end.

    Parameters
    ----------
    lon, lat
        The points.
    ends
        Rows of the points at the ends of pieces that cross no border.
    first_new
        Row of the first point that lies on a border.
    borders
        Polygons of the countries; None knows none.

    Returns
    -------
    tuple[tuple[str, ...], NDArray[np.int64], NDArray[np.int64]]
        Codes, :data:`NOWHERE` first; the row of each point's; the row of each piece's.
    """
    begin, end = ends
    if borders is None or not len(borders):
        return (NOWHERE,), np.zeros(len(lon), dtype=np.int64), np.zeros(len(begin), dtype=np.int64)
    at, _ = country_at(borders, lon, lat)
    of = at[begin].copy()
    # What crosses nothing lies in the country of its ends, unless one of them is on the very line.
    doubtful = np.flatnonzero((at[begin] != at[end]) | (begin >= first_new) | (end >= first_new))
    middle, _ = country_at(
        borders, (lon[begin[doubtful]] + lon[end[doubtful]]) / 2, (lat[begin[doubtful]] + lat[end[doubtful]]) / 2
    )
    of[doubtful] = middle
    for side in (begin, end):
        of = np.where(np.array([code is None for code in of], dtype=bool), at[side], of)
    codes = (NOWHERE, *sorted({code for code in (*at, *of) if code is not None}))
    rows = {code: row for row, code in enumerate(codes)}
    of_point, of_piece = (np.array([rows[code or NOWHERE] for code in found], dtype=np.int64) for found in (at, of))
    return codes, of_point, of_piece
