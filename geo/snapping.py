"""From a place to the road: the nearest point of the network, at a node or inside a section."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.crs import SHORTEST_DEGREE_M, apart_m, metres_per_degree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from geo.network import Network

    _Good = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.bool_]]

#: On the schematic main-road network a road is drawn kilometres from where it runs.
SNAP_LIMIT_M: Final = 10_000.0
#: Surveyed lines follow the road: a place farther off than this is not on it.
SURVEYED_SNAP_LIMIT_M: Final = 5_000.0
#: On the schematic network a place so near to a named node is that node: published points of one village lie a few
#: hundred metres apart, and a first section of that length would be made of nothing but their difference.
NODE_MEET_M: Final = 300.0

#: Metres from degrees are true to 0.2 % here; a road just beyond the reach must not be missed.
_MARGIN: Final = 1.01
_BANDS_PER_DEGREE: Final = 50
_FARTHEST_NORTH_DEG: Final = 89.0
#: So few places are looked for among all pieces of road sooner than an index of these is made.
_FEW: Final = 4
#: So few pairs of a place and a piece of road are all measured: to choose among them first would take longer.
_ALL_PAIRS: Final = 2_000


@dataclass(frozen=True, eq=False)
class Snaps:
    """Where places meet the network, an entry a place.

    Parameters
    ----------
    node
        Row of the node, or -1 where the place meets a section between its ends.
    section
        Row of the section, or -1 at a node.
    fraction
        Part of the section's length from its tail to the point; 0 at a node.
    lon, lat
        The point on the network; NaN where the network is empty.
    distance_m
        Straight line from the place to the point; infinite where the network is empty.
    skipped_m
        Straight line to a nearer road that was passed over because it leaves the place's country, else NaN.
    cut_off_m
        Straight line to a nearer road that was passed over because it is cut off from the network, else NaN.
    """

    node: NDArray[np.int64]
    section: NDArray[np.int64]
    fraction: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    distance_m: NDArray[np.float64]
    skipped_m: NDArray[np.float64]
    cut_off_m: NDArray[np.float64]

    def __len__(self) -> int:
        """Count the places."""
        return len(self.node)

    def __getitem__(self, rows: ArrayLike) -> Snaps:
        """Take some of the places, by their rows or a mask."""
        chosen = np.atleast_1d(np.asarray(rows))
        return Snaps(*(getattr(self, part.name)[chosen] for part in fields(self)))


def snap_limit_m(network: Network, asked_m: float | None = None) -> float:
    """Give how far from the network a place may lie: as asked, else what the network's lines can bear."""
    if asked_m is not None:
        return asked_m
    return SNAP_LIMIT_M if network.schematic else SURVEYED_SNAP_LIMIT_M


