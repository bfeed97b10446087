"""A link opens a page with everything chosen on it, in each language, and says what of it could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from geo import osm, polygons, views
from geo.corrections import PositionCorrection
from geo.i18n import LANGUAGES, translator
from geo.views import PAGES, View
from pages._shared import permalinks, share
from pages._shared.views import OVERVIEW_LAYERS
from tests import osm_worlds
from tests.grid_worlds import noisy, write_grid

from .conftest import words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

CORRECTION = PositionCorrection("KG-KHD", 71.35000000000001, 39.95, 250.0)
#: For each page a view in which nothing is as it is without a link.
CHOSEN: dict[str, dict[str, Any]] = {
    "overview": {
        "layers": ("sites", "road_sections"),
        "waste": "batteries",
        "kinds": ("tailings", "works"),
        "evidence": ("documented",),
        "not_mercury": True,
        "record": "SF-ECOCOMPLEX",
        "corrections": (CORRECTION,),
    },
    "exposure": {
        "places": ("71.34180000000123,39.9432", "ST-BATKEN"),
        "radii_m": (1500.5, 7000.0),
        "radius_m": 7000.0,
        "people": "people.tif",
        "grid_kind": "count",
        "union": False,
        "compare": True,
        "shading": True,
        "corrections": (CORRECTION,),
    },
    "routes": {
        "from": "71.0012,40.0013",
        "to": "71.0513,40.0507",
        "minimise": "time",
        "training": True,
        "through_abroad": True,
        "date": "2026-01-15",
        "vehicle": "car",
        "stay_in": ("KG", "UZ"),
        "set_aside": ("RC-OTUKCHU-BRIDGE",),
        "avoid": (polygons.from_corners([(70.5, 39.8), (70.6, 39.8), (70.55, 39.87654321)]),),
        "network": "grid.symapnet",
        "people": "people.tif",
        "grid_kind": "count",
        "width_m": 1500,
        "others": 4,
        "road": "alternative-1",
        "reach_from": "to",
        "reach_minutes": ("45", "120"),
        "corrections": (CORRECTION,),
    },
    "nearest": {
        "at": "ST-BUJUM",
        "waste": "thermometers",
        "count": 7,
        "training": True,
        "remote_people": 20_000,
        "remote_distance_km": 80,
    },
    "sources": {"part": "rules"},
}
#: Which loader answers a page's question.
LOADERS = {"overview": "records", "exposure": "people_near", "routes": "plan", "nearest": "nearest_points"}


@pytest.fixture(autouse=True)
def grid_of_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a small population grid on the server, for links that name it."""
    write_grid(tmp_path / "people.tif", noisy(20, 20))
    monkeypatch.setenv("SYMAP_GRIDS", str(tmp_path))
    monkeypatch.setenv("SYMAP_CACHE", str(tmp_path / "cache"))


