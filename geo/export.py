"""Files that a reader takes away: tables as CSV and XLSX, geometry as GeoJSON and GeoPackage.

Numbers keep their full precision and unknown stays empty. Every text passes :func:`geo.text.cell` on its way to a
spreadsheet, so that nobody's village name is run as a formula.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import geopandas as gpd
import pandas as pd
import shapely
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from geo import tracks
from geo.crs import WGS84
from geo.documents import (
    Document,
    coded,
    data_columns,
    dictionary,
    has_geometry,
    headings,
    plain,
    remarks,
    sheet_title,
    storable,
    worded,
)
from geo.errors import QuestionError
from geo.text import cell, clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from geo.i18n import Translator

#: A spreadsheet holds no longer text in one cell.
_XLSX_CELL_CHARS: Final = 32_767
_XLSX_TITLE_CHARS: Final = 31
_WIDEST_COLUMN_CHARS: Final = 60


def _rows(
    frame: pd.DataFrame, columns: Sequence[str], write: Callable[[str, object], object]
) -> Iterable[list[object]]:
    series = [frame[column].tolist() for column in columns]
    for values in zip(*series, strict=True):
        yield [cell(write(column, value)) for column, value in zip(columns, values, strict=True)]


def to_csv(document: Document, t: Translator, *, labels: bool = False) -> bytes:
    """Write a document's first table as CSV.

    Parameters
    ----------
    document
        Tables and what is known about them; the answer's evidence, notes and sources stand in every row, since a
        CSV file has no other place that survives copying.
    t
        Language of headings and words.
    labels
        Headings and codes in words, for readers; without it stable codes, for programs and for loading again.

    Returns
    -------
    bytes
        UTF-8 with a byte order mark, by which spreadsheets know it; commas, CRLF (RFC 4180). Empty is unknown.
    """
    table, frame = document.sheets[0].code, document.sheets[0].frame
    columns = data_columns(frame)
    extra = _about(document)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    heads = [*columns, *extra]
    writer.writerow([cell(text) for text in (headings(heads, t, table) if labels else heads)])

    def write(column: str, value: object) -> object:
        return worded(t, table, column, value) if labels else coded(value)

    about = [cell(write(column, value)) for column, value in extra.items()]
    writer.writerows([*row, *about] for row in _rows(frame, columns, write))
    return buffer.getvalue().encode("utf-8-sig")


def _about(document: Document) -> dict[str, str]:
    about = {
        "answer_evidence": document.evidence or "",
        "answer_notes": " | ".join(document.notes),
        "answer_sources": " | ".join(document.sources),
    }
    return {name: text for name, text in about.items() if text}


def to_xlsx(document: Document, t: Translator) -> bytes:
    """Write a document as a workbook: a sheet for each table, then the meaning of the columns, notes and sources."""
    book = Workbook()
    book.remove(book.active)
    titles: set[str] = set()
    for sheet in document.sheets:
        columns = data_columns(sheet.frame)
        rows = _rows(sheet.frame, columns, partial(worded, t, sheet.code))
        _fill(
            book.create_sheet(_free_title(sheet_title(t, sheet.code), titles)), headings(columns, t, sheet.code), rows
        )
    heads = [t(f"export.dictionary.{name}") for name in ("table", "heading", "code", "unit", "meaning")]
    _fill(book.create_sheet(_free_title(t("export.sheet.dictionary"), titles)), heads, dictionary(document, t))
    about = [(t(f"export.about.{kind}"), text) for kind, text in remarks(document, t)]
    heads = [t("export.about"), t("export.about.text")]
    _fill(book.create_sheet(_free_title(t("export.sheet.about"), titles)), heads, about)
    about_file = book.properties
    about_file.title, about_file.creator, about_file.language = clean(document.title), t("app.name"), t.language
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _free_title(title: str, taken: set[str]) -> str:
    """Make a sheet's title that a workbook accepts and that no other sheet has."""
    base = "".join(" " if char in "[]:*?/\\'" else char for char in clean(title)).strip() or "-"
    candidate, number = base[:_XLSX_TITLE_CHARS], 1
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{base[: _XLSX_TITLE_CHARS - 4]} {number}"
    taken.add(candidate.casefold())
    return candidate


