"""The page's language for the browser, and the words that the frame brings along in English only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import streamlit as st

if TYPE_CHECKING:
    from geo.i18n import Translator

#: What the frame writes itself.
_WRITTEN: Final = ("menu", "look-up", "upload", "per-file", "no-results", "no-page", "no-page-told", "more-pages")
#: What only a screen reader says.
_SAID: Final = ("map", "home", "pages", "help", "remove", "clear", "open", "date", "chosen", "close")
_COMPONENT: Final = st.components.v2.component(
    "symap_document_language",
    js=(Path(__file__).parent / "assets" / "symap-words.js").read_text(encoding="utf-8"),
)


def send(t: Translator) -> None:
    """Tell the browser the page's language and the words to put in place of English ones."""
    words = {"own": t("own.title"), **{code: t(f"frame.{code}") for code in _WRITTEN}}
    words |= {f"said-{code}": t(f"frame.said-{code}") for code in _SAID}
    _COMPONENT(data={"language": t.language, "words": words}, height=0, key="document-language")
