"""GeoTIFF files of people: opened, checked, and read as counts of people by cell."""

from __future__ import annotations

import hashlib
import re
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np
import rasterio
from pyproj import CRS
from pyproj.exceptions import CRSError
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from geo.errors import CrsError, QuestionError, SymapError
from geo.gridplace import Placement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

#: What the cells hold: people, or people per square kilometre.
GridKind = Literal["count", "density"]

#: Above this the index would take more than 8 GB of disk.
MAX_CELLS: Final = 1_000_000_000
#: A compressed block is unpacked whole; one larger than this would not fit beside the rest.
MAX_BLOCK_BYTES: Final = 700_000_000
#: No country, and no city as large as a grid, has so many people on a square kilometre of all its ground
#: (Macao, the densest territory: 21,000); densities summed as counts of small cells soon have.
MAX_MEAN_PERSONS_PER_KM2: Final = 100_000.0

_M2_PER_KM2: Final = 1e6
_CHUNK_CELLS: Final = 4_000_000
_HASH_CHUNK_BYTES: Final = 1 << 20
_CACHE_FLOOR_BYTES: Final = 64_000_000
_CUES: Final = re.compile(
    r"[^\W_]*densit[^\W_]*|[^\W_]*dens(?=[\W_\d]|$)|dichte|плотност\w*|тыгызды\w*|_pd_|ppkm|per[\s_]hectare"
    r"|per[\s_]*(?:sq(?:uare)?\.?[\s_]*)?k(?:ilo)?m(?:et(?:er|re)s?)?\b|/\s*(?:sq\.?\s*)?km(?:\^?2|²)|per[\s_]km2",
    re.IGNORECASE,
)
_COLOURS: Final = frozenset(
    {ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.palette, ColorInterp.alpha}
)


class GridError(SymapError, ValueError):
    """A file cannot be used as a population grid."""


@dataclass(frozen=True, slots=True)
class Strip:
    """Some rows of a grid.

    Parameters
    ----------
    first_row
        Number of the first of them.
    persons
        People by cell, 0 where nothing is known.
    known
        Which cells have a value.
    """

    first_row: int
    persons: Floats
    known: Bools


@dataclass(frozen=True)
class GridFile:
    """A population grid that has passed the checks which need no reading of its cells.

    Parameters
    ----------
    path
        Where it lies.
    kind
        What its cells hold.
    is_declared
        Whether somebody said so; a kind that was only assumed is held against the numbers.
    placement
        Where its cells lie.
    """

    path: Path
    kind: GridKind
    is_declared: bool
    placement: Placement

    @property
    def name(self) -> str:
        """Name of the file without its folder."""
        return self.path.name

    def strips(self) -> Iterator[Strip]:
        """Read the grid from its first row to its last, a few million cells at a time.

        Yields
        ------
        Strip
            People by cell; densities are multiplied by the true areas of the cells.

        Raises
        ------
        GridError
            ``grid-unreadable`` for a truncated or damaged file, ``grid-negative`` and ``grid-infinite`` for values
            that are no counts, and after the last row ``grid-all-nodata`` or ``grid-density-implausible``.
        """
        total, ground_m2 = 0.0, 0.0
        any_known = False
        with _opened(self.path) as source:
            rows = _rows_at_once(source)
            for first in range(0, source.height, rows):
                last = min(first + rows, source.height)
                strip = self._strip(source, first, last)
                any_known = any_known or bool(strip.known.any())
                total += float(strip.persons.sum())
                ground_m2 += float(strip.known.sum(axis=1) @ self.placement.row_area_m2[first:last])
                yield strip
        if not any_known:
            raise GridError("grid-all-nodata", file=self.name)
        mean = total / ground_m2 * _M2_PER_KM2
        if mean > MAX_MEAN_PERSONS_PER_KM2 and not (self.is_declared and self.kind == "count"):
            raise GridError("grid-density-implausible", file=self.name, found=round(mean))

    def _strip(self, source: rasterio.DatasetReader, first: int, last: int) -> Strip:
        window = Window(0, first, source.width, last - first)
        raw = source.read(1, window=window)
        known = _known_cells(source, raw, window)
        values = raw.astype(np.float64)
        if source.scales[0] != 1.0 or source.offsets[0] != 0.0:
            values = values * source.scales[0] + source.offsets[0]
        values[~known] = 0.0
        for code, wrong in (("grid-infinite", np.isinf(values)), ("grid-negative", values < 0)):
            if wrong.any():
                row, column = (int(part) for part in np.argwhere(wrong)[0])
                raise GridError(
                    code, file=self.name, row=first + row + 1, column=column + 1, found=float(values[row, column])
                )
        if self.kind == "density":
            values *= self.placement.cell_areas_m2(first, last) / _M2_PER_KM2
        return Strip(first, values, known)

    def digest(self) -> str:
        """Hash the content of the file together with what its cells are said to hold."""
        digest = hashlib.sha256(f"{self.kind}:{self.is_declared}:".encode())
        with self.path.open("rb") as file:
            while chunk := file.read(_HASH_CHUNK_BYTES):
                digest.update(chunk)
        return digest.hexdigest()


