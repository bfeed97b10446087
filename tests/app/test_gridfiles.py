"""Files of a session as the server takes them: whole or not at all, and never more than there is room for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette

from pages._shared import gridfiles

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[gridfiles.Folder]:
    """Give a session room for files of 1,000 bytes, 1,500 together."""
    monkeypatch.setattr(gridfiles, "MAX_FILE_BYTES", 1000)
    monkeypatch.setattr(gridfiles, "MAX_SESSION_BYTES", 1500)
    made = gridfiles.Folder()
    yield made
    made.close()


def send(folder: gridfiles.Folder, *pieces: bytes, announced: int | None = None, breaks: bool = False) -> int:
    """Send a file piece by piece, and give the status of the answer.

    Parameters
    ----------
    folder
        Of the session.
    pieces
        What comes over the wire.
    announced
        Length that the header states; None for none.
    breaks
        The connection ends before the file does.
    """
    headers = [] if announced is None else [(b"content-length", str(announced).encode())]
    scope = {
        "type": "http", "http_version": "1.1", "method": "PUT", "path": f"/grids/{folder.token}",
        "query_string": b"name=people.tif", "headers": headers,
    }  # fmt: skip
    coming: list[dict[str, Any]] = [{"type": "http.request", "body": one, "more_body": True} for one in pieces]
    coming.append({"type": "http.disconnect"} if breaks else {"type": "http.request", "body": b"", "more_body": False})
    answers: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    async def answer(message: MutableMapping[str, Any]) -> None:
        answers.append(message)

    asyncio.run(Starlette(routes=gridfiles.routes(""))(scope, receive, answer))
    return int(answers[0]["status"])


def kept(folder: gridfiles.Folder) -> list[bytes]:
    """Give the content of all files that lie in the folder."""
    return [path.read_bytes() for path in sorted(folder.path.rglob("*")) if path.is_file()]


def test_a_file_that_fits_arrives_whole(folder: gridfiles.Folder) -> None:
    """To the very last byte of the limit; it is handed over once."""
    assert send(folder, b"a" * 600, b"b" * 400, announced=1000) == 200
    assert [path.read_bytes() for path in folder.take()] == [b"a" * 600 + b"b" * 400]
    assert folder.take() == []


@pytest.mark.parametrize("announced", [1001, None, 10])
def test_a_file_that_is_too_large_is_refused_and_nothing_of_it_stays(
    folder: gridfiles.Folder, announced: int | None
) -> None:
    """Announced, unannounced or announced wrongly; its room is free again."""
    assert send(folder, b"a" * 600, b"b" * 401, announced=announced) == 413
    assert (kept(folder), folder.take(), folder.used_bytes) == ([], [], 0)
    assert send(folder, b"c" * 1000) == 200


def test_files_of_one_session_share_its_room(folder: gridfiles.Folder) -> None:
    """What was sent before stays, and what is dropped makes room."""
    assert [send(folder, b"a" * 1000), send(folder, b"b" * 501), send(folder, b"b" * 501, announced=501)] == [
        200,
        413,
        413,
    ]
    assert kept(folder) == [b"a" * 1000]
    folder.drop(folder.take()[0])
    assert send(folder, b"b" * 501) == 200


def test_a_file_that_breaks_off_is_not_taken(folder: gridfiles.Folder) -> None:
    """Half a grid would be counted as if it were one."""
    assert send(folder, b"a" * 600, announced=1000, breaks=True) == 413
    assert (kept(folder), folder.take(), folder.used_bytes) == ([], [], 0)
