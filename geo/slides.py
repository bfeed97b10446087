"""The show: a story as one file of HTML that needs neither a server nor a network, in three languages at once."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo import fonts, sentences, slide_facts, slide_layers, slide_map, slide_words
from geo.catalogue import entries
from geo.errors import SymapError
from geo.headlines import Headline
from geo.i18n import LANGUAGES, translator
from geo.signs import PALETTES
from geo.slide_words import SlideWords
from geo.storybook import Slide
from geo.text import html, json_script

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.dataset import Dataset
    from geo.i18n import Language, Translator
    from geo.means import Means
    from geo.network import Network
    from geo.slide_facts import Facts
    from geo.storybook import Story
    from geo.views import View

PARTS_DIR: Final = Path(__file__).parent / "slidepage"

#: A source line at the foot names no more sources than this; one click shows all.
_MOST_SOURCES: Final = 1
#: A number of more characters gets smaller letters; a range breaks at its dash.
_SHORT_CHARS: Final = 7
_LONG_CHARS: Final = 16
_MANY_SOURCES: Final = 8
#: A slide of 320 mm becomes a picture of 252 pixels.
_SMALL_DPI: Final = 20.0
_WORDS: Final = ("why", "theme", "full", "back", "on", "bar")


@dataclass(frozen=True)
class Show:
    """A show ready to be opened, saved or sent.

    Parameters
    ----------
    html
        The file.
    refused
        Numbers of the slides that have no answer, counted from one, and why.
    """

    html: bytes
    refused: tuple[tuple[int, SymapError], ...] = ()

    @cached_property
    def gzipped(self) -> bytes:
        """The same as it is sent."""
        return gzip.compress(self.html, 6, mtime=0)

    @property
    def etag(self) -> str:
        """Give the identity of the content, for caches."""
        return hashlib.sha256(self.html).hexdigest()[:16]


@dataclass(frozen=True)
class Drawn:
    """The slides of a story in all languages, which every show of it shares.

    Parameters
    ----------
    story
        What was drawn.
    sections
        The slides as HTML.
    refused
        As of :class:`Show`.
    """

    story: Story
    sections: str
    refused: tuple[tuple[int, SymapError], ...] = ()

    def show(self, language: Language) -> Show:
        """Give the show that opens in a language."""
        return Show(_render(self.story, language, self.sections), self.refused)


def draw(
    dataset: Dataset,
    story: Story,
    network: Network | None = None,
    at_hand: Callable[[View], Means] | None = None,
) -> Drawn:
    """Draw the slides of a story: every number is asked of the tables now.

    Parameters
    ----------
    dataset
        Tables to ask.
    story
        Which views, in which order.
    network
        Roads of the tables, where they are built already.
    at_hand
        Gives what a view may rest on beside the tables.

    Returns
    -------
    Drawn
        A slide whose question is refused says why, and the others stay.
    """
    found = [answer(dataset, slide, network, at_hand) for slide in story.slides]
    pairs = list(zip(story.slides, found, strict=True))
    sections = [_section(dataset, slide, facts, number) for number, (slide, facts) in enumerate(pairs, start=1)]
    refused = tuple((number, facts) for number, facts in enumerate(found, start=1) if isinstance(facts, SymapError))
    return Drawn(story, "".join(sections), refused)


def make(
    dataset: Dataset,
    story: Story,
    language: Language,
    network: Network | None = None,
    at_hand: Callable[[View], Means] | None = None,
) -> Show:
    """Make the show of a story, which opens in a language; the others are one key away. As :func:`draw`."""
    return draw(dataset, story, network, at_hand).show(language)


def thumbnail(
    dataset: Dataset,
    slide: Slide,
    t: Translator,
    network: Network | None = None,
    at_hand: Callable[[View], Means] | None = None,
) -> bytes | None:
    """Draw the map of a slide as a small PNG, for a list of slides; None for one without an answer."""
    try:
        have = None if at_hand is None else at_hand(slide.seen)
    except SymapError:
        return None
    return _small(dataset, slide.view, slide.show, t.language, network, have)


@lru_cache(maxsize=64)
def _small(  # noqa: PLR0913, PLR0917 - what a picture hangs on
    dataset: Dataset, view: str, show: str, language: Language, network: Network | None, at_hand: Means | None
) -> bytes | None:
    from geo import printmap_pdf  # noqa: PLC0415 - the show itself needs no pixels

    t, slide = translator(language), Slide(view, show)
    facts = _answer(dataset, slide.seen, slide.show, network, at_hand)
    if isinstance(facts, SymapError):
        return None
    drawn = slide_layers.draw(dataset, facts, slide, t)
    bounds = slide_layers.frame(slide_layers.subject(facts, drawn))
    return printmap_pdf.pixels(slide_map.compose(drawn, bounds, t, title=""), _SMALL_DPI)


def answer(
    dataset: Dataset,
    slide: Slide,
    network: Network | None = None,
    at_hand: Callable[[View], Means] | None = None,
) -> Facts | SymapError:
    """Give what a slide speaks of, or why there is no answer; the latest ones are kept."""
    try:
        have = None if at_hand is None else at_hand(slide.seen)
    except SymapError as problem:
        return problem
    return _answer(dataset, slide.seen, slide.show, network, have)


@lru_cache(maxsize=48)
def _answer(
    dataset: Dataset, view: View, show: str, network: Network | None, at_hand: Means | None
) -> Facts | SymapError:
    try:
        return slide_facts.ask(dataset, view, show, network, at_hand)
    except SymapError as problem:
        return problem


def words(
    dataset: Dataset,
    slide: Slide,
    t: Translator,
    network: Network | None = None,
    at_hand: Callable[[View], Means] | None = None,
) -> SlideWords:
    """Give the words of one slide; of one without an answer, the reason."""
    return _worded(answer(dataset, slide, network, at_hand), slide, t)


def _worded(facts: Facts | SymapError, slide: Slide, t: Translator) -> SlideWords:
    if isinstance(facts, SymapError):
        title_ = slide.title.get(t.language, t("present.refused"))
        return SlideWords(Headline(title_, "", "", "", sentences.error(t, facts), None, ()))
    return slide_words.words(facts, slide, t)


def _part(name: str) -> str:
    return (PARTS_DIR / name).read_text(encoding="utf-8")


def _hash(part: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(part.encode()).digest()).decode() + "'"


def title(story: Story, t: Translator) -> str:
    """Give the title of a story; an untitled one is called a presentation."""
    return t.names(story.title) or t("nav.present")


def _render(story: Story, language: Language, sections: str) -> bytes:
    t = translator(language)
    faces, style, script = fonts.css(), _part("show.css") + _night(), _part("show.js")
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(faces)} {_hash(style)}; "
        "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
    )
    labels = {
        code: {"title": title(story, translator(code)), **{key: translator(code)(f"present.{key}") for key in _WORDS}}
        for code in LANGUAGES
    }
    fills = {
        "LANG": language,
        "POLICY": policy,
        "TITLE": html(title(story, t)),
        "FONTS": faces,
        "STYLE": style,
        "SLIDES": sections or f'<p class="none">{html(t("present.no-slides"), max_chars=None)}</p>',
        "TONGUES": "".join(_tongue(code) for code in LANGUAGES),
        "WORDS": json_script(labels),
        "SCRIPT": script,
    }
    # The template is split first, so that nothing inside a part is ever taken for a blank.
    pieces = re.split(r"%%([A-Z]+)%%", _part("show.html"))
    return "".join(fills[piece] if place % 2 else piece for place, piece in enumerate(pieces)).encode()


def _tongue(code: Language) -> str:
    t = translator(code)
    return f'<button type="button" lang="{code}" title="{html(t(f"language.{code}"))}">{html(t("present.tongue"))}</button>'


def _night() -> str:
    """Give every colour of the maps its counterpart on a dark screen."""
    day, night = PALETTES["light"], PALETTES["dark"]
    pairs = {day[name].upper(): night[name] for name in reversed(day)}
    rules = [
        f'[data-theme=dark] .map [{part}="{colour}"]{{{part}:{dark}}}'
        for colour, dark in pairs.items()
        for part in ("fill", "stroke")
    ]
    return "@media screen {" + "".join(rules) + "}"


def _section(dataset: Dataset, slide: Slide, facts: Facts | SymapError, number: int) -> str:
    said = "".join(_said(dataset, slide, facts, number, translator(code)) for code in LANGUAGES)
    return f'<section class="slide" id="slide-{number}">{said}</section>'


def _said(dataset: Dataset, slide: Slide, facts: Facts | SymapError, number: int, t: Translator) -> str:
    """Write one slide in one language."""
    words_ = _worded(facts, slide, t)
    drawing = ""
    if not isinstance(facts, SymapError):
        drawing = _map(dataset, slide, facts, t, name=f"m{number}{t.language}", about=words_.headline.title)
    return (
        f'<article class="say" lang="{t.language}"><div class="map">{drawing}</div>'
        f"{_panel(words_, t)}{_foot(words_.headline, t)}{_why(words_, slide, t)}</article>"
    )


def _map(  # noqa: PLR0913 - what is drawn, for whom, and under which name
    dataset: Dataset, slide: Slide, facts: Facts, t: Translator, *, name: str, about: str
) -> str:
    drawn = slide_layers.draw(dataset, facts, slide, t)
    bounds = slide_layers.frame(slide_layers.subject(facts, drawn))
    return slide_map.draw(drawn, bounds, t, name=name, title=about)


def _paragraph(kind: str, text: str, tag: str = "p") -> str:
    return f'<{tag} class="{kind}">{_unbroken(text)}</{tag}>' if text else ""


def _unbroken(text: str) -> str:
    """Write a text in which no range breaks at its dash, and no number between its thousands."""
    whole = re.sub(r"(?<=\d)–(?=\d)", "–&#8288;", html(text, max_chars=None))
    return re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "&#160;", whole)


def _number(text: str) -> str:
    """Write the large number; a range may break after its dash, and nowhere else."""
    if not text:
        return ""
    ends = text.split("–")
    kind = "number" if len(text) <= _SHORT_CHARS else "number long"
    if len(ends) == 1 and len(text) > _SHORT_CHARS:
        kind = "number words" if len(text) <= _LONG_CHARS else "number wordy"
        return _paragraph(kind, text)
    spans = "".join(
        f"<span>{_unbroken(end)}{'–' if place < len(ends) - 1 else ''}</span>" for place, end in enumerate(ends)
    )
    return f'<p class="{kind}">{spans}</p>'


def _panel(said: SlideWords, t: Translator) -> str:
    head = said.headline
    answer = _paragraph("label", head.label) + _number(head.number) + _paragraph("detail", head.detail)
    return (
        f'<div class="panel">{_paragraph("title", head.title, "h2")}<div class="answer">{answer}</div>'
        f"{_paragraph('sentence', head.sentence)}{_paragraph('example', said.example)}"
        f'{_paragraph("caution", head.caution)}<p class="proof">{_chip(head, t)}</p></div>'
    )


def _chip(head: Headline, t: Translator) -> str:
    if head.evidence is None:
        return ""
    label = " · ".join(part for part in (t(f"choice.evidence.{head.evidence}"), head.when) if part)
    return f'<button type="button" class="chip {html(head.evidence)}">{html(label)}</button>'


def _foot(head: Headline, t: Translator) -> str:
    named = "; ".join(head.sources[:_MOST_SOURCES])
    more = len(head.sources) - _MOST_SOURCES
    rest = f'<span class="more">{html(t("present.more", count=t.number(more)))}</span>' if more > 0 else ""
    line = f'<span class="cut">{html(t("present.source", source=named), max_chars=None)}</span>' if named else ""
    source = f'<p class="source">{line} {rest}</p>' if line else ""
    return f'<footer class="foot">{source}{_paragraph("borders", _boundaries(t))}</footer>'


def _boundaries(t: Translator) -> str:
    vintage = next((entry.vintage for entry in entries() if entry.name == "borders"), "")
    return t("map.boundaries-note", vintage=vintage)


def _why(said: SlideWords, slide: Slide, t: Translator) -> str:
    """Write what is shown when somebody asks where the number comes from."""
    head = said.headline
    many = ' class="many"' if len(head.sources) > _MANY_SOURCES else ""
    sources = "".join(f"<li>{html(line, max_chars=400)}</li>" for line in head.sources)
    notes = "".join(f"<li>{html(line, max_chars=None)}</li>" for line in said.notes)
    meaning = "" if head.evidence is None else t(f"evidence.meaning.{head.evidence}")
    parts = [
        f'<button type="button" class="close" aria-label="{html(t("present.close"))}">×</button>',
        _paragraph("", t("present.why"), "h3"),
        _paragraph("", f"{head.label}: {head.number}" if head.number else head.sentence),
        _paragraph("", meaning),
        f"{_paragraph('', t('evidence.sources'), 'h4')}<ul{many}>{sources}</ul>" if sources else "",
        f"{_paragraph('', t('present.remarks'), 'h4')}<ul>{notes}</ul>" if notes else "",
        _paragraph("", t("present.keys"), "h4"),
        _paragraph("", t("present.keys-list")),
        _paragraph("view", slide.view),
    ]
    label = html(t("present.why"))
    return f'<div class="why" role="dialog" aria-label="{label}" tabindex="-1">{"".join(parts)}</div>'
