"""The files behind the map: the map library, the project's own scripts and the bundled background.

The server hands them out itself, so that a map draws without a network. Every address carries a digest of
the content: browsers may keep a file for a year, and a new release is fetched at once.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from xstatic.pkg import leaflet

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute
    from starlette.types import Scope

LEAFLET_DIR: Final = Path(leaflet.BASE_DIR)
OWN_DIR: Final = Path(__file__).parent / "assets"
DATA_DIR: Final = Path(__file__).parents[2] / "data"
DRAWN_FILE: Final = DATA_DIR / "borders_drawn.geojson"

_SCRIPTS: Final = ("symap-symbols.js", "symap-labels.js", "symap-map.js")
_A_YEAR: Final = "public, max-age=31536000, immutable"
# Seen from the page inside the map component's frame, whatever the server's base path.
_FROM_FRAME: Final = "../../assets"


def _short_digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


@lru_cache(maxsize=1)
def background_script() -> bytes:
    """Make the script that brings the drawn borders: coordinates to four decimals, about ten metres."""
    collection = json.loads(DRAWN_FILE.read_text(encoding="utf-8"), parse_float=lambda text: round(float(text), 4))
    return f"window.SYMAP_BACKGROUND={json.dumps(collection, separators=(',', ':'))};".encode()


@lru_cache(maxsize=1)
def map_script() -> bytes:
    """Join the map library, the background and the project's scripts, in the order in which they must run.

    The map's component fetches its scripts one after the other; one request instead of five draws sooner.
    """
    own = (OWN_DIR / name for name in _SCRIPTS)
    parts = [(LEAFLET_DIR / "leaflet.js").read_bytes(), background_script(), *(path.read_bytes() for path in own)]
    return b"\n;\n".join(parts)


@lru_cache(maxsize=1)
def vintage() -> str:
    """Give the vintage of the drawn borders, as the catalogue of the data has it."""
    from geo import catalogue  # noqa: PLC0415 - the server answers a second earlier without the tables' libraries

    return next(entry.vintage for entry in catalogue.entries() if Path(entry.file).name == DRAWN_FILE.name)


@lru_cache(maxsize=1)
def frame_links() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the addresses of scripts and of style sheets, each in the order in which they must load."""

    def link(folder: str, path: Path) -> str:
        return f"{_FROM_FRAME}/{folder}/{path.name}?v={_short_digest(path.read_bytes())}"

    scripts = (f"{_FROM_FRAME}/map.js?v={_short_digest(map_script())}",)
    sheets = (link("leaflet", LEAFLET_DIR / "leaflet.css"), link("symap", OWN_DIR / "symap-map.css"))
    return scripts, sheets


class _KeptFiles(StaticFiles):
    """Static files that a browser may keep when it asked for a certain version of them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        versioned = scope.get("query_string", b"").startswith(b"v=")
        response.headers["Cache-Control"] = _A_YEAR if versioned else "no-cache"
        return response


async def _map_script(request: Request) -> Response:
    content = map_script()
    etag = f'"{_short_digest(content)}"'
    headers = {"ETag": etag, "Cache-Control": _A_YEAR if "v" in request.query_params else "no-cache"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="text/javascript", headers=headers)


async def _healthz(_: Request) -> Response:
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


def routes(prefix: str) -> list[BaseRoute]:
    """Give the routes of the map's files and of the health check.

    Parameters
    ----------
    prefix
        Base path of the server, "" or "/something": the server does not put it before routes by itself.
    """
    return [
        Mount(f"{prefix}/assets/leaflet", _KeptFiles(directory=LEAFLET_DIR)),
        Mount(f"{prefix}/assets/symap", _KeptFiles(directory=OWN_DIR)),
        Route(f"{prefix}/assets/map.js", _map_script),
        Route(f"{prefix}/healthz", _healthz),
    ]
