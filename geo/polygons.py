"""Polygons that somebody wrote: WKT in longitude and latitude, checked before anything is cut with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from shapely.errors import ShapelyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

#: Points that one area may have; a hand-drawn one has a few dozen.
MAX_AREA_POINTS: Final = 20_000
#: A longer text is not even parsed.
MAX_AREA_CHARS: Final = 1_000_000

_AREAS: Final = ("Polygon", "MultiPolygon")


def usable_area(shape: BaseGeometry | None) -> bool:
    """Tell whether a shape is a valid polygon, or several, on the globe in degrees, of a bearable size."""
    if shape is None or shape.geom_type not in _AREAS or shape.is_empty:
        return False
    points = shapely.get_coordinates(shape)
    on_globe = np.isfinite(points).all() and (np.abs(points) <= (180.0, 90.0)).all()
    return bool(len(points) <= MAX_AREA_POINTS and on_globe and shapely.is_valid(shape))


def read_area(wkt: str) -> BaseGeometry | None:
    """Read a polygon in WKT; None for any other text."""
    if len(wkt) > MAX_AREA_CHARS:
        return None
    try:
        shape = shapely.from_wkt(wkt)
    except (ShapelyError, ValueError, TypeError):
        return None
    shape = None if shape is None else shapely.force_2d(shape)
    return shape if usable_area(shape) else None


def corners(wkt: str) -> list[tuple[float, float]] | None:
    """Give the corners of one polygon without holes, each once; None for anything else."""
    shape = read_area(wkt)
    if shape is None or shape.geom_type != "Polygon" or len(shape.interiors):
        return None
    return [(float(lon), float(lat)) for lon, lat in shapely.get_coordinates(shape)[:-1]]


def from_corners(spots: Sequence[tuple[float, float]]) -> str:
    """Write a polygon through some corners as WKT, every digit kept; whether it is valid is another question."""
    # A ring ends where it begins; a zero has no sign.
    ring = ", ".join(f"{lon + 0.0!r} {lat + 0.0!r}" for lon, lat in (*spots, *spots[:1]))
    return f"POLYGON (({ring}))"
