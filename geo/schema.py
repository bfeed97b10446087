"""Contracts of the tables: which columns each has, of which type, and what may stand in them.

The specification is data (:data:`TABLES`), so the reader, the checker, the documentation page and the
templates that users fill in all rest on the same lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from geo.codes import (
    AREA_KINDS,
    BORDER_KINDS,
    CHOICE_LISTS,
    CLOSURE_KINDS,
    COMMODITIES,
    DO_NOT_MOVE,
    EVIDENCE,
    EVIDENCE_ORDER,
    GUIDELINE_STATUS,
    LENGTH_BASIS,
    MEDIA,
    NODE_KINDS,
    OPEN_STATUS,
    POSITION_BASIS,
    SITE_KINDS,
    SITE_STATUS,
    STORAGE_KINDS,
    SURFACES,
    TERRAINS,
    VEHICLES,
    WASTE_TYPES,
)

__all__ = [
    "AREA_KINDS",
    "BORDER_KINDS",
    "CHOICE_LISTS",
    "CLOSURE_KINDS",
    "COMMODITIES",
    "DO_NOT_MOVE",
    "EVIDENCE",
    "EVIDENCE_ORDER",
    "GUIDELINE_STATUS",
    "LENGTH_BASIS",
    "MEDIA",
    "NODE_KINDS",
    "OPEN_STATUS",
    "POSITION_BASIS",
    "SITE_KINDS",
    "SITE_STATUS",
    "STORAGE_KINDS",
    "SURFACES",
    "TABLES",
    "TERRAINS",
    "VEHICLES",
    "WASTE_TYPES",
    "Column",
    "Kind",
    "Table",
]

Kind = Literal[
    "id",
    "text",
    "choice",
    "choices",
    "number",
    "integer",
    "boolean",
    "date",
    "lon",
    "lat",
    "country",
    "countries",
    "ids",
    "month-day",
    "area",
]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name
        Header, with the unit as a suffix (``length_m``).
    kind
        What its cells hold; ``choices``, ``countries`` and ``ids`` hold several values separated by ``;``.
        ``month-day`` is a day of every year (``10-15``), ``area`` a polygon in WKT, WGS 84.
    required
        The column must be there. A required column may still hold empty cells if ``nullable``.
    nullable
        An empty cell means "not known".
    choices
        Allowed codes of ``choice`` and ``choices``.
    minimum, maximum
        Closed range of ``number`` and ``integer``.
    refers
        Tables in one of whose ``id`` columns each value of ``ids``, or of a ``text`` id, must stand.
    default
        What a user's own table gets where it lacks the column.
    """

    name: str
    kind: Kind
    required: bool = False
    nullable: bool = True
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    refers: tuple[str, ...] = ()
    default: str | None = None


def _id(name: str = "id") -> Column:
    return Column(name, "id", required=True, nullable=False)


def _names() -> tuple[Column, ...]:
    return (
        Column("name_en", "text", required=True, nullable=False),
        Column("name_ru", "text"),
        Column("name_ky", "text"),
    )


def _notes() -> tuple[Column, ...]:
    return Column("note_en", "text"), Column("note_ru", "text"), Column("note_ky", "text")


def _position(*, required: bool) -> tuple[Column, ...]:
    return (
        Column("lon", "lon", required=True, nullable=not required),
        Column("lat", "lat", required=True, nullable=not required),
        Column("positional_error_m", "number", minimum=0, maximum=100_000),
    )


def _evidence(default: str | None = None) -> tuple[Column, ...]:
    return (
        Column("evidence", "choice", choices=EVIDENCE, nullable=False, default=default),
        Column("source", "text", nullable=False, default=default and "own file"),
        Column("source_date", "date"),
    )


