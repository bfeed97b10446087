"""A question names places by id or by coordinates, and a place out of reach is refused with the remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from geo.errors import QuestionError
from geo.places import WINDOW, parse_coordinates, read_spot, resolve

if TYPE_CHECKING:
    from geo.dataset import Dataset


@pytest.mark.parametrize(
    ("typed", "pair"),
    [
        ("71.3418,39.9432", (71.3418, 39.9432)),
        (" 71.3418 , 39.9432 ", (71.3418, 39.9432)),
        ("71,3418; 39,9432", (71.3418, 39.9432)),
        ("71,3418 39,9432", (71.3418, 39.9432)),
        ("71.3418", None),
        ("a,b", None),
        ("1,2,3", None),
        ("39.9432° N, 71.3418° E", (71.3418, 39.9432)),
        ("39°30'N 71°15'E", (71.25, 39.5)),
        ("39°30' 71°15'", None),
    ],
)
def test_coordinates_are_read_with_points_or_commas(typed: str, pair: tuple[float, float] | None) -> None:
    """Longitude first, as the command line writes them."""
    assert parse_coordinates(typed) == pair


@pytest.mark.parametrize("typed", ["39.9432, 71.3418", "71.3418 39.9432", "39.9432° N, 71.3418° E", "39,9432; 71,3418"])
def test_a_spot_typed_by_a_person_may_come_in_either_order(typed: str) -> None:
    """Phones give latitude first; in the window no pair can be read both ways."""
    west, south, east, north = WINDOW
    assert north < west
    assert south < east
    assert read_spot(typed) == (71.3418, 39.9432)


def test_a_record_is_found_in_any_table(bundled: Dataset) -> None:
    """A site, a store, an example point, a village and a node of the roads."""
    tables = {resolve(bundled, code).table for code in ("KG-KHD", "SF-KHD-WORKS", "CP-ILL-OSH", "ST-BUJUM", "RN-OSH")}
    assert tables == {"sites", "storage", "collection_points", "settlements", "road_nodes"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no-such-id", "unknown-place"),
        ("39.9432,71.3418", "coordinates-swapped"),
        ("13.4,52.5", "outside-window"),
        ("1e400,40", "unknown-place"),
        ("nan,nan", "unknown-place"),
    ],
)
def test_a_place_that_cannot_be_is_refused(bundled: Dataset, text: str, code: str) -> None:
    """The command line is strict about the order, and says that it is the order."""
    with pytest.raises(QuestionError) as caught:
        resolve(bundled, text)
    assert caught.value.code == code


def test_a_listed_record_has_no_position(bundled: Dataset) -> None:
    """Its place is known to exist and not where."""
    listed = bundled.sites.loc[bundled.sites["lon"].isna(), "id"].iloc[0]
    assert not resolve(bundled, listed).has_position


def test_typed_coordinates_keep_every_digit(bundled: Dataset) -> None:
    """A link must not change the question by rounding."""
    assert resolve(bundled, "71.34180000000123,39.9432").text == "71.34180000000123,39.9432"
