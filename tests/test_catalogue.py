"""The bundled tables against their catalogue, and the user's folder over them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd
import pytest
from openpyxl import load_workbook
from shapely.geometry import Point

from geo import catalogue, checking, integrity, reading, references, sentences
from geo.crs import WGS84, distances_m
from geo.errors import DataError, QuestionError
from geo.i18n import LANGUAGES, translator
from geo.places import resolve
from geo.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.dataset import Dataset

POINTS = "id,name_en,accepts,lon,lat\n"
GEO_DIR = Path(catalogue.__file__).parent


def write(folder: Path, file: str, text: str) -> Path:
    """Put a table into the user's folder."""
    (folder / file).write_text(text, encoding="utf-8")
    return folder


def codes(dataset: Dataset) -> list[tuple[str, str]]:
    """Give file and code of each fault."""
    return [(fault.file, fault.code) for fault in dataset.faults]


class TestBundled:
    """What comes with Symap."""

    def test_everything_fulfils_its_contract_and_its_catalogue(self) -> None:
        """Hashes, rows, licences, contracts, references and road lengths: no fault at all."""
        answer = catalogue.check()
        assert [str(fault) for fault in answer.faults] == []
        assert answer.ok

    def test_every_table_and_every_column_is_there(self, bundled: Dataset) -> None:
        """In the order of the contract, with a plain row index, and none of them empty."""
        assert set(bundled.tables) == set(TABLES)
        for name, table in TABLES.items():
            frame = bundled[name]
            extra = [] if table.geometry is None else ["geometry"]
            assert list(frame.columns) == [*(column.name for column in table.columns), *extra]
            assert isinstance(frame.index, pd.RangeIndex)
            assert len(frame)
        assert bundled.own == frozenset()
        assert bundled.faults == ()

    def test_it_is_read_once(self) -> None:
        """A second load gives the same object: nobody changes its frames."""
        assert catalogue.load() is catalogue.load()

    def test_every_file_names_licence_and_source(self) -> None:
        """Each entry says whose the data is and how it was made, in words of every language."""
        entries = catalogue.entries()
        assert {entry.name for entry in entries} >= set(TABLES) | {"borders_drawn"}
        for entry in entries:
            assert entry.licence in {"MIT", "ODbL-1.0", "CC-BY-4.0", "CC-BY-4.0 AND ODbL-1.0", "OFL-1.1"}
            if "ODbL" in entry.licence:
                assert "OpenStreetMap contributors" in entry.attribution
            if "CC-BY" in entry.licence:
                assert "GeoNames" in entry.attribution
            for language in LANGUAGES:
                assert translator(language)(entry.title)
                assert translator(language)(entry.provenance)


