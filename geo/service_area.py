"""What can be reached within some minutes by road: the roads, cut at the minute, and the ground beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import WGS84, from_local, to_local
from geo.errors import QuestionError
from geo.evidence import Note, weakest
from geo.many_places import find_places, network_note
from geo.network import build_cached
from geo.reach import Reach, bands
from geo.route_question import check_snap_limit
from geo.ruled import excluded, ruled_graph, without_countries
from geo.rules import RoadRules, unplaced
from geo.snapping import snap_limit_m
from geo.trees import Tree
from geo.ways import snap_places
from geo.zones import geodesic_area_m2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.dataset import Dataset
    from geo.network import Network
    from geo.places import Place
    from geo.snapping import Snaps

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MOST_PLACES: Final = 1000
MOST_LIMITS: Final = 10
LONGEST_MINUTES: Final = 24 * 60.0
DEFAULT_WIDTH_M: Final = 1000.0
LARGEST_WIDTH_M: Final = 20_000.0
#: Columns of :attr:`ServiceAreaAnswer.edges` beside the geometry.
EDGE_COLUMNS: Final = (
    "minutes",
    "section_id",
    "road_number",
    "from_share",
    "to_share",
    "length_m",
    "evidence",
    "source",
)
#: Columns of :attr:`ServiceAreaAnswer.areas` beside the geometry.
AREA_COLUMNS: Final = ("minutes", "roads_m", "area_m2", "sections")

_MINUTE_S: Final = 60.0
#: Holes of the ground narrower than its strips are wide are not worth drawing.
_CIRCLE_CORNERS: Final = 8
#: Lines are straightened by at most this part of the width before the ground is drawn.
_STRAIGHTEN: Final = 0.02


@dataclass(frozen=True, slots=True)
class ServiceAreaQuestion:
    """What can be reached by road within some minutes.

    Parameters
    ----------
    places
        Ids of any table, ``LON,LAT``, or ids of places brought along: whatever is reached from one of them counts.
    minutes
        Limits, each greater than 0 and at most a day.
    rules
        As for a route.
    width_m
        How far from a reached road the ground counts as reached.
    snap_limit_m
        How far from the network a place may lie, metres; None for what the network's lines can bear.

    Raises
    ------
    QuestionError
        ``service-places``, ``service-minutes``, ``service-width`` or ``snap-range``.
    """

    places: tuple[str, ...]
    minutes: tuple[float, ...]
    rules: RoadRules = field(default_factory=RoadRules)
    width_m: float = DEFAULT_WIDTH_M
    snap_limit_m: float | None = None

    def __post_init__(self) -> None:
        """Put places and limits in order, each once."""
        object.__setattr__(self, "places", tuple(dict.fromkeys(self.places)))
        object.__setattr__(self, "minutes", tuple(sorted({float(limit) for limit in self.minutes})))
        if not 1 <= len(self.places) <= MOST_PLACES:
            raise QuestionError("service-places", found=len(self.places), maximum=MOST_PLACES)
        if not 1 <= len(self.minutes) <= MOST_LIMITS or not all(0 < limit <= LONGEST_MINUTES for limit in self.minutes):
            found = ", ".join(f"{limit:g}" for limit in self.minutes[: MOST_LIMITS + 1])
            raise QuestionError("service-minutes", found=found, count=MOST_LIMITS, maximum=LONGEST_MINUTES)
        if not 0 < self.width_m <= LARGEST_WIDTH_M:
            raise QuestionError("service-width", found=self.width_m, maximum_m=LARGEST_WIDTH_M)
        check_snap_limit(self.snap_limit_m)


@dataclass(frozen=True, eq=False)
class ServiceAreaAnswer:
    """The roads and the ground that are reached.

    Parameters
    ----------
    question
        What was asked.
    places
        Where the ways begin, with their country.
    edges
        Parts of sections with :data:`EDGE_COLUMNS`, each with the smallest limit within which all of it is reached: the
        roads within 60 minutes are the rows of 30 and of 60. Shares are parts of the section's length at which the
        part begins and ends. Nothing is rounded at the minute: the cut lies where the time runs out.
    areas
        A row a limit with :data:`AREA_COLUMNS`: the ground within ``width_m`` of the roads reached, with the holes
        that are smaller than a circle of that radius filled. The ground of a smaller limit lies inside that of a
        larger one. It says how far the roads lead, not how far one could walk from them.
    reason
        Why nothing is reached: ``no-network``, ``no-speeds``, ``no-place-on-road`` or ``countries-unknown``.
    notes
        What the reader must know.
    evidence
        The weakest of the places and the roads reached.
    """

    question: ServiceAreaQuestion
    places: tuple[Place, ...]
    edges: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    reason: Note | None
    notes: tuple[Note, ...]
    evidence: str


def measure(
    dataset: Dataset,
    question: ServiceAreaQuestion,
    network: Network | None = None,
    own: Mapping[str, Place] | None = None,
) -> ServiceAreaAnswer:
    """Find what can be reached by road within some minutes.

    Parameters
    ----------
    dataset
        Places, borders, closures and roads.
    question
        Places, limits and rules. Without countries to stay in, and where all places lie in one country, the roads of
        that country count.
    network
        The network of the same data set, or the reader's own; else that of the tables.
    own
        Places brought along, by the ids that the question names.

    Returns
    -------
    ServiceAreaAnswer
        The straight legs from the places to the road take no time, as in a route. A place too far from any road is
        passed over and named in a note.

    Raises
    ------
    QuestionError
        As :func:`geo.places.resolve` for a place that cannot be found.
    """
    roads = build_cached(dataset) if network is None else network
    places = find_places(dataset, question.places, own, network)
    usable = [place for place in places if place.has_position]
    usable = [place for place, out in zip(usable, excluded(question.rules, usable), strict=True) if not out]
    limit_m = snap_limit_m(roads, question.snap_limit_m)
    snaps = snap_places(roads, usable, limit_m)
    near = snaps.distance_m <= limit_m
    placed = [place for place, close in zip(usable, near, strict=True) if close]
    codes = {place.country for place in placed}
    shared = codes.pop() if len(codes) == 1 else None
    passed_over = _passed_over(places, usable, snaps, limit_m)
    if reason := _refusal(roads, question, placed, shared):
        return _without_roads(question, places, reason, passed_over)
    graph, applied = ruled_graph(dataset, roads, "time", question.rules, (shared, shared))
    reach = Reach(roads, Tree(roads, graph, snaps[near]))
    limits_s = tuple(_MINUTE_S * limit for limit in question.minutes)
    limit, section, begin, end = bands(reach, limits_s)
    edges = _edges(roads, question, (limit, section, begin, end))
    areas = _areas(question, edges, placed, snaps[near])
    driven = roads.section_values["evidence"][np.unique(section)]
    return ServiceAreaAnswer(
        question=question,
        places=places,
        edges=edges,
        areas=areas,
        reason=None,
        notes=(
            *(rule.note for rule in applied),
            *unplaced(dataset, roads, question.rules),
            *passed_over,
            network_note(roads),
            Note("planning-speeds"),
            Note("legs-apart"),
            Note("service-ground", {"width_m": question.width_m}),
        ),
        evidence=weakest([*(place.evidence for place in placed), *driven.tolist()]) or "documented",
    )


def _passed_over(places: tuple[Place, ...], usable: list[Place], snaps: Snaps, limit_m: float) -> tuple[Note, ...]:
    """Say which places nothing is reached from, and why."""
    notes = [
        Note("snap-too-far", {"place": place.text, "distance_m": float(distance_m), "limit_m": limit_m})
        for place, distance_m in zip(usable, snaps.distance_m, strict=True)
        if limit_m < distance_m < np.inf
    ]
    left_out = [place for place in places if place not in usable]
    without = sum(not place.has_position for place in left_out)
    for code, count in (("places-without-position", without), ("places-excluded", len(left_out) - without)):
        if count:
            notes.append(Note(code, {"count": count}))
    return tuple(notes)


def _refusal(network: Network, question: ServiceAreaQuestion, placed: list[Place], shared: str | None) -> Note | None:
    """Say why nothing can be reached."""
    if not len(network.sections):
        return Note("no-network")
    if np.isnan(network.time_s).all():
        return Note("no-speeds")
    if not placed:
        return Note("no-place-on-road")
    if without_countries(network) and question.rules.countries((shared, shared)):
        return Note("countries-unknown")
    return None


def _without_roads(
    question: ServiceAreaQuestion, places: tuple[Place, ...], reason: Note, notes: tuple[Note, ...] = ()
) -> ServiceAreaAnswer:
    return ServiceAreaAnswer(
        question=question,
        places=places,
        edges=_frame(EDGE_COLUMNS, []),
        areas=_frame(AREA_COLUMNS, []),
        reason=reason,
        notes=notes,
        evidence=weakest(place.evidence for place in places) or "documented",
    )


def _frame(columns: tuple[str, ...], shapes: list[BaseGeometry], **cells: object) -> gpd.GeoDataFrame:
    table = pd.DataFrame({name: cells.get(name, pd.Series(dtype=object)) for name in columns})
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, index=table.index, crs=WGS84))


def _edges(
    network: Network, question: ServiceAreaQuestion, parts: tuple[Ints, Ints, Floats, Floats]
) -> gpd.GeoDataFrame:
    limit, section, begin, end = parts
    points = [
        network.line(row, low, high)
        for row, low, high in zip(section.tolist(), begin.tolist(), end.tolist(), strict=True)
    ]
    counts = np.array([len(part) for part in points], dtype=np.int64)
    flat = np.concatenate(points) if points else np.empty((0, 2))
    lines = shapely.linestrings(flat, indices=np.repeat(np.arange(len(points)), counts)) if points else []
    copied = {
        name: pd.Series(network.section_values[name][section], dtype=object)
        for name in ("road_number", "evidence", "source")
    }
    length_m = network.part(network.length_m, section, end) - network.part(network.length_m, section, begin)
    return _frame(
        EDGE_COLUMNS,
        list(lines),
        minutes=np.array(question.minutes)[limit],
        section_id=pd.Series(network.section_values["id"][section], dtype=object),
        from_share=begin,
        to_share=end,
        length_m=length_m,
        **copied,
    )


def _areas(
    question: ServiceAreaQuestion, edges: gpd.GeoDataFrame, places: list[Place], snaps: Snaps
) -> gpd.GeoDataFrame:
    """Draw the ground beside the roads, each limit's with that of the smaller ones in it."""
    centre = float(np.mean([place.lon for place in places])), float(np.mean([place.lat for place in places]))
    width_m = question.width_m
    # Also a place from which no road may be driven on has reached the point where it stands.
    starts = shapely.multipoints(shapely.points(snaps.lon, snaps.lat))
    ground: BaseGeometry = to_local(starts, centre).buffer(width_m, quad_segs=_CIRCLE_CORNERS)
    rows: list[tuple[float, ...]] = []
    shapes: list[BaseGeometry] = []
    for limit in question.minutes:
        new = edges.geometry[edges["minutes"] == limit].to_numpy()
        if len(new):
            lines = to_local(shapely.multilinestrings(new), centre).simplify(_STRAIGHTEN * width_m)
            strip = shapely.union_all(shapely.buffer(shapely.get_parts(lines), width_m, quad_segs=_CIRCLE_CORNERS))
            ground = shapely.union(ground, strip)
        ground = _filled(ground, width_m)
        within = edges[edges["minutes"] <= limit]
        shape = from_local(ground, centre)
        # Straight edges bend a little on the way back to degrees: joined once more, the smaller lies inside for certain.
        shapes.append(shapely.union(shapes[-1], shape) if shapes else shape)
        # Drawn again, the same ground may differ in the last digits of its area: it holds the smaller one all the same.
        area_m2 = max(geodesic_area_m2(shapes[-1]), rows[-1][2] if rows else 0.0)
        rows.append((limit, float(within["length_m"].sum()), area_m2, within["section_id"].nunique()))
    cells = {name: [row[number] for row in rows] for number, name in enumerate(AREA_COLUMNS)}
    return _frame(AREA_COLUMNS, shapes, **cells)


def _filled(ground: BaseGeometry, width_m: float) -> BaseGeometry:
    """Fill the holes that are smaller than a circle of the width's radius."""
    smallest_m2 = np.pi * width_m**2
    parts = []
    for part in shapely.get_parts(ground):
        holes = [ring for ring in part.interiors if shapely.Polygon(ring).area >= smallest_m2]
        parts.append(shapely.Polygon(part.exterior, holes))
    filled: BaseGeometry = shapely.union_all(parts)
    return filled
