"""Planned journeys: people passed and people along, other roads, time against people, on three roads round a town."""

from __future__ import annotations

import io
import json
import math
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import openpyxl
import pytest
import shapely

from geo import catalogue, cli, osm, plan_words, routing
from geo.corridor import CorridorQuestion, measure
from geo.crs import GEOD
from geo.errors import Fault, QuestionError
from geo.export import write as write_document
from geo.grid_people import GridPeople
from geo.grids import open_grid
from geo.i18n import LANGUAGES, translator
from geo.planning import PlanQuestion, chart, plan
from geo.plans import CHART_COLUMNS
from geo.population import settlement_people
from geo.routing import RouteQuestion
from geo.rules import RoadRules
from geo.section_people import PERSONS_PER_S, section_people
from tests import osm_worlds
from tests.grid_worlds import noisy, north_up, people_on, write_grid
from tests.people_worlds import at, site, village, world
from tests.road_worlds import dataset as make_dataset
from tests.road_worlds import node, road, valley

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geo.dataset import Dataset
    from geo.network import Network
    from geo.plans import PlanAnswer

A, B = (72.0, 41.0), (72.2, 41.0)
NORTH, TOWN, SOUTH = (72.1, 41.06), (72.1, 41.0), (72.1, 40.97)
ENDS = ("72.0,41.0", "72.2,41.0")
ROAD = {"highway": "secondary"}
WIDTH_M = 800.0
#: Whoever lives at a straight road is passed for twice the width of it, which counts 2·W divided by πW/2.
AT_THE_ROAD = 4 / math.pi


def make(
    folder: Path, data: Dataset, ways: list[tuple[int, list[int]]], extra: dict[int, Any] | None = None
) -> Network:
    """Build a network of some ways over the five places and others."""
    nodes = {1: A, 2: B, 3: TOWN, 4: NORTH, 5: SOUTH, **(extra or {})}
    used = {number for _, refs in ways for number in refs}
    source = osm_worlds.write(
        folder / "roads.osm", {k: v for k, v in nodes.items() if k in used}, [(way, refs, ROAD) for way, refs in ways]
    )
    osm.build(source, folder / "roads.net", borders=data.borders)
    return osm.load_network(folder / "roads.net")


@pytest.fixture(scope="module")
def data() -> Dataset:
    """Give a town of 1,000 on the straight road, 200 people on the southern, 10 on the northern one."""
    rows = [village("T", 0.0, persons=1000.0), village("S", 0.0, persons=200.0), village("N", 0.0, persons=10.0)]
    for row, (lon, lat) in zip(rows, (TOWN, SOUTH, NORTH), strict=True):
        row.update(lon=lon, lat=lat)
    return world(rows, sites=[site("S-1")])


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory, data: Dataset) -> Network:
    """Give three roads from A to B: straight through the town, by the south, and by the north, the longest."""
    return make(tmp_path_factory.mktemp("roads"), data, [(11, [1, 3, 2]), (12, [1, 4, 2]), (13, [1, 5, 2])])


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory, data: Dataset) -> GridPeople:
    """Give a grid over all three roads."""
    return people_on(tmp_path_factory.mktemp("grid"), noisy(200, 350), north_up(71.9, 41.1, 0.001), data)


def ask(data: Dataset, network: Network, *, minimise: Any = "time", **options: Any) -> PlanAnswer:
    """Plan from A to B with everything on."""
    route = RouteQuestion(*ENDS, minimise=minimise, rules=options.pop("rules", RoadRules()))
    wanted = {"alternatives": 5, "tradeoff": True} | options
    people = wanted.pop("people", None)
    return plan(data, PlanQuestion(route, **wanted), network, people)


def by(answer: PlanAnswer, which: str) -> list[tuple[float, float]]:
    """Give minutes and people passed of some options, rounded."""
    return [
        (round((option.route.travel_time_s or 0) / 60, 1), round(option.passed_persons, 1))
        for option in getattr(answer, which)
    ]


