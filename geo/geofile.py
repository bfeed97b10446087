"""GeoJSON and GeoPackage: features with their attributes, brought to WGS 84 longitude and latitude."""

from __future__ import annotations

import json
import math
import warnings
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely
import shapely.geometry
from pyproj.exceptions import CRSError

from geo.crs import to_wgs84
from geo.errors import CrsError, DataError, Fault
from geo.rawtable import MAX_COLUMNS, MAX_ROWS, Cell, RawTable, fail

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

#: Names of WGS 84 longitude and latitude in the old ``crs`` member of GeoJSON.
_LON_LAT: Final = ("CRS84", "EPSG::4326", "EPSG:4326")
#: The feature's number plus the header's row: the row that a spreadsheet of the same table shows.
_FIRST_ROW: Final = 2


def _located(file: str, geometry: Sequence[Any], crs: object) -> np.ndarray[Any, np.dtype[np.object_]]:
    """Bring geometry from the system that a file names to WGS 84."""
    try:
        frame = gpd.GeoDataFrame(geometry=gpd.GeoSeries(list(geometry), crs=crs))
        return np.asarray(to_wgs84(frame, file=file).geometry.to_numpy(), dtype=object)
    except CrsError as error:
        raise DataError(
            (Fault(error.code, file, found=_text(error.params.get("found")), params={"crs": _text(crs) or ""}),)
        ) from error
    except CRSError as error:
        raise DataError((Fault("no-crs", file, found=_text(crs), params={"crs": _text(crs) or ""}),)) from error


def _text(value: object) -> str | None:
    return None if value is None else str(getattr(value, "name", value))


def _shape(geometry: object) -> Any:  # noqa: ANN401 - shapely geometry, None, or the text of what is wrong
    """Build a geometry from GeoJSON; a text says what is wrong with it."""
    if geometry is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            shape = shapely.force_2d(shapely.geometry.shape(geometry))
    except Exception as error:  # noqa: BLE001 - malformed coordinates fail in any of shapely's ways
        return f"{type(error).__name__}: {error}"
    # GEOS itself stops at a coordinate that is not a number.
    return shape if np.isfinite(shapely.get_coordinates(shape)).all() else shape.wkt


def _assemble(file: str, records: Sequence[dict[str, Cell]], geometry: Sequence[Any]) -> RawTable:
    """Put attributes and geometry together; what could not be built becomes a fault."""
    headers = tuple(dict.fromkeys(name for record in records for name in record))
    if len(headers) > MAX_COLUMNS:
        fail("too-many-columns", file, limit=str(MAX_COLUMNS))
    faults = tuple(
        Fault("invalid-geometry", file, row=row, found=shape)
        for row, shape in enumerate(geometry, start=_FIRST_ROW)
        if isinstance(shape, str)
    )
    shapes = np.empty(len(geometry), dtype=object)
    shapes[:] = [None if isinstance(shape, str) else shape for shape in geometry]
    return RawTable(
        file=file,
        headers=headers,
        rows=tuple(range(_FIRST_ROW, _FIRST_ROW + len(records))),
        cells=tuple(tuple(record.get(name) for name in headers) for record in records),
        geometry=shapes,
        faults=faults,
    )


def _features(file: str, document: object) -> list[dict[str, Any]]:
    features: object = None
    if isinstance(document, dict) and document.get("type") == "FeatureCollection":
        features = document.get("features")
    elif isinstance(document, dict) and document.get("type") == "Feature":
        features = [document]
    if not isinstance(features, list):
        fail("not-geojson", file, found=_text(document.get("type") if isinstance(document, dict) else None))
    if len(features) > MAX_ROWS:
        fail("too-many-rows", file, limit=str(MAX_ROWS))
    if not features:
        fail("empty-file", file)
    for number, feature in enumerate(features, start=_FIRST_ROW):
        if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
            fail("not-geojson", file, row=number, found=type(feature).__name__)
    return features


def _attributes(feature: dict[str, Any]) -> dict[str, Cell]:
    properties = {str(name): value for name, value in (feature.get("properties") or {}).items()}
    if "id" not in properties and isinstance(feature.get("id"), (str, int)):
        properties = {"id": feature["id"], **properties}
    return properties