class TestIntegrity:
    """The check refuses files that are not those of the catalogue."""

    @pytest.fixture
    def copy(self, tmp_path: Path) -> Path:
        """Copy the bundled folder, to be damaged."""
        folder = tmp_path / "data"
        shutil.copytree(catalogue.DATA_DIR, folder)
        assert integrity.check(folder) == [], "run data/generators/make_catalogue.py"
        return folder

    def test_a_changed_byte(self, copy: Path) -> None:
        """The hash tells."""
        path = copy / "sites.csv"
        path.write_bytes(path.read_bytes().replace(b"Khaidarkan", b"Khaydarkan", 1))
        assert [(fault.file, fault.code) for fault in integrity.check(copy)] == [("sites.csv", "hash-differs")]

    def test_a_row_more_a_file_more_and_a_file_less(self, copy: Path) -> None:
        """All three are named at once."""
        with (copy / "sites.csv").open("a", encoding="utf-8") as file:
            file.write("X,,X\n")
        (copy / "claims.csv").unlink()
        (copy / "new.csv").write_text("a\n1\n", encoding="utf-8")
        assert {(fault.file, fault.code) for fault in integrity.check(copy)} == {
            ("sites.csv", "hash-differs"),
            ("sites.csv", "row-count-differs"),
            ("claims.csv", "missing-file"),
            ("new.csv", "no-catalogue-entry"),
        }

    def test_an_entry_without_licence(self, copy: Path) -> None:
        """No file is bundled without saying whose it is."""
        path = copy / "catalogue.toml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('licence = "MIT"', 'licence = ""', 1), encoding="utf-8")
        assert [fault.code for fault in integrity.check(copy)] == ["no-licence"]

    def test_a_malformed_catalogue(self, copy: Path) -> None:
        """One fault, not a traceback."""
        (copy / "catalogue.toml").write_text("[[files]\n", encoding="utf-8")
        assert [fault.code for fault in integrity.check(copy)] == ["catalogue-unreadable"]

    def test_damaged_tables_stop_the_start(self, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Loading raises with all faults; checking lists them."""
        (copy / "claims.csv").unlink()
        (copy / "road_speeds.csv").write_text("surface,terrain,speed_kmh\nice,plain,fast\n", encoding="utf-8")
        monkeypatch.setattr(catalogue, "DATA_DIR", copy)
        with pytest.raises(DataError) as caught:
            catalogue.load()
        found = {(fault.file, fault.code) for fault in caught.value.faults}
        assert found == {
            ("claims.csv", "missing-file"),
            ("road_speeds.csv", "unknown-choice"),
            ("road_speeds.csv", "not-number"),
        }
        assert found <= {(fault.file, fault.code) for fault in catalogue.check().faults}


class TestOwnFolder:
    """A folder of the user's over the bundled tables."""

    def test_no_such_folder(self, tmp_path: Path) -> None:
        """A mistyped path is not an empty folder; a file is no folder."""
        for path in (tmp_path / "missing", write(tmp_path, "sites.csv", "") / "sites.csv"):
            with pytest.raises(QuestionError) as caught:
                catalogue.load(path)
            assert caught.value.code == "no-data-dir"

    def test_the_environment_names_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """SYMAP_DATA counts where nothing is given; an empty one counts as not set."""
        write(tmp_path, "collection_points.csv", POINTS + "P,a,lamps,71.34,39.94\n")
        monkeypatch.setenv("SYMAP_DATA", str(tmp_path))
        assert catalogue.load().own == {"collection_points"}
        monkeypatch.setenv("SYMAP_DATA", "")
        assert catalogue.load().own == frozenset()

    @pytest.mark.parametrize("ending", ["csv", "xlsx", "geojson", "json", "gpkg"])
    def test_a_table_of_any_format_takes_the_place_of_the_bundled_one(self, tmp_path: Path, ending: str) -> None:
        """The same record out of every format; its country comes from the borders, its warning is gone."""
        record = {"id": "P", "name_en": "Пункт Ө", "accepts": "lamps;batteries"}
        path = tmp_path / f"collection_points.{ending}"
        plain = pd.DataFrame([{**record, "lon": 71.3418, "lat": 39.9432}])
        if ending == "csv":
            plain.to_csv(path, index=False)
        elif ending == "xlsx":
            plain.to_excel(path, index=False)
        else:
            driver = "GPKG" if ending == "gpkg" else "GeoJSON"
            gpd.GeoDataFrame([record], geometry=[Point(71.3418, 39.9432)], crs=WGS84).to_file(path, driver=driver)
        dataset = catalogue.load(tmp_path)
        assert codes(dataset) == []
        assert dataset.own == {"collection_points"}
        row = dataset.collection_points.iloc[0]
        assert (row["id"], row["name_en"], row["accepts"]) == ("P", "Пункт Ө", ("lamps", "batteries"))
        assert (row["lon"], row["lat"], row["country"]) == (71.3418, 39.9432, "KG")
        assert set(dataset.collection_points["evidence"]) == {"documented"}
        assert dataset.digest != catalogue.load().digest

    def test_a_faulty_table_leaves_the_bundled_one_and_says_so(self, tmp_path: Path) -> None:
        """Other tables of the folder stay usable."""
        write(tmp_path, "collection_points.csv", POINTS + "P,a,lamps,39.94,71.34\n")
        write(tmp_path, "road_speeds.csv", "surface,terrain,speed_kmh\ngravel,hills,25\n")
        dataset = catalogue.load(tmp_path)
        assert codes(dataset) == [("collection_points.csv", "coordinates-swapped")]
        assert dataset.own == {"road_speeds"}
        assert dataset["collection_points"] is catalogue.load()["collection_points"]

    def test_files_that_are_no_tables(self, tmp_path: Path) -> None:
        """Unknown names and formats are reported, hidden, lock and other files passed over."""
        for file in ("punkty.csv", "sites.xls", ".hidden.csv", "~$sites.xlsx", "readme.txt"):
            write(tmp_path, file, "x\n")
        (tmp_path / "sites.csv").mkdir()
        dataset = catalogue.load(tmp_path)
        assert codes(dataset) == [("punkty.csv", "unknown-table"), ("sites.xls", "unknown-format")]
        assert "collection_points" in dataset.faults[0].params["names"]

    def test_two_files_for_one_table(self, tmp_path: Path) -> None:
        """None of the two is preferred silently."""
        for file in ("sites.csv", "Sites.geojson"):
            write(tmp_path, file, "x\n")
        dataset = catalogue.load(tmp_path)
        assert [code for _, code in codes(dataset)] == ["two-files"]
        assert dataset.own == frozenset()

    def test_names_of_files_are_read_kindly(self, tmp_path: Path) -> None:
        """Case, spaces and hyphens of a file's name do not matter."""
        write(tmp_path, "Collection Points.csv", POINTS + "P,a,lamps,71.34,39.94\n")
        assert catalogue.load(tmp_path).own == {"collection_points"}

    def test_too_large_files_are_not_opened(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The size on disk decides."""
        monkeypatch.setattr(reading, "MAX_FILE_BYTES", 10)
        write(tmp_path, "sites.csv", "id,name_en,lon,lat\n")
        assert codes(catalogue.load(tmp_path)) == [("sites.csv", "too-large")]

    def test_check_tells_everything_at_once(self, tmp_path: Path) -> None:
        """Faults of several files, each with row, column and remedy in every language."""
        write(tmp_path, "collection_points.csv", POINTS + "P,a,lmps,71.34,39.94\n")
        write(tmp_path, "settlements.xlsx", "no workbook")
        bundled_faults = catalogue.check().faults
        answer = catalogue.check(tmp_path)
        assert not answer.ok
        assert [(fault.file, fault.row, fault.column) for fault in answer.faults[len(bundled_faults) :]] == [
            ("collection_points.csv", 2, "accepts"),
            ("settlements.xlsx", None, None),
        ]
        for language in LANGUAGES:
            for fault in answer.faults:
                assert sentences.fault_remedy(translator(language), fault)


class TestTogether:
    """What only several tables together can show."""

    def test_unknown_references(self, tmp_path: Path) -> None:
        """A reference to a record that is nowhere is named with its row; a near one is suggested."""
        text = "site_id,quantity,unit\nKG-KHD,area,ha\nKG-KDH-TMF,area,ha\nnowhere at all,area,ha\n"
        dataset = catalogue.load(write(tmp_path, "site_quantities.csv", text))
        assert [(fault.code, fault.row, fault.column) for fault in dataset.faults] == [
            ("misspelt-reference", 3, "site_id"),
            ("unknown-reference", 4, "site_id"),
        ]
        assert dataset.faults[0].params["suggestion"] == "KG-KHD-TMF"

    def test_own_tables_refer_to_each_other(self, tmp_path: Path) -> None:
        """Quantities of the user's own sites; the bundled quantities go with the bundled sites."""
        write(tmp_path, "sites.csv", "id,name_en,lon,lat\nMINE,a,71.3,39.9\n")
        assert len(catalogue.load(tmp_path).site_quantities) == 0
        write(tmp_path, "site_quantities.csv", "site_id,quantity,unit\nMINE,area,ha\n")
        dataset = catalogue.load(tmp_path)
        assert codes(dataset) == []
        assert dataset.site_quantities["site_id"].tolist() == ["MINE"]

    def test_a_broken_table_takes_those_with_it_that_rest_on_it(self, tmp_path: Path) -> None:
        """One fault says why, instead of one for every row."""
        write(tmp_path, "sites.csv", "id,name_en,lon,lat\nMINE,a,39.9,71.3\n")
        write(tmp_path, "site_quantities.csv", "site_id,quantity,unit\n" + "MINE,area,ha\n" + "MINE,volume,m3\n")
        dataset = catalogue.load(tmp_path)
        assert codes(dataset) == [
            ("sites.csv", "coordinates-swapped"),
            ("site_quantities.csv", "reference-to-broken-table"),
        ]
        assert dataset.own == frozenset()
        assert len(dataset.site_quantities) == len(catalogue.load().site_quantities)

    def test_settlements_outlive_their_area(self, tmp_path: Path) -> None:
        """With other areas, a bundled village belongs to none; it does not disappear."""
        text = "id,name_en,kind,country,population_persons\nA,a,raion,KG,1000\n"
        dataset = catalogue.load(write(tmp_path, "area_totals.csv", text))
        assert codes(dataset) == []
        assert dataset.settlements["area_id"].isna().all()
        assert len(dataset.settlements) == len(catalogue.load().settlements)

    def test_junctions_that_the_bundled_roads_miss(self, tmp_path: Path) -> None:
        """Own junctions without own roads would leave a network without roads: refused."""
        dataset = catalogue.load(write(tmp_path, "road_nodes.csv", "id,name_en,lon,lat\nMINE,a,71.3,39.9\n"))
        assert codes(dataset) == [("road_nodes.csv", "breaks-table")]

    def test_a_road_shorter_than_the_straight_line(self, tmp_path: Path) -> None:
        """The fault names both lengths: here kilometres were entered for metres."""
        write(tmp_path, "road_nodes.csv", "id,name_en,lon,lat\nA,a,71.3418,39.9432\nB,b,71.7288,40.1302\n")
        header = "id,from_id,to_id,length_m,countries\n"
        write(tmp_path, "road_sections.csv", header + "S,A,B,44000,KG\nT,A,B,44,KG\n")
        dataset = catalogue.load(tmp_path)
        geodesic_m = round(float(distances_m(71.3418, 39.9432, [71.7288], [40.1302])[0]))
        fault, consequence = dataset.faults
        assert (fault.code, fault.row, fault.column, fault.found) == ("shorter-than-geodesic", 3, "length_m", "44")
        assert fault.params["geodesic_length"] == str(geodesic_m)
        assert (consequence.file, consequence.code) == ("road_nodes.csv", "needs-broken-table")
        assert dataset.own == frozenset()

    def test_ids_are_unique_over_all_places(self, tmp_path: Path) -> None:
        """A link to an id must not lead to two places."""
        dataset = catalogue.load(write(tmp_path, "collection_points.csv", POINTS + "KG-KHD,a,lamps,71.34,39.94\n"))
        assert codes(dataset) == [("collection_points.csv", "id-in-two-tables")]
        assert dataset.faults[0].params["other"] == "sites"

    def test_made_ids_do_not_clash(self, tmp_path: Path) -> None:
        """Two tables without ids: every record can be asked for."""
        write(tmp_path, "collection_points.csv", "name,accepts,lon,lat\na,lamps,71.34,39.94\n")
        write(tmp_path, "storage.csv", "name,accepts,lon,lat\nb,lamps,71.5,40\n")
        dataset = catalogue.load(tmp_path)
        assert codes(dataset) == []
        assert resolve(dataset, "OWN-STORAGE-1").lon == 71.5
        assert resolve(dataset, "OWN-COLLECTION-POINTS-1").lon == 71.34


class TestUploads:
    """One file at a time, as a page receives it."""

    def test_read_and_put(self, bundled: Dataset) -> None:
        """The table is ready to stand among the others, its country filled."""
        frame = catalogue.read_own(
            "collection_points", "мои пункты.csv", "Название;Принимает;Широта;Долгота\nА;лампы;39,94;71,34\n".encode()
        )
        assert frame["country"].tolist() == ["KG"]
        assert frame["source"].tolist() == ["own file: мои пункты.csv"]
        dataset = catalogue.put(bundled, "collection_points", frame)
        assert dataset.own == {"collection_points"}
        assert dataset.table_digest("sites") == bundled.table_digest("sites")

    def test_put_prunes_what_belonged_to_the_replaced(self, bundled: Dataset) -> None:
        """Quantities of sites that are gone are gone."""
        frame = catalogue.read_own("sites", "s.csv", b"id,name_en,lon,lat\nKG-KHD,a,71.3,39.9\n", dataset=bundled)
        dataset = catalogue.put(bundled, "sites", frame)
        assert set(dataset.site_quantities["site_id"]) == {"KG-KHD"}
        assert "site_quantities" not in dataset.own

    def test_references_are_checked_against_the_tables_given(self, bundled: Dataset) -> None:
        """Alone a table may name any area; among the others it must be one of them."""
        content = b"name_en,lon,lat,area_id\na,71.3,39.9,AR-NOWHERE\n"
        catalogue.read_own("settlements", "s.csv", content)
        with pytest.raises(DataError) as caught:
            catalogue.read_own("settlements", "s.csv", content, dataset=bundled)
        assert caught.value.faults[0].row == 2

    def test_unknown_table(self) -> None:
        """A table that no contract has cannot be read or filled in."""
        for call in (lambda: catalogue.read_own("wells", "w.csv", b""), lambda: catalogue.template("wells")):
            with pytest.raises(QuestionError) as caught:
                call()
            assert caught.value.code == "unknown-table"

    @pytest.mark.parametrize(
        ("file", "text", "name"),
        [
            ("sites.csv", "x\n", "sites"),
            ("Road nodes.csv", "x\n", "road_nodes"),
            ("list.csv", "Название,Принимает,Широта,Долгота,Телефон\nА,лампы,39.9,71.3,1\n", "collection_points"),
            ("list.csv", "name,accepts,lat,lon,kind,position_basis\nA,lamps,39.9,71.3,works,user\n", "storage"),
            ("list.csv", "Название,Широта,Долгота,Население,Год\nА,39.9,71.3,100,2021\n", "settlements"),
            ("list.csv", "id,from,to,length_m,countries\nA,B,C,1,KG\n", "road_sections"),
            ("list.csv", "surface,terrain,speed_kmh\ngravel,hills,1\n", "road_speeds"),
            ("list.csv", "name,subject of talk\nA,b\n", None),
        ],
    )
    def test_guess(self, file: str, text: str, name: str | None) -> None:
        """By the file's name, else by its headers; None where the user has to say."""
        assert catalogue.guess_table(file, text.encode()) == name

    def test_bundled_files_are_recognised_by_their_headers(self) -> None:
        """Even under a name that says nothing."""
        for name in TABLES:
            path = next(catalogue.DATA_DIR.glob(f"{name}.*"))
            assert catalogue.guess_table("table" + path.suffix, path.read_bytes()) == name


class TestTemplates:
    """Workbooks that a ministry fills in."""

    @pytest.mark.parametrize("name", [name for name, table in TABLES.items() if table.geometry != "polygon"])
    def test_columns_are_explained_in_three_languages(self, name: str, tmp_path: Path) -> None:
        """The first sheet has the headers alone; a sheet in each language has a line for each column."""
        (tmp_path / "t.xlsx").write_bytes(catalogue.template(name))
        book = load_workbook(tmp_path / "t.xlsx")
        sheet, *explanations = book.worksheets
        names = [column.name for column in TABLES[name].columns]
        assert [cell.value for cell in sheet[1]] == names
        assert sheet.max_row == 1
        assert [page.max_row for page in explanations] == [len(names) + 1] * len(LANGUAGES)

    def test_a_filled_template_is_read(self, tmp_path: Path) -> None:
        """The row that a user enters is the record that Symap shows; an unfilled one is an empty table."""
        path = tmp_path / "t.xlsx"
        path.write_bytes(catalogue.template("collection_points"))
        with pytest.raises(DataError) as caught:
            catalogue.read_own("collection_points", "t.xlsx", path.read_bytes())
        assert [fault.code for fault in caught.value.faults] == ["empty-table"]
        book = load_workbook(path)
        entered = {"name_en": "Пункт", "accepts": "lamps", "lon": 71.34, "lat": 39.94}
        for number, column in enumerate(TABLES["collection_points"].columns, start=1):
            book.worksheets[0].cell(row=2, column=number, value=entered.get(column.name))
        book.save(path)
        frame = catalogue.read_own("collection_points", "t.xlsx", path.read_bytes())
        assert frame["name_ru"].tolist() == ["Пункт"]
        assert frame["evidence"].tolist() == ["documented"]

    def test_polygons_have_none(self) -> None:
        """Areas cannot be typed into a sheet."""
        with pytest.raises(QuestionError) as caught:
            catalogue.template("borders")
        assert caught.value.code == "no-template"


#: Modules whose codes have their sentences in the catalogues named "data".
_MODULES: Final = (
    "acceptors", "catalogue", "checking", "crs", "exposure", "geofile", "guessing", "integrity", "inventory", "nearest",
    "places", "rawtable", "reading", "references", "remote", "routing", "values", "workbook",
)  # fmt: skip


def _codes_in_sources(pattern: str) -> Iterator[tuple[str, str]]:
    for path in (GEO_DIR / f"{module}.py" for module in _MODULES):
        for code in re.findall(pattern, path.read_text(encoding="utf-8")):
            yield path.name, code


def test_every_code_has_its_sentences() -> None:
    """What a module can raise or report, every language can say, with a remedy."""
    faults = set(_codes_in_sources(r'(?:\bfail|\bFault|CellError|faults\.add|parsed\.fault)\(\s*"([a-z0-9-]+)"'))
    faults |= {("checking.py", "coordinates-swapped"), ("checking.py", "outside-window")}
    errors = set(_codes_in_sources(r'(?:QuestionError|CrsError)\(\s*"([a-z0-9-]+)"'))
    assert len(faults) > 50
    for language in LANGUAGES:
        t = translator(language)
        missing = [(file, code) for file, code in faults if not (t.has(f"fault.{code}") and t.has(f"remedy.{code}"))]
        missing += [(file, code) for file, code in errors if not t.has(f"error.{code}")]
        assert missing == []


def test_prune_leaves_tables_alone_that_nobody_replaced(bundled: Dataset) -> None:
    """Without own tables nothing is taken out, and nothing is copied."""
    assert all(references.prune(bundled.tables, ())[name] is bundled[name] for name in TABLES)


def test_plain_tables_read_back_identical(bundled: Dataset) -> None:
    """Every bundled table, written as a file and read again, is the same to the last digit."""
    for name, table in TABLES.items():
        if table.geometry == "polygon":
            continue
        text = checking.plain(table, bundled[name]).to_csv(index=False)
        again = checking.check(reading.read(f"{name}.csv", text.encode()), table)
        pd.testing.assert_frame_equal(pd.DataFrame(again), pd.DataFrame(bundled[name]), check_exact=True)
