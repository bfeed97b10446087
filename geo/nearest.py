"""The nearest places, by road, that take a waste: list, distances and the number to call."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.acceptors import RECORD_COLUMNS, check_waste, confirmed_points, reported_places
from geo.crs import inverse
from geo.errors import QuestionError
from geo.evidence import Note, weakest
from geo.network import build_cached
from geo.remote import RemoteTownsAnswer, RemoteTownsQuestion, remote_towns
from geo.routing import check_snap_limit, road_notes
from geo.schema import DO_NOT_MOVE
from geo.snapping import SNAP_LIMIT_M, Snaps, snap
from geo.trees import Tree
from geo.ways import Way, leaves_country, leg, locate, same_point, shared_country, snap_places, way_to

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.dataset import Dataset
    from geo.network import Network
    from geo.places import Place

__all__ = [
    "NearestAnswer",
    "NearestQuestion",
    "RemoteTownsAnswer",
    "RemoteTownsQuestion",
    "find",
    "remote_towns",
]

#: Civil protection takes in spilt mercury; head of civil defence of the Ministry of Emergency Situations,
#: ru.sputnik.kg, 1 Jul 2022.
EMERGENCY_CALL: Final = "112"
LARGEST_K: Final = 50
#: Columns of :attr:`NearestAnswer.points` and :attr:`NearestAnswer.reported`.
POINT_COLUMNS: Final = (
    *RECORD_COLUMNS,
    "distance_m", "travel_time_s", "snap_from_m", "snap_to_m", "straight_line_m", "bearing_deg", "countries", "reason",
)  # fmt: skip


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
        How far from the network a place may lie, metres.
    stay_in_country
        As for a route: to a point of the same country, use only sections that never leave it.

    Raises
    ------
    QuestionError
        ``unknown-waste``, ``k-range`` or ``snap-range``.
    """

    at: str
    waste: str | None = None
    k: int = 3
    training: bool = False
    snap_limit_m: float = SNAP_LIMIT_M
    stay_in_country: bool = True

    def __post_init__(self) -> None:
        check_waste(self.waste)
        if not (isinstance(self.k, int) and 1 <= self.k <= LARGEST_K):
            raise QuestionError("k-range", found=self.k, minimum=1, maximum=LARGEST_K)
        check_snap_limit(self.snap_limit_m)


