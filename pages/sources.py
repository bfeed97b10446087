"""Where every number comes from: files, licences, sources that disagree, guideline values, formulas, and gaps."""

import streamlit as st

from pages._shared import loaders, sources_view, state, widgets

t = state.current()
dataset = state.dataset()
widgets.title(t, t("sources.title"), lead=t("sources.lead"))
chosen = st.segmented_control(
    t("sources.part"),
    list(sources_view.PARTS),
    format_func=lambda code: t(f"sources.part.{code}"),
    default=sources_view.DEFAULT_PART,
    key="sources.part",
    label_visibility="collapsed",
    required=True,
    persist_state="session",
)
sources_view.PARTS[chosen](t, dataset, loaders.entries())
