"""Which map stands in a brief for each kind of answer: its layers, and what has to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from geo import layers, road_layers, route_views
from geo.network import build_cached

if TYPE_CHECKING:
    from geo.dataset import Dataset
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


def exposure(dataset: Dataset, answer: ExposureAnswer, t: Translator) -> Map:
    """Show the rings over the towns, and the places measured from."""
    ground = [layers.boundaries(dataset, t), layers.settlements(dataset, t)]
    return [*ground, layers.rings(answer, t), layers.places(answer.places, t)], _numbers(answer.disks.total_bounds)


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
    """Show the place asked about and the points of the list."""
    return _framed([layers.nearest(answer, t)], dataset, t, roads=True)


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
