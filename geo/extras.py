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
    from collections.abc import Iterable, Mapping

    from geo.brought import OwnLayer
    from geo.comparison import Comparison
    from geo.dataset import Dataset
    from geo.evidence import Note
    from geo.exposure import ExposureAnswer
    from geo.places import Place
    from geo.population import PeopleSource
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


def gather(  # noqa: PLR0913 - one keyword per thing that is asked for besides
    dataset: Dataset,
    answer: ExposureAnswer,
    people: PeopleSource | None = None,
    own: Mapping[str, Place] | None = None,
    *,
    regions: OwnLayer | None = None,
    receptors: Iterable[OwnLayer] = (),
    settled: ExposureAnswer | None = None,
    union: bool = False,
) -> Extras:
    """Answer what is asked beside who lives near.

    Parameters
    ----------
    dataset, people, own
        What the people of the answer were counted from.
    answer
        Who lives near.
    regions, receptors
        Layers to tell them by; regions None for none.
    settled
        The same question counted from settlement points, to stand beside the answer; None for no comparison.
    union
        Draw the ground of the union.

    Raises
    ------
    QuestionError, CrsError
        As :func:`geo.exposure.measure`.
    """
    # Only for a reader who asks: who lives near is drawn sooner without them.
    from geo.comparison import compare  # noqa: PLC0415
    from geo.receptors import measure_receptors  # noqa: PLC0415
    from geo.regions import measure_regions  # noqa: PLC0415

    question = answer.question
    return Extras(
        regions=None if regions is None else measure_regions(dataset, question, regions, people, own),
        receptors=tuple(measure_receptors(layer, answer.places, question.radii_m) for layer in receptors),
        comparison=None if settled is None else compare(settled, answer),
        union=union_ground(answer) if union else None,
    )