def _pieces_near(
    network: Network, lon: NDArray[np.float64], lat: NDArray[np.float64], reach_m: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair each place with every straight piece of road whose extent comes within reach of it, and maybe others."""
    if _measures_all(network, len(lon)):
        return _all_pairs(network, len(lon))
    high = reach_m / SHORTEST_DEGREE_M
    # A network on the other side of the earth is looked for all round it, not beyond the pole.
    wide = high / np.cos(np.radians(np.minimum(np.abs(lat) + high, _FARTHEST_NORTH_DEG)))
    if _looks_through(network, len(lon)):
        found = [_pieces_in(network, *box) for box in zip(lon - wide, lat - high, lon + wide, lat + high, strict=True)]
        return np.repeat(np.arange(len(lon)), [len(rows) for rows in found]), np.concatenate(found)
    boxes = shapely.box(lon - wide, lat - high, lon + wide, lat + high)
    place, piece = network.segment_tree.query(boxes)
    return place.astype(np.int64), piece.astype(np.int64)


def _measures_all(network: Network, count: int) -> bool:
    """Tell whether there are so few places and pieces of road that no choice among them pays."""
    return count * len(network.segment_vertex) <= _ALL_PAIRS


def _all_pairs(network: Network, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    pieces = len(network.segment_vertex)
    return np.repeat(np.arange(count), pieces), np.tile(np.arange(pieces), count)


def _looks_through(network: Network, count: int) -> bool:
    """Tell whether looking through every piece costs less than an index that nobody has needed so far."""
    return count <= _FEW and "segment_tree" not in vars(network)


def _pieces_in(network: Network, west: float, south: float, east: float, north: float) -> NDArray[np.int64]:
    """Find the straight pieces of road whose extent meets a box."""
    first = network.segment_vertex
    rows = np.arange(len(first))
    for values, low, high in ((network.vertex_lat, south, north), (network.vertex_lon, west, east)):
        one, other = values[first[rows]], values[first[rows] + 1]
        rows = rows[(np.minimum(one, other) <= high) & (np.maximum(one, other) >= low)]
    return rows


def _nearest_vertex(network: Network, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
    if not _looks_through(network, len(lon)):
        return np.asarray(network.vertex_tree.query(np.column_stack([lon, lat]))[1], dtype=np.int64)
    away = [(network.vertex_lon - x) ** 2 + (network.vertex_lat - y) ** 2 for x, y in zip(lon, lat, strict=True)]
    return np.array([np.argmin(one) for one in away], dtype=np.int64)


def _project(
    network: Network,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find for pairs of a place and a piece how far along the piece its nearest point lies (0 to 1), and how far away.

    Degrees are scaled to metres at the place, which is true to 0.2 % within 10 km; the distance that an answer
    shows is measured on the ellipsoid afterwards.
    """
    place, piece = pairs
    first = network.segment_vertex[piece]
    east, north = (scale[place] for scale in metres_per_degree(lat))
    x0, y0 = (network.vertex_lon[first] - lon[place]) * east, (network.vertex_lat[first] - lat[place]) * north
    dx = (network.vertex_lon[first + 1] - network.vertex_lon[first]) * east
    dy = (network.vertex_lat[first + 1] - network.vertex_lat[first]) * north
    square = dx**2 + dy**2
    along = -(x0 * dx + y0 * dy) / np.where(square > 0, square, 1.0)
    along = np.minimum(np.maximum(along, 0.0), 1.0)
    return along, np.hypot(x0 + along * dx, y0 + along * dy)


def _nearest_pieces(
    network: Network, lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Give each place's nearest piece of road, however far, and how far along it the nearest point lies."""
    # Neighbours asked for one after another find the index's pages where the last one left them.
    order = np.lexsort((lon, np.floor(lat * _BANDS_PER_DEGREE)))
    lon, lat = lon[order], lat[order]
    if _measures_all(network, len(lon)):
        place, piece = _all_pairs(network, len(lon))
    else:
        # Some road runs through the point that is nearest in degrees: the nearest road is no farther.
        vertex = _nearest_vertex(network, lon, lat)
        east, north = metres_per_degree(lat)
        reach_m = np.hypot((network.vertex_lon[vertex] - lon) * east, (network.vertex_lat[vertex] - lat) * north)
        place, piece = _pieces_near(network, lon, lat, reach_m * _MARGIN + 1.0)
    along, rough_m = _project(network, lon, lat, (place, piece))
    rows = _nearest_rows(place, rough_m, piece, len(lon))
    found = np.empty(len(lon), dtype=np.int64)
    found[order] = rows
    return piece[found], along[found]


def _good_pieces(
    network: Network,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    limit_m: float,
    good: _Good,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Give the places that have a good road about the limit: their rows, its piece and point.

    ``good`` tells of pairs of a place and a section whether the section will do.
    """
    place, piece = _pieces_near(network, lon, lat, np.full(len(lon), limit_m))
    chosen = good(place, network.segment_section[piece])
    place, piece = place[chosen], piece[chosen]
    along, rough_m = _project(network, lon, lat, (place, piece))
    rows = _nearest_rows(place, rough_m, piece, len(lon))
    found = np.flatnonzero(rows >= 0)
    return found, piece[rows[found]], along[rows[found]]


def _nearest_rows(
    place: NDArray[np.int64], distance_m: NDArray[np.float64], piece: NDArray[np.int64], count: int
) -> NDArray[np.int64]:
    """Give the row of the least distance for each place, -1 for a place without any row.

    Pieces that meet in the nearest point are equally far: the first of them counts, however they were found.
    """
    order = np.lexsort((piece, distance_m, place))
    first = np.ones(len(order), dtype=bool)
    first[1:] = place[order][1:] != place[order][:-1]
    rows = np.full(count, -1, dtype=np.int64)
    rows[place[order][first]] = order[first]
    return rows


def _at(
    network: Network,
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    spots: tuple[NDArray[np.int64], NDArray[np.float64]],
    limit_m: float,
) -> Snaps:
    """Make the entries of places that meet given pieces of road at given points, or a node close by."""
    (lon, lat), (piece, along) = places, spots
    first, section = network.segment_vertex[piece], network.segment_section[piece]
    before, after = network.vertex_fraction[first], network.vertex_fraction[first + 1]
    fraction = before + along * (after - before)
    length_m = network.length_m[section]
    at_tail, at_head = fraction * length_m <= network.node_reach_m, (1.0 - fraction) * length_m <= network.node_reach_m
    node = np.where(at_tail, network.tail[section], np.where(at_head, network.head[section], -1))
    if network.schematic:
        node = np.where(node >= 0, node, _node_close_by(network, lon, lat, section, min(NODE_MEET_M, limit_m)))
    road_lon = network.vertex_lon[first] + along * (network.vertex_lon[first + 1] - network.vertex_lon[first])
    road_lat = network.vertex_lat[first] + along * (network.vertex_lat[first + 1] - network.vertex_lat[first])
    node_lon, node_lat = _node_positions(network, node)
    road_lon, road_lat = np.where(node >= 0, node_lon, road_lon), np.where(node >= 0, node_lat, road_lat)
    return Snaps(
        node=node,
        section=np.where(node >= 0, -1, section),
        fraction=np.where(node >= 0, 0.0, fraction),
        lon=road_lon,
        lat=road_lat,
        distance_m=apart_m(lon, lat, road_lon, road_lat),
        skipped_m=np.full(len(lon), np.nan),
        cut_off_m=np.full(len(lon), np.nan),
    )


def _node_close_by(
    network: Network,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    section: NDArray[np.int64],
    reach_m: float,
) -> NDArray[np.int64]:
    """Give the nearer end of its section for each place that lies within reach of it, else -1."""
    ends = np.stack([network.tail[section], network.head[section]])
    lons, lats = _node_positions(network, ends)
    # No way between two latitudes is shorter than that along the meridian.
    side, row = np.nonzero(np.abs(lats - lat) * SHORTEST_DEGREE_M <= reach_m)
    if not row.size:
        return np.full(len(lon), -1)
    away_m = np.full(ends.shape, np.inf)
    away_m[side, row] = apart_m(lon[row], lat[row], lons[side, row], lats[side, row])
    nearer = away_m.argmin(axis=0)
    rows = np.arange(len(lon))
    return np.where(away_m[nearer, rows] <= reach_m, ends[nearer, rows], -1)


def _node_positions(network: Network, node: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lon, lat = (np.asarray(network.node_values[name], dtype=float) for name in ("lon", "lat"))
    return lon[node], lat[node]


def _nowhere(count: int) -> Snaps:
    none, unknown = np.full(count, -1, dtype=np.int64), np.full(count, np.nan)
    return Snaps(none, none, np.zeros(count), unknown, unknown, np.full(count, np.inf), unknown, unknown)


def _replace(snaps: Snaps, rows: NDArray[np.int64], others: Snaps) -> Snaps:
    """Put other entries in some rows."""
    parts = []
    for part in fields(snaps):
        values = getattr(snaps, part.name).copy()
        values[rows] = getattr(others, part.name)
        parts.append(values)
    return Snaps(*parts)


def snap(
    network: Network,
    lon: ArrayLike,
    lat: ArrayLike,
    *,
    limit_m: float = SNAP_LIMIT_M,
    countries: Sequence[str | None] | None = None,
) -> Snaps:
    """Find where some places meet the network.

    A place in a country meets the nearest road that never leaves it, when there is one within the limit:
    whether a route may go abroad then changes the way and not where it begins. Else the nearest of all counts.
    The point is the nearest on the section's line; the section's length is shared in proportion along the line.

    Parameters
    ----------
    network
        The roads.
    lon, lat
        The places, in degrees, none of them NaN.
    limit_m
        Roads of the own country are preferred up to this distance. A place farther from every road still gets
        its nearest: the distance says that it is too far.
    countries
        Country of each place, None where not known.

    Returns
    -------
    Snaps
        An entry a place, in the order given.
    """
    lons, lats = np.atleast_1d(np.asarray(lon, dtype=float)), np.atleast_1d(np.asarray(lat, dtype=float))
    if not len(network.segment_vertex) or not len(lons):
        return _nowhere(len(lons))
    piece, along = _nearest_pieces(network, lons, lats)
    section = network.segment_section[piece]
    snaps = _at(network, (lons, lats), (piece, along), limit_m)
    home = np.array([code or "" for code in countries or [None] * len(lons)], dtype=object)

    def at_home(rows: NDArray[np.int64], sections: NDArray[np.int64]) -> NDArray[np.bool_]:
        return np.asarray(network.only_country[sections] == home[rows], dtype=bool)

    abroad = np.flatnonzero((home != "") & ~at_home(np.arange(len(lons)), section))
    snaps, section = _prefer(network, snaps, section, (lons, lats, abroad), (limit_m, at_home, "skipped_m"))
    if network.core is None:
        return snaps
    core, settled = network.core, at_home(np.arange(len(lons)), section)

    def in_core(rows: NDArray[np.int64], sections: NDArray[np.int64]) -> NDArray[np.bool_]:
        return np.asarray(core[sections] & (~settled[rows] | at_home(rows, sections)), dtype=bool)

    cut_off = np.flatnonzero(~core[section])
    return _prefer(network, snaps, section, (lons, lats, cut_off), (limit_m, in_core, "cut_off_m"))[0]


def _prefer(
    network: Network,
    snaps: Snaps,
    section: NDArray[np.int64],
    places: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]],
    rule: tuple[float, _Good, str],
) -> tuple[Snaps, NDArray[np.int64]]:
    """Move some places to the nearest good road within a limit, and keep how near the road passed over is.

    ``places`` are longitudes, latitudes and the rows to look at; the rule is the limit, what is good, and the
    field that keeps the distance.
    """
    (lons, lats, rows), (limit_m, good, passed) = places, rule
    if not rows.size:
        return snaps, section
    lon, lat = lons[rows], lats[rows]
    found, piece, along = _good_pieces(network, lon, lat, limit_m, lambda at, sections: good(rows[at], sections))
    better = _at(network, (lon[found], lat[found]), (piece, along), limit_m)
    found = rows[found]
    better.skipped_m[:] = snaps.skipped_m[found]
    nearest_m = snaps.distance_m[found]
    getattr(better, passed)[:] = np.where(nearest_m < better.distance_m, nearest_m, np.nan)
    within = better.distance_m <= limit_m
    section = section.copy()
    section[found[within]] = network.segment_section[piece[within]]
    return _replace(snaps, found[within], better[within]), section


def meet_nodes(network: Network, snaps: Snaps, node_ids: Sequence[str | None]) -> Snaps:
    """Let places that are nodes of the network join it there, whatever other road is near.

    A node that every section has lost is cut off: it must not slip to some other road.

    Parameters
    ----------
    network
        The roads.
    snaps
        Where the places meet the network as any other place does.
    node_ids
        For each place the id of the node that it is, else None.

    Returns
    -------
    Snaps
        The same with the nodes at themselves; a node that only bends sections stays as it was.
    """
    known = network.node_row
    named = [(row, known[node]) for row, node in enumerate(node_ids) if node is not None and node in known]
    kept = [(row, node) for row, node in named if not network.only_bends[node]]
    if not kept:
        return snaps
    rows, nodes = (np.array(part, dtype=np.int64) for part in zip(*kept, strict=True))
    lon, lat = _node_positions(network, nodes)
    unknown, zero = np.full(len(rows), np.nan), np.zeros(len(rows))
    return _replace(snaps, rows, Snaps(nodes, np.full(len(rows), -1), zero, lon, lat, zero, unknown, unknown))
