"""Laws of the rules of the road on small made-up networks."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import rules
from geo.network import MINIMISE, build
from geo.routing import RouteAnswer, RouteQuestion, find
from geo.rules import RoadRules
from tests.laws.test_routing_laws import World, cost, laws, worlds
from tests.road_worlds import table

if TYPE_CHECKING:
    from geo.dataset import Dataset

DAYS = ("2025-01-15", "2025-07-15", "2026-01-15")
PERIODS = ({}, {"valid_from": "2025-06"}, {"valid_to": "2025-06"}, {"season_from": "10-15", "season_to": "04-30"})
objectives = st.sampled_from(MINIMISE)


@st.composite
def areas(draw: st.DrawFn) -> str:
    """Draw a rectangle about the made-up networks."""
    west, south = draw(st.floats(74.6, 75.2)), draw(st.floats(40.9, 41.4))
    size = draw(st.floats(0.005, 0.15))
    return shapely.box(west, south, west + size, south + size).wkt


@st.composite
def closed_worlds(draw: st.DrawFn) -> World:
    """Draw a world with up to four closures, by section or by area, on days, for vehicles."""
    world = draw(worlds())
    sections = [str(name) for name in world.data.road_sections["id"]]
    rows = []
    for number in range(draw(st.integers(0, 4)) if sections else 0):
        by_area = draw(st.booleans())
        place = (
            {"area_wkt": draw(areas())}
            if by_area
            else {"section_ids": tuple(draw(st.sets(st.sampled_from(sections), min_size=1, max_size=4)))}
        )
        rows.append(
            {
                "id": f"RC-{number}",
                "name_en": f"RC-{number}",
                "kind": draw(st.sampled_from(["ban", "ban", "warning"])),
                "vehicles": draw(st.sampled_from([(), ("truck",), ("car",)])),
                "hazardous_only": draw(st.booleans()),
                **place,
                **draw(st.sampled_from(PERIODS)),
            }
        )
    return World(world.data.with_table("closures", table("closures", rows)), world.places)


@st.composite
def road_rules(draw: st.DrawFn) -> RoadRules:
    """Draw rules of all kinds."""
    return RoadRules(
        stay_in=draw(st.sampled_from([None, (), ("KG",), ("UZ",), ("KG", "UZ")])),
        date=draw(st.sampled_from([None, *DAYS])),
        vehicle=draw(st.sampled_from(["truck", "car"])),
        avoid=tuple(draw(st.lists(areas(), max_size=2))),
    )


def ask(data: Dataset, ends: tuple[str, str], minimise: Any, wanted: RoadRules) -> RouteAnswer:
    """Ask for a route under rules."""
    return find(data, RouteQuestion(*ends, minimise, rules=wanted, training=True))


def plainly_closed(data: Dataset, wanted: RoadRules, home: tuple[str, ...]) -> set[str]:
    """List the sections that rules close, row by row and word by word."""
    network, found = build(data), set()
    for row, name in enumerate(network.sections["id"]):
        line = shapely.LineString(network.line(row, 0.0, 1.0))
        if home and not set(network.countries[row]) <= set(home):
            found.add(name)
        if any(line.intersects(shapely.from_wkt(area)) for area in wanted.avoid):
            found.add(name)
        for closure in data["closures"].to_dict("records"):
            placed = name in closure["section_ids"]
            if isinstance(closure["area_wkt"], str):
                placed = placed or line.intersects(shapely.from_wkt(closure["area_wkt"]))
            vehicles = closure["vehicles"] or ("truck", "car")
            meant = wanted.vehicle in vehicles and not (closure["hazardous_only"] and wanted.vehicle == "car")
            if placed and meant and closure["kind"] == "ban" and plainly_holds(closure, wanted.date):
                found.add(name)
    return found


def plainly_holds(closure: dict[Any, Any], day: str | None) -> bool:
    """Tell whether a closure of :data:`PERIODS` holds on one of :data:`DAYS`."""
    begin, end, season = (isinstance(closure[name], str) for name in ("valid_from", "valid_to", "season_from"))
    if day is None:
        return not (begin or end or season)
    if season:
        return day[5:7] == "01"
    return day[:7] >= "2025-06" if begin else day[:7] <= "2025-06" if end else True


@laws
@given(world=closed_worlds(), wanted=road_rules(), ends=st.sampled_from([("KG", "KG"), ("KG", "UZ"), (None, "KG")]))
def test_the_sections_closed_are_those_of_the_plain_words(
    world: World, wanted: RoadRules, ends: tuple[str | None, str]
) -> None:
    """Masks equal a reading of the table row by row."""
    network = build(world.data)
    applied = rules.closed(world.data, network, wanted, ends)
    mask = rules.open_sections(applied)
    shut = set() if mask is None else set(network.sections["id"][~mask])
    shared = ("KG",) if ends == ("KG", "KG") else ()
    assert shut == plainly_closed(world.data, wanted, shared if wanted.stay_in is None else wanted.stay_in)


@laws
@given(world=closed_worlds(), wanted=road_rules(), minimise=objectives)
def test_the_route_breaks_no_rule_in_force(world: World, wanted: RoadRules, minimise: str) -> None:
    """Neither does what is told as abroad break another rule than the border."""
    answer = ask(world.data, world.places[:2], minimise, wanted)
    codes = (answer.origin.country, answer.destination.country)
    home = codes[:1] if wanted.stay_in is None and codes[0] == codes[1] and codes[0] else wanted.stay_in or ()
    assert not set(answer.sections["id"]) & plainly_closed(world.data, wanted, tuple(home))
    if answer.abroad is not None:
        assert not set(answer.abroad.sections["id"]) & plainly_closed(world.data, wanted, ())
    if answer.reachable and answer.sections.shape[0] and home:
        assert set(answer.countries) <= set(home)


@laws
@given(world=closed_worlds(), wanted=road_rules(), minimise=objectives, area=areas(), which=st.integers(0, 10**6))
def test_a_tighter_rule_never_lowers_the_objective(
    world: World, wanted: RoadRules, minimise: str, area: str, which: int
) -> None:
    """One more area, one more closure, or one country fewer."""
    ends = world.places[:2]
    before = cost(ask(world.data, ends, minimise, wanted))
    assert cost(ask(world.data, ends, minimise, replace(wanted, avoid=(*wanted.avoid, area)))) >= before
    sections = world.data.road_sections["id"]
    if len(sections):
        row = {"id": "RC-NEW", "name_en": "new", "kind": "ban", "section_ids": (str(sections[which % len(sections)]),)}
        frame = world.data["closures"]
        more = (
            pd.concat([frame, table("closures", [row])], ignore_index=True) if len(frame) else table("closures", [row])
        )
        assert cost(ask(world.data.with_table("closures", more), ends, minimise, wanted)) >= before
    if wanted.stay_in == ("KG", "UZ"):
        assert cost(ask(world.data, ends, minimise, replace(wanted, stay_in=("KG",)))) >= before
    if wanted.stay_in == ():
        assert cost(ask(world.data, ends, minimise, replace(wanted, stay_in=("KG", "UZ")))) >= before


@laws
@given(world=closed_worlds(), wanted=road_rules(), minimise=objectives, seed=st.integers(0, 10**6))
def test_the_order_of_closures_does_not_matter(world: World, wanted: RoadRules, minimise: str, seed: int) -> None:
    """Neither to the way nor to what is told of it."""
    one = ask(world.data, world.places[:2], minimise, wanted)
    frame = world.data["closures"]
    mixed = world.data
    if len(frame):
        mixed = mixed.with_table("closures", frame.sample(frac=1, random_state=seed).reset_index(drop=True))
    other = ask(mixed, world.places[:2], minimise, wanted)
    assert one.sections.equals(other.sections)
    assert (one.reason, one.notes) == (other.reason, other.notes)
    assert [effect.ids for effect in one.rules_applied] == [effect.ids for effect in other.rules_applied]


@laws
@given(world=closed_worlds(), wanted=road_rules(), minimise=objectives)
def test_what_is_said_of_a_rule_is_what_there_is_without_it(world: World, wanted: RoadRules, minimise: str) -> None:
    """Each effect is the route of the same question with the rule taken away, and better than the answer."""
    ends = world.places[:2]
    answer = ask(world.data, ends, minimise, wanted)
    for effect in answer.rules_applied:
        less, data = wanted, world.data
        if rules.STAY_IN in effect.ids:
            less = less.anywhere()
        gone = {int(name.removeprefix("avoid-")) - 1 for name in effect.ids if name.startswith("avoid-")}
        less = replace(less, avoid=tuple(area for number, area in enumerate(less.avoid) if number not in gone))
        kept = ~data["closures"]["id"].isin(effect.ids)
        data = data.with_table("closures", data["closures"][kept].reset_index(drop=True))
        without = ask(data, ends, minimise, less)
        measured = effect.travel_time_s if minimise == "time" else effect.distance_m
        assert measured == cost(without) < cost(answer)
        assert not math.isinf(cost(without))
        assert len(np.unique(effect.ids)) == len(effect.rules)
