"""The catalogue of the bundled files: licence, attribution, vintage, hash and rows of each, held against the files."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.errors import DataError, Fault
from geo.rawtable import is_blank

if TYPE_CHECKING:
    from pathlib import Path

CATALOGUE_FILE: Final = "catalogue.toml"
_CATALOGUE_TEXTS: Final = ("title", "licence", "attribution", "vintage", "provenance")
#: Files beside the data that describe or make it.
_NO_DATA_ENDINGS: Final = (".toml", ".py", ".md", ".pyc")
_FONT_ENDINGS: Final = (".ttf", ".woff2")


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """What is known of one bundled file.

    Parameters
    ----------
    name
        Stem of the file; the table's name where it is one.
    file
        Path under ``data/``, with forward slashes.
    title, provenance
        Message keys of what it is and how it was made.
    licence
        Code of the licence; ``licence.<code>`` names it.
    attribution
        Who has to be named.
    vintage
        As of when, ISO or a release's name.
    sha256
        Of the file's bytes, hexadecimal.
    rows
        Records in it.
    generator
        Script under ``data/`` that makes it, or empty for a table entered by hand.
    """

    name: str
    file: str
    title: str
    licence: str
    attribution: str
    vintage: str
    sha256: str
    rows: int
    generator: str
    provenance: str


def entries(folder: Path) -> list[CatalogueEntry]:
    """Read the catalogue of a folder of data files, in its order.

    Raises
    ------
    DataError
        ``catalogue-unreadable`` when the catalogue is missing or malformed.
    """
    try:
        document = tomllib.loads((folder / CATALOGUE_FILE).read_text(encoding="utf-8"))
        return [CatalogueEntry(**entry) for entry in document["files"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError((Fault("catalogue-unreadable", CATALOGUE_FILE, found=str(error)),)) from error


def data_files(folder: Path) -> list[str]:
    """List the files that the catalogue has to name, as paths under the folder with forward slashes."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in _NO_DATA_ENDINGS and not path.name.startswith(".")
    )


def count_rows(path: Path) -> int:
    """Count the records of a bundled file; a font counts as one."""
    if path.suffix in _FONT_ENDINGS:
        return 1
    raw = path.read_bytes()
    if path.suffix == ".geojson":
        return len(json.loads(raw)["features"])
    records = csv.reader(io.StringIO(raw.decode("utf-8"), newline=""))
    return sum(1 for row in records if not all(is_blank(cell) for cell in row)) - 1


def _entry_faults(folder: Path, entry: CatalogueEntry) -> list[Fault]:
    """Hold one bundled file against its entry."""
    faults = [
        Fault("no-licence", entry.file, params={"field": field})
        for field in _CATALOGUE_TEXTS
        if not str(getattr(entry, field)).strip()
    ]
    path = folder / entry.file
    if not path.is_file():
        return [*faults, Fault("missing-file", entry.file)]
    actual = hashlib.sha256(path.read_bytes()).hexdigest()
    if actual != entry.sha256:
        faults.append(Fault("hash-differs", entry.file, found=actual, params={"expected": entry.sha256}))
    rows = count_rows(path)
    if rows != entry.rows:
        faults.append(Fault("row-count-differs", entry.file, found=str(rows), params={"expected": str(entry.rows)}))
    if entry.generator and not (folder / entry.generator).is_file():
        faults.append(Fault("missing-file", entry.generator))
    return faults


def check(folder: Path) -> list[Fault]:
    """Hold every bundled file against the catalogue, and the catalogue against the files.

    Returns
    -------
    list[Fault]
        Files without an entry, entries without a file or licence, other bytes or rows than listed.
    """
    try:
        listed = entries(folder)
    except DataError as error:
        return list(error.faults)
    faults = [fault for entry in listed for fault in _entry_faults(folder, entry)]
    known = {entry.file for entry in listed}
    faults += [Fault("no-catalogue-entry", file) for file in data_files(folder) if file not in known]
    return faults