@dataclass(frozen=True, eq=False)
class NearestAnswer:
    """The places found, nearest first.

    Parameters
    ----------
    question
        What was asked.
    place
        Where one stands, with its country.
    points
        Confirmed collection points (illustrative ones in training), with the columns :data:`POINT_COLUMNS`:
        by road and straight legs first, then those without a road by straight line, their ``distance_m`` NaN
        and their ``reason`` a code.
    reported
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
    points: pd.DataFrame
    reported: pd.DataFrame
    call: str | None
    do_not_move: bool
    reason: Note | None
    notes: tuple[Note, ...]
    evidence: str


@dataclass(frozen=True, eq=False)
class _Measured:
    """What lies between a place and some records, an entry a record."""

    snaps: Snaps
    rule: NDArray[np.object_]
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
    """One place, and the trees of shortest ways from it: one within its country, one without that rule."""

    def __init__(self, dataset: Dataset, network: Network, question: NearestQuestion, place: Place) -> None:
        self.dataset, self.network, self.question, self.place = dataset, network, question, place
        self.start = snap_places(network, [place], question.snap_limit_m)
        self._trees: dict[str | None, Tree] = {}
        self.ways: list[Way] = []

    def tree(self, country: str | None) -> Tree:
        if country not in self._trees:
            self._trees[country] = Tree(self.network, self.network.graph("distance", country), self.start)
        return self._trees[country]

    def measure(self, records: pd.DataFrame) -> _Measured:
        """Measure road, legs and straight line to all records."""
        place, limit_m = self.place, self.question.snap_limit_m
        lon, lat = (records[name].to_numpy(dtype=float) for name in ("lon", "lat"))
        countries = [code if isinstance(code, str) else None for code in records["country"]]
        snaps = snap(self.network, lon, lat, limit_m=limit_m, countries=countries)
        rule = np.empty(len(records), dtype=object)
        rule[:] = [
            shared_country(place.country, code, stay_in_country=self.question.stay_in_country) for code in countries
        ]
        near = (snaps.distance_m <= limit_m) & (self.start.distance_m[0] <= limit_m)
        free_m = self.tree(None).cost_to(snaps)
        road_m = free_m.copy()
        home = np.array([code is not None for code in rule], dtype=bool)
        if home.any():
            road_m[home] = self.tree(place.country).cost_to(snaps[home])
        reason = np.where(near, np.where(np.isfinite(free_m), "only-abroad", "no-road"), "snap-too-far").astype(object)
        if not len(self.network.sections):
            reason[:] = "no-network"
        same = same_point(place, lon, lat)
        reached = (near & np.isfinite(road_m)) | same
        reason[reached] = None
        straight_line_m, bearing_deg = inverse(place.lon, place.lat, lon, lat)
        return _Measured(
            snaps=snaps,
            rule=rule,
            distance_m=np.where(same, 0.0, np.where(reached, road_m, np.nan)),
            legs_m=np.where(same, 0.0, self.start.distance_m[0] + snaps.distance_m),
            straight_line_m=straight_line_m,
            bearing_deg=bearing_deg,
            reason=reason,
            same=same,
        )

    def table(self, records: pd.DataFrame) -> pd.DataFrame:
        """List the k nearest records, nearest first, with :data:`POINT_COLUMNS`."""
        if not len(records):
            return _no_rows()
        found = self.measure(records)
        rows = found.order()[: self.question.k]
        ways = [self._way(found, row) for row in rows]
        self.ways.extend(way for way in ways if way is not None)
        reached = np.array([way is not None for way in ways], dtype=bool)
        legs_m = np.full(len(rows), self.start.distance_m[0]), found.snaps.distance_m[rows]
        from_m, to_m = (np.where(found.same[rows], 0.0, np.where(reached, leg_m, np.nan)) for leg_m in legs_m)
        measured = {
            "distance_m": found.distance_m[rows],
            "travel_time_s": np.array([math.nan if way is None else way.travel_time_s for way in ways], dtype=float),
            "snap_from_m": from_m,
            "snap_to_m": to_m,
            "straight_line_m": found.straight_line_m[rows],
            "bearing_deg": found.bearing_deg[rows],
            "countries": pd.Series([() if way is None else way.countries for way in ways], dtype=object),
            "reason": pd.Series(found.reason[rows], dtype=object),
        }
        return pd.concat([records.iloc[rows].reset_index(drop=True), pd.DataFrame(measured)], axis=1)

    def _way(self, found: _Measured, row: int) -> Way | None:
        if found.same[row]:
            return Way((), (), (), ())
        if not math.isfinite(found.distance_m[row]):
            return None
        return way_to(self.network, self.tree(found.rule[row]), found.snaps, row)


def _nothing(question: NearestQuestion, place: Place, code: str) -> NearestAnswer:
    return NearestAnswer(
        question=question,
        place=place,
        points=_no_rows(),
        reported=_no_rows(),
        call=EMERGENCY_CALL,
        do_not_move=code == "do-not-move",
        reason=Note(code, {"place": place.text}),
        notes=(),
        evidence=place.evidence,
    )


def _no_rows() -> pd.DataFrame:
    numbers = {
        "lon", "lat", "positional_error_m", "distance_m", "travel_time_s", "snap_from_m", "snap_to_m",
        "straight_line_m", "bearing_deg",
    }  # fmt: skip
    return pd.DataFrame({name: pd.Series(dtype=float if name in numbers else object) for name in POINT_COLUMNS})


def _notes(reach: _Reach, points: pd.DataFrame, reported: pd.DataFrame) -> tuple[Note, ...]:
    place, start, limit_m = reach.place, reach.start, reach.question.snap_limit_m
    named: dict[str, str | float] = {"place": place.text}
    notes = []
    if (points["evidence"] == "illustrative").any():
        notes.append(Note("training"))
    if len(reported):
        notes.append(Note("reported-only"))
    if len(reach.network.sections) and start.distance_m[0] > limit_m:
        notes.append(Note("snap-too-far", {**named, "distance_m": float(start.distance_m[0]), "limit_m": limit_m}))
    if points["distance_m"].isna().any() or reported["distance_m"].isna().any():
        notes.append(Note("straight-line-only"))
    if reach.ways and leaves_country(reach.dataset, place.country, leg(place, start, 0, outward=True)):
        notes.append(Note("snap-crosses-border", named))
    if place.positional_error_m > 0:
        notes.append(Note("position-uncertain", {**named, "positional_error_m": place.positional_error_m}))
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
    place = locate(dataset, question.at)
    if question.waste in DO_NOT_MOVE:
        return _nothing(question, place, "do-not-move")
    if not place.has_position:
        return _nothing(question, place, "no-position")
    reach = _Reach(dataset, build_cached(dataset) if network is None else network, question, place)
    points = reach.table(confirmed_points(dataset, question.waste, training=question.training))
    section_of = {step.section for way in reach.ways for step in way.steps}
    reported = reach.table(reported_places(dataset, question.waste))
    if not len(points):
        section_of = {step.section for way in reach.ways for step in way.steps}
    shown = points if len(points) else reported
    roads = reach.network.sections["evidence"].iloc[sorted(section_of)]
    return NearestAnswer(
        question=question,
        place=place,
        points=points,
        reported=reported,
        call=EMERGENCY_CALL,
        do_not_move=False,
        reason=None if len(points) else Note("no-confirmed-point"),
        notes=_notes(reach, points, reported),
        evidence=weakest([place.evidence, *shown["evidence"], *roads]) or "documented",
    )
