"""Exports: what is written is read back the same, and no cell is ever a formula."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon

from geo import catalogue, downloads
from geo.documents import Document, Sheet, data_columns, in_language, label, plain, storable, unit
from geo.errors import QuestionError
from geo.export import FORMATS, TABLE_FORMATS, to_csv, to_geojson, to_gpkg, to_xlsx, write
from geo.i18n import LANGUAGES, Language, translator
from geo.schema import TABLES
from geo.text import cell
from tests.effort import examples

if TYPE_CHECKING:
    from pathlib import Path

    from geo.dataset import Dataset

KYRGYZ = "Үч-Коргон, Өзгөн, Көк-Таң"
FORMULAS = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1",
    '=HYPERLINK("http://x";"y")',
    "#N/A",
    "=",
)
T = translator("en")


def _places() -> gpd.GeoDataFrame:
    """Three rows with every kind of value: unknown ones, several ones, a row without a place."""
    return gpd.GeoDataFrame(
        {
            "id": ["A-1", "A-2", "A-3"],
            "name_en": ["Uch-Korgon", "Uzgen", KYRGYZ],
            "name_ru": ["Учкоргон", None, None],
            "name_ky": ["Үч-Коргон", "Өзгөн", None],
            "accepts": [("lamps", "batteries"), (), ("thermometers",)],
            "distance_m": [1234.5678901234567, math.nan, 0.1 + 0.2],
            "population_persons": [12000.0, math.nan, 7.0],
            "low_data": [True, False, True],
            "source": ["census", "=cmd", None],
            "lon": [71.123456789012345, 73.3, math.nan],
            "lat": [40.2, 40.77, math.nan],
        },
        geometry=[Point(71.123456789012345, 40.2), Point(73.3, 40.77), None],
        crs="EPSG:4326",
    )


def _document(frame: pd.DataFrame | None = None) -> Document:
    rows = _places() if frame is None else frame
    return Document(
        (Sheet("nearest", rows),),
        title="Nearest collection point from: Бужум",
        evidence="reported",
        notes=("A town is a point here.", "=not a formula"),
        sources=("census 2022",),
    )


def _read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def _read_xlsx(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_csv_reads_back_the_same_numbers_letters_and_gaps() -> None:
    """Full precision, Kyrgyz letters, empty for unknown, codes for programs."""
    rows = _read_csv(to_csv(_document(), T))
    frame = _places()
    assert [row["name_en"] for row in rows] == frame["name_en"].tolist()
    assert rows[0]["name_ky"] == "Үч-Коргон"
    assert [float(row["distance_m"]) if row["distance_m"] else None for row in rows] == [
        1234.5678901234567,
        None,
        0.1 + 0.2,
    ]
    assert [row["population_persons"] for row in rows] == ["12000", "", "7"]
    assert float(rows[0]["lon"]) == frame["lon"][0]
    assert [row["accepts"] for row in rows] == ["lamps;batteries", "", "thermometers"]
    assert [row["low_data"] for row in rows] == ["true", "false", "true"]
    assert "geometry" not in rows[0]


def test_csv_carries_evidence_notes_and_sources_in_every_row() -> None:
    """Whoever copies one row still has what must be known about it."""
    for row in _read_csv(to_csv(_document(), T)):
        assert row["answer_evidence"] == "reported"
        assert row["answer_notes"] == "A town is a point here. | =not a formula"
        assert row["answer_sources"] == "census 2022"


def test_csv_with_labels_speaks_the_language() -> None:
    """Headings with units, yes and no, and evidence in words."""
    rows = _read_csv(to_csv(_document(), translator("ru"), labels=True))
    assert rows[0]["Мало данных"] == "да"
    assert rows[1]["Мало данных"] == "нет"
    assert "Расстояние, м" in rows[0]


@pytest.mark.parametrize("payload", FORMULAS)
def test_no_cell_is_a_formula(payload: str) -> None:
    """Neither values nor headings nor notes begin with what a spreadsheet runs."""
    frame = _places().assign(source=payload, **{payload: "x"})
    document = Document((Sheet("nearest", frame),), title=payload, notes=(payload,), sources=(payload,))
    for labels in (False, True):
        content = to_csv(document, T, labels=labels).decode("utf-8-sig")
        for row in csv.reader(io.StringIO(content, newline="")):
            assert not [text for text in row if text.startswith(("=", "+", "-", "@", "\t", "\r"))]
    for page in _read_xlsx(to_xlsx(document, T)).worksheets:
        for row in page.iter_rows():
            for found in row:
                assert found.data_type in {"s", "n"}, found.value
                assert not str(found.value).startswith(("=", "+", "@", "\t", "\r"))
                assert found.data_type == "n" or not str(found.value).startswith("-")


def test_negative_numbers_stay_numbers() -> None:
    """The guard against formulas is for texts alone."""
    document = Document((Sheet("x", pd.DataFrame({"elevation_m": [-12.5]})),))
    assert _read_csv(to_csv(document, T)) == [{"elevation_m": "-12.5"}]
    assert _read_xlsx(to_xlsx(document, T)).worksheets[0]["A2"].value == -12.5


def test_workbook_explains_its_columns_and_holds_notes_and_sources() -> None:
    """After the tables come the meaning of every column, then the question, evidence, notes and sources."""
    book = _read_xlsx(to_xlsx(_document(), T))
    assert book.sheetnames == ["Nearest points", "Columns", "About"]
    codes = [row[2] for row in book["Columns"].iter_rows(min_row=2, values_only=True)]
    assert codes == data_columns(_places())
    units = {row[2]: row[3] for row in book["Columns"].iter_rows(min_row=2, values_only=True)}
    assert units["distance_m"] == "m"
    assert units["population_persons"] == "people"
    about = {row[1] for row in book["About"].iter_rows(min_row=2, values_only=True)}
    assert {
        "A town is a point here.",
        "census 2022",
        "'=not a formula",
        "Nearest collection point from: Бужум",
    } <= about


def test_workbook_reads_back_the_same() -> None:
    """Numbers are numbers, unknown is an empty cell, letters survive."""
    page = _read_xlsx(to_xlsx(_document(), T)).worksheets[0]
    rows = list(page.iter_rows(min_row=2, values_only=True))
    place = dict(zip(data_columns(_places()), range(20), strict=False))
    assert [row[place["distance_m"]] for row in rows] == [1234.5678901234567, None, 0.1 + 0.2]
    assert rows[2][place["name_en"]] == KYRGYZ
    assert rows[1][place["source"]] == "'=cmd"
    assert rows[0][place["low_data"]] == "yes"


def test_workbook_titles_are_free_and_short() -> None:
    """Two tables of one title, or of a title that a workbook refuses, still make a workbook."""
    frame = pd.DataFrame({"id": ["1"]})
    codes = ("a" * 60, "a" * 60, "x/y[1]:*?", "'", "Columns")
    book = _read_xlsx(to_xlsx(Document(tuple(Sheet(code, frame) for code in codes)), T))
    assert len(book.sheetnames) == len(codes) + 2
    assert all(0 < len(title) <= 31 for title in book.sheetnames)


def test_geojson_is_standard_and_whole() -> None:
    """RFC 7946: counter-clockwise exteriors, null for unknown values and places, full precision, no NaN."""
    clockwise = Polygon([(71, 40), (71, 41), (72, 41), (72, 40)])
    ring = gpd.GeoDataFrame({"id": ["R"], "v": [math.inf]}, geometry=[clockwise], crs="EPSG:4326")
    content = json.loads(to_geojson(_document(ring), T), parse_constant=pytest.fail)
    found = shapely.geometry.shape(content["features"][0]["geometry"])
    assert found.exterior.is_ccw
    assert content["features"][0]["properties"] == {"id": "R", "v": None}
    points = json.loads(to_geojson(_document(), T))
    assert points["features"][0]["geometry"]["coordinates"] == [71.123456789012345, 40.2]
    assert points["features"][2]["geometry"] is None
    assert points["features"][0]["properties"]["accepts"] == ["lamps", "batteries"]
    assert points["notes"] == ["A town is a point here.", "=not a formula"]
    assert points["evidence"] == "reported"
    assert points["dictionary"]["distance_m"]["unit"] == "m"


def test_table_without_geometry_becomes_points() -> None:
    """Longitude and latitude are enough; a row without them has no geometry."""
    frame = pd.DataFrame(_places().drop(columns="geometry"))
    content = json.loads(to_geojson(_document(frame), T))
    assert [bool(feature["geometry"]) for feature in content["features"]] == [True, True, False]


def test_geopackage_reads_back_the_same(tmp_path: Path) -> None:
    """Every table is a layer with its reference system; texts are stored as they are, since nothing runs there."""
    frame = _places()
    extra = Sheet("by_country", pd.DataFrame({"country": ["KG", None], "population_persons": [1.0, math.nan]}))
    document = Document((Sheet("nearest", frame), extra), notes=("note",), evidence="reported")
    path = tmp_path / "out.gpkg"
    path.write_bytes(to_gpkg(document, T))
    back = gpd.read_file(path, layer="nearest")
    assert back.crs == "EPSG:4326"
    assert back["name_en"].tolist() == frame["name_en"].tolist()
    assert back["source"].tolist()[:2] == ["census", "=cmd"]
    np.testing.assert_array_equal(back["distance_m"], frame["distance_m"])
    assert back.geometry.iloc[0].equals(frame.geometry.iloc[0])
    assert back.geometry.iloc[2] is None
    assert back["accepts"].tolist() == ["lamps;batteries", None, "thermometers"] or back["accepts"].iloc[1] == ""
    assert gpd.list_layers(path)["name"].tolist() == ["nearest", "by_country", "dictionary", "about"]
    assert gpd.read_file(path, layer="about")["text"].tolist() == ["reported", "note"]


def test_table_without_rows_is_written_in_every_format(tmp_path: Path) -> None:
    """An empty answer is an answer: its file has headings and no rows."""
    empty = _document(_places().iloc[:0])
    assert _read_csv(to_csv(empty, T)) == []
    assert _read_xlsx(to_xlsx(empty, T)).worksheets[0].max_row == 1
    assert json.loads(to_geojson(empty, T))["features"] == []
    path = tmp_path / "empty.gpkg"
    path.write_bytes(to_gpkg(empty, T))
    assert len(gpd.read_file(path, layer="nearest")) == 0


def test_unknown_format_is_refused_with_the_known_ones() -> None:
    """The ending of the name decides; a wrong one is the reader's to mend."""
    with pytest.raises(QuestionError) as caught:
        write(_document(), T, "people.doc")
    assert caught.value.params["choices"] == " ".join(FORMATS)
    assert write(_document(), T, "PEOPLE.CSV").startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_come_in_the_language_else_in_one_that_has_them(language: Language) -> None:
    """One column takes the place of three, and nobody is left without a name."""
    result = in_language(_places(), translator(language))
    assert list(result.columns[:3]) == ["id", "name", "accepts"]
    assert result["name"].tolist()[0] == {"ru": "Учкоргон", "ky": "Үч-Коргон", "en": "Uch-Korgon"}[language]
    assert result["name"].tolist()[2] == KYRGYZ