def read_geojson(file: str, text: str) -> RawTable:
    """Read a GeoJSON feature collection.

    Coordinates are WGS 84 unless the old ``crs`` member names another system.

    Parameters
    ----------
    file
        Name of the file, for faults.
    text
        Its text.

    Raises
    ------
    DataError
        ``unreadable`` for text that is no JSON, ``not-geojson`` for JSON without features, ``empty-file``
        for none, ``no-crs`` and ``crs-implausible`` for a reference system that is unknown or cannot be right.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        fail("unreadable", file, found=str(error) or type(error).__name__, format="GeoJSON")
    features = _features(file, document)
    geometry = [_shape(feature.get("geometry")) for feature in features]
    crs = document.get("crs")
    if crs is not None:
        name = crs.get("properties", {}).get("name") if isinstance(crs, dict) else crs
        if not isinstance(name, str):
            fail("no-crs", file, found=_text(name), crs="")
        if not name.endswith(_LON_LAT):
            shapes = [None if isinstance(shape, str) else shape for shape in geometry]
            moved = _located(file, shapes, name)
            geometry = [old if isinstance(old, str) else new for old, new in zip(geometry, moved, strict=True)]
    return _assemble(file, [_attributes(feature) for feature in features], geometry)


def _plain(value: object) -> Cell:
    """Give a value of a GeoPackage as plain Python; unknown is None."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, np.generic):
        return _plain(value.item())
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime() if value == value else None  # noqa: PLR0124 - NaT alone differs from itself
    return value


def layers_in(content: bytes) -> list[str]:
    """Name the layers of a GeoPackage; what is no GeoPackage fails in any of its reader's ways."""
    import pyogrio  # noqa: PLC0415 - loads GDAL, which only GeoPackages need

    with warnings.catch_warnings():
        # GDAL wonders about a database without a file's name.
        warnings.simplefilter("ignore")
        return [str(name) for name in pyogrio.list_layers(content)[:, 0]]


def _layer(file: str, content: bytes, wanted: str) -> str:
    layers = layers_in(content)
    if not layers:
        fail("empty-file", file)
    if len(layers) > 1 and not wanted:
        fail("file-several-layers", file, found=", ".join(layers), layer=layers[0])
    if len(layers) > 1 and wanted not in layers:
        fail("several-layers", file, found=", ".join(layers), wanted=wanted)
    return wanted if wanted in layers else layers[0]


def read_geopackage(file: str, content: bytes, layer: str) -> RawTable:
    """Read a layer of a GeoPackage.

    Parameters
    ----------
    file
        Name of the file, for faults.
    content
        The GeoPackage.
    layer
        Layer to read where there are several; a single layer is read whatever its name.

    Raises
    ------
    DataError
        ``unreadable`` for a damaged file, ``several-layers`` when none of them has the wanted name
        (``file-several-layers`` where none was wanted),
        ``no-crs`` and ``crs-implausible`` as for GeoJSON.
    """
    import pyogrio  # noqa: PLC0415 - loads GDAL, which only GeoPackages need

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            name = _layer(file, content, layer)
            if int(pyogrio.read_info(content, layer=name)["features"]) > MAX_ROWS:
                fail("too-many-rows", file, limit=str(MAX_ROWS))
            frame = pyogrio.read_dataframe(content, layer=name)
    except DataError:
        raise
    except Exception as error:  # noqa: BLE001 - a damaged database fails in any of its reader's ways
        fail("unreadable", file, found=str(error) or type(error).__name__, format="GeoPackage")
    return from_frame(file, frame)


def from_frame(file: str, frame: pd.DataFrame) -> RawTable:
    """Give what GDAL has read as a table with its geometry in WGS 84.

    Raises
    ------
    DataError
        ``empty-file``, ``no-crs``, ``crs-implausible``.
    """
    if frame.empty:
        fail("empty-file", file)
    names = [str(column) for column in frame.columns if column != "geometry"]
    columns = [[_plain(value) for value in frame[name].astype(object)] for name in names]
    records = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)] or [{} for _ in frame.index]
    if "geometry" not in frame.columns:
        return _assemble(file, records, [None] * len(records))
    shapes = shapely.force_2d(frame["geometry"].to_numpy())
    if any(shape is not None for shape in shapes):
        shapes = _located(file, list(shapes), frame.crs if isinstance(frame, gpd.GeoDataFrame) else None)
    return _assemble(file, records, list(shapes))
