"""Map layers of answers: rings, routes, nearest points, the places asked about, and what a user brought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from geo.drawing import Feature, Layer, circle, drawn, northern_edge, pairs_of, point, points_of
from geo.table_layers import DRAWN_ERROR_M, accepting_feature, error_line

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from geo.exposure import ExposureAnswer
    from geo.i18n import Translator
    from geo.nearest import NearestAnswer
    from geo.places import Place
    from geo.routing import RouteAnswer

#: A user's layer with more features than this is drawn in part, and the legend says so.
MAX_OWN_FEATURES: Final = 1_500
#: Points of lines and areas that a user's layer may have in all.
MAX_OWN_VERTICES: Final = 6_000

_KM_M: Final = 1000.0
_RING_OPACITY: Final = (0.42, 0.14)


def radius_label(radius_m: float, t: Translator) -> str:
    """Write a radius as it was chosen: whole kilometres without decimals."""
    return t.km(radius_m) if radius_m < _KM_M else t("unit.value-km", value=t.plain(radius_m / _KM_M))


def rings(answer: ExposureAnswer, t: Translator) -> Layer:
    """Show the rings of an exposure answer, darker inside, each with its radius on its northern edge."""
    frame = answer.rings
    radii = sorted({float(radius_m) for radius_m in frame["outer_radius_m"]})
    strong, weak = _RING_OPACITY
    step = (strong - weak) / max(len(radii) - 1, 1)
    areas: list[Feature] = []
    labels: list[Feature] = []
    seen: set[tuple[float, float, float]] = set()
    for index, outer_m, geometry in zip(frame["place_index"], frame["outer_radius_m"], frame.geometry, strict=True):
        place, radius_m = answer.places[int(index)], float(outer_m)
        shape = drawn(geometry)
        if shape is None or (place.lon, place.lat, radius_m) in seen:
            continue
        seen.add((place.lon, place.lat, radius_m))
        rank = radii.index(radius_m)
        areas.append({"g": shape, "s": "ring", "o": round(strong - rank * step, 3)})
        labels.append(
            {
                "g": northern_edge(geometry),
                "s": "ring-label",
                "label": radius_label(radius_m, t),
                "p": 200.0 + rank,
            }
        )
    return Layer("rings", (*areas, *labels))


def _is_rough(place: Place) -> bool:
    return place.table in {"sites", "storage"} and place.positional_error_m >= DRAWN_ERROR_M


def _place_feature(place: Place, t: Translator, role: str) -> Feature:
    """Mark a place; a record of uncertain position is its circle, never a mark."""
    rough = _is_rough(place)
    name = t.names(place.names)
    feature: Feature = {
        "g": circle(place.lon, place.lat, place.positional_error_m) if rough else point(place.lon, place.lat),
        "s": "place-circle" if rough else "place" if role == "place" else f"place-{role}",
        "label": name or t("map.coordinates", lat=t.number(place.lat, 4), lon=t.number(place.lon, 4)),
        "tip": error_line(place.positional_error_m, t),
        "p": 150.0,
    }
    if rough:
        feature["label2"] = error_line(place.positional_error_m, t)
    if place.id is not None and place.table is not None:
        feature["id"] = place.id
        feature["t"] = place.table
    return feature


def places(marked: Iterable[Place], t: Translator, *, role: str = "place", letters: Sequence[str] = ()) -> Layer:
    """Mark the places of a question.

    Parameters
    ----------
    marked
        Places; those without a position are passed over.
    t
        Reader's language.
    role
        ``place``, ``from``, ``to`` or ``nearest``: the look of the mark.
    letters
        Letters or numbers in the marks, in the order of the places.
    """
    features: list[Feature] = []
    seen: set[tuple[float, float, float]] = set()
    for index, place in enumerate(marked):
        spot = (place.lon, place.lat, place.positional_error_m)
        if not place.has_position or spot in seen:
            continue
        seen.add(spot)
        feature = _place_feature(place, t, role)
        if index < len(letters):
            feature["letter"] = letters[index]
            if feature["s"] == "place-circle":
                feature["label"] = f"{letters[index]}: {feature['label']}"
        features.append(feature)
    return Layer("places", tuple(features))


def route(answer: RouteAnswer, t: Translator) -> Layer:
    """Show a route with its straight legs to the road, its ends, and in grey the road abroad that was withheld."""
    features: list[Feature] = []
    if answer.abroad is not None and answer.abroad.geometry is not None:
        features += lines(answer.abroad.geometry, "route-alternative")
    if answer.geometry is not None:
        features += lines(answer.geometry, "route")
    for leg in answer.legs:
        features += lines(leg, "route-snap")
    features += places([answer.origin], t, role="from", letters="A").features
    features += places([answer.destination], t, role="to", letters="B").features
    return Layer("route", tuple(features))


def lines(geometry: Any, style: str) -> list[Feature]:  # noqa: ANN401 - any geometry of shapely
    """Draw lines in a style; nothing for no geometry, or another one."""
    shape = None if geometry is None else drawn(geometry)
    return [] if shape is None or shape[0] != "L" else [{"g": shape, "s": style}]


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in record.items()} for record in frame.to_dict("records")]


def nearest(answer: NearestAnswer, t: Translator) -> Layer:
    """Show where the question was asked and the points found: numbered, reported facilities as stores.

    Points in the answer are numbered in its order. An illustrative point, which only training brings,
    keeps its hollow dashed look.
    """
    features: list[Feature] = []
    for number, record in enumerate(_records(answer.points), start=1):
        feature = accepting_feature(
            record, t, "collection" if record["table"] == "collection_points" else "storage", 140.0
        )
        if record["evidence"] != "illustrative":
            feature |= {"s": "place-nearest", "letter": str(number)}
        features.append(feature | {"t": record["table"], "z": 0.0})
    for record in _records(answer.reported):
        error_m = float(record["positional_error_m"])
        feature = accepting_feature(record, t, "storage", 130.0) | {"t": record["table"]}
        if error_m >= DRAWN_ERROR_M:
            feature |= {
                "g": circle(record["lon"], record["lat"], error_m),
                "s": "storage-circle",
                "label2": error_line(error_m, t),
            }
        features.append(feature)
    features += places([answer.place], t).features
    return Layer("nearest", tuple(features))


def own(frame: gpd.GeoDataFrame, t: Translator, *, title: str) -> Layer:
    """Show what a user brought: points, lines and areas of a frame in WGS 84, named by its name columns."""
    features: list[Feature] = []
    vertices = shown = 0
    for record in frame.head(MAX_OWN_FEATURES).to_dict("records"):
        made = _own_features(record, record[frame.geometry.name], t, title)
        vertices += sum(len(pairs_of(feature["g"])) for feature in made)
        if vertices > MAX_OWN_VERTICES:
            break
        features += made
        shown += 1
    return Layer("own", tuple(features), omitted=len(frame) - shown)


def _own_features(record: Mapping[Hashable, Any], geometry: Any, t: Translator, title: str) -> list[Feature]:  # noqa: ANN401 - any geometry of shapely
    if geometry is None or geometry.is_empty:
        return []
    name = t.name({str(key): value for key, value in record.items()}) or title
    spots: list[Feature] = [
        {"g": spot, "s": "own-point", "label": name, "tip": title if name != title else "", "r": 4.0, "p": 30.0}
        for spot in points_of(geometry)
    ]
    shape = drawn(geometry)
    return spots if shape is None else [*spots, {"g": shape, "s": "own-area" if shape[0] == "A" else "own-line"}]
