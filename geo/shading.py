"""Where people live as a picture for a web map: the density of a population grid in classes, drawn in Mercator.

A map in a browser stretches a picture evenly between its corners, and its rows are even in Mercator's ordinate, not in
latitude. So every pixel's centre is brought onto the grid, and takes the density of the cells under it: of as many cells
as a pixel is wide where the grid is finer than the screen.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geo.gridplace import Placement
    from geo.grids import Grid

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bytes = NDArray[np.uint8]
    Bounds = tuple[float, float, float, float]


class Colours(NamedTuple):
    """Colours of a picture as ``#RRGGBB``: one for each class, and that of the stripes."""

    classes: tuple[str, ...]
    stripe: str


#: Lower edges of the classes, people per km²; ground with fewer is not shaded.
CLASS_EDGES_PER_KM2: Final = (1.0, 10.0, 50.0, 250.0, 1_000.0, 5_000.0)
#: Colours of the classes, light to dark on a light map and dark to light on a dark one (after Brewer's BuPu, which
#: colour-blind readers tell apart), and of the stripes where there is no value.
COLOURS: Final[Mapping[str, Colours]] = {
    "light": Colours(("#C6D6E8", "#9EBCDA", "#8C96C6", "#8C6BB1", "#88419D", "#5C0157"), "#6B665E"),
    "dark": Colours(("#3F3556", "#5E4A85", "#8062AC", "#9C93CF", "#B9CCE6", "#F2F8FC"), "#8B857B"),
}
#: Longer side of a picture: what a map fills on a large screen.
LONGEST_PX: Final = 720
_MAX_LAT_DEG: Final = 85.0
_M2_PER_KM2: Final = 1e6
# Between nodes this close on the screen, a projection is straight to within a hundredth of a pixel.
_NODES: Final = 65
# Stripes on ground that the grid does not cover, pixels.
_STRIPE_PX, _GAP_PX = 2, 7


@dataclass(frozen=True, slots=True)
class Shading:
    """A picture of where people live.

    Parameters
    ----------
    png
        Indexed colours; transparent where fewer people live than the first class holds.
    bounds
        West, south, east, north of its edges, degrees; between them its rows are even in Mercator's ordinate.
    classes
        Numbers of the classes that occur, from 0.
    has_gaps
        Some ground in it is not covered by the grid, and striped.
    """

    png: bytes
    bounds: Bounds
    classes: tuple[int, ...]
    has_gaps: bool

    @property
    def digest(self) -> str:
        """Of the picture."""
        return hashlib.sha256(self.png).hexdigest()[:32]


def view_box(bounds: Bounds) -> Bounds:
    """Widen a frame to a box that stays the same while the frame changes a little.

    Parameters
    ----------
    bounds
        West, south, east, north of what is looked at, degrees.

    Returns
    -------
    tuple[float, float, float, float]
        A box with room round the frame, its edges on even steps.
    """
    west, south, east, north = bounds
    size = max(east - west, north - south, 0.01)
    step = 2.0 ** np.ceil(np.log2(size)) / 4
    low = np.floor((np.array([west, south]) - 0.5 * size) / step) * step
    high = np.ceil((np.array([east, north]) + 0.5 * size) / step) * step
    low[1], high[1] = max(low[1], -_MAX_LAT_DEG), min(high[1], _MAX_LAT_DEG)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def shade(grid: Grid, bounds: Bounds, colours: Sequence[str], stripe: str) -> Shading:
    """Draw the density of a grid.

    Parameters
    ----------
    grid
        Counts of people.
    bounds
        West, south, east, north, degrees.
    colours
        ``#RRGGBB``, one for each class of :data:`CLASS_EDGES_PER_KM2`.
    stripe
        Colour of the stripes on ground that the grid does not cover.

    Returns
    -------
    Shading
        All striped where the grid lies elsewhere.
    """
    column, row = _pixels_on_grid(grid.placement, bounds)
    density = _density_per_km2(grid, column, row)
    is_known = np.isfinite(density)
    classes = np.where(is_known, np.digitize(np.nan_to_num(density), CLASS_EDGES_PER_KM2), 0).astype(np.uint8)
    across = np.add.outer(np.arange(density.shape[0]), np.arange(density.shape[1]))
    striped = ~is_known & (across % (_STRIPE_PX + _GAP_PX) < _STRIPE_PX)
    classes[striped] = len(colours) + 1
    present = tuple(int(number) - 1 for number in np.unique(classes[is_known]) if number)
    return Shading(_png(classes, [*colours, stripe]), bounds, present, bool((~is_known).any()))


