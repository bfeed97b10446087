"""People near places by region: the same count as by country, with any polygons in place of the countries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.areas import prepare_tables
from geo.brought import POLYGONS, read_layer
from geo.crs import WGS84
from geo.errors import QuestionError
from geo.evidence import Note
from geo.exposure import measure_parts
from geo.grid_people import GridPeople
from geo.population import SettlementPeople, settlement_people
from geo.zones import geodesic_area_m2

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from geo.brought import OwnLayer
    from geo.dataset import Dataset
    from geo.exposure import ExposureQuestion
    from geo.figures import Figures
    from geo.places import Place
    from geo.population import PeopleSource

#: More regions than this are no longer a table that anybody reads.
MAX_REGIONS: Final = 5_000

_OUTSIDE: Final = ""
_FACTOR: Final = 1e-6


@dataclass(frozen=True, eq=False)
class RegionsAnswer:
    """People by region.

    Parameters
    ----------
    file
        Name of the layer's file.
    by_region
        A row for each place, ring (or, ``cumulative``, disk) and region with people or settlements in it: as
        ``by_country`` of an exposure answer, with ``region_id`` and the region's names. Without an id: outside all.
    totals_by_region
        The same for the union over all places, by radius.
    regions
        Every region whole: people, units, covered share and ground.
    notes
        What a reader must see.
    """

    file: str
    by_region: pd.DataFrame
    totals_by_region: pd.DataFrame
    regions: gpd.GeoDataFrame
    notes: tuple[Note, ...]


def read_regions(path: str | Path) -> OwnLayer:
    """Read a layer of regions.

    Raises
    ------
    QuestionError
        ``too-many-regions``, and as :func:`geo.brought.read_layer`.
    DataError
        As :func:`geo.brought.read_layer`; ``geometry-kind`` for what is no polygon.
    """
    layer = read_layer(path, POLYGONS)
    if len(layer.ids) > MAX_REGIONS:
        raise QuestionError("too-many-regions", found=len(layer.ids), limit=MAX_REGIONS)
    return layer


def measure_regions(
    dataset: Dataset,
    question: ExposureQuestion,
    layer: OwnLayer,
    people: PeopleSource | None = None,
    own: Mapping[str, Place] | None = None,
) -> RegionsAnswer:
    """Count who lives near, by region.

    Parameters
    ----------
    dataset, question, people, own
        As :func:`geo.exposure.measure`.
    layer
        The regions. Where two of them overlap, the first counts.

    Returns
    -------
    RegionsAnswer
        Central values over all regions, and outside them, are those of the exposure answer.

    Raises
    ------
    QuestionError, CrsError
        As :func:`geo.exposure.measure`.
    """
    source = settlement_people(dataset) if people is None else people
    split = by_region(dataset, layer, source)
    by_place, together = measure_parts(dataset, question, split, own)
    return RegionsAnswer(
        layer.file,
        with_regions(by_place, layer),
        with_regions(together, layer),
        _whole(layer, source),
        layer_notes(layer),
    )


def layer_notes(layer: OwnLayer) -> tuple[Note, ...]:
    """List what must be known of a layer of regions."""
    notes = []
    if layer.skipped:
        notes.append(Note("layer-without-geometry", {"file": layer.file, "count": layer.skipped}))
    if layer.repaired:
        notes.append(Note("zone-repaired", {"count": layer.repaired}))
    if _overlap(layer):
        notes.append(Note("regions-overlap", {"file": layer.file}))
    return tuple(notes)


def by_region(dataset: Dataset, layer: OwnLayer, people: PeopleSource) -> PeopleSource:
    """Make a source of people that tells them apart by region where another does by country.

    Parameters
    ----------
    dataset
        Tables behind settlement points.
    layer
        The regions.
    people
        The source.
    """
    if isinstance(people, GridPeople):
        rows = {"id": list(layer.ids), "kind": "mainland", "country": list(layer.ids)}
        return GridPeople(people.grid, gpd.GeoDataFrame(rows, geometry=list(layer.shapes), crs=WGS84))
    settlements, totals = dataset.settlements, dataset.area_totals
    here = _regions_at(layer, settlements["lon"].to_numpy(dtype=float), settlements["lat"].to_numpy(dtype=float))
    split = dataset.with_table("settlements", settlements.assign(country=here))
    # An exclave counts by its ground; it belongs to the region in which its middle lies.
    table = dataset.borders[dataset.borders.geometry.notna()]
    points = dict(zip(table["id"], table.geometry.representative_point(), strict=True))
    middles = [points.get(name) for name in totals["border_id"]]
    lons, lats = (np.array([np.nan if p is None else getattr(p, axis) for p in middles], dtype=float) for axis in "xy")
    split = split.with_table("area_totals", totals.assign(country=_regions_at(layer, lons, lats)))
    return SettlementPeople(prepare_tables(split))


def _regions_at(layer: OwnLayer, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> pd.Series:
    found = np.full(len(lon), _OUTSIDE, dtype=object)
    placed = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    tree = shapely.STRtree(layer.shapes)
    point, region = tree.query(shapely.points(lon[placed], lat[placed]), predicate="intersects")
    # The first region last, so that it stays.
    for row, number in sorted(zip(point.tolist(), region.tolist(), strict=True), key=lambda pair: -pair[1]):
        found[placed[row]] = layer.ids[number]
    return pd.Series(found, dtype=object)


def with_regions(frame: pd.DataFrame, layer: OwnLayer) -> pd.DataFrame:
    """Put id and names of the region where the country stood."""
    rows = {name: row for row, name in enumerate(layer.ids)}
    ids = [code if isinstance(code, str) and code != _OUTSIDE else None for code in frame["country"]]
    columns = {"region_id": pd.Series(ids, dtype=object)}
    for language in ("en", "ru", "ky"):
        names = [None if name is None else layer.names[rows[name]].get(language) for name in ids]
        columns[f"name_{language}"] = pd.Series(names, dtype=object)
    at = list(frame.columns).index("country")
    parts = [frame.iloc[:, :at], pd.DataFrame(columns, index=frame.index), frame.iloc[:, at + 1 :]]
    return pd.concat(parts, axis=1)


def _whole(layer: OwnLayer, people: PeopleSource) -> gpd.GeoDataFrame:
    """Count each region as a whole: the plain zonal sum."""
    found = people.within(layer.shapes.tolist())
    columns = layer.columns(np.arange(len(layer.ids)))
    columns["region_id"] = columns.pop("id")
    columns |= {
        **zone_people(found.figures.total()),
        "units": found.units,
        "coverage_share": found.coverage_share,
        "area_m2": [geodesic_area_m2(shape) for shape in layer.shapes],
    }
    order = ["region_id", *(name for name in columns if name != "region_id")]
    return gpd.GeoDataFrame(pd.DataFrame(columns)[order], geometry=list(layer.shapes), crs=WGS84)


def zone_people(figures: Figures) -> dict[str, NDArray[np.float64]]:
    """Give central value and range of zones whose place is certain; NaN where nothing is known."""
    silent = figures.silent[:, 0]
    return {
        "population_persons": np.where(silent, np.nan, figures.central[:, 0]),
        "population_min_persons": np.where(silent, np.nan, figures.low[:, 0]),
        "population_max_persons": np.where(silent, np.nan, np.maximum(figures.high, figures.central)[:, 0]),
    }


def _overlap(layer: OwnLayer) -> bool:
    """Tell whether regions lie on each other by more than a seam."""
    tree = shapely.STRtree(layer.shapes)
    one, other = tree.query(layer.shapes, predicate="intersects")
    pairs = one < other
    shared = shapely.area(shapely.intersection(layer.shapes[one[pairs]], layer.shapes[other[pairs]]))
    smaller = np.minimum(shapely.area(layer.shapes[one[pairs]]), shapely.area(layer.shapes[other[pairs]]))
    return bool((shared > _FACTOR * smaller).any())
