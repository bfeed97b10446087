"""What the layers show of tables and answers, and what they must never show."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
from pyproj import Geod

from geo import exposure, layers, nearest, routing, schema, text
from geo.answer_layers import MAX_OWN_FEATURES
from geo.i18n import LANGUAGES, Language, translator
from geo.places import Place
from tests.payloads import PAYLOADS
from tests.road_worlds import dataset, point, valley

if TYPE_CHECKING:
    from geo.dataset import Dataset
    from geo.layers import Feature, Layer

RU = translator("ru")
EXAMPLE = {"ru": "пример, не реальный объект", "ky": "мисал, чыныгы эмес", "en": "example, not a real place"}


def _site(name: str, lon: float = 71.0, lat: float = 40.0, **cells: object) -> dict[str, object]:
    usual = {"kind": "works", "commodities": ("mercury",), "position_basis": "published", "positional_error_m": 50.0}
    return point(name, lon, lat, **{**usual, **cells})


def _styles(layer: Layer) -> list[str]:
    return [feature["s"] for feature in layer.features]


def _of(layer: Layer, style: str) -> list[Feature]:
    return [feature for feature in layer.features if feature["s"] == style]


# ---- sites --------------------------------------------------------------------------------------------------


def test_a_site_looks_like_what_it_is() -> None:
    """A site looks like what it is."""
    world = dataset(
        sites=[
            _site("works"),
            _site("dam", kind="tailings"),
            _site("gold", commodities=("gold",)),
            _site("pond", kind="tailings", commodities=("uranium",)),
            _site("example", evidence="illustrative"),
        ]
    )
    shown = layers.sites(world, RU, mercury_only=False)
    assert _styles(shown) == ["site", "site-tailings", "site-other", "site-other-tailings", "site-illustrative"]
    assert [feature["id"] for feature in layers.sites(world, RU).features] == ["works", "dam", "example"]


def test_filters_choose_by_kind_and_evidence() -> None:
    """Filters choose by kind and evidence."""
    world = dataset(sites=[_site("a"), _site("b", kind="tailings"), _site("c", evidence="reported")])
    assert [f["id"] for f in layers.sites(world, RU, kinds={"tailings"}).features] == ["b"]
    assert [f["id"] for f in layers.sites(world, RU, evidence={"reported"}).features] == ["c"]


@pytest.mark.parametrize("basis", ["town-point", "village-point"])
def test_a_borrowed_point_gives_a_circle_and_never_a_mark(basis: str) -> None:
    """A mark at the town's point would send people to a place that nobody published."""
    world = dataset(
        sites=[_site("s", position_basis=basis, positional_error_m=3000.0)],
        storage=[point("st", 72.0, 40.0, kind="company", position_basis=basis, positional_error_m=10_000.0)],
    )
    assert layers.sites(world, RU).features == ()
    assert layers.storage(world, RU).features == ()
    circles = layers.error_circles(world, RU)
    assert _styles(circles) == ["site-circle", "storage-circle"]
    assert [feature["g"] for feature in circles.features] == [("C", [71.0, 40.0, 3000]), ("C", [72.0, 40.0, 10000])]


def test_a_record_without_coordinates_is_not_drawn_at_all() -> None:
    """A record without coordinates is not drawn at all."""
    world = dataset(sites=[_site("listed", math.nan, math.nan, position_basis="none")])
    assert layers.sites(world, RU).features == ()
    assert layers.error_circles(world, RU).features == ()


def test_records_that_share_a_point_share_a_label_and_keep_their_own_circles() -> None:
    """Four labels on one point would be unreadable; the circles say how far each part may lie."""
    parts = [
        _site("dam", kind="tailings", position_basis="town-point", positional_error_m=5000.0),
        _site("works", position_basis="town-point", positional_error_m=3000.0),
        _site("heap", kind="waste-rock", position_basis="town-point", positional_error_m=3000.0),
    ]
    circles = layers.error_circles(dataset(sites=parts), RU).features
    assert [feature["g"][1][2] for feature in circles] == [5000, 3000]
    assert [feature["ids"] for feature in circles] == [["dam"], ["works", "heap"]]
    assert [bool(feature.get("label")) for feature in circles] == [True, False]
    assert "3–5 км" in circles[0]["label2"]


def test_the_parts_of_khaidarkan_are_two_circles_with_one_label(bundled: Dataset) -> None:
    """The works, heap and pond lie within 3 km of the town's point, the tailings facility within 5 km."""
    parts = {"KG-KHD-WORKS", "KG-KHD-SLAG", "KG-KHD-SLUDGE", "KG-KHD-TMF"}
    circles = [f for f in layers.error_circles(bundled, RU, tables=("sites",)).features if parts & set(f["ids"])]
    assert sorted(feature["g"][1][2] for feature in circles) == [3000, 5000]
    assert {code for feature in circles for code in feature["ids"]} == parts
    assert len([feature for feature in circles if feature.get("label")]) == 1
    assert not parts & {feature["id"] for feature in layers.sites(bundled, RU, mercury_only=False).features}
    assert "KG-KHD" in {feature["id"] for feature in layers.sites(bundled, RU).features}


