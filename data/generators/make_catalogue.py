"""Bring ``data/catalogue.toml`` up to date: hash and row count of every file.

What people write in it (title, licence, attribution, vintage, generator, provenance) is kept. A file without an
entry gets one with empty texts, which the check refuses until somebody fills them in; an entry without a file goes.
Run ``python data/generators/make_catalogue.py`` after every change under ``data/``.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

DATA: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(DATA.parent))

from geo.errors import DataError  # noqa: E402 - the script runs from a clone, without an installation
from geo.integrity import CATALOGUE_FILE, count_rows, data_files, entries  # noqa: E402 - as above
from geo.schema import TABLES  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Iterable

WRITTEN: Final = ("title", "licence", "attribution", "vintage", "generator", "provenance")
HEAD: Final = (
    "# Every file under data/: what it is, whose it is, of when, and which bytes were checked.\n"
    "# title and provenance are keys of the message catalogues; licence is an SPDX expression.\n"
    "# sha256 and rows are written by data/generators/make_catalogue.py, the other fields by people.\n"
)


def _known() -> dict[str, dict[str, str]]:
    try:
        return {entry.file: {name: getattr(entry, name) for name in WRITTEN} for entry in entries(DATA)}
    except DataError:
        if (DATA / CATALOGUE_FILE).exists():
            raise
        return {}


def _order(file: str) -> tuple[int, str]:
    """Put tables first, in the order of their contracts, then what else is drawn, then the sources."""
    stem = Path(file).stem
    names = list(TABLES)
    return (len(names) + ("/" in file), file) if "/" in file or stem not in names else (names.index(stem), file)


def _entry(file: str, written: dict[str, str]) -> Iterable[str]:
    stem = Path(file).stem
    texts = {"title": f"table.{stem}", "provenance": f"provenance.{stem}"}
    yield "[[files]]"
    yield f"name = {json.dumps(stem)}"
    yield f"file = {json.dumps(file)}"
    for name in WRITTEN:
        # A JSON string without escapes beyond ASCII is a TOML basic string.
        yield f"{name} = {json.dumps(written.get(name) or texts.get(name, ''), ensure_ascii=False)}"
    yield f"rows = {count_rows(DATA / file)}"
    yield f"sha256 = {json.dumps(hashlib.sha256((DATA / file).read_bytes()).hexdigest())}"


def main() -> None:
    """Write the catalogue anew."""
    known = _known()
    files = sorted(data_files(DATA), key=_order)
    blocks = ["\n".join(_entry(file, known.get(file, {}))) for file in files]
    (DATA / CATALOGUE_FILE).write_text(HEAD + "\n" + "\n\n".join(blocks) + "\n", encoding="utf-8")
    print(f"{len(files)} files, {len(set(files) - set(known))} of them new")


if __name__ == "__main__":
    main()
