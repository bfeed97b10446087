"""Who lives near: people within radii of one or more places, by ring and by country, with the range of each number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo import exposure_frames as frames
from geo.errors import QuestionError
from geo.evidence import Note, weakest
from geo.places import Place, resolve
from geo.population import SettlementPeople, settlement_people
from geo.zones import circle, geodesic_area_m2, rings

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from geo.dataset import Dataset
    from geo.figures import Around, Together

    Floats = NDArray[np.float64]

#: Radii of the question when none are given, metres.
DEFAULT_RADII_M: Final = (1_000.0, 3_000.0, 5_000.0, 10_000.0, 20_000.0)
MIN_RADIUS_M: Final = 100.0
MAX_RADIUS_M: Final = 200_000.0
MAX_RADII: Final = 20

# Positions that say of themselves how well they are known; the error of all others is an assumption.
_KNOWN_BASIS: Final = frozenset({"published", "user"})


@dataclass(frozen=True, slots=True)
class ExposureQuestion:
    """Which people are asked about: those within some radii of some places.

    Parameters
    ----------
    places
        Ids of any table, or ``LON,LAT``; each is asked about once.
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
        radii_m = tuple(sorted({float(radius_m) for radius_m in self.radii_m}))
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
        Settlements near the places' points, and those of them without a published number.
    low_data
        Fewer than five settlements with a number, or at least half of them without one.
    max_is_lower_bound
        Settlements with neither a number nor an area with a total may be near: more people than the maximum may live here.
    area_m2
        Ground of the union of the circles.
    """

    population_persons: float
    population_min_persons: float
    population_max_persons: float
    range_only: bool
    headline_is_range: bool
    settlements: int
    settlements_unknown_population: int
    low_data: bool
    max_is_lower_bound: bool
    area_m2: float


@dataclass(frozen=True, eq=False)
class ExposureAnswer:
    """How many people live near, how sure that is, and what it rests on.

    Parameters
    ----------
    question, places
        What was asked, and the places found.
    rings, disks
        A row for each place and ring, and the same cumulatively; WGS 84.
    by_country
        The same by country, for rings and (``cumulative``) disks; NaN people are "no data".
    settlements
        Every settlement within the largest radius, with distance, bearing, its ring, and what was taken for it.
    exclaves
        Exclaves that a ring touches, with the share of their ground inside.
    areas
        Areas that settlements or exclaves in reach belong to: total, and how much of it the points hold.
    total, totals_by_radius, totals_by_country
        The union over all places: for the largest radius, for each radius, for each radius and country.
    evidence
        The weakest that went into the total.
    notes
        What a reader must see.
    sources
        Texts of all sources used, once each.
    """

    question: ExposureQuestion
    places: tuple[Place, ...]
    rings: gpd.GeoDataFrame
    disks: gpd.GeoDataFrame
    by_country: pd.DataFrame
    settlements: pd.DataFrame
    exclaves: pd.DataFrame
    areas: pd.DataFrame
    total: Total
    totals_by_radius: pd.DataFrame
    totals_by_country: pd.DataFrame
    evidence: str
    notes: tuple[Note, ...]
    sources: tuple[str, ...]


def measure(dataset: Dataset, question: ExposureQuestion) -> ExposureAnswer:
    """Count who lives near.

    Settlements count whole at their point, by geodesic distance. Where a place's position is uncertain, the central
    value is taken at its point and the range over all positions of :func:`geo.population.error_offsets_m`.

    Parameters
    ----------
    dataset
        Tables to count from and to find the places in.
    question
        Places and radii.

    Returns
    -------
    ExposureAnswer
        Rings, disks, countries, settlements and the union over the places.

    Raises
    ------
    QuestionError
        ``unknown-place``, ``outside-window`` or ``coordinates-swapped`` as in :func:`geo.places.resolve`;
        ``no-position`` for a record that is only listed.
    """
    places = tuple(resolve(dataset, text) for text in question.places)
    for place in places:
        if not place.has_position:
            raise QuestionError("no-position", place=place.text)
    people = settlement_people(dataset)
    radii_m = np.array(question.radii_m)
    circles = [[circle(place.lon, place.lat, radius_m) for radius_m in radii_m] for place in places]
    found = [
        people.around(place.lon, place.lat, place.positional_error_m, drawn, radii_m)
        for place, drawn in zip(places, circles, strict=True)
    ]
    rings_frame, disks_frame = _zones(places, question.radii_m, circles, found, people)
    area_m2 = _areas_together(places, circles, disks_frame)
    together = people.together(found, radii_m)
    by_radius = frames.together(question.radii_m, places, together, area_m2)
    settlements = frames.settlements(found, question.radii_m, people)
    exclaves = frames.exclaves(question.radii_m, found, people)
    areas = frames.areas(people, settlements, exclaves)
    at_largest = disks_frame["evidence"].to_numpy()[len(radii_m) - 1 :: len(radii_m)]
    answer = ExposureAnswer(
        question=question,
        places=places,
        rings=rings_frame,
        disks=disks_frame,
        by_country=frames.by_country(places, question.radii_m, found, people),
        settlements=settlements,
        exclaves=exclaves,
        areas=areas,
        total=_total(by_radius),
        totals_by_radius=by_radius,
        totals_by_country=frames.together_by_country(question.radii_m, places, together, people),
        evidence=weakest(at_largest) or "documented",
        notes=(),
        sources=(),
    )
    return replace(answer, notes=_notes(dataset, answer, together), sources=_sources(dataset, answer, people))


def _zones(
    places: tuple[Place, ...],
    radii_m: tuple[float, ...],
    circles: list[list[shapely.Polygon]],
    found: list[Around],
    people: SettlementPeople,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    ring_shapes = [[shape for _, _, shape in rings(place.lon, place.lat, radii_m)] for place in places]
    disk_m2 = np.array([[geodesic_area_m2(drawn) for drawn in row] for row in circles])
    ring_m2 = np.diff(disk_m2, axis=1, prepend=0.0)
    write = partial(frames.zones, places=places, radii_m=radii_m, found=found, people=people)
    return (
        write(shapes=ring_shapes, areas_m2=ring_m2, cumulative=False),
        write(shapes=circles, areas_m2=disk_m2, cumulative=True),
    )


def _areas_together(
    places: tuple[Place, ...], circles: list[list[shapely.Polygon]], disks: gpd.GeoDataFrame
) -> list[float]:
    """Measure the union of the circles for each radius; places that share a point share their circles."""
    rows = {(place.lon, place.lat): number for number, place in enumerate(places)}
    if len(rows) == 1:
        return [float(area) for area in disks["area_m2"].to_numpy()[: len(circles[0])]]
    distinct = [circles[number] for number in rows.values()]
    return [geodesic_area_m2(shapely.union_all(list(drawn))) for drawn in zip(*distinct, strict=True)]


def _total(by_radius: pd.DataFrame) -> Total:
    row = by_radius.iloc[-1]
    low, high = float(row["population_min_persons"]), float(row["population_max_persons"])
    return Total(
        population_persons=float(row["population_persons"]),
        population_min_persons=low,
        population_max_persons=high,
        range_only=bool(row["range_only"]),
        headline_is_range=bool(row["headline_is_range"]),
        settlements=int(row["settlements"]),
        settlements_unknown_population=int(row["settlements_unknown_population"]),
        low_data=bool(row["low_data"]),
        max_is_lower_bound=bool(row["max_is_lower_bound"]),
        area_m2=float(row["area_m2"]),
    )


def _is_assumed(dataset: Dataset, place: Place) -> bool:
    if place.table is None or "position_basis" not in dataset[place.table].columns:
        return False
    table = dataset[place.table]
    basis = table.loc[table["id"] == place.id, "position_basis"]
    return bool(len(basis)) and basis.iloc[0] not in _KNOWN_BASIS


def _position_notes(dataset: Dataset, question: ExposureQuestion, places: tuple[Place, ...]) -> list[Note]:
    uncertain = [place for place in places if place.positional_error_m > 0]
    if not uncertain:
        return []
    worst = max(uncertain, key=lambda place: place.positional_error_m)
    code = "positional-error-assumed" if _is_assumed(dataset, worst) else "positional-error"
    error_m = worst.positional_error_m
    below = [radius_m for radius_m in question.radii_m if radius_m < error_m]
    notes = [Note(code, {"error_m": error_m})]
    if below:
        notes.append(Note("radius-below-error", {"radius_m": below[-1], "error_m": error_m}))
    return notes


def _notes(dataset: Dataset, answer: ExposureAnswer, together: Together) -> tuple[Note, ...]:
    total, settlements = answer.total, answer.settlements
    everywhere = together.total.central
    equal, ground = float(everywhere.equal_share[-1, 0]), float(everywhere.exclave_share[-1, 0])
    unnamed = settlements["id"][settlements["without_total"]].nunique()
    notes = [Note("not-poisoning", {"radius_m": answer.question.radii_m[-1]})]
    if len(settlements):
        notes.append(Note("town-is-a-point"))
    notes += _position_notes(dataset, answer.question, answer.places)
    if equal > 0 and not total.range_only:
        notes.append(Note("modelled-share", {"modelled_persons": equal}))
    if ground > 0 and not total.range_only:
        notes.append(Note("exclave-share", {"modelled_persons": ground}))
    if unnamed:
        notes.append(Note("unknown-without-total", {"count": unnamed}))
    if total.max_is_lower_bound:
        notes.append(Note("max-lower-bound"))
    if bool(answer.rings["low_data"].any()):
        notes.append(Note("low-data"))
    return tuple(notes)


def _sources(dataset: Dataset, answer: ExposureAnswer, people: SettlementPeople) -> tuple[str, ...]:
    texts: list[object] = []
    for place in answer.places:
        if place.table is not None:
            table = dataset[place.table]
            texts += list(table.loc[table["id"] == place.id, "source"])
    texts += [text for name in answer.settlements["id"] for text in people.tables.source_texts[name]]
    texts += list(answer.areas["source"])
    touched = set(answer.exclaves["area_id"])
    texts += [exclave.source for exclave in people.tables.exclaves if exclave.area_id in touched]
    return tuple(dict.fromkeys(text for text in texts if isinstance(text, str) and text))