def test_notes_are_never_cut() -> None:
    """Names are cut to a label's length, a note is not."""
    frame = pd.DataFrame({"note_en": ["word " * 100], "note_ru": [None], "note_ky": [None]})
    assert in_language(frame, T)["note"].tolist() == [("word " * 100).strip()]


def test_input_is_not_changed() -> None:
    """A document is made beside the frame, not in it."""
    frame = _places()
    before = frame.copy()
    for ending in TABLE_FORMATS:
        write(_document(frame), T, f"x{ending}")
    pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(before))


@pytest.mark.parametrize("language", LANGUAGES)
def test_columns_have_headings_and_units(language: Language) -> None:
    """Headings of answers exist in every language; units follow the ending of the name."""
    t = translator(language)
    for column in ("inner_radius_m", "population_min_persons", "travel_time_s", "bearing_deg", "answer_notes"):
        assert label(t, column) != column
    assert unit(t, "area_m2") == {"en": "m²", "ru": "м²", "ky": "м²"}[language]
    assert unit(t, "id") == ""


def test_plain_values_are_those_of_json() -> None:
    """Unknown in any of its forms is None; whole numbers have no fraction; halves of characters are gone."""
    given = [np.float64("nan"), pd.NA, None, np.int64(3), 3.0, 2.5, np.bool_(True), ("a", "b"), "x\ud800\x00y", -0.0]
    assert [plain(value) for value in given] == [None, None, None, 3, 3, 2.5, True, ["a", "b"], "xy", 0]


