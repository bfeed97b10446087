"""Lines and lengths of road sections: exact sums, parts of a line, and columns of a table as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.crs import GEOD

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

#: Lengths and times are whole multiples of this (metres, seconds). Sums of such numbers are exact in any order,
#: so a route's total is the sum of its sections, and the tree of the nearest point agrees with the drawn route.
GRAIN: Final = 2.0**-10


def to_grain(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round lengths or times to :data:`GRAIN`; NaN stays NaN."""
    return np.asarray(np.round(values / GRAIN) * GRAIN, dtype=float)


def line_fractions(lon: NDArray[np.float64], lat: NDArray[np.float64], start: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the part of its section's line that lies before each point, measured on the ellipsoid."""
    if not len(lon):
        return np.empty(0)
    _, _, step_m = GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    along = np.concatenate([[0.0], np.cumsum(step_m)])
    owner = np.repeat(np.arange(len(start) - 1), np.diff(start))
    begin, end = along[start[:-1]][owner], along[start[1:] - 1][owner]
    # A line whose points coincide has no direction: its points then share the length evenly.
    place = np.arange(len(lon)) - start[:-1][owner]
    even = place / np.maximum(np.diff(start)[owner] - 1, 1)
    fraction = np.divide(along - begin, end - begin, out=even, where=end > begin)
    fraction[start[:-1]], fraction[start[1:] - 1] = 0.0, 1.0
    return np.asarray(fraction, dtype=float)


class Columns(Mapping[str, "NDArray[np.generic]"]):
    """Columns of a table as arrays, each made when it is first asked for."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame, self._made = frame, dict[str, "NDArray[np.generic]"]()

    def __getitem__(self, name: str) -> NDArray[np.generic]:
        if name not in self._made:
            column = self._frame[name]
            self._made[name] = column.to_numpy(dtype=None if column.dtype.kind in "fb" else object)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return (str(name) for name in self._frame.columns if name != "geometry")

    def __len__(self) -> int:
        return sum(1 for _ in self)
