r"""People passed on each section of a road network: what a route is weighed by when it shall pass few people.

A route is put together of sections, so what it is weighed by must be a sum over its sections that does not hang on how
the road is cut into them. Who lives within the width of each section cannot be summed: in a town whose streets are
cut at every corner everybody would count a dozen times. The usual measure of hazardous transport [1]_ [2]_ can: people
within the width :math:`W` of a point of the road, summed along the road,

.. math:: p = \frac{2}{\pi W} \int N_W(x) \, dx .

The factor makes it a number of people: a straight road through people who live evenly spread passes as many as live
in its corridor. Whoever lives at its edge counts less than whoever lives at the road, and whoever the road passes twice
counts twice. How many different people live along a whole route is another question; :mod:`geo.corridor` answers it.

References
----------
.. [1] Batta, R., Chiu, S. S. (1988). Optimal obnoxious paths on a network: transportation of hazardous materials.
   Operations Research 36 (1), 84-92. https://doi.org/10.1287/opre.36.1.84
.. [2] Erkut, E., Verter, V. (1998). Modeling of transport risk for hazardous materials. Operations Research 46 (5),
   625-642. https://doi.org/10.1287/opre.46.5.625
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import numpy as np
import shapely

from geo.crs import GEOD, SHORTEST_DEGREE_M
from geo.grid_near import people_near
from geo.grid_people import GridPeople
from geo.network import to_grain
from geo.population import SettlementPeople

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.areas import Tables
    from geo.grids import Grid
    from geo.network import Network
    from geo.population import PeopleSource

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

#: Between two routes that pass nearly as many people the quicker one is better: an hour's drive weighs as much as one
#: person passed. Without it a route would cross a country to spare the tenth of a person that a grid's cell may hold.
PERSONS_PER_S: Final = 1.0 / 3600.0

#: Points on a grid are taken at the middle of pieces no longer than this part of the width.
_PIECE_WIDTHS: Final = 0.25
#: A point of the road with more than this part of its surroundings outside a grid is not covered by it.
_LEAST_INSIDE: Final = 0.5


@dataclass(frozen=True, eq=False)
class SectionPeople:
    """People passed on every section of a network.

    Parameters
    ----------
    width_m
        How far from the road people count.
    persons
        People passed on each section. From settlements this is exact; from a grid it is taken at points a quarter of
        the width apart or nearer, which differs from the integral by some thousandths over a route.
    covered
        Whether the source has anything to say of the section's surroundings: a section off a grid passes an unknown
        number of people, and must not look like an empty one.
    """

    width_m: float
    persons: Floats
    covered: NDArray[np.bool_]

    def weights(self, network: Network) -> tuple[Floats, Floats]:
        """Give what each section weighs from tail to head and back, NaN where it must not be driven.

        People passed, and :data:`PERSONS_PER_S` for the time.
        """
        known = np.where(self.covered, self.persons, np.nan)
        there, back = (to_grain(known + PERSONS_PER_S * time_s) for time_s in (network.time_s, network.time_back_s))
        return there, back


_lock = Lock()
_kept: WeakKeyDictionary[Network, WeakKeyDictionary[Grid | Tables, dict[float, SectionPeople]]] = WeakKeyDictionary()


def section_people(network: Network, source: PeopleSource, width_m: float) -> SectionPeople:
    """Count the people passed on every section; kept as long as the network and the source are.

    Parameters
    ----------
    network
        Roads whose lines follow the road.
    source
        Settlements or a grid.
    width_m
        How far from the road people count.

    Raises
    ------
    QuestionError, CrsError
        As :meth:`geo.grids.Grid.circles`.
    TypeError
        For a source of another kind.
    """
    if not isinstance(source, (GridPeople, SettlementPeople)):
        raise TypeError(type(source).__name__)
    key = source.grid if isinstance(source, GridPeople) else source.tables
    with _lock:
        found = _kept.setdefault(network, WeakKeyDictionary()).setdefault(key, {})
        if width_m not in found:
            found[width_m] = _measure(network, source, width_m)
        return found[width_m]


def _measure(network: Network, source: GridPeople | SettlementPeople, width_m: float) -> SectionPeople:
    if isinstance(source, GridPeople):
        persons, covered = _from_grid(network, source.grid, width_m)
    else:
        persons = _from_points(network, source.tables, width_m) + _from_exclaves(network, source.tables, width_m)
        covered = np.ones(len(persons), dtype=bool)
    return SectionPeople(width_m, persons, covered)


def _line_m(network: Network) -> Floats:
    """Measure the lines of the sections."""
    first = network.segment_vertex
    lon, lat = network.vertex_lon, network.vertex_lat
    piece_m = np.asarray(GEOD.inv(lon[first], lat[first], lon[first + 1], lat[first + 1])[2], dtype=float)
    result: Floats = np.bincount(network.segment_section, weights=piece_m, minlength=len(network.tail)).astype(float)
    return result


def _samples(network: Network, width_m: float) -> tuple[Ints, Floats, Floats, Floats]:
    """Choose points along all sections: the section of each, its position, and the length it stands for."""
    line_m = _line_m(network)
    pieces = np.maximum(np.ceil(line_m / (_PIECE_WIDTHS * width_m)), 1).astype(np.int64)
    section = np.repeat(np.arange(len(pieces)), pieces)
    rank = np.arange(len(section)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    at = section + (rank + 0.5) / pieces[section]
    # The sections lie one behind the other on one axis, a unit each.
    owner = np.repeat(np.arange(len(pieces)), np.diff(network.vertex_start))
    axis = owner + network.vertex_fraction
    lon, lat = (np.interp(at, axis, values) for values in (network.vertex_lon, network.vertex_lat))
    return section, lon, lat, (line_m / pieces)[section]


def _passed(network: Network, section: Ints, person_metres: Floats, width_m: float) -> Floats:
    """Sum up people by metres of road, and make them people."""
    sums = np.bincount(section, weights=person_metres, minlength=len(network.tail)).astype(float)
    result: Floats = sums * 2.0 / (math.pi * width_m)
    return result


def _from_grid(network: Network, grid: Grid, width_m: float) -> tuple[Floats, NDArray[np.bool_]]:
    section, lon, lat, length_m = _samples(network, width_m)
    # Cells without a value hold nobody that the grid knows of; the corridor of a route says how much it covers.
    near, inside = people_near(grid, lon, lat, width_m)
    least = np.ones(len(network.tail))
    np.minimum.at(least, section, inside)
    return _passed(network, section, near * length_m, width_m), least >= _LEAST_INSIDE


def _from_points(network: Network, tables: Tables, width_m: float) -> Floats:
    """Measure for every settlement how much of each section lies within the width of its point."""
    table = tables.settlements
    persons = table["population_persons"].fillna(table["modelled_persons"]).to_numpy(dtype=float, na_value=0.0)
    some = np.flatnonzero(persons > 0)
    lon, lat = tables.lon[some], tables.lat[some]
    high = width_m / SHORTEST_DEGREE_M
    wide = high / np.cos(np.radians(np.minimum(np.abs(lat) + high, 89.0)))
    settlement, piece = network.segment_tree.query(shapely.box(lon - wide, lat - high, lon + wide, lat + high))
    first = network.segment_vertex[piece]
    begin, end = (
        _seen_from(lon[settlement], lat[settlement], network.vertex_lon[row], network.vertex_lat[row])
        for row in (first, first + 1)
    )
    near_m = _inside_m(begin, end, width_m)
    return _passed(network, network.segment_section[piece], persons[some][settlement] * near_m, width_m)


def _seen_from(lon: Floats, lat: Floats, lons: Floats, lats: Floats) -> Floats:
    """Give metres east and north of points, each seen from its own place: distances from the place are geodesic."""
    azimuth, _, distance_m = GEOD.inv(lon, lat, lons, lats)
    angle = np.radians(azimuth)
    return np.column_stack([distance_m * np.sin(angle), distance_m * np.cos(angle)])


def _inside_m(begin: Floats, end: Floats, radius_m: float) -> Floats:
    """Measure how much of each straight piece lies within a radius of the zero point."""
    step = end - begin
    square, middle = (step**2).sum(axis=1), (begin * step).sum(axis=1)
    rest = (begin**2).sum(axis=1) - radius_m**2
    root = np.sqrt(np.maximum(middle**2 - square * rest, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        enter, leave = np.clip((-middle - root) / square, 0, 1), np.clip((-middle + root) / square, 0, 1)
    result: Floats = np.where(square > 0, (leave - enter) * np.sqrt(square), 0.0)
    return result


def _from_exclaves(network: Network, tables: Tables, width_m: float) -> Floats:
    """Spread the people of exclaves without points of their own evenly over the exclaves' ground."""
    persons = np.zeros(len(network.tail))
    if not tables.exclaves:
        return persons
    section, lon, lat, length_m = _samples(network, width_m)
    for exclave, remainder in zip(tables.exclaves, tables.exclave_remainder.tolist(), strict=True):
        inside = np.flatnonzero(exclave.prepared.holds(lon, lat))
        near = remainder * min(math.pi * width_m**2 / exclave.local.area, 1.0)
        persons += _passed(network, section[inside], near * length_m[inside], width_m)
    return persons
