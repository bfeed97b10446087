"""Positions that a reader knows better than the tables: a corrected point with its own error."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from shapely import Point

from geo.errors import QuestionError
from geo.places import check_coordinates

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.dataset import Dataset

#: No map point of a facility is better than this, so a smaller error is not believed.
MIN_ERROR_M: Final = 1.0
MAX_ERROR_M: Final = 100_000.0
#: Written into ``source`` of a corrected record, before the source that it had.
CORRECTED_BY_USER: Final = "position set by the user"


@dataclass(frozen=True, slots=True)
class PositionCorrection:
    """The true position of one site and how exactly it is known.

    Parameters
    ----------
    site_id
        Id of the site.
    lon, lat
        Degrees in WGS 84, inside the window of the data.
    positional_error_m
        Radius of the circle in which the place certainly lies, 1 m to 100 km.

    Raises
    ------
    QuestionError
        ``error-range`` for an error out of range; ``outside-window`` or ``coordinates-swapped`` for the point.
    """

    site_id: str
    lon: float
    lat: float
    positional_error_m: float

    def __post_init__(self) -> None:
        """Refuse a point outside the window and an error that cannot be."""
        check_coordinates(self.lon, self.lat)
        error_m = self.positional_error_m
        if not (math.isfinite(error_m) and MIN_ERROR_M <= error_m <= MAX_ERROR_M):
            raise QuestionError("error-range", error_m=error_m, minimum=MIN_ERROR_M, maximum=MAX_ERROR_M)


def apply(dataset: Dataset, corrections: Iterable[PositionCorrection]) -> Dataset:
    """Make a data set whose sites stand where the corrections say.

    Parameters
    ----------
    dataset
        The tables; they stay as they are.
    corrections
        At most one for a site; of several the last holds.

    Returns
    -------
    Dataset
        The same tables with ``sites`` replaced; the same object when there is nothing to correct.

    Raises
    ------
    QuestionError
        ``unknown-place`` when a correction names no site.
    """
    wanted = list(corrections)
    if not wanted:
        return dataset
    sites = dataset.sites.copy()
    for correction in wanted:
        rows = sites.index[sites["id"] == correction.site_id]
        if rows.empty:
            raise QuestionError("unknown-place", place=correction.site_id)
        row = rows[0]
        source = str(sites.loc[row, "source"])
        sites.loc[row, ["lon", "lat", "positional_error_m"]] = (
            correction.lon,
            correction.lat,
            correction.positional_error_m,
        )
        sites.loc[row, "position_basis"] = "user"
        if not source.startswith(CORRECTED_BY_USER):
            sites.loc[row, "source"] = f"{CORRECTED_BY_USER}; {source}"
        sites.loc[row, "geometry"] = Point(correction.lon, correction.lat)
    return dataset.with_table("sites", sites)
