"""Laws of answers about many places: equal to the answers for one, whatever the rules, the vehicle and the order."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import matrix, nearest_many, service_area
from geo.graphs import Turns
from geo.homeward import Homeward
from geo.many_places import find_places
from geo.nearest import NearestQuestion
from geo.nearest import find as find_nearest
from geo.network import MINIMISE, build
from geo.ranking import rounded_leg_m
from geo.routing import RouteQuestion, find
from geo.ruled import ruled_graph
from geo.rules import RoadRules
from geo.snapping import snap
from geo.trees import Tree
from geo.ways import snap_places, way_to
from tests.effort import examples
from tests.laws.test_osm_laws import opened
from tests.laws.test_osm_laws import worlds as street_worlds
from tests.laws.test_routing_laws import World, worlds
from tests.road_worlds import dataset

if TYPE_CHECKING:
    from geo.dataset import Dataset
    from geo.network import Network

laws = examples(25)
objectives = st.sampled_from(MINIMISE)


@st.composite
def rules(draw: st.DrawFn) -> RoadRules:
    """Draw countries to stay in and areas to avoid."""
    stay_in = draw(st.sampled_from([None, (), ("KG",), ("KG", "UZ")]))
    corners = draw(st.lists(st.tuples(st.floats(74.7, 75.2), st.floats(40.9, 41.3)), max_size=2))
    areas = tuple(shapely.box(lon, lat, lon + 0.06, lat + 0.05).wkt for lon, lat in corners)
    return RoadRules(stay_in=stay_in, avoid=areas)


def told_alike(code: str, drawn: str) -> bool:
    """Tell whether a matrix and a route give the same reason, of which the route knows more."""
    if code in {"rules-forbid", "only-abroad"}:
        # Where each of several rules alone stands in the way, a route names the one that costs least to break.
        return drawn.startswith("only-by-breaking") or (code, drawn) == ("only-abroad", "only-abroad")
    if code == "excluded-by-rule":
        return drawn in {"end-outside-stay-in", "end-in-avoided"}
    return code == drawn


def same_as_routes(
    data: Dataset, answer: matrix.MatrixAnswer, network: Network | None, origins: list[str], destinations: list[str]
) -> None:
    """Compare each pair with the route drawn between its ends: to the last bit."""
    question = answer.question
    for row, begin in enumerate(origins):
        for column, end in enumerate(destinations):
            route = find(
                data, RouteQuestion(begin, end, question.minimise, rules=question.rules, training=True), network
            )
            code = matrix.REASONS[answer.reason_code[row, column]]
            found = answer.distance_m[row, column], answer.travel_time_s[row, column]
            if route.reachable:
                assert (code, *found) == ("", route.distance_m, route.travel_time_s)
                assert answer.snap_from_m[row] == route.snap_from_m or begin == end
                assert answer.snap_to_m[column] == route.snap_to_m or begin == end
            else:
                assert np.isnan(found).all()
                assert route.reason is not None
                assert told_alike(code, route.reason.code)


@laws
@given(world=worlds(), minimise=objectives, kept=rules(), wide=st.booleans())
def test_a_matrix_equals_the_drawn_routes(world: World, minimise: Any, kept: RoadRules, wide: bool) -> None:  # noqa: FBT001
    """Whatever the rules: from few places to many (trees that begin there) and from many to few (trees that end)."""
    few, many = list(world.places[:2]), list(world.places[2:5])
    origins, destinations = (few, many) if wide else (many, few)
    question = matrix.MatrixQuestion(tuple(origins), tuple(destinations), minimise, kept)
    same_as_routes(world.data, matrix.measure(world.data, question), None, origins, destinations)


@examples(25)
@given(street_worlds(), st.data(), objectives)
def test_a_matrix_equals_the_drawn_routes_on_streets(world: Any, data: Any, minimise: Any) -> None:
    """One-way streets, banned turns and roads for visitors only, from inside any street to inside any other."""
    network, _ = opened(*world)
    rows = [data.draw(st.integers(0, len(network.tail) - 1)) for _ in range(5)]
    parts = [data.draw(st.sampled_from([0.0, 0.25, 0.5, 0.7, 1.0])) for _ in rows]
    points = [network.line(row, 0.0, part)[-1].tolist() for row, part in zip(rows, parts, strict=True)]
    names = [f"{lon!r},{lat!r}" for lon, lat in points]
    free, empty = RoadRules(stay_in=()), dataset()
    for origins, destinations in ((names[:2], names[2:]), (names[2:], names[:2])):
        question = matrix.MatrixQuestion(tuple(origins), tuple(destinations), minimise, free)
        answer = matrix.measure(empty, question, network)
        kept = list(answer.question.origins), list(answer.question.destinations)
        same_as_routes(empty, answer, network, *kept)


def strict(network: Network, rng: np.random.Generator) -> Network:
    """Ban many turns of a network, and open a third of its roads to visitors only."""
    begin, reached = (
        np.column_stack(ends).ravel() for ends in ((network.tail, network.head), (network.head, network.tail))
    )
    pairs = np.argwhere(reached[:, None] == begin[None, :])
    runs = pairs[rng.random(len(pairs)) < 0.3]
    turns = Turns(2 * np.arange(len(runs) + 1), runs.ravel())
    visitors = rng.random(len(network.tail)) < 0.3
    return replace(network, turns=turns, ends_only=visitors)


@examples(40)
@given(street_worlds(), st.integers(0, 2**32 - 1), objectives)
def test_ways_that_end_somewhere_cost_what_ways_that_begin_elsewhere_do(world: Any, seed: int, minimise: Any) -> None:
    """Trees over the arcs turned round keep banned turns and visitors' roads, and of two equal ways choose alike."""
    rng = np.random.default_rng(seed)
    network = strict(opened(*world)[0], rng)
    rows = rng.integers(0, len(network.tail), 8).tolist()
    parts = rng.choice([0.0, 0.25, 0.5, 0.7, 1.0], 8).tolist()
    points = np.array([network.line(row, 0.0, part)[-1] for row, part in zip(rows, parts, strict=True)])
    snaps, graph = snap(network, points[:, 0], points[:, 1], limit_m=1.0), network.graph(minimise)
    other = (network.length_m,) * 2 if minimise == "time" else (network.time_s, network.time_back_s)
    trees = [Tree(network, graph, snaps[row]) for row in range(len(snaps))]
    expected = np.array([tree.cost_to(snaps) for tree in trees]), np.array([tree.along(snaps, other) for tree in trees])
    for columns in ([0], [1, 2, 3], list(range(8))):
        found = matrix.road_costs(network, graph, snaps, snaps[columns], other)
        assert np.array_equal(found[0], expected[0][:, columns])
        assert np.array_equal(found[1], expected[1][:, columns], equal_nan=True)
    extra = np.round(np.array(parts) * 512.0)
    several = Homeward(network, graph, snaps, extra)
    assert np.array_equal(several.cost_from(snaps), (expected[0] + extra).min(axis=1))
    cost, goal, _, _ = several.follow(snaps, other)
    reached = np.flatnonzero(np.isfinite(cost))
    assert np.array_equal(cost[reached], (expected[0] + extra)[reached, goal[reached]])
    for row, tree in enumerate(trees):
        for end in np.flatnonzero(np.isfinite(expected[0][row])).tolist():
            way = way_to(network, tree, snaps, end)
            assert expected[1][row, end] == (way.distance_m if minimise == "time" else way.travel_time_s)


