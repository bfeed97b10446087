"""Places and layers that a reader brings for one question: sites, regions, receptors and lines out of a file.

Unlike the tables under ``data/`` they need no contract: a position or a geometry is enough, and the columns with ids
and names are guessed by their headers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

from geo import words
from geo.checking import check
from geo.errors import DataError, Fault, QuestionError
from geo.geofile import layers_in
from geo.i18n import LANGUAGES
from geo.places import Place
from geo.reading import check_size, read
from geo.schema import Column, Table
from geo.values import CellError, number, text
from geo.vectorfile import is_vector, layers_of, read_vector

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from geo.rawtable import RawTable

#: Largest positional error of anything, as in the tables.
MAX_ERROR_M: Final = 100_000.0
POINTS: Final = frozenset({"Point", "MultiPoint"})
LINES: Final = frozenset({"LineString", "MultiLineString", "LinearRing"})
POLYGONS: Final = frozenset({"Polygon", "MultiPolygon"})

_ERROR: Final = Column("positional_error_m", "number", minimum=0, maximum=MAX_ERROR_M)
_LON: Final = Column("lon", "lon", required=True, nullable=False)
_LAT: Final = Column("lat", "lat", required=True, nullable=False)
_SITES: Final = Table(
    "places",
    (
        Column("id", "id", required=True, nullable=False),
        *(Column(f"name_{language}", "text") for language in LANGUAGES),
        _LON,
        _LAT,
        _ERROR,
    ),
)
_ID_ENDINGS: Final = ("pcode", "code", "osmid", "gid", "fid", "id")
_LANGUAGE_ENDINGS: Final = {"en": ("en", "eng"), "ru": ("ru", "rus"), "ky": ("ky", "kg", "kr", "kir", "kyr")}
_CYRILLIC: Final = re.compile(r"[\u0400-\u04ff]")
_MAX_LON_DEG: Final = 180.0
_MAX_LAT_DEG: Final = 90.0
_MANY: Final = 10


@dataclass(frozen=True, eq=False)
class OwnLayer:
    """Features of one layer; those without a geometry are left out and counted.

    Parameters
    ----------
    file
        Name of its file.
    ids
        Different from each other.
    names
        By language code; empty where the file has none.
    shapes
        Geometry in WGS 84, valid and not empty.
    errors_m
        Positional error of each feature; NaN where the file does not say.
    skipped
        Rows without a geometry.
    repaired
        Outlines that crossed themselves and were put right.
    """

    file: str
    ids: tuple[str, ...]
    names: tuple[Mapping[str, str], ...]
    shapes: NDArray[np.object_]
    errors_m: NDArray[np.float64]
    skipped: int
    repaired: int

    def columns(self, rows: NDArray[np.int64]) -> dict[str, object]:
        """Give id and names of some features as columns of a table; unknown is None."""
        found: dict[str, object] = {"id": pd.Series([self.ids[row] for row in rows], dtype=object)}
        for language in LANGUAGES:
            names = [self.names[row].get(language) for row in rows]
            found[f"name_{language}"] = pd.Series(names, dtype=object)
        return found


def _content(path: str | Path) -> tuple[str, bytes, str]:
    """Read a file; ``FILE#LAYER`` names a layer of it, unless a file of that very name is there."""
    file, layer = Path(path), ""
    if not file.exists() and "#" in file.name:
        name, _, layer = file.name.rpartition("#")
        file = file.with_name(name) if name else file
    try:
        check_size(file.name, file.stat().st_size)
        return file.name, file.read_bytes(), layer
    except OSError as problem:
        raise QuestionError("own-file-unreadable", file=file.name, found=problem.strerror or "") from None


def _raw(file: str, content: bytes, kinds: Collection[str], layer: str) -> RawTable:
    if is_vector(file):
        check_size(file, len(content))
        return read_vector(file, content, kinds, layer)
    return read(file, content, layer=layer)


def check_file(path: str | Path) -> None:
    """Make sure that a layer's file can be read: the layer, or of an archive with several each of them.

    Raises
    ------
    QuestionError, DataError
        As :func:`read_layer`.
    """
    file, content, layer = _content(path)
    for name in layers_of(file, content) or (layer,):
        _raw(file, content, POINTS | LINES | POLYGONS, name)


def layer_names(file: str, content: bytes) -> tuple[str, ...]:
    """Name the layers of a file that may have several and can be read; empty for any other file."""
    if file.lower().endswith(".gpkg"):
        try:
            return tuple(layers_in(content))
        except Exception:  # noqa: BLE001 - a damaged database fails in any of its reader's ways
            return ()
    return layers_of(file, content)


