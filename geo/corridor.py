"""Corridors: who lives within some distance of a line (a route, a stream), in all and stretch by stretch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.brought import LINES, layer_of, read_layer
from geo.corridor_lines import Stretch, along, around, around_each, lines_of, stretches_of
from geo.corridor_split import by_country, by_part, by_regions, range_of
from geo.crs import GEOD, WGS84
from geo.errors import QuestionError
from geo.evidence import Note, weakest
from geo.exposure_frames import LOW_DATA_SETTLEMENTS, RANGE_FACTOR
from geo.exposure_notes import grid_notes
from geo.figures import LOW_DATA_CELLS
from geo.grid_people import GridPeople
from geo.places import WINDOW
from geo.population import SettlementPeople, settlement_people
from geo.regions import zone_people
from geo.zones import geodesic_area_m2

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.brought import OwnLayer
    from geo.corridor_split import CorridorRegions
    from geo.dataset import Dataset
    from geo.population import PeopleSource

    Floats = NDArray[np.float64]

#: Half-width of the corridor that is usual for hazardous routes: 800 m on each side.
DEFAULT_WIDTH_M: Final = 800.0
MIN_WIDTH_M: Final = 10.0
MAX_WIDTH_M: Final = 50_000.0
MAX_LENGTH_M: Final = 5_000_000.0

_M2_PER_KM2: Final = 1e6
_M_PER_KM: Final = 1e3
_NAMES: Final = ("name_en", "name_ru", "name_ky")


@dataclass(frozen=True, eq=False)
class CorridorQuestion:
    """Which people are asked about: those along a line.

    Parameters
    ----------
    line
        Line or lines in WGS 84, in their order of travel.
    width_m
        How far from the line, on each side.
    error_m
        How far the true line may be from the one drawn; None where that is not known.
    evidence
        Of the line.

    Raises
    ------
    QuestionError
        ``corridor-width``, ``corridor-error``, ``corridor-no-line``, ``corridor-too-long`` or ``outside-globe``.
    """

    line: BaseGeometry
    width_m: float = DEFAULT_WIDTH_M
    error_m: float | None = 0.0
    evidence: str = "documented"

    def __post_init__(self) -> None:
        """Check the line and the numbers."""
        if not MIN_WIDTH_M <= self.width_m <= MAX_WIDTH_M:
            limits = {"minimum_m": MIN_WIDTH_M, "maximum_m": MAX_WIDTH_M}
            raise QuestionError("corridor-width", width_m=self.width_m, **limits)
        if self.error_m is not None and not 0 <= self.error_m <= MAX_WIDTH_M:
            raise QuestionError("corridor-error", error_m=self.error_m, maximum_m=MAX_WIDTH_M)
        corners = shapely.get_coordinates(self.line)
        wrong = ~((np.abs(corners[:, 0]) <= 180) & (np.abs(corners[:, 1]) <= 90))  # noqa: PLR2004 - degrees
        if wrong.any():
            lon, lat = corners[wrong][0]
            raise QuestionError("outside-globe", lon=float(lon), lat=float(lat))
        length_m = sum(GEOD.geometry_length(part) for part in lines_of(self.line))
        if not length_m > 0:
            raise QuestionError("corridor-no-line", found=self.line.geom_type)
        if length_m > MAX_LENGTH_M:
            raise QuestionError("corridor-too-long", length_m=length_m, maximum_m=MAX_LENGTH_M)


@dataclass(frozen=True, eq=False)
class CorridorAnswer:
    """Who lives along a line.

    Parameters
    ----------
    question
        What was asked.
    length_m, area_m2
        Of the line, and of the ground within the width of it.
    population_persons, population_min_persons, population_max_persons
        Central value and range; the central value is NaN where only the range can be given.
    range_only
        The line is known less well than the corridor is wide.
    density_per_km2, persons_per_km
        Central value by ground, and by length of the line.
    units, coverage_share, low_data
        Settlements, or cells of a grid, behind the count; part of the ground that a grid covers; too few of them.
    by_country, by_part
        Central value and range by country, and with the enclaves of each country apart (``enclave_id``).
    profile
        Stretches of the line in order: ``from_m``, ``to_m``, people, ground. Everybody counts on the first stretch
        that passes within the width, so the central values sum to the whole; the maxima are of all who may be near
        the stretch, and may share people.
    towns
        Settlements that the corridor passes, or may pass, in order of travel: ``along_m``, ``offset_m`` and whether
        the point lies ``inside``.
    zone
        The corridor, WGS 84.
    evidence, notes, sources
        The weakest that went in, what a reader must see, and whom the numbers come from.
    grid
        Name of the file of the population grid; None for settlement points.
    """

    question: CorridorQuestion
    length_m: float
    area_m2: float
    population_persons: float
    population_min_persons: float
    population_max_persons: float
    range_only: bool
    density_per_km2: float
    persons_per_km: float
    units: float
    coverage_share: float
    low_data: bool
    by_country: pd.DataFrame
    by_part: pd.DataFrame
    profile: gpd.GeoDataFrame
    towns: pd.DataFrame
    zone: BaseGeometry
    evidence: str
    notes: tuple[Note, ...]
    sources: tuple[str, ...]
    grid: str | None

    @property
    def headline_is_range(self) -> bool:
        """The range alone is to be shown: the line is known too badly, or the most is more than twice the least."""
        return self.range_only or self.population_max_persons > RANGE_FACTOR * self.population_min_persons


def read_line(path: str | Path) -> tuple[BaseGeometry, float]:
    """Read the lines of a file in their order, and the greatest positional error that the file gives (else NaN)."""
    return _joined(read_layer(path, LINES))


def line_of(file: str, content: bytes) -> tuple[BaseGeometry, float]:
    """Read the lines out of the bytes of a file; see :func:`read_line`."""
    return _joined(layer_of(file, content, LINES))


def _joined(layer: OwnLayer) -> tuple[BaseGeometry, float]:
    known = layer.errors_m[np.isfinite(layer.errors_m)]
    lines = [part for shape in layer.shapes for part in lines_of(shape)]
    return shapely.multilinestrings(lines), float(known.max()) if known.size else math.nan


def measure(dataset: Dataset, question: CorridorQuestion, people: PeopleSource | None = None) -> CorridorAnswer:
    """Count who lives along a line.

    Parameters
    ----------
    dataset
        Tables to count from and to name towns from.
    question
        The line, the width, and how well the line is known.
    people
        Source of people; None for the settlements of the data set.

    Returns
    -------
    CorridorAnswer
        The least value counts who is near however the true line runs, the greatest who may be near it.

    Raises
    ------
    QuestionError, CrsError
        As :meth:`geo.population.PeopleSource.within`.
    """
    source = settlement_people(dataset) if people is None else people
    stretches = stretches_of(question.line)
    zones = zones_of(stretches, question)
    zone = zones[0]
    found = source.within(zones)
    range_only = (question.error_m or 0.0) > question.width_m
    figures = found.figures.total()
    total = zone_people(figures)
    low, high = range_of(total)
    profile = _profile(source, stretches, question)
    is_elsewhere = not isinstance(source, GridPeople) and not shapely.box(*WINDOW).covers(question.line)
    if is_elsewhere:
        # No settlement near a line beyond the list is not an empty country.
        low = high = math.nan
        profile[[name for name in profile.columns if name.endswith("_persons")]] = math.nan
    length_m = float(profile["to_m"].iloc[-1])
    area_m2 = geodesic_area_m2(zone)
    central = math.nan if range_only or is_elsewhere else float(total["population_persons"][0])
    is_grid = isinstance(source, GridPeople)
    units = float(found.units[0])
    known = float(figures.numbered[0, 0])
    low_data = known < LOW_DATA_CELLS if is_grid else known < LOW_DATA_SETTLEMENTS or 2 * (units - known) >= units
    towns = _towns(dataset, stretches, question)
    answer_notes = _notes(source, question, float(found.coverage_share[0]), low_data=low_data)
    if is_elsewhere:
        answer_notes = (Note("corridor-elsewhere"), *answer_notes)
    modelled = is_grid or bool((figures.high[0] > figures.low[0]).any())
    inside = towns[towns["inside"].astype(bool)]
    kinds = {question.evidence, *(["modelled"] if modelled else []), *([] if is_grid else inside["evidence"])}
    return CorridorAnswer(
        question=question,
        length_m=length_m,
        area_m2=area_m2,
        population_persons=central,
        population_min_persons=low,
        population_max_persons=high,
        range_only=range_only,
        density_per_km2=central / (area_m2 / _M2_PER_KM2),
        persons_per_km=central / (length_m / _M_PER_KM),
        units=units,
        coverage_share=float(found.coverage_share[0]),
        low_data=low_data,
        by_country=by_country(source, found.figures, range_only=range_only),
        by_part=by_part(source, found.figures, dataset.borders, range_only=range_only),
        profile=profile,
        towns=towns,
        zone=zone,
        evidence=weakest(kinds) or question.evidence,
        notes=answer_notes,
        sources=_sources(source, towns),
        grid=source.grid.index.name if isinstance(source, GridPeople) else None,
    )


def zones_of(stretches: list[Stretch], question: CorridorQuestion) -> list[BaseGeometry]:
    """Draw the corridor; where the line has an error also the ground that is certain and that is possible."""
    width_m, error_m = question.width_m, question.error_m or 0.0
    zones = [around(stretches, width_m)]
    if error_m > 0:
        zones += [around(stretches, width_m - error_m) if width_m > error_m else shapely.Polygon()]
        zones += [around(stretches, width_m + error_m)]
    return zones


def measure_regions(
    dataset: Dataset, question: CorridorQuestion, layer: OwnLayer, people: PeopleSource | None = None
) -> CorridorRegions:
    """Count who lives along a line, by region.

    Parameters
    ----------
    dataset, question, people
        As :func:`measure`.
    layer
        The regions, as :func:`geo.regions.read_regions` gives them.

    Returns
    -------
    CorridorRegions
        Central values over all regions, and outside them, are those of :func:`measure`.
    """
    source = settlement_people(dataset) if people is None else people
    zones = zones_of(stretches_of(question.line), question)
    return by_regions(dataset, layer, source, zones, range_only=(question.error_m or 0.0) > question.width_m)


def _profile(source: PeopleSource, stretches: list[Stretch], question: CorridorQuestion) -> gpd.GeoDataFrame:
    """Share the corridor out among the stretches: ground belongs to the first one that passes it."""
    drawn = around_each(stretches, question.width_m)
    tree = shapely.STRtree(drawn)
    own = []
    for number, zone in enumerate(drawn):
        earlier = [drawn[other] for other in tree.query(zone, predicate="intersects") if other < number]
        rest = shapely.difference(zone, shapely.union_all(earlier)) if earlier else zone
        own.append(_ground(rest))
    error_m = question.error_m or 0.0
    people = zone_people(source.within(own).figures.total())
    if error_m > 0:
        sure = [shapely.MultiPolygon() for _ in own]
        if question.width_m > error_m:
            narrow = around_each(stretches, question.width_m - error_m)
            sure = [_ground(shapely.intersection(zone, strip)) for zone, strip in zip(own, narrow, strict=True)]
        possible = around_each(stretches, question.width_m + error_m)
        certain = zone_people(source.within(sure).figures.total())["population_min_persons"]
        greatest = zone_people(source.within(possible).figures.total())["population_max_persons"]
        people["population_min_persons"] = np.where(np.isnan(greatest), np.nan, np.nan_to_num(certain))
        people["population_max_persons"] = greatest
    if error_m > question.width_m:
        people["population_persons"] = np.full(len(own), np.nan)
    area_m2 = np.array([sum(geodesic_area_m2(part) for part in zone.geoms) for zone in own])
    with np.errstate(divide="ignore", invalid="ignore"):
        density = np.where(area_m2 > 0, people["population_persons"] / (area_m2 / _M2_PER_KM2), np.nan)
    frame = pd.DataFrame(
        {
            "from_m": [begin for begin, _, _ in stretches],
            "to_m": [end for _, end, _ in stretches],
            **people,
            "area_m2": area_m2,
            "density_per_km2": density,
        }
    )
    return gpd.GeoDataFrame(frame, geometry=[line for _, _, line in stretches], crs=WGS84)


def _ground(shape: BaseGeometry) -> BaseGeometry:
    """Keep the polygons of a cut."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return shapely.multipolygons(parts) if parts else shapely.MultiPolygon()


