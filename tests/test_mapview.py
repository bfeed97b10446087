"""The map on a page: what goes to the browser, what comes back, and the files behind it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
import pytest
from jinja2 import Template
from starlette.applications import Starlette
from streamlit import config
from streamlit.testing.v1 import AppTest
from streamlit_folium import _get_feature_group_string, _get_map_string, generate_js_hash

from geo import layers
from geo.i18n import LANGUAGES, translator
from geo.layers import Layer, LegendEntry
from pages._shared import mapfiles, mapview, symbols
from tests.payloads import PAYLOADS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.dataset import Dataset

ROOT = Path(__file__).parent.parent
RU = translator("ru")
THEMES: tuple[symbols.Theme, ...] = ("light", "dark")


def _payload(*drawn: Layer, theme: symbols.Theme = "light", online: bool = False) -> str:
    return mapview.payload(
        drawn, t=RU, theme=theme, height=500, view={"bounds": [69, 39, 81, 43]}, countries={}, online_background=online
    )


def _base_script() -> str:
    base = mapview._base_map()
    base.get_root().render()
    base.render()
    return _get_map_string(base)


# ---- to the browser ------------------------------------------------------------------------------------------


def test_the_base_map_never_changes_so_the_browser_keeps_it() -> None:
    """The component loads anew when its hash changes; the base map gives the same hash in every run."""
    keys = {generate_js_hash(_base_script(), "overview") for _ in range(3)}
    assert len(keys) == 1


def test_the_base_map_asks_for_the_apps_own_files_alone() -> None:
    """Relative addresses hold under any base path, and the digest in them makes caching safe."""
    base = mapview._base_map()
    links = [link for _, link in (*base.default_js, *base.default_css)]
    assert len(links) == 3
    for link in links:
        assert link.startswith("../../assets/")
        assert len(link.partition("?v=")[2]) == 12
    assert "http" not in _base_script()


@pytest.mark.parametrize("theme", THEMES)
def test_every_style_of_every_layer_has_a_look_and_a_sample(bundled: Dataset, theme: symbols.Theme) -> None:
    """Every style of every layer has a look and a sample."""
    for code in layers.LEGEND_ORDER:
        assert code in symbols.STYLES
        assert symbols.swatch(code, theme).startswith("<svg")
    written = json.loads(_payload(layers.collection_points(bundled, RU), layers.roads(bundled), theme=theme))
    shown = {feature["s"] for layer in written["layers"] for feature in layer["features"]}
    assert set(written["styles"]) == shown
    assert all(str(color).startswith("#") for color in written["palette"].values())


def test_illustrative_styles_differ_from_real_ones_in_shape_and_not_in_colour_alone() -> None:
    """A photocopy must still tell an example from a real place."""
    for stem in ("site", "storage", "collection"):
        real, example = symbols.STYLES[stem], symbols.STYLES[f"{stem}-illustrative"]
        assert "dash" in example
        assert "dash" not in real
        assert (real["fill"], example["fill"]) == (stem, "halo")


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_hostile_text_passes_to_the_browser_as_data(payload: str) -> None:
    """The payload is no template, stands in the script as one literal, and reads back unchanged."""
    feature: layers.Feature = {"g": ("P", [71.0, 40.0]), "s": "site", "id": payload, "label": payload, "tip": payload}
    drawn = Layer("sites", (feature,), "sites")
    written = _payload(drawn)
    assert Template(written).render() == written
    group = folium.FeatureGroup(control=False)
    group.add_child(mapview._Overlay(written))
    base = mapview._base_map()
    base.get_root().render()
    base.render()
    _get_map_string(base)
    script = _get_feature_group_string(group, base)
    assert f"symapDraw(feature_group_feature_group_0, map_div, {written});" in script
    read = json.loads(written)["layers"][0]["features"][0]
    assert (read["id"], read.get("label", "")) == (payload, payload)
    # No page renders the payload: the figure knows nothing of it.
    assert written not in base.get_root().render()


def test_the_boundaries_note_is_always_there_and_tiles_only_when_switched_on() -> None:
    """The boundaries note is always there and tiles only when switched on."""
    for language in LANGUAGES:
        t = translator(language)
        assert mapfiles.vintage() in mapview._note(t, online=False)[0]["text"]
    off, on = json.loads(_payload()), json.loads(_payload(online=True))
    assert off["tiles"] is None
    assert len(off["note"]) == 1
    assert on["tiles"]["url"] == mapview.DEFAULT_TILES_URL
    assert mapview.DEFAULT_TILES_ATTRIBUTION in on["note"][1]["text"]


def test_the_address_of_the_online_background_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address of the online background is a setting."""
    monkeypatch.setenv(mapview.TILES_URL_VARIABLE, "https://maps.example.org/{z}/{x}/{y}.png")
    monkeypatch.setenv(mapview.TILES_ATTRIBUTION_VARIABLE, "Example <b>maps</b>")
    read = json.loads(_payload(online=True))
    assert read["tiles"]["url"] == "https://maps.example.org/{z}/{x}/{y}.png"
    assert read["note"][1]["text"] == "Example <b>maps</b>"


