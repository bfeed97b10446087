"""People along a line by country, by part of a country, and by region: the whole corridor told apart."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.exposure_frames import TRACE, is_wide
from geo.exposure_parts import country_keys, part_keys
from geo.figures import Figures
from geo.regions import by_region, layer_notes, with_regions, zone_people

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.brought import OwnLayer
    from geo.dataset import Dataset
    from geo.evidence import Note
    from geo.population import PeopleSource

    Floats = NDArray[np.float64]

_PERSONS = ("population_persons", "population_min_persons", "population_max_persons")


@dataclass(frozen=True, eq=False)
class CorridorRegions:
    """People along a line by region.

    Parameters
    ----------
    file
        Name of the layer's file.
    by_region
        A row for each region that the corridor reaches or may reach: ``region_id``, its names, central value and
        range. Without an id: outside all regions. The central values sum to the whole corridor's.
    notes
        What a reader must see.
    """

    file: str
    by_region: pd.DataFrame
    notes: tuple[Note, ...]


def range_of(total: Mapping[str, Floats]) -> tuple[float, float]:
    """Take the range of the three zones of a corridor: drawn, certain and possible; of one zone, its own."""
    low, high = total["population_min_persons"], total["population_max_persons"]
    if len(low) == 1:
        return float(low[0]), float(high[0])
    # Where nothing is known of what is certain, nobody is certain.
    least = 0.0 if np.isnan(low[1]) else min(float(low[1]), float(np.nan_to_num(low[0], nan=low[1])))
    if np.isnan(high[2]):
        # Who may be near is not known at all: the drawn line's own count must not stand as the greatest.
        return math.nan, math.nan
    return least, float(np.nanmax(high))


def _split(figures: Figures, keys: Mapping[str, Sequence[object]], *, range_only: bool) -> pd.DataFrame:
    rows = []
    for number, key in enumerate(zip(*keys.values(), strict=True)):
        part = Figures(*(getattr(figures, item.name)[..., number : number + 1] for item in fields(figures)))
        if not ((part.settlements > TRACE) | (part.exclaves > 0)).any():
            continue
        people = zone_people(part)
        central = math.nan if range_only else float(people["population_persons"][0])
        rows.append((*key, central, *range_of(people)))
    table = pd.DataFrame(rows, columns=[*keys, *_PERSONS])
    table = table.astype(dict.fromkeys(keys, object) | dict.fromkeys(_PERSONS, float))
    table["headline_is_range"] = is_wide({name: table[name].to_numpy() for name in _PERSONS})
    return table


def by_country(source: PeopleSource, figures: Figures, *, range_only: bool) -> pd.DataFrame:
    """Write a row for each country that the corridor reaches, its enclaves in it.

    Parameters
    ----------
    source
        Of the figures.
    figures
        Of the corridor as drawn, and (where its line has an error) the certain and the possible one.
    range_only
        No central value can be given.
    """
    return _split(figures.by_country(source.parts), country_keys(source.parts), range_only=range_only)


def by_part(source: PeopleSource, figures: Figures, borders: gpd.GeoDataFrame, *, range_only: bool) -> pd.DataFrame:
    """Write the same with the enclaves of each country apart; see :func:`geo.exposure_parts.by_part`."""
    return _split(figures, part_keys(source.parts, borders), range_only=range_only)


def by_regions(
    dataset: Dataset, layer: OwnLayer, people: PeopleSource, zones: Sequence[BaseGeometry], *, range_only: bool
) -> CorridorRegions:
    """Count the people of a corridor by region.

    Parameters
    ----------
    dataset
        Tables behind settlement points.
    layer
        The regions. Where two of them overlap, the first counts.
    people
        The source.
    zones
        The corridor as drawn and (where its line has an error) the certain and the possible one.
    range_only
        No central value can be given.
    """
    split = by_region(dataset, layer, people)
    frame = by_country(split, split.within(zones).figures, range_only=range_only)
    return CorridorRegions(layer.file, with_regions(frame, layer), layer_notes(layer))
