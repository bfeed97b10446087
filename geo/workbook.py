"""Excel workbooks: unpacked only when they are small, read only when every cell means what it shows."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from openpyxl import load_workbook
from openpyxl.utils.cell import coordinate_from_string, range_boundaries

from geo.errors import DataError, Fault
from geo.rawtable import fail, from_grid, is_blank

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    from geo.rawtable import Cell, RawTable

_MB: Final = 1_000_000
#: What a workbook may grow to when unpacked; a table of 200,000 rows needs less.
MAX_UNPACKED_BYTES: Final = 100 * _MB
#: Sheets shrink ten- to fiftyfold; only a bomb shrinks more than this.
MAX_RATIO: Final = 250
MAX_MEMBERS: Final = 2_000
_SMALL_BYTES: Final = _MB

_MERGE: Final = re.compile(rb'<(?:\w+:)?mergeCell\b[^<>]*?\bref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_CELL_WITH_FORMULA: Final = re.compile(
    rb'<(?:\w+:)?c\b[^<>]*?\br="([A-Z]{1,3}\d{1,7})"[^<>]*>\s*<(?:\w+:)?f\b[^<>]*?(?:/>|>[^<]*</(?:\w+:)?f>)'
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


def _refuse_bomb(file: str, archive: zipfile.ZipFile) -> None:
    """Refuse an archive that would fill the memory, by the sizes that it declares (which bind its reader)."""
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    swollen = any(
        member.file_size > _SMALL_BYTES and member.file_size > MAX_RATIO * max(member.compress_size, 1)
        for member in members
    )
    if unpacked > MAX_UNPACKED_BYTES or swollen or len(members) > MAX_MEMBERS:
        fail("unpacked-too-large", file, found=f"{unpacked / _MB:.0f} MB", limit_mb=str(MAX_UNPACKED_BYTES // _MB))


def _refuse_entities(file: str, archive: zipfile.ZipFile) -> None:
    """Refuse parts that declare entities: no spreadsheet program writes them, and nested ones fill the memory."""
    for member in archive.infolist():
        if member.filename.endswith((".xml", ".rels", ".vml")):
            part = archive.read(member).replace(b"\x00", b"")
            if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
                fail("unreadable", file, found="<!DOCTYPE", format="XLSX")


def is_workbook(content: bytes) -> bool:
    """Tell whether a ZIP archive is an Excel workbook, by the names of its members alone."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "xl/workbook.xml" in archive.namelist() or (
                "[Content_Types].xml" in archive.namelist()
                and any(name.startswith("xl/") for name in archive.namelist())
            )
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False


def _cells(sheet: ReadOnlyWorksheet) -> Iterator[tuple[int, Sequence[Cell]]]:
    # The size that a file declares for its sheet is often wrong.
    sheet.reset_dimensions()
    yield from enumerate(sheet.iter_rows(values_only=True), start=1)


def _first_filled(sheets: Sequence[ReadOnlyWorksheet]) -> ReadOnlyWorksheet | None:
    visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"] or list(sheets)
    for sheet in visible:
        if any(not is_blank(cell) for _, row in _cells(sheet) for cell in row):
            return sheet
    return None


def _header_of(table: RawTable, column: int) -> str | None:
    position = column - 1
    return (table.headers[position] or None) if position < len(table.headers) else None


def _merged(table: RawTable, xml: bytes) -> list[Fault]:
    """Report merged cells that leave a header or a value standing in one cell for several."""
    faults = []
    last_row = table.rows[-1] if table.rows else table.header_row
    for reference in dict.fromkeys(match.decode() for match in _MERGE.findall(xml)):
        west, north, east, south = range_boundaries(reference)
        if west is None or north is None or east is None or south is None:
            continue
        if north <= table.header_row <= south and east > west:
            faults.append(
                Fault("merged-header", table.file, row=north, column=_header_of(table, west), found=reference)
            )
        elif table.header_row < north <= last_row:
            faults.append(Fault("merged-cells", table.file, row=north, column=_header_of(table, west), found=reference))
    return faults


def _uncomputed(table: RawTable, xml: bytes) -> list[Fault]:
    """Report formulas for which the file holds no computed value: they would read as empty."""
    faults = []
    for match in _CELL_WITH_FORMULA.finditer(xml):
        reference = match.group(1).decode()
        letters, row = coordinate_from_string(reference)
        column = range_boundaries(f"{letters}1")[0] or 1
        if row > table.header_row:
            faults.append(
                Fault("formula-without-value", table.file, row=row, column=_header_of(table, column), found=reference)
            )
    return faults


def read(file: str, content: bytes) -> RawTable:
    """Read the first filled visible sheet of a workbook.

    Parameters
    ----------
    file
        Name of the file, for faults.
    content
        The workbook; :func:`is_workbook` has looked at it.

    Raises
    ------
    DataError
        ``unpacked-too-large`` for a bomb, ``unreadable`` for a damaged or locked file, and what
        :func:`geo.rawtable.from_grid` raises.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_bomb(file, archive)
            _refuse_entities(file, archive)
            with warnings.catch_warnings():
                # Extensions that openpyxl leaves out (validation, formats) do not touch the values.
                warnings.simplefilter("ignore")
                book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
                sheets = [sheet for sheet in book.worksheets if hasattr(sheet, "reset_dimensions")]
                sheet = _first_filled(sheets)
                table = from_grid(file, _cells(sheet) if sheet is not None else ())
                xml = archive.read(sheet._worksheet_path) if sheet is not None else b""  # noqa: SLF001 - no public name
                book.close()
    except DataError:
        raise
    except Exception as error:  # noqa: BLE001 - a damaged workbook fails in any of its parser's ways
        fail("unreadable", file, found=type(error).__name__, format="XLSX")
    merged = _merged(table, xml)
    if any(fault.code == "merged-header" for fault in merged):
        # Every row has more cells than such a header: one fault says it all.
        table = replace(table, faults=())
    faults = [*table.faults, *merged, *_uncomputed(table, xml)]
    return replace(table, faults=tuple(faults))
