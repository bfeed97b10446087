"""Files in every state in which users bring them: read as they are meant, or refused with the reason."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
from openpyxl import Workbook
from shapely.geometry import Point

from geo import rawtable, reading, workbook
from geo.crs import WGS84
from geo.errors import DataError, Fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEADERS = ["name_ru", "accepts", "lat", "lon"]
ROW = ["Пункт Ө Ү Ң", "lamps", "39.94", "71.34"]


def only_fault(file: str, content: bytes) -> Fault:
    """Read a file that has to be refused for one reason, and give the reason."""
    with pytest.raises(DataError) as caught:
        reading.read(file, content, layer="sites")
    assert len(caught.value.faults) == 1
    return caught.value.faults[0]


def csv_text(*rows: list[str], delimiter: str = ",") -> str:
    """Write rows as CSV without quoting."""
    return "\n".join(delimiter.join(row) for row in rows) + "\n"


def book(*rows: list[object], change: Callable[[Workbook], None] | None = None) -> bytes:
    """Make a workbook of some rows."""
    made = Workbook()
    for row in rows:
        made.active.append(row)
    if change is not None:
        change(made)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def features(*properties: dict[str, object], crs: str | None = None, lon: float = 71.34, lat: float = 39.94) -> bytes:
    """Make a GeoJSON collection whose features all stand at one point."""
    document: dict[str, object] = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": part, "geometry": {"type": "Point", "coordinates": [lon, lat]}}
            for part in properties
        ],
    }
    if crs is not None:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    return json.dumps(document).encode()


class TestText:
    """CSV as spreadsheets of three decades write it."""

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_unicode_with_and_without_mark(self, encoding: str) -> None:
        """Kyrgyz letters survive; the mark does not stick to the first header."""
        table = reading.read("points.csv", csv_text(HEADERS, ROW).encode(encoding))
        assert table.headers == tuple(HEADERS)
        assert table.cells[0][0] == "Пункт Ө Ү Ң"

    def test_windows_1251_is_recognised(self) -> None:
        """Excel in Russian writes it when asked for plain CSV."""
        text = csv_text(["Название", "Широта"], ["Айдаркен — «пункт» №1", "39,94"], delimiter=";")
        table = reading.read("points.csv", text.encode("cp1251"))
        assert table.headers == ("Название", "Широта")
        assert table.cells[0][0] == "Айдаркен — «пункт» №1"

    @pytest.mark.parametrize("encoding", ["koi8_r", "cp866", "mac_cyrillic", "shift_jis"])
    def test_other_encodings_are_refused_and_not_garbled(self, encoding: str) -> None:
        """Decoded as Windows-1251 they would give letters, but no words."""
        japanese = "日本語の表"
        text = csv_text(
            ["name", "lat"], [japanese if encoding == "shift_jis" else "Пункт приёма Айдаркен и Ош", "39.94"]
        )
        assert only_fault("points.csv", text.encode(encoding, errors="replace")).code == "encoding"

    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    @pytest.mark.parametrize("headers", [HEADERS, ["Название", "Виды отходов", "Широта", "Долгота"]])
    def test_delimiters(self, delimiter: str, headers: list[str]) -> None:
        """The separator is the one under which the headers are known."""
        table = reading.read("points.csv", csv_text(headers, ROW, delimiter=delimiter).encode())
        assert table.headers == tuple(headers)
        assert list(table.cells[0]) == ROW

    def test_decimal_commas_do_not_look_like_separators(self) -> None:
        """More commas than semicolons in a row do not make the comma the separator."""
        text = "Название;Широта;Долгота;Население\nАйдаркен, посёлок, бывший;39,9432;71,3418;12 031\n"
        table = reading.read("settlements.csv", text.encode())
        assert list(table.cells[0]) == ["Айдаркен, посёлок, бывший", "39,9432", "71,3418", "12 031"]

    def test_separator_line_of_excel(self) -> None:
        """A first line "sep=;" says how to read and is no row."""
        table = reading.read("points.csv", b"sep=;\nname;lat\nA;39.9\n")
        assert table.headers == ("name", "lat")

    def test_rows_are_numbered_as_a_spreadsheet_does(self) -> None:
        """Titles and blank lines above and between count; a line break in a cell does not."""
        text = 'Список пунктов\n\nname,lat\n"two\nlines",39.9\n\nB,40\n'
        table = reading.read("points.csv", text.encode())
        assert (table.header_row, table.rows) == (3, (4, 6))

    def test_a_cell_too_many_is_reported_with_its_row(self) -> None:
        """An unquoted decimal comma splits the number: the row cannot be trusted."""
        table = reading.read("points.csv", b"name,lat,lon\nA,39.9,71.3\nB,39,9,71,3\n")
        assert [(fault.code, fault.row) for fault in table.faults] == [("extra-cells", 3)]

    def test_a_quote_that_never_closes_would_swallow_the_rest(self) -> None:
        """Refused rather than read as one long cell."""
        assert only_fault("points.csv", b'name,lat\n"A,39.9\nB,40\n').code == "unclosed-quote"

    def test_quotes_inside_a_name_are_harmless(self) -> None:
        """A name that begins with a quoted word is common in Russian lists."""
        table = reading.read("points.csv", b'name;lat\n"Romashka" LLC;39.9\n')
        assert table.cells[0][1] == "39.9"


class TestWrongFiles:
    """A file that is not what its name says is refused with both named."""

    @pytest.mark.parametrize(
        ("content", "actual"),
        [
            (b"\x89PNG\r\n\x1a\n" + bytes(50), "PNG"),
            (b"%PDF-1.7\n", "PDF"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50), "XLS/DOC"),
            (b"<!DOCTYPE html><html><table></table></html>", "HTML"),
            (b"  <table><tr><td>name</td></tr></table>", "HTML"),
            (b'<?xml version="1.0"?><kml/>', "XML"),
            (b'{"type": "FeatureCollection", "features": []}', "GeoJSON"),
            (b"SQLite format 3\x00" + bytes(100), "SQLite"),
            (book(["name"], ["A"]), "XLSX"),
        ],
        ids=["png", "pdf", "xls", "html", "table", "xml", "geojson", "sqlite", "xlsx"],
    )
    def test_content_against_name(self, content: bytes, actual: str) -> None:
        """The fault names what the file really is."""
        fault = only_fault("points.csv", content)
        assert (fault.code, fault.params) == ("content-differs", {"expected": "CSV", "actual": actual})

    @pytest.mark.parametrize("file", ["points.xlsx", "points.gpkg", "points.geojson"])
    def test_a_csv_under_another_name(self, file: str) -> None:
        """Renaming does not convert."""
        assert only_fault(file, b"name,lat\nA,39.9\n").code == "content-differs"

    def test_plain_zip_is_no_workbook(self) -> None:
        """A ZIP of something else is told from a workbook by its members, without unpacking."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("readme.txt", "hello")
        fault = only_fault("points.xlsx", buffer.getvalue())
        assert fault.params["actual"] == "ZIP"

    @pytest.mark.parametrize("file", ["points.txt", "points", "points.xls", "points.shp", ".csv.exe"])
    def test_unknown_endings(self, file: str) -> None:
        """The fault lists the formats that are read."""
        fault = only_fault(file, b"name,lat\nA,39.9\n")
        assert fault.code == "unknown-format"
        assert ".xlsx" in fault.params["formats"]

    @pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf"])
    def test_nothing_in_it(self, content: bytes) -> None:
        """An empty file says so."""
        assert only_fault("points.csv", content).code == "empty-file"

    def test_no_known_header(self) -> None:
        """Data without headers are not guessed; the first row is shown."""
        fault = only_fault("points.csv", "Айдаркен,39.94,71.34\n".encode())
        assert (fault.code, fault.found) == ("no-header-row", "Айдаркен | 39.94 | 71.34")

    def test_size_limit_is_named(self) -> None:
        """200 MB are refused before anything is decoded."""
        with pytest.raises(DataError) as caught:
            reading.check_size("points.csv", 200_000_000)
        fault = caught.value.faults[0]
        assert (fault.code, fault.found, fault.params["limit_mb"]) == ("too-large", "200 MB", "50")

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("name,lat\n" + "A,1\n" * 30, "too-many-rows"),
            ("name,lat\n" + "\n" * 1_048_600, "too-many-rows"),
            ("name,lat" + "," * 30 + "\n", "too-many-columns"),
            ("name,lat\nA," + "x" * 1_000_001, "too-long"),
        ],
    )
    def test_endless_tables(self, monkeypatch: pytest.MonkeyPatch, text: str, code: str) -> None:
        """Reading stops at the limit, however the file exceeds it (limits of 20 here)."""
        monkeypatch.setattr(rawtable, "MAX_ROWS", 20)
        monkeypatch.setattr(rawtable, "MAX_COLUMNS", 20)
        assert only_fault("points.csv", text.encode()).code == code

    def test_binary_text(self) -> None:
        """Bytes of zero are in no text."""
        assert only_fault("points.csv", b"name,lat\nA\x00B,39.9\n").code == "encoding"


