"""Points and ways for devices that know neither tables nor Symap: GPX 1.1 and KML 2.2.

Such a file is followed, not read. It therefore never holds an illustrative place, nor a place for waste that must
not be moved, and says how many rows it left out.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast
from xml.etree import ElementTree as ET

import pandas as pd
import shapely

from geo.documents import coded, data_columns, has_geometry, in_language, label, remarks, storable, worded
from geo.errors import QuestionError
from geo.schema import DO_NOT_MOVE
from geo.text import clean, html

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geo.documents import Document, Sheet
    from geo.i18n import Translator

GPX: Final = "http://www.topografix.com/GPX/1/1"
KML: Final = "http://www.opengis.net/kml/2.2"
#: Of the record behind a point, code by code.
RECORD: Final = "urn:symap:record:1"

#: What a reader on the way wants to know, in this order.
_TOLD: Final = (
    "evidence", "source_date", "distance_m", "travel_time_s", "accepts", "contact", "hours", "status", "kind",
    "population_persons", "source", "note",
)  # fmt: skip
_LEAST_ERROR_M: Final = 500.0
_NAME_CHARS: Final = 120


@dataclass(frozen=True, slots=True)
class _Mark:
    """One row with a place: its name, what is told of it, its codes and its shape."""

    kind: str
    name: str
    told: tuple[str, ...]
    codes: tuple[tuple[str, str, str], ...]
    shape: Any


@dataclass
class _LeftOut:
    unplaced: int = 0
    illustrative: int = 0


def _marks(document: Document, t: Translator) -> tuple[list[_Mark], _LeftOut]:
    if document.evidence == "illustrative" and any(sheet.code == "route" for sheet in document.sheets):
        raise QuestionError("track-illustrative")
    left_out = _LeftOut()
    marks = [mark for sheet in document.sheets for mark in _of_sheet(sheet, document, t, left_out)]
    if not marks:
        raise QuestionError("track-empty", file=document.title or document.sheets[0].code)
    return marks, left_out


def _of_sheet(sheet: Sheet, document: Document, t: Translator, left_out: _LeftOut) -> Iterator[_Mark]:
    shapes = _shapes(sheet.frame)
    if shapes is None:
        return
    frame = pd.DataFrame(in_language(sheet.frame, t))
    columns = [column for column in data_columns(frame) if column != "geometry"]
    records = cast("list[dict[str, Any]]", frame[columns].to_dict("records"))
    for record, shape in zip(records, shapes, strict=True):
        if record.get("evidence") == "illustrative":
            left_out.illustrative += 1
        elif shape is None or shape.is_empty:
            left_out.unplaced += 1
        elif _movable_only(record):
            yield _mark(sheet.code, record, shape, document, t)


def _shapes(frame: pd.DataFrame) -> Iterable[Any] | None:
    if has_geometry(frame):
        return list(cast("Any", frame).geometry)
    if not {"lon", "lat"} <= set(frame.columns):
        return None
    placed = frame["lon"].notna() & frame["lat"].notna()
    rows = zip(frame["lon"], frame["lat"], placed, strict=True)
    return [shapely.Point(lon, lat) if known else None for lon, lat, known in rows]


def _movable_only(record: dict[str, Any]) -> bool:
    """Take waste that must not be moved out of what a place accepts; False where nothing else is left."""
    accepts = record.get("accepts")
    if not isinstance(accepts, tuple) or not accepts:
        return True
    record["accepts"] = tuple(code for code in accepts if code not in DO_NOT_MOVE)
    return bool(record["accepts"])


def _mark(table: str, record: dict[str, Any], shape: Any, document: Document, t: Translator) -> _Mark:  # noqa: ANN401
    name = record.get("name")
    if not isinstance(name, str) or not name:
        name = t("track.leg") if record.get("part") == "leg" else document.title or table
    told = [f"{label(t, column, table)}: {text}" for column in _TOLD if (text := _word(t, table, column, record))]
    error_m = record.get("positional_error_m")
    if isinstance(error_m, float) and error_m >= _LEAST_ERROR_M:
        told.insert(0, t("track.within", distance=t.km(error_m)))
    codes = []
    for column, value in record.items():
        found = coded(value)
        if found is not None and found != "":
            codes.append((column, label(t, column, table), storable(str(found))))
    return _Mark(table, clean(storable(name), max_chars=_NAME_CHARS), tuple(told), tuple(codes), shape)


def _word(t: Translator, table: str, column: str, record: dict[str, Any]) -> str:
    value = record.get(column)
    if column == "distance_m":
        return t.km(value) if isinstance(value, float) and value == value else ""  # noqa: PLR0124 - not NaN
    if column == "travel_time_s":
        return t.duration(value) if isinstance(value, float) and value == value else ""  # noqa: PLR0124 - not NaN
    found = worded(t, table, column, value) if value is not None else None
    return "" if found is None else clean(storable(str(found)), max_chars=None)


def _about(document: Document, t: Translator, left_out: _LeftOut) -> list[str]:
    lines = [clean(text, max_chars=None) for kind, text in remarks(document, t) if kind != "title"]
    if left_out.unplaced or left_out.illustrative:
        lines.append(t("track.left-out", unplaced=left_out.unplaced, illustrative=left_out.illustrative))
    return lines


def _bytes(root: ET.Element) -> bytes:
    buffer = io.BytesIO()
    ET.ElementTree(root).write(buffer, encoding="utf-8", xml_declaration=True)
    return buffer.getvalue()


def _text(parent: ET.Element, tag: str, text: str, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, tag, attributes)
    child.text = storable(text)
    return child


def _parts(shape: Any) -> list[Any]:  # noqa: ANN401 - any geometry
    return list(shapely.get_parts(shape))


def to_gpx(document: Document, t: Translator) -> bytes:
    """Write the points of a document as waypoints and its lines as tracks.

    Parameters
    ----------
    document
        Tables with places. Areas have no counterpart in GPX and are left out.
    t
        Language of names and of what is told.

    Returns
    -------
    bytes
        GPX 1.1. The record behind each point stands, code by code, in its ``extensions``.

    Raises
    ------
    QuestionError
        ``track-illustrative`` for a route that rests on an example; ``track-empty`` where nothing is left.
    """
    marks, left_out = _marks(document, t)
    ET.register_namespace("", GPX)
    ET.register_namespace("symap", RECORD)
    root = ET.Element(f"{{{GPX}}}gpx", {"version": "1.1", "creator": "Symap"})
    metadata = ET.SubElement(root, f"{{{GPX}}}metadata")
    _text(metadata, f"{{{GPX}}}name", document.title or "Symap")
    _text(metadata, f"{{{GPX}}}desc", "\n".join(_about(document, t, left_out)))
    lines = []
    for mark in marks:
        for part in _parts(mark.shape):
            if part.geom_type == "Point":
                _gpx_mark(root, f"{{{GPX}}}wpt", mark, lon=repr(part.x), lat=repr(part.y))
            elif part.geom_type in {"LineString", "LinearRing"}:
                lines.append((mark, part))
    for mark, part in lines:
        track = _gpx_mark(root, f"{{{GPX}}}trk", mark)
        segment = ET.SubElement(track, f"{{{GPX}}}trkseg")
        for lon, lat in shapely.get_coordinates(part).tolist():
            ET.SubElement(segment, f"{{{GPX}}}trkpt", {"lat": repr(lat), "lon": repr(lon)})
    return _bytes(root)


def _gpx_mark(root: ET.Element, tag: str, mark: _Mark, **place: str) -> ET.Element:
    element = ET.SubElement(root, tag, place)
    _text(element, f"{{{GPX}}}name", mark.name)
    _text(element, f"{{{GPX}}}desc", "\n".join(mark.told))
    _text(element, f"{{{GPX}}}type", mark.kind)
    extensions = ET.SubElement(element, f"{{{GPX}}}extensions")
    record = ET.SubElement(extensions, f"{{{RECORD}}}record")
    for code, _, value in mark.codes:
        _text(record, f"{{{RECORD}}}value", value, name=code)
    return element


def to_kml(document: Document, t: Translator) -> bytes:
    """Write the rows of a document that have a place as placemarks.

    Descriptions are HTML to the programs that show them: every text in them is escaped for that first.

    Parameters
    ----------
    document
        Tables with places.
    t
        Language of names and of what is told.

    Returns
    -------
    bytes
        KML 2.2. The record behind each placemark stands, code by code, in its ``ExtendedData``.

    Raises
    ------
    QuestionError
        As for :func:`to_gpx`.
    """
    marks, left_out = _marks(document, t)
    ET.register_namespace("", KML)
    root = ET.Element(f"{{{KML}}}kml")
    whole = ET.SubElement(root, f"{{{KML}}}Document")
    _text(whole, f"{{{KML}}}name", document.title or "Symap")
    _text(whole, f"{{{KML}}}description", _as_html(_about(document, t, left_out)))
    for mark in marks:
        placemark = ET.SubElement(whole, f"{{{KML}}}Placemark")
        _text(placemark, f"{{{KML}}}name", mark.name)
        _text(placemark, f"{{{KML}}}Snippet", "", maxLines="0")
        _text(placemark, f"{{{KML}}}description", _as_html(mark.told))
        extended = ET.SubElement(placemark, f"{{{KML}}}ExtendedData")
        for code, heading, value in mark.codes:
            data = ET.SubElement(extended, f"{{{KML}}}Data", {"name": code})
            _text(data, f"{{{KML}}}displayName", heading)
            _text(data, f"{{{KML}}}value", value)
        parts = _parts(mark.shape)
        holder = placemark if len(parts) == 1 else ET.SubElement(placemark, f"{{{KML}}}MultiGeometry")
        for part in parts:
            _kml_shape(holder, part)
    return _bytes(root)


def _as_html(lines: Iterable[str]) -> str:
    return "<br>".join(html(line, max_chars=None) for line in lines)


def _coordinates(shape: Any) -> str:  # noqa: ANN401 - a point or a line
    return " ".join(f"{lon!r},{lat!r}" for lon, lat in shapely.get_coordinates(shape).tolist())


def _kml_shape(holder: ET.Element, shape: Any) -> None:  # noqa: ANN401 - any single geometry
    if shape.geom_type == "Polygon":
        polygon = ET.SubElement(holder, f"{{{KML}}}Polygon")
        oriented = shapely.orient_polygons(shape)
        outer = ET.SubElement(polygon, f"{{{KML}}}outerBoundaryIs")
        _text(ET.SubElement(outer, f"{{{KML}}}LinearRing"), f"{{{KML}}}coordinates", _coordinates(oriented.exterior))
        for ring in oriented.interiors:
            inner = ET.SubElement(polygon, f"{{{KML}}}innerBoundaryIs")
            _text(ET.SubElement(inner, f"{{{KML}}}LinearRing"), f"{{{KML}}}coordinates", _coordinates(ring))
        return
    tag = "Point" if shape.geom_type == "Point" else "LineString"
    element = ET.SubElement(holder, f"{{{KML}}}{tag}")
    if tag == "LineString":
        _text(element, f"{{{KML}}}tessellate", "1")
    _text(element, f"{{{KML}}}coordinates", _coordinates(shape))
