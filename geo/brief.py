"""The brief: what some views show, in words, tables and maps, for handing out; every format is written from it.

Nothing is computed here but the answers to the views' own questions: number, range, sentence, tables and map are those
that the page shows.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from geo import brief_chapters, brief_sheets, brief_tables, means, printmap
from geo.errors import QuestionError
from geo.i18n import translator
from geo.schema import EVIDENCE_ORDER
from geo.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import pandas as pd

    from geo.brief_chapters import Chapter
    from geo.brief_tables import Table
    from geo.dataset import Dataset
    from geo.i18n import Language, Translator
    from geo.means import File, Means
    from geo.printmap_scene import Scene
    from geo.views import View

#: A brief of more views is a book.
MOST_VIEWS: Final = 20
#: Characters of a hash that are printed.
HASH_CHARS: Final = 16
_LONGEST_SOURCE_CHARS: Final = 400
#: Sources that are named under a map; the others stand at the end.
_MAP_SOURCES: Final = 2
_MAP_SOURCE_CHARS: Final = 150


@dataclass(frozen=True, eq=False)
class Brief:
    """A brief, ready to be written in any format.

    Parameters
    ----------
    t
        Its language.
    title, made
        Its heading, and the day on which and the time zone in which it was made, in words.
    at
        When it was made, for the properties of the file.
    chapters
        One for each view.
    method
        How the numbers were counted, over all chapters, without repeats.
    conflicts, ledger
        Where sources disagree about the records named, in words and as rows; None and no row where they do not.
    sources
        Who says so, over all chapters, without repeats.
    meanings
        What the kinds of evidence in it mean.
    inputs
        SHA-256 over the tables and the questions: equal inputs give equal numbers.
    own
        Names of tables that were the reader's own.
    files
        Files that it rests on beside the tables.
    """

    t: Translator
    title: str
    made: str
    at: datetime
    chapters: tuple[Chapter, ...]
    method: tuple[str, ...]
    conflicts: Table | None
    ledger: pd.DataFrame
    sources: tuple[str, ...]
    meanings: tuple[tuple[str, str], ...]
    inputs: str
    own: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    _maps: dict[tuple[int, float, float, str], Scene] = field(default_factory=dict, repr=False)

    @property
    def illustrative(self) -> bool:
        """Whether something in it is only an example, which page one has to say."""
        return any(chapter.illustrative for chapter in self.chapters)

    @property
    def short_hash(self) -> str:
        """Give what is printed of the hash of the inputs."""
        return self.inputs[:HASH_CHARS]

    @property
    def command(self) -> str:
        """Write the command that makes the same brief."""
        quoted = " ".join(f"'{chapter.address}'" for chapter in self.chapters)
        quoted += "".join(f" {file.option} '{clean(file.name)}'" for file in self.files)
        return f"python -m geo brief {quoted} --lang {self.t.language} --format pdf -o brief.pdf"

    def alternative(self, chapter: Chapter) -> str:
        """Say what a chapter's map shows, for people who cannot see it."""
        told = [self.t("brief.map-of", title=chapter.title)]
        if chapter.headline is not None:
            told.append(chapter.headline.sentence)
        if chapter.illustrative:
            told.append(self.t("brief.illustrative"))
        return " ".join(line if line.endswith((".", "?")) else f"{line}." for line in told if line)

    @property
    def brought(self) -> tuple[str, ...]:
        """Say which tables and files were the reader's own."""
        files = ", ".join(dict.fromkeys(clean(file.name) for file in self.files))
        tables = ", ".join(self.own)
        told = (
            self.t("brief.own-tables", tables=tables) if tables else "",
            self.t("brief.own-files", files=files) if files else "",
        )
        return tuple(line for line in told if line)

    def foot(self, chapter: Chapter) -> tuple[str, ...]:
        """Give the lines of source and date under a chapter's map."""
        named = chapter.headline.sources if chapter.headline is not None else ()
        shown = "; ".join(clean(text, max_chars=_MAP_SOURCE_CHARS) for text in named[:_MAP_SOURCES])
        left = len(named) - _MAP_SOURCES
        more = self.t("brief.more-sources", count=self.t.number(left)) if left > 0 else ""
        told = self.t("brief.map-sources", sources=f"{shown} {more}".strip()) if shown else ""
        key = "brief.map-made" if chapter.drawn else "brief.made"
        return tuple(line for line in (chapter.remark, told, self.t(key, date=self.made)) if line)

    def scene(self, number: int, size_mm: tuple[float, float], style: printmap.Style = "print") -> Scene | None:
        """Draw the map of a chapter; None where it has none."""
        chapter = self.chapters[number]
        if not chapter.drawn:
            return None
        key = (number, *size_mm, style)
        if key not in self._maps:
            sheet = printmap.Sheet(
                title=self.alternative(chapter), foot=self.foot(chapter), illustrative=chapter.illustrative, legend=True
            )  # fmt: skip
            self._maps[key] = printmap.scene(
                chapter.drawn, bounds=chapter.bounds, size_mm=size_mm, t=self.t, style=style, sheet=sheet
            )
        return self._maps[key]