class TestSectionPeople:
    """People passed on each section."""

    def test_settlements_count_by_the_road_within_reach(self, data: Dataset, network: Network) -> None:
        """4/π of those at the road; the road bends in the villages, and passes each for twice the width all the same."""
        found = section_people(network, settlement_people(data), WIDTH_M)
        expected = dict(zip((TOWN, NORTH, SOUTH), (1000.0, 10.0, 200.0), strict=True))
        for row, persons in enumerate(found.persons.tolist()):
            first, last = network.vertex_start[row], network.vertex_start[row + 1]
            middle = (network.vertex_lon[first:last][1], network.vertex_lat[first:last][1])
            assert persons == pytest.approx(AT_THE_ROAD * expected[round(middle[0], 6), round(middle[1], 6)], rel=1e-4)

    def test_a_settlement_aside_counts_less(self, network: Network) -> None:
        """At 480 m the road is within 800 m for 1,280 m: 0.8 of those at the road."""
        row = village("X", 480.0, 0.0, persons=100.0)
        row["lon"], row["lat"] = at(480.0, 0.0, (72.05, 41.0))
        other = world([row], sites=[site("S-1")])
        found = section_people(network, settlement_people(other), WIDTH_M)
        assert found.persons.sum() == pytest.approx(80.0 * AT_THE_ROAD, rel=2e-3)
        assert found.covered.all()

    def test_people_evenly_spread_are_those_of_the_corridor(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: Dataset, network: Network
    ) -> None:
        """Two in each cell: the sum over the straight road is what its corridor without the round ends holds."""
        monkeypatch.setenv("SYMAP_CACHE", str(tmp_path / "cache"))
        file = write_grid(tmp_path / "even.tif", np.full((300, 500), 2.0), transform=north_up(71.85, 41.15, 0.001))
        even = GridPeople(open_grid(file), data.borders)
        found = section_people(network, even, WIDTH_M)
        lines = [shapely.LineString(network.line(row, 0.0, 1.0)) for row in range(len(network.tail))]
        straight = int(np.argmin(network.length_m))
        along = measure(data, CorridorQuestion(lines[straight], WIDTH_M), even)
        cell_m2 = along.area_m2 / (along.population_persons / 2.0)
        assert found.persons[straight] == pytest.approx(
            2.0 * 2 * WIDTH_M * network.length_m[straight] / cell_m2, rel=2e-3
        )

    @pytest.mark.parametrize("of_grid", [True, False])
    def test_how_a_road_is_cut_does_not_matter(
        self, tmp_path: Path, data: Dataset, network: Network, grid: GridPeople, *, of_grid: bool
    ) -> None:
        """The straight road with side roads every few hundred metres passes as many as in one piece."""
        source = grid if of_grid else settlement_people(data)
        whole = section_people(network, source, WIDTH_M).persons[int(np.argmin(network.length_m))]
        # Stubs without length to speak of, so that they pass nobody themselves.
        joints = {100 + i: (72.0 + 0.2 * (i + 1) / 40, 41.0) for i in range(39)}
        stubs = {200 + i: (lon, lat + 1e-6) for i, (lon, lat) in enumerate(joints.values())}
        ways = [(11, [1, *joints, 2]), *((300 + i, [100 + i, 200 + i]) for i in range(39))]
        cut = make(tmp_path, data, ways, joints | stubs)
        assert len(cut.tail) > 70
        assert section_people(cut, source, WIDTH_M).persons.sum() == pytest.approx(whole, rel=5e-3)

    def test_sampling_a_grid_is_near_the_integral(self, network: Network, grid: GridPeople) -> None:
        """Points every 20 m instead of every 200 m change a route's sum by less than a hundredth."""
        found = section_people(network, grid, WIDTH_M).persons
        for row in range(len(network.tail)):
            ends = shapely.LineString(network.line(row, 0.0, 1.0))
            count = round(GEOD.geometry_length(ends) / 20.0)
            points = [ends.interpolate((i + 0.5) / count, normalized=True) for i in range(count)]
            lon, lat = np.array([(point.x, point.y) for point in points]).T
            near = grid.grid.circles(lon, lat, np.full(count, WIDTH_M)).persons
            fine = near.mean() * GEOD.geometry_length(ends) * 2 / (math.pi * WIDTH_M)
            assert found[row] == pytest.approx(fine, rel=1e-2)

    def test_off_the_grid_is_not_empty(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: Dataset, network: Network
    ) -> None:
        """A road that leaves the grid is not covered, and is not driven to spare people."""
        monkeypatch.setenv("SYMAP_CACHE", str(tmp_path / "cache"))
        file = write_grid(tmp_path / "part.tif", noisy(20, 350), transform=north_up(71.9, 41.01, 0.001))
        part = GridPeople(open_grid(file), data.borders)
        found = section_people(network, part, WIDTH_M)
        assert sorted(found.covered.tolist()) == [False, False, True]
        assert np.isnan(found.weights(network)[0]).sum() == 2
        answer = ask(data, network, minimise="people", people=part)
        assert answer.people_reason is None
        assert answer.route.distance_m == pytest.approx(min(network.length_m))
        assert "people-roads-left-out" in {note.code for note in answer.notes}
        away = write_grid(tmp_path / "away.tif", noisy(40, 350), transform=north_up(71.9, 42.0, 0.001))
        lost = ask(data, network, minimise="people", people=GridPeople(open_grid(away), data.borders))
        assert lost.people_reason is not None
        assert lost.people_reason.code == "people-not-covered"
        assert (lost.tradeoff, lost.route.question.minimise) == ((), "time")

    def test_the_same_question_is_answered_once(self, data: Dataset, network: Network) -> None:
        """The sums are kept for the network, the source and the width."""
        source = settlement_people(data)
        assert section_people(network, source, WIDTH_M) is section_people(network, source, WIDTH_M)
        assert section_people(network, source, 700.0) is not section_people(network, source, WIDTH_M)


