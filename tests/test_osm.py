"""Networks from extracts: what tags mean, what is contracted, which turns are banned, and what bad files get."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import pytest
import shapely

from geo import catalogue, cli_network, matrix, netfile, osm, routing, sentences
from geo.crs import GEOD
from geo.elevation import ElevationError, heights_m, read_tile
from geo.errors import DataError, QuestionError, SymapError
from geo.i18n import translator
from geo.osm_tags import applies, blocks, interpret
from geo.osm_values import quantity
from geo.profiles import bundled_profiles, read_profiles
from geo.snapping import snap
from geo.trees import Tree
from geo.ways import way_line, way_to
from tests.osm_worlds import grid, write
from tests.road_worlds import borders

if TYPE_CHECKING:
    from pathlib import Path

    from geo.network import Network

TRUCK, CAR = bundled_profiles()["truck"], bundled_profiles()["car"]
ROAD = {"highway": "primary"}


def make(folder: Path, *world: Any, profile: str = "truck", **options: Any) -> Network:
    """Write a world, build its network and open it."""
    source = write(folder / "world.osm", *world)
    osm.build(source, folder / "world.net", **options)
    return osm.load_network(folder / "world.net", profile)


def metres(network: Network, *places: tuple[float, ...]) -> float:
    """Measure the shortest way between two points of the roads."""
    snaps = snap(network, *np.array([place[:2] for place in places]).T, limit_m=1.0)
    return float(Tree(network, network.graph("distance"), snaps[0]).cost_to(snaps[1])[0])


def straight(*points: tuple[float, float]) -> float:
    """Measure a line on the ellipsoid."""
    return float(GEOD.line_length(*zip(*points, strict=True)))


def test_chains_are_contracted_and_keep_their_line(tmp_path: Path) -> None:
    """Four nodes in a row of two ways are one section with the geodesic length of its line."""
    nodes = {1: (71.0, 40.0), 2: (71.01, 40.005), 3: (71.02, 40.0), 4: (71.03, 40.0)}
    network = make(tmp_path, nodes, [(5, [1, 2, 3], ROAD), (6, [4, 3], ROAD)])
    assert list(network.nodes["id"]) == ["n1", "n4"]
    assert len(network.sections) == 1
    assert network.length_m[0] == pytest.approx(straight(*nodes.values()), abs=0.01)
    assert [tuple(point) for point in network.line(0, 0.0, 1.0)] == list(nodes.values())


def test_a_chain_ends_where_the_road_changes(tmp_path: Path) -> None:
    """Name, surface and class are told section by section."""
    changed = {**ROAD, "name": "Main", "name:ky": "Башкы", "surface": "gravel", "ref": "M41"}
    network = make(tmp_path, grid(1, 3), [(1, [11, 12], ROAD), (2, [12, 13], changed)])
    assert len(network.sections) == 2
    second = network.sections.iloc[1]
    assert (second["road_name"], second["road_name_ky"], second["road_number"]) == ("Main", "Башкы", "M41")
    assert (second["surface"], second["road_class"], second["evidence"]) == ("gravel", "primary", "documented")


@pytest.mark.parametrize(
    ("tags", "forth", "back"),
    [
        ({}, True, True),
        ({"oneway": "yes"}, True, False),
        ({"oneway": "-1"}, False, True),
        ({"junction": "roundabout"}, True, False),
        ({"highway": "motorway"}, True, False),
        ({"highway": "motorway", "oneway": "no"}, True, True),
        ({"oneway": "yes", "oneway:hgv": "no"}, True, True),
        ({"motor_vehicle:backward": "no"}, True, False),
        ({"access": "no"}, False, False),
        ({"access": "no", "hgv": "yes"}, True, True),
        ({"hgv": "no"}, False, False),
        ({"hazmat": "no"}, False, False),
        ({"hazmat:water": "no"}, False, False),
        ({"maxweight": "7.5"}, False, False),
        ({"maxweight": "20 t"}, True, True),
        ({"maxheight": "12'"}, False, False),
        ({"maxheight": "4.2 m"}, True, True),
        ({"maxaxleload": "6"}, False, False),
        ({"highway": "footway"}, False, False),
        ({"highway": "construction"}, False, False),
        ({"highway": "track", "tracktype": "grade5"}, False, False),
        ({"ice_road": "yes"}, False, False),
        ({"impassable": "yes"}, False, False),
        ({"highway": "service", "service": "emergency_access"}, False, False),
        ({"motor_vehicle": "agricultural;forestry"}, False, False),
        ({"motor_vehicle": "agricultural;destination"}, True, True),
        ({"maxweight": "5;20"}, False, False),
        ({"maxweight": "7,5 т"}, False, False),
        ({"maxweight": "3500"}, False, False),
        ({"maxweight": "25000 kg"}, True, True),
        ({"maxgcweight": "12"}, False, False),
        ({"maxheight": "11'-6\""}, False, False),
        ({"maxheight": "11 ft 6 in"}, False, False),
        ({"maxheight": "14'"}, True, True),
        ({"hgv:conditional": "no @ (weight>7.5)"}, False, False),
        ({"hgv:conditional": "no @ (weight>40 AND length>8)"}, True, True),
        ({"hgv:conditional": "no @ (weight>7.5 AND Mo-Fr 07:00-09:00)"}, True, True),
        ({"hgv:conditional": "no @ (22:00-06:00)"}, True, True),
        ({"access": "no", "access:conditional": "yes @ hazmat"}, True, True),
        ({"maxweight": "7.5", "maxweight:conditional": "none @ destination"}, True, True),
        ({"maxweight:conditional": "7.5 @ (length>8)"}, False, False),
        ({"hazmat:forward": "no"}, False, True),
        ({"hazmat:E": "no", "tunnel": "yes"}, False, False),
        ({"hazmat:B": "no", "tunnel": "yes"}, True, True),
        ({"hazmat:B": "no"}, False, False),
        ({"hazmat:adr_tunnel_cat": "D", "tunnel": "yes"}, False, False),
        ({"hazmat": "C", "tunnel": "yes"}, True, True),
        ({"hazmat:explosive": "no"}, True, True),
        ({"hazmat": "yes"}, True, True),
    ],
)
def test_tags_open_and_close_a_road_to_the_truck(tags: dict[str, str], forth: bool, back: bool) -> None:  # noqa: FBT001
    """One-ways, access, weights, heights and dangerous goods."""
    kind = interpret({**ROAD, **tags}, TRUCK)
    assert (kind is not None and kind.forward_kmh > 0, kind is not None and kind.back_kmh > 0) == (forth, back)


@pytest.mark.parametrize(
    "tags",
    [
        {"access": "destination"},
        {"hgv": "unsuitable"},
        {"hazmat": "destination"},
        {"hazmat:A": "destination"},
        {"hgv": "no", "hgv:conditional": "yes @ delivery"},
        {"maxweight": "7.5", "maxweight:conditional": "none @ destination"},
    ],
)
def test_some_roads_are_for_those_who_have_business_there(tags: dict[str, str]) -> None:
    """The truck may begin and end on them, and not pass through."""
    kind = interpret({**ROAD, **tags}, TRUCK)
    assert kind is not None
    assert kind.ends_only
    assert not interpret(ROAD, TRUCK).ends_only  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("tags", "stops"),
    [
        ({"barrier": "gate"}, False),
        ({"barrier": "gate", "locked": "yes"}, True),
        ({"barrier": "gate", "locked": "yes", "access": "yes"}, False),
        ({"barrier": "gate;bollard"}, True),
        ({"barrier": "tank_trap"}, True),
        ({"maxheight": "3"}, True),
        ({"maxheight": "4.5"}, False),
    ],
)
def test_points_that_stop_the_truck(tags: dict[str, str], *, stops: bool) -> None:
    """Barriers, each kind of a list, and what is too low to pass under."""
    assert blocks(tags, TRUCK) is stops


@pytest.mark.parametrize(
    ("tags", "truck", "car"),
    [
        ({"restriction": "no_left_turn"}, "no_left_turn", "no_left_turn"),
        ({"restriction": "no_turn_on_red"}, None, None),
        ({"restriction:hazmat": "no_left_turn"}, "no_left_turn", None),
        ({"type": "restriction:hgv", "restriction": "no_left_turn"}, "no_left_turn", None),
        ({"restriction:hgv:conditional": "no_left_turn @ (weight>7.5)"}, "no_left_turn", None),
        ({"restriction:conditional": "no_left_turn @ (07:00-09:00)"}, None, None),
        ({"restriction": "no_left_turn", "except": "psv;hgv"}, None, "no_left_turn"),
    ],
)
def test_turn_restrictions_bind_those_whom_they_name(tags: dict[str, str], truck: str | None, car: str | None) -> None:
    """By vehicle, by load, by weight; a right turn that only waits for green is none."""
    assert (applies(tags, TRUCK), applies(tags, CAR)) == (truck, car)


def test_drafts_of_an_editor_and_several_versions_are_read(tmp_path: Path) -> None:
    """Nodes with negative ids are placed; of one way the last version counts; a point beyond the world is missing."""
    network = make(tmp_path, {-1: (71.0, 40.0), -2: (71.01, 40.0)}, [(-5, [-1, -2], ROAD)])
    assert len(network.sections) == 1
    text = (
        '<osm version="0.6"><node id="1" lon="71" lat="40"/><node id="2" lon="71.01" lat="40"/>'
        '<node id="3" lon="200" lat="40"/><way id="1" version="2"><nd ref="1"/><nd ref="2"/><nd ref="3"/>'
        '<tag k="highway" v="primary"/></way><way id="1" version="1"><nd ref="2"/><nd ref="1"/>'
        '<tag k="highway" v="residential"/></way></osm>'
    )
    (tmp_path / "twice.osm").write_text(text, encoding="utf-8")
    osm.build(tmp_path / "twice.osm", tmp_path / "twice.net")
    assert osm.load_network(tmp_path / "twice.net").sections["road_class"].tolist() == ["primary"]


@pytest.mark.parametrize(("name", "code"), [("all.osh", "osm-history"), ("far.osm", "osm-unreadable")])
def test_a_history_and_impossible_positions_are_refused(tmp_path: Path, name: str, code: str) -> None:
    """Every version of every object is not the roads of one day."""
    (tmp_path / name).write_text(
        '<osm version="0.6"><node id="1" lon="500" lat="40"/><way id="1"><nd ref="1"/>'
        '<tag k="highway" v="primary"/></way></osm>',
        encoding="utf-8",
    )
    with pytest.raises(osm.OsmError) as told:
        osm.build(tmp_path / name, tmp_path / "x.net")
    assert told.value.code == code


def test_places_of_elsewhere_are_too_far_whatever_is_known_of_countries(tmp_path: Path) -> None:
    """A network without countries is not blamed for places that are not on it; the matrix gives the same reason."""
    network = make(tmp_path, grid(1, 3), [(1, [11, 12, 13], ROAD)])
    far = routing.find(catalogue.load(), routing.RouteQuestion("KG-KHD", "RN-BISHKEK"), network)
    assert far.reason is not None
    assert far.reason.code == "snap-too-far"
    pairs = matrix.measure(catalogue.load(), matrix.MatrixQuestion(("KG-KHD",), ("RN-BISHKEK",)), network).pairs()
    assert pairs["reason"].tolist() == ["snap-too-far"]


def test_what_closes_a_road_to_the_truck_leaves_it_to_the_car() -> None:
    """The profile decides."""
    for tags in ({"hgv": "no"}, {"hazmat": "no"}, {"maxweight": "7.5"}, {"maxheight": "3"}):
        assert interpret({**ROAD, **tags}, TRUCK) is None
        left = interpret({**ROAD, **tags}, CAR)
        assert left is not None
        assert left.forward_kmh == interpret(ROAD, CAR).forward_kmh  # type: ignore[union-attr]


def test_speeds_follow_class_limit_and_surface() -> None:
    """A limit replaces the class's speed, the surface caps it, and the vehicle's top speed caps all."""
    table, share = TRUCK.tables, TRUCK.limit("share_of_maxspeed")
    assert interpret(ROAD, TRUCK).forward_kmh == table["class"]["primary"]  # type: ignore[union-attr]
    assert interpret({**ROAD, "maxspeed": "40"}, TRUCK).forward_kmh == 40 * share  # type: ignore[union-attr]
    assert interpret({**ROAD, "maxspeed": "130"}, TRUCK).forward_kmh == TRUCK.limit("top_speed")  # type: ignore[union-attr]
    rough = interpret({**ROAD, "surface": "gravel"}, TRUCK)
    assert rough is not None
    assert rough.forward_kmh == table["surface"]["gravel"]
    uneven = interpret({**ROAD, "maxspeed:forward": "20", "maxspeed": "50"}, TRUCK)
    assert uneven is not None
    assert (uneven.forward_kmh, uneven.back_kmh) == (20 * share, 50 * share)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7.5", 7.5),
        ("7,5 t", 7.5),
        ("16000 kg", 16.0),
        ("3.5 m", 3.5),
        ("11'6\"", 3.5052),
        ("30 mph", 48.28032),
        ("none", None),
    ],
)
def test_quantities_are_read_in_their_unit(text: str, value: float | None) -> None:
    """Tonnes, metres and km/h; a word is no number."""
    assert quantity(text) == (None if value is None else pytest.approx(value))


def test_a_bollard_stops_a_gate_does_not(tmp_path: Path) -> None:
    """A barrier in the way cuts the road; one that is open to the vehicle does not."""
    nodes: dict[int, Any] = dict(grid(2, 3))
    nodes[12] = (*nodes[12], {"barrier": "bollard"})
    nodes[22] = (*nodes[22], {"barrier": "gate"})
    ways = [(1, [11, 12, 13], ROAD), (2, [21, 22, 23], ROAD), (3, [11, 21], ROAD), (4, [13, 23], ROAD)]
    network = make(tmp_path, nodes, ways)
    round_about = straight(nodes[11], nodes[21], nodes[22][:2], nodes[23], nodes[13])
    assert metres(network, nodes[11], nodes[13]) == pytest.approx(round_about, abs=0.05)
    assert {"n12.1", "n12.2"} <= set(network.nodes["id"])


def test_ferries_are_out_by_default(tmp_path: Path) -> None:
    """A ferry joins two shores only when it is asked for."""
    ways = [
        (1, [11, 12], ROAD),
        (2, [12, 13], {"route": "ferry", "motor_vehicle": "yes", "hgv": "yes"}),
        (3, [13, 14], ROAD),
    ]
    assert len(set(make(tmp_path, grid(1, 4), ways).component)) == 2
    assert len(set(make(tmp_path, grid(1, 4), ways, ferries=True).component)) == 1


def _cross(tmp_path: Path, restriction: dict[str, str]) -> Network:
    """Make a cross about node 22 with a detour from its south to its west by 11; arms are ways 1 to 4."""
    nodes = grid(3, 3)
    ways = [
        (1, [12, 22], ROAD),
        (2, [22, 21], ROAD),
        (3, [22, 23], ROAD),
        (4, [22, 32], ROAD),
        (5, [12, 11, 21], ROAD),
        (6, [32, 33, 23], ROAD),
    ]
    members = [("way", 1, "from"), ("node", 22, "via"), ("way", 2, "to")]
    return make(tmp_path, nodes, ways, [({"type": "restriction", **restriction}, members)])


@pytest.mark.parametrize("restriction", [{"restriction": "no_left_turn"}, {"restriction:hgv": "no_left_turn"}])
def test_a_banned_turn_is_not_driven(tmp_path: Path, restriction: dict[str, str]) -> None:
    """From the middle of the southern arm to that of the western the way goes back and round by the corner."""
    network = _cross(tmp_path, restriction)
    nodes = grid(3, 3)
    snaps = snap(network, [71.01, 71.005], [40.005, 40.01])
    tree = Tree(network, network.graph("distance"), snaps[0])
    found = tree.cost_to(snaps[1])[0]
    detour = straight((71.01, 40.005), nodes[12], nodes[11], nodes[21], (71.005, 40.01))
    assert found == pytest.approx(detour, abs=0.05)
    assert way_to(network, tree, snaps[1]).distance_m == found
    assert shapely.length(way_line(network, way_to(network, tree, snaps[1]))) > 0.02


@pytest.mark.parametrize(
    "restriction",
    [{"restriction": "no_left_turn", "except": "hgv"}, {"restriction": "no_right_turn", "except": "motor_vehicle"}],
)
def test_a_ban_that_spares_the_truck_bans_nothing(tmp_path: Path, restriction: dict[str, str]) -> None:
    """The short way is open."""
    network = _cross(tmp_path, restriction)
    snaps = snap(network, [71.01, 71.005], [40.005, 40.01])
    found = Tree(network, network.graph("distance"), snaps[0]).cost_to(snaps[1])[0]
    assert found == pytest.approx(straight((71.01, 40.005), (71.01, 40.01), (71.005, 40.01)), abs=0.05)


def test_an_only_turn_bans_every_other(tmp_path: Path) -> None:
    """From the south only the west may follow; the north is reached otherwise."""
    network = _cross(tmp_path, {"restriction": "only_left_turn"})
    arcs = {run for run in network.turns.runs() if len(run) == 2}  # type: ignore[union-attr]
    assert len({run[0] for run in arcs}) == 1
    assert len({run[1] for run in arcs}) == 3


def test_a_ban_over_a_way_bans_the_whole_run(tmp_path: Path) -> None:
    """Two turns that are each allowed may be banned one after the other."""
    nodes = grid(2, 3)
    ways = [
        (1, [11, 12], {**ROAD, "oneway": "yes"}),
        (2, [12, 22], ROAD),
        (3, [22, 21], {**ROAD, "oneway": "yes"}),
        (4, [12, 13, 23, 22], ROAD),
    ]
    members = [("way", 1, "from"), ("way", 2, "via"), ("way", 3, "to")]
    free = make(tmp_path, nodes, ways)
    bound = make(tmp_path, nodes, ways, [({"type": "restriction", "restriction": "no_u_turn"}, members)])
    start, end = (71.005, 40.0), (71.005, 40.01)
    found = [metres(network, start, end) for network in (free, bound)]
    assert found[0] == pytest.approx(straight(start, nodes[12], nodes[22], end), abs=0.05)
    assert found[1] == pytest.approx(straight(start, nodes[12], nodes[13], nodes[23], nodes[22], end), abs=0.05)


def test_visitors_roads_are_no_short_cut(tmp_path: Path) -> None:
    """A road open to its own visitors is driven to a place on it, not through."""
    nodes = grid(2, 3)
    ways = [
        (1, [11, 12], ROAD),
        (2, [12, 13], {**ROAD, "motor_vehicle": "destination"}),
        (3, [13, 23], ROAD),
        (4, [12, 22, 23], ROAD),
    ]
    network = make(tmp_path, nodes, ways)
    assert metres(network, nodes[11], nodes[13]) == pytest.approx(straight(nodes[11], nodes[12], nodes[13]), abs=0.05)
    assert metres(network, nodes[11], nodes[23]) == pytest.approx(
        straight(nodes[11], nodes[12], nodes[22], nodes[23]), abs=0.05
    )


def test_sections_are_cut_where_the_road_crosses_the_border(tmp_path: Path) -> None:
    """Between the last node on one side and the first on the other a new node stands on the border itself."""
    nodes = {1: (74.9, 41.0), 2: (74.99, 41.0), 3: (75.01, 41.0), 4: (75.1, 41.0)}
    network = make(tmp_path, nodes, [(1, [1, 2, 3, 4], ROAD)], borders=borders())
    assert network.countries == (("KG",), ("UZ",))
    assert list(network.only_country) == ["KG", "UZ"]
    assert network.length_m.tolist() == pytest.approx(
        [straight(nodes[1], (75.0, 41.0)), straight(nodes[4], (75.0, 41.0))]
    )
    crossing = network.nodes.iloc[network.head[0]]
    assert (crossing["lon"], crossing["lat"]) == (75.0, 41.0)
    assert network.head[0] == network.tail[1]


def test_a_long_piece_through_an_exclave_is_cut_twice(tmp_path: Path) -> None:
    """Both ends lie in one country, and the road between them leaves it."""
    nodes = {1: (69.9, 40.25), 2: (70.6, 40.25)}
    network = make(tmp_path, nodes, [(1, [1, 2], ROAD)], borders=borders())
    assert network.countries == (("KG",), ("UZ",), ("KG",))
    assert network.length_m.sum() == pytest.approx(straight(nodes[1], nodes[2]), abs=1)
    whole = make(tmp_path, nodes, [(1, [1, 2], ROAD)])
    assert whole.countries == ((),)


def test_a_road_along_a_border_or_just_to_it_is_not_cut(tmp_path: Path) -> None:
    """A node on the line itself belongs to the pieces on both sides, and no piece has a length of nothing."""
    nodes = {1: (74.9, 41.0), 2: (75.0, 41.0), 3: (75.0, 41.1), 4: (75.1, 41.1)}
    network = make(tmp_path, nodes, [(1, [1, 2], ROAD), (2, [2, 3, 4], ROAD)], borders=borders())
    assert (network.length_m > 1000).all()
    assert set(network.countries) <= {("KG",), ("UZ",)}
    assert network.countries[0] == ("KG",)


def test_places_meet_the_connected_network(tmp_path: Path) -> None:
    """A yard that nothing joins is passed over, and the answer keeps how near it was."""
    nodes = grid(3, 3) | {91: (71.005, 40.004), 92: (71.006, 40.004)}
    ways = [(1, [11, 12, 13, 23, 33, 32, 31, 21, 11], ROAD), (2, [91, 92], {"highway": "service"})]
    network = make(tmp_path, nodes, ways)
    snaps = snap(network, [71.0055], [40.0041], limit_m=5000)
    assert snaps.cut_off_m[0] < 20 < snaps.distance_m[0]
    assert network.core[snaps.section[0]]  # type: ignore[index]
    far = snap(network, [71.0055], [40.0041], limit_m=100)
    assert far.distance_m[0] < 20


def _tile(path: Path, rise_m_per_degree: float) -> Path:
    """Write a tile of three arc seconds that rises to the east from 1,000 m."""
    row = np.round(1000 + rise_m_per_degree * np.arange(1201) / 1200).astype(">i2")
    path.write_bytes(np.tile(row, (1201, 1)).tobytes())
    return path


def test_heights_are_linear_between_posts(tmp_path: Path) -> None:
    """Half-way between two posts the height is their mean; outside the tile nothing is known."""
    tile = read_tile(_tile(tmp_path / "N40E071.hgt", 1200.0))
    assert heights_m([tile], np.array([71.5, 71.0 + 0.5 / 1200, 73.0]), np.array([40.5, 40.5, 40.5])) == pytest.approx(
        [1600.0, 1000.5, np.nan], nan_ok=True
    )


def test_slope_slows_the_truck_uphill_more_than_downhill(tmp_path: Path) -> None:
    """Six in a hundred: the factors of the table, to the second."""
    tile = _tile(tmp_path / "N40E071.hgt", 0.06 * straight((71.0, 40.0), (72.0, 40.0)))
    nodes = {1: (71.1, 40.0005), 2: (71.3, 40.0005)}
    level = make(tmp_path, nodes, [(1, [1, 2], ROAD)])
    steep = make(tmp_path, nodes, [(1, [1, 2], ROAD)], elevation=tile)
    assert steep.length_m[0] == level.length_m[0]
    assert level.time_s[0] / steep.time_s[0] == pytest.approx(TRUCK.tables["climb"]["6"], rel=0.05)
    assert level.time_s[0] / steep.time_back_s[0] == pytest.approx(TRUCK.tables["descent"]["6"], rel=0.05)
    with pytest.raises(ElevationError, match="elevation-unreadable"):
        make(tmp_path, nodes, [(1, [1, 2], ROAD)], elevation=tmp_path / "world.osm")


def _code(action: Any, *arguments: Any, **options: Any) -> str:
    with pytest.raises(SymapError) as caught:
        action(*arguments, **options)
    for language in ("en", "ru", "ky"):
        assert caught.value.code not in sentences.error(translator(language), caught.value)
    return caught.value.code


def _as_pbf(folder: Path) -> Path:
    source = write(
        folder / "world.osm", grid(30, 9), [(row, [10 * row + c for c in range(1, 10)], ROAD) for row in range(1, 31)]
    )
    target = folder / "world.osm.pbf"
    with osmium.SimpleWriter(str(target)) as writer:
        for entry in osmium.FileProcessor(str(source)):
            writer.add(entry)
    return target


def test_bad_extracts_are_named_as_such(tmp_path: Path) -> None:
    """Truncated, of another kind, renamed, without roads or missing: a typed error, and no file is left."""
    good, out = _as_pbf(tmp_path), tmp_path / "out.net"
    assert osm.build(good, out)[0].sections > 0
    out.unlink()
    short = tmp_path / "short.osm.pbf"
    short.write_bytes(good.read_bytes()[:-200])
    renamed = tmp_path / "renamed.osm.pbf"
    renamed.write_bytes((tmp_path / "world.osm").read_bytes())
    text = tmp_path / "notes.txt"
    text.write_text("roads", encoding="utf-8")
    empty = write(tmp_path / "empty.osm", grid(1, 2), [(1, [11, 12], {"waterway": "river"})])
    paths = write(tmp_path / "paths.osm", grid(1, 2), [(1, [11, 12], {"highway": "footway"})])
    bare = write(tmp_path / "bare.osm", {}, [(1, [11, 12], ROAD)])
    for source, code in {
        short: "osm-unreadable",
        renamed: "osm-unreadable",
        text: "osm-unreadable",
        empty: "osm-no-roads",
        paths: "osm-no-roads",
        bare: "osm-no-positions",
        tmp_path / "none.osm.pbf": "osm-no-file",
    }.items():
        assert _code(osm.build, source, out) == code
    assert _code(osm.build, good, tmp_path / "no" / "folder.net") == "network-unwritable"
    assert not out.exists()
    assert not list(tmp_path.glob(".out*"))


def test_bad_network_files_are_named_as_such(tmp_path: Path) -> None:
    """Another kind, version or byte order, a truncated or altered file, an unknown profile."""
    make(tmp_path, grid(1, 3), [(1, [11, 12, 13], ROAD)])
    whole = (tmp_path / "world.net").read_bytes()
    wrong = {
        "network-file-unknown": b"PK\3\4" + whole[4:],
        "network-file-byte-order": whole[:8] + b">>" + whole[10:],
        "network-file-version": whole[:12] + struct.pack("<I", netfile.VERSION + 1) + whole[16:],
        "network-file-damaged": whole[:-400],
    }
    for code, content in wrong.items():
        path = tmp_path / "wrong.net"
        path.write_bytes(content)
        assert _code(osm.load_network, path) == code
    cut = tmp_path / "cut.net"
    cut.write_bytes(whole[:60])
    assert _code(osm.load_network, cut) == "network-file-damaged"
    assert _code(osm.load_network, tmp_path / "none.net") == "network-file-missing"
    assert _code(osm.load_network, tmp_path / "world.net", "bicycle") == "profile-unknown"
    assert osm.profiles_in(tmp_path / "world.net") == ("truck", "car")


def test_the_table_of_profiles_is_checked(tmp_path: Path) -> None:
    """All faults at once."""
    path = tmp_path / "profiles.csv"
    path.write_text(
        "profile,kind,key,value\nvan,wings,x,1\nvan,class,primary,fast\nvan,class,road,3\n", encoding="utf-8"
    )
    with pytest.raises(DataError) as caught:
        read_profiles(path)
    assert {fault.code for fault in caught.value.faults} == {"profile-kind", "profile-value", "profile-limit-missing"}


def test_the_verb_builds_and_says_what_it_built(tmp_path: Path) -> None:
    """The command line's outcome, in each language."""
    source = write(tmp_path / "world.osm", grid(1, 3), [(1, [11, 12, 13], ROAD)])
    options: Any = type(
        "Options",
        (),
        {"words": ["build", str(source), str(tmp_path / "o.net")], "elevation": None, "ferries": False, "data": None},
    )
    for language in ("en", "ru", "ky"):
        outcome = cli_network.run(options, translator(language))
        assert "OpenStreetMap" in outcome.text()
    assert outcome.answer["profiles"][0]["sections"] == 1
    options.words = ["build"]
    with pytest.raises(QuestionError, match="network-usage"):
        cli_network.run(options, translator("en"))


@pytest.mark.parametrize("name", ["tail", "vertex_start", "time_s", "node_country", "kind", "vertex_x"])
def test_a_network_file_with_impossible_rows_is_refused(tmp_path: Path, name: str) -> None:
    """Bits that turned over in a copy end in a sentence, not in a road through nowhere."""
    make(tmp_path, grid(2, 3), [(1, [11, 12, 13, 23], ROAD)])
    arrays, about = netfile.read(tmp_path / "world.net")
    changed = arrays[f"truck/{name}"].copy()
    changed[-1] = 1 - 2**31
    netfile.write(tmp_path / "bad.net", {**arrays, f"truck/{name}": changed}, about)
    with pytest.raises(osm.NetworkFileError) as told:
        osm.load_network(tmp_path / "bad.net")
    assert told.value.code == "network-file-damaged"
