"""The network as arrays, its graph under a rule, snapping and the trees of shortest ways."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from geo import network as networks
from geo.crs import GEOD
from geo.errors import DataError
from geo.network import GRAIN, build, build_cached
from geo.snapping import snap
from geo.trees import Tree
from tests.road_worlds import dataset, node, point, road, speeds, table, valley


def test_sections_and_nodes_are_in_the_order_of_their_ids() -> None:
    """Sections and nodes are in the order of their ids."""
    network = build(valley())
    assert list(network.nodes["id"]) == ["RN-A", "RN-B", "RN-C", "RN-D", "RN-E", "RN-F", "RN-X"]
    assert list(network.sections["id"]) == ["RS-AB", "RS-AX", "RS-BC", "RS-BD", "RS-CX", "RS-EF"]
    assert_array_equal(network.nodes["id"].to_numpy()[network.tail], [f"RN-{x}" for x in "AABDCE"])


def test_connected_parts_have_their_own_labels() -> None:
    """Connected parts have their own labels."""
    network = build(valley())
    parts = dict(zip(network.nodes["id"], network.component, strict=True))
    assert len(set(parts.values())) == 2
    assert parts["RN-E"] == parts["RN-F"] != parts["RN-A"] == parts["RN-X"]


def test_time_is_length_over_planning_speed() -> None:
    """Time is length over planning speed."""
    rows = [
        {"surface": "asphalt", "terrain": "hills", "speed_kmh": 50.0},
        {"surface": "gravel", "terrain": "hills", "speed_kmh": 20.0},
    ]
    network = build(valley(road_speeds=rows))
    times = dict(zip(network.sections["id"], network.time_s, strict=True))
    # 50 km at 50 km/h; 150 km at 20 km/h; 60 km of unknown surface at the slowest speed of the table.
    assert times["RS-AB"] == 3600
    assert times["RS-BC"] == 27_000
    assert times["RS-BD"] == 10_800
    assumed = dict(zip(network.sections["id"], network.speed_assumed, strict=True))
    assert assumed["RS-BD"]
    assert not assumed["RS-AB"]


def test_without_any_speed_times_are_unknown_and_lengths_are_not() -> None:
    """Without any speed times are unknown and lengths are not."""
    network = build(valley(road_speeds=[]))
    assert np.isnan(network.time_s).all()
    assert network.graph("distance").allowed.all()
    assert not network.graph("time").allowed.any()


def test_lengths_and_times_are_multiples_of_the_grain() -> None:
    """Lengths and times are multiples of the grain."""
    network = build(
        dataset(road_nodes=[node("A", 73, 41), node("B", 73.1, 41)], road_sections=[road("S", "A", "B", 12_345.678)])
    )
    for values in (network.length_m, network.time_s):
        assert_array_equal(values / GRAIN, np.round(values / GRAIN))
    assert network.length_m[0] == pytest.approx(12_345.678, abs=GRAIN)


def test_parallel_sections_are_kept_and_the_graph_takes_the_best_that_its_rule_allows() -> None:
    """Parallel sections are kept and the graph takes the best that its rule allows."""
    nodes = [node("A", 73, 41), node("B", 73.5, 41)]
    sections = [
        road("S-LONG", "A", "B", 60_000, surface="asphalt"),
        road("S-SHORT", "B", "A", 45_000, surface="gravel"),
        road("S-ABROAD", "A", "B", 43_000, surface="gravel", countries=("KG", "UZ", "KG")),
    ]
    fast = [
        {"surface": "asphalt", "terrain": "hills", "speed_kmh": 60.0},
        {"surface": "gravel", "terrain": "hills", "speed_kmh": 20.0},
    ]
    network = build(dataset(road_nodes=nodes, road_sections=sections, road_speeds=fast))
    assert len(network.sections) == 3

    def best(graph: networks.Graph) -> str:
        assert graph.section_between(0, 1) == graph.section_between(1, 0)
        return str(network.sections["id"][graph.section_between(0, 1)])

    assert best(network.graph("distance")) == "S-ABROAD"
    assert best(network.graph("distance", "KG")) == "S-SHORT"
    # One hour on asphalt, over two on gravel.
    assert best(network.graph("time")) == "S-LONG"


def test_a_section_line_runs_through_its_via_nodes_and_shares_its_length_along_it() -> None:
    """A section line runs through its via nodes and shares its length along it."""
    nodes = [node("A", 73, 41), node("V", 73, 41.1), node("W", 73, 41.3), node("B", 73, 41.4)]
    network = build(dataset(road_nodes=nodes, road_sections=[road("S", "A", "B", 50_000, via_ids=("V", "W"))]))
    # The four points lie evenly enough on one meridian: 0.1°, 0.3° and 0.4° of latitude.
    assert_allclose(network.vertex_fraction, [0, 0.25, 0.75, 1], atol=2e-4)
    line = network.line(0, 0.9, 0.1)
    assert line[0, 1] > line[1, 1] > line[2, 1] > line[3, 1]
    assert_allclose(line[:, 1], [41.36, 41.3, 41.1, 41.04], atol=1e-3)
    assert list(network.only_bends) == [False, False, True, True]


def test_points_of_a_line_that_coincide_share_its_length_evenly() -> None:
    """Points of a line that coincide share its length evenly."""
    nodes = [node("A", 73, 41), node("V", 73, 41), node("B", 73, 41)]
    network = build(dataset(road_nodes=nodes, road_sections=[road("S", "A", "B", 500, via_ids=("V",))]))
    assert_array_equal(network.vertex_fraction, [0, 0.5, 1])


def test_every_section_whose_node_is_missing_is_named() -> None:
    """Every section whose node is missing is named."""
    sections = [
        road("S1", "A", "NO-1", 9_000),
        road("S2", "A", "B", 9_000),
        road("S3", "A", "B", 9_000, via_ids=("NO-2",)),
    ]
    with pytest.raises(DataError) as caught:
        build(dataset(road_nodes=[node("A", 73, 41), node("B", 73.1, 41)], road_sections=sections))
    assert [(fault.row, fault.found) for fault in caught.value.faults] == [(2, "NO-1"), (4, "NO-2")]


def test_a_network_is_made_once_for_the_content_of_its_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network is made once for the content of its tables."""
    monkeypatch.setattr(networks, "_kept", type(networks._kept)())
    first = valley()
    made = build_cached(first)
    assert build_cached(valley()) is made
    assert build_cached(first.with_table("settlements", table("settlements", [point("T", 73, 41)]))) is made
    assert build_cached(first.with_table("road_speeds", speeds(50))) is not made
    for speed_kmh in (10, 20, 30, 40):
        build_cached(first.with_table("road_speeds", speeds(speed_kmh)))
    assert len(networks._kept) == 4


