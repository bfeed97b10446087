"""The pages in a real browser without a network, as planners, speakers and field teams use them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook

from geo.i18n import LANGUAGES, translator
from tests.browser.conftest import map_frame, serve, settled
from tests.hostile import hostile, write_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from geo.dataset import Dataset
    from geo.i18n import Language
    from tests.browser.conftest import Visit

    Open = Callable[..., tuple[Page, Visit]]

pytestmark = pytest.mark.browser

PATHS = ("", "exposure", "routes", "nearest", "sources")
LOCALES = {"ru": "ru-RU", "ky": "ky-KG", "en": "en-GB"}
WAIT_MS = 45_000


def _heading(page: Page) -> str:
    heading = page.locator("h1.sy-title")
    heading.wait_for(timeout=WAIT_MS)
    return heading.inner_text()


def _type_place(page: Page, label: str, name: str) -> None:
    box = page.get_by_label(label)
    box.click()
    box.fill(name)
    page.get_by_role("option", name=name).first.wait_for(timeout=WAIT_MS)
    page.keyboard.press("Enter")
    settled(page)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_speaks_the_browsers_language_and_fits_a_phone(
    app_url: str, visit: Open, path: str, language: Language
) -> None:
    """Title, heading and document language are the reader's; nothing runs off the side at 390 pixels."""
    page, _ = visit(f"{app_url}/{path}", width=390, height=844, locale=LOCALES[language])
    assert _heading(page)
    settled(page)
    t = translator(language)
    nav = {"": "overview"}.get(path, path)
    page.wait_for_function("(title) => document.title.startsWith(title)", arg=t(f"nav.{nav}"), timeout=WAIT_MS)
    page.wait_for_function("(code) => document.documentElement.lang === code", arg=language, timeout=WAIT_MS)
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("(node) => node.scrollWidth <= node.clientWidth")
    assert page.locator("[data-testid=stException], [data-testid=stAppDeployButton], footer:visible").count() == 0


def test_who_lives_within_5_km_of_the_tailings(app_url: str, visit: Open) -> None:
    """A range, its evidence, each country, and what the number is not; the sources one click away."""
    page, _ = visit(f"{app_url}/exposure", locale="ru-RU")
    map_frame(page)
    box = page.get_by_label("Объекты, сёла или координаты")
    box.click()
    box.press("Backspace")
    settled(page)
    box.fill("Казарткар")
    box.press("Enter")
    page.locator("h1.sy-title", has_text="Казарткар").wait_for(timeout=WAIT_MS)
    settled(page)
    answer = page.locator(".sy-answer").first.inner_text()
    assert "5 км" in answer
    assert re.search(r"\d+[\u00a0\u202f ]?\d*–\d+", answer)
    assert "Узбекистан" in answer
    assert "Таджикистан" in answer
    assert page.get_by_text("не доказательство").count() >= 1
    page.locator("[class*=st-key-evidence-exposure] button").click()
    page.get_by_text("National Statistical Committee").first.wait_for(timeout=WAIT_MS)


def test_which_road_from_batken_to_khaidarkan(app_url: str, visit: Open) -> None:
    """65 km inside the country; the shorter road through Sokh is named with its countries, and not taken."""
    page, _ = visit(f"{app_url}/routes", locale="en-GB")
    frame = map_frame(page)
    answer = page.locator(".sy-answer").inner_text()
    assert "65 km" in answer
    assert "without leaving the country" in answer
    assert page.get_by_text("Uzbekistan").count() >= 1
    counts = frame.evaluate("() => JSON.parse(document.querySelector('#map_div').dataset.symapFeatures)")
    assert counts["route"] >= 1
    assert counts["route-alternative"] >= 1


def test_a_box_of_lamps_in_bujum(app_url: str, visit: Open) -> None:
    """The village typed in Cyrillic on a phone: no confirmed point, call 112, the nearest reported place as reported."""
    page, _ = visit(f"{app_url}/nearest", width=390, height=844, locale="ky-KG")
    _heading(page)
    settled(page)
    t = translator("ky")
    _type_place(page, t("nearest.at"), "Бужум")
    page.locator(".sy-point").first.wait_for(timeout=WAIT_MS)
    text = page.locator("[data-testid=stMain]").inner_text()
    assert t("nearest.reported") in text
    assert t("illustrative") not in text
    assert page.locator("a.sy-call[href='tel:112']").count() >= 1
    first = page.locator(".sy-point").first
    assert "58" in first.inner_text()
    # The list stands above the map, which waits behind its switch.
    frame_box = page.locator("[class*=st-key-map-frame]").bounding_box()
    list_box = first.bounding_box()
    assert frame_box is not None
    assert list_box is not None
    assert frame_box["y"] > list_box["y"]
    assert frame_box["height"] < 5
    page.get_by_text(t("frame.show-map")).click()
    page.wait_for_function(
        "() => document.querySelector('[class*=st-key-map-frame]').clientHeight > 300", timeout=WAIT_MS
    )


def test_a_thermometer_broke(app_url: str, visit: Open) -> None:
    """From any page one click leads to what to do now."""
    page, _ = visit(f"{app_url}/", locale="ru-RU")
    _heading(page)
    page.get_by_role("link", name=re.compile("Разбился термометр")).click()
    card = page.locator(".sy-card")
    card.wait_for(timeout=WAIT_MS)
    assert card.is_visible()
    assert card.locator("a[href='tel:112']").count() == 1


