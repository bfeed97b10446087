"""Layers as people carry them about: zipped shapefiles, zipped GeoJSON, GPX and KML, whole, mixed, damaged and hostile."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from geo import vectorfile
from geo.brought import LINES, POINTS, POLYGONS, layer_of, read_layer, read_sites
from geo.corridor import read_line
from geo.errors import DataError
from geo.i18n import translator
from geo.regions import read_regions
from geo.sentences import error
from geo.vectorfile import layers_of
from tests.test_regions import collection

if TYPE_CHECKING:
    from pathlib import Path

GPX = b"""<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="40.0" lon="71.5"><name>\xd0\x91\xd1\x83\xd0\xb6\xd1\x83\xd0\xbc</name></wpt>
<wpt lat="40.1" lon="71.6"><name>Bridge</name></wpt>
<rte><name>Plan</name><rtept lat="40.0" lon="71.5"/><rtept lat="40.0" lon="71.7"/></rte>
<trk><name>Stream</name><trkseg><trkpt lat="40.0" lon="71.5"><ele>900</ele></trkpt>
<trkpt lat="40.2" lon="71.5"><ele>950</ele></trkpt></trkseg></trk>
</gpx>"""
KML = b"""<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document>
<Folder><name>one</name><Placemark><name>Start</name><Point><coordinates>71.5,40.0,0</coordinates></Point></Placemark>
<Placemark><name>Way</name><LineString><coordinates>71.5,40.0,0 71.7,40.0,0</coordinates></LineString></Placemark></Folder>
<Folder><name>two</name><Placemark><name>Ground</name><Polygon><outerBoundaryIs><LinearRing>
<coordinates>71,40 72,40 72,41 71,41 71,40</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Folder>
</Document></kml>"""


def zipped(*members: tuple[str, bytes]) -> bytes:
    """Pack members into an archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def shapefile(folder: Path, name: str, *, crs: str = "EPSG:32642") -> list[tuple[str, bytes]]:
    """Make the parts of a shapefile of two squares, named in Cyrillic, in a projected system."""
    rows = {"raion_code": ["1", "2"], "name": ["Баткен", "Кадамжай"]}
    shapes = [shapely.box(71, 39, 71.5, 41), shapely.box(71.5, 39, 72, 41)]
    frame = gpd.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4326").to_crs(crs)
    frame.to_file(folder / f"{name}.shp", engine="pyogrio", encoding="utf-8")
    return [(path.name, path.read_bytes()) for path in sorted(folder.glob(f"{name}.*"))]


def test_a_zipped_shapefile(tmp_path: Path) -> None:
    """Its reference system and its letters are heeded, in a folder of the archive too."""
    parts = [(f"deep/{name}", content) for name, content in shapefile(tmp_path, "adm2")]
    (tmp_path / "raions.zip").write_bytes(zipped(("deep/read.me", b"x"), ("__MACOSX/._adm2.shp", b"x"), *parts))
    layer = read_regions(tmp_path / "raions.zip")
    assert layer.file == "raions.zip"
    assert layer.ids == ("1", "2")
    assert [names["ru"] for names in layer.names] == ["Баткен", "Кадамжай"]
    assert shapely.area(layer.shapes) == pytest.approx([1.0, 1.0], rel=1e-3)


