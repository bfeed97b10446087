"""The line that a reader draws by clicks to ask who lives along it: a stream, a canal, a pipe.

It is the line of the typed points: what is drawn can be mended by hand, and what is typed is seen on the map.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import streamlit as st

from geo.places import read_spot
from pages._shared import state

if TYPE_CHECKING:
    from geo.i18n import Translator

#: Keys of the controls under the map: is the question open, along what, and the points of the line.
OPEN: Final = "corridor.open"
LINE: Final = "corridor.line"
TYPED: Final = "corridor.typed"
#: What stands in the control for a line of points.
POINTS: Final = "typed"
_BREAK: Final = "; "


def parts() -> list[str]:
    """Give what stands between the semicolons."""
    typed = cast("str", st.session_state.get(TYPED) or "")
    return [part.strip() for part in typed.replace("\n", ";").split(";") if part.strip()]


def points() -> list[tuple[float, float]]:
    """Give the points that can be read, for the map; none while the question is about another line."""
    if not st.session_state.get(OPEN) or st.session_state.get(LINE) != POINTS:
        return []
    return [spot for part in parts() if (spot := read_spot(part)) is not None]


def apply() -> None:
    """Give the controls what a click has set, before they are drawn."""
    for key in (OPEN, LINE, TYPED):
        state.apply_pending(key)


def add(spot: tuple[float, float]) -> None:
    """Put a point at the end of the line, open the question about it, and run the page anew."""
    written = f"{spot[0]!r}, {spot[1]!r}"
    kept = parts()
    state.leave(OPEN, value=True)
    state.leave(LINE, POINTS)
    # A click that is told twice is still one point.
    state.pend(TYPED, _BREAK.join(kept if kept[-1:] == [written] else [*kept, written]))


def buttons(t: Translator) -> None:
    """Say how many points the line has, and offer to take the last one or all of them back."""
    kept = parts()
    with st.container(horizontal=True, vertical_alignment="center", key="map-frame-line"):
        st.caption(t.n("corridorpage.line-points", len(kept)), width="content")
        st.button(
            t("corridorpage.line-back"), key="corridor.line-back", icon=":material/undo:", disabled=not kept,
            on_click=state.leave, args=(TYPED, _BREAK.join(kept[:-1])),
        )  # fmt: skip
        st.button(
            t("corridorpage.line-clear"), key="corridor.line-clear", icon=":material/delete:", disabled=not kept,
            on_click=state.leave, args=(TYPED, ""),
        )  # fmt: skip
