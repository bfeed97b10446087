"""The best road route between two places, by distance, time or another measure, under the rules of the road."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo import rules as road_rules
from geo.errors import QuestionError
from geo.evidence import Note, weakest
from geo.network import Minimise, build_cached
from geo.places import refuse_examples
from geo.route_notes import (
    breaking_reason,
    effect_notes,
    end_notes,
    largest,
    refused_end_notes,
    road_notes,
    rule_notes,
)
from geo.route_question import LARGEST_SNAP_LIMIT_M, OBJECTIVES, Objective, RouteQuestion, check_snap_limit
from geo.rule_effects import Found, RuleEffect, effects
from geo.ruled import without_countries
from geo.rules import STAY_IN
from geo.snapping import snap_limit_m
from geo.trees import Tree
from geo.ways import (
    Way,
    leg,
    locate,
    own_extent,
    same_point,
    section_table,
    snap_places,
    way_line,
    way_to,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from shapely import LineString

    from geo.dataset import Dataset
    from geo.graphs import SectionWeights
    from geo.network import Network
    from geo.places import Place
    from geo.rules import AppliedRule
    from geo.snapping import Snaps

__all__ = [
    "LARGEST_SNAP_LIMIT_M",
    "OBJECTIVES",
    "Objective",
    "RouteAnswer",
    "RouteQuestion",
    "check_snap_limit",
    "find",
    "road_notes",
]

#: A smaller part of the length is not worth a percentage.
_TOLD_SHARE: Final = 0.01


@dataclass(frozen=True, eq=False)
class RouteAnswer:
    """A route, or the reason why there is none.

    Parameters
    ----------
    question
        What was asked.
    origin, destination
        The places, with their country.
    reachable, reason
        Whether there is a route; if not, why: ``no-position``, ``no-network``, ``no-speeds``, ``snap-too-far``,
        ``no-road``, ``only-abroad``, ``only-by-breaking-closure``, ``…-avoid`` or ``…-several``,
        ``end-outside-stay-in``, ``end-in-avoided`` or ``countries-unknown``.
    distance_m, travel_time_s
        Along the road, exactly the sum of the sections; the straight legs from place to road are not in them.
        None without a route; the time also where no planning speed is known.
    snap_from_m, snap_to_m
        The straight legs between the places and the road; None without a route.
    countries
        In order of travel, without repeats one after another.
    sections
        A row a section driven, in order, with the columns :data:`geo.ways.SECTION_COLUMNS`.
    geometry
        The way along the road in WGS 84, schematic; None where nothing is driven.
    legs
        The straight legs, from the origin to the road and from the road to the destination.
    length_published_share
        Part of the distance whose sections have a published length; NaN where nothing is driven.
    positional_error_m
        Largest of the sections' positional errors; NaN where none is known.
    evidence
        The weakest of the two places and the sections driven.
    notes
        What the reader must know.
    abroad
        The better route that leaves the country, when staying in it withheld that one.
    rules_applied
        The rules that changed the route, with what the route would be without each; for places that only breaking
        a rule connects, what it would cost to break it.
    snap_limit_m
        How far from the network a place was allowed to lie.
    way
        The steps driven; None without a route.
    """

    question: RouteQuestion
    origin: Place
    destination: Place
    reachable: bool
    reason: Note | None
    distance_m: float | None
    travel_time_s: float | None
    snap_from_m: float | None
    snap_to_m: float | None
    countries: tuple[str, ...]
    sections: pd.DataFrame
    geometry: LineString | None
    legs: tuple[LineString, ...]
    length_published_share: float
    positional_error_m: float
    evidence: str
    notes: tuple[Note, ...]
    abroad: RouteAnswer | None = None
    rules_applied: tuple[RuleEffect, ...] = ()
    snap_limit_m: float = math.nan
    way: Way | None = None

    @property
    def transboundary(self) -> bool:
        """Whether the road crosses a border: such a movement of waste needs prior informed consent (Basel)."""
        return len(set(self.countries)) > 1


@dataclass(frozen=True, eq=False)
class _Case:
    """A question with everything looked up that its answers share."""

    dataset: Dataset
    network: Network
    question: RouteQuestion
    origin: Place
    destination: Place
    weights: SectionWeights | None
    applied: tuple[AppliedRule, ...] = ()

    @property
    def ends(self) -> tuple[Place, Place]:
        return self.origin, self.destination

    @property
    def home(self) -> tuple[str, ...]:
        """Countries that the road must not leave."""
        return self.question.road_rules.countries([place.country for place in self.ends])

    @property
    def limit_m(self) -> float:
        return snap_limit_m(self.network, self.question.snap_limit_m)

    @property
    def objective(self) -> Minimise | SectionWeights:
        if self.weights is not None:
            return self.weights
        if self.question.minimise == "people":
            raise QuestionError("weights-missing", found=self.question.minimise)
        return self.question.minimise

    def search(self, snaps: Snaps, aside: frozenset[str]) -> Found | None:
        """Find the best way with some rules set aside; None where no road leads there."""
        graph = self.network.graph_of(self.objective, road_rules.open_sections(self.applied, without=aside))
        tree = Tree(self.network, graph, snaps[0])
        cost = float(tree.cost_to(snaps[1])[0])
        return Found(cost, way_to(self.network, tree, snaps[1])) if math.isfinite(cost) else None


def find(
    dataset: Dataset,
    question: RouteQuestion,
    network: Network | None = None,
    *,
    weights: SectionWeights | None = None,
) -> RouteAnswer:
    """Find the best road route between two places.

    Dijkstra's algorithm runs over the sections that the rules leave, and again with rules set aside, so that what
    each of them does to the route, and the better road abroad or the only one, is shown beside the answer. A place
    joins the road at the nearest point within the limit (:func:`geo.snapping.snap`), whatever the rules.

    Parameters
    ----------
    dataset
        Places, borders, closures and roads.
    question
        The ends, the objective and the rules.
    network
        The network of the same data set, when it is at hand, or one of the reader's own; else it is made once and
        kept.
    weights
        What each section costs by an objective that the network does not know; it replaces that of the question.

    Returns
    -------
    RouteAnswer
        Without a route, ``reachable`` is False and ``reason`` says why.

    Raises
    ------
    QuestionError
        ``unknown-place``, ``outside-window``, ``outside-network`` or ``coordinates-swapped`` for an end that cannot
        be found; ``example-place`` for an illustrative end outside training; ``weights-missing``; ``closure-unknown``.
    """
    extent = own_extent(network)
    origin, destination = (locate(dataset, text, extent) for text in (question.from_place, question.to_place))
    refuse_examples((origin, destination), training=question.training)
    roads = build_cached(dataset) if network is None else network
    case = _Case(dataset, roads, question, origin, destination, weights)
    for end, place in zip(("from", "to"), case.ends, strict=True):
        if not place.has_position:
            return _without(case, Note("no-position", {"place": place.text, "end": end}))
    applied = road_rules.closed(dataset, roads, question.road_rules, [place.country for place in case.ends])
    case = replace(case, applied=applied)
    if refusal := _contradiction(case):
        return _without(case, refusal)
    if same_point(origin, destination.lon, destination.lat).all():
        return _with(case, Way((), (), (), ()), None)
    snaps = snap_places(roads, case.ends, case.limit_m)
    refusal = _refusal(case, snaps)
    if refusal is None:
        return _answer(case, snaps)
    further = refused_end_notes(roads, *_refused(case, snaps)) if refusal.code == "snap-too-far" else ()
    return _without(case, refusal, *further)


def _contradiction(case: _Case) -> Note | None:
    """Say which end the rules themselves exclude."""
    wanted = case.home
    for end, place in zip(("from", "to"), case.ends, strict=True):
        named = {"end": end, "place": place.text}
        if wanted and place.country is not None and place.country not in wanted:
            return Note("end-outside-stay-in", {**named, "country": place.country, "countries": ", ".join(wanted)})
        for number, area in enumerate(case.question.road_rules.areas, start=1):
            if shapely.intersects_xy(area, place.lon, place.lat):
                return Note("end-in-avoided", {**named, "number": number})
    return None


def _refused(case: _Case, snaps: Snaps) -> tuple[Place, Snaps, int]:
    """Give the first end that lies too far from every road."""
    row = int(np.flatnonzero(snaps.distance_m > case.limit_m)[0])
    return case.ends[row], snaps, row


def _refusal(case: _Case, snaps: Snaps) -> Note | None:
    """Say why no way can even be looked for."""
    if not len(case.network.sections):
        return Note("no-network")
    if case.objective == "time" and np.isnan(case.network.time_s).all():
        return Note("no-speeds")
    limit_m = case.limit_m
    for row, end in enumerate(("from", "to")):
        if snaps.distance_m[row] > limit_m:
            values = {"distance_m": float(snaps.distance_m[row]), "limit_m": limit_m}
            return Note("snap-too-far", {**values, "end": end, "place": case.ends[row].text})
    # Places of elsewhere are told to be far off first: that is what is wrong with them.
    return Note("countries-unknown") if case.home and without_countries(case.network) else None


def _answer(case: _Case, snaps: Snaps) -> RouteAnswer:
    searched: dict[frozenset[str], Found | None] = {}

    def search(aside: frozenset[str]) -> Found | None:
        if aside not in searched:
            searched[aside] = case.search(snaps, aside)
        return searched[aside]

    changed = effects(case.applied, search, lambda way: way_line(case.network, way))
    kept = search(frozenset())
    if kept is None and not changed:
        return _without(case, Note("no-road"))
    border = next((effect for effect in changed if effect.ids == (STAY_IN,)), None)
    abroad = None if border is None else _with(replace(case, question=case.question.abroad()), border.way, snaps)
    if kept is None:
        answer = _without(case, _only(case, changed[0]), *effect_notes(changed, reachable=False))
        return replace(answer, abroad=abroad, rules_applied=changed, evidence=_weaker(answer.evidence, changed))
    answer = _with(case, kept.way, snaps)
    better = () if border is None else (_better_abroad(case, border),)
    told = effect_notes(changed, reachable=True)
    notes = (*better, *told, *(note for note in answer.notes if note not in told))
    evidence = _weaker(answer.evidence, changed)
    return replace(answer, abroad=abroad, rules_applied=changed, evidence=evidence, notes=notes)


def _weaker(evidence: str, changed: Sequence[RuleEffect]) -> str:
    """Give the weakest evidence of an answer and of the closures that shaped it."""
    said = [rule.evidence for effect in changed for rule in effect.rules if rule.evidence is not None]
    return weakest([evidence, *said]) or evidence


def _only(case: _Case, cheapest: RuleEffect) -> Note:
    """Say which rule stands in the way of the only road."""
    if cheapest.ids != (STAY_IN,):
        return breaking_reason(cheapest)
    home = ", ".join(case.home)
    found: dict[str, str | float] = {"country": home, "countries": ", ".join(cheapest.countries)}
    return Note("only-abroad", {**found, "distance_m": cheapest.distance_m})


def _better_abroad(case: _Case, effect: RuleEffect) -> Note:
    through = {"countries": ", ".join(code for code in dict.fromkeys(effect.countries) if code not in case.home)}
    if case.objective == "time":
        time_s, saved_s = effect.way.travel_time_s, effect.saved_s or 0.0
        return Note("faster-abroad", {"travel_time_s": time_s, "saved_s": saved_s, **through})
    if case.objective == "distance":
        return Note("shorter-abroad", {"distance_m": effect.distance_m, "saved_m": effect.saved_m or 0.0, **through})
    return Note("better-abroad", {"distance_m": effect.distance_m, **through})


def _without(case: _Case, reason: Note, *further: Note) -> RouteAnswer:
    empty = Way((), (), (), ())
    # The sentence of a reason stands alone in tables too; its values are told by a note of the same name.
    told = (reason,) if reason.code in {"snap-too-far", "only-abroad"} else ()
    return RouteAnswer(
        question=case.question,
        origin=case.origin,
        destination=case.destination,
        reachable=False,
        reason=reason,
        distance_m=None,
        travel_time_s=None,
        snap_from_m=None,
        snap_to_m=None,
        countries=(),
        sections=section_table(case.network, empty),
        geometry=None,
        legs=(),
        length_published_share=math.nan,
        positional_error_m=math.nan,
        evidence=weakest(place.evidence for place in case.ends) or "documented",
        notes=(*told, *further),
        snap_limit_m=case.limit_m,
    )


def _with(case: _Case, way: Way, snaps: Snaps | None) -> RouteAnswer:
    """Make the answer of a way; without snaps both ends are one point."""
    sections = section_table(case.network, way)
    legs = [None, None] if snaps is None else [leg(case.ends[i], snaps, i, outward=i == 0) for i in (0, 1)]
    published = [basis == "published" for basis in sections["length_basis"]]
    published_m = sum((m for m, known in zip(way.length_m, published, strict=True) if known), 0.0)
    share = published_m / way.distance_m if way.distance_m > 0 else math.nan
    return RouteAnswer(
        question=case.question,
        origin=case.origin,
        destination=case.destination,
        reachable=True,
        reason=None,
        distance_m=way.distance_m,
        travel_time_s=None if math.isnan(way.travel_time_s) else way.travel_time_s,
        snap_from_m=0.0 if snaps is None else float(snaps.distance_m[0]),
        snap_to_m=0.0 if snaps is None else float(snaps.distance_m[1]),
        countries=way.countries,
        sections=sections,
        geometry=way_line(case.network, way),
        legs=tuple(line for line in legs if line is not None),
        length_published_share=share,
        positional_error_m=largest(sections["positional_error_m"].to_numpy()),
        evidence=weakest([*(place.evidence for place in case.ends), *sections["evidence"]]) or "documented",
        notes=(*_way_notes(case, way, share), *end_notes(case.dataset, case.ends, snaps, legs)),
        snap_limit_m=case.limit_m,
        way=way,
    )


def _way_notes(case: _Case, way: Way, share: float) -> tuple[Note, ...]:
    if not way.steps:
        return ()
    rules = case.question.road_rules
    snow = road_rules.winter_warned(case.dataset, case.network, rules)
    notes = [
        *rule_notes(case.dataset, case.network, rules, way),
        *road_notes(case.network, way, day=rules.day, told=snow),
    ]
    if case.network.schematic and not math.isnan(share):
        told = share >= _TOLD_SHARE
        notes.append(Note("published-share", {"share": share}) if told else Note("lengths-estimated"))
    return tuple(notes)
