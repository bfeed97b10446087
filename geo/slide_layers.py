"""Which map stands behind a slide: its layers, and the frame that keeps its subject clear of the words."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

from geo import layers, views
from geo.drawing import circle, extent
from geo.i18n import translator
from geo.inventory import InventoryAnswer
from geo.layers import Layer
from geo.nearest import NearestAnswer
from geo.slide_facts import ChainFacts, GapFacts, PeopleFacts, RecordFacts, RoadFacts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from geo.dataset import Dataset
    from geo.drawing import Feature
    from geo.i18n import Language, Translator
    from geo.inventory import InventoryQuestion
    from geo.slide_facts import Facts
    from geo.storybook import Slide

Bounds = tuple[float, float, float, float]

#: Width of a slide's map by its height: a slide of 16 by 9 without its foot.
ASPECT: Final = 16.0 / 9.0 / 0.94
#: Part of the slide, as left, top, right and bottom shares of its width and height, that no words cover: also on a
#: narrower screen, which cuts the map at its left.
CLEAR: Final = (0.63, 0.03, 0.985, 0.97)

_RECORD_REACH_M: Final = 42_000.0
#: Seen around a place and around the point nearest to it.
_POINT_REACH_M: Final = 10_000.0
#: Khaidarkan with Batken and the enclaves around it: west, south, east, north.
_HOME: Final = (70.75, 39.58, 71.95, 40.40)
#: Settlements that a web map shows from here on are villages.
_VILLAGE_ZOOM: Final = 8.5
_NAME_SHARE: Final = 0.12
#: Added to the rank of a record's name.
_RECORDS_FIRST: Final = 100.0
#: No map is drawn closer than this.
_LEAST_DEG: Final = 0.02


def draw(dataset: Dataset, found: Facts, slide: Slide, t: Translator) -> list[Layer]:
    """List the layers of a slide's map, the ground first, the answer on top.

    Parameters
    ----------
    dataset
        Tables.
    found
        Answer of the slide.
    slide
        Whose view may carry positions of its own.
    t
        Language of the labels.
    """
    tables = views.corrected(dataset, slide.seen)
    ground, towns = _ground(tables, t.language)
    match found:
        case PeopleFacts():
            return [ground, _towns(towns), layers.rings(found.answer, t), layers.places(found.answer.places, t)]
        case RoadFacts():
            return [ground, layers.roads(tables), _towns(towns, _passed(found)), layers.route(found.route, t)]
        case RecordFacts() | ChainFacts():
            return [ground, *_switched(tables, slide, towns), *map(_named, _records(tables, found.around, t))]
        case GapFacts():
            return [ground, _hollow(towns), layers.error_circles(tables, t, tables=("sites",))]
        case InventoryAnswer():
            return [ground, *_switched(tables, slide, towns), *map(_named, _records(tables, found, t))]
    return [ground, layers.roads(tables), _towns(towns), layers.nearest(found, t)]


@lru_cache(maxsize=12)
def _ground(dataset: Dataset, language: Language) -> tuple[Layer, Layer]:
    """Draw what every slide of a show stands on, once for each language."""
    t = translator(language)
    return layers.boundaries(dataset, t), layers.settlements(dataset, t)


def _towns(layer: Layer, keep: Collection[str] = ()) -> Layer:
    """Leave out the villages, whose names nobody reads from the back of a room, except some."""
    kept = [feature for feature in layer.features if feature["z"] < _VILLAGE_ZOOM or feature["id"] in keep]
    return replace(
        layer, features=tuple(feature | {"z": 0.0} if feature["id"] in keep else feature for feature in kept)
    )


def _hollow(layer: Layer) -> Layer:
    """Show every settlement without a number, and name none of them: there are too many."""
    changes: Feature = {"z": 0.0, "label": "", "r": 3.4}
    return replace(
        layer,
        features=tuple(
            feature | changes if feature["s"] == "settlement-unknown" else feature for feature in layer.features
        ),
    )


def _named(layer: Layer) -> Layer:
    """Show records and name them however much ground the slide shows, what is real before towns."""
    features = (
        feature
        | {"z": 0.0, "p": feature.get("p", 0.0) + (0.0 if feature["s"].endswith("illustrative") else _RECORDS_FIRST)}
        for feature in layer.features
    )
    return replace(layer, features=tuple(cast("Iterable[Feature]", features)))


def _passed(found: RoadFacts) -> set[str]:
    if found.along is None:
        return set()
    return set(found.along.towns.loc[found.along.towns["inside"].astype(bool), "id"])


def _switched(dataset: Dataset, slide: Slide, towns: Layer) -> list[Layer]:
    """Give the ground that the view has switched on."""
    shown = slide.seen.values["layers"]
    roads = [layers.roads(dataset)] if "road_sections" in shown else []
    return [*roads, _towns(towns)] if "settlements" in shown else roads


def _records(dataset: Dataset, around: InventoryAnswer, t: Translator) -> list[Layer]:
    question: InventoryQuestion = around.question
    kinds, evidence, waste = question.site_kinds or None, question.evidence or None, question.waste
    circled = tuple(name for name in ("sites", "storage") if name in question.tables)
    drawn = [
        layers.error_circles(
            dataset, t, kinds=kinds, evidence=evidence, mercury_only=question.mercury_only, waste=waste, tables=circled
        )
    ]
    if "sites" in question.tables:
        drawn.append(layers.sites(dataset, t, kinds=kinds, evidence=evidence, mercury_only=question.mercury_only))
    if "storage" in question.tables:
        drawn.append(layers.storage(dataset, t, waste=waste, evidence=evidence))
    if "collection_points" in question.tables:
        drawn.append(layers.collection_points(dataset, t, waste=waste, evidence=evidence))
    return drawn


def subject(found: Facts, drawn: list[Layer]) -> Bounds:
    """Give west, south, east and north of what the slide is about."""
    match found:
        case PeopleFacts():
            west, south, east, north = found.answer.disks.total_bounds
            return float(west), float(south), float(east), float(north)
        case RecordFacts():
            record = found.record.record
            return _around([(float(record["lon"]), float(record["lat"]))], _RECORD_REACH_M)
        case GapFacts():
            return _HOME
        case NearestAnswer():
            # What lies farther off than the point that the slide speaks of would only make both small.
            told = (found.points if len(found.points) else found.reported).head(1)
            spots = zip(told["lon"], told["lat"], strict=True)
            return _around([(found.place.lon, found.place.lat), *spots], _POINT_REACH_M)
    answers = [layer for layer in drawn if layer.code not in {"boundaries", "settlements", "roads"}]
    west, south, east, north = extent(*answers) or _HOME
    if isinstance(found, RoadFacts):
        return west, south, east, north
    # Names stand around their marks and need some room themselves.
    return west - _NAME_SHARE * (east - west), south, east, north


def _around(spots: Iterable[tuple[float, float]], reach_m: float) -> Bounds:
    """Give what holds some spots with the land around them; the home of the show where none has a position."""
    around: list[Feature] = [
        {"g": circle(lon, lat, reach_m), "s": "place-circle"}
        for lon, lat in spots
        if math.isfinite(lon) and math.isfinite(lat)
    ]
    return extent(Layer("around", tuple(around))) or _HOME


def frame(about: Bounds) -> Bounds:
    """Widen bounds to those of a whole slide on which the subject fills the part that no words cover.

    Parameters
    ----------
    about
        West, south, east and north of the subject, degrees.

    Returns
    -------
    tuple[float, float, float, float]
        The same of the whole slide, in its aspect on the ground.
    """
    west, south, east, north = about
    left, top, right, bottom = CLEAR
    squeeze = math.cos(math.radians((south + north) / 2.0))
    wide, tall = max((east - west) * squeeze, _LEAST_DEG), max(north - south, _LEAST_DEG)
    # Height of the whole slide in degrees of latitude, so that both sides of the subject fit.
    height = max(tall / (bottom - top), wide / ((right - left) * ASPECT))
    width = height * ASPECT
    middle_lon, middle_lat = (west + east) / 2.0, (south + north) / 2.0
    new_west = middle_lon - (left + right) / 2.0 * width / squeeze
    new_north = middle_lat + (top + bottom) / 2.0 * height
    return new_west, new_north - height, new_west + width / squeeze, new_north
