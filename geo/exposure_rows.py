"""The rows that a reader sees of "who lives near": rings of one place, the union of several, or place by place."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.exposure_frames import RANGE_FACTOR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.exposure import ExposureAnswer

#: Place of rows that are the union over all places.
ALL_PLACES: Final = -1
#: Columns of :func:`by_part`.
COLUMNS: Final = (
    *("place_index", "inner_radius_m", "outer_radius_m", "country", "enclave_id", "name_en", "name_ru", "name_ky"),
    *("population_persons", "population_min_persons", "population_max_persons", "headline_is_range"),
    *("settlements", "settlements_unknown_population", "units", "coverage_share", "has_enclaves"),
)
_TENTHS: Final = 1000.0


def by_part(answer: ExposureAnswer, *, union: bool) -> pd.DataFrame:
    """Give people by zone and country, enclaves apart, as a reader sees them.

    Parameters
    ----------
    answer
        Who lives near.
    union
        Of several places: the union within each radius, everybody once. Otherwise, and for one place, the rings of
        each place.

    Returns
    -------
    pd.DataFrame
        :data:`COLUMNS`; ``has_enclaves`` where an enclave of the same country has a row of its own.
    """
    if union and len(answer.places) > 1:
        frame = answer.totals_by_part.rename(columns={"radius_m": "outer_radius_m"})
        frame = frame.assign(inner_radius_m=0.0, place_index=ALL_PLACES)
    else:
        frame = answer.by_part[~answer.by_part["cumulative"].astype(bool)]
    return _told(frame)


def within(answer: ExposureAnswer, radius_m: float) -> pd.DataFrame:
    """Give people within one radius of each place by country, enclaves apart: :data:`COLUMNS`."""
    frame = answer.by_part
    return _told(frame[frame["cumulative"].astype(bool) & (frame["outer_radius_m"] == radius_m)])


def _told(frame: pd.DataFrame) -> pd.DataFrame:
    having = set(frame.loc[frame["enclave_id"].notna(), "country"])
    return frame.assign(has_enclaves=[code in having for code in frame["country"]])[list(COLUMNS)].reset_index(
        drop=True
    )


def places_within(answer: ExposureAnswer, radius_m: float) -> pd.DataFrame:
    """Give people within one radius of each place, with ``headline_is_range`` where no single number is to be shown."""
    frame = answer.disks[answer.disks["outer_radius_m"] == radius_m]
    low, high = (frame[f"population_{end}_persons"].to_numpy(dtype=float) for end in ("min", "max"))
    with np.errstate(invalid="ignore"):
        is_wide = high > RANGE_FACTOR * low
    columns: Sequence[str] = [name for name in frame.columns if name != frame.geometry.name]
    return pd.DataFrame(frame[columns]).assign(headline_is_range=frame["range_only"].to_numpy(dtype=bool) | is_wide)


def covered_percent(coverage_share: float) -> float:
    """Write a share as percent with one decimal, rounded down: "100 %" of what is not whole would read as whole.

    Parameters
    ----------
    coverage_share
        0 to 1; NaN stays NaN.
    """
    if not math.isfinite(coverage_share) or coverage_share in {0.0, 1.0}:
        return 100.0 * coverage_share
    return max(math.floor(_TENTHS * coverage_share), 1.0) / 10.0
