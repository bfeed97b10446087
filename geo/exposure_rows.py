"""The rows that a reader sees of "who lives near": rings of one place, the union of several, or place by place."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.exposure_frames import RANGE_FACTOR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.exposure import ExposureAnswer

    Row = dict[str, Any]

#: Place of rows that are the union over all places.
ALL_PLACES: Final = -1
#: Names in the rows of :func:`by_part`.
COLUMNS: Final = (
    *("place_index", "inner_radius_m", "outer_radius_m", "country", "enclave_id", "name_en", "name_ru", "name_ky"),
    *("population_persons", "population_min_persons", "population_max_persons", "headline_is_range"),
    *("settlements", "settlements_unknown_population", "units", "coverage_share", "has_enclaves"),
)
_TENTHS: Final = 1000.0


def records(frame: pd.DataFrame) -> list[Row]:
    """Give the rows of a frame as plain values by name.

    Read cell by cell, a frame of a dozen rows takes longer than counting the people of a country's grid.
    """
    names = list(frame.columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*(frame[name].tolist() for name in names), strict=True)]


def by_part(answer: ExposureAnswer, *, union: bool) -> list[Row]:
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
    list
        By :data:`COLUMNS`; ``has_enclaves`` where an enclave of the same country has a row of its own.
    """
    if union and len(answer.places) > 1:
        everywhere = {"inner_radius_m": 0.0, "place_index": ALL_PLACES}
        return _told([row | everywhere | {"outer_radius_m": row["radius_m"]} for row in records(answer.totals_by_part)])
    return _told([row for row in records(answer.by_part) if not row["cumulative"]])


def within(answer: ExposureAnswer, radius_m: float) -> list[Row]:
    """Give people within one radius of each place by country, enclaves apart: by :data:`COLUMNS`."""
    rows = records(answer.by_part)
    return _told([row for row in rows if row["cumulative"] and row["outer_radius_m"] == radius_m])


def _told(rows: Sequence[Row]) -> list[Row]:
    having = {row["country"] for row in rows if isinstance(row["enclave_id"], str)}
    return [
        {name: row["country"] in having if name == "has_enclaves" else row[name] for name in COLUMNS} for row in rows
    ]


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
