"""Answers as text for a terminal: the answer first, then its table, then what must be known about it."""

from __future__ import annotations

import shutil
import textwrap
from typing import TYPE_CHECKING, Final, cast

import pandas as pd

from geo import sentences
from geo.documents import in_language
from geo.downloads import notes, place_name
from geo.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geo.catalogue import CheckAnswer
    from geo.i18n import Translator
    from geo.nearest import NearestAnswer
    from geo.network import Network
    from geo.routing import RouteAnswer

_WIDEST_LINE: Final = 100
_WIDEST_CELL: Final = 44
#: Shorter pieces of a section would be shown as 0 m.
_SHOWN_M: Final = 5.0
Row = dict[str, object]


def rows_of(frame: pd.DataFrame, t: Translator) -> list[Row]:
    """Give a frame's rows with names in the language."""
    return cast("list[Row]", pd.DataFrame(in_language(frame, t)).to_dict("records"))


def number_of(value: object) -> float:
    """Read a cell as a number; NaN for what is none."""
    return float(value) if isinstance(value, (int, float)) else float("nan")


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: frozenset[int] = frozenset()) -> str:
    """Line up a table in columns, two spaces apart.

    Parameters
    ----------
    headings
        First line.
    rows
        Cells; long ones are cut.
    numbers
        Positions of the columns that are set to the right.
    """
    lines = [[clean(text, max_chars=_WIDEST_CELL) for text in row] for row in (headings, *rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(headings))]
    lines.insert(1, ["─" * width for width in widths])
    return "\n".join(
        "  ".join(
            text.rjust(width) if place in numbers else text.ljust(width)
            for place, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def wrapped(text: str, *, first: str = "", then: str = "") -> str:
    """Break a sentence into lines that fit the terminal."""
    width = min(_WIDEST_LINE, shutil.get_terminal_size((_WIDEST_LINE, 24)).columns)
    return textwrap.fill(text, max(width, 40), initial_indent=first, subsequent_indent=then, break_long_words=False)


def page(*parts: str) -> str:
    """Put parts under each other with a blank line between; empty ones fall away."""
    return "\n\n".join(part for part in parts if part)


def about(t: Translator, evidence: str | None, remarks: Iterable[str], sources: Sequence[str] = ()) -> str:
    """Write what must be known of an answer: evidence, notes, sources."""
    lines = [] if evidence is None else [t("cli.evidence", evidence=sentences.choice(t, "evidence", evidence))]
    lines += [wrapped(remark, first="• ", then="  ") for remark in remarks]
    if sources:
        lines += [
            t("cli.sources"),
            *(wrapped(clean(source, max_chars=None), first="• ", then="  ") for source in sources),
        ]
    return "\n".join(lines)


def check(answer: CheckAnswer, t: Translator) -> str:
    """Write what is wrong with the tables, a line for each fault."""
    if answer.ok:
        return t("cli.check.ok")
    return "\n".join([t.n("count.faults", len(answer.faults)), *(sentences.fault(t, fault) for fault in answer.faults)])


def route(answer: RouteAnswer, t: Translator, network: Network | None = None) -> str:
    """Write a route: length, time, countries, then its sections with their sources.

    On a network of streets, where a road is cut at every corner, its road book stands instead, and the source once.
    """
    title = t("export.title.route", origin=place_name(t, answer.origin), destination=place_name(t, answer.destination))
    parts = [title]
    if answer.reason is not None:
        parts.append(wrapped(sentences.reason(t, answer.reason)))
    if answer.reachable:
        parts.append(_way(answer, t))
    if answer.abroad is not None:
        abroad = answer.abroad
        parts.append(wrapped(t("cli.route.abroad", way=_length(abroad, t), countries=_countries(t, abroad.countries))))
    if len(answer.sections):
        streets = network is not None and not network.schematic
        parts.append(_book(answer, t, network) if streets and network is not None else _sections(answer, t))
    return page(*parts, about(t, answer.evidence, notes(t, answer.notes, answer.origin, answer.destination)))


def _countries(t: Translator, codes: Iterable[object]) -> str:
    return " → ".join(sentences.country(t, str(code)) for code in codes)


def _length(answer: RouteAnswer, t: Translator) -> str:
    return f"{t.km(answer.distance_m)} · {t.duration(answer.travel_time_s)}"


def _way(answer: RouteAnswer, t: Translator) -> str:
    countries = _countries(t, answer.countries)
    headline = f"{_length(answer, t)} · {countries}" if countries else _length(answer, t)
    if answer.snap_from_m or answer.snap_to_m:
        legs = t("cli.route.legs", start=t.km(answer.snap_from_m), end=t.km(answer.snap_to_m))
        return f"{headline}\n{legs}"
    return headline


def _book(answer: RouteAnswer, t: Translator, network: Network) -> str:
    from geo import roadbook  # noqa: PLC0415 - heavy; asked for on a network of the reader's own alone

    names = ("routepage.at", "export.column.turn", "export.column.road", "routepage.length", "routepage.time")
    headings = [t(name) for name in names]
    rows = []
    for one in roadbook.stages(answer, network).to_dict("records"):
        row = {str(key): value for key, value in one.items()}
        rows.append(
            (
                t.km(number_of(row["start_m"])),
                t(f"routepage.turn.{row['turn']}") if isinstance(row["turn"], str) else "",
                sentences.road(t, row) or t("routepage.road-unnamed"),
                t.km(number_of(row["length_m"])),
                sentences.short_time(t, number_of(row["travel_time_s"])),
            )
        )
    told = table(headings, rows, numbers=frozenset({0, 3, 4}))
    named = dict.fromkeys(clean(source) for source in answer.sections["source"].dropna())
    return "\n".join([told, *(f"{t('cli.column.source')}: {source}" for source in named)])


def _sections(answer: RouteAnswer, t: Translator) -> str:
    headings = [t(f"cli.column.{name}") for name in ("road", "from", "to", "length", "time", "basis", "source")]
    rows = [
        (
            clean(row["road_number"]) if isinstance(row["road_number"], str) else "",
            clean(row["from_name"] or row["from_id"]),
            clean(row["to_name"] or row["to_id"]),
            t.km(number_of(row["length_m"])),
            t.duration(number_of(row["travel_time_s"])),
            sentences.choice(t, "length-basis", str(row["length_basis"])),
            clean(row["source"]),
        )
        for row in rows_of(answer.sections, t)
        if number_of(row["length_m"]) >= _SHOWN_M
    ]
    return table(headings, rows, numbers=frozenset({3, 4}))


def nearest(answer: NearestAnswer, t: Translator) -> str:
    """Write the nearest points: what to do first, then the list."""
    parts = [t("export.title.nearest", place=place_name(t, answer.place))]
    if answer.reason is not None:
        parts.append(wrapped(sentences.reason(t, answer.reason)))
    if answer.call:
        parts.append(t("cli.nearest.call", number=answer.call))
    for key, frame in (("cli.nearest.points", answer.points), ("cli.nearest.reported", answer.reported)):
        if len(frame):
            parts.append(f"{t(key)}\n{_points(frame, answer.place.country, t)}")
    return page(*parts, about(t, answer.evidence, notes(t, answer.notes, answer.place)))


def _named_abroad(row: Mapping[str, object], home: str | None, t: Translator) -> str:
    """Name a record, with its country where that is not the reader's."""
    name, country = clean(row["name"] or row["id"]), row["country"]
    return f"{name} ({sentences.country(t, country)})" if isinstance(country, str) and country != home else name


def _points(frame: pd.DataFrame, home: str | None, t: Translator) -> str:
    names = ("place", "length", "time", "straight", "direction", "accepts", "contact", "evidence")
    rows = [
        (
            _named_abroad(row, home, t),
            t.km(number_of(row["distance_m"])),
            t.duration(number_of(row["travel_time_s"])),
            t.km(number_of(row["straight_line_m"])),
            sentences.direction(t, number_of(row["bearing_deg"])),
            ", ".join(sentences.choice(t, "waste", str(code)) for code in cast("tuple[str, ...]", row["accepts"])),
            clean(row["contact"]) if isinstance(row["contact"], str) else t("no-data"),
            sentences.choice(t, "evidence", str(row["evidence"])),
        )
        for row in rows_of(frame, t)
    ]
    return table([t(f"cli.column.{name}") for name in names], rows, numbers=frozenset({1, 2, 3}))
