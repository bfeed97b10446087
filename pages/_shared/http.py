"""The addresses beside the pages: answers as JSON for programs, and the field page for a phone.

They answer from the server's own tables; what a reader dropped into a session is not theirs. Libraries behind the
tables are loaded at the first question, so that the server starts without waiting for them.
"""

from __future__ import annotations

import gc
import gzip
import json
import logging
import socket
import sys
from collections import OrderedDict
from datetime import date
from functools import lru_cache, partial
from threading import Lock
from time import thread_time
from typing import TYPE_CHECKING, Any, Final

from anyio import CapacityLimiter, to_thread
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from geo.i18n import LANGUAGES, choose_language, translator

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from geo.api import Reply
    from geo.dataset import Dataset
    from geo.i18n import Language

_LOG: Final = logging.getLogger(__name__)
_DESCRIBED: Final = "openapi.json"
#: The first page as views name it; not taken from the room of views, which is heavy.
HOME: Final = "overview"
_ALLOW: Final = {"Allow": "GET, HEAD, OPTIONS"}
_METHODS: Final = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
#: Questions worked on at a time, and those that may wait; beyond that the server says that it is busy.
_WORKING: Final = 2
_WAITING: Final = 64
#: A question whose last answer took less of the processor is answered without a thread of its own.
_AT_ONCE_S: Final = 0.02
#: How long one thread may work while others wait; the interpreter's own 5 ms would add up.
_TURN_S: Final = 0.0005
_KEPT_BYTES: Final = 32_000_000
_GZIP_FROM_BYTES: Final = 4_000
_SAFE: Final = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


@lru_cache(maxsize=1)
def dataset() -> Dataset:
    """Load the server's own tables, once."""
    from geo import acceptors, catalogue  # noqa: PLC0415 - heavy, see the module's description

    loaded = catalogue.load()
    for waste in (None, *sorted(acceptors.MOVABLE)):
        for confirmed in (True, False):
            acceptors.acceptors(loaded, waste, confirmed=confirmed)
    # Looking through all that is loaded by now for what can be thrown away takes longer than an answer may.
    gc.collect()
    gc.freeze()
    return loaded


class _Kept:
    """Answers by question, the latest ones, up to a number of bytes."""

    def __init__(self, most_bytes: int) -> None:
        self._replies: OrderedDict[tuple[object, ...], Reply] = OrderedDict()
        self._bytes, self._most_bytes, self._lock = 0, most_bytes, Lock()

    def get(self, key: tuple[object, ...]) -> Reply | None:
        with self._lock:
            reply = self._replies.get(key)
            if reply is not None:
                self._replies.move_to_end(key)
            return reply

    def put(self, key: tuple[object, ...], reply: Reply) -> None:
        with self._lock:
            before = self._replies.pop(key, None)
            self._bytes += len(reply.content) - (len(before.content) if before else 0)
            self._replies[key] = reply
            while self._bytes > self._most_bytes and len(self._replies) > 1:
                _, oldest = self._replies.popitem(last=False)
                self._bytes -= len(oldest.content)


class _Desk:
    """Takes the questions, a few at a time, and keeps what it answered."""

    def __init__(self) -> None:
        self._kept = _Kept(_KEPT_BYTES)
        self._limiter: CapacityLimiter | None = None
        self._waiting = 0
        self._last_s: dict[str, float] = {}

    async def answer(self, name: str, request: Request) -> Reply:
        pairs = tuple(request.query_params.multi_items())
        accepted = request.headers.get("accept-language", "")[:200]
        key = (name, pairs, accepted)
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        if self._last_s.get(name, _AT_ONCE_S) < _AT_ONCE_S:
            # Handing a short question over to a thread, and waiting for its turn, would take longer than the answer.
            return self._worked(key)
        if self._waiting >= _WAITING:
            return await to_thread.run_sync(partial(_refusal, "api-busy", accepted))
        # Made here because it belongs to the server's event loop.
        self._limiter = self._limiter or CapacityLimiter(_WORKING)
        self._waiting += 1
        try:
            return await to_thread.run_sync(partial(self._worked, key), limiter=self._limiter)
        finally:
            self._waiting -= 1

    def _worked(self, key: tuple[str, tuple[tuple[str, str], ...], str]) -> Reply:
        """Work an answer out, and keep it and how long it took."""
        begun_s = thread_time()
        reply = _work(*key)
        if reply.status == 200:  # noqa: PLR2004 - OK
            self._last_s[key[0]] = thread_time() - begun_s
            self._kept.put(key, reply)
        return reply


