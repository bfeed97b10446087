"""Links in a real browser: the address follows what is chosen, opens the same page again, and can be passed on."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from geo import views
from geo.i18n import LANGUAGES, translator
from geo.views import View
from tests.browser.conftest import ROOT, map_frame, serve, settled
from tests.qr import decode, squares_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from geo.i18n import Language
    from tests.browser.conftest import Visit

    Open = Callable[..., tuple[Page, Visit]]

pytestmark = pytest.mark.browser

WAIT_MS = 45_000
LOCALES = {"ru": "ru-RU", "ky": "ky-KG", "en": "en-GB"}
VIEWS: dict[str, dict[str, Any]] = {
    "overview": {"layers": ("sites", "storage"), "kinds": ("tailings",), "record": "SF-ECOCOMPLEX"},
    "exposure": {"places": ("71.34180000000123,39.9432",), "radii_m": (1500.5, 7000.0), "radius_m": 7000.0},
    "routes": {"from": "ST-BUJUM", "to": "RN-OSH", "minimise": "time"},
    "nearest": {"at": "ST-BUJUM", "waste": "thermometers", "count": 5, "remote_distance_km": 80},
    "sources": {"part": "claims"},
}
#: What on the page shows that the link was followed.
SIGNS = {"overview": "2020", "exposure": r"71[.,]3418", "routes": "Бужум|Bujum", "nearest": "58"}


def _settled(page: Page) -> None:
    page.locator("h1.sy-title").wait_for(timeout=WAIT_MS)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=WAIT_MS)


def _query_is(page: Page, query: str) -> None:
    page.wait_for_function("(query) => location.search.slice(1) === query", arg=query, timeout=WAIT_MS)


def _share(page: Page) -> str:
    """Open the share button and give the address in it."""
    page.locator(".st-key-share button").first.click()
    field = page.locator(".st-key-share-copy input")
    field.wait_for(timeout=WAIT_MS)
    return field.input_value()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page_code", VIEWS)
def test_a_link_opens_its_page_and_the_address_says_the_same(
    app_url: str, visit: Open, page_code: str, language: Language
) -> None:
    """Half a link opens the page; the address bar then holds the whole view, in no language of its own."""
    view = View(page_code, VIEWS[page_code])
    given = "&".join(
        part for part in views.encode(view).split("?")[1].split("&") if part.split("=")[0] in VIEWS[page_code]
    )
    path = "" if page_code == "overview" else page_code
    page, _ = visit(f"{app_url}/{path}?{given}", locale=LOCALES[language])
    _settled(page)
    _query_is(page, views.encode(view).split("?")[1])
    page.wait_for_function("(code) => document.documentElement.lang === code", arg=language, timeout=WAIT_MS)
    assert page.get_by_text(translator(language)("view.problems")).count() == 0
    sign = SIGNS.get(page_code) or re.escape(translator(language)("claims.lead")[:30])
    assert re.search(sign, page.locator("[data-testid=stMain]").inner_text())


@pytest.mark.parametrize("page_code", [code for code in VIEWS if code != "sources"])
def test_the_room_switches_back_and_forth_and_every_choice_stays(app_url: str, visit: Open, page_code: str) -> None:
    """After each switch the lists show what they showed, in the new words, and the address says the same."""
    view = View(page_code, VIEWS[page_code] | ({"waste": "lamps"} if page_code == "overview" else {}))
    page, _ = visit(f"{app_url}/{views.encode(view)}".replace("/overview?", "/?"), locale="ru-RU")
    query = views.encode(view).split("?")[1]
    _query_is(page, query)
    map_frame(page)
    settled(page)
    shown = _lists(page)
    assert shown
    for language in ("ky", "en", "ru"):
        page.get_by_text(translator(language)(f"language.{language}"), exact=True).click()
        _query_is(page, query if language == "ru" else f"{query}&lang={language}")
        page.wait_for_function("(code) => document.documentElement.lang === code", arg=language, timeout=WAIT_MS)
        settled(page)
        assert page.locator("[data-testid=stAlertContentError]").count() == 0
        assert len(_lists(page)) == len(shown)
        if language == "en":
            assert not [words for words in _lists(page) if "опорная точка" in words or "хранилище" in words]
    assert _lists(page) == shown


def _lists(page: Page) -> list[str]:
    """Give the words that the page's lists show for what is chosen in them."""
    return list(
        page.locator("[data-testid=stMain]").evaluate(
            """(main) => [...main.querySelectorAll("[data-testid=stSelectbox] input"),
              ...main.querySelectorAll("[data-testid=stMultiSelect] [data-tag]")].map((one) => one.value || one.innerText)"""
        )
    )


