"""The parts that every page is made of: frame, controls, headline, evidence, notes, tables and downloads."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final, cast

import pandas as pd
import streamlit as st

from geo import documents, export, headlines, places, sentences, text
from geo import downloads as files
from geo.errors import QuestionError, SymapError
from geo.i18n import LANGUAGES
from pages._shared import faultbox, framewords, loaders, meant, numbercells, state
from pages._shared.style import CSS, LOGO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from streamlit.delta_generator import DeltaGenerator

    from geo.dataset import Dataset
    from geo.errors import Fault
    from geo.evidence import Note
    from geo.i18n import Translator

#: West, south, east, north: Khaidarkan with Batken, the enclaves and Kyzyl-Kiya around it.
HOME_VIEW: Final = (70.35, 39.62, 72.25, 40.42)
#: The whole country.
COUNTRY_VIEW: Final = (69.2, 39.1, 80.3, 43.3)

# Metres, seconds and people carry no meaning behind the point; files keep the full value.
_WHOLE: Final = ("_m", "_s", "_persons")
_DATES: Final = frozenset({"as_of", "source_date", "status_date"})

#: So many faults are told in sentences.
_FEW_FAULTS: Final = 9


def start_page(t: Translator, heading: str) -> None:
    """Set what has to stand before anything else: title, icon, width, styles."""
    st.set_page_config(
        page_title=f"{heading} · {t('app.name')}", page_icon=LOGO, layout="wide", initial_sidebar_state="collapsed"
    )
    st.html(f"<style>{CSS}</style>")


def page_frame(t: Translator) -> DeltaGenerator:
    """Show the name, the way to help in an emergency, and the language switch above every page.

    Returns
    -------
    DeltaGenerator
        Where the page's share button shall stand.
    """
    st.logo(LOGO, size="large")
    with st.container(horizontal=True, vertical_alignment="center", key="frame"):
        st.html(f'<div class="sy-brand"><b>{text.html(t("app.name"))}</b> {text.html(t("app.claim"))}</div>')
        st.page_link("nearest.py", label=t("frame.emergency"), icon=":material/emergency:", query_params={"card": "1"})
        st.segmented_control(
            t("frame.language"),
            LANGUAGES,
            format_func=lambda code: t(f"language.{code}"),
            key=state.LANGUAGE_KEY,
            label_visibility="collapsed",
            required=True,
            width="content",
        )
        share = st.container(key="share-place", width="content")
    framewords.send(t)
    return share


def page_foot(t: Translator) -> None:
    """Say at the foot of every page whose data these are and where their sources stand."""
    st.html(f'<div class="sy-foot">{text.html(t("frame.foot"), max_chars=None)}</div>')


def title(t: Translator, heading: str, *, lead: str | None = None) -> None:
    """Show a page's question as its heading, and warn of own tables that could not be used."""
    st.html(f'<h1 class="sy-title">{text.html(heading)}</h1>')
    if lead:
        st.html(f'<p class="sy-lead">{text.html(lead, max_chars=None)}</p>')
    # A place of their own keeps what follows where it is: a map that moved in the page would be drawn anew.
    with st.container(key="faults"):
        if faults := state.dataset().faults:
            faults_box(t, faults, t("data.folder-faults"))
        for file, found in state.upload_faults().items():
            faults_box(t, found, t("own.faults", file=text.markdown(file)))


def map_and_answer() -> Sequence[DeltaGenerator]:
    """Lay out the map at the left and the answer at the right; on a phone the answer stands first."""
    return cast("Sequence[DeltaGenerator]", st.container(key="answer-row").columns([3, 2], gap="medium"))


@contextmanager
def more(t: Translator) -> Iterator[None]:
    """Hold the controls that few readers need behind one button."""
    with st.popover(t("frame.more"), icon=":material/tune:"):
        yield


def _code_label(t: Translator, codes: str, code: str) -> str:
    return t(f"choice.{codes}.{code}")


def pills(t: Translator, key: str, options: Sequence[str], *, default: Sequence[str] | None = None) -> list[str]:
    """Let the reader switch several things on and off; labels are ``table.<code>``."""
    chosen = st.pills(
        t(key),
        options,
        selection_mode="multi",
        default=list(options if default is None else default),
        format_func=lambda code: t(f"table.{code}"),
        key=key,
        persist_state="session",
    )
    return list(chosen)


def choice(t: Translator, key: str, options: Sequence[str], *, codes: str, none: str) -> str | None:
    """Let the reader choose one code, or none of them."""
    state.reword(key)
    return st.selectbox(
        t(key),
        [None, *options],
        format_func=lambda code: t(none) if code is None else _code_label(t, codes, code),
        # None that comes from a link counts as nothing chosen.
        placeholder=t(none),
        key=key,
        persist_state="session",
    )


