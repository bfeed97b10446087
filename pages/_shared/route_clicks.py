"""What a click on the map of the roads page does: set an end, draw an area or a line, choose another road."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.road_layers import OPTION
from pages._shared import line_sketch, route_rules, state
from pages._shared.route_asked import PLACE_TABLES

if TYPE_CHECKING:
    from geo.i18n import Translator
    from pages._shared.mapview import Click

#: Key of the road that is shown.
ROAD: Final = "route.road"
_MODE: Final = "route.click"
_MODES: Final = ("from", "to", "area", "line")
#: About a metre: a click is no more exact, and the address stays short.
_DECIMALS: Final = 5
_AFTER: Final = {"from": "to", "to": None}


def control(t: Translator) -> str | None:
    """Let the reader say what the next click sets; nothing, so that a stray click changes nothing."""
    state.apply_pending(_MODE)
    line_sketch.apply()
    # The key hides it on a phone together with the map, until that is opened.
    with st.container(key="map-frame-click"):
        mode: str | None = st.segmented_control(
            t("routepage.click"),
            _MODES,
            format_func=lambda code: t(f"routepage.click.{code}"),
            key=_MODE,
            persist_state="session",
        )
    if mode == "area":
        route_rules.sketch_buttons(t)
    if mode == "line":
        line_sketch.buttons(t)
    return mode


def take(click: Click, mode: str | None) -> None:
    """Do what a click means."""
    if click.picked is not None and click.picked[0] == OPTION:
        st.session_state[ROAD] = click.picked[1]
        state.heard()
        st.rerun()
    spot = None
    if click.lon is not None and click.lat is not None:
        spot = round(click.lon, _DECIMALS), round(click.lat, _DECIMALS)
    if mode == "area" and spot is not None:
        # A click that is told twice is still one corner.
        st.session_state[route_rules.SKETCH] = list(dict.fromkeys([*route_rules.sketch(), spot]))
        state.heard()
        st.rerun()
    if mode == "line" and spot is not None:
        line_sketch.add(spot)
    if mode not in _AFTER:
        return
    record = click.picked[1] if click.picked is not None and click.picked[0] in PLACE_TABLES else None
    meant = record or (None if spot is None else f"{spot[0]!r},{spot[1]!r}")
    if meant is not None:
        state.leave(f"route.{mode}", meant)
        state.pend(_MODE, _AFTER[mode])