def _read_code(page: Page, source: str) -> str:
    """Read a QR code as a phone does: from its picture, large enough."""
    other = page.context.new_page()
    other.set_content(f'<body style="margin:0"><img src="{source}" style="width:800px"></body>')
    shot = Image.open(io.BytesIO(other.locator("img").screenshot())).convert("L")
    other.close()
    return decode(squares_of(np.asarray(shot)))


def test_a_copied_address_opens_the_same_page_elsewhere(app_url: str, visit: Open) -> None:
    """By the button, without a network: the other reader sees the same choices in their own language."""
    view = View("exposure", VIEWS["exposure"])
    page, one = visit(f"{app_url}/{views.encode(view)}&lang=ky", locale="ru-RU")
    one.context.grant_permissions(["clipboard-read", "clipboard-write"])
    _settled(page)
    _query_is(page, views.encode(view).split("?")[1] + "&lang=ky")
    address = _share(page)
    assert address == views.link(view, app_url)
    code = page.locator("img.sy-code")
    assert code.evaluate("(image) => image.complete && image.naturalWidth > 100")
    assert _read_code(page, str(code.get_attribute("src"))) == address
    page.get_by_role("button", name=translator("ky")("share.copy")).click()
    page.get_by_text(translator("ky")("share.copied"), exact=True).wait_for(timeout=WAIT_MS)
    assert page.evaluate("() => navigator.clipboard.readText()") == address
    other, _ = visit(address, locale="en-GB")
    _settled(other)
    _query_is(other, views.encode(view).split("?")[1])
    assert "39.9432° N, 71.3418° E" in other.locator("h1.sy-title").inner_text()


def test_an_address_is_selected_where_the_clipboard_is_closed(app_url: str, visit: Open) -> None:
    """Over plain HTTP a browser keeps the clipboard to itself."""
    page, _ = visit(f"{app_url}/sources", width=390, height=844, locale="ru-RU")
    _settled(page)
    page.evaluate("() => { Object.defineProperty(window, 'isSecureContext', {value: false}); }")
    address = _share(page)
    page.get_by_role("button", name=translator("ru")("share.copy")).click()
    words = [translator("ru")(f"share.{code}") for code in ("copied", "select")]
    said = page.locator(".st-key-share-copy p")
    said.filter(has_text=re.compile("|".join(map(re.escape, words)))).wait_for(timeout=WAIT_MS)
    assert page.locator(".st-key-share-copy input").evaluate("(field) => field.selectionEnd") == len(address)
    assert page.locator("[data-testid=stMain]").evaluate("(node) => node.scrollWidth <= node.clientWidth")


def test_the_address_follows_without_a_step_in_the_history(app_url: str, visit: Open) -> None:
    """A choice changes the address and nothing else: the map stays, and one step back leaves the page."""
    page, _ = visit(f"{app_url}/", locale="en-GB")
    frame = map_frame(page)
    _query_is(page, views.encode(View("overview", {})).split("?")[1])
    frame.evaluate("() => { window.symapWasHere = true; }")
    steps = page.evaluate("() => history.length")
    page.get_by_test_id("stMain").get_by_role("button", name=translator("en")("table.road_sections")).click()
    shorter = View("overview", {"layers": ("sites", "storage", "collection_points", "settlements")})
    _query_is(page, views.encode(shorter).split("?")[1])
    assert page.evaluate("() => history.length") == steps
    assert map_frame(page).evaluate("() => window.symapWasHere === true")
    page.get_by_role("link", name=translator("en")("nav.sources")).click()
    _query_is(page, views.encode(View("sources", {})).split("?")[1])
    page.go_back()
    _query_is(page, views.encode(shorter).split("?")[1])
    page.locator("h1.sy-title", has_text=translator("en")("overview.title")).wait_for(timeout=WAIT_MS)
    assert page.get_by_text(translator("en")("view.problems")).count() == 0


