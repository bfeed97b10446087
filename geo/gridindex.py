"""The index of a population grid: running totals along its rows, built once for each content and kept on disk."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.gridfile import GridError, GridFile
from geo.gridplace import Placement
from geo.shelf import cache_home

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

#: Raised whenever the layout of the files changes; older indexes are then built anew.
FORMAT: Final = 2
_SPARE_BYTES: Final = 100_000_000
_MOST_SMALL_COLUMNS: Final = 65_535


@dataclass(frozen=True, eq=False)
class GridIndex:
    """Running totals of a grid, mapped into memory: pages are read when they are touched and shared by processes.

    Parameters
    ----------
    digest
        Of the file's content and kind; identity for caches.
    name
        Name of the file it was built from.
    kind
        What the cells of the file hold.
    placement
        Where the cells lie.
    persons
        Shape (height, width + 1): people in a row from its start up to each column edge.
    known
        Shape (height, width + 1): cells with a value up to each column edge; None where all have one.
    total_persons, known_cells
        Of the whole grid.
    """

    digest: str
    name: str
    kind: str
    placement: Placement
    persons: NDArray[np.float64]
    known: NDArray[np.unsignedinteger] | None
    total_persons: float
    known_cells: int


def open_index(file: GridFile, *, progress: Callable[[float], None] | None = None) -> GridIndex:
    """Open the index of a grid; it is built when there is none yet, or when the one on disk is not whole.

    Parameters
    ----------
    file
        The grid.
    progress
        Called with the share done, 0 to 1, while the index is built.

    Returns
    -------
    GridIndex
        Read-only.

    Raises
    ------
    GridError
        Whatever reading the cells finds (see :meth:`geo.gridfile.GridFile.strips`), ``cache-no-space`` or
        ``cache-unwritable``.
    """
    digest = file.digest()
    folder = cache_home() / "grids" / f"{digest[:32]}-{FORMAT}"
    found = _read(folder, file.name)
    if found is None:
        _build(file, digest, folder, progress)
        found = _read(folder, file.name)
    if found is None:
        raise GridError("cache-unwritable", folder=str(folder.parent))
    return found


def _read(folder: Path, name: str) -> GridIndex | None:
    """Map an index; None when it is absent or damaged."""
    try:
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        placement = Placement(**meta["placement"])
        shape = placement.height, placement.width + 1
        persons = _map(folder / "persons.bin", np.dtype(np.float64), shape)
        known = _map(folder / "known.bin", _known_dtype(placement.width), shape) if meta["has_gaps"] else None
        totals = float(meta["total_persons"]), int(meta["known_cells"])
        return GridIndex(meta["digest"], name, meta["kind"], placement, persons, known, *totals)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _map(path: Path, dtype: np.dtype[Any], shape: tuple[int, int]) -> NDArray[Any]:
    if path.stat().st_size != shape[0] * shape[1] * dtype.itemsize:
        raise ValueError(path.name)
    return np.asarray(np.memmap(path, dtype=dtype, mode="r", shape=shape))


def _known_dtype(width: int) -> np.dtype[np.unsignedinteger]:
    return np.dtype(np.uint16 if width <= _MOST_SMALL_COLUMNS else np.uint32)


def _build(file: GridFile, digest: str, folder: Path, progress: Callable[[float], None] | None) -> None:
    placement = file.placement
    needed = placement.height * (placement.width + 1) * (8 + _known_dtype(placement.width).itemsize)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder.parent).free
        if free < needed + _SPARE_BYTES:
            raise GridError(
                "cache-no-space", folder=str(folder.parent), needed_mb=needed // 10**6, free_mb=free // 10**6
            )
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=folder.parent))
    except OSError as error:
        raise GridError("cache-unwritable", folder=str(folder.parent)) from error
    try:
        _write(file, digest, part, progress)
        _put_in_place(part, folder)
    except OSError as error:
        raise GridError("cache-unwritable", folder=str(folder.parent)) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _write(file: GridFile, digest: str, part: Path, progress: Callable[[float], None] | None) -> None:
    placement = file.placement
    total, known_cells = 0.0, 0
    with (part / "persons.bin").open("wb") as persons_file, (part / "known.bin").open("wb") as known_file:
        for strip in file.strips():
            rows = len(strip.persons)
            persons = np.zeros((rows, placement.width + 1))
            np.cumsum(strip.persons, axis=1, out=persons[:, 1:])
            persons.tofile(persons_file)
            known = np.zeros(persons.shape, dtype=_known_dtype(placement.width))
            np.cumsum(strip.known, axis=1, dtype=known.dtype, out=known[:, 1:])
            known.tofile(known_file)
            total += float(persons[:, -1].sum())
            known_cells += int(known[:, -1].sum(dtype=np.int64))
            if progress is not None:
                progress((strip.first_row + rows) / placement.height)
    has_gaps = known_cells < placement.width * placement.height
    if not has_gaps:
        (part / "known.bin").unlink()
    meta = {
        "digest": digest,
        "kind": file.kind,
        "placement": asdict(placement),
        "has_gaps": has_gaps,
        "total_persons": total,
        "known_cells": known_cells,
    }
    (part / "meta.json").write_text(json.dumps(meta), encoding="utf-8")


def _put_in_place(part: Path, folder: Path) -> None:
    """Move a finished index to its name; when another process was faster, its index is as good."""
    if folder.exists() and _read(folder, "") is None:
        shutil.rmtree(folder)
    try:
        part.rename(folder)
    except OSError:
        if _read(folder, "") is None:
            raise
