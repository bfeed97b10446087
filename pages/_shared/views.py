"""Which layers each page's map is made of: the ground first, then the records, the answer on top."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from geo import layers
from pages._shared import loaders, mapview

if TYPE_CHECKING:
    from collections.abc import Collection

    from geo.dataset import Dataset
    from geo.exposure import ExposureAnswer
    from geo.i18n import Translator
    from geo.inventory import InventoryAnswer
    from geo.layers import Layer
    from geo.nearest import NearestAnswer
    from geo.routing import RouteAnswer
    from pages._shared.mapview import Bounds, Click

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


def exposure(t: Translator, dataset: Dataset, answer: ExposureAnswer | None) -> list[Layer]:
    """Show the rings over the towns; the places measured from on top."""
    ground = _ground(t, dataset, "settlements")
    return ground if answer is None else [*ground, *loaders.exposure_layers(dataset, t.language, answer.question)]


def journey(t: Translator, dataset: Dataset, answer: RouteAnswer | None) -> list[Layer]:
    """Show the road over the network and the towns."""
    ground = _ground(t, dataset, "roads", "settlements")
    return ground if answer is None else [*ground, layers.route(answer, t)]


def nearest(t: Translator, dataset: Dataset, answer: NearestAnswer | None) -> list[Layer]:
    """Show the reader's place and the points of the list."""
    ground = _ground(t, dataset, "roads", "settlements")
    return ground if answer is None else [*ground, layers.nearest(answer, t)]


def show_map(  # noqa: PLR0913 - one keyword per choice of a page
    t: Translator, dataset: Dataset, drawn: list[Layer], *, key: str, bounds: Bounds, online: bool, height: int = 560
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
        )
        mapview.legend_html(layers.legend(drawn, t))
    return click
