"""Closures of roads: what the table says about each, whom it is meant for, and on which days it holds."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from geo.errors import DataError, Fault, QuestionError
from geo.polygons import read_area

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from geo.dataset import Dataset

#: Vehicles that carry hazardous waste, as every lorry of this project does (``data/road_profiles.csv``).
HAZARDOUS_VEHICLES: Final = frozenset({"truck"})

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_WHOLE_DAY: Final = 3
_LEAP_YEAR: Final = 2000


def parse_day(text: str) -> date:
    """Read the day of a question.

    Raises
    ------
    QuestionError
        ``date-impossible`` for any text but an existing day, written ``YYYY-MM-DD``.
    """
    # Python reads other forms of ISO dates too, such as week numbers.
    if not _DAY.fullmatch(text):
        raise QuestionError("date-impossible", found=text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise QuestionError("date-impossible", found=text) from None


def _bound(text: object, *, last: bool) -> date | None:
    """Give the first or the last day of an ISO year, month or day; None for an empty cell."""
    if not isinstance(text, str):
        return None
    parts = [int(part) for part in text.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12 if last else 1
    day = parts[2] if len(parts) == _WHOLE_DAY else calendar.monthrange(year, month)[1] if last else 1
    return date(year, month, day)


def _month_day(text: object) -> tuple[int, int] | None:
    if not isinstance(text, str):
        return None
    month, day = (int(part) for part in text.split("-"))
    return month, date(_LEAP_YEAR, month, day).day


@dataclass(frozen=True, eq=False)
class Closure:
    """One row of the table ``closures``.

    Parameters
    ----------
    id
        Of the record.
    names
        ``name_en``, ``name_ru`` and ``name_ky``, as far as they are known.
    kind
        ``ban`` closes the road, ``warning`` only tells the reader.
    section_ids
        Sections of the road table that it lies on.
    way_ids
        Ways of OpenStreetMap that it lies on.
    area
        Polygon that it lies in, or None.
    vehicles
        Vehicles that it is meant for; empty for all.
    hazardous_only
        It is meant only for vehicles with dangerous goods.
    first_day, last_day
        Days between which it holds; None for no end that is known.
    season
        First and last day of every year on which it holds, as month and day; None for the whole year.
    evidence, source, source_date
        How sure it is, and who says so.
    unverified
        Nobody has checked it.
    """

    id: str
    names: Mapping[str, str]
    kind: str
    section_ids: frozenset[str]
    way_ids: frozenset[str]
    area: BaseGeometry | None
    vehicles: frozenset[str]
    hazardous_only: bool
    first_day: date | None
    last_day: date | None
    season: tuple[tuple[int, int], tuple[int, int]] | None
    evidence: str
    source: str
    source_date: str | None
    unverified: bool

    @property
    def is_dated(self) -> bool:
        """Whether there are days on which it does not hold."""
        return not (self.first_day is None and self.last_day is None and self.season is None)

    def is_meant_for(self, vehicle: str) -> bool:
        """Tell whether it is meant for a vehicle."""
        if self.hazardous_only and vehicle not in HAZARDOUS_VEHICLES:
            return False
        return not self.vehicles or vehicle in self.vehicles

    def holds_on(self, day: date) -> bool:
        """Tell whether it holds on a day; both ends of a period belong to it."""
        if (self.first_day is not None and day < self.first_day) or (self.last_day is not None and day > self.last_day):
            return False
        return self.season is None or self.in_season((day.month, day.day))

    def in_season(self, today: tuple[int, int]) -> bool:
        """Tell whether a month and day lie in the season; never where there is none."""
        if self.season is None:
            return False
        begin, end = self.season
        # A season that ends earlier in the year than it begins runs over the turn of the year.
        return begin <= today <= end if begin <= end else today >= begin or today <= end


def faults(frame: pd.DataFrame) -> Iterator[tuple[int, str, str, str]]:
    """Find rows whose dates contradict each other: position, code, column and what stands there.

    Codes are ``dates-reversed`` for a period that ends before it begins, and ``half-season`` for a season of which
    only one end is given.
    """
    names = ("valid_from", "valid_to", "season_from", "season_to")
    for position, cells in enumerate(zip(*(frame[name] for name in names), strict=True)):
        begin, end, *season = (cell if isinstance(cell, str) else None for cell in cells)
        first, last = _bound(begin, last=False), _bound(end, last=True)
        if first is not None and last is not None and first > last:
            yield position, "dates-reversed", "valid_from", f"{begin} > {end}"
        if (season[0] is None) != (season[1] is None):
            yield position, "half-season", names[2] if season[0] is None else names[3], ""


def _closure(row: Mapping[Any, Any]) -> Closure:
    season = _month_day(row["season_from"]), _month_day(row["season_to"])
    texts = {name: row[name] for name in ("name_en", "name_ru", "name_ky") if isinstance(row[name], str)}
    return Closure(
        id=str(row["id"]),
        names=texts,
        kind=str(row["kind"]),
        section_ids=frozenset(row["section_ids"]),
        way_ids=frozenset(row["way_ids"]),
        area=read_area(row["area_wkt"]) if isinstance(row["area_wkt"], str) else None,
        vehicles=frozenset(row["vehicles"]),
        hazardous_only=bool(row["hazardous_only"]),
        first_day=_bound(row["valid_from"], last=False),
        last_day=_bound(row["valid_to"], last=True),
        season=None if season[0] is None or season[1] is None else (season[0], season[1]),
        evidence=str(row["evidence"]),
        source=str(row["source"]),
        source_date=row["source_date"] if isinstance(row["source_date"], str) else None,
        unverified=bool(row["unverified"]),
    )


@lru_cache(maxsize=8)
def read(dataset: Dataset) -> tuple[Closure, ...]:
    """List the closures of a data set in the order of their ids, so that the order of rows cannot matter.

    Raises
    ------
    DataError
        ``dates-reversed`` or ``half-season`` in a table that nobody has checked.
    """
    frame = dataset.closures
    # Row 1 of the reader's spreadsheet is the header.
    found = [Fault(code, "closures", at + 2, column, text) for at, code, column, text in faults(frame)]
    if found:
        raise DataError(found)
    return tuple(sorted(map(_closure, frame.to_dict("records")), key=lambda closure: closure.id))
