"""The road book joins what belongs together, loses no metre, and names the turns as a driver meets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from geo import osm, roadbook, routing
from geo.route_question import RouteQuestion
from tests import osm_worlds
from tests.road_worlds import dataset, valley

if TYPE_CHECKING:
    from pathlib import Path

    from geo.network import Network

#: North along one street, then east along a numbered road, then north without a name; at 40° and 41° a grid of 0.01°.
NODES = {1: (71.0, 40.0), 2: (71.0, 40.01), 3: (71.01, 40.01), 4: (71.02, 40.01), 5: (71.02, 40.02), 6: (71.0, 40.02)}
WAYS = [
    (1, [1, 2, 6], {"highway": "primary", "name": "Ленин көчөсү", "name:en": "Lenin Street", "surface": "asphalt"}),
    (2, [2, 3], {"highway": "primary", "ref": "E-7", "surface": "asphalt"}),
    (3, [3, 4], {"highway": "primary", "ref": "E-7", "surface": "gravel", "bridge": "yes"}),
    (4, [4, 5], {"highway": "secondary"}),
]


@pytest.fixture(scope="module")
def streets(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """Make a network of streets whose turns are known."""
    folder = tmp_path_factory.mktemp("streets")
    osm.build(osm_worlds.write(folder / "streets.osm", NODES, WAYS), folder / "streets.symapnet")
    return osm.load_network(folder / "streets.symapnet")


def _answer(network: Network, start: str, end: str) -> routing.RouteAnswer:
    return routing.find(dataset(), RouteQuestion(start, end, stay_in_country=False), network)


def test_one_line_a_road_with_its_turn(streets: Network) -> None:
    """Right into the road E-7, whose two sections are one line with both surfaces; left into what has no name."""
    answer = _answer(streets, "71.0,40.0", "71.02,40.02")
    book = roadbook.stages(answer, streets)
    assert list(book.columns) == list(roadbook.STAGE_COLUMNS)
    assert book["turn"].fillna("").tolist() == ["", "right", "left"]
    assert book["road_number"].fillna("").tolist() == ["", "E-7", ""]
    assert book["road_name_en"].fillna("").tolist() == ["Lenin Street", "", ""]
    assert book["road_name_ky"].fillna("").tolist() == ["Ленин көчөсү", "", ""]
    assert book["surface"].tolist()[1] == ("asphalt", "gravel")
    assert book["sections"].sum() == len(answer.sections)


def test_the_way_back_turns_the_other_way(streets: Network) -> None:
    """Right where it was left."""
    book = roadbook.stages(_answer(streets, "71.02,40.02", "71.0,40.0"), streets)
    assert book["turn"].fillna("").tolist() == ["", "right", "left"]
    assert book["road_number"].fillna("").tolist() == ["", "E-7", ""]


@pytest.mark.parametrize(("start", "end"), [("71.0,40.0", "71.02,40.02"), ("71.0,40.005", "71.013,40.01")])
def test_no_metre_and_no_second_is_lost(streets: Network, start: str, end: str) -> None:
    """The lines sum to the route, and each begins where the one before ends."""
    answer = _answer(streets, start, end)
    book = roadbook.stages(answer, streets)
    assert book["length_m"].sum() == pytest.approx(answer.distance_m)
    assert book["travel_time_s"].sum() == pytest.approx(answer.travel_time_s)
    assert book["start_m"].tolist() == pytest.approx([0.0, *book["length_m"].cumsum()[:-1]])


def test_on_a_scheme_named_places_stand_apart_and_nothing_turns() -> None:
    """Straight lines between places have no bends worth telling; sections without a number are not joined."""
    world = valley()
    network = routing.build_cached(world)
    book = roadbook.stages(routing.find(world, RouteQuestion("RN-A", "RN-C"), network), network)
    assert book["from_name_en"].tolist() == ["RN-A", "RN-B"]
    assert book["to_name_en"].tolist() == ["RN-B", "RN-C"]
    assert book["turn"].isna().all()
    assert book["winter_closure"].tolist() == [False, True]


def test_without_a_road_there_is_an_empty_book() -> None:
    """Nothing is driven."""
    world = valley()
    network = routing.build_cached(world)
    for end in ("RN-E", "RN-A"):
        book = roadbook.stages(routing.find(world, RouteQuestion("RN-A", end), network), network)
        assert book.empty
        assert list(book.columns) == list(roadbook.STAGE_COLUMNS)


def test_an_extract_keeps_its_names_out_of_the_scheme(tmp_path: Path) -> None:
    """A road without any name is one line, however many sections it has."""
    nodes = {at: (71.0 + at / 100, 40.0) for at in range(5)} | {9: (71.02, 40.01)}
    ways = [(1, [0, 1, 2, 3, 4], {"highway": "primary"}), (2, [2, 9], {"highway": "primary"})]
    osm.build(osm_worlds.write(tmp_path / "a.osm", nodes, ways), tmp_path / "a.symapnet")
    network = osm.load_network(tmp_path / "a.symapnet")
    answer = _answer(network, "71.0,40.0", "71.04,40.0")
    assert len(answer.sections) == 2
    assert len(roadbook.stages(answer, network)) == 1
