"""The shortest road route between two places, by distance or time, inside a country or across borders."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.errors import QuestionError
from geo.evidence import Note, weakest
from geo.network import MINIMISE, Minimise, build_cached
from geo.snapping import SNAP_LIMIT_M
from geo.trees import Tree
from geo.ways import (
    Way,
    leaves_country,
    leg,
    locate,
    same_point,
    section_table,
    shared_country,
    snap_places,
    way_line,
    way_to,
)

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray
    from shapely import LineString

    from geo.dataset import Dataset
    from geo.network import Network
    from geo.places import Place
    from geo.snapping import Snaps

#: Farthest that a question may let a place lie from the road, metres.
LARGEST_SNAP_LIMIT_M: Final = 100_000.0
_TOLD_SHARE: Final = 0.01


def check_snap_limit(snap_limit_m: float) -> None:
    """Refuse a snap limit that is no positive distance of at most 100 km (QuestionError ``snap-range``)."""
    if not 0 < snap_limit_m <= LARGEST_SNAP_LIMIT_M:
        raise QuestionError("snap-range", found=snap_limit_m, maximum_m=LARGEST_SNAP_LIMIT_M)


@dataclass(frozen=True, slots=True)
class RouteQuestion:
    """Which road leads from one place to another.

    Parameters
    ----------
    from_place, to_place
        Ids of any table, or ``LON,LAT``.
    minimise
        ``time`` or ``distance``.
    stay_in_country
        When both ends lie in one country, use only sections that never leave it.
    snap_limit_m
        How far from the network a place may lie, metres.

    Raises
    ------
    QuestionError
        ``minimise-unknown`` or ``snap-range``.
    """

    from_place: str
    to_place: str
    minimise: Minimise = "time"
    stay_in_country: bool = True
    snap_limit_m: float = SNAP_LIMIT_M

    def __post_init__(self) -> None:
        if self.minimise not in MINIMISE:
            raise QuestionError("minimise-unknown", found=str(self.minimise), choices=", ".join(MINIMISE))
        check_snap_limit(self.snap_limit_m)


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
        ``no-road`` or ``only-abroad``.
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


@dataclass(frozen=True, eq=False)
class _Case:
    """A question with everything looked up that its answers share."""

    dataset: Dataset
    network: Network
    question: RouteQuestion
    origin: Place
    destination: Place
    snaps: Snaps | None = None

    @property
    def ends(self) -> tuple[Place, Place]:
        return self.origin, self.destination

    @property
    def country(self) -> str | None:
        return shared_country(
            self.origin.country, self.destination.country, stay_in_country=self.question.stay_in_country
        )

    def way(self, snaps: Snaps, country: str | None) -> Way | None:
        """Find the best way, inside a country or anywhere; None where no road leads there."""
        tree = Tree(self.network, self.network.graph(self.question.minimise, country), snaps[0])
        if not math.isfinite(tree.cost_to(snaps[1])[0]):
            return None
        return way_to(self.network, tree, snaps[1])


def find(dataset: Dataset, question: RouteQuestion, network: Network | None = None) -> RouteAnswer:
    """Find the best road route between two places.

    Dijkstra's algorithm runs over the network once for the country that both places share and once without
    that rule, so that a better road abroad, or the only one, is shown beside the answer. A place joins the road
    at the nearest point within the limit (:func:`geo.snapping.snap`).

    Parameters
    ----------
    dataset
        Places, borders and roads.
    question
        The ends, the objective and the rules.
    network
        The network of the same data set, when it is at hand; else it is made once and kept.

    Returns
    -------
    RouteAnswer
        Without a route, ``reachable`` is False and ``reason`` says why.

    Raises
    ------
    QuestionError
        ``unknown-place``, ``outside-window`` or ``coordinates-swapped`` for an end that cannot be found.
    """
    origin, destination = locate(dataset, question.from_place), locate(dataset, question.to_place)
    case = _Case(dataset, build_cached(dataset) if network is None else network, question, origin, destination)
    for end, place in zip(("from", "to"), case.ends, strict=True):
        if not place.has_position:
            return _without(case, Note("no-position", {"place": place.text, "end": end}))
    if same_point(origin, destination.lon, destination.lat).all():
        return _with(case, Way((), (), (), ()), None)
    snaps = snap_places(case.network, case.ends, question.snap_limit_m)
    refusal = _refusal(case, snaps)
    return _without(case, refusal) if refusal else _answer(case, snaps)


def _refusal(case: _Case, snaps: Snaps) -> Note | None:
    """Say why no way can even be looked for."""
    if not len(case.network.sections):
        return Note("no-network")
    if case.question.minimise == "time" and np.isnan(case.network.time_s).all():
        return Note("no-speeds")
    limit_m = case.question.snap_limit_m
    for row, end in enumerate(("from", "to")):
        if snaps.distance_m[row] > limit_m:
            values = {"distance_m": float(snaps.distance_m[row]), "limit_m": limit_m}
            return Note("snap-too-far", {**values, "end": end, "place": case.ends[row].text})
    return None


def _answer(case: _Case, snaps: Snaps) -> RouteAnswer:
    minimise, country = case.question.minimise, case.country
    free = case.way(snaps, None)
    if country is None:
        return _without(case, Note("no-road")) if free is None else _with(case, free, snaps)
    kept = case.way(snaps, country)
    if free is None:
        return _without(case, Note("no-road"))
    if kept is not None and kept.total(minimise) <= free.total(minimise):
        return _with(case, kept, snaps)
    abroad = _with(replace(case, question=replace(case.question, stay_in_country=False)), free, snaps)
    if kept is None:
        found: dict[str, str | float] = {"country": country, "countries": ", ".join(free.countries)}
        return replace(_without(case, Note("only-abroad", {**found, "distance_m": free.distance_m})), abroad=abroad)
    answer = _with(case, kept, snaps)
    return replace(answer, abroad=abroad, notes=(_better_abroad(case, kept, free), *answer.notes))


def _better_abroad(case: _Case, kept: Way, free: Way) -> Note:
    through = ", ".join(code for code in dict.fromkeys(free.countries) if code != case.country)
    if case.question.minimise == "time":
        saved_s = kept.travel_time_s - free.travel_time_s
        return Note("faster-abroad", {"travel_time_s": free.travel_time_s, "saved_s": saved_s, "countries": through})
    saved_m = kept.distance_m - free.distance_m
    return Note("shorter-abroad", {"distance_m": free.distance_m, "saved_m": saved_m, "countries": through})


def _without(case: _Case, reason: Note) -> RouteAnswer:
    empty = Way((), (), (), ())
    # The sentence of a reason stands alone in tables too; its values are told by a note of the same name.
    notes = (reason,) if reason.code in {"snap-too-far", "only-abroad"} else ()
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
        notes=notes,
    )


def _with(case: _Case, way: Way, snaps: Snaps | None) -> RouteAnswer:
    """Make the answer of a way; without snaps both ends are one point."""
    sections = section_table(case.network, way)
    legs = [None, None] if snaps is None else [leg(case.ends[i], snaps, i, outward=i == 0) for i in (0, 1)]
    published = [basis == "published" for basis in sections["length_basis"]]
    published_m = sum((m for m, known in zip(way.length_m, published, strict=True) if known), 0.0)
    share = published_m / way.distance_m if way.distance_m > 0 else math.nan
    told = case.network.schematic and not math.isnan(share)
    # A few metres of a published section at an end are not worth a percentage.
    length_note = Note("published-share", {"share": share}) if share >= _TOLD_SHARE else Note("lengths-estimated")
    length_notes = (length_note,) if told else ()
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
        positional_error_m=_largest(sections["positional_error_m"].to_numpy()),
        evidence=weakest([*(place.evidence for place in case.ends), *sections["evidence"]]) or "documented",
        notes=(*road_notes(case.network, way), *length_notes, *_end_notes(case, snaps, legs)),
    )


def _largest(values: NDArray[np.generic]) -> float:
    """Give the largest known value, NaN where none is."""
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    return float(known.max()) if known.size else math.nan


def road_notes(network: Network, *ways: Way) -> tuple[Note, ...]:
    """Say what a reader must know of the roads driven on one way or several, each section counted once."""
    rows = np.unique([step.section for way in ways for step in way.steps]).astype(np.int64)
    if not rows.size:
        return ()
    driven = {
        name: network.section_values[name][rows] for name in ("winter_closure", "positional_error_m", "unverified")
    }
    notes = [
        Note("transboundary", {"countries": ", ".join(codes)})
        for codes in dict.fromkeys(tuple(dict.fromkeys(way.countries)) for way in ways)
        if len(codes) > 1
    ]
    if driven["winter_closure"].any():
        notes.append(Note("winter-closure", {"count": int(driven["winter_closure"].sum())}))
    error_m = _largest(driven["positional_error_m"])
    if not network.schematic:
        notes.append(Note("surveyed-line"))
    elif math.isfinite(error_m):
        notes.append(Note("schematic-line", {"positional_error_m": error_m}))
    else:
        notes.append(Note("schematic-line-unknown"))
    notes.append(Note("planning-speeds"))
    bends = np.concatenate([network.vertex_node[network.vertex_start[r] : network.vertex_start[r + 1]] for r in rows])
    unchecked = {
        "speeds-assumed": int(network.speed_assumed[rows].sum()),
        "unverified-sections": int(driven["unverified"].sum()),
        "unverified-nodes": int(network.node_values["unverified"][np.unique(bends[bends >= 0])].sum()),
    }
    return (*notes, *(Note(code, {"count": count}) for code, count in unchecked.items() if count))


def _end_notes(case: _Case, snaps: Snaps | None, legs: list[LineString | None]) -> list[Note]:
    notes = [Note("same-place")] if snaps is None else []
    for row, place in enumerate(case.ends):
        named: dict[str, str | float] = {"place": place.text}
        if leaves_country(case.dataset, place.country, legs[row]):
            notes.append(Note("snap-crosses-border", named))
        if snaps is not None and math.isfinite(snaps.skipped_m[row]):
            notes.append(Note("nearer-road-abroad", {**named, "distance_m": float(snaps.skipped_m[row])}))
        if snaps is not None and math.isfinite(snaps.cut_off_m[row]):
            notes.append(Note("nearer-road-cut-off", {**named, "distance_m": float(snaps.cut_off_m[row])}))
        if place.positional_error_m > 0:
            notes.append(Note("position-uncertain", {**named, "positional_error_m": place.positional_error_m}))
    return notes
