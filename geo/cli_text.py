"""Answers as text for a terminal: the answer first, then its table, then what must be known about it."""

from __future__ import annotations

import math
import shutil
import textwrap
from typing import TYPE_CHECKING, Final, cast

import pandas as pd

from geo import sentences
from geo.documents import in_language
from geo.downloads import notes, place_name
from geo.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geo.catalogue import CheckAnswer
    from geo.exposure import ExposureAnswer
    from geo.i18n import Translator
    from geo.nearest import NearestAnswer
    from geo.routing import RouteAnswer

_WIDEST_LINE: Final = 100
_WIDEST_CELL: Final = 44
#: Shorter pieces of a section would be shown as 0 m.
_SHOWN_M: Final = 5.0
_COMPASS: Final = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
Row = dict[str, object]


def _rows(frame: pd.DataFrame, t: Translator) -> list[Row]:
    return cast("list[Row]", pd.DataFrame(in_language(frame, t)).to_dict("records"))


def _number(value: object) -> float:
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


def _wrapped(text: str, *, first: str = "", then: str = "") -> str:
    width = min(_WIDEST_LINE, shutil.get_terminal_size((_WIDEST_LINE, 24)).columns)
    return textwrap.fill(text, max(width, 40), initial_indent=first, subsequent_indent=then, break_long_words=False)