def open_grid_file(path: str | Path, *, kind: str | None = None) -> GridFile:
    """Open a GeoTIFF of people and check what can be checked without reading its cells.

    Only the file itself counts: side files with a reference system, statistics or masks are not looked at.

    Parameters
    ----------
    path
        The file.
    kind
        ``count`` or ``density`` (people per km²) when somebody has said so. Without it counts are assumed, and a
        file that speaks of density in its name, description, units or tags is refused.

    Returns
    -------
    GridFile
        Ready to be read.

    Raises
    ------
    QuestionError
        ``grid-kind`` for a kind that does not exist.
    CrsError
        ``grid-no-crs``, ``grid-crs-unusable``.
    GridError
        ``grid-not-found``, ``grid-empty-file``, ``grid-not-geotiff``, ``grid-unreadable``, ``grid-is-picture``,
        ``grid-several-bands``, ``grid-not-numbers``, ``grid-no-position``, ``grid-rotated``, ``grid-off-globe``,
        ``grid-too-large``, ``grid-block-too-large``, ``grid-is-density``.
    """
    if kind is not None and kind not in get_args(GridKind):
        raise QuestionError("grid-kind", found=kind)
    file = Path(path)
    if not file.is_file():
        raise GridError("grid-not-found", file=file.name)
    with file.open("rb") as content:
        start = content.read(4)
    if not start:
        raise GridError("grid-empty-file", file=file.name)
    # II or MM, then 42 for TIFF and 43 for BigTIFF.
    if start not in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        raise GridError("grid-not-geotiff", file=file.name)
    with _opened(file) as source:
        _check_content(source, file.name)
        placement = _placement(source, file.name)
        cue = _density_cue(source, file)
        if kind is None and cue:
            raise GridError("grid-is-density", file=file.name, found=cue)
        held: GridKind = "density" if kind == "density" else "count"
        return GridFile(file, held, kind is not None, placement)


@contextmanager
def _opened(path: Path) -> Iterator[rasterio.DatasetReader]:
    """Open a TIFF; whatever breaks while it is read is told as one typed error."""
    # A thread of its own for GDAL: unpacking is most of the work of building an index.
    options = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_PAM_ENABLED": "NO", "GDAL_NUM_THREADS": "2"}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.Env(**options):
                source = rasterio.open(path, driver="GTiff")
        block_bytes = (
            source.block_shapes[0][0] * source.width * np.dtype(source.dtypes[0]).itemsize if source.count else 0
        )
        cache_bytes = int(min(max(_CACHE_FLOOR_BYTES, 1.2 * block_bytes), MAX_BLOCK_BYTES))
        with source, rasterio.Env(**options, GDAL_CACHEMAX=cache_bytes):
            yield source
    except (RasterioError, OSError, MemoryError) as error:
        raise GridError("grid-unreadable", file=path.name) from error