@laws
@given(world=worlds(), minimise=objectives, seed=st.randoms(use_true_random=False))
def test_the_order_of_places_does_not_matter(world: World, minimise: Any, seed: Any) -> None:
    """Rows and columns move with their places."""
    origins, destinations = list(world.places[:3]), list(world.places[3:])
    plain = matrix.measure(world.data, matrix.MatrixQuestion(tuple(origins), tuple(destinations), minimise))
    mixed = origins.copy(), destinations.copy()
    for side in mixed:
        seed.shuffle(side)
    again = matrix.measure(world.data, matrix.MatrixQuestion(tuple(mixed[0]), tuple(mixed[1]), minimise))
    rows, columns = [origins.index(one) for one in mixed[0]], [destinations.index(one) for one in mixed[1]]
    for name in ("distance_m", "travel_time_s", "reason_code"):
        expected = getattr(plain, name)[np.ix_(rows, columns)]
        assert np.array_equal(expected, getattr(again, name), equal_nan=name != "reason_code")


@laws
@given(world=worlds(), minimise=objectives, kept=rules())
def test_a_rule_never_shortens(world: World, minimise: Any, kept: RoadRules) -> None:
    """What the objective makes least is at least what it is without any rule."""
    places = tuple(world.places)

    def cost(asked: RoadRules) -> np.ndarray[Any, Any]:
        answer = matrix.measure(world.data, matrix.MatrixQuestion(places, places, minimise, asked))
        values = answer.travel_time_s if minimise == "time" else answer.distance_m
        return np.where(np.isnan(values), np.inf, values)

    assert (cost(kept) >= cost(RoadRules(stay_in=()))).all()


