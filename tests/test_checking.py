"""Tables held against their contracts: what is understood, and every fault that is not."""

from __future__ import annotations

import io
import json
import math
from datetime import date, datetime, time

import pandas as pd
import pytest
from openpyxl import Workbook

from geo import checking, reading, sentences, words
from geo.errors import DataError, Fault
from geo.faults import MAX_FAULTS
from geo.i18n import LANGUAGES, translator
from geo.schema import TABLES

POINTS = "name_en,accepts,lon,lat"
GOOD = "A,lamps,71.34,39.94"


def check(text: str, table: str = "collection_points", file: str = "own.csv") -> pd.DataFrame:
    """Read and check a CSV."""
    return checking.check(reading.read(file, text.encode()), TABLES[table])


def faults(text: str, table: str = "collection_points") -> tuple[Fault, ...]:
    """Give the faults of a CSV that cannot be used."""
    with pytest.raises(DataError) as caught:
        check(text, table)
    return caught.value.faults


def fault(text: str, table: str = "collection_points") -> Fault:
    """Give the only fault of a CSV."""
    found = faults(text, table)
    assert len(found) == 1, [str(part) for part in found]
    return found[0]


def workbook(*rows: list[object]) -> bytes:
    """Make a workbook of some rows."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


class TestUnderstood:
    """What ministries write, in the languages in which they write it."""

    def test_a_russian_list(self) -> None:
        """Headers, waste types, status, country and decimals in Russian."""
        text = (
            "Наименование;Виды отходов;Широта;Долгота;Часы работы;Телефон;Адрес;Статус;Страна;Дата\n"
            "Пункт «Айдаркен»;Лампы, термометры;39,9432;71,3418;пн–пт 9–17;0 3655 00-00-00;ул. Ленина;работает;Кыргызстан;31.05.2024\n"
        )
        row = check(text).iloc[0]
        assert row["name_en"] == row["name_ru"] == "Пункт «Айдаркен»"
        assert pd.isna(row["name_ky"])
        assert row["accepts"] == ("lamps", "thermometers")
        assert (row["lon"], row["lat"]) == (71.3418, 39.9432)
        assert row["contact"] == "0 3655 00-00-00; ул. Ленина"
        assert (row["status"], row["country"], row["source_date"]) == ("open", "KG", "2024-05-31")

    def test_a_kyrgyz_list(self) -> None:
        """Headers and words in Kyrgyz; a name with Kyrgyz letters is a Kyrgyz name."""
        text = "Аталышы;Калдыктар;Кеңдик;Узундук\nӨзгөн;сымаптуу лампалар\t\nНоокат;лампалар|батарейкалар;40,27;72,61\n"
        text = text.replace("сымаптуу лампалар\t", "сымаптуу лампалар;40,77;73,3")
        frame = check(text)
        assert frame["name_ky"].tolist() == ["Өзгөн", "Ноокат"]
        assert frame["name_en"].tolist() == ["Өзгөн", "Ноокат"]
        assert frame["accepts"].tolist() == [("lamps",), ("lamps", "batteries")]

    @pytest.mark.parametrize(
        ("lon", "lat"),
        [("lon", "lat"), ("LNG", "Latitude"), ("x", "y"), ("Долгота, град.", "Широта (град.)"), ("Узундук", "Кеңдик")],
    )
    def test_headers_of_position(self, lon: str, lat: str) -> None:
        """Case, units and language of a header do not matter."""
        frame = check(f'name;accepts;"{lon}";"{lat}"\nA;lamps;71.34;39.94\n')
        assert (frame["lon"][0], frame["lat"][0]) == (71.34, 39.94)

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("name", sorted(TABLES))
    def test_headers_that_symap_writes(self, name: str, language: str) -> None:
        """The label of every column in every language leads back to the column."""
        t = translator(language)
        for column in TABLES[name].columns:
            assert words.column_of(t(f"column.{column.name}"), TABLES[name]) == column.name

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("name", sorted(TABLES))
    def test_words_that_symap_writes(self, name: str, language: str) -> None:
        """The label of every code in every language leads back to the code."""
        t = translator(language)
        for column in TABLES[name].columns:
            group = words.choice_list(column)
            for code in column.choices:
                assert words.choice(t(f"choice.{group}.{code}"), column.choices) == code

    @pytest.mark.parametrize(
        ("cell", "number"),
        [("12 031", 12031), ("12\u00a0031", 12031), ("12\u202f031", 12031), ("1,234,567", 1234567), ("12,031", 12031), ("", math.nan), ("–", math.nan), ("нет данных", math.nan)],
    )  # fmt: skip
    def test_counts_of_people(self, cell: str, number: float) -> None:
        """Grouped digits are one number; dashes and "no data" are unknown, not 0."""
        frame = check(f'name;lon;lat;population\nA;71.3;39.9;"{cell}"\n', "settlements")
        assert frame["population_persons"].tolist() == pytest.approx([number], nan_ok=True)

    @pytest.mark.parametrize(
        ("cell", "number"),
        [("1 234,5", 1234.5), ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("0,125", 0.125), ("1e3", 1000)],
    )
    def test_decimals(self, cell: str, number: float) -> None:
        """The last of two separators is the decimal one."""
        frame = check(f'name;accepts;lon;lat;positional_error_m\nA;lamps;71.3;39.9;"{cell}"\n')
        assert frame["positional_error_m"].tolist() == [number]

    @pytest.mark.parametrize(
        ("cell", "iso"),
        [("2024", "2024"), ("2024-5", "2024-05"), ("31.05.2024", "2024-05-31"), ("05.2024", "2024-05"), ("2024 г.", "2024"), ("2024-05-31T00:00:00", "2024-05-31")],
    )  # fmt: skip
    def test_dates(self, cell: str, iso: str) -> None:
        """Whatever its form, a date becomes ISO as exact as it was written."""
        assert check(f"{POINTS},source_date\n{GOOD},{cell}\n")["source_date"].tolist() == [iso]

    def test_types_of_excel(self) -> None:
        """Dates, whole numbers and times that Excel has made of what was typed."""
        content = workbook(
            ["id", "name_en", "accepts", "lon", "lat", "source_date", "hours", "contact"],
            [101.0, "A", "lamps", 71.34, 39.94, datetime(2024, 5, 31), time(9), 996312123456],  # noqa: DTZ001
            [102, "B", "lamps", 71.35, 39.94, date(2024, 6, 1), None, None],
        )
        frame = checking.check(reading.read("own.xlsx", content), TABLES["collection_points"])
        assert frame["id"].tolist() == ["101", "102"]
        assert frame["source_date"].tolist() == ["2024-05-31", "2024-06-01"]
        assert (frame["hours"][0], frame["contact"][0]) == ("09:00", "996312123456")
        assert pd.isna(frame["hours"][1])

    @pytest.mark.parametrize(
        ("word", "value"),
        [("yes", True), ("Да", True), ("ооба", True), ("1", True), ("нет", False), ("жок", False), ("", False)],
    )
    def test_yes_and_no(self, word: str, value: bool) -> None:  # noqa: FBT001 - the value is the parameter
        """In three languages; an empty cell is the contract's default."""
        text = f"id,name_en,lon,lat,unverified\nA,a,71.3,39.9,{word}\nB,b,71.4,39.9,да\n"
        frame = check(text, "road_nodes")
        assert frame["unverified"].dtype == bool
        assert frame["unverified"].tolist() == [value, True]

    def test_what_a_file_lacks_is_the_contracts_default(self) -> None:
        """No ids, no evidence, no source: numbered, documented, and the file named as the source."""
        frame = check(f"{POINTS}\n{GOOD}\n{GOOD.replace('A', 'B')}\n")
        assert frame["id"].tolist() == ["OWN-COLLECTION-POINTS-1", "OWN-COLLECTION-POINTS-2"]
        assert frame["evidence"].tolist() == ["documented"] * 2
        assert frame["source"].tolist() == ["own file: own.csv"] * 2
        assert list(frame.columns) == [*(column.name for column in TABLES["collection_points"].columns), "geometry"]

    def test_an_empty_column_is_an_absent_one(self) -> None:
        """A template whose optional columns stay blank can be used."""
        frame = check(f"{POINTS},evidence,source,id\n{GOOD},,,\n")
        assert frame["evidence"].tolist() == ["documented"]

    def test_quoted_formulas_are_the_texts_they_were(self) -> None:
        """The apostrophe that exports put before "=" is taken off again."""
        assert check(f"{POINTS},note_en\n{GOOD},'=1+1\n")["note_en"].tolist() == ["=1+1"]

    def test_types_and_geometry(self) -> None:
        """Contract types; a site that is only listed has no point."""
        frame = check("id,name_en,lon,lat\nA,a,,\nB,b,71.34,39.94\n", "sites")
        assert frame["lon"].dtype == "float64"
        assert frame["kind"].dtype == "str"
        assert frame["commodities"].tolist() == [("mercury",), ("mercury",)]
        assert frame.geometry[0] is None
        assert frame.crs is not None
        assert frame.crs.to_epsg() == 4326

    def test_positions_from_geometry(self) -> None:
        """A GeoJSON needs no columns of longitude and latitude."""
        feature = {
            "type": "Feature",
            "properties": {"name": "A", "accepts": "lamps"},
            "geometry": {"type": "Point", "coordinates": [71.3, 39.9, 2000.0]},
        }
        content = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
        frame = checking.check(reading.read("own.geojson", content), TABLES["collection_points"])
        assert (frame["lon"][0], frame["lat"][0]) == (71.3, 39.9)


