"""The page "who lives near" in a real browser: a grid that is dropped, a radius that is dragged, the map that is shaded."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np
import pytest
import shapely

from geo.i18n import LANGUAGES, translator
from tests.browser.conftest import ROOT, map_frame, serve, settled
from tests.grid_worlds import noisy, north_up, write_grid
from tests.test_regions import collection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from geo.i18n import Language
    from tests.browser.conftest import Visit

    Open = Callable[..., tuple[Page, Visit]]

pytestmark = pytest.mark.browser

LOCALES = {"ru": "ru-RU", "ky": "ky-KG", "en": "en-GB"}
WAIT_MS = 45_000


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a grid for the server, the same under another name to drop, and a layer of made-up schools."""
    folder: Path = tmp_path_factory.mktemp("people")
    for name in ("server", "mine"):
        (folder / name).mkdir()
        write_grid(folder / name / f"{name}.tif", noisy(120, 160), transform=north_up(70.6, 40.5, 0.01))
    school = shapely.Point(71.36, 39.95)
    (folder / "schools.geojson").write_bytes(collection([({"id": "A", "name": "Made-up school"}, school)]))
    return folder


@pytest.fixture(scope="module")
def grid_url(files: Path) -> Iterator[str]:
    """Run the app under a base path, with a folder of grids of its own."""
    own = {"SYMAP_GRIDS": str(files / "server"), "SYMAP_CACHE": str(files / "cache"), "SYMAP_DATA_HOME": str(files)}
    with serve(ROOT / "app.py", base_path="symap", **own) as url:
        yield url


def _opened(visit: Open, url: str, language: Language, **size: int) -> Page:
    page, _ = visit(f"{url}/exposure", locale=LOCALES[language], **size)
    page.locator("h1.sy-title").wait_for(timeout=WAIT_MS)
    page.locator("section.sy-answer").wait_for(timeout=WAIT_MS)
    settled(page)
    return page


def _choose_grid(page: Page, name: str) -> None:
    page.locator("[class*=st-key-exposure-people-source] input").click()
    page.get_by_role("option").filter(has_text=name).first.click()
    page.locator("[data-testid=stCaptionContainer]", has_text=name).first.wait_for(timeout=WAIT_MS)
    settled(page)


def test_a_dropped_grid_answers(grid_url: str, visit: Open, files: Path) -> None:
    """It arrives, is made ready and chosen; receptors beside it are counted and drawn; both can be put away again."""
    t = translator("ru")
    page = _opened(visit, grid_url, "ru")
    page.get_by_role("button", name=t("peoplepage.own")).click()
    page.locator("input[accept='.tif,.tiff']").set_input_files(files / "schools.geojson")
    page.get_by_text(t("peoplepage.upload.kind")).wait_for(timeout=WAIT_MS)
    page.locator("input[accept='.tif,.tiff']").set_input_files(files / "mine" / "mine.tif")
    page.get_by_text("mine.tif;").first.wait_for(timeout=WAIT_MS)
    settled(page)
    page.locator("[class*=st-key-peoplepage-what] button", has_text=t("peoplepage.what.receptors")).click()
    chosen = page.locator("[class*=st-key-peoplepage-file] input[type=file]")
    chosen.wait_for(state="attached", timeout=WAIT_MS)
    chosen.set_input_files(files / "schools.geojson")
    page.get_by_text("schools.geojson (1)").first.wait_for(timeout=WAIT_MS)
    page.keyboard.press("Escape")
    heading = t("peoplepage.receptors-within", file="schools.geojson", radius="5\u00a0км", count="1 объект")
    page.get_by_text(heading.replace("\u00a0", " ")).wait_for(timeout=WAIT_MS)
    counts = map_frame(page).evaluate("() => JSON.parse(document.querySelector('#map_div').dataset.symapFeatures)")
    assert counts["own-point"] == 1
    page.get_by_role("button", name=t("peoplepage.own")).click()
    page.locator("[class*=st-key-peoplepage-remove] button").first.click()
    page.get_by_text(t("peoplepage.from-settlements")).first.wait_for(timeout=WAIT_MS)


