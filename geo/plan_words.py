"""Planned journeys as JSON and as documents: the main road as always, and beside it what was weighed against it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import shapely

from geo import answers_json
from geo.plan_text import document, people, sources, told

if TYPE_CHECKING:
    from geo.dataset import Dataset
    from geo.i18n import Translator
    from geo.plans import Option, PlanAnswer

__all__ = ["as_json", "document", "people", "sources", "told"]

Json = dict[str, Any]

_PEOPLE = ("population_persons", "population_min_persons", "population_max_persons")


def as_json(dataset: Dataset, answer: PlanAnswer, t: Translator) -> Json:
    """Give a plan: the keys of a route, who lives along it, and the roads weighed against it."""
    along = answer.corridor
    people = dict.fromkeys(_PEOPLE) if along is None else {name: getattr(along, name) for name in _PEOPLE}
    return answers_json.route(dataset, answer.route, t) | {
        "minimised": answer.route.question.minimise,
        **people,
        "population_source": {"kind": "settlements" if answer.grid is None else "grid", "file": answer.grid},
        "population_width_m": answer.question.width_m,
        "population_range_only": along is not None and along.range_only,
        "population_coverage_share": None if along is None else along.coverage_share,
        "passed_persons": answer.passed_persons,
        **answers_json.reason(answer.people_reason, t, "people_reason"),
        "alternatives": [_option(option) for option in answer.alternatives],
        **answers_json.reason(answer.alternatives_reason, t, "alternatives_reason"),
        "tradeoff": [{**_option(option), "is_supported": option.is_supported} for option in answer.tradeoff],
        "tradeoff_method": answer.tradeoff_method,
        "tradeoff_left_out": answer.tradeoff_left_out,
        "evidence": answer.evidence,
        "notes": list(told(answer, t)),
    }


def _option(option: Option) -> Json:
    route = option.route
    return {
        "id": option.id,
        "distance_m": route.distance_m,
        "travel_time_s": route.travel_time_s,
        "extra_m": option.extra_m,
        "extra_s": option.extra_s,
        "shared_m": option.shared_m,
        "shared_share": option.shared_share,
        "passed_persons": option.passed_persons,
        **{name: getattr(option, name) for name in _PEOPLE},
        "countries": list(route.countries),
        "transboundary": route.transboundary,
        "section_ids": route.sections["id"].tolist(),
        "positional_error_m": route.positional_error_m,
        "evidence": route.evidence,
        "geometry": None if route.geometry is None else json.loads(shapely.to_geojson(route.geometry)),
    }
