"""Answers about people as text for a terminal: who lives near some places, and who lives along a line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, cast

from geo import sentences
from geo.cli_text import about, number_of, page, rows_of, table, wrapped
from geo.documents import sheet_title
from geo.downloads import exposure as exposure_document
from geo.downloads import notes, place_name
from geo.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from geo.cli_text import Row
    from geo.comparison import Comparison
    from geo.corridor import CorridorAnswer
    from geo.corridor_split import CorridorRegions
    from geo.exposure import ExposureAnswer, Total
    from geo.extras import Extras
    from geo.i18n import Translator
    from geo.receptors import ReceptorsAnswer
    from geo.regions import RegionsAnswer
    from geo.routing import RouteAnswer

_LISTED: Final = 20


def _people(t: Translator, row: Row, prefix: str = "") -> str:
    return t.people(number_of(row[f"{prefix}population_persons"]))


def _range(t: Translator, row: Row, prefix: str = "") -> str:
    low, high = (number_of(row[f"{prefix}population_{which}_persons"]) for which in ("min", "max"))
    return t.range(low, high)


def _share(t: Translator, value: object) -> str:
    share = number_of(value)
    return t.number(100 * share, 1) + "\u00a0%" if math.isfinite(share) else t("no-data")


def _headings(t: Translator, *names: str) -> list[str]:
    return [t(f"cli.column.{name}") for name in names]


def _ring(t: Translator, row: Row) -> str:
    return f"{t.km(number_of(row['inner_radius_m']))} – {t.km(number_of(row['outer_radius_m']))}"


def _headline(t: Translator, counted: Total | CorridorAnswer, radius: str) -> str:
    """Write how many people live within a distance: one number with its range, the range alone, or that nobody knows."""
    spread = t.range(counted.population_min_persons, counted.population_max_persons)
    if math.isnan(counted.population_max_persons):
        return t("cli.exposure.no-data", radius=radius)
    if counted.headline_is_range:
        return t("cli.exposure.range", radius=radius, range=spread)
    return t("cli.exposure.people", radius=radius, people=t.people(counted.population_persons), range=spread)


def exposure(answer: ExposureAnswer, t: Translator, more: Extras | None = None) -> str:
    """Write who lives near: the union over all places, then the rings of each place, then what else was asked."""
    total = answer.total
    headline = _headline(t, total, t.km(max(answer.question.radii_m)))
    if answer.grid is None:
        settlements, unknown = t.number(total.settlements), t.number(total.settlements_unknown_population)
        counts = t("cli.exposure.counts", settlements=settlements, unknown=unknown)
    else:
        covered = _share(t, total.coverage_share)
        counts = t("cli.exposure.grid", file=clean(answer.grid), cells=t.number(total.units), share=covered)
    further = () if more is None else more.notes
    return page(
        exposure_document(answer, t).title,
        f"{headline}\n{counts}",
        *(_extras(answer, more, t) if more is not None else ()),
        *_ring_tables(answer, t),
        about(t, answer.evidence, notes(t, (*answer.notes, *further), *answer.places), answer.sources),
    )


def _ring_tables(answer: ExposureAnswer, t: Translator) -> Iterable[str]:
    is_grid = answer.grid is not None
    behind = ("units", "coverage_share") if is_grid else ("settlements", "settlements_unknown_population")
    headings = _headings(
        t, "ring", "people", "range", *(("cells", "covered") if is_grid else ("settlements", "unknown"))
    )
    tables: dict[object, list[tuple[str, ...]]] = {}
    for ring in rows_of(answer.rings, t):
        cells = (
            _ring(t, ring),
            t("cli.range-only") if ring["range_only"] else _people(t, ring),
            _range(t, ring),
            t.number(number_of(ring[behind[0]])),
            _share(t, ring[behind[1]]) if is_grid else t.number(number_of(ring[behind[1]])),
        )
        tables.setdefault(ring["place_index"], []).append(cells)
    parts = _part_rows(answer, t)
    for index, place in enumerate(answer.places):
        yield place_name(t, place) + "\n" + table(headings, tables[index], numbers=frozenset(range(5)))
        if index in parts:
            told = table(
                _headings(t, "ring", "countries", "people", "range"), parts[index], numbers=frozenset({0, 2, 3})
            )
            yield place_name(t, place) + ": " + sheet_title(t, "by_part") + "\n" + told


def _part_rows(answer: ExposureAnswer, t: Translator) -> dict[object, list[tuple[str, ...]]]:
    """Tell the rings by country, enclaves apart, for each place."""
    apart = set(answer.by_part.loc[answer.by_part["enclave_id"].notna(), "country"])
    rows: dict[object, list[tuple[str, ...]]] = {}
    for part in rows_of(answer.by_part[~answer.by_part["cumulative"].astype(bool)], t):
        name = sentences.part(t, part["country"], part["name"], apart=part["country"] in apart)
        rows.setdefault(part["place_index"], []).append((_ring(t, part), name, *_counted(t, part)))
    return rows


def _extras(answer: ExposureAnswer, more: Extras, t: Translator) -> Iterable[str]:
    if more.union is not None:
        yield _union(answer, t)
    if more.comparison is not None:
        yield _comparison(answer, more.comparison, t)
    if more.regions is not None:
        yield _regions(answer, more.regions, t)
    for layer in more.receptors:
        yield from _receptors(answer, layer, t)


def _union(answer: ExposureAnswer, t: Translator) -> str:
    rows = [
        (
            t.km(number_of(row["radius_m"])),
            t("cli.range-only") if row["range_only"] else _people(t, row),
            _range(t, row),
            t.people(number_of(row["places_sum_persons"])),
            t.people(number_of(row["overlap_persons"])),
        )
        for row in rows_of(answer.totals_by_radius, t)
    ]
    headings = _headings(t, "radius", "people", "range", "sum", "again")
    return t("cli.exposure.union") + "\n" + table(headings, rows, numbers=frozenset(range(5)))


def _comparison(answer: ExposureAnswer, comparison: Comparison, t: Translator) -> str:
    names = [place_name(t, place) for place in answer.places]
    rows = [
        (
            names[cast("int", row["place_index"])] if number_of(row["place_index"]) >= 0 else t("export.all-places"),
            t.km(number_of(row["radius_m"])),
            f"{_people(t, row)} ({_range(t, row)})",
            f"{_people(t, row, 'other_')} ({_range(t, row, 'other_')})",
            t.number(ratio, 2) if math.isfinite(ratio := number_of(row["ratio"])) else t("no-data"),
        )
        for row in rows_of(comparison.zones, t)
    ]
    headings = _headings(t, "place", "radius", "from-settlements", "from-grid", "ratio")
    return t("cli.exposure.comparison") + "\n" + table(headings, rows, numbers=frozenset({1, 2, 3, 4}))


def _regions(answer: ExposureAnswer, regions: RegionsAnswer, t: Translator) -> str:
    rows = [
        (
            t.km(number_of(row["radius_m"])),
            _region(t, row),
            _people(t, row),
            _range(t, row),
        )
        for row in rows_of(regions.totals_by_region, t)
    ]
    title = t("cli.exposure.regions", file=clean(regions.file), places=t.number(len(answer.places)))
    return title + "\n" + table(_headings(t, "radius", "region", "people", "range"), rows, numbers=frozenset({0, 2, 3}))


def _region(t: Translator, row: Row) -> str:
    name = row["name"] if isinstance(row["name"], str) else row["region_id"]
    return clean(name) if isinstance(name, str) else t("cli.outside-regions")


def _receptors(answer: ExposureAnswer, layer: ReceptorsAnswer, t: Translator) -> Iterable[str]:
    names = [place_name(t, place) for place in answer.places]
    counts = [
        (
            names[cast("int", row["place_index"])],
            _ring(t, row),
            t.number(number_of(row["receptors"])),
            f"{t.number(number_of(row['receptors_min']))}–{t.number(number_of(row['receptors_max']))}",
            t.km(number_of(row["length_m"])) if layer.kind in {"lines", "mixed"} else "",
            t.number(number_of(row["ground_m2"])) if layer.kind in {"polygons", "mixed"} else "",
        )
        for row in rows_of(layer.rings, t)
    ]
    headings = _headings(t, "place", "ring", "receptors", "range", "line-length", "ground")
    title = t("cli.exposure.receptors", file=clean(layer.file))
    yield title + "\n" + table(headings, counts, numbers=frozenset({1, 2, 3, 4, 5}))
    found = rows_of(layer.receptors, t)
    rows = [
        (
            names[cast("int", row["place_index"])],
            clean(row["name"] or row["id"]),
            t.km(number_of(row["distance_m"])),
            sentences.direction(t, number_of(row["bearing_deg"])),
            "" if row["inside"] else t("cli.nearest-outside"),
        )
        for row in found[:_LISTED]
    ]
    if len(found) > _LISTED:
        rows.append(("", t("cli.more-rows", count=t.number(len(found) - _LISTED)), "", "", ""))
    yield table(_headings(t, "place", "receptor", "straight", "direction", "outside"), rows, numbers=frozenset({2}))


def corridor(
    answer: CorridorAnswer, t: Translator, receptors: Mapping[str, pd.DataFrame], regions: CorridorRegions | None = None
) -> str:
    """Write who lives along a line: the count, then its profile, the towns and the receptors in order of travel."""
    width, length = t.km(answer.question.width_m), t.km(answer.length_m)
    headline = _headline(t, answer, width)
    if not (math.isnan(answer.population_max_persons) or answer.headline_is_range):
        density = t.number(answer.density_per_km2, 1) if math.isfinite(answer.density_per_km2) else t("no-data")
        headline += "\n" + t("cli.corridor.density", density=density, per_km=t.people(answer.persons_per_km))
    profile = [
        (
            f"{t.km(number_of(row['from_m']))} – {t.km(number_of(row['to_m']))}",
            t("cli.range-only") if answer.range_only else _people(t, row),
            _range(t, row),
        )
        for row in rows_of(answer.profile, t)
    ]
    parts = [
        t("cli.corridor.profile")
        + "\n"
        + table(_headings(t, "stretch", "people", "range"), profile, numbers=frozenset({0, 1, 2}))
    ]
    parts.append(_by_part(answer, t))
    if regions is not None:
        rows = [(_region(t, row), *_counted(t, row)) for row in rows_of(regions.by_region, t)]
        title = t("cli.corridor.regions", file=clean(regions.file))
        told = table(_headings(t, "region", "people", "range"), rows, numbers=frozenset({1, 2}))
        parts.append(title + "\n" + told)
    if len(answer.towns):
        parts.append(t("cli.corridor.towns") + "\n" + _along(answer.towns, t, people=True))
    for file, frame in receptors.items():
        inside = t.number(int(frame["inside"].sum()))
        title = t("cli.corridor.receptors", file=clean(file), count=inside)
        parts.append(title + ("\n" + _along(frame, t) if len(frame) else ""))
    return page(
        t("export.title.corridor", width=width, length=length),
        headline,
        *parts,
        about(
            t,
            answer.evidence,
            notes(t, (*answer.notes, *(() if regions is None else regions.notes))),
            answer.sources,
        ),
    )


def _counted(t: Translator, row: Row) -> tuple[str, str]:
    """Write the central value, or that there is only a range, and the range."""
    central, greatest = (number_of(row[f"population_{which}persons"]) for which in ("", "max_"))
    only_range = math.isnan(central) and not math.isnan(greatest)
    return (t("cli.range-only") if only_range else _people(t, row), _range(t, row))


def _by_part(answer: CorridorAnswer, t: Translator) -> str:
    apart = set(answer.by_part.loc[answer.by_part["enclave_id"].notna(), "country"])
    rows = [
        (sentences.part(t, row["country"], row["name"], apart=row["country"] in apart), *_counted(t, row))
        for row in rows_of(answer.by_part, t)
    ]
    if not rows:
        return ""
    told = table(_headings(t, "countries", "people", "range"), rows, numbers=frozenset({1, 2}))
    return sheet_title(t, "by_part") + "\n" + told


def _along(frame: pd.DataFrame, t: Translator, *, people: bool = False) -> str:
    found = rows_of(frame, t)
    rows = [
        (
            t.km(number_of(row["along_m"])),
            clean(row["name"] or row["id"]),
            t.km(number_of(row["offset_m"])),
            "" if row["inside"] else t("cli.may-be-inside"),
            *((_people(t, row),) if people else ()),
        )
        for row in found[:_LISTED]
    ]
    if len(found) > _LISTED:
        rows.append(("", t("cli.more-rows", count=t.number(len(found) - _LISTED)), "", "", *(("",) if people else ())))
    headings = _headings(t, "along", "place", "aside", "outside", *(("people",) if people else ()))
    return table(headings, rows, numbers=frozenset({0, 2, 4}))


def no_corridor(route: RouteAnswer, t: Translator) -> str:
    """Write why there is no line to count along."""
    ends = {"origin": place_name(t, route.origin), "destination": place_name(t, route.destination)}
    reason = "" if route.reason is None else wrapped(sentences.reason(t, route.reason))
    remarks = notes(t, route.notes, route.origin, route.destination)
    return page(t("export.title.route", **ends), reason, about(t, route.evidence, remarks))
