"""Stories: ordered lists of saved views with titles and sentences of their own, kept in a small JSON file.

A story holds no number. What a slide says is asked of the tables at the moment it is shown; the file only remembers
which views to show, in which order, and what somebody wants to say about them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo import views
from geo.errors import DataError, Fault, QuestionError
from geo.faults import Faults
from geo.i18n import LANGUAGES
from geo.text import clean
from geo.views import decode, encode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.views import View

#: Version of the file that is written, and the newest that is read.
VERSION: Final = 1
#: A file longer than this was not written by Symap.
MAX_BYTES: Final = 400_000
MAX_SLIDES: Final = 60
MAX_TITLE_CHARS: Final = 120
MAX_SENTENCE_CHARS: Final = 400
#: What a slide of a page speaks of; the first is taken where a slide does not say.
SHOWS: Final[Mapping[str, tuple[str, ...]]] = {
    "overview": ("record", "records", "chain"),
    "exposure": ("people",),
    "routes": ("road",),
    "nearest": ("nearest",),
    "sources": ("gaps",),
}

_VERSION_KEY: Final = "symap_story"
_STORY_KEYS: Final = (_VERSION_KEY, "title", "slides")
_SLIDE_KEYS: Final = ("view", "show", "title", "sentence")
_BUNDLED_FILE: Final = Path(__file__).parent / "slidepage" / "story.json"


@dataclass(frozen=True)
class Slide:
    """One saved view, and what somebody wants to say about it.

    Parameters
    ----------
    view
        Address of the view as :func:`geo.views.encode` writes it.
    show
        What the slide speaks of, one of :data:`SHOWS` of its page; empty takes the first.
    title, sentence
        Own words by language code, in place of the answer's own; a language that is missing keeps the answer's.

    Raises
    ------
    QuestionError
        The view cannot be read (:class:`geo.views.ViewError`), its page has no slide (``story-page``), or it has none
        of that kind (``story-show``).
    """

    view: str
    show: str = ""
    title: Mapping[str, str] = field(default_factory=dict)
    sentence: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Write the view in full and fill in what the slide speaks of."""
        view = decode(self.view)
        shows = SHOWS.get(view.page)
        if shows is None:
            raise QuestionError("story-page", found=view.page)
        show = self.show or shows[0]
        if show not in shows:
            raise QuestionError("story-show", found=show, choices=", ".join(shows))
        object.__setattr__(self, "view", encode(view))
        object.__setattr__(self, "show", show)
        object.__setattr__(self, "title", _texts(self.title, MAX_TITLE_CHARS))
        object.__setattr__(self, "sentence", _texts(self.sentence, MAX_SENTENCE_CHARS))

    @property
    def seen(self) -> View:
        """Give the view itself."""
        return decode(self.view)


@dataclass(frozen=True)
class Story:
    """Slides in their order, under a title.

    Parameters
    ----------
    slides
        At most :data:`MAX_SLIDES`.
    title
        By language code.
    """

    slides: tuple[Slide, ...] = ()
    title: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse more slides than an evening has minutes (``story-too-many``)."""
        if len(self.slides) > MAX_SLIDES:
            raise QuestionError("story-too-many", count=len(self.slides), maximum=MAX_SLIDES)
        object.__setattr__(self, "title", _texts(self.title, MAX_TITLE_CHARS))

    def added(self, slide: Slide) -> Story:
        """Give the story with one more slide at its end."""
        return replace(self, slides=(*self.slides, slide))

    def moved(self, index: int, steps: int) -> Story:
        """Give the story with one slide some steps later, or earlier; at the ends it stays."""
        slides = list(self.slides)
        slide = slides.pop(index)
        slides.insert(min(max(index + steps, 0), len(slides)), slide)
        return replace(self, slides=tuple(slides))

    def without(self, index: int) -> Story:
        """Give the story without one slide."""
        return replace(self, slides=self.slides[:index] + self.slides[index + 1 :])

    def replaced(self, index: int, slide: Slide) -> Story:
        """Give the story with another slide in the place of one."""
        return replace(self, slides=(*self.slides[:index], slide, *self.slides[index + 1 :]))


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read of a file.

    Parameters
    ----------
    story
        The usable slides.
    faults
        What was left out and why: the row is the number of the slide, the column the key.
    """

    story: Story
    faults: tuple[Fault, ...] = ()


def _texts(texts: Mapping[str, str], max_chars: int) -> dict[str, str]:
    """Keep the languages that Symap speaks, each as one clean line; empty ones go."""
    lines = {language: clean(texts.get(language, ""), max_chars=max_chars) for language in LANGUAGES}
    return {language: line for language, line in lines.items() if line}


def _refused(constant: str) -> float:
    raise ValueError(constant)


