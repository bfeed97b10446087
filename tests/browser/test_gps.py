"""Where am I: by the phone's GPS on a press, refused, absent or rough; and typed in degrees, minutes and seconds."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from geo import fieldpack
from geo.i18n import LANGUAGES, translator
from tests.spellings import NO_SPOTS, SPOT, SPOTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from geo.dataset import Dataset
    from geo.i18n import Language
    from tests.browser.conftest import Visit

    Open = Callable[..., tuple[Page, Visit]]

pytestmark = pytest.mark.browser

WAIT_MS = 45_000
LOCALES = {"ru": "ru-RU", "ky": "ky-KG", "en": "en-GB"}
PHONE: dict[str, Any] = {"width": 390, "height": 844}
NEAR_BUJUM = {"latitude": 40.0033, "longitude": 70.8324, "accuracy": 23.0}


def _press(page: Page) -> None:
    page.locator("h1.sy-title").wait_for(timeout=WAIT_MS)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=WAIT_MS)
    page.locator(".st-key-gps button").click()


def _with(position: dict[str, float], locale: str) -> dict[str, Any]:
    return {**PHONE, "locale": locale, "geolocation": position, "permissions": ["geolocation"]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_phone_knows_where_it_is(app_url: str, visit: Open, language: Language) -> None:
    """One press: the list from there with its accuracy, a way to the reported place, nothing off the side."""
    page, _ = visit(f"{app_url}/nearest", **_with(NEAR_BUJUM, LOCALES[language]))
    t = translator(language)
    _press(page)
    page.get_by_text(t("field.gps-found", distance=t.km(30))).wait_for(timeout=WAIT_MS)
    page.locator(".sy-point").first.wait_for(timeout=WAIT_MS)
    page.wait_for_function("() => location.search.includes('at=70.8324,40.0033&')", timeout=WAIT_MS)
    assert "58" in page.locator(".sy-point").first.inner_text()
    assert t("illustrative") not in page.locator("[data-testid=stMain]").inner_text()
    ways = page.get_by_role("link", name=t("field.directions"))
    assert re.match(r"geo:39\.9\d+,71\.3\d+\?q=", ways.first.get_attribute("href") or "")
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("(node) => node.scrollWidth <= node.clientWidth")
    # What was asked for stands on the screen, not below it.
    box = page.locator("a.sy-call[href='tel:112']").last.bounding_box()
    assert box is not None
    assert 0 < box["y"] < PHONE["height"]


def test_nothing_is_asked_of_the_phone_before_the_press(app_url: str, visit: Open) -> None:
    """A page that asks at once is refused for good."""
    page, _ = visit(f"{app_url}/healthz", **_with(NEAR_BUJUM, "ru-RU"))
    page.add_init_script(
        "navigator.geolocation.getCurrentPosition = () => { window.symapAsked = (window.symapAsked || 0) + 1; }"
    )
    page.goto(f"{app_url}/nearest")
    page.locator(".st-key-gps button").wait_for(timeout=WAIT_MS)
    page.wait_for_timeout(500)
    assert page.evaluate("() => window.symapAsked") is None
    _press(page)
    page.wait_for_function("() => window.symapAsked === 1", timeout=WAIT_MS)
    page.get_by_text(translator("ru")("field.gps-searching")).wait_for(timeout=WAIT_MS)


#: What a phone does instead of giving a position, and what is then said.
FAILURES: tuple[tuple[str, str], ...] = (
    ("", "refused"),
    ("navigator.geolocation.getCurrentPosition = (_, no) => no({code: 2})", "absent"),
    ("navigator.geolocation.getCurrentPosition = (_, no) => no({code: 3})", "timeout"),
    ("Object.defineProperty(Navigator.prototype, 'geolocation', {get: () => undefined})", "absent"),
    ("Object.defineProperty(window, 'isSecureContext', {value: false})", "insecure"),
)


def test_why_there_is_no_position(app_url: str, visit: Open) -> None:
    """Each reason in the reader's language, and the village list beside it still works."""
    page, _ = visit(f"{app_url}/nearest", **PHONE, locale="ky-KG")
    t = translator("ky")
    for script, code in FAILURES:
        page.evaluate(f"() => {{ {script} }}")
        _press(page)
        said = page.locator(".st-key-gps p")
        said.filter(has_text=t(f"field.gps-{code}")).wait_for(timeout=WAIT_MS)
        assert page.locator(".st-key-gps button").is_enabled()
    assert page.get_by_label(t("nearest.at")).is_enabled()