def _inputs(dataset: Dataset, chosen: Sequence[View], at_hand: Means) -> str:
    told = f"{dataset.digest}\n{means.marks(at_hand, chosen)}"
    return hashlib.sha256(told.encode()).hexdigest()


def day(t: Translator, made: datetime) -> str:
    """Write the day on which something was made, with its time zone.

    Raises
    ------
    ValueError
        The time has no zone: nobody could tell which day it was.
    """
    if made.tzinfo is None:
        raise ValueError(made)
    zone = made.strftime("%z")
    return f"{t.date(made.date().isoformat())}, UTC{zone[:3]}:{zone[3:5]}"


def make(  # noqa: PLR0913 - one keyword per choice of the reader
    dataset: Dataset,
    chosen: Sequence[View],
    language: Language,
    made: datetime,
    *,
    title: str = "",
    at_hand: Means | None = None,
) -> Brief:
    """Make a brief.

    Parameters
    ----------
    dataset
        Tables.
    chosen
        Views, each becomes a chapter.
    language
        Of the brief.
    made
        When it is made, with its time zone: a brief bears the day of the place where it is handed out.
    title
        Its heading; without one, the only chapter's question or a general one.
    at_hand
        What the views may rest on beside the tables: a population grid, roads, regions.

    Returns
    -------
    Brief
        For :mod:`geo.brief_pdf` and its neighbours.

    Raises
    ------
    QuestionError
        ``brief-no-view``, ``brief-too-many-views``, ``brief-no-question`` for a view in which a place is still to be
        chosen, and what the questions refuse.
    """
    t = translator(language)
    if not chosen:
        raise QuestionError("brief-no-view")
    if len(chosen) > MOST_VIEWS:
        raise QuestionError("brief-too-many-views", found=len(chosen), limit=MOST_VIEWS)
    have = at_hand or means.Means()
    chapters = tuple(brief_chapters.make(dataset, view, t, have) for view in chosen)
    named = (text for each in chapters if each.headline is not None for text in each.headline.sources)
    named_claims = frozenset().union(*(each.claims for each in chapters))
    kinds = {each.headline.evidence for each in chapters if each.headline is not None}
    kinds = kinds.union(*(each.kinds for each in chapters))
    disputed = dataset.claims[dataset.claims["id"].isin(named_claims)]
    heading = clean(title) or (chapters[0].title if len(chapters) == 1 else t("brief.title"))
    return Brief(
        t=t,
        title=heading,
        made=day(t, made),
        at=made,
        chapters=chapters,
        method=tuple(dict.fromkeys(line for each in chapters for line in each.method)),
        conflicts=brief_tables.claims(disputed, t),
        ledger=brief_sheets.claims(disputed, t),
        sources=tuple(dict.fromkeys(clean(text, max_chars=_LONGEST_SOURCE_CHARS) for text in named)),
        meanings=tuple((t(f"choice.evidence.{code}"), _meaning(t, code)) for code in EVIDENCE_ORDER if code in kinds),
        inputs=_inputs(dataset, chosen, have),
        own=tuple(sorted(t(f"table.{name}") for name in dataset.own)),
        files=have.files,
    )


def _meaning(t: Translator, code: str) -> str:
    """Give the meaning of a kind of evidence without the word that it begins with, which stands beside it."""
    return re.sub(r"^[^:]{1,40}: ", "", t(f"evidence.meaning.{code}"))