def _parse(content: bytes, file: str) -> dict[str, Any]:
    if len(content) > MAX_BYTES:
        raise DataError((Fault("story-too-large", file, params={"maximum": str(MAX_BYTES // 1000)}),))
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        row = getattr(error, "lineno", None)
        raise DataError((Fault("story-not-json", file, row=row, found=clean(error)),)) from None
    if not isinstance(found, dict) or not isinstance(found.get("slides"), list):
        raise DataError((Fault("story-no-slides", file),))
    return found


def _check_version(found: dict[str, Any], faults: Faults) -> None:
    version = found.get(_VERSION_KEY)
    if isinstance(version, bool) or not isinstance(version, int):
        faults.add("story-version-unknown", column=_VERSION_KEY, found=_shown(version))
    elif version != VERSION:
        code = "story-newer" if version > VERSION else "story-older"
        faults.add(code, column=_VERSION_KEY, found=version, version=str(VERSION))


def _shown(value: object) -> str | None:
    """Write a value of the file in one line, for a message."""
    return None if value is None else clean(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _read_texts(value: object, faults: Faults, row: int | None, key: str, max_chars: int) -> dict[str, str]:
    """Read texts by language; anything else is noted and left out."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        faults.add("story-text", row, key, _shown(value))
        return {}
    kept: dict[str, str] = {}
    for language, line in value.items():
        if language not in LANGUAGES or not isinstance(line, str):
            faults.add("story-text", row, f"{key}.{clean(language)}", _shown(line))
            continue
        if len(clean(line, max_chars=None)) > max_chars:
            faults.add("story-text-long", row, f"{key}.{language}", line, maximum=str(max_chars))
        kept[language] = line
    return kept


def _read_slide(found: object, faults: Faults, row: int) -> Slide | None:
    if not isinstance(found, dict):
        faults.add("story-slide", row, found=_shown(found))
        return None
    for key in found:
        if key not in _SLIDE_KEYS:
            faults.add("story-key", row, clean(key), _shown(found[key]), choices=", ".join(_SLIDE_KEYS))
    view, show = found.get("view"), found.get("show")
    if not isinstance(view, str) or not view.strip():
        faults.add("story-view-missing", row, "view", _shown(view))
        return None
    title = _read_texts(found.get("title"), faults, row, "title", MAX_TITLE_CHARS)
    sentence = _read_texts(found.get("sentence"), faults, row, "sentence", MAX_SENTENCE_CHARS)
    seen = _read_view(view, faults, row)
    if seen is None:
        return None
    if show not in (None, "", *SHOWS[seen.page]):
        faults.add("story-show", row, "show", _shown(show), choices=", ".join(SHOWS[seen.page]))
        show = None
    return Slide(encode(seen), show or "", title, sentence)


def _read_view(text: str, faults: Faults, row: int) -> View | None:
    """Read a view as far as it can be read; what cannot is noted, and its page's usual values stand in."""
    reading = views.read(text)
    codes = {problem.code for problem in reading.problems}
    if codes & {"view-unknown-page", "view-too-long"} or reading.view.page not in SHOWS:
        faults.add("story-view", row, "view", text, choices=", ".join(SHOWS))
        return None
    for problem in reading.problems:
        part = problem.params.get("name") or problem.params.get("found") or ""
        faults.add("story-view-part", row, "view", text, part=clean(part))
    return reading.view


def read(content: bytes, file: str) -> Reading:
    """Read a story's file, and keep what can be used of one that is old or was edited by hand.

    Parameters
    ----------
    content
        The file.
    file
        Its name, for the messages.

    Returns
    -------
    Reading
        The usable slides, and what was left out.

    Raises
    ------
    DataError
        Nothing can be used: ``story-too-large``, ``story-not-json``, ``story-no-slides``, or no slide is readable.
    """
    found = _parse(content, file)
    faults = Faults(file)
    _check_version(found, faults)
    for key in found:
        if key not in _STORY_KEYS:
            faults.add("story-key", column=clean(key), found=_shown(found[key]), choices=", ".join(_STORY_KEYS))
    title = _read_texts(found.get("title"), faults, None, "title", MAX_TITLE_CHARS)
    rows = found["slides"]
    if len(rows) > MAX_SLIDES:
        faults.add("story-too-many", MAX_SLIDES + 1, found=len(rows), maximum=str(MAX_SLIDES))
    slides = [_read_slide(row, faults, number) for number, row in enumerate(rows[:MAX_SLIDES], start=1)]
    usable = tuple(slide for slide in slides if slide is not None)
    if rows and not usable:
        faults.raise_any()
    return Reading(Story(usable, title), tuple(faults.all()))


def write(story: Story) -> bytes:
    """Write a story as a file that people can read and edit."""
    slides = []
    for slide in story.slides:
        entry: dict[str, Any] = {"view": slide.view, "show": slide.show}
        entry |= {key: texts for key, texts in (("title", slide.title), ("sentence", slide.sentence)) if texts}
        slides.append(entry)
    content = {_VERSION_KEY: VERSION, "title": dict(story.title), "slides": slides}
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


@lru_cache(maxsize=1)
def bundled() -> Story:
    """Give the story that comes with Symap: Khaidarkan in five slides."""
    reading = read(_BUNDLED_FILE.read_bytes(), _BUNDLED_FILE.name)
    if reading.faults:
        raise DataError(reading.faults)
    return reading.story
