"""Zones round a place: circles and rings drawn on the ellipsoid, and their areas."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon, get_coordinates

from geo.crs import GEOD, destinations

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from shapely import LinearRing
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]

CIRCLE_CORNERS: Final = 180
#: Corners on the circle itself would leave out (2π/180)²/6 = 0.02 % of its ground, and as many of its people;
#: a ten-thousandth farther out, the polygon has the ground of the circle.
CORNER_REACH: Final = math.sqrt((2 * math.pi / CIRCLE_CORNERS) / math.sin(2 * math.pi / CIRCLE_CORNERS))

#: Radii that differ by less are the same: the ring between them has no ground, and its two edges would cross.
SAME_RADIUS_M: Final = 1e-3
_FULL_TURN_DEG: Final = 360.0


@lru_cache(maxsize=1024)
def _corners(lon: float, lat: float, radius_m: float) -> NDArray[np.float64]:
    bearings_deg = np.linspace(360.0, 0.0, CIRCLE_CORNERS, endpoint=False)
    lons, lats = destinations(lon, lat, bearings_deg, CORNER_REACH * radius_m)
    # Kept on one side of the date line, so that the polygon stays in one piece.
    lons = lon + (lons - lon + 180.0) % 360.0 - 180.0
    corners = np.column_stack([lons, lats])
    corners.flags.writeable = False
    return corners


def circle(lon: float, lat: float, radius_m: float) -> Polygon:
    """Draw the geodesic circle round a place.

    Parameters
    ----------
    lon, lat
        The place, in degrees.
    radius_m
        Its radius on the ellipsoid, metres.

    Returns
    -------
    Polygon
        In WGS 84, with the area of the geodesic circle: its corners lie 0.01 % beyond the radius.
    """
    return Polygon(_corners(lon, lat, radius_m))


def rings(lon: float, lat: float, radii_m: Sequence[float]) -> list[tuple[float, float, Polygon]]:
    """Cut the largest circle round a place into a disk and the rings about it.

    Parameters
    ----------
    lon, lat
        The place, in degrees.
    radii_m
        Outer radii, metres, in any order.

    Returns
    -------
    list[tuple[float, float, Polygon]]
        Inner radius, outer radius and polygon of each, from the inside out. The interiors are disjoint and
        together they are the largest circle; a ring thinner than a millimetre is empty.
    """
    edges = [0.0, *sorted(set(map(float, radii_m)))]
    return [(inner, outer, _ring(lon, lat, inner, outer)) for inner, outer in pairwise(edges)]


def _ring(lon: float, lat: float, inner_m: float, outer_m: float) -> Polygon:
    if outer_m - inner_m < SAME_RADIUS_M:
        return Polygon()
    return Polygon(_corners(lon, lat, outer_m), [_corners(lon, lat, inner_m)] if inner_m else None)


def distinct_radii_m(radii_m: Iterable[float]) -> tuple[float, ...]:
    """Put radii in rising order, each once: those closer than a millimetre are the same."""
    rising = sorted(map(float, radii_m))
    return tuple(one for at, one in enumerate(rising) if at == 0 or not one - rising[at - 1] < SAME_RADIUS_M)


def geodesic_area_m2(geometry: BaseGeometry) -> float:
    """Measure the area of a polygon on the ellipsoid, holes taken off.

    Parameters
    ----------
    geometry
        Polygon or several, in WGS 84; anything else has no area.

    Returns
    -------
    float
        Square metres.
    """
    if geometry.is_empty or not isinstance(geometry, Polygon | MultiPolygon):
        return 0.0
    if isinstance(geometry, Polygon):
        return _ring_m2(geometry.exterior) - sum(_ring_m2(hole) for hole in geometry.interiors)
    return sum(geodesic_area_m2(part) for part in geometry.geoms)


def _ring_m2(ring: LinearRing) -> float:
    # Handed over as two arrays: a geometry would be read point by point.
    area, _ = GEOD.polygon_area_perimeter(*get_coordinates(ring).T)
    return abs(float(area))


def circles(centres: Sequence[tuple[float, float]], radii_m: Sequence[float] | Floats) -> NDArray[np.object_]:
    """Draw circles round many places: the polygons of :func:`circle`, all at a time.

    Parameters
    ----------
    centres
        Longitudes and latitudes, in degrees.
    radii_m
        Radii on the ellipsoid, metres: the same for all, or a row for each.

    Returns
    -------
    NDArray[np.object_]
        Shape (centres, radii).
    """
    # A circle is its own mirror image in the meridian of its centre: the eastern half of the corners is measured.
    half = CIRCLE_CORNERS // 2
    lengths_m = CORNER_REACH * np.atleast_2d(np.asarray(radii_m, dtype=float))
    shape = len(centres), lengths_m.shape[1], half + 1
    lon, lat = np.asarray(centres, dtype=float).reshape(-1, 2).T[:, :, None, None]
    bearing_deg = np.linspace(0.0, 180.0, half + 1)
    at = [np.broadcast_to(part, shape).ravel() for part in (lon, lat, bearing_deg, lengths_m[..., None])]
    end_lon, end_lat, _ = GEOD.fwd(at[0], at[1], at[2], at[3])
    east = (np.asarray(end_lon).reshape(shape) - lon + 180.0) % 360.0 - 180.0
    north = np.asarray(end_lat).reshape(shape)
    # From due north over the west, as in :func:`circle`.
    corner_lon = lon + np.concatenate([-east[..., :half], east[..., half:0:-1]], axis=-1)
    corner_lat = np.concatenate([north[..., :half], north[..., half:0:-1]], axis=-1)
    drawn: NDArray[np.object_] = shapely.polygons(np.stack([corner_lon, corner_lat], axis=-1))
    return drawn


def rings_of(drawn: NDArray[np.object_]) -> NDArray[np.object_]:
    """Cut circles into disks and the rings about them: what :func:`rings` does, for many places at a time.

    Parameters
    ----------
    drawn
        As :func:`circles` draws them, radii rising.

    Returns
    -------
    NDArray[np.object_]
        Of the same shape.
    """
    outlines = shapely.get_exterior_ring(drawn)
    cut = drawn.copy()
    cut[:, 1:] = shapely.polygons(outlines[:, 1:], holes=outlines[:, :-1, None])
    return cut


def area_from_equator_m2(lat_deg: Floats) -> Floats:
    """Measure the area of the ellipsoid between the equator and parallels, signed.

    References
    ----------
    Snyder (1987), Map Projections: a Working Manual, USGS Professional Paper 1395, equation 3-12.
    """
    eccentricity = np.sqrt(GEOD.es)
    sine = np.sin(np.radians(lat_deg))
    q = (1 - GEOD.es) * (sine / (1 - GEOD.es * sine**2) + np.arctanh(eccentricity * sine) / eccentricity)
    area_m2: Floats = np.pi * GEOD.a**2 * q
    return area_m2


def areas_m2(shapes: NDArray[np.object_]) -> Floats:
    """Measure the areas of circles, rings and unions of them on the ellipsoid, many at a time.

    Their edges are so short that in an equal-area projection they may be taken for straight: up to 200 km within
    a five-millionth of :func:`geodesic_area_m2`, which is for any polygon.

    Parameters
    ----------
    shapes
        Polygons in one piece or several, in WGS 84, of any shape of array.

    Returns
    -------
    NDArray[np.float64]
        Square metres, in the same shape.
    """
    parts, shape_of_part = shapely.get_parts(shapes.ravel(), return_index=True)
    outlines, part_of_ring = shapely.get_rings(parts, return_index=True)
    corners, ring = shapely.get_coordinates(outlines, return_index=True)
    first = np.searchsorted(ring, np.arange(len(outlines)))
    x = corners[:, 0] - corners[first, 0][ring]
    y = area_from_equator_m2(corners[:, 1]) / _FULL_TURN_DEG
    y -= y[first][ring]
    # The corner that closes a ring repeats its first, which is the origin: no edge to the next ring adds anything.
    edges = x[:-1] * y[1:] - x[1:] * y[:-1]
    ring_m2 = np.abs(np.bincount(ring[:-1], weights=edges, minlength=len(outlines))) / 2
    is_hole = np.concatenate([[False], part_of_ring[1:] == part_of_ring[:-1]])[: len(outlines)]
    whose = shape_of_part[part_of_ring]
    signed_m2 = np.where(is_hole, -ring_m2, ring_m2)
    return np.bincount(whose, weights=signed_m2, minlength=shapes.size).astype(float).reshape(shapes.shape)


def ground_of(shape: BaseGeometry) -> BaseGeometry:
    """Keep of a cut what has ground; touching borders leave lines and points behind."""
    if shape.geom_type in {"Polygon", "MultiPolygon"}:
        return shape
    return shapely.union_all([part for part in shapely.get_parts(shape) if part.area > 0])


def shared_among(zone: BaseGeometry, near: Sequence[tuple[int, BaseGeometry]]) -> list[tuple[int, BaseGeometry]]:
    """Cut a zone into what lies in each of the numbered parts into which its surroundings were cut."""
    cut = [(number, ground_of(shapely.intersection(shape, zone))) for number, shape in near]
    return [(number, shape) for number, shape in cut if shape.area > 0]
