"""The control that takes a page along: a button for each format where something is asked, nothing where nothing is."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from geo.cli_brief import FORMATS


def _page() -> None:
    """Show the control for the address in the session."""
    import streamlit as st  # noqa: PLC0415 - the function is the script of a page

    from geo import catalogue, views  # noqa: PLC0415 - as above
    from geo.i18n import translator  # noqa: PLC0415 - as above
    from pages._shared import brief_view  # noqa: PLC0415 - as above

    view = views.decode(st.session_state["address"])
    brief_view.brief_control(translator("ky"), catalogue.load(), view)


def _shown(address: str) -> AppTest:
    app = AppTest.from_function(_page, default_timeout=60)
    app.session_state["address"] = address
    return app.run()


def test_every_format_is_offered() -> None:
    """Five buttons with the names of the formats."""
    app = _shown("exposure?places=KG-KHD")
    assert not app.exception
    assert [button.label for button in app.get("download_button")] == [code.upper() for code in FORMATS]


def test_nothing_is_offered_where_nothing_is_asked() -> None:
    """On the page "nearest" without a place there is no brief."""
    app = _shown("nearest?waste=lamps")
    assert not app.exception
    assert not app.get("download_button")