@pytest.mark.parametrize(
    "query",
    [
        "places=%3Cimg%20src%3Dx%20onerror%3Dwindow.symapAlarm%3D1%3E&corrections=%5Bx%5D(javascript:symapAlarm%3D1)",
        "%3Cscript%3Ewindow.symapAlarm%3D1%3C/script%3E=1&radii_m=%24%7Bwindow.symapAlarm%3D1%7D",
        "places=%FF%FE%00&radius_m=1e999&x=" + "x" * 9000,
    ],
)
def test_a_hostile_address_gets_a_friendly_message(app_url: str, visit: Open, query: str) -> None:
    """Nothing runs, the page stands with its defaults, and its own address is whole again."""
    page, _ = visit(f"{app_url}/exposure?{query}", locale="ru-RU")
    _settled(page)
    page.get_by_text(translator("ru")("view.problems")).wait_for(timeout=WAIT_MS)
    _query_is(page, views.encode(View("exposure", {})).split("?")[1])
    assert page.evaluate("() => window.symapAlarm") is None
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.locator("[data-testid=stMain] img[src=x], [data-testid=stMain] a[href^=javascript]").count() == 0


def test_an_address_of_no_page_is_answered_in_the_reader_s_language(app_url: str, visit: Open) -> None:
    """The frame's own English words give way, and the first page stands behind them."""
    page, one = visit(f"{app_url}/tours?x=1", locale="ky-KG")
    said = page.get_by_role("dialog")
    said.get_by_text(translator("ky")("frame.no-page"), exact=True).wait_for(timeout=WAIT_MS)
    said.get_by_text(translator("ky")("frame.no-page-told"), exact=True).wait_for(timeout=WAIT_MS)
    page.locator("h1.sy-title", has_text=translator("ky")("overview.title")).wait_for(timeout=WAIT_MS)
    # The frame notes in the console that it found no page.
    one.faults[:] = [fault for fault in one.faults if not fault.startswith("The page that you have requested")]


def test_a_screen_reader_hears_the_page_s_language(app_url: str, visit: Open) -> None:
    """The map, its way out, helps and crosses are named in the reader's words, also after a switch."""
    page, _ = visit(f"{app_url}/exposure", locale="ky-KG")
    map_frame(page)
    for language in ("ky", "ru", "en"):
        t = translator(language)
        if language != "ky":
            page.get_by_text(t(f"language.{language}"), exact=True).click()
        page.wait_for_function("(code) => document.documentElement.lang === code", arg=language, timeout=WAIT_MS)
        page.locator(f'iframe[aria-label="{t("frame.said-map")}"]').wait_for(timeout=WAIT_MS)
        for name in (f'^="{t("frame.said-remove", n="")}"', f'="{t("frame.said-home")}"'):
            page.locator(f"[aria-label{name}]").first.wait_for(state="attached", timeout=WAIT_MS)


def test_a_link_under_a_base_path(visit: Open) -> None:
    """Behind a proxy the address keeps the path that the app lives under."""
    with serve(ROOT / "app.py", base_path="symap") as url:
        view = View("sources", {"part": "rules"})
        page, _ = visit(views.link(view, url), locale="en-GB")
        _settled(page)
        assert _share(page) == views.link(view, url) == f"{url}/sources?part=rules"
        # The press that leaves the page also closes what is open; the other page must come all the same.
        page.get_by_role("link", name=translator("en")("nav.overview")).click()
        _query_is(page, views.encode(View("overview", {})).split("?")[1])
        page.locator("h1.sy-title", has_text=translator("en")("overview.title")).wait_for(timeout=WAIT_MS)
        assert _share(page) == views.link(View("overview", {}), url)
