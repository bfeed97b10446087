"""Frames of the answer to "who lives near" by country, and by part: the enclaves of a country apart from its mainland."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.exposure_frames import TRACE, behind, inner_edges_m, is_wide, merge, people_of, range_only_of, union_people
from geo.figures import Part, countries_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.figures import Around, Figures, Together, Union
    from geo.places import Place
    from geo.population import PeopleSource

    Floats = NDArray[np.float64]
    Keys = Mapping[str, Sequence[object]]

_NAMES: Final = ("name_en", "name_ru", "name_ky")


def country_keys(parts: Sequence[Part]) -> dict[str, list[object]]:
    """Name the country of each entry once the parts of each country are summed."""
    return {"country": list(countries_of(parts))}


def part_keys(parts: Sequence[Part], borders: gpd.GeoDataFrame) -> dict[str, list[object]]:
    """Name each part: its country, the id of the enclave (None for the mainland) and the enclave's own names.

    Parameters
    ----------
    parts
        Of the last axis of figures.
    borders
        Table ``borders``.
    """
    # Column by column: a frame of some columns of a table with geometry costs more than the whole count of a moved radius.
    names = {name: dict(zip(borders["id"], borders[name], strict=True)) for name in _NAMES if name in borders.columns}
    return {
        "country": [part.country for part in parts],
        "enclave_id": [part.enclave_id for part in parts],
        **{name: [_text(names.get(name, {}).get(part.enclave_id)) for part in parts] for name in _NAMES},
    }


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _keyed(keys: Keys, rows: NDArray[np.int64]) -> dict[str, pd.Series]:
    return {name: pd.Series([values[row] for row in rows], dtype=object) for name, values in keys.items()}


def by_country(
    places: Sequence[Place], radii_m: Sequence[float], found: Sequence[Around], people: PeopleSource
) -> pd.DataFrame:
    """Write a row for each place, ring (and disk) and country that has settlements or an exclave there.

    Returns
    -------
    pd.DataFrame
        ``country`` is None for settlements in no known country; a country's enclaves are in it.
    """
    pairs = [(around.rings.by_country(people.parts), around.disks.by_country(people.parts)) for around in found]
    return _split(places, radii_m, pairs, people, country_keys(people.parts))


def by_part(
    places: Sequence[Place],
    radii_m: Sequence[float],
    found: Sequence[Around],
    people: PeopleSource,
    borders: gpd.GeoDataFrame,
) -> pd.DataFrame:
    """Write the same with the enclaves apart: a row for each enclave, and one for the rest of its country.

    Returns
    -------
    pd.DataFrame
        ``enclave_id`` is None for the mainland. The central values of a country's parts sum to the country's; their
        ranges do not, for no position of a place holds the most of each.
    """
    pairs = [(around.rings, around.disks) for around in found]
    return _split(places, radii_m, pairs, people, part_keys(people.parts, borders))


def _split(
    places: Sequence[Place],
    radii_m: Sequence[float],
    pairs: Sequence[tuple[Figures, Figures]],
    people: PeopleSource,
    keys: Keys,
) -> pd.DataFrame:
    parts: list[dict[str, Any]] = []
    entries: list[NDArray[np.int64]] = []
    for index, (place, each) in enumerate(zip(places, pairs, strict=True)):
        range_only = np.array(radii_m) < place.positional_error_m
        for cumulative, figures in zip((False, True), each, strict=True):
            inner_m = [0.0] * len(radii_m) if cumulative else inner_edges_m(radii_m)
            ring, entry = np.nonzero(((figures.settlements > TRACE) | (figures.exclaves > 0)).any(axis=1))
            settlements, numbered = figures.settlements[:, 0], figures.numbered[:, 0]
            persons = {name: values[ring, entry] for name, values in people_of(figures, range_only).items()}
            entries.append(entry)
            parts.append(
                {
                    "place_index": np.full(len(ring), index),
                    "inner_radius_m": np.array(inner_m)[ring],
                    "outer_radius_m": np.array(radii_m)[ring],
                    "cumulative": np.full(len(ring), cumulative),
                    **persons,
                    "headline_is_range": is_wide(persons),
                    **behind(people, settlements[ring, entry], numbered[ring, entry]),
                }
            )
    return _named(merge(parts), _keyed(keys, np.concatenate(entries)), before="population_persons")


def _named(columns: Mapping[str, Any], names: Mapping[str, pd.Series], *, before: str) -> pd.DataFrame:
    """Make a frame with the names in front of a column."""
    at = list(columns).index(before)
    ordered = [*list(columns.items())[:at], *names.items(), *list(columns.items())[at:]]
    return pd.DataFrame(dict(ordered))


def together_by_country(
    radii_m: Sequence[float], places: Sequence[Place], found: Together, people: PeopleSource
) -> pd.DataFrame:
    """Write a row for each radius and country of the union over all places.

    Returns
    -------
    pd.DataFrame
        Countries with settlements or an exclave near a place, at its point or at any position it may have.
    """
    return _together(radii_m, places, found.by_country, people, country_keys(people.parts))


def together_by_part(
    radii_m: Sequence[float],
    places: Sequence[Place],
    found: Together,
    people: PeopleSource,
    borders: gpd.GeoDataFrame,
) -> pd.DataFrame:
    """Write the same with the enclaves apart; see :func:`by_part`."""
    return _together(radii_m, places, found.by_part, people, part_keys(people.parts, borders))


def _together(
    radii_m: Sequence[float], places: Sequence[Place], union: Union, people: PeopleSource, keys: Keys
) -> pd.DataFrame:
    central = union.central
    present = (central.settlements > TRACE) | (central.exclaves > 0) | (union.high > TRACE) | union.open_ended
    radius, entry = np.nonzero(present)
    at = radius, entry
    persons = {name: values[at] for name, values in union_people(union, range_only_of(radii_m, places)).items()}
    columns = {
        "radius_m": np.array(radii_m)[radius],
        **persons,
        "headline_is_range": is_wide(persons),
        **behind(people, central.settlements[at], central.numbered[at]),
    }
    return _named(columns, _keyed(keys, entry), before="population_persons")
