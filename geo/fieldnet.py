"""The road network as a phone needs it: the sections that can matter, joined and drawn as coarsely as asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from scipy.sparse import block_array, csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo.crs import GEOD
from geo.evidence import weakest
from geo.snapping import SNAP_LIMIT_M, snap
from geo.trees import Tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from geo.network import Network
    from geo.snapping import Snaps

#: Coordinates are whole multiples of this part of a degree: about a metre.
STEPS_PER_DEG: Final = 100_000
_TWO: Final = 2


@dataclass(frozen=True)
class Road:
    """A section, or several in a row that became one.

    Parameters
    ----------
    tail, head
        Rows of its end nodes.
    lon, lat, along_m
        Its line, and the metres from its tail at each point of it; the last is its length.
    time_s
        Driving time; NaN where no speed is known.
    countries
        In order from tail to head, without repeats one after another.
    winter
        A part of it closes or is hard to pass in winter.
    evidence
        The weakest of its parts.
    parts
        Rows of its sections, with the metres along the road at which each has its own tail and head.
    """

    tail: int
    head: int
    lon: tuple[float, ...]
    lat: tuple[float, ...]
    along_m: tuple[float, ...]
    time_s: float
    countries: tuple[str, ...]
    winter: bool
    evidence: str
    parts: tuple[tuple[int, float, float], ...] = ()

    def turned(self) -> Road:
        """Give the same road from its head to its tail."""
        whole_m = self.along_m[-1]
        along = tuple(whole_m - metres for metres in self.along_m[::-1])
        parts = tuple((row, whole_m - tail_m, whole_m - head_m) for row, tail_m, head_m in self.parts)
        return replace(
            self, tail=self.head, head=self.tail, lon=self.lon[::-1], lat=self.lat[::-1], along_m=along,
            countries=self.countries[::-1], parts=parts,
        )  # fmt: skip


def roads(network: Network, keep: NDArray[np.bool_] | None = None) -> list[Road]:
    """List the sections of a network, or some of them, as they stand."""
    values = network.section_values
    found = []
    for row in range(len(network.sections)) if keep is None else np.flatnonzero(keep).tolist():
        part = slice(network.vertex_start[row], network.vertex_start[row + 1])
        found.append(
            Road(
                tail=int(network.tail[row]),
                head=int(network.head[row]),
                lon=tuple(network.vertex_lon[part].tolist()),
                lat=tuple(network.vertex_lat[part].tolist()),
                along_m=tuple((network.vertex_fraction[part] * network.length_m[row]).tolist()),
                time_s=float(network.time_s[row]),
                countries=_in_order(network.countries[row]),
                winter=bool(values["winter_closure"][row]),
                evidence=str(values["evidence"][row]),
                parts=((row, 0.0, float(network.length_m[row])),),
            )
        )
    return found


def _in_order(codes: Iterable[str]) -> tuple[str, ...]:
    result: list[str] = []
    for code in codes:
        if not result or result[-1] != code:
            result.append(code)
    return tuple(result)


def used(
    network: Network, places: pd.DataFrame, records: pd.DataFrame, groups: Sequence[NDArray[np.bool_]], k: int
) -> NDArray[np.bool_]:
    """Mark the sections that lie on the ways from some places to the nearest records of each group.

    Parameters
    ----------
    network
        All roads.
    places, records
        With ``lon``, ``lat`` and ``country``.
    groups
        Masks of the records: those that take a waste, confirmed or reported.
    k
        How many records of each group an answer names.

    Returns
    -------
    NDArray[np.bool_]
        A flag a section.
    """
    keep = np.zeros(len(network.sections), dtype=bool)
    ends, starts = _snapped(network, places), _snapped(network, records)
    home, away = (frame["country"].to_numpy(dtype=object) for frame in (places, records))
    reach = _Reach(network, ends, starts)
    total_m = np.full((len(records), len(places)), np.inf)
    rule = np.empty(total_m.shape, dtype=object)
    for row, code in enumerate(away):
        own = np.array([isinstance(code, str) and code == other for other in home], dtype=bool)
        rule[row, own] = code
        for country in {None, code} if own.any() else {None}:
            here = own if country is not None else ~own
            total_m[row, here] = reach.total_m(row, country)[here]
    total_m[:, ends.distance_m > SNAP_LIMIT_M] = np.inf
    total_m[starts.distance_m > SNAP_LIMIT_M, :] = np.inf
    wanted = np.zeros(total_m.shape, dtype=bool)
    for group in groups:
        rows = np.flatnonzero(group)
        best = rows[np.argsort(total_m[rows], axis=0, kind="stable")[:k]]
        np.put_along_axis(wanted, best, values=True, axis=0)
    wanted &= np.isfinite(total_m)
    for row in np.flatnonzero(wanted.any(axis=1)).tolist():
        for country in set(rule[row, wanted[row]].tolist()):
            keep[reach.sections(row, country, wanted[row] & (rule[row] == country))] = True
    return keep


def _snapped(network: Network, frame: pd.DataFrame) -> Snaps:
    countries = [code if isinstance(code, str) else None for code in frame["country"]]
    return snap(network, frame["lon"].to_numpy(dtype=float), frame["lat"].to_numpy(dtype=float), countries=countries)


class _Reach:
    """The trees from the records to the places."""

    def __init__(self, network: Network, ends: Snaps, starts: Snaps) -> None:
        self.network, self.ends, self.starts = network, ends, starts
        self._graphs: dict[str | None, tuple[csr_matrix, dict[tuple[int, int], int]]] = {}

    def total_m(self, row: int, country: str | None) -> NDArray[np.float64]:
        tree = Tree(self.network, self.network.graph("distance", country), self.starts[row])
        return np.asarray(tree.cost_to(self.ends) + self.ends.distance_m + self.starts.distance_m[row], dtype=float)

    def sections(self, row: int, country: str | None, chosen: NDArray[np.bool_]) -> list[int]:
        """List the sections on the ways from a record to the chosen places: the branches of one tree."""
        network, ends = self.network, self.ends
        cost, before, between = self._grown(row, country)
        found = {int(self.starts.section[row])} | set(ends.section[chosen].tolist())
        seen: set[int] = set()
        for place in np.flatnonzero(chosen).tolist():
            section, node = int(ends.section[place]), int(ends.node[place])
            if section >= 0:
                tail, head = int(network.tail[section]), int(network.head[section])
                length_m, part = network.length_m[section], ends.fraction[place]
                node = tail if cost[tail] + part * length_m <= cost[head] + (1.0 - part) * length_m else head
            # Up the branch until another way has been there already.
            while node not in seen and before[node] >= 0:
                seen.add(node)
                found.add(between[int(before[node]), node])
                node = int(before[node])
        return sorted(found - {-1})

    def _grown(
        self, row: int, country: str | None
    ) -> tuple[NDArray[np.float64], NDArray[np.int64], dict[tuple[int, int], int]]:
        """Give the metres to each node from a record, the node before it (-1 at the first) and the section between."""
        network = self.network
        if country not in self._graphs:
            self._graphs[country] = _graph(network, country)
        matrix, between = self._graphs[country]
        section, count = int(self.starts.section[row]), len(network.nodes)
        if section >= 0:
            part_m = float(self.starts.fraction[row] * network.length_m[section])
            ends = [int(network.tail[section]), int(network.head[section])]
            first = csr_matrix(([part_m, float(network.length_m[section]) - part_m], ([0, 0], ends)), shape=(1, count))
        else:
            # A weight of nothing would not be stored.
            first = csr_matrix(([1e-9], ([0], [int(self.starts.node[row])])), shape=(1, count))
        whole = block_array([[matrix, None], [first, csr_matrix((1, 1))]], format="csr")
        cost, before = dijkstra(whole, directed=True, indices=count, return_predecessors=True)
        before = np.where((before == count) | (before < 0), -1, before)
        return np.asarray(cost[:count], dtype=float), np.asarray(before[:count], dtype=np.int64), between


def _graph(network: Network, country: str | None) -> tuple[csr_matrix, dict[tuple[int, int], int]]:
    """Give the metres between neighbouring nodes where a rule lets one drive, and the shortest section of each pair."""
    between: dict[tuple[int, int], int] = {}
    open_rows = np.ones(len(network.sections), dtype=bool) if country is None else network.only_country == country
    for section in np.flatnonzero(open_rows).tolist():
        for pair in ((network.tail[section], network.head[section]), (network.head[section], network.tail[section])):
            key = int(pair[0]), int(pair[1])
            if key not in between or network.length_m[section] < network.length_m[between[key]]:
                between[key] = section
    tails, heads = zip(*between, strict=True) if between else ((), ())
    weights = network.length_m[list(between.values())]
    count = len(network.nodes)
    return csr_matrix((weights, (list(tails), list(heads))), shape=(count, count)), between


def joined(found: Sequence[Road], fixed: Iterable[int] = ()) -> list[Road]:
    """Join roads end to end where nothing branches off and the same country's rule holds on both.

    Parameters
    ----------
    found
        Roads.
    fixed
        Nodes that stay, whatever meets there.
    """
    rest: dict[int, Road] = dict(enumerate(found))
    at: dict[int, list[int]] = {}
    for key, road in rest.items():
        for node in (road.tail, road.head):
            at.setdefault(node, []).append(key)
    stay = set(fixed)
    for node, keys in at.items():
        if node in stay or len(keys) != _TWO or keys[0] == keys[1]:
            continue
        first, second = (rest[key] for key in keys)
        if len({*first.countries}) != 1 or first.countries != second.countries:
            continue
        one = first if first.head == node else first.turned()
        two = second if second.tail == node else second.turned()
        if one.tail == two.head:
            continue
        rest[keys[0]] = _end_to_end(one, two)
        del rest[keys[1]]
        other = at[two.head]
        other[other.index(keys[1])] = keys[0]
    return list(rest.values())


def _end_to_end(one: Road, two: Road) -> Road:
    before_m = one.along_m[-1]
    shifted = tuple(before_m + metres for metres in two.along_m[1:])
    return Road(
        tail=one.tail,
        head=two.head,
        lon=one.lon + two.lon[1:],
        lat=one.lat + two.lat[1:],
        along_m=one.along_m + shifted,
        time_s=one.time_s + two.time_s,
        countries=_in_order(one.countries + two.countries),
        winter=one.winter or two.winter,
        evidence=weakest([one.evidence, two.evidence]) or one.evidence,
        parts=(*one.parts, *((row, before_m + tail_m, before_m + head_m) for row, tail_m, head_m in two.parts)),
    )


def coarser(found: Sequence[Road], error_m: float) -> list[Road]:
    """Leave out points of the lines that lie within some metres of the line without them; lengths stay."""
    return [_coarser(road, error_m) for road in found]


def _coarser(road: Road, error_m: float) -> Road:
    if len(road.lon) <= _TWO:
        return road
    lat = np.array(road.lat)
    degree_m = np.radians(1.0) * GEOD.a
    plane = np.column_stack([np.array(road.lon) * np.cos(np.radians(lat.mean())), lat]) * degree_m
    # The third coordinate carries the row through the simplification.
    line = shapely.LineString(np.column_stack([plane, np.arange(len(plane))]))
    rows = shapely.get_coordinates(shapely.simplify(line, error_m, preserve_topology=False), include_z=True)[:, 2]
    kept = rows.astype(int).tolist()
    return replace(
        road,
        lon=tuple(road.lon[row] for row in kept),
        lat=tuple(road.lat[row] for row in kept),
        along_m=tuple(road.along_m[row] for row in kept),
    )


def encode(
    found: Sequence[Road], evidences: Sequence[str], *, steps_per_deg: int = STEPS_PER_DEG
) -> tuple[dict[str, Any], dict[int, int]]:
    """Write roads as lists of whole numbers.

    Parameters
    ----------
    found
        Roads.
    evidences
        Codes, of which roads hold the row.
    steps_per_deg
        Coordinates become whole multiples of this part of a degree.

    Returns
    -------
    tuple[dict[str, Any], dict[int, int]]
        ``steps``; ``nodes``: steps from each node to the next, longitude and latitude; ``countries``: the lists of
        countries that occur; ``roads``: for each the steps to its tail's number from that of the road before and
        from its tail's to its head's, row of its countries, evidence (plus 8 where winter closes it), centimetres a
        second (-1 unknown), length, then the steps from point to point between its ends: longitude, latitude and
        metres. And the number of each node by its row.
    """
    numbers: dict[int, int] = {}
    spots: list[tuple[float, float]] = []
    lists: dict[tuple[str, ...], int] = {}
    rows, last = [], 0
    for road in found:
        for node, place in ((road.tail, 0), (road.head, -1)):
            if node not in numbers:
                numbers[node] = len(numbers)
                spots.append((road.lon[place], road.lat[place]))
        tail, head = numbers[road.tail], numbers[road.head]
        length_m = round(road.along_m[-1])
        line = np.column_stack([np.array(road.lon) * steps_per_deg, np.array(road.lat) * steps_per_deg, road.along_m])
        inner = np.diff(np.round(line).astype(int)[:-1], axis=0).ravel().tolist()
        flags = evidences.index(road.evidence) + (8 if road.winter else 0)
        known = np.isfinite(road.time_s) and road.time_s > 0
        speed_cm_s = round(100 * road.along_m[-1] / road.time_s) if known else -1
        codes = lists.setdefault(road.countries, len(lists))
        rows.append([tail - last, head - tail, codes, flags, speed_cm_s, length_m, *inner])
        last = tail
    whole = np.round(np.array(spots).reshape(-1, 2) * steps_per_deg).astype(int)
    nodes = np.diff(whole, axis=0, prepend=np.zeros((1, 2), dtype=int)).ravel().tolist()
    return {
        "steps": steps_per_deg,
        "nodes": nodes,
        "countries": [list(codes) for codes in lists],
        "roads": rows,
    }, numbers


def meets(network: Network, frame: pd.DataFrame, found: Sequence[Road], numbers: Mapping[int, int]) -> list[list[int]]:
    """Say where places meet roads whose lines have been changed, since a phone would find other points on them.

    Parameters
    ----------
    network
        All roads, with their own lines.
    frame
        Places with ``lon``, ``lat`` and ``country``.
    found, numbers
        The roads in the order of :func:`encode`, and the numbers of their nodes.

    Returns
    -------
    list[list[int]]
        For each place the number of its road, metres along it and metres from the place to it; at a node minus one
        less its number, and 0; empty where the road it meets is not among those found.
    """
    snaps = _snapped(network, frame)
    part = {row: (number, tail_m, head_m) for number, road in enumerate(found) for row, tail_m, head_m in road.parts}
    at_node = {int(network.head[row]): (row, 1.0) for row in part} | {
        int(network.tail[row]): (row, 0.0) for row in part
    }
    met: list[list[int]] = []
    for place in range(len(snaps)):
        node, section, share = int(snaps.node[place]), int(snaps.section[place]), float(snaps.fraction[place])
        if node >= 0:
            section, share = at_node.get(node, (-1, 0.0))
        if node in numbers:
            met.append([-1 - numbers[node], 0, round(float(snaps.distance_m[place]))])
        elif section in part:
            road, tail_m, head_m = part[section]
            met.append([road, round(tail_m + share * (head_m - tail_m)), round(float(snaps.distance_m[place]))])
        else:
            met.append([])
    return met
