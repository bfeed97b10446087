"""What can be reached by road from an end of the journey within some minutes: asked, drawn, and taken along."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from geo import export, many_answers, route_views, sentences, text
from geo.service_area import ServiceAreaQuestion
from pages._shared import loaders, widgets

if TYPE_CHECKING:
    from geo.dataset import Dataset
    from geo.i18n import Translator
    from geo.service_area import ServiceAreaAnswer
    from pages._shared.journeys import Journey

_FROM: Final = "route.reach-from"
_MINUTES: Final = "route.reach-minutes"
_ENDS: Final = ("from", "to")
_USUAL: Final = ("30", "60")
_M2_PER_KM2: Final = 1_000_000.0


def asked(journey: Journey | None) -> ServiceAreaQuestion | None:
    """Give the question about what can be reached; None where nobody asks.

    Raises
    ------
    QuestionError
        As :class:`geo.service_area.ServiceAreaQuestion`.
    """
    end, minutes = st.session_state.get(_FROM), st.session_state.get(_MINUTES, _USUAL)
    if journey is None or end not in _ENDS or not minutes:
        return None
    route = journey.asked.route
    place = route.from_place if end == "from" else route.to_place
    return ServiceAreaQuestion((place,), tuple(float(code) for code in minutes), route.road_rules)


def found(t: Translator, dataset: Dataset, journey: Journey | None) -> ServiceAreaAnswer | None:
    """Answer what can be reached, where that is asked; a refused question is told."""
    answer = None
    with widgets.friendly_errors(t):
        question = asked(journey)
        if journey is not None and question is not None:
            answer = loaders.service_area(dataset, question, journey.roads)
    return answer


def section(t: Translator, answer: ServiceAreaAnswer | None) -> None:
    """Ask from where and within how many minutes, list what is reached, and offer it as files."""
    with widgets.fold(t("routepage.reach"), key="route.reach-open", icon=":material/timer:") as is_open:
        if not is_open:
            return
        with st.container(horizontal=True, vertical_alignment="bottom", key="route-reach"):
            st.segmented_control(
                t("routepage.reach-from"),
                _ENDS,
                format_func=lambda code: t(f"routepage.reach-from.{code}"),
                key=_FROM,
                persist_state="session",
            )
            st.pills(
                t("routepage.reach-minutes"),
                route_views.MINUTES,
                selection_mode="multi",
                default=list(_USUAL),
                format_func=lambda code: t("routepage.minutes", minutes=code),
                key=_MINUTES,
                persist_state="session",
            )
        if answer is None:
            st.caption(t("routepage.reach-start"))
            return
        _show(t, answer)


def _show(t: Translator, answer: ServiceAreaAnswer) -> None:
    if answer.reason is not None:
        st.warning(text.markdown(sentences.reason(t, answer.reason), max_chars=None), icon=":material/block:")
    rows = [
        {
            t("cli.column.minutes"): t.plain(row["minutes"]),
            t("cli.column.roads"): t.km(row["roads_m"]),
            t("cli.column.ground-area"): t("matrix.km2", value=t.number(row["area_m2"] / _M2_PER_KM2)),
            t("cli.column.sections"): t.number(row["sections"]),
        }
        for row in answer.areas.drop(columns="geometry").to_dict("records")
    ]
    if rows:
        st.dataframe(pd.DataFrame(rows), hide_index=True, height="content", key="route.reach-table")
        _files(t, answer)
    widgets.notes(t, answer.notes, *answer.places)


def _files(t: Translator, answer: ServiceAreaAnswer) -> None:
    """Offer the ground and the roads as files, each made when its button is pressed."""
    for part in ("ground", "roads"):
        with st.container(horizontal=True, vertical_alignment="center", key=f"downloads-reach-{part}"):
            st.caption(t(f"routepage.reach-{part}"), width="content")
            for ending in export.TABLE_FORMATS:
                file = f"symap-reach-{part}{ending}"
                st.download_button(
                    ending.lstrip(".").upper(),
                    data=partial(_written, t, answer, part, file),
                    file_name=file,
                    key=f"download-reach-{part}{ending}",
                    on_click="ignore",
                )


def _written(t: Translator, answer: ServiceAreaAnswer, part: str, file: str) -> bytes:
    return export.write(many_answers.service_document(answer, t, edges_first=part == "roads"), t, file)