@pytest.fixture(autouse=True)
def network_of_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a small road network on the server, for links that name it."""
    nodes = osm_worlds.grid(7, 7)
    rows = [(row, [10 * row + column for column in range(1, 8)], {"highway": "primary"}) for row in range(1, 8)]
    columns = [
        (10 + column, [10 * row + column for row in range(1, 8)], {"highway": "primary"}) for column in range(1, 8)
    ]
    folder = tmp_path / "networks"
    folder.mkdir()
    osm.build(osm_worlds.write(tmp_path / "grid.osm", nodes, [*rows, *columns]), folder / "grid.symapnet")
    monkeypatch.setenv("SYMAP_NETWORKS", str(folder))


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """Note the views that the frame writes into the address bar, and the questions that the pages ask."""
    found: dict[str, list[Any]] = {"views": [], "questions": []}
    remember = permalinks.remember

    def written(view: View) -> str:
        found["views"].append(view)
        return remember(view)

    monkeypatch.setattr(permalinks, "remember", written)
    for name in LOADERS.values():
        load = getattr(permalinks.state.loaders, name)

        def asked(dataset: Any, question: Any, *rest: Any, _load: Any = load, **named: Any) -> Any:
            found["questions"].append(question)
            return _load(dataset, question, *rest, **named)

        monkeypatch.setattr(f"pages._shared.loaders.{name}", asked)
    return found


@pytest.fixture
def follow(open_page: Callable[..., AppTest]) -> Callable[..., AppTest]:
    """Give a function that opens an address in a new session."""

    def open_link(address: str, language: str = "en") -> AppTest:
        parts = urlsplit(address)
        page = parts.path.strip("/") or "overview"
        app = open_page("sources" if page == "overview" else "overview", language)
        app.switch_page(f"{page}.py")
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            app.query_params[name] = [*app.query_params.get(name, []), value]
        return app.run()

    return open_link


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_link_opens_exactly_the_page_that_it_was_taken_from(
    page: str, language: str, follow: Callable[..., AppTest], noted: dict[str, list[Any]]
) -> None:
    """The page's question is the link's, and the page offers the same link again."""
    view = View(page, CHOSEN[page])
    assert all(view.values[one.name] != one.default for one in PAGES[page])
    app = follow(views.link(view, ""), language)
    assert not app.exception
    t = translator(language)  # type: ignore[arg-type]
    assert t("view.problems") not in words(app)
    assert noted["views"][-1] == view
    if page in LOADERS:
        asked = noted["questions"][-1]
        assert (asked.route if page == "routes" else asked) == views.question(view)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_to_a_file_that_is_not_here_says_so_for_as_long_as_it_shows_something_else(
    language: str, follow: Callable[..., AppTest], noted: dict[str, list[Any]]
) -> None:
    """Neither a grid nor a network of another server is left out silently; distances are told as on the page."""
    t = translator(language)  # type: ignore[arg-type]
    for address, named in {
        "exposure?people=worldpop.tif&radius_m=0": ("worldpop.tif", "100", "200", t("exposure.within")),
        "routes?network=osh.symapnet&people=own:mine.tif": ("osh.symapnet", "mine.tif"),
        "exposure?corrections=KG-KHD,NaN,39,5": ("NaN", t("correct.title")),
    }.items():
        app = follow(address, language)
        assert not app.exception
        said = "\n".join(str(warning.value) for warning in app.warning).replace("\\", "")
        assert t("view.problems") in said
        for part in named:
            assert part in said
        assert "200000" not in said
        assert "own:" not in said
        assert noted["views"][-1] == View(address.split("?")[0], {})


def test_a_link_may_name_a_place_that_no_list_offers(
    follow: Callable[..., AppTest], noted: dict[str, list[Any]]
) -> None:
    """A junction of the roads is a place by its id; it is not taken for a misspelt village."""
    view = View("routes", {"from": "ST-BUJUM", "to": "RN-OSH", "minimise": "time"})
    follow(views.link(view, ""), "ru")
    assert noted["views"][-1] == view


@pytest.mark.parametrize("page", ["overview", "exposure", "routes"])
def test_lists_are_told_the_words_of_a_new_language(page: str, open_page: Callable[..., AppTest]) -> None:
    """The browser keeps the words of what is chosen in a list, and would send the old ones back."""
    app = open_page(page, "ru")
    for language in ("ky", "en", "ru"):
        app.session_state["language"] = language
        app.run()
        for box in [*app.main.selectbox, *app.main.multiselect]:
            told = box.proto.raw_value if box.type == "selectbox" else list(box.proto.raw_values)
            assert box.proto.set_value
            assert not told or set([told] if isinstance(told, str) else told) <= set(box.options)
    assert page == "overview" or len(app.main.selectbox)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_without_a_waste_leaves_no_word_of_another_language(
    language: str, follow: Callable[..., AppTest]
) -> None:
    """Where a link says "any waste", the list says so in the reader's language, not "Choose an option"."""
    app = follow(views.link(View("overview", {}), ""), language)
    t = translator(language)  # type: ignore[arg-type]
    assert app.selectbox(key="overview.waste").proto.placeholder == t("overview.any-waste")
    assert app.selectbox(key="overview.waste").value is None


@pytest.mark.parametrize("page", PAGES)
def test_a_page_without_a_link_offers_its_defaults(
    page: str, open_page: Callable[..., AppTest], noted: dict[str, list[Any]]
) -> None:
    """What the widgets start with is what a link to nothing in particular says."""
    open_page(page, "ru")
    assert noted["views"][-1] == View(page, {})


