"""What the workbook of a brief holds beside the documents that pages offer: records shown, people along, the ledgers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geo import downloads, headlines
from geo.documents import Document, Sheet, in_language

if TYPE_CHECKING:
    from geo.corridor import CorridorAnswer
    from geo.dataset import Dataset
    from geo.i18n import Translator
    from geo.inventory import InventoryAnswer, RecordAnswer


def records(answer: InventoryAnswer, picked: RecordAnswer | None, t: Translator) -> Document:
    """Make a document of the records that a view shows, and of what lies at the one that is picked."""
    shown = [Sheet(table, in_language(getattr(answer, table), t)) for table in answer.question.tables]
    quantities = [] if picked is None else [Sheet("site_quantities", _quantities(picked.quantities, t))]
    return Document(tuple(sheet for sheet in (*quantities, *shown) if len(sheet.frame)), evidence=answer.evidence)


def _quantities(frame: pd.DataFrame, t: Translator) -> pd.DataFrame:
    told = pd.DataFrame(in_language(frame, t))
    told["quantity"] = [headlines.quantity_name(t, code) for code in told["quantity"]]
    told["unit"] = [headlines.unit(t, code) for code in told["unit"]]
    return told


def along(answer: CorridorAnswer, t: Translator) -> tuple[Sheet, ...]:
    """Give the tables of who lives along a road."""
    return downloads.corridor(answer, t, {}).sheets


def claims(frame: pd.DataFrame, t: Translator) -> pd.DataFrame:
    """Give statements of the ledger of conflicts in the reader's language; a number stays a number."""
    told = pd.DataFrame(in_language(frame, t))
    rows = [row for _, row in frame.iterrows()]
    told = pd.DataFrame(told.drop(columns=[name for name in told if str(name).startswith("subject_")]))
    told.insert(2, "subject_name", pd.Series([t.name(row, "subject") for row in rows], told.index, dtype="object"))
    numbers = pd.to_numeric(frame["value"], errors="coerce")
    values = [headlines.claim(t, row) if pd.isna(number) else number for row, number in zip(rows, numbers, strict=True)]
    told["value"] = pd.Series(values, told.index, dtype="object")
    units = [
        None if pd.isna(number) else headlines.unit(t, row["unit"]) for row, number in zip(rows, numbers, strict=True)
    ]
    told["unit"] = pd.Series(units, told.index, dtype="object")
    return told


def of_part(dataset: Dataset, part: str, t: Translator) -> Document | None:
    """Make a document of a part of the page "Sources and methods"; None for a part that is text."""
    if part == "claims":
        return Document((Sheet("claims", claims(dataset.claims, t)),))
    if part == "guidelines":
        return Document((Sheet("guidelines", in_language(dataset.guidelines, t)),))
    return Document((Sheet("files", _files(dataset, t)),)) if part == "files" else None


def _files(dataset: Dataset, t: Translator) -> pd.DataFrame:
    from geo.catalogue import entries  # noqa: PLC0415 - one part of one page needs it

    rows = [
        {
            "name": t(f"table.{entry.name}") if t.has(f"table.{entry.name}") else t(entry.title),
            "file": entry.file,
            "in_use": t("files.own" if entry.name in dataset.own else "files.bundled"),
            "rows": entry.rows,
            "vintage": entry.vintage,
            "licence": entry.licence,
            "attribution": entry.attribution,
            "sha256": entry.sha256,
        }
        for entry in entries()
    ]
    return pd.DataFrame(rows)
