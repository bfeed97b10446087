"""A data folder in which every free text of every table is a payload: what an attacker's list would look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo import downloads, export
from geo.i18n import translator
from geo.schema import TABLES
from tests.payloads import PAYLOADS

if TYPE_CHECKING:
    from pathlib import Path

    from geo.dataset import Dataset

#: Texts by which rows find each other; a payload there would only be a broken reference.
_LINKS = {"parent_id", "site_id", "area_id", "border_id", "from_id", "to_id"}


def hostile(dataset: Dataset) -> Dataset:
    """Put payloads, in turn, into every free text of every table."""
    made = dataset
    turn = 0
    for name, table in TABLES.items():
        frame = dataset[name].copy()
        for column in table.columns:
            if column.kind != "text" or column.name in _LINKS:
                continue
            frame[column.name] = [PAYLOADS[(turn + row) % len(PAYLOADS)] for row in range(len(frame))]
            turn += 7
        made = made.with_table(name, frame)
    return made


def write_folder(dataset: Dataset, folder: Path) -> None:
    """Write every table as a user's folder holds it."""
    t = translator("en")
    for name in TABLES:
        ending, write = (".geojson", export.to_geojson) if name == "borders" else (".csv", export.to_csv)
        (folder / f"{name}{ending}").write_bytes(write(downloads.table(dataset, name), t))
