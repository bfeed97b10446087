"""The page about roads in a real browser: clicks that set an end, draw an area, choose a road or a point of the chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from geo import catalogue, osm
from geo.i18n import translator
from tests import osm_worlds
from tests.browser.conftest import ROOT, map_frame, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Frame, Page

    from tests.browser.conftest import Visit

    Open = Callable[..., tuple[Page, Visit]]

WAIT_MS = 45_000
STILL_MS = 250
T = translator("en")


@pytest.fixture(scope="module")
def grid_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the app with a network file: a grid of roads, 9 by 9, at 71° east and 40° north."""
    folder = tmp_path_factory.mktemp("networks")
    ways = [(row, [10 * row + at for at in range(1, 10)], {"highway": "primary"}) for row in range(1, 10)]
    ways += [
        (20 + column, [10 * row + column for row in range(1, 10)], {"highway": "secondary"}) for column in range(1, 10)
    ]
    drawn = osm_worlds.write(tmp_path_factory.mktemp("osm") / "grid.osm", osm_worlds.grid(9, 9), ways)
    osm.build(drawn, folder / "grid.symapnet", borders=catalogue.load().borders)
    with serve(ROOT / "app.py", SYMAP_NETWORKS=str(folder)) as url:
        yield url


def _click(page: Page, x: float, y: float) -> None:
    """Click on the map at parts of its width and height."""
    box = page.locator("iframe[title*=st_folium]").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])


