"""The rules that changed a route, as JSON objects: what each closed, who says so, and what there would be without it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import shapely

from geo import sentences

if TYPE_CHECKING:
    from geo.i18n import Translator
    from geo.routing import RouteAnswer
    from geo.rule_effects import RuleEffect
    from geo.rules import AppliedRule

Json = dict[str, Any]


def rules_applied(answer: RouteAnswer, t: Translator) -> list[Json]:
    """List the rules that changed a route, one entry a rule, with what the route would be without it.

    Rules that only together changed anything name each other in ``together_with`` and share what follows.
    """
    return [_rule(effect, rule, t) for effect in answer.rules_applied for rule in effect.rules]


def _rule(effect: RuleEffect, rule: AppliedRule, t: Translator) -> Json:
    return {
        "id": rule.id,
        "kind": rule.code,
        "text": sentences.note(t, rule.note),
        "closed_sections": rule.count,
        "broken_section_ids": effect.broken(rule),
        "evidence": rule.evidence,
        "source": rule.source,
        "source_date": rule.source_date,
        "unverified": rule.unverified,
        "together_with": [name for name in effect.ids if name != rule.id],
        "without": {
            "distance_m": effect.distance_m,
            "travel_time_s": effect.travel_time_s,
            "countries": list(effect.countries),
            "geometry": None if effect.geometry is None else json.loads(shapely.to_geojson(effect.geometry)),
        },
        "saved_m": effect.saved_m,
        "saved_s": effect.saved_s,
    }
