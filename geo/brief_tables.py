"""Tables of a brief: answers in words, row by row, as they stand on paper."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import pandas as pd

from geo import exposure_rows, headlines, sentences
from geo.documents import in_language, worded
from geo.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geo.dataset import Dataset
    from geo.exposure import ExposureAnswer
    from geo.i18n import Translator
    from geo.inventory import InventoryAnswer, RecordAnswer
    from geo.nearest import NearestAnswer
    from geo.routing import RouteAnswer

Row = dict[str, Any]

#: Longer tables are cut on paper and say so; the workbook has all rows.
MOST_ROWS: Final = 60
#: A table of so few rows is never cut by the end of a page.
SHORT_ROWS: Final = 12
_MOST_CHARS: Final = 300
_COUNTED: Final = ("settlements", "settlements_unknown_population")
#: Shorter pieces of a road section would stand there as 0 m.
_SHOWN_M: Final = 5.0


@dataclass(frozen=True, slots=True)
class Table:
    """One table in words.

    Parameters
    ----------
    title
        What it lists.
    heads
        Headings of the columns.
    rows
        Cells.
    widths
        How wide the columns are, relative to each other.
    numbers
        Columns that are set to the right.
    remark
        What must be known of it; may be empty.
    lead
        The same without the count of rows that are not printed.
    total
        How many rows there are, printed or not.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    numbers: frozenset[int] = frozenset()
    remark: str = ""
    lead: str = ""
    total: int = 0

    @property
    def is_short(self) -> bool:
        """Whether no page break should cut it."""
        return len(self.rows) <= SHORT_ROWS


def _rows(frame: pd.DataFrame, t: Translator) -> list[Row]:
    return cast("list[Row]", pd.DataFrame(in_language(frame, t)).to_dict("records"))


def _text(value: object, max_chars: int = _MOST_CHARS) -> str:
    return clean(value, max_chars=max_chars) if isinstance(value, str) else ""


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else math.nan


def table_of(  # noqa: PLR0913 - one keyword per part of a table
    t: Translator,
    title: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    widths: Sequence[float],
    *,
    numbers: Iterable[int] = (),
    remark: str = "",
) -> Table | None:
    """Make a table of at most :data:`MOST_ROWS` rows; None for one without rows."""
    every = [tuple(row) for row in rows]
    if not every:
        return None
    # A column without a word in it is no answer to its heading.
    told = [place for place in range(len(heads)) if any(row[place] for row in every)]
    every = [tuple(row[place] for place in told) for row in every]
    heads, widths = [heads[place] for place in told], [widths[place] for place in told]
    right = set(numbers)
    numbers = [to for to, place in enumerate(told) if place in right]
    lead = remark
    if len(every) > MOST_ROWS:
        cut = t("brief.rows-cut", shown=t.number(MOST_ROWS), all=t.number(len(every)))
        remark = f"{cut} {remark}".strip()
    shown = tuple(every[:MOST_ROWS])
    return Table(title, tuple(heads), shown, tuple(widths), frozenset(numbers), remark, lead, len(every))


def _heads(t: Translator, *names: str) -> list[str]:
    return [t(f"cli.column.{name}") for name in names]


def without_repeat(
    heads: Sequence[str], rows: Sequence[tuple[str, ...]], place: int
) -> tuple[Sequence[str], Sequence[tuple[str, ...]]]:
    """Leave out a column that says the same as the next in every row: a range twice is not read twice."""
    if any(row[place] != row[place + 1] for row in rows):
        return heads, rows
    return [*heads[: place + 1], *heads[place + 2 :]], [(*row[:place], *row[place + 1 :]) for row in rows]


