"""One vehicle's network out of an extract: kinds of road, sections, lengths, times, turns."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from geo import osm_borders
from geo.crs import GEOD
from geo.elevation import heights_m
from geo.network import to_grain
from geo.osm_chains import Chains, Segments, contract, ends, plain_points
from geo.osm_read import UNITS_PER_DEGREE
from geo.osm_tags import Kind, applies, blocks, interpret
from geo.osm_turns import Junctions, banned_runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.elevation import Tile
    from geo.osm_read import Extract
    from geo.profiles import Profile

#: A part of the network in which every node leads to every other is worth snapping to from this share of the
#: longest such part's length on; the others are yards, islands and faults of the map.
CORE_SHARE: Final = 0.1

#: Crossings of borders are numbered from here as copies of the node before them; no barrier has so many copies.
_FIRST_CROSSING: Final = 1000
_M_S_PER_KM_H: Final = 1000.0 / 3600.0
#: Heights of 30 or 90 m posts say little about the grade of a shorter stretch.
_GRADE_PIECE_M: Final = 200.0


@dataclass(frozen=True, eq=False)
class Points:
    """Points of the roads: node id, copy number (at barriers that nobody passes, and at borders), position, country."""

    ref: NDArray[np.int64]
    copy: NDArray[np.int32]
    x: NDArray[np.int32]
    y: NDArray[np.int32]
    country: NDArray[np.int64]

    @property
    def lon(self) -> NDArray[np.float64]:
        """Degrees."""
        return self.x / UNITS_PER_DEGREE

    @property
    def lat(self) -> NDArray[np.float64]:
        """Degrees."""
        return self.y / UNITS_PER_DEGREE


@dataclass(frozen=True, eq=False)
class VehicleRoads:
    """The roads that a vehicle may use, cut at every point, before chains are contracted.

    Parameters
    ----------
    kinds
        What roads are; ``segments.kind`` is a row of it times the number of countries, plus the country's row.
    countries
        Codes; ``points.country`` is a row of it, 0 for not known.
    points, segments
        Segments that cross a border are cut there.
    length_m, forward_s, back_s
        Of each segment; seconds are NaN where it may not be driven that way.
    """

    kinds: tuple[Kind, ...]
    countries: tuple[str, ...]
    points: Points
    segments: Segments
    length_m: NDArray[np.float64]
    forward_s: NDArray[np.float64]
    back_s: NDArray[np.float64]

    @property
    def kind(self) -> NDArray[np.int64]:
        """Row of each segment's kind."""
        return self.segments.kind // len(self.countries)


def vehicle_roads(
    extract: Extract, profile: Profile, borders: gpd.GeoDataFrame | None = None, *, ferries: bool = False
) -> VehicleRoads:
    """Find the roads that a vehicle may use.

    Parameters
    ----------
    extract
        What has been read.
    profile
        The vehicle.
    borders
        Countries to tell apart; None knows none.
    ferries
        Whether ferries count as roads.
    """
    kinds, kind_of_way = _kinds(extract, profile, ferries=ferries)
    way = np.repeat(np.arange(len(extract.way_id)), np.diff(extract.start))
    first = np.flatnonzero(way[:-1] == way[1:])
    used = (kind_of_way[way[first]] >= 0) & ~extract.missing[first] & ~extract.missing[first + 1]
    first = first[used & (extract.ref[first] != extract.ref[first + 1])]
    both = np.concatenate([first, first + 1])
    refs, where, inverse = np.unique(extract.ref[both], return_index=True, return_inverse=True)
    begin, end = inverse[: len(first)].astype(np.int64), inverse[len(first) :].astype(np.int64)
    stopping = [node for node, tags in extract.points.items() if blocks(tags, profile)]
    begin, end, origin, copy = _split(begin, end, np.isin(refs, np.array(stopping, dtype=np.int64)))
    x, y = extract.x[both[where]][origin], extract.y[both[where]][origin]
    countries, points, begin, end, owner, country = _cut((refs[origin], copy, x, y), begin, end, borders)
    way_of = way[first][owner]
    kind = kind_of_way[way_of]
    segments = Segments(begin, end, way_of, kind * len(countries) + country)
    lon, lat = points.lon, points.lat
    length_m = to_grain(np.asarray(GEOD.inv(lon[begin], lat[begin], lon[end], lat[end])[2], dtype=float))
    speeds = np.array([(one.forward_kmh, one.back_kmh) for one in kinds], dtype=float).reshape(-1, 2) * _M_S_PER_KM_H
    speeds[speeds == 0] = np.nan
    forward_s, back_s = (to_grain(length_m / speeds[kind, side]) for side in (0, 1))
    return VehicleRoads(kinds, countries, points, segments, length_m, forward_s, back_s)


