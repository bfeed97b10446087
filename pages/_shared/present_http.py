"""The address of the bundled presentation: one file that the browser may keep, made once for the server's tables."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache, partial
from threading import Lock, Thread
from typing import TYPE_CHECKING, Final

from anyio import to_thread
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from geo.i18n import LANGUAGES, choose_language, translator
from pages._shared.http import dataset, no_such_language

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from geo.errors import SymapError
    from geo.i18n import Language
    from geo.slides import Drawn, Show

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
    "Vary": "Accept-Encoding",
}


@lru_cache(maxsize=1)
def _drawn() -> Drawn:
    """Draw the slides once for all languages."""
    from geo import slides, storybook  # noqa: PLC0415 - heavy: the server starts without waiting for them

    return slides.draw(dataset(), storybook.bundled())


_LOCK: Final = Lock()


@lru_cache(maxsize=len(LANGUAGES))
def _show(language: Language) -> Show:
    from geo.api import refuse_faulty  # noqa: PLC0415 - as above
    from geo.schema import TABLES  # noqa: PLC0415 - as above

    refuse_faulty(dataset(), frozenset(TABLES), translator(language))
    with _LOCK:  # two readers who come at once wait for one drawing
        return _drawn().show(language)


def prepare(language: Language) -> None:
    """Make the show in the background: whoever looks at the list of slides is about to open it."""

    def work() -> None:
        from geo.errors import SymapError  # noqa: PLC0415 - heavy, as above

        with suppress(SymapError):
            _show(language)

    Thread(target=work, name="present", daemon=True).start()


def _told(problem: SymapError, language: Language) -> str:
    from geo import sentences  # noqa: PLC0415 - heavy, as above

    return sentences.error(translator(language), problem)


async def _present(request: Request) -> Response:
    from geo.errors import SymapError  # noqa: PLC0415 - heavy, as above

    language = request.path_params["language"]
    if language not in LANGUAGES:
        return no_such_language(request, "present")
    try:
        show = await to_thread.run_sync(partial(_show, language))
    except SymapError as problem:
        text = await to_thread.run_sync(partial(_told, problem, language))
        return Response(text, 503, _HEADERS, media_type="text/plain")
    headers = {**_HEADERS, "ETag": f'"{show.etag}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        packed = await to_thread.run_sync(lambda: show.gzipped)
        return Response(packed, headers={**headers, "Content-Encoding": "gzip"}, media_type="text/html")
    return Response(show.html, headers=headers, media_type="text/html")


def routes(prefix: str) -> list[BaseRoute]:
    """Give the routes of the presentation.

    Parameters
    ----------
    prefix
        Base path of the server, "" or "/something".
    """

    async def choose(request: Request) -> Response:
        accepted = request.headers.get("accept-language", "")[:200]
        tags = [part.split(";")[0].strip() for part in accepted.split(",")]
        language = choose_language(*(tag for tag in tags if tag and tag != "*"))
        return RedirectResponse(f"{prefix}/present/{language}", 302)

    return [Route(f"{prefix}/present/", choose), Route(f"{prefix}/present/{{language}}", _present)]