def test_an_archive_of_several_layers(tmp_path: Path) -> None:
    """The fault names them, ``FILE#LAYER`` takes one; a single layer is taken whatever its name."""
    lines = collection([({"id": "7"}, shapely.LineString([(71, 40), (72, 40)]))])
    content = zipped(*shapefile(tmp_path, "adm2"), ("roads.geojson", lines))
    (tmp_path / "all.zip").write_bytes(content)
    assert layers_of("all.zip", content) == ("adm2", "roads")
    with pytest.raises(DataError, match="file-several-layers") as told:
        read_layer(tmp_path / "all.zip")
    assert "all.zip#adm2" in error(translator("en"), told.value)
    assert read_layer(f"{tmp_path}/all.zip#adm2").ids == ("1", "2")
    line, _ = read_line(f"{tmp_path}/all.zip#roads")
    assert shapely.get_coordinates(line).tolist() == [[71, 40], [72, 40]]
    with pytest.raises(DataError, match="file-several-layers"):
        read_layer(f"{tmp_path}/all.zip#none")
    assert layer_of("one.zip", zipped(("roads.geojson", lines)), LINES).ids == ("7",)
    (tmp_path / "odd#name.geojson").write_bytes(lines)
    assert read_layer(tmp_path / "odd#name.geojson").ids == ("7",)


def test_gpx_is_lines_or_places(tmp_path: Path) -> None:
    """A route is its tracks and routes, a list of places its waypoints, and both are receptors."""
    (tmp_path / "trip.gpx").write_bytes(GPX)
    line, error_m = read_line(tmp_path / "trip.gpx")
    assert [len(part.coords) for part in line.geoms] == [2, 2]
    assert not line.has_z
    assert error_m != error_m  # noqa: PLR0124 - a receiver's file does not say
    places = read_sites(tmp_path / "trip.gpx")
    assert list(places) == ["1", "2"]
    assert places["2"].names == {"en": "Bridge"}
    everything = read_layer(tmp_path / "trip.gpx")
    assert {shape.geom_type for shape in everything.shapes} == {"Point", "LineString", "MultiLineString"}
    assert layer_of("trip.gpx", GPX, POINTS).names[0] == {"ru": "Бужум"}


def test_kml_gives_what_is_asked_for() -> None:
    """Of all its folders; what is not there at all is a fault, not an empty answer."""
    assert layer_of("drawn.kml", KML, LINES).names == ({"en": "Way"},)
    assert layer_of("drawn.kml", KML, POLYGONS).names == ({"en": "Ground"},)
    assert len(layer_of("drawn.kml", KML).ids) == 3
    points = KML[: KML.index(b"<Placemark><name>Way")] + b"</Folder></Document></kml>"
    with pytest.raises(DataError, match="geometry-kind"):
        layer_of("drawn.kml", points, LINES)
    assert layer_of("drawn.zip", zipped(("doc.kml", KML)), POLYGONS).names == ({"en": "Ground"},)


BOMB = b"""<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
<!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">]>
<gpx xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="40" lon="71"><name>&f;&f;&f;&f;</name></wpt></gpx>"""
FILE_ENTITY = b"""<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<gpx xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="40" lon="71"><name>&a;</name></wpt></gpx>"""


