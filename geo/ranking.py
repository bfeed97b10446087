"""Records in order of nearness: which they are, where they meet the network, what lies between a place and each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.acceptors import RECORD_COLUMNS
from geo.network import to_grain
from geo.snapping import snap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from geo.acceptors import Acceptors
    from geo.network import Network
    from geo.snapping import Snaps

#: What lies between a place and a record.
MEASURED_COLUMNS: Final = (
    "distance_m", "travel_time_s", "snap_from_m", "snap_to_m", "straight_line_m", "bearing_deg", "countries", "reason",
)  # fmt: skip
#: Columns of :attr:`NearestAnswer.points` and :attr:`NearestAnswer.reported`.
POINT_COLUMNS: Final = (*RECORD_COLUMNS, *MEASURED_COLUMNS)

_SNAPS_KEPT: Final = 32


@dataclass(frozen=True, eq=False)
class Ranking:
    """Some records in order of nearness, with what lies between a place and them.

    Parameters
    ----------
    of
        The records out of which they were chosen.
    rows
        Which of them, nearest first.
    measured
        For each, the columns :data:`MEASURED_COLUMNS`; unknown is None, or NaN for a number.
    """

    of: Acceptors
    rows: tuple[int, ...]
    measured: tuple[Mapping[str, object], ...]

    def __len__(self) -> int:
        """Count the records."""
        return len(self.rows)

    @property
    def evidence(self) -> tuple[str, ...]:
        """How sure each record is."""
        return tuple(self.of.evidence[row] for row in self.rows)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The same as a table with :data:`POINT_COLUMNS`."""
        if not self.rows:
            return no_rows()
        columns: dict[str, object] = {}
        for name in MEASURED_COLUMNS:
            cells = [values[name] for values in self.measured]
            texts = name in {"countries", "reason"}
            columns[name] = pd.Series(cells, dtype=object) if texts else np.array(cells, dtype=float)
        records = self.of.frame.iloc[list(self.rows)].reset_index(drop=True)
        return pd.concat([records, pd.DataFrame(columns)], axis=1)


def no_rows() -> pd.DataFrame:
    """Give a table with :data:`POINT_COLUMNS` and no row."""
    numbers = {"lon", "lat", "positional_error_m", *MEASURED_COLUMNS} - {"countries", "reason"}
    return pd.DataFrame({name: pd.Series(dtype=float if name in numbers else object) for name in POINT_COLUMNS})


def rounded_leg_m(leg_m: ArrayLike) -> NDArray[np.float64]:
    """Round straight legs as lengths of sections are, so that sums of both compare exactly in any order."""
    return to_grain(np.asarray(leg_m, dtype=float))


def snap_acceptors(network: Network, records: Acceptors, limit_m: float) -> Snaps:
    """Find where records meet the network, once for each network."""

    def make() -> Snaps:
        return snap(network, records.lon, records.lat, limit_m=limit_m, countries=records.countries)

    return network.keep("acceptors", (records, limit_m), make, _SNAPS_KEPT)