class TestTradeoff:
    """Time against people."""

    def test_three_roads_are_three_points(self, data: Dataset, network: Network) -> None:
        """The quicker, the more people; each option counts the different people of its own corridor."""
        answer = ask(data, network)
        assert answer.tradeoff_method == "exact"
        assert [round(people, 1) for _, people in by(answer, "tradeoff")] == [
            round(AT_THE_ROAD * persons, 1) for persons in (1000, 200, 10)
        ]
        minutes = [time for time, _ in by(answer, "tradeoff")]
        assert minutes == sorted(minutes)
        assert [option.population_persons for option in answer.tradeoff] == [1000.0, 200.0, 10.0]
        assert [option.id for option in answer.tradeoff] == ["tradeoff-1", "tradeoff-2", "tradeoff-3"]
        assert answer.tradeoff[0].is_supported
        assert answer.tradeoff[-1].is_supported
        assert {"people-passed", "people-price-of-time", "tradeoff-exact"} == {note.code for note in answer.notes}

    def test_options_count_as_the_corridor_does(self, data: Dataset, network: Network, grid: GridPeople) -> None:
        """Counting along many roads at once gives what the corridor of each gives alone."""
        for source in (None, grid):
            answer = ask(data, network, people=source)
            for option in (*answer.alternatives, *answer.tradeoff):
                alone = measure(data, CorridorQuestion(option.route.geometry, WIDTH_M, None, "documented"), source)
                for name in ("population_persons", "population_min_persons", "population_max_persons"):
                    assert getattr(option, name) == pytest.approx(getattr(alone, name))

    def test_fewest_people_is_the_end_of_the_tradeoff(self, data: Dataset, network: Network) -> None:
        """The objective takes the northern road, and says what it costs."""
        answer = ask(data, network, minimise="people")
        last = answer.tradeoff[-1]
        assert answer.route.question.minimise == "people"
        assert answer.passed_persons == pytest.approx(last.passed_persons)
        assert (answer.route.distance_m, answer.route.travel_time_s) == (
            last.route.distance_m,
            last.route.travel_time_s,
        )
        assert answer.corridor is not None
        assert answer.corridor.population_persons == 10.0
        assert (last.extra_s, last.shared_share) == (0.0, 1.0)
        assert answer.tradeoff[0].extra_s < 0 < answer.tradeoff[0].passed_persons - answer.passed_persons

    def test_nobody_drives_far_for_a_fraction_of_a_person(self, network: Network) -> None:
        """An hour weighs as much as one person: two minutes more do not pay for a hundredth of a person."""
        row = village("T", 0.0, persons=0.01)
        row["lon"], row["lat"] = TOWN
        few = world([row], sites=[site("S-1")])
        answer = ask(few, network, minimise="people")
        assert answer.route.distance_m == pytest.approx(min(network.length_m))
        assert [option.id for option in answer.tradeoff] == ["tradeoff-1"]
        assert "tradeoff-single" in {note.code for note in answer.notes}
        assert pytest.approx(1.0) == 3600 * PERSONS_PER_S

    def test_the_chart_names_the_road_of_each_point(self, data: Dataset, network: Network) -> None:
        """A row a point, the main road marked."""
        frame = chart(ask(data, network))
        assert tuple(frame.columns) == CHART_COLUMNS
        assert frame["id"].tolist() == ["tradeoff-1", "tradeoff-2", "tradeoff-3"]
        assert frame["is_chosen"].tolist() == [True, False, False]
        assert (frame["travel_time_s"].diff().dropna() > 0).all()
        assert (frame["passed_persons"].diff().dropna() < 0).all()
        assert chart(ask(data, network, tradeoff=False)).empty

    def test_rules_hold_for_every_road(self, data: Dataset, network: Network) -> None:
        """With an area about the southern village nothing leads by it, in the trade-off or beside it."""
        area = shapely.Point(SOUTH).buffer(0.01)
        answer = ask(data, network, rules=RoadRules(avoid=(area.wkt,)))
        options = (*answer.tradeoff, *answer.alternatives)
        assert [round(people) for _, people in by(answer, "tradeoff")] == [1273, 13]
        assert options
        assert not any(shapely.intersects(area, option.route.geometry) for option in options)


