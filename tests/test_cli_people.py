"""The command line about people: grids, regions, receptors, places of one's own and corridors, as text, JSON and files."""

from __future__ import annotations

import json
import math
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

from geo.answers_json import dumps
from tests.grid_worlds import noisy, north_up, write_grid
from tests.people_worlds import CENTRE, at, site, village, world
from tests.shell import as_json, asking
from tests.test_regions import collection

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.dataset import Dataset
    from tests.shell import Run


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """Give two sites 12 km apart, and a village between them."""
    return world([village("V", 1000.0, persons=500.0)], sites=[site("S", 0.0), site("N", 0.0, 12_000.0)])


@pytest.fixture
def ask(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Run]:
    """Ask a question in a folder that holds a grid and some layers; give exit code and both outputs."""
    monkeypatch.setenv("SYMAP_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    write_grid(tmp_path / "people.tif", noisy(100, 100), transform=north_up(71.5, 41.5, 0.01))
    west, east = shapely.box(71, 40, CENTRE[0], 42), shapely.box(CENTRE[0], 40, 73, 42)
    Path("raions.geojson").write_bytes(
        collection([({"id": "1", "name": "West"}, west), ({"id": "2", "name": "East"}, east)])
    )
    Path("schools.geojson").write_bytes(collection([({"id": "A", "name": "School"}, shapely.Point(at(2000.0, 90.0)))]))
    Path("stream.geojson").write_bytes(collection([({}, shapely.LineString([CENTRE, at(9000.0, 90.0)]))]))
    Path("sites.csv").write_text(f"id,lon,lat\nP,{CENTRE[0]},{CENTRE[1]}\nQ,72.3,41.1\n", encoding="utf-8")
    return asking(dataset, monkeypatch, capsys)


EVERYTHING = (
    *("exposure", "--site", "S", "--site", "N", "--radius", "3000", "10000", "--population", "people.tif", "--union"),
    *("--compare", "--regions", "raions.geojson", "--receptors", "schools.geojson"),
)


def test_a_question_with_everything(ask: Callable[..., Run]) -> None:
    """Rings with cells and coverage, the union once, two sources, regions that add up, receptors."""
    found = as_json(ask(*EVERYTHING, "--json"))
    question, answer = found["question"], found["answer"]
    assert question["population"] == "people.tif"
    assert question["regions"] == "raions.geojson"
    assert (question["receptors"], question["union"]) == (["schools.geojson"], True)
    keys = {"population_min_persons", "population_max_persons", "coverage_share", "units", "low_data", "area_m2"}
    assert all(keys <= set(ring) for ring in answer["rings"])
    assert [ring["site_id"] for ring in answer["rings"]] == ["S", "S", "N", "N"]
    assert answer["rings"][0]["settlements"] is None
    assert answer["union_population_persons"] == answer["population_persons"] > 0
    assert answer["population_source"] == {"kind": "grid", "file": "people.tif"}
    assert [row["geometry"]["type"] for row in answer["union"]] == ["MultiPolygon", "Polygon"]
    assert answer["union"][1]["overlap_persons"] == pytest.approx(answer["overlap_persons"])
    assert {row["place"] for row in answer["comparison"]["zones"]} == {"S", "N", None}
    regions = [row for row in answer["regions"]["totals"] if row["radius_m"] == 10_000]
    assert {row["name"] for row in regions} == {"West", "East"}
    assert sum(row["population_persons"] for row in regions) == pytest.approx(answer["population_persons"])
    (layer,) = answer["receptors"]
    assert [row["receptors"] for row in layer["rings"]] == [1, 0, 0, 0]
    assert layer["list"][0]["name"] == "School"


def test_the_same_as_text_and_files(ask: Callable[..., Run]) -> None:
    """Every table has its heading; the workbook and the GeoPackage hold the same sheets."""
    code, out, err = ask(*EVERYTHING, "--out", "all.xlsx")
    assert (code, err) == (0, "written: all.xlsx\n")
    for title in ("Population grid: people.tif", "everybody once", "side by side", "raions.geojson", "School"):
        assert title in out
    titles = set(openpyxl.load_workbook("all.xlsx").sheetnames)
    wanted = {"Union of all places", "Two sources", "By region", "Whole regions", "Receptors by ring", "Receptors"}
    assert wanted <= titles
    assert ask(*EVERYTHING, "--out", "all.gpkg")[0] == 0
    layers = {str(name) for name in pyogrio.list_layers("all.gpkg")[:, 0]}
    assert {"rings", "disks", "union", "by_region", "regions", "receptors"} <= layers


def test_places_of_a_file(ask: Callable[..., Run]) -> None:
    """Asked about in the order of the file, together with named ones; each has its own rings."""
    found = as_json(ask("exposure", "--sites", "sites.csv", "--site", "N", "--radius", "3000", "--json"))["answer"]
    assert [(ring["site_id"], ring["population_persons"]) for ring in found["rings"]] == [
        ("N", 0),
        ("P", 500),
        ("Q", 0),
    ]
    assert found["union_population_persons"] == 500
    assert found["rings"][0]["coverage_share"] is None
    assert found["rings"][1]["units"] == 1
    code, _, err = ask("exposure", "--sites", "sites.csv", "--radius", "3000", "--out", "sites.gpkg")
    assert code == 0, err
    assert len(pyogrio.read_dataframe("sites.gpkg", layer="rings")) == 2


def test_a_corridor_answers_in_the_promised_keys(ask: Callable[..., Run]) -> None:
    """From settlements and from a grid, along a line of one's own."""
    found = as_json(
        ask("corridor", "--route", "stream.geojson", "--width", "1500", "--receptors", "schools.geojson", "--json")
    )
    answer = found["answer"]
    keys = {
        *("population_persons", "population_min_persons", "population_max_persons", "length_m", "density_per_km2"),
        *("profile", "towns", "notes", "evidence"),
    }
    assert keys <= set(answer)
    assert found["question"]["width_m"] == 1500
    assert answer["population_persons"] == 500
    assert answer["length_m"] == pytest.approx(9000, rel=1e-6)
    assert sum(part["population_persons"] for part in answer["profile"]) == 500
    assert [town["id"] for town in answer["towns"]] == ["V"]
    assert [row["along_m"] for row in answer["receptors"][0]["list"]] == [pytest.approx(2000, abs=5)]
    summed = as_json(
        ask("corridor", "--route", "stream.geojson", "--population", "people.tif", "--error", "300", "--json")
    )
    low, central, high = (summed["answer"][f"population_{which}persons"] for which in ("min_", "", "max_"))
    assert low < central < high
    unsure = as_json(ask("corridor", "--route", "stream.geojson", "--error", "3000", "--json"))["answer"]
    assert (unsure["population_persons"], unsure["range_only"], unsure["population_max_persons"]) == (None, True, 500)


def test_a_corridor_as_text_and_file(ask: Callable[..., Run]) -> None:
    """The headline, the profile, the towns; the GeoPackage holds the corridor's ground."""
    code, out, err = ask("corridor", "--route", "stream.geojson", "--width", "1500", "--out", "c.gpkg")
    assert (code, err) == (0, "written: c.gpkg\n")
    for text in ("500 people", "Along the line", "Towns and villages passed", "taken exactly as drawn"):
        assert text in out
    ground = pyogrio.read_dataframe("c.gpkg", layer="corridor")
    assert ground.geometry.iloc[0].geom_type == "Polygon"


def test_no_road_is_no_corridor_but_an_answer(ask: Callable[..., Run]) -> None:
    """Without a route the numbers are null and the reason is said."""
    found = as_json(ask("corridor", "--from", "S", "--to", "N", "--json"))["answer"]
    assert (found["reachable"], found["population_persons"], found["profile"]) == (False, None, [])
    assert found["reason_code"]
    assert ask("corridor", "--from", "S", "--to", "N")[0] == 0


def _bad_files() -> None:
    """Put beside the good files those that people drop by mistake."""
    cells = noisy(20, 20)
    Path("nowhere.geojson").write_bytes(collection([({"id": "A"}, None)]))
    Path("bare.shp").write_bytes(b"\x00\x00\x27\x0a")
    Path("empty.tif").write_bytes(b"")
    Path("cut.tif").write_bytes(Path("people.tif").read_bytes()[:9000])
    write_grid(Path("unplaced.tif"), cells, crs=None)
    write_grid(Path("nothing.tif"), np.full((20, 20), -1.0), nodata=-1.0)
    write_grid(Path("minus.tif"), cells - 100.0)
    write_grid(Path("bands.tif"), np.stack([cells] * 3))
    write_grid(Path("photo.tif"), np.zeros((3, 20, 20), dtype="uint8"), photometric="RGB")
    write_grid(Path("arctic.tif"), cells, transform=north_up(0.0, 90.0, 0.01))


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("exposure", "--site", "S", "--grid-kind", "count"), "--population"),
        (("exposure", "--site", "S", "--compare"), "--population"),
        (("exposure", "--site", "S", "--population", "none.tif"), "no such file"),
        (("exposure", "--site", "S", "--population", "sites.csv"), "not a GeoTIFF"),
        (("exposure", "--site", "S", "--population", "people.tif", "--grid-kind", "people"), "no kind"),
        (("exposure", "--site", "S", "--population", "people.tif", "--radius", "0"), "0"),
        (("exposure", "--site", "S", "--population", "people.tif", "--radius", "1e7"), "km"),
        (("exposure", "--site", "S", "--regions", "schools.geojson"), "schools.geojson"),
        (("exposure", "--sites", "none.csv"), "none.csv"),
        (("exposure", "--sites", "raions.geojson"), "raions.geojson"),
        (("exposure",), "place"),
        (("corridor",), "--route"),
        (("corridor", "--route", "stream.geojson", "--from", "S"), "--route"),
        (("corridor", "--from", "S"), "--to"),
        (("corridor", "--route", "schools.geojson"), "schools.geojson"),
        (("corridor", "--route", "stream.geojson", "--width", "wide"), "wide"),
        (("corridor", "--route", "stream.geojson", "--width", "1"), "10 m"),
        (("exposure", "--site", "S", "--radius", "-5"), "-5 m"),
        (("exposure", "--site", "S", "--radius", "nan"), "nan"),
        (("exposure", "--site", "S", "--radius", "inf"), "inf"),
        (("exposure", "--site", "S", "--receptors", "nowhere.geojson"), "no feature"),
        (("exposure", "--site", "S", "--regions", "none.zip"), "none.zip"),
        (("exposure", "--site", "S", "--regions", "bare.shp"), "ZIP"),
        (("exposure", "--site", "S", "--population", "hotosm-kgz-health"), "data get hotosm-kgz-health"),
        (("exposure", "--site", "S", "--population", "photo.tif"), "picture"),
        (("exposure", "--site", "S", "--population", "cut.tif"), "cut off"),
        (("exposure", "--site", "S", "--population", "empty.tif"), "empty"),
        (("exposure", "--site", "S", "--population", "unplaced.tif"), "reference system"),
        (("exposure", "--site", "S", "--population", "nothing.tif"), "no cell"),
        (("exposure", "--site", "S", "--population", "minus.tif"), "negative"),
        (("exposure", "--site", "S", "--population", "bands.tif"), "3 bands"),
        (("exposure", "--at", "10,90", "--radius", "20000", "--population", "arctic.tif"), "pole"),
        (("exposure", "--at", "10,89.9", "--radius", "20000", "--population", "arctic.tif"), "pole"),
    ],
)
def test_bad_input_is_one_line(ask: Callable[..., Run], arguments: tuple[str, ...], text: str) -> None:
    """Exit 2, one line that names what is wrong, nothing on standard output."""
    _bad_files()
    code, out, err = ask(*arguments)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert text in err


