"""Documents: tables that belong together, with the meaning of their columns and what must be known about them.

A document is what every file format writes (:mod:`geo.export`).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import geopandas as gpd
import pandas as pd

from geo import schema
from geo.i18n import LANGUAGES
from geo.sentences import choice, country
from geo.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.i18n import Translator

#: Unicode's classes Cc and Cs, and what is no character at all.
_UNSTORABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
#: Beyond this a float no longer holds every whole number.
_WHOLE_LIMIT: Final = 2.0**53
#: Unit by the ending of a column's name, the longest ending first.
_UNITS: Final = ("per_km2", "per_km", "km2", "m2", "persons", "kmh", "deg", "km", "m", "s")
_DEGREES: Final = frozenset({"lon", "lat"})
#: Lists of codes in columns of answers, which no contract describes.
_GROUP_OF_COLUMN: Final = {
    "evidence": "evidence",
    "answer_evidence": "evidence",
    "accepts": "waste",
    "waste": "waste",
    "surface": "surface",
    "terrain": "terrain",
    "length_basis": "length-basis",
    "status": "open-status",
    "kind": "area-kind",
}
_COUNTRY_COLUMNS: Final = frozenset({"country", "countries"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a document.

    Parameters
    ----------
    code
        Stable name: the GeoPackage's layer, and ``export.sheet.<code>`` or ``table.<code>`` is its title.
    frame
        Its rows; a GeoDataFrame in WGS 84 where the rows have a place.
    """

    code: str
    frame: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Document:
    """Tables that belong together, with what must be known about them.

    Parameters
    ----------
    sheets
        The first one is the document's subject: CSV and GeoJSON hold it alone.
    title
        The question in words.
    evidence
        Code of the weakest evidence behind the numbers; None for a plain table.
    notes, sources
        Sentences in the reader's language, and whom the numbers come from.
    """

    sheets: tuple[Sheet, ...]
    title: str = ""
    evidence: str | None = None
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def plain(value: object) -> Any:  # noqa: ANN401 - any value of JSON
    """Give a value as JSON and files know it: unknown is None, whole numbers without a fraction, several as a list."""
    if type(value) is str:
        return storable(value)
    if type(value) is float:
        return _number(value)
    if value is None or value is pd.NA:
        return None
    if isinstance(value, (tuple, list)):
        return [plain(part) for part in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return _number(value)
    # numpy's own texts come out of ``item`` above.
    return storable(value) if isinstance(value, str) else value


def _number(value: float) -> int | float | None:
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) <= _WHOLE_LIMIT else value


def storable(text: str) -> str:
    """Take out what no file format carries: control characters but tabs and line breaks, halves of characters."""
    return text if text.isprintable() else _UNSTORABLE.sub("", text)


def in_language(frame: pd.DataFrame, t: Translator) -> pd.DataFrame:
    """Replace names and notes in three languages by one column in the reader's, where they stood.

    ``name_en``, ``name_ru`` and ``name_ky`` become ``name``; ``from_name_…`` and ``note_…`` likewise.
    """
    result = frame
    for first in [column for column in frame.columns if str(column).endswith(("name_en", "note_en"))]:
        stem = str(first).removesuffix("_en")
        present = [f"{stem}_{language}" for language in LANGUAGES if f"{stem}_{language}" in result.columns]
        records = cast("list[dict[str, object]]", result[present].to_dict("records"))
        names = pd.Series([_in_language(record, stem, t) for record in records], index=result.index, dtype="object")
        kept = result.drop(columns=[*present, *({stem} & set(result.columns))])
        place = list(result.columns).index(first) - sum(
            column not in kept.columns for column in result.columns[: list(result.columns).index(first)]
        )
        kept.insert(place, stem, names)
        result = kept
    return result


def _in_language(record: dict[str, object], stem: str, t: Translator) -> str | None:
    if stem.endswith("name"):
        return t.name(record, stem) or None
    order = (t.language, *(language for language in LANGUAGES if language != t.language))
    texts = (record.get(f"{stem}_{language}") for language in order)
    return next((clean(text, max_chars=None) for text in texts if isinstance(text, str) and text.strip()), None)