def test_an_empty_network_is_a_network() -> None:
    """An empty network is a network."""
    network = build(dataset())
    found = snap(network, [73.0], [41.0])
    assert found.distance_m[0] == np.inf
    assert len(Tree(network, network.graph("distance"), found).cost) == 0


class TestSnapping:
    """Where a place meets the network."""

    def test_inside_a_section_at_the_foot_of_the_perpendicular(self) -> None:
        """Inside a section at the foot of the perpendicular."""
        network = build(valley())
        found = snap(network, [74.125], [40.98])
        assert network.sections["id"][found.section[0]] == "RS-AB"
        # A quarter of the way from A to B, 0.02° of latitude off: 0.02 × 111.05 km.
        assert found.fraction[0] == pytest.approx(0.25, abs=2e-4)
        assert found.distance_m[0] == pytest.approx(2_221, abs=2)
        assert found.lat[0] == pytest.approx(41.0, abs=1e-9)

    def test_at_a_node_where_that_is_nearest(self) -> None:
        """At a node where that is nearest."""
        network = build(valley())
        found = snap(network, [73.95], [41.0])
        assert found.node[0] == network.node_row["RN-A"]
        assert found.section[0] == -1
        assert found.distance_m[0] == pytest.approx(0.05 * 84_124, abs=10)

    def test_too_far_still_tells_the_distance_of_the_nearest_road(self) -> None:
        """Too far still tells the distance of the nearest road."""
        network = build(valley())
        found = snap(network, [74.0, 70.0], [40.5, 42.0], limit_m=5_000)
        expected = [GEOD.inv(74.0, 40.5, 74.0, 41.0)[2], GEOD.inv(70.0, 42.0, 72.0, 42.0)[2]]
        assert_allclose(found.distance_m, expected, rtol=1e-3)

    def test_a_road_of_the_own_country_is_taken_before_a_nearer_one_that_leaves_it(self) -> None:
        """A road of the own country is taken before a nearer one that leaves it."""
        nodes = [node("A", 73, 41), node("B", 73.5, 41), node("P", 73, 41.05), node("Q", 73.5, 41.05)]
        sections = [road("S-HOME", "A", "B", 50_000), road("S-MIXED", "P", "Q", 50_000, countries=("KG", "UZ"))]
        network = build(dataset(road_nodes=nodes, road_sections=sections))
        place = {"lon": [73.2], "lat": [41.04]}
        anywhere = snap(network, **place)
        assert network.sections["id"][anywhere.section[0]] == "S-MIXED"
        assert np.isnan(anywhere.skipped_m[0])
        home = snap(network, **place, countries=["KG"])
        assert network.sections["id"][home.section[0]] == "S-HOME"
        assert home.skipped_m[0] == anywhere.distance_m[0] < home.distance_m[0]
        # Beyond the limit, 4.4 km, the own country's road is no choice.
        near = snap(network, **place, countries=["KG"], limit_m=3_000)
        assert network.sections["id"][near.section[0]] == "S-MIXED"

    def test_many_places_at_once_are_as_each_alone(self) -> None:
        """Many places at once are as each alone."""
        network = build(valley())
        rng = np.random.default_rng(3)
        lon, lat = rng.uniform(71.5, 75.5, 60), rng.uniform(40.6, 42.3, 60)
        countries = [["KG", "UZ", None][i] for i in rng.integers(0, 3, 60)]
        together = snap(network, lon, lat, countries=countries)
        for i in range(60):
            alone = snap(network, lon[i], lat[i], countries=[countries[i]])
            for name in ("node", "section", "fraction", "distance_m"):
                assert getattr(alone, name)[0] == getattr(together, name)[i]