def test_every_value_has_a_widget() -> None:
    """A row in the one table has its row in the other; corrected positions have no widget."""
    assert {page: [*rows] for page, rows in permalinks.BINDINGS.items()} == {
        page: [one.name for one in rows if one.kind != "corrections"] for page, rows in PAGES.items()
    }
    for rows in permalinks.BINDINGS.values():
        keys = [binding.key for binding in rows.values()]
        assert len(set(keys)) == len(keys)
    # Two pages share a widget only where a choice shall hold on both.
    every = [key for rows in permalinks.BINDINGS.values() for key in {binding.key for binding in rows.values()}]
    assert {key for key in every if every.count(key) > 1} == {"exposure.people-source", "exposure.grid-kind"}
    layers = next(one for one in PAGES["overview"] if one.name == "layers")
    assert layers.options == layers.default == OVERVIEW_LAYERS


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_read_is_said_and_the_rest_is_kept(
    language: str, follow: Callable[..., AppTest], noted: dict[str, list[Any]]
) -> None:
    """Unknown waste, an unknown place, a number that is none, a name of another version."""
    app = follow("nearest?at=NOT-HERE&waste=plutonium&count=many&old_name=1&remote_people=20000", language)
    assert not app.exception
    t = translator(language)  # type: ignore[arg-type]
    said = "\n".join(str(warning.value) for warning in app.warning)
    assert t("view.problems") in said
    for part in ("NOT", "plutonium", "many", t("nearest.waste"), t("nearest.count")):
        assert part in said.replace("\\", "")
    assert noted["views"][-1] == View("nearest", {"remote_people": 20_000})


def test_the_message_goes_when_something_is_chosen(follow: Callable[..., AppTest]) -> None:
    """It stays while the page is as it was opened."""
    app = follow("sources?part=moon")
    assert translator("en")("view.problems") in words(app)
    app.run()
    assert translator("en")("view.problems") in words(app)
    app.session_state["sources.part"] = "files"
    app.run()
    assert translator("en")("view.problems") not in words(app)


def test_the_address_is_applied_once(follow: Callable[..., AppTest], noted: dict[str, list[Any]]) -> None:
    """The browser repeats the address in every run; what was chosen since holds."""
    app = follow("sources?part=files")
    app.session_state["sources.part"] = "rules"
    app.run()
    assert noted["views"][-1] == View("sources", {"part": "rules"})
    # An address that the page wrote itself, reported back late, changes nothing either.
    app.session_state["sources.part"] = "claims"
    app.run()
    app.query_params["part"] = ["rules"]
    app.run()
    assert noted["views"][-1] == View("sources", {"part": "claims"})


def test_a_typed_name_is_shared_as_its_id(open_page: Callable[..., AppTest], noted: dict[str, list[Any]]) -> None:
    """A link must not depend on the language in which a name was typed, nor on how a spot was."""
    open_page("nearest", "ky", nearest__at="Бужум")
    assert noted["views"][-1].values["at"] == "ST-BUJUM"
    open_page("nearest", "ky", nearest__at="39°56'30\"N 71°20'15\"E")
    assert noted["views"][-1].values["at"] == "71.33749999999999,39.94166666666666"
    assert permalinks.holds_a_spot(noted["views"][-1])


def test_what_no_address_can_carry_is_left_out(open_page: Callable[..., AppTest], noted: dict[str, list[Any]]) -> None:
    """The page lives, and its link has the default in that place."""
    app = open_page("nearest", "en", nearest__at="x" * 300)
    assert not app.exception
    assert noted["views"][-1] == View("nearest", {})


def test_a_link_with_a_corrected_position_says_so(follow: Callable[..., AppTest]) -> None:
    """Whoever opens it must know that the position is somebody's, not the table's."""
    app = follow(views.link(View("exposure", {"corrections": (CORRECTION,)}), ""), "ru")
    said = "\n".join(str(info.value) for info in app.info)
    assert "Хайдаркан" in said
    assert app.session_state["corrections"] == {"KG-KHD": CORRECTION}


def test_the_code_holds_the_address() -> None:
    """A picture that needs no network, the same for the same address."""
    image = share.code_image("http://127.0.0.1:8501/exposure?places=KG-KHD")
    assert image.startswith("data:image/svg+xml")
    assert image == share.code_image("http://127.0.0.1:8501/exposure?places=KG-KHD")
    assert image != share.code_image("http://127.0.0.1:8501/exposure?places=KG-KDJ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_radii_survive_the_way_through_the_text_box(language: str) -> None:
    """Every radius that the box can hold comes back to the last bit, in either decimal sign."""
    binding = permalinks.BINDINGS["exposure"]["radii_m"]
    t = translator(language)  # type: ignore[arg-type]
    for km in (0.1, 0.3, 1.0, 1.2345678, 7.7, 33.333333333333336, 150.05, 200.0):
        radii_m = (km * 1000,)
        assert binding.take(binding.give(t, radii_m)) == pytest.approx(radii_m, rel=1e-15)
    assert binding.take(binding.give(t, (1500.5, 7000.0))) == (1500.5, 7000.0)
