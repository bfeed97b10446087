"""Words of parts of an answer that every door says alike."""

from __future__ import annotations

import math

import pytest

from geo import sentences
from geo.i18n import LANGUAGES, Language, translator


@pytest.mark.parametrize(
    ("bearing_deg", "code"), [(0.0, "n"), (22.4, "n"), (22.6, "ne"), (180.0, "s"), (337.4, "nw"), (337.6, "n")]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bearing_is_told_as_the_nearest_of_eight_points(bearing_deg: float, code: str, language: Language) -> None:
    """Due north begins half a sector before it, and the circle closes."""
    t = translator(language)
    assert sentences.direction(t, bearing_deg) == t(f"direction.{code}")


def test_a_part_that_is_shorter_than_times_are_told_has_no_time() -> None:
    """Five minutes is the shortest time there is to tell."""
    t = translator("en")
    assert sentences.short_time(t, 149.0) == ""
    assert sentences.short_time(t, 150.0) == t.duration(300.0)


@pytest.mark.parametrize(
    ("seconds", "sign", "told_s"),
    [(-600.0, "−", 600.0), (-149.0, "", 0.0), (0.0, "", 0.0), (149.0, "", 0.0), (3600.0, "+", 3600.0)],
)
def test_a_difference_of_times_has_a_sign_unless_it_rounds_to_nothing(seconds: float, sign: str, told_s: float) -> None:
    """Longer is plus, quicker is minus, and neither stands before no minutes."""
    t = translator("en")
    assert sentences.more_time(t, seconds) == sign + t.duration(told_s)


def test_an_unknown_difference_of_times_is_no_data_without_a_sign() -> None:
    """A sign would claim to know which of both roads is quicker."""
    t = translator("en")
    assert sentences.more_time(t, math.nan) == t("no-data")


@pytest.mark.parametrize(
    ("number", "name", "told"),
    [
        ("M41", "Main Street", "M41 · Main Street"),
        (None, "Main Street", "Main Street"),
        ("M41", None, "M41"),
        (math.nan, None, ""),
    ],
)
def test_a_road_is_named_by_what_it_has_of_number_and_name(number: object, name: object, told: str) -> None:
    """A dot stands between number and name only where both are known."""
    row = {"road_number": number, "road_name_en": name, "road_name_ru": None, "road_name_ky": None}
    assert sentences.road(translator("en"), row) == told
