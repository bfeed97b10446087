"""Map layers round a route: other roads, borders and passes on it, closures, its corridor, and what can be reached."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import shapely

from geo.answer_layers import lines
from geo.drawing import Feature, Layer, drawn, northern_edge, pairs_of, point
from geo.polygons import read_area
from geo.road_marks import closure_marks, crossings, passes
from geo.rules import STAY_IN
from geo.sentences import country

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geo.corridor import CorridorAnswer
    from geo.dataset import Dataset
    from geo.i18n import Translator
    from geo.network import Network
    from geo.plans import Option
    from geo.routing import RouteAnswer
    from geo.service_area import ServiceAreaAnswer

#: What a click on another road reports as its table.
OPTION: Final = "option"
#: What a click on a mark of the road reports as its table; its words are the tooltip's.
MARK: Final = "road-mark"
#: Points of reached roads that are drawn; more would only be heavy, and the ground shows where they lead.
MAX_ROAD_POINTS: Final = 12_000
_CLOSURE_STYLES: Final = {"closed": "closure", "aside": "closure-aside", "told": "closure-told"}
_REACH_OPACITY: Final = (0.34, 0.12)


def option_name(t: Translator, code: str) -> str:
    """Name a road of several: the best one, another, or one that trades time for people."""
    stem, _, number = code.rpartition("-")
    return t("routepage.road.main") if not stem else t(f"routepage.road.{stem}", number=number)


def others(options: Sequence[Option], main: RouteAnswer, shown: str, t: Translator) -> Layer:
    """Show the roads that are not chosen in grey, to be chosen by a click.

    Parameters
    ----------
    options
        Other roads.
    main
        The best one, which is grey itself while another is shown.
    shown
        Which road is drawn as the route.
    t
        Reader's language.
    """
    roads = [(option.id, option.route) for option in options if option.id != shown]
    if shown in {option.id for option in options}:
        roads.append(("main", main))
    features: list[Feature] = []
    for code, road in roads:
        tip = f"{t.km(road.distance_m)} · {t.duration(road.travel_time_s)}"
        told: Feature = {"id": code, "t": OPTION, "label": option_name(t, code), "tip": tip}
        features += [feature | told for feature in lines(road.geometry, "route-other")]
    return Layer("route-others", tuple(features))


def withheld(answer: RouteAnswer) -> Layer:
    """Show the roads that a closure or an area to avoid withheld; the road abroad is part of the route's own layer."""
    features: list[Feature] = []
    for effect in answer.rules_applied:
        if effect.ids != (STAY_IN,):
            features += lines(effect.geometry, "route-withheld")
    return Layer("route-withheld", tuple(features))


def marks(dataset: Dataset, network: Network, answer: RouteAnswer, t: Translator) -> Layer:
    """Mark border crossings and passes on a route, and the closures of the network."""
    features: list[Feature] = []
    for mark in closure_marks(dataset, network, answer):
        name = t.names(mark.names)
        features += [
            {
                "g": point(lon, lat),
                "s": _CLOSURE_STYLES[mark.state],
                "id": mark.id,
                "t": MARK,
                "label": name if number == 0 else "",
                "tip": "\n".join(
                    (*(() if number == 0 else (name,)), t(f"routepage.closure.{mark.state}"), mark.source)
                ),
                "p": 60.0,
                "z": 7.5,
            }
            for number, (lon, lat) in enumerate(mark.spots)
        ]
    for number, one in enumerate(passes(network, answer)):
        height = t("routepage.elevation", metres=t.number(one.elevation_m)) if math.isfinite(one.elevation_m) else ""
        snow = t("routepage.pass-winter") if one.hard_in_winter else ""
        features.append(
            {"g": point(one.lon, one.lat), "s": "pass", "id": f"pass-{number}", "t": MARK, "label": t.names(one.names), "label2": height, "tip": snow, "p": 110.0}
        )  # fmt: skip
    for number, crossing in enumerate(crossings(dataset, network, answer)):
        features.append(
            {
                "g": point(crossing.lon, crossing.lat),
                "s": "crossing",
                "id": f"crossing-{number}",
                "t": MARK,
                "label": f"{country(t, crossing.before)} → {country(t, crossing.after)}",
                "tip": "" if crossing.exact else t("routepage.crossing-schematic"),
                "p": 145.0,
            }
        )
    return Layer("road-marks", tuple(features))


def corridor(answer: CorridorAnswer) -> Layer:
    """Shade the ground within the width of a route."""
    shape = drawn(answer.zone)
    return Layer("corridor", () if shape is None else ({"g": shape, "s": "corridor"},))


def reach(answer: ServiceAreaAnswer, t: Translator) -> Layer:
    """Show the ground and the roads that are reached within each limit, darker the sooner, with the minutes."""
    areas = answer.areas
    strong, weak = _REACH_OPACITY
    step = (strong - weak) / max(len(areas) - 1, 1)
    grounds: list[Feature] = []
    labels: list[Feature] = []
    inner: Any = shapely.Polygon()
    for rank, (minutes, shape) in enumerate(zip(areas["minutes"], areas.geometry, strict=True)):
        band = drawn(shapely.difference(shape, inner))
        inner = shape
        if band is None:
            continue
        grounds.append({"g": band, "s": "reach", "o": round(strong - rank * step, 3)})
        label = t("routepage.minutes", minutes=t.plain(float(minutes)))
        labels.append({"g": northern_edge(shape), "s": "reach-label", "label": label, "p": 190.0 + rank})
    return Layer("reach", (*grounds, *_roads(answer), *labels))


def _roads(answer: ServiceAreaAnswer) -> list[Feature]:
    if answer.edges.empty:
        return []
    found = lines(shapely.multilinestrings(shapely.get_parts(answer.edges.geometry.to_numpy())), "reach-road")
    return found if sum(len(pairs_of(feature["g"])) for feature in found) <= MAX_ROAD_POINTS else []


def avoided(areas: Iterable[str], sketch: Sequence[tuple[float, float]] = ()) -> Layer:
    """Show the areas to keep out of, and the corners of one that is being drawn."""
    features: list[Feature] = []
    for wkt in areas:
        area = read_area(wkt)
        shape = None if area is None else drawn(area)
        if shape is not None:
            features.append({"g": shape, "s": "avoid"})
    if len(sketch) > 1:
        features += lines(shapely.LineString(sketch), "avoid-line")
    features += [{"g": point(lon, lat), "s": "avoid-corner", "r": 4.5, "z": 0.0} for lon, lat in sketch]
    return Layer("avoided", tuple(features))


def sketched(spots: Sequence[tuple[float, float]]) -> Layer:
    """Show the line that a reader draws, with its points."""
    features: list[Feature] = lines(shapely.LineString(spots), "own-line") if len(spots) > 1 else []
    features += [{"g": point(lon, lat), "s": "own-point", "r": 4.5, "z": 0.0} for lon, lat in spots]
    return Layer("own-sketch", tuple(features))
