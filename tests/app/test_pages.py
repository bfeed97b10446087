"""Every page in every language: normal, empty and refused questions, without a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from geo import catalogue
from geo.errors import DataError
from geo.i18n import LANGUAGES, translator
from geo.schema import STORAGE_KINDS
from pages._shared.state import OwnTable

from .conftest import PAGES, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    from geo.dataset import Dataset

    from .conftest import Drawn

#: What a reader may have chosen so that a page has nothing to show, or so that the question is refused.
EMPTY: dict[str, dict[str, Any]] = {
    "overview": {"overview__layers": []},
    "exposure": {"exposure__places": []},
    "routes": {"route__from": None},
    "nearest": {},
    "sources": {"sources__part": "rules"},
}
REFUSED: dict[str, dict[str, Any]] = {
    "overview": {"overview__record": "no-such-place"},
    "exposure": {"exposure__places": ["13.4,52.5"]},
    "routes": {"route__to": "13.4,52.5"},
    "nearest": {"nearest__at": "no such village"},
    "sources": {"sources__part": "claims"},
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_answers_in_the_readers_language(page: str, language: str, open_page: Callable[..., AppTest]) -> None:
    """The page's question stands in its heading and nothing went wrong."""
    app = open_page(page, language)
    assert not app.exception
    assert not app.error
    t = translator(language)  # type: ignore[arg-type]
    headings = {
        "overview": t("overview.title"),
        "exposure": t("exposure.title-place", place=t.names(KHAIDARKAN)),
        "routes": t("route.minimise"),
        "nearest": t("nearest.title"),
        "sources": t("sources.title"),
    }
    assert headings[page] in words(app).replace("&quot;", '"').replace("&#x27;", "'")


def _popovers(block: Any) -> list[str]:
    """Give the labels of all popovers in a part of a page."""
    inside = [label for child in getattr(block, "children", {}).values() for label in _popovers(child)]
    own = getattr(getattr(block, "proto", None), "popover", None)
    return [*([own.label] if own is not None and own.label else []), *inside]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chip_beside_a_number_names_that_number_s_source(language: str, open_page: Callable[..., AppTest]) -> None:
    """The mass of slag is of 2009 and of one page of one report; who says the rest of the record stands apart."""
    app = open_page("overview", language)
    t = translator(language)  # type: ignore[arg-type]
    assert f"{t('choice.evidence.documented')} · 2009" in _popovers(app.main)
    said = words(app)
    first, rest = said.split(t("evidence.sources"), 1)[1].split(t("evidence.other-sources"), 1)
    assert "p. 25" in first
    assert "p. 12" not in first
    assert "p. 12" in rest


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_an_empty_page_says_what_to_do(page: str, language: str, open_page: Callable[..., AppTest]) -> None:
    """Nothing chosen is a state of its own, not a fault."""
    app = open_page(page, language, **EMPTY[page])
    assert not app.exception
    asks = {"exposure": app.warning, "routes": app.info, "nearest": app.info}
    if page in asks:
        assert len(asks[page]) >= 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_refused_question_leaves_the_page_usable(page: str, language: str, open_page: Callable[..., AppTest]) -> None:
    """A message in the reader's language instead of a traceback, and the controls are still there."""
    app = open_page(page, language, **REFUSED[page])
    assert not app.exception
    if page != "sources":
        assert len(app.warning) >= 1
        assert app.selectbox or app.multiselect


KHAIDARKAN = {"en": "Khaidarkan", "ru": "Хайдаркан", "ky": "Хайдаркан"}


def test_the_map_of_the_overview_never_marks_a_place_without_coordinates(
    open_page: Callable[..., AppTest], drawn: Drawn
) -> None:
    """Khaidarkan's parts are circles of error; a triangle or square would claim a place."""
    open_page("overview", "en")
    marks = [
        feature["id"]
        for layer in drawn.payloads[-1]["layers"]
        for feature in layer["features"]
        if feature["s"] in {"site", "site-tailings"}
    ]
    assert not [code for code in marks if code.startswith("KG-KHD-")]
    assert "site-circle" in drawn.styles()


def test_a_choice_survives_a_visit_to_another_page(open_page: Callable[..., AppTest]) -> None:
    """The place chosen on one page is still chosen after looking at another."""
    app = open_page("exposure", "en", exposure__places=["ST-BATKEN"])
    app.switch_page("sources.py")
    app.run()
    app.switch_page("exposure.py")
    app.run()
    assert app.multiselect(key="exposure.places").value == ["ST-BATKEN"]


def test_the_page_never_says_that_people_are_poisoned(open_page: Callable[..., AppTest]) -> None:
    """Beside the number stands what it is not."""
    said = words(open_page("exposure", "en"))
    assert translator("en")("exposure.not-poisoning") in said.replace("\\", "")


