"""A made-up district round one place, with villages set by distance and bearing, so that people can be added by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from geo.crs import destinations
from tests.road_worlds import dataset

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geo.dataset import Dataset

#: The place that everything is measured from.
CENTRE = (72.0, 41.0)
#: West of 75° east lies KG, east of it UZ; beyond 43° north is no man's land.
KG = shapely.box(69, 39, 75, 43)
UZ = shapely.box(75, 39, 81, 43)


def at(distance_m: float, bearing_deg: float, origin: tuple[float, float] = CENTRE) -> tuple[float, float]:
    """Give the point at a distance and bearing from the centre."""
    lons, lats = destinations(*origin, [bearing_deg], distance_m)
    return float(lons[0]), float(lats[0])


def village(  # noqa: PLR0917 - a row of the table, in the order in which one would write it
    name: str,
    distance_m: float,
    bearing_deg: float = 0.0,
    persons: float | None = None,
    area: str | None = None,
    country: str | None = "KG",
    evidence: str = "documented",
) -> dict[str, Any]:
    """Make a settlement; without persons its number is unknown."""
    lon, lat = at(distance_m, bearing_deg)
    number = {"population_persons": persons, "population_source": None if persons is None else f"count of {name}"}
    tied = {"area_id": area, "country": country, "evidence": evidence, "source": f"map of {name}"}
    return {"id": name, "name_en": name, "lon": lon, "lat": lat, **number, **tied}


def area(name: str, persons: float, **more: object) -> dict[str, Any]:
    """Make an area with a published total."""
    row = {"id": name, "name_en": name, "kind": "raion", "country": "KG", "population_persons": persons, "year": 2022}
    return {**row, "source": f"census of {name}", **more}


def site(name: str, error_m: float | None = None, distance_m: float = 0.0, **more: object) -> dict[str, Any]:
    """Make a site at a distance north of the centre."""
    lon, lat = at(distance_m, 0.0)
    row = {"id": name, "name_en": name, "lon": lon, "lat": lat, "positional_error_m": error_m, "country": "KG"}
    return {**row, "kind": "works", "position_basis": "town-point", "source": f"list with {name}", **more}


def square(distance_m: float, side_m: float) -> shapely.Polygon:
    """Draw a square east of the centre: its western side, halved by the parallel, stands at the distance."""
    west = at(distance_m, 90.0)
    middle = at(side_m, 90.0, west)
    half = side_m / 2
    return shapely.Polygon([at(half, 0, west), at(half, 0, middle), at(half, 180, middle), at(half, 180, west)])


def world(
    villages: Iterable[Mapping[str, Any]] = (),
    areas: Iterable[Mapping[str, Any]] = (),
    sites: Sequence[Mapping[str, Any]] = ({},),
    exclave: shapely.Polygon | None = None,
) -> Dataset:
    """Put villages, areas, sites and the ground of an exclave EX of UZ into a data set; no site means one exact."""
    grounds = [("KG", "mainland", "KG", KG), ("UZ", "mainland", "UZ", UZ)]
    if exclave is not None:
        grounds.append(("EX", "exclave", "UZ", exclave))
    rows = {
        "settlements": list(villages),
        "area_totals": list(areas),
        "sites": [row or site("S") for row in sites],
        "borders": [
            {
                "id": name,
                "name_en": name,
                "kind": kind,
                "country": country,
                "source": f"line of {name}",
                "geometry": shape,
            }
            for name, kind, country, shape in grounds
        ],
    }
    return dataset(**rows)
