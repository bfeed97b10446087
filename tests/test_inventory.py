"""The register shows what matches and nothing else, and says of each record what must be known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from geo.errors import QuestionError
from geo.inventory import InventoryQuestion, describe, select

if TYPE_CHECKING:
    from geo.dataset import Dataset


def test_sites_that_are_not_mercury_are_off_until_asked_for(bundled: Dataset) -> None:
    """Uranium, antimony, lead and zinc; and the answer says how many are hidden."""
    default = select(bundled, InventoryQuestion())
    everything = select(bundled, InventoryQuestion(mercury_only=False))
    assert all("mercury" in codes for codes in default.sites["commodities"])
    assert len(everything.sites) == len(bundled.sites)
    assert default.hidden_not_mercury == len(everything.sites) - len(default.sites) > 0


def test_filters_hold_together(bundled: Dataset) -> None:
    """Only stores and points that take batteries, and only reported ones."""
    answer = select(bundled, InventoryQuestion(waste="batteries", evidence=("reported",)))
    assert len(answer.storage) > 0
    assert all("batteries" in codes for codes in answer.storage["accepts"])
    assert len(answer.collection_points) == 0
    assert answer.evidence == "reported"


def test_nothing_asked_is_nothing_shown(bundled: Dataset) -> None:
    """Empty in, empty out."""
    answer = select(bundled, InventoryQuestion(tables=()))
    assert (answer.count, answer.evidence) == (0, None)


def test_a_filter_keeps_the_index_and_the_input(bundled: Dataset) -> None:
    """The rows of an answer can be traced to the table, which stays as it was."""
    before = bundled.sites.copy()
    answer = select(bundled, InventoryQuestion(site_kinds=("tailings",), mercury_only=False))
    assert list(answer.sites["id"]) == list(bundled.sites.loc[answer.sites.index, "id"])
    assert bundled.sites.equals(before)


@pytest.mark.parametrize("wrong", [{"waste": "mobiles"}, {"site_kinds": ("volcano",)}, {"evidence": ("rumour",)}])
def test_an_unknown_code_is_refused(wrong: dict[str, object]) -> None:
    """A misspelt filter must not silently show everything."""
    with pytest.raises(QuestionError):
        InventoryQuestion(**wrong)  # type: ignore[arg-type]


def test_khaidarkan_is_described_with_its_parts(bundled: Dataset) -> None:
    """The headline is the slag, with its date; the parts, the numbers and the conflicts come along."""
    answer = describe(bundled, "KG-KHD")
    assert set(answer.parts["id"]) == {"KG-KHD-WORKS", "KG-KHD-SLAG", "KG-KHD-SLUDGE", "KG-KHD-TMF"}
    assert answer.headline is not None
    assert (answer.headline["quantity"], answer.headline["as_of"]) == ("slag-mass", "2009")
    assert set(answer.quantities["site_id"]) <= {"KG-KHD", *answer.parts["id"]}
    assert "khaidarkan-position" in set(answer.claims["subject"])
    assert [note.code for note in answer.notes] == ["position-assumed"]


def test_a_part_without_coordinates_says_that_its_position_is_assumed(bundled: Dataset) -> None:
    """Five kilometres for the tailings facility."""
    notes = {note.code: note.params for note in describe(bundled, "KG-KHD-TMF").notes}
    assert notes["position-assumed"]["error_m"] == 5000


def test_an_example_says_so(bundled: Dataset) -> None:
    """The first thing to know about it."""
    assert describe(bundled, "CP-ILL-OSH").notes[0].code == "illustrative-record"


def test_an_unknown_record_is_refused(bundled: Dataset) -> None:
    """With the id that was asked for."""
    with pytest.raises(QuestionError) as caught:
        describe(bundled, "KG-NOWHERE")
    assert caught.value.params["place"] == "KG-NOWHERE"
