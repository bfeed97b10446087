"""Taking the list for the field along: an A4 sheet of the country or of one oblast, made when its button is pressed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import streamlit as st

from pages._shared import clock, permalinks, share

if TYPE_CHECKING:
    from datetime import date

    from geo.dataset import Dataset
    from geo.i18n import Translator

_COUNTRY: Final = "all"
_WIDTH_PX: Final = 320


def lists(t: Translator, dataset: Dataset, *, training: bool) -> None:
    """Offer the sheets, of the country first; of an exercise, each line of an example says so.

    Parameters
    ----------
    t
        Reader's language.
    dataset
        Tables as this reader sees them.
    training
        Name illustrative points too.
    """
    areas = dataset.area_totals[dataset.area_totals["kind"] == "oblast"].set_index("id")
    names = {_COUNTRY: t("fieldlist.country")} | {str(code): t.name(row) for code, row in areas.iterrows()}
    with st.container(horizontal=True, vertical_alignment="bottom", key="fieldlist"):
        area = st.selectbox(
            t("fieldlist.area"), list(names), format_func=names.__getitem__, key="fieldlist.area", width=_WIDTH_PX
        )
        # A phone that reads the code would look for the server on itself.
        root = permalinks.root()
        address = None if urlsplit(root).hostname in share.HERE else root
        st.download_button(
            t("fieldlist.take"),
            data=partial(_made, t, dataset, clock.local_now().date(), str(area), address, training=training),
            file_name=f"symap-list-{str(area).lower()}-{t.language}.pdf",
            mime="application/pdf",
            key="fieldlist-take",
            on_click="ignore",
        )


def _made(  # noqa: PLR0913 - what a sheet is made of
    t: Translator, dataset: Dataset, day: date, area: str, address: str | None, *, training: bool
) -> bytes:
    from geo import fieldlist, fieldlist_pdf  # noqa: PLC0415 - used only when somebody takes the list

    sheets = fieldlist.sheets(dataset, t, day, address=address, training=training)
    # An oblast of the reader's own tables, of which nothing is known, gets the sheet of the country.
    return fieldlist_pdf.write(next((sheet for sheet in sheets if sheet.code == area), sheets[0]))