def choices(t: Translator, key: str, options: Sequence[str], *, codes: str) -> list[str]:
    """Let the reader choose several codes; none chosen means all."""
    state.reword(key)
    return st.multiselect(
        t(key),
        options,
        format_func=lambda code: _code_label(t, codes, code),
        placeholder=t("frame.all"),
        key=key,
        persist_state="session",
    )


def toggle(t: Translator, key: str, *, default: bool = False) -> bool:
    """Let the reader switch one thing on or off."""
    return st.toggle(t(key), value=default, key=key, persist_state="session")


def online_background(t: Translator) -> bool:
    """Let the reader pick an online background map; off unless asked for."""
    return st.toggle(t("map.online"), key="online-background", help=t("map.online-help"), persist_state="session")


def _label(t: Translator, code: str, labels: dict[str, str]) -> str:
    """Name a place of the list, or one that an address brought: a record under another id, or a point."""
    if code in labels:
        return labels[code]
    try:
        return headlines.place(t, places.resolve(state.dataset(), code))
    except QuestionError:
        return headlines.spot(t, code)


def where(t: Translator, key: str, labels: dict[str, str], *, default: str | None = None) -> str | None:
    """Let the reader name one place: any spelling of its name, or coordinates typed into the same box."""
    state.apply_pending(key)
    state.reword(key)
    kept = st.session_state.get(key, default)
    extra = [kept] if isinstance(kept, str) and kept not in labels else []
    options = [*extra, *labels]
    found = st.selectbox(
        t(key),
        options,
        index=options.index(default) if default in options else None,
        format_func=lambda code: _label(t, code, labels),
        placeholder=t("frame.name-or-coordinates"),
        accept_new_options=True,
        key=key,
        persist_state="session",
    )
    taken = None if found is None else meant.canonical(t, key, found, labels)
    state.tell(key, taken)
    return taken


def wheres(t: Translator, key: str, labels: dict[str, str], *, default: tuple[str, ...]) -> tuple[str, ...]:
    """Let the reader name several places, each as in :func:`where`."""
    state.apply_pending(key)
    state.reword(key)
    kept = st.session_state.get(key, default)
    extra = [code for code in kept if code not in labels]
    found = st.multiselect(
        t(key),
        [*extra, *labels],
        default=list(default),
        format_func=lambda code: _label(t, code, labels),
        placeholder=t("frame.name-or-coordinates"),
        accept_new_options=True,
        key=key,
        persist_state="session",
    )
    read = [meant.canonical(t, key, code, labels) for code in found]
    taken = tuple(dict.fromkeys(code for code in read if code is not None))
    state.tell(key, taken)
    return taken


def headline(*, label: str, number: str, detail: str = "", sentence: str = "") -> None:
    """Show the answer: what is counted, one large number, its range, one sentence to read aloud."""
    parts = [f'<div class="sy-label">{text.html(label)}</div>', f'<div class="sy-number">{text.html(number)}</div>']
    if detail:
        parts.append(f'<div class="sy-range">{text.html(detail)}</div>')
    if sentence:
        parts.append(f'<p class="sy-sentence">{text.html(sentence, max_chars=None)}</p>')
    st.html(f'<section class="sy-answer" aria-live="polite">{"".join(parts)}</section>')


def evidence(  # noqa: PLR0913 - a chip with its list
    t: Translator,
    code: str | None,
    *,
    sources: Iterable[str],
    others: Iterable[str] = (),
    when: str | None = None,
    key: str,
) -> None:
    """Show how sure an answer is as a chip; a click lists its sources, then those of what else is told of it."""
    label = t("evidence.none") if code is None else t(f"choice.evidence.{code}")
    shown = f"{label} · {when}" if when else label
    with st.popover(shown, icon=_EVIDENCE_ICONS.get(code or "", ":material/help:"), key=f"evidence-{key}"):
        st.markdown(f"**{t('evidence.sources')}**")
        told = dict.fromkeys(sources)
        st.html(_sources(told) or text.html(t("no-data")))
        if further := _sources(line for line in dict.fromkeys(others) if line not in told):
            st.markdown(f"**{t('evidence.other-sources')}**")
            st.html(further)
        st.caption(t(f"evidence.meaning.{code}") if code else t("no-data"))


def _sources(lines: Iterable[str]) -> str:
    items = "".join(f"<li>{text.html(line, max_chars=400)}</li>" for line in lines)
    return f'<ul class="sy-sources">{items}</ul>' if items else ""


_EVIDENCE_ICONS: Final = {
    "documented": ":material/verified:",
    "reported": ":material/record_voice_over:",
    "modelled": ":material/calculate:",
    "illustrative": ":material/draft:",
}


def notes(t: Translator, items: Iterable[Note], *named: places.Place) -> None:
    """List what a reader must know about an answer; its places by name instead of id."""
    said = dict.fromkeys(files.notes(t, items, *named))
    lines = "".join(f"<li>{text.html(line, max_chars=None)}</li>" for line in said)
    if lines:
        st.html(f'<ul class="sy-notes">{lines}</ul>')


