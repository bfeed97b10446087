"""The map in a real browser without a network: what is drawn, what a click says, and what stays text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from geo import layers
from geo.i18n import translator
from tests.browser.conftest import map_frame
from tests.payloads import PAYLOADS

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Frame, Page

    from geo.dataset import Dataset
    from tests.browser.conftest import Visit

    Open = Callable[..., tuple[Page, Visit]]

pytestmark = pytest.mark.browser

RERUN_MS = 15_000


def _counts(frame: Frame) -> dict[str, int]:
    return dict(json.loads(frame.locator("#map_div").get_attribute("data-symap-features") or "{}"))


def _last(page: Page, count: int) -> list[object]:
    """Wait until the page was told of a number of clicks, and give the last one."""
    page.locator("#told", has_text=str(count)).wait_for(timeout=RERUN_MS)
    return list(json.loads(page.locator("#last").inner_text()))


@pytest.mark.parametrize("path", ["", "exposure", "routes", "nearest"])
@pytest.mark.parametrize("width", [1280, 390])
def test_each_page_draws_its_map_from_its_own_host(app_url: str, visit: Open, path: str, width: int) -> None:
    """With every other host refused, each page draws borders, enclaves and settlements."""
    page, _ = visit(f"{app_url}/{path}", width=width, locale="ru-RU")
    frame = map_frame(page)
    counts = _counts(frame)
    assert counts["enclave"] == 4
    assert counts["settlement"] > 100
    assert frame.locator("path.symap-border").count() > 5
    assert "OpenStreetMap" in frame.locator(".symap-note").inner_text()


def test_what_is_drawn_is_what_the_tables_hold(harness_url: str, visit: Open, bundled: Dataset) -> None:
    """Features are counted against the tables, not merely found to be there."""
    page, _ = visit(f"{harness_url}/")
    frame = map_frame(page)
    counts = _counts(frame)
    known = int(bundled.settlements["population_persons"].notna().sum())
    assert counts["settlement"] == known
    assert counts["settlement-unknown"] == len(bundled.settlements) - known
    assert counts["ring"] == counts["ring-label"] == 5
    assert counts["site-circle"] == len(layers.error_circles(bundled, translator("ru"), tables=("sites",)).features)
    for label in ("1 км", "20 км"):
        assert frame.locator(".symap-label-ring", has_text=label).count() >= 1
    assert frame.locator(".symap-label-area", has_text="Сох").count() == 1
    # Every land polygon, enclave hatches among them, lies under the rings.
    assert frame.locator("path.symap-land-enclave").count() >= 4
    assert "symap-hatch" in (frame.locator("path.symap-land-enclave").first.get_attribute("style") or "")


def test_labels_never_cover_each_other(harness_url: str, visit: Open) -> None:
    """Names are placed by importance; one that finds no room is left out."""
    page, _ = visit(f"{harness_url}/")
    frame = map_frame(page)
    overlaps = frame.evaluate(
        """() => {
          const boxes = [...document.querySelectorAll(".symap-label")].map((label) => label.getBoundingClientRect());
          const hit = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
          return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => hit(a, b))).length;
        }"""
    )
    assert frame.locator(".symap-label").count() > 10
    assert overlaps == 0


def test_clicks_report_the_record_or_the_spot_once(harness_url: str, visit: Open) -> None:
    """Clicks report the record or the spot once."""
    page, _ = visit(f"{harness_url}/")
    frame = map_frame(page)
    page.locator("#told", has_text="0").wait_for(timeout=RERUN_MS)
    frame.locator(".symap-mark[role=button]").first.click()
    assert _last(page, 1) == ["record", "sites", "KG-KHD"]
    frame.locator(".symap-mark[role=button]").first.focus()
    page.keyboard.press("Enter")
    assert _last(page, 2) == ["record", "sites", "KG-KHD"]
    frame.locator("#map_div").click(position={"x": 560, "y": 470})
    assert _last(page, 3)[0] == "spot"
    # A rerun for another reason does not repeat the click.
    page.get_by_text("dark", exact=True).click()
    frame.locator("#map_div[data-symap-theme=dark]").wait_for(timeout=RERUN_MS)
    assert page.locator("#told").inner_text() == "3"


def test_a_new_answer_language_or_theme_never_reloads_the_map(harness_url: str, visit: Open) -> None:
    """A value left in the frame survives, and only one overlay is kept."""
    page, _ = visit(f"{harness_url}/")
    frame = map_frame(page)
    frame.evaluate("() => { window.stamp = 1; map.setZoom(11, { animate: false }); }")
    page.get_by_text("ky", exact=True).click()
    frame.locator(".symap-note", has_text="Чек аралар").wait_for(timeout=RERUN_MS)
    # The reader's own zoom survives a change of language; a new answer moves the view.
    assert frame.evaluate("() => map.getZoom()") == 11
    page.get_by_text("route", exact=True).click()
    frame.wait_for_function("() => 'route' in JSON.parse(document.querySelector('#map_div').dataset.symapFeatures)")
    assert "ring" not in _counts(frame)
    assert frame.evaluate("() => window.stamp") == 1
    assert frame.evaluate("() => window.feature_group.length") == 1


def test_an_online_background_that_cannot_be_reached_leaves_the_bundled_one(harness_url: str, visit: Open) -> None:
    """The one foreign request of the suite is the one that the reader switched on."""
    page, one = visit(f"{harness_url}/")
    frame = map_frame(page)
    page.get_by_text("online", exact=True).click()
    frame.locator("#map_div[data-symap-tiles=failed]").wait_for(timeout=RERUN_MS)
    assert frame.locator("path.symap-land-home").first.is_visible()
    assert "Онлайн-подложка недоступна" in frame.locator(".symap-note").inner_text()
    assert one.foreign
    assert all(url.startswith("http://127.0.0.1:1/") for url in one.foreign)
    one.foreign.clear()


def test_hostile_names_stay_text(harness_url: str, visit: Open) -> None:
    """Marks, labels, tooltips, circles and country names all hold the payloads; none may run or become markup."""
    page, _ = visit(f"{harness_url}/?view=hostile")
    frame = map_frame(page)
    assert sum(_counts(frame).values()) == 2 * len(PAYLOADS)
    for mark in frame.locator(".symap-mark[role=button]").all()[:6]:
        mark.hover(force=True)
        mark.click(force=True)
    page.wait_for_timeout(1500)
    assert frame.evaluate("() => window.symapAlarm") is None
    assert page.evaluate("() => window.symapAlarm") is None
    assert (
        frame.locator(".symap-label script, .symap-label img, .symap-tip img, .symap-tip script, iframe").count() == 0
    )


def test_marks_and_dots_are_large_enough_for_a_thumb(harness_url: str, visit: Open) -> None:
    """On a phone, every target is at least 24 pixels wide and the map does not scroll sideways."""
    page, _ = visit(f"{harness_url}/", width=390, height=840)
    frame = map_frame(page)
    sizes = frame.evaluate(
        """() => [...document.querySelectorAll(".symap-mark, .symap-hit-fill")].map((target) => {
          const box = target.getBoundingClientRect();
          return Math.min(box.width, box.height);
        }).filter((size) => size > 0)"""
    )
    assert len(sizes) > 5
    assert min(sizes) >= 24
    assert frame.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
