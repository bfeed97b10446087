"""How fast shortest ways and networks from extracts are: ``python tests/benchmarks/routing.py [EXTRACT [TILE]]``.

A made planar network of 200,000 nodes in the shape that an extract gives; raw scipy and the usual graph libraries
answer the same questions in the same run, and their sums are compared, so that the ratios mean the same work. Seconds
are of processor time, which a busy machine does not stretch. With an
extract its build is timed too, and a made extract of about 60 MB where ``--national`` is given.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from geo import osm
from geo.homeward import Homeward
from geo.matrix import road_costs
from geo.network import Network, line_fractions, to_grain
from geo.ranking import rounded_leg_m
from geo.reach import Reach, bands
from geo.snapping import snap
from geo.trees import Tree
from geo.ways import way_line, way_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SIDE = 447
RUNS = 5
PLACES = 100_000
GOALS = 50
CHECKED = 20
MATRIX = (20, 2_000)
MINUTES = (30, 60, 120)
SPAN_DEG = 4.0
#: What a peer's time has to be at least, as a multiple of ours; ours may be 1.1 × that of raw scipy.
TARGETS = {"scipy": 0.91, "igraph": 1.8, "rustworkx": 1.8, "networkx": 10}


def planar(side: int = SIDE) -> Network:
    """Make a grid with jittered nodes, some streets missing, each with two bends, half a per cent of them one-way."""
    random = np.random.default_rng(4)
    node = np.arange(side * side).reshape(side, side)
    across = np.column_stack([node[:, :-1].ravel(), node[:, 1:].ravel()])
    up = np.column_stack([node[:-1].ravel(), node[1:].ravel()])
    links = np.concatenate([across, up])
    links = links[random.random(len(links)) < 0.83]
    lon = 70 + SPAN_DEG * (node % side / side).ravel() + random.normal(0, 0.001, node.size)
    lat = 39.5 + SPAN_DEG * (node // side / side).ravel() + random.normal(0, 0.001, node.size)
    tail, head = links.T.astype(np.int64)
    parts = np.array([0.0, 1 / 3, 2 / 3, 1.0])
    points = [(values[tail][:, None] * (1 - parts) + values[head][:, None] * parts).ravel() for values in (lon, lat)]
    start = np.arange(0, 4 * len(links) + 1, 4)
    length_m = to_grain(_metres(points[0], points[1], start))
    weak = connected_components(csr_matrix((np.ones(len(tail)), (tail, head)), shape=(node.size,) * 2), directed=False)[
        1
    ]
    text = pd.Categorical.from_codes(np.zeros(len(tail), dtype=np.int8), ["x"])
    names = [
        "road_number",
        "length_basis",
        "surface",
        "terrain",
        "evidence",
        "source",
        "source_date",
        "note_en",
        "note_ru",
        "note_ky",
        "winter_closure",
        "unverified",
        "positional_error_m",
    ]
    return Network(
        nodes=pd.DataFrame({"id": np.arange(node.size).astype(str), "lon": lon, "lat": lat}),
        sections=pd.DataFrame({"id": np.arange(len(tail)).astype(str)} | dict.fromkeys(names, text)),
        tail=tail,
        head=head,
        length_m=length_m,
        time_s=to_grain(length_m / 10),
        countries=((),) * len(tail),
        only_country=np.full(len(tail), None, dtype=object),
        speed_assumed=np.zeros(len(tail), dtype=bool),
        vertex_node=np.full(4 * len(tail), -1),
        vertex_lon=points[0],
        vertex_lat=points[1],
        vertex_fraction=line_fractions(points[0], points[1], start),
        vertex_start=start,
        component=weak.astype(np.int32),
        backward=random.random(len(tail)) > 0.005,
        forward=np.ones(len(tail), dtype=bool),
        core=weak[tail] == np.bincount(weak).argmax(),
        schematic=False,
        node_reach_m=0.5,
    )


def _metres(lon: NDArray[np.float64], lat: NDArray[np.float64], start: NDArray[np.int64]) -> NDArray[np.float64]:
    from geo.crs import GEOD  # noqa: PLC0415 - here alone

    step = np.asarray(GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2])
    step = np.append(step, 0.0)
    step[start[1:] - 1] = 0.0
    return np.add.reduceat(step, start[:-1])


def _timed(action: Callable[[], Any], runs: int = RUNS) -> tuple[float, Any]:
    seconds, result = [], None
    for _ in range(runs):
        begun = time.process_time()
        result = action()
        seconds.append(time.process_time() - begun)
    return statistics.median(seconds), result


def one_to_all(network: Network) -> None:
    """Print the ratios of one tree to raw scipy and to the graph libraries that are installed."""
    graph = network.graph("distance")
    matrix = csr_matrix((graph.data, graph.indices, graph.indptr), shape=(len(network.nodes),) * 2)
    source = int(network.tail[len(network.tail) // 2])
    start = snap(network, [network.nodes["lon"][source]], [network.nodes["lat"][source]])
    peers: dict[str, Callable[[], Any]] = {
        "scipy": lambda: dijkstra(matrix, indices=source, return_predecessors=True)[0],
        **_libraries(graph, source, len(network.nodes)),
    }
    ours: list[float] = []
    theirs: dict[str, list[float]] = {name: [] for name in peers}
    total = 0.0
    for _ in range(RUNS):
        seconds, tree = _timed(lambda: Tree(network, graph, start), 1)
        ours.append(seconds)
        total = float(tree.cost[np.isfinite(tree.cost)].sum())
        for name, peer in peers.items():
            seconds, found = _timed(peer, 1)
            theirs[name].append(seconds)
            known = np.fromiter(found.values() if isinstance(found, dict) else found, dtype=float)
            if not np.isclose(known[np.isfinite(known)].sum(), total, rtol=1e-9):
                raise AssertionError(name)
    print(f"one to all, {len(network.nodes):,} nodes, {len(graph.data):,} arcs: {1000 * min(ours):.0f} ms")
    for name, seconds in theirs.items():
        print(
            f"  {name}: {1000 * min(seconds):.0f} ms, {min(seconds) / min(ours):.2f} × ours (target >= {TARGETS[name]})"
        )


def _libraries(graph: Any, source: int, nodes: int) -> dict[str, Callable[[], Any]]:
    start = np.repeat(np.arange(nodes), np.diff(graph.indptr))
    found: dict[str, Callable[[], Any]] = {}
    links = list(zip(start.tolist(), graph.indices.tolist(), graph.data.tolist(), strict=True))
    try:
        import igraph  # noqa: PLC0415 - a peer that need not be installed

        peer = igraph.Graph(n=nodes, edges=[link[:2] for link in links], directed=True)
        weights = graph.data.tolist()
        found["igraph"] = lambda: peer.distances(source, weights=weights)[0]
    except ImportError:
        print("  igraph is not installed")
    try:
        import rustworkx  # noqa: PLC0415 - as above

        rust = rustworkx.PyDiGraph()
        rust.add_nodes_from(range(nodes))
        rust.add_edges_from(links)
        found["rustworkx"] = lambda: dict(rustworkx.dijkstra_shortest_path_lengths(rust, source, float)) | {source: 0.0}
    except ImportError:
        print("  rustworkx is not installed")
    try:
        import networkx as nx  # noqa: PLC0415 - as above

        net = nx.DiGraph()
        net.add_weighted_edges_from(links)
        found["networkx"] = lambda: nx.single_source_dijkstra_path_length(net, source)
    except ImportError:
        print("  networkx is not installed")
    return found


def questions(network: Network) -> None:
    """Print how long a route with its line, a matrix and 100,000 nearest points take."""
    random = np.random.default_rng(5)
    graph = network.graph("distance")
    lon, lat = (low + SPAN_DEG * random.random(PLACES) for low in (70.0, 39.5))
    snap(network, lon[:2], lat[:2])

    def route() -> float:
        ends = snap(network, lon[:2], lat[:2], limit_m=5000)
        way = way_to(network, Tree(network, graph, ends[0]), ends[1])
        return way_line(network, way).length  # type: ignore[union-attr]

    print(f"one route with its line: {1000 * _timed(route)[0]:.0f} ms (target <= 150 ms)")
    rows, columns = MATRIX
    ends = snap(network, lon[:columns], lat[:columns], limit_m=5000)
    few, other = ends[np.arange(rows)], (network.time_s, network.time_back_s)
    for name, sides in ((f"{rows} × {columns:,}", (few, ends)), (f"{columns:,} × {rows}", (ends, few))):
        begin = time.process_time()
        found, _ = road_costs(network, graph, *sides, other)
        told = f"{np.isfinite(found).mean():.1%} reached"
        print(f"matrix {name}, distances and times: {time.process_time() - begin:.2f} s, {told}")
    begin = time.process_time()
    goals = ends[np.arange(GOALS)]
    tree = Homeward(network, graph, goals, rounded_leg_m(goals.distance_m))
    grown = time.process_time()
    places = snap(network, lon, lat, limit_m=5000)
    snapped = time.process_time()
    costs, nearest, _, _ = tree.follow(places, other)
    ended = time.process_time()
    print(
        f"nearest of {GOALS} points for {PLACES:,} places: tree {grown - begin:.2f} s, then {ended - grown:.2f} s (snapping "
        f"{snapped - grown:.2f} s, distances, times and points {ended - snapped:.3f} s), {(nearest >= 0).mean():.1%} reached"
    )
    chosen = random.choice(PLACES, CHECKED, replace=False)
    alone = [
        (Tree(network, graph, places[row]).cost_to(goals) + rounded_leg_m(goals.distance_m)).min() for row in chosen
    ]
    print(f"  {CHECKED} of them one by one: equal {np.array_equal(alone, costs[chosen])}")
    begin = time.process_time()
    reach = Reach(network, Tree(network, network.graph("time"), few[0]))
    limit, _, _, _ = bands(reach, tuple(60.0 * minutes for minutes in MINUTES))
    print(f"roads within {MINUTES} minutes: {time.process_time() - begin:.2f} s, {len(limit):,} parts")


def extract(path: Path, tile: str | None) -> None:
    """Print how long an extract takes to build and to open, and the memory of this process at its highest."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "roads.net"
        begin = time.process_time()
        summaries = osm.build(path, out, elevation=tile)
        seconds = time.process_time() - begin
        size = path.stat().st_size
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(
            f"{path.name}: {size / 1e6:.1f} MB built in {seconds:.2f} s, {size / seconds / 1e6:.2f} MB/s, peak {peak:.2f} GB"
        )
        opened, network = _timed(lambda: osm.load_network(out), 1)
        print(f"  file {out.stat().st_size / 1e6:.1f} MB, opened in {opened:.2f} s, {len(network.nodes):,} nodes")
        for summary in summaries:
            print(f"  {summary}")


