"""The addresses beside the pages, served on this machine without the pages: quick to start and to stop."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette

from pages._shared import http as addresses

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "/symap"


@contextlib.contextmanager
def serve(prefix: str = PREFIX) -> Iterator[int]:
    """Serve the addresses on a free port until the block ends, and give the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(Starlette(routes=addresses.routes(prefix)), log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.should_exit = server.force_exit = True
        thread.join(timeout=20)
        listener.close()


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        """The content, unpacked."""
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.content) if packed else self.content).decode()

    def json(self) -> Any:
        """Read the content."""
        return json.loads(self.text)


def ask(port: int, path: str, method: str = "GET", **headers: str) -> Reply:
    """Ask once; names of headers are written with underscores."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, f"{PREFIX}/{path}", headers=named)
        reply = connection.getresponse()
        return Reply(reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read())
    finally:
        connection.close()
