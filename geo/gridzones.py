"""Zones on a grid: circles and polygons as rings of corners counted in columns and rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.crs import GEOD
from geo.errors import CrsError, QuestionError
from geo.zones import CIRCLE_CORNERS, CORNER_REACH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.gridplace import Placement

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

MIN_RADIUS_M: Final = 1.0
#: Beyond this a circle is no neighbourhood, and its corners are no longer a smooth curve in most projections.
MAX_RADIUS_M: Final = 1_000_000.0

# Corners of a circle are a smooth periodic function of the bearing: these many geodesics fix it to far below a
# millimetre up to 200 km, and the others follow by trigonometric interpolation.
_NODES: Final = 24
_NODES_WIDE: Final = 72
_BATCH: Final = 50
_WIDE_M: Final = 250_000.0
_POLAR_DEG: Final = 75.0
_METRES_PER_DEG: Final = 110_000.0
# In a projection the edge between two corners is bent; pieces this short stay within centimetres of it.
_EDGE_DEG: Final = 0.02
_MAX_LON_DEG: Final = 540.0
_HALF_TURN_DEG: Final = 180.0
_QUARTER_TURN_DEG: Final = 90.0


@dataclass(frozen=True, eq=False)
class Rings:
    """Closed rings of corners in columns and rows, and the zones that they bound.

    Parameters
    ----------
    column, row
        Corners of all rings, one ring after the other; the first corner is not repeated at the end.
    start
        Where each ring begins, with the number of corners at the end.
    zone
        Zone of each ring.
    is_hole
        Whether the ring takes ground away.
    zones
        Number of zones; some may have no ring.
    repaired
        Zones whose outline crossed itself and was put right.
    """

    column: Floats
    row: Floats
    start: Ints
    zone: Ints
    is_hole: Bools
    zones: int
    repaired: Bools


@lru_cache(maxsize=4)
def _interpolation(nodes: int) -> Floats:
    """Weights by which values at equally spaced bearings give the values at all corners of a circle."""
    corners = 2 * np.pi * np.arange(CIRCLE_CORNERS) / CIRCLE_CORNERS
    away = corners[:, None] - 2 * np.pi * np.arange(nodes)[None, :] / nodes
    waves = sum((2 * np.cos(order * away) for order in range(1, nodes // 2)), 1 + np.cos(nodes // 2 * away))
    weights: Floats = np.asarray(waves).T / nodes
    return weights


def check_radii(radii_m: ArrayLike) -> Floats:
    """Refuse radii that make no circle.

    Raises
    ------
    QuestionError
        ``radius-range`` for a radius that is not a number, not positive, or longer than 1,000 km.
    """
    checked = np.asarray(radii_m, dtype=float)
    good = (checked >= MIN_RADIUS_M) & (checked <= MAX_RADIUS_M)
    if not good.all():
        wrong = float(checked[~good].flat[0])
        raise QuestionError("radius-range", radius_m=wrong, minimum_m=MIN_RADIUS_M, maximum_m=MAX_RADIUS_M)
    return checked


def check_off_poles(lats: Floats, radii_m: Floats) -> None:
    """Refuse circles that reach a pole (``circle-at-pole``), where longitudes have no sides."""
    reaches = radii_m >= (_QUARTER_TURN_DEG - np.abs(lats)) * _METRES_PER_DEG
    if reaches.any():
        wrong = int(np.flatnonzero(reaches)[0])
        raise QuestionError("circle-at-pole", lat=float(lats[wrong]), radius_m=float(radii_m[wrong]))


def _nodes_of(lon: Floats, lat: Floats, radius_m: Floats, nodes: int) -> tuple[Floats, Floats]:
    """Longitudes (kept on the side of the centre) and latitudes of the nodes: arrays of (circle, node)."""
    # A circle is its own mirror image in the meridian of its centre: half the geodesics do.
    half = nodes // 2 + 1
    shape = len(lon), half
    bearing = np.broadcast_to(np.arange(half) * 360.0 / nodes, shape)
    lons, lats = np.broadcast_to(lon[:, None], shape), np.broadcast_to(lat[:, None], shape)
    lengths = np.broadcast_to(radius_m[:, None], shape)
    end_lon, end_lat, _ = GEOD.fwd(lons.ravel(), lats.ravel(), bearing.ravel(), lengths.ravel())
    # On its first half the circle lies east of its centre, so a step west is a step over the date line.
    east = np.asarray(end_lon).reshape(shape) - lons
    east[east < -_HALF_TURN_DEG] += 2 * _HALF_TURN_DEG
    north = np.asarray(end_lat).reshape(shape)
    return (
        lon[:, None] + np.concatenate([east, -east[:, -2:0:-1]], axis=1),
        np.concatenate([north, north[:, -2:0:-1]], axis=1),
    )


def circle_rings(placement: Placement, lon: ArrayLike, lat: ArrayLike, radius_m: ArrayLike) -> Rings:
    """Draw geodesic circles, one zone each: the same polygons as :func:`geo.zones.circle`, many at a time.

    Parameters
    ----------
    placement
        The grid's frame.
    lon, lat, radius_m
        Centres in degrees and radii, of equal length.

    Returns
    -------
    Rings
        One ring of 180 corners for each circle.

    Raises
    ------
    QuestionError
        ``radius-range``; ``outside-globe`` for a centre that is not on the Earth; ``circle-at-pole`` for a circle
        that reaches a pole, where longitudes have no sides.
    CrsError
        ``zone-beyond-projection`` where the grid's projection ends inside a circle.
    """
    lons, lats = np.atleast_1d(np.asarray(lon, dtype=float)), np.atleast_1d(np.asarray(lat, dtype=float))
    radii = check_radii(np.atleast_1d(radius_m))
    good = (np.abs(lons) <= _HALF_TURN_DEG) & (np.abs(lats) <= _QUARTER_TURN_DEG)
    if not good.all():
        wrong = int(np.flatnonzero(~good)[0])
        raise QuestionError("outside-globe", lon=float(lons[wrong]), lat=float(lats[wrong]))
    check_off_poles(lats, radii)
    if not len(lons):
        return _circles(np.empty((0, CIRCLE_CORNERS)), np.empty((0, CIRCLE_CORNERS)))
    if radii.max() > _WIDE_M or np.abs(lats).max() > _POLAR_DEG:
        # Near a pole and over a thousand kilometres the corners are taken one by one.
        nodes = CIRCLE_CORNERS
    else:
        nodes = _NODES if radii.max() <= _WIDE_M / 5 else _NODES_WIDE
    radii = CORNER_REACH * radii
    at_lon, at_lat = _nodes_of(lons, lats, radii, nodes)
    if not placement.is_geographic and (np.abs(at_lon) > _HALF_TURN_DEG).any():
        corner_lon, corner_lat = _nodes_of(lons, lats, radii, CIRCLE_CORNERS)
        return polygon_rings(placement, list(shapely.polygons(np.stack([corner_lon, corner_lat], axis=-1))))
    column, row = placement.to_cells(at_lon, at_lat)
    column, row = column.reshape(at_lon.shape), row.reshape(at_lon.shape)
    _check_projected(placement, column, row)
    if nodes != CIRCLE_CORNERS:
        column, row = _interpolate(column), _interpolate(row)
    return _circles(column, row)


def _interpolate(at_nodes: Floats) -> Floats:
    weights = _interpolation(at_nodes.shape[1])
    # About the first node, so that small numbers are added.
    shift = at_nodes[:, :1]
    # Products as small as these stay on one thread; starting several costs more than they save.
    parts = [(at_nodes[n : n + _BATCH] - shift[n : n + _BATCH]) @ weights for n in range(0, len(at_nodes), _BATCH)]
    corners: Floats = shift + np.concatenate(parts)
    return corners


def _circles(column: Floats, row: Floats) -> Rings:
    number = len(column)
    return Rings(
        column.ravel(),
        row.ravel(),
        np.arange(number + 1, dtype=np.int64) * CIRCLE_CORNERS,
        np.arange(number, dtype=np.int64),
        np.zeros(number, dtype=bool),
        number,
        np.zeros(number, dtype=bool),
    )


def _check_projected(placement: Placement, column: Floats, row: Floats) -> None:
    """Refuse outlines that leave the projection's world or are torn apart by its edge."""
    if not (np.isfinite(column).all() and np.isfinite(row).all()):
        raise CrsError("zone-beyond-projection", crs=placement.crs.name)
    if placement.is_geographic or not column.size:
        return
    step = np.hypot(np.diff(column, axis=-1, append=column[..., :1]), np.diff(row, axis=-1, append=row[..., :1]))
    typical = np.median(step, axis=-1)
    # Steps of a smooth outline grow and shrink by degrees; across the edge of the world they jump.
    if (step.max(axis=-1) > 20 * np.maximum(typical, 1e-9)).any():
        raise CrsError("zone-beyond-projection", crs=placement.crs.name)


