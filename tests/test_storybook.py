"""Stories: what a file keeps, what is told of one that is old, foreign or edited by hand, and what stays usable."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from geo import sentences, storybook
from geo.errors import DataError, QuestionError
from geo.i18n import LANGUAGES, translator
from geo.storybook import Slide, Story
from geo.views import ViewError, decode
from tests.payloads import PAYLOADS

ROAD = "routes?from=ST-BATKEN&to=KG-KHD"


def _file(*slides: Any, **more: Any) -> bytes:
    return json.dumps({"symap_story": 1, "slides": list(slides), **more}).encode()


def _told(reading: storybook.Reading) -> list[tuple[int | None, str | None, str]]:
    return [(fault.row, fault.column, fault.code) for fault in reading.faults]


def test_the_bundled_story_has_five_slides_in_three_languages_and_no_number_of_its_own() -> None:
    """Numbers come from the tables when a slide is shown; a number typed here would grow old."""
    story = storybook.bundled()
    assert [slide.show for slide in story.slides] == ["record", "people", "chain", "road", "gaps"]
    for texts in (story.title, *(slide.title for slide in story.slides)):
        assert set(texts) == set(LANGUAGES)
        assert not re.search(r"\d", "".join(texts.values()))
    assert not any(slide.sentence for slide in story.slides)


def test_a_saved_story_is_read_back_as_it_was() -> None:
    """Views in full, own words with the Kyrgyz letters, order."""
    story = Story((Slide(ROAD, title={"ky": "Өңүр жолу"}), *storybook.bundled().slides), {"ru": "Проба"})
    reading = storybook.read(storybook.write(story), "s.json")
    assert reading.faults == ()
    assert reading.story == story
    assert "Өңүр жолу" in storybook.write(story).decode()


def test_a_view_is_kept_in_full_so_that_a_later_default_changes_no_slide() -> None:
    """What the link left out is written down when the slide is made."""
    slide = Slide("https://example.org/symap/routes?from=ST-BATKEN&to=KG-KHD&lang=ru")
    assert slide.view.startswith("routes?from=ST-BATKEN&to=KG-KHD&minimise=distance&through_abroad=0")
    assert slide.seen == decode(ROAD)
    assert slide.show == "road"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "story-not-json"),
        (b"\xff\xfe\x00", "story-not-json"),
        (b"{", "story-not-json"),
        (b'{"slides": [NaN]}', "story-not-json"),
        (b"[" * 100_000, "story-not-json"),
        (b"[]", "story-no-slides"),
        (b'{"slides": {}}', "story-no-slides"),
        (b"null", "story-no-slides"),
        (b" " * (storybook.MAX_BYTES + 1), "story-too-large"),
        (_file({"view": "nowhere?x=1"}), "story-view"),
    ],
)
def test_a_file_of_which_nothing_can_be_used_is_refused_in_words(content: bytes, code: str) -> None:
    """Typed, with the file's name, in every language."""
    with pytest.raises(DataError) as caught:
        storybook.read(content, "mine.json")
    assert caught.value.faults[0].code == code
    for language in LANGUAGES:
        assert "mine.json" in sentences.error(translator(language), caught.value)


def test_what_is_wrong_is_named_by_slide_and_key_and_the_rest_stays() -> None:
    """Eight mistakes in one file; the slides that can be shown are."""
    content = _file(
        {"view": ROAD, "titel": "x"},
        {"view": "exposure?places=KG-KHD&radii_m=wide", "show": "road"},
        7,
        {"view": "nonsense"},
        {"title": {"en": "No view"}},
        {"view": ROAD, "title": {"en": 5, "de": "Weg"}, "sentence": "one text"},
        {"view": ROAD, "sentence": {"ru": "я" * 500}},
        extra=1,
    )
    reading = storybook.read(content, "s.json")
    assert [slide.seen.page for slide in reading.story.slides] == ["routes", "exposure", "routes", "routes"]
    assert _told(reading) == [
        (None, "extra", "story-key"),
        (1, "titel", "story-key"),
        (2, "view", "story-view-part"),
        (2, "show", "story-show"),
        (3, None, "story-slide"),
        (4, "view", "story-view"),
        (5, "view", "story-view-missing"),
        (6, "title.en", "story-text"),
        (6, "title.de", "story-text"),
        (6, "sentence", "story-text"),
        (7, "sentence.ru", "story-text-long"),
    ]
    assert len(reading.story.slides[3].sentence["ru"]) == storybook.MAX_SENTENCE_CHARS
    for language in LANGUAGES:
        t = translator(language)
        for fault in reading.faults:
            assert t.has(f"fault.{fault.code}")
            assert t.has(f"remedy.{fault.code}")
            assert "{" not in sentences.fault(t, fault)