def test_odd_input_has_a_labelled_answer(ask: Callable[..., Run]) -> None:
    """A grid of elsewhere, a circle over the date line, crossing outlines, features without a place: never a wrong number."""
    write_grid(Path("africa.tif"), noisy(20, 20), transform=north_up(20.0, 0.0, 0.01))
    elsewhere = as_json(ask("exposure", "--site", "S", "--radius", "5000", "--population", "africa.tif", "--json"))[
        "answer"
    ]
    assert (elsewhere["population_persons"], elsewhere["coverage_share"]) == (None, 0.0)
    assert "no data" in ask("exposure", "--site", "S", "--radius", "5000", "--population", "africa.tif")[1]
    write_grid(Path("date.tif"), np.ones((100, 100)), transform=north_up(179.5, 40.3, 0.01))
    question = ("exposure", "--at", "179.99,40", "--radius", "10000", "--population", "date.tif", "--json")
    over = as_json(ask(*question))["answer"]
    assert over["coverage_share"] == 1.0
    assert over["population_persons"] == pytest.approx(over["units"])
    bow = shapely.Polygon([(71, 40), (73, 42), (73, 40), (71, 42)])
    layer = [({"id": "1"}, None), ({"id": "2"}, bow)]
    Path("bow.geojson").write_bytes(collection(layer))
    mended = as_json(ask("exposure", "--site", "S", "--regions", "bow.geojson", "--json"))["answer"]
    assert any("crossed itself" in note for note in mended["notes"])
    assert any("1 feature has no geometry" in note for note in mended["notes"])


