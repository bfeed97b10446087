"""The page about roads: it says what the command line says, obeys the rules that are set, and tells what it rests on."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

import pytest

from geo import __main__ as command
from geo import catalogue, osm, plan_words, planning, polygons, routing
from geo.answers_json import dumps
from geo.errors import QuestionError
from geo.i18n import LANGUAGES, Language, translator
from geo.plans import PlanQuestion
from geo.route_question import RouteQuestion
from pages._shared import line_sketch, route_clicks, route_view
from pages._shared import networks as networks_
from pages._shared.journeys import Journey
from pages._shared.mapview import Click
from tests import osm_worlds

from .conftest import words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

    from .conftest import Drawn

#: What a reader may have chosen, and the same on the command line.
QUESTIONS: tuple[tuple[dict[str, Any], list[str]], ...] = (
    ({}, ["--from", "ST-BATKEN", "--to", "KG-KHD", "--minimise", "distance"]),
    ({"route__minimise": "time"}, ["--from", "ST-BATKEN", "--to", "KG-KHD"]),
    (
        {"route__from": "RN-BISHKEK", "route__to": "RN-OSH", "route__minimise": "time", "route__others": 3},
        ["--from", "RN-BISHKEK", "--to", "RN-OSH", "--alternatives", "3"],
    ),
    (
        {"route__through-abroad": True},
        ["--from", "ST-BATKEN", "--to", "KG-KHD", "--minimise", "distance", "--through-abroad"],
    ),
    (
        {
            "route__from": "RN-RISHTON",
            "route__to": "RN-RAVON",
            "route__minimise": "time",
            "route__stay-in": ["KG", "UZ"],
        },
        ["--from", "RN-RISHTON", "--to", "RN-RAVON", "--stay-in", "KG,UZ"],
    ),
    ({"route__minimise": "people"}, ["--from", "ST-BATKEN", "--to", "KG-KHD", "--minimise", "people"]),
    ({"route__to": "ST-BATKEN"}, ["--from", "ST-BATKEN", "--to", "ST-BATKEN", "--minimise", "distance"]),
)
DAY = "2026-01-15"


def _of_the_command_line(arguments: list[str]) -> dict[str, Any]:
    said = io.StringIO()
    with redirect_stdout(said):
        command.main(["route", *arguments, "--json", "--lang", "en"])
    found: dict[str, Any] = json.loads(said.getvalue())
    return found


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Note the plans that the page shows."""
    from pages._shared import loaders  # noqa: PLC0415 - patched in place

    found: list[Any] = []
    plan = loaders.plan

    def noted(*given: Any, **named: Any) -> Any:
        found.append(plan(*given, **named))
        return found[-1]

    monkeypatch.setattr(loaders, "plan", noted)
    return found