@contextmanager
def friendly_errors(t: Translator) -> Iterator[None]:
    """Show a refused question as a message and leave the rest of the page usable."""
    try:
        yield
    except SymapError as error:
        st.warning(text.markdown(sentences.error(t, error), max_chars=None), icon=":material/error:")


def faults_box(t: Translator, faults: Sequence[Fault], heading: str) -> None:
    """List faults of a table with file, row, column, what was found and the remedy."""
    with st.expander(f"{heading} ({t.n('count.faults', len(faults))})", icon=":material/error:", expanded=True):
        if len(faults) <= _FEW_FAULTS:
            # A table would hide the remedy, its last column, beyond the side of a phone.
            st.html(faultbox.as_html(t, faults))
            return
        rows = [
            {
                t("fault.file"): text.clean(fault.file),
                t("fault.row"): "" if fault.row is None else str(fault.row),
                t("fault.column"): text.clean(fault.column),
                t("fault.found"): text.clean(fault.found),
                t("fault.remedy"): f"{sentences.fault_found(t, fault)} {sentences.fault_remedy(t, fault)}",
            }
            for fault in faults
        ]
        st.dataframe(rows, hide_index=True, height=360)


def place_labels(
    t: Translator, dataset: Dataset, tables: tuple[str, ...], *, placed_only: bool = True
) -> dict[str, str]:
    """Give the labels of the records in some tables, made once for a data set and language."""
    return loaders.labels(dataset, t.language, tables, placed_only=placed_only)


def in_words(t: Translator, frame: pd.DataFrame, columns: Sequence[str], table: str = "") -> pd.DataFrame:
    """Make a table readable: headings with units, codes and dates in words, numbers left as numbers."""
    kept = [column for column in columns if column in frame.columns or f"{column}_en" in frame.columns]
    headings = documents.headings(kept, t)
    return pd.DataFrame(
        {heading: _worded(t, frame, column, table) for column, heading in zip(kept, headings, strict=True)}
    )


def _worded(t: Translator, frame: pd.DataFrame, column: str, table: str) -> list[object]:
    """Give the cells of one column as a reader sees them."""
    if f"{column}_en" in frame.columns:
        spoken = [f"{column}_{language}" for language in LANGUAGES]
        rows = zip(*(frame[name].tolist() for name in spoken), strict=True)
        return [t.name(dict(zip(spoken, row, strict=True)), column, max_chars=500) or None for row in rows]
    values = frame[column]
    if column in _DATES:
        return [t.date(value) for value in values]
    if column == "unit":
        known = [code if isinstance(code, str) else "" for code in values]
        return [t(f"unit.{code}") if t.has(f"unit.{code}") else text.clean(code) for code in known]
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        return (values.round() if column.endswith(_WHOLE) else values).tolist()
    return [_cell(documents.worded(t, table, column, value)) for value in values]


def _cell(value: object) -> object:
    return text.clean(value, max_chars=500) if isinstance(value, str) else value


def show_table(t: Translator, frame: pd.DataFrame, columns: Sequence[str], *, key: str, table: str = "") -> None:
    """Show some columns of a table in words; unknown is "no data"."""
    shown, config = numbercells.in_language(t, in_words(t, frame, columns, table))
    tall = len(frame) > 12  # noqa: PLR2004 - more would push everything below off the screen
    st.dataframe(
        shown,
        hide_index=True,
        column_config=config,
        placeholder=t("no-data"),
        height=440 if tall else "content",
        key=f"table-{key}",
    )


def downloads(t: Translator, make: Callable[[], documents.Document], stem: str, *, tracks: bool = False) -> None:
    """Offer exactly what is shown as files, each made when its button is pressed.

    Parameters
    ----------
    t
        Reader's language.
    make
        Makes the document.
    stem
        Name of the files.
    tracks
        Offer GPX and KML too: for places and ways that a field team may be sent to, never for an example.
    """
    with st.container(horizontal=True, vertical_alignment="center", key=f"downloads-{stem}"):
        st.caption(t("frame.download"), width="content")
        for ending in export.FORMATS if tracks else export.TABLE_FORMATS:
            st.download_button(
                ending.lstrip(".").upper(),
                data=partial(_written, make, t, f"symap-{stem}{ending}"),
                file_name=f"symap-{stem}{ending}",
                key=f"download-{stem}{ending}",
                on_click="ignore",
            )


def _written(make: Callable[[], documents.Document], t: Translator, file: str) -> bytes:
    return export.write(make(), t, file)


@contextmanager
def fold(label: str, *, key: str, icon: str | None = None) -> Iterator[bool]:
    """Hold what few readers open; gives whether it is open, so that closed folds cost nothing."""
    part = st.expander(label, key=key, icon=icon, on_change="rerun")
    with part:
        yield bool(part.open)