def _page(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _about(t: Translator, evidence: str | None, remarks: Iterable[str], sources: Sequence[str] = ()) -> str:
    lines = [] if evidence is None else [t("cli.evidence", evidence=sentences.choice(t, "evidence", evidence))]
    lines += [_wrapped(remark, first="• ", then="  ") for remark in remarks]
    if sources:
        lines += [
            t("cli.sources"),
            *(_wrapped(clean(source, max_chars=None), first="• ", then="  ") for source in sources),
        ]
    return "\n".join(lines)


def check(answer: CheckAnswer, t: Translator) -> str:
    """Write what is wrong with the tables, a line for each fault."""
    if answer.ok:
        return t("cli.check.ok")
    return "\n".join([t.n("count.faults", len(answer.faults)), *(sentences.fault(t, fault) for fault in answer.faults)])


def _people(t: Translator, row: Row) -> str:
    return t.people(_number(row["population_persons"]))


def _range(t: Translator, row: Row) -> str:
    return t.range(_number(row["population_min_persons"]), _number(row["population_max_persons"]))


def exposure(answer: ExposureAnswer, t: Translator) -> str:
    """Write who lives near: the union over all places, then the rings of each place."""
    places = ", ".join(place_name(t, place) for place in answer.places)
    total = answer.total
    spread = t.range(total.population_min_persons, total.population_max_persons)
    radius = t.km(max(answer.question.radii_m))
    if total.headline_is_range:
        headline = t("cli.exposure.range", radius=radius, range=spread)
    else:
        headline = t("cli.exposure.people", radius=radius, people=t.people(total.population_persons), range=spread)
    counts = t(
        "cli.exposure.counts",
        settlements=t.number(total.settlements),
        unknown=t.number(total.settlements_unknown_population),
    )
    return _page(
        t("export.title.exposure", places=places),
        f"{headline}\n{counts}",
        *_ring_tables(answer, t),
        _about(t, answer.evidence, notes(t, answer.notes, *answer.places), answer.sources),
    )


def _ring_tables(answer: ExposureAnswer, t: Translator) -> Iterable[str]:
    columns = ("ring", "people", "range", "countries", "settlements", "unknown")
    headings = [t(f"cli.column.{name}") for name in columns]
    rings = _rows(answer.rings, t)
    by_country = _rows(answer.by_country[~answer.by_country["cumulative"].astype(bool)], t)
    for index, place in enumerate(answer.places):
        rows = [
            (
                f"{t.km(_number(ring['inner_radius_m']))} – {t.km(_number(ring['outer_radius_m']))}",
                t("cli.range-only") if ring["range_only"] else _people(t, ring),
                _range(t, ring),
                "; ".join(_country_share(t, part) for part in by_country if _same_ring(part, ring)),
                t.number(_number(ring["settlements"])),
                t.number(_number(ring["settlements_unknown_population"])),
            )
            for ring in rings
            if ring["place_index"] == index
        ]
        yield place_name(t, place) + "\n" + table(headings, rows, numbers=frozenset({0, 1, 2, 4, 5}))


def _same_ring(part: Row, ring: Row) -> bool:
    return all(part[name] == ring[name] for name in ("place_index", "inner_radius_m", "outer_radius_m"))


def _country_share(t: Translator, part: Row) -> str:
    code = part["country"]
    name = sentences.country(t, code) if isinstance(code, str) else t("no-data")
    central, greatest = (_number(part[f"population_{which}persons"]) for which in ("", "max_"))
    only_range = math.isnan(central) and not math.isnan(greatest)
    return f"{name}: {_range(t, part) if only_range else _people(t, part)}"


def route(answer: RouteAnswer, t: Translator) -> str:
    """Write a route: length, time, countries, then its sections with their sources."""
    title = t("export.title.route", origin=place_name(t, answer.origin), destination=place_name(t, answer.destination))
    parts = [title]
    if answer.reason is not None:
        parts.append(_wrapped(sentences.reason(t, answer.reason)))
    if answer.reachable:
        parts.append(_way(answer, t))
    if answer.abroad is not None:
        abroad = answer.abroad
        parts.append(_wrapped(t("cli.route.abroad", way=_length(abroad, t), countries=_countries(t, abroad.countries))))
    if len(answer.sections):
        parts.append(_sections(answer, t))
    return _page(*parts, _about(t, answer.evidence, notes(t, answer.notes, answer.origin, answer.destination)))


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


def _sections(answer: RouteAnswer, t: Translator) -> str:
    headings = [t(f"cli.column.{name}") for name in ("road", "from", "to", "length", "time", "basis", "source")]
    rows = [
        (
            clean(row["road_number"]) if isinstance(row["road_number"], str) else "",
            clean(row["from_name"] or row["from_id"]),
            clean(row["to_name"] or row["to_id"]),
            t.km(_number(row["length_m"])),
            t.duration(_number(row["travel_time_s"])),
            sentences.choice(t, "length-basis", str(row["length_basis"])),
            clean(row["source"]),
        )
        for row in _rows(answer.sections, t)
        if _number(row["length_m"]) >= _SHOWN_M
    ]
    return table(headings, rows, numbers=frozenset({3, 4}))


def nearest(answer: NearestAnswer, t: Translator) -> str:
    """Write the nearest points: what to do first, then the list."""
    parts = [t("export.title.nearest", place=place_name(t, answer.place))]
    if answer.reason is not None:
        parts.append(_wrapped(sentences.reason(t, answer.reason)))
    if answer.call:
        parts.append(t("cli.nearest.call", number=answer.call))
    for key, frame in (("cli.nearest.points", answer.points), ("cli.nearest.reported", answer.reported)):
        if len(frame):
            parts.append(f"{t(key)}\n{_points(frame, t)}")
    return _page(*parts, _about(t, answer.evidence, notes(t, answer.notes, answer.place)))


def direction(t: Translator, bearing_deg: float) -> str:
    """Name the point of the compass nearest to a bearing."""
    return t("direction." + _COMPASS[round(bearing_deg / 45) % 8])


def _points(frame: pd.DataFrame, t: Translator) -> str:
    names = ("place", "length", "time", "straight", "direction", "accepts", "contact", "evidence")
    rows = [
        (
            clean(row["name"] or row["id"]),
            t.km(_number(row["distance_m"])),
            t.duration(_number(row["travel_time_s"])),
            t.km(_number(row["straight_line_m"])),
            direction(t, _number(row["bearing_deg"])),
            ", ".join(sentences.choice(t, "waste", str(code)) for code in cast("tuple[str, ...]", row["accepts"])),
            clean(row["contact"]) if isinstance(row["contact"], str) else t("no-data"),
            sentences.choice(t, "evidence", str(row["evidence"])),
        )
        for row in _rows(frame, t)
    ]
    return table([t(f"cli.column.{name}") for name in names], rows, numbers=frozenset({1, 2, 3}))