def test_a_full_page_stays_under_the_limit_of_its_map(bundled: Dataset) -> None:
    """A full page stays under the limit of its map."""
    drawn = [
        layers.settlements(bundled, RU),
        layers.roads(bundled),
        layers.error_circles(bundled, RU, mercury_only=False),
    ]
    assert len(_payload(*drawn, layers.collection_points(bundled, RU)).encode()) < 150_000


# ---- from the browser ----------------------------------------------------------------------------------------


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Replace the component: what it was asked is kept, and it answers what the test puts under ``value``."""
    asked: dict[str, Any] = {"value": None}

    def component(base: folium.Map, **options: object) -> Mapping[str, Any] | None:
        asked.update(options, base=base)
        return asked["value"]

    monkeypatch.setattr(mapview, "st_folium", component)
    monkeypatch.setattr(mapview.st, "session_state", {})
    return asked


def _show() -> mapview.Click:
    return mapview.show([], t=RU, key="map", theme="light")


def test_a_page_asks_for_clicks_alone(shown: dict[str, Any]) -> None:
    """A page asks for clicks alone."""
    assert _show() == mapview.Click()
    assert shown["returned_objects"] == ["last_clicked", "last_active_drawing"]
    assert "zoom" not in shown
    assert "center" not in shown


def test_each_click_on_the_map_is_reported_once(shown: dict[str, Any]) -> None:
    """Each click on the map is reported once."""
    shown["value"] = {"last_clicked": {"lat": 40.1, "lng": 71.2}, "last_active_drawing": None}
    first = _show()
    assert (first.lon, first.lat, first.on_map) == (71.2, 40.1, True)
    assert _show() == mapview.Click()
    shown["value"] = {"last_clicked": {"lat": 40.1, "lng": 71.3}, "last_active_drawing": None}
    assert _show().lon == 71.3


def test_a_mark_is_reported_with_its_table_and_again_when_clicked_again(shown: dict[str, Any]) -> None:
    """The time in the report makes a second click on the same record a new one."""

    def clicked(at: int) -> dict[str, Any]:
        properties = {"id": "KG-KHD-SLAG", "table": "sites", "group": ["KG-KHD-SLAG", "KG-KHD-WORKS"], "at": at}
        return {
            "last_clicked": None,
            "last_active_drawing": {"type": "Feature", "properties": properties, "geometry": None},
        }

    shown["value"] = clicked(1)
    click = _show()
    assert click.picked == ("sites", "KG-KHD-SLAG")
    assert click.group == ("KG-KHD-SLAG", "KG-KHD-WORKS")
    assert not click.on_map
    assert _show().picked is None
    shown["value"] = clicked(2)
    assert _show().picked == ("sites", "KG-KHD-SLAG")


def test_the_view_travels_with_the_data(shown: dict[str, Any]) -> None:
    """The view travels with the data."""
    mapview.show([], t=RU, key="map", theme="light", bounds=(71.0, 39.5, 72.0, 40.5))
    overlay = next(iter(shown["feature_group_to_add"]._children.values()))
    assert json.loads(overlay.payload)["view"]["bounds"] == [71.0, 39.5, 72.0, 40.5]
    mapview.show([], t=RU, key="map", theme="light", center=(71.3, 39.9), zoom=11)
    overlay = next(iter(shown["feature_group_to_add"]._children.values()))
    assert json.loads(overlay.payload)["view"] == {"lon": 71.3, "lat": 39.9, "zoom": 11}


def test_a_legend_escapes_its_words() -> None:
    """A legend escapes its words."""
    for payload in PAYLOADS:
        markup = mapview.legend_markup([LegendEntry("site", payload)], "light")
        assert markup.count("<") == mapview.legend_markup([LegendEntry("site", "x")], "light").count("<")


# ---- files behind the map ------------------------------------------------------------------------------------


def _get(path: str, *, prefix: str = "", headers: Mapping[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    """Ask the routes as a server would, without a network."""
    app = Starlette(routes=mapfiles.routes(prefix))
    bare, _, query = path.partition("?")
    scope = {
        "type": "http",
        "method": "GET",
        "path": bare,
        "raw_path": bare.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "scheme": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "headers": [(name.encode(), value.encode()) for name, value in (headers or {}).items()],
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    # In a thread of its own: a browser test in the same process leaves an event loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(app(scope, receive, send))).result()  # type: ignore[arg-type]
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize("prefix", ["", "/symap"])
def test_every_file_of_the_map_is_served_as_what_it_is_and_kept(prefix: str) -> None:
    """Every file of the map is served as what it is and kept."""
    scripts, sheets = mapfiles.frame_links()
    for link in (*scripts, *sheets):
        status, headers, body = _get(link.replace("../../", f"{prefix}/"), prefix=prefix)
        assert status == 200
        assert len(body) > 1000
        assert headers["content-type"].split(";")[0].endswith("css" if link in sheets else "javascript")
        assert "immutable" in headers["cache-control"]
    assert (
        _get(scripts[0].replace("../../", f"{prefix}/").partition("?")[0], prefix=prefix)[1]["cache-control"]
        == "no-cache"
    )


def test_one_script_brings_library_borders_and_drawing_and_is_asked_for_once() -> None:
    """The map library first, the drawn borders between, the project's own scripts last."""
    status, headers, body = _get("/assets/map.js")
    assert status == 200
    background = mapfiles.background_script()
    drawn = json.loads(background.decode().removeprefix("window.SYMAP_BACKGROUND=").removesuffix(";"))
    borders = {
        feature["properties"]["id"] for feature in drawn["features"] if feature["properties"].get("kind") == "exclave"
    }
    assert {"UZ-SOKH", "UZ-SHOHIMARDON", "TJ-VORUKH"} <= borders
    assert len(background) < 90_000
    assert body.index(b"Leaflet") < body.index(background) < body.index(b"symapDraw")
    assert len(body) < 350_000
    assert _get("/assets/map.js", headers={"if-none-match": headers["etag"]})[0] == 304