def exposure(answer: ExposureAnswer, t: Translator) -> list[Table]:
    """List people within each radius, by ring and country, and every settlement in reach."""
    totals = [
        (
            headlines.radius_name(t, float(row["radius_m"])),
            headlines.people(t, row),
            headlines.people_range(t, row),
            # A grid counts no settlements.
            *([t.number(_number(row[name])) for name in _COUNTED] if answer.grid is None else []),
        )
        for _, row in answer.totals_by_radius.iterrows()
    ]
    by_country = [
        (
            headlines.ring_name(t, row),
            headlines.part_name(t, row),
            headlines.people(t, row),
            headlines.people_range(t, row),
        )
        for row in exposure_rows.by_part(answer, union=True)
    ]
    settled = [
        (
            _text(row["name"]) or _text(row["id"]),
            headlines.country(t, row["country"]),
            t.km(_number(row["distance_m"])),
            t.number(_number(row["population_persons"])),
            t.date(str(int(row["population_year"]))) if math.isfinite(_number(row["population_year"])) else "",
            _text(row["population_source"]) or _text(row["source"]),
        )
        for row in _rows(answer.settlements.sort_values("distance_m", kind="stable"), t)
    ]
    counted = ("settlements", "unknown") if answer.grid is None else ()
    heads = [t("brief.within"), *_heads(t, "people", "range", *counted)]
    country = [t("chart.ring"), t("chart.country"), *_heads(t, "people", "range")]
    village = [
        *_heads(t, "place"),
        t("chart.country"),
        *_heads(t, "straight", "people"),
        t("column.year"),
        t("cli.column.source"),
    ]
    radii = without_repeat(heads, totals, 1)
    countries = without_repeat(country, by_country, 2)
    made = [
        table_of(t, t("brief.table.radii"), *radii, (4,) * len(radii[0]), numbers=range(1, len(heads))),
        table_of(t, t("brief.table.countries"), *countries, (4,) * len(countries[0]), numbers=(2, 3)),
        table_of(t, t("brief.table.settlements"), village, settled, (5, 4, 3, 3.6, 2, 8), numbers=(2, 3), remark=t("brief.counted-whole")),
    ]  # fmt: skip
    return [table for table in made if table is not None]


def route(answer: RouteAnswer, t: Translator) -> list[Table]:
    """List the sections driven, each with its source."""
    rows = [
        (
            _text(row["road_number"]),
            _text(row["from_name"] or row["from_id"]),
            _text(row["to_name"] or row["to_id"]),
            t.km(_number(row["length_m"])),
            t.duration(_number(row["travel_time_s"])),
            sentences.choice(t, "length-basis", str(row["length_basis"])),
            _text(row["source"]),
        )
        for row in _rows(answer.sections, t)
        if _number(row["length_m"]) >= _SHOWN_M
    ]
    heads = _heads(t, "road", "from", "to", "length", "time", "basis", "source")
    made = table_of(t, t("route.sections"), heads, rows, (3, 4, 4, 3, 3, 3.4, 8), numbers=(3, 4))
    return [] if made is None else [made]


def name_of(t: Translator, row: Mapping[str, Any]) -> str:
    """Name a record; an illustrative one says in words that it is one."""
    name = _text(row["name"]) or _text(row["id"])
    return f"{name} ({t('illustrative')})" if row.get("evidence") == "illustrative" else name


def wastes(t: Translator, codes: object) -> str:
    """Name the wastes that are accepted."""
    return ", ".join(sentences.choice(t, "waste", str(code)) for code in cast("tuple[str, ...]", codes))


def nearest(answer: NearestAnswer, t: Translator) -> list[Table]:
    """List the confirmed points and, apart, what is only reported."""
    tables = []
    # Nothing that is only an example stands under the heading "confirmed".
    examples = (answer.points["evidence"] == "illustrative").any()
    points = "brief.table.points-training" if examples else "brief.table.points"
    lists = (points, answer.points, 1), ("brief.table.reported", answer.reported, len(answer.points) + 1)
    for key, frame, first in lists:
        rows = [
            (
                t.number(number),
                name_of(t, row),
                t.km(_number(row["distance_m"])),
                t.duration(_number(row["travel_time_s"])),
                f"{t.km(_number(row['straight_line_m']))}, {sentences.direction(t, _number(row['bearing_deg']))}",
                wastes(t, row["accepts"]),
                _text(row["contact"]) or t("no-data"),
                sentences.choice(t, "evidence", str(row["evidence"])),
            )
            for number, row in enumerate(_rows(frame, t), start=first)
        ]
        heads = ["№", *_heads(t, "place", "length", "time", "straight", "accepts", "contact", "evidence")]
        tables.append(table_of(t, t(key), heads, rows, (1, 5, 2.8, 3, 4.4, 5.4, 3, 4.4), numbers=(0, 2, 3)))
    return [table for table in tables if table is not None]


def _accuracy(t: Translator, row: Mapping[str, Any]) -> str:
    error_m = _number(row["positional_error_m"])
    if not math.isfinite(_number(row["lon"])):
        return t("brief.no-position")
    return t("brief.within-error", distance=t.km(error_m)) if math.isfinite(error_m) else t("no-data")


def _said(t: Translator, row: Mapping[str, Any]) -> str:
    """Write who says so and when."""
    source = _text(row["source"])
    return f"{source} ({t.date(row['source_date'])})" if isinstance(row["source_date"], str) else source


