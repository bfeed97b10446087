"""One file over one line: fetched in pieces, taken up again after a cut, and never longer or shorter than announced."""

from __future__ import annotations

import errno
import http.client
import ipaddress
import json
import re
import shutil
import socket
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urljoin, urlsplit

from geo.errors import SymapError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    #: Bytes that are there, and bytes in all (None where the server does not say).
    Progress = Callable[[int, int | None], None]

#: Nothing that is offered comes near it; an endless answer ends here.
MAX_BYTES: Final = 20_000_000_000
#: Room that must stay free beside the file.
SPARE_BYTES: Final = 100_000_000
MAX_REDIRECTS: Final = 5
#: Attempts that bring nothing new, in a row.
MAX_ATTEMPTS: Final = 5
TIMEOUT_S: Final = 60.0

_PIECE_BYTES: Final = 1 << 18
_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 60.0
_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_WITHHELD: Final = frozenset({401, 403, 404, 407, 410, 451})
_WHOLE, _PART, _BEYOND = 200, 206, 416
_HEADERS: Final = {"User-Agent": "symap", "Accept": "*/*", "Accept-Encoding": "identity"}


class FetchError(SymapError, OSError):
    """A file could not be fetched; ``error.<code>`` says what went wrong, the parameters name address and place."""


class _AgainError(Exception):
    """Something that may pass: the line broke, or the server is busy."""

    def __init__(self, code: str, wait_s: float | None = None, **params: str | float) -> None:
        self.code, self.wait_s, self.params = code, wait_s, params
        super().__init__(code)


@dataclass(frozen=True)
class _Started:
    """What a file begun was, so that it is taken up only where it is still the same."""

    address: str
    etag: str | None
    modified: str | None

    @property
    def same(self) -> str | None:
        """Value of ``If-Range``: a strong tag, or the date of the last change; None where neither is known."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.modified


def fetch(
    address: str,
    target: Path,
    *,
    progress: Progress | None = None,
    pause: Callable[[float], None] = time.sleep,
    timeout_s: float = TIMEOUT_S,
) -> None:
    """Fetch a file. What is there is kept beside the target as ``.part`` until the whole of it has come.

    Parameters
    ----------
    address
        Begins with ``https``; ``http`` only on this machine.
    target
        Path of the file; its folder exists. It appears only once it is whole.
    progress
        Told of every piece.
    pause
        Waits between attempts.
    timeout_s
        Silence of the server that counts as a cut line.

    Raises
    ------
    FetchError
        ``fetch-scheme``, ``fetch-redirects``, ``fetch-answer``, ``fetch-not-found``, ``fetch-certificate``,
        ``fetch-offline``, ``fetch-cut``, ``fetch-busy``, ``fetch-too-large``, ``fetch-no-space``, ``fetch-disk-full``,
        ``fetch-unwritable``; each with the ``address`` and the ``file`` that was to be.
    """
    check_scheme(address)
    part, note = target.with_name(target.name + ".part"), target.with_name(target.name + ".part.json")
    failures = 0
    while True:
        before = _size(part)
        try:
            _attempt(address, part, note, progress, timeout_s)
            break
        except _AgainError as problem:
            failures = 1 if _size(part) > before else failures + 1
            if failures >= MAX_ATTEMPTS or problem.code == "fetch-offline":
                raise FetchError(problem.code, address=address, file=str(target), **problem.params) from problem
            pause(min(problem.wait_s or _FIRST_PAUSE_S * 2 ** (failures - 1), _LONGEST_PAUSE_S))
        except FetchError as problem:
            raise FetchError(problem.code, **{**problem.params, "address": address, "file": str(target)}) from problem
        except OSError as problem:
            raise _written(problem, target, address) from problem
    try:
        part.replace(target)
        note.unlink(missing_ok=True)
    except OSError as problem:
        raise _written(problem, target, address) from problem


def check_scheme(address: str) -> None:
    """Refuse an address that is not encrypted (``fetch-scheme``), unless it is on this machine."""
    parts = urlsplit(address)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme != "http" or not _is_here(parts.hostname or ""):
        raise FetchError("fetch-scheme", address=address)


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _size(part: Path) -> int:
    try:
        return part.stat().st_size
    except OSError:
        return 0


def _written(problem: OSError, target: Path, address: str) -> FetchError:
    found = problem.strerror or type(problem).__name__
    code = "fetch-disk-full" if problem.errno in {errno.ENOSPC, errno.EDQUOT} else "fetch-unwritable"
    return FetchError(code, file=str(target), folder=str(target.parent), found=found, address=address)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follow a few, and none to an address that would not have been asked in the first place."""

    max_redirections = MAX_REDIRECTS
    max_repeats = 1

    def redirect_request(  # noqa: PLR0913, PLR0917 - the base class's
        self,
        req: urllib.request.Request,
        fp: Any,  # noqa: ANN401 - the base class's
        code: int,
        msg: str,
        headers: Any,  # noqa: ANN401 - the base class's
        newurl: str,
    ) -> urllib.request.Request | None:
        """Check where it goes."""
        onward = urljoin(req.full_url, newurl)
        check_scheme(onward)
        # urllib raises on the last one allowed by itself, with a sentence of its own.
        visited = getattr(req, "redirect_dict", {})
        if visited.get(onward, 0) >= self.max_repeats or len(visited) >= self.max_redirections:
            raise FetchError("fetch-redirects", limit=MAX_REDIRECTS)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener(address: str) -> urllib.request.OpenerDirector:
    opener = urllib.request.OpenerDirector()
    handlers: list[urllib.request.BaseHandler] = [
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _Redirects(),
    ]
    if not _is_here(urlsplit(address).hostname or ""):
        handlers.append(urllib.request.ProxyHandler())
    for handler in handlers:
        opener.add_handler(handler)
    return opener


