"""Places from which ways begin, kept with their trees."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from geo import origins
from geo.nearest import NearestQuestion, find
from geo.network import build_cached
from geo.trees import Tree
from tests.road_worlds import point, valley
from tests.test_rules import ban

if TYPE_CHECKING:
    from geo.graphs import Graph
    from geo.network import Network
    from geo.snapping import Snaps

#: At D, which only the road from B leads to.
POINTS = (point("CP-D", 74.5, 41.5, accepts=("lamps", "batteries")),)


@pytest.fixture
def grown(monkeypatch: pytest.MonkeyPatch) -> list[Network]:
    """Count the trees that are grown, by their networks."""
    found: list[Network] = []

    def grow(network: Network, graph: Graph, seeds: Snaps) -> Tree:
        found.append(network)
        return Tree(network, graph, seeds)

    monkeypatch.setattr(origins, "Tree", grow)
    return found


def test_another_waste_asked_about_from_the_same_place_grows_no_other_tree(grown: list[Network]) -> None:
    """The ways are the same, and so are the answers."""
    data = valley(collection_points=POINTS)
    # Spots of which no other test asks: the network is shared with them.
    first = find(data, NearestQuestion("74.0123,41.0031", "lamps"))
    count = len(grown)
    second = find(data, NearestQuestion("74.0123,41.0031", "batteries", k=1))
    assert count > 0
    assert len(grown) == count
    assert second.points["distance_m"].tolist() == first.points["distance_m"].tolist()
    find(data, NearestQuestion("74.0124,41.0031", "lamps"))
    assert len(grown) > count


def test_closures_of_other_tables_are_obeyed_though_the_roads_are_the_same() -> None:
    """The network is shared by both data sets; what was kept of one must not answer for the other."""
    free = valley(collection_points=POINTS)
    shut = valley(collection_points=POINTS, closures=[ban("C", "RS-BD")])
    assert build_cached(free) is build_cached(shut)
    question = NearestQuestion("RN-A", "lamps")
    assert find(free, question).points["reason"].tolist() == [None]
    assert find(shut, question).points["reason"].tolist() == ["rules-forbid"]
    assert find(free, question).points["reason"].tolist() == [None]


def test_of_a_large_network_no_origin_is_kept(grown: list[Network], monkeypatch: pytest.MonkeyPatch) -> None:
    """The trees of a country's roads take tens of megabytes each."""
    monkeypatch.setattr(origins, "_MOST_NODES_KEPT", 3)
    data = valley(collection_points=POINTS)
    find(data, NearestQuestion("74.0125,41.0031", "lamps"))
    count = len(grown)
    find(data, NearestQuestion("74.0125,41.0031", "lamps"))
    assert len(grown) == 2 * count > 0


def test_the_latest_few_of_a_kind_are_kept() -> None:
    """What was asked for again counts as late; kinds have keys of their own."""
    network = build_cached(valley())
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        return name

    for name in ("a", "b", "a", "c", "a", "b"):
        assert network.keep("letters", name, partial(make, name), 2) == name
    assert made == ["a", "b", "c", "b"]
    assert network.keep("others", "a", lambda: "another", 2) == "another"
