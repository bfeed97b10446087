"""A shape made ready to be asked often: copied, indexed, and asked by one thread at a time."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from shapely.geometry.base import BaseGeometry


class Prepared:
    """One shape, ready for many questions.

    GEOS builds the indexes of a prepared geometry at the first question, and keeps working state in it at every
    later one; shapely lets other threads run meanwhile. Two readers who asked the same geometry at once would damage
    the server's memory: each is asked under a lock. And since preparing changes the object that everybody holds, only
    a copy is prepared, which nobody else has.

    Parameters
    ----------
    shape
        Any geometry.

    References
    ----------
    https://github.com/libgeos/geos/issues/825
    """

    def __init__(self, shape: BaseGeometry) -> None:
        self._shape = shapely.from_wkb(shapely.to_wkb(shape))
        shapely.prepare(self._shape)
        self._lock = Lock()
        #: West, south, east and north of the shape.
        self.extent: tuple[float, float, float, float] = shape.bounds

    def holds(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
        """Tell which points lie in the shape or on its edge."""
        with self._lock:
            return np.asarray(shapely.intersects_xy(self._shape, lon, lat), dtype=bool)

    def meets(self, others: ArrayLike) -> NDArray[np.bool_]:
        """Tell which of some geometries share a point with the shape; of a single one, in an array without axes."""
        with self._lock:
            return np.asarray(shapely.intersects(self._shape, others), dtype=bool)

    def surrounds(self, other: BaseGeometry) -> bool:
        """Tell whether a geometry lies in the shape without touching its edge."""
        with self._lock:
            return bool(shapely.contains_properly(self._shape, other))
