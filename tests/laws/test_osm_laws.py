"""Laws of networks from extracts, on random small worlds, against searches that know nothing of the network."""

from __future__ import annotations

import atexit
import heapq
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo import osm
from geo.network import to_grain
from geo.osm_graph import vehicle_roads
from geo.osm_read import read_extract
from geo.profiles import bundled_profiles
from geo.snapping import snap
from geo.trees import Tree
from geo.ways import way_to
from tests.effort import examples
from tests.osm_worlds import grid, write

if TYPE_CHECKING:
    from geo.network import Network

SCRATCH = tempfile.TemporaryDirectory()
atexit.register(SCRATCH.cleanup)
ROWS, COLUMNS = 3, 4
TAGS: tuple[dict[str, str], ...] = (
    {"highway": "primary"},
    {"highway": "primary"},
    {"highway": "residential"},
    {"highway": "primary", "oneway": "yes"},
    {"highway": "primary", "oneway": "-1"},
    {"highway": "service", "access": "destination"},
    {"highway": "primary", "maxspeed:forward": "30"},
)
TURNS = ("no_left_turn", "no_u_turn", "only_straight_on")


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Any, Any, Any]:
    """Draw streets along the lines of a grid, some of them bent by a node of their own, and turn restrictions."""
    nodes: dict[int, Any] = dict(grid(ROWS, COLUMNS))
    streets = [(a, a + step) for a in nodes for step in (1, 10) if a + step in nodes]
    kept = draw(st.lists(st.sampled_from(streets), min_size=4, max_size=len(streets), unique=True))
    ways = []
    for number, (a, b) in enumerate(sorted(kept), start=1):
        bend = 100 + number
        refs = [a, bend, b] if draw(st.booleans()) else [a, b]
        if bend in refs:
            nodes[bend] = ((nodes[a][0] + nodes[b][0]) / 2 + 0.001, (nodes[a][1] + nodes[b][1]) / 2 + 0.001)
        ways.append((number, refs, draw(st.sampled_from(TAGS))))
    relations = []
    for _ in range(draw(st.integers(0, 4))):
        via = draw(st.sampled_from(sorted({end for _, refs, _ in ways for end in (refs[0], refs[-1])})))
        meeting = [number for number, refs, _ in ways if via in (refs[0], refs[-1])]
        pair = [draw(st.sampled_from(meeting)) for _ in range(2)]
        members = [("way", pair[0], "from"), ("node", via, "via"), ("way", pair[1], "to")]
        relations.append(({"type": "restriction", "restriction": draw(st.sampled_from(TURNS))}, members))
    return nodes, ways, relations


def opened(nodes: Any, ways: Any, relations: Any) -> tuple[Network, Path]:
    """Build and open a world's network for the truck."""
    folder = Path(tempfile.mkdtemp(dir=SCRATCH.name))
    write(folder / "w.osm", nodes, ways, relations)
    osm.build(folder / "w.osm", folder / "w.net")
    return osm.load_network(folder / "w.net"), folder / "w.osm"


def costs(network: Network, snaps: Any, minimise: Any = "distance") -> np.ndarray[Any, Any]:
    """Measure from every place to every other."""
    graph = network.graph(minimise)
    return np.array([Tree(network, graph, snaps[row]).cost_to(snaps) for row in range(len(snaps))])


def at_nodes(network: Network) -> Any:
    """Place every node on the network."""
    return snap(network, network.nodes["lon"], network.nodes["lat"], limit_m=1.0)


@examples(40)
@given(worlds())
def test_contraction_changes_no_distance_and_no_time(world: Any) -> None:
    """Equal to Dijkstra's algorithm over every point of the extract, to the last bit; turns and visitors' roads apart."""
    network, source = opened(*world)
    plain = replace(network, turns=None, ends_only=None)
    roads = vehicle_roads(read_extract(source), bundled_profiles()["truck"])
    rows = {int(ref): row for row, ref in enumerate(roads.points.ref)}
    wanted = [rows[int(node[1:])] for node in network.nodes["id"]]
    for minimise, forth, back in (
        (
            "distance",
            np.where(np.isnan(roads.forward_s), np.nan, roads.length_m),
            np.where(np.isnan(roads.back_s), np.nan, roads.length_m),
        ),
        ("time", roads.forward_s, roads.back_s),
    ):
        links: dict[int, list[tuple[int, float]]] = {}
        for a, b, there, home in zip(roads.segments.begin, roads.segments.end, forth, back, strict=True):
            for start, end, cost in ((a, b, there), (b, a, home)):
                if np.isfinite(cost):
                    links.setdefault(int(start), []).append((int(end), float(cost)))
        found = costs(plain, at_nodes(plain), minimise)
        for row, start in enumerate(wanted):
            best = _dijkstra(links, start)
            assert [best.get(end, np.inf) for end in wanted] == found[row].tolist()