def read_sites(path: str | Path) -> dict[str, Place]:
    """Read places to ask about: a table with ``id``, ``lon`` and ``lat``, or a vector file of points.

    Parameters
    ----------
    path
        CSV, XLSX, GeoJSON, GeoPackage, zipped shapefile, GPX or KML (``FILE#LAYER`` of several); further columns (names, ``positional_error_m``) are optional.

    Returns
    -------
    dict[str, Place]
        By id, in the order of the file.

    Raises
    ------
    QuestionError
        ``own-file-unreadable``.
    DataError
        With every fault found: a missing or repeated id, a cell that is no number, a geometry that is no point.
    """
    return places_of(*_content(path))


def places_of(file: str, content: bytes, layer: str = "") -> dict[str, Place]:
    """Read places to ask about out of the bytes of a file; see :func:`read_sites`."""
    table = check(_with_positions(_raw(file, content, POINTS, layer)), _SITES)
    places = {}
    for row in table.to_dict("records"):
        names = {language: row[f"name_{language}"] for language in LANGUAGES}
        error_m = float(row["positional_error_m"])
        places[str(row["id"])] = Place(
            id=str(row["id"]),
            table=None,
            names={language: name for language, name in names.items() if isinstance(name, str)},
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            positional_error_m=error_m if error_m > 0 else 0.0,
        )
    return places


def _with_positions(raw: RawTable) -> RawTable:
    """Write the points of a vector file as columns, in place of such columns of the file."""
    if raw.geometry is None:
        return raw
    faults = list(raw.faults)
    cells: list[list[object]] = []
    for row, values, shape in zip(raw.rows, raw.cells, raw.geometry, strict=True):
        point = (
            shape.geoms[0] if shape is not None and shape.geom_type == "MultiPoint" and len(shape.geoms) == 1 else shape
        )
        is_point = point is not None and point.geom_type == "Point" and not point.is_empty
        if point is not None and not is_point:
            faults.append(
                Fault("geometry-kind", raw.file, row=row, found=point.geom_type, params={"expected": "Point"})
            )
        padded = [*values, *[None] * (len(raw.headers) - len(values))]
        cells.append([*padded, point.x if is_point else None, point.y if is_point else None])
    headers = ["" if {"lon", "lat"} & set(words.columns_of(header)) else header for header in raw.headers]
    return replace(raw, headers=(*headers, "lon", "lat"), cells=tuple(cells), geometry=None, faults=tuple(faults))


def read_layer(path: str | Path, kinds: Collection[str] = POINTS | LINES | POLYGONS) -> OwnLayer:
    """Read a layer of points, lines or polygons.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, zipped shapefile, GPX or KML; for points also a CSV or XLSX table with ``lon`` and
        ``lat``. Of an archive or GeoPackage with several layers ``FILE#LAYER`` names the one.
    kinds
        Kinds of geometry that the question can use; of GPX and KML only these are taken.

    Returns
    -------
    OwnLayer
        Features with a geometry.

    Raises
    ------
    QuestionError
        ``own-file-unreadable``, ``own-layer-empty``.
    DataError
        With every fault found: ``geometry-kind``, ``needs-geometry``, ``no-crs`` and what the reader finds.
    """
    file, content, layer = _content(path)
    return layer_of(file, content, kinds, layer)


def layer_of(
    file: str, content: bytes, kinds: Collection[str] = POINTS | LINES | POLYGONS, layer: str = ""
) -> OwnLayer:
    """Read a layer out of the bytes of a file; see :func:`read_layer`."""
    raw = _raw(file, content, kinds, layer)
    faults = list(raw.faults)
    shapes = _points(raw, faults) if raw.geometry is None else raw.geometry.copy()
    present = np.array([shape is not None and not shape.is_empty for shape in shapes], dtype=bool)
    broken = present & ~shapely.is_valid(shapes)
    shapes[broken] = [_mended(shape) for shape in shapes[broken]]
    for row, shape in zip(np.array(raw.rows)[present].tolist(), shapes[present], strict=True):
        lon_lat = shapely.get_coordinates(shape)
        if shape.geom_type not in kinds:
            faults.append(
                Fault(
                    "geometry-kind", file, row=row, found=shape.geom_type, params={"expected": ", ".join(sorted(kinds))}
                )
            )
        elif (np.abs(lon_lat) > [_MAX_LON_DEG, _MAX_LAT_DEG]).any() or not np.isfinite(lon_lat).all():
            faults.append(Fault("invalid-geometry", file, row=row, found=shape.wkt))
    if faults:
        raise DataError(tuple(faults[:_MANY]))
    if not present.any():
        raise QuestionError("own-layer-empty", file=file)
    rows = np.flatnonzero(present)
    return OwnLayer(
        file,
        _ids(raw, rows),
        _names(raw, rows),
        shapes[rows],
        _errors(raw, rows),
        int((~present).sum()),
        int(broken.sum()),
    )