# ---- storage, collection points, settlements, roads, borders -----------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_illustrative_record_says_in_words_that_it_is_an_example(bundled: Dataset, language: Language) -> None:
    """Every illustrative record says in words that it is an example."""
    t = translator(language)
    points = layers.collection_points(bundled, t)
    assert len(points.features) == len(bundled.collection_points)
    for feature in points.features:
        assert feature["s"] == "collection-illustrative"
        assert EXAMPLE[language] in feature["label2"]
        assert EXAMPLE[language] in feature["tip"]
    assert EXAMPLE[language] in layers.legend([points], t)[0].label


def test_the_waste_filter_keeps_the_points_that_accept_it() -> None:
    """The waste filter keeps the points that accept it."""
    world = dataset(
        collection_points=[point("a", 71, 40, accepts=("lamps",)), point("b", 72, 40, accepts=("batteries", "lamps"))],
        storage=[point("c", 73, 40, accepts=("batteries",), kind="storage", position_basis="published")],
    )
    assert [f["id"] for f in layers.collection_points(world, RU, waste="batteries").features] == ["b"]
    assert layers.storage(world, RU, waste="lamps").features == ()
    assert _styles(layers.storage(world, RU, waste="batteries")) == ["storage"]


def test_dots_grow_with_people_and_are_hollow_where_the_number_is_unknown() -> None:
    """Dots grow with people and are hollow where the number is unknown."""
    towns = [
        point("city", 71, 40, population_persons=400_000, country="KG", population_year=2022),
        point("town", 72, 40, population_persons=20_000, country="KG"),
        point("village", 73, 40, population_persons=900, country="KG"),
        point("unknown", 74, 40, country="KG"),
    ]
    city, town, village, unknown = layers.settlements(dataset(settlements=towns), RU).features
    assert city["r"] > town["r"] > village["r"]
    assert city["z"] <= town["z"] <= village["z"] <= unknown["z"]
    assert (village["s"], unknown["s"]) == ("settlement", "settlement-unknown")
    assert "400\u00a0000" in city["tip"]
    assert "2022" in city["tip"]
    assert "нет данных" in unknown["tip"]
    assert "0" not in unknown["tip"]


def test_roads_abroad_look_different_and_no_section_is_lost() -> None:
    """Roads abroad look different and no section is lost."""
    home, abroad = layers.roads(valley()).features
    assert (home["s"], abroad["s"]) == ("road", "road-abroad")
    assert len(home["g"][1]) == 4
    assert [[74.0, 41.0], [75.2, 41.3]] in abroad["g"][1]


def test_an_enclave_is_named_with_the_country_it_belongs_to(bundled: Dataset) -> None:
    """An enclave is named with the country it belongs to."""
    named = {feature["id"]: feature for feature in layers.boundaries(bundled, RU).features}
    sokh = named["UZ-SOKH"]
    assert "Сох" in sokh["label"]
    assert "Узбекистан" in sokh["label"] + sokh["label2"]
    lon, lat = sokh["g"][1]
    outline = bundled.borders.set_index("id").loc["UZ-SOKH", "geometry"]
    assert outline.contains(shapely.Point(lon, lat))
    assert set(layers.country_names(bundled, RU)) == {"KG", "UZ", "TJ", "KZ", "CN"}


# ---- answers -------------------------------------------------------------------------------------------------


def test_rings_get_lighter_outward_and_carry_their_radius_on_the_northern_edge(bundled: Dataset) -> None:
    """Tint and label both say which ring is which, so a grey print still does."""
    answer = exposure.measure(
        bundled, exposure.ExposureQuestion(places=("KG-KHD",), radii_m=(1000.0, 5000.0, 20_000.0))
    )
    shown = layers.rings(answer, RU)
    opacity = [feature["o"] for feature in _of(shown, "ring")]
    assert opacity == sorted(opacity, reverse=True)
    assert 0.1 <= opacity[-1] < opacity[0] <= 0.45
    labels = _of(shown, "ring-label")
    assert [feature["label"].split() for feature in labels] == [["1", "км"], ["5", "км"], ["20", "км"]]
    place = answer.places[0]
    for feature, radius_m in zip(labels, (1000, 5000, 20_000), strict=True):
        bearing, _, distance_m = Geod(ellps="WGS84").inv(place.lon, place.lat, *feature["g"][1])
        assert distance_m == pytest.approx(radius_m, rel=0.002)
        assert abs(bearing) < 3


