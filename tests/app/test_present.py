"""The page of the presentation without a browser: its list, links pasted into it, files, and what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from geo import storybook
from geo.i18n import LANGUAGES, translator
from geo.storybook import Slide, Story

from .conftest import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

LINK = "https://symap.example/routes?from=ST-BATKEN&to=KG-KHD&minimise=time"


def _press(app: AppTest, label: str) -> AppTest:
    next(one for one in app.button if one.label == label).click()
    return app.run()


def _story(app: AppTest) -> Story:
    kept: Any = app.session_state["present.story"]
    return kept  # type: ignore[no-any-return]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_says_what_each_slide_says_now(language: str, open_page: Callable[..., AppTest]) -> None:
    """Titles in the reader's language with today's numbers, and no traceback."""
    app = open_page("present", language)
    assert not app.exception
    said = words(app)
    for slide in storybook.bundled().slides:
        assert slide.title[language] in said
    assert "65" in said
    assert translator(language)("present.none-known") in said  # type: ignore[arg-type]


def test_slides_are_ordered_and_removed(open_page: Callable[..., AppTest]) -> None:
    """The second comes first, the last goes; the bundled story itself stays as it is."""
    app = open_page("present", "en")
    app.button(key="present.down.0").click().run()
    assert [slide.show for slide in _story(app).slides][:2] == ["people", "record"]
    app.button(key="present.remove.4").click().run()
    assert len(_story(app).slides) == 4
    assert len(storybook.bundled().slides) == 5
    assert translator("en")("present.own-data") in words(app).replace("\\", "")


def test_a_link_pasted_becomes_a_slide_and_a_wrong_one_a_sentence(open_page: Callable[..., AppTest]) -> None:
    """Any page's address; an unknown place, a page that is none, a script: told, and nothing is added."""
    app = open_page("present", "ky")
    t = translator("ky")
    app.text_input(key="present.paste").set_value(LINK)
    _press(app, t("present.add"))
    assert len(_story(app).slides) == 6
    assert "minimise=time" in _story(app).slides[5].view
    for wrong in ("javascript:alert(1)", "https://symap.example/routes?from=NO-SUCH", "nearest?waste=plutonium"):
        app.text_input(key="present.paste").set_value(wrong)
        _press(app, t("present.add"))
        assert not app.exception
        assert len(app.warning) >= 1, wrong
        assert len(_story(app).slides) == 6


def test_own_words_are_kept_by_language(open_page: Callable[..., AppTest]) -> None:
    """A Kyrgyz title typed by a Russian reader; the answer's own words stay where nothing is typed."""
    app = open_page("present", "ru", present__story=Story((Slide(LINK),)))
    t = translator("ru")
    field = t("present.in-language", field=t("present.own-title"), language=t("language.ky"))
    next(one for one in app.text_input if one.label == field).set_value("Өз жолубуз")
    _press(app, t("present.apply"))
    assert _story(app).slides[0].title == {"ky": "Өз жолубуз"}


def test_an_empty_story_says_what_to_do(open_page: Callable[..., AppTest]) -> None:
    """No slide, no show: a link, or the bundled five."""
    app = open_page("present", "en", present__story=Story())
    assert not app.exception
    assert [one.value for one in app.info] == [translator("en")("present.empty")]
    assert not [one for one in app.button if one.label == translator("en")("present.start")]


def test_a_slide_that_has_no_answer_is_listed_with_the_reason(open_page: Callable[..., AppTest]) -> None:
    """A story of somebody else's tables opens here too."""
    app = open_page("present", "en", present__story=Story((Slide("exposure?places=NO-SUCH"), Slide(LINK))))
    assert not app.exception
    assert translator("en")("present.refused") in words(app)
    assert "NO-SUCH" in words(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_file_got_wrong_is_told_by_slide(language: str, open_page: Callable[..., AppTest]) -> None:
    """Lines of a file are another count: the reader finds the slide by its number in the list."""
    content = b'{"symap_story": 1, "slides": [{"view": "overview"}, {"view": "tours"}]}'
    faults = storybook.read(content, "s.json").faults
    app = open_page("present", language, present__faults=("s.json", faults))
    assert not app.exception
    t = translator(language)  # type: ignore[arg-type]
    assert f"s.json · {t('fault.in-slide', row=2)} · view" in words(app)


def test_the_show_opens_in_the_page_and_closes_again(
    open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One frame with the whole file; the list comes back."""
    shown: list[str] = []
    monkeypatch.setattr("streamlit.iframe", lambda page, **_: shown.append(page))
    app = open_page("present", "en", present__story=Story((Slide(LINK),)))
    app.button(key="present.start").click().run()
    assert not app.exception
    assert "<!doctype html>" in shown[-1]
    assert 'class="slide"' in shown[-1]
    app.button(key="present.stop").click().run()
    assert len(shown) == 1
    assert app.text_input(key="present.paste").value == ""
