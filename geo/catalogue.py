"""The data catalogue: loads the bundled tables and the user's own over them, and vouches for what was loaded.

A table of the user's replaces the bundled table of the same name as a whole. One that has faults is not used
in part: the bundled table stays, and :attr:`geo.dataset.Dataset.faults` says so, so that every door can tell
its reader that an answer does not rest on the reader's file.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo import checking, integrity, reading, references
from geo.borders import country_at
from geo.dataset import Dataset
from geo.errors import DataError, Fault, QuestionError
from geo.guessing import guess_table, table_of
from geo.integrity import CatalogueEntry
from geo.references import Origin
from geo.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "CatalogueEntry",
    "CheckAnswer",
    "check",
    "entries",
    "guess_table",
    "load",
    "put",
    "read_own",
    "table_of",
    "template",
]

#: The bundled tables.
DATA_DIR: Final = Path(__file__).resolve().parent.parent / "data"
#: Environment variable with the folder of the user's own tables.
DATA_DIR_VARIABLE: Final = "SYMAP_DATA"
_BUNDLED_ENDINGS: Final = (".csv", ".geojson")


@dataclass(frozen=True)
class CheckAnswer:
    """Result of checking the bundled tables and the user's.

    Parameters
    ----------
    ok
        There is no fault.
    faults
        All of them, those of the bundled files first.
    """

    ok: bool
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class _Loaded:
    """A table that fulfils its contract, and where it stands in its file."""

    frame: pd.DataFrame
    origin: Origin


def entries() -> list[CatalogueEntry]:
    """Read the catalogue of the bundled files, in its order.

    Raises
    ------
    DataError
        ``catalogue-unreadable`` when the catalogue is missing or malformed.
    """
    return integrity.entries(DATA_DIR)


def _load_file(name: str, file: str, content: bytes) -> _Loaded:
    raw = reading.read(file, content, layer=name)
    table = TABLES[name]
    return _Loaded(checking.check(raw, table), Origin(file, raw.rows, checking.headers(raw, table)))


def _load_path(name: str, path: Path) -> _Loaded:
    try:
        reading.check_size(path.name, path.stat().st_size)
        content = path.read_bytes()
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise DataError(
            (Fault("unreadable", path.name, found=found, params={"format": path.suffix[1:].upper()}),)
        ) from error
    return _load_file(name, path.name, content)


def _with_country(frame: pd.DataFrame, borders: pd.DataFrame) -> pd.DataFrame:
    """Fill the country of records that have a place but name none."""
    if "country" not in frame.columns or "lon" not in frame.columns:
        return frame
    empty = frame["country"].isna() & frame["lon"].notna()
    if not empty.any():
        return frame
    codes, _ = country_at(borders, frame.loc[empty, "lon"].to_numpy(), frame.loc[empty, "lat"].to_numpy())
    filled = frame["country"].copy()
    filled[empty] = pd.array(codes, dtype="str")
    return frame.assign(country=filled)


def _read_bundled(folder: Path) -> tuple[dict[str, _Loaded], list[Fault]]:
    """Read the bundled tables and check them together; what cannot be used becomes faults."""
    loaded: dict[str, _Loaded] = {}
    faults: list[Fault] = []
    for name in TABLES:
        path = next((path for ending in _BUNDLED_ENDINGS if (path := folder / (name + ending)).exists()), None)
        if path is None:
            faults.append(Fault("missing-file", name + ".csv"))
            continue
        try:
            loaded[name] = _load_path(name, path)
        except DataError as error:
            faults.extend(error.faults)
    if not faults:
        tables = {name: part.frame for name, part in loaded.items()}
        for name, part in loaded.items():
            faults.extend(references.check(name, tables, part.origin))
    return loaded, faults


@lru_cache(maxsize=4)
def _bundled(folder: Path) -> Mapping[str, _Loaded]:
    """Read the bundled tables once in a process.

    Raises
    ------
    DataError
        The installation is damaged.
    """
    loaded, faults = _read_bundled(folder)
    if faults:
        raise DataError(faults)
    return loaded


@lru_cache(maxsize=4)
def _base(folder: Path) -> Dataset:
    loaded = _bundled(folder)
    borders = loaded["borders"].frame
    return Dataset({name: _with_country(part.frame, borders) for name, part in loaded.items()})


def _own_folder(data_dir: str | Path | None) -> Path | None:
    given = data_dir if data_dir is not None else os.environ.get(DATA_DIR_VARIABLE) or None
    if given is None:
        return None
    folder = Path(given)
    if not folder.is_dir():
        raise QuestionError("no-data-dir", path=str(given))
    return folder


def _own_files(folder: Path) -> tuple[dict[str, Path], list[Fault]]:
    """Find the user's table files: one for each table, and faults for those that cannot be told."""
    files: dict[str, list[Path]] = {}
    faults = []
    listed = ", ".join(TABLES)
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~$")) or not path.is_file():
            continue
        name = table_of(path.name)
        readable = path.suffix.lower() in reading.FORMATS
        if name is not None and readable:
            files.setdefault(name, []).append(path)
        elif name is not None:
            formats = ", ".join(reading.FORMATS)
            faults.append(Fault("unknown-format", path.name, found=path.suffix, params={"formats": formats}))
        elif readable:
            faults.append(Fault("unknown-table", path.name, found=path.stem, params={"names": listed}))
    for paths in files.values():
        if len(paths) > 1:
            other = ", ".join(path.name for path in paths[1:])
            faults.append(Fault("two-files", paths[0].name, found=other, params={"other": other}))
    return {name: paths[0] for name, paths in files.items() if len(paths) == 1}, faults


