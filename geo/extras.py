"""What a reader may ask for beside who lives near: regions, receptors, a second source, the union as ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

from geo.crs import WGS84
from geo.zones import circle

if TYPE_CHECKING:
    from geo.comparison import Comparison
    from geo.evidence import Note
    from geo.exposure import ExposureAnswer
    from geo.receptors import ReceptorsAnswer
    from geo.regions import RegionsAnswer


@dataclass(frozen=True, eq=False)
class Extras:
    """Further answers to one question.

    Parameters
    ----------
    regions
        People by region.
    receptors
        One for each layer.
    comparison
        The same zones by another source of people.
    union
        The union over all places, a row for each radius, with its ground.
    """

    regions: RegionsAnswer | None = None
    receptors: tuple[ReceptorsAnswer, ...] = ()
    comparison: Comparison | None = None
    union: gpd.GeoDataFrame | None = None

    @property
    def notes(self) -> tuple[Note, ...]:
        """What a reader must see of all of them."""
        parts = (self.regions, self.comparison, *self.receptors)
        return tuple(note for part in parts if part is not None for note in part.notes)


def union_ground(answer: ExposureAnswer) -> gpd.GeoDataFrame:
    """Draw the union of all places' circles for each radius, with its totals."""
    shapes = [
        shapely.union_all([circle(place.lon, place.lat, radius_m) for place in answer.places])
        for radius_m in answer.question.radii_m
    ]
    return gpd.GeoDataFrame(pd.DataFrame(answer.totals_by_radius), geometry=shapes, crs=WGS84)
