"""How the answer "which road" is asked for and shown: ends, length, time, countries, sections with sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import streamlit as st

from geo import downloads as files
from geo import headlines, sentences, text
from geo.routing import RouteQuestion
from pages._shared import widgets

if TYPE_CHECKING:
    from geo.i18n import Translator
    from geo.routing import RouteAnswer

PLACE_TABLES: Final = ("sites", "storage", "collection_points", "settlements", "road_nodes")
DEFAULT_FROM: Final = "ST-BATKEN"
DEFAULT_TO: Final = "KG-KHD"
_OBJECTIVES: Final[tuple[Literal["time", "distance"], ...]] = ("distance", "time")
_MARGIN_DEG: Final = 0.03
_COLUMNS: Final = (
    "from_name",
    "to_name",
    "road_number",
    "length_m",
    "length_basis",
    "surface",
    "winter_closure",
    "countries",
    "source",
    "source_date",
)


def end(t: Translator, key: str, labels: dict[str, str], *, default: str) -> str | None:
    """Let the reader name one end of the route."""
    return widgets.where(t, key, labels, default=default)


def objective(t: Translator) -> Literal["time", "distance"]:
    """Let the reader choose what is to be small."""
    return st.segmented_control(
        t("route.minimise"),
        _OBJECTIVES,
        default=_OBJECTIVES[0],
        format_func=lambda code: t(f"route.minimise.{code}"),
        key="route.minimise",
        required=True,
        persist_state="session",
    )


def question(
    origin: str, destination: str, minimise: Literal["time", "distance"], *, through_abroad: bool
) -> RouteQuestion:
    """Build the question."""
    return RouteQuestion(from_place=origin, to_place=destination, minimise=minimise, stay_in_country=not through_abroad)


def heading(t: Translator, answer: RouteAnswer | None) -> str:
    """Word the page's question with the names of both ends."""
    return headlines.route_title(t, answer)


def headline(t: Translator, answer: RouteAnswer | None) -> None:
    """Show length, time, countries, and what a longer or shorter road would mean."""
    if answer is None:
        st.info(t("route.start-here"), icon=":material/alt_route:")
        return
    if not answer.reachable or answer.distance_m is None:
        if answer.reason is not None:
            st.warning(text.markdown(sentences.reason(t, answer.reason), max_chars=None), icon=":material/block:")
    else:
        told = headlines.route(answer, t)
        widgets.headline(label=told.label, number=told.number, detail=told.detail, sentence=told.sentence)
        widgets.evidence(t, told.evidence, sources=told.sources, key="route")
        st.caption(t("route.legs", start=t.km(answer.snap_from_m), end=t.km(answer.snap_to_m)))
    if answer.abroad is not None and answer.abroad.distance_m is not None:
        st.warning(
            text.markdown(
                t(
                    "route.abroad",
                    distance=t.km(answer.abroad.distance_m),
                    time=t.duration(answer.abroad.travel_time_s),
                    countries=headlines.countries_in_order(t, answer.abroad.countries),
                ),
                max_chars=None,
            ),
            icon=":material/flag:",
        )
    # The road abroad is said above already, with its time and countries.
    widgets.notes(
        t, [note for note in answer.notes if note.code != "shorter-abroad"], answer.origin, answer.destination
    )


def extent(answer: RouteAnswer | None) -> tuple[float, float, float, float]:
    """Give the view that holds the whole road."""
    if answer is None or answer.geometry is None:
        return widgets.HOME_VIEW
    west, south, east, north = answer.geometry.bounds
    return west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG


def sections(t: Translator, answer: RouteAnswer) -> None:
    """List the sections in order of travel, each with its source."""
    if len(answer.sections):
        st.markdown(f"**{t('route.sections')}** · {t.n('count.sections', len(answer.sections))}")
        widgets.show_table(t, answer.sections, _COLUMNS, key="sections")


def downloads(t: Translator, answer: RouteAnswer) -> None:
    """Offer the road as files."""
    if answer.reachable:
        widgets.downloads(t, lambda: files.route(answer, t), "route", tracks=answer.evidence != "illustrative")
