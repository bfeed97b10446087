"""Frames of the answer to "who lives near": figures of a source of people, written out as rows."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
from geopandas.array import from_shapely
from pyproj import CRS

from geo.crs import WGS84
from geo.evidence import weakest
from geo.figures import LOW_DATA_CELLS
from geo.population import SettlementPeople
from geo.schema import EVIDENCE_ORDER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from shapely import Polygon

    from geo.figures import Around, Figures, Together, Union
    from geo.places import Place
    from geo.population import PeopleSource

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

#: Fewer settlements with a number than this say little about a zone.
LOW_DATA_SETTLEMENTS: Final = 5
#: A millionth of a cell is what rounding leaves on the wrong side of a border.
TRACE: Final = 1e-6
# Sums in another order differ by less.
_HAIR: Final = 1e-9
#: When the greatest value is more than this many times the least, no single number is shown.
RANGE_FACTOR: Final = 2.0

# Parsed once: geopandas would read the text anew for every frame.
_WGS84: Final = CRS.from_user_input(WGS84)
_NAMES: Final = ("name_en", "name_ru", "name_ky")
_SETTLEMENT_COLUMNS: Final = [
    *("id", *_NAMES, "country", "area_id", "lon", "lat", "population_persons", "modelled_persons", "without_total"),
    *("population_source", "population_year", "evidence", "source"),
]
_AREA_COLUMNS: Final = [
    *("id", *_NAMES, "kind", "country", "population_persons", "whole_persons", "year", "numbered_persons"),
    *("unnumbered_places", "remainder_persons", "equal_share_persons", "p95_persons", "place_max_persons"),
    *("is_exclave", "evidence", "source"),
]
# In the answer's frame "id" and "population_persons" would be taken for the settlements'.
_AREA_NAMES: Final = {"id": "area_id", "population_persons": "total_persons"}


def inner_edges_m(radii_m: Sequence[float]) -> list[float]:
    """Give the inner edge of each ring."""
    return [0.0, *radii_m[:-1]]


def people_of(figures: Figures, range_only: Bools) -> dict[str, Floats]:
    """Central value at the place's own point and the range over all its positions; NaN where nothing is known."""
    silent = figures.silent[:, 0]
    nothing = silent & ~figures.heard.any(axis=1)
    low = figures.low.min(axis=1)
    # Sums of fractions may end a hair above what bounds them.
    high = np.maximum(figures.high.max(axis=1), figures.central[:, 0])
    return {
        "population_persons": np.where(silent | range_only[:, None], np.nan, figures.central[:, 0]),
        "population_min_persons": np.where(nothing, np.nan, low),
        "population_max_persons": np.where(nothing, np.nan, high),
    }


def _low_data(settlements: Floats, numbered: Floats) -> Bools:
    result: Bools = (numbered < LOW_DATA_SETTLEMENTS) | (2 * (settlements - numbered) >= settlements)
    return result


def behind(
    people: PeopleSource, settlements: Floats, numbered: Floats, open_ended: Bools | None = None
) -> dict[str, Any]:
    """Tell what stands behind counts: settlements, or cells and the part of the ground that they cover."""
    unknown = np.full(settlements.shape, np.nan)
    if isinstance(people, SettlementPeople):
        counts: dict[str, Any] = {
            "settlements": settlements.round().astype(int),
            "settlements_unknown_population": (settlements - numbered).round().astype(int),
            "units": settlements.round().astype(int),
            "coverage_share": unknown,
        }
        low_data = _low_data(settlements, numbered)
    else:
        with np.errstate(invalid="ignore"):
            covered = np.where((numbered > 0) & (numbered > (1 - TRACE) * settlements), 1.0, numbered / settlements)
        counts = {
            "settlements": unknown,
            "settlements_unknown_population": unknown,
            "units": numbered,
            "coverage_share": covered,
        }
        low_data = numbered < LOW_DATA_CELLS
    return counts if open_ended is None else {**counts, "low_data": low_data, "max_is_lower_bound": open_ended}


def _evidence(
    place: Place,
    around: Around,
    people: PeopleSource,
    edges_m: Sequence[tuple[float, float]],
    modelled: Bools,
) -> list[str]:
    """Name the weakest evidence of each zone: of the place, its settlements with a number, and the model."""
    if not isinstance(people, SettlementPeople):
        # What a census counted by district, a grid has spread over cells by a model.
        return [weakest({place.evidence, "modelled"}) or place.evidence] * len(edges_m)
    ranks, counted = people.tables.evidence_rank, people.tables.known
    result = []
    for (inner_m, outer_m), is_modelled in zip(edges_m, modelled, strict=True):
        inside = counted & (around.distance_m <= outer_m) & ((around.distance_m > inner_m) | (inner_m == 0))
        found = {EVIDENCE_ORDER[rank] for rank in set(ranks[inside])} | {place.evidence}
        result.append(weakest(found | {"modelled"} if is_modelled else found) or place.evidence)
    return result


