"""Who lives near: people within radii of one or more places, by ring and by country, with the range of each number."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo import exposure_frames as frames
from geo import exposure_parts as parts
from geo.errors import QuestionError
from geo.evidence import weakest
from geo.exposure_notes import notes, sources
from geo.grid_people import GridPeople
from geo.places import Place, check_coordinates, check_on_globe, parse_coordinates, resolve
from geo.population import settlement_people
from geo.zones import areas_m2, circles, distinct_radii_m, rings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from geo.dataset import Dataset
    from geo.evidence import Note
    from geo.figures import Around
    from geo.population import PeopleSource

    Floats = NDArray[np.float64]

#: Radii of the question when none are given, metres.
DEFAULT_RADII_M: Final = (1_000.0, 3_000.0, 5_000.0, 10_000.0, 20_000.0)
MIN_RADIUS_M: Final = 100.0
MAX_RADIUS_M: Final = 200_000.0
MAX_RADII: Final = 20


@dataclass(frozen=True, slots=True)
class ExposureQuestion:
    """Which people are asked about: those within some radii of some places.

    Parameters
    ----------
    places
        Ids of any table or of the reader's own list of places, or ``LON,LAT``; each is asked about once.
    radii_m
        1 to 20 radii of 100 m to 200 km; kept rising and each once.

    Raises
    ------
    QuestionError
        ``no-place``, ``no-radius``, ``radius-range`` or ``too-many-radii``.
    """

    places: tuple[str, ...]
    radii_m: tuple[float, ...] = DEFAULT_RADII_M

    def __post_init__(self) -> None:
        """Put places and radii in order and check them."""
        places = (self.places,) if isinstance(self.places, str) else self.places
        named = tuple(dict.fromkeys(place.strip() for place in places if place.strip()))
        radii_m = distinct_radii_m(self.radii_m)
        if not named:
            raise QuestionError("no-place")
        if not radii_m:
            raise QuestionError("no-radius")
        for radius_m in radii_m:
            if not MIN_RADIUS_M <= radius_m <= MAX_RADIUS_M:
                limits = {"minimum_m": MIN_RADIUS_M, "maximum_m": MAX_RADIUS_M}
                raise QuestionError("radius-range", radius_m=radius_m, **limits)
        if len(radii_m) > MAX_RADII:
            raise QuestionError("too-many-radii", found=len(radii_m), limit=MAX_RADII)
        object.__setattr__(self, "places", named)
        object.__setattr__(self, "radii_m", radii_m)


@dataclass(frozen=True, slots=True)
class Total:
    """People within the largest radius of any of the places, everybody once.

    Parameters
    ----------
    population_persons, population_min_persons, population_max_persons
        Central value and range; NaN is "no data", and the central value is NaN where only the range can be given.
    range_only
        A place is known less well than the radius is long.
    headline_is_range
        The range alone is to be shown: range_only, or the greatest value is more than twice the least.
    settlements, settlements_unknown_population
        Settlements near the places' points, and those of them without a published number; NaN for a grid.
    low_data
        Fewer than five settlements with a number, or at least half of them without one; fewer than thirty cells.
    max_is_lower_bound
        Settlements with neither a number nor an area with a total may be near: more people than the maximum may live here.
    area_m2
        Ground of the union of the circles.
    units
        Settlements, or cells of a grid, behind the count.
    coverage_share
        Part of the ground on which a grid has values; NaN for settlements.
    overlap_persons
        How far the sum over the places exceeds the union: people near two places are in it once.
    """

    population_persons: float
    population_min_persons: float
    population_max_persons: float
    range_only: bool
    headline_is_range: bool
    settlements: float
    settlements_unknown_population: float
    low_data: bool
    max_is_lower_bound: bool
    area_m2: float
    units: float
    coverage_share: float
    overlap_persons: float


@dataclass(frozen=True, eq=False)
class ExposureAnswer:
    """How many people live near, how sure that is, and what it rests on.

    Parameters
    ----------
    question, places
        What was asked, and the places found.
    rings, disks
        A row for each place and ring, and the same cumulatively; WGS 84.
    by_country, by_part
        The same by country, and with the enclaves of each country apart (``enclave_id``; None is the mainland), for
        rings and (``cumulative``) disks; NaN people are "no data".
    settlements
        Every settlement within the largest radius, with distance, bearing, its ring, and what was taken for it;
        empty for a grid.
    exclaves
        Exclaves that a ring touches, with the share of their ground inside.
    areas
        Areas that settlements or exclaves in reach belong to: total, and how much of it the points hold.
    total, totals_by_radius, totals_by_country, totals_by_part
        The union over all places: for the largest radius, for each radius, for each radius and country or part.
    evidence
        The weakest that went into the total.
    notes
        What a reader must see.
    sources
        Texts of all sources used, once each.
    grid
        Name of the file of the population grid that people were counted from; None for settlement points.
    """

    question: ExposureQuestion
    places: tuple[Place, ...]
    rings: gpd.GeoDataFrame
    disks: gpd.GeoDataFrame
    by_part: pd.DataFrame
    settlements: pd.DataFrame
    exclaves: pd.DataFrame
    areas: pd.DataFrame
    total: Total
    totals_by_radius: pd.DataFrame
    totals_by_country: pd.DataFrame
    evidence: str
    notes: tuple[Note, ...]
    sources: tuple[str, ...]
    grid: str | None = None
    _asked_for: Mapping[str, Callable[[], pd.DataFrame]] = field(default_factory=dict, repr=False)

    # Made for whoever reads them: a dragged radius shows neither, and each takes a tenth of the whole count.
    @cached_property
    def by_country(self) -> pd.DataFrame:
        """People by place, ring and disk, and country."""
        return self._asked_for["by_country"]()

    @cached_property
    def totals_by_part(self) -> pd.DataFrame:
        """The union over all places by radius and part."""
        return self._asked_for["totals_by_part"]()


def measure(
    dataset: Dataset,
    question: ExposureQuestion,
    people: PeopleSource | None = None,
    own: Mapping[str, Place] | None = None,
) -> ExposureAnswer:
    """Count who lives near.

    Settlements count whole at their point, by geodesic distance; cells of a grid by the part inside. Where a place's position is uncertain, the central
    value is taken at its point and the range over all positions of :func:`geo.population.error_offsets_m`.

    Parameters
    ----------
    dataset
        Tables to count from and to find the places in.
    question
        Places and radii.
    people
        Source of people: a :class:`geo.grid_people.GridPeople`, or None for the settlements of the data set.
    own
        The reader's own places by id, looked up before the tables.

    Returns
    -------
    ExposureAnswer
        Rings, disks, countries, settlements and the union over the places.

    Raises
    ------
    QuestionError
        ``unknown-place``, ``outside-window`` or ``coordinates-swapped`` as in :func:`geo.places.resolve`;
        ``no-position`` for a record that is only listed. A grid may be asked about places outside the window;
        ``outside-globe`` for one that is nowhere. The same codes with ``own-`` before them name one of the reader's list.
    CrsError
        As :func:`geo.gridzones.circle_rings`.
    """
    people = settlement_people(dataset) if people is None else people
    places = tuple(find_place(dataset, text, people, own) for text in question.places)
    radii_m = np.array(question.radii_m)
    drawn, found = _around(places, radii_m, people)
    rings_frame, disks_frame = _zones(places, question.radii_m, drawn, found, people)
    area_m2 = _areas_together(places, drawn, disks_frame)
    together = people.together(found, radii_m)
    by_radius = frames.together(question.radii_m, places, together, area_m2, people, disks_frame)
    settlements = frames.settlements(found, question.radii_m, people)
    exclaves = frames.exclaves(question.radii_m, found, people)
    areas = frames.areas(people, settlements, exclaves)
    at_largest = disks_frame["evidence"].to_numpy()[len(radii_m) - 1 :: len(radii_m)]
    answer = ExposureAnswer(
        question=question,
        places=places,
        rings=rings_frame,
        disks=disks_frame,
        by_part=parts.by_part(places, question.radii_m, found, people, dataset.borders),
        settlements=settlements,
        exclaves=exclaves,
        areas=areas,
        total=_total(by_radius),
        totals_by_radius=by_radius,
        totals_by_country=parts.together_by_country(question.radii_m, places, together, people),
        evidence=weakest(at_largest) or "documented",
        notes=(),
        sources=(),
        grid=people.grid.index.name if isinstance(people, GridPeople) else None,
        _asked_for={
            "by_country": partial(parts.by_country, places, question.radii_m, found, people),
            "totals_by_part": partial(
                parts.together_by_part, question.radii_m, places, together, people, dataset.borders
            ),
        },
    )
    return replace(answer, notes=notes(dataset, answer, together, people), sources=sources(dataset, answer, people))


def find_place(
    dataset: Dataset, text: str, people: PeopleSource | None = None, own: Mapping[str, Place] | None = None
) -> Place:
    """Find a place that people are asked about.

    Parameters
    ----------
    dataset
        Tables to find it in.
    text
        An id, or ``LON,LAT``.
    people
        The source that will be asked: a grid says itself how far it reaches, settlements end with the window.
    own
        The reader's own places by id, looked up first.

    Returns
    -------
    Place
        With a position.

    Raises
    ------
    QuestionError
        As :func:`geo.places.resolve`; ``no-position``.
    """
    try:
        place = own[text] if own is not None and text in own else resolve(dataset, text)
    except QuestionError as problem:
        pair = parse_coordinates(text)
        if problem.code != "outside-window" or pair is None or not isinstance(people, GridPeople):
            raise
        place = Place(id=None, table=None, names={}, lon=pair[0], lat=pair[1])
    if not place.has_position:
        raise QuestionError("no-position", place=place.text)
    try:
        check_on_globe(place.lon, place.lat)
        if not isinstance(people, GridPeople):
            check_coordinates(place.lon, place.lat)
    except QuestionError as problem:
        if own is None or place.id not in own:
            raise
        # Of a list of many, the reader must know which.
        raise QuestionError(f"own-{problem.code}", place=place.text, **problem.params) from None
    return place


def _around(
    places: tuple[Place, ...], radii_m: Floats, people: PeopleSource
) -> tuple[NDArray[np.object_], list[Around]]:
    """Draw the circles about each place, by place and radius, and count the people round it."""
    drawn = circles([(place.lon, place.lat) for place in places], radii_m.tolist())
    found = [
        people.around(place.lon, place.lat, place.positional_error_m, row.tolist(), radii_m)
        for place, row in zip(places, drawn, strict=True)
    ]
    return drawn, found


def measure_parts(
    dataset: Dataset, question: ExposureQuestion, people: PeopleSource, own: Mapping[str, Place] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Count by country alone, without ground, settlements and notes: what a source that tells regions apart is for.

    Parameters
    ----------
    dataset, question, people, own
        As :func:`measure`.

    Returns
    -------
    tuple[pd.DataFrame, pd.DataFrame]
        ``by_country`` and ``totals_by_country`` of :class:`ExposureAnswer`.

    Raises
    ------
    QuestionError, CrsError
        As :func:`measure`.
    """
    places = tuple(find_place(dataset, text, people, own) for text in question.places)
    radii_m = np.array(question.radii_m)
    _, found = _around(places, radii_m, people)
    return (
        parts.by_country(places, question.radii_m, found, people),
        parts.together_by_country(question.radii_m, places, people.together(found, radii_m), people),
    )


