"""The frame around every page: language, navigation, look, and the reader's own data."""

import streamlit as st

from pages._shared import owndata, state, widgets

t = state.current()
page = st.navigation(
    [
        st.Page("overview.py", title=t("nav.overview"), default=True),
        st.Page("exposure.py", title=t("nav.exposure"), url_path="exposure"),
        st.Page("routes.py", title=t("nav.routes"), url_path="routes"),
        st.Page("nearest.py", title=t("nav.nearest"), url_path="nearest"),
        st.Page("sources.py", title=t("nav.sources"), url_path="sources"),
    ],
    position="top",
)
widgets.start_page(t, page.title)
widgets.page_frame(t)
with st.sidebar:
    owndata.panel(t)
page.run()
widgets.page_foot(t)