def _attempt(address: str, part: Path, note: Path, progress: Progress | None, timeout_s: float) -> None:
    """Ask once, from where the last attempt ended."""
    started = _read_note(note, address)
    offset = _size(part) if started is not None and started.same else 0
    headers = dict(_HEADERS)
    if offset and started is not None and started.same:
        headers |= {"Range": f"bytes={offset}-", "If-Range": started.same}
    with _asked(address, headers, timeout_s) as answer:
        total = _begin(answer, address, offset)
        now = _Started(address, answer.headers.get("ETag"), answer.headers.get("Last-Modified"))
        if answer.status == _BEYOND and total == offset:
            return
        if answer.status == _BEYOND or (answer.status == _PART and started is not None and now.etag != started.etag):
            # What was begun is no longer what is offered.
            part.unlink(missing_ok=True)
            raise _AgainError("fetch-cut", wait_s=_FIRST_PAUSE_S)
        if answer.status == _WHOLE:
            offset = 0
            # First the old beginning, then the new note: in between nothing may look like a beginning of the new file.
            part.unlink(missing_ok=True)
            note.write_text(json.dumps(asdict(now)), encoding="utf-8")
        _check_room(part, offset, total)
        _pour(answer, part, offset, total, progress)


def _asked(address: str, headers: Mapping[str, str], timeout_s: float) -> http.client.HTTPResponse:
    """Send the request; turn what went wrong into what may pass and what may not."""
    request = urllib.request.Request(address, headers=dict(headers))  # noqa: S310 - the scheme has been checked
    try:
        answer: http.client.HTTPResponse = _opener(address).open(request, timeout=timeout_s)
    except FetchError:
        raise
    except urllib.error.HTTPError as problem:
        if problem.code == _BEYOND:
            return cast("http.client.HTTPResponse", problem)  # an answer like any other
        problem.close()
        raise _refused(problem, address) from problem
    except urllib.error.URLError as problem:
        raise _unreached(problem.reason, address) from problem
    except (OSError, http.client.HTTPException) as problem:
        raise _unreached(problem, address) from problem
    return answer


def _refused(problem: urllib.error.HTTPError, address: str) -> Exception:
    if problem.code in _BUSY:
        told = problem.headers.get("Retry-After", "")
        return _AgainError("fetch-busy", float(told) if told.isdigit() else None, status=problem.code)
    code = "fetch-not-found" if problem.code in _WITHHELD else "fetch-answer"
    return FetchError(code, address=address, status=problem.code)


def _unreached(reason: object, address: str) -> Exception:
    if isinstance(reason, ssl.SSLCertVerificationError):
        return FetchError("fetch-certificate", address=address, found=reason.verify_message)
    if isinstance(reason, socket.gaierror):
        return _AgainError("fetch-offline")
    if isinstance(reason, OSError) and reason.errno in {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ECONNREFUSED}:
        return _AgainError("fetch-offline")
    return _AgainError("fetch-cut")


def _begin(answer: http.client.HTTPResponse, address: str, offset: int) -> int | None:
    """Check what the server is about to send; give the size of the whole where it says."""
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise FetchError("fetch-answer", address=address, status=answer.status)
    if answer.status == _WHOLE:
        length = answer.headers.get("Content-Length", "")
        total = int(length) if length.isdigit() else None
    else:
        match = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        beyond = re.fullmatch(r"bytes \*/(\d+)", answer.headers.get("Content-Range", ""))
        if answer.status == _PART and (match is None or int(match[1]) != offset):
            raise FetchError("fetch-answer", address=address, status=answer.status)
        if answer.status not in {_PART, _BEYOND}:
            raise FetchError("fetch-answer", address=address, status=answer.status)
        told = match[3] if match else beyond[1] if beyond else "*"
        total = int(told) if told.isdigit() else int(match[2]) + 1 if match else None
    if total is not None and total > MAX_BYTES:
        raise FetchError("fetch-too-large", address=address, limit_mb=MAX_BYTES // 1_000_000)
    return total


def _check_room(part: Path, offset: int, total: int | None) -> None:
    free = shutil.disk_usage(part.parent).free
    needed = (total or offset) - offset + SPARE_BYTES
    if needed > free:
        numbers = {"needed_mb": f"{needed / 1e6:.0f}", "free_mb": f"{free / 1e6:.0f}"}
        raise FetchError("fetch-no-space", folder=str(part.parent), **numbers)


def _pour(
    answer: http.client.HTTPResponse, part: Path, offset: int, total: int | None, progress: Progress | None
) -> None:
    there = offset
    with part.open("r+b" if offset else "wb") as file:
        file.seek(offset)
        file.truncate()
        if progress is not None:
            progress(there, total)
        while piece := _piece(answer):
            there += len(piece)
            if there > (MAX_BYTES if total is None else total):
                raise FetchError("fetch-too-large", address=answer.url, limit_mb=MAX_BYTES // 1_000_000)
            file.write(piece)
            if progress is not None:
                progress(there, total)
    if total is not None and there < total:
        raise _AgainError("fetch-cut")


def _piece(answer: http.client.HTTPResponse) -> bytes:
    try:
        return answer.read(_PIECE_BYTES)
    except (OSError, http.client.HTTPException) as problem:
        raise _AgainError("fetch-cut") from problem


def _read_note(note: Path, address: str) -> _Started | None:
    try:
        found = _Started(**json.loads(note.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return found if found.address == address else None
