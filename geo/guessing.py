"""Which table a file is, by its name or by its headers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo import reading, words
from geo.schema import TABLES

if TYPE_CHECKING:
    from geo.rawtable import RawTable
    from geo.schema import Table

#: Of tables that the same headers fit, the one that users bring most often.
_GUESS_ORDER: Final[tuple[str, ...]] = (
    "collection_points",
    "storage",
    "sites",
    "settlements",
    "area_totals",
    "road_nodes",
)


def table_of(file: str) -> str | None:
    """Name the table that a file's name says it is, whatever its case, spaces and hyphens; None for no table's."""
    stem = words.key(file.rsplit(".", 1)[0])
    return next((name for name in TABLES if words.key(name) == stem), None)


def _fit(raw: RawTable, table: Table) -> float:
    """Say how well a file's headers fit a table, 0 (not at all) to 1 (every column of both)."""
    found = [header for header in raw.headers if header]
    named = {name for header in found if (name := words.column_of(header, table)) is not None}
    if named & {"name_ru", "name_ky"}:
        named.add("name_en")
    if raw.geometry is not None and table.geometry == "point":
        named |= {"lon", "lat"}
    if any(column.required and column.kind != "id" and column.name not in named for column in table.columns):
        return 0.0
    if (table.geometry == "polygon") != _has_polygons(raw):
        return 0.0
    return 2.0 * len(named) / (len(table.columns) + max(len(found), len(named)))


def _has_polygons(raw: RawTable) -> bool:
    return raw.geometry is not None and any(
        shape is not None and shape.geom_type.endswith("Polygon") for shape in raw.geometry
    )


def guess_table(file: str, content: bytes) -> str | None:
    """Guess which table a file holds, by its name, else by its headers.

    Parameters
    ----------
    file
        Name of the file.
    content
        Its bytes.

    Returns
    -------
    str | None
        The table, or None when none fits or several fit equally: then the user has to say.

    Raises
    ------
    DataError
        The file cannot be read at all.
    """
    by_name = table_of(file)
    if by_name is not None:
        return by_name
    raw = reading.read(file, content)
    fits = {name: _fit(raw, table) for name, table in TABLES.items()}
    best = max(fits.values())
    likeliest = [name for name, fit in fits.items() if fit > 0 and fit == best]
    if "accepts" in {words.column_of(header, TABLES["collection_points"]) for header in raw.headers}:
        likeliest = [name for name in _GUESS_ORDER if name in likeliest][:1] or likeliest
    return likeliest[0] if len(likeliest) == 1 else None