@dataclass(frozen=True, slots=True)
class Table:
    """Contract of one table.

    Parameters
    ----------
    name
        Stem of its file under ``data/``.
    columns
        Its columns, in the order in which files and templates show them.
    geometry
        ``point`` (from ``lon`` and ``lat``), ``polygon`` (a GeoJSON or GeoPackage file) or None.
    key
        Columns that together name a row; no two rows share them.
    """

    name: str
    columns: tuple[Column, ...]
    geometry: Literal["point", "polygon"] | None = None
    key: tuple[str, ...] = ("id",)

    def column(self, name: str) -> Column:
        """Look up a column by its header; KeyError when the table has none of that name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


_ALL: Final = (
    Table(
        "sites",
        (
            _id(),
            Column("parent_id", "text", refers=("sites",)),
            *_names(),
            Column("kind", "choice", choices=SITE_KINDS, nullable=False, default="works"),
            Column("commodities", "choices", choices=COMMODITIES, default="mercury"),
            Column("status", "choice", choices=SITE_STATUS, nullable=False, default="unconfirmed"),
            Column("status_date", "date"),
            *_position(required=False),
            Column("position_basis", "choice", choices=POSITION_BASIS, nullable=False, default="user"),
            Column("country", "country"),
            *_evidence("documented"),
            *_notes(),
        ),
        "point",
    ),
    Table(
        "site_quantities",
        (
            Column("site_id", "text", required=True, nullable=False, refers=("sites",)),
            Column("quantity", "text", required=True, nullable=False),
            Column("value_min", "number"),
            Column("value_max", "number"),
            Column("unit", "text", required=True, nullable=False),
            Column("as_of", "date"),
            *_evidence("documented"),
            Column("note_en", "text"),
        ),
        key=("site_id", "quantity", "as_of", "source"),
    ),
    Table(
        "storage",
        (
            _id(),
            *_names(),
            Column("kind", "choice", choices=STORAGE_KINDS, nullable=False, default="storage"),
            Column("accepts", "choices", choices=WASTE_TYPES, required=True),
            Column("status", "choice", choices=OPEN_STATUS, nullable=False, default="unknown"),
            *_position(required=False),
            Column("position_basis", "choice", choices=POSITION_BASIS, nullable=False, default="user"),
            Column("country", "country"),
            Column("contact", "text"),
            *_evidence("documented"),
            *_notes(),
        ),
        "point",
    ),
    Table(
        "collection_points",
        (
            _id(),
            *_names(),
            Column("accepts", "choices", choices=WASTE_TYPES, required=True),
            Column("status", "choice", choices=OPEN_STATUS, nullable=False, default="open"),
            *_position(required=True),
            Column("country", "country"),
            Column("hours", "text"),
            Column("contact", "text"),
            *_evidence("documented"),
            *_notes(),
        ),
        "point",
    ),
    Table(
        "settlements",
        (
            _id(),
            *_names(),
            Column("other_names", "text"),
            *_position(required=True),
            Column("country", "country"),
            Column("area_id", "text", refers=("area_totals",)),
            Column("population_persons", "integer", minimum=1, maximum=30_000_000),
            Column("population_year", "integer", minimum=1900, maximum=2100),
            Column("population_source", "text"),
            *_evidence("documented"),
            Column("note_en", "text"),
        ),
        "point",
    ),
    Table(
        "area_totals",
        (
            _id(),
            *_names(),
            Column("kind", "choice", choices=AREA_KINDS, required=True, nullable=False),
            Column("country", "country", required=True, nullable=False),
            Column("parent_id", "text", refers=("area_totals",)),
            Column("border_id", "text", refers=("borders",)),
            Column("population_persons", "integer", required=True, nullable=False, minimum=1, maximum=2_000_000_000),
            Column("population_low_persons", "integer", minimum=1),
            Column("population_high_persons", "integer", minimum=1),
            Column("year", "integer", minimum=1900, maximum=2100),
            Column("area_km2", "number", minimum=0),
            *_evidence("documented"),
            Column("note_en", "text"),
        ),
    ),
    Table(
        "borders",
        (
            _id(),
            *_names(),
            Column("kind", "choice", choices=BORDER_KINDS, nullable=False, default="mainland"),
            Column("country", "country", required=True, nullable=False),
            *_evidence("documented"),
        ),
        "polygon",
    ),
    Table(
        "road_nodes",
        (
            _id(),
            *_names(),
            Column("kind", "choice", choices=NODE_KINDS, nullable=False, default="place"),
            *_position(required=True),
            Column("country", "country"),
            Column("elevation_m", "number", minimum=-100, maximum=9000),
            Column("unverified", "boolean", default="false"),
            *_evidence("documented"),
        ),
        "point",
    ),
    Table(
        "road_sections",
        (
            _id(),
            Column("from_id", "text", required=True, nullable=False, refers=("road_nodes",)),
            Column("to_id", "text", required=True, nullable=False, refers=("road_nodes",)),
            Column("via_ids", "ids", refers=("road_nodes",)),
            Column("road_number", "text"),
            Column("length_m", "number", required=True, nullable=False, minimum=1, maximum=1_000_000),
            Column("length_basis", "choice", choices=LENGTH_BASIS, nullable=False, default="estimated"),
            Column("surface", "choice", choices=SURFACES, nullable=False, default="unknown"),
            Column("terrain", "choice", choices=TERRAINS, nullable=False, default="hills"),
            Column("winter_closure", "boolean", default="false"),
            Column("countries", "countries", required=True, nullable=False),
            Column("positional_error_m", "number", minimum=0, maximum=100_000),
            Column("unverified", "boolean", default="false"),
            *_evidence("documented"),
            *_notes(),
        ),
    ),
    Table(
        "road_speeds",
        (
            Column("surface", "choice", choices=SURFACES, required=True, nullable=False),
            Column("terrain", "choice", choices=TERRAINS, required=True, nullable=False),
            Column("speed_kmh", "number", required=True, nullable=False, minimum=1, maximum=150),
            *_evidence("documented"),
        ),
        key=("surface", "terrain"),
    ),
    Table(
        "closures",
        (
            _id(),
            *_names(),
            Column("kind", "choice", choices=CLOSURE_KINDS, required=True, nullable=False),
            Column("section_ids", "ids", required=True, refers=("road_sections",)),
            Column("way_ids", "ids"),
            Column("area_wkt", "area"),
            Column("positional_error_m", "number", minimum=0, maximum=100_000),
            Column("vehicles", "choices", choices=VEHICLES),
            Column("hazardous_only", "boolean", default="false"),
            Column("valid_from", "date"),
            Column("valid_to", "date"),
            Column("season_from", "month-day"),
            Column("season_to", "month-day"),
            Column("unverified", "boolean", default="false"),
            *_evidence("documented"),
            *_notes(),
        ),
    ),
    Table(
        "guidelines",
        (
            _id(),
            Column("medium", "choice", choices=MEDIA, required=True, nullable=False),
            Column("form_en", "text"),
            Column("form_ru", "text"),
            Column("form_ky", "text"),
            Column("value", "number", required=True, nullable=False, minimum=0),
            Column("unit", "text", required=True, nullable=False),
            Column("authority", "text", required=True, nullable=False),
            Column("national", "boolean", default="false"),
            Column("year", "integer", minimum=1900, maximum=2100),
            Column("status", "choice", choices=GUIDELINE_STATUS, nullable=False, default="unconfirmed"),
            Column("selectable", "boolean", default="true"),
            Column("unverified", "boolean", default="false"),
            *_evidence("documented"),
            *_notes(),
        ),
    ),
    Table(
        "claims",
        (
            _id(),
            Column("subject", "text", required=True, nullable=False),
            Column("subject_en", "text", required=True, nullable=False),
            Column("subject_ru", "text"),
            Column("subject_ky", "text"),
            Column("value", "text", required=True, nullable=False),
            Column("unit", "text"),
            Column("as_of", "date"),
            Column("used", "boolean", default="false"),
            Column("refuted", "boolean", default="false"),
            Column("unverified", "boolean", default="false"),
            *_evidence("documented"),
            *_notes(),
        ),
    ),
)

#: Every table, by name, in the order in which the checker reports them.
TABLES: Final[dict[str, Table]] = {table.name: table for table in _ALL}