def _work(name: str, pairs: tuple[tuple[str, str], ...], accepted: str) -> Reply:
    from geo import api  # noqa: PLC0415 - heavy, see the module's description

    try:
        return api.respond(dataset(), name, pairs, accepted)
    except Exception:  # noqa: BLE001 - the last door: the log has it, the reader a sentence
        _LOG.exception("no answer to %s", name)
        reply = _refusal("api-program-fault", accepted)
        return api.Reply(500, reply.content)


def _refusal(code: str, accepted: str) -> Reply:
    from geo import api  # noqa: PLC0415 - heavy, see the module's description
    from geo.errors import QuestionError  # noqa: PLC0415 - as above

    return api.failure(QuestionError(code), translator(_language(accepted)))


def _language(accepted: str) -> Language:
    tags = [part.split(";")[0].strip() for part in accepted.split(",")]
    return choose_language(*(tag for tag in tags if tag and tag != "*"))


async def _send(request: Request, reply: Reply, **headers: str) -> Response:
    content, all_headers = (
        reply.content,
        {**_SAFE, "Cache-Control": "no-cache", "Vary": "Accept-Encoding, Accept-Language", **headers},
    )
    if reply.status == 503:  # noqa: PLR2004 - busy
        all_headers["Retry-After"] = "5"
    if len(content) >= _GZIP_FROM_BYTES and "gzip" in request.headers.get("accept-encoding", ""):
        content = await to_thread.run_sync(_packed, content)
        all_headers["Content-Encoding"] = "gzip"
    return Response(content, reply.status, all_headers, reply.media_type)


@lru_cache(maxsize=256)
def _packed(content: bytes) -> bytes:
    return gzip.compress(content, 6, mtime=0)


def _without_delay(request: Request) -> None:
    """Let small replies leave at once.

    The server writes head and body apart, and its socket waits with the second until the first is acknowledged:
    some 44 ms for each question on a kept connection. Where the connection cannot be reached nothing is lost.
    """
    transport = getattr(getattr(request.receive, "__self__", None), "transport", None)
    connection = None if transport is None else transport.get_extra_info("socket")
    if connection is not None and connection.family in {socket.AF_INET, socket.AF_INET6}:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _described(prefix: str) -> Reply:
    from geo.api import Reply  # noqa: PLC0415 - heavy, see the module's description

    return Reply(200, _description(prefix))


def _endpoint(desk: _Desk, name: str | None, prefix: str) -> Callable[[Request], Awaitable[Response]]:
    """Make the handler of an address; without a name, of every address below ``/api`` that there is not."""

    async def handle(request: Request) -> Response:
        _without_delay(request)
        accepted = request.headers.get("accept-language", "")[:200]
        if name is not None and request.method == "OPTIONS":
            return Response(status_code=204, headers={**_SAFE, **_ALLOW})
        if name is None or request.method not in {"GET", "HEAD"}:
            code = "api-unknown-path" if name is None else "api-method"
            reply = await to_thread.run_sync(partial(_refusal, code, accepted))
            return await _send(request, reply, **({} if name is None else _ALLOW))
        if name == _DESCRIBED:
            return await _send(request, await to_thread.run_sync(_described, prefix))
        asked = name.format(**request.path_params)
        return await _send(request, await desk.answer(asked, request))

    return handle


@lru_cache(maxsize=2)
def _description(prefix: str) -> bytes:
    import geo  # noqa: PLC0415 - heavy, see the module's description
    from geo import openapi  # noqa: PLC0415 - as above

    version = str(getattr(geo, "__version__", "0"))
    return json.dumps(openapi.description(version, prefix), ensure_ascii=False).encode()


