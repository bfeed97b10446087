"""Which layers each page's map is made of: the ground first, then the records, the answer on top."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import streamlit as st

from geo import layers
from geo.errors import SymapError
from pages._shared import loaders, mapview
from pages._shared.ramp import ramp

if TYPE_CHECKING:
    from collections.abc import Collection

    from geo.dataset import Dataset
    from geo.exposure import ExposureAnswer
    from geo.i18n import Translator
    from geo.inventory import InventoryAnswer
    from geo.layers import Layer
    from geo.nearest import NearestAnswer
    from geo.service_area import ServiceAreaAnswer
    from pages._shared.exposure_more import Wanted
    from pages._shared.exposure_view import Asked
    from pages._shared.journeys import Journey
    from pages._shared.mapview import Bounds, Click, Picture

#: What a reader can switch on and off on the overview, in the order of the switch.
OVERVIEW_LAYERS: Final = ("sites", "storage", "collection_points", "settlements", "road_sections")


def _ground(t: Translator, dataset: Dataset, *names: str) -> list[Layer]:
    return [loaders.layer(dataset, t.language, name) for name in ("boundaries", *names)]


def overview(t: Translator, dataset: Dataset, answer: InventoryAnswer, shown: Collection[str]) -> list[Layer]:
    """Show the records that match the filters, over the towns and roads that are switched on."""
    ground = [
        {"settlements": "settlements", "road_sections": "roads"}[name] for name in shown if name in OVERVIEW_LAYERS[3:]
    ]
    return [*_ground(t, dataset, *ground), *loaders.record_layers(dataset, t.language, answer.question)]


def exposure(  # noqa: PLR0913 - one keyword per thing that is shown
    t: Translator,
    dataset: Dataset,
    answer: ExposureAnswer | None,
    asked: Asked | None = None,
    wants: Wanted | None = None,
    *,
    union: bool = False,
    faint: bool = False,
) -> list[Layer]:
    """Show the rings over the towns, and the reader's own layers; the places measured from on top."""
    ground = _ground(t, dataset, "settlements")
    brought = [] if wants is None else [one for one in (wants.regions, *wants.receptors) if one is not None]
    own = [layer for one in brought if (layer := loaders.dropped_layer(one, t.language)) is not None]
    if answer is None or asked is None:
        return [*ground, *own]
    rings = loaders.exposure_layers(
        dataset, t.language, answer.question, asked.people, asked.own, union=union, faint=faint
    )
    return [*ground, *own, *rings]


def journey(
    t: Translator, dataset: Dataset, found: Journey | None, reached: ServiceAreaAnswer | None = None
) -> list[Layer]:
    """Show the road over the network and the towns, with what stands on it, other roads, and what is asked besides."""
    from geo import road_layers  # noqa: PLC0415 - the first page draws sooner without the roads' libraries
    from pages._shared import corridor_view, line_sketch, route_rules  # noqa: PLC0415 - as above

    # The lines of a country's network would be too many to draw; the road itself is.
    own = found is not None and found.roads is not None
    ground = _ground(t, dataset, *(() if own else ("roads",)), "settlements")
    ground.append(road_layers.avoided(route_rules.avoided(), route_rules.sketch()))
    if reached is not None:
        ground.append(road_layers.reach(reached, t))
    along = corridor_view.asked_now(None if found is None else found.route)
    if along is not None:
        # What is wrong with a line is said where its points stand.
        with suppress(SymapError):
            ground.append(
                road_layers.corridor(loaders.corridor(dataset, along, None if found is None else found.people))
            )
    ground.append(road_layers.sketched(line_sketch.points()))
    if found is None:
        return ground
    roads = loaders.road_layers(dataset, t.language, found.asked, found.roads, found.people, found.shown)
    return [*ground, *roads]


def nearest(t: Translator, dataset: Dataset, answer: NearestAnswer | None) -> list[Layer]:
    """Show the reader's place and the points of the list."""
    ground = _ground(t, dataset, "roads", "settlements")
    return ground if answer is None else [*ground, layers.nearest(answer, t)]


def show_map(  # noqa: PLR0913 - one keyword per choice of a page
    t: Translator,
    dataset: Dataset,
    drawn: list[Layer],
    *,
    key: str,
    bounds: Bounds,
    online: bool,
    height: int = 560,
    picture: Picture | None = None,
) -> Click:
    """Show layers on a map with the legend of what is shown, and report what the reader clicked."""
    # The style sheet shows this switch on a phone alone, where the map waits behind it.
    st.toggle(t("frame.show-map"), key="map-switch", persist_state="session")
    with st.container(key=f"map-frame-{key}"):
        click = mapview.show(
            drawn,
            t=t,
            key=key,
            bounds=bounds,
            height=height,
            online_background=online,
            countries=loaders.country_names(dataset, t.language),
            picture=picture,
            keep=True,
        )
        mapview.legend_html(layers.legend(drawn, t))
        ramp(t, picture)
    return click