@pytest.mark.parametrize("show", [0, False, [], {}, 1.5, "tables"])
def test_what_a_slide_speaks_of_may_be_missing_but_nothing_else(show: object) -> None:
    """Neither null nor an empty text is a mistake; anything else that is none of the choices is named."""
    reading = storybook.read(_file({"view": ROAD, "show": show}), "s.json")
    assert _told(reading) == [(1, "show", "story-show")]
    assert reading.story == storybook.read(_file({"view": ROAD}), "s.json").story
    for empty in (None, ""):
        assert storybook.read(_file({"view": ROAD, "show": empty}), "s.json") == storybook.Reading(reading.story)


@pytest.mark.parametrize(
    ("version", "code"),
    [(0, "story-older"), (2, "story-newer"), (None, "story-version-unknown"), ("1", "story-version-unknown"), (True, "story-version-unknown")],
)  # fmt: skip
def test_a_file_of_another_version_is_read_as_far_as_it_goes(version: object, code: str) -> None:
    """Its slides are shown, and the reader is told."""
    reading = storybook.read(_file({"view": ROAD}, symap_story=version), "old.json")
    assert _told(reading) == [(None, "symap_story", code)]
    assert len(reading.story.slides) == 1


def test_more_slides_than_fit_are_left_out_and_counted() -> None:
    """Sixty is an evening."""
    reading = storybook.read(_file(*[{"view": ROAD}] * 75), "long.json")
    assert len(reading.story.slides) == storybook.MAX_SLIDES == 60
    assert _told(reading) == [(61, None, "story-too-many")]
    with pytest.raises(QuestionError, match="story-too-many"):
        reading.story.added(Slide(ROAD))


def test_slides_are_moved_replaced_and_removed_without_touching_the_story_they_came_from() -> None:
    """Order is what the speaker says; at the ends a slide stays where it is."""
    story = storybook.bundled()
    kinds = [slide.show for slide in story.slides]
    assert [slide.show for slide in story.moved(0, 1).slides] == ["people", "record", *kinds[2:]]
    assert story.moved(0, -1) == story
    assert story.moved(4, 5) == story
    assert [slide.show for slide in story.without(2).slides] == [*kinds[:2], *kinds[3:]]
    assert story.replaced(1, Slide(ROAD)).slides[1].show == "road"
    assert [slide.show for slide in story.slides] == kinds


def test_a_slide_that_cannot_be_is_refused() -> None:
    """A link that is none, and a kind that its page does not have."""
    with pytest.raises(ViewError):
        Slide("https://example.org/elsewhere")
    with pytest.raises(QuestionError, match="story-show"):
        Slide(ROAD, show="people")


@pytest.mark.parametrize("text", PAYLOADS)
def test_any_text_may_stand_in_a_story(text: str) -> None:
    """It becomes one clean line of bounded length, and the file reads back."""
    slide = Slide(ROAD, title={"ru": text}, sentence={"en": text})
    story = Story((slide,), {"ky": text})
    assert all(
        "\n" not in line and len(line) <= storybook.MAX_SENTENCE_CHARS
        for line in (*slide.title.values(), *slide.sentence.values())
    )
    assert storybook.read(storybook.write(story), "s.json") == storybook.Reading(story)