class TestAlternatives:
    """Other good roads."""

    def test_two_other_roads_are_found_in_order(self, data: Dataset, network: Network) -> None:
        """The southern one first, for it is shorter; neither shares anything with the straight one."""
        answer = ask(data, network)
        assert [round(option.shared_share, 3) for option in answer.alternatives] == [0.0, 0.0]
        assert [option.population_persons for option in answer.alternatives] == [200.0, 10.0]
        assert answer.alternatives[0].extra_m < answer.alternatives[1].extra_m
        assert answer.alternatives_reason is None
        first = ask(data, network, alternatives=1).alternatives
        assert [option.route.sections["id"].tolist() for option in first] == [
            answer.alternatives[0].route.sections["id"].tolist()
        ]

    def test_without_another_road_it_says_so(self, tmp_path: Path, data: Dataset) -> None:
        """One road alone, and a detour of more than half as much again."""
        far = {6: (72.1, 41.2)}
        answer = ask(data, make(tmp_path, data, [(11, [1, 3, 2]), (12, [1, 6, 2])], far))
        assert answer.alternatives == ()
        assert answer.alternatives_reason is not None
        assert answer.alternatives_reason.code == "no-alternatives"
        assert ask(data, make(tmp_path, data, [(11, [1, 3, 2])]), alternatives=0).alternatives_reason is None

    def test_the_main_road_drawn_as_an_option_is_the_same_answer(self, data: Dataset, network: Network) -> None:
        """Totals, sections, line, evidence and what is said of the road."""
        answer = ask(data, network)
        again = answer.tradeoff[0].route
        for name in (
            "distance_m", "travel_time_s", "countries", "geometry", "length_published_share", "evidence", "way", "legs",
            "snap_from_m", "snap_to_m", "reachable",
        ):  # fmt: skip
            one, other = getattr(again, name), getattr(answer.route, name)
            assert one == other or (math.isnan(one) and math.isnan(other)), name
        assert again.sections.equals(answer.route.sections)
        assert all(remark in answer.route.notes for remark in again.notes)

    def test_an_option_says_everything_of_its_own_road(self, data: Dataset, network: Network) -> None:
        """What a road's answer holds is either of the ends, which all options share, or made anew for each."""
        shared = {
            "question", "origin", "destination", "reachable", "reason", "snap_from_m", "snap_to_m", "snap_limit_m", "legs",
        }  # fmt: skip
        anew = {
            "distance_m", "travel_time_s", "countries", "sections", "geometry", "length_published_share", "notes", "way",
            "positional_error_m", "evidence", "abroad", "rules_applied",
        }  # fmt: skip
        assert {field.name for field in fields(routing.RouteAnswer)} == shared | anew
        answer = ask(data, network)
        for option in answer.alternatives:
            assert option.route.distance_m == pytest.approx(option.route.sections["length_m"].sum())
            assert GEOD.geometry_length(option.route.geometry) == pytest.approx(option.route.distance_m, rel=1e-4)
            assert option.extra_m == pytest.approx(option.route.distance_m - (answer.route.distance_m or 0.0))

    def test_the_order_of_rows_does_not_matter(self) -> None:
        """Nor on the bundled kind of network."""
        nodes = [
            node("RN-A", 74.0, 41.0),
            node("RN-B", 74.5, 41.0),
            node("RN-C", 74.25, 41.1),
            node("RN-D", 74.25, 40.9),
        ]
        rows = [road(f"RS-{a}{b}", f"RN-{a}", f"RN-{b}", 30_000.0 + ord(b)) for a, b in ("AC", "CB", "AD", "DB", "CD")]
        question = PlanQuestion(RouteQuestion("RN-A", "RN-B"), alternatives=5)
        found = [
            [
                option.route.sections["id"].tolist()
                for option in plan(make_dataset(road_nodes=nodes, road_sections=order), question).alternatives
            ]
            for order in (rows, rows[::-1], rows[2:] + rows[:2])
        ]
        assert found[0]
        assert found[0] == found[1] == found[2]