@pytest.fixture
def networks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a grid of roads, 9 by 9, at 71° east and 40° north on the server, and something that is none."""
    nodes = osm_worlds.grid(9, 9)
    ways = [
        (row, [10 * row + at for at in range(1, 10)], {"highway": "primary", "ref": f"E-{row}"}) for row in range(1, 10)
    ]
    ways += [
        (20 + column, [10 * row + column for row in range(1, 10)], {"highway": "secondary", "name": f"Street {column}"})
        for column in range(1, 10)
    ]
    folder = tmp_path / "networks"
    folder.mkdir()
    osm.build(
        osm_worlds.write(tmp_path / "grid.osm", nodes, ways),
        folder / "grid.symapnet",
        borders=catalogue.load().borders,
    )
    (folder / "readme.txt").write_text("nothing", encoding="utf-8")
    monkeypatch.setenv("SYMAP_NETWORKS", str(folder))
    return folder


ON_GRID: dict[str, Any] = {
    "route__from": "71.0002,40.0002",
    "route__to": "71.0798,40.0798",
    "route__network": "grid.symapnet",
    "route__minimise": "time",
}


@pytest.mark.parametrize(("chosen", "arguments"), QUESTIONS)
def test_the_page_says_what_the_command_line_says(
    chosen: dict[str, Any], arguments: list[str], open_page: Callable[..., AppTest], answers: list[Any]
) -> None:
    """The same question has one answer, whichever door it comes by."""
    app = open_page("routes", "en", **{"route__others": 0, **chosen})
    assert not app.exception
    expected = _of_the_command_line(arguments)
    shown = json.loads(dumps(plan_words.as_json(catalogue.load(), answers[-1], translator("en"))))
    # The page counts people where it is asked to, not with every road.
    counted = {name for name in expected["answer"] if name.startswith("population")}
    for one in (shown, expected["answer"]):
        for option in one["alternatives"]:
            for name in [name for name in option if name.startswith("population")]:
                option.pop(name)
    told = {"notes", "evidence"}
    for name in set(expected["answer"]) - counted - told:
        assert shown[name] == expected["answer"][name], name
    assert set(shown["notes"]) <= set(expected["answer"]["notes"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_closes_the_road_and_the_page_names_the_rule(
    language: Language, open_page: Callable[..., AppTest], drawn: Drawn
) -> None:
    """Rishton to Ravon in January 2026: no legal way; what forbids it, who says so, and what it would be without."""
    from datetime import date  # noqa: PLC0415 - used here alone

    ends = {"route__from": "RN-RISHTON", "route__to": "RN-RAVON", "route__stay-in": ["KG", "UZ"]}
    app = open_page("routes", language, **ends, route__date=date(2026, 1, 15))
    t = translator(language)
    said = "\n".join(str(one.value) for one in app.warning).replace("\\", "")
    assert t("routepage.rule-blocks") in said
    assert "kazakbol.com" in said
    assert {"closure", "route-withheld"} <= drawn.styles()
    assert "route" not in drawn.styles()
    # Set aside as a what-if, by the switch in the list.
    app.toggle(key="route.set-aside.RC-SOKH-RISHTON-TRUCKS").set_value(True).run()
    assert app.session_state["route.set-aside"] == ("RC-SOKH-RISHTON-TRUCKS",)
    assert "closure-aside" in drawn.styles()


def test_a_closure_that_is_not_obeyed_is_still_told(open_page: Callable[..., AppTest], drawn: Drawn) -> None:
    """Without a day it closes nothing, and its mark says so."""
    ends = {"route__from": "RN-RISHTON", "route__to": "RN-RAVON", "route__stay-in": ["KG", "UZ"]}
    app = open_page("routes", "en", **ends)
    assert "route" in drawn.styles()
    assert "closure-told" in drawn.styles()
    assert "no day of travel was given" in words(app)


def test_border_crossings_are_marked_with_their_countries(open_page: Callable[..., AppTest], drawn: Drawn) -> None:
    """Through Sokh the road leaves the country and comes back."""
    open_page("routes", "en", **{"route__through-abroad": True})
    marks = [one for layer in drawn.payloads[-1]["layers"] for one in layer["features"] if one["s"] == "crossing"]
    assert [one["label"] for one in marks] == ["Kyrgyzstan → Uzbekistan", "Uzbekistan → Kyrgyzstan"]


def test_passes_are_marked_with_their_height(open_page: Callable[..., AppTest], drawn: Drawn) -> None:
    """From Bishkek to Osh over the Töö-Ashuu and the Ala-Bel."""
    open_page("routes", "en", route__from="RN-BISHKEK", route__to="RN-OSH")
    marks = {
        one["label"]: one for layer in drawn.payloads[-1]["layers"] for one in layer["features"] if one["s"] == "pass"
    }
    assert marks["Ala-Bel pass"]["label2"] == "3,184 m"
    assert "October–April" in marks["Ala-Bel pass"]["tip"]
    assert len(marks) >= 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_scheme_says_why_people_cannot_be_weighed(language: Language, open_page: Callable[..., AppTest]) -> None:
    """The objective and the trade-off tell the same reason, and the quickest road is shown instead."""
    app = open_page("routes", language, **{"route__minimise": "people", "route__tradeoff-open": True})
    assert not app.exception
    t = translator(language)
    told = [str(one.value).replace("\\", "") for one in app.info]
    assert any(t("cli.plan.quickest-instead") in one for one in told)
    assert sum("5,0" in one or "5.0" in one for one in told) == 2


def test_another_road_is_looked_at_and_left_again(
    open_page: Callable[..., AppTest], drawn: Drawn, answers: list[Any]
) -> None:
    """It is drawn as the route, and the best one turns grey; a new question begins with its best road."""
    ends = {"route__from": "RN-BISHKEK", "route__to": "RN-OSH", "route__minimise": "time"}
    app = open_page("routes", "en", **ends, **{"route__road": "alternative-1", "route__others-open": True})
    other = answers[-1].alternatives[0].route
    assert translator("en").km(other.distance_m) in words(app)
    greys = [
        one["id"] for layer in drawn.payloads[-1]["layers"] for one in layer["features"] if one["s"] == "route-other"
    ]
    assert "main" in greys
    assert "alternative-1" not in greys
    app.button(key="route.back").click().run()
    assert app.session_state["route.road"] == "main"
    app.session_state["route.road"] = "alternative-1"
    app.run()
    app.session_state["route.minimise"] = "distance"
    app.run()
    assert app.session_state["route.road"] == "main"


def test_a_file_of_the_server_is_named_with_whose_roads_they_are(
    open_page: Callable[..., AppTest], networks: Path, drawn: Drawn
) -> None:
    """Lines that follow the road, a road book with numbers and turns, no note about a scheme."""
    assert networks.exists()
    app = open_page("routes", "en", **ON_GRID)
    assert not app.exception
    said = words(app).replace("\\", "")
    assert "grid.symapnet" in said
    assert "© OpenStreetMap contributors" in said
    assert app.selectbox(key="route.network").options == ["bundled scheme of main roads", "grid.symapnet"]
    book = next(one.value for one in app.dataframe if "Turn" in one.value.columns)
    assert set(book["Turn"]) >= {"", "left"} or set(book["Turn"]) >= {"", "right"}
    assert any(road.startswith("E-") for road in book["Road"])
    assert "road" not in drawn.styles()


def test_on_good_lines_sparing_people_is_a_chart(
    open_page: Callable[..., AppTest], networks: Path, answers: list[Any]
) -> None:
    """Each point is a road of the answer, and a chosen one is drawn."""
    assert networks.exists()
    app = open_page("routes", "en", **ON_GRID, **{"route__tradeoff-open": True})
    assert not app.exception
    points = answers[-1].tradeoff
    assert points
    app.session_state["route.road"] = points[-1].id
    app.run()
    assert translator("en")("routepage.road.tradeoff", number=points[-1].id.rpartition("-")[2]) in words(app)


def test_a_network_of_elsewhere_is_a_labelled_answer(open_page: Callable[..., AppTest], networks: Path) -> None:
    """Places off the file's roads: too far, and where the nearest road would be; no traceback."""
    assert networks.exists()
    app = open_page("routes", "en", route__network="grid.symapnet", route__from="RN-BISHKEK", route__to="RN-OSH")
    assert not app.exception
    assert "Too far" in app.warning[0].value


