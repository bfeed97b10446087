"""The reader's own tables: dropped in the sidebar, checked like the bundled ones, kept for the session only."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, cast

import streamlit as st

from geo import catalogue, schema, text
from geo.errors import DataError
from pages._shared import state

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from geo.i18n import Translator

_TYPES: Final = ("csv", "xlsx", "geojson", "json", "gpkg")
#: Tables that a reader's file can replace, the likeliest first.
_TABLES: Final = ("collection_points", "storage", "sites", "settlements", "road_sections", "road_nodes")


def _refused() -> dict[str, str | None]:
    """Give the table that each refused file was to replace, by file name."""
    return cast("dict[str, str | None]", st.session_state.setdefault("own.refused", {}))


def _read(file: UploadedFile, table: str | None) -> None:
    """Check a dropped file and keep its table, or its faults."""
    content = file.getvalue()
    name = table
    try:
        name = table or catalogue.guess_table(file.name, content)
        if name is None:
            st.session_state["own.ask"] = True
            return
        frame = catalogue.read_own(name, file.name, content, dataset=state.dataset())
    except DataError as error:
        state.upload_faults()[file.name] = error.faults
        _refused()[file.name] = name
        return
    # A list that is in use answers the complaint about an earlier one, whatever the mended file is called.
    for earlier in [one for one in state.upload_faults() if one == file.name or _refused().get(one) == name]:
        del state.upload_faults()[earlier]
    state.own_tables()[name] = state.OwnTable(name=name, file=file.name, frame=frame)


def _receive(t: Translator) -> None:
    # A cleared uploader gets a new key, so the same file, mended, can be dropped again.
    turn = st.session_state.setdefault("own.turn", 0)
    state.reword("own.table")
    table = st.selectbox(
        t("own.table"),
        [None, *_TABLES],
        format_func=lambda code: t("own.guess") if code is None else t(f"table.{code}"),
        placeholder=t("own.guess"),
        key="own.table",
        persist_state="session",
    )
    file = st.file_uploader(t("own.drop"), type=list(_TYPES), key=f"own.file.{turn}", help=t("own.help"))
    if file is not None:
        st.session_state["own.ask"] = False
        with st.spinner(t("own.checking")):
            _read(file, table)
        if not st.session_state["own.ask"]:
            st.session_state["own.turn"] = turn + 1
            st.rerun()
    if st.session_state.get("own.ask"):
        st.warning(t("own.which-table"), icon=":material/help:")


def panel(t: Translator) -> None:
    """Take a file, show what is in use, and give templates to fill in."""
    st.markdown(f"**{t('own.title')}**")
    st.caption(t("own.lead"))
    _receive(t)
    for name, table in list(state.own_tables().items()):
        line = t(
            "own.in-use", table=t(f"table.{name}"), file=table.file, records=t.n("count.records", len(table.frame))
        )
        st.success(text.markdown(line, max_chars=300), icon=":material/check:")
        if st.button(t("own.remove"), key=f"own.remove.{name}"):
            del state.own_tables()[name]
            st.rerun()
    for file, faults in list(state.upload_faults().items()):
        line = f"{t('own.faults', file=file)}: {t.n('count.faults', len(faults))}"
        st.error(text.markdown(line, max_chars=300), icon=":material/error:")
        if st.button(t("own.forget"), key=f"own.forget.{file}"):
            del state.upload_faults()[file]
            st.rerun()
    with st.expander(t("own.templates")):
        for name in schema.TABLES:
            if name in _TABLES:
                st.download_button(
                    t(f"table.{name}"),
                    data=partial(catalogue.template, name),
                    file_name=f"symap-{name}.xlsx",
                    key=f"own.template.{name}",
                    on_click="ignore",
                )
