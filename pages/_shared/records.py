"""One record beside the map: what it is, what lies there, how sure that is, and who says so."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

import streamlit as st

from geo import documents, evidence, headlines, inventory, text
from pages._shared import loaders, state, widgets

if TYPE_CHECKING:
    import pandas as pd

    from geo.dataset import Dataset
    from geo.i18n import Translator
    from geo.inventory import InventoryAnswer, RecordAnswer
    from pages._shared.mapview import Click

_PICKED: Final = "overview.record"
#: Khaidarkan is what the eye meets first.
DEFAULT_RECORD: Final = "KG-KHD"
_COLUMNS: Final = {
    "sites": ("name", "kind", "commodities", "status", "status_date", "country", "positional_error_m"),
    "storage": ("name", "kind", "accepts", "status", "country", "positional_error_m", "contact"),
    "collection_points": ("name", "accepts", "status", "country", "hours", "contact"),
}
_CLOSING: Final = ("evidence", "source", "source_date")


def take_click(click: Click) -> None:
    """Show the record whose sign on the map was clicked."""
    if click.picked is not None:
        state.pend(_PICKED, click.picked[1])


def _facts(t: Translator, answer: RecordAnswer) -> list[tuple[str, str]]:
    record = answer.record
    facts = []
    for column in _COLUMNS.get(answer.table, ("name", "country", "population_persons", "population_year")):
        if column == "name" or column not in record.index:
            continue
        value = _fact(t, answer.table, column, record[column])
        if value:
            facts.append((documents.label(t, column), value))
    return facts


def _fact(t: Translator, table: str, column: str, value: object) -> str:
    if column.endswith("_date"):
        return t.date(value) if isinstance(value, str) else ""
    if column.endswith("_m") and isinstance(value, float):
        return t.km(value)
    worded = documents.worded(t, table, column, value)
    return "" if worded is None else str(worded)


def _quantities(t: Translator, dataset: Dataset, answer: RecordAnswer) -> None:
    if answer.quantities.empty:
        return
    with widgets.fold(t("record.quantities", count=len(answer.quantities)), key="record.quantities") as is_open:
        if not is_open:
            return
        names = {
            str(site["id"]): t.name(site) for site in cast("list[dict[str, Any]]", dataset.sites.to_dict("records"))
        }
        rows = [
            {
                t("record.place"): names.get(str(row["site_id"]), str(row["site_id"])),
                t("record.quantity"): headlines.quantity_name(t, row["quantity"]),
                t("record.value"): headlines.quantity(t, row) or t("no-data"),
                t("column.as_of"): t.date(row["as_of"]),
                t("column.evidence"): t(f"choice.evidence.{row['evidence']}"),
                t("column.source"): text.clean(row["source"], max_chars=300),
            }
            for row in cast("list[dict[str, Any]]", answer.quantities.to_dict("records"))
        ]
        st.dataframe(rows, hide_index=True, height="content" if len(rows) < 10 else 380)  # noqa: PLR2004 - a screen


def _head(t: Translator, answer: RecordAnswer) -> None:
    record = answer.record
    if record["evidence"] == "illustrative":
        st.html(f'<div class="sy-example">{text.html(t("illustrative"))}</div>')
    name = text.html(t.name(record))
    if answer.headline is None:
        st.html(f'<section class="sy-answer"><div class="sy-name">{name}</div></section>')
        return
    row = answer.headline
    widgets.headline(
        label=t.name(record),
        number=headlines.quantity(t, row) or t("no-data"),
        detail=f"{headlines.quantity_name(t, row['quantity'])}, {t.date(row['as_of'])}",
    )


def _chip(t: Translator, answer: RecordAnswer) -> None:
    """Say who says the number above, and when; then who says the rest."""
    record, row = answer.record, answer.headline
    every = [str(record["source"]), *answer.quantities["source"]]
    if row is None:
        widgets.evidence(t, str(record["evidence"]), sources=every, when=t.date(record["source_date"]), key="record")
        return
    weakest = evidence.weakest([str(record["evidence"]), str(row["evidence"])])
    widgets.evidence(t, weakest, sources=[str(row["source"])], others=every, when=t.date(row["as_of"]), key="record")


def card(t: Translator, dataset: Dataset) -> None:
    """Show the picked record with its numbers, notes, conflicts and sources."""
    labels = widgets.place_labels(t, dataset, inventory.RECORD_TABLES, placed_only=False)
    picked = widgets.where(t, _PICKED, labels, default=DEFAULT_RECORD)
    with widgets.friendly_errors(t):
        answer = loaders.record(dataset, picked or DEFAULT_RECORD)
        _head(t, answer)
        record = answer.record
        _chip(t, answer)
        note = t.name(record, "note", max_chars=None)
        if note:
            st.html(f'<p class="sy-sentence">{text.html(note, max_chars=None)}</p>')
        facts = "".join(f"<dt>{text.html(name)}</dt><dd>{text.html(value)}</dd>" for name, value in _facts(t, answer))
        st.html(f'<dl class="sy-facts">{facts}</dl>')
        widgets.notes(t, answer.notes)
        _quantities(t, dataset, answer)
        if len(answer.claims):
            with widgets.fold(t("record.claims", count=len(answer.claims)), key="record.claims") as is_open:
                if not is_open:
                    return
                widgets.show_table(
                    t,
                    headlines.claims(t, answer.claims),
                    ("subject_name", "value", "as_of", "used", "source"),
                    key="claims",
                    table="claims",
                )


def tables(t: Translator, answer: InventoryAnswer) -> None:
    """List every record on the map, and those that are only listed, as tables with downloads."""
    for table in answer.question.tables:
        frame = getattr(answer, table)
        label = f"{t(f'table.{table}')} · {t.n('count.records', len(frame))}"
        with widgets.fold(label, key=f"records.{table}") as is_open:
            if not is_open:
                continue
            if frame.empty:
                st.caption(t("record.none-match"))
                continue
            widgets.show_table(t, frame, (*_COLUMNS[table], *_CLOSING), key=table, table=table)
            leads = _leads_somewhere(frame)
            widgets.downloads(t, partial(_document, t, table, frame), table, tracks=leads)
            if not leads and "lon" in frame.columns:
                st.caption(t("record.no-tracks"))
    if answer.hidden_not_mercury:
        st.caption(t.n("record.hidden", answer.hidden_not_mercury))


def _leads_somewhere(frame: pd.DataFrame) -> bool:
    """Tell whether some record can be given to a device: one with a place that is no example."""
    if "lon" not in frame.columns:
        return False
    return bool((frame["lon"].notna() & (frame["evidence"] != "illustrative")).any())


def _document(t: Translator, table: str, frame: pd.DataFrame) -> documents.Document:
    return documents.Document(sheets=(documents.Sheet(table, frame),), title=t(f"table.{table}"))


def legend_note(t: Translator, answer: InventoryAnswer) -> None:
    """Say under the map what its signs cannot: which records are examples."""
    if answer.evidence == "illustrative":
        st.html(f'<div class="sy-example">{text.html(t("record.illustrative-shown"))}</div>')
