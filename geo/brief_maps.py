"""Which map stands in a brief for each kind of answer: its layers, and what has to be seen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

import geopandas as gpd

from geo import layers, road_layers, route_views
from geo.crs import WGS84
from geo.network import build_cached

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from geo.brought import OwnLayer
    from geo.dataset import Dataset
    from geo.drawing import Feature
    from geo.exposure import ExposureAnswer
    from geo.i18n import Translator
    from geo.inventory import InventoryAnswer
    from geo.layers import Layer
    from geo.nearest import NearestAnswer
    from geo.network import Network
    from geo.plans import PlanAnswer
    from geo.views import View

Bounds = tuple[float, float, float, float]
Map = tuple[list["Layer"], Bounds]

#: Khaidarkan with Batken, the enclaves and Kyzyl-Kiya around it: west, south, east, north.
HOME: Final = (70.35, 39.62, 72.25, 40.42)
_GROUND: Final = frozenset({"boundaries", "settlements", "roads"})
#: Points farther than this many times the nearest would make the map too coarse to find the nearest on.
_FAR: Final = 2.5
#: What an answer names goes before every town on the map.
_ANSWER: Final = 120.0


def exposure(dataset: Dataset, answer: ExposureAnswer, t: Translator, brought: Iterable[OwnLayer] = ()) -> Map:
    """Show the rings over the towns, what the reader brought, and the places measured from."""
    ground = [layers.boundaries(dataset, t), layers.settlements(dataset, t)]
    own = [_own(layer, t) for layer in brought]
    drawn = [*ground, layers.rings(answer, t), *own, layers.places(answer.places, t)]
    return drawn, _numbers(answer.disks.total_bounds)


def _own(layer: OwnLayer, t: Translator) -> Layer:
    names = [{f"name_{language}": name for language, name in one.items()} for one in layer.names]
    return layers.own(gpd.GeoDataFrame(names, geometry=list(layer.shapes), crs=WGS84), t, title=layer.file)


def _numbers(bounds: object) -> Bounds:
    west, south, east, north = cast("tuple[float, float, float, float]", bounds)
    return float(west), float(south), float(east), float(north)


def _framed(drawn: list[Layer], dataset: Dataset, t: Translator, *, roads: bool) -> Map:
    """Put the ground under layers and frame what they show."""
    bounds = layers.extent(*(layer for layer in drawn if layer.code not in _GROUND)) or HOME
    ground = [
        layers.boundaries(dataset, t),
        *([layers.roads(dataset)] if roads else []),
        layers.settlements(dataset, t),
    ]
    return [*ground, *drawn], bounds


def journey(dataset: Dataset, plan: PlanAnswer, shown: str, t: Translator, network: Network | None = None) -> Map:
    """Show the road with the ground along it and what stands on it, over the other roads and the towns.

    Parameters
    ----------
    dataset
        Ground and towns.
    plan
        The road and those weighed against it.
    shown
        Name of the road that is looked at.
    t
        Language.
    network
        Roads of the reader's own; None for those of the tables, which are drawn under the road.
    """
    road = route_views.pick(plan, shown)
    options = (*plan.alternatives, *(one for one in plan.tradeoff if one.id == shown))
    along = [] if plan.corridor is None or road is not plan.route else [road_layers.corridor(plan.corridor)]
    drawn = [
        *along,
        road_layers.avoided(plan.question.route.road_rules.avoid),
        road_layers.withheld(road),
        road_layers.others(options, plan.route, shown, t),
        layers.route(road, t),
        road_layers.marks(dataset, build_cached(dataset) if network is None else network, road, t),
    ]
    return _framed(drawn, dataset, t, roads=network is None)


def nearest(dataset: Dataset, answer: NearestAnswer, t: Translator) -> Map:
    """Show the place asked about and the points of the list by their numbers; the frame holds the nearest ones."""
    layer, listed = layers.nearest(answer, t), len(answer.points) + len(answer.reported)
    # The list on paper numbers both its parts through; the nearest is the last to lose its name.
    numbered = [_numbered(one, number, listed) for number, one in enumerate(layer.features[:listed], start=1)]
    drawn = replace(layer, features=(*numbered, *layer.features[listed:]))
    near = [one for one, seen in zip(numbered, _close(answer.points) + _close(answer.reported), strict=True) if seen]
    seen = replace(layer, features=(*near, *layer.features[listed:]))
    ground, _ = _framed([], dataset, t, roads=True)
    return [*ground, drawn], layers.extent(seen) or HOME


def _numbered(feature: Feature, number: int, listed: int) -> Feature:
    made = feature.copy()
    made |= {
        "label": f"{number}. {feature.get('label', '')}",
        "p": max(feature.get("p", 0.0), _ANSWER) + listed - number,
    }
    return made


def _close(frame: pd.DataFrame) -> list[bool]:
    """Tell which points of a list lie not much farther than its first."""
    straight_m = frame["straight_line_m"]
    return [] if frame.empty else straight_m.le(_FAR * float(straight_m.iloc[0])).tolist()


def beyond(answer: NearestAnswer, bounds: Bounds) -> int:
    """Count the listed points that a frame leaves out."""
    west, south, east, north = bounds
    frames = answer.points, answer.reported
    seen = sum(int((frame["lon"].between(west, east) & frame["lat"].between(south, north)).sum()) for frame in frames)
    return sum(map(len, frames)) - seen


def outside(answer: InventoryAnswer) -> int:
    """Count the records of an answer that the frame of its map leaves out, or that have no position at all."""
    west, south, east, north = HOME
    frames = [getattr(answer, table) for table in answer.question.tables]
    seen = sum(int((frame["lon"].between(west, east) & frame["lat"].between(south, north)).sum()) for frame in frames)
    return answer.count - seen


def records(dataset: Dataset, answer: InventoryAnswer, view: View, t: Translator) -> Map:
    """Show the records that match the filters, over the towns and roads that are switched on."""
    asked = answer.question
    shown = view.values["layers"]
    kinds, evidence = asked.site_kinds or None, asked.evidence or None
    circled = tuple(name for name in ("sites", "storage") if name in asked.tables)
    drawn = [
        layers.error_circles(
            dataset, t, kinds=kinds, evidence=evidence, mercury_only=asked.mercury_only, waste=asked.waste, tables=circled
        )
    ]  # fmt: skip
    if "sites" in asked.tables:
        drawn.append(layers.sites(dataset, t, kinds=kinds, evidence=evidence, mercury_only=asked.mercury_only))
    if "storage" in asked.tables:
        drawn.append(layers.storage(dataset, t, waste=asked.waste, evidence=evidence))
    if "collection_points" in asked.tables:
        drawn.append(layers.collection_points(dataset, t, waste=asked.waste, evidence=evidence))
    ground = [layers.boundaries(dataset, t)]
    ground += [layers.roads(dataset)] if "road_sections" in shown else []
    ground += [layers.settlements(dataset, t)] if "settlements" in shown else []
    return [*ground, *drawn], HOME