class TestRefusals:
    """Where people cannot be weighed, and where there is no road."""

    def test_a_schematic_line_cannot_be_weighed(self) -> None:
        """The quickest road is given, with the reason, and no trade-off; its people are a range only."""
        question = PlanQuestion(RouteQuestion("RN-A", "RN-B", minimise="people"), alternatives=2, tradeoff=True)
        answer = plan(valley(), question)
        assert answer.people_reason is not None
        assert answer.people_reason.code == "people-line-rough"
        assert answer.people_reason.params == {"positional_error_m": 2000.0, "width_m": WIDTH_M}
        assert (answer.tradeoff, answer.tradeoff_method) == ((), None)
        assert answer.route.question.minimise == "time"
        assert answer.corridor is not None
        assert answer.corridor.range_only
        assert math.isnan(answer.passed_persons)
        wide = plan(valley(), replace(question, width_m=3000.0))
        assert wide.people_reason is None
        unknown = plan(valley(), PlanQuestion(RouteQuestion("RN-B", "RN-C"), tradeoff=True))
        assert unknown.people_reason is not None
        assert unknown.people_reason.code == "people-line-unknown"

    def test_without_speeds_time_cannot_be_weighed(self) -> None:
        """By distance the road is found, and the reason says what is missing."""
        question = PlanQuestion(RouteQuestion("RN-A", "RN-B", minimise="distance"), alternatives=2, tradeoff=True)
        answer = plan(valley(road_speeds=[]), question)
        assert answer.route.reachable
        assert answer.people_reason is not None
        assert answer.people_reason.code == "no-speeds"
        assert not plan(valley(road_speeds=[]), replace(question, route=RouteQuestion("RN-A", "RN-B"))).route.reachable

    def test_no_road_is_an_answer(self) -> None:
        """With the reason of the road, and nothing else."""
        answer = plan(valley(), PlanQuestion(RouteQuestion("RN-A", "RN-E", minimise="people"), 3, tradeoff=True))
        assert answer.route.reason is not None
        assert answer.route.reason.code == "no-road"
        assert (answer.alternatives, answer.tradeoff, answer.corridor, answer.people_reason) == ((), (), None, None)

    def test_a_place_itself_is_reached_at_once(self, data: Dataset, network: Network) -> None:
        """There is nothing to weigh."""
        route = RouteQuestion(ENDS[0], ENDS[0], minimise="people")
        answer = plan(data, PlanQuestion(route, 3, tradeoff=True), network)
        assert answer.route.distance_m == 0.0
        assert (answer.alternatives, answer.tradeoff, answer.corridor) == ((), (), None)

    def test_people_need_not_be_counted(self, data: Dataset, network: Network) -> None:
        """Then the road comes alone."""
        answer = ask(data, network, count_people=False, tradeoff=False)
        assert answer.corridor is None
        assert math.isnan(answer.alternatives[0].population_persons)
        assert plan_words.as_json(data, answer, translator("en"))["population_persons"] is None

    @pytest.mark.parametrize(
        ("numbers", "code"),
        [
            ({"alternatives": -1}, "alternatives-range"),
            ({"alternatives": 6}, "alternatives-range"),
            ({"width_m": 0.0}, "corridor-width"),
            ({"width_m": math.nan}, "corridor-width"),
        ],
    )
    def test_what_cannot_be_asked_is_refused(self, numbers: dict[str, Any], code: str) -> None:
        """With a code each."""
        with pytest.raises(QuestionError, match=code):
            PlanQuestion(RouteQuestion(*ENDS), **numbers)


