"""The section about people along the way: the numbers are the library's, own lines are taken, faults are told in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import shapely
from streamlit.testing.v1 import AppTest

from geo import catalogue, corridor, routing
from geo.i18n import LANGUAGES, Language, translator
from pages._shared.corridor_view import profile_spec

from .conftest import TIMEOUT_S, words

if TYPE_CHECKING:
    from collections.abc import Callable


def _section(language: str, ends: tuple[str, str] | None) -> None:
    """Show the section alone, as the page about roads does below its route."""
    from geo import routing  # noqa: PLC0415 - run by streamlit as a script of its own
    from geo.i18n import choose_language, translator  # noqa: PLC0415 - as above
    from pages._shared import corridor_view, loaders  # noqa: PLC0415 - as above

    dataset = loaders.base_dataset()
    answer = None if ends is None else loaders.route(dataset, routing.RouteQuestion(*ends))
    corridor_view.corridor_section(translator(choose_language(language)), dataset, answer)


@pytest.fixture
def show() -> Callable[..., AppTest]:
    """Give a function that shows the section, opened, with some values chosen."""

    def run(language: str = "en", ends: tuple[str, str] | None = ("ST-BATKEN", "KG-KHD"), **chosen: object) -> AppTest:
        app = AppTest.from_function(_section, default_timeout=TIMEOUT_S, args=(language, ends))
        for name, value in {"open": True, **chosen}.items():
            app.session_state[f"corridor.{name}"] = value
        app.run()
        assert not app.exception
        return app

    return run


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_what_the_library_says(show: Callable[..., AppTest], language: Language) -> None:
    """The bundled roads are known less well than the corridor is wide: a range, and no central number."""
    dataset = catalogue.load()
    route = routing.find(dataset, routing.RouteQuestion("ST-BATKEN", "KG-KHD"))
    assert route.geometry is not None
    question = corridor.CorridorQuestion(route.geometry, 800.0, route.positional_error_m, route.evidence)
    answer = corridor.measure(dataset, question)
    t = translator(language)
    assert answer.range_only
    said = words(show(language)).replace("\u00a0", " ")
    assert t.range(answer.population_min_persons, answer.population_max_persons).replace("\u00a0", " ") in said
    assert t("corridorpage.chart-range") in said


def test_a_typed_line_and_another_width(show: Callable[..., AppTest]) -> None:
    """The reader's own line is taken as drawn; the width is the one typed."""
    line = shapely.LineString([(71.3424, 39.9464), (71.2, 39.98), (70.8324, 40.0033)])
    answer = corridor.measure(catalogue.load(), corridor.CorridorQuestion(line, 1500.0, 0.0, "reported"))
    app = show(line="typed", typed="39.9464, 71.3424; 39.98, 71.2\n40.0033, 70.8324", width=1500)
    t = translator("en")
    said = words(app)
    assert t.range(answer.population_min_persons, answer.population_max_persons) in said
    assert "1.5 km" in said
    assert "Sokh (Uzbekistan)" in app.dataframe[0].value.iloc[:, 0].tolist()
    assert app.dataframe[1].value.iloc[:, 1].tolist()[0] == "Aidarken"


@pytest.mark.parametrize(
    ("typed", "said"),
    [("nowhere; 40, 71", "nowhere"), ("40, 71", "two different points"), ("40, 71; 40, 71", "two different points")],
)
def test_what_is_no_line_is_told(show: Callable[..., AppTest], typed: str, said: str) -> None:
    """In words, and the rest stays usable."""
    app = show(line="typed", typed=typed)
    assert said in app.warning[0].value
    assert not app.dataframe


def test_without_a_route_there_is_still_a_line_of_ones_own(show: Callable[..., AppTest]) -> None:
    """Nothing is counted before there is a line; no empty charts."""
    app = show(ends=None)
    assert not app.dataframe
    assert app.segmented_control[0].options == ["a line from a file", "points, typed or drawn"]


def test_a_closed_section_costs_nothing(show: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is counted for a reader who has not asked."""
    monkeypatch.setattr(corridor, "measure", pytest.fail)
    app = show(open=False)
    assert not app.dataframe
    assert not app.number_input


@pytest.mark.parametrize("range_only", [True, False])
def test_the_chart_says_what_its_axes_are(*, range_only: bool) -> None:
    """Kilometres along the line, and people, in the reader's language."""
    for language in LANGUAGES:
        spec: dict[str, Any] = profile_spec(translator(language), range_only=range_only)
        titles = {
            axis.get("title")
            for layer in spec["layer"]
            for axis in layer["encoding"].values()
            if isinstance(axis, dict)
        }
        assert translator(language)("corridorpage.along") in titles
        assert translator(language)("corridorpage.people") in titles
