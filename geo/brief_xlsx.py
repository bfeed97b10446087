"""The brief as a workbook: full numbers, units, the meaning of each column, notes, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.documents import Document
from geo.evidence import weakest
from geo.export import to_xlsx

if TYPE_CHECKING:
    from geo.brief import Brief


def write(brief: Brief) -> bytes:
    """Write a brief as XLSX: the tables behind every chapter, then the dictionary, notes and sources."""
    t = brief.t
    documents = [chapter.document for chapter in brief.chapters if chapter.document is not None]
    kinds = [document.evidence for document in documents if document.evidence is not None]
    told = [t("brief.made", date=brief.made), t("brief.repeat-lead", hash=brief.inputs)]
    told += [t("brief.illustrative")] if brief.illustrative else []
    told += [chapter.headline.caution for chapter in brief.chapters if chapter.headline and chapter.headline.caution]
    whole = Document(
        sheets=tuple(sheet for document in documents for sheet in document.sheets),
        title=brief.title,
        evidence=weakest(kinds),
        notes=tuple(dict.fromkeys([*told, *(note for document in documents for note in document.notes)])),
        sources=tuple(dict.fromkeys([*brief.sources, *(text for document in documents for text in document.sources)])),
    )
    return to_xlsx(whole, t)
