"""Coordinate reference systems: the one room that names EPSG codes, reprojects and measures on the ellipsoid."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar, cast

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError, ProjError

from geo.errors import CrsError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from shapely import LineString
    from shapely.geometry.base import BaseGeometry

#: Longitude and latitude in degrees, in this order, on the WGS 84 ellipsoid.
WGS84: Final = "EPSG:4326"
#: The WGS 84 ellipsoid, on which every distance and area of Symap is measured.
GEOD: Final = Geod(ellps="WGS84")
#: No degree of latitude is shorter on the ellipsoid, metres; nor, but for the cosine, is one of longitude.
SHORTEST_DEGREE_M: Final = 110_500.0

#: A shapely geometry or a series of them.
Shape = TypeVar("Shape")

# Asked of the ellipsoid each time it would take longer than what is worked out with it.
_SQUARED_ECCENTRICITY: Final = float(GEOD.es)
_MAX_LON_DEG: Final = 180.0
_MAX_LAT_DEG: Final = 90.0


@lru_cache(maxsize=256)
def local_projection(lon: float, lat: float) -> CRS:
    """Make a projection in metres in which distances and directions from one point are true.

    Parameters
    ----------
    lon, lat
        The point, in degrees.

    Returns
    -------
    CRS
        Azimuthal equidistant, centred on the point. Within 200 km of it areas are true to 0.1 %.
    """
    return CRS.from_proj4(f"+proj=aeqd +lon_0={lon!r} +lat_0={lat!r} +datum=WGS84 +units=m +no_defs")


@lru_cache(maxsize=256)
def _transformers(lon: float, lat: float) -> tuple[Transformer, Transformer]:
    local = local_projection(lon, lat)
    return (
        Transformer.from_crs(WGS84, local, always_xy=True),
        Transformer.from_crs(local, WGS84, always_xy=True),
    )


def _shift(geometry: Shape, transformer: Transformer, target: str | CRS) -> Shape:
    def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    if isinstance(geometry, gpd.GeoSeries):
        moved = shapely.transform(geometry.to_numpy(), move)
        return cast("Shape", gpd.GeoSeries(moved, index=geometry.index, crs=target, name=geometry.name))
    return cast("Shape", shapely.transform(cast("BaseGeometry", geometry), move))


def to_local(geometry: Shape, centre: tuple[float, float]) -> Shape:
    """Bring a geometry from longitude and latitude into metres east and north of a centre.

    Parameters
    ----------
    geometry
        One geometry or a series of them, in WGS 84.
    centre
        Longitude and latitude of the centre, in degrees.

    Returns
    -------
    Shape
        The same in :func:`local_projection`; the input is left as it was.
    """
    lon, lat = centre
    forward, _ = _transformers(lon, lat)
    return _shift(geometry, forward, local_projection(lon, lat))


def from_local(geometry: Shape, centre: tuple[float, float]) -> Shape:
    """Bring a geometry from metres east and north of a centre back to longitude and latitude.

    Parameters
    ----------
    geometry
        One geometry or a series of them, in the :func:`local_projection` of the centre.
    centre
        Longitude and latitude of the centre, in degrees.

    Returns
    -------
    Shape
        The same in WGS 84; the input is left as it was.
    """
    _, backward = _transformers(*centre)
    return _shift(geometry, backward, WGS84)


def _beyond_globe(bounds: NDArray[np.float64]) -> bool:
    west, south, east, north = bounds
    return bool(
        not np.isfinite(bounds).all()
        or west < -_MAX_LON_DEG
        or east > _MAX_LON_DEG
        or south < -_MAX_LAT_DEG
        or north > _MAX_LAT_DEG
    )


def to_wgs84(frame: gpd.GeoDataFrame, *, file: str) -> gpd.GeoDataFrame:
    """Reproject a table to WGS 84, and refuse to guess.

    Parameters
    ----------
    frame
        Table in any known reference system; rows without geometry pass unchanged.
    file
        Name of its file as the user knows it, for the message.

    Returns
    -------
    gpd.GeoDataFrame
        A new table in :data:`WGS84`.

    Raises
    ------
    CrsError
        ``no-crs`` when the table does not say in which system its coordinates are;
        ``crs-implausible`` when they cannot be in that system: metres in a system of degrees, degrees in
        a system of metres, or a point off the globe after reprojection.
    """
    crs = frame.crs if frame.active_geometry_name is not None else None
    if crs is None:
        raise CrsError("no-crs", file=file)
    name = crs.to_string() if crs.to_epsg() else crs.name
    has_shape = ~(frame.geometry.isna() | frame.geometry.is_empty)
    if not has_shape.any():
        return frame.set_crs(WGS84, allow_override=True)
    bounds = np.asarray(frame.geometry[has_shape].total_bounds, dtype=float)
    found = ", ".join(f"{value:.6g}" for value in bounds)
    degrees = not _beyond_globe(bounds)
    if degrees != crs.is_geographic:
        raise CrsError("crs-implausible", file=file, crs=name, found=found)
    try:
        moved = frame.to_crs(WGS84)
    except (CRSError, ProjError) as error:
        raise CrsError("crs-implausible", file=file, crs=name, found=found) from error
    if _beyond_globe(np.asarray(moved.geometry[has_shape].total_bounds, dtype=float)) or not _returns(moved, frame):
        raise CrsError("crs-implausible", file=file, crs=name, found=found)
    return moved


def _returns(moved: gpd.GeoDataFrame, frame: gpd.GeoDataFrame) -> bool:
    """Tell whether going back gives the first coordinates; far outside a projection's world they wrap round."""
    first = shapely.get_coordinates(frame.geometry.to_numpy())
    back = shapely.get_coordinates(moved.geometry.to_crs(frame.crs).to_numpy())
    return bool(np.allclose(first, back, rtol=1e-6, atol=1e-6 if frame.crs.is_geographic else 1.0))


