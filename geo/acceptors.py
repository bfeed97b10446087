"""Who takes mercury waste: collection points that may be named to somebody, and facilities only said to take it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.borders import country_at
from geo.errors import QuestionError
from geo.schema import DO_NOT_MOVE, WASTE_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from geo.dataset import Dataset

#: Waste that a household or an institution may bring to somebody.
MOVABLE: Final = frozenset(WASTE_TYPES) - DO_NOT_MOVE
#: What the answers show of a record.
RECORD_COLUMNS: Final = (
    "id", "table", "name_en", "name_ru", "name_ky", "lon", "lat", "country", "accepts", "status", "hours", "contact",
    "evidence", "source", "source_date", "positional_error_m",
)  # fmt: skip


def check_waste(waste: str | None) -> None:
    """Refuse a waste type that the contracts do not know (QuestionError ``unknown-waste``)."""
    if waste is not None and waste not in WASTE_TYPES:
        raise QuestionError("unknown-waste", waste=str(waste), choices=", ".join(WASTE_TYPES))


def _taking(dataset: Dataset, table: str, evidences: Iterable[str], waste: str | None) -> pd.DataFrame:
    frame = pd.DataFrame(dataset[table])
    wanted = MOVABLE if waste is None else {waste} - DO_NOT_MOVE
    takes = np.array([not wanted.isdisjoint(codes) for codes in frame["accepts"]], dtype=bool)
    chosen: pd.DataFrame = frame[
        takes
        & frame["evidence"].isin(list(evidences)).to_numpy(dtype=bool)
        & (frame["status"] != "closed").to_numpy(dtype=bool)
        & np.isfinite(frame["lon"].to_numpy(dtype=float))
        & np.isfinite(frame["lat"].to_numpy(dtype=float))
    ]
    # What must not be moved has no destination, in the list of what a place takes either.
    movable = [tuple(code for code in codes if code not in DO_NOT_MOVE) for codes in chosen["accepts"]]
    chosen = chosen.assign(accepts=pd.Series(movable, index=chosen.index, dtype="object"))
    # Names of the columns that a table lacks (a store has no hours) become unknown.
    return chosen.assign(table=table).reindex(columns=list(RECORD_COLUMNS))


def _with_country(dataset: Dataset, records: pd.DataFrame) -> pd.DataFrame:
    codes = records["country"].to_numpy(dtype=object)
    known = np.array([isinstance(code, str) for code in codes], dtype=bool)
    codes[~known] = country_at(dataset.borders, records["lon"][~known], records["lat"][~known])[0]
    return records.assign(country=pd.Series(codes, index=records.index, dtype=object))


@lru_cache(maxsize=16)
def confirmed_points(dataset: Dataset, waste: str | None, *, training: bool) -> pd.DataFrame:
    """List the collection points to which somebody may be sent.

    Parameters
    ----------
    dataset
        Its table ``collection_points`` is read.
    waste
        What the point must accept; None for any waste that may be moved.
    training
        Whether illustrative points count too: for exercises, never for a real box of lamps.

    Returns
    -------
    pd.DataFrame
        Documented points that are not closed, by id, with the columns :data:`RECORD_COLUMNS`. It is kept for
        the next question and must not be changed in place.
    """
    evidences = ("documented", "illustrative") if training else ("documented",)
    points = _taking(dataset, "collection_points", evidences, waste)
    return _with_country(dataset, points.sort_values("id", ignore_index=True))


@lru_cache(maxsize=16)
def reported_places(dataset: Dataset, waste: str | None) -> pd.DataFrame:
    """List the facilities and points that are only said to take a waste, or are stores rather than points.

    Parameters
    ----------
    dataset
        Its tables ``storage`` and ``collection_points`` are read.
    waste
        What the place must accept; None for any waste that may be moved.

    Returns
    -------
    pd.DataFrame
        Reported or documented stores and reported points that are not closed and have a position, by id, with
        the columns :data:`RECORD_COLUMNS`. It is kept for the next question and must not be changed in place.
    """
    stores = _taking(dataset, "storage", ("documented", "reported"), waste)
    points = _taking(dataset, "collection_points", ("reported",), waste)
    both = [frame for frame in (stores, points) if len(frame)] or [stores]
    return _with_country(dataset, pd.concat(both).sort_values(["id", "table"], ignore_index=True))


@dataclass(frozen=True, eq=False)
class Acceptors:
    """The same records as arrays and texts, for questions that cannot wait for a table.

    Parameters
    ----------
    frame
        The records, a row each, with the columns :data:`RECORD_COLUMNS`.
    lon, lat
        Where they are.
    countries
        In which country, None where not known.
    evidence
        How sure each is.
    """

    frame: pd.DataFrame
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    countries: tuple[str | None, ...]
    evidence: tuple[str, ...]

    def __len__(self) -> int:
        """Count the records."""
        return len(self.lon)


@lru_cache(maxsize=32)
def acceptors(dataset: Dataset, waste: str | None, *, confirmed: bool, training: bool = False) -> Acceptors:
    """List who takes a waste, made once for a data set: :func:`confirmed_points`, else :func:`reported_places`."""
    frame = confirmed_points(dataset, waste, training=training) if confirmed else reported_places(dataset, waste)
    return Acceptors(
        frame,
        frame["lon"].to_numpy(dtype=float),
        frame["lat"].to_numpy(dtype=float),
        tuple(code if isinstance(code, str) else None for code in frame["country"]),
        tuple(str(code) for code in frame["evidence"]),
    )
