"""The page "who lives near" with grids, receptors, regions and places of the reader: it shows what the command line prints."""

from __future__ import annotations

import gc
import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely

from geo import cli, export, layers, text
from geo.errors import SymapError
from geo.i18n import LANGUAGES, round_people, translator
from pages._shared import exposure_grid, gridfiles, mapview, peopledata, widgets
from pages._shared.gridjobs import GridJob
from tests.grid_worlds import noisy, north_up, write_grid
from tests.opened import opened
from tests.test_regions import collection
from tests.test_vectorfile import KML

from .conftest import words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

    from geo.documents import Document
    from geo.i18n import Language

    from .conftest import Drawn

KHAIDARKAN = (71.3418, 39.9432)
GRID = "people.tif"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the server a folder with a grid that covers all of the rings, one that covers a part, and one of densities."""
    monkeypatch.setenv("SYMAP_GRIDS", str(tmp_path))
    monkeypatch.setenv("SYMAP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("SYMAP_DATA_HOME", str(tmp_path / "nothing"))
    write_grid(tmp_path / GRID, noisy(120, 160), transform=north_up(70.6, 40.5, 0.01))
    write_grid(tmp_path / "part.tif", noisy(120, 60), transform=north_up(71.3, 40.5, 0.01))
    write_grid(tmp_path / "far.tif", noisy(20, 20), transform=north_up(10.0, 50.0, 0.01))
    write_grid(tmp_path / "kg_density.tif", noisy(20, 20))
    return tmp_path


@pytest.fixture
def documents(monkeypatch: pytest.MonkeyPatch) -> list[Document]:
    """Catch the documents that the page offers as files."""
    caught: list[Document] = []
    original = widgets.downloads

    def catch(t: Any, make: Any, stem: str, **options: Any) -> None:
        caught.append(make())
        original(t, make, stem, **options)

    monkeypatch.setattr(widgets, "downloads", catch)
    return caught


def _printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert cli.main(["exposure", *arguments, "--json", "--lang", "en"]) == 0
    return json.loads(capsys.readouterr().out)["answer"]


def _html(app: AppTest) -> str:
    return "".join(str(getattr(element.proto, "body", "")) for element in app.main if hasattr(element, "proto"))


def _ring_labels(drawn: Drawn) -> list[str]:
    features = [feature for layer in drawn.payloads[-1]["layers"] for feature in layer["features"]]
    return sorted(feature["label"] for feature in features if feature["s"] == "ring-label")


def _table(app: AppTest, *columns: str) -> Any:
    """Give the page's table that has some columns."""
    return next(frame.value for frame in app.dataframe if set(columns) <= set(frame.value.columns))