def test_a_damaged_network_file_is_told(open_page: Callable[..., AppTest], networks: Path) -> None:
    """It begins as a network file does, and is cut off."""
    whole = (networks / "grid.symapnet").read_bytes()
    (networks / "cut.symapnet").write_bytes(whole[:2000])
    app = open_page("routes", "en", **{**ON_GRID, "route__network": "cut.symapnet"})
    assert not app.exception
    assert "cut.symapnet" in app.warning[0].value.replace("\\", "")


def test_a_network_that_went_away_is_told(open_page: Callable[..., AppTest]) -> None:
    """A link may name a file that this server does not have: the scheme answers, and says so."""
    app = open_page("routes", "en", route__network="gone.symapnet")
    assert not app.exception
    assert "gone.symapnet" in app.warning[0].value.replace("\\", "")
    assert app.session_state["route.network"] == ""


def test_ones_own_network_stays_with_its_owner() -> None:
    """No link can carry a file that only this reader has; the share button says so."""
    assert networks_.in_link("grid.symapnet") == "grid.symapnet"
    with pytest.raises(QuestionError) as refused:
        networks_.in_link("own:secret.symapnet")
    assert refused.value.code == "view-own-network"


def test_an_area_to_avoid_bends_the_road(open_page: Callable[..., AppTest], networks: Path, answers: list[Any]) -> None:
    """The rule is named with what it costs; the area is on the map's legend."""
    assert networks.exists()
    open_page("routes", "en", **ON_GRID)
    free = answers[-1].route.travel_time_s
    area = polygons.from_corners([(71.015, 40.015), (71.065, 40.015), (71.065, 40.065), (71.015, 40.065)])
    app = open_page("routes", "en", **ON_GRID, route__avoid=(area,))
    assert answers[-1].route.travel_time_s >= free
    assert translator("en")("legend.avoid") in words(app)


def test_what_can_be_reached_is_drawn_and_taken_along(open_page: Callable[..., AppTest], drawn: Drawn) -> None:
    """From the start within an hour; the ground of half an hour lies in it."""
    chosen = {"route__reach-open": True, "route__reach-from": "from", "route__reach-minutes": ["30", "60"]}
    app = open_page("routes", "en", **chosen)
    assert not app.exception
    labels = [
        one["label"] for layer in drawn.payloads[-1]["layers"] for one in layer["features"] if one["s"] == "reach-label"
    ]
    assert labels == ["30 min", "60 min"]


