"""The brief as a workbook: the answers in words, full numbers, units, the meaning of each column, notes, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geo.documents import Document, Sheet
from geo.evidence import weakest
from geo.export import to_xlsx

if TYPE_CHECKING:
    from geo.brief import Brief
    from geo.brief_chapters import Chapter


def _answer(brief: Brief, chapter: Chapter) -> dict[str, str]:
    """Write what a chapter answers as a row: the words that stand on paper."""
    row = {"question": chapter.title}
    if chapter.headline is not None:
        head = chapter.headline
        row |= {"counted": head.label, "answer": head.number, "answer_range": head.detail}
        row |= {"sentence": " ".join(one for one in (head.sentence, head.caution) if one)}
        row |= {"answer_evidence": head.evidence or "", "data_date": head.when or ""}
    elif chapter.lines:
        row["sentence"] = "\n".join(chapter.lines)
    illustrative = brief.t("brief.illustrative") if chapter.illustrative else ""
    return {**row, "warning": illustrative, "view": chapter.address}


def _sheets(brief: Brief) -> tuple[Sheet, ...]:
    """Put the answers first, then the tables behind every chapter, then the conflicts about what they name."""
    answers = Sheet("brief_answers", pd.DataFrame([_answer(brief, chapter) for chapter in brief.chapters]))
    behind = [sheet for each in brief.chapters if each.document is not None for sheet in each.document.sheets]
    listed = any(sheet.code == "claims" for sheet in behind)
    conflicts = [] if listed or brief.ledger.empty else [Sheet("claims", brief.ledger)]
    return (answers, *behind, *conflicts)


def write(brief: Brief) -> bytes:
    """Write a brief as XLSX: the answers, the tables behind every chapter, then the dictionary, notes and sources."""
    t = brief.t
    documents = [chapter.document for chapter in brief.chapters if chapter.document is not None]
    kinds = [document.evidence for document in documents if document.evidence is not None]
    told = [t("brief.made", date=brief.made), t("brief.repeat-lead", hash=brief.inputs)]
    told += [*brief.brought, brief.command]
    told += [t("brief.illustrative")] if brief.illustrative else []
    told += [chapter.headline.caution for chapter in brief.chapters if chapter.headline and chapter.headline.caution]
    told += [note for chapter in brief.chapters for note in chapter.notes]
    told += [*(note for document in documents for note in document.notes), *brief.method]
    whole = Document(
        sheets=_sheets(brief),
        title=brief.title,
        evidence=weakest(kinds),
        notes=tuple(dict.fromkeys(told)),
        sources=tuple(dict.fromkeys([*brief.sources, *(text for document in documents for text in document.sources)])),
    )
    return to_xlsx(whole, t)
