"""The road network as arrays: nodes, sections with their geometry, and the graph that a rule leaves of them."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Final, Literal, TypeVar, cast

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geo.graphs import Graph, SectionWeights, States, make_graph, make_states
from geo.roadlines import GRAIN, Columns, line_fractions, to_grain
from geo.roadtables import by_id, speeds_m_s, vertices

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from numpy.typing import NDArray

    from geo.dataset import Dataset
    from geo.graphs import Turns

__all__ = [
    "GRAIN",
    "MINIMISE",
    "NODE_REACH_M",
    "ROAD_TABLES",
    "Columns",
    "Graph",
    "Minimise",
    "Network",
    "build",
    "build_cached",
    "line_fractions",
    "to_grain",
]

Minimise = Literal["time", "distance"]
Kept = TypeVar("Kept")
#: What a route can be made as short in as possible.
MINIMISE: Final[tuple[Minimise, ...]] = ("time", "distance")

#: Tables from which a network is made.
ROAD_TABLES: Final = ("road_nodes", "road_sections", "road_speeds")
#: A place so near to a section's end is at its node: positions are often written to four decimals, some 10 m.
NODE_REACH_M: Final = 25.0

_NETWORKS_KEPT: Final = 4
#: One graph of a country's network takes some ten megabytes.
_GRAPHS_KEPT: Final = 8
_MASKS_KEPT: Final = 64


@dataclass(frozen=True, eq=False)
class Network:
    """Nodes and sections of a road network, sorted by id, so that the order of rows cannot matter.

    Parameters
    ----------
    nodes, sections
        The tables, a row a node and a section, with a RangeIndex.
    tail, head
        Rows of the nodes where a section begins and ends.
    length_m, time_s
        Of each section; time is NaN where no planning speed is known at all.
    countries
        Countries of each section, in order from tail to head.
    only_country
        The country that a section never leaves, or None.
    speed_assumed
        Whether the speed table lacks the section's surface and terrain, so that its slowest speed was taken.
    vertex_node
        Nodes that the sections' lines run through, all in one array; -1 for a point that is no node.
    vertex_lon, vertex_lat, vertex_fraction
        Where they are, and the part of the section's length that lies before each.
    vertex_start
        Where each section's nodes begin in these arrays, and one past the last.
    component
        Label of the connected part of the network in which a node lies.
    forward, backward
        Whether a section can be driven from tail to head, and back; as a rule both.
    time_back_s
        Of each section from head to tail; as a rule the same as ``time_s``.
    turns
        Turns that may not be driven; as a rule none is known.
    ends_only
        Sections open to those who begin or end there; None where there are none.
    core
        Whether a section belongs to a part of the network worth snapping to: one in which every node leads to
        every other, and not a forgotten scrap. None where nobody has looked.
    schematic
        Whether the lines only join named places, and do not follow the road.
    node_reach_m
        A place so near to a section's end meets the network at its node.
    """

    nodes: pd.DataFrame
    sections: pd.DataFrame
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    length_m: NDArray[np.float64]
    time_s: NDArray[np.float64]
    countries: tuple[tuple[str, ...], ...]
    only_country: NDArray[np.object_]
    speed_assumed: NDArray[np.bool_]
    vertex_node: NDArray[np.int64]
    vertex_lon: NDArray[np.float64]
    vertex_lat: NDArray[np.float64]
    vertex_fraction: NDArray[np.float64]
    vertex_start: NDArray[np.int64]
    component: NDArray[np.int32]
    forward: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, dtype=np.bool_))
    backward: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, dtype=np.bool_))
    time_back_s: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    turns: Turns | None = None
    ends_only: NDArray[np.bool_] | None = None
    core: NDArray[np.bool_] | None = None
    schematic: bool = True
    node_reach_m: float = NODE_REACH_M
    _shelves: dict[str, OrderedDict[Hashable, object]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Fill what a network without directions leaves out."""
        both_ways = np.ones(len(self.tail), dtype=bool)
        usual = {"forward": both_ways, "backward": both_ways, "time_back_s": self.time_s}
        for name, values in usual.items():
            if len(getattr(self, name)) != len(values):
                object.__setattr__(self, name, values)

    @cached_property
    def states(self) -> States:
        """The nodes, and the states at them that banned turns need."""
        return make_states(len(self.nodes), self.tail, self.head, self.turns, self.ends_only)

    @cached_property
    def node_row(self) -> dict[str, int]:
        """Row of each node by its id."""
        return {str(node): row for row, node in enumerate(self.nodes["id"])}

    @cached_property
    def extent(self) -> tuple[float, float, float, float] | None:
        """West, south, east and north of the roads, degrees; None without any."""
        if not len(self.vertex_lon):
            return None
        lon, lat = self.vertex_lon, self.vertex_lat
        return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())

    @cached_property
    def country_lists(self) -> tuple[NDArray[np.int64], list[tuple[str, ...]]]:
        """Lists of countries that occur, and the row of each section's in them."""
        rows: dict[tuple[str, ...], int] = {}
        codes = [rows.setdefault(one, len(rows)) for one in self.countries]
        return np.array(codes, dtype=np.int64), list(rows)

    def rows_of(self, column: str, wanted: Iterable[str]) -> NDArray[np.int64]:
        """Find the sections that have one of some values in a column."""
        names = set(wanted)
        if not names or column not in self.sections.columns:
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero(self.sections[column].astype("str").isin(names).to_numpy())

    @cached_property
    def section_values(self) -> Columns:
        """Columns of the sections as arrays: a route takes its rows of them faster than of a table."""
        return Columns(self.sections)

    @cached_property
    def node_values(self) -> Columns:
        """Columns of the nodes as arrays."""
        return Columns(self.nodes)

    @cached_property
    def only_bends(self) -> NDArray[np.bool_]:
        """Whether sections run through a node and none begins or ends there."""
        bends = np.zeros(len(self.nodes), dtype=bool)
        bends[self.vertex_node[self.vertex_node >= 0]] = True
        bends[self.tail] = bends[self.head] = False
        return bends

    @cached_property
    def segment_vertex(self) -> NDArray[np.int64]:
        """First point of each straight piece of the sections' lines."""
        last = np.zeros(len(self.vertex_lon), dtype=bool)
        last[self.vertex_start[1:] - 1] = True
        return np.flatnonzero(~last)

    @cached_property
    def segment_section(self) -> NDArray[np.int64]:
        """Section of each straight piece."""
        return np.asarray(np.searchsorted(self.vertex_start, self.segment_vertex, side="right") - 1, dtype=np.int64)

    @cached_property
    def segment_tree(self) -> shapely.STRtree:
        """Index of the straight pieces by their extent, in degrees."""
        first = self.segment_vertex
        ends = np.stack(
            [
                np.column_stack([self.vertex_lon[first], self.vertex_lat[first]]),
                np.column_stack([self.vertex_lon[first + 1], self.vertex_lat[first + 1]]),
            ],
            axis=1,
        )
        return shapely.STRtree(shapely.linestrings(ends))

    @cached_property
    def vertex_tree(self) -> cKDTree:
        """Index of the points of the sections' lines, in degrees."""
        return cKDTree(np.column_stack([self.vertex_lon, self.vertex_lat]))

    def weights(self, minimise: Minimise) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Seconds or metres of each section, from tail to head and back."""
        return (self.time_s, self.time_back_s) if minimise == "time" else (self.length_m, self.length_m)

    def graph(self, minimise: Minimise, country: str | None = None) -> Graph:
        """Give the graph for an objective, made once and kept.

        Parameters
        ----------
        minimise
            Objective.
        country
            Use only sections that never leave this country; None uses all.
        """
        return self.graph_of(minimise, None if country is None else self.inside(country))

    def inside(self, country: str) -> NDArray[np.bool_]:
        """Tell which sections never leave a country."""
        return self.mask(country, lambda: np.asarray(self.only_country == country, dtype=bool))

    def keep(self, kind: str, key: Hashable, make: Callable[[], Kept], most: int) -> Kept:
        """Give what was worked out on this network for a key, or work it out; it goes when the network goes.

        Parameters
        ----------
        kind
            What it is: each kind has keys of its own.
        key
            Of what it depends on beside the network.
        make
            Works it out; two who ask at once may both do so. Nobody may change what comes of it.
        most
            How many of the kind are kept, the latest ones.
        """
        shelf = self._shelves.setdefault(kind, OrderedDict())
        with _shelf_lock:
            if key in shelf:
                shelf.move_to_end(key)
                return cast("Kept", shelf[key])
        made = make()
        with _shelf_lock:
            shelf[key] = made
            while len(shelf) > most:
                shelf.popitem(last=False)
        return made

    def mask(self, key: Hashable, make: Callable[[], NDArray[np.bool_]]) -> NDArray[np.bool_]:
        """Give a flag for each section, worked out once for a key."""
        return self.keep("mask", key, make, _MASKS_KEPT)

    def graph_of(self, objective: Minimise | SectionWeights, allowed: NDArray[np.bool_] | None = None) -> Graph:
        """Give the graph for an objective under rules; the last few are kept.

        Parameters
        ----------
        objective
            ``time``, ``distance``, or weights of the sections by another measure.
        allowed
            Sections that the rules leave; None leaves all.
        """
        if isinstance(objective, SectionWeights):
            name, title, weights = objective.key, objective.name, (objective.forward, objective.backward)
        else:
            name, title, weights = objective, objective, self.weights(objective)
        key = name, b"" if allowed is None or allowed.all() else hashlib.blake2b(allowed.tobytes()).digest()
        left = allowed if key[1] else None
        return self.keep("graph", key, lambda: make_graph(self, title, weights, left), _GRAPHS_KEPT)

    def line(self, section: int, start: float, end: float) -> NDArray[np.float64]:
        """Give the points of a part of a section, in the direction driven.

        Parameters
        ----------
        section
            Row of the section.
        start, end
            Parts of its length at which the part begins and ends; ``start`` > ``end`` is driven backwards.

        Returns
        -------
        NDArray[np.float64]
            Longitudes and latitudes, shape (points, 2).
        """
        rows = slice(self.vertex_start[section], self.vertex_start[section + 1])
        fraction, lon, lat = self.vertex_fraction[rows], self.vertex_lon[rows], self.vertex_lat[rows]
        low, high = min(start, end), max(start, end)
        inside = (fraction > low) & (fraction < high)
        at = np.concatenate([[low], fraction[inside], [high]])
        points = np.column_stack([np.interp(at, fraction, lon), np.interp(at, fraction, lat)])
        return points if start <= end else points[::-1]

    def part(
        self, values: NDArray[np.float64], section: NDArray[np.int64], fraction: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Give the metres or seconds from a section's tail to a point inside it, in proportion along its line."""
        return to_grain(values[section] * fraction)