# (table, CSV text, code, row, column, found): every fault names where it is and what stands there.
ZOO = [
    ("collection_points", f"{POINTS}\nA,lamps,39.94,71.34\n", "coordinates-swapped", 2, "lon", "39.94, 71.34"),
    ("collection_points", f"{POINTS}\nA,lamps,37.6,55.7\n", "outside-window", 2, "lon", "37.6, 55.7"),
    ("collection_points", f"{POINTS}\nA,lamps,nan,39.94\n", "not-finite", 2, "lon", "nan"),
    ("collection_points", f"{POINTS}\nA,lamps,inf,39.94\n", "not-finite", 2, "lon", "inf"),
    ("collection_points", f"{POINTS}\nA,lamps,,39.94\n", "empty-cell", 2, "lon", None),
    ("collection_points", f"{POINTS}\nA,lamps,71°20',39.94\n", "not-number", 2, "lon", "71°20'"),
    ("collection_points", f"{POINTS}\nA,lamp oil,71.3,39.9\n", "unknown-choice", 2, "accepts", "lamp oil"),
    ("collection_points", f"{POINTS}\nA,lamps;thermometres,71.3,39.9\n", "misspelt-choice", 2, "accepts", "thermometres"),
    ("collection_points", f"{POINTS},country\n{GOOD},Atlantis\n", "unknown-country", 2, "country", "Atlantis"),
    ("collection_points", f"{POINTS},source_date\n{GOOD},31.02.2024\n", "not-date", 2, "source_date", "31.02.2024"),
    ("collection_points", f"{POINTS},positional_error_m\n{GOOD},-5\n", "below-minimum", 2, "positional_error_m", "-5"),
    ("collection_points", f"{POINTS},positional_error_m\n{GOOD},999999\n", "above-maximum", 2, "positional_error_m", "999999"),
    ("collection_points", f'{POINTS},positional_error_m\n{GOOD},"1,500"\n', "ambiguous-number", 2, "positional_error_m", "1,500"),
    ("collection_points", f"id,{POINTS}\nP,{GOOD}\nP,B,lamps,71.4,39.9\n", "duplicate-id", 3, "id", "P"),
    ("collection_points", f"id,{POINTS}\nP,{GOOD}\n,B,lamps,71.4,39.9\n", "empty-cell", 3, "id", None),
    ("collection_points", f"id,{POINTS}\nP;Q,{GOOD}\n", "bad-id", 2, "id", "P;Q"),
    ("collection_points", f"{POINTS},evidence\n{GOOD},documented\nB,lamps,71.4,39.9,\n", "empty-cell", 3, "evidence", None),
    ("collection_points", f"{POINTS},note_en\n{GOOD},{'x' * 20_001}\n", "too-long", 2, "note_en", "x" * 119 + "…"),
    ("collection_points", f"{POINTS},note_en\n{GOOD},#REF!\n", "formula-error", 2, "note_en", "#REF!"),
    ("collection_points", f"{POINTS}\n", "empty-table", 1, None, None),
    ("collection_points", "name_en,accepts,lon\nA,lamps,71.3\n", "missing-column", 1, "lat", "name_en, accepts, lon"),
    ("collection_points", f"{POINTS},Широта\n{GOOD},39.9\n", "column-twice", None, None, None),
    ("collection_points", f"{POINTS},statuss\n{GOOD},open\n", "misspelt-column", 1, "statuss", "statuss"),
    ("sites", "name_en,lon,lat\nA,71.3,\n", "half-position", 2, "lat", None),
    ("settlements", "name_en,lon,lat,population_persons\nA,71.3,39.9,0\n", "below-minimum", 2, "population_persons", "0"),
    ("settlements", "name_en,lon,lat,population_persons\nA,71.3,39.9,12.5\n", "not-integer", 2, "population_persons", "12.5"),
    ("road_nodes", "name_en,lon,lat,unverified\nA,71.3,39.9,maybe\n", "not-boolean", 2, "unverified", "maybe"),
    ("site_quantities", "site_id,quantity,unit,value_min,value_max\nS,area,ha,3,2\n", "min-above-max", 2, "value_min", "3 > 2"),
    ("road_speeds", "surface,terrain,speed_kmh\ngravel,hills,30\ngravel,hills,40\n", "duplicate-row", 3, "surface", "gravel, hills"),
    ("borders", "id,name_en,country\nKG,Kyrgyzstan,KG\n", "needs-geometry", None, None, None),
]  # fmt: skip