def label(t: Translator, column: str, table: str = "") -> str:
    """Give a column's heading with its unit in the language; its code where the catalogues have none.

    Columns of a contract have the headings by which the reader of tables knows them.
    """
    keys = (f"export.column.{column}", f"column.{column}")
    for key in reversed(keys) if table in schema.TABLES else keys:
        if t.has(key):
            return t(key)
    return clean(column)


def unit(t: Translator, column: str) -> str:
    """Give the unit of a column, by the ending of its name; empty for what has none."""
    if column in _DEGREES:
        return t("export.unit.deg")
    ending = next((ending for ending in _UNITS if column.endswith(f"_{ending}")), None)
    return t(f"export.unit.{ending}") if ending else ""


def sheet_title(t: Translator, code: str) -> str:
    """Give the title of a table."""
    for key in (f"export.sheet.{code}", f"table.{code}"):
        if t.has(key):
            return t(key)
    # Of several tables of one kind, the later ones carry their number.
    stem, _, number = code.rpartition("_")
    return f"{sheet_title(t, stem)} {number}" if stem and number.isdigit() else clean(code)


def dictionary(document: Document, t: Translator) -> list[tuple[str, str, str, str, str]]:
    """Explain every column of a document.

    Returns
    -------
    list[tuple[str, str, str, str, str]]
        Table's title, heading, code, unit and meaning of each column.
    """
    rows = []
    for sheet in document.sheets:
        for column in data_columns(sheet.frame):
            keys = (f"export.help.{sheet.code}.{column}", f"export.help.{column}")
            meaning = next((t(key) for key in keys if t.has(key)), "")
            rows.append((sheet_title(t, sheet.code), label(t, column, sheet.code), column, unit(t, column), meaning))
    return rows


def data_columns(frame: pd.DataFrame) -> list[str]:
    """List the columns of a table other than its geometry."""
    geometry = cast("gpd.GeoDataFrame", frame).geometry.name if has_geometry(frame) else None
    return [str(column) for column in frame.columns if column != geometry]


def has_geometry(frame: pd.DataFrame) -> bool:
    """Tell whether a table has a column of geometry."""
    return isinstance(frame, gpd.GeoDataFrame) and frame._geometry_column_name in frame.columns  # noqa: SLF001


def headings(columns: Sequence[str], t: Translator, table: str = "") -> list[str]:
    """Give the headings of a table's columns, with the code after those that would read the same."""
    labels = [label(t, column, table) for column in columns]
    return [
        text if labels.count(text) == 1 else f"{text} ({column})" for text, column in zip(labels, columns, strict=True)
    ]


def _group(table: str, column: str) -> str | None:
    if table in schema.TABLES:
        contract = {part.name: part for part in schema.TABLES[table].columns}
        return schema.CHOICE_LISTS.get(contract[column].choices) if column in contract else None
    return _GROUP_OF_COLUMN.get(column)


def worded(t: Translator, table: str, column: str, value: object) -> object:
    """Write a code, a yes or no, or several values as words; leave numbers and texts as they are."""
    found = plain(value)
    if isinstance(found, bool):
        return t("export.yes" if found else "export.no")
    parts = found if isinstance(found, list) else [found]
    group = _group(table, column)
    if column in _COUNTRY_COLUMNS:
        words = [country(t, part) if isinstance(part, str) else part for part in parts]
    elif group is not None:
        words = [choice(t, group, part) if isinstance(part, str) else part for part in parts]
    else:
        words = list(parts)
    if not isinstance(found, list):
        return words[0]
    return (";" if words == parts else ", ").join(str(word) for word in words)


def coded(value: object) -> object:
    """Write a value as the tables under ``data/`` do: several with semicolons, yes as ``true``."""
    found = plain(value)
    if isinstance(found, bool):
        return "true" if found else "false"
    return ";".join(str(part) for part in found) if isinstance(found, list) else found


def remarks(document: Document, t: Translator) -> list[tuple[str, str]]:
    """List what must be known about a document: kind (``title evidence note source``) and text."""
    evidence = choice(t, "evidence", document.evidence) if document.evidence else ""
    rows = [("title", document.title), ("evidence", evidence)]
    rows += [("note", text) for text in document.notes]
    rows += [("source", text) for text in document.sources]
    return [(kind, text) for kind, text in rows if text]