def _mended(shape: shapely.Geometry) -> shapely.Geometry:
    """Put an outline right; lines and points that the repair leaves beside the ground fall away."""
    mended = shapely.make_valid(shape)
    if shape.geom_type not in POLYGONS or mended.geom_type in POLYGONS:
        return mended
    return shapely.union_all([part for part in shapely.get_parts(mended) if part.geom_type in POLYGONS])


def _cells(raw: RawTable, position: int) -> list[object]:
    return [row[position] if position < len(row) else None for row in raw.cells]


def _texts(raw: RawTable, position: int, rows: NDArray[np.int64]) -> list[str | None]:
    cells = _cells(raw, position)
    found: list[str | None] = []
    for row in rows:
        try:
            found.append(text(cells[row]))
        except CellError:
            found.append(None)
    return found


def _points(raw: RawTable, faults: list[Fault]) -> NDArray[np.object_]:
    """Make points of the columns of longitude and latitude."""
    columns = {}
    for column in (_LON, _LAT):
        position = next((n for n, header in enumerate(raw.headers) if column.name in words.columns_of(header)), None)
        if position is None:
            faults.append(Fault("needs-geometry", raw.file))
            return np.full(len(raw.rows), None, dtype=object)
        columns[column.name] = _numbers(raw, position, column, faults)
    placed = np.isfinite(columns["lon"]) & np.isfinite(columns["lat"])
    points = np.full(len(raw.rows), None, dtype=object)
    points[placed] = shapely.points(columns["lon"][placed], columns["lat"][placed])
    return points


def _numbers(raw: RawTable, position: int, column: Column, faults: list[Fault]) -> NDArray[np.float64]:
    found = np.full(len(raw.rows), np.nan)
    for row, cell in enumerate(_cells(raw, position)):
        try:
            found[row] = number(cell, column)
        except CellError as bad:
            told = None if cell is None else str(cell)
            faults.append(Fault(bad.code, raw.file, raw.rows[row], raw.headers[position], told, bad.params))
    return found


def _errors(raw: RawTable, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    position = next((n for n, head in enumerate(raw.headers) if _ERROR.name in words.columns_of(head)), None)
    if position is None:
        return np.full(len(rows), np.nan)
    faults: list[Fault] = []
    found = _numbers(raw, position, _ERROR, faults)
    if faults:
        raise DataError(tuple(faults[:_MANY]))
    return found[rows]


def _ids(raw: RawTable, rows: NDArray[np.int64]) -> tuple[str, ...]:
    """Take the first column that looks like ids and is different in every row; else the numbers of the rows."""
    heads = [(position, words.key(header)) for position, header in enumerate(raw.headers) if header]
    known = [position for position, _ in heads if "id" in words.columns_of(raw.headers[position])]
    others = [position for ending in _ID_ENDINGS for position, key in heads if key.endswith(ending)]
    for position in dict.fromkeys([*known, *others]):
        found = _texts(raw, position, rows)
        if all(found) and len(set(found)) == len(found):
            return tuple(str(part) for part in found)
    return tuple(str(raw.rows[row]) for row in rows)


def _names(raw: RawTable, rows: NDArray[np.int64]) -> tuple[dict[str, str], ...]:
    """Find the column of names in each language: of several, the one with the most different names."""
    names: list[dict[str, str]] = [{} for _ in rows]
    for language in LANGUAGES:
        candidates = [
            _texts(raw, position, rows)
            for position, header in enumerate(raw.headers)
            if header and _is_name(header, language)
        ]
        for found in sorted(candidates, key=lambda texts: len(set(texts)), reverse=True)[:1]:
            for row, name in enumerate(found):
                if name:
                    own = "ru" if language == "en" and _CYRILLIC.search(name) else language
                    names[row].setdefault(own, name)
    return tuple(names)


def _is_name(header: str, language: str) -> bool:
    if f"name_{language}" in words.columns_of(header):
        return True
    key = words.key(header)
    stem = next((key.removesuffix(end) for end in _LANGUAGE_ENDINGS[language] if key.endswith(end)), None)
    # "Adm2_EN", "NAME:ru", "shapeName" and the like.
    return (stem is not None and (stem.startswith(("adm", "name")) or stem.endswith("name"))) or (
        language == "en" and key.endswith("name") and not key.endswith("filename")
    )