def no_such_language(request: Request, page: str) -> Response:
    """Say which addresses a page has, to somebody who mistyped its language."""
    t = translator(_language(request.headers.get("accept-language", "")[:200]))
    addresses = ", ".join(f"/{page}/{language}" for language in LANGUAGES)
    return Response(t("field.no-such-language", addresses=addresses), 404, _SAFE, media_type="text/plain")


def _field_page(language: Language, made: date) -> tuple[bytes, bytes, dict[str, str]]:
    from geo import api, cli_field, fieldpack, fieldparts  # noqa: PLC0415 - heavy, see the module's description

    tables = dataset()
    api.refuse_faulty(tables, cli_field.TABLES, translator(language))
    page = fieldpack.page(tables, language, made)
    # Without date and language: a phone is told of newer data, not of a newer day.
    content = f"{tables.digest[:16]}-{fieldparts.parts_digest()}"
    return page.html, page.gzipped, {"ETag": f'"{page.etag}"', "X-Symap-Content": content}


async def _field(request: Request) -> Response:
    from geo.errors import SymapError  # noqa: PLC0415 - as above

    language = request.path_params["language"]
    if language not in LANGUAGES:
        return no_such_language(request, "field")
    today = date.today()  # noqa: DTZ011 - the server's own day
    try:
        plain, packed, headers = await to_thread.run_sync(partial(_field_page, language, today))
    except SymapError as problem:
        return Response(await to_thread.run_sync(partial(_told, problem, language)), 503, media_type="text/plain")
    headers |= {**_SAFE, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, headers={**headers, "Content-Encoding": "gzip"}, media_type="text/html")
    return Response(plain, headers=headers, media_type="text/html")


def _told(problem: Any, language: Language) -> str:  # noqa: ANN401 - a SymapError, whose module is loaded late
    from geo import sentences  # noqa: PLC0415 - as above

    return sentences.error(translator(language), problem)


async def _field_worker(_: Request) -> Response:
    from geo import fieldparts  # noqa: PLC0415 - heavy, see the module's description

    return Response(fieldparts.worker(), headers={**_SAFE, "Cache-Control": "no-cache"}, media_type="text/javascript")


async def _field_manifest(request: Request) -> Response:
    from geo import fieldparts  # noqa: PLC0415 - heavy, see the module's description

    content = json.dumps(fieldparts.manifest(choose_language(request.query_params.get("lang"))), ensure_ascii=False)
    return Response(content, headers={**_SAFE, "Cache-Control": "no-cache"}, media_type="application/manifest+json")


def routes(prefix: str) -> list[BaseRoute]:
    """Give the routes of the questions and of the field page.

    Parameters
    ----------
    prefix
        Base path of the server, "" or "/something".
    """
    # An answer passes the interpreter's lock on some ten times, and waits for a page that is being made each time.
    sys.setswitchinterval(_TURN_S)
    desk = _Desk()

    async def choose(request: Request) -> Response:
        return RedirectResponse(f"{prefix}/field/{_language(request.headers.get('accept-language', ''))}", 302)

    async def home(request: Request) -> Response:
        # A view is named by its page, in briefs and in the shell; the first page has no name in its address.
        return RedirectResponse(f"{prefix}/?{request.url.query}", 302)

    asked = {
        "nearest": "nearest",
        "exposure": "exposure",
        "route": "route",
        "layers/{name}.geojson": "layers/{name}.geojson",
        _DESCRIBED: _DESCRIBED,
    }
    unknown = _endpoint(desk, None, prefix)
    return [
        *(
            Route(f"{prefix}/api/{path}", _endpoint(desk, name, prefix), methods=_METHODS)
            for path, name in asked.items()
        ),
        Route(f"{prefix}/api", unknown, methods=_METHODS),
        Route(f"{prefix}/api/{{rest:path}}", unknown, methods=_METHODS),
        Route(f"{prefix}/{HOME}", home),
        Route(f"{prefix}/field", choose),
        Route(f"{prefix}/field/sw.js", _field_worker),
        Route(f"{prefix}/field/manifest.webmanifest", _field_manifest),
        Route(f"{prefix}/field/{{language}}", _field),
    ]
