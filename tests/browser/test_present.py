"""The show on a projector: keys, languages, sources, sizes; from a file, without a network, with hostile names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pypdfium2
import pytest

from geo import slides, storybook
from geo.i18n import LANGUAGES, translator
from geo.storybook import Slide, Story
from tests.hostile import hostile
from tests.payloads import PAYLOADS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from geo.dataset import Dataset
    from tests.browser.conftest import Visit

    Open = Callable[..., tuple[Page, Visit]]

pytestmark = pytest.mark.browser

SCREENS = {"hd": (1280, 720), "full": (1920, 1080), "four-by-three": (1024, 768)}
SHOWN = "() => document.querySelector('.slide.on .say[lang=' + document.documentElement.lang + ']')"


@pytest.fixture(scope="module")
def file(bundled: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the bundled show as it is taken along."""
    path = tmp_path_factory.mktemp("show") / "show.html"
    path.write_bytes(slides.make(bundled, storybook.bundled(), "ru").html)
    return path


@pytest.fixture
def open_show(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Give a function that opens a file on a screen; nothing may be asked for and nothing may go wrong in it."""
    contexts, faults = [], []

    def open_file(path: Path, size: tuple[int, int] = SCREENS["hd"], mark: str = "", **options: object) -> Page:
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda one: None if one.url.startswith(("file:", "data:")) else faults.append(one.url))
        page.goto(path.as_uri() + mark)
        page.wait_for_function("() => document.fonts.status === 'loaded'")
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert faults == []


def _place(page: Page) -> str:
    return page.locator("#place").inner_text()


def _title(page: Page) -> str:
    return page.locator(".slide.on h2:visible").inner_text()


def test_keys_lead_through_the_slides(open_show: Callable[..., Page], file: Path) -> None:
    """Arrows, pages, space, Home and End; at the ends it stays; every slide has its address."""
    page = open_show(file)
    assert _place(page) == "1 / 5"
    for key, place in (
        ("ArrowRight", 2), ("PageDown", 3), (" ", 4), ("End", 5), ("ArrowRight", 5), ("ArrowLeft", 4),
        ("PageUp", 3), ("Home", 1), ("ArrowLeft", 1),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert _place(page) == f"{place} / 5", key
        assert page.url.endswith(f"#{place}")
        assert page.locator(".slide.on").count() == 1
    page.mouse.click(1000, 300)
    assert _place(page) == "2 / 5"
    page.mouse.click(100, 300)
    assert _place(page) == "1 / 5"
    page.get_by_role("button", name=translator("ru")("present.on")).click()
    assert _place(page) == "2 / 5"
    page.keyboard.press("b")
    assert page.locator("#dark").is_visible()
    page.keyboard.press("ArrowRight")
    assert (page.locator("#dark").is_visible(), _place(page)) == (False, "2 / 5")


def test_the_room_is_switched_from_russian_to_kyrgyz_on_the_same_slide(
    open_show: Callable[..., Page], file: Path
) -> None:
    """By key or by button, title, number and document language change; the slide does not."""
    page = open_show(file, mark="#3")
    story = storybook.bundled()
    for key, language in (("1", "ru"), ("2", "ky"), ("3", "en")):
        page.keyboard.press(key)
        assert page.locator("html").get_attribute("lang") == language
        assert _title(page) == story.slides[2].title[language]
        assert _place(page) == "3 / 5"
    page.get_by_role("button", name="Кыр").click()
    assert page.url.endswith("#3-ky")
    page.keyboard.press("ArrowRight")
    assert _title(page) == story.slides[3].title["ky"]
    page.reload()
    assert (_place(page), page.locator("html").get_attribute("lang")) == ("4 / 5", "ky")


def test_where_does_that_number_come_from(open_show: Callable[..., Page], file: Path, bundled: Dataset) -> None:
    """One key or one click on the evidence: meaning and every source, in the language of the room; Escape closes."""
    page = open_show(file, mark="#2")
    t = translator("ru")
    head = slides.words(bundled, storybook.bundled().slides[1], t).headline
    page.keyboard.press("s")
    told = page.locator(".why.open")
    assert t(f"evidence.meaning.{head.evidence}") in told.inner_text()
    assert told.locator("ul").first.locator("li").count() == len(head.sources)
    page.keyboard.press("2")
    assert translator("ky")("present.why") in page.locator(".why.open").inner_text()
    page.keyboard.press("Escape")
    assert page.locator(".why.open").count() == 0
    page.locator(".slide.on .chip:visible").click()
    assert page.locator(".why.open").count() == 1
    page.locator(".why.open .close").click()
    assert page.locator(".why.open").count() == 0
    assert _place(page) == "2 / 5"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("screen", SCREENS)
def test_every_slide_is_read_from_the_back_of_the_room(
    open_show: Callable[..., Page], file: Path, screen: str, language: str
) -> None:
    """Numbers of a tenth of the height, sentences of a twenty-eighth; all of it visible, nothing cut or covered."""
    height = SCREENS[screen][1]
    page = open_show(file, SCREENS[screen], mark=f"#1-{language}")
    for number in range(1, 6):
        sizes = page.evaluate(
            """() => {
              const say = document.querySelector('.slide.on .say[lang=' + document.documentElement.lang + ']');
              const px = (one) => parseFloat(getComputedStyle(say.querySelector(one)).fontSize);
              const panel = say.querySelector('.panel'), bar = document.querySelector('#bar').getBoundingClientRect();
              const cut = [...panel.querySelectorAll('h2, p, span')].filter((one) => one.scrollWidth > panel.clientWidth);
              const foot = say.querySelector('.source').getBoundingClientRect();
              return [px('.number'), px('.sentence'), panel.scrollHeight - panel.clientHeight, cut.length, bar.left - foot.right];
            }"""
        )
        # A crowded slide in the narrowest format may give up a twentieth of its size.
        assert sizes[0] >= 0.95 * 0.1 * height, number
        assert sizes[1] >= 0.95 * 0.035 * height, number
        assert sizes[2] <= 1, number
        assert sizes[3] == 0, number
        assert sizes[4] >= 0, number
        page.keyboard.press("ArrowRight")


def test_a_phone_reads_it_too(open_show: Callable[..., Page], file: Path) -> None:
    """Map above, words below, no sideways scrolling, buttons for a thumb, a swipe turns the slide."""
    page = open_show(file, (390, 844), mark="#2", has_touch=True)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    number, sentence = page.locator(".slide.on .number:visible"), page.locator(".slide.on .sentence:visible")
    assert float(number.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)")) >= 40
    assert float(sentence.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)")) >= 17
    for button in page.locator("#bar button:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    page.evaluate(
        """() => { for (const [kind, x] of [['touchstart', 300], ['touchend', 120]]) {
          const touch = new Touch({ identifier: 1, target: document.body, clientX: x, clientY: 400 });
          dispatchEvent(new TouchEvent(kind, { touches: kind === 'touchstart' ? [touch] : [], changedTouches: [touch] }));
        } }"""
    )
    assert _place(page) == "3 / 5"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_browser_prints_one_slide_on_a_page_and_no_empty_one(
    open_show: Callable[..., Page], file: Path, scheme: str
) -> None:
    """All slides in the room's language, dark words on white paper whatever the screen shows."""
    page = open_show(file, color_scheme=scheme)
    printed = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    assert len(printed) == 5
    said = [sheet.get_textpage().get_text_bounded() for sheet in printed]
    assert all(said)
    page.emulate_media(media="print")
    # Else what is printed at once after a change of slide is an empty sheet.
    assert page.evaluate("() => getComputedStyle(document.querySelector('.slide.on')).animationName") == "none"
    ink = page.locator(".slide .number:visible").first.evaluate("(one) => getComputedStyle(one).color")
    assert max(map(int, re.findall(r"\d+", ink)[:3])) < 60


def test_keyboard_and_screen_reader_find_everything(open_show: Callable[..., Page], file: Path) -> None:
    """Buttons have names, the map has words, a change of slide is said; a reader who wants no motion gets none."""
    page = open_show(file, reduced_motion="reduce")
    assert page.evaluate("() => getComputedStyle(document.querySelector('.slide.on')).animationName") == "none"
    for button in page.locator("button:visible").all():
        assert (button.get_attribute("aria-label") or button.inner_text()).strip()
    assert page.locator(".slide.on svg:visible").get_attribute("aria-label") == _title(page)
    page.keyboard.press("ArrowRight")
    said = page.locator("#live").inner_text()
    assert _title(page) in said
    assert said.startswith("2 / 5")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.matches('.slide.on .chip')")
    page.keyboard.press("Enter")
    assert page.locator(".why.open").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(open_show: Callable[..., Page], file: Path, scheme: str) -> None:
    """At least 4.5 to 1 for every line, by the formula of WCAG 2, in both themes."""
    page = open_show(file, color_scheme=scheme, mark="#2")
    ratios = page.evaluate(
        r"""() => {
          const say = document.querySelector('.slide.on .say[lang=ru]');
          const rgb = (text) => text.match(/[\d.]+/g).slice(0, 3).map((part) => {
            const share = part / 255; return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4; });
          const light = (text) => { const [r, g, b] = rgb(text); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const ground = light(getComputedStyle(say.querySelector('.panel')).backgroundColor);
          return ['h2', '.label', '.number', '.sentence', '.caution', '.chip', '.source'].map((one) => {
            const ink = light(getComputedStyle(say.querySelector(one)).color);
            return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05); });
        }"""
    )
    assert min(ratios) >= 4.5
    page.keyboard.press("d")
    assert page.locator("html").get_attribute("data-theme") == ("light" if scheme == "dark" else "dark")


def test_hostile_names_and_words_do_nothing(open_show: Callable[..., Page], bundled: Dataset, tmp_path: Path) -> None:
    """Whatever is shown, asked and switched, the alarm of the corpus stays unset."""
    texts = [text for text in PAYLOADS if text.strip()]
    story = Story(
        tuple(
            Slide(
                slide.view, slide.show, dict.fromkeys(LANGUAGES, texts[i * 9]), dict.fromkeys(LANGUAGES, texts[i + 11])
            )
            for i, slide in enumerate(storybook.bundled().slides)
        ),
        dict.fromkeys(LANGUAGES, texts[14]),
    )
    path = tmp_path / "odd.html"
    path.write_bytes(slides.make(hostile(bundled), story, "en").html)
    page = open_show(path)
    for key in ("s", "2", "Escape", "ArrowRight") * 5:
        page.keyboard.press(key)
    page.wait_for_timeout(200)
    assert page.evaluate("() => window.symapAlarm") is None
    assert page.locator("img, iframe, script:not([type]) ~ script, main a").count() == 0


def test_the_page_starts_the_show_and_takes_it_along(app_url: str, visit: Open, tmp_path: Path) -> None:
    """Start opens it in the page, whose keys work; the file taken along is the same show."""
    page, _ = visit(f"{app_url}/present", locale="ru-RU")
    t = translator("ru")
    page.get_by_role("button", name=t("present.start")).click(timeout=45_000)
    frame = page.frame_locator("iframe[srcdoc]")
    frame.locator("#place").wait_for(timeout=60_000)
    frame.locator(".slide.on h2:visible").click(position={"x": 250, "y": 5})
    page.keyboard.press("ArrowRight")
    assert re.fullmatch(r"[23] / 5", frame.locator("#place").inner_text())
    with page.expect_download(timeout=60_000) as taken:
        page.get_by_role("button", name=t("present.take-along")).click()
    target = tmp_path / "taken.html"
    taken.value.save_as(target)
    assert storybook.bundled().slides[4].title["ky"] in target.read_text(encoding="utf-8")


def test_a_view_is_added_from_its_own_page(app_url: str, visit: Open) -> None:
    """The share button of a page adds what the page shows; the presentation then has six slides, its own in the file."""
    page, _ = visit(f"{app_url}/routes?from=ST-BATKEN&to=KG-KHD&minimise=time", locale="en-GB")
    t = translator("en")
    page.get_by_role("button", name=t("share.button")).click(timeout=60_000)
    page.get_by_role("button", name=t("present.add")).click(timeout=45_000)
    page.get_by_text(t.n("present.added", 6)).wait_for(timeout=45_000)
    page.keyboard.press("Escape")
    page.get_by_role("link", name=t("nav.present")).first.click()
    page.get_by_text("6. ").wait_for(timeout=60_000)
    assert page.get_by_role("link", name=t("present.new-tab")).count() == 0
    assert page.get_by_text(t("present.own-data")).count() == 1