def distances_m(lon: float, lat: float, lons: ArrayLike, lats: ArrayLike) -> NDArray[np.float64]:
    """Measure the geodesic distances from one point to many.

    Parameters
    ----------
    lon, lat
        The point, in degrees.
    lons, lats
        The others, in degrees; NaN stays NaN.

    Returns
    -------
    NDArray[np.float64]
        Metres on the WGS 84 ellipsoid, in the order given.
    """
    return inverse(lon, lat, lons, lats)[0]


def metres_per_degree(lat: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the lengths of a degree of longitude and of one of latitude on the ellipsoid, at some latitudes in degrees."""
    phi = np.radians(lat)
    shrink = 1.0 - _SQUARED_ECCENTRICITY * np.sin(phi) ** 2
    east = np.radians(GEOD.a / np.sqrt(shrink) * np.cos(phi))
    north = np.radians(GEOD.a * (1.0 - _SQUARED_ECCENTRICITY) / shrink**1.5)
    return east, north


def apart_m(
    lons: NDArray[np.float64],
    lats: NDArray[np.float64],
    other_lons: NDArray[np.float64],
    other_lats: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Measure the geodesic distances between pairs of points.

    Parameters
    ----------
    lons, lats, other_lons, other_lats
        Degrees, a pair of points an entry.

    Returns
    -------
    NDArray[np.float64]
        Metres on the WGS 84 ellipsoid, in the order given.
    """
    if len(lons) == 1:
        # One pair takes a sixth of the time as plain numbers.
        return np.array([GEOD.inv(lons.item(), lats.item(), other_lons.item(), other_lats.item())[2]])
    return np.asarray(GEOD.inv(lons, lats, other_lons, other_lats)[2], dtype=float)


def inverse(
    lon: float, lat: float, lons: ArrayLike, lats: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Measure the geodesic distances and first bearings from one point to many.

    Parameters
    ----------
    lon, lat
        The point, in degrees.
    lons, lats
        The others, in degrees; NaN stays NaN.

    Returns
    -------
    tuple[NDArray[np.float64], NDArray[np.float64]]
        Metres, and degrees clockwise from north (0 to 360) at the one point.
    """
    ends = np.atleast_1d(np.asarray(lons, dtype=float)), np.atleast_1d(np.asarray(lats, dtype=float))
    starts = np.full_like(ends[0], lon), np.full_like(ends[1], lat)
    azimuth, _, distance = GEOD.inv(*starts, *ends)
    return np.asarray(distance, dtype=float), np.asarray(azimuth, dtype=float) % 360.0


def destinations(
    lon: float, lat: float, bearings_deg: ArrayLike, lengths_m: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find where geodesics from one point end.

    Parameters
    ----------
    lon, lat
        The point, in degrees.
    bearings_deg
        First bearings, degrees clockwise from north.
    lengths_m
        Lengths, metres; one for all or one for each bearing.

    Returns
    -------
    tuple[NDArray[np.float64], NDArray[np.float64]]
        Longitudes and latitudes in degrees.
    """
    bearings, lengths = np.broadcast_arrays(np.asarray(bearings_deg, float), np.asarray(lengths_m, float))
    starts = np.full(bearings.shape, lon), np.full(bearings.shape, lat)
    lons, lats, _ = GEOD.fwd(*starts, bearings, lengths)
    return np.asarray(lons, dtype=float), np.asarray(lats, dtype=float)


def bearing_deg(lon: float, lat: float, lon2: float, lat2: float) -> float:
    """Give the first bearing of the geodesic from one point to another.

    Parameters
    ----------
    lon, lat
        Where it starts, in degrees.
    lon2, lat2
        Where it ends, in degrees.

    Returns
    -------
    float
        Degrees clockwise from north, 0 up to but not including 360.
    """
    return float(inverse(lon, lat, lon2, lat2)[1][0])


def line_length_m(line: LineString) -> float:
    """Measure a line on the ellipsoid.

    Parameters
    ----------
    line
        In WGS 84.

    Returns
    -------
    float
        Metres along the geodesics between its points.
    """
    return float(GEOD.geometry_length(line))
