"""Places that a question can name: a record of any table, or a pair of coordinates."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.errors import QuestionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.dataset import Dataset

#: Window of the bundled data, degrees: west, south, east, north.
WINDOW: Final = (69.0, 39.0, 81.0, 43.5)
#: Tables whose records have a place, in the order in which an id is looked for.
PLACE_TABLES: Final = ("sites", "storage", "collection_points", "settlements", "road_nodes")

_NUMBER: Final = r"[-+]?\d+(?:\.\d+)?"
_COMMA_NUMBER: Final = r"[-+]?\d+,\d+"
_PAIR: Final = re.compile(rf"({_NUMBER})\s*[,;\s]\s*({_NUMBER})")
_COMMA_PAIR: Final = re.compile(rf"({_COMMA_NUMBER})\s*(?:;|,\s|\s)\s*({_COMMA_NUMBER})")
# Degree signs and the letters of the four directions, which phones write after a coordinate.
_DEGREE_MARKS: Final = re.compile(r"[°ºNSEWnsew]|с\.\s*ш\.|в\.\s*д\.")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in WGS 84 with what is known of its position.

    Parameters
    ----------
    id
        Id of the record, or None for typed coordinates.
    table
        Table of the record, or None.
    names
        Name by language code; empty for typed coordinates.
    lon, lat
        Degrees; NaN when the record is only listed.
    positional_error_m
        Radius of the circle in which the place lies; 0 for typed coordinates.
    evidence
        Evidence of the record; documented for typed coordinates, which the reader vouches for.
    country
        ISO 3166 alpha-2, or None when not known.
    """

    id: str | None
    table: str | None
    names: Mapping[str, str]
    lon: float
    lat: float
    positional_error_m: float = 0.0
    evidence: str = "documented"
    country: str | None = None

    @property
    def has_position(self) -> bool:
        """Whether the place can be put on a map at all."""
        return math.isfinite(self.lon) and math.isfinite(self.lat)

    @property
    def text(self) -> str:
        """Write the place as the command line and links do: its id, or longitude and latitude in full."""
        return self.id if self.id is not None else f"{self.lon!r},{self.lat!r}"


def parse_coordinates(text: str) -> tuple[float, float] | None:
    """Read a pair of numbers, with decimal points or commas, in the order in which they are written.

    Returns
    -------
    tuple[float, float] | None
        The two numbers, or None when the text is no pair of numbers.
    """
    stripped = text.strip()
    match = _COMMA_PAIR.fullmatch(stripped) or _PAIR.fullmatch(stripped)
    if match is None:
        return None
    first, second = (float(part.replace(",", ".")) for part in match.groups())
    return first, second


def read_spot(text: str) -> tuple[float, float] | None:
    """Read coordinates that somebody typed, in either order.

    No longitude of the window is one of its latitudes, so a pair that only fits the other way round is meant
    that way. Tables are read strictly; this is for one place typed or pasted from a phone.

    Returns
    -------
    tuple[float, float] | None
        Longitude and latitude, inside the window or not; None when the text is no pair of numbers.
    """
    pair = parse_coordinates(_DEGREE_MARKS.sub(" ", text))
    if pair is None:
        return None
    west, south, east, north = WINDOW
    first, second = pair
    return (second, first) if west <= second <= east and south <= first <= north else pair


def check_coordinates(lon: float, lat: float) -> None:
    """Refuse coordinates outside the window of the data.

    Raises
    ------
    QuestionError
        ``coordinates-swapped`` when exchanging the two would put the place inside, else ``outside-window``.
    """
    west, south, east, north = WINDOW
    if west <= lon <= east and south <= lat <= north:
        return
    params = {"lon": lon, "lat": lat, "west": west, "south": south, "east": east, "north": north}
    swapped = west <= lat <= east and south <= lon <= north
    raise QuestionError("coordinates-swapped" if swapped else "outside-window", **params)


def _from_record(record: pd.Series, table: str) -> Place:
    names = {lang: record[f"name_{lang}"] for lang in ("en", "ru", "ky") if not pd.isna(record[f"name_{lang}"])}
    error_m = float(record["positional_error_m"])
    return Place(
        id=str(record["id"]),
        table=table,
        names=names,
        lon=float(record["lon"]),
        lat=float(record["lat"]),
        positional_error_m=0.0 if math.isnan(error_m) else error_m,
        evidence=str(record["evidence"]),
        country=None if pd.isna(record["country"]) else str(record["country"]),
    )


def resolve(dataset: Dataset, text: str) -> Place:
    """Find the place that a text names.

    Parameters
    ----------
    dataset
        Tables to look in, in the order of :data:`PLACE_TABLES`.
    text
        An id of any of these tables, or ``LON,LAT`` in degrees.

    Returns
    -------
    Place
        The record's place; without a position when the record is only listed.

    Raises
    ------
    QuestionError
        ``unknown-place`` when no table has the id and the text is no pair of numbers;
        ``outside-window`` or ``coordinates-swapped`` for coordinates out of the data's window.
    """
    wanted = text.strip()
    for table in PLACE_TABLES:
        frame = dataset[table]
        hits = frame.index[frame["id"] == wanted]
        if len(hits):
            return _from_record(frame.loc[hits[0]], table)
    pair = parse_coordinates(wanted)
    if pair is None:
        raise QuestionError("unknown-place", place=wanted)
    check_coordinates(*pair)
    return Place(id=None, table=None, names={}, lon=pair[0], lat=pair[1])
