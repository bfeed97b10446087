"""Which of some records is the nearest by road, for many snapped places at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.homeward import Homeward
from geo.ranking import rounded_leg_m, snap_acceptors
from geo.ruled import excluded_at, ruled_graph, without_countries

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.acceptors import Acceptors
    from geo.dataset import Dataset
    from geo.network import Network
    from geo.rules import RoadRules
    from geo.snapping import Snaps

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Ends = tuple[str | None, str | None]


@dataclass(frozen=True, eq=False)
class Starts:
    """Places from which ways begin, an entry a place.

    Parameters
    ----------
    lon, lat
        Where they are.
    countries
        In which country, None where not known.
    snaps
        Where they meet the network.
    limit_m
        How far from it they, and the records, may lie.
    with_legs
        Whether the straight legs count when records are compared, or the road alone.
    """

    lon: Floats
    lat: Floats
    countries: NDArray[np.object_]
    snaps: Snaps
    limit_m: float
    with_legs: bool = True


@dataclass(frozen=True, eq=False)
class NearestRows:
    """The nearest record of each place, an entry a place.

    Parameters
    ----------
    row
        Of the record; -1 where no road leads to any.
    distance_m, travel_time_s
        Along the road; NaN without one.
    from_m, to_m
        Straight legs at both ends; NaN without a road.
    reason
        Why there is none: ``snap-too-far``, ``no-road``, ``only-abroad``, ``rules-forbid``, ``excluded-by-rule``,
        ``countries-unknown`` or ``no-network``; else None.
    """

    row: Ints
    distance_m: Floats
    travel_time_s: Floats
    from_m: Floats
    to_m: Floats
    reason: NDArray[np.object_]


class _Search:
    """Looks the nearest record up for each place, one set of countries after another."""

    def __init__(self, dataset: Dataset, network: Network, records: Acceptors, starts: Starts) -> None:
        self.dataset, self.network, self.records, self.starts = dataset, network, records, starts
        self.goals = snap_acceptors(network, records, starts.limit_m)
        self.codes = np.array(records.countries, dtype=object)
        self.usable = self.goals.distance_m <= starts.limit_m
        self.near = starts.snaps.distance_m <= starts.limit_m
        count = len(starts.lon)
        self.row, self.cost = np.full(count, -1, dtype=np.int64), np.full(count, np.inf)
        self.distance_m, self.travel_time_s = np.full(count, np.nan), np.full(count, np.nan)

    def look(self, rules: RoadRules) -> None:
        """Grow a tree for every set of countries that a way must not leave, and look every place up."""
        for home in dict.fromkeys(self.starts.countries[self.near].tolist()):
            here = np.flatnonzero(self.near & _equal(self.starts.countries, home))
            for ends, chosen in self._groups(rules, home):
                if chosen.size and not (without_countries(self.network) and rules.countries(ends)):
                    self._tree(rules, ends, chosen, here)

    def _groups(self, rules: RoadRules, home: str | None) -> list[tuple[Ends, Ints]]:
        """Part the records into those of the place's country, and the others."""
        if rules.stay_in is not None or home is None:
            return [((home, None), np.flatnonzero(self.usable))]
        own = _equal(self.codes, home)
        return [((home, home), np.flatnonzero(self.usable & own)), ((home, None), np.flatnonzero(self.usable & ~own))]

    def _tree(self, rules: RoadRules, ends: Ends, chosen: Ints, here: Ints) -> None:
        network = self.network
        graph, _ = ruled_graph(self.dataset, network, "distance", rules, ends)
        legs_m = rounded_leg_m(self.goals.distance_m[chosen]) if self.starts.with_legs else None
        tree = Homeward(network, graph, self.goals[chosen], legs_m)
        measures = (network.length_m, network.length_m), (network.time_s, network.time_back_s)
        cost, goal, sums, _ = tree.follow(self.starts.snaps[here], *measures)
        better = cost < self.cost[here]
        at = here[better]
        self.cost[at], self.row[at] = cost[better], chosen[goal[better]]
        self.distance_m[at], self.travel_time_s[at] = sums[0, better], sums[1, better]

    def reached_anyhow(self, rules: RoadRules | None, lost: Ints) -> NDArray[np.bool_]:
        """Tell which of the places any record can be reached from under other rules; None stands for no rule at all."""
        chosen = np.flatnonzero(self.usable)
        if not lost.size or not chosen.size:
            return np.zeros(len(lost), dtype=bool)
        if rules is None:
            graph = self.network.graph_of("distance")
        else:
            graph, _ = ruled_graph(self.dataset, self.network, "distance", rules, (None, None))
        tree = Homeward(self.network, graph, self.goals[chosen])
        return np.isfinite(tree.cost_from(self.starts.snaps[lost]))