def _without_geometry(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))


_FILES = [
    (name, ending)
    for name, table in TABLES.items()
    for ending in TABLE_FORMATS
    # Polygons have no place in a spreadsheet.
    if table.geometry != "polygon" or ending in {".geojson", ".gpkg"}
]


@pytest.mark.parametrize(("name", "ending"), _FILES)
def test_every_bundled_table_loads_again_as_it_was(bundled: Dataset, name: str, ending: str) -> None:
    """What a planner downloads, corrects and brings back is understood: headings and words of the language included."""
    language = LANGUAGES[(list(TABLES).index(name) + list(TABLE_FORMATS).index(ending)) % len(LANGUAGES)]
    content = write(downloads.table(bundled, name), translator(language), f"{name}{ending}")
    back = _without_geometry(catalogue.read_own(name, f"{name}{ending}", content))
    before = _without_geometry(bundled[name])
    pd.testing.assert_frame_equal(before, back[before.columns], check_dtype=False)


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_text_that_looks_like_a_formula_loads_again_as_it_was(bundled: Dataset, ending: str) -> None:
    """The apostrophe before it is for the spreadsheet; the table gets its text back."""
    sites = bundled.sites.assign(name_en=["=1+1", *bundled.sites["name_en"][1:]])
    content = write(downloads.table(bundled.with_table("sites", sites), "sites"), T, f"sites{ending}")
    assert catalogue.read_own("sites", f"sites{ending}", content)["name_en"][0] == "=1+1"


_TEXTS = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40)


@examples(60)
@given(st.lists(st.tuples(_TEXTS, st.floats(allow_nan=True, allow_infinity=False)), min_size=1, max_size=5))
def test_any_text_and_number_survive_csv_and_geojson(rows: list[tuple[str, float]]) -> None:
    """Whatever stands in a table comes back, behind an apostrophe where it would be a formula."""
    texts = [storable(text) for text, _ in rows]
    numbers = [plain(number) for _, number in rows]
    frame = pd.DataFrame({"text": texts, "number": [number for _, number in rows], "lon": 71.0, "lat": 40.0})
    document = Document((Sheet("x", frame),))
    back = _read_csv(to_csv(document, T))
    assert [row["text"] for row in back] == [cell(text) for text in texts]
    assert [float(row["number"]) if row["number"] else None for row in back] == numbers
    features = json.loads(to_geojson(document, T))["features"]
    assert [feature["properties"]["text"] for feature in features] == texts
    assert [feature["properties"]["number"] for feature in features] == numbers