class TestWorkbook:
    """XLSX as ministries fill it in."""

    def test_first_filled_sheet_below_a_title(self) -> None:
        """An empty first sheet and a title above the header are passed over."""

        def add_sheet(made: Workbook) -> None:
            page = made.create_sheet("Список")
            for row in (["Список пунктов приёма", None], [None, None], ["Название", "Широта"], ["А", 39.94]):
                page.append(row)

        table = reading.read("points.xlsx", book(change=add_sheet))
        assert (table.header_row, table.headers, table.rows) == (3, ("Название", "Широта"), (4,))

    def test_hidden_sheets_are_passed_over(self) -> None:
        """What the user does not see is not what he sent."""

        def hide_first(made: Workbook) -> None:
            made.active.sheet_state = "hidden"
            page = made.create_sheet("shown")
            page.append(["name", "lat"])
            page.append(["shown", 40])

        assert reading.read("p.xlsx", book(["name", "lat"], ["hidden", 39], change=hide_first)).cells[0][0] == "shown"

    def test_header_in_two_rows(self) -> None:
        """A header merged downwards beside one that is merged across two named columns is understood."""

        def merge(made: Workbook) -> None:
            for cells in ("A1:A2", "B1:C1", "D1:D2"):
                made.active.merge_cells(cells)

        rows = (
            ["Название", "Координаты", None, "Принимает"],
            [None, "Широта", "Долгота", None],
            ["А", 39.94, 71.34, "лампы"],
        )
        table = reading.read("points.xlsx", book(*rows, change=merge))
        assert table.headers == ("Название", "Широта", "Долгота", "Принимает")
        assert table.header_row == 2
        assert not table.faults

    def test_header_merged_over_columns_without_names(self) -> None:
        """Two columns under one header cannot be told apart: refused, with the cells named."""
        rows = (["Название", "Координаты", None], ["А", 39.94, 71.34])
        table = reading.read("points.xlsx", book(*rows, change=lambda made: made.active.merge_cells("B1:C1")))
        assert [(fault.code, fault.found, fault.column) for fault in table.faults] == [
            ("merged-header", "B1:C1", "Координаты")
        ]

    def test_merged_values_would_read_as_empty(self) -> None:
        """A district written once for three rows belongs to three rows."""
        rows = (["name", "source"], ["A", "census"], ["B", None], ["C", None])
        table = reading.read("points.xlsx", book(*rows, change=lambda made: made.active.merge_cells("B2:B4")))
        assert [(fault.code, fault.row, fault.column) for fault in table.faults] == [("merged-cells", 2, "source")]

    def test_formula_without_a_value(self) -> None:
        """A workbook that no spreadsheet program has computed holds no numbers."""
        table = reading.read("points.xlsx", book(["name", "lat"], ["A", "=39+1"]))
        assert [(fault.code, fault.row, fault.column) for fault in table.faults] == [
            ("formula-without-value", 2, "lat")
        ]

    def test_bomb_by_size(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The declared sizes are added up before anything is unpacked; the limit is named."""
        monkeypatch.setattr(workbook, "MAX_UNPACKED_BYTES", 1_000)
        fault = only_fault("points.xlsx", book(["name"], ["A"]))
        assert fault.code == "unpacked-too-large"

    def test_bomb_by_ratio(self) -> None:
        """20 MB of zeros in 20 kB are no table."""
        buffer = io.BytesIO(book(["name"], ["A"]))
        with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/media/picture.bin", bytes(20_000_000))
        assert len(buffer.getvalue()) < 50_000
        assert only_fault("points.xlsx", buffer.getvalue()).code == "unpacked-too-large"

    def test_damaged_workbook(self) -> None:
        """A workbook cut short is refused as damaged or as something else, never with a traceback."""
        whole = book(["name"], ["A"])
        broken = whole.replace(b"<worksheet", b"<worksheex")
        for content in (whole[:-200], whole[: len(whole) // 2], broken):
            with pytest.raises(DataError):
                reading.read("points.xlsx", content[:-1])

    def test_entities_in_a_sheet_are_not_expanded(self) -> None:
        """The XML bomb of nested entities ends as an unreadable file."""
        source = book(["name"], ["A"])
        buffer = io.BytesIO()
        bomb = (
            b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
            b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            b'<row r="1"><c r="A1" t="inlineStr"><is><t>&c;</t></is></c></row></sheetData></worksheet>'
        )
        with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(buffer, "w") as new:
            for name in old.namelist():
                new.writestr(name, bomb if name.endswith("sheet1.xml") else old.read(name))
        assert only_fault("points.xlsx", buffer.getvalue()).code == "unreadable"


class TestGeoFiles:
    """GeoJSON and GeoPackage in any reference system."""

    def test_geojson(self) -> None:
        """Attributes of all features make the headers, the feature's own id stands in for a missing one."""
        table = reading.read("sites.geojson", features({"id": "A", "name_en": "a"}, {"id": "B", "kind": "mine"}))
        assert table.headers == ("id", "name_en", "kind")
        assert table.rows == (2, 3)
        assert table.geometry is not None
        assert (table.geometry[0].x, table.geometry[0].y) == (71.34, 39.94)

    def test_geojson_in_metres(self) -> None:
        """An old file that names a projected system is brought to degrees (UTM 42N, of the point 71.34 E, 39.94 N)."""
        content = features({"id": "A"}, crs="urn:ogc:def:crs:EPSG::32642", lon=699_948.0, lat=4_423_920.0)
        table = reading.read("sites.geojson", content)
        assert table.geometry is not None
        assert table.geometry[0].distance(Point(71.34, 39.94)) < 0.01

    @pytest.mark.parametrize("crs", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"])
    def test_geojson_that_says_wgs84(self, crs: str) -> None:
        """Names of longitude and latitude change nothing."""
        table = reading.read("sites.geojson", features({"id": "A"}, crs=crs))
        assert table.geometry is not None
        assert table.geometry[0].x == 71.34

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (features({"id": "A"}, crs="no such system"), "no-crs"),
            (features({"id": "A"}, crs="urn:ogc:def:crs:EPSG::32642"), "crs-implausible"),
            (b'{"type": "FeatureCollection", "features": [', "unreadable"),
            (b"[" * 100_000, "unreadable"),
            (b'{"type": "Point", "coordinates": [71, 40]}', "not-geojson"),
            (b'[{"name": "a"}]', "not-geojson"),
            (b'{"type": "FeatureCollection", "features": []}', "empty-file"),
            (b'{"type": "FeatureCollection", "features": ["x"]}', "not-geojson"),
        ],
    )
    def test_geojson_that_cannot_be_used(self, content: bytes, code: str) -> None:
        """Each state has its own fault."""
        assert only_fault("sites.geojson", content).code == code

    def test_malformed_geometry_names_its_row(self) -> None:
        """The other features are still read."""
        content = features({"id": "A"}, {"id": "B"}).replace(b"[71.34, 39.94]", b'["east", null]', 1)
        table = reading.read("sites.geojson", content)
        assert [(fault.code, fault.row) for fault in table.faults] == [("invalid-geometry", 2)]

    @pytest.mark.parametrize("crs", [WGS84, "EPSG:32642", "EPSG:3857"])
    def test_geopackage_of_any_system(self, tmp_path: Path, crs: str) -> None:
        """The input's reference system does not matter."""
        frame = gpd.GeoDataFrame({"id": ["A", "B"], "n": [1.0, None]}, geometry=[Point(71.34, 39.94), None], crs=WGS84)
        frame.to_crs(crs).to_file(tmp_path / "sites.gpkg", layer="anything")
        table = reading.read("sites.gpkg", (tmp_path / "sites.gpkg").read_bytes(), layer="sites")
        assert table.headers == ("id", "n")
        assert list(table.cells) == [("A", 1.0), ("B", None)]
        assert table.geometry is not None
        assert table.geometry[0].distance(Point(71.34, 39.94)) < 1e-9
        assert table.geometry[1] is None

    def test_geopackage_without_a_system(self, tmp_path: Path) -> None:
        """Coordinates without a system are not guessed to be degrees."""
        frame = gpd.GeoDataFrame({"id": ["A"]}, geometry=[Point(71.34, 39.94)])
        with pytest.warns(UserWarning, match="crs"):
            frame.to_file(tmp_path / "sites.gpkg")
        assert only_fault("sites.gpkg", (tmp_path / "sites.gpkg").read_bytes()).code in {"no-crs", "crs-implausible"}

    def test_geopackage_of_several_layers(self, tmp_path: Path) -> None:
        """The layer with the table's name is read; without one the user has to say."""
        path = tmp_path / "all.gpkg"
        for layer in ("roads", "sites"):
            gpd.GeoDataFrame({"id": [layer]}, geometry=[Point(71, 40)], crs=WGS84).to_file(path, layer=layer)
        assert reading.read("all.gpkg", path.read_bytes(), layer="sites").cells == (("sites",),)
        with pytest.raises(DataError) as caught:
            reading.read("all.gpkg", path.read_bytes(), layer="storage")
        assert caught.value.faults[0].code == "several-layers"

    def test_damaged_geopackage(self, tmp_path: Path) -> None:
        """A database cut short is unreadable."""
        gpd.GeoDataFrame({"id": ["A"]}, geometry=[Point(71, 40)], crs=WGS84).to_file(tmp_path / "sites.gpkg")
        content = (tmp_path / "sites.gpkg").read_bytes()
        assert only_fault("sites.gpkg", content[:3_000]).code == "unreadable"


def test_numbers_and_dates_of_a_workbook_keep_their_type() -> None:
    """What Excel knows to be a number or a date is not turned into text and back."""
    table = reading.read(
        "sites.xlsx", book(["name", "lat", "source_date"], ["A", 39.94, pd.Timestamp("2024-05-31").to_pydatetime()])
    )
    assert table.cells[0][1] == 39.94
    assert table.cells[0][2].year == 2024
