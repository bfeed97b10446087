"""Taking a page along as a brief: one button for each format, each document made when its button is pressed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from geo import brief, views
from geo.cli_brief import FORMATS, writer
from geo.errors import SymapError
from geo.means import Means
from geo.route_views import SETTLEMENTS
from pages._shared import clock

if TYPE_CHECKING:
    from datetime import datetime

    from geo.dataset import Dataset
    from geo.i18n import Translator
    from geo.views import View


def is_askable(view: View, at_hand: Means) -> bool:
    """Tell whether a view asks something that a brief can answer: a place is chosen, and its files are at hand."""
    if view.page == "sources":
        return True
    grid_missing = view.values.get("people", SETTLEMENTS) != SETTLEMENTS and at_hand.people is None
    roads_missing = bool(view.values.get("network", "")) and at_hand.roads is None
    try:
        return not grid_missing and not roads_missing and (bool(at_hand.places) or views.question(view) is not None)
    except SymapError:
        return False


def brief_control(t: Translator, dataset: Dataset, view: View, at_hand: Means | None = None) -> None:
    """Offer what a page shows as a document; nothing where no question is asked yet.

    Parameters
    ----------
    t
        Reader's language.
    dataset
        Tables as this reader sees them, own ones and corrected positions included.
    view
        The page with its whole question.
    at_hand
        What the page's answer rests on beside the tables: a population grid, roads, layers.
    """
    have = at_hand or Means()
    if not is_askable(view, have):
        return
    now = clock.local_now()
    with st.container(horizontal=True, vertical_alignment="center", key="brief"):
        st.caption(t("brief.take"), width="content")
        for code in FORMATS:
            st.download_button(
                code.upper(),
                data=partial(_made, t, dataset, view, now, code, have),
                file_name=f"symap-brief-{view.page}-{t.language}.{code}",
                key=f"brief-{code}",
                on_click="ignore",
            )
    st.caption(t("brief.as-address"))


def _made(  # noqa: PLR0913, PLR0917 - what a document is made of
    t: Translator, dataset: Dataset, view: View, now: datetime, code: str, at_hand: Means
) -> bytes:
    return writer(code)(brief.make(dataset, [view], t.language, now, at_hand=at_hand))
