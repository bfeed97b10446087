"""Shortest ways on a real extract against two others: ``python tests/benchmarks/against.py EXTRACT [PROFILE]``.

First Dijkstra's algorithm over every point of the extract: equal to the last bit, turns and visitors' roads apart.
Then Valhalla (package ``pyvalhalla-weekly``, a development check only): lengths of 250 random pairs of points in the
middle of sections. What Valhalla does differently is counted by cause:

- it measures on a sphere: about 0.5 % shorter than the ellipsoid at 60° north;
- it drives through roads for visitors at a price, and on ways of classes that our table leaves out;
- it obeys bans that hold at some hours only (``day_on``, ``hour_on``) at no hour, we always;
- it turns round inside a street to make a banned turn good; we do not;
- stacked roads, yards and dead ends: it snaps elsewhere.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo import osm
from geo.crs import GEOD
from geo.osm_graph import VehicleRoads, vehicle_roads
from geo.osm_read import read_extract
from geo.profiles import bundled_profiles
from geo.snapping import snap
from geo.trees import Tree

if TYPE_CHECKING:
    from geo.network import Network

PAIRS = 250
SOURCES = 40
NOTABLE = 0.005
SPHERE = 0.007
SNAPPED_M = 3.0
COSTING = {"car": "auto", "truck": "truck"}


def brute_force(network: Network, roads: VehicleRoads) -> None:
    """Print whether contraction has changed any distance or time."""
    plain = replace(network, turns=None, ends_only=None, _graphs={})
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


def _actor(extract: Path, folder: Path) -> Any:
    import valhalla  # noqa: PLC0415 - a development check only

    tiles = folder / "tiles"
    tiles.mkdir()
    config = valhalla.get_config(tile_extract="", tile_dir=str(tiles))
    config["mjolnir"] |= {"tile_extract": "", "concurrency": 1}
    file = folder / "valhalla.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    command = [sys.executable, "-m", "valhalla", "valhalla_build_tiles", "-c", str(file), str(extract)]
    subprocess.run(command, check=True, capture_output=True)
    return valhalla.Actor(config)


def _options(profile: str) -> dict[str, Any]:
    limits = bundled_profiles()[profile]
    if profile == "car":
        return {"shortest": True}
    measures = {"weight": limits.limit("mass"), **{name: limits.limit(name) for name in ("height", "width", "length")}}
    return {"shortest": True, "hazmat": True, "axle_load": limits.limit("axle_load"), **measures}


def valhalla_check(network: Network, actor: Any, profile: str) -> None:
    """Print how far the lengths differ, and why where they do."""
    random = np.random.default_rng(7)
    picks = random.choice(np.flatnonzero(network.core & (network.length_m > 30)), (PAIRS, 2))
    free = {
        "a banned turn": replace(network, turns=None, _graphs={}),
        "visitors' roads": replace(network, ends_only=None, _graphs={}),
    }
    costing, differences, causes, refused = COSTING[profile], [], Counter[str](), 0
    for pair in picks:
        points = np.array([network.line(int(row), 0.0, 0.5)[-1] for row in pair])
        ours = _metres(network, points)
        places = [
            {"lon": lon, "lat": lat, "radius": 1, "minimum_reachability": 0, "node_snap_tolerance": 0}
            for lon, lat in points.tolist()
        ]
        try:
            trip = actor.route(
                {"locations": places, "costing": costing, "costing_options": {costing: _options(profile)}}
            )["trip"]
        except RuntimeError:
            refused += 1
            continue
        theirs = 1000 * trip["summary"]["length"]
        differences.append((ours - theirs) / max(theirs, 200))
        if abs(differences[-1]) > NOTABLE:
            causes[_cause(free, points, trip, (ours, theirs))] += 1
    sizes = np.abs(differences)
    print(
        f"{profile}: {len(sizes)} pairs (Valhalla refuses {refused}), median {np.median(sizes):.3%}, "
        f"95th percentile {np.percentile(sizes, 95):.2%}, largest {sizes.max():.1%}"
    )
    for cause, count in causes.most_common():
        print(f"  {count}: {cause}")


def _metres(network: Network, points: Any) -> float:
    ends = snap(network, points[:, 0], points[:, 1], limit_m=1.0)
    return float(Tree(network, network.graph("distance"), ends[0]).cost_to(ends[1])[0])


def _cause(free: dict[str, Network], points: Any, trip: Any, lengths: tuple[float, float]) -> str:
    from valhalla.utils.decode_polyline import decode_polyline  # noqa: PLC0415 - a development check only

    ours, theirs = lengths
    if 0 < ours - theirs < SPHERE * theirs + 2:
        return "ours is longer by what a sphere is short"
    line = decode_polyline(trip["legs"][0]["shape"])
    off_m = max(GEOD.inv(*line[end], *points[end])[2] for end in (0, -1))
    if off_m > SNAPPED_M:
        return "Valhalla snaps elsewhere"
    if ours < theirs:
        return "ours is shorter: Valhalla's costs, or it may not turn round"
    shorter = [name for name, network in free.items() if _metres(network, points) < ours]
    return f"ours is longer, for {' and '.join(shorter)}" if shorter else "ours is longer: a road closed to us"


def main() -> None:
    """Check one extract for one profile."""
    extract, profile = Path(sys.argv[1]), (sys.argv[2:] or ["car"])[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        osm.build(extract, folder / "roads.net")
        network = osm.load_network(folder / "roads.net", profile)
        brute_force(network, vehicle_roads(read_extract(extract), bundled_profiles()[profile]))
        valhalla_check(network, _actor(extract, folder), profile)


if __name__ == "__main__":
    main()
