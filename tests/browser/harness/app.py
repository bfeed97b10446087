"""A server like the app's own, on one page made for the tests of the map."""

from __future__ import annotations

import streamlit as st

from pages._shared import mapfiles

base = str(st.get_option("server.baseUrlPath") or "").strip("/")
app = st.App("page.py", routes=mapfiles.routes(f"/{base}" if base else ""))
