"""Which country a place lies in, exclaves told apart from the mainland."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Final
from weakref import ref

import numpy as np

from geo.prepared import Prepared

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray


def country_at(
    borders: gpd.GeoDataFrame, lon: ArrayLike, lat: ArrayLike
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Look up the country and the border polygon of each of some points.

    Parameters
    ----------
    borders
        Table ``borders``: polygons in WGS 84 with ``id``, ``kind`` and ``country``.
    lon, lat
        Degrees, one point or many; a point with NaN lies nowhere.

    Returns
    -------
    tuple[NDArray[np.object_], NDArray[np.object_]]
        ISO 3166 alpha-2 codes and ids of the polygons, in the order of the points; None outside all.
        A point on a line that two polygons share belongs to the exclave, else to the first in the table.
    """
    lons = np.atleast_1d(np.asarray(lon, dtype=float))
    lats = np.atleast_1d(np.asarray(lat, dtype=float))
    codes = np.full(lons.shape, None, dtype=object)
    ids = np.full(lons.shape, None, dtype=object)
    open_points = np.isfinite(lons) & np.isfinite(lats)
    if not open_points.any():
        return codes, ids
    west, east = float(np.nanmin(lons)), float(np.nanmax(lons))
    south, north = float(np.nanmin(lats)), float(np.nanmax(lats))
    for shape, code, name in _outlines(borders):
        low_lon, low_lat, high_lon, high_lat = shape.extent
        # Most outlines are far from all of the points: numbers tell it sooner than arrays.
        if low_lon > east or high_lon < west or low_lat > north or high_lat < south:
            continue
        candidates = np.flatnonzero(open_points)
        if not candidates.size:
            break
        inside = candidates[shape.holds(lons[candidates], lats[candidates])]
        codes[inside], ids[inside] = code, name
        open_points[inside] = False
    return codes, ids


_Outlines = list[tuple[Prepared, str, str]]
_KEPT: Final[dict[int, tuple[ref[gpd.GeoDataFrame], _Outlines]]] = {}
_MOST_KEPT: Final = 16
_lock: Final = Lock()


def _outlines(borders: gpd.GeoDataFrame) -> _Outlines:
    """Give outline, country and id of each polygon, ready to be asked often; made once for a table."""
    kept = _KEPT.get(id(borders))
    if kept is not None and kept[0]() is borders:
        return kept[1]
    # Exclaves first: where a mainland was drawn without its hole, the exclave must still win.
    order = np.argsort((borders["kind"] != "exclave").to_numpy(), kind="stable").tolist()
    shapes, countries, names = list(borders.geometry), borders["country"].tolist(), borders["id"].tolist()
    found = ((shapes[row], str(countries[row]), str(names[row])) for row in order if shapes[row] is not None)
    made = [(Prepared(shape), country, name) for shape, country, name in found]
    with _lock:
        while len(_KEPT) >= _MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT)), None)
        _KEPT[id(borders)] = ref(borders), made
    return made
