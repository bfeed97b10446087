"""Surroundings of places, shared out once among the parts of countries, so that circles in them are only summed."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.crs import GEOD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.grids import Grid

    Floats = NDArray[np.float64]

#: Slots of the first axis of counts.
PERSONS, CELLS, GROUND, MISSING = range(4)
_KEPT_BYTES: Final = 120_000_000


@dataclass(frozen=True, eq=False)
class Window:
    """Cells about one place, shared out among parts of countries.

    Parameters
    ----------
    grid
        Its layers are people, cells and, where some have no value, cells with one; each for every part.
    numbers
        The parts that the window meets, by their number.
    parts
        How many parts there are in all.
    """

    grid: Grid
    numbers: list[int]
    parts: int

    @property
    def size_bytes(self) -> int:
        """Memory that the layers take."""
        return 0 if self.grid.layers is None else self.grid.layers.nbytes

    def ask(self, lon: Floats, lat: Floats, radius_m: Floats) -> Floats:
        """Count circles by part: shape (4, circles, parts)."""
        sums = self.grid.circles(lon, lat, radius_m)
        result = np.zeros((4, len(lon), self.parts))
        layers = sums.layers.reshape(-1, len(self.numbers), len(lon)).transpose(0, 2, 1)
        # Where every cell has a value, the cells with one are the cells.
        for slot, layer in ((PERSONS, 0), (GROUND, 1), (CELLS, -1)):
            result[slot][:, self.numbers] = layers[layer]
        # What lies outside the grid belongs to no part that could be named.
        result[MISSING, :, -1] = beyond(sums.inside_share, result[GROUND].sum(axis=1))
        return result


class Windows:
    """The windows used last, as many as fit into memory."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: dict[tuple[float, float, float], Window] = {}
        self._lock = Lock()

    def covering(self, lon: float, lat: float, reach_m: float) -> Window | None:
        """Find a window that holds all within a distance of a place."""
        with self._lock:
            for key, window in reversed(self._kept.items()):
                at_lon, at_lat, wide_m = key
                spare_m = wide_m - reach_m
                is_same = (at_lon, at_lat) == (lon, lat)
                if spare_m >= 0 and (is_same or GEOD.inv(lon, lat, at_lon, at_lat)[2] <= spare_m):
                    self._kept[key] = self._kept.pop(key)
                    return window
        return None

    def keep(self, lon: float, lat: float, wide_m: float, window: Window) -> None:
        """Keep a window in place of those that were not used for longest."""
        with self._lock:
            self._kept[lon, lat, wide_m] = window
            while len(self._kept) > 1 and sum(one.size_bytes for one in self._kept.values()) > _KEPT_BYTES:
                self._kept.pop(next(iter(self._kept)))


def beyond(inside_share: Floats, ground: Floats, wanted: Floats | float = 1.0) -> Floats:
    """Cells that a grid would need for the part of a zone that lies outside it; those wanted where all of it does."""
    inside = np.nan_to_num(inside_share, nan=1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Floats = np.where(inside > 0, ground * (1 / inside - 1), wanted)
    return result
