"""Distances and times by road from many places to many, each as the route drawn between the two would have it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.errors import QuestionError
from geo.evidence import Note, weakest
from geo.homeward import Homeward
from geo.many_places import find_places, network_note
from geo.network import MINIMISE, build_cached
from geo.route_question import check_snap_limit
from geo.ruled import excluded, ruled_graph, withheld_by, without_countries
from geo.rules import RoadRules, unplaced
from geo.snapping import snap_limit_m
from geo.trees import Tree
from geo.ways import snap_places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geo.dataset import Dataset
    from geo.graphs import Graph
    from geo.network import Minimise, Network
    from geo.places import Place
    from geo.rules import AppliedRule
    from geo.snapping import Snaps
    from geo.trees import Pair

    Floats = NDArray[np.float64]

#: Pairs that one question may ask about: three numbers for each have to fit into memory.
MOST_PAIRS: Final = 10_000_000
#: Why a pair has no way; the first stands for none.
REASONS: Final = (
    *("", "no-position", "no-network", "no-speeds"),
    *("snap-too-far", "no-road", "only-abroad", "rules-forbid", "excluded-by-rule", "countries-unknown"),
)
#: Columns of :meth:`MatrixAnswer.pairs`.
PAIR_COLUMNS: Final = (
    "origin_id", "destination_id", "distance_m", "travel_time_s", "snap_from_m", "snap_to_m", "reason", "rule",
)  # fmt: skip
_CODE: Final = {code: number for number, code in enumerate(REASONS)}


@dataclass(frozen=True, slots=True)
class MatrixQuestion:
    """How far it is by road from each of some places to each of others.

    Parameters
    ----------
    origins, destinations
        Ids of any table, ``LON,LAT``, or ids of places brought along; none of them twice.
    minimise
        ``time`` or ``distance``.
    rules
        As for a route.
    snap_limit_m
        How far from the network a place may lie, metres; None for what the network's lines can bear.

    Raises
    ------
    QuestionError
        ``matrix-without-places``, ``matrix-too-large``, ``minimise-unknown`` or ``snap-range``.
    """

    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    minimise: Minimise = "time"
    rules: RoadRules = field(default_factory=RoadRules)
    snap_limit_m: float | None = None

    def __post_init__(self) -> None:
        """Name every place once, and check the rest."""
        for side in ("origins", "destinations"):
            object.__setattr__(self, side, tuple(dict.fromkeys(getattr(self, side))))
        if not self.origins or not self.destinations:
            raise QuestionError("matrix-without-places")
        pairs = len(self.origins) * len(self.destinations)
        if pairs > MOST_PAIRS:
            raise QuestionError("matrix-too-large", found=pairs, maximum=MOST_PAIRS)
        if self.minimise not in MINIMISE:
            raise QuestionError("minimise-unknown", found=str(self.minimise), choices=", ".join(MINIMISE))
        check_snap_limit(self.snap_limit_m)


@dataclass(frozen=True, eq=False)
class MatrixAnswer:
    """Distances and times, a row an origin and a column a destination.

    Parameters
    ----------
    question
        What was asked.
    origins, destinations
        The places, with their country.
    distance_m, travel_time_s
        Along the road; NaN without a way. The straight legs from place to road are not in them.
    snap_from_m, snap_to_m
        The straight legs of the origins and of the destinations; NaN for a place without a position.
    reason_code
        Row in :data:`REASONS` of each pair: why it has no way.
    withheld_by
        Ids of the rules without which a pair would have a way (:func:`geo.ruled.withheld_by`), by row and column.
    rules_applied
        Ids of the rules in force that close a section of the network.
    notes
        What the reader must know.
    evidence
        The weakest of the places and of the network's roads.
    sources
        Of the network's roads.
    """

    question: MatrixQuestion
    origins: tuple[Place, ...]
    destinations: tuple[Place, ...]
    distance_m: Floats
    travel_time_s: Floats
    snap_from_m: Floats
    snap_to_m: Floats
    reason_code: NDArray[np.int8]
    withheld_by: Mapping[tuple[int, int], str]
    rules_applied: tuple[str, ...]
    notes: tuple[Note, ...]
    evidence: str
    sources: tuple[str, ...]

    def pairs(self) -> pd.DataFrame:
        """List all pairs, a row each, with :data:`PAIR_COLUMNS`; legs are given where there is a way."""
        row, column = (index.ravel() for index in np.indices(self.reason_code.shape))
        code = self.reason_code.ravel()
        reached = code == 0
        cells: dict[str, object] = {
            "origin_id": pd.Series(_texts(self.origins)[row], dtype=object),
            "destination_id": pd.Series(_texts(self.destinations)[column], dtype=object),
            "distance_m": self.distance_m.ravel(),
            "travel_time_s": self.travel_time_s.ravel(),
            "snap_from_m": np.where(reached, self.snap_from_m[row], np.nan),
            "snap_to_m": np.where(reached, self.snap_to_m[column], np.nan),
            "reason": pd.Series(np.array([None, *REASONS[1:]], dtype=object)[code], dtype=object),
            "rule": pd.Series(self.withheld().ravel(), dtype=object),
        }
        return pd.DataFrame({name: cells[name] for name in PAIR_COLUMNS})

    def withheld(self) -> NDArray[np.object_]:
        """Name the rules that withhold the way of each pair, a row an origin; None where no rule does."""
        names = np.full(self.reason_code.shape, None, dtype=object)
        for pair, rule in self.withheld_by.items():
            names[pair] = rule
        return names

    def wide(self, values: Floats) -> pd.DataFrame:
        """Lay some numbers of all pairs out as a table: a row an origin, a column a destination."""
        names = pd.Series(_texts(self.origins), dtype=object)
        columns = {str(name): values[:, column] for column, name in enumerate(_texts(self.destinations))}
        return pd.concat([pd.DataFrame({"origin_id": names}), pd.DataFrame(columns)], axis=1)


def _texts(places: Sequence[Place]) -> NDArray[np.object_]:
    found = np.empty(len(places), dtype=object)
    found[:] = [place.text for place in places]
    return found


def road_costs(
    network: Network, graph: Graph, origins: Snaps, destinations: Snaps, other: Pair
) -> tuple[Floats, Floats]:
    """Give the cost of the shortest way of every pair, infinite without one, and the sum of another measure along it.

    One tree grows for each origin, or towards each destination where those are fewer. Where two ways cost exactly the
    same, their sums may differ: such a pair is measured once more along the way that a route would draw.
    """
    cost = np.full((len(origins), len(destinations)), np.inf)
    sums = np.full_like(cost, np.nan)
    if len(origins) <= len(destinations):
        for row in range(len(origins)):
            tree = Tree(network, graph, origins[row])
            cost[row], sums[row] = tree.cost_to(destinations), tree.along(destinations, other)
        return cost, sums
    tied = np.zeros(cost.shape, dtype=bool)
    for column in range(len(destinations)):
        tree_home = Homeward(network, graph, destinations[column])
        cost[:, column], _, found, tied[:, column] = tree_home.follow(origins, other)
        sums[:, column] = found[0]
    for row in np.flatnonzero(tied.any(axis=1)).tolist():
        ends = np.flatnonzero(tied[row])
        sums[row, ends] = Tree(network, graph, origins[row]).along(destinations[ends], other)
    return cost, sums


class _Measure:
    """One question with everything looked up that its pairs share."""

    def __init__(
        self,
        dataset: Dataset,
        network: Network,
        question: MatrixQuestion,
        ends: tuple[Sequence[Place], Sequence[Place]],
    ) -> None:
        self.dataset, self.network, self.question = dataset, network, question
        self.limit_m = snap_limit_m(network, question.snap_limit_m)
        self.places = ends
        self.placed = [np.array([place.has_position for place in side], dtype=bool) for side in ends]
        # A place that is only listed has no snap of its own; the first placed one stands in and is passed over.
        self.snaps = [self._snap(side) for side in ends]
        self.near = [
            placed & (snaps.distance_m <= self.limit_m) for placed, snaps in zip(self.placed, self.snaps, strict=True)
        ]
        self.excluded = [excluded(question.rules, side) for side in ends]
        self.shape = len(ends[0]), len(ends[1])
        self.applied: dict[str, AppliedRule] = {}

    def _snap(self, side: Sequence[Place]) -> Snaps:
        somewhere = next((place for place in side if place.has_position), None)
        lon, lat = (0.0, 0.0) if somewhere is None else (somewhere.lon, somewhere.lat)
        located = [place if place.has_position else replace(place, lon=lon, lat=lat) for place in side]
        return snap_places(self.network, located, self.limit_m)

    def homes(self) -> NDArray[np.bool_]:
        """Tell which pairs must not leave some countries."""
        if self.question.rules.stay_in is not None:
            return np.full(self.shape, bool(self.question.rules.stay_in))
        return self.keys(self.question.rules) > 0

    def keys(self, rules: RoadRules) -> NDArray[np.int64]:
        """Give each pair a number that it shares with those that must not leave the same countries."""
        codes = [[place.country for place in side] for side in self.places]
        known = {code: number for number, code in enumerate(dict.fromkeys([None, *codes[0], *codes[1]]))}
        one, other = (np.array([known[code] for code in side], dtype=np.int64) for side in codes)
        if rules.stay_in is not None:
            return np.zeros((len(one), len(other)), dtype=np.int64)
        shared = (one[:, None] == other[None, :]) & (one[:, None] > 0)
        return np.where(shared, one[:, None], 0)

    def graph(self, rules: RoadRules, ends: tuple[str | None, str | None]) -> Graph:
        graph, applied = ruled_graph(self.dataset, self.network, self.question.minimise, rules, ends)
        self.applied.update({rule.id: rule for rule in applied})
        return graph

    def measure(self, rules: RoadRules, wanted: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """Measure the wanted pairs under some rules; infinite elsewhere."""
        cost, sums = np.full(wanted.shape, np.inf), np.full(wanted.shape, np.nan)
        minimise, network = self.question.minimise, self.network
        other = (network.length_m, network.length_m) if minimise == "time" else (network.time_s, network.time_back_s)
        keys = self.keys(rules)
        for key in np.unique(keys[wanted]).tolist():
            pairs = wanted & (keys == key)
            rows, columns = np.flatnonzero(pairs.any(axis=1)), np.flatnonzero(pairs.any(axis=0))
            first = np.argwhere(pairs)[0]
            ends = (self.places[0][first[0]].country, self.places[1][first[1]].country)
            block = np.ix_(rows, columns)
            found = road_costs(network, self.graph(rules, ends), self.snaps[0][rows], self.snaps[1][columns], other)
            cost[block] = np.where(pairs[block], found[0], cost[block])
            sums[block] = np.where(pairs[block], found[1], sums[block])
        return cost, sums

    def same(self) -> NDArray[np.bool_]:
        """Tell which pairs are one and the same point: the way there has no length."""
        lon, lat = (
            [np.array([getattr(place, name) for place in side]) for side in self.places] for name in ("lon", "lat")
        )
        return np.asarray((lon[0][:, None] == lon[1][None, :]) & (lat[0][:, None] == lat[1][None, :]), dtype=bool)

    def reasons(self, same: NDArray[np.bool_], near: NDArray[np.bool_], lost: NDArray[np.bool_]) -> NDArray[np.int8]:
        """Say why pairs have no way, the first reason that holds."""
        code = np.zeros(near.shape, dtype=np.int8)
        code[~near] = _CODE["snap-too-far"]
        if lost.any():
            code[lost] = _CODE["no-road"]
            code[lost & np.isfinite(self._free(lost))] = _CODE["rules-forbid"]
            forbidden = code == _CODE["rules-forbid"]
            if forbidden.any():
                anywhere = self.measure(self.question.rules.anywhere(), forbidden)[0]
                code[forbidden & np.isfinite(anywhere)] = _CODE["only-abroad"]
        if self.question.minimise == "time" and np.isnan(self.network.time_s).all():
            code[:] = _CODE["no-speeds"]
        if not len(self.network.sections):
            code[:] = _CODE["no-network"]
        if without_countries(self.network):
            code[self.homes() & near] = _CODE["countries-unknown"]
        code[same] = 0
        code[self.excluded[0][:, None] | self.excluded[1][None, :]] = _CODE["excluded-by-rule"]
        code[~(self.placed[0][:, None] & self.placed[1][None, :])] = _CODE["no-position"]
        return code

    def withheld(self, code: NDArray[np.int8]) -> dict[tuple[int, int], str]:
        """Name the rules without which pairs that the rules forbid would have a way, by row and column."""
        found: dict[tuple[int, int], str] = {}
        lost = np.isin(code, (_CODE["rules-forbid"], _CODE["only-abroad"]))
        rules, keys = self.question.rules, self.keys(self.question.rules)
        for key in np.unique(keys[lost]).tolist():
            spots = np.argwhere(lost & (keys == key))
            rows, columns = (np.unique(spots[:, side]) for side in (0, 1))
            at = np.searchsorted(rows, spots[:, 0]), np.searchsorted(columns, spots[:, 1])
            ends = self.places[0][spots[0, 0]].country, self.places[1][spots[0, 1]].country
            _, applied = ruled_graph(self.dataset, self.network, self.question.minimise, rules, ends)
            pair, snaps = (self.network.length_m,) * 2, (self.snaps[0][rows], self.snaps[1][columns])

            def reaches(graph: Graph, snaps: tuple[Snaps, Snaps] = snaps, pair: Pair = pair, at: Any = at) -> Any:  # noqa: ANN401 - arrays
                return np.isfinite(road_costs(self.network, graph, *snaps, pair)[0][at])

            names = withheld_by(self.network, self.question.minimise, applied, reaches)
            found |= {(row, column): name for (row, column), name in zip(spots.tolist(), names.tolist(), strict=True)}
        return found

    def _free(self, wanted: NDArray[np.bool_]) -> Floats:
        """Measure pairs as if there were no rules at all."""
        rows, columns = np.flatnonzero(wanted.any(axis=1)), np.flatnonzero(wanted.any(axis=0))
        graph, network = self.network.graph_of(self.question.minimise), self.network
        cost = np.full(wanted.shape, np.inf)
        pair = (network.length_m, network.length_m)
        cost[np.ix_(rows, columns)] = road_costs(network, graph, self.snaps[0][rows], self.snaps[1][columns], pair)[0]
        return cost


def measure(
    dataset: Dataset,
    question: MatrixQuestion,
    network: Network | None = None,
    *,
    own_origins: Mapping[str, Place] | None = None,
    own_destinations: Mapping[str, Place] | None = None,
) -> MatrixAnswer:
    """Measure all pairs of origins and destinations by road.

    Parameters
    ----------
    dataset
        Places, borders, closures and roads.
    question
        The places, the objective and the rules.
    network
        The network of the same data set, or the reader's own; else that of the tables.
    own_origins, own_destinations
        Places brought along, by the ids that the question names.

    Returns
    -------
    MatrixAnswer
        Each pair's distance and time are those of :func:`geo.routing.find` for the same two places.

    Raises
    ------
    QuestionError
        As :func:`geo.places.resolve` for a place that cannot be found.
    """
    roads = build_cached(dataset) if network is None else network
    ends = (
        find_places(dataset, question.origins, own_origins, network),
        find_places(dataset, question.destinations, own_destinations, network),
    )
    work = _Measure(dataset, roads, question, ends)
    same = work.same()
    near = work.near[0][:, None] & work.near[1][None, :]
    cost, other = work.measure(question.rules, near & ~same)
    applied = dict(work.applied)
    lost = near & ~same & ~np.isfinite(cost)
    code = work.reasons(same, near, lost)
    reached = code == 0
    cost, other = (np.where(same, 0.0, values) for values in (cost, other))
    distance_m, travel_time_s = (other, cost) if question.minimise == "time" else (cost, other)
    legs = [np.where(placed, snaps.distance_m, np.nan) for placed, snaps in zip(work.placed, work.snaps, strict=True)]
    places = (*ends[0], *ends[1])
    told = (*(rule.note for rule in applied.values()), *unplaced(dataset, roads, question.rules))
    return MatrixAnswer(
        question=question,
        origins=ends[0],
        destinations=ends[1],
        distance_m=np.where(reached, distance_m, np.nan),
        travel_time_s=np.where(reached, travel_time_s, np.nan),
        snap_from_m=legs[0],
        snap_to_m=legs[1],
        reason_code=code,
        withheld_by=work.withheld(code),
        rules_applied=tuple(applied),
        notes=(*told, *_notes(roads, places, code)),
        evidence=weakest([*(place.evidence for place in places), *roads.sections["evidence"].unique()]) or "documented",
        sources=tuple(str(text) for text in roads.sections["source"].dropna().unique()),
    )


def _notes(network: Network, places: Sequence[Place], code: NDArray[np.int8]) -> tuple[Note, ...]:
    notes = [network_note(network), Note("planning-speeds"), Note("legs-apart")]
    if any(place.evidence == "illustrative" for place in places):
        notes.append(Note("illustrative-places"))
    uncertain = sum(place.positional_error_m > 0 for place in places)
    if uncertain:
        notes.append(Note("positions-uncertain", {"count": uncertain}))
    without = int((code != 0).sum())
    if without:
        notes.append(Note("pairs-without-way", {"count": without}))
    return tuple(notes)