def _read_own_folder(folder: Path, base: Mapping[str, pd.DataFrame]) -> tuple[dict[str, _Loaded], list[Fault]]:
    """Read the user's tables, and refuse one after another until those that stay fit together."""
    files, faults = _own_files(folder)
    own: dict[str, _Loaded] = {}
    broken: dict[str, str] = {}
    for name, path in files.items():
        try:
            own[name] = _load_path(name, path)
        except DataError as error:
            faults.extend(error.faults)
            broken[name] = path.name
    while True:
        tables = references.prune({**base, **{name: part.frame for name, part in own.items()}}, own)
        found = {name: references.check(name, tables, own[name].origin, own=own, broken=broken) for name in own}
        refused = [name for name, list_of_faults in found.items() if list_of_faults]
        if not refused:
            return own, faults
        for name in refused:
            faults.extend(found[name])
            broken[name] = own.pop(name).origin.file


def load(data_dir: str | Path | None = None) -> Dataset:
    """Load all tables: the bundled ones, and the user's in their place.

    Parameters
    ----------
    data_dir
        Folder with the user's tables, any subset of :data:`geo.schema.TABLES`, one file each; None takes
        the folder that the environment variable ``SYMAP_DATA`` names, if it is set.

    Returns
    -------
    Dataset
        Every table of the contracts. Faults of the user's tables are in ``faults`` and the bundled table
        stays in the place of a faulty one; ``own`` names those that were replaced.

    Raises
    ------
    QuestionError
        ``no-data-dir``: the folder does not exist.
    DataError
        The bundled tables themselves are damaged.
    """
    folder = _own_folder(data_dir)
    base = _base(DATA_DIR)
    if folder is None:
        return base
    unfilled = {name: part.frame for name, part in _bundled(DATA_DIR).items()}
    own, faults = _read_own_folder(folder, unfilled)
    dataset = base
    if own:
        tables = references.prune({**unfilled, **{name: part.frame for name, part in own.items()}}, own)
        borders = tables["borders"]
        for name, frame in tables.items():
            if frame is not unfilled[name] or "borders" in own:
                dataset = dataset.with_table(name, _with_country(frame, borders), own=name in own)
    return replace(dataset, faults=tuple(faults))


def read_own(name: str, file: str, content: bytes, *, dataset: Dataset | None = None) -> pd.DataFrame:
    """Read one table of the user's from the bytes of a file, such as an upload.

    Parameters
    ----------
    name
        Table whose contract it has to fulfil.
    file
        Name of the file as the user knows it.
    content
        Its bytes.
    dataset
        Tables that it will stand among. With it, references and lengths are checked against them too;
        without it only the table itself is checked, and countries come from the bundled borders.

    Returns
    -------
    pd.DataFrame
        The checked table, countries filled, ready for :func:`put`.

    Raises
    ------
    DataError
        With every fault found.
    QuestionError
        ``unknown-table`` for a name that no contract has.
    """
    if name not in TABLES:
        raise QuestionError("unknown-table", found=name, names=", ".join(TABLES))
    loaded = _load_file(name, file, content)
    if dataset is not None:
        own = dataset.own | {name}
        tables = references.prune({**dataset.tables, name: loaded.frame}, own)
        if faults := references.check(name, tables, loaded.origin, own=own):
            raise DataError(faults)
    borders = loaded.frame if name == "borders" else (dataset or _base(DATA_DIR)).borders
    return _with_country(loaded.frame, borders)


def put(dataset: Dataset, name: str, frame: pd.DataFrame) -> Dataset:
    """Put a table of the user's in the place of the bundled one.

    Parameters
    ----------
    dataset
        Tables to put it among.
    name
        Table that it replaces.
    frame
        What :func:`read_own` gave.

    Returns
    -------
    Dataset
        A new one, in which bundled records that belonged to replaced ones are left out.
    """
    result = dataset.with_table(name, frame)
    for other, pruned in references.prune(result.tables, result.own).items():
        if pruned is not result[other]:
            result = result.with_table(other, pruned, own=False)
    return result


def template(name: str) -> bytes:
    """Make a workbook that a user fills in to replace a table: its headers, and a line on each column.

    Raises
    ------
    QuestionError
        ``unknown-table`` for a name that no contract has; ``no-template`` for a table of polygons.
    """
    if name not in TABLES:
        raise QuestionError("unknown-table", found=name, names=", ".join(TABLES))
    if TABLES[name].geometry == "polygon":
        raise QuestionError("no-template", found=name)
    from geo import templates  # noqa: PLC0415 - openpyxl is loaded for workbooks alone

    return templates.workbook(TABLES[name])


def check(data_dir: str | Path | None = None) -> CheckAnswer:
    """Check the bundled files against the catalogue and the contracts, and the user's tables over them.

    Parameters
    ----------
    data_dir
        As for :func:`load`.

    Returns
    -------
    CheckAnswer
        Every fault of every file at once.

    Raises
    ------
    QuestionError
        ``no-data-dir``: the folder does not exist.
    """
    folder = _own_folder(data_dir)
    loaded, faults = _read_bundled(DATA_DIR)
    faults = [*integrity.check(DATA_DIR), *faults]
    if folder is not None and len(loaded) == len(TABLES):
        faults += _read_own_folder(folder, {name: part.frame for name, part in loaded.items()})[1]
    return CheckAnswer(not faults, tuple(faults))
