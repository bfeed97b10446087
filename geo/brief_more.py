"""Tables of a brief that only some views have: roads to weigh, people along a road, by region, by receptor, by source."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from geo import headlines, sentences
from geo.brief_tables import Table, table_of, without_repeat
from geo.road_layers import option_name
from geo.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.comparison import Comparison
    from geo.corridor import CorridorAnswer
    from geo.exposure import ExposureAnswer
    from geo.extras import Extras
    from geo.i18n import Translator
    from geo.plans import Option, PlanAnswer
    from geo.receptors import ReceptorsAnswer
    from geo.regions import RegionsAnswer


def _present(tables: Iterable[Table | None]) -> list[Table]:
    return [table for table in tables if table is not None]


def _heads(t: Translator, *names: str) -> list[str]:
    return [t(f"cli.column.{name}") for name in names]


def _people(t: Translator, row: Any) -> tuple[str, str]:  # noqa: ANN401 - a row of any answer about people
    return headlines.people(t, row), headlines.people_range(t, row)


def journey(answer: PlanAnswer, t: Translator) -> list[Table]:
    """List the roads to weigh against each other, and the people along the best one."""
    if answer.corridor is None:
        return []
    width = t.km(answer.question.width_m)
    tables = [_roads(answer, answer.alternatives, "cli.plan.alternatives", t)] if answer.alternatives else []
    if answer.tradeoff:
        tables.append(_roads(answer, answer.tradeoff, "cli.plan.tradeoff", t))
    return _present((*tables, _along(answer.corridor, t, width), _towns(answer.corridor, t, width)))


def _roads(answer: PlanAnswer, options: tuple[Option, ...], key: str, t: Translator) -> Table | None:
    weighed = any(math.isfinite(one.passed_persons) for one in options)

    def row(name: str, road: Any, extra_s: float, shared: float, passed: float, people: Any) -> tuple[str, ...]:  # noqa: ANN401, PLR0913, PLR0917 - one row of two kinds
        cells = [
            name,
            t.km(road.distance_m),
            t.duration(road.travel_time_s),
            sentences.more_time(t, extra_s),
            f"{t.number(100 * shared)}\u00a0%",
            t.range(people.population_min_persons, people.population_max_persons)
            if math.isfinite(people.population_max_persons)
            else t("no-data"),
        ]
        return (*cells, t.people(passed)) if weighed else tuple(cells)

    rows = [row(option_name(t, "main"), answer.route, 0.0, 1.0, answer.passed_persons, answer.corridor)]
    rows += [row(option_name(t, o.id), o.route, o.extra_s, o.shared_share, o.passed_persons, o) for o in options]
    heads = [
        t("routepage.option"), *_heads(t, "length", "time", "more-time"), t("routepage.shared"),
        t("routepage.people-along"), *([t("export.column.passed_persons")] if weighed else []),
    ]  # fmt: skip
    remark = t("brief.roads-people", width=t.km(answer.question.width_m))
    return table_of(
        t, t(key), heads, rows, (4.4, 2.6, 3.2, 3.2, 3, 4.4, 3)[: len(heads)], numbers=range(1, 7), remark=remark
    )


def _along(answer: CorridorAnswer, t: Translator, width: str) -> Table | None:
    apart = set(answer.by_part.loc[answer.by_part["enclave_id"].notna(), "country"])
    rows = [
        (sentences.part(t, one["country"], t.name(one) or None, apart=one["country"] in apart), *_people(t, one))
        for _, one in answer.by_part.iterrows()
    ]
    heads = [t("chart.country"), *_heads(t, "people", "range")]
    cells = without_repeat(heads, rows, 1)
    return table_of(t, t("brief.table.along", width=width), *cells, (5, 4, 4)[: len(cells[0])], numbers=(1, 2))


def _towns(answer: CorridorAnswer, t: Translator, width: str) -> Table | None:
    rows = [
        (
            t.name(one) or clean(one["id"]),
            t.km(float(one["along_m"])),
            t.km(float(one["offset_m"])),
            t("export.yes" if one["inside"] else "brief.perhaps"),
            t.number(float(one["population_persons"])),
        )
        for _, one in answer.towns.iterrows()
    ]
    heads = [*_heads(t, "place"), t("brief.along"), t("brief.from-road"), t("brief.within-width"), *_heads(t, "people")]
    return table_of(t, t("brief.table.towns", width=width), heads, rows, (5, 3, 3, 3.4, 3), numbers=(1, 2, 4))


def people(answer: ExposureAnswer, more: Extras, radius_m: float, t: Translator) -> list[Table]:
    """List people by region, what the reader's layers hold, and a second source beside the first."""
    tables = [] if more.regions is None else [_regions(more.regions, radius_m, t)]
    if more.comparison is not None:
        tables.append(_comparison(answer, more.comparison, t))
    for layer in more.receptors:
        tables += [_rings(answer, layer, t), _receptors(answer, layer, t)]
    return _present(tables)