def _equal(codes: NDArray[np.object_], code: str | None) -> NDArray[np.bool_]:
    return np.array([one == code for one in codes.tolist()], dtype=bool)


def nearest_rows(
    dataset: Dataset, network: Network, records: Acceptors, starts: Starts, rules: RoadRules
) -> NearestRows:
    """Find the nearest of some records for each of many snapped places.

    For every set of countries that a way must not leave, one tree grows from all records to which the set applies at
    once; places look up what it says at the point where they meet the road. The order is by road and straight legs,
    compared to the millimetre; of records equally far any may be found.

    Parameters
    ----------
    dataset
        Its closures.
    network
        The roads.
    records
        Who takes the waste.
    starts
        The places.
    rules
        As for a route.
    """
    search = _Search(dataset, network, records, starts)
    shut = excluded_at(rules, starts.lon, starts.lat, starts.countries.tolist())
    closed_goals = excluded_at(rules, records.lon, records.lat, records.countries)
    search.near &= ~shut
    search.usable &= ~closed_goals
    search.look(rules)
    count = len(starts.lon)
    reason = np.full(count, None, dtype=object)
    reason[starts.snaps.distance_m > starts.limit_m] = "snap-too-far"
    lost = np.flatnonzero(search.near & (search.row < 0))
    if lost.size:
        told = np.where(search.reached_anyhow(None, lost), "rules-forbid", "no-road").astype(object)
        told[search.reached_anyhow(rules.anywhere(), lost)] = "only-abroad"
        if not search.usable.any():
            told[:] = "excluded-by-rule" if closed_goals.any() else "snap-too-far"
        reason[lost] = "countries-unknown" if without_countries(network) and rules.stay_in else told
    if not len(network.sections):
        reason[:] = "no-network"
    from_m = np.where(search.row >= 0, starts.snaps.distance_m, np.nan)
    to_m = np.where(search.row >= 0, search.goals.distance_m[search.row], np.nan) if len(records) else from_m
    found = NearestRows(search.row, search.distance_m, search.travel_time_s, from_m, to_m, reason)
    _at_the_spot(found, records, starts, ~closed_goals)
    reason[shut | closed_goals.all()] = "excluded-by-rule"
    found.row[shut] = -1
    for values in (found.distance_m, found.travel_time_s, found.from_m, found.to_m):
        values[shut] = np.nan
    return found


def _at_the_spot(found: NearestRows, records: Acceptors, starts: Starts, open_goals: NDArray[np.bool_]) -> None:
    """Name the record at whose very position a place lies, the first of several: the way there has no length."""
    spots: dict[tuple[float, float], int] = {}
    for row in np.flatnonzero(open_goals).tolist():
        spots.setdefault((float(records.lon[row]), float(records.lat[row])), row)
    close = np.flatnonzero(np.isin(starts.lon, records.lon) & np.isin(starts.lat, records.lat))
    for place in close.tolist():
        number = spots.get((float(starts.lon[place]), float(starts.lat[place])))
        if number is not None:
            found.row[place], found.reason[place] = number, None
            for values in (found.distance_m, found.travel_time_s, found.from_m, found.to_m):
                values[place] = 0.0