@pytest.mark.parametrize(
    ("file", "content", "code"),
    [
        ("a.gpx", b"", "empty-file"),
        ("a.zip", b"", "empty-file"),
        ("a.gpx", KML, "content-differs"),
        ("a.kml", b"id,lon,lat\n", "content-differs"),
        ("a.gpx", GPX[:300], "unreadable"),
        ("a.kml", KML[:200], "unreadable"),
        ("a.gpx", b'<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1"></gpx>', "empty-file"),
        ("a.shp", b"\x00\x00\x27\x0a", "shapefile-alone"),
        ("a.zip", b"PK\x03\x04 nothing of the kind", "archive-unreadable"),
        ("a.zip", zipped(("read.me", b"x")), "archive-empty"),
        ("a.zip", zipped(("a.shp", b"\x00\x00\x27\x0a")), "shapefile-incomplete"),
        ("a.zip", zipped(("a.shp", b"x"), ("a.shx", b"x"), ("a.dbf", b"x")), "unreadable"),
        ("a.zip", zipped(("a.geojson", b"{")), "unreadable"),
        ("a.zip", zipped(*((f"{n}.txt", b"") for n in range(2001))), "archive-too-large"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(len(value)),
)
def test_damaged_files_are_named(file: str, content: bytes, code: str) -> None:
    """With a code each, and a sentence in which nothing is missing."""
    with pytest.raises(DataError, match=code) as told:
        layer_of(file, content)
    assert file in error(translator("en"), told.value)


def test_an_archive_that_swells_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it says of its members' sizes is enough; what it hides is not read beyond that size either."""
    monkeypatch.setattr(vectorfile, "_MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(DataError, match="archive-too-large"):
        layer_of("a.zip", zipped(("a.geojson", bytes(1001))))


def test_a_shapefile_without_its_system_is_refused(tmp_path: Path) -> None:
    """Metres are not taken for degrees."""
    parts = [(name, content) for name, content in shapefile(tmp_path, "a") if not name.endswith(".prj")]
    with pytest.raises(DataError, match="no-crs"):
        layer_of("a.zip", zipped(*parts))


@pytest.mark.parametrize("content", [BOMB, FILE_ENTITY])
def test_xml_that_blows_up_or_peeks_is_harmless(content: bytes) -> None:
    """It is refused, or its entity stays what it is: a short text."""
    try:
        names = layer_of("a.gpx", content, POINTS).names
    except DataError:
        return
    assert all("root:" not in name and len(name) < 1000 for each in names for name in each.values())


def test_an_archive_writes_nowhere_else(tmp_path: Path) -> None:
    """Names that climb out of the folder are names, nothing more."""
    parts = [(f"../../../{name}", content) for name, content in shapefile(tmp_path, "adm2")]
    before = sorted(path.name for path in tmp_path.parent.iterdir())
    assert layer_of("a.zip", zipped(*parts), POLYGONS).ids == ("1", "2")
    assert sorted(path.name for path in tmp_path.parent.iterdir()) == before


def test_flatgeobuf_and_kmz(tmp_path: Path) -> None:
    """Both are read by their content; a FlatGeobuf that is none is refused by name."""
    frame = gpd.GeoDataFrame(
        {"code": ["a", "b"]}, geometry=[shapely.box(71, 40, 72, 41), shapely.box(72, 40, 73, 41)], crs=4326
    )
    frame.to_crs("EPSG:32642").to_file(tmp_path / "r.fgb", driver="FlatGeobuf", engine="pyogrio")
    layer = read_regions(tmp_path / "r.fgb")
    assert sorted(layer.ids) == ["a", "b"]
    assert shapely.union_all(layer.shapes).bounds == pytest.approx((71, 40, 73, 41), abs=1e-6)
    assert layer_of("way.kmz", zipped(("doc.kml", KML), ("files/icon.png", b"x")), LINES).names[0]["en"] == "Way"
    with pytest.raises(DataError, match="content-differs"):
        layer_of("r.fgb", b"something else")


def test_a_geopackage_of_several_layers(tmp_path: Path) -> None:
    """Who names none is told how; the sentence has no hole where a name is missing."""
    for name, west in (("raions", 71), ("oblasts", 72)):
        frame = gpd.GeoDataFrame({"code": [name]}, geometry=[shapely.box(west, 40, west + 1, 41)], crs=4326)
        frame.to_file(tmp_path / "all.gpkg", layer=name, engine="pyogrio")
    with pytest.raises(DataError, match="file-several-layers") as told:
        read_regions(tmp_path / "all.gpkg")
    assert "all.gpkg#raions" in error(translator("en"), told.value)
    assert read_regions(f"{tmp_path}/all.gpkg#oblasts").ids == ("oblasts",)


def test_coordinates_that_are_no_numbers() -> None:
    """JSON of many programs writes NaN and Infinity; GEOS stops at them, so they are found first."""
    text = (
        b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":'
        b'{"type":"Polygon","coordinates":[[[71,39],[NaN,40],[72,Infinity],[71,39]]]}}]}'
    )
    with pytest.raises(DataError, match="invalid-geometry"):
        layer_of("r.geojson", text, POLYGONS)
