"""Sums of points near many places: equal to measuring every distance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import destinations, distances_m
from geo.errors import QuestionError
from geo.pointsums import sums_near
from tests.effort import examples

RADII_M = np.array([1000.0, 3000.0, 20_000.0])


def _assert_measured(
    points: tuple[np.ndarray, np.ndarray, np.ndarray], places: tuple[np.ndarray, np.ndarray], radii_m: np.ndarray
) -> None:
    found = sums_near(*points, at_lon=places[0], at_lat=places[1], radii_m=radii_m)
    lon, lat, weights = points
    for number, place in enumerate(zip(*places, strict=True)):
        inside = distances_m(*place, lon, lat)[:, None] <= radii_m
        assert found.points[number].tolist() == inside.sum(axis=0).tolist()
        assert found.unknown[number].tolist() == (inside & np.isnan(weights)[:, None]).sum(axis=0).tolist()
        assert found.weights[number] == pytest.approx(np.nansum(inside * weights[:, None], axis=0))


@examples(30)
@given(
    seed=st.integers(0, 2**32 - 1),
    middle=st.tuples(st.sampled_from([0.0, 71.3, 179.95, -179.99]), st.sampled_from([0.0, 41.0, -66.0, 84.0])),
    radii_m=st.lists(st.floats(100, 200_000), min_size=1, max_size=5, unique=True),
)
def test_sums_equal_every_distance_measured(seed: int, middle: tuple[float, float], radii_m: list[float]) -> None:
    """Anywhere, over the date line too, with any radii: the same as geodesic distances to every point."""
    rng = np.random.default_rng(seed)
    lon, lat = destinations(*middle, rng.uniform(0, 360, 400), rng.uniform(0, 250_000, 400))
    weights = np.where(rng.random(400) < 0.2, np.nan, rng.gamma(1, 500, 400))
    _assert_measured((lon, lat, weights), (lon[:20], lat[:20]), np.sort(radii_m))


def test_points_on_the_very_radius_are_measured_on_the_ellipsoid() -> None:
    """Points a millimetre inside and outside each radius fall on their own side."""
    for radius_m in (1000.0, 20_000.0, 200_000.0):
        bearing = np.linspace(0, 360, 50)
        for step_m, expected in ((-1e-3, 50), (1e-3, 0)):
            lon, lat = destinations(71.3, 39.9, bearing, radius_m + step_m)
            found = sums_near(lon, lat, np.ones(50), at_lon=71.3, at_lat=39.9, radii_m=[radius_m])
            assert found.points.tolist() == [[expected]]


def test_nothing_and_unplaced_points() -> None:
    """No point, or points without a position, are near nothing; no place gives no row."""
    nothing = sums_near([], [], [], at_lon=[71.0, 72.0], at_lat=[40.0, 41.0], radii_m=RADII_M)
    assert nothing.points.tolist() == [[0, 0, 0]] * 2
    unplaced = sums_near([np.nan, 71.0], [40.0, 40.0], [5.0, 7.0], at_lon=[71.0], at_lat=[40.0], radii_m=RADII_M)
    assert unplaced.weights.tolist() == [[7.0, 7.0, 7.0]]
    assert sums_near([71.0], [40.0], [1.0], at_lon=[], at_lat=[], radii_m=RADII_M).points.shape == (0, 3)


def test_radii_are_checked() -> None:
    """The same limits as for circles on a grid."""
    with pytest.raises(QuestionError, match="radius-range"):
        sums_near([71.0], [40.0], [1.0], at_lon=[71.0], at_lat=[40.0], radii_m=[0.0])
