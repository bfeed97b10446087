"""What a map shows: tables and answers as light features, each with the code of its look and its words.

Nothing is computed here that an answer does not hold already: layers choose, round coordinates for drawing
and put names into the reader's language. How a code looks is the pages' business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.answer_layers import nearest, own, places, rings, route
from geo.drawing import Feature, Layer, extent
from geo.table_layers import (
    boundaries,
    collection_points,
    country_names,
    error_circles,
    roads,
    settlements,
    sites,
    storage,
)
from geo.zone_layers import exposure, marks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.i18n import Translator

__all__ = [
    "LEGEND_ORDER",
    "Feature",
    "Layer",
    "LegendEntry",
    "boundaries",
    "collection_points",
    "country_names",
    "error_circles",
    "exposure",
    "extent",
    "legend",
    "marks",
    "nearest",
    "own",
    "places",
    "rings",
    "roads",
    "route",
    "settlements",
    "sites",
    "storage",
]

#: Style codes in the order of the legend: the answer first, then the records, then the ground.
LEGEND_ORDER: Final = (
    "ring",
    "route",
    "route-snap",
    "route-alternative",
    "route-other",
    "route-withheld",
    "crossing",
    "pass",
    "closure",
    "closure-aside",
    "closure-told",
    "avoid",
    "corridor",
    "reach",
    "place",
    "place-circle",
    "place-nearest",
    "site",
    "site-tailings",
    "site-circle",
    "site-illustrative",
    "site-other",
    "site-other-tailings",
    "site-other-circle",
    "storage",
    "storage-circle",
    "storage-illustrative",
    "collection",
    "collection-illustrative",
    "own-point",
    "own-line",
    "own-area",
    "settlement",
    "settlement-unknown",
    "road",
    "road-abroad",
    "enclave",
)


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One line of a legend: a style code, whose sample is drawn, and its words."""

    code: str
    label: str


def legend(layers: Sequence[Layer], t: Translator) -> tuple[LegendEntry, ...]:
    """List what the layers show, once each, so that the legend follows the map.

    Parameters
    ----------
    layers
        Layers on the map. An empty one adds no line.
    t
        Reader's language.

    Returns
    -------
    tuple[LegendEntry, ...]
        Lines in the order of :data:`LEGEND_ORDER`; illustrative kinds say in words that they are examples,
        and a layer that was too large to draw says how much of it is shown.
    """
    shown = {feature["s"] for layer in layers for feature in layer.features}
    entries = [LegendEntry(code, t(f"legend.{code}")) for code in LEGEND_ORDER if code in shown]
    for layer in layers:
        if layer.omitted:
            text = t(
                "legend.partly", shown=t.number(len(layer.features)), all=t.number(len(layer.features) + layer.omitted)
            )
            entries.append(LegendEntry(layer.features[0]["s"] if layer.features else "own-area", text))
    return tuple(entries)
