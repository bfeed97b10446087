"""What a planned journey says in sentences and as a document: its road, the people along it, and the roads weighed."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from geo import downloads, sentences
from geo.crs import WGS84
from geo.documents import Document, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.corridor import CorridorAnswer
    from geo.i18n import Translator
    from geo.plans import Option, PlanAnswer

_PEOPLE = ("population_persons", "population_min_persons", "population_max_persons")


def told(answer: PlanAnswer, t: Translator, *, of_road: bool = True) -> tuple[str, ...]:
    """Write what a reader must know: why something is missing, the road, the weighing, and the people along it.

    Parameters
    ----------
    answer
        The plan.
    t
        Language.
    of_road
        Whether to repeat what the answer of the main road says itself.
    """
    road = answer.route
    missing = (answer.people_reason, answer.alternatives_reason)
    along = () if answer.corridor is None else answer.corridor.notes
    remarks = (*(road.notes if of_road else ()), *answer.notes, *along)
    reasons = tuple(sentences.reason(t, reason) for reason in missing if reason is not None)
    return (*reasons, *downloads.notes(t, remarks, road.origin, road.destination))


def sources(answer: PlanAnswer) -> tuple[str, ...]:
    """Name whom the numbers of people come from."""
    return () if answer.corridor is None else answer.corridor.sources


def people(answer: PlanAnswer, t: Translator) -> str:
    """Say in one sentence how many people live along the main road; empty without a line."""
    along = answer.corridor
    if along is None:
        return ""
    told = _living(along, answer, t)
    if math.isnan(answer.passed_persons):
        return told
    return f"{told} {t('cli.plan.passed', people=t.people(answer.passed_persons))}"


def _living(along: CorridorAnswer, answer: PlanAnswer, t: Translator) -> str:
    width = t.km(answer.question.width_m)
    spread = t.range(along.population_min_persons, along.population_max_persons)
    if math.isnan(along.population_persons) and math.isfinite(along.population_max_persons):
        return t("cli.plan.range", width=width, range=spread)
    told = t.people(along.population_persons)
    if along.population_min_persons == along.population_max_persons:
        return t("cli.plan.people-alone", width=width, people=told)
    return t("cli.plan.people", width=width, people=told, range=spread)


def document(answer: PlanAnswer, t: Translator, *, lines_first: bool = False) -> Document:
    """Make a document of a plan: that of its main road, with the other roads and their lines as further tables.

    Parameters
    ----------
    answer
        The plan.
    t
        Language.
    lines_first
        The line of the main road is the document's subject (for GeoJSON), not its list of sections.
    """
    main = downloads.route(answer.route, t, lines_first=lines_first)
    sheets = [*main.sheets]
    if answer.alternatives:
        sheets.append(Sheet("plan_alternatives", _frame(answer.alternatives)))
    if answer.tradeoff:
        sheets.append(Sheet("plan_tradeoff", _frame(answer.tradeoff, with_supported=True)))
    reason = () if answer.route.reason is None else (sentences.reason(t, answer.route.reason),)
    along = () if answer.corridor is None else (people(answer, t),)
    return replace(
        main,
        sheets=tuple(sheets),
        evidence=answer.evidence,
        notes=(*reason, *along, *told(answer, t)),
        sources=tuple(dict.fromkeys((*main.sources, *sources(answer)))),
    )


def _frame(options: Sequence[Option], *, with_supported: bool = False) -> gpd.GeoDataFrame:
    rows = [
        {
            "option_id": int(option.id.rpartition("-")[2]),
            "distance_m": option.route.distance_m,
            "travel_time_s": option.route.travel_time_s,
            "extra_m": option.extra_m,
            "extra_s": option.extra_s,
            "shared_m": option.shared_m,
            "shared_share": option.shared_share,
            "passed_persons": option.passed_persons,
            **{name: getattr(option, name) for name in _PEOPLE},
            **({"is_supported": option.is_supported} if with_supported else {}),
            "countries": option.route.countries,
            "evidence": option.route.evidence,
        }
        for option in options
    ]
    lines = [option.route.geometry for option in options]
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry=lines, crs=WGS84)
