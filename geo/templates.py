"""Workbooks to fill in: the headers of a table, and a line in three languages on each of its columns."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from geo import words
from geo.i18n import LANGUAGES, Translator, translator

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from geo.schema import Column, Table

_REQUIRED: Final = PatternFill("solid", fgColor="F3D9C6")
_HEADER: Final = Font(bold=True)
_WRAP: Final = Alignment(wrap_text=True, vertical="top")
#: A spreadsheet keeps the list of a drop-down in at most this many characters.
_LIST_CHARS: Final = 255
#: Rows that get a drop-down.
_ROWS: Final = 1_000


def _explain(t: Translator, column: Column) -> str:
    """Say in one line what a column holds."""
    parts = [t(f"column.{column.name}"), t(f"template.kind.{column.kind}")]
    if column.minimum is not None and column.maximum is not None:
        parts.append(t("template.range", minimum=t.plain(column.minimum), maximum=t.plain(column.maximum)))
    if column.refers:
        parts.append(t("template.refers", tables=", ".join(column.refers)))
    return ". ".join(parts) + "."


def _need(t: Translator, column: Column) -> str:
    if column.kind == "id":
        return t("template.id")
    if column.required and not column.nullable:
        return t("template.required")
    if column.default is not None:
        return t("template.default", value=column.default)
    return t("template.optional")


def _choices(t: Translator, column: Column) -> str:
    group = words.choice_list(column)
    if group is None:
        return ""
    return "\n".join(f"{code}: {t(f'choice.{group}.{code}')}" for code in column.choices)


def _table_sheet(sheet: Worksheet, table: Table) -> None:
    for number, column in enumerate(table.columns, start=1):
        cell = sheet.cell(row=1, column=number, value=column.name)
        cell.font = _HEADER
        if column.required and column.kind != "id":
            cell.fill = _REQUIRED
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = max(12, len(column.name) + 2)
        listed = ",".join(column.choices)
        if column.kind == "choice" and len(listed) <= _LIST_CHARS:
            validation = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True, showErrorMessage=False)
            validation.add(f"{letter}2:{letter}{_ROWS}")
            sheet.add_data_validation(validation)
    sheet.freeze_panes = "A2"


def _explanation_sheet(sheet: Worksheet, t: Translator, table: Table) -> None:
    sheet.append([t(f"template.head.{name}") for name in ("column", "meaning", "need", "choices")])
    for column in table.columns:
        sheet.append([column.name, _explain(t, column), _need(t, column), _choices(t, column)])
    for letter, width in zip("ABCD", (24, 60, 40, 44), strict=True):
        sheet.column_dimensions[letter].width = width
        sheet[f"{letter}1"].font = _HEADER
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = _WRAP
    sheet.freeze_panes = "A2"


def workbook(table: Table) -> bytes:
    """Make the workbook of a table: the empty table first, then a sheet of explanations in each language.

    Parameters
    ----------
    table
        Contract of the table.

    Returns
    -------
    bytes
        XLSX. Filled in from the second row on, it is read back as it is.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = table.name
    _table_sheet(sheet, table)
    for language in LANGUAGES:
        t = translator(language)
        _explanation_sheet(book.create_sheet(t("template.sheet")), t, table)
    book.properties.creator = "Symap"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
