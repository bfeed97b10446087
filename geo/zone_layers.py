"""Zones on a map: the rings of one place or of several, or the union of all places; faint over a picture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import shapely

from geo.answer_layers import places, radius_label, rings
from geo.drawing import Feature, Layer, drawn, northern_edge

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.exposure import ExposureAnswer
    from geo.i18n import Translator

#: More places than this are drawn as their union: rings upon rings would hide the map, and weigh too much for it.
MAX_RINGED_PLACES: Final = 12
#: Of more places than this only the widest zone is drawn.
MAX_BANDED_PLACES: Final = 100
#: More places than this are marked in part, and the legend says so.
MAX_MARKED_PLACES: Final = 250
_STRONG, _WEAK = 0.42, 0.14
_FAINT: Final = 0.04
# A circle's corners may leave it by this part of its radius where there are very many.
_COARSE: Final = 0.01
_METRES_PER_DEG: Final = 111_000.0


def exposure(answer: ExposureAnswer, t: Translator, *, union: bool = False, faint: bool = False) -> Layer:
    """Show the zones of an exposure answer, darker inside, each with its radius.

    Parameters
    ----------
    answer
        Who lives near.
    t
        Reader's language.
    union
        Of several places, show the ground of their union instead of the rings of each.
    faint
        Show hardly more than outlines, so that a picture under them can be read.
    """
    several = len(answer.places) > 1
    together = several and (union or len(answer.places) > MAX_RINGED_PLACES)
    layer = _union(answer, t) if together else rings(answer, t)
    if not faint:
        return layer
    return replace(layer, features=tuple(_fainter(feature) for feature in layer.features))


def marks(answer: ExposureAnswer, t: Translator) -> Layer:
    """Mark the places of an exposure answer; of very many, the first."""
    layer = places(answer.places[:MAX_MARKED_PLACES], t)
    return replace(layer, omitted=max(0, len(answer.places) - MAX_MARKED_PLACES))


def _fainter(feature: Feature) -> Feature:
    return feature | {"o": _FAINT} if feature["s"] == "ring" else feature


def _union(answer: ExposureAnswer, t: Translator) -> Layer:
    many = len(answer.places) > MAX_BANDED_PLACES
    radii_m = answer.question.radii_m[-1:] if many else answer.question.radii_m
    ground = {radius_m: _ground(answer, radius_m, coarse=many) for radius_m in radii_m}
    step = (_STRONG - _WEAK) / max(len(ground) - 1, 1)
    areas: list[Feature] = []
    labels: list[Feature] = []
    inner = shapely.Polygon()
    for rank, (radius_m, shape) in enumerate(ground.items()):
        band = drawn(shapely.difference(shape, inner))
        inner = shape
        if band is None:
            continue
        areas.append({"g": band, "s": "ring", "o": round(_STRONG - rank * step, 3)})
        label = radius_label(radius_m, t)
        labels.append({"g": northern_edge(shape), "s": "ring-label", "label": label, "p": 200.0 + rank})
    return Layer("rings", (*areas, *labels))


def _ground(answer: ExposureAnswer, radius_m: float, *, coarse: bool) -> BaseGeometry:
    """Join the circles of one radius; of very many places with fewer corners."""
    shapes = answer.disks.geometry[answer.disks["outer_radius_m"] == radius_m].to_numpy()
    if coarse:
        shapes = shapely.simplify(shapes, _COARSE * radius_m / _METRES_PER_DEG)
    return shapely.union_all(shapes)