def test_nobody_is_sent_to_an_example(open_page: Callable[..., AppTest], drawn: Drawn) -> None:
    """In Bujum with lamps: no confirmed point, the reported works, call 112; no example unless training is on."""
    app = open_page("nearest", "en", nearest__at="ST-BUJUM")
    said = words(app)
    assert "112" in said
    assert "example, not a real place" not in said.split(translator("en")("remote.title"))[0].split("Bujum")[-1]
    assert "collection-illustrative" not in drawn.styles()
    trained = open_page("nearest", "en", nearest__at="ST-BUJUM", nearest__training=True)
    assert "example, not a real place" in words(trained)


def test_records_are_offered_to_devices_where_they_are_real(open_page: Callable[..., AppTest]) -> None:
    """Sites as GPX and KML too; of the collection points, which are all examples, none, and a word why."""
    app = open_page("overview", "en", records__sites=True, records__collection_points=True)
    offered = {button.proto.id.rpartition("-download-")[2] for button in app.get("download_button")}
    assert {"sites.gpx", "sites.kml", "sites.csv", "collection_points.csv"} <= offered
    assert not {"collection_points.gpx", "collection_points.kml"} & offered
    assert translator("en")("record.no-tracks") in words(app)


@pytest.mark.parametrize(
    ("page", "key", "typed", "meant"),
    [
        ("nearest", "nearest.at", "Бужим", "ST-BUJUM"),
        ("routes", "route.to", "Jangy-Jer", "ST-JANGY-JER-BATKEN"),
        ("exposure", "exposure.places", ["KG-KHD", "Бужим"], ["KG-KHD", "ST-BUJUM"]),
    ],
)
def test_a_name_that_is_none_or_several_is_offered_to_press(
    open_page: Callable[..., AppTest], page: str, key: str, typed: object, meant: object
) -> None:
    """One press puts the place into its box, beside the others where there are several; no error is told meanwhile."""
    app = open_page(page, "ky", **{key.replace(".", "__"): typed})
    offered = [button for button in app.button if "-meant-" in (button.key or "")]
    assert offered
    assert not app.warning
    offered[0].click().run()
    assert app.session_state[key] == meant
    assert not [button for button in app.button if "-meant-" in (button.key or "")]
    assert not app.exception


def test_training_says_nothing_where_a_real_list_is_loaded(open_page: Callable[..., AppTest], bundled: Dataset) -> None:
    """Examples are gone then: real points are not called examples. Mistakes of a table are told whole, remedy and all."""
    row = "id,name_en,accepts,lon,lat,contact\nM-1,Ministry point,lamps,70.8194,40.0625,+996 3622 50011\n"
    frame = catalogue.read_own("collection_points", "list.csv", row.encode(), dataset=bundled)
    with pytest.raises(DataError) as caught:
        catalogue.read_own(
            "storage", "s.csv", b"id,name_en,kind,accepts,lon,lat\nS-1,S,shed,lamps,71,40\n", dataset=bundled
        )
    own = {"collection_points": OwnTable("collection_points", "list.csv", frame)}
    faults = {"s.csv": caught.value.faults}
    app = open_page(
        "nearest", "en", nearest__at="ST-BUJUM", nearest__training=True, own_tables=own, upload_faults=faults
    )
    said = words(app)
    assert "Ministry point" in said
    assert translator("en")("note.training") not in said
    remedy = said.split("s.csv · row 2 · kind")[1][:400]
    assert all(kind in remedy for kind in STORAGE_KINDS)


@pytest.mark.parametrize("waste", ["elemental-mercury", "contaminated-soil", "tailings"])
def test_what_must_not_be_moved_gets_no_destination(
    waste: str, open_page: Callable[..., AppTest], drawn: Drawn
) -> None:
    """Metallic mercury, soil and tailings: do not move it, call."""
    app = open_page("nearest", "en", nearest__at="ST-BUJUM", nearest__waste=waste, nearest__training=True)
    assert not app.exception
    assert not {style for style in drawn.styles() if style.startswith(("collection", "storage"))}
    assert "tel:112" in "".join(str(getattr(e.proto, "body", "")) for e in app.main if hasattr(e, "proto"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_of_tables_are_written_in_the_pages_language(language: str, open_page: Callable[..., AppTest]) -> None:
    """No browser's language decides: with a comma, eight thousand would be read as eight."""
    app = open_page("exposure", language, exposure__places=["KG-KHD"])
    t = translator(language)  # type: ignore[arg-type]
    table = app.dataframe[0]
    whole = table.value[t("exposure.central")].dropna()
    assert whole.max() > 10_000
    displayed = pa.ipc.open_stream(table.proto.arrow_data.styler.display_values).read_pandas()
    assert t.number(whole.max()) in displayed.astype(str).to_numpy().ravel().tolist()