def test_drawn_rings_lie_on_the_circle_within_a_thousandth(bundled: Dataset) -> None:
    """Thinning for drawing may not move the outline to where the eye, or a measuring user, sees it."""
    answer = exposure.measure(bundled, exposure.ExposureQuestion(places=("KG-KHD",), radii_m=(10_000.0,)))
    outer = _of(layers.rings(answer, RU), "ring")[0]["g"][1][0][0]
    place = answer.places[0]
    lons, lats = zip(*outer, strict=True)
    there = [place.lon] * len(lons), [place.lat] * len(lats)
    distances_m = Geod(ellps="WGS84").inv(*there, lons, lats)[2]
    assert all(distance_m == pytest.approx(10_000, rel=1e-3) for distance_m in distances_m)


def test_places_that_share_a_point_draw_their_rings_once(bundled: Dataset) -> None:
    """Places that share a point draw their rings once."""
    question = exposure.ExposureQuestion(places=("KG-KHD-WORKS", "KG-KHD-SLAG"), radii_m=(1000.0,))
    assert _styles(layers.rings(exposure.measure(bundled, question), RU)) == ["ring", "ring-label"]


def test_a_rough_record_is_marked_by_its_circle_and_coordinates_by_a_mark() -> None:
    """A rough record is marked by its circle and coordinates by a mark."""
    rough = Place("S", "sites", {"ru": "Отвал"}, 71.0, 40.0, 3000.0)
    typed = Place(None, None, {}, 71.5, 40.5)
    nowhere = Place("N", "sites", {"ru": "Где-то"}, math.nan, math.nan)
    shown = layers.places([rough, typed, nowhere], RU)
    assert _styles(shown) == ["place-circle", "place"]
    assert shown.features[1]["label"] == "40,5000°\u00a0с.\u00a0ш., 71,5000°\u00a0в.\u00a0д."
    assert "id" not in shown.features[1]


def test_a_route_shows_its_ends_its_snap_legs_and_the_road_abroad_that_was_withheld() -> None:
    """A route shows its ends its snap legs and the road abroad that was withheld."""
    world = valley(
        settlements=[point("from", 74.0, 41.01, country="KG"), point("to", 74.9, 41.01, country="KG")],
    )
    shown = layers.route(routing.find(world, routing.RouteQuestion("from", "to", minimise="distance")), RU)
    assert {"route", "route-snap", "route-alternative", "place-from", "place-to"} <= set(_styles(shown))
    assert [feature["letter"] for feature in shown.features if "letter" in feature] == ["A", "B"]
    # What is drawn later lies on top: the answer covers the road that was withheld.
    assert _styles(shown).index("route-alternative") < _styles(shown).index("route")


def test_an_unreachable_route_shows_only_its_ends() -> None:
    """An unreachable route shows only its ends."""
    world = valley(settlements=[point("from", 74.0, 41.0, country="KG"), point("to", 72.0, 42.0, country="KG")])
    answer = routing.find(world, routing.RouteQuestion("from", "to"))
    assert not answer.reachable
    assert _styles(layers.route(answer, RU)) == ["place-from", "place-to"]


def test_nearest_points_are_numbered_in_the_order_of_the_list() -> None:
    """Nearest points are numbered in the order of the list."""
    world = valley(
        collection_points=[point("near", 74.5, 41.0, country="KG"), point("far", 74.9, 41.0, country="KG")],
        settlements=[point("me", 74.0, 41.0, country="KG")],
    )
    answer = nearest.find(world, nearest.NearestQuestion("me", waste="lamps"))
    numbered = _of(layers.nearest(answer, RU), "place-nearest")
    assert [(feature["id"], feature["letter"]) for feature in numbered] == [("near", "1"), ("far", "2")]


def test_without_training_no_illustrative_point_is_on_the_map(bundled: Dataset) -> None:
    """Nobody may be sent to a point that does not exist."""
    closed = layers.nearest(nearest.find(bundled, nearest.NearestQuestion("ST-BUJUM", waste="lamps")), RU)
    assert not [style for style in _styles(closed) if "illustrative" in style or style == "place-nearest"]
    trained = layers.nearest(
        nearest.find(bundled, nearest.NearestQuestion("ST-BUJUM", waste="lamps", training=True)), RU
    )
    assert set(_styles(trained)) >= {"collection-illustrative"}
    assert "place-nearest" not in _styles(trained)


# ---- a user's own layer --------------------------------------------------------------------------------------