@cache
def _nothing(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns), dtype=object)


def _no_rows(columns: tuple[str, ...]) -> pd.DataFrame:
    """Give a frame without rows; a copy of one costs a tenth of a new one."""
    return _nothing(columns).copy()


def merge(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Join the columns of several parts; one frame made of the whole costs a tenth of many joined."""
    joined: dict[str, Any] = {}
    for name, first in parts[0].items():
        columns = [part[name] for part in parts]
        is_array = isinstance(first, np.ndarray)
        joined[name] = np.concatenate(columns) if is_array else [value for column in columns for value in column]
    return joined


def zones(  # noqa: PLR0913 - keyword-only
    *,
    places: Sequence[Place],
    radii_m: Sequence[float],
    found: Sequence[Around],
    people: PeopleSource,
    shapes: Sequence[Sequence[Polygon]],
    areas_m2: Floats,
    cumulative: bool,
) -> gpd.GeoDataFrame:
    """Write a row for each place and ring, or for each place and disk.

    Parameters
    ----------
    places, found
        The places and what lies round each.
    radii_m
        Radii, rising.
    people
        The source that was asked.
    shapes, areas_m2
        Polygons of the zones and their areas, by place and radius.
    cumulative
        Disks instead of rings.

    Returns
    -------
    gpd.GeoDataFrame
        Places in their order, each from the inside out; WGS 84.
    """
    inner_m = [0.0] * len(radii_m) if cumulative else inner_edges_m(radii_m)
    parts = []
    for index, (place, around) in enumerate(zip(places, found, strict=True)):
        figures = (around.disks if cumulative else around.rings).total()
        range_only = np.array(radii_m) < place.positional_error_m
        settlements, numbered = figures.settlements[:, 0, 0], figures.numbered[:, 0, 0]
        modelled = np.asarray((figures.high > figures.low).any(axis=(1, 2)))
        parts.append(
            {
                "site_id": [place.id] * len(radii_m),
                "place_index": np.full(len(radii_m), index),
                "inner_radius_m": np.array(inner_m),
                "outer_radius_m": np.array(radii_m),
                "area_m2": areas_m2[index],
                **{name: values[:, 0] for name, values in people_of(figures, range_only).items()},
                **behind(people, settlements, numbered, np.asarray((figures.unbounded > 0).any(axis=(1, 2)))),
                "range_only": range_only,
                "evidence": _evidence(place, around, people, list(zip(inner_m, radii_m, strict=True)), modelled),
            }
        )
    columns = merge(parts)
    columns["site_id"] = pd.Series(columns["site_id"], dtype=object)
    flat = np.array([shape for row in shapes for shape in row], dtype=object)
    # Given as a series by name, the geometry is not looked through again: a third of the time.
    columns["geometry"] = gpd.GeoSeries(from_shapely(flat, crs=_WGS84))
    return gpd.GeoDataFrame(columns, geometry="geometry")


def is_wide(persons: dict[str, Floats]) -> Bools:
    """Tell where the range is too wide for a single number to stand for it."""
    result: Bools = persons["population_max_persons"] > RANGE_FACTOR * persons["population_min_persons"]
    return result


def settlements(found: Sequence[Around], radii_m: Sequence[float], people: PeopleSource) -> pd.DataFrame:
    """List every settlement within the largest radius of each place, nearest first.

    Returns
    -------
    pd.DataFrame
        The settlement's columns; ``modelled_persons`` (equal share of its area's remainder; NaN when it has a
        number, stands in an exclave that is counted by ground, or has no area with a total); ``without_total``
        (nothing is known). Empty for a grid.
    """
    if not isinstance(people, SettlementPeople):
        own = ("place_index", "distance_m", "bearing_deg", "inner_radius_m", "outer_radius_m")
        return _no_rows((*own, *_SETTLEMENT_COLUMNS))
    inner_m, outer_m = np.array(inner_edges_m(radii_m)), np.array(radii_m)
    parts, rows = [], []
    for index, around in enumerate(found):
        near = np.flatnonzero(around.distance_m <= outer_m[-1])
        near = near[np.argsort(around.distance_m[near], kind="stable")]
        ring = np.searchsorted(outer_m, around.distance_m[near], side="left")
        parts.append(
            {
                "place_index": np.full(len(near), index),
                "distance_m": around.distance_m[near],
                "bearing_deg": around.bearing_deg[near],
                "inner_radius_m": inner_m[ring],
                "outer_radius_m": outer_m[ring],
            }
        )
        rows.append(near)
    near_frame = pd.DataFrame(merge(parts))
    table = people.settlements[_SETTLEMENT_COLUMNS].take(np.concatenate(rows))
    table.index = near_frame.index
    return pd.concat([near_frame, table], axis=1)


def union_people(union: Union, range_only: Bools) -> dict[str, Floats]:
    """Central value and range of a union; NaN where nothing is known."""
    central = union.central.central
    high = np.maximum(union.high, central)
    return {
        "population_persons": np.where(union.central.silent | range_only[:, None], np.nan, central),
        "population_min_persons": np.where(union.nothing, np.nan, union.low),
        "population_max_persons": np.where(union.nothing, np.nan, high),
    }


def range_only_of(radii_m: Sequence[float], places: Sequence[Place]) -> Bools:
    """Tell for which radii a place is known less well than the radius is long."""
    result: Bools = np.array(radii_m) < max(place.positional_error_m for place in places)
    return result


def together(  # noqa: PLR0913, PLR0917 - one call, in the order of the answer
    radii_m: Sequence[float],
    places: Sequence[Place],
    found: Together,
    area_m2: list[float],
    people: PeopleSource,
    disks: pd.DataFrame,
) -> pd.DataFrame:
    """Write a row for each radius: the union over all places, everybody once.

    Returns
    -------
    pd.DataFrame
        ``headline_is_range`` where no single number is to be shown; ``places_sum_persons``, the sum over the places
        (``disks``), and ``overlap_persons``, how far it exceeds the union: people near two places are in it once,
        near three twice.
    """
    range_only = range_only_of(radii_m, places)
    central = found.total.central
    settlements, numbered = central.settlements[:, 0], central.numbered[:, 0]
    persons = {name: values[:, 0] for name, values in union_people(found.total, range_only).items()}
    wide = is_wide(persons)
    each = disks["population_persons"].to_numpy(dtype=float).reshape(len(places), len(radii_m))
    # A place where nothing is known adds nothing to the union either.
    sums = np.where(np.isnan(persons["population_persons"]), np.nan, np.nansum(each, axis=0))
    again = sums - persons["population_persons"]
    return pd.DataFrame(
        {
            "radius_m": list(radii_m),
            **persons,
            "range_only": range_only,
            "headline_is_range": range_only | wide,
            **behind(people, settlements, numbered, found.total.open_ended[:, 0]),
            "area_m2": area_m2,
            "places_sum_persons": sums,
            "overlap_persons": np.where(np.abs(again) <= _HAIR * sums, 0.0, again),
        }
    )


def exclaves(radii_m: Sequence[float], found: Sequence[Around], people: PeopleSource) -> pd.DataFrame:
    """List every ring that touches an exclave with a published total, and the share of its ground inside.

    Returns
    -------
    pd.DataFrame
        ``share_in_ring`` and ``modelled_persons`` (that share of the people outside its numbered places) are taken
        at the place's own point; they are 0 where only another possible position touches the exclave.
    """
    place = ("place_index", "inner_radius_m", "outer_radius_m", "area_id", *_NAMES, "country")
    columns = (*place, "share_in_ring", "total_persons", "whole_persons", "modelled_persons")
    if not isinstance(people, SettlementPeople):
        # A grid counts the people of exclaves by cell, and names none.
        return _no_rows(columns)
    inner_m = inner_edges_m(radii_m)
    rows = []
    for index, around in enumerate(found):
        share = np.diff(around.share, axis=0, prepend=0.0)
        for ring, number in zip(*np.nonzero(around.touched_rings), strict=True):
            area = people.areas.loc[people.tables.exclaves[number].area_id]
            part = float(share[ring, number])
            rows.append(
                (
                    index,
                    inner_m[ring],
                    radii_m[ring],
                    area["id"],
                    *(area[name] for name in _NAMES),
                    area["country"],
                    part,
                    float(area["population_persons"]),
                    float(area["whole_persons"]),
                    part * float(area["remainder_persons"]),
                )
            )
    return pd.DataFrame(rows, columns=list(columns))


def areas(people: PeopleSource, near: pd.DataFrame, touched: pd.DataFrame) -> pd.DataFrame:
    """List the areas that settlements or exclaves in reach belong to: "our points hold N of T".

    Returns
    -------
    pd.DataFrame
        By id of the area.
    """
    if not isinstance(people, SettlementPeople):
        return _no_rows(tuple(_AREA_NAMES.get(name, name) for name in _AREA_COLUMNS))
    ids = {value for value in near["area_id"] if isinstance(value, str)} | set(touched["area_id"])
    rows = np.flatnonzero([area in ids for area in people.areas.index])
    table = people.areas[_AREA_COLUMNS].take(rows)
    return table.set_axis(range(len(rows))).rename(columns=_AREA_NAMES)