@pytest.mark.parametrize(
    ("position", "key"),
    [
        ({"latitude": 40.0033, "longitude": 70.8324, "accuracy": 2400.0}, "gps.inaccurate"),
        ({"latitude": 40.38, "longitude": 71.78, "accuracy": 10.0}, "field.abroad"),
        ({"latitude": 52.5, "longitude": 13.4, "accuracy": 10.0}, "error.outside-window"),
    ],
)
def test_a_position_that_needs_a_word(app_url: str, visit: Open, position: dict[str, float], key: str) -> None:
    """Rough, abroad, or off the map: said, and no fault."""
    page, _ = visit(f"{app_url}/nearest", **_with(position, "en-GB"))
    _press(page)
    fills = {"distance": "2.4 km", "country": "Uzbekistan", "lon": "13.4", "lat": "52.5"}
    page.get_by_text(translator("en")(key, **fills).split(":")[0]).first.wait_for(timeout=WAIT_MS)
    assert page.locator("[data-testid=stException]").count() == 0


def test_degrees_minutes_and_seconds_are_typed(app_url: str, visit: Open) -> None:
    """As a paper map or a phone shows them, into the same box as the village's name."""
    page, _ = visit(f"{app_url}/nearest", locale="ru-RU")
    page.locator("h1.sy-title").wait_for(timeout=WAIT_MS)
    box = page.get_by_label(translator("ru")("nearest.at"))
    box.click()
    box.fill("39°56'30\"N 71°20'15\"E")
    page.get_by_role("option", name="71°20'15").first.wait_for(timeout=WAIT_MS)
    page.keyboard.press("Enter")
    page.wait_for_function("() => /at=71\\.33749\\d*,39\\.9416\\d*&/.test(location.search)", timeout=WAIT_MS)
    page.locator(".sy-point").first.wait_for(timeout=WAIT_MS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_misspelt_village_is_offered_to_press(app_url: str, visit: Open, language: Language) -> None:
    """A name with a wrong letter: the village is offered, one press asks from it and brings the answer up."""
    page, _ = visit(f"{app_url}/nearest", **PHONE, locale=LOCALES[language])
    t = translator(language)
    page.locator("h1.sy-title").wait_for(timeout=WAIT_MS)
    box = page.get_by_label(t("nearest.at"))
    box.click()
    box.fill("Бужим")
    # The list's own word for what is not in it is given in the reader's language.
    page.get_by_role("option", name=t("frame.look-up") + "Бужим", exact=True).wait_for(timeout=WAIT_MS)
    page.keyboard.press("Enter")
    page.get_by_text(t("frame.places-alike", name="Бужим")).wait_for(timeout=WAIT_MS)
    assert page.locator("[data-testid=stAlert]", has_text="Бужим").count() == 0
    offered = page.locator("[class*=st-key-meant-] button")
    # The sentence comes before the buttons under it.
    offered.first.wait_for(timeout=WAIT_MS)
    assert offered.count() == 1
    offered.click()
    page.locator(".sy-point").first.wait_for(timeout=WAIT_MS)
    page.wait_for_function("() => location.search.includes('at=ST-BUJUM&')", timeout=WAIT_MS)
    call = page.locator("a.sy-call[href='tel:112']").last
    page.wait_for_function("(call) => call.getBoundingClientRect().bottom < innerHeight", arg=call.element_handle())
    offered.first.wait_for(state="detached", timeout=WAIT_MS)


def test_words_that_the_frame_brings_in_english_follow_the_language(app_url: str, visit: Open) -> None:
    """The box for files, in whatever language is chosen last."""
    page, _ = visit(f"{app_url}/nearest", locale="ky-KG")
    for language in ("ky", "ru"):
        t = translator(language)  # type: ignore[arg-type]
        page.locator("[data-testid=stExpandSidebarButton]").click()
        drop = page.locator("[data-testid=stFileUploaderDropzone]").first
        drop.get_by_text(t("frame.upload"), exact=True).wait_for(timeout=WAIT_MS)
        drop.get_by_text(t("frame.per-file", n=20)).wait_for(timeout=WAIT_MS)
        page.locator("[data-testid=stSidebarCollapseButton] button").click()
        page.get_by_role("radio", name=t("language.ru")).click()


def test_the_field_page_reads_the_same_spellings(chromium: Browser, bundled: Dataset, tmp_path: Path) -> None:
    """What the app takes for coordinates, the page that works without a signal takes too, and nothing else."""
    path = tmp_path / "field.html"
    path.write_bytes(fieldpack.page(bundled, "ru", date(2026, 1, 1)).html)
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(path.as_uri())
    read = page.evaluate("(texts) => texts.map((text) => symapField.parseSpot(text))", [*SPOTS, *NO_SPOTS])
    context.close()
    for typed, found in zip(SPOTS, read, strict=False):
        assert found is not None, typed
        assert (found["lon"], found["lat"]) == pytest.approx(SPOT, abs=1e-9), typed
    assert dict(zip(NO_SPOTS, read[len(SPOTS) :], strict=True)) == dict.fromkeys(NO_SPOTS)
