"""A planned journey: the best road, who lives along it, other good roads, and what sparing people would cost in time."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo import alternatives, routing, tradeoff
from geo.corridor import CorridorQuestion, measure, zones_of
from geo.corridor_lines import stretches_of
from geo.corridor_split import range_of
from geo.evidence import Note, weakest
from geo.graphs import SectionWeights
from geo.grid_people import GridPeople
from geo.journeys import journeys
from geo.network import build_cached
from geo.places import WINDOW
from geo.plans import Option, PlanAnswer, PlanQuestion, chart
from geo.population import settlement_people
from geo.regions import zone_people
from geo.route_notes import driven_sections, largest, road_notes, rule_notes
from geo.rules import closed, open_sections, winter_warned
from geo.section_people import SectionPeople, section_people
from geo.ways import section_table, snap_places, way_line, way_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.alternatives import Other
    from geo.corridor import CorridorAnswer
    from geo.dataset import Dataset
    from geo.journeys import Journeys, Weights
    from geo.network import Network
    from geo.population import PeopleSource
    from geo.routing import Objective, RouteAnswer
    from geo.tradeoff import Compromise, Tradeoff
    from geo.trees import Step

__all__ = ["Option", "PlanAnswer", "PlanQuestion", "chart", "plan"]

#: Points of a trade-off that are told; of more, those that are farthest apart.
MOST_POINTS: Final = 25
#: A trade-off that spares no more than this part of the people is hardly one.
HARDLY: Final = 0.02

_PEOPLE: Final = 1


def plan(
    dataset: Dataset, question: PlanQuestion, network: Network | None = None, people: PeopleSource | None = None
) -> PlanAnswer:
    """Find a road, count who lives along it, and weigh others against it.

    Parameters
    ----------
    dataset
        Places, borders, closures, roads and settlements.
    question
        What is wanted.
    network
        The network of the same data set, when it is at hand, or of an extract; else it is made once and kept.
    people
        Source of people; None for the settlements of the data set.

    Returns
    -------
    PlanAnswer
        Every road obeys the same rules as the main one.

    Raises
    ------
    QuestionError, CrsError
        As :func:`geo.routing.find`, :func:`geo.corridor.measure` and :func:`geo.section_people.section_people`.
    """
    roads = build_cached(dataset) if network is None else network
    source = settlement_people(dataset) if people is None else people
    return _Planner(dataset, question, roads, source).plan()


@dataclass(eq=False)
class _Planner:
    dataset: Dataset
    question: PlanQuestion
    network: Network
    source: PeopleSource
    passed: SectionPeople | None = field(default=None, init=False)

    def plan(self) -> PlanAnswer:
        asked = self.question.route
        for_people = asked.minimise == "people"
        main = self.find("time" if for_people else asked.minimise)
        reason = self.weigh(main) if for_people or self.question.tradeoff else self.elsewhere(main)
        weighed = reason is None and self.passed is not None
        if for_people and weighed:
            main = routing.find(self.dataset, asked, self.network, weights=self.weights())
        plain = PlanAnswer(self.question, main, self.corridor(main), grid=self.grid, people_reason=reason)
        if not main.reachable or main.geometry is None:
            return replace(plain, evidence=main.evidence)
        others = self.others(main)
        found = self.weighing(main) if self.question.tradeoff and weighed else None
        points = () if found is None else apart(found.compromises)
        options = self.options(main, others, points)
        wanted, is_none = self.question.alternatives, not others
        return replace(
            plain,
            passed_persons=self.passed_on(main),
            alternatives=options[: len(others)],
            alternatives_reason=Note("no-alternatives") if wanted and is_none else None,
            tradeoff=options[len(others) :],
            tradeoff_method=None if found is None else found.method,
            tradeoff_left_out=0 if found is None else len(found.compromises) - len(points),
            evidence=_evidence(plain),
            notes=self.notes(found, points),
        )

    @property
    def grid(self) -> str | None:
        return self.source.grid.index.name if isinstance(self.source, GridPeople) else None

    def find(self, minimise: Objective) -> RouteAnswer:
        return routing.find(self.dataset, replace(self.question.route, minimise=minimise), self.network)

    def elsewhere(self, road: RouteAnswer) -> Note | None:
        """Say that the settlements end before the road does: none of them near it is no empty country."""
        if self.grid is not None or road.geometry is None or not self.question.count_people:
            return None
        return None if shapely.box(*WINDOW).covers(road.geometry) else Note("people-elsewhere")

    def weigh(self, road: RouteAnswer) -> Note | None:
        """Count the people passed on every section; say why not where that would mislead."""
        network, width_m = self.network, self.question.width_m
        early = Note("no-speeds") if np.isnan(network.time_s).all() else self.elsewhere(road)
        if early is not None or not road.reachable:
            return early if road.reachable else None
        error_m = np.asarray(network.section_values["positional_error_m"], dtype=float)
        rough = error_m > width_m
        if network.schematic:
            rough |= np.isnan(error_m)
        rows = driven_sections(road.way) if road.way is not None else np.empty(0, dtype=np.int64)
        if rough[rows].any():
            worst_m = error_m[rows[rough[rows]]]
            if np.isnan(worst_m).all():
                return Note("people-line-unknown", {"width_m": width_m})
            found: dict[str, str | float] = {"positional_error_m": float(np.nanmax(worst_m)), "width_m": width_m}
            return Note("people-line-rough", found)
        passed = section_people(network, self.source, width_m)
        if not passed.covered[rows].all():
            return Note("people-not-covered", {"file": self.grid or ""})
        self.passed = replace(passed, covered=passed.covered & ~rough)
        return None

    def passed_on(self, route: RouteAnswer) -> float:
        """Sum up the people passed on a road."""
        if self.passed is None or route.way is None:
            return math.nan
        return sum(abs(step.end - step.start) * float(self.passed.persons[step.section]) for step in route.way.steps)

    def corridor(self, route: RouteAnswer) -> CorridorAnswer | None:
        question = self.along(route)
        return None if question is None else measure(self.dataset, question, self.source)

    def along(self, route: RouteAnswer) -> CorridorQuestion | None:
        """Ask for the people along a road; None where it has no length."""
        line, error_m = route.geometry, route.positional_error_m
        if line is None or not line.length > 0 or not self.question.count_people or self.elsewhere(route) is not None:
            return None
        return CorridorQuestion(line, self.question.width_m, None if math.isnan(error_m) else error_m, route.evidence)

    def living(self, routes: Sequence[RouteAnswer]) -> list[tuple[float, float, float]]:
        """Count how many different people live along each of some roads: the central value and the range."""
        asked = [self.along(route) for route in routes]
        zones = [[] if one is None else zones_of(stretches_of(one.line), one) for one in asked]
        flat = [zone for several in zones for zone in several]
        people = zone_people(self.source.within(flat).figures.total()) if flat else {}
        counts, first = [], 0
        for one, several in zip(asked, zones, strict=True):
            here = slice(first, first + len(several))
            first += len(several)
            if one is None:
                counts.append((math.nan,) * 3)
                continue
            total = {name: values[here] for name, values in people.items()}
            is_range = (one.error_m or 0.0) > one.width_m
            counts.append((math.nan if is_range else float(total["population_persons"][0]), *range_of(total)))
        return counts

    def weights(self) -> SectionWeights:
        assert self.passed is not None  # noqa: S101 - asked only where people were weighed
        return SectionWeights("people", *self.passed.weights(self.network))

    def others(self, main: RouteAnswer) -> tuple[Other, ...]:
        """Find other good roads: by distance where that is the objective, else by time, which sparing people costs."""
        if not self.question.alternatives:
            return ()
        network = self.network
        by_distance = self.question.route.minimise == "distance" or np.isnan(network.time_s).all()
        ways = self.ways(main, network.weights("distance" if by_distance else "time"))
        return alternatives.find(ways, network.length_m, _steps(main), self.question.alternatives)

    def weighing(self, main: RouteAnswer) -> Tradeoff:
        """Weigh time against people."""
        weights = self.weights()
        return tradeoff.search(self.ways(main, self.network.weights("time"), (weights.forward, weights.backward)))

    def ways(self, main: RouteAnswer, *costs: Weights) -> Journeys:
        """Make the graph of all ways between the ends that the rules leave."""
        ends = main.origin, main.destination
        rules = self.question.route.road_rules
        applied = closed(self.dataset, self.network, rules, [place.country for place in ends])
        snaps = snap_places(self.network, ends, main.snap_limit_m)
        return journeys(self.network, snaps, costs, open_sections(applied))

    def drawn(self, main: RouteAnswer, steps: Sequence[Step]) -> RouteAnswer:
        """Make the answer of another way between the same ends; what is said of the ends is said by the main one."""
        network, way = self.network, way_of(self.network, steps)
        sections, rules = section_table(network, way), self.question.route.road_rules
        published = float(sections["length_m"][sections["length_basis"] == "published"].sum())
        snow = winter_warned(self.dataset, network, rules)
        ends = (main.origin.evidence, main.destination.evidence)
        return replace(
            main,
            distance_m=way.distance_m,
            travel_time_s=None if math.isnan(way.travel_time_s) else way.travel_time_s,
            countries=way.countries,
            sections=sections,
            geometry=way_line(network, way),
            length_published_share=published / way.distance_m if way.distance_m > 0 else math.nan,
            positional_error_m=largest(sections["positional_error_m"].to_numpy()),
            evidence=weakest([*ends, *sections["evidence"]]) or "documented",
            notes=(
                *rule_notes(self.dataset, network, rules, way),
                *road_notes(network, way, day=rules.day, told=snow),
            ),
            abroad=None,
            rules_applied=(),
            way=way,
        )

    def options(self, main: RouteAnswer, others: Sequence[Other], points: Sequence[Compromise]) -> tuple[Option, ...]:
        """Make the answers of other roads, and compare each with the main one."""
        ways = [other.steps for other in others] + [point.steps for point in points]
        routes = [self.drawn(main, steps) for steps in ways]
        names = [f"alternative-{number + 1}" for number in range(len(others))]
        names += [f"tradeoff-{number + 1}" for number in range(len(points))]
        cover = alternatives.Cover(_steps(main), self.network.length_m)
        found = []
        for name, route, people in zip(names, routes, self.living(routes), strict=True):
            own = alternatives.Cover(_steps(route), self.network.length_m)
            shared_m = own.shared_m(cover)
            found.append(
                Option(
                    name, route, self.passed_on(route), *people,
                    shared_m=shared_m,
                    shared_share=shared_m / own.total_m if own.total_m > 0 else math.nan,
                    extra_m=_more(route.distance_m, main.distance_m),
                    extra_s=_more(route.travel_time_s, main.travel_time_s),
                )
            )  # fmt: skip
        kinds = {name: point.is_supported for name, point in zip(names[len(others) :], points, strict=True)}
        return tuple(replace(option, is_supported=kinds.get(option.id, False)) for option in found)

    def notes(self, found: Tradeoff | None, points: Sequence[Compromise]) -> tuple[Note, ...]:
        if self.passed is None:
            return ()
        remarks = [Note("people-passed", {"width_m": self.question.width_m}), Note("people-price-of-time")]
        if not self.passed.covered.all():
            remarks.append(Note("people-roads-left-out"))
        if found is None:
            return tuple(remarks)
        if len(found.compromises) == 1:
            return (*remarks, Note("tradeoff-single"))
        least, most = (found.compromises[row].costs[_PEOPLE] for row in (-1, 0))
        if most - least <= HARDLY * most:
            remarks.append(Note("tradeoff-hardly", {"share": HARDLY}))
        remarks.append(Note(f"tradeoff-{found.method}"))
        if len(points) < len(found.compromises):
            remarks.append(Note("tradeoff-thinned", {"count": len(found.compromises) - len(points)}))
        return tuple(remarks)


def _steps(route: RouteAnswer) -> tuple[Step, ...]:
    return () if route.way is None else route.way.steps


def _more(value: float | None, than: float | None) -> float:
    return math.nan if value is None or than is None else value - than


def _evidence(answer: PlanAnswer) -> str:
    along = () if answer.corridor is None else (answer.corridor.evidence,)
    return weakest((answer.route.evidence, *along)) or answer.route.evidence


def apart(points: Sequence[Compromise], most: int = MOST_POINTS) -> tuple[Compromise, ...]:
    """Take the ends, and of the others those that are farthest from what has been taken, corners first."""
    if len(points) <= most:
        return tuple(points)
    costs = np.array([point.costs for point in points])
    places = (costs - costs.min(axis=0)) / np.maximum(np.ptp(costs, axis=0), 1e-9)
    taken = [0, len(points) - 1]
    gap = np.min([np.hypot(*(places - places[row]).T) for row in taken], axis=0)
    is_corner = np.array([point.is_supported for point in points], dtype=bool)
    while len(taken) < most:
        left = np.where(gap > 0, gap + 2.0 * is_corner, -1.0)
        row = int(np.argmax(left))
        taken.append(row)
        gap = np.minimum(gap, np.hypot(*(places - places[row]).T))
    return tuple(points[row] for row in sorted(taken))
