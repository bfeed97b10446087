"""How long it takes to weigh time against people: ``python tests/benchmarks/planning.py [EXTRACT] [--side N]``.

A made planar network of 200,000 nodes under a made population grid of 100 m cells, and the network of an extract where
one is given. Seconds are of processor time, which a busy machine does not stretch. Printed too is how near the people
passed come to the people of the corridor, which is what they stand for.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from geo import alternatives, catalogue, osm, tradeoff
from geo.corridor_lines import around, stretches_of
from geo.grid_people import GridPeople
from geo.grids import open_grid
from geo.journeys import Journeys, journeys
from geo.section_people import SectionPeople, section_people
from geo.snapping import snap
from geo.trees import Tree
from geo.ways import way_line, way_of, way_to
from tests.benchmarks.routing import SIDE, planar
from tests.grid_worlds import noisy, north_up, write_grid

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.network import Network

WIDTH_M = 800.0
CELL_DEG = 0.001
PAIRS = 40
T = TypeVar("T")


def timed(job: Callable[[], T]) -> tuple[float, T]:
    """Run a job and give its processor seconds and its result."""
    begin = time.process_time()
    result = job()
    return time.process_time() - begin, result


def people_over(network: Network, folder: Path) -> GridPeople:
    """Make a grid over a network whose towns are where the roads are dense."""
    lon, lat = network.vertex_lon, network.vertex_lat
    west, north = lon.min() - 0.02, lat.max() + 0.02
    shape = int((north - lat.min() + 0.02) / CELL_DEG), int((lon.max() + 0.02 - west) / CELL_DEG)
    cells = noisy(*shape) / 50
    row, column = ((north - lat) / CELL_DEG).astype(int), ((lon - west) / CELL_DEG).astype(int)
    np.add.at(cells, (row, column), 2.0)
    file = write_grid(folder / "people.tif", cells.astype(np.float32), transform=north_up(west, north, CELL_DEG))
    return GridPeople(open_grid(file, kind="count"), catalogue.load().borders)


def ways_between(network: Network, passed: SectionPeople, ends: Any) -> Journeys:
    """Make the graph of time and people between two places."""
    return journeys(network, ends, [network.weights("time"), passed.weights(network)])


def measure(name: str, network: Network, pairs: int) -> None:
    """Print what weighing takes on one network."""
    print(
        f"{name}: {len(network.nodes):,} nodes, {len(network.tail):,} sections, {network.length_m.sum() / 1e3:,.0f} km"
    )
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SYMAP_CACHE"] = str(Path(folder) / "cache")
        people = people_over(network, Path(folder))
        seconds, passed = timed(lambda: section_people(network, people, WIDTH_M))
        print(f"  people on all sections, once: {seconds:.2f} s")
        core = np.flatnonzero(network.core) if network.core is not None else np.arange(len(network.tail))
        chosen = np.random.default_rng(7).choice(core, (pairs, 2))
        spent: dict[str, list[float]] = {"graph": [], "tradeoff": [], "alternatives": [], "route": []}
        methods: list[str] = []
        points, others, ratios = [], [], []
        for pair in chosen:
            first = network.vertex_start[pair]
            ends = snap(network, network.vertex_lon[first + 1], network.vertex_lat[first + 1])
            seconds, _ = timed(lambda ends=ends: one_route(network, ends))
            spent["route"].append(seconds)
            seconds, ways = timed(lambda ends=ends: ways_between(network, passed, ends))
            spent["graph"].append(seconds)
            seconds, found = timed(lambda ways=ways: tradeoff.search(ways))
            if not found.compromises:
                continue
            spent["tradeoff"].append(seconds)
            methods.append(found.method)
            points.append(len(found.compromises))
            best = found.compromises[0]
            seconds, other = timed(
                lambda ways=ways, best=best: alternatives.find(ways, network.length_m, best.steps, 5)
            )
            spent["alternatives"].append(seconds)
            others.append(len(other))
            line = way_line(network, way_of(network, best.steps))
            if line is not None and line.length > 0 and len(ratios) < PAIRS:
                along = people.grid.polygons([around(stretches_of(line), WIDTH_M)]).persons[0]
                ratios.append(sum(abs(s.end - s.start) * passed.persons[s.section] for s in best.steps) / along)
        for what, seconds_each in spent.items():
            print(
                f"  {what}: {1000 * np.median(seconds_each):.0f} ms median, {1000 * max(seconds_each):.0f} ms at most"
            )
        exact = methods.count("exact")
        print(
            f"  {exact} of {len(methods)} trade-offs exact, {np.median(points):.0f} points (median), {max(points)} at most"
        )
        print(
            f"  alternatives: {np.mean(others):.1f} on average, {sum(n > 0 for n in others)} of {len(others)} pairs have any"
        )
        low, mid, high = np.percentile(ratios, (10, 50, 90))
        print(f"  people passed / people in the corridor: {mid:.2f} ({low:.2f}–{high:.2f} for 8 of 10)")


def one_route(network: Network, ends: Any) -> Any:
    """Find one route with its line."""
    tree = Tree(network, network.graph("time"), ends[0])
    return way_line(network, way_to(network, tree, ends[1])) if np.isfinite(tree.cost_to(ends[1])[0]) else None


def main() -> None:
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extract", nargs="?", type=Path)
    parser.add_argument("--side", type=int, default=SIDE)
    options = parser.parse_args()
    if options.extract is not None:
        with tempfile.TemporaryDirectory() as folder:
            osm.build(options.extract, Path(folder) / "roads.net")
            measure(options.extract.name, osm.load_network(Path(folder) / "roads.net"), PAIRS)
    measure("made planar network", planar(options.side), 5)


if __name__ == "__main__":
    main()