def _mercator(lat_deg: float) -> float:
    return float(np.arcsinh(np.tan(np.radians(lat_deg))))


def _pixels_on_grid(place: Placement, bounds: Bounds) -> tuple[Floats, Floats]:
    """Give column and row of every pixel's centre: shape (height, width); not finite where the projection ends."""
    west, south, east, north = bounds
    top, bottom = _mercator(north), _mercator(south)
    across, down = np.radians(east - west), top - bottom
    scale = LONGEST_PX / max(across, down)
    width, height = max(1, round(across * scale)), max(1, round(down * scale))
    lons = np.linspace(west, east, _NODES)
    lats = np.degrees(np.arctan(np.sinh(np.linspace(top, bottom, _NODES))))
    column, row = place.to_cells(*(part.ravel() for part in np.meshgrid(lons, lats)))
    x, y = ((np.arange(count) + 0.5) / count * (_NODES - 1) for count in (width, height))
    return _between(column.reshape(_NODES, _NODES), x, y), _between(row.reshape(_NODES, _NODES), x, y)


def _between(nodes: Floats, x: Floats, y: Floats) -> Floats:
    """Read a lattice between its nodes, straight lines from one to the next."""
    left, upper = np.minimum(x.astype(int), _NODES - 2), np.minimum(y.astype(int), _NODES - 2)
    along = nodes[:, left] * (1 - (x - left)) + nodes[:, left + 1] * (x - left)
    part = (y - upper)[:, None]
    with np.errstate(invalid="ignore"):
        result: Floats = along[upper] * (1 - part) + along[upper + 1] * part
    return result


def _density_per_km2(grid: Grid, column: Floats, row: Floats) -> Floats:
    """Give people per km² under each pixel; NaN where the grid has no value."""
    place = grid.placement
    inside = np.isfinite(column) & np.isfinite(row) & (column >= 0) & (row >= 0)
    inside &= (column < place.width) & (row < place.height)
    result = np.full(column.shape, np.nan)
    if not inside.any():
        return result
    columns, rows = column[inside].astype(np.int64), row[inside].astype(np.int64)
    size = _cells_in_pixel(column, row)
    first_row, first_column = int(rows.min()), int(columns.min())
    blocks = _blocks(grid, (first_row, int(rows.max()) + 1), (first_column, int(columns.max()) + 1), size)
    result[inside] = blocks[(rows - first_row) // size, (columns - first_column) // size]
    return result


def _cells_in_pixel(column: Floats, row: Floats) -> int:
    """Tell how many cells wide a pixel is, at least one."""
    steps = [np.abs(np.diff(column, axis=1)), np.abs(np.diff(row, axis=0))]
    found = [np.median(step[np.isfinite(step)]) for step in steps if np.isfinite(step).any()]
    return max(1, int(min(found))) if found else 1


def _blocks(grid: Grid, rows: tuple[int, int], columns: tuple[int, int], size: int) -> Floats:
    """Give people per km² of blocks of cells; NaN where none of a block's cells has a value."""
    index, place = grid.index, grid.placement
    edges = np.append(np.arange(columns[0], columns[1], size), columns[1])
    starts = np.arange(0, rows[1] - rows[0], size)
    persons = np.diff(index.persons[rows[0] : rows[1], edges], axis=1)
    if index.known is None:
        known = np.broadcast_to(np.diff(edges).astype(float), persons.shape)
    else:
        known = np.diff(index.known[rows[0] : rows[1], edges].astype(float), axis=1)
    ground_m2 = known * place.row_area_m2[rows[0] : rows[1], None]
    people, ground = (np.add.reduceat(part, starts, axis=0) for part in (persons, ground_m2))
    with np.errstate(invalid="ignore", divide="ignore"):
        density: Floats = np.where(ground > 0, people / ground * _M2_PER_KM2, np.nan)
    return density


def _png(classes: Bytes, colours: Sequence[str]) -> bytes:
    """Write a picture of indexed colours, the first of which is transparent.

    References
    ----------
    Portable Network Graphics (PNG) Specification, third edition, W3C, https://www.w3.org/TR/png-3/
    """
    height, width = classes.shape
    palette = b"\0\0\0" + b"".join(bytes.fromhex(colour.lstrip("#")) for colour in colours)
    lines = np.zeros((height, width + 1), dtype=np.uint8)  # each line begins with the number of its filter: none
    lines[:, 1:] = classes
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"tRNS", b"\0"), (b"IDAT", zlib.compress(lines.tobytes(), 6)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in (*chunks, (b"IEND", b"")))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
