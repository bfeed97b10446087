"""Coordinates are read however people and phones write them, and nothing else is taken for coordinates."""

from __future__ import annotations

import pytest

from geo.angles import read_pair
from geo.places import read_spot
from tests.spellings import NO_SPOTS, SPOT, SPOTS


@pytest.mark.parametrize("typed", SPOTS)
def test_every_spelling_of_a_spot_gives_the_same_spot(typed: str) -> None:
    """39° 56' 30" is 39 + 56/60 + 30/3600 = 39.941667; 71° 20' 15" is 71.3375."""
    spot = read_spot(typed)
    assert spot is not None
    assert spot == pytest.approx(SPOT, abs=1e-9)


@pytest.mark.parametrize("typed", NO_SPOTS)
def test_what_is_no_pair_of_coordinates_is_none(typed: str) -> None:
    """A village, half a pair, sixty minutes, two latitudes."""
    assert read_pair(typed) is None


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ("71.3E 39.9N", "lon-lat"),
        ("39.9N 71.3E", "lat-lon"),
        ("39.9 с. ш., 71.3", "lat-lon"),
        ("71.3, 39.9", None),
    ],
)
def test_letters_say_which_is_the_longitude(typed: str, order: str | None) -> None:
    """Without letters the order is left open."""
    found = read_pair(typed)
    assert found is not None
    assert found[2] == order


def test_south_and_west_are_negative() -> None:
    """They lie outside the data, and must not be read as their mirror images inside it."""
    assert read_spot("39.94 S, 71.33 W") == (-71.33, -39.94)
    assert read_spot("39°56'S 71°20'E") == pytest.approx((71.0 + 20 / 60, -(39 + 56 / 60)))
