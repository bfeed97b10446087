"""A server on this machine that answers as badly as it is told to: drops the line, lies about lengths, goes in circles."""

from __future__ import annotations

import contextlib
import http.server
import re
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_RANGE = re.compile(r"bytes=(\d+)-$")


@dataclass
class Rude:
    """What is served under each path, and how; and what was asked.

    Parameters
    ----------
    content
        The file that is served.
    drops
        After how many bytes the line is dropped, attempt by attempt; None lets all through.
    statuses
        Answers other than the file, attempt by attempt.
    honours_range, etag
        Whether pieces are given out, and the tag that goes with them.
    length
        A length that is announced in place of the true one; -1 for none.
    retry_after
        Seconds told with a refusal.
    asked
        Value of ``Range`` (None without one) of each request.
    """

    content: bytes = b""
    drops: list[int | None] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    honours_range: bool = True
    etag: str | None = '"one"'
    length: int | None = None
    retry_after: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    content_range: str | None = None
    asked: list[str | None] = field(default_factory=list)
    port: int = 0

    def address(self, path: str = "people.tif", host: str = "127.0.0.1") -> str:
        """Give the address of a path."""
        return f"http://{host}:{self.port}/{path}"


class _Handler(http.server.BaseHTTPRequestHandler):
    rude: Rude

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        """Answer as told."""
        self.rude.asked.append(self.headers.get("Range"))
        path = self.path.strip("/")
        if path.startswith("to/"):
            self._onward(path.removeprefix("to/"))
        elif path == "circle":
            self._onward("circle")
        elif path.startswith("far/"):
            step = int(path.removeprefix("far/"))
            self._onward(f"far/{step + 1}")
        elif self.rude.statuses:
            self._refuse(self.rude.statuses.pop(0))
        else:
            self._give()

    def _onward(self, where: str) -> None:
        self.send_response(302)
        self.send_header("Location", where if "://" in where else f"/{where}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _refuse(self, status: int) -> None:
        self.send_response(status)
        if self.rude.retry_after is not None:
            self.send_header("Retry-After", self.rude.retry_after)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _give(self) -> None:
        match = _RANGE.match(self.headers.get("Range") or "")
        same = self.headers.get("If-Range") == self.rude.etag
        start = int(match[1]) if match and self.rude.honours_range and same else 0
        if start and start >= len(self.rude.content):
            self._beyond()
            return
        body = self.rude.content[start:]
        self.send_response(206 if start else 200)
        if start:
            span = f"bytes {start}-{len(self.rude.content) - 1}/{len(self.rude.content)}"
            self.send_header("Content-Range", self.rude.content_range or span)
        if self.rude.etag:
            self.send_header("ETag", self.rude.etag)
        for name, value in self.rude.headers.items():
            self.send_header(name, value)
        length = len(body) if self.rude.length is None else self.rude.length
        if length >= 0:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self._pour(body)

    def _beyond(self) -> None:
        self.send_response(416)
        self.send_header("Content-Range", f"bytes */{len(self.rude.content)}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _pour(self, body: bytes) -> None:
        drop = self.rude.drops.pop(0) if self.rude.drops else None
        with contextlib.suppress(OSError):
            self.wfile.write(body if drop is None else body[:drop])
            self.wfile.flush()
            if drop is not None:
                self.connection.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def serve(rude: Rude) -> Iterator[Rude]:
    """Serve until the block ends."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"rude": rude}))
    rude.port = int(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield rude
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
