"""Start Symap: ``streamlit run app.py``.

The pages begin in ``pages/shell.py``; beside them the server hands out the files of the map,
the field page, the presentation and the answers as JSON.
"""

from __future__ import annotations

import importlib
import threading
from typing import TYPE_CHECKING

import streamlit as st

from pages._shared import gridfiles, http, mapfiles, present_http

if TYPE_CHECKING:
    from starlette.routing import BaseRoute


def _routes() -> list[BaseRoute]:
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    prefix = f"/{base}" if base else ""
    rooms = (mapfiles, gridfiles, http, present_http)
    return [route for room in rooms for route in room.routes(prefix)]


def _warm() -> None:
    """Load tables and libraries while the first browser still fetches the page, and the server already answers.

    The map's component must not be among them: it registers itself only when a page imports it.
    """
    importlib.import_module("pages._shared.loaders").warm()


threading.Thread(target=_warm, daemon=True).start()

app = st.App("pages/shell.py", routes=_routes(), lifespan=gridfiles.lifespan)