def _zones(
    places: tuple[Place, ...],
    radii_m: tuple[float, ...],
    drawn: NDArray[np.object_],
    found: list[Around],
    people: PeopleSource,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    disk_m2 = areas_m2(drawn)
    ring_m2 = np.diff(disk_m2, axis=1, prepend=0.0)
    write = partial(frames.zones, places=places, radii_m=radii_m, found=found, people=people)
    return (
        write(shapes=rings_of(drawn).tolist(), areas_m2=ring_m2, cumulative=False),
        write(shapes=drawn.tolist(), areas_m2=disk_m2, cumulative=True),
    )


def _areas_together(places: tuple[Place, ...], drawn: NDArray[np.object_], disks: gpd.GeoDataFrame) -> list[float]:
    """Measure the union of the circles for each radius; places that share a point share their circles."""
    rows = list({(place.lon, place.lat): number for number, place in enumerate(places)}.values())
    if len(rows) == 1:
        return [float(area) for area in disks["area_m2"].to_numpy()[: drawn.shape[1]]]
    united = [shapely.disjoint_subset_union_all(each) for each in drawn[rows].T]
    return [float(area) for area in areas_m2(np.array(united, dtype=object))]


def _total(by_radius: pd.DataFrame) -> Total:
    row = by_radius.iloc[-1]
    low, high = float(row["population_min_persons"]), float(row["population_max_persons"])
    return Total(
        population_persons=float(row["population_persons"]),
        population_min_persons=low,
        population_max_persons=high,
        range_only=bool(row["range_only"]),
        headline_is_range=bool(row["headline_is_range"]),
        settlements=_count(row["settlements"]),
        settlements_unknown_population=_count(row["settlements_unknown_population"]),
        low_data=bool(row["low_data"]),
        max_is_lower_bound=bool(row["max_is_lower_bound"]),
        area_m2=float(row["area_m2"]),
        units=_count(row["units"]),
        coverage_share=float(row["coverage_share"]),
        overlap_persons=float(row["overlap_persons"]),
    )


def _count(number: float) -> float:
    """Give a count of settlements as a whole number; cells have fractions, and unknown stays NaN."""
    return int(number) if math.isfinite(number) and float(number).is_integer() else float(number)
