"""People by region: every region's part adds up to the whole, whatever is brought as a layer of regions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from shapely.geometry import mapping

from geo.brought import POLYGONS, layer_of, places_of, read_layer, read_sites
from geo.errors import DataError, QuestionError
from geo.exposure import ExposureQuestion, measure
from geo.regions import measure_regions
from tests.grid_worlds import noisy, north_up, people_on
from tests.people_worlds import CENTRE, area, site, square, village, world

if TYPE_CHECKING:
    from pathlib import Path

    from geo.brought import OwnLayer
    from geo.dataset import Dataset
    from geo.grid_people import GridPeople

RADII_M = (3000.0, 10_000.0)


def collection(features: list[tuple[dict[str, Any], Any]]) -> bytes:
    """Write features as GeoJSON."""
    made = [
        {"type": "Feature", "properties": properties, "geometry": None if shape is None else mapping(shape)}
        for properties, shape in features
    ]
    return json.dumps({"type": "FeatureCollection", "features": made}).encode()


def halves() -> OwnLayer:
    """Cut the ground about the centre along its meridian; the north of it belongs to neither."""
    west, east = shapely.box(71, 40, CENTRE[0], 41.05), shapely.box(CENTRE[0], 40, 73, 41.05)
    named = [({"Adm2_Code": "1", "Adm2_EN": "West"}, west), ({"Adm2_Code": "2", "Adm2_EN": "East"}, east)]
    return layer_of("raions.geojson", collection(named))


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """Give villages east and west of an uncertain site, one without a number, and an exclave east of it."""
    villages = [
        village("W", 2000.0, 270.0, 1000.0, "A"),
        village("E", 2000.0, 90.0, 300.0, "A"),
        village("Q", 5000.0, 90.0, None, "A"),
        village("N", 8000.0, 0.0, 70.0),
    ]
    totals = [area("A", 2000.0), area("X", 900.0, kind="exclave", border_id="EX", country="UZ")]
    return world(villages, totals, [site("S", 500.0)], square(6000.0, 2000.0))


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory, dataset: Dataset) -> GridPeople:
    """Give a grid round the site."""
    return people_on(tmp_path_factory.mktemp("grid"), noisy(100, 100), north_up(71.5, 41.5, 0.01), dataset)


def test_settlements_by_region(dataset: Dataset) -> None:
    """Each village in the region of its point, its share of the area with it, the exclave where its middle lies."""
    question = ExposureQuestion(("S",), RADII_M)
    found = measure_regions(dataset, question, halves())
    disk = found.by_region[found.by_region["cumulative"] & (found.by_region["outer_radius_m"] == 10_000.0)]
    people = dict(zip(disk["name_en"].fillna("-"), disk["population_persons"], strict=True))
    assert people["West"] == 1000.0
    assert people["East"] == pytest.approx(300.0 + 700.0 + 900.0)
    assert people["-"] == 70.0
    low = dict(zip(disk["name_en"].fillna("-"), disk["population_min_persons"], strict=True))
    assert low == {"West": 1000.0, "East": 300.0, "-": 70.0}


@pytest.mark.parametrize("source", ["settlements", "grid"])
def test_regions_add_up_to_the_rings(dataset: Dataset, grid: GridPeople, source: str) -> None:
    """By ring and by disk the regions and what is outside them hold everybody once."""
    people = grid if source == "grid" else None
    question = ExposureQuestion(("S", "72.1,41.0"), RADII_M)
    answer, found = measure(dataset, question, people), measure_regions(dataset, question, halves(), people)
    for cumulative, zones in ((False, answer.rings), (True, answer.disks)):
        part = found.by_region[found.by_region["cumulative"] == cumulative]
        sums = part.groupby(["place_index", "outer_radius_m"])["population_persons"].sum()
        assert sums.to_numpy() == pytest.approx(zones["population_persons"].fillna(0).to_numpy())
    sums = found.totals_by_region.groupby("radius_m")["population_persons"].sum()
    assert sums.to_numpy() == pytest.approx(answer.totals_by_radius["population_persons"].to_numpy())


def test_a_whole_region_is_the_zonal_sum(dataset: Dataset, grid: GridPeople) -> None:
    """A region along cell edges holds exactly its cells."""
    layer = layer_of("one.geojson", collection([({"id": "B"}, shapely.box(71.6, 41.0, 71.9, 41.4))]))
    found = measure_regions(dataset, ExposureQuestion(("S",), RADII_M), layer, grid).regions
    assert found["population_persons"].iloc[0] == pytest.approx(noisy(100, 100)[10:50, 10:40].sum(), rel=1e-5)
    assert found["units"].iloc[0] == pytest.approx(40 * 30, rel=1e-5)
    assert found["coverage_share"].tolist() == [1.0]


def test_where_regions_overlap_the_first_counts(dataset: Dataset) -> None:
    """Nobody counts in two regions, and the overlap is said."""
    both = [({"id": "1"}, shapely.box(71, 40, 73, 42)), ({"id": "2"}, shapely.box(71.5, 40, 73, 42))]
    found = measure_regions(dataset, ExposureQuestion(("S",), RADII_M), layer_of("r.geojson", collection(both)))
    assert set(found.by_region["region_id"]) == {"1"}
    assert "regions-overlap" in {note.code for note in found.notes}
    assert "regions-overlap" not in {
        note.code for note in measure_regions(dataset, ExposureQuestion(("S",), RADII_M), halves()).notes
    }


def test_ids_and_names_are_guessed() -> None:
    """The codes that differ in every row are the ids; names of the finest level, in each language that has them."""
    shapes = [shapely.box(71 + n, 40, 72 + n, 41) for n in range(2)]
    rows = [
        {"Adm1_Code": "K", "Adm1_EN": "Osh", "Adm2_Code": f"K{n}", "Adm2_EN": f"R{n}", "Adm2_RU": f"Р{n}"}
        for n in range(2)
    ]
    layer = layer_of("a.geojson", collection(list(zip(rows, shapes, strict=True))))
    assert layer.ids == ("K0", "K1")
    assert layer.names == ({"en": "R0", "ru": "Р0"}, {"en": "R1", "ru": "Р1"})
    bare = layer_of("b.geojson", collection([({}, shape) for shape in shapes]))
    assert bare.ids == ("2", "3")
    assert bare.names == ({}, {})
    assert layer_of("c.geojson", collection([({"name": "Школа", "osm_id": 7}, shapes[0])])).names == ({"ru": "Школа"},)


def test_bad_layers_are_named_errors(tmp_path: Path) -> None:
    """A bow-tie is put right, an empty geometry left out; the rest is refused with what is wrong."""
    bow = shapely.Polygon([(71, 40), (72, 41), (72, 40), (71, 41)])
    layer = layer_of("bow.geojson", collection([({"id": "1"}, bow), ({"id": "2"}, None)]))
    assert (layer.repaired, layer.skipped, layer.ids) == (1, 1, ("1",))
    assert shapely.is_valid(layer.shapes).all()
    with pytest.raises(DataError) as wrong:
        layer_of("p.geojson", collection([({}, shapely.Point(71, 40))]), POLYGONS)
    assert [(fault.code, fault.row) for fault in wrong.value.faults] == [("geometry-kind", 2)]
    with pytest.raises(QuestionError, match="own-layer-empty"):
        layer_of("e.geojson", collection([({}, None)]))
    with pytest.raises(QuestionError, match="own-file-unreadable"):
        read_layer(tmp_path / "none.geojson")
    with pytest.raises(DataError) as wrong:
        layer_of("t.csv", b"id,name\n1,School\n")
    assert [fault.code for fault in wrong.value.faults] == ["needs-geometry"]


def test_places_of_a_table(tmp_path: Path) -> None:
    """Id, longitude and latitude are enough; other columns are left alone, a stated error is used."""
    (tmp_path / "sites.csv").write_text(
        "id;lon;lat;depth;positional_error_m\nA;71,5;40,25;3;200\nB;72;40;;\n", encoding="utf-8"
    )
    places = read_sites(tmp_path / "sites.csv")
    assert [(p.id, p.lon, p.lat, p.positional_error_m) for p in places.values()] == [
        ("A", 71.5, 40.25, 200.0),
        ("B", 72.0, 40.0, 0.0),
    ]
    made = places_of("s.geojson", collection([({"id": "A", "name": "Mine"}, shapely.Point(71.5, 40.25))]))
    assert (made["A"].lon, made["A"].names) == (71.5, {"en": "Mine"})


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("id,lon,lat\nA,71,40\nA,72,40\n", ["duplicate-id"]),
        ("id,lon,lat\nA,x,40\nB,71,\n", ["not-number", "empty-cell"]),
        ("id,lon\nA,71\n", ["missing-column"]),
        ("id,lon,lat\nA,nan,40\n", ["not-finite"]),
    ],
)
def test_bad_tables_of_places_name_every_fault(text: str, codes: list[str]) -> None:
    """With the row, as in any other table."""
    with pytest.raises(DataError) as wrong:
        places_of("sites.csv", text.encode())
    assert sorted(fault.code for fault in wrong.value.faults) == sorted(codes)


def test_lines_are_no_places() -> None:
    """A place is a point."""
    with pytest.raises(DataError) as wrong:
        places_of("s.geojson", collection([({"id": "A"}, shapely.LineString([(71, 40), (72, 40)]))]))
    assert "geometry-kind" in {fault.code for fault in wrong.value.faults}


def test_several_hundred_places_are_read() -> None:
    """Three hundred places keep their order."""
    lon = np.linspace(70, 79, 300)
    text = "id,lon,lat\n" + "".join(f"P{n},{value:.5f},41\n" for n, value in enumerate(lon))
    assert list(places_of("many.csv", text.encode())) == [f"P{n}" for n in range(300)]
