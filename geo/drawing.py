"""Features that travel to a map: what they may hold, and geometry rounded for drawing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypedDict, cast

import numpy as np
import shapely
from shapely import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon

if TYPE_CHECKING:
    from shapely.coords import CoordinateSequence
    from shapely.geometry.base import BaseGeometry

#: Decimals of a drawn coordinate, in degrees: about a metre.
DECIMALS: Final = 5
# A curve may leave its true line by this part of its extent before the eye sees it.
_CURVE_TOLERANCE: Final = 0.0001

Pair = list[float]
Geometry = tuple[str, list[float] | list[list[Pair]] | list[list[list[Pair]]]]


class Feature(TypedDict, total=False):
    """One thing on the map, as the browser gets it.

    ``g``    geometry: ``("P", [lon, lat])``, ``("C", [lon, lat, radius_m])``, ``("L", lines)``, ``("A", polygons)``
    ``s``    style code; ``id`` record, ``t`` its table where it differs from the layer's, ``ids`` all records meant
    ``label`` and ``label2``, its second line; ``tip`` further lines of the tooltip; ``letter`` stands in the mark
    ``r``    radius of a dot in pixels, ``z`` least zoom at which it shows (a circle: its label), ``z2`` that of ``label2``; ``p`` rank of the label, ``o`` opacity
    """

    g: Geometry
    s: str
    id: str
    t: str
    ids: list[str]
    label: str
    label2: str
    tip: str
    letter: str
    r: float
    z: float
    z2: float
    p: float
    o: float


@dataclass(frozen=True)
class Layer:
    """Features that are switched on and off together.

    Parameters
    ----------
    code
        Stable name; ``layer.<code>`` is its title.
    features
        What is drawn, in drawing order.
    table
        Table of the records, for clicks; None when the layer has no records.
    omitted
        How many features were left out because they were too many to draw.
    """

    code: str
    features: tuple[Feature, ...]
    table: str | None = None
    omitted: int = 0


def point(lon: float, lat: float) -> Geometry:
    """Give a point, rounded for drawing."""
    return ("P", [round(float(lon), DECIMALS), round(float(lat), DECIMALS)])


def circle(lon: float, lat: float, radius_m: float) -> Geometry:
    """Give a circle by its centre and its radius on the ground, in metres."""
    return ("C", [round(float(lon), DECIMALS), round(float(lat), DECIMALS), round(float(radius_m))])


def _pairs(coordinates: CoordinateSequence) -> list[Pair]:
    pairs: list[Pair] = np.round(np.asarray(coordinates)[:, :2], DECIMALS).tolist()
    return pairs


def _polygon(polygon: Polygon) -> list[list[Pair]]:
    return [_pairs(polygon.exterior.coords), *(_pairs(ring.coords) for ring in polygon.interiors)]


def drawn(geometry: BaseGeometry) -> Geometry | None:
    """Give lines or areas of any kind, thinned where the eye sees no difference and rounded.

    Returns
    -------
    Geometry | None
        None for a geometry without lines or areas.
    """
    if geometry.is_empty:
        return None
    west, south, east, north = geometry.bounds
    thin = shapely.simplify(geometry, _CURVE_TOLERANCE * max(east - west, north - south), preserve_topology=True)
    match thin:
        case Polygon():
            return ("A", [_polygon(thin)])
        case MultiPolygon():
            return ("A", [_polygon(part) for part in thin.geoms])
        case LineString():
            return ("L", [_pairs(thin.coords)])
        case MultiLineString():
            return ("L", [_pairs(part.coords) for part in thin.geoms])
    return None


def points_of(geometry: BaseGeometry) -> list[Geometry]:
    """Give the points of a point or a set of points; empty for anything else."""
    match geometry:
        case Point() if not geometry.is_empty:
            return [point(geometry.x, geometry.y)]
        case MultiPoint():
            return [point(part.x, part.y) for part in geometry.geoms]
    return []


def northern_edge(geometry: BaseGeometry) -> Geometry:
    """Give the northernmost point of an area: where a ring carries its radius."""
    corners = shapely.get_coordinates(geometry)
    lon, lat = corners[corners[:, 1].argmax()]
    return point(lon, lat)


def pairs_of(geometry: Geometry) -> list[Pair]:
    """List all longitude and latitude pairs of a drawn geometry; a circle gives its centre alone."""
    kind, coordinates = geometry
    nested: list[Any] = list(coordinates)
    if kind in {"P", "C"}:
        return [nested[:2]]
    lines = nested if kind == "L" else [ring for polygon in nested for ring in polygon]
    return [pair for line in lines for pair in line]


def _feature_bounds(geometry: Geometry) -> tuple[float, float, float, float]:
    lons, lats = zip(*pairs_of(geometry), strict=True)
    # A degree of latitude is about 111 km; a frame need not be more exact.
    north = float(cast("list[float]", geometry[1])[2]) / 111_000.0 if geometry[0] == "C" else 0.0
    east = north / math.cos(math.radians(lats[0]))
    return min(lons) - east, min(lats) - north, max(lons) + east, max(lats) + north


def extent(*layers: Layer) -> tuple[float, float, float, float] | None:
    """Give west, south, east and north of all that some layers draw; None when they draw nothing."""
    boxes = [_feature_bounds(feature["g"]) for layer in layers for feature in layer.features]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)