def _fill(page: Worksheet, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    widths = [len(text) for text in heads]
    for number, row in enumerate([heads, *rows], start=1):
        for place, raw in enumerate(row):
            value = cell(storable(raw)[: _XLSX_CELL_CHARS - 1]) if isinstance(raw, str) else raw
            if value is None or value == "":
                continue
            target = page.cell(row=number, column=place + 1, value=repr(value) if isinstance(value, float) else value)
            if isinstance(value, float):
                # As digits, because openpyxl itself keeps only sixteen of the seventeen that a float needs.
                target.data_type = "n"
            elif isinstance(value, str):
                # Whatever the text looks like (a formula, an error code, a date), it is text.
                target.data_type = "s"
                widths[place] = max(widths[place], len(value))
                target.alignment = Alignment(vertical="top", wrap_text=len(value) > _WIDEST_COLUMN_CHARS)
            if number == 1:
                target.font = Font(bold=True)
    for place, width in enumerate(widths):
        page.column_dimensions[get_column_letter(place + 1)].width = min(width, _WIDEST_COLUMN_CHARS) + 2
    page.freeze_panes = "A2"


def _located(frame: pd.DataFrame) -> gpd.GeoDataFrame:
    """Give a table with geometry: its own, or points from ``lon`` and ``lat``; none for rows without a place."""
    if has_geometry(frame):
        located = cast("gpd.GeoDataFrame", frame)
        return located if located.crs is not None else located.set_crs(WGS84)
    if not _is_located(frame):
        return gpd.GeoDataFrame(frame, geometry=[None] * len(frame), crs=WGS84)
    known = frame["lon"].notna() & frame["lat"].notna()
    points = gpd.GeoSeries(gpd.points_from_xy(frame["lon"], frame["lat"]), index=frame.index, crs=WGS84)
    return gpd.GeoDataFrame(frame, geometry=points.where(known, None), crs=WGS84)


def _is_located(frame: pd.DataFrame) -> bool:
    return has_geometry(frame) or {"lon", "lat"} <= set(frame.columns)


def to_geojson(document: Document, t: Translator) -> bytes:
    """Write a document's first table as GeoJSON (RFC 7946), with the answer's notes and sources beside the features.

    Coordinates are longitude and latitude in WGS 84 at full precision, exteriors counter-clockwise; rows without a
    place have no geometry; property names are the codes, explained under ``dictionary``.
    """
    frame = _located(document.sheets[0].frame)
    columns = data_columns(frame)
    geometries = [json.loads(text) if text else None for text in shapely.to_geojson(_oriented(frame))]
    records = zip(*(frame[column].tolist() for column in columns), strict=True)
    features = [
        {
            "type": "Feature",
            "geometry": geometry,
            "properties": {column: plain(value) for column, value in zip(columns, values, strict=True)},
        }
        for geometry, values in zip(geometries, records, strict=True)
    ]
    first = Document(sheets=document.sheets[:1])
    meanings = {code: {"label": head, "unit": of, "meaning": text} for _, head, code, of, text in dictionary(first, t)}
    collection = {
        "type": "FeatureCollection",
        "title": storable(document.title),
        "evidence": document.evidence,
        "notes": [storable(text) for text in document.notes],
        "sources": [storable(text) for text in document.sources],
        "dictionary": meanings,
        "features": features,
    }
    return json.dumps(collection, ensure_ascii=False, allow_nan=False).encode()


def _oriented(frame: gpd.GeoDataFrame) -> Any:  # noqa: ANN401 - an array of geometries
    return shapely.orient_polygons(frame.geometry.to_numpy(), exterior_cw=False)


def to_gpkg(document: Document, t: Translator) -> bytes:
    """Write a document as a GeoPackage: a layer for each table, and tables ``dictionary`` and ``about``."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "symap.gpkg"
        for sheet in document.sheets:
            _write_layer(path, sheet.code, sheet.frame)
        heads = ("table", "label", "code", "unit", "meaning")
        _write_layer(path, "dictionary", pd.DataFrame(dictionary(document, t), columns=heads, dtype="object"))
        about = pd.DataFrame(remarks(document, t), columns=("kind", "text"), dtype="object")
        _write_layer(path, "about", about)
        return path.read_bytes()


def _write_layer(path: Path, layer: str, frame: pd.DataFrame) -> None:
    columns = data_columns(frame)
    values = {column: _layer_column(frame[column]) for column in columns}
    if _is_located(frame):
        located = _located(frame)
        kinds = set(located.geometry.geom_type.dropna())
        geometry = gpd.GeoSeries(_oriented(located), index=frame.index, crs=located.crs)
        flat = gpd.GeoDataFrame(values, geometry=geometry, index=frame.index)
        kind = kinds.pop() if len(kinds) == 1 else "Unknown"
        flat.to_file(path, layer=layer, driver="GPKG", engine="pyogrio", geometry_type=kind, index=False)
    else:
        table = gpd.GeoDataFrame(values, index=frame.index)
        table.to_file(path, layer=layer, driver="GPKG", engine="pyogrio", index=False)


def _layer_column(column: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
        return column
    texts = [None if (found := coded(value)) is None else str(found) for value in column.tolist()]
    return pd.Series(texts, index=column.index, dtype="object")


#: Writer of each file format, by the ending of a file's name.
FORMATS: Final[dict[str, Callable[[Document, Translator], bytes]]] = {
    ".csv": to_csv,
    ".xlsx": to_xlsx,
    ".geojson": to_geojson,
    ".gpkg": to_gpkg,
    ".gpx": tracks.to_gpx,
    ".kml": tracks.to_kml,
}
#: Formats that hold tables of any kind; the others hold places and ways alone.
TABLE_FORMATS: Final = (".csv", ".xlsx", ".geojson", ".gpkg")


def write(document: Document, t: Translator, file: str) -> bytes:
    """Write a document in the format that a file's name asks for.

    Raises
    ------
    QuestionError
        ``export-format``: the name ends in none of the formats'.
    """
    ending = Path(file).suffix.lower()
    if ending not in FORMATS:
        raise QuestionError("export-format", file=file, choices=" ".join(FORMATS))
    return FORMATS[ending](document, t)