def test_nothing_beside_the_maps_files_is_served() -> None:
    """Nothing beside the map's files is served."""
    for path in ("/assets/symap/../mapview.py", "/assets/symap/..%2fmapview.py", "/assets/symap/none.js"):
        assert _get(path)[0] == 404
    assert _get("/healthz")[2] == b'{"status":"ok"}'


def test_the_server_starts_without_the_component_of_the_map() -> None:
    """Imported by the server before a page runs, the component would leave every map blank."""
    code = "import app, sys; print('streamlit_folium' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_every_setting_is_one_that_the_server_knows() -> None:
    """A misspelt setting would be passed over in silence; a newcomer's browser has to open."""
    written = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    known = set(config.get_config_options())

    def names(table: Mapping[str, Any], stem: str) -> list[str]:
        found: list[str] = []
        for key, value in table.items():
            found += names(value, f"{stem}{key}.") if isinstance(value, dict) else [f"{stem}{key}"]
        return found

    assert not set(names(written, "")) - known
    assert not written["browser"]["gatherUsageStats"]
    assert "headless" not in written["server"]


def test_a_kept_click_is_told_until_it_is_heard() -> None:
    """A run that was broken off before it did what the click means must not lose it; what was heard is not told again."""

    def page() -> None:
        import streamlit as st  # noqa: PLC0415 - a script of its own

        from pages._shared import mapview, state  # noqa: PLC0415 - as above

        value = st.session_state.get("value")
        click = mapview.read_click(value, "map", keep=True)
        st.session_state.seen = [*st.session_state.get("seen", []), click.picked]
        if st.session_state.get("finish"):
            state.heard()

    drawing = {"properties": {"table": "route-option", "id": "alternative-1", "at": 1}}
    app = AppTest.from_function(page)
    app.run()
    app.session_state.value = {"last_clicked": None, "last_active_drawing": drawing}
    app.run()
    app.session_state.finish = True
    app.run()
    app.run()
    told = ("route-option", "alternative-1")
    assert app.session_state.seen == [None, told, told, None]
