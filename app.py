"""Start Symap: ``streamlit run app.py``.

The pages begin in ``pages/shell.py``; beside them the server hands out the files of the map.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages._shared import mapfiles

if TYPE_CHECKING:
    from starlette.routing import BaseRoute


def _routes() -> list[BaseRoute]:
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return mapfiles.routes(f"/{base}" if base else "")


app = st.App("pages/shell.py", routes=_routes())
