"""The nearest places, by road, that take a waste: list, distances and the number to call."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.acceptors import acceptors, check_waste
from geo.crs import inverse
from geo.errors import QuestionError
from geo.evidence import Note, weakest
from geo.network import build_cached
from geo.origins import origin_of
from geo.ranking import POINT_COLUMNS, Ranking, rounded_leg_m, snap_acceptors
from geo.remote import RemoteTownsAnswer, RemoteTownsQuestion, remote_towns
from geo.route_notes import driven_sections, road_notes
from geo.route_question import check_snap_limit
from geo.ruled import excluded, excluded_at, ruled_graph, withheld_by, without_countries
from geo.rules import RoadRules, unplaced
from geo.schema import DO_NOT_MOVE
from geo.snapping import snap_limit_m
from geo.trees import Tree
from geo.ways import Way, leaves_country, leg, locate, own_extent, same_point, way_to

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from geo.acceptors import Acceptors
    from geo.dataset import Dataset
    from geo.graphs import Graph
    from geo.network import Network
    from geo.places import Place
    from geo.snapping import Snaps

__all__ = [
    "POINT_COLUMNS",
    "NearestAnswer",
    "NearestQuestion",
    "RemoteTownsAnswer",
    "RemoteTownsQuestion",
    "find",
    "remote_towns",
]

#: Civil protection takes in spilt mercury: the number to call, who says so, and when.
EMERGENCY_CALL: Final = "112"
EMERGENCY_SOURCE: Final = "Head of civil defence of the Ministry of Emergency Situations, ru.sputnik.kg, 1 Jul 2022"
EMERGENCY_SOURCE_DATE: Final = "2022-07-01"
LARGEST_K: Final = 50


@dataclass(frozen=True, slots=True)
class NearestQuestion:
    """Where the nearest places are that take a waste.

    Parameters
    ----------
    at
        An id of any table, or ``LON,LAT``.
    waste
        A code of :data:`geo.schema.WASTE_TYPES`; None for any waste that may be moved.
    k
        How many places to name at most, 1 to 50.
    training
        Whether illustrative points may be named, for an exercise.
    snap_limit_m
        How far from the network a place may lie, metres; None for what the network's lines can bear.
    stay_in_country
        As for a route: where the rules name no countries, use only sections that never leave the country to a point
        of the same country.
    rules
        As for a route.

    Raises
    ------
    QuestionError
        ``unknown-waste``, ``k-range`` or ``snap-range``.
    """

    at: str
    waste: str | None = None
    k: int = 3
    training: bool = False
    snap_limit_m: float | None = None
    stay_in_country: bool = True
    rules: RoadRules = field(default_factory=RoadRules)

    def __post_init__(self) -> None:
        check_waste(self.waste)
        if not (isinstance(self.k, int) and 1 <= self.k <= LARGEST_K):
            raise QuestionError("k-range", found=self.k, minimum=1, maximum=LARGEST_K)
        check_snap_limit(self.snap_limit_m)

    @property
    def road_rules(self) -> RoadRules:
        """The rules, with what ``stay_in_country`` means."""
        return self.rules if self.stay_in_country or self.rules.stay_in is not None else self.rules.anywhere()


@dataclass(frozen=True, eq=False)
class NearestAnswer:
    """The places found, nearest first.

    Parameters
    ----------
    question
        What was asked.
    place
        Where one stands, with its country.
    found
        Confirmed collection points (illustrative ones in training): by road and straight legs first, then those
        without a road by straight line, their ``distance_m`` NaN and their ``reason`` a code.
    said
        The same for stores, and for points that are only reported.
    call
        Number to call in any case.
    do_not_move
        The waste must stay where it is: no place is named for it.
    reason
        Why ``points`` is empty: ``do-not-move``, ``no-position`` or ``no-confirmed-point``.
    notes
        What the reader must know.
    evidence
        The weakest of the place, the points (the reported places where there is no point) and the roads to them.
    """

    question: NearestQuestion
    place: Place
    found: Ranking
    said: Ranking
    call: str | None
    do_not_move: bool
    reason: Note | None
    notes: tuple[Note, ...]
    evidence: str

    @property
    def points(self) -> pd.DataFrame:
        """The confirmed points, a row each, with the columns :data:`POINT_COLUMNS`."""
        return self.found.frame

    @property
    def reported(self) -> pd.DataFrame:
        """The places that are only reported, or stores, as :attr:`points`."""
        return self.said.frame


@dataclass(frozen=True, eq=False)
class _Measured:
    """What lies between a place and some records, an entry a record."""

    snaps: Snaps
    homes: tuple[tuple[str, ...], ...]
    distance_m: NDArray[np.float64]
    legs_m: NDArray[np.float64]
    straight_line_m: NDArray[np.float64]
    bearing_deg: NDArray[np.float64]
    reason: NDArray[np.object_]
    same: NDArray[np.bool_]

    def order(self) -> NDArray[np.int64]:
        """Put what the road reaches first, by road and legs, then the rest by straight line."""
        total_m = np.where(np.isfinite(self.distance_m), self.distance_m + self.legs_m, np.inf)
        return np.lexsort((self.straight_line_m, total_m))


class _Reach:
    """What lies within reach of one place."""

    def __init__(self, dataset: Dataset, network: Network, question: NearestQuestion, place: Place) -> None:
        self.dataset, self.network, self.question, self.place = dataset, network, question, place
        self.rules, self.limit_m = question.road_rules, snap_limit_m(network, question.snap_limit_m)
        self.origin = origin_of(dataset, network, self.rules, place, self.limit_m)
        self.start = self.origin.start
        self.ways: list[Way] = []
        self.withholding: dict[str, Note] = {}

    def tree(self, countries: tuple[str, ...] | None) -> Tree:
        """Give the tree that stays in some countries, or, for None, the one without any rule."""
        return self.origin.tree(self.dataset, countries)

    def measure(self, records: Acceptors) -> _Measured:
        """Measure road, legs and straight line to all records."""
        place, limit_m = self.place, self.limit_m
        snaps = snap_acceptors(self.network, records, limit_m)
        homes = tuple(self.rules.countries((place.country, code)) for code in records.countries)
        shut = excluded_at(self.rules, records.lon, records.lat, records.countries)
        shut |= excluded(self.rules, [place])[0]
        near = (snaps.distance_m <= limit_m) & (self.start.distance_m[0] <= limit_m)
        reason = np.where(near, "no-road", "snap-too-far").astype(object)
        road_m = self._road(snaps, homes, near & ~shut, reason)
        if not len(self.network.sections):
            reason[:] = "no-network"
        same = same_point(place, records.lon, records.lat) & ~shut
        reached = (near & np.isfinite(road_m)) | same
        reason[shut], reason[reached] = "excluded-by-rule", None
        straight_line_m, bearing_deg = inverse(place.lon, place.lat, records.lon, records.lat)
        legs_m = rounded_leg_m(self.start.distance_m[0]) + rounded_leg_m(snaps.distance_m)
        return _Measured(
            snaps=snaps,
            homes=homes,
            distance_m=np.where(same, 0.0, np.where(reached, road_m, np.nan)),
            legs_m=np.where(same, 0.0, legs_m),
            straight_line_m=straight_line_m,
            bearing_deg=bearing_deg,
            reason=reason,
            same=same,
        )

    def _road(
        self, snaps: Snaps, homes: tuple[tuple[str, ...], ...], wanted: NDArray[np.bool_], reason: NDArray[np.object_]
    ) -> NDArray[np.float64]:
        """Measure the road to the records wanted, each under its rule, and say why where there is none."""
        road_m = np.full(len(snaps), np.inf)
        if not wanted.any():
            return road_m
        unknown = without_countries(self.network)
        for home in dict.fromkeys(homes):
            rows = np.flatnonzero(wanted & np.array([one == home for one in homes], dtype=bool))
            if home and unknown:
                reason[rows] = "countries-unknown"
            elif rows.size:
                road_m[rows] = self.tree(home).cost_to(snaps[rows])
        # Trees under fewer rules have to grow only where the rules have withheld the road.
        lost = np.flatnonzero(wanted & ~np.isfinite(road_m) & (reason == "no-road"))
        if lost.size:
            lost = lost[np.isfinite(self.tree(None).cost_to(snaps[lost]))]
            reason[lost] = "rules-forbid"
        if lost.size:
            reason[lost[np.isfinite(self.tree(()).cost_to(snaps[lost]))]] = "only-abroad"
            self._name(snaps, homes, lost[reason[lost] == "rules-forbid"])
        return road_m

    def _name(self, snaps: Snaps, homes: tuple[tuple[str, ...], ...], lost: NDArray[np.int64]) -> None:
        """Keep the rules without which some of the records would be reached."""
        for home in dict.fromkeys(homes[row] for row in lost.tolist()):
            rows = lost[np.array([homes[row] == home for row in lost.tolist()], dtype=bool)]
            rules = replace(self.rules, stay_in=home)
            _, applied = ruled_graph(self.dataset, self.network, "distance", rules, (None, None))

            def reaches(graph: Graph, rows: NDArray[np.int64] = rows) -> NDArray[np.bool_]:
                return np.isfinite(Tree(self.network, graph, self.start).cost_to(snaps[rows]))

            told = ";".join(withheld_by(self.network, "distance", applied, reaches).tolist())
            named = set(told.replace("+", ";").split(";"))
            self.withholding |= {rule.id: rule.note for rule in applied if rule.id in named}

    def ranking(self, records: Acceptors) -> Ranking:
        """List the k nearest records, nearest first."""
        if not len(records):
            return Ranking(records, (), ())
        found = self.measure(records)
        rows = found.order()[: self.question.k].tolist()
        measured = tuple(self._measured(found, row) for row in rows)
        return Ranking(records, tuple(rows), measured)

    def _measured(self, found: _Measured, row: int) -> dict[str, object]:
        way = self._way(found, row)
        if way is not None:
            self.ways.append(way)
        unknown = way is None
        legs_m = (float(self.start.distance_m[0]), float(found.snaps.distance_m[row]))
        if found.same[row]:
            legs_m = (0.0, 0.0)
        return {
            "distance_m": float(found.distance_m[row]),
            "travel_time_s": math.nan if way is None else way.travel_time_s,
            "snap_from_m": math.nan if unknown else legs_m[0],
            "snap_to_m": math.nan if unknown else legs_m[1],
            "straight_line_m": float(found.straight_line_m[row]),
            "bearing_deg": float(found.bearing_deg[row]),
            "countries": () if way is None else way.countries,
            "reason": found.reason[row],
        }

    def _way(self, found: _Measured, row: int) -> Way | None:
        if found.same[row]:
            return Way((), (), (), ())
        if not math.isfinite(found.distance_m[row]):
            return None
        return way_to(self.network, self.tree(found.homes[row]), found.snaps, row)


def _nothing(dataset: Dataset, question: NearestQuestion, place: Place, code: str) -> NearestAnswer:
    none = Ranking(acceptors(dataset, question.waste, confirmed=True), (), ())
    return NearestAnswer(
        question=question,
        place=place,
        found=none,
        said=none,
        call=EMERGENCY_CALL,
        do_not_move=code == "do-not-move",
        reason=Note(code, {"place": place.text}),
        notes=(),
        evidence=place.evidence,
    )


def _notes(reach: _Reach, points: Ranking, reported: Ranking) -> tuple[Note, ...]:
    place, start, limit_m = reach.place, reach.start, reach.limit_m
    named: dict[str, str | float] = {"place": place.text}
    notes = []
    if "illustrative" in points.evidence:
        notes.append(Note("training"))
    if len(reported):
        notes.append(Note("reported-only"))
    if len(reach.network.sections) and start.distance_m[0] > limit_m:
        notes.append(Note("snap-too-far", {**named, "distance_m": float(start.distance_m[0]), "limit_m": limit_m}))
    if any(values["reason"] is not None for values in (*points.measured, *reported.measured)):
        notes.append(Note("straight-line-only"))
    if any(values["reason"] == "rules-forbid" for values in (*points.measured, *reported.measured)):
        notes.extend(reach.withholding.values())
    if reach.ways and leaves_country(reach.dataset, place.country, leg(place, start, 0, outward=True)):
        notes.append(Note("snap-crosses-border", named))
    if place.positional_error_m > 0:
        notes.append(Note("position-uncertain", {**named, "positional_error_m": place.positional_error_m}))
    notes.extend(unplaced(reach.dataset, reach.network, reach.rules))
    return (*notes, *road_notes(reach.network, *reach.ways))


def find(dataset: Dataset, question: NearestQuestion, network: Network | None = None) -> NearestAnswer:
    """Find the nearest places by road that take a waste.

    One tree of shortest ways from the place, within its country, serves all points of the country, and one
    without that rule the others: each distance is that of the route drawn to the point. An illustrative point
    is never named outside training, and waste that must not be moved gets no destination at all.

    Parameters
    ----------
    dataset
        Points, stores, borders and roads.
    question
        Place, waste and how many.
    network
        The network of the same data set, when it is at hand; else it is made once and kept.

    Returns
    -------
    NearestAnswer
        Without a confirmed point ``reason`` says so and ``reported`` holds what is said to take the waste.

    Raises
    ------
    QuestionError
        ``unknown-place``, ``outside-window`` or ``coordinates-swapped`` for a place that cannot be found.
    """
    place = locate(dataset, question.at, own_extent(network))
    if question.waste in DO_NOT_MOVE:
        return _nothing(dataset, question, place, "do-not-move")
    if not place.has_position:
        return _nothing(dataset, question, place, "no-position")
    reach = _Reach(dataset, build_cached(dataset) if network is None else network, question, place)
    points = reach.ranking(acceptors(dataset, question.waste, confirmed=True, training=question.training))
    to_points = tuple(reach.ways)
    reported = reach.ranking(acceptors(dataset, question.waste, confirmed=False))
    shown, ways = (points, to_points) if len(points) else (reported, reach.ways)
    roads = reach.network.section_values["evidence"][driven_sections(*ways)]
    return NearestAnswer(
        question=question,
        place=place,
        found=points,
        said=reported,
        call=EMERGENCY_CALL,
        do_not_move=False,
        reason=None if len(points) else Note("no-confirmed-point"),
        notes=_notes(reach, points, reported),
        evidence=weakest([place.evidence, *shown.evidence, *roads.tolist()]) or "documented",
    )