def _kinds(extract: Extract, profile: Profile, *, ferries: bool) -> tuple[tuple[Kind, ...], NDArray[np.int64]]:
    """Interpret every set of tags once: the kinds found, and the row of each way's kind, -1 for none."""
    rows: dict[Kind, int] = {}
    found = (interpret(tags, profile, ferries=ferries) for tags in extract.tags)
    of_tags = np.array([-1 if kind is None else rows.setdefault(kind, len(rows)) for kind in found], dtype=np.int64)
    return tuple(rows), of_tags[extract.tag_row] if len(of_tags) else np.empty(0, dtype=np.int64)


def _split(
    begin: NDArray[np.int64], end: NDArray[np.int64], stops: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
    """Give every segment that ends at a point which nobody passes a copy of that point of its own."""
    origin, copy = np.arange(len(stops)), np.zeros(len(stops), dtype=np.int32)
    sides = []
    for side in (begin, end):
        hit = np.flatnonzero(stops[side])
        changed = side.copy()
        changed[hit] = len(origin) + np.arange(len(hit))
        sides.append(changed)
        origin = np.concatenate([origin, side[hit]])
    copies = (_ranks(origin[len(stops) :]) + 1).astype(np.int32)
    return sides[0], sides[1], origin, np.concatenate([copy, copies])


def _cut(
    spots: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]],
    begin: NDArray[np.int64],
    end: NDArray[np.int64],
    borders: gpd.GeoDataFrame | None,
) -> tuple[tuple[str, ...], Points, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Cut segments where they cross borders: codes, points, begin, end and old row of each segment, and its country."""
    ref, copy, x, y = spots
    count, owner = len(ref), np.arange(len(begin))
    if borders is not None and len(borders):
        lon, lat = x / UNITS_PER_DEGREE, y / UNITS_PER_DEGREE
        cuts = osm_borders.crossings((lon[begin], lat[begin]), (lon[end], lat[end]), borders)
        before = ref[begin[cuts.piece]]
        begin, end, owner = osm_borders.split(begin, end, cuts, count)
        ref = np.concatenate([ref, before])
        copy = np.concatenate([copy, (_FIRST_CROSSING + _ranks(before)).astype(np.int32)])
        x, y = (
            np.concatenate([old, np.round(new * UNITS_PER_DEGREE).astype(np.int32)])
            for old, new in ((x, cuts.lon), (y, cuts.lat))
        )
    lon, lat = x / UNITS_PER_DEGREE, y / UNITS_PER_DEGREE
    codes, of_point, of_piece = osm_borders.countries_of(lon, lat, (begin, end), count, borders)
    return codes, Points(ref, copy, x, y, of_point), begin, end, owner, of_piece


def _ranks(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count how many equal values stand before each."""
    order = np.argsort(values, kind="stable")
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[order] = np.arange(len(values)) - np.searchsorted(values[order], values[order])
    return ranks


def section_arrays(
    extract: Extract, roads: VehicleRoads, profile: Profile, tiles: Sequence[Tile] = ()
) -> tuple[dict[str, NDArray[Any]], int]:
    """Contract a vehicle's roads into sections between junctions.

    Parameters
    ----------
    extract
        Where the roads come from; its turn restrictions are kept.
    roads
        From :func:`vehicle_roads`.
    profile
        The same vehicle.
    tiles
        Heights; without any, slope plays no part in the times.

    Returns
    -------
    tuple[dict[str, NDArray[Any]], int]
        Arrays by name, as the network file holds them; and the number of restrictions that could not be used.
    """
    points, segments = roads.points, roads.segments
    bound = [one for one in extract.restrictions if applies(one.tags, profile) is not None]
    way_ends = _way_ends(extract, segments, {way for one in bound for way in one.via_ways})
    point_of = _points_of([one.via_node for one in bound if one.via_node is not None], points)
    forced = np.zeros(len(points.ref), dtype=bool)
    held = {*point_of.values(), *(point for pair in way_ends.values() for point in pair)}
    forced[list(held)] = True
    chains = contract(segments, plain_points(segments, len(points.ref), forced, _symmetric(roads)))
    begin, end = ends(segments, chains)
    first, last = chains.start[:-1], chains.start[1:] - 1
    forward_s, back_s = _times(roads, chains, profile, tiles)
    way = extract.way_id[segments.way[chains.segment]]
    junctions = Junctions(
        (begin[first], end[last], way[first], way[last]),
        np.isfinite(np.column_stack([forward_s, back_s])).ravel(),
        {way for one in bound for way in (*one.from_ways, *one.via_ways, *one.to_ways)},
        held,
    )
    runs, unused = banned_runs(bound, profile, point_of, way_ends, junctions)
    country = (segments.kind % len(roads.countries))[chains.segment[first]].astype(np.int32)
    arrays = _nodes_and_lines(points, chains, begin, end)
    arrays |= {
        "length_m": _sums(roads.length_m[chains.segment], chains),
        "time_s": forward_s,
        "time_back_s": back_s,
        "kind": roads.kind[chains.segment[first]].astype(np.int32),
        "country_from": country,
        "country_to": country,
        "way_id": way[first],
        "turn_start": np.cumsum([0, *(len(run) for run in runs)]).astype(np.int64),
        "turn_arc": np.array([arc for run in runs for arc in run], dtype=np.int64),
    }
    visitors = np.array([kind.ends_only for kind in roads.kinds], dtype=bool)[arrays["kind"]]
    return arrays | _parts(arrays, visitors), unused


def _points_of(refs: Sequence[int], points: Points) -> dict[int, int]:
    """Find points by node id; copies at barriers are no junctions."""
    whole = points.ref[points.copy == 0]
    rows = np.searchsorted(whole, refs)
    return {ref: int(row) for ref, row in zip(refs, rows, strict=True) if row < len(whole) and whole[row] == ref}


def _way_ends(extract: Extract, segments: Segments, ways: set[int]) -> dict[int, tuple[int, int]]:
    """Give the first and the last point of some ways, where the vehicle may use them."""
    rows = np.flatnonzero(np.isin(extract.way_id, np.array(sorted(ways), dtype=np.int64)))
    low, high = np.searchsorted(segments.way, rows), np.searchsorted(segments.way, rows, side="right")
    return {
        int(extract.way_id[row]): (int(segments.begin[a]), int(segments.end[b - 1]))
        for row, a, b in zip(rows.tolist(), low.tolist(), high.tolist(), strict=True)
        if b > a
    }


def _symmetric(roads: VehicleRoads) -> NDArray[np.bool_]:
    """Tell of each kind with its countries whether it is the same in both directions."""
    both = np.array([kind.forward_kmh == kind.back_kmh for kind in roads.kinds], dtype=bool)
    return np.repeat(both, len(roads.countries))


def _sums(values: NDArray[np.float64], chains: Chains) -> NDArray[np.float64]:
    return np.add.reduceat(values, chains.start[:-1]) if len(values) else np.empty(0)


def _times(
    roads: VehicleRoads, chains: Chains, profile: Profile, tiles: Sequence[Tile]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the seconds of each section, from its first point and back, slower on slopes where heights are known."""
    forth, back = roads.forward_s[chains.segment], roads.back_s[chains.segment]
    forward_s = _sums(np.where(chains.flipped, back, forth), chains)
    back_s = _sums(np.where(chains.flipped, forth, back), chains)
    if not tiles or not len(forward_s):
        return forward_s, back_s
    owner, grade = _grades(roads, chains, tiles)
    pieces = np.bincount(owner, minlength=len(forward_s))
    # Terrain says nothing of the road on a bridge or in a tunnel.
    level = np.array([kind.bridge or kind.tunnel for kind in roads.kinds], dtype=bool)
    free = level[roads.kind[chains.segment[chains.start[:-1]]]]
    slowed = []
    for seconds, grades in ((forward_s, grade), (back_s, -grade)):
        longer = np.bincount(owner, weights=1.0 / profile.slope_factor(grades), minlength=len(seconds)) / pieces
        slowed.append(to_grain(seconds * np.where(free, 1.0, longer)))
    return slowed[0], slowed[1]


def _grades(
    roads: VehicleRoads, chains: Chains, tiles: Sequence[Tile]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Cut every section into equal pieces of about 200 m: its row, and the grade, for each piece."""
    begin, end = ends(roads.segments, chains)
    lon, lat = roads.points.lon, roads.points.lat
    total_m = _sums(roads.length_m[chains.segment], chains)
    count = np.maximum(np.round(total_m / _GRADE_PIECE_M), 1).astype(np.int64)
    # The lines of all sections lie one behind the other on one axis, a gap of one metre between them.
    starts_m = np.concatenate([[0.0], np.cumsum(total_m + 1.0)[:-1]])
    posts = np.repeat(np.arange(len(count)), count + 1)
    rank = np.arange(len(posts)) - np.repeat(np.cumsum(count + 1) - (count + 1), count + 1)
    at_m = starts_m[posts] + total_m[posts] * rank / count[posts]
    owner = np.repeat(np.arange(len(count)), np.diff(chains.start))
    along = np.cumsum(roads.length_m[chains.segment])
    before = np.concatenate([[0.0], np.cumsum(total_m)[:-1]])
    reach = starts_m[owner] + along - before[owner]
    first = chains.start[:-1]
    axis = np.insert(reach, first, starts_m)
    lons, lats = (np.interp(at_m, axis, np.insert(values[end], first, values[begin[first]])) for values in (lon, lat))
    height_m = heights_m(tiles, lons, lats)
    same = posts[1:] == posts[:-1]
    rise_m, piece = np.diff(height_m)[same], posts[:-1][same]
    return piece, rise_m / np.maximum(total_m[piece] / count[piece], _GRADE_PIECE_M)


def _nodes_and_lines(
    points: Points, chains: Chains, begin: NDArray[np.int64], end: NDArray[np.int64]
) -> dict[str, NDArray[Any]]:
    first, last = chains.start[:-1], chains.start[1:] - 1
    kept = np.unique(np.concatenate([begin[first], end[last]]))
    kept = kept[np.lexsort((points.copy[kept], points.ref[kept]))]
    row = np.full(len(points.ref), -1, dtype=np.int64)
    row[kept] = np.arange(len(kept))
    vertex = np.insert(end, first, begin[first])
    return {
        "node_ref": points.ref[kept],
        "node_copy": points.copy[kept],
        "node_x": points.x[kept],
        "node_y": points.y[kept],
        "node_country": points.country[kept].astype(np.int32),
        "tail": row[begin[first]],
        "head": row[end[last]],
        "vertex_x": points.x[vertex],
        "vertex_y": points.y[vertex],
        "vertex_start": chains.start + np.arange(len(chains.start)),
    }


def _parts(arrays: dict[str, NDArray[Any]], visitors: NDArray[np.bool_]) -> dict[str, NDArray[Any]]:
    """Label the connected parts, and mark the sections worth snapping to and those for their own visitors only."""
    every = np.ones(len(visitors), dtype=bool)
    weak, core = _strong(arrays, every)
    return {"component": weak.astype(np.int32), "core": core, "ends_only": _yards(arrays, visitors)}


def _strong(arrays: dict[str, NDArray[Any]], used: NDArray[np.bool_]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Label the parts that some sections connect, and mark those sections of which every node leads to every other."""
    tail, head, nodes = arrays["tail"], arrays["head"], len(arrays["node_ref"])
    forth, back = np.isfinite(arrays["time_s"]) & used, np.isfinite(arrays["time_back_s"]) & used
    start, end = np.concatenate([tail[forth], head[back]]), np.concatenate([head[forth], tail[back]])
    links = csr_matrix((np.ones(len(start), dtype=np.int8), (start, end)), shape=(nodes, nodes))
    _, weak = connected_components(links, directed=False)
    _, strong = connected_components(links, directed=True, connection="strong")
    inside = (strong[tail] == strong[head]) & used
    metres = np.bincount(strong[tail][inside], weights=arrays["length_m"][inside], minlength=nodes)
    return weak, inside & (metres >= CORE_SHARE * metres.max())[strong[tail]]


def _yards(arrays: dict[str, NDArray[Any]], visitors: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Add to the visitors' roads those untagged ones that only they connect to the rest.

    Often the entrance alone is tagged; without this rule nobody could reach the roads behind it.
    """
    if not visitors.any():
        return visitors
    _, core = _strong(arrays, ~visitors)
    apart, _ = _strong(arrays, ~core)
    with_visitors = np.zeros(len(arrays["node_ref"]), dtype=bool)
    with_visitors[np.unique(apart[arrays["tail"][visitors]])] = True
    at_core = np.zeros(len(arrays["node_ref"]), dtype=bool)
    at_core[arrays["tail"][core]] = at_core[arrays["head"][core]] = True
    touches = at_core[arrays["tail"]] | at_core[arrays["head"]]
    # A road that itself joins the rest needs no visitors' road: it is a dead end of its own.
    behind = ~core & with_visitors[apart[arrays["tail"]]] & ~touches
    return np.asarray(visitors | behind, dtype=bool)


def kind_columns(kinds: Sequence[Kind]) -> dict[str, list[object]]:
    """List the kinds by field."""
    fields = tuple(Kind.__dataclass_fields__)
    return {name: list(values) for name, values in zip(fields, zip(*map(astuple, kinds), strict=True), strict=True)}