def _resting_spot(page: Page, frame: Frame) -> tuple[float, float]:
    """Give the middle of a grey road on the screen, once the page has run and the map stands still."""
    spots: list[tuple[float, float] | None] = [None]
    for _ in range(WAIT_MS // STILL_MS):
        page.wait_for_timeout(STILL_MS)
        busy = page.locator("[data-testid=stStatusWidget]").count() > 0
        found = frame.evaluate(
            """() => {
              const lines = [...document.querySelectorAll("path.symap-hit-stroke")];
              const line = lines.find((one) => one.getTotalLength() > 200);
              if (!line) return null;
              const point = line.getPointAtLength(line.getTotalLength() * 0.5).matrixTransform(line.getScreenCTM());
              return [point.x, point.y];
            }"""
        )
        box = page.locator("iframe[title*=st_folium]").bounding_box()
        here = None if busy or not found or box is None else (box["x"] + found[0], box["y"] + found[1])
        spots.append(here)
        if here is not None and spots[-4:] == [here] * 4:
            return here
    pytest.fail("the map did not come to rest")


def test_the_next_click_sets_the_end_that_was_announced(app_url: str, visit: Open) -> None:
    """First the start; then the switch stands at the end, which the second click sets."""
    page, _ = visit(f"{app_url}/routes", locale="en-GB")
    map_frame(page)
    page.get_by_role("radio", name=T("routepage.click.from")).or_(
        page.get_by_role("button", name=T("routepage.click.from"))
    ).first.click()
    page.wait_for_timeout(1000)
    _click(page, 0.22, 0.62)
    page.locator("h1.sy-title", has_text="° E to Khaidarkan").wait_for(timeout=WAIT_MS)
    page.wait_for_timeout(1500)
    _click(page, 0.72, 0.35)
    page.locator("h1.sy-title", has_text="° E to 4").or_(page.locator("h1.sy-title", has_text="° E to 3")).wait_for(
        timeout=WAIT_MS
    )


def test_a_grey_road_is_chosen_by_a_click(app_url: str, visit: Open) -> None:
    """It becomes the route, and a button leads back."""
    page, _ = visit(f"{app_url}/routes?from=RN-BISHKEK&to=RN-OSH&minimise=time&others=2", locale="en-GB")
    frame = map_frame(page)
    frame.locator("path.symap-hit-stroke").first.wait_for(state="attached", timeout=WAIT_MS)
    x, y = _resting_spot(page, frame)
    page.mouse.click(x, y)
    page.get_by_text(T("routepage.road.alternative", number="1")).first.wait_for(timeout=WAIT_MS)
    page.get_by_role("button", name=T("routepage.back-to-main")).click()
    page.get_by_role("button", name=T("routepage.back-to-main")).wait_for(state="detached", timeout=WAIT_MS)


def test_an_area_to_avoid_is_drawn_by_clicks(app_url: str, visit: Open) -> None:
    """Three corners, then it is finished: the legend names it, and the address carries it."""
    page, _ = visit(f"{app_url}/routes", locale="en-GB")
    map_frame(page)
    page.get_by_text(T("routepage.click.area")).first.click()
    page.get_by_role("button", name=T("routepage.sketch-done")).wait_for(timeout=WAIT_MS)
    for number, (x, y) in enumerate([(0.3, 0.45), (0.36, 0.6), (0.24, 0.62)], start=1):
        page.wait_for_timeout(800)
        _click(page, x, y)
        page.get_by_text(T.n("routepage.corners", number), exact=True).wait_for(timeout=WAIT_MS)
    page.get_by_role("button", name=T("routepage.sketch-done")).click()
    page.locator(".symap-legend").get_by_text(T("legend.avoid")).wait_for(timeout=WAIT_MS)
    page.wait_for_function("() => location.search.includes('avoid=7')", timeout=WAIT_MS)


def test_a_line_of_ones_own_is_drawn_by_clicks(app_url: str, visit: Open) -> None:
    """Two points: the question who lives along it opens by itself and answers; the points stand there to be mended."""
    page, _ = visit(f"{app_url}/routes", locale="en-GB")
    map_frame(page)
    page.get_by_text(T("routepage.click.line"), exact=True).first.click()
    for number, (x, y) in enumerate([(0.6, 0.5), (0.8, 0.62)], start=1):
        page.wait_for_timeout(800)
        _click(page, x, y)
        page.get_by_text(T.n("corridorpage.line-points", number), exact=True).wait_for(timeout=WAIT_MS)
    page.get_by_text(T("corridorpage.label", width="800 m")).wait_for(timeout=WAIT_MS)
    assert page.locator("textarea").input_value().count(";") == 1
    page.get_by_role("button", name=T("corridorpage.line-clear")).click()
    page.get_by_text(T.n("corridorpage.line-points", 0), exact=True).wait_for(timeout=WAIT_MS)


def test_on_a_network_file_a_point_of_the_chart_draws_its_road(grid_url: str, visit: Open) -> None:
    """The page then speaks of that road, the map shows it, and the address names it."""
    ends = "from=71.0002,40.0002&to=71.0798,40.0798&minimise=time&network=grid.symapnet"
    page, _ = visit(f"{grid_url}/routes?{ends}", locale="en-GB")
    frame = map_frame(page)
    page.get_by_text(T("routepage.tradeoff"), exact=True).click()
    points = page.locator("[data-testid=stVegaLiteChart] svg .mark-symbol path")
    points.first.wait_for(timeout=WAIT_MS)
    page.wait_for_timeout(1000)
    points.first.click(force=True)
    page.get_by_role("button", name=T("routepage.back-to-main")).wait_for(timeout=WAIT_MS)
    page.wait_for_function("() => location.search.includes('road=tradeoff-1')", timeout=WAIT_MS)
    counts = frame.evaluate("() => JSON.parse(document.querySelector('#map_div').dataset.symapFeatures)")
    assert counts["route"] == 1


def test_on_a_phone_the_answer_stands_first(app_url: str, visit: Open) -> None:
    """The map and what a click on it sets wait behind one switch; nothing is wider than the screen."""
    page, _ = visit(f"{app_url}/routes", width=390, height=844, locale="ru-RU")
    page.locator(".sy-answer").wait_for(timeout=WAIT_MS)
    page.wait_for_function(
        "() => document.querySelector('.st-key-map-frame-click').getBoundingClientRect().height < 5", timeout=WAIT_MS
    )
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
