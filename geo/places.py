"""Places that a question can name: a record of any table, or a pair of coordinates."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from geo import angles
from geo.errors import QuestionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geo.dataset import Dataset

#: Window of the bundled data, degrees: west, south, east, north.
WINDOW: Final = (69.0, 39.0, 81.0, 43.5)
#: West, south, east and north, degrees.
Extent = tuple[float, float, float, float]
#: Tables whose records have a place, in the order in which an id is looked for.
PLACE_TABLES: Final = ("sites", "storage", "collection_points", "settlements", "road_nodes")

_PLACE_COLUMNS: Final = (
    *("id", "name_en", "name_ru", "name_ky"),
    *("lon", "lat", "positional_error_m", "evidence", "country"),
)
#: A place so far beyond the last road can still be one of the network's own.
_MARGIN_DEG: Final = 0.2
_NUMBER: Final = r"[-+]?\d+(?:\.\d+)?"
_COMMA_NUMBER: Final = r"[-+]?\d+,\d+"
_PAIR: Final = re.compile(rf"({_NUMBER})\s*[,;\s]\s*({_NUMBER})")
_COMMA_PAIR: Final = re.compile(rf"({_COMMA_NUMBER})\s*(?:;|,\s|\s)\s*({_COMMA_NUMBER})")


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
        The two numbers; longitude and latitude where letters of the directions say which is which; None when the text
        is no pair of numbers.
    """
    stripped = text.strip()
    match = _COMMA_PAIR.fullmatch(stripped) or _PAIR.fullmatch(stripped)
    if match is not None:
        first, second = (float(part.replace(",", ".")) for part in match.groups())
        return first, second
    lettered = angles.read_pair(stripped)
    if lettered is None or lettered[2] is None:
        return None
    first, second, order = lettered
    return (second, first) if order == "lat-lon" else (first, second)


def read_spot(text: str) -> tuple[float, float] | None:
    """Read coordinates that somebody typed, in either order, with points or commas, or in degrees and minutes.

    Letters of the directions settle which is which. Without them: no longitude of the window is one of its latitudes,
    so a pair that only fits the other way round is meant that way. Tables are read strictly; this is for one place
    typed or pasted from a phone.

    Returns
    -------
    tuple[float, float] | None
        Longitude and latitude, inside the window or not; None when the text is no pair of numbers.
    """
    found = angles.read_pair(text)
    if found is None:
        return None
    first, second, order = found
    west, south, east, north = WINDOW
    turned = order == "lat-lon" or (order is None and west <= second <= east and south <= first <= north)
    return (second, first) if turned else (first, second)


def refuse_examples(places: Iterable[Place], *, training: bool) -> None:
    """Refuse to lead anybody to or from an illustrative place outside training (QuestionError ``example-place``)."""
    example = next((place for place in places if place.evidence == "illustrative"), None)
    if example is not None and not training:
        raise QuestionError("example-place", place=example.text)


def check_coordinates(lon: float, lat: float, extent: Extent | None = None) -> None:
    """Refuse coordinates outside the window of the data.

    Parameters
    ----------
    lon, lat
        Degrees.
    extent
        Of a road network of the reader's own: places in it, or close to it, are known too.

    Raises
    ------
    QuestionError
        ``coordinates-swapped`` when exchanging the two would put the place inside, else ``outside-window``, or
        ``outside-network`` where there is such a network.
    """
    boxes = [WINDOW] if extent is None else [WINDOW, _wider(extent)]
    if any(_inside(lon, lat, box) for box in boxes):
        return
    west, south, east, north = boxes[-1]
    params = {"lon": lon, "lat": lat, "west": west, "south": south, "east": east, "north": north}
    swapped = any(_inside(lat, lon, box) for box in boxes)
    outside = "outside-window" if extent is None else "outside-network"
    raise QuestionError("coordinates-swapped" if swapped else outside, **params)


def check_on_globe(lon: float, lat: float) -> None:
    """Refuse coordinates that are nowhere on the Earth (``outside-globe``)."""
    if not _inside(lon, lat, (-180.0, -90.0, 180.0, 90.0)):
        raise QuestionError("outside-globe", lon=lon, lat=lat)


def _inside(lon: float, lat: float, box: Extent) -> bool:
    west, south, east, north = box
    return west <= lon <= east and south <= lat <= north


def _wider(extent: Extent) -> Extent:
    west, south, east, north = extent
    return west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG


def _from_record(record: Mapping[str, Any], table: str) -> Place:
    names = {lang: record[f"name_{lang}"] for lang in ("en", "ru", "ky") if isinstance(record[f"name_{lang}"], str)}
    error_m = float(record["positional_error_m"])
    return Place(
        id=str(record["id"]),
        table=table,
        names=names,
        lon=float(record["lon"]),
        lat=float(record["lat"]),
        positional_error_m=0.0 if math.isnan(error_m) else error_m,
        evidence=str(record["evidence"]),
        country=record["country"] if isinstance(record["country"], str) else None,
    )


@lru_cache(maxsize=8 * len(PLACE_TABLES))
def _cells(dataset: Dataset, table: str) -> dict[str, list[Any]]:
    """Cells of the columns that make a place: a list gives one of them faster than a table."""
    return {name: dataset[table][name].tolist() for name in _PLACE_COLUMNS}


@lru_cache(maxsize=8)
def _rows_by_id(dataset: Dataset) -> dict[str, tuple[str, int]]:
    """Table and row of every record that has a place, by its id; the first table of :data:`PLACE_TABLES` wins."""
    return {
        str(name): (table, row)
        for table in reversed(PLACE_TABLES)
        for row, name in reversed(tuple(enumerate(dataset[table]["id"].tolist())))
    }


def is_known(dataset: Dataset, text: str) -> bool:
    """Tell whether a text is the id of a record of any of :data:`PLACE_TABLES`."""
    return text.strip() in _rows_by_id(dataset)


def resolve(dataset: Dataset, text: str, extent: Extent | None = None) -> Place:
    """Find the place that a text names.

    Parameters
    ----------
    dataset
        Tables to look in, in the order of :data:`PLACE_TABLES`.
    text
        An id of any of these tables, or ``LON,LAT`` in degrees.
    extent
        As for :func:`check_coordinates`.

    Returns
    -------
    Place
        The record's place; without a position when the record is only listed.

    Raises
    ------
    QuestionError
        ``unknown-place`` when no table has the id and the text is no pair of numbers;
        as :func:`check_coordinates` for coordinates out of the data's window.
    """
    wanted = text.strip()
    known = _rows_by_id(dataset).get(wanted)
    if known is not None:
        table, row = known
        return _from_record({name: cells[row] for name, cells in _cells(dataset, table).items()}, table)
    pair = parse_coordinates(wanted)
    if pair is None:
        raise QuestionError("unknown-place", place=wanted)
    check_coordinates(*pair, extent)
    return Place(id=None, table=None, names={}, lon=pair[0], lat=pair[1])