def made_extract(path: Path, side: int) -> None:
    """Write an extract with the streets of a planar network and, as real ones have, four times as many other points."""
    import osmium  # noqa: PLC0415 - here alone
    from osmium.osm.mutable import Node, Way  # noqa: PLC0415 - here alone

    network = planar(side)
    random = np.random.default_rng(6)
    count = len(network.vertex_lon)
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        ids = np.arange(1, count + 1)
        corner = network.vertex_fraction * 0
        first = network.vertex_start[:-1]
        ids[first], ids[network.vertex_start[1:] - 1] = network.tail + count + 1, network.head + count + 1
        inner = np.flatnonzero((network.vertex_fraction > 0) & (network.vertex_fraction < 1))
        for row in inner.tolist():
            writer.add_node(Node(id=row + 1, location=(network.vertex_lon[row], network.vertex_lat[row] + corner[row])))
        lon, lat = (network.nodes[name].to_numpy() for name in ("lon", "lat"))
        for row in range(len(lon)):
            writer.add_node(Node(id=count + 1 + row, location=(lon[row], lat[row])))
        base = 2 * count + len(lon)
        houses = random.random((4 * count, 2)) * SPAN_DEG + (70, 39.5)
        for row, place in enumerate(houses):
            writer.add_node(Node(id=base + row, location=tuple(place)))
        classes = ["primary", "secondary", "tertiary", "unclassified", "residential", "service", "track"]
        drawn = random.integers(0, len(classes), len(first))
        for row, (low, high) in enumerate(zip(first.tolist(), network.vertex_start[1:].tolist(), strict=True)):
            tags = {"highway": classes[drawn[row]], "name": f"Street {row // 7}"}
            writer.add_way(Way(id=row + 1, nodes=ids[low:high].tolist(), tags=tags))
        for row in range(0, len(houses), 4):
            outline = [base + row, base + row + 1, base + row + 2, base + row + 3, base + row]
            writer.add_way(Way(id=len(first) + 1 + row, nodes=outline, tags={"building": "yes"}))


def main() -> None:
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extract", nargs="?", type=Path)
    parser.add_argument("tile", nargs="?")
    parser.add_argument(
        "--national", type=int, metavar="SIDE", help="make an extract of SIDE × SIDE junctions (480: about 60 MB)"
    )
    options = parser.parse_args()
    if options.extract is not None:
        extract(options.extract, options.tile)
    if options.national:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "made.osm.pbf"
            made_extract(path, options.national)
            extract(path, None)
    network = planar()
    one_to_all(network)
    questions(network)


if __name__ == "__main__":
    main()