def _regions(regions: RegionsAnswer, radius_m: float, t: Translator) -> Table | None:
    frame = regions.totals_by_region[regions.totals_by_region["radius_m"] == radius_m]
    rows = [
        (
            (t.name(one) or clean(one["region_id"])) if isinstance(one["region_id"], str) else t("cli.outside-regions"),
            *_people(t, one),
        )
        for _, one in frame.iterrows()
    ]
    title = t("peoplepage.by-region", file=clean(regions.file), radius=headlines.radius_name(t, radius_m))
    cells = without_repeat(_heads(t, "region", "people", "range"), rows, 1)
    return table_of(t, title, *cells, (5, 4, 4)[: len(cells[0])], numbers=(1, 2))


def _place(answer: ExposureAnswer, t: Translator, index: int) -> str:
    return t("export.all-places") if index < 0 else headlines.place(t, answer.places[index])


def _rings(answer: ExposureAnswer, layer: ReceptorsAnswer, t: Translator) -> Table | None:
    rows = [
        (
            _place(answer, t, int(one["place_index"])),
            headlines.ring_name(t, one),
            t.number(float(one["receptors"])),
            f"{t.number(float(one['receptors_min']))}–{t.number(float(one['receptors_max']))}",
        )
        for _, one in layer.rings.iterrows()
    ]
    heads = _heads(t, "place", "ring", "receptors", "range")
    return table_of(t, t("cli.exposure.receptors", file=clean(layer.file)), heads, rows, (5, 3, 3, 3), numbers=(2, 3))


def _receptors(answer: ExposureAnswer, layer: ReceptorsAnswer, t: Translator) -> Table | None:
    rows = [
        (
            _place(answer, t, int(one["place_index"])),
            t.name(one) or clean(one["id"]),
            t.km(float(one["distance_m"])),
            sentences.direction(t, float(one["bearing_deg"])),
            headlines.ring_name(t, one) if one["inside"] else t("cli.nearest-outside"),
        )
        for _, one in layer.receptors.iterrows()
    ]
    heads = [*_heads(t, "place", "receptor", "straight", "direction"), t("chart.ring")]
    return table_of(t, clean(layer.file), heads, rows, (4, 6, 3, 3, 3), numbers=(2,))


def _comparison(answer: ExposureAnswer, comparison: Comparison, t: Translator) -> Table | None:
    rows = []
    for _, one in comparison.zones.iterrows():
        other = pd.Series(
            {name.removeprefix("other_"): one[name] for name in one.index if str(name).startswith("other_")}
        )
        place = _place(answer, t, int(one["place_index"]))
        ratio = "" if pd.isna(one["ratio"]) else t.number(float(one["ratio"]), 2)
        sides = (headlines.side(t, one), headlines.side(t, other))
        rows.append((place, headlines.radius_name(t, float(one["radius_m"])), *sides, ratio))
    heads = _heads(t, "place", "radius", "from-settlements", "from-grid", "ratio")
    title = t("peoplepage.compared", file=clean(answer.grid or ""))
    return table_of(t, title, heads, rows, (4, 3, 5, 5, 2.4), numbers=(2, 3, 4))