def _towns(dataset: Dataset, stretches: list[Stretch], question: CorridorQuestion) -> pd.DataFrame:
    table = settlement_people(dataset).settlements
    reach_m = question.width_m + (question.error_m or 0.0)
    reach = around(stretches, reach_m)
    near = np.flatnonzero(shapely.intersects_xy(reach, table["lon"].to_numpy(), table["lat"].to_numpy()))
    chosen = table.iloc[near]
    lon, lat = chosen["lon"].to_numpy(dtype=float), chosen["lat"].to_numpy(dtype=float)
    along_m, offset_m = along(stretches, list(shapely.points(lon, lat)), reach_m)
    columns = ["id", *_NAMES, "country", "population_persons", "population_year", "evidence", "source"]
    towns = chosen[columns].reset_index(drop=True)
    towns.insert(0, "along_m", along_m)
    towns.insert(1, "offset_m", offset_m)
    towns.insert(2, "inside", offset_m <= question.width_m)
    return towns.sort_values(["along_m", "id"], ignore_index=True)


def _notes(
    source: PeopleSource, question: CorridorQuestion, coverage_share: float, *, low_data: bool
) -> tuple[Note, ...]:
    notes = [Note("corridor-not-poisoning", {"width_m": question.width_m})]
    if question.error_m is None:
        notes.append(Note("corridor-error-unknown"))
    elif question.error_m > question.width_m:
        notes.append(Note("corridor-range-only", {"error_m": question.error_m, "width_m": question.width_m}))
    elif question.error_m > 0:
        notes.append(Note("corridor-error", {"error_m": question.error_m}))
    else:
        notes.append(Note("corridor-as-drawn"))
    if isinstance(source, GridPeople):
        notes += grid_notes(source, coverage_share, low_data=low_data)
    else:
        notes.append(Note("corridor-towns-are-points"))
    return tuple(notes)


def _sources(source: PeopleSource, towns: pd.DataFrame) -> tuple[str, ...]:
    if not isinstance(source, SettlementPeople):
        return (source.grid.index.name,) if isinstance(source, GridPeople) else ()
    texts = [text for name in towns["id"] for text in source.tables.source_texts[name]]
    return tuple(dict.fromkeys(texts))
