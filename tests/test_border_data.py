"""What must hold of the bundled borders: the fine copy for computing and the coarse one for drawing."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Final

import numpy as np
import pytest
import shapely
from pyproj import Geod
from shapely.geometry import box, shape

from geo.schema import BORDER_KINDS, TABLES

DATA: Final = Path(__file__).resolve().parent.parent / "data"
GEOD: Final = Geod(ellps="WGS84")
SETTLEMENTS_WINDOW: Final = box(69, 39, 81, 43.5)
WHOLE_WINDOW: Final = box(68.5, 38.8, 81.5, 43.8)
#: Square kilometres of the parts in the time-zone polygons before they were simplified.
AREAS_KM2: Final = {
    "UZ-SOKH": 223.3,
    "TJ-VORUKH": 145.4,
    "UZ-SHOHIMARDON": 47.1,
    "TJ-SARVAN": 9.15,
    "KG": 198_503,
}


def read(name: str) -> list[dict]:
    """Read the features of a bundled GeoJSON file."""
    return json.loads((DATA / name).read_text(encoding="utf-8"))["features"]


def area_km2(geometry: shapely.Geometry) -> float:
    """Measure on the ellipsoid."""
    return abs(GEOD.geometry_area_perimeter(shapely.orient_polygons(geometry))[0]) / 1e6


@pytest.fixture(scope="module")
def parts() -> dict[str, shapely.Geometry]:
    """Give the polygon of each part by id."""
    return {feature["properties"]["id"]: shape(feature["geometry"]) for feature in read("borders.geojson")}


@pytest.fixture(scope="module")
def drawn() -> dict[str, dict[str, shapely.Geometry]]:
    """Give the drawn copy: land by id, and lines by the two ids at their sides."""
    layers: dict[str, dict[str, shapely.Geometry]] = {"land": {}, "line": {}}
    for number, feature in enumerate(read("borders_drawn.geojson")):
        properties = feature["properties"]
        key = properties["id"] if properties["layer"] == "land" else f"{properties['id']}#{number}"
        layers[properties["layer"]][key] = shape(feature["geometry"])
    return layers


def part_at(parts: dict[str, shapely.Geometry], lon: float, lat: float) -> list[str]:
    """Name the parts that hold a point."""
    return [name for name, part in parts.items() if part.covers(shapely.Point(lon, lat))]


def test_properties_are_those_of_the_contract() -> None:
    """The file holds all columns of the table and nothing else."""
    columns = [column.name for column in TABLES["borders"].columns]
    for feature in read("borders.geojson"):
        properties = feature["properties"]
        assert list(properties) == columns
        assert properties["kind"] in BORDER_KINDS
        assert properties["id"].startswith(properties["country"])
        assert all(properties[name] for name in columns)
        assert "not an official delimitation" in properties["source"]


def test_five_countries_and_four_exclaves(parts: dict[str, shapely.Geometry]) -> None:
    """Neither Afghanistan nor Pakistan reaches into the window; Barak went to Uzbekistan in 2024."""
    assert set(parts) == {"KG", "UZ", "TJ", "KZ", "CN", "UZ-SOKH", "UZ-SHOHIMARDON", "TJ-VORUKH", "TJ-SARVAN"}


@pytest.mark.parametrize(("name", "expected_km2"), AREAS_KM2.items())
def test_areas_survive_simplification(name: str, expected_km2: float, parts: dict[str, shapely.Geometry]) -> None:
    """Nobody loses more than 3 % of an exclave to a simpler line."""
    assert area_km2(parts[name]) == pytest.approx(expected_km2, rel=0.03)


def test_polygons_are_a_coverage(parts: dict[str, shapely.Geometry]) -> None:
    """Valid, without overlaps and gaps: every point of the window has exactly one country."""
    polygons = np.array(list(parts.values()))
    assert shapely.is_valid(polygons).all()
    assert shapely.coverage_is_valid(polygons)
    assert sum(polygon.area for polygon in polygons) == pytest.approx(WHOLE_WINDOW.area, rel=1e-12)
    for one, other in combinations(polygons, 2):
        assert shapely.intersection(one, other).area == 0
    assert shapely.union_all(polygons).equals(WHOLE_WINDOW)
    assert WHOLE_WINDOW.contains_properly(SETTLEMENTS_WINDOW)


def test_coordinates_have_five_decimals() -> None:
    """More digits say nothing and weigh."""
    text = (DATA / "borders.geojson").read_text(encoding="utf-8")
    coordinates = shapely.get_coordinates([shape(f["geometry"]) for f in json.loads(text)["features"]])
    assert np.array_equal(coordinates, np.round(coordinates, 5))
    assert len(text.encode()) < 500_000


@pytest.mark.parametrize(
    ("place", "lon", "lat", "expected"),
    [
        ("Aidarken", 71.3424, 39.9464, "KG"),
        ("Osh", 72.8050, 40.5173, "KG"),
        ("Batken", 70.8201, 40.0612, "KG"),
        ("Bishkek", 74.59, 42.87, "KG"),
        ("Charbak, at the edge of Sokh", 71.0757, 39.8981, "KG"),
        ("Ravon", 71.13467, 39.97724, "UZ-SOKH"),
        ("Shohimardon", 71.80512, 39.98322, "UZ-SHOHIMARDON"),
        ("Vorukh", 70.5769, 39.8533, "TJ-VORUKH"),
        ("Sarvan", 70.618, 40.961, "TJ-SARVAN"),
        ("Barak, exchanged in 2024", 72.766, 40.667, "UZ"),
        ("Fergana", 71.7843, 40.3842, "UZ"),
        ("Isfara", 70.6253, 40.1265, "TJ"),
        ("Taraz", 71.37334, 42.89799, "KZ"),
        ("Kashgar", 75.98675, 39.46718, "CN"),
    ],
)
def test_places_lie_where_they_should(
    place: str, lon: float, lat: float, expected: str, parts: dict[str, shapely.Geometry]
) -> None:
    """Known places fall into the part that they belong to, and into no other."""
    assert part_at(parts, lon, lat) == [expected], place


def test_exclaves_are_holes_of_their_neighbour(parts: dict[str, shapely.Geometry]) -> None:
    """Sokh, Vorukh and Shohimardon lie wholly inside Kyrgyzstan, Sarvan inside Uzbekistan."""
    for inner, outer in (("UZ-SOKH", "KG"), ("TJ-VORUKH", "KG"), ("UZ-SHOHIMARDON", "KG"), ("TJ-SARVAN", "UZ")):
        holes = [shapely.Polygon(ring) for part in shapely.get_parts(parts[outer]) for ring in part.interiors]
        assert any(hole.equals(parts[inner]) for hole in holes), inner


def test_drawn_copy_is_light_and_a_coverage(drawn: dict[str, dict[str, shapely.Geometry]]) -> None:
    """It is drawn on every page: small, and land without slits between neighbours."""
    assert (DATA / "borders_drawn.geojson").stat().st_size < 65_000
    land = np.array(list(drawn["land"].values()))
    assert shapely.coverage_is_valid(land)
    assert shapely.is_valid(land).all()
    assert shapely.union_all(land).equals(WHOLE_WINDOW)


def test_drawn_land_follows_the_fine_borders(
    parts: dict[str, shapely.Geometry], drawn: dict[str, dict[str, shapely.Geometry]]
) -> None:
    """Every part is there and overlaps its fine copy; exclaves are drawn finely, so that they look right."""
    assert set(drawn["land"]) == set(parts)
    for name, part in parts.items():
        coarse = drawn["land"][name]
        overlap = shapely.intersection(part, coarse).area / shapely.union(part, coarse).area
        assert overlap > (0.9 if name == "TJ-SARVAN" else 0.97), name


def test_every_border_line_is_drawn_once(drawn: dict[str, dict[str, shapely.Geometry]]) -> None:
    """The lines are the shared edges of the land, each once, and the frame of the window is not among them."""
    lines = list(drawn["line"].values())
    edges = shapely.union_all([polygon.boundary for polygon in drawn["land"].values()])
    inner = shapely.difference(edges, WHOLE_WINDOW.boundary)
    assert sum(line.length for line in lines) == pytest.approx(inner.length, rel=1e-9)
    assert shapely.union_all(lines).length == pytest.approx(inner.length, rel=1e-9)
