"""Heights from elevation tiles of one degree (HGT), as they are or zipped."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.errors import SymapError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

_NAME: Final = re.compile(r"([NS])(\d{2})([EW])(\d{3})", re.IGNORECASE)
#: Posts along an edge of a tile of one and of three arc seconds.
_EDGES: Final = (3601, 1201)
_VOID: Final = -32768
_HIGHEST_M: Final = 9_000
_BYTES: Final = 2


class ElevationError(SymapError, ValueError):
    """A file is no elevation tile."""


@dataclass(frozen=True, eq=False)
class Tile:
    """Heights of one degree, rows from north to south; its south-west corner gives it its name."""

    west: int
    south: int
    height_m: NDArray[np.float32]


def _bytes_of(path: Path) -> tuple[str, bytes]:
    if path.suffix.lower() != ".zip":
        return path.name, path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        name = next((name for name in archive.namelist() if name.lower().endswith(".hgt")), None)
        if name is None:
            raise ElevationError("elevation-unreadable", file=path.name)
        if archive.getinfo(name).file_size > _BYTES * _EDGES[0] ** 2:
            raise ElevationError("elevation-unreadable", file=path.name)
        return name, archive.read(name)


def read_tile(path: Path) -> Tile:
    """Read a tile.

    Parameters
    ----------
    path
        ``N42E001.hgt`` or the same zipped; the name says where it lies.

    Raises
    ------
    ElevationError
        ``elevation-unreadable`` for a missing file, a name without a place or a size that no tile has.
    """
    try:
        name, content = _bytes_of(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise ElevationError("elevation-unreadable", file=path.name) from error
    place = _NAME.search(name) or _NAME.search(path.name)
    edge = next((edge for edge in _EDGES if len(content) == _BYTES * edge * edge), None)
    if place is None or edge is None:
        raise ElevationError("elevation-unreadable", file=path.name)
    height_m = np.frombuffer(content, dtype=">i2").reshape(edge, edge).astype(np.float32)
    height_m[(height_m == _VOID) | (height_m > _HIGHEST_M)] = np.nan
    south = int(place[2]) * (1 if place[1].upper() == "N" else -1)
    west = int(place[4]) * (1 if place[3].upper() == "E" else -1)
    return Tile(west, south, height_m)


def read_tiles(paths: Iterable[Path]) -> tuple[Tile, ...]:
    """Read tiles, and all tiles in the folders among the paths.

    Raises
    ------
    ElevationError
        As :func:`read_tile`.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(file for file in path.iterdir() if file.name.lower().endswith((".hgt", ".hgt.zip")))
        else:
            files.append(path)
    return tuple(read_tile(file) for file in files)


def heights_m(tiles: Iterable[Tile], lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the heights of points, linear between the four posts around each; NaN where no tile knows."""
    heights = np.full(len(lon), np.nan)
    for tile in tiles:
        inside = np.flatnonzero(
            (lon >= tile.west) & (lon <= tile.west + 1) & (lat >= tile.south) & (lat <= tile.south + 1)
        )
        steps = tile.height_m.shape[0] - 1
        column, row = (lon[inside] - tile.west) * steps, (tile.south + 1 - lat[inside]) * steps
        left = np.minimum(column.astype(np.int64), steps - 1)
        upper = np.minimum(row.astype(np.int64), steps - 1)
        right_part, lower_part = column - left, row - upper
        grid = tile.height_m
        above = grid[upper, left] * (1 - right_part) + grid[upper, left + 1] * right_part
        below = grid[upper + 1, left] * (1 - right_part) + grid[upper + 1, left + 1] * right_part
        heights[inside] = above * (1 - lower_part) + below * lower_part
    return heights