def polygon_rings(placement: Placement, zones: Sequence[BaseGeometry | None]) -> Rings:
    """Bring polygons of any shape onto a grid.

    Parameters
    ----------
    placement
        The grid's frame.
    zones
        Polygons, with holes and in several parts, in WGS 84; None and empty ones stay zones without ground.

    Returns
    -------
    Rings
        The rings of all of them. Outlines that cross themselves are put right, and marked.

    Raises
    ------
    QuestionError
        ``zone-not-polygon`` for a point or a line, ``outside-globe`` for corners that are not on the Earth.
    CrsError
        ``zone-beyond-projection`` where the grid's projection ends inside a zone.
    """
    shapes = np.array([None if zone is None or zone.is_empty else zone for zone in zones], dtype=object)
    _check_corners(shapes)
    repaired = ~(shapely.is_missing(shapes) | shapely.is_valid(shapes))
    if repaired.any():
        shapes[repaired] = shapely.make_valid(shapes[repaired])
    parts, zone_of_part = _parts(shapes)
    _check_kinds(shapes, parts, zone_of_part)
    if not placement.is_geographic and len(parts):
        parts, zone_of_part = _within_one_turn(parts, zone_of_part)
        parts = shapely.segmentize(parts, _EDGE_DEG)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    is_hole = np.concatenate([[False], part_of_ring[1:] == part_of_ring[:-1]])[: len(rings)]
    corners, ring_of_corner = shapely.get_coordinates(rings, return_index=True)
    # Closed rings repeat their first corner at the end.
    is_last = np.append(ring_of_corner[1:] != ring_of_corner[:-1], True)[: len(corners)]
    corners, ring_of_corner = corners[~is_last], ring_of_corner[~is_last]
    column, row = placement.to_cells(corners[:, 0].copy(), corners[:, 1].copy())
    start = np.searchsorted(ring_of_corner, np.arange(len(rings) + 1))
    if not (np.isfinite(column).all() and np.isfinite(row).all()):
        raise CrsError("zone-beyond-projection", crs=placement.crs.name)
    zone = zone_of_part[part_of_ring] if len(rings) else np.empty(0, dtype=np.int64)
    return Rings(column, row, start.astype(np.int64), zone, is_hole.astype(bool), len(shapes), repaired)


