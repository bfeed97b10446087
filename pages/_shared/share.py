"""The share button of every page: the address of what is seen, to copy or to read with a phone's camera."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import streamlit as st

from geo import text, views
from pages._shared import permalinks, state

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from geo.i18n import Translator
    from geo.views import Reading, View

_ASSETS: Final = Path(__file__).parent / "assets"
#: Longest address whose code a phone still reads from a screen.
_CODE_CHARS: Final = 900
_WIDTH_PX: Final = 420
_OPENED: Final = "share-opened"
#: Hosts that only this computer knows.
HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})

_COPY: Final = st.components.v2.component(
    "symap_copy",
    html='<div class="copy"><input type="text" readonly><button type="button"></button><p role="status"></p></div>',
    css=(_ASSETS / "symap-copy.css").read_text(encoding="utf-8"),
    js=(_ASSETS / "symap-copy.js").read_text(encoding="utf-8"),
)
_BAR: Final = st.components.v2.component(
    "symap_address_bar", js=(_ASSETS / "symap-address-bar.js").read_text(encoding="utf-8")
)


@lru_cache(maxsize=64)
def code_image(address: str) -> str:
    """Draw the QR code of an address as a picture that stands in the page itself; black on white in every theme."""
    import segno  # noqa: PLC0415 - used only when somebody shares

    return str(segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=3, light="#fff", dark="#000"))


def _notes(t: Translator, page: str, carried: Reading, address: str) -> list[str]:
    from pages._shared import peopledata  # noqa: PLC0415 - as below

    said = []
    if own := state.own_tables():
        said.append(t("share.own-tables", tables=", ".join(t(f"table.{name}") for name in own)))
    if page == "exposure" and peopledata.holds_own():
        said.append(t("share.own-files"))
    if permalinks.holds_a_spot(carried.view):
        said.append(t("share.place-inside"))
    if carried.view.values.get("corrections"):
        said.append(t("share.corrections"))
    said += [t("share.not-carried", found=permalinks.sentence(t, page, one)) for one in carried.problems]
    if urlsplit(address).hostname in HERE:
        said.append(t("share.only-here"))
    return said


def _open() -> None:
    """Note that the reader opened the button for the first time; from then on it is kept filled."""
    st.session_state[_OPENED] = True


@st.fragment
def _content(t: Translator, page: str) -> None:
    """Show the address; its picture and notes are made once somebody looks, without a run of the page."""
    carried = permalinks.current(page)
    if carried is None:
        return
    address = views.link(carried.view, permalinks.root())
    is_open = bool(st.session_state.get(_OPENED))
    words = {code: t(f"share.{code}") for code in ("address", "copy", "copied", "select")}
    st.caption(t("share.lead"))
    # It asks when it is first seen. Asking at every opening and closing would meet the press that leaves the page.
    _COPY(data={"address": address, "words": words, "asks": not is_open}, key="share-copy", on_opened_change=_open)
    if not is_open:
        return
    from pages._shared import brief_means, brief_view, present_view  # noqa: PLC0415 - the first page draws sooner without them

    if len(address) <= _CODE_CHARS:
        label = text.html(t("share.code"))
        st.html(f'<img class="sy-code" src="{code_image(address)}" alt="{label}" title="{label}">')
    else:
        st.caption(t("share.code-too-long"))
    lines = "".join(f"<li>{text.html(line, max_chars=None)}</li>" for line in _notes(t, page, carried, address))
    if lines:
        st.html(f'<ul class="sy-notes">{lines}</ul>')
    present_view.add_button(t, page)
    dataset = state.dataset()
    brief_view.brief_control(t, dataset, carried.view, brief_means.of_page(dataset, carried.view))


def _follow(page: str, view: View, key: str) -> None:
    told = {"page": page, "home": views.HOME_PAGE, "pages": list(views.PAGES), "query": permalinks.remember(view)}
    _BAR(data=told, height=0, key=key)


def follow_part(page: str) -> None:
    """Let the address bar say what is chosen in a part of a page that runs alone, where the frame does not run."""
    carried = permalinks.current(page)
    if carried is not None:
        _follow(page, carried.view, "address-bar-part")


def offer(t: Translator, page: str, *, button: DeltaGenerator, messages: DeltaGenerator) -> None:
    """Let the address bar follow what is chosen, offer it to be shared, and tell what a link brought.

    Parameters
    ----------
    t
        Reader's language.
    page
        Code of the page, which has just run.
    button
        Where the button stands.
    messages
        Where the messages stand.
    """
    carried = permalinks.current(page)
    if carried is None:
        return
    with messages:
        permalinks.tell(t, carried.view)
    with (
        button,
        st.popover(t("share.button"), icon=":material/share:", key="share", type="tertiary"),
        st.container(width=_WIDTH_PX, key="share-content"),
    ):
        _content(t, page)
    _follow(page, carried.view, "address-bar")