def test_an_own_layer_shows_points_lines_and_areas() -> None:
    """An own layer shows points lines and areas."""
    shapes = [shapely.Point(71, 40), shapely.LineString([(71, 40), (72, 41)]), shapely.box(71, 40, 72, 41), None]
    frame = gpd.GeoDataFrame({"name_ru": ["Школа", None, None, None]}, geometry=shapes, crs="EPSG:4326")
    shown = layers.own(frame, RU, title="schools.geojson")
    assert _styles(shown) == ["own-point", "own-line", "own-area"]
    assert shown.features[0]["label"] == "Школа"
    assert shown.omitted == 0


def test_a_large_own_layer_is_cut_and_the_legend_says_so() -> None:
    """What is left out is said, never dropped in silence."""
    many = MAX_OWN_FEATURES + 500
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(71 + i / 1e4, 40) for i in range(many)], crs="EPSG:4326")
    shown = layers.own(frame, RU, title="wells.csv")
    assert (len(shown.features), shown.omitted) == (MAX_OWN_FEATURES, 500)
    assert "1\u00a0500" in layers.legend([shown], RU)[-1].label


# ---- all layers ----------------------------------------------------------------------------------------------


def test_the_legend_follows_what_is_shown(bundled: Dataset) -> None:
    """The legend follows what is shown."""
    assert layers.legend([layers.Layer("sites", ())], RU) == ()
    codes = [entry.code for entry in layers.legend([layers.roads(bundled), layers.sites(bundled, RU)], RU)]
    assert codes == ["site", "road", "road-abroad"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_style_has_words_in_every_language(language: Language) -> None:
    """Every style has words in every language."""
    t = translator(language)
    for code in layers.LEGEND_ORDER:
        assert t(f"legend.{code}")
    for code in ("sites", "error-circles", "storage", "collection-points", "settlements", "roads", "boundaries", "own"):
        assert t(f"layer.{code}")


def test_an_empty_data_set_gives_empty_layers() -> None:
    """An empty data set gives empty layers."""
    world = dataset()
    made = [
        layers.sites(world, RU),
        layers.error_circles(world, RU),
        layers.storage(world, RU),
        layers.collection_points(world, RU),
        layers.settlements(world, RU),
        layers.roads(world),
    ]
    assert [layer.features for layer in made] == [()] * 6
    assert layers.extent(*made) is None


def test_the_extent_covers_points_circles_and_lines() -> None:
    """A circle counts with its radius, so that a frame round it does not cut it."""
    world = dataset(
        sites=[_site("s", 71.0, 40.0, position_basis="town-point", positional_error_m=11_100.0)],
        collection_points=[point("c", 73.0, 41.0)],
    )
    west, south, east, north = (
        layers.extent(layers.error_circles(world, RU), layers.collection_points(world, RU)) or (0,) * 4
    )
    # 11.1 km are 0.1 degrees of latitude, and 0.1 / cos 40° = 0.1305 degrees of longitude.
    assert (west, south) == pytest.approx((71.0 - 0.1305, 39.9), abs=1e-3)
    assert (east, north) == (73.0, 41.0)


def _hostile_rows(table: str, payload: str) -> list[dict[str, Any]]:
    contract = schema.TABLES[table]
    row: dict[str, Any] = {column.name: payload for column in contract.columns if column.kind == "text"}
    row |= {"id": payload, "lon": 71.0, "lat": 40.0, "kind": "works", "position_basis": "published"}
    return [row]


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_hostile_names_reach_the_map_as_one_clean_line(payload: str) -> None:
    """Every text column of every point table holds the payload; the label is its cleaned line and nothing else."""
    tables = {name: _hostile_rows(name, payload) for name in ("sites", "storage", "collection_points", "settlements")}
    tables["storage"][0] |= {"position_basis": "town-point", "positional_error_m": 3000.0}
    world = dataset(**tables)
    made = [
        layers.sites(world, RU, mercury_only=False),
        layers.error_circles(world, RU),
        layers.storage(world, RU),
        layers.collection_points(world, RU),
        layers.settlements(world, RU),
    ]
    features = [feature for layer in made for feature in layer.features]
    assert len(features) == 4
    for feature in features:
        assert feature["label"] == text.clean(payload)
        assert "\n" not in feature.get("label2", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_layers_of_a_page_stay_light(bundled: Dataset, language: Language) -> None:
    """All layers at once stay well below the 300 kB that a page may send."""
    t = translator(language)
    answer = exposure.measure(bundled, exposure.ExposureQuestion(places=("KG-KHD",)))
    made = [
        layers.boundaries(bundled, t),
        layers.roads(bundled),
        layers.settlements(bundled, t),
        layers.rings(answer, t),
        layers.error_circles(bundled, t, mercury_only=False),
        layers.sites(bundled, t, mercury_only=False),
        layers.storage(bundled, t),
        layers.collection_points(bundled, t),
    ]
    raw = json.dumps([layer.features for layer in made], ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    assert len(raw.encode()) < 160_000
