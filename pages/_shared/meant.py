"""Which place a reader means by what they typed; where the name is none, or is several, the likeliest ones to press."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from geo import gazetteer, places, text
from pages._shared import state

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.i18n import Translator

#: More would push the answer off a phone's screen.
_MOST_OFFERED: Final = 6
_NAME_CHARS: Final = 80


def canonical(t: Translator, key: str, typed: str, labels: Mapping[str, str]) -> str | None:
    """Turn what was typed into an id, or into longitude and latitude at full precision.

    Parameters
    ----------
    t
        Reader's language.
    key
        Key of the box.
    typed
        An id, a name or coordinates.
    labels
        Places to choose from, by id.

    Returns
    -------
    str | None
        What was typed where it is nothing known; None while places that may be meant are offered.
    """
    if typed in labels or places.is_known(state.dataset(), typed):
        # A link may name a place that the list does not offer, such as a junction of roads.
        return typed
    pair = places.read_spot(typed)
    if pair is not None:
        return f"{pair[0]!r},{pair[1]!r}"
    found = gazetteer.match(labels, typed)
    if len(found) == 1:
        return found[0]
    words = "frame.several-places" if found else "frame.places-alike"
    offered = found[:_MOST_OFFERED] or gazetteer.close(labels, typed)
    if not offered:
        return typed
    with st.container(key=f"meant-{key.replace('.', '-')}", gap="small"):
        st.markdown(text.markdown(t(words, name=text.clean(typed, max_chars=_NAME_CHARS)), max_chars=None))
        _buttons(key, typed, offered, labels)
    return None


def _buttons(key: str, typed: str, offered: Sequence[str], labels: Mapping[str, str]) -> None:
    for code in offered:
        label = text.markdown(labels[code], max_chars=_NAME_CHARS)
        st.button(label, key=f"{key}-meant-{code}", on_click=_take, args=(key, typed, code), width="stretch")


def _take(key: str, typed: str, code: str) -> None:
    chosen = st.session_state.get(key)
    if isinstance(chosen, list):
        st.session_state[key] = [code if one == typed else one for one in chosen]
    else:
        st.session_state[key] = code
