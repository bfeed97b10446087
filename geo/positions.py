"""Where a place may be whose position is known only to within a circle."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

_BEARINGS: Final = 24
# How much of the radius a step sideways must be before 24 directions tell more than 12, 12 more than 6, 6 more than 3.
_FINE_STEP: Final = 0.5
_COARSE_STEP: Final = 0.125
_TINY_STEP: Final = 0.03125
_STEPS: Final = (1.0, 1.25, 1.6, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0)
#: Distances at which a place of uncertain position is tried, metres. The ladder is the same for every error, so what
#: a small error tries, a larger one tries too, and the range can only widen.
ERROR_LADDER_M: Final = (10.0, 20.0, 50.0, *(step * 10.0**power for power in (2, 3, 4) for step in _STEPS), 100_000.0)


def error_reach_m(error_m: float) -> float:
    """Round a positional error up to the ladder on which positions are tried; 0 stays 0."""
    if not error_m > 0:
        return 0.0
    return next((rung for rung in ERROR_LADDER_M if rung >= error_m), float(error_m))


@lru_cache(maxsize=64)
def error_offsets_m(error_m: float) -> Floats:
    """List where a place of uncertain position may be: metres east and north of its point, the point itself first.

    Parameters
    ----------
    error_m
        Radius of the circle in which the place lies.

    Returns
    -------
    NDArray[np.float64]
        Shape (positions, 2): the point, and circles of 24 positions on every rung of the ladder up to the error.
    """
    reach_m = error_reach_m(error_m)
    rungs = [rung for rung in ERROR_LADDER_M if rung <= reach_m]
    if reach_m > ERROR_LADDER_M[-1]:
        rungs.append(reach_m)
    offsets = [np.zeros((1, 2))]
    for number, rung in enumerate(rungs):
        # Every second circle is turned by half a step: no direction is left out over a wide band.
        angles = 2 * np.pi * (np.arange(_BEARINGS) + 0.5 * (number % 2)) / _BEARINGS
        offsets.append(rung * np.column_stack([np.sin(angles), np.cos(angles)]))
    result: Floats = np.concatenate(offsets)
    result.flags.writeable = False
    return result


def tried_positions(offsets_m: Floats, radii_m: Floats) -> Bools:
    """Choose the positions at which circles are counted on a grid.

    Parameters
    ----------
    offsets_m
        Of all positions, as :func:`error_offsets_m` gives them.
    radii_m
        Radii of the circles.

    Returns
    -------
    NDArray[np.bool_]
        Axes (radius, position); the point itself always. What a circle holds changes little when it moves by a small
        part of its radius: then fewer directions tell as much.
    """
    number = np.arange(len(offsets_m) - 1) % _BEARINGS
    step = np.hypot(*offsets_m[1:].T) / radii_m[:, None]
    every = np.where(step > _FINE_STEP, 1, np.where(step > _COARSE_STEP, 2, np.where(step > _TINY_STEP, 4, 8)))
    own = np.ones((len(radii_m), 1), dtype=bool)
    return np.concatenate([own, number % every == 0], axis=1)
