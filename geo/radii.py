"""Radii of the question "who lives near": which of them an answer speaks of, and which are asked about for it."""

from __future__ import annotations

from typing import Final

from geo.exposure import MAX_RADII

#: The radius that an answer speaks of when nobody has chosen one, metres.
USUAL_RADIUS_M: Final = 5_000.0


def radii_asked(radii_m: tuple[float, ...], radius_m: float, *, is_chosen: bool = False) -> tuple[float, ...]:
    """Add the radius that an answer shall speak of to those asked about.

    Parameters
    ----------
    radii_m
        Radii asked about.
    radius_m
        Radius to speak of. The usual one is not added: an address that names radii alone has not asked for it.
    is_chosen
        The reader chose it just now, so that it is added even where it is the usual one.

    Returns
    -------
    tuple[float, ...]
        The radii themselves where the radius is among them, or where no more would be answered.
    """
    is_usual = radius_m == USUAL_RADIUS_M and not is_chosen
    if radius_m in radii_m or is_usual or not radii_m or len(set(radii_m)) >= MAX_RADII:
        return radii_m
    return (*radii_m, radius_m)
