"""The reader's folder for fetched files: where it is, what lies there, and the record kept of each file."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo.errors import QuestionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geo.offers import Offer

#: Names the folder; without it the platform's own for data is taken.
DATA_HOME_VARIABLE: Final = "SYMAP_DATA_HOME"
GRID_ENDINGS: Final = frozenset({".tif", ".tiff"})

_PIECE_BYTES: Final = 1 << 22


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of a file on the shelf.

    Parameters
    ----------
    name
        Of the offer.
    address
        It was fetched from; for a file that was put there by hand, where it should come from.
    sha256, size_bytes
        Of the file as it was first seen.
    fetched
        Day, ISO 8601.
    by_hand
        The reader put it there.
    """

    name: str
    address: str
    sha256: str
    size_bytes: int
    fetched: str
    by_hand: bool


def data_home() -> Path:
    """Name the reader's folder for things that were fetched: ``SYMAP_DATA_HOME``, or the platform's own."""
    return _folder(DATA_HOME_VARIABLE, "data", "Application Support", ("XDG_DATA_HOME", ".local/share"))


def cache_home() -> Path:
    """Name the user's folder for things that can be made again: ``SYMAP_CACHE``, or the platform's own."""
    return _folder("SYMAP_CACHE", "cache", "Caches", ("XDG_CACHE_HOME", ".cache"))


def _folder(variable: str, windows: str, library: str, elsewhere: tuple[str, str]) -> Path:
    own = os.environ.get(variable)
    if own:
        return Path(own)
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "symap" / windows
    if sys.platform == "darwin":
        return home / "Library" / library / "symap"
    return Path(os.environ.get(elsewhere[0]) or home / elsewhere[1]) / "symap"


def grid_folder() -> Path:
    """Name the folder of population grids; it need not exist. Grids that the reader puts there are found too."""
    return data_home() / "grids"


def layer_folder() -> Path:
    """Name the folder of layers of regions and receptors; it need not exist."""
    return data_home() / "layers"


def folder_of(offer: Offer) -> Path:
    """Name the folder in which an offered file is kept."""
    return grid_folder() if offer.kind == "grid" else layer_folder()


def fetched_grids() -> tuple[Path, ...]:
    """List the grids that lie in the folder, by name."""
    try:
        found = [path for path in grid_folder().iterdir() if path.suffix.lower() in GRID_ENDINGS and path.is_file()]
    except OSError:
        return ()
    return tuple(sorted(found))


def record_path(file: Path) -> Path:
    """Name the record of a file."""
    return file.with_name(file.name + ".symap.json")


def read_record(file: Path) -> Record | None:
    """Read the record of a file; None where there is none that can be read."""
    try:
        return Record(**json.loads(record_path(file).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_record(file: Path, record: Record) -> None:
    """Write the record of a file, at once and whole."""
    target = record_path(file)
    draft = target.with_name(target.name + ".draft")
    draft.write_text(json.dumps(asdict(record), ensure_ascii=False, indent=1), encoding="utf-8")
    draft.replace(target)


def sha256_of(file: Path, progress: Callable[[int, int | None], None] | None = None) -> str:
    """Work out the checksum of a file."""
    digest, done, size = hashlib.sha256(), 0, file.stat().st_size
    with file.open("rb") as source:
        while piece := source.read(_PIECE_BYTES):
            digest.update(piece)
            done += len(piece)
            if progress is not None:
                progress(done, size)
    return digest.hexdigest()


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Keep a second process from fetching the same file; the lock ends with the process that holds it.

    Raises
    ------
    QuestionError
        ``fetch-locked``.
    """
    path = file.with_name(file.name + ".lock")
    with path.open("a+b") as handle:
        if not _take(handle.fileno()):
            raise QuestionError("fetch-locked", file=file.name)
        # The lock's file stays: taken away, two that wait for it could hold two files of one name.
        yield


def _take(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - there only

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - there only

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
