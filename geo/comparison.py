"""Two sources of people side by side: the same zones, what each counts, and where they disagree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.evidence import Note

if TYPE_CHECKING:
    from geo.exposure import ExposureAnswer

#: Two sources that differ by more than this disagree.
DISAGREEMENT: Final = 1.5


@dataclass(frozen=True, eq=False)
class Comparison:
    """What two sources say of the same zones.

    Parameters
    ----------
    zones
        A row for each place and radius, then (``place_index`` -1, only of several places) for their union: central
        value and range of each source, ``ratio`` of the larger central value to the smaller (NaN where either is not
        known or nobody) and ``disagrees``.
    notes
        ``sources-disagree`` with the radius at which they do so most.
    """

    zones: pd.DataFrame
    notes: tuple[Note, ...]


def compare(one: ExposureAnswer, other: ExposureAnswer) -> Comparison:
    """Put two answers to one question side by side.

    Parameters
    ----------
    one, other
        Answers with the same places and radii, from different sources of people.
    """
    columns = ["population_persons", "population_min_persons", "population_max_persons"]
    parts = [one.disks[["place_index", "outer_radius_m"]].rename(columns={"outer_radius_m": "radius_m"})]
    if len(one.places) > 1:
        parts.append(pd.DataFrame({"place_index": -1, "radius_m": one.totals_by_radius["radius_m"]}))
    zones = pd.DataFrame(pd.concat(parts, ignore_index=True))
    for prefix, answer in (("", one), ("other_", other)):
        frames = [answer.disks[columns], *([answer.totals_by_radius[columns]] if len(parts) > 1 else [])]
        values = pd.concat([pd.DataFrame(frame) for frame in frames], ignore_index=True)
        for column in columns:
            zones[prefix + column] = values[column].to_numpy(dtype=float)
    pair = zones[["population_persons", "other_population_persons"]].to_numpy(dtype=float)
    low, high = pair.min(axis=1), pair.max(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(low > 0, high / low, np.nan)
    zones["ratio"] = ratio
    # Somebody against nobody has no ratio, and is the plainest disagreement.
    zones["disagrees"] = (ratio > DISAGREEMENT) | ((low == 0) & (high > 0))
    return Comparison(zones, _notes(zones))


def _notes(zones: pd.DataFrame) -> tuple[Note, ...]:
    wrong = zones[zones["disagrees"]]
    if not len(wrong):
        return ()
    worst = wrong.iloc[int(np.argmax(wrong["ratio"].fillna(np.inf).to_numpy()))]
    found = {
        "radius_m": float(worst["radius_m"]),
        "population_persons": float(worst["population_persons"]),
        "other_persons": float(worst["other_population_persons"]),
        "limit": DISAGREEMENT,
    }
    return (Note("sources-disagree", found),)