class TestWords:
    """JSON, documents and the command line."""

    def test_json_has_the_promised_keys(self, data: Dataset, network: Network, grid: GridPeople) -> None:
        """Beside the keys of a route; numbers that are not known are null."""
        answer = ask(data, network, people=grid)
        found = plan_words.as_json(data, answer, translator("en"))
        assert {"distance_m", "rules_applied", "transboundary", "geometry"} <= set(found)
        assert found["population_persons"] == answer.corridor.population_persons  # type: ignore[union-attr]
        assert found["population_min_persons"] <= found["population_persons"] <= found["population_max_persons"]
        assert found["population_source"] == {"kind": "grid", "file": "people.tif"}
        assert len(found["alternatives"]) == 2
        assert found["tradeoff_method"] == "exact"
        assert found["tradeoff"][0]["geometry"]["type"] == "LineString"
        assert found["tradeoff"][0]["is_supported"] is True
        assert found["evidence"] == "modelled"
        rough = plan_words.as_json(data, plan(valley(), PlanQuestion(RouteQuestion("RN-A", "RN-B"))), translator("en"))
        assert (rough["alternatives"], rough["tradeoff"], rough["population_range_only"]) == ([], [], True)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_sentence_is_there(self, data: Dataset, network: Network, language: Any) -> None:
        """Of a full answer, and of one where nothing could be weighed."""
        t = translator(language)
        question = PlanQuestion(RouteQuestion("RN-B", "RN-C", minimise="people"), 2, tradeoff=True)
        for answer in (ask(data, network), plan(valley(), question)):
            told = plan_words.told(answer, t)
            assert len(told) > 3
            assert all("{" not in sentence and len(sentence) > 20 for sentence in told)
            assert "800" in plan_words.people(answer, t)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_document_holds_all_roads(self, data: Dataset, network: Network, language: Any) -> None:
        """A sheet for the alternatives and one for the trade-off, every heading in words."""
        answer, t = ask(data, network), translator(language)
        document = plan_words.document(answer, t)
        assert [sheet.code for sheet in document.sheets][-2:] == ["plan_alternatives", "plan_tradeoff"]
        book = openpyxl.load_workbook(io.BytesIO(write_document(document, t, "plan.xlsx")))
        sheets = {sheet.title: [cell.value for cell in sheet[1]] for sheet in book}
        headings = [heading for row in sheets.values() for heading in row if isinstance(heading, str)]
        assert not [heading for heading in headings if heading.startswith(("shared_", "extra_", "passed_", "option"))]
        lines = json.loads(write_document(plan_words.document(answer, t, lines_first=True), t, "plan.geojson"))
        assert lines["features"][0]["geometry"]["type"] == "LineString"
        assert write_document(document, t, "plan.gpkg").startswith(b"SQLite")

    @pytest.fixture
    def run(
        self, data: Dataset, network: Network, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> Callable[..., tuple[int, str, str]]:
        """Ask for a road on the command line."""
        monkeypatch.setattr(catalogue, "load", lambda _=None: data)
        monkeypatch.setattr(osm, "load_network", lambda *_: network)

        def ask_for(*arguments: str) -> tuple[int, str, str]:
            ends = ("--from", ENDS[0], "--to", ENDS[1], "--network", "roads.net", "--lang", "en")
            code = cli.main(["route", *ends, *arguments])
            out, err = capsys.readouterr()
            return code, out, err

        return ask_for

    def test_the_command_line_plans(self, run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
        """The road with the fewest people, the others beside it, as JSON, as text and as a file."""
        arguments = ("--minimise", "people", "--alternatives", "2", "--tradeoff", "--width", "800")
        code, out, err = run(*arguments, "--json")
        assert (code, err) == (0, "")
        found = json.loads(out)
        assert found["question"]["minimise"] == "people"
        assert (found["question"]["alternatives"], found["question"]["tradeoff"]) == (2, True)
        assert found["answer"]["population_persons"] == 10
        assert len(found["answer"]["tradeoff"]) == 3
        code, out, _ = run(*arguments, "--out", str(tmp_path / "plan.xlsx"))
        assert code == 0
        assert "Within 800 m of the road live 10" in out
        assert "Time against people" in out
        assert (tmp_path / "plan.xlsx").stat().st_size > 5000

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("--alternatives", "2.5"), "0 to 5"),
            (("--alternatives", "many"), "many"),
            (("--width", "-3"), "corridor"),
            (("--grid-kind", "count"), "--population"),
            (("--population", "nowhere.tif"), "nowhere.tif"),
            (("--minimise", "money"), "people"),
        ],
    )
    def test_bad_numbers_get_one_line(
        self, run: Callable[..., tuple[int, str, str]], arguments: tuple[str, ...], said: str
    ) -> None:
        """And the exit code of bad input."""
        code, out, err = run(*arguments)
        assert (code, out) == (2, "")
        assert said in err
        assert err.count("\n") == 1

    def test_a_faulty_table_of_ones_own_counts_nobody(
        self, run: Callable[..., tuple[int, str, str]], data: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The road is told without people; weighing people is refused."""
        faulty = replace(data, faults=(Fault("empty-table", "settlements.csv"),))
        monkeypatch.setattr(catalogue, "load", lambda _=None: faulty)
        code, out, err = run("--json")
        assert code == 0
        assert json.loads(out)["answer"]["population_persons"] is None
        assert "settlements.csv" in err
        code, out, err = run("--tradeoff")
        assert (code, out) == (2, "")
        assert "settlements.csv" in err


def test_find_alone_wants_weights(data: Dataset, network: Network) -> None:
    """Routing does not know of people: without weights the objective is refused, never quietly replaced."""
    with pytest.raises(QuestionError, match="weights-missing"):
        routing.find(data, RouteQuestion(*ENDS, minimise="people"), network)
