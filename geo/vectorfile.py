"""Layers in the other formats that people carry about: zipped shapefiles and GeoJSON, FlatGeobuf, GPX of a receiver, KML.

The tables of a data set are not read from these; they serve one question only.
"""

from __future__ import annotations

import tempfile
import warnings
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from geo import geofile
from geo.errors import DataError
from geo.rawtable import MAX_ROWS, RawTable, fail
from geo.reading import MAX_FILE_BYTES, read

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import pandas as pd

#: File name endings read here, beside those of :data:`geo.reading.FORMATS`.
ENDINGS: Final = (".zip", ".gpx", ".kml", ".kmz", ".fgb", ".shp")
#: Archives of layers; a KMZ is a KML that was packed with its pictures.
ARCHIVES: Final = (".zip", ".kmz")

_MEMBERS: Final = (".shp", ".geojson", ".json", ".gpkg", ".fgb", ".gpx", ".kml", ".csv")
_SHAPEFILE_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_NEEDED_PARTS: Final = (".shp", ".shx", ".dbf")
_MAX_MEMBERS: Final = 2_000
_MAX_UNPACKED_BYTES: Final = 6 * MAX_FILE_BYTES
_GPX_LAYERS: Final = {"tracks": "LineString", "routes": "LineString", "waypoints": "Point"}
_XML: Final = {".gpx": (b"<gpx", "GPX"), ".kml": (b"<kml", "KML")}
_START_BYTES: Final = 4_096
_FLATGEOBUF: Final = b"fgb\x03fgb"
# Members that a program of another system adds of its own accord.
_NOISE: Final = ("__MACOSX/", ".")


def is_vector(file: str) -> bool:
    """Tell by its name whether a file is read here."""
    return file.lower().endswith(ENDINGS)


def read_vector(file: str, content: bytes, kinds: Collection[str], layer: str = "") -> RawTable:
    """Read a layer.

    Parameters
    ----------
    file
        Name of the file as the user knows it.
    content
        Its bytes.
    kinds
        Kinds of geometry that are wanted. Of a GPX or KML file, which mixes lines and places by its nature, only
        these are taken, as long as there are any.
    layer
        Of an archive with several layers: the one to read, by the name of its file without the ending.

    Raises
    ------
    DataError
        ``shapefile-alone``, ``archive-unreadable``, ``archive-too-large``, ``archive-empty``,
        ``file-several-layers``, ``shapefile-incomplete``, ``content-differs``, ``unreadable``, ``empty-file``, and as
        :func:`geo.reading.read`.
    """
    ending = PurePosixPath(file.lower()).suffix
    if not content:
        fail("empty-file", file)
    if ending == ".shp":
        fail("shapefile-alone", file)
    if ending in ARCHIVES:
        return _archived(file, content, kinds, layer)
    if ending == ".fgb":
        return _flatgeobuf(file, content)
    return _xml(file, content, ending, kinds)


def layers_of(file: str, content: bytes) -> tuple[str, ...]:
    """Name the layers of an archive; empty for a file that is one layer."""
    if not file.lower().endswith(ARCHIVES):
        return ()
    with _opened(file, content) as packed:
        return tuple(_layers(file, packed))