@pytest.mark.parametrize(("table", "text", "code", "row", "column", "found"), ZOO)
def test_zoo(  # noqa: PLR0917 - the parts of a specimen
    table: str, text: str, code: str, row: int | None, column: str | None, found: str | None
) -> None:
    """Each specimen has exactly one fault, at the place where the user sees it, with a sentence in every language."""
    if code == "column-twice":
        # An exact name wins over a word that may mean it, so only two words of the same rank clash.
        assert len(check(text, table)) == 1
        text = text.replace("lat", "latitude")
    only = fault(text, table)
    assert only.code == code
    if code != "column-twice":
        assert (only.row, only.column, only.found) == (row, column, found)
    for language in LANGUAGES:
        sentence = sentences.fault(translator(language), only)
        assert only.code not in sentence.replace("own.csv", "")
        assert "{" not in sentence


class TestAllAtOnce:
    """A reader mends a file in one go."""

    def test_every_fault_of_a_file(self) -> None:
        """Faults of many rows and columns come together, in the order of the rows."""
        found = faults(
            f"{POINTS},evidence\nA,lamps,39.9,71.3,documented\nB,lmps,x,39.9,sure\n,lamps,71,40,documented\n"
        )
        assert [(part.code, part.row) for part in found] == [
            ("coordinates-swapped", 2),
            ("misspelt-choice", 3),
            ("not-number", 3),
            ("unknown-choice", 3),
            ("empty-cell", 4),
        ]

    def test_suggestions(self) -> None:
        """A misspelt code is answered with the one that was meant."""
        assert fault(f"{POINTS}\nA,thermometres,71.3,39.9\n").params["suggestion"] == "thermometers"
        assert fault(f"{POINTS},evidense\n{GOOD},documented\n").params["suggestion"] == "evidence"

    def test_thousands_of_faults_are_cut(self) -> None:
        """The list ends with the number of those left out."""
        found = faults(POINTS + "\n" + "A,lamps,x,y\n" * 500)
        assert len(found) == MAX_FAULTS + 1
        assert (found[-1].code, found[-1].params["more"]) == ("more", str(1000 - MAX_FAULTS))

    def test_the_row_is_that_of_the_file(self) -> None:
        """Titles above the header and blank rows between are counted."""
        found = fault(f"Список пунктов\n\n{POINTS}\n{GOOD}\n\nB,lamps,39.9,71.3\n")
        assert found.row == 6

    def test_the_column_is_named_as_written(self) -> None:
        """The user looks for his own header."""
        assert fault("Название;Отходы;Долгота, °;Широта\nА;лампы;x;39,9\n").column == "Долгота, °"


