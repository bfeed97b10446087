"""Where the reader stands, by the phone's own GPS: asked for by one press, never without it, and sent nowhere else."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from geo import text
from pages._shared import state

if TYPE_CHECKING:
    from geo.i18n import Translator

_ASSETS: Final = Path(__file__).parent / "assets"
_KEY: Final = "gps"
_FIX: Final = "gps-fix"
_UNREADABLE: Final = "gps-unreadable"
#: A position worse than this may be in another village.
ROUGH_M: Final = 1000.0
# A tenth of a metre; GPS knows no more, and the address stays short.
_DECIMALS: Final = 6
_PARTS: Final = 3
_STEP_M: Final = 10.0
_MAX_LON, _MAX_LAT, _MAX_ERROR_M = 180.0, 90.0, 2e7

_BUTTON: Final = st.components.v2.component(
    "symap_gps",
    html='<div class="gps"><button type="button"></button><p role="status"></p></div>',
    css=(_ASSETS / "symap-gps.css").read_text(encoding="utf-8"),
    js=(_ASSETS / "symap-gps.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, slots=True)
class Fix:
    """A position that the phone gave.

    Parameters
    ----------
    lon, lat
        Degrees in WGS 84.
    error_m
        Radius within which the phone believes itself to be, metres.
    """

    lon: float
    lat: float
    error_m: float

    @property
    def place(self) -> str:
        """The position as questions name it."""
        return f"{self.lon!r},{self.lat!r}"


def read(value: Any) -> Fix | None:  # noqa: ANN401 - whatever a browser sends
    """Read what the browser sent; None when it is no position on the globe."""
    parts = [value.get(name) for name in ("lon", "lat", "error_m")] if isinstance(value, dict) else []
    numbers = [float(part) for part in parts if isinstance(part, (int, float)) and not isinstance(part, bool)]
    if len(numbers) != _PARTS:
        return None
    lon, lat, error_m = numbers
    # Each comparison is false for what is not a number.
    if not (abs(lon) <= _MAX_LON and abs(lat) <= _MAX_LAT and 0 <= error_m <= _MAX_ERROR_M):
        return None
    return Fix(round(lon, _DECIMALS), round(lat, _DECIMALS), error_m)


def _take(widget: str) -> None:
    """Ask from the position that the phone has just given."""
    fix = read(st.session_state[_KEY].get("found"))
    st.session_state[_UNREADABLE] = fix is None
    if fix is not None:
        st.session_state[_FIX] = fix
        st.session_state[widget] = fix.place


def button(t: Translator, *, widget: str) -> None:
    """Offer to find the reader by GPS; the position goes into the widget where places are typed.

    The browser says itself, in the reader's language, when it may not, cannot or takes too long.

    Parameters
    ----------
    t
        Reader's language.
    widget
        Key of the widget.
    """
    codes = ("searching", "refused", "absent", "insecure", "timeout")
    words = {code: t(f"field.gps-{code}") for code in codes}
    # What a click left for the box counts already: on a phone the answer is brought up when its place changes.
    state.apply_pending(widget)
    told = {"label": t("field.gps"), "words": words, "here": str(st.session_state.get(widget) or "")}
    _BUTTON(data=told, key=_KEY, width="content", on_found_change=partial(_take, widget))


def remark(t: Translator, here: str | None) -> None:
    """Say how exact the position is that is asked from, if GPS gave it."""
    if st.session_state.get(_UNREADABLE):
        st.warning(t("gps.unreadable"), icon=":material/location_disabled:")
    fix = st.session_state.get(_FIX)
    if not isinstance(fix, Fix) or fix.place != here:
        return
    # Rounded up: no position is better than the phone says.
    error_m = math.ceil(fix.error_m / _STEP_M) * _STEP_M
    if fix.error_m > ROUGH_M:
        st.warning(t("gps.inaccurate", distance=t.km(error_m)), icon=":material/location_searching:")
    else:
        st.caption(text.markdown(t("field.gps-found", distance=t.km(error_m))))