def _check_corners(shapes: NDArray[np.object_]) -> None:
    corners = shapely.get_coordinates(shapes)
    # A circle over the date line keeps to one side of it and may so pass 180°.
    good = (np.abs(corners[:, 0]) <= _MAX_LON_DEG) & (np.abs(corners[:, 1]) <= _QUARTER_TURN_DEG)
    if not good.all():
        lon, lat = corners[~good][0]
        raise QuestionError("outside-globe", lon=float(lon), lat=float(lat))


def _parts(shapes: NDArray[np.object_]) -> tuple[NDArray[np.object_], Ints]:
    """Take several-part polygons apart, also those inside collections; lines and points of repairs fall away."""
    parts, index = shapely.get_parts(shapes, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)
    kept = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    return parts[kept], index[inner][kept].astype(np.int64)


def _check_kinds(shapes: NDArray[np.object_], parts: NDArray[np.object_], zone_of_part: Ints) -> None:
    with_ground = np.zeros(len(shapes), dtype=bool)
    with_ground[zone_of_part[shapely.area(parts) > 0]] = True
    bare = ~(with_ground | shapely.is_missing(shapes))
    if bare.any():
        number = int(np.flatnonzero(bare)[0])
        raise QuestionError("zone-not-polygon", row=number + 1, found=str(shapes[number].geom_type))


def _within_one_turn(parts: NDArray[np.object_], zone_of_part: Ints) -> tuple[NDArray[np.object_], Ints]:
    """Cut parts that pass the date line there, and bring the pieces back between -180° and 180°."""
    bounds = shapely.bounds(parts)
    over = np.flatnonzero((bounds[:, 0] < -_HALF_TURN_DEG) | (bounds[:, 2] > _HALF_TURN_DEG))
    if not over.size:
        return parts, zone_of_part
    shapes = list(np.delete(parts, over))
    zones = list(np.delete(zone_of_part, over))
    for number in over:
        for turn in (-1, 0, 1):
            east = 2 * _HALF_TURN_DEG * turn
            piece = shapely.clip_by_rect(parts[number], east - 180.0, -90.0, east + 180.0, 90.0)
            pieces = shapely.get_parts(shapely.transform(piece, lambda xy, east=east: xy - [east, 0.0]))
            for each in pieces:
                if each.area > 0:
                    shapes.append(each)
                    zones.append(zone_of_part[number])
    order = np.argsort(zones, kind="stable")
    return np.array(shapes, dtype=object)[order], np.array(zones, dtype=np.int64)[order]