class TestGeometry:
    """Shapes of GeoJSON files against what a table needs."""

    @staticmethod
    def _faults(table: str, geometry: dict[str, object] | None, **properties: object) -> list[str]:
        feature = {
            "type": "Feature",
            "properties": {"id": "A", "name_en": "a", "country": "KG", **properties},
            "geometry": geometry,
        }
        content = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
        with pytest.raises(DataError) as caught:
            checking.check(reading.read("own.geojson", content), TABLES[table])
        return [fault.code for fault in caught.value.faults]

    def test_lines_are_no_points(self) -> None:
        """A layer of lines is no list of sites."""
        line = {"type": "LineString", "coordinates": [[71, 40], [72, 40]]}
        assert self._faults("sites", line) == ["geometry-kind"]

    def test_two_positions(self) -> None:
        """Columns left over from before a point was moved are not preferred silently."""
        point = {"type": "Point", "coordinates": [71, 40]}
        assert self._faults("sites", point, lon=71.5, lat=40) == ["position-twice"]

    @pytest.mark.parametrize(
        ("ring", "code"),
        [
            ([[71, 40], [72, 41], [72, 40], [71, 41], [71, 40]], "invalid-geometry"),
            ([[40, 71], [41, 71], [41, 72], [40, 71]], "coordinates-swapped"),
            ([[10, 50], [11, 50], [11, 51], [10, 50]], "outside-window"),
        ],
    )
    def test_polygons(self, ring: list[list[float]], code: str) -> None:
        """Borders have to be valid and to lie where the data is."""
        assert self._faults("borders", {"type": "Polygon", "coordinates": [ring]}) == [code]

    def test_points_and_nothing_are_no_borders(self) -> None:
        """Each has one fault."""
        assert self._faults("borders", {"type": "Point", "coordinates": [71, 40]}) == ["geometry-kind"]
        assert self._faults("borders", None) == ["geometry-kind"]


def test_plain_is_what_a_file_holds() -> None:
    """Several values joined, yes and no as words, unknown empty."""
    frame = check("id,name_en,lon,lat,commodities\nA,a,,,mercury;antimony\n", "sites")
    plain = checking.plain(TABLES["sites"], frame)
    assert plain.loc[0, "commodities"] == "mercury;antimony"
    assert plain.loc[0, "lon"] is None
    assert "geometry" not in plain
