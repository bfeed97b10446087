"""Zones round a place: circles and rings drawn on the ellipsoid, and their areas."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from shapely import MultiPolygon, Polygon, orient_polygons

from geo.crs import GEOD, destinations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

#: A polygon of 180 corners on a circle lacks (2π/180)²/6 = 0.02 % of the circle's area.
CIRCLE_CORNERS: Final = 180


@lru_cache(maxsize=1024)
def _corners(lon: float, lat: float, radius_m: float) -> NDArray[np.float64]:
    bearings_deg = np.linspace(360.0, 0.0, CIRCLE_CORNERS, endpoint=False)
    lons, lats = destinations(lon, lat, bearings_deg, radius_m)
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
        In WGS 84, every corner at the radius; its area is 0.02 % short of the geodesic circle's.
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
        together they are the largest circle.
    """
    edges = [0.0, *sorted(set(map(float, radii_m)))]
    return [
        (inner, outer, Polygon(_corners(lon, lat, outer), [_corners(lon, lat, inner)] if inner else None))
        for inner, outer in pairwise(edges)
    ]


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
    area, _ = GEOD.geometry_area_perimeter(orient_polygons(geometry))
    return abs(float(area))