def _check_content(source: rasterio.DatasetReader, name: str) -> None:
    if source.count == 0:
        raise GridError("grid-unreadable", file=name)
    if _COLOURS & set(source.colorinterp):
        raise GridError("grid-is-picture", file=name)
    if source.count > 1:
        raise GridError("grid-several-bands", file=name, bands=source.count)
    if np.dtype(source.dtypes[0]).kind not in "iuf":
        raise GridError("grid-not-numbers", file=name)
    cells = source.width * source.height
    if cells > MAX_CELLS:
        raise GridError("grid-too-large", file=name, width=source.width, height=source.height, limit=MAX_CELLS)
    block = source.block_shapes[0]
    if block[0] * block[1] * np.dtype(source.dtypes[0]).itemsize > MAX_BLOCK_BYTES:
        raise GridError("grid-block-too-large", file=name)


def _placement(source: rasterio.DatasetReader, name: str) -> Placement:
    transform = source.transform
    if transform.is_identity:
        raise GridError("grid-no-position", file=name)
    if transform.b or transform.d:
        raise GridError("grid-rotated", file=name)
    if source.crs is None:
        raise CrsError("grid-no-crs", file=name)
    try:
        crs = CRS.from_wkt(source.crs.to_wkt())
    except (CRSError, RasterioError) as error:
        raise CrsError("grid-crs-unusable", file=name, crs="?") from error
    if not (crs.is_geographic or crs.is_projected):
        raise CrsError("grid-crs-unusable", file=name, crs=crs.name)
    size = source.width, source.height
    placement = Placement(crs.to_wkt(), transform.c, transform.f, transform.a, transform.e, *size)
    if not placement.is_on_globe():
        raise GridError("grid-off-globe", file=name, crs=crs.name)
    return placement


def _density_cue(source: rasterio.DatasetReader, path: Path) -> str | None:
    """Find the words by which a file says that it holds densities."""
    tags = {**source.tags(), **source.tags(1)}
    texts = [path.stem, source.descriptions[0], source.units[0], *tags, *map(str, tags.values())]
    found = [match.group() for text in texts if text and (match := _CUES.search(text))]
    return found[0] if found else None


def _rows_at_once(source: rasterio.DatasetReader) -> int:
    """Choose how many rows to read: whole rows of blocks where they fit, so that none is unpacked twice."""
    block_rows = int(source.block_shapes[0][0])
    wished = max(1, _CHUNK_CELLS // source.width)
    return int(max(1, wished // block_rows) * block_rows if block_rows <= 2 * wished else wished)


def _known_cells(source: rasterio.DatasetReader, raw: NDArray[np.generic], window: Window) -> Bools:
    flags = source.mask_flag_enums[0]
    known: Bools = np.ones(raw.shape, dtype=bool)
    if MaskFlags.per_dataset in flags or MaskFlags.alpha in flags:
        known &= source.read_masks(1, window=window) > 0
    nodata = source.nodata
    if raw.dtype.kind == "f":
        known &= ~np.isnan(raw)
    if nodata is None or np.isnan(nodata):
        return known
    if raw.dtype.kind == "f":
        # The header keeps text: -3.4e+38 must match the nearest number that the cells can hold.
        with np.errstate(over="ignore"):
            mark = raw.dtype.type(nodata)
        known &= raw != mark
        if abs(nodata) > 1e30:  # noqa: PLR2004 - the largest floats, written with too few digits
            known &= ~(np.isclose(raw, nodata, rtol=1e-5, atol=0.0))
        return known
    if float(nodata).is_integer():
        known &= raw != int(nodata) if _fits(raw.dtype, int(nodata)) else True
    return known


def _fits(dtype: np.dtype[Any], value: int) -> bool:
    limits = np.iinfo(dtype)
    return bool(limits.min <= value <= limits.max)