def test_the_page_shows_what_the_command_line_prints(
    open_page: Callable[..., AppTest], folder: Path, documents: list[Document], capsys: pytest.CaptureFixture[str]
) -> None:
    """The same grid, place and radii: headline, table, union and files hold the very numbers of ``geo exposure``."""
    t = translator("en")
    printed = _printed(capsys, "--site", "KG-KHD", "--population", str(folder / GRID))
    app = open_page("exposure", "en", **{"exposure__people-source": GRID})
    assert not app.exception
    five = next(row for row in printed["by_radius"] if row["radius_m"] == 5000)
    said = words(app)
    spread = t.range(five["population_min_persons"], five["population_max_persons"])
    number = spread if five["headline_is_range"] else t.people(five["population_persons"])
    assert f'"sy-number">{text.html(number)}<' in _html(app)
    assert spread in said
    assert t("peoplepage.from-grid", file=GRID, cells=t.number(five["units"])) in said.replace("\\", "")
    table = _table(app, t("chart.ring"), t("peoplepage.cells"))
    told = [row for ring in printed["rings"] for row in ring["by_part"]]
    for name, column in ((t("exposure.central"), ""), (t("peoplepage.least"), "min_"), (t("peoplepage.most"), "max_")):
        wanted = [row[f"population_{column}persons"] for row in told]
        shown = [None if value != value else int(value) for value in table[name].astype(float)]  # noqa: PLR0124
        assert shown == [None if value is None else round_people(value) for value in wanted], name
    rings = documents[-1].sheets[0].frame
    assert rings["population_persons"].to_numpy(dtype=float) == pytest.approx(
        [float("nan") if row["population_persons"] is None else row["population_persons"] for row in printed["rings"]],
        nan_ok=True,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_at_once_in_each_language(
    language: Language, open_page: Callable[..., AppTest], drawn: Drawn, documents: list[Document], tmp_path: Path
) -> None:
    """Two sites, a grid, receptors, regions, places, both sources and shading: shown, drawn and in the files."""
    t = translator(language)
    app = open_page("exposure", language, **{"exposure__people-source": GRID, "exposure__shading": True})
    mine = app.session_state["peopledata"]
    school = collection([({"id": "A", "name": "Made-up school"}, shapely.Point(71.36, 39.95))])
    halves = [
        ({"id": "1", "name": "West"}, shapely.box(70, 39, 71.34, 41)),
        ({"id": "2"}, shapely.box(71.34, 39, 73, 41)),
    ]
    mine.layers = [
        peopledata.read_layer("receptors", "schools.geojson", school, mine.folder),
        peopledata.read_layer("regions", "raions.geojson", collection(halves), mine.folder),
        peopledata.read_layer("places", "places.csv", b"id,lon,lat\nP,71.4,39.99\n", mine.folder),
    ]
    app.session_state["exposure.compare"] = True
    app.run()
    assert not app.exception
    assert not app.warning
    said = words(app).replace("\\", "")
    for part in ("schools.geojson", "raions.geojson", t("peoplepage.compared", file=GRID)):
        assert part in said
    assert _table(app, t("cli.column.receptor"))[t("cli.column.receptor")].tolist() == ["Made-up school"] * 2
    assert set(_table(app, t("cli.column.region"))[t("cli.column.region")]) == {"West", "2"}
    assert {"own-point", "own-area", "ring"} <= drawn.styles()
    assert drawn.payloads[-1]["picture"]["url"].startswith("../../assets/shade/")
    sheets = {sheet.code for sheet in documents[-1].sheets}
    assert {"union", "comparison", "by_region", "regions", "receptor_rings", "receptors", "totals_by_part"} <= sheets
    for ending in export.TABLE_FORMATS:
        assert len(opened(documents[-1], t, ending, tmp_path)) == len(documents[-1].sheets[0].frame)


def test_a_dragged_radius_joins_the_question(open_page: Callable[..., AppTest], drawn: Drawn) -> None:
    """The slider adds one ring and moves it; a click on a typed radius takes it away again."""
    app = open_page("exposure", "en")
    for km in (7.3, 7.4):
        app.slider(key="exposure.slide").set_value(km).run()
        assert f"within {km} km" in words(app)
        assert _ring_labels(drawn) == sorted(["1 km", "3 km", "5 km", f"{km} km", "10 km", "20 km"])
    app.session_state["exposure.radius"] = 10_000.0
    app.run()
    assert app.slider(key="exposure.slide").value == 10.0
    assert "7.4 km" not in words(app)


def test_typed_radii_are_the_readers_own(open_page: Callable[..., AppTest], drawn: Drawn) -> None:
    """Without 5 km among them there is no ring of 5 km, and the answer speaks of the largest."""
    app = open_page("exposure", "en", exposure__radii="1; 2")
    assert app.session_state["exposure.radius"] == 2000.0
    assert _ring_labels(drawn) == ["1 km", "2 km"]


def test_places_once_or_place_by_place(open_page: Callable[..., AppTest]) -> None:
    """The switch changes the headline, and the page says how many would be counted again."""
    t = translator("en")
    near = f"{KHAIDARKAN[0] + 0.001},{KHAIDARKAN[1]}"
    app = open_page("exposure", "en", **{"exposure__people-source": GRID, "exposure__places": ["KG-KHD", near]})
    overlap = t("peoplepage.overlap", sum="", again="").split(":", maxsplit=1)[0][:30]
    assert overlap in words(app)
    assert t("peoplepage.place") not in _table(app, t("peoplepage.cells")).columns
    app.toggle(key="exposure.union").set_value(False).run()
    assert not app.exception
    assert set(_table(app, t("peoplepage.cells"))[t("peoplepage.place")]) == {
        "Khaidarkan",
        "39.9432°\u00a0N, 71.3428°\u00a0E",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_not_covered_is_never_nobody(language: Language, open_page: Callable[..., AppTest]) -> None:
    """A grid that covers a part says how much; one of another continent says no data."""
    t = translator(language)
    app = open_page("exposure", language, **{"exposure__people-source": "part.tif"})
    (told,) = [warning.value for warning in app.warning]
    assert told.startswith(t("peoplepage.covered", percent="@").split("@")[0])
    app.session_state["exposure.people-source"] = "far.tif"
    app.run()
    assert not app.exception
    assert t("peoplepage.not-covered") in [warning.value for warning in app.warning]
    assert t("no-data") in words(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_grid_says_why_and_leaves_settlements(language: Language, open_page: Callable[..., AppTest]) -> None:
    """Densities are no counts; declared as what they are, they are used."""
    t = translator(language)
    app = open_page("exposure", language, **{"exposure__people-source": "kg_density.tif"})
    assert not app.exception
    assert any("kg" in warning.value and "density" in warning.value for warning in app.warning)
    assert t("peoplepage.refused") in words(app)
    assert t("peoplepage.from-settlements") in words(app).replace("\\", "")
    app.selectbox(key="exposure.grid-kind").set_value("density").run()
    assert t("peoplepage.refused") not in words(app)


def test_while_an_index_is_built_settlements_answer(
    open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says what is happening and stays usable; then the answer is the grid's."""
    t = translator("en")

    class Slow(GridJob):
        def _work(self) -> None:
            self.share = 0.4

    monkeypatch.setattr("pages._shared.loaders.GridJob", Slow)
    monkeypatch.setattr(exposure_grid, "_MOMENT_S", 0.0)
    app = open_page("exposure", "en", **{"exposure__people-source": GRID})
    assert not app.exception
    said = words(app).replace("\\", "")
    assert t("peoplepage.meanwhile") in said
    assert t("peoplepage.from-settlements") in said


def test_the_same_grid_keeps_the_name_of_its_reader(open_page: Callable[..., AppTest], folder: Path) -> None:
    """Two readers with the same cells under two names: each sees the own one."""
    (folder / "copy.tif").write_bytes((folder / GRID).read_bytes())
    t = translator("en")
    for name in (GRID, "copy.tif"):
        said = words(open_page("exposure", "en", **{"exposure__people-source": name})).replace("\\", "")
        assert t("peoplepage.from-grid", file=name, cells="@").split("@", maxsplit=1)[0] in said


def test_a_grid_that_is_gone_is_told(open_page: Callable[..., AppTest]) -> None:
    """A link may name a grid that this server has not."""
    app = open_page("exposure", "en", **{"exposure__people-source": "gone.tif"})
    assert not app.exception
    assert app.session_state["exposure.people-source"] == exposure_grid.SETTLEMENTS
    assert any("gone" in toast.value for toast in app.toast)


@pytest.mark.parametrize(
    ("kind", "file", "content"),
    [
        ("receptors", "a.geojson", b"{"),
        ("regions", "a.geojson", collection([({}, shapely.Point(71, 40))])),
        ("places", "a.csv", b"id,lon,lat\nA,hello,40\n"),
        ("receptors", "../../a.csv", b"\x00\x01"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_faults(
    kind: peopledata.Kind, file: str, content: bytes
) -> None:
    """Typed errors, and nothing of the file stays."""
    folder = gridfiles.Folder()
    with pytest.raises(SymapError):
        peopledata.read_layer(kind, file, content, folder)
    assert [path for path in folder.path.rglob("*") if path.is_file()] == []
    folder.close()


def test_of_a_file_with_several_layers_the_reader_chooses_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A GeoPackage and an archive wait for the choice; a file with one layer is taken at once."""
    for name, west in (("raions", 71.0), ("oblasts", 72.0)):
        frame = gpd.GeoDataFrame({"code": [name]}, geometry=[shapely.box(west, 39, west + 1, 41)], crs=4326)
        frame.to_file(tmp_path / "all.gpkg", layer=name, engine="pyogrio")
    mine = peopledata.Brought()
    monkeypatch.setattr(peopledata, "brought_here", lambda: mine)
    content = (tmp_path / "all.gpkg").read_bytes()
    assert not peopledata.receive_layer("regions", "all.gpkg", content)
    assert mine.waiting["all.gpkg"].layers == ("raions", "oblasts")
    assert not mine.refused
    assert peopledata.receive_layer("regions", "all.gpkg", content, "oblasts")
    (taken,) = mine.of("regions")
    assert (taken.file, taken.layer and taken.layer.file, taken.count) == ("all.gpkg#oblasts", "all.gpkg#oblasts", 1)
    assert not mine.waiting
    assert peopledata.receive_layer("receptors", "way.kml", KML)
    mine.folder.close()


def test_what_a_session_brought_goes_with_it(tmp_path: Path) -> None:
    """When nobody holds the folder any more, it and the index made from its grids are gone."""
    folder = gridfiles.Folder()
    inside, index = folder.path, tmp_path / "index"
    index.mkdir()
    folder.also_remove(index)
    (folder.place("people.tif")).write_bytes(b"x")
    del folder
    gc.collect()
    assert not inside.exists()
    assert not index.exists()


def test_a_files_name_cannot_leave_its_folder() -> None:
    """Only the harmless part of a name is kept."""
    folder = gridfiles.Folder()
    for name in ("../../etc/passwd", "..\\..\\boot.ini", "/abs", "", "...", "a\x00b.tif", "сетка 2020.tif"):
        path = folder.place(name)
        assert path.resolve().is_relative_to(folder.path.resolve())
        assert path.name not in {"", ".", ".."}
    folder.close()


def test_the_index_of_a_grid_is_found_on_disk(folder: Path) -> None:
    """So that it can go with the session that brought the grid."""
    job = GridJob(str(folder / GRID), None)
    assert job.wait(30)
    assert job.index_folder is not None
    assert (job.index_folder / "persons.bin").is_file()
    assert job.index_folder.is_relative_to(folder / "cache")


def test_a_layer_is_written_once_and_forgotten_with_it() -> None:
    """The ground is the same on every map; what nobody draws any more leaves nothing behind."""
    layer = layers.Layer("own", ({"g": ("P", [71.0, 40.0]), "s": "own-point", "label": "A {{ name"},))
    told: dict[str, Any] = {"t": translator("en"), "theme": "light", "height": 1, "view": {}, "countries": {}}
    before = len(mapview._LAYER_TEXTS)
    one, two = (mapview.payload([layer, layer], online_background=False, **told) for _ in range(2))
    assert one == two
    assert json.loads(one)["layers"][1]["features"][0]["label"] == "A {{ name"
    assert "{{" not in one
    assert len(mapview._LAYER_TEXTS) == before + 1
    del layer
    assert len(mapview._LAYER_TEXTS) == before
