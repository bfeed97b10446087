"""A way along the road: the sections driven, their exact totals, their line and the countries they run through."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

from geo.borders import country_at
from geo.places import Place, resolve
from geo.prepared import Prepared
from geo.snapping import Snaps, meet_nodes, snap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray
    from shapely import LineString

    from geo.dataset import Dataset
    from geo.network import Minimise, Network
    from geo.places import Extent
    from geo.trees import Step, Tree

#: Columns of the table of sections driven.
SECTION_COLUMNS: Final = (
    "id", "from_id", "to_id",
    "from_name_en", "from_name_ru", "from_name_ky", "to_name_en", "to_name_ru", "to_name_ky",
    "road_number", "length_m", "travel_time_s", "share", "length_basis", "surface", "terrain", "winter_closure",
    "countries", "positional_error_m", "unverified", "evidence", "source", "source_date",
    "note_en", "note_ru", "note_ky",
)  # fmt: skip
_COPIED: Final = (
    "id", "road_number", "length_basis", "surface", "terrain", "winter_closure", "positional_error_m", "unverified",
    "evidence", "source", "source_date", "note_en", "note_ru", "note_ky",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """The sections driven between two snapped places, with their exact totals.

    Parameters
    ----------
    steps
        In order of travel.
    length_m, time_s
        Of each step.
    countries
        In order of travel, without repeats one after another.
    """

    steps: tuple[Step, ...]
    length_m: tuple[float, ...]
    time_s: tuple[float, ...]
    countries: tuple[str, ...]

    @property
    def distance_m(self) -> float:
        """Metres along the road."""
        return sum(self.length_m, 0.0)

    @property
    def travel_time_s(self) -> float:
        """Seconds along the road; NaN where no planning speed is known."""
        return sum(self.time_s, 0.0)

    def total(self, minimise: Minimise) -> float:
        """Seconds or metres, as the objective says."""
        return self.travel_time_s if minimise == "time" else self.distance_m


@lru_cache(maxsize=128)
def locate(dataset: Dataset, text: str, extent: Extent | None = None) -> Place:
    """Find the place that a text names, with the country at its position where no table says it.

    Parameters
    ----------
    dataset
        Tables and borders.
    text
        An id of any table, or ``LON,LAT``.
    extent
        Of the road network, where it is not that of the tables (:func:`own_extent`): places in it are known too.
    """
    place = resolve(dataset, text, extent)
    if place.country is not None or not place.has_position:
        return place
    return replace(place, country=country_at(dataset.borders, place.lon, place.lat)[0][0])


def own_extent(network: Network | None) -> Extent | None:
    """Give the extent of a network that somebody brought; None for the roads of the tables."""
    return None if network is None or network.schematic else network.extent


def same_point(place: Place, lons: ArrayLike, lats: ArrayLike) -> NDArray[np.bool_]:
    """Tell which of some positions is the very position of a place: the way there has no length."""
    return np.asarray((np.asarray(lons) == place.lon) & (np.asarray(lats) == place.lat), dtype=bool)


def shared_country(country: str | None, other: str | None, *, stay_in_country: bool) -> str | None:
    """Give the country that a route between two places must not leave; None sets no rule."""
    return country if stay_in_country and country is not None and country == other else None


def snap_places(network: Network, places: Sequence[Place], limit_m: float) -> Snaps:
    """Find where places meet the network, each by the same rule as any other question about it."""
    snaps = snap(
        network,
        [place.lon for place in places],
        [place.lat for place in places],
        limit_m=limit_m,
        countries=[place.country for place in places],
    )
    return meet_nodes(network, snaps, [place.id if place.table == "road_nodes" else None for place in places])


def _countries(network: Network, steps: Sequence[Step]) -> tuple[str, ...]:
    order: list[str] = []
    for step in steps:
        codes = network.countries[step.section]
        for code in codes if step.start <= step.end else codes[::-1]:
            if not order or order[-1] != code:
                order.append(code)
    return tuple(order)


def way_to(network: Network, tree: Tree, ends: Snaps, row: int = 0) -> Way:
    """Follow a tree to one of some snapped places that it reaches."""
    return way_of(network, tree.steps_to(ends, row))


def way_of(network: Network, steps: Sequence[Step]) -> Way:
    """Add up some steps, given in order of travel."""
    section = np.array([step.section for step in steps], dtype=np.int64)
    start, end = (np.array([getattr(step, side) for step in steps], dtype=float) for side in ("start", "end"))
    length_m, time_s, time_back_s = (
        np.abs(network.part(values, section, end) - network.part(values, section, start))
        for values in (network.length_m, network.time_s, network.time_back_s)
    )
    driven_s = np.where(start <= end, time_s, time_back_s)
    return Way(tuple(steps), tuple(length_m.tolist()), tuple(driven_s.tolist()), _countries(network, steps))


def section_table(network: Network, way: Way) -> pd.DataFrame:
    """List the sections driven, in order and in the direction of travel, with :data:`SECTION_COLUMNS`."""
    rows = np.array([step.section for step in way.steps], dtype=np.int64)
    backwards = np.array([step.start > step.end for step in way.steps], dtype=bool)
    cells: dict[str, object] = {name: network.section_values[name][rows] for name in _COPIED}
    begin, end = network.tail[rows], network.head[rows]
    for side, nodes in (("from", np.where(backwards, end, begin)), ("to", np.where(backwards, begin, end))):
        for name in ("id", "name_en", "name_ru", "name_ky"):
            cells[f"{side}_{name}"] = network.node_values[name][nodes]
    cells["length_m"], cells["travel_time_s"] = np.array(way.length_m, dtype=float), np.array(way.time_s, dtype=float)
    cells["share"] = np.array([abs(step.end - step.start) for step in way.steps], dtype=float)
    driven = zip((network.countries[row] for row in rows), backwards, strict=True)
    cells["countries"] = pd.Series([codes[::-1] if back else codes for codes, back in driven], dtype=object)
    return pd.DataFrame({name: cells[name] for name in SECTION_COLUMNS})


def way_line(network: Network, way: Way) -> LineString | None:
    """Draw the way along the road, in WGS 84 and in the direction of travel; None where nothing is driven."""
    if not way.steps:
        return None
    points = np.concatenate([network.line(step.section, step.start, step.end) for step in way.steps])
    moves = np.ones(len(points), dtype=bool)
    moves[1:] = (points[1:] != points[:-1]).any(axis=1)
    points = points[moves]
    return shapely.LineString(points if len(points) > 1 else np.repeat(points, 2, axis=0))


def leg(place: Place, snaps: Snaps, row: int, *, outward: bool) -> LineString | None:
    """Draw the straight leg between a place and the road; None where the place is on it."""
    if not 0 < snaps.distance_m[row] < np.inf:
        return None
    ends = [(place.lon, place.lat), (float(snaps.lon[row]), float(snaps.lat[row]))]
    return shapely.LineString(ends if outward else ends[::-1])


def leaves_country(dataset: Dataset, country: str | None, line: LineString | None) -> bool:
    """Tell whether a line enters any country but one; never for an unknown country or no line."""
    if country is None or line is None:
        return False
    return any(shape.meets(line) for shape in _abroad(dataset, country))


@lru_cache(maxsize=16)
def _abroad(dataset: Dataset, country: str) -> tuple[Prepared, ...]:
    """Give the outlines of all countries but one, made ready to be compared with many lines."""
    borders = dataset.borders
    shapes = zip(borders.geometry, borders["country"], strict=True)
    return tuple(Prepared(shape) for shape, code in shapes if shape is not None and code != country)