def _components(nodes: int, tail: NDArray[np.int64], head: NDArray[np.int64]) -> NDArray[np.int32]:
    links = csr_matrix((np.ones(len(tail)), (tail, head)), shape=(nodes, nodes))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int32)


def build(dataset: Dataset) -> Network:
    """Make the network out of the road tables.

    Sections that join the same two nodes are kept apart; a graph takes the best of those that its rule allows.
    Nodes in ``via_ids`` bend a section's line and join nothing.

    Parameters
    ----------
    dataset
        Its tables ``road_nodes``, ``road_sections`` and ``road_speeds`` are read.

    Returns
    -------
    Network
        Arrays that no later question changes.

    Raises
    ------
    DataError
        When sections name nodes that the node table lacks; every such section is named.
    """
    nodes, sections = by_id(pd.DataFrame(dataset["road_nodes"])), by_id(dataset["road_sections"])
    vertex, start = vertices(sections, nodes)
    tail, head = vertex[start[:-1]], vertex[start[1:] - 1]
    length_m = to_grain(sections["length_m"].to_numpy(dtype=float))
    speed_m_s, assumed = speeds_m_s(sections, dataset["road_speeds"])
    countries = tuple(tuple(codes) for codes in sections["countries"])
    only = np.empty(len(sections), dtype=object)
    only[:] = [codes[0] if len(set(codes)) == 1 else None for codes in countries]
    lon = nodes["lon"].to_numpy(dtype=float)[vertex]
    lat = nodes["lat"].to_numpy(dtype=float)[vertex]
    return Network(
        nodes=nodes.drop(columns="_row"),
        sections=sections.drop(columns="_row"),
        tail=tail,
        head=head,
        length_m=length_m,
        time_s=to_grain(length_m / speed_m_s),
        countries=countries,
        only_country=only,
        speed_assumed=assumed,
        vertex_node=vertex,
        vertex_lon=lon,
        vertex_lat=lat,
        vertex_fraction=line_fractions(lon, lat, start),
        vertex_start=start,
        component=_components(len(nodes), tail, head),
    )


_kept: OrderedDict[str, Network] = OrderedDict()
_lock, _shelf_lock = Lock(), Lock()


def build_cached(dataset: Dataset) -> Network:
    """Give the network of a data set, made once for the content of its road tables.

    Parameters
    ----------
    dataset
        As for :func:`build`.

    Returns
    -------
    Network
        Shared by all who ask with equal road tables; the last four networks are kept.
    """
    digest = dataset.table_digest(*ROAD_TABLES)
    with _lock:
        network = _kept.get(digest)
        if network is None:
            network = _kept[digest] = build(dataset)
            while len(_kept) > _NETWORKS_KEPT:
                _kept.popitem(last=False)
        _kept.move_to_end(digest)
    return network
