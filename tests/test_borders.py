"""Which country a point lies in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.borders import country_at
from tests.people_worlds import world
from tests.road_worlds import table

if TYPE_CHECKING:
    from geo.dataset import Dataset

BORDERS = world(exclave=shapely.box(72, 41, 72.2, 41.2)).borders


def test_points_know_their_country_and_their_polygon() -> None:
    """West is KG, east UZ; north of all borders is nowhere."""
    codes, ids = country_at(BORDERS, [70.0, 76.0, 70.0], [40.0, 40.0, 43.4])
    assert list(codes) == ["KG", "UZ", None]
    assert list(ids) == ["KG", "UZ", None]


def test_an_exclave_wins_over_a_mainland_drawn_without_its_hole() -> None:
    """Here KG's polygon covers the exclave, as hand-drawn borders do."""
    assert [part[0] for part in country_at(BORDERS, 72.1, 41.1)] == ["UZ", "EX"]


def test_a_point_on_a_shared_line_belongs_to_one_country() -> None:
    """The exclave first, else the first of the table."""
    codes, _ = country_at(BORDERS, [72.0, 75.0], [41.1, 40.0])
    assert list(codes) == ["UZ", "KG"]


def test_unknown_coordinates_lie_nowhere() -> None:
    """A record that is only listed has no country by position."""
    codes, ids = country_at(BORDERS, np.array([np.nan, 70.0]), np.array([40.0, np.nan]))
    assert list(codes) == [None, None]
    assert list(ids) == [None, None]


def test_without_borders_nothing_lies_anywhere() -> None:
    """An empty table is no fault here."""
    assert list(country_at(table("borders"), [71.0], [40.0])[0]) == [None]


def test_the_valley_s_exclaves_are_told_apart(bundled: Dataset) -> None:
    """Town points from GeoNames: Aidarken, Osh, Ravon in Sokh, Vorukh, Shohimardon, Fergana, Isfara."""
    lon = [71.3418, 72.7985, 71.1369, 70.5829, 71.8048, 71.7864, 70.6253]
    lat = [39.9432, 40.5283, 39.9776, 39.8538, 39.9842, 40.3842, 40.1265]
    codes, ids = country_at(bundled.borders, lon, lat)
    assert list(codes) == ["KG", "KG", "UZ", "TJ", "UZ", "UZ", "TJ"]
    assert list(ids) == ["KG", "KG", "UZ-SOKH", "TJ-VORUKH", "UZ-SHOHIMARDON", "UZ", "TJ"]