def test_a_tree_over_a_larger_network_equals_plain_dijkstra() -> None:
    """A grid of 30 × 30 nodes with uneven lengths, checked against a search written out plainly."""
    rng = np.random.default_rng(11)
    side = 30
    nodes = [node(f"N{i:02d}{j:02d}", 72 + 0.05 * i, 40.6 + 0.05 * j) for i in range(side) for j in range(side)]
    links = [((i, j), (i + 1, j)) for i in range(side - 1) for j in range(side)]
    links += [((i, j), (i, j + 1)) for i in range(side) for j in range(side - 1)]
    sections = [
        road(f"S{n:04d}", f"N{a[0]:02d}{a[1]:02d}", f"N{b[0]:02d}{b[1]:02d}", float(rng.integers(6_000, 20_000)))
        for n, (a, b) in enumerate(links)
    ]
    network = build(dataset(road_nodes=nodes, road_sections=sections))
    start = snap(network, [72.31], [41.02])
    tree = Tree(network, network.graph("distance"), start)
    part_m = network.part(network.length_m, start.section, start.fraction)[0]
    best = dict.fromkeys(range(len(nodes)), np.inf)
    best[int(network.tail[start.section[0]])] = part_m
    best[int(network.head[start.section[0]])] = network.length_m[start.section[0]] - part_m
    for _ in range(len(nodes)):
        before = dict(best)
        for a, b, length_m in zip(network.tail, network.head, network.length_m, strict=True):
            best[int(a)] = min(best[int(a)], best[int(b)] + length_m)
            best[int(b)] = min(best[int(b)], best[int(a)] + length_m)
        if before == best:
            break
    assert_array_equal(tree.cost, [best[row] for row in range(len(nodes))])