def test_the_corridor_is_shaded_while_it_is_asked_about(open_page: Callable[..., AppTest], drawn: Drawn) -> None:
    """Its fold is open."""
    open_page("routes", "en")
    assert "corridor" not in drawn.styles()
    open_page("routes", "en", corridor__open=True)
    assert "corridor" in drawn.styles()


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Stand in for the session, and note instead of running anew."""
    kept: dict[str, Any] = {}

    class Again(Exception):  # noqa: N818 - not an error
        pass

    def again() -> None:
        raise Again

    for module in ("line_sketch", "route_clicks", "route_rules", "state"):
        monkeypatch.setattr(f"pages._shared.{module}.st.session_state", kept)
        monkeypatch.setattr(f"pages._shared.{module}.st.rerun", again)
    kept["again"] = Again
    return kept


@pytest.mark.parametrize(
    ("click", "mode", "expected"),
    [
        (Click(71.123456789, 40.2), "from", {"pending:route.from": "71.12346,40.2", "pending:route.click": "to"}),
        (
            Click(picked=("settlements", "ST-BUJUM")),
            "to",
            {"pending:route.to": "ST-BUJUM", "pending:route.click": None},
        ),
        (Click(71.5, 40.2), "area", {"route.sketch": [(71.5, 40.2)]}),
        (
            Click(71.5, 40.2),
            "line",
            {"pending:corridor.typed": "71.5, 40.2", "pending:corridor.line": "typed", "pending:corridor.open": True},
        ),
        (Click(picked=("option", "alternative-2")), None, {"route.road": "alternative-2"}),
        (Click(picked=("option", "alternative-2")), "from", {"route.road": "alternative-2"}),
    ],
)
def test_a_click_does_what_was_announced(
    click: Click, mode: str | None, expected: dict[str, Any], state: dict[str, Any]
) -> None:
    """An end, a corner, or another road."""
    with pytest.raises(state["again"]):
        route_clicks.take(click, mode)
    assert {name: state.get(name) for name in expected} == expected


def test_a_line_grows_by_clicks_and_shrinks_by_its_buttons(state: dict[str, Any]) -> None:
    """The points join those that were typed; a click that is told twice is one point."""
    state["corridor.typed"] = "71.1, 40.1;\n 71.2 40.2"
    for _ in range(2):
        with pytest.raises(state["again"]):
            route_clicks.take(Click(71.3, 40.3), "line")
        state["corridor.typed"] = state.pop("pending:corridor.typed")
    assert state["corridor.typed"] == "71.1, 40.1; 71.2 40.2; 71.3, 40.3"
    state |= {"corridor.open": True, "corridor.line": "typed"}
    assert line_sketch.points() == [(71.1, 40.1), (71.2, 40.2), (71.3, 40.3)]
    state["corridor.line"] = "route"
    assert line_sketch.points() == []


def test_a_drawn_line_is_on_the_map_with_its_corridor(open_page: Callable[..., AppTest], drawn: Drawn) -> None:
    """The line and the ground along it; a line that cannot be asked about is still drawn."""
    line = {"corridor__open": True, "corridor__line": "typed"}
    app = open_page("routes", "en", **line, corridor__typed="71.30, 39.95; 71.40, 39.93")
    assert not app.exception
    assert {"own-line", "own-point", "corridor"} <= set(drawn.styles())
    open_page("routes", "en", **line, corridor__typed="71.30, 39.95")
    assert "own-point" in drawn.styles()
    assert not {"own-line", "corridor"} & set(drawn.styles())


@pytest.mark.parametrize("click", [Click(), Click(71.5, 40.2), Click(picked=("settlements", "ST-BUJUM"))])
def test_a_stray_click_changes_nothing(click: Click, state: dict[str, Any]) -> None:
    """Nothing was announced."""
    before = dict(state)
    route_clicks.take(click, None)
    assert state == before


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".geojson", ".gpkg", ".gpx", ".kml"])
def test_every_format_can_be_taken_along(ending: str) -> None:
    """Tables hold the sections, geometry files the line; who drives by a track gets one road, not several."""
    dataset = catalogue.load()
    network = routing.build_cached(dataset)
    asked = PlanQuestion(RouteQuestion("RN-BISHKEK", "RN-OSH"), 2, count_people=False)
    journey = Journey(asked, None, network, None, planning.plan(dataset, asked, network), "main")
    assert journey.answer.alternatives
    taken = route_view._written(translator("en"), journey, f"symap-route{ending}")
    assert len(taken) > 500
    if ending == ".geojson":
        assert json.loads(taken)["features"][0]["geometry"]["type"] == "LineString"
    if ending == ".gpx":
        assert taken.count(b"<trk>") == 1
    if ending == ".csv":
        assert taken.decode("utf-8-sig").count("RS-") >= 10
