"""Laws that hold on every road network: small made-up ones, and the bundled one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import distances_m
from geo.nearest import NearestQuestion, RemoteTownsQuestion, remote_towns
from geo.nearest import find as find_nearest
from geo.network import MINIMISE, build
from geo.routing import RouteAnswer, RouteQuestion, find
from geo.schema import DO_NOT_MOVE, EVIDENCE, OPEN_STATUS, WASTE_TYPES
from geo.snapping import snap
from geo.trees import Tree
from geo.ways import way_to
from tests.effort import examples
from tests.road_worlds import dataset, node, point, road

if TYPE_CHECKING:
    from geo.dataset import Dataset

SIDE = 4
laws = examples(25)


@dataclass(frozen=True)
class World:
    """A made-up network on a bent grid across the border at 75° east, and places about it."""

    data: Dataset
    places: tuple[str, ...]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a planar network with gaps, parallel sections and mixed countries, and points of all kinds."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    lon = 74.8 + 0.12 * np.arange(SIDE)[:, None] + rng.uniform(-0.04, 0.04, (SIDE, SIDE))
    lat = 41.0 + 0.1 * np.arange(SIDE)[None, :] + rng.uniform(-0.03, 0.03, (SIDE, SIDE))
    grid = [(i, j) for i in range(SIDE) for j in range(SIDE)]
    nodes = [node(f"RN-{i}{j}", lon[i, j], lat[i, j], unverified=bool(rng.random() < 0.2)) for i, j in grid]
    links = [
        (a, (a[0] + di, a[1] + dj))
        for a in grid
        for di, dj in ((1, 0), (0, 1))
        if a[0] + di < SIDE and a[1] + dj < SIDE
    ]
    sections = []
    for number, (a, b) in enumerate(links):
        straight_m = distances_m(lon[a], lat[a], [lon[b]], [lat[b]])[0]
        for copy in range(rng.choice([0, 1, 1, 1, 1, 2])):
            countries = tuple("KG" if lon[end] < 75 else "UZ" for end in (a, b))
            if rng.random() < 0.1:
                countries = ("KG", "UZ")
            sections.append(
                road(
                    f"RS-{number:02d}-{copy}",
                    f"RN-{a[0]}{a[1]}",
                    f"RN-{b[0]}{b[1]}",
                    straight_m * rng.uniform(1, 2.5),
                    countries=countries if len(set(countries)) > 1 else countries[:1],
                    surface=str(rng.choice(["asphalt", "gravel", "unknown"])),
                    evidence=str(rng.choice(["documented", "reported"])),
                )
            )

    def somewhere() -> tuple[float, float]:
        return float(rng.uniform(74.7, 75.3)), float(rng.uniform(40.9, 41.4))

    points = [
        point(
            f"CP-{n}",
            *somewhere(),
            evidence=str(rng.choice(EVIDENCE)),
            status=str(rng.choice(OPEN_STATUS)),
            accepts=tuple(rng.choice(WASTE_TYPES, rng.integers(1, 5), replace=False).tolist()),
        )
        for n in range(8)
    ]
    stores = [point(f"ST-{n}", *somewhere(), evidence=str(rng.choice(EVIDENCE)), accepts=WASTE_TYPES) for n in range(3)]
    towns = [point(f"T-{n}", *somewhere(), population_persons=float(rng.integers(1, 30_000))) for n in range(5)]
    speeds = [
        {"surface": s, "terrain": "hills", "speed_kmh": v}
        for s, v in (("asphalt", 57.0), ("gravel", 23.0), ("unknown", 19.0))
    ]
    data = dataset(
        road_nodes=nodes,
        road_sections=sections,
        road_speeds=speeds,
        collection_points=points,
        storage=stores,
        settlements=towns,
    )
    typed = ["{!r},{!r}".format(*somewhere()) for _ in range(3)]
    ids = [str(draw(st.sampled_from([row["id"] for row in rows]))) for rows in (nodes, points, towns)]
    return World(data, tuple(draw(st.permutations([*typed, *ids]))))


def ask(data: Dataset, begin: str, end: str, **options: Any) -> RouteAnswer:
    """Ask for a route."""
    return find(data, RouteQuestion(begin, end, training=True, **options))


def cost(answer: RouteAnswer) -> float:
    """Give what the route was made short in; infinite without a route."""
    if not answer.reachable:
        return math.inf
    value = answer.travel_time_s if answer.question.minimise == "time" else answer.distance_m
    assert value is not None
    return value


objectives = st.sampled_from(MINIMISE)


@laws
@given(world=worlds(), minimise=objectives)
def test_no_detour_by_a_third_place_is_shorter(world: World, minimise: str) -> None:
    """No detour by a third place is shorter."""
    a, b, c = world.places[:3]
    direct, first, second = (
        cost(ask(world.data, *ends, minimise=minimise, stay_in_country=False)) for ends in ((a, c), (a, b), (b, c))
    )
    assert direct <= first + second


@laws
@given(world=worlds(), minimise=objectives, stay=st.booleans())
def test_there_and_back_are_equally_long(world: World, minimise: str, stay: bool) -> None:  # noqa: FBT001
    """There and back are equally long."""
    a, b = world.places[:2]
    there = ask(world.data, a, b, minimise=minimise, stay_in_country=stay)
    back = ask(world.data, b, a, minimise=minimise, stay_in_country=stay)
    assert cost(there) == cost(back)
    assert (there.snap_from_m, there.snap_to_m) == (back.snap_to_m, back.snap_from_m)


@laws
@given(world=worlds(), minimise=objectives, stay=st.booleans(), which=st.integers(0, 10**6))
def test_a_lost_section_never_shortens_the_way_between_nodes(
    world: World,
    minimise: str,
    stay: bool,  # noqa: FBT001
    which: int,
) -> None:
    """A lost section never shortens the way between nodes."""
    nodes, sections = world.data.road_nodes["id"], world.data.road_sections
    ends = str(nodes[which % len(nodes)]), str(nodes[(which // 7) % len(nodes)])
    before = cost(ask(world.data, *ends, minimise=minimise, stay_in_country=stay))
    if len(sections) > 1:
        fewer = world.data.with_table("road_sections", sections.drop(sections.index[which % len(sections)]))
        assert cost(ask(fewer, *ends, minimise=minimise, stay_in_country=stay)) >= before


@laws
@given(world=worlds(), minimise=objectives, seed=st.integers(0, 10**6))
def test_the_order_of_rows_does_not_matter(world: World, minimise: str, seed: int) -> None:
    """The order of rows does not matter."""
    a, b = world.places[:2]
    plain = ask(world.data, a, b, minimise=minimise)
    mixed = world.data
    for name in ("road_nodes", "road_sections", "road_speeds", "collection_points", "storage", "settlements"):
        if len(mixed[name]):
            mixed = mixed.with_table(name, mixed[name].sample(frac=1, random_state=seed).reset_index(drop=True))
    shuffled = ask(mixed, a, b, minimise=minimise)
    assert plain.sections.equals(shuffled.sections)
    assert plain.geometry == shuffled.geometry
    assert (plain.reason, plain.notes) == (shuffled.reason, shuffled.notes)
    question = NearestQuestion(a, k=50, training=True)
    one, other = find_nearest(world.data, question), find_nearest(mixed, question)
    assert one.points.equals(other.points)
    assert one.reported.equals(other.reported)


@laws
@given(world=worlds(), minimise=objectives, stay=st.booleans())
def test_sections_sum_to_the_route_and_join(world: World, minimise: str, stay: bool) -> None:  # noqa: FBT001
    """Sections sum to the route and join."""
    answer = ask(world.data, *world.places[:2], minimise=minimise, stay_in_country=stay)
    for found in (answer, answer.abroad):
        if found is not None and found.reachable:
            sections = found.sections
            assert math.fsum(sections["length_m"]) == sections["length_m"].sum() == found.distance_m
            assert math.fsum(sections["travel_time_s"]) == sections["travel_time_s"].sum() == found.travel_time_s
            assert list(sections["to_id"][:-1]) == list(sections["from_id"][1:])
            assert all(one != other for one, other in zip(found.countries, found.countries[1:], strict=False))
            assert {code for codes in sections["countries"] for code in codes} == set(found.countries)


@laws
@given(world=worlds(), minimise=objectives)
def test_staying_in_the_country_is_never_shorter_and_never_leaves_it(world: World, minimise: str) -> None:
    """Staying in the country is never shorter and never leaves it."""
    a, b = world.places[:2]
    kept = ask(world.data, a, b, minimise=minimise)
    free = ask(world.data, a, b, minimise=minimise, stay_in_country=False)
    assert cost(kept) >= cost(free)
    if kept.reachable and kept.origin.country == kept.destination.country:
        assert set(kept.countries) <= {kept.origin.country}
    if kept.abroad is None:
        assert cost(kept) == cost(free)
    else:
        assert cost(kept.abroad) == cost(free) < cost(kept)
        assert set(kept.abroad.countries) > {kept.origin.country}


@laws
@given(world=worlds(), minimise=objectives, country=st.sampled_from([None, "KG", "UZ"]))
def test_the_tree_costs_what_its_drawn_ways_cost(world: World, minimise: str, country: str | None) -> None:
    """The tree costs what its drawn ways cost."""
    network = build(world.data)
    points = world.data.collection_points
    ends = snap(network, points["lon"], points["lat"])
    seeds = snap(network, world.data.storage["lon"], world.data.storage["lat"])
    tree = Tree(network, network.graph(minimise, country), seeds)
    costs, starts = tree.cost_to(ends), tree.seed_of(ends)
    for row in range(len(ends)):
        if np.isfinite(costs[row]):
            assert way_to(network, tree, ends, row).total(minimise) == costs[row]
            alone = Tree(network, network.graph(minimise, country), seeds[starts[row]])
            assert alone.cost_to(ends)[row] == costs[row]
        else:
            assert starts[row] == -1


@laws
@given(
    world=worlds(),
    waste=st.sampled_from([None, *sorted(set(WASTE_TYPES) - DO_NOT_MOVE)]),
    stay=st.booleans(),
    training=st.booleans(),
)
def test_the_nearest_points_are_those_of_all_routes_drawn_one_by_one(
    world: World,
    waste: str | None,
    stay: bool,  # noqa: FBT001
    training: bool,  # noqa: FBT001
) -> None:
    """The nearest points are those of all routes drawn one by one."""
    at = world.places[0]
    allowed = {"documented", "illustrative"} if training else {"documented"}
    rows = []
    for _, row in world.data.collection_points.iterrows():
        takes = set(row["accepts"]) - DO_NOT_MOVE if waste is None else set(row["accepts"]) & {waste}
        if takes and row["status"] != "closed" and row["evidence"] in allowed:
            route = ask(world.data, at, row["id"], minimise="distance", stay_in_country=stay)
            straight_m = distances_m(route.origin.lon, route.origin.lat, [row["lon"]], [row["lat"]])[0]
            total_m = math.inf
            if route.distance_m is not None and route.snap_from_m is not None and route.snap_to_m is not None:
                total_m = route.distance_m + (route.snap_from_m + route.snap_to_m)
            rows.append((total_m, straight_m, row["id"], route))
    rows.sort(key=lambda entry: entry[:3])
    found = find_nearest(
        world.data, NearestQuestion(at, waste=waste, k=3, stay_in_country=stay, training=training)
    ).points
    assert list(found["id"]) == [entry[2] for entry in rows[:3]]
    for (_, _, _, route), (_, row) in zip(rows, found.iterrows(), strict=False):
        if route.reachable:
            assert (row["distance_m"], row["travel_time_s"]) == (route.distance_m, route.travel_time_s)
            assert row["countries"] == route.countries
        else:
            assert route.reason is not None
            assert (math.isnan(row["distance_m"]), row["reason"]) == (True, route.reason.code)


@laws
@given(world=worlds(), waste=st.sampled_from([None, *WASTE_TYPES]), k=st.integers(1, 50), where=st.integers(0, 5))
def test_nobody_is_sent_to_an_illustrative_place(world: World, waste: str | None, k: int, where: int) -> None:
    """Nobody is sent to an illustrative place."""
    answer = find_nearest(world.data, NearestQuestion(world.places[where], waste=waste, k=k))
    assert set(answer.points["evidence"]) <= {"documented"}
    assert set(answer.reported["evidence"]) <= {"documented", "reported"}
    assert answer.call == "112"
    assert not {note.code for note in answer.notes} & {"training"}
    drill = find_nearest(world.data, NearestQuestion(world.places[where], waste=waste, k=k, training=True))
    if "illustrative" in set(drill.points["evidence"]):
        assert drill.evidence == "illustrative"
        assert "training" in {note.code for note in drill.notes}
    if waste in DO_NOT_MOVE:
        assert (len(drill.points), len(drill.reported)) == (0, 0)


@laws
@given(world=worlds(), distance_m=st.floats(0, 60_000), stay=st.booleans())
def test_remote_towns_are_those_whose_every_route_is_longer(world: World, distance_m: float, stay: bool) -> None:  # noqa: FBT001
    """Remote towns are those whose every route is longer."""
    question = RemoteTownsQuestion(0, distance_m, training=True, stay_in_country=stay)
    answer = remote_towns(world.data, question)
    points = find_nearest(world.data, NearestQuestion(world.places[0], k=50, training=True)).points["id"]
    expected = {}
    for town, lon in zip(world.data.settlements["id"], world.data.settlements["lon"], strict=True):
        lengths = [cost(ask(world.data, town, p, minimise="distance", stay_in_country=stay)) for p in points]
        if lon < 75 and lengths and min(lengths) > distance_m:
            expected[town] = min(lengths)
    assert set(answer.towns["id"]) == set(expected)
    for town, found_m in zip(answer.towns["id"], answer.towns["distance_m"], strict=True):
        assert found_m == expected[town] or (math.isnan(found_m) and math.isinf(expected[town]))


@pytest.fixture(scope="module")
def towns(bundled: Dataset) -> list[str]:
    """Give some settlements of the country, evenly out of the whole table."""
    home = bundled.settlements[(bundled.settlements["country"] == "KG").to_numpy()]
    return [str(town) for town in home["id"].iloc[:: max(1, len(home) // 12)]]


class TestBundledNetwork:
    """The same laws on the bundled roads, between towns and villages as readers name them."""

    def test_symmetry_triangle_and_staying_inside(self, bundled: Dataset, towns: list[str]) -> None:
        """Symmetry triangle and staying inside."""
        length = {
            (a, b): [cost(ask(bundled, a, b, minimise="distance", stay_in_country=stay)) for stay in (True, False)]
            for a in towns
            for b in towns
        }
        for a in towns:
            for b in towns:
                assert length[a, b] == length[b, a]
                assert length[a, b][0] >= length[a, b][1]
                for c in towns:
                    assert length[a, c][0] <= length[a, b][0] + length[b, c][0]
                    assert length[a, c][1] <= length[a, b][1] + length[b, c][1]

    def test_nearest_is_the_shortest_of_all_routes(self, bundled: Dataset, towns: list[str]) -> None:
        """Nearest is the shortest of all routes."""
        for town in towns[::3]:
            found = find_nearest(bundled, NearestQuestion(town, k=50, training=True)).points
            for _, row in found.iterrows():
                route = ask(bundled, town, row["id"], minimise="distance")
                assert route.reachable == (not math.isnan(row["distance_m"]))
                if route.reachable:
                    assert row["distance_m"] == route.distance_m
