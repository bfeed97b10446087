"""What stands on a road: borders where they are crossed, passes with their height, closures with what they are now."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from geo import catalogue, osm, road_layers, road_marks, routing
from geo.i18n import translator
from geo.planning import plan
from geo.plans import PlanQuestion
from geo.route_question import RouteQuestion
from geo.rules import RoadRules
from geo.service_area import ServiceAreaQuestion
from geo.service_area import measure as reached
from tests import osm_worlds
from tests.road_worlds import borders, dataset, node, road, valley

if TYPE_CHECKING:
    from pathlib import Path

    from geo.dataset import Dataset

EN = translator("en")
#: Closes B–C for lorries from 2026 on, and A–B in winter for everybody.
CLOSURES: list[dict[str, Any]] = [
    {"id": "RC-1", "name_en": "Bridge", "kind": "ban", "section_ids": ("RS-BC",), "valid_from": "2026-01-01"},
    {"id": "RC-2", "name_en": "Snow", "kind": "warning", "section_ids": ("RS-AB",), "season_from": "10-01", "season_to": "04-30"},
    {"id": "RC-3", "name_en": "Dug up", "kind": "ban", "section_ids": ("RS-EF",)},
]  # fmt: skip


def _find(world: Dataset, start: str, end: str, **rules: Any) -> tuple[Any, Any]:
    network = routing.build_cached(world)
    return network, routing.find(
        world, RouteQuestion(start, end, stay_in_country=False, rules=RoadRules(**rules)), network
    )


def test_a_border_is_crossed_where_the_line_crosses_it() -> None:
    """A–X runs from 74° to 75.2° east and the border lies at 75°, five sixths of the way: 40 + 1 + 0.25 north."""
    world = valley()
    network, answer = _find(world, "RN-A", "RN-X")
    (crossing,) = road_marks.crossings(world, network, answer)
    assert (crossing.before, crossing.after, crossing.exact) == ("KG", "UZ", False)
    assert (crossing.lon, crossing.lat) == pytest.approx((75.0, 41.25), abs=0.01)
    back = routing.find(world, RouteQuestion("RN-X", "RN-A", stay_in_country=False), network)
    (crossing,) = road_marks.crossings(world, network, back)
    assert (crossing.before, crossing.after) == ("UZ", "KG")


def test_where_a_schematic_line_misses_the_border_the_middle_is_marked() -> None:
    """The source says that the road leaves the country; the straight line does not."""
    nodes = [node("RN-P", 72.0, 41.0), node("RN-Q", 73.0, 41.0)]
    world = dataset(road_nodes=nodes, road_sections=[road("RS-PQ", "RN-P", "RN-Q", 90_000, countries=("KG", "UZ"))])
    network, answer = _find(world, "RN-P", "RN-Q")
    (crossing,) = road_marks.crossings(world, network, answer)
    assert (crossing.lon, crossing.lat) == pytest.approx((72.5, 41.0), abs=0.01)


def test_on_an_extract_the_crossing_is_exact(tmp_path: Path) -> None:
    """Sections end where they cross: at 75° east."""
    nodes = {1: (74.98, 41.0), 2: (75.02, 41.0)}
    osm.build(
        osm_worlds.write(tmp_path / "a.osm", nodes, [(1, [1, 2], {"highway": "primary"})]),
        tmp_path / "a.symapnet",
        borders=borders(),  # type: ignore[arg-type]
    )
    network = osm.load_network(tmp_path / "a.symapnet")
    world = dataset()
    answer = routing.find(world, RouteQuestion("74.98,41.0", "75.02,41.0"), network)
    (crossing,) = road_marks.crossings(world, network, answer)
    assert crossing.exact
    assert crossing.lon == pytest.approx(75.0, abs=1e-4)


def test_passes_are_those_that_the_road_runs_over() -> None:
    """A pass in the middle of a section counts, one beyond the end of the way does not."""
    nodes = [
        node("RN-P", 72.0, 41.0),
        node("RN-HIGH", 72.5, 41.1, kind="pass", elevation_m=3000.0),
        node("RN-Q", 73.0, 41.0, kind="pass"),
        node("RN-R", 73.5, 41.0, kind="pass"),
    ]
    sections = [
        road("RS-PQ", "RN-P", "RN-Q", 90_000, via_ids=("RN-HIGH",), winter_closure=True),
        road("RS-QR", "RN-Q", "RN-R", 45_000),
    ]
    network, answer = _find(dataset(road_nodes=nodes, road_sections=sections), "RN-P", "RN-Q")
    found = road_marks.passes(network, answer)
    assert [one.names["en"] for one in found] == ["RN-HIGH", "RN-Q"]
    assert found[0].elevation_m == 3000
    assert math.isnan(found[1].elevation_m)
    assert all(one.hard_in_winter for one in found)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, {"RC-1": "told", "RC-2": "told", "RC-3": "closed"}),
        ({"date": "2026-07-01"}, {"RC-1": "closed", "RC-2": "free", "RC-3": "closed"}),
        ({"date": "2025-01-01"}, {"RC-1": "free", "RC-2": "told", "RC-3": "closed"}),
        ({"date": "2026-07-01", "ignored": ("RC-1", "RC-3")}, {"RC-1": "aside", "RC-2": "free", "RC-3": "aside"}),
    ],
)
def test_a_closure_is_what_the_question_makes_of_it(rules: dict[str, Any], expected: dict[str, str]) -> None:
    """In force, set aside, told, or free on that day."""
    world = valley(closures=CLOSURES)
    asked = RoadRules(**rules)
    found = road_marks.on_network(world, routing.build_cached(world), asked)
    assert {one.id: road_marks.state_of(one, asked) for one in found} == expected


def test_a_hindrance_is_marked_where_it_is_driven_on_only() -> None:
    """Snow on A–B is no matter of the way from E to F; the ban there is, and stands in the middle of its section."""
    world = valley(closures=CLOSURES)
    network, answer = _find(world, "RN-A", "RN-B")
    assert {one.id for one in road_marks.closure_marks(world, network, answer)} == {"RC-1", "RC-2", "RC-3"}
    network, answer = _find(world, "RN-E", "RN-F")
    marks = {one.id: one for one in road_marks.closure_marks(world, network, answer)}
    assert set(marks) == {"RC-1", "RC-3"}
    assert marks["RC-3"].spots == (pytest.approx((72.25, 42.0)),)


def test_an_area_that_closes_many_roads_is_not_a_sea_of_marks() -> None:
    """Evenly spread, no more than a dozen."""
    nodes = [node(f"RN-{at}", 72 + at / 50, 41.0) for at in range(41)]
    sections = [road(f"RS-{at:02}", f"RN-{at}", f"RN-{at + 1}", 2_000) for at in range(40)]
    ban = {"id": "RC-A", "name_en": "All", "kind": "ban", "section_ids": tuple(one["id"] for one in sections)}
    world = dataset(road_nodes=nodes, road_sections=sections, closures=[ban])
    network, answer = _find(world, "RN-0", "RN-1")
    (mark,) = road_marks.closure_marks(world, network, answer)
    assert len(mark.spots) == 12


def test_other_roads_can_be_clicked_and_the_chosen_one_is_not_grey() -> None:
    """Each carries its name; the best road turns grey while another is looked at."""
    world = catalogue.load()
    network = routing.build_cached(world)
    asked = PlanQuestion(RouteQuestion("RN-BISHKEK", "RN-OSH"), 2, count_people=False)
    found = plan(world, asked, network)
    assert found.alternatives
    for shown, greys in (("main", {"alternative-1"}), ("alternative-1", {"main"})):
        layer = road_layers.others(found.alternatives[:1], found.route, shown, EN)
        assert {feature["id"] for feature in layer.features} == greys
        assert {feature["t"] for feature in layer.features} == {road_layers.OPTION}
        assert all("km" in feature["tip"] for feature in layer.features)


def test_the_ground_reached_is_labelled_with_its_minutes() -> None:
    """A band a limit, the sooner the darker; half an hour drives 18 km at 36 km/h."""
    world = valley()
    answer = reached(world, ServiceAreaQuestion(("RN-A",), (30, 60)), routing.build_cached(world))
    layer = road_layers.reach(answer, EN)
    grounds = [one for one in layer.features if one["s"] == "reach"]
    assert [one["label"] for one in layer.features if one["s"] == "reach-label"] == ["30 min", "60 min"]
    assert grounds[0]["o"] > grounds[1]["o"]


def test_areas_to_avoid_and_a_sketch_are_drawn_apart() -> None:
    """Whole areas as ground, corners as dots; what is no polygon draws nothing."""
    area = shapely.to_wkt(shapely.box(71, 40, 71.1, 40.1))
    layer = road_layers.avoided((area, "POINT (1 2)"), [(70.0, 40.0), (70.1, 40.0)])
    assert [one["s"] for one in layer.features] == ["avoid", "avoid-line", "avoid-corner", "avoid-corner"]
    assert road_layers.avoided(()).features == ()
