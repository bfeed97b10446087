"""Shortest ways on a real extract against two others: ``python tests/benchmarks/against.py EXTRACT [PROFILE]``.

First Dijkstra's algorithm over every point of the extract: equal to the last bit, turns and visitors' roads apart.
Then Valhalla (package ``pyvalhalla-weekly``, a development check only): lengths of 250 random pairs of points in the
middle of sections. Where they differ notably, each of the two ways is driven once more, piece by piece, by the other
engine: the first piece for which the other needs a longer way is where they part, and what the map says there (tags of
the two roads, turn restrictions at their junction) is printed with the pair.

Then the causes are tried: both engines run on a copy of the extract without one kind of tags (dangerous goods, turn
restrictions, access and barriers, …), on one with none of them, and on one where nobody turns round. A pair's cause
is the first copy on which the two agree; what agrees on none stands as not explained.

What Valhalla does differently by design: it measures on a sphere, about 0.5 % shorter than the ellipsoid at 60° north;
it obeys bans that hold at some hours only (``day_on``, ``hour_on``) at no hour, we always; it never turns round but at
a dead end and drives on through roads for visitors at a price, where we turn round wherever a street ends and never
pass through.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo import osm
from geo.crs import GEOD
from geo.graphs import Turns
from geo.osm_graph import VehicleRoads, vehicle_roads
from geo.osm_read import read_extract
from geo.profiles import bundled_profiles
from geo.snapping import snap
from geo.trees import Tree

if TYPE_CHECKING:
    from geo.network import Network
    from geo.trees import Step

#: Levels of two places, as the tag ``layer`` tells them.
Layers = tuple[int | None, ...] | None
PAIRS = 250
SOURCES = 40
#: Differences above this are explained one by one.
NOTABLE = 0.03
SPHERE = 0.007
#: A piece of way is driven alike when the other engine needs at most this much more for it.
PIECE_M = 8.0
SNAPPED_M = 3.0
JUNCTION_M = 15.0
#: Roads within this of a point, some six metres, may be what an engine takes it to lie on.
STACKED_DEG = 1e-4
#: Prices that Valhalla adds to the metres even where the shortest way is asked for: small roads cost lorries more.
UNPRICED = {"maneuver_penalty": 0, "service_penalty": 0, "low_class_penalty": 0}
COSTING = {"car": "auto", "truck": "truck"}
TAGS = (
    *("highway", "service", "access", "vehicle", "motor_vehicle", "motorcar", "hgv", "goods", "oneway"),
    *("junction", "maxweight", "maxheight", "maxlength", "maxwidth", "tunnel", "layer", "area", "surface"),
)
RESTRICTION_TAGS = (
    "restriction",
    "restriction:hgv",
    "day_on",
    "day_off",
    "hour_on",
    "hour_off",
    "except",
    "restriction:conditional",
)


def brute_force(network: Network, roads: VehicleRoads) -> None:
    """Print whether contraction has changed any distance or time."""
    plain = replace(network, turns=None, ends_only=None)
    copies = roads.points.copy
    names = [f"n{ref}" + (f".{copy}" if copy else "") for ref, copy in zip(roads.points.ref, copies, strict=True)]
    row_of = {name: row for row, name in enumerate(names)}
    rows = np.array([row_of[name] for name in network.nodes["id"]])
    chosen = np.random.default_rng(1).choice(len(rows), min(SOURCES, len(rows)), replace=False)
    one, other = roads.segments.begin, roads.segments.end
    for minimise in ("distance", "time"):
        weights = []
        for seconds in (roads.forward_s, roads.back_s):
            values = seconds if minimise == "time" else np.where(np.isfinite(seconds), roads.length_m, np.nan)
            weights.append(values)
        start, end, cost = np.concatenate([one, other]), np.concatenate([other, one]), np.concatenate(weights)
        order = np.lexsort((cost, end, start))
        order = order[np.isfinite(cost[order])]
        start, end, cost = start[order], end[order], cost[order]
        best = np.ones(len(order), dtype=bool)
        best[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
        matrix = csr_matrix((cost[best], (start[best], end[best])), shape=(len(names),) * 2)
        expected = dijkstra(matrix, indices=rows[chosen])[:, rows]
        graph = plain.graph(minimise)
        ours = csr_matrix((graph.data, graph.indices, graph.indptr), shape=(len(rows),) * 2)
        print(f"brute force, {minimise}: equal {np.array_equal(expected, dijkstra(ours, indices=chosen))}")


class Map:
    """What the extract says of ways, and of turns at junctions."""

    def __init__(self, extract: Path) -> None:
        import osmium  # noqa: PLC0415 - read once, here

        self.ways: dict[int, dict[str, str]] = {}
        self.barriers: dict[int, str] = {}
        self.turns: list[tuple[dict[str, str], set[int], set[int]]] = []
        self.where: dict[int, tuple[float, float]] = {}
        self.lines: dict[int, list[int]] = {}
        for thing in osmium.FileProcessor(str(extract)):
            tags = dict(thing.tags)
            if thing.is_node():
                self.where[thing.id] = thing.location.lon, thing.location.lat
                if "barrier" in tags:
                    self.barriers[thing.id] = tags["barrier"]
            elif thing.is_way() and "highway" in tags:
                self.ways[thing.id] = {
                    name: text
                    for name, text in tags.items()
                    if name in TAGS or name.startswith("hazmat") or name.endswith(":conditional")
                }
                self.lines[thing.id] = [node.ref for node in thing.nodes]
            elif thing.is_relation() and tags.get("type", "").startswith("restriction"):
                nodes = {member.ref for member in thing.members if member.type == "n"}
                ways = {member.ref for member in thing.members if member.type == "w"}
                told = {name: tags[name] for name in RESTRICTION_TAGS if name in tags}
                self.turns.append((told, nodes, ways))
        nodes = sorted({node for line in self.lines.values() for node in line} & self.where.keys())
        self.nodes = np.array(nodes, dtype=np.int64)
        self.places = np.array([self.where[node] for node in nodes])
        self.of_node: dict[int, list[int]] = {}
        for way, line in self.lines.items():
            for node in line:
                self.of_node.setdefault(node, []).append(way)

    def near(self, place: Any, reach_m: float = JUNCTION_M) -> set[int]:
        """Give the nodes of roads near a place."""
        rows = np.flatnonzero((np.abs(self.places - place) < 0.002).all(axis=1))
        away = GEOD.inv(*np.broadcast_arrays(place[0], place[1], *self.places[rows].T)[:2], *self.places[rows].T)[2]
        return set(self.nodes[rows[np.asarray(away) <= reach_m]].tolist())

    def ways_at(self, place: Any) -> list[tuple[float, int]]:
        """Give the ways about a place and how far off they run, in degrees, the nearest first."""
        from shapely import LineString, Point  # noqa: PLC0415 - as above

        ways = {way for node in self.near(place, 120.0) for way in self.of_node[node]}
        lines = {way: [self.where[node] for node in self.lines[way] if node in self.where] for way in ways}
        return sorted((LineString(line).distance(Point(place)), way) for way, line in lines.items() if len(line) > 1)

    def way_at(self, place: Any) -> int | None:
        """Give the way that runs through a place."""
        return next((way for _, way in self.ways_at(place)), None)

    def stacked(self, place: Any) -> list[int]:
        """Give the ways that run over or under each other at a place, none where there is one level alone."""
        ways = [way for off, way in self.ways_at(place) if off < STACKED_DEG]
        levels = {self.ways[way].get("layer", "0") for way in ways}
        return ways if len(levels) > 1 else []

    def layer(self, place: Any, way: int) -> int | None:
        """Give the level of a way at a place where roads run over each other; None where one level says it all."""
        text = self.ways[way].get("layer", "0")
        return int(text) if way in self.stacked(place) and text.lstrip("-").isdigit() else None

    def told(self, way: int | None) -> str:
        """Write a way with its tags."""
        return "no way" if way is None else f"way {way} {json.dumps(self.ways[way], ensure_ascii=False)}"

    def bans(self, junctions: list[Any], ways: set[int]) -> list[str]:
        """List the turn restrictions at a junction, and barriers, among some ways."""
        nodes = {node for place in junctions for node in self.near(place)}
        bans = [json.dumps(tags) for tags, vias, members in self.turns if vias & nodes or len(members & ways) > 1]
        return bans + [f"barrier={self.barriers[node]}" for node in nodes & self.barriers.keys()]


@dataclass(frozen=True)
class Part:
    """Where two engines part: the middles of the pieces before and after, their ends, and what is more there."""

    before: Any
    after: Any
    junctions: list[Any]
    more_m: float
    turned: bool = False


class Valhalla:
    """The other engine."""

    def __init__(self, extract: Path, folder: Path, profile: str) -> None:
        import valhalla  # noqa: PLC0415 - a development check only

        tiles = folder / "tiles"
        tiles.mkdir()
        config = valhalla.get_config(tile_extract="", tile_dir=str(tiles))
        config["mjolnir"] |= {"tile_extract": "", "concurrency": 1}
        file = folder / "valhalla.json"
        file.write_text(json.dumps(config), encoding="utf-8")
        command = [sys.executable, "-m", "valhalla", "valhalla_build_tiles", "-c", str(file), str(extract)]
        subprocess.run(command, check=True, capture_output=True)
        self.actor = valhalla.Actor(config)
        self.costing = COSTING[profile]
        limits, options = bundled_profiles()[profile], {"shortest": True, **UNPRICED}
        if profile != "car":
            options |= {"hazmat": True, "axle_load": limits.limit("axle_load"), "weight": limits.limit("mass")}
            options |= {name: limits.limit(name) for name in ("height", "width", "length")}
        self.options = {self.costing: options}

    def route(self, points: Any, layers: Layers = None) -> tuple[float, Any] | None:
        """Give length and line of the way between two places; None where it refuses.

        Where roads run over each other, ``layers`` says which of them each place lies on.
        """
        from valhalla.utils.decode_polyline import decode_polyline  # noqa: PLC0415 - a development check only

        rigid = {"radius": 1, "minimum_reachability": 0, "node_snap_tolerance": 0}
        places = [{"lon": lon, "lat": lat, **rigid} for lon, lat in np.asarray(points).tolist()]
        for place, layer in zip(places, layers or (), strict=False):
            if layer is not None:
                place["preferred_layer"] = layer
        asked = {"locations": places, "costing": self.costing, "costing_options": self.options}
        try:
            trip = self.actor.route(asked)["trip"]
        except RuntimeError:
            return None
        return 1000 * trip["summary"]["length"], np.array(decode_polyline(trip["legs"][0]["shape"]))

    def edges(self, line: Any) -> list[Any]:
        """Cut a line of its own into its edges."""
        shape = [{"lon": lon, "lat": lat} for lon, lat in line.tolist()]
        wanted = {"attributes": ["edge.begin_shape_index", "edge.end_shape_index", "shape"], "action": "include"}
        asked = {
            "shape": shape,
            "costing": self.costing,
            "costing_options": self.options,
            "shape_match": "walk_or_snap",
        }
        try:
            found = self.actor.trace_attributes({**asked, "filters": wanted})
        except RuntimeError:
            return []
        from valhalla.utils.decode_polyline import decode_polyline  # noqa: PLC0415 - a development check only

        points = np.array(decode_polyline(found["shape"]))
        return [points[edge["begin_shape_index"] : edge["end_shape_index"] + 1] for edge in found["edges"]]


def _metres(network: Network, points: Any) -> float:
    ends = snap(network, points[:, 0], points[:, 1], limit_m=1.0)
    return float(Tree(network, network.graph("distance"), ends[0]).cost_to(ends[1])[0])


def _length(line: Any) -> float:
    return float(GEOD.line_length(line[:, 0], line[:, 1]))


def _halves(line: Any) -> tuple[Any, float]:
    """Give the middle of a line and its length."""
    if len(line) < 2:
        return line[0], 0.0
    steps = np.asarray(GEOD.inv(line[:-1, 0], line[:-1, 1], line[1:, 0], line[1:, 1])[2])
    along = np.concatenate([[0.0], np.cumsum(steps)])
    middle = [np.interp(along[-1] / 2, along, line[:, axis]) for axis in (0, 1)]
    return np.array(middle), float(along[-1])


def parting(lines: list[Any], measure: Any, start: Any) -> Part | None:
    """Drive a way's pieces with another engine; give the place where it needs most more, None where nowhere.

    Where it drives each piece as well, it may still not drive them all in a row: then the first place that it reaches
    later from the start is where the two part.
    """
    pieces = [(line, *_halves(line)) for line in lines if len(line) > 1 and _length(line) > 1.0]
    worst: Part | None = None
    for (line, middle, length), (after, middle_after, length_after) in pairwise(pieces):
        expected = (length + length_after) / 2
        needed = measure(np.array([middle, middle_after]))
        more = np.inf if needed is None else needed - expected
        if more > PIECE_M + SPHERE * expected and (worst is None or more > worst.more_m):
            worst = Part(middle, middle_after, [line[-1], after[0]], more, _turned(line, after))
    if worst is not None:
        return worst
    along, turned, last = 0.0, None, pieces[0]
    for piece in pieces:
        line, middle, length = piece
        turned = last if _turned(last[0], line) else turned
        needed = measure(np.array([start, middle]))
        more = np.inf if needed is None else needed - along - length / 2
        if more > PIECE_M + SPHERE * along:
            before = last if turned is None else turned
            return Part(before[1], middle, [before[0][-1], line[0]], more, turned is not None)
        along, last = along + length, piece
    needed = measure(np.array([start, last[0][-1]]))
    more = np.inf if needed is None else needed - along
    if more > PIECE_M + SPHERE * along:
        return Part(last[1], last[0][-1], [last[0][0], last[0][-1]], more)
    return None


def _turned(line: Any, after: Any) -> bool:
    return bool(np.allclose(line[-2], after[1], rtol=0, atol=1e-7))


def explain(network: Network, other: Valhalla, chart: Map, points: Any, found: tuple[float, float, Any]) -> list[str]:
    """Say where and why two ways part."""
    ours_m, theirs_m, line = found
    off_m = max(GEOD.inv(*line[end], *points[end])[2] for end in (0, -1))
    if off_m > SNAPPED_M:
        return [f"Valhalla snaps {off_m:.0f} m away, to another road"]
    if ours_m < theirs_m:
        ends = snap(network, points[:, 0], points[:, 1], limit_m=1.0)
        steps: list[Step] = Tree(network, network.graph("distance"), ends[0]).steps_to(ends[1], 0)
        drawn = [network.line(step.section, step.start, step.end) for step in steps]
        part = parting(drawn, lambda pair: (other.route(pair) or (None,))[0], points[0])
        who = "Valhalla does not drive on as we do"
    else:
        part = parting(other.edges(line), lambda pair: _metres(network, pair), points[0])
        who = "we do not drive on as Valhalla does"
    if part is None:
        levels = [way for place in points for way in chart.stacked(place)]
        return [f"roads above each other: {' / '.join(map(chart.told, levels))}"] if levels else []
    before, after = chart.way_at(part.before), chart.way_at(part.after)
    bans = chart.bans(part.junctions, {way for way in (before, after) if way is not None})
    turn = "turns round at the end of " if part.turned else ""
    lon, lat = part.junctions[0]
    told = [f"{who} at {lat:.5f},{lon:.5f}: {turn}{chart.told(before)} -> {chart.told(after)}"]
    return [*told, *(f"    there: {ban}" for ban in bans)]


@dataclass(frozen=True)
class Neutral:
    """A copy of an extract without some tags, and what the two engines find on it.

    Parameters
    ----------
    name
        What is left out.
    keys
        Beginnings of the keys that are dropped, up to the first colon.
    turns
        Which turn restrictions stay: ``all``, ``always`` those that hold at every hour, or ``none``.
    turning_round
        Whether we may turn round where a road goes on.
    """

    name: str
    keys: frozenset[str] = frozenset()
    turns: str = "all"
    turning_round: bool = True

    def write(self, extract: Path, target: Path) -> None:
        """Write the copy."""
        import osmium  # noqa: PLC0415 - read once, here

        with osmium.SimpleWriter(str(target), overwrite=True) as writer:
            for thing in osmium.FileProcessor(str(extract)):
                tags = dict(thing.tags)
                timed = any(key in tags for key in ("day_on", "hour_on", "restriction:conditional"))
                dropped = self.turns == "none" or (self.turns == "always" and timed)
                if thing.is_relation() and dropped and "restriction" in tags.get("type", ""):
                    continue
                kept = {key: text for key, text in tags.items() if key.partition(":")[0] not in self.keys}
                writer.add(thing if kept == tags else thing.replace(tags=kept))

    def network(self, file: Path, profile: str) -> Network:
        """Open our network of the copy."""
        found = osm.load_network(file, profile)
        if self.turning_round:
            return found
        ends = np.column_stack([found.head, found.tail]).ravel()
        begins = np.column_stack([found.tail, found.head]).ravel()
        opened = np.column_stack([found.forward, found.backward]).ravel()
        leaving = np.bincount(begins[opened], minlength=len(found.nodes))
        arcs = np.flatnonzero(opened & (leaving[ends] > 1))
        banned = np.column_stack([arcs, arcs ^ 1]).ravel()
        old = (
            found.turns if found.turns is not None else Turns(np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int64))
        )
        start = np.concatenate([old.start, old.start[-1] + 2 * np.arange(1, len(arcs) + 1)])
        return replace(found, turns=Turns(start, np.concatenate([old.arc, banned])))


_ACCESS = frozenset({"access", "vehicle", "motor_vehicle", "motorcar", "hgv", "goods", "barrier", "service"})
_SIZES = frozenset({"maxweight", "maxweightrating", "maxheight", "maxwidth", "maxlength", "maxaxleload"})
_WAYS = frozenset({"oneway", "junction", "area", "layer", "surface", "smoothness", "tracktype"})
NEUTRALS = (
    Neutral("dangerous goods (hazmat…)", frozenset({"hazmat"})),
    Neutral("turn restrictions of some hours", turns="always"),
    Neutral("turning round where a road goes on", turning_round=False),
    Neutral("turning round, and turn restrictions of some hours", turns="always", turning_round=False),
    Neutral("turn restrictions", turns="none"),
    Neutral("access and barriers", _ACCESS),
    Neutral("weights and sizes", _SIZES),
    Neutral("direction, area, layer", _WAYS),
    Neutral("turning round, and turn restrictions", turns="none", turning_round=False),
    Neutral("turning round, access and barriers", _ACCESS, turning_round=False),
    Neutral("all of these tags", frozenset({"hazmat", *_ACCESS, *_SIZES}), turns="none", turning_round=False),
    Neutral("all, directions too", frozenset({"hazmat", *_ACCESS, *_SIZES, *_WAYS}), turns="none", turning_round=False),
)


def _differs(network: Network, other: Valhalla, points: Any, layers: Layers = None) -> tuple[float, float, Any] | None:
    """Measure a pair with both: the difference by the longer way's share, ours and theirs; None where one refuses."""
    found = other.route(points, layers)
    ours = _metres(network, points)
    if found is None or not np.isfinite(ours):
        return None
    return abs(ours - found[0]) / max(found[0], 200), ours, found