def test_a_corridor_by_region_along_a_receivers_track(ask: Callable[..., Run]) -> None:
    """A GPX line, a zipped layer of regions: the parts sum to the whole, in JSON, text and tables."""
    east = at(9000.0, 90.0)
    points = "".join(f'<trkpt lat="{lat}" lon="{lon}"/>' for lon, lat in (CENTRE, east))
    head = '<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">'
    Path("track.gpx").write_text(f"{head}<trk><trkseg>{points}</trkseg></trk></gpx>", encoding="utf-8")
    with zipfile.ZipFile("raions.zip", "w") as packed:
        packed.write("raions.geojson")
    question = ("corridor", "--route", "track.gpx", "--population", "people.tif", "--regions", "raions.zip")
    found = as_json(ask(*question, "--json"))
    assert found["question"]["regions"] == "raions.zip"
    rows = found["answer"]["regions"]["by_region"]
    assert {row["name"] for row in rows} == {"West", "East"}
    total = found["answer"]["population_persons"]
    assert sum(row["population_persons"] for row in rows) == pytest.approx(total, rel=1e-6)
    assert sum(row["population_persons"] for row in found["answer"]["by_part"]) == pytest.approx(total, rel=1e-6)
    code, text, _ = ask(*question, "--out", "c.xlsx")
    assert code == 0
    assert "By region of raions.zip" in text
    assert "Along the line, by region" in openpyxl.load_workbook("c.xlsx").sheetnames


def test_json_is_laid_out_by_objects() -> None:
    """A field a line; an outline of many corners on one; what is read back is what was written."""
    answer: dict[str, Any] = {
        "a": {"b": 1.5, "c": None},
        "d": [{"e": "ы\n"}, {}],
        "ring": [[71.0, 40.0], [72.0, 40.5]],
        "f": [],
        "g": True,
    }
    assert json.loads(dumps(answer)) == json.loads(dumps(answer, ascii_only=True, indent=None)) == answer
    assert dumps(answer, ascii_only=True).isascii()
    assert dumps({"a": {"b": math.nan}, "ring": [[71.0, 40.0]]}).splitlines() == [
        "{",
        '  "a": {',
        '    "b": null',
        "  },",
        '  "ring": [[71, 40]]',
        "}",
    ]