def test_the_room_switches_to_kyrgyz_and_the_view_stays(app_url: str, visit: Open) -> None:
    """The same places and radius, in the other language."""
    page, _ = visit(f"{app_url}/exposure", locale="ru-RU")
    map_frame(page)
    page.get_by_role("radio", name="10 км", exact=True).or_(
        page.get_by_role("button", name="10 км", exact=True)
    ).first.click()
    page.get_by_text("Население в радиусе 10 км").first.wait_for(timeout=WAIT_MS)
    page.get_by_text("Кыргызча", exact=True).click()
    page.get_by_text("10 км радиустагы калк").first.wait_for(timeout=WAIT_MS)
    assert "Хайдаркан" in _heading(page)


def test_a_ministrys_own_list_with_two_mistakes(app_url: str, visit: Open, tmp_path: Path) -> None:
    """The mistakes are named with row and remedy; the mended list replaces the examples, whose warning goes."""
    header = ["Название", "Широта", "Долгота", "Принимает", "Телефон"]
    right = ["Пункт 1", "40,0612", "70,8201", "лампы; термометры", "нет"]
    for file, rows in {
        "bad.xlsx": [right, ["Пункт 2", 71.3424, 39.9464, "лампы", ""], ["Пункт 3", 40.5, 72.8, "лампы; шины", ""]],
        "good.xlsx": [right, ["Пункт 2", 39.9464, 71.3424, "лампы", ""]],
    }.items():
        book = Workbook()
        for row in [header, *rows]:
            book.active.append(row)
        book.save(tmp_path / file)
    page, _ = visit(f"{app_url}/", locale="ru-RU")
    map_frame(page)
    count = "() => JSON.parse(document.querySelector('#map_div').dataset.symapFeatures)"
    assert map_frame(page).evaluate(count)["collection-illustrative"] == 15
    page.get_by_test_id("stExpandSidebarButton").click()
    page.locator("input[type=file]").set_input_files(tmp_path / "bad.xlsx")
    page.get_by_text(re.compile("bad.xlsx.*2 ошибки")).first.wait_for(timeout=WAIT_MS)
    settled(page)
    assert map_frame(page).evaluate(count)["collection-illustrative"] == 15
    told = page.locator(".sy-faults")
    assert [told.get_by_text(f"bad.xlsx · строка {row}").count() for row in (3, 4)] == [1, 1]
    assert "шины" in told.inner_text()
    page.locator("input[type=file]").set_input_files(tmp_path / "good.xlsx")
    page.get_by_text(re.compile("good.xlsx, 2 записи")).first.wait_for(timeout=WAIT_MS)
    settled(page)
    map_frame(page).wait_for_function(
        "() => JSON.parse(document.querySelector('#map_div').dataset.symapFeatures).collection === 2"
    )
    assert "collection-illustrative" not in map_frame(page).evaluate(count)
    # The list in use answers the complaint about the first one, though its file has another name.
    told.wait_for(state="detached", timeout=WAIT_MS)
    page.get_by_text(translator("ru")("record.illustrative-shown")).wait_for(state="detached", timeout=WAIT_MS)


def test_a_planner_sets_the_true_position(app_url: str, visit: Open, tmp_path: Path) -> None:
    """The range shrinks, and the corrected table is there to take along."""
    page, _ = visit(f"{app_url}/exposure", locale="en-GB")
    map_frame(page)
    before = page.locator(".sy-answer").first.inner_text()
    page.get_by_role("button", name="More").click()
    page.get_by_label("Latitude, longitude").fill("39.95, 71.36")
    page.get_by_label("Error of the position, m").fill("100")
    page.get_by_role("button", name="Set the position").click()
    page.wait_for_function(
        "(before) => document.querySelector('.sy-answer').innerText !== before", arg=before, timeout=WAIT_MS
    )
    settled(page)
    if not page.get_by_role("button", name="Download the corrected table").is_visible():
        page.get_by_role("button", name="More").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download the corrected table").click()
    path = tmp_path / "sites.csv"
    taken.value.save_as(path)
    assert "position set by the user" in path.read_text(encoding="utf-8-sig")


def test_a_click_on_a_sign_shows_its_record(app_url: str, visit: Open) -> None:
    """The details stand beside the map, their sources one click further."""
    page, _ = visit(f"{app_url}/", locale="en-GB")
    frame = map_frame(page)
    mark = frame.locator(".symap-mark[role=button][aria-label*='Example point, Batken']").first
    mark.click(force=True)
    page.get_by_text("Example point, Batken").first.wait_for(timeout=WAIT_MS)
    page.locator(".sy-example", has_text="example, not a real place").first.wait_for(timeout=WAIT_MS)
    settled(page)
    page.locator(".st-key-evidence-record button").first.click()
    page.locator(".sy-sources", has_text="shows what a loaded list does").first.wait_for(timeout=WAIT_MS)


@pytest.fixture(scope="module")
def hostile_url(bundled: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the app on a folder in which every free text is a payload."""
    folder = tmp_path_factory.mktemp("hostile")
    write_folder(hostile(bundled), folder)
    from tests.browser.conftest import ROOT  # noqa: PLC0415 - beside its use

    with serve(ROOT / "app.py", SYMAP_DATA=str(folder)) as url:
        yield url


@pytest.mark.parametrize("path", ["", "exposure", "routes?x=1", "nearest", "sources"])
def test_nothing_in_a_table_runs_in_the_browser(hostile_url: str, visit: Open, path: str) -> None:
    """Names, notes, sources and contacts full of payloads: the page lives and nothing executes."""
    page, _ = visit(f"{hostile_url}/{path}", locale="en-GB")
    assert _heading(page)
    settled(page)
    page.wait_for_timeout(500)
    assert page.evaluate("() => window.symapAlarm") is None
    for frame in page.frames:
        assert frame.evaluate("() => window.symapAlarm") is None
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.locator("[data-testid=stMain] img[src=x], [data-testid=stMain] script").count() == 0
