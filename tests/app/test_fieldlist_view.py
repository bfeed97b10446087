"""The control that takes the list for the field along: the country or one oblast, made when its button is pressed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from streamlit.testing.v1 import AppTest

from geo.i18n import LANGUAGES, Language, translator
from pages._shared import fieldlist_view

if TYPE_CHECKING:
    from geo.dataset import Dataset


def _page() -> None:
    """Show the control."""
    from geo import catalogue  # noqa: PLC0415 - the function is the script of a page
    from geo.i18n import translator  # noqa: PLC0415 - as above
    from pages._shared import fieldlist_view  # noqa: PLC0415 - as above

    fieldlist_view.lists(translator("ky"), catalogue.load(), training=False)


def test_the_country_and_every_oblast_are_offered(bundled: Dataset) -> None:
    """One list to choose from, the country first, and one button."""
    app = AppTest.from_function(_page, default_timeout=60).run()
    assert not app.exception
    oblasts = bundled.area_totals[bundled.area_totals["kind"] == "oblast"]
    names = [translator("ky").name(row) for _, row in oblasts.iterrows()]
    assert app.selectbox[0].options == [translator("ky")("fieldlist.country"), *names]
    assert [one.label for one in app.get("download_button")] == [translator("ky")("fieldlist.take")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_is_that_of_the_oblast_chosen(bundled: Dataset, language: Language) -> None:
    """Its name stands in the title; without an address that others reach there is no code to mislead them."""
    t = translator(language)
    area = bundled.area_totals.set_index("id").loc["AR-KG-NARYN-OBLAST"]
    content = fieldlist_view._made(t, bundled, date(2026, 7, 31), "AR-KG-NARYN-OBLAST", None, training=False)
    document = pypdfium2.PdfDocument(content)
    assert t.name(area) in str(document.get_metadata_value("Title"))
    text = " ".join(document[0].get_textpage().get_text_bounded().split())
    assert t("fieldlist.live") not in text
