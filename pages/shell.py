"""The frame around every page: language, navigation, look, and the reader's own data."""

import streamlit as st

from geo import views
from pages._shared import owndata, permalinks, share, state, widgets

t = state.current()
page = st.navigation(
    [
        st.Page("overview.py", title=t("nav.overview"), default=True),
        st.Page("exposure.py", title=t("nav.exposure"), url_path="exposure"),
        st.Page("routes.py", title=t("nav.routes"), url_path="routes"),
        st.Page("nearest.py", title=t("nav.nearest"), url_path="nearest"),
        st.Page("sources.py", title=t("nav.sources"), url_path="sources"),
        st.Page("present.py", title=t("nav.present"), url_path="present"),
    ],
    position="top",
)
widgets.start_page(t, page.title)
button = widgets.page_frame(t)
with st.sidebar:
    owndata.panel(t)
# A place of its own keeps the page where it is when a message comes or goes.
messages = st.container(key="link-messages")
code = page.url_path or views.HOME_PAGE
permalinks.open_address(t, code)
page.run()
state.heard()
share.offer(t, code, button=button, messages=messages)
widgets.page_foot(t)
