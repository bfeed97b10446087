"""From a place to the road: the nearest point of the network, at a node or inside a section."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.crs import GEOD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from geo.network import Network

#: On the schematic main-road network a road is drawn kilometres from where it runs.
SNAP_LIMIT_M: Final = 10_000.0

#: A point so near to a section's end is at its node.
_NODE_REACH_M: Final = 1.0
#: No degree of latitude is shorter than this between 39° and 43.5° north; a degree of longitude is, by its cosine.
_DEGREE_M: Final = 110_500.0
#: And none of either kind is longer.
_LONGEST_DEGREE_M: Final = 111_700.0
_SQUARED_ECCENTRICITY: Final = float(GEOD.es)


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
    """

    node: NDArray[np.int64]
    section: NDArray[np.int64]
    fraction: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    distance_m: NDArray[np.float64]
    skipped_m: NDArray[np.float64]

    def __len__(self) -> int:
        """Count the places."""
        return len(self.node)

    def __getitem__(self, rows: ArrayLike) -> Snaps:
        """Take some of the places, by their rows or a mask."""
        chosen = np.atleast_1d(np.asarray(rows))
        return Snaps(*(getattr(self, part.name)[chosen] for part in fields(self)))


def _metres_per_degree(lat: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the length of a degree of longitude and of latitude on the ellipsoid at some latitudes."""
    phi = np.radians(lat)
    shrink = 1.0 - _SQUARED_ECCENTRICITY * np.sin(phi) ** 2
    east = np.radians(GEOD.a / np.sqrt(shrink) * np.cos(phi))
    north = np.radians(GEOD.a * (1.0 - _SQUARED_ECCENTRICITY) / shrink**1.5)
    return east, north


def _pieces_near(
    network: Network, lon: NDArray[np.float64], lat: NDArray[np.float64], reach_m: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair each place with every straight piece of road whose extent comes within reach of it."""
    high = reach_m / _DEGREE_M
    wide = high / np.cos(np.radians(np.abs(lat) + high))
    boxes = shapely.box(lon - wide, lat - high, lon + wide, lat + high)
    place, piece = network.segment_tree.query(boxes)
    return place.astype(np.int64), piece.astype(np.int64)


def _project(
    network: Network, lon: NDArray[np.float64], lat: NDArray[np.float64], piece: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find how far along each piece its point nearest to a place lies (0 to 1), and how far from the place.

    Degrees are scaled to metres at the place, which is true to 0.2 % within 10 km; the distance that an answer
    shows is measured on the ellipsoid afterwards.
    """
    first = network.segment_vertex[piece]
    east, north = _metres_per_degree(lat)
    x0, y0 = (network.vertex_lon[first] - lon) * east, (network.vertex_lat[first] - lat) * north
    dx = (network.vertex_lon[first + 1] - network.vertex_lon[first]) * east
    dy = (network.vertex_lat[first + 1] - network.vertex_lat[first]) * north
    square = dx**2 + dy**2
    along = np.divide(-(x0 * dx + y0 * dy), square, out=np.zeros_like(square), where=square > 0)
    along = np.clip(along, 0.0, 1.0)
    return along, np.hypot(x0 + along * dx, y0 + along * dy)


def _nearest_pieces(
    network: Network, lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Give each place's nearest piece of road, however far, and how far along it the nearest point lies."""
    # The piece that is nearest when degrees are taken as a plane bounds how far the nearest in metres can be.
    _, degrees = network.segment_tree.query_nearest(shapely.points(lon, lat), all_matches=False, return_distance=True)
    place, piece = _pieces_near(network, lon, lat, degrees * _LONGEST_DEGREE_M)
    along, rough_m = _project(network, lon[place], lat[place], piece)
    rows = _nearest_rows(place, rough_m, len(lon))
    return piece[rows], along[rows]


def _home_pieces(
    network: Network, lon: NDArray[np.float64], lat: NDArray[np.float64], home: NDArray[np.object_], limit_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Give the places that have a road of their own country about the limit: their rows, its piece and point."""
    place, piece = _pieces_near(network, lon, lat, np.full(len(lon), limit_m))
    own = network.only_country[network.segment_section[piece]] == home[place]
    place, piece = place[own], piece[own]
    along, rough_m = _project(network, lon[place], lat[place], piece)
    rows = _nearest_rows(place, rough_m, len(lon))
    found = np.flatnonzero(rows >= 0)
    return found, piece[rows[found]], along[rows[found]]


def _nearest_rows(place: NDArray[np.int64], distance_m: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Give the row of the least distance for each place, -1 for a place without any row."""
    order = np.lexsort((distance_m, place))
    first = np.ones(len(order), dtype=bool)
    first[1:] = place[order][1:] != place[order][:-1]
    rows = np.full(count, -1, dtype=np.int64)
    rows[place[order][first]] = order[first]
    return rows


def _at(
    network: Network,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    piece: NDArray[np.int64],
    along: NDArray[np.float64],
) -> Snaps:
    """Make the entries of places that meet given pieces of road at given points."""
    first = network.segment_vertex[piece]
    section = network.segment_section[piece]
    before, after = network.vertex_fraction[first], network.vertex_fraction[first + 1]
    fraction = before + along * (after - before)
    length_m = network.length_m[section]
    at_tail, at_head = fraction * length_m <= _NODE_REACH_M, (1.0 - fraction) * length_m <= _NODE_REACH_M
    node = np.where(at_tail, network.tail[section], np.where(at_head, network.head[section], -1))
    node_lon, node_lat = _node_positions(network, node)
    road_lon = network.vertex_lon[first] + along * (network.vertex_lon[first + 1] - network.vertex_lon[first])
    road_lat = network.vertex_lat[first] + along * (network.vertex_lat[first + 1] - network.vertex_lat[first])
    road_lon, road_lat = np.where(node >= 0, node_lon, road_lon), np.where(node >= 0, node_lat, road_lat)
    _, _, distance_m = GEOD.inv(lon, lat, road_lon, road_lat)
    return Snaps(
        node=node,
        section=np.where(node >= 0, -1, section),
        fraction=np.where(node >= 0, 0.0, fraction),
        lon=road_lon,
        lat=road_lat,
        distance_m=np.asarray(distance_m, dtype=float),
        skipped_m=np.full(len(lon), np.nan),
    )


def _node_positions(network: Network, node: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lon, lat = network.nodes["lon"].to_numpy(dtype=float), network.nodes["lat"].to_numpy(dtype=float)
    return lon[node], lat[node]


def _nowhere(count: int) -> Snaps:
    none, unknown = np.full(count, -1, dtype=np.int64), np.full(count, np.nan)
    return Snaps(none, none, np.zeros(count), unknown, unknown, np.full(count, np.inf), unknown)


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
    snaps = _at(network, lons, lats, piece, along)
    if countries is None:
        return snaps
    home = np.array([code or "" for code in countries], dtype=object)
    abroad = np.flatnonzero((network.only_country[network.segment_section[piece]] != home) & (home != ""))
    if not abroad.size:
        return snaps
    found, piece, along = _home_pieces(network, lons[abroad], lats[abroad], home[abroad], limit_m)
    found = abroad[found]
    at_home = _at(network, lons[found], lats[found], piece, along)
    nearest_m = snaps.distance_m[found]
    at_home.skipped_m[:] = np.where(nearest_m < at_home.distance_m, nearest_m, np.nan)
    within = at_home.distance_m <= limit_m
    return _replace(snaps, found[within], at_home[within])


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
    return _replace(snaps, rows, Snaps(nodes, np.full(len(rows), -1), zero, lon, lat, zero, unknown))
