"""The rules of the road as the reader sets them: closures set aside as a what-if, areas to keep out of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import shapely
import streamlit as st

from geo import brought, polygons, road_marks, text
from geo.errors import QuestionError, SymapError
from geo.rules import MOST_AREAS, RoadRules
from geo.sentences import error as worded_error
from pages._shared import peopledata

if TYPE_CHECKING:
    from geo.closures import Closure
    from geo.dataset import Dataset
    from geo.i18n import Translator
    from geo.network import Network

ASIDE: Final = "route.set-aside"
AVOID: Final = "route.avoid"
SKETCH: Final = "route.sketch"
_FILE_TURN: Final = "route.avoid-turn"
_REFUSED: Final = "route.avoid-refused"
_FEWEST_CORNERS: Final = 3
_MOST_LISTED: Final = 40


def set_aside() -> tuple[str, ...]:
    """Give the ids of the closures that the reader has set aside."""
    return tuple(st.session_state.get(ASIDE, ()))


def avoided() -> tuple[str, ...]:
    """Give the areas to keep out of, WKT."""
    return tuple(st.session_state.get(AVOID, ()))


def sketch() -> list[tuple[float, float]]:
    """Give the corners of the area that is being drawn; changing the list changes the session."""
    return cast("list[tuple[float, float]]", st.session_state.setdefault(SKETCH, []))


def closures(t: Translator, dataset: Dataset, network: Network | None, day: str | None, vehicle: str) -> None:
    """List the closures on the roads, each with a switch that sets it aside as a what-if."""
    if network is None:
        return
    known = set(dataset.closures["id"])
    # A table of the reader's own may have replaced the one that held them.
    st.session_state[ASIDE] = tuple(code for code in set_aside() if code in known)
    asked = RoadRules(date=day, vehicle=vehicle, ignored=st.session_state[ASIDE])
    found = road_marks.on_network(dataset, network, asked)
    st.markdown(f"**{t('routepage.closures')}**")
    if not found:
        st.caption(t("routepage.closures-none"))
    for closure in found[:_MOST_LISTED]:
        _closure(t, closure, asked)
    if len(found) > _MOST_LISTED:
        st.caption(t("routepage.closures-more", count=t.number(len(found) - _MOST_LISTED)))


def _closure(t: Translator, closure: Closure, asked: RoadRules) -> None:
    name = t.name(closure.names)
    state = road_marks.state_of(closure, asked)
    source = f"{t(f'choice.evidence.{closure.evidence}')} · {closure.source}"
    told = f"{t(f'routepage.closure.{state}')} · {source}"
    if closure.kind == "ban":
        key = f"{ASIDE}.{closure.id}"
        st.session_state[key] = closure.id in asked.ignored
        st.toggle(
            t("routepage.set-aside", name=text.markdown(name)), key=key, on_change=_switch, args=(closure.id, key)
        )
    else:
        st.markdown(text.markdown(name))
    st.caption(text.markdown(told, max_chars=400))


def _switch(code: str, key: str) -> None:
    others = [one for one in set_aside() if one != code]
    st.session_state[ASIDE] = tuple(sorted([*others, code] if st.session_state[key] else others))


def areas(t: Translator) -> None:
    """Let the reader bring areas to keep out of, and take them away again; they are drawn by clicks on the map."""
    st.markdown(f"**{t('routepage.avoid')}**")
    kept = avoided()
    if not kept:
        st.caption(t("routepage.avoid-how"))
    for number, wkt in enumerate(kept, start=1):
        corners = len(shapely.get_coordinates(polygons.read_area(wkt)))
        with st.container(horizontal=True, vertical_alignment="center", key=f"route-area-{number}"):
            st.markdown(t("routepage.area", number=t.number(number), corners=t.number(max(corners - 1, 0))))
            st.button(
                t("routepage.area-remove"), key=f"route.area-remove.{number}", type="tertiary",
                on_click=_forget, args=(wkt,),
            )  # fmt: skip
    turn = st.session_state.setdefault(_FILE_TURN, 0)
    file = st.file_uploader(
        t("routepage.avoid-drop"),
        type=["geojson", "json", "gpkg", "fgb", "kml", "kmz", "zip"],
        key=f"route.avoid-file.{turn}",
        max_upload_size=peopledata.MAX_LAYER_MB,
    )
    if file is not None:
        _receive(file.name, file.getvalue())
        # A cleared uploader gets a new key, so the same file, mended, can be dropped again.
        st.session_state[_FILE_TURN] = turn + 1
        st.rerun()
    if (problem := st.session_state.get(_REFUSED)) is not None:
        st.error(text.markdown(worded_error(t, problem), max_chars=None), icon=":material/error:")


def _forget(wkt: str) -> None:
    st.session_state[AVOID] = tuple(one for one in avoided() if one != wkt)


def _keep(new: tuple[str, ...]) -> None:
    """Add areas to those kept.

    Raises
    ------
    QuestionError
        ``avoid-too-many`` or ``avoid-not-area``.
    """
    wanted = tuple(dict.fromkeys((*avoided(), *new)))
    RoadRules(avoid=wanted)
    st.session_state[AVOID] = wanted


def _receive(file: str, content: bytes) -> None:
    st.session_state[_REFUSED] = None
    try:
        shapes = brought.layer_of(file, content, brought.POLYGONS).shapes
        if len(shapes) > MOST_AREAS:
            raise QuestionError("avoid-too-many", found=len(shapes), maximum=MOST_AREAS)
        _keep(tuple(str(wkt) for wkt in shapely.to_wkt(shapes, rounding_precision=-1)))
    except SymapError as problem:
        st.session_state[_REFUSED] = problem


def sketch_buttons(t: Translator) -> None:
    """Offer to finish the area that is being drawn, or to take its last corner back."""
    corners = sketch()
    with st.container(horizontal=True, vertical_alignment="center", key="map-frame-sketch"):
        st.caption(t.n("routepage.corners", len(corners)), width="content")
        st.button(
            t("routepage.sketch-done"), key="route.sketch-done", icon=":material/check:",
            disabled=len(corners) < _FEWEST_CORNERS, on_click=_finish,
        )  # fmt: skip
        st.button(
            t("routepage.sketch-back"), key="route.sketch-back", icon=":material/undo:",
            disabled=not corners, on_click=_take_back,
        )  # fmt: skip
    if (problem := st.session_state.get(_REFUSED)) is not None:
        st.warning(text.markdown(worded_error(t, problem), max_chars=None), icon=":material/error:")


def _finish() -> None:
    st.session_state[_REFUSED] = None
    try:
        _keep((polygons.from_corners(sketch()),))
    except SymapError as problem:
        st.session_state[_REFUSED] = problem
    else:
        st.session_state[SKETCH] = []


def _take_back() -> None:
    st.session_state[SKETCH] = sketch()[:-1]
