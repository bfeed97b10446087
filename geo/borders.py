"""Which country a place lies in, exclaves told apart from the mainland."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

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
    # Exclaves first: where a mainland was drawn without its hole, the exclave must still win.
    exclaves_first = np.argsort((borders["kind"] != "exclave").to_numpy(), kind="stable")
    shapes = borders.geometry.to_numpy()
    for row in exclaves_first:
        candidates = np.flatnonzero(open_points)
        if not candidates.size or shapes[row] is None:
            continue
        shapely.prepare(shapes[row])
        inside = candidates[shapely.intersects_xy(shapes[row], lons[candidates], lats[candidates])]
        codes[inside] = str(borders["country"].iloc[row])
        ids[inside] = str(borders["id"].iloc[row])
        open_points[inside] = False
    return codes, ids