def _dijkstra(links: dict[int, list[tuple[int, float]]], start: int) -> dict[int, float]:
    best, heap = {start: 0.0}, [(0.0, start)]
    while heap:
        cost, at = heapq.heappop(heap)
        if cost > best[at]:
            continue
        for end, more in links.get(at, ()):
            if cost + more < best.get(end, np.inf):
                best[end] = cost + more
                heapq.heappush(heap, (cost + more, end))
    return best


def _searched(network: Network, start: tuple[int, float], end: tuple[int, float]) -> float:  # noqa: C901 - one plain search
    """Search between two points inside sections by remembering every arc driven of late, and nothing cleverer."""
    runs = set(network.turns.runs())  # type: ignore[union-attr]
    longest = max(map(len, runs), default=1)
    ends = network.head, network.tail
    opens = network.forward, network.backward
    visitors = network.ends_only

    def part(section: int, fraction: float) -> float:
        return float(to_grain(np.array([network.length_m[section] * fraction]))[0])

    best = np.inf
    heap: list[tuple[float, tuple[int, ...], int]] = []
    for side in (0, 1):
        section, fraction = start
        if opens[side][section]:
            whole = float(network.length_m[section])
            rest = whole - part(section, fraction) if side == 0 else part(section, fraction)
            heap.append((rest, (2 * section + side,), 0 if visitors[section] else 1))  # type: ignore[index]
            if section == end[0] and (end[1] >= fraction if side == 0 else end[1] <= fraction):
                best = min(best, abs(part(section, end[1]) - part(section, fraction)))
    heapq.heapify(heap)
    seen: set[tuple[tuple[int, ...], int]] = set()
    while heap:
        cost, driven, phase = heapq.heappop(heap)
        if (driven, phase) in seen or cost >= best:
            continue
        seen.add((driven, phase))
        node = int(ends[driven[-1] & 1][driven[-1] >> 1])
        for side, begins in ((0, network.tail), (1, network.head)):
            for section in np.flatnonzero((begins == node) & opens[side]).tolist():
                arc = 2 * section + side
                after = (*driven, arc)
                if any(after[cut:] in runs for cut in range(len(after))):
                    continue
                visitor = bool(visitors[section])  # type: ignore[index]
                if phase == 2 and not visitor:
                    continue
                beyond = (0 if phase == 0 else 2) if visitor else 1
                if section == end[0]:
                    last = (
                        part(section, end[1]) if side == 0 else float(network.length_m[section]) - part(section, end[1])
                    )
                    best = min(best, cost + last)
                heapq.heappush(heap, (cost + float(network.length_m[section]), after[-longest:], beyond))
    return best


@examples(40)
@given(worlds(), st.data())
def test_banned_turns_and_visitors_roads_are_kept(world: Any, data: Any) -> None:
    """Equal to a search that remembers every arc, from inside any section to inside any other; and so is the way drawn."""
    network, _ = opened(*world)
    usable = np.flatnonzero(network.length_m > 5)
    picks = [data.draw(st.sampled_from(usable.tolist())) for _ in range(4)]
    parts = [data.draw(st.sampled_from([0.25, 0.5, 0.7])) for _ in picks]
    points = np.array([network.line(row, 0.0, part)[-1] for row, part in zip(picks, parts, strict=True)])
    snaps = snap(network, points[:, 0], points[:, 1], limit_m=1.0)
    found = costs(network, snaps)
    for row in range(len(snaps)):
        tree = Tree(network, network.graph("distance"), snaps[row])
        for other in range(len(snaps)):
            start, end = ((int(snaps.section[i]), float(snaps.fraction[i])) for i in (row, other))
            assert found[row, other] == _searched(network, start, end)
            if np.isfinite(found[row, other]):
                assert way_to(network, tree, snaps, other).distance_m == found[row, other]


@examples(25)
@given(worlds())
def test_rules_never_shorten_and_two_way_roads_are_symmetric(world: Any) -> None:
    """A ban or a visitors' road lengthens or does nothing; where every road runs both ways, so do distances."""
    nodes, ways, relations = world
    network, _ = opened(nodes, ways, relations)
    free = replace(network, turns=None, ends_only=None)
    snaps = at_nodes(network)
    assert (costs(network, snaps) >= costs(free, snaps)).all()
    both, _ = opened(nodes, [(number, refs, {"highway": "primary"}) for number, refs, _ in ways], ())
    there = costs(both, at_nodes(both))
    assert np.array_equal(there, there.T)
    assert (there[:, :, None] + there[None, :, :] >= there[:, None, :]).all()


@examples(25)
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_the_file_does_not_matter(world: Any, random: Any) -> None:
    """Ways in any order give the same arrays."""
    nodes, ways, relations = world
    network, _ = opened(nodes, ways, relations)
    mixed, turned = list(ways), list(relations)
    random.shuffle(mixed)
    random.shuffle(turned)
    again, _ = opened(nodes, mixed, turned)
    assert list(network.sections["id"]) == list(again.sections["id"])
    for name in ("tail", "head", "length_m", "time_s", "vertex_lon", "core"):
        assert np.array_equal(getattr(network, name), getattr(again, name), equal_nan=True)
    assert network.turns.runs() == again.turns.runs()  # type: ignore[union-attr]
