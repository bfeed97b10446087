"""Taking a page along as a brief: one button for each format, each document made when its button is pressed."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from geo import brief, views
from geo.cli_brief import FORMATS, writer
from geo.errors import SymapError
from geo.route_views import SETTLEMENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.dataset import Dataset
    from geo.i18n import Translator
    from geo.views import View


def local_now() -> datetime:
    """Give the time in the reader's own zone, as the browser names it; else in the server's."""
    try:
        return datetime.now(ZoneInfo(st.context.timezone or ""))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return datetime.now().astimezone()


def is_askable(view: View) -> bool:
    """Tell whether a view asks something that a brief can answer: a place is chosen, and no file of the reader's is behind it."""
    rests_on_file = view.values.get("network", "") or view.values.get("people", SETTLEMENTS) != SETTLEMENTS
    try:
        return view.page == "sources" or (not rests_on_file and views.question(view) is not None)
    except SymapError:
        return False


def brief_control(t: Translator, dataset: Dataset, view: View, answers: Mapping[View, object] | None = None) -> None:
    """Offer what a page shows as a document; nothing where no question is asked yet.

    Parameters
    ----------
    t
        Reader's language.
    dataset
        Tables as this reader sees them, own ones and corrected positions included.
    view
        The page with its whole question.
    answers
        The page's answer where the view alone does not lead to it, such as one that rests on a grid of people.
    """
    if view not in (answers or {}) and not is_askable(view):
        return
    now = local_now()
    with st.container(horizontal=True, vertical_alignment="center", key="brief"):
        st.caption(t("brief.take"), width="content")
        for code in FORMATS:
            st.download_button(
                code.upper(),
                data=partial(_made, t, dataset, view, now, code, answers),
                file_name=f"symap-brief-{view.page}-{t.language}.{code}",
                key=f"brief-{code}",
                on_click="ignore",
            )
    st.caption(t("brief.as-address"))


def _made(  # noqa: PLR0913, PLR0917 - what a document is made of
    t: Translator, dataset: Dataset, view: View, now: datetime, code: str, answers: Mapping[View, object] | None
) -> bytes:
    return writer(code)(brief.make(dataset, [view], t.language, now, answers=answers))
