"""A user's table as it stands in the file: headers and cells, with the row numbers that the user sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn

from geo import words
from geo.errors import DataError, Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

#: What a cell can hold: str, float, int, bool, datetime, date, time, None; a list in GeoJSON.
Cell = Any

#: Titles and notes above a header take a few rows, not a page.
HEADER_SEARCH_ROWS: Final = 15
MAX_ROWS: Final = 200_000
#: Row numbers end here in a spreadsheet; blank rows count.
_LAST_ROW: Final = 1_048_576
MAX_COLUMNS: Final = 1_000


@dataclass(frozen=True)
class RawTable:
    """Headers and cells of one table, unchecked.

    Parameters
    ----------
    file
        Name of the file as the user knows it.
    headers
        Headers as written, empty for columns without one.
    rows
        Row number of each record as a spreadsheet shows it.
    cells
        A sequence of cells for each record; it may be shorter than the headers.
    header_row
        Row number of the headers.
    geometry
        Shapely geometry of each record in WGS 84 longitude and latitude (None where it has none), or
        None when the file holds no geometry.
    faults
        What was found wrong with single cells while reading.
    """

    file: str
    headers: tuple[str, ...]
    rows: tuple[int, ...]
    cells: tuple[Sequence[Cell], ...]
    header_row: int = 1
    geometry: NDArray[np.object_] | None = field(default=None, compare=False)
    faults: tuple[Fault, ...] = ()


def fail(code: str, file: str, *, row: int | None = None, found: str | None = None, **params: str) -> NoReturn:
    """Refuse a whole file.

    Raises
    ------
    DataError
        Always, with the one fault that makes the rest unreadable.
    """
    raise DataError((Fault(code, file, row=row, found=found, params=params),))


def is_blank(cell: Cell) -> bool:
    """Tell whether a cell holds nothing that a reader could see."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _header(cell: Cell) -> str:
    return "" if is_blank(cell) else " ".join(str(cell).split())


def _with_row_above(row: Sequence[str], above: Sequence[str]) -> list[str]:
    """Fill gaps of a header row from the row above, where a header stands that was merged downwards."""
    width = max(len(row), len(above))
    padded = [*row, *[""] * (width - len(row))]
    upper = [*above, *[""] * (width - len(above))]
    return [own or (top if words.is_header(top) else "") for own, top in zip(padded, upper, strict=True)]


def find_header(rows: Sequence[Sequence[Cell]]) -> tuple[int, tuple[str, ...]] | None:
    """Find the header among the first rows of a table: the row with the most known headers.

    A row counts together with known headers above its gaps, so that headers in two rows, of which some
    are merged downwards, are read as one.

    Returns
    -------
    tuple[int, tuple[str, ...]] | None
        Position of the (lower) header row and the headers; None when no row holds a known header.
    """
    texts = [[_header(cell) for cell in row] for row in rows[:HEADER_SEARCH_ROWS]]
    if texts and all(words.is_contract_name(text) for text in texts[0]):
        return 0, tuple(texts[0])
    best: tuple[int, int, tuple[str, ...]] | None = None
    for position, row in enumerate(texts):
        if not any(words.is_header(text) for text in row):
            continue
        headers = _with_row_above(row, texts[position - 1]) if position else row
        score = sum(words.is_header(text) for text in headers)
        if best is None or score > best[0]:
            best = (score, position, tuple(headers))
    return None if best is None else best[1:]


def from_grid(file: str, grid: Iterable[tuple[int, Sequence[Cell]]]) -> RawTable:
    """Make a table out of numbered rows of cells: find its header, leave blank rows out.

    Parameters
    ----------
    file
        Name of the file, for faults.
    grid
        Row number and cells of each row.

    Raises
    ------
    DataError
        ``empty-file`` for no filled cell, ``no-header-row`` when no header is known, ``too-many-rows``
        and ``too-many-columns`` beyond the limits.
    """
    filled: list[tuple[int, Sequence[Cell]]] = []
    for number, cells in grid:
        if number > _LAST_ROW:
            fail("too-many-rows", file, limit=str(MAX_ROWS))
        if all(is_blank(cell) for cell in cells):
            continue
        if len(cells) > MAX_COLUMNS:
            fail("too-many-columns", file, row=number, limit=str(MAX_COLUMNS))
        if len(filled) > MAX_ROWS:
            fail("too-many-rows", file, limit=str(MAX_ROWS))
        filled.append((number, cells))
    if not filled:
        fail("empty-file", file)
    header = find_header([cells for _, cells in filled])
    if header is None:
        first = " | ".join(text for text in map(_header, filled[0][1]) if text)
        fail("no-header-row", file, row=filled[0][0], found=first)
    position, headers = header
    body = filled[position + 1 :]
    faults = tuple(
        Fault(
            "extra-cells",
            file,
            row=number,
            found=str(next(cell for cell in cells[len(headers) :] if not is_blank(cell))),
        )
        for number, cells in body
        if any(not is_blank(cell) for cell in cells[len(headers) :])
    )
    return RawTable(
        file=file,
        headers=headers,
        rows=tuple(number for number, _ in body),
        cells=tuple(cells for _, cells in body),
        header_row=filled[position][0],
        faults=faults,
    )
