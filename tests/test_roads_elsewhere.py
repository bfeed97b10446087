"""Roads of an extract beyond the settlement list, and closures that name the roads of an extract."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from geo import catalogue, cli_plan, corridor, matrix, osm, planning, routing
from geo.i18n import translator
from geo.matrix import MatrixQuestion
from geo.plans import PlanQuestion
from geo.route_question import RouteQuestion
from geo.rules import RoadRules
from geo.snapping import snap
from tests.osm_worlds import grid, write
from tests.test_rules import ban, ladder

if TYPE_CHECKING:
    from pathlib import Path

    from geo.network import Network

FAR = {number: (lon - 70.0, lat) for number, (lon, lat) in grid(1, 3).items()}
ANYWHERE = RoadRules(stay_in=())


def opened(folder: Path, nodes: dict[int, tuple[float, float]], ways: list[tuple[int, list[int], str]]) -> Network:
    """Build and open a network of named roads."""
    drawn = [(way, refs, {"highway": "primary", "name": name}) for way, refs, name in ways]
    osm.build(write(folder / "w.osm", nodes, drawn), folder / "w.net")
    return osm.load_network(folder / "w.net")


@pytest.mark.parametrize("minimise", ["time", "people"])
def test_where_the_settlement_list_ends_nobody_is_counted(tmp_path: Path, minimise: str) -> None:
    """No settlement near a road of another continent is not an empty country: the number is unknown, and said so."""
    network = opened(tmp_path, FAR, [(1, [11, 12, 13], "Main")])
    asked = RouteQuestion("1,40", "1.02,40", minimise=minimise, rules=ANYWHERE)  # type: ignore[arg-type]
    answer = planning.plan(catalogue.load(), PlanQuestion(asked), network)
    assert answer.route.reachable
    assert answer.corridor is None
    assert answer.people_reason is not None
    assert answer.people_reason.code == "people-elsewhere"
    assert "not known" in cli_plan.text(answer, translator("en"), network)


def test_the_shell_lists_an_extract_by_road_and_not_by_corner(tmp_path: Path) -> None:
    """A road that is cut at every corner is one line, with its source once."""
    nodes = grid(2, 9)
    ways = [(1, [10 + at for at in range(1, 10)], "Long"), (2, [10 + 9, 20 + 9], "Short")]
    ways += [(10 + at, [10 + at, 20 + at], f"Side {at}") for at in range(2, 9)]
    network = opened(tmp_path, nodes, ways)
    asked = RouteQuestion("71,40", "71.08,40.01", rules=ANYWHERE)
    answer = planning.plan(catalogue.load(), PlanQuestion(asked, count_people=False), network)
    assert len(answer.route.sections) == 9
    lines = cli_plan.text(answer, translator("en"), network).splitlines()
    assert sum("Long" in line for line in lines) == sum("Short" in line for line in lines) == 1
    assert sum("w.osm" in line for line in lines) == 1


def test_a_closure_finds_roads_of_an_extract_by_way_and_by_section(tmp_path: Path) -> None:
    """Both ids of the table do; the matrix gives the same reason and names the closure; one without a road is named."""
    network = opened(tmp_path, grid(2, 2), [(1, [11, 12], "Low"), (2, [11, 21, 22, 12], "High")])
    asked = RouteQuestion("71,40", "71.01,40", minimise="distance", rules=ANYWHERE)
    free = routing.find(ladder(), asked, network)
    for closed in (ban("C", "w1.0"), ban("C", way_ids=("1",))):
        answer = routing.find(ladder(closed), asked, network)
        assert answer.distance_m is not None
        assert free.distance_m is not None
        assert answer.distance_m > free.distance_m
        assert [effect.ids for effect in answer.rules_applied] == [("C",)]
    both = ladder(ban("C", "w1.0"), ban("D", way_ids=("2",)), ban("E", way_ids=("99",)))
    pairs = matrix.measure(both, MatrixQuestion(("71,40",), ("71.01,40",), rules=ANYWHERE), network)
    assert pairs.pairs()[["reason", "rule"]].to_numpy().tolist() == [["rules-forbid", "C;D"]]
    assert math.isnan(pairs.distance_m[0, 0])
    assert "closure-unplaced" in {note.code for note in pairs.notes}


def test_a_line_beyond_the_settlement_list_passes_an_unknown_number_of_people() -> None:
    """Neither in sum nor stretch by stretch is it nobody."""
    line = shapely.LineString([(1.52, 42.5), (1.65, 42.55)])
    answer = corridor.measure(catalogue.load(), corridor.CorridorQuestion(line, 800.0, None, "documented"))
    assert math.isnan(answer.population_persons)
    assert math.isnan(answer.population_max_persons)
    assert answer.profile["population_persons"].isna().all()
    assert answer.notes[0].code == "corridor-elsewhere"


@pytest.mark.parametrize("count", [1, 9])
def test_a_place_on_the_other_side_of_the_earth_is_too_far_and_no_fault(tmp_path: Path, count: int) -> None:
    """However the pieces of road are looked through, some road is the nearest."""
    network = opened(tmp_path, FAR, [(1, [11, 12, 13], "Main")])
    for lon, lat in ((71.0, 40.0), (-179.0, -40.0), (1.0, 89.5), (181.0 - 360.0, 0.0)):
        found = snap(network, [lon] * count, [lat] * count)
        assert (found.distance_m > 1_000_000).all()
        assert np.isfinite(found.distance_m).all()
