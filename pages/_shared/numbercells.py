"""Numbers in tables as the page's language writes them, whatever the browser's language is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

    from geo.i18n import Translator

#: Languages whose numbers browsers write; Chromium brings none for Kyrgyz, and 8,400 would be read as 8.4 there.
_KNOWN_TO_BROWSERS = frozenset({"ru", "en"})


def in_language(t: Translator, shown: pd.DataFrame) -> tuple[pd.DataFrame | Styler, dict[str, Any]]:
    """Give a table whose numbers are written as in sentences and still sorted as numbers.

    Parameters
    ----------
    t
        Reader's language.
    shown
        The table, headings and texts in words.

    Returns
    -------
    tuple[pd.DataFrame | Styler, dict[str, Any]]
        What is shown, and how its columns are set: the browser writes numbers where it can, which is quicker.
    """
    names = [name for name in shown.columns if pd.api.types.is_numeric_dtype(shown[name])]
    if not names or (t.language in _KNOWN_TO_BROWSERS and (st.context.locale or "").startswith(t.language)):
        return shown, {name: st.column_config.NumberColumn(format="localized") for name in names}

    def write(value: Any) -> str:  # noqa: ANN401 - cells of any type
        return t.plain(float(value)) if pd.notna(value) and math.isfinite(value) else t("no-data")

    return shown.style.format(dict.fromkeys(names, write)), {}