def causes(extract: Path, folder: Path, profile: str, pairs: list[Any], ends: list[Any]) -> dict[int, str]:
    """Try what makes two engines agree: the first copy for each pair; it is not in the answer where none does."""
    found: dict[int, str] = {}
    for number, neutral in enumerate(NEUTRALS):
        waiting = [row for row in range(len(pairs)) if row not in found]
        if not waiting:
            break
        copy = folder / f"neutral-{number}"
        copy.mkdir()
        neutral.write(extract, copy / "roads.osm.pbf")
        osm.build(copy / "roads.osm.pbf", copy / "roads.net")
        network, other = neutral.network(copy / "roads.net", profile), Valhalla(copy / "roads.osm.pbf", copy, profile)
        for row in waiting:
            moved = ends[row], None, ", and an end that Valhalla moves to another road"
            for points, layers, told in ((*pairs[row], ""), moved):
                size = _differs(network, other, points, layers)
                if size is not None and size[0] <= NOTABLE:
                    found[row] = neutral.name + told
                    break
    return found


def valhalla_check(network: Network, other: Valhalla, chart: Map, profile: str, work: tuple[Path, Path]) -> None:
    """Print how far the lengths differ, and why where they do."""
    random = np.random.default_rng(7)
    candidates = np.flatnonzero(network.core & (network.length_m > 30))
    sizes, notable, moved, refused = [], [], [], 0
    report: list[str] = []
    while len(sizes) < PAIRS and refused < 10 * PAIRS:
        pair = random.choice(candidates, 2)
        points = np.array([network.line(int(row), 0.0, 0.5)[-1] for row in pair])
        ways = network.sections["way_id"].to_numpy()[pair]
        layers = tuple(chart.layer(point, int(way)) for point, way in zip(points, ways, strict=True))
        measured = _differs(network, other, points, layers)
        if measured is None:
            refused += 1
            continue
        size, ours, (theirs, line) = measured
        sizes.append(size)
        if size <= NOTABLE:
            continue
        reasons = explain(network, other, chart, points, (ours, theirs, line))
        told = " -> ".join(f"{lat:.5f},{lon:.5f}" for lon, lat in points.tolist())
        report.append(f"{told}: ours {ours:.0f} m, theirs {theirs:.0f} m")
        report[-1] += "".join(f"\n  {reason}" for reason in reasons or ["no cause found where they part"])
        notable.append((points, layers))
        moved.append(line[[0, -1]])
    found = {} if not notable else causes(*work, profile, notable, moved)
    for row, text in enumerate(report):
        print(f"{text}\n  agree without: {found.get(row, 'not explained')}")
    print(
        f"{profile}: {len(sizes)} pairs (Valhalla refuses {refused} more), median {np.median(sizes):.3%}, "
        f"95th percentile {np.percentile(sizes, 95):.2%}, largest {max(sizes):.1%}; "
        f"above {NOTABLE:.0%}: {len(notable)}, of which agree on a copy without the cause: {len(found)}"
    )
    for cause, count in Counter(found.values()).most_common():
        print(f"  {count}: {cause}")


def main() -> None:
    """Check one extract for one profile."""
    extract, profile = Path(sys.argv[1]), (sys.argv[2:] or ["car"])[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        osm.build(extract, folder / "roads.net")
        network = osm.load_network(folder / "roads.net", profile)
        brute_force(network, vehicle_roads(read_extract(extract), bundled_profiles()[profile]))
        valhalla_check(network, Valhalla(extract, folder, profile), Map(extract), profile, (extract, folder))


if __name__ == "__main__":
    main()