def records(answer: InventoryAnswer, t: Translator) -> list[Table]:
    """List the records of the map, table by table."""
    tables = []
    for table in answer.question.tables:
        sites = table == "sites"
        rows = [
            (
                name_of(t, row),
                sentences.choice(t, "site-kind", str(row["kind"])) if sites else wastes(t, row["accepts"]),
                sentences.choice(t, "evidence", str(row["evidence"])),
                _accuracy(t, row),
                _said(t, row),
            )
            for row in _rows(getattr(answer, table), t)
        ]
        second = t("column.kind") if sites else t("cli.column.accepts")
        heads = [t("column.name"), second, t("cli.column.evidence"), t("brief.position"), t("cli.column.source")]
        tables.append(table_of(t, t(f"table.{table}"), heads, rows, (5, 5, 4.4, 3, 5.6)))
    return [table for table in tables if table is not None]


def quantities(answer: RecordAnswer, t: Translator) -> list[Table]:
    """List what is recorded to lie at a place."""
    rows = [
        (
            headlines.quantity_name(t, row["quantity"]),
            headlines.quantity(t, row) or t("no-data"),
            t.date(row["as_of"]),
            sentences.choice(t, "evidence", str(row["evidence"])),
            _text(row["source"]),
        )
        for row in cast("list[Row]", answer.quantities.to_dict("records"))
    ]
    heads = [t("record.quantity"), t("record.value"), t("column.as_of"), t("column.evidence"), t("column.source")]
    made = table_of(t, t("brief.table.quantities", place=t.name(answer.record)), heads, rows, (5, 4, 2.8, 4.4, 6.4))
    return [] if made is None else [made]


def claims(frame: pd.DataFrame, t: Translator) -> Table | None:
    """List where sources disagree, the statement in use marked."""
    rows = [
        (
            t.name(row, "subject") or _text(row["subject"]),
            headlines.claim(t, row),
            t.date(row["as_of"]) if isinstance(row["as_of"], str) else "",
            _stands(t, row),
            _text(row["source"]),
        )
        for row in cast("list[Row]", frame.to_dict("records"))
    ]
    heads = [t("brief.subject"), t("record.value"), t("column.as_of"), t("column.used"), t("column.source")]
    return table_of(t, t("brief.conflicts"), heads, rows, (5, 4.4, 2.8, 3.2, 6.6), remark=t("claims.lead"))


def _stands(t: Translator, row: Mapping[str, Any]) -> str:
    """Mark a statement in use; say of another that a fact disproves it, and of each that nobody checked it."""
    said = [t(f"column.{name}").lower() for name in ("refuted", "unverified") if row[name]]
    return "; ".join((["✓"] if row["used"] else []) + said)


def _guidelines(dataset: Dataset, t: Translator) -> Table | None:
    frame = dataset.guidelines.sort_values(["medium", "national"], ascending=[True, False], kind="stable")
    rows = [
        (
            sentences.choice(t, "medium", str(row["medium"])),
            f"{t.plain(_number(row['value']))}\u00a0{headlines.unit(t, row['unit'])}".strip(),
            t.name(row, "form"),
            _text(row["authority"]),
            t.date(str(int(row["year"]))) if math.isfinite(_number(row["year"])) else t("no-date"),
            _standing(t, row),
            _text(row["source"]),
        )
        for row in _rows(frame, t)
    ]
    heads = [t(f"column.{name}") for name in ("medium", "value", "form", "authority", "year", "status", "source")]
    widths = (3.2, 3.2, 4.4, 4.6, 2.4, 3.6, 5.2)
    return table_of(t, t("sources.part.guidelines"), heads, rows, widths, numbers=(1,), remark=t("guidelines.lead"))


def _standing(t: Translator, row: Mapping[str, Any]) -> str:
    """Say whether a value is in force, and whether anybody checked it."""
    status = str(worded(t, "guidelines", "status", row["status"]) or "")
    unverified = t("column.unverified").lower() if row["unverified"] else ""
    return "; ".join(one for one in (status, unverified) if one)


def _files(dataset: Dataset, t: Translator) -> Table | None:
    from geo.catalogue import entries  # noqa: PLC0415 - one part of one page needs it

    rows = [
        (
            t(f"table.{entry.name}") if t.has(f"table.{entry.name}") else t(entry.title),
            t("files.own" if entry.name in dataset.own else "files.bundled"),
            t.number(entry.rows),
            clean(entry.vintage),
            clean(entry.licence),
            _text(entry.attribution),
        )
        for entry in entries()
    ]
    heads = [t(f"files.{name}") for name in ("table", "in-use", "rows", "vintage", "licence", "attribution")]
    return table_of(t, t("sources.part.files"), heads, rows, (5, 3, 2, 4, 3, 7), numbers=(2,), remark=t("files.lead"))


def of_part(dataset: Dataset, part: str, t: Translator) -> Table | None:
    """Give the table of a part of the page "Sources and methods"; None for a part that is text."""
    if part == "claims":
        return claims(dataset.claims, t)
    if part == "guidelines":
        return _guidelines(dataset, t)
    return _files(dataset, t) if part == "files" else None