def _opened(file: str, content: bytes) -> zipfile.ZipFile:
    import io  # noqa: PLC0415 - beside its only use

    try:
        packed = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        fail("archive-unreadable", file, found=str(error))
    members = packed.infolist()
    if len(members) > _MAX_MEMBERS or sum(info.file_size for info in members) > _MAX_UNPACKED_BYTES:
        fail("archive-too-large", file, limit_mb=str(_MAX_UNPACKED_BYTES // 1_000_000))
    return packed


def _layers(file: str, packed: zipfile.ZipFile) -> dict[str, str]:
    """Find the members that are layers, by the name of each without its ending."""
    found: dict[str, str] = {}
    for name in packed.namelist():
        path = PurePosixPath(name)
        if path.suffix.lower() in _MEMBERS and not name.startswith(_NOISE[0]) and not path.name.startswith(_NOISE[1]):
            found[path.stem if path.stem not in found else name] = name
    if not found:
        fail("archive-empty", file, found=", ".join(packed.namelist()[:5]), formats=", ".join(_MEMBERS))
    return found


def _archived(file: str, content: bytes, kinds: Collection[str], layer: str) -> RawTable:
    with _opened(file, content) as packed:
        found = _layers(file, packed)
        if layer not in found and len(found) > 1:
            fail("file-several-layers", file, found=", ".join(found), layer=next(iter(found)))
        member = found.get(layer) or next(iter(found.values()))
        try:
            if member.lower().endswith(".shp"):
                return _shapefile(file, packed, member)
            inner = packed.read(member)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            if isinstance(error, DataError):
                raise
            fail("archive-unreadable", file, found=str(error))
    name = f"{file}/{PurePosixPath(member).name}"
    raw = read_vector(name, inner, kinds) if is_vector(name) else read(name, inner, layer=layer)
    return RawTable(file, raw.headers, raw.rows, raw.cells, raw.header_row, raw.geometry, raw.faults)


def _shapefile(file: str, packed: zipfile.ZipFile, member: str) -> RawTable:
    """Unpack the parts of one shapefile into a folder of their own and read it there."""
    stem = member[: -len(".shp")].lower()
    parts = {info.filename.lower().removeprefix(stem): info for info in packed.infolist()}
    missing = [ending for ending in _NEEDED_PARTS if ending not in parts]
    if missing:
        fail("shapefile-incomplete", file, found=", ".join(missing))
    with tempfile.TemporaryDirectory(prefix="symap-") as folder:
        for ending in _SHAPEFILE_PARTS:
            if ending in parts:
                (Path(folder) / f"layer{ending}").write_bytes(packed.read(parts[ending]))
        return geofile.from_frame(file, _frame(file, str(Path(folder) / "layer.shp"), None, "Shapefile"))


def _flatgeobuf(file: str, content: bytes) -> RawTable:
    if not content.startswith(_FLATGEOBUF):
        fail("content-differs", file, expected="FlatGeobuf", actual="?")
    return geofile.from_frame(file, _frame(file, content, None, "FlatGeobuf"))


def _xml(file: str, content: bytes, ending: str, kinds: Collection[str]) -> RawTable:
    mark, title = _XML[ending]
    if mark not in content[:_START_BYTES].lower():
        fail("content-differs", file, expected=title, actual="XML" if content.lstrip()[:1] == b"<" else "?")
    import pandas as pd  # noqa: PLC0415 - beside its only use

    frames = [_frame(file, content, name, title) for name in _xml_layers(file, content, ending, kinds)]
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        fail("empty-file", file)
    whole = pd.concat(filled, ignore_index=True)
    wanted = whole.geometry.geom_type.isin(list(kinds))
    chosen = whole[wanted] if wanted.any() else whole
    if "id" not in chosen.columns:
        # Neither format has ids; a number is one.
        chosen = chosen.assign(id=[str(number) for number in range(1, len(chosen) + 1)])
    return geofile.from_frame(file, chosen)


def _xml_layers(file: str, content: bytes, ending: str, kinds: Collection[str]) -> Sequence[str]:
    if ending == ".gpx":
        wanted = [name for name, kind in _GPX_LAYERS.items() if kind in kinds]
        return wanted or list(_GPX_LAYERS)
    import pyogrio  # noqa: PLC0415 - loads GDAL

    try:
        return [str(name) for name in pyogrio.list_layers(content)[:, 0]]
    except Exception as error:  # noqa: BLE001 - a damaged file fails in any of its reader's ways
        fail("unreadable", file, found=str(error) or type(error).__name__, format="KML")


def _frame(file: str, source: Any, layer: str | None, title: str) -> pd.DataFrame:  # noqa: ANN401 - path or bytes
    import pyogrio  # noqa: PLC0415 - loads GDAL

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if int(pyogrio.read_info(source, layer=layer)["features"]) > MAX_ROWS:
                fail("too-many-rows", file, limit=str(MAX_ROWS))
            frame: pd.DataFrame = pyogrio.read_dataframe(source, layer=layer)
            return frame
    except DataError:
        raise
    except Exception as error:  # noqa: BLE001 - as above
        fail("unreadable", file, found=str(error) or type(error).__name__, format=title)
