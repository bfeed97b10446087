"""Which rules changed a way, what it would be without them, and which must be broken where nothing else leads on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shapely import LineString

    from geo.rules import AppliedRule
    from geo.ways import Way

#: Each rule tried takes a search of its own; beyond this many those that the freest way breaks are tried first.
MOST_TRIED: Final = 12


@dataclass(frozen=True, eq=False)
class Found:
    """A way under some rules, and what it costs by the objective."""

    cost: float
    way: Way


@dataclass(frozen=True, eq=False)
class RuleEffect:
    """What one rule did to a route, or several that only together did anything.

    Parameters
    ----------
    rules
        The rule, or the fewest rules found that must be set aside together.
    way
        The best way without them, the other rules kept.
    geometry
        Its line.
    saved_m, saved_s
        By how much the route is longer and slower than that way, negative where it is shorter or faster; None where
        there is no route, or no time is known.
    """

    rules: tuple[AppliedRule, ...]
    way: Way
    geometry: LineString | None = None
    saved_m: float | None = None
    saved_s: float | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the rules."""
        return tuple(rule.id for rule in self.rules)

    def broken(self, rule: AppliedRule) -> list[str]:
        """Name the sections of the way that a rule closes, in order of travel."""
        rows = dict.fromkeys(step.section for step in self.way.steps if rule.closed[step.section])
        return [str(name) for name in rule.network.sections["id"].iloc[list(rows)]]

    @property
    def distance_m(self) -> float:
        """Length of the way without the rules."""
        return self.way.distance_m

    @property
    def travel_time_s(self) -> float | None:
        """Time of the way without the rules; None where no speed is known."""
        return None if math.isnan(self.way.travel_time_s) else self.way.travel_time_s

    @property
    def countries(self) -> tuple[str, ...]:
        """Countries of the way without the rules, in order of travel."""
        return self.way.countries


def effects(
    applied: Sequence[AppliedRule],
    search: Callable[[frozenset[str]], Found | None],
    line: Callable[[Way], LineString | None],
) -> tuple[RuleEffect, ...]:
    """Find the rules that changed a way.

    A rule changed it when setting aside this rule alone makes it cheaper by the objective, or possible at all. Where
    no rule does so alone, a smallest set of those that the freest way breaks is named: each of them is needed.

    Parameters
    ----------
    applied
        The rules in force.
    search
        Gives the best way with some of them set aside.
    line
        Draws a way.

    Returns
    -------
    tuple[RuleEffect, ...]
        The one that sets the way back most comes first. Empty where no rule changed anything, or where no road leads
        there even without all of them.
    """
    kept = search(frozenset())
    every = frozenset(rule.id for rule in applied)
    free = search(every) if every else kept
    if free is None or (kept is not None and kept.cost <= free.cost):
        return ()
    broken = _broken(applied, free.way)
    tried = sorted(applied, key=lambda rule: rule not in broken)[:MOST_TRIED]
    alone = [({rule.id}, found) for rule in tried if (found := _better(search, {rule.id}, kept)) is not None]
    sets = alone or [_fewest(broken, search, kept)]
    sets.sort(key=lambda pair: (pair[1].cost, sorted(pair[0])))
    by_id = {rule.id: rule for rule in applied}
    return tuple(_effect([by_id[name] for name in sorted(names)], found, kept, line) for names, found in sets)


def _broken(applied: Sequence[AppliedRule], way: Way) -> list[AppliedRule]:
    """List the rules that a way breaks."""
    driven = np.unique([step.section for step in way.steps]).astype(np.int64)
    return [rule for rule in applied if rule.closed[driven].any()]


def _better(search: Callable[[frozenset[str]], Found | None], aside: set[str], kept: Found | None) -> Found | None:
    """Give the way with some rules set aside where it is better than the one that keeps to all."""
    found = search(frozenset(aside))
    return found if found is not None and (kept is None or found.cost < kept.cost) else None


def _fewest(
    broken: Sequence[AppliedRule], search: Callable[[frozenset[str]], Found | None], kept: Found | None
) -> tuple[set[str], Found]:
    """Keep as many of the broken rules as can be kept, in their order: the borders before anything else."""
    aside = {rule.id for rule in broken}
    found = _better(search, aside, kept)
    assert found is not None  # noqa: S101 - the freest way breaks these rules and no other
    for rule in broken:
        fewer = _better(search, aside - {rule.id}, kept)
        if fewer is not None:
            aside, found = aside - {rule.id}, fewer
    return aside, found


def _effect(
    rules: Sequence[AppliedRule], found: Found, kept: Found | None, line: Callable[[Way], LineString | None]
) -> RuleEffect:
    saved_m = None if kept is None else kept.way.distance_m - found.way.distance_m
    saved_s = None if kept is None else kept.way.travel_time_s - found.way.travel_time_s
    return RuleEffect(
        rules=tuple(rules),
        way=found.way,
        geometry=line(found.way),
        saved_m=saved_m,
        saved_s=None if saved_s is None or math.isnan(saved_s) else saved_s,
    )
