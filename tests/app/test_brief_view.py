"""The control that takes a page along: a button for each format where something is asked, nothing where nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from streamlit.testing.v1 import AppTest

from geo.cli_brief import FORMATS
from tests.grid_worlds import north_up, write_grid

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


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


def test_files_of_the_server_are_at_hand_and_the_others_offer_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A grid that the server has is what the document counts on; of one that it lacks no document is offered."""
    write_grid(tmp_path / "people.tif", np.full((60, 80), 100.0, np.float32), transform=north_up(71.0, 40.2, 0.01))
    monkeypatch.setenv("SYMAP_GRIDS", str(tmp_path))

    def page() -> None:
        import streamlit as st  # noqa: PLC0415 - the function is the script of a page

        from geo import brief, catalogue, views  # noqa: PLC0415 - as above
        from geo.i18n import translator  # noqa: PLC0415 - as above
        from pages._shared import brief_means, brief_view, clock  # noqa: PLC0415 - as above

        view = views.decode("exposure?places=KG-KHD&grid_kind=count&people=" + st.session_state["grid"])
        dataset = catalogue.load()
        st.session_state["exposure.people-source"] = st.session_state["grid"]
        have = brief_means.of_page(dataset, view)
        if have.people is not None:
            made = brief.make(dataset, [view], "en", clock.local_now(), at_hand=have)
            st.text(f"{made.chapters[0].headline.number} {made.files[0].name}")
        brief_view.brief_control(translator("ky"), dataset, view, have)

    app = AppTest.from_function(page, default_timeout=60)
    app.session_state["grid"] = "people.tif"
    for _ in range(40):
        app.run()
        if app.text:
            break
    assert not app.exception
    assert "people.tif" in app.text[0].value
    assert len(app.get("download_button")) == len(FORMATS)
    app.session_state["grid"] = "gone.tif"
    app.run()
    assert not app.exception
    assert not app.get("download_button")
