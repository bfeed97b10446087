"""What one reader has chosen: language, own tables, corrected positions. Kept for the browser session only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import streamlit as st

from geo import catalogue, corrections
from geo.i18n import LANGUAGES, Language, Translator, choose_language, translator
from pages._shared import loaders

if TYPE_CHECKING:
    import pandas as pd

    from geo.corrections import PositionCorrection
    from geo.dataset import Dataset
    from geo.errors import Fault

LANGUAGE_KEY: Final = "language"
_OWN_KEY: Final = "own_tables"
_CORRECTIONS_KEY: Final = "corrections"
_DATASET_KEY: Final = "dataset"
#: Key of the click on a map that the page has not yet done anything about.
CLICK: Final = "map-click"
_PENDING: Final = "pending:"
_TOLD: Final = "told:"
_WORDED: Final = "worded:"


@dataclass(frozen=True)
class OwnTable:
    """A table that the reader dropped into the app.

    Parameters
    ----------
    name
        Table of the contracts that it replaces.
    file
        Name of the dropped file.
    frame
        Its checked rows.
    """

    name: str
    file: str
    frame: pd.DataFrame


def start_language() -> Language:
    """Settle the session's language: the switch, else the address, else the browser."""
    if st.session_state.get(LANGUAGE_KEY) not in LANGUAGES:
        st.session_state[LANGUAGE_KEY] = choose_language(st.query_params.get("lang"), st.context.locale)
    return cast("Language", st.session_state[LANGUAGE_KEY])


def current() -> Translator:
    """Give the translator of the session's language."""
    return translator(start_language())


def own_tables() -> dict[str, OwnTable]:
    """Give the reader's own tables by name; changing the mapping changes the session."""
    return cast("dict[str, OwnTable]", st.session_state.setdefault(_OWN_KEY, {}))


def upload_faults() -> dict[str, tuple[Fault, ...]]:
    """Give the faults of dropped files that could not be used, by file name."""
    return cast("dict[str, tuple[Fault, ...]]", st.session_state.setdefault("upload_faults", {}))


def position_corrections() -> dict[str, PositionCorrection]:
    """Give the corrected positions by site id; changing the mapping changes the session."""
    return cast("dict[str, PositionCorrection]", st.session_state.setdefault(_CORRECTIONS_KEY, {}))


def dataset() -> Dataset:
    """Give the tables as this reader sees them: bundled, own ones over them, positions corrected."""
    base = loaders.base_dataset()
    own, fixed = own_tables(), position_corrections()
    if not own and not fixed:
        return base
    identity = (base.digest, tuple((name, id(table)) for name, table in own.items()), tuple(fixed.values()))
    kept = st.session_state.get(_DATASET_KEY)
    if kept is None or kept[0] != identity:
        result = base
        for table in own.values():
            result = catalogue.put(result, table.name, table.frame)
        known = set(result.sites["id"])
        result = corrections.apply(result, [item for item in fixed.values() if item.site_id in known])
        kept = (identity, result)
        st.session_state[_DATASET_KEY] = kept
    return cast("Dataset", kept[1])


def pend(key: str, value: object) -> None:
    """Set a widget's value from elsewhere, such as a click on the map, and run the page anew."""
    leave(key, value)
    heard()
    st.rerun()


def heard() -> None:
    """Forget the last click on a map: what it means is done, or it means nothing on this page."""
    st.session_state.pop(CLICK, None)


def leave(key: str, value: object) -> None:
    """Leave a widget a value that holds from the next run on."""
    st.session_state[_PENDING + key] = value


def apply_pending(key: str) -> None:
    """Give a widget the value that :func:`pend` or :func:`leave` left for it, before the widget is drawn."""
    if _PENDING + key in st.session_state:
        st.session_state[key] = st.session_state.pop(_PENDING + key)


def reword(key: str) -> None:
    """Let a list word its choice anew after the language was switched; called before the widget is drawn.

    A list's browser side keeps the words of the choice, not its code. Unless it is told the new words, it shows the
    old language's, and at the next switch sends them back as something that no option is called.
    """
    language = start_language()
    if st.session_state.get(_WORDED + key, language) != language and key in st.session_state:
        st.session_state[key] = st.session_state[key]
    st.session_state[_WORDED + key] = language


def tell(key: str, value: object) -> None:
    """Note what a widget's raw value was taken to mean, such as the id of a name that was typed."""
    st.session_state[_TOLD + key] = value


def told(key: str, default: object) -> object:
    """Give what :func:`tell` noted for a widget."""
    return st.session_state.get(_TOLD + key, default)


def theme() -> str:
    """Tell whether the reader's browser shows the light or the dark theme."""
    kind = st.context.theme.type
    return kind if kind in {"light", "dark"} else "light"