@laws
@given(world=worlds(), kept=rules(), training=st.booleans())
def test_the_nearest_of_many_is_that_of_one(world: World, kept: RoadRules, training: bool) -> None:  # noqa: FBT001
    """The same road and legs, and a point than which no other is nearer; or no road, for the same reason."""
    places = tuple(dict.fromkeys(world.places))
    many = nearest_many.find_many(world.data, nearest_many.NearestManyQuestion(places, None, training, kept)).places
    for place, row in zip(places, many.to_dict("records"), strict=True):
        one = find_nearest(world.data, NearestQuestion(place, k=50, training=training, rules=kept))
        listed = one.points if len(one.points) else one.reported
        reached = listed[listed["distance_m"].notna()]
        if not len(reached):
            assert row["nearest_id"] is None
            assert math.isnan(row["distance_m"])
            reasons = set(listed["reason"]) or {"no-confirmed-point"}
            assert row["reason"] in reasons
            continue
        legs_m = rounded_leg_m(reached["snap_from_m"]) + rounded_leg_m(reached["snap_to_m"])
        total_m = reached["distance_m"].to_numpy() + legs_m
        nearest = reached[total_m == total_m.min()].set_index("id")
        assert row["nearest_id"] in nearest.index
        same = nearest.loc[row["nearest_id"]]
        for name in ("distance_m", "snap_from_m", "snap_to_m", "straight_line_m", "bearing_deg"):
            assert row[name] == same[name]
        assert row["evidence"] == same["evidence"]


@laws
@given(
    world=worlds(), minutes=st.lists(st.integers(1, 90), min_size=1, max_size=3, unique=True), which=st.integers(1, 3)
)
def test_roads_within_minutes_are_those_that_a_search_reaches(world: World, minutes: list[int], which: int) -> None:
    """A point of a road lies on the parts given exactly when the shortest way there takes no longer."""
    places = tuple(dict.fromkeys(world.places[:which]))
    question = service_area.ServiceAreaQuestion(places, tuple(minutes), RoadRules(stay_in=()), snap_limit_m=50_000)
    answer = service_area.measure(world.data, question)
    network = build(world.data)
    found = find_places(world.data, places)
    ends = snap_places(network, found, 50_000)
    graph, _ = ruled_graph(world.data, network, "time", question.rules, (None, None))
    tree = Tree(network, graph, ends)
    edges = answer.edges
    row_of = {name: row for row, name in enumerate(network.sections["id"])}
    section = np.array([row_of[name] for name in edges["section_id"]], dtype=np.int64)
    begin, end = edges["from_share"].to_numpy(), edges["to_share"].to_numpy()
    rng = np.random.default_rng(3)
    rows = rng.integers(0, len(network.tail), 60) if len(network.tail) else np.empty(0, dtype=np.int64)
    for row, fraction in zip(rows.tolist(), rng.random(60).tolist(), strict=False):
        cost_s = tree.cost_to(_inside(network, ends, row, fraction))[0]
        for limit in question.minutes:
            # Times of parts are rounded to a thousandth of a second, cuts are not.
            if abs(cost_s - 60 * limit) < 0.01:
                continue
            here = (section == row) & (begin <= fraction) & (fraction <= end) & (edges["minutes"] <= limit).to_numpy()
            assert here.any() == (cost_s <= 60 * limit)
            assert here.sum() <= 1


def _inside(network: Network, like: Any, row: int, fraction: float) -> Any:
    """Place a point inside a section, without looking for the nearest road."""
    lon, lat = network.line(row, 0.0, fraction)[-1]
    values = {"node": -1, "section": row, "fraction": fraction, "lon": lon, "lat": lat, "distance_m": 0.0}
    cells = {name: np.array([values.get(name, np.nan)]) for name in like.__dataclass_fields__}
    return type(like)(**cells)


@laws
@given(world=worlds(), minutes=st.lists(st.integers(1, 90), min_size=2, max_size=3, unique=True), kept=rules())
def test_the_ground_of_fewer_minutes_lies_inside(world: World, minutes: list[int], kept: RoadRules) -> None:
    """Areas are nested, roads only become more, and a limit asked alone gives what it gives among others."""
    place = world.places[:1]
    question = service_area.ServiceAreaQuestion(place, tuple(minutes), kept)
    answer = service_area.measure(world.data, question)
    shapes, areas = answer.areas.geometry.to_list(), answer.areas
    assert areas["roads_m"].is_monotonic_increasing
    assert areas["area_m2"].is_monotonic_increasing
    for smaller, larger in pairwise(shapes):
        assert smaller.difference(larger).area <= 1e-12
    for limit, roads_m in zip(areas["minutes"], areas["roads_m"], strict=True):
        alone = service_area.measure(world.data, service_area.ServiceAreaQuestion(place, (limit,), kept))
        assert math.isclose(alone.areas["roads_m"][0], roads_m, rel_tol=1e-9, abs_tol=0.01)
