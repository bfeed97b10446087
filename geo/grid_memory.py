"""A population grid that remembers the circles it was asked about, so that a moved radius costs one circle, not all."""

from __future__ import annotations

from collections import OrderedDict
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.grid_people import GridPeople

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Key = tuple[float, bytes, bytes]

#: Radii remembered; each holds the counts of one circle at every position that its place may have.
MAX_REMEMBERED: Final = 512


class RememberingGrid(GridPeople):
    """A population grid as a source of people, for questions that differ in little.

    Parameters
    ----------
    grid, borders
        As of :class:`geo.grid_people.GridPeople`.
    """

    @property
    def digest(self) -> str:
        """Of the grid's content and kind; identity for caches."""
        return self.grid.index.digest

    @cached_property
    def _memory(self) -> OrderedDict[Key, Floats]:
        return OrderedDict()

    @cached_property
    def _lock(self) -> Lock:
        return Lock()

    def _disks(self, lon: Floats, lat: Floats, radius_m: Floats, reach: tuple[float, float, float]) -> Floats:
        """Count circles as the grid does, but those alone that were not counted before."""
        edges = np.flatnonzero(np.diff(radius_m)) + 1
        runs = np.split(np.arange(len(radius_m)), edges)
        keys = [(float(radius_m[run[0]]), lon[run].tobytes(), lat[run].tobytes()) for run in runs]
        with self._lock:
            found = {key: self._memory[key] for key in keys if key in self._memory}
        new = [(key, run) for key, run in zip(keys, runs, strict=True) if key not in found]
        if new:
            rows = np.concatenate([run for _, run in new])
            counted = super()._disks(lon[rows], lat[rows], radius_m[rows], reach)
            ends = np.cumsum([len(run) for _, run in new])[:-1]
            parts = np.split(counted, ends, axis=1)
            found |= {key: part.copy() for (key, _), part in zip(new, parts, strict=True)}
            self._keep(found)
        return np.concatenate([found[key] for key in keys], axis=1)

    def _keep(self, found: dict[Key, Floats]) -> None:
        with self._lock:
            for key, counts in found.items():
                self._memory[key] = counts
                self._memory.move_to_end(key)
            while len(self._memory) > MAX_REMEMBERED:
                self._memory.popitem(last=False)