def test_a_dragged_radius_moves_number_and_ring(grid_url: str, visit: Open) -> None:
    """Each step of the slider gives a new answer and a new ring; the map stays the same map."""
    page = _opened(visit, grid_url, "en")
    _choose_grid(page, "server.tif")
    frame = map_frame(page)
    frame.evaluate("() => { document.querySelector('#map_div').dataset.kept = 'yes'; }")
    page.get_by_role("slider").first.focus()
    numbers = []
    for km in ("5.1", "5.2", "5.3"):
        page.keyboard.press("ArrowRight")
        page.locator(".sy-answer .sy-label", has_text=f"{km} km").wait_for(timeout=WAIT_MS)
        settled(page)
        numbers.append(page.locator(".sy-answer").inner_text())
    assert len(set(numbers)) == 3
    labels = frame.locator(".symap-label-ring").all_inner_texts()
    assert "5.3 km" in labels
    assert "5.2 km" not in labels
    assert frame.evaluate("() => document.querySelector('#map_div').dataset.kept") == "yes"


@pytest.mark.parametrize(("language", "width"), [("ky", 390), ("en", 1280)])
def test_the_map_is_shaded_with_a_legend(grid_url: str, visit: Open, language: Language, width: int) -> None:
    """The picture loads from this server, lies under the rings, and its classes are explained with their unit."""
    t = translator(language)
    page = _opened(visit, grid_url, language, width=width, height=844)
    _choose_grid(page, "server.tif")
    page.get_by_role("button", name=t("frame.more")).first.click()
    page.locator("[class*=st-key-exposure-shading] label").first.click()
    settled(page)
    page.keyboard.press("Escape")
    if width < 640:
        page.get_by_text(t("frame.show-map")).click()
    page.frame_locator("iframe[title*=st_folium]").locator("[data-symap-picture=on]").wait_for(timeout=WAIT_MS)
    size = map_frame(page).evaluate(
        "() => { const i = document.querySelector('img.symap-picture'); return [i.naturalWidth, i.naturalHeight]; }"
    )
    assert max(size) == 720
    legend = page.locator(".sy-ramp")
    assert t("peoplepage.density") in legend.inner_text()
    assert legend.get_by_role("listitem").count() >= 6
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("(node) => node.scrollWidth <= node.clientWidth")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_panel_of_own_data_fits_a_phone(grid_url: str, visit: Open, language: Language) -> None:
    """Nothing runs off the side, whatever is brought."""
    t = translator(language)
    page = _opened(visit, grid_url, language, width=390, height=844)
    page.get_by_role("button", name=t("peoplepage.own")).click()
    panel = page.locator("[data-testid=stPopoverBody]")
    for kind in ("receptors", "regions", "places", "grid"):
        panel.get_by_role("radio", name=t(f"peoplepage.what.{kind}")).or_(
            panel.locator("button", has_text=t(f"peoplepage.what.{kind}"))
        ).first.click()
        panel.get_by_text(t(f"peoplepage.help.{kind}")).wait_for(timeout=WAIT_MS)
        box = panel.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390.5
        assert panel.evaluate("(node) => node.scrollWidth <= node.clientWidth + 1")


def _send(url: str, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, str]]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        connection.request(method, f"{parts.path}{path}", body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


def test_nobody_without_a_session_can_send_a_file(grid_url: str) -> None:
    """An address that no session was given takes nothing; pictures come as pictures or not at all."""
    assert _send(grid_url, "PUT", "/grids/guess?name=a.tif", b"II*\0")[0] == 404
    assert _send(grid_url, "POST", "/grids/guess?name=a.tif", b"II*\0")[0] == 405
    status, headers = _send(grid_url, "GET", f"/assets/shade/{'0' * 32}.png")
    assert (status, headers["x-content-type-options"]) == (404, "nosniff")


def test_a_file_that_is_too_large_is_stopped_on_its_way(grid_url: str, visit: Open, files: Path) -> None:
    """Where the server takes no more, the page says what to do."""
    t = translator("en")
    page = _opened(visit, grid_url, "en")
    page.get_by_role("button", name=t("peoplepage.own")).click()
    page.locator("input[accept='.tif,.tiff']").wait_for(state="attached", timeout=WAIT_MS)
    page.route("**/grids/*", lambda route: route.fulfill(status=413, body="{}"))
    big = files / "big.tif"
    big.write_bytes(np.zeros(1000, dtype=np.uint8).tobytes())
    page.locator("input[accept='.tif,.tiff']").set_input_files(big)
    page.get_by_text(t("peoplepage.upload.large", limit="1,000")[:40]).wait_for(timeout=WAIT_MS)
