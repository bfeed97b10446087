"""The road network as arrays: nodes, sections with their geometry, and the graph that a rule leaves of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geo.crs import GEOD
from geo.errors import DataError, Fault
from geo.graphs import Graph, States, make_graph, make_states

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from geo.dataset import Dataset
    from geo.graphs import Turns

Minimise = Literal["time", "distance"]
#: What a route can be made as short in as possible.
MINIMISE: Final[tuple[Minimise, ...]] = ("time", "distance")

#: Tables from which a network is made.
ROAD_TABLES: Final = ("road_nodes", "road_sections", "road_speeds")
#: Lengths and times are whole multiples of this (metres, seconds). Sums of such numbers are exact in any order,
#: so a route's total is the sum of its sections, and the tree of the nearest point agrees with the drawn route.
GRAIN: Final = 2.0**-10

#: A place so near to a section's end is at its node: positions are often written to four decimals, some 10 m.
NODE_REACH_M: Final = 25.0

_M_S_PER_KM_H: Final = 1000.0 / 3600.0
_NETWORKS_KEPT: Final = 4


def to_grain(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round lengths or times to :data:`GRAIN`; NaN stays NaN."""
    return np.asarray(np.round(values / GRAIN) * GRAIN, dtype=float)


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
    _graphs: dict[tuple[Minimise, str | None], Graph] = field(default_factory=dict, repr=False)

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
        key = (minimise, country)
        if key not in self._graphs:
            allowed = None if country is None else np.asarray(self.only_country == country, dtype=bool)
            self._graphs[key] = make_graph(self, minimise, self.weights(minimise), allowed)
        return self._graphs[key]

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


class Columns(Mapping[str, "NDArray[np.generic]"]):
    """Columns of a table as arrays, each made when it is first asked for."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame, self._made = frame, dict[str, "NDArray[np.generic]"]()

    def __getitem__(self, name: str) -> NDArray[np.generic]:
        if name not in self._made:
            column = self._frame[name]
            self._made[name] = column.to_numpy(dtype=None if column.dtype.kind in "fb" else object)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return (str(name) for name in self._frame.columns if name != "geometry")

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _rows_of(ids: Sequence[str], nodes: pd.DataFrame, section_rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Look up nodes by id; DataError names every section whose node is missing."""
    known = {node: row for row, node in enumerate(nodes["id"])}
    rows = np.array([known.get(node, -1) for node in ids], dtype=np.int64)
    faults = [
        # Row 1 of the user's spreadsheet is the header.
        Fault(
            "unknown-reference", "road_sections", int(section_rows[i]) + 2, None, str(ids[i]), {"table": "road_nodes"}
        )
        for i in np.flatnonzero(rows < 0).tolist()
    ]
    if faults:
        raise DataError(faults)
    return rows


def _speeds_m_s(sections: pd.DataFrame, speeds: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Give each section's planning speed, and whether it is the table's slowest for want of its own."""
    table = {
        (surface, terrain): speed_kmh
        for surface, terrain, speed_kmh in zip(speeds["surface"], speeds["terrain"], speeds["speed_kmh"], strict=True)
    }
    kmh = np.array(
        [table.get(pair, np.nan) for pair in zip(sections["surface"], sections["terrain"], strict=True)], float
    )
    assumed = np.isnan(kmh)
    kmh[assumed] = min(table.values(), default=np.nan)
    return kmh * _M_S_PER_KM_H, assumed


def _vertices(sections: pd.DataFrame, nodes: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List the node rows that each section's line runs through, and where each section's list begins."""
    chains = [
        (begin, *via, end)
        for begin, via, end in zip(sections["from_id"], sections["via_ids"], sections["to_id"], strict=True)
    ]
    counts = np.array([len(chain) for chain in chains], dtype=np.int64)
    owner = np.repeat(sections["_row"].to_numpy(dtype=np.int64), counts)
    flat = [node for chain in chains for node in chain]
    return _rows_of(flat, nodes, owner), np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def line_fractions(lon: NDArray[np.float64], lat: NDArray[np.float64], start: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the part of its section's line that lies before each point, measured on the ellipsoid."""
    if not len(lon):
        return np.empty(0)
    _, _, step_m = GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    along = np.concatenate([[0.0], np.cumsum(step_m)])
    owner = np.repeat(np.arange(len(start) - 1), np.diff(start))
    begin, end = along[start[:-1]][owner], along[start[1:] - 1][owner]
    # A line whose points coincide has no direction: its points then share the length evenly.
    place = np.arange(len(lon)) - start[:-1][owner]
    even = place / np.maximum(np.diff(start)[owner] - 1, 1)
    fraction = np.divide(along - begin, end - begin, out=even, where=end > begin)
    fraction[start[:-1]], fraction[start[1:] - 1] = 0.0, 1.0
    return np.asarray(fraction, dtype=float)


def _by_id(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(_row=np.arange(len(frame))).sort_values("id", kind="stable", ignore_index=True)


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
    nodes, sections = _by_id(pd.DataFrame(dataset["road_nodes"])), _by_id(dataset["road_sections"])
    vertex, start = _vertices(sections, nodes)
    tail, head = vertex[start[:-1]], vertex[start[1:] - 1]
    length_m = to_grain(sections["length_m"].to_numpy(dtype=float))
    speed_m_s, assumed = _speeds_m_s(sections, dataset["road_speeds"])
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
_lock = Lock()


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
