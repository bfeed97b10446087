"""Sums over points within distances of many places at once, such as settlements near ten thousand sites."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.crs import GEOD, SHORTEST_DEGREE_M
from geo.gridzones import check_radii

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Bands of latitude in a radius: more of them fit the circle closer, fewer make longer runs.
_BANDS_PER_RADIUS: Final = 6
_CHUNK_PAIRS: Final = 50_000
# The straight line through the Earth tells geodesic distance to a hundred-thousandth; closer calls are measured.
_CHORD_SLACK: Final = 1e-4
_POLE_DEG: Final = 90.0
_TURN_DEG: Final = 360.0
_WIDENING: Final = 1.02
_MEAN_RADIUS_M: Final = 6_371_008.8


@dataclass(frozen=True, eq=False)
class PointSums:
    """Sums for each place (row) and radius (column), cumulative.

    Parameters
    ----------
    weights
        Sum of the weights; points whose weight is NaN add nothing.
    points
        Number of points.
    unknown
        Number of those whose weight is NaN.
    """

    weights: Floats
    points: Ints
    unknown: Ints


def sums_near(  # noqa: PLR0913 - keyword-only from the places on
    lon: ArrayLike, lat: ArrayLike, weights: ArrayLike, *, at_lon: ArrayLike, at_lat: ArrayLike, radii_m: ArrayLike
) -> PointSums:
    """Sum points within several distances of each of many places.

    Every distance is geodesic: those that the chord through the ellipsoid leaves in doubt are measured on it.

    Parameters
    ----------
    lon, lat, weights
        The points, degrees; a point without a position is near nothing.
    at_lon, at_lat
        The places, degrees.
    radii_m
        Radii, rising; the limit itself is inside.

    Returns
    -------
    PointSums
        Places in their order.

    Raises
    ------
    QuestionError
        ``radius-range``.
    """
    radii = check_radii(np.atleast_1d(radii_m))
    places = np.atleast_1d(np.asarray(at_lon, dtype=float)), np.atleast_1d(np.asarray(at_lat, dtype=float))
    flat_lon, flat_lat, flat_weights = (np.atleast_1d(np.asarray(part, dtype=float)) for part in (lon, lat, weights))
    points = _Points.sort(flat_lon, flat_lat, flat_weights, float(radii[-1]))
    shape = len(places[0]), len(radii)
    found = np.zeros((3, *shape))
    # Places that are near each other in latitude look into the same bands.
    order = np.argsort(places[1], kind="stable")
    runs = points.runs(places[0][order], places[1][order], float(radii[-1]))
    ends = np.cumsum(np.bincount(runs.place, weights=runs.length, minlength=len(order)))
    group = (ends // _CHUNK_PAIRS).astype(np.int64)
    edges = [0, *(np.flatnonzero(np.diff(group)) + 1).tolist(), len(order)]
    for first, last in pairwise(edges):
        chosen = order[first:last]
        found[:, chosen] = points.sums(runs.part(first, last), places[0][chosen], places[1][chosen], radii)
    return PointSums(found[0], found[1].round().astype(np.int64), found[2].round().astype(np.int64))


@dataclass(frozen=True, eq=False)
class _Runs:
    """Stretches of sorted points that may be near a place."""

    place: Ints
    start: Ints
    length: Ints

    def part(self, first: int, last: int) -> _Runs:
        here = slice(*np.searchsorted(self.place, [first, last]))
        return _Runs(self.place[here] - first, self.start[here], self.length[here])


@dataclass(frozen=True, eq=False)
class _Points:
    """Points sorted by band of latitude, and within a band by longitude."""

    lon: Floats
    lat: Floats
    weight: Floats
    unknown: Floats
    xyz: Floats
    band_deg: float
    key: Floats

    @classmethod
    def sort(cls, lon: Floats, lat: Floats, weight: Floats, reach_m: float) -> _Points:
        known = np.isfinite(lon) & np.isfinite(lat)
        lon, lat, weight = lon[known], lat[known], weight[known]
        # Once more on the other side, for places near the date line.
        far = np.abs(lon) > _POLE_DEG
        lon = np.concatenate([lon, lon[far] - np.sign(lon[far]) * _TURN_DEG])
        lat, weight = np.concatenate([lat, lat[far]]), np.concatenate([weight, weight[far]])
        band_deg = reach_m / SHORTEST_DEGREE_M / _BANDS_PER_RADIUS
        # A band takes a thousand on the key, and longitudes no more than 720 of it.
        key = np.floor(lat / band_deg) * 1000.0 + lon
        order = np.argsort(key, kind="stable")
        lon, lat, weight = lon[order], lat[order], weight[order]
        missing = np.isnan(weight)
        return cls(
            lon, lat, np.where(missing, 0.0, weight), missing.astype(float), _xyz(lon, lat), band_deg, key[order]
        )

    def runs(self, lon: Floats, lat: Floats, reach_m: float) -> _Runs:
        reach_deg = _WIDENING * reach_m / SHORTEST_DEGREE_M
        first = np.floor((lat - reach_deg) / self.band_deg)
        count = (np.floor((lat + reach_deg) / self.band_deg) - first).astype(np.int64) + 1
        place = np.repeat(np.arange(len(lat)), count)
        band = first[place] + (np.arange(len(place)) - (np.cumsum(count) - count)[place])
        # The nearest the band comes to the place decides how wide the circle can be in it.
        away = np.maximum(np.maximum(band * self.band_deg - lat[place], lat[place] - (band + 1) * self.band_deg), 0.0)
        farthest = np.minimum(np.abs(lat) + reach_deg, _POLE_DEG)[place]
        half = np.sqrt(np.maximum(reach_deg**2 - away**2, 0.0)) / np.maximum(np.cos(np.radians(farthest)), 1e-3)
        half = np.minimum(half, _TURN_DEG / 2)
        start = np.searchsorted(self.key, band * 1000.0 + lon[place] - half)
        end = np.searchsorted(self.key, band * 1000.0 + lon[place] + half, side="right")
        kept = end > start
        return _Runs(place[kept], start[kept], (end - start)[kept])

    def sums(self, runs: _Runs, lon: Floats, lat: Floats, radii_m: Floats) -> Floats:
        """Weights, points and points without weight: shape (3, places, radii)."""
        steps = len(radii_m)
        offset = np.cumsum(runs.length) - runs.length
        run = np.repeat(np.arange(len(runs.length)), runs.length)
        point = (runs.start - offset)[run] + np.arange(len(run))
        place = runs.place[run]
        centre = _xyz(lon, lat)
        square = sum((axis[point] - middle[place]) ** 2 for axis, middle in zip(self.xyz, centre, strict=True))
        chord_m = 2 * _MEAN_RADIUS_M * np.sin(radii_m / (2 * _MEAN_RADIUS_M))
        kept = np.flatnonzero(square <= (chord_m[-1] * (1 + _CHORD_SLACK)) ** 2)
        square, point, place = square[kept], point[kept], place[kept]
        ring, later = (np.searchsorted((chord_m * (1 + slack)) ** 2, square) for slack in (_CHORD_SLACK, -_CHORD_SLACK))
        doubtful = np.flatnonzero(ring != later)
        if doubtful.size:
            near, here = point[doubtful], place[doubtful]
            _, _, distance_m = GEOD.inv(lon[here], lat[here], self.lon[near], self.lat[near])
            ring[doubtful] = np.searchsorted(radii_m, distance_m)
        slot = place * (steps + 1) + ring
        size = len(lon) * (steps + 1)
        columns = [np.bincount(slot, weights=part[point], minlength=size) for part in (self.weight, self.unknown)]
        columns.insert(1, np.bincount(slot, minlength=size).astype(float))
        by_ring = np.stack(columns).reshape(3, len(lon), steps + 1)[:, :, :steps]
        result: Floats = np.cumsum(by_ring, axis=2)
        return result


def _xyz(lon: Floats, lat: Floats) -> Floats:
    """Points of the ellipsoid in metres from the Earth's middle."""
    along, up = np.radians(lon), np.radians(lat)
    normal = GEOD.a / np.sqrt(1 - GEOD.es * np.sin(up) ** 2)
    across = normal * np.cos(up)
    result: Floats = np.stack([across * np.cos(along), across * np.sin(along), normal * (1 - GEOD.es) * np.sin(up)])
    return result
