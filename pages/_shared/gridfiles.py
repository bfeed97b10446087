"""What passes between server and browser about population grids: grids that readers send, pictures made from grids.

A grid of a country is larger than what the page's own uploader may hold in memory. It is written to disk as it
arrives, into a folder of the reader's session, which is removed with the session.
"""

from __future__ import annotations

import re
import secrets
import shutil
import tempfile
import weakref
from collections import OrderedDict
from contextlib import asynccontextmanager
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.routing import BaseRoute

#: Largest grid that is taken, and all grids of one session together.
MAX_FILE_BYTES: Final = 1_000_000_000
MAX_SESSION_BYTES: Final = 1_500_000_000
#: What must stay free on the disk of temporary files.
SPARE_BYTES: Final = 500_000_000
#: Pictures kept; a map that asks for an older one gets it with the page's next run.
MAX_PICTURES: Final = 48

_UNSAFE: Final = re.compile(r"[^\w.()+ -]+")
_NAME_CHARS: Final = 100
_A_DAY: Final = "private, max-age=86400, immutable"
_SAFE: Final = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'"}


class Folder:
    """A temporary folder of one session; it goes when the session goes, with all that was made from its files."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(24)
        self.used_bytes = 0
        self._arrived: list[Path] = []
        self._made = 0
        self._gone_with_it: list[Path] = []
        _FOLDERS[self.token] = self
        self._end = weakref.finalize(self, _remove, self._gone_with_it)

    @cached_property
    def path(self) -> Path:
        """Where it lies; made when the first file comes."""
        path = Path(tempfile.mkdtemp(prefix="symap-"))
        self._gone_with_it.append(path)
        return path

    def room_bytes(self) -> int:
        """Tell how much more may come."""
        free = shutil.disk_usage(tempfile.gettempdir()).free - SPARE_BYTES
        return max(0, min(MAX_FILE_BYTES, MAX_SESSION_BYTES - self.used_bytes, free))

    def place(self, name: str) -> Path:
        """Give a new file a path of its own; only harmless characters of its name are kept."""
        self._made += 1
        inside = self.path / str(self._made)
        inside.mkdir(parents=True)
        return inside / (_UNSAFE.sub("_", Path(name.replace("\\", "/")).name)[-_NAME_CHARS:].lstrip(". ") or "file")

    def put(self, path: Path) -> None:
        """Note that a file has arrived whole."""
        self._arrived.append(path)

    def take(self) -> list[Path]:
        """Give the files that arrived since the last call."""
        found, self._arrived = self._arrived, []
        return found

    def also_remove(self, path: Path) -> None:
        """Name a folder that goes with this one."""
        if path not in self._gone_with_it:
            self._gone_with_it.append(path)

    def drop(self, path: Path) -> None:
        """Remove a file of the folder before the session ends."""
        if path.is_file():
            self.used_bytes -= path.stat().st_size
        shutil.rmtree(path.parent, ignore_errors=True)

    def close(self) -> None:
        """Remove everything now."""
        self._end()


def _remove(folders: list[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


_FOLDERS: Final[WeakValueDictionary[str, Folder]] = WeakValueDictionary()
_PICTURES: Final[OrderedDict[str, bytes]] = OrderedDict()
_LOCK: Final = Lock()


def publish(digest: str, png: bytes) -> str:
    """Make a picture known to the server, and give its address as seen from the map's frame."""
    with _LOCK:
        _PICTURES[digest] = png
        _PICTURES.move_to_end(digest)
        while len(_PICTURES) > MAX_PICTURES:
            _PICTURES.popitem(last=False)
    return f"../../assets/shade/{digest}.png"


async def _picture(request: Request) -> Response:
    png = _PICTURES.get(str(request.path_params["digest"]))
    if png is None:
        return Response(status_code=404, headers=_SAFE)
    return Response(png, media_type="image/png", headers={**_SAFE, "Cache-Control": _A_DAY})


def _refused(code: str, status: int) -> JSONResponse:
    return JSONResponse({"refused": code}, status_code=status, headers=_SAFE)


async def _receive(request: Request) -> Response:
    """Write a file to its session's folder as it arrives."""
    folder = _FOLDERS.get(str(request.path_params["token"]))
    if folder is None:
        return _refused("session", 404)
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said) > folder.room_bytes():
        return _refused("size", 413)
    path = folder.place(request.query_params.get("name", ""))
    try:
        whole = await _written(request, folder, path)
    except (ClientDisconnect, OSError):
        whole = False
    if not whole:
        folder.drop(path)
        return _refused("size", 413)
    folder.put(path)
    return JSONResponse({"bytes": path.stat().st_size}, headers=_SAFE)


async def _written(request: Request, folder: Folder, path: Path) -> bool:
    with path.open("wb") as file:
        async for chunk in request.stream():
            folder.used_bytes += len(chunk)
            if file.tell() + len(chunk) > MAX_FILE_BYTES or folder.used_bytes > MAX_SESSION_BYTES:
                file.write(chunk)  # counted, so that dropping the file gives its room back
                return False
            file.write(chunk)
    return True


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    """Remove the folders of all sessions when the server stops, also when it is told to by a signal."""
    yield
    for folder in list(_FOLDERS.values()):
        folder.close()


def routes(prefix: str) -> list[BaseRoute]:
    """Give the routes of grids and their pictures.

    Parameters
    ----------
    prefix
        Base path of the server, "" or "/something".
    """
    return [
        Route(f"{prefix}/assets/shade/{{digest}}.png", _picture),
        Route(f"{prefix}/grids/{{token}}", _receive, methods=["PUT"]),
    ]
