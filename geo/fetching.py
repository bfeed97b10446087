"""Getting grids, regions and receptors that others publish: fetched once, checked, and kept in the reader's folder."""

from __future__ import annotations

import hmac
import shutil
import time
import zipfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from geo import offers, transfers
from geo.errors import DataError, QuestionError, SymapError
from geo.shelf import (
    Record,
    fetched_grids,
    folder_of,
    grid_folder,
    layer_folder,
    locked,
    read_record,
    sha256_of,
    write_record,
)
from geo.transfers import FetchError

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.offers import Offer

    #: Told of the step (``fetch``, ``unpack``, ``check``), of what is done, and of the whole where it is known.
    Progress = Callable[[str, int, int | None], None]

__all__ = ["FetchError", "Fetched", "fetched_grids", "get", "grid_folder", "layer_folder", "locate"]

_INCOMING: Final = ".incoming"
_PIECE_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that is in its place and whole.

    Parameters
    ----------
    offer
        What was asked for.
    path
        Where it lies.
    record
        What is known of it.
    state
        ``fetched`` now, ``already`` there and unchanged, or put there ``by-hand`` and checked now.
    """

    offer: Offer
    path: Path
    record: Record
    state: str


def get(
    name: str,
    *,
    folder: Path | None = None,
    again: bool = False,
    progress: Progress | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> Fetched:
    """Fetch a file, or find that it is there already.

    Parameters
    ----------
    name
        Of the offer.
    folder
        Another folder than the reader's own.
    again
        Fetch it even if it is there, and accept that it is another one than before.
    progress
        Told how far the work is.
    pause
        Waits between attempts, in seconds.

    Returns
    -------
    Fetched
        The file has passed every check: its size, its checksum (the publisher's, else that of the first copy), and
        that every part of it can be read.

    Raises
    ------
    QuestionError
        ``fetch-unknown``, ``fetch-locked``.
    FetchError
        As :func:`geo.transfers.fetch`; ``fetch-checksum``, ``fetch-changed``, ``fetch-altered``, ``fetch-broken``,
        ``fetch-member``. ``file`` says where to put what is fetched by hand.
    """
    offer = offers.find(name)
    where = folder_of(offer) if folder is None else folder
    target = where / offer.file
    try:
        (where / _INCOMING).mkdir(parents=True, exist_ok=True)
        with locked(where / _INCOMING / offer.file):
            if target.is_file() and not again:
                return _there(offer, target, progress)
            return _fetched(offer, target, again=again, progress=progress, pause=pause)
    except FetchError as problem:
        by_hand = where / (offer.archive or offer.file)
        told = {"address": offer.address, **problem.params, "file": str(by_hand), "name": name, "page": offer.page}
        raise FetchError(problem.code, **told) from problem
    except OSError as problem:
        found = problem.strerror or type(problem).__name__
        told = {"address": offer.address, "file": str(target), "name": name, "page": offer.page, "found": found}
        raise FetchError("fetch-unwritable", **told) from problem


def locate(text: str) -> str:
    """Find the file that a reader named: a path, the name of an offer, or the name of a file in the grids' folder.

    Parameters
    ----------
    text
        As typed; ``NAME#LAYER`` names a layer of it.

    Returns
    -------
    str
        Its path, with the layer; what was typed where nothing of that name is known, for the reader of the file to
        complain about.

    Raises
    ------
    QuestionError
        ``fetch-not-there`` for an offer that has not been fetched.
    """
    if Path(text).exists():
        return text
    name, hash_mark, layer = text.partition("#")
    offer = next((each for each in offers.offers() if each.name == name), None)
    if offer is not None:
        path = folder_of(offer) / offer.file
        if not path.is_file():
            raise QuestionError("fetch-not-there", name=name)
        return f"{path}{hash_mark}{layer}"
    return next((str(path) for path in fetched_grids() if path.name == text), text)


def _there(offer: Offer, target: Path, progress: Progress | None) -> Fetched:
    """Hold a file that is there against its record; one without a record was put there by hand."""
    digest = sha256_of(target, _step(progress, "check"))
    known = read_record(target)
    if known is not None:
        if not hmac.compare_digest(digest, known.sha256):
            raise FetchError("fetch-altered", expected=known.sha256, found=digest, day=known.fetched)
        return Fetched(offer, target, known, "already")
    _check(offer, target, digest, None, progress)
    record = _recorded(offer, target, digest, by_hand=True)
    return Fetched(offer, target, record, "by-hand")


def _fetched(
    offer: Offer,
    target: Path,
    *,
    again: bool,
    progress: Progress | None,
    pause: Callable[[float], None],
) -> Fetched:
    incoming = target.parent / _INCOMING
    sent, draft = incoming / (offer.archive or offer.file), incoming / offer.file
    put_there = target.parent / offer.archive if offer.archive else None
    by_hand = put_there is not None and put_there.is_file() and not again
    if not by_hand:
        transfers.fetch(offer.address, sent, progress=_step(progress, "fetch"), pause=pause)
    archive = put_there if by_hand else sent
    try:
        if offer.archive is not None and archive is not None:
            _unpack(archive, draft, _step(progress, "unpack"))
        digest = sha256_of(draft)
        _check(offer, draft, digest, None if again else read_record(target), progress)
    except FetchError:
        draft.unlink(missing_ok=True)
        if not by_hand:
            sent.unlink(missing_ok=True)
        raise
    draft.replace(target)
    if sent != draft:
        sent.unlink(missing_ok=True)
    record = _recorded(offer, target, digest, by_hand=by_hand)
    return Fetched(offer, target, record, "by-hand" if by_hand else "fetched")


def _recorded(offer: Offer, file: Path, digest: str, *, by_hand: bool) -> Record:
    day = datetime.now(tz=UTC).date().isoformat()
    record = Record(offer.name, offer.address, digest, file.stat().st_size, day, by_hand)
    write_record(file, record)
    return record


def _step(progress: Progress | None, step: str) -> transfers.Progress | None:
    if progress is None:
        return None
    return lambda done, total: progress(step, done, total)


def _unpack(archive: Path, draft: Path, progress: transfers.Progress | None) -> None:
    """Take the one member out of an archive whose name the offer gives; nothing else is written."""
    try:
        with zipfile.ZipFile(archive) as packed:
            members = [info for info in packed.infolist() if info.filename.rsplit("/", 1)[-1] == draft.name]
            if len(members) != 1:
                raise FetchError("fetch-member", member=draft.name)
            _room_for(draft, members[0].file_size)
            with packed.open(members[0]) as source, draft.open("wb") as sink:
                done = 0
                while piece := source.read(_PIECE_BYTES):
                    sink.write(piece)
                    done += len(piece)
                    if progress is not None:
                        progress(done, members[0].file_size)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as problem:
        _broken(problem)


def _room_for(draft: Path, size_bytes: int) -> None:
    free = shutil.disk_usage(draft.parent).free
    needed = size_bytes + transfers.SPARE_BYTES
    if size_bytes > transfers.MAX_BYTES:
        raise FetchError("fetch-too-large", limit_mb=transfers.MAX_BYTES // 1_000_000)
    if needed > free:
        numbers = {"needed_mb": f"{needed / 1e6:.0f}", "free_mb": f"{free / 1e6:.0f}"}
        raise FetchError("fetch-no-space", folder=str(draft.parent), **numbers)


def _check(offer: Offer, file: Path, digest: str, known: Record | None, progress: Progress | None) -> None:
    """Hold a file against the publisher's checksum and that of an earlier copy, and read it through."""
    if known is not None and not hmac.compare_digest(digest, known.sha256):
        raise FetchError("fetch-changed", expected=known.sha256, found=digest, day=known.fetched)
    if offer.sha256 is not None and not hmac.compare_digest(digest, offer.sha256):
        raise FetchError("fetch-checksum", expected=offer.sha256, found=digest)
    try:
        if offer.kind == "grid":
            from geo.gridfile import open_grid_file  # noqa: PLC0415 - loads GDAL, which the list does not need

            grid = open_grid_file(file)
            for strip in grid.strips():
                if progress is not None:
                    progress("check", strip.first_row, grid.placement.height)
        else:
            from geo.brought import check_file  # noqa: PLC0415 - as above

            check_file(file)
    except (SymapError, DataError) as problem:
        _broken(problem)


def _broken(problem: Exception) -> NoReturn:
    found = problem.code if isinstance(problem, SymapError) else type(problem).__name__
    if isinstance(problem, DataError) and problem.faults:
        found = problem.faults[0].code
    raise FetchError("fetch-broken", found=found) from problem
