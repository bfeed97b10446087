"""Settlements and the published totals of their areas, worked out once for every later count of people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

from geo.borders import country_at
from geo.crs import inverse, to_local
from geo.figures import Part, ordered_parts
from geo.prepared import Prepared
from geo.schema import EVIDENCE_ORDER

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.dataset import Dataset

    Floats = NDArray[np.float64]

#: What a large place is: the 95th percentile of the places of its area that have a number.
LARGE_PLACE_PERCENTILE: Final = 95


@dataclass(frozen=True, eq=False)
class Exclave:
    """The ground of an exclave whose number of people is published.

    Parameters
    ----------
    area_id
        Record of ``area_totals``.
    shape
        Its polygon, WGS 84.
    source
        Where the polygon comes from.
    part
        Country of the record; its border, unless the country's mainland stands behind it.
    """

    area_id: str
    shape: BaseGeometry
    source: str
    part: Part

    @cached_property
    def prepared(self) -> Prepared:
        """The polygon, ready for many questions."""
        return Prepared(self.shape)

    @cached_property
    def lon(self) -> float:
        """Longitude of its middle, degrees."""
        return float(self.shape.centroid.x)

    @cached_property
    def lat(self) -> float:
        """Latitude of its middle, degrees."""
        return float(self.shape.centroid.y)

    @cached_property
    def local(self) -> BaseGeometry:
        """Its polygon in metres about its middle."""
        return to_local(self.shape, (self.lon, self.lat))

    @cached_property
    def radius_m(self) -> float:
        """Distance from its middle to its farthest corner."""
        return float(np.hypot(*shapely.get_coordinates(self.local).T).max())

    def part_inside(self, circle: BaseGeometry) -> BaseGeometry:
        """Cut out what lies inside a circle given in WGS 84; in metres about the exclave's middle."""
        seen = to_local(circle, (self.lon, self.lat))
        # What is valid in degrees may touch itself by a hair once projected, and would be cut wrongly. Circles do not.
        if seen.geom_type != "Polygon" and not shapely.is_valid(seen):
            seen = shapely.make_valid(seen)
        try:
            return shapely.intersection(self.local, seen)
        except shapely.errors.GEOSException:
            return shapely.intersection(shapely.make_valid(self.local), shapely.make_valid(seen))

    def seen_from(self, lon: float, lat: float) -> tuple[BaseGeometry, Floats]:
        """Give its polygon, and the corners of its hull, in metres east and north of a place."""

        def move(points: Floats) -> Floats:
            distance_m, bearing_deg = inverse(lon, lat, points[:, 0], points[:, 1])
            angle = np.radians(bearing_deg)
            return np.column_stack([distance_m * np.sin(angle), distance_m * np.cos(angle)])

        seen = shapely.transform(self.shape, move)
        return seen, shapely.get_coordinates(shapely.convex_hull(seen))


@dataclass(frozen=True)
class Columns:
    """Where in a row of weights each kind of count stands."""

    persons: slice
    numbered: slice
    settlements: slice
    unbounded: slice
    pairs: slice
    exclave_persons: slice
    exclave_settlements: slice


@dataclass(frozen=True, eq=False)
class Tables:
    """Settlements with the weights by which a zone's figures are sums over the settlements in it.

    Parameters
    ----------
    settlements
        By id: the contract's columns, the country and the exclave filled in from the borders where they were
        empty, ``modelled_persons`` (equal share; NaN when it has a number or no area with a total) and
        ``without_total`` (neither a number nor an area with a total).
    areas
        By id: see :func:`_area_table`.
    exclaves
        Areas that are counted by ground.
    parts
        Enclaves and mainlands in the order of the figures.
    weights
        One row a settlement; ``columns`` says what stands where.
    pair_remainder, pair_most, pair_share
        For each pair of an area and a part: people left for its settlements without a number, the most for
        one of them, and the equal share.
    pair_part, exclave_part
        Ones where a pair or an exclave belongs to a part.
    exclave_remainder, exclave_whole
        People of each exclave outside its numbered places, and all of them at the highest published figure.
    """

    settlements: pd.DataFrame
    areas: pd.DataFrame
    exclaves: tuple[Exclave, ...]
    parts: tuple[Part, ...]
    weights: Floats
    columns: Columns
    pair_remainder: Floats
    pair_most: Floats
    pair_share: Floats
    pair_part: Floats
    exclave_part: Floats
    exclave_remainder: Floats
    exclave_whole: Floats

    @cached_property
    def lon(self) -> Floats:
        """Longitudes of the settlements."""
        return self.settlements["lon"].to_numpy(dtype=float)

    @cached_property
    def lat(self) -> Floats:
        """Latitudes of the settlements."""
        return self.settlements["lat"].to_numpy(dtype=float)

    @cached_property
    def known(self) -> NDArray[np.bool_]:
        """Which settlements have a published number."""
        return np.asarray(self.settlements["population_persons"].notna())

    @cached_property
    def evidence_rank(self) -> NDArray[np.int_]:
        """Evidence of the settlements, as its place in :data:`geo.schema.EVIDENCE_ORDER`."""
        ranks = {code: rank for rank, code in enumerate(EVIDENCE_ORDER)}
        return np.array([ranks.get(code, 0) for code in self.settlements["evidence"]], dtype=int)

    @cached_property
    def source_texts(self) -> dict[str, tuple[str, ...]]:
        """Sources of each settlement by its id: of its number, if it has one, and of its point."""
        table = self.settlements[["id", "population_source", "source"]].astype(object)
        rows = zip(table["id"], table["population_source"], table["source"], self.known, strict=True)
        return {
            name: tuple(text for text in ((number if counted else None), point) if isinstance(text, str) and text)
            for name, number, point, counted in rows
        }


def prepare_tables(dataset: Dataset) -> Tables:
    """Put a data set's settlements, areas and exclaves in order.

    Parameters
    ----------
    dataset
        Its tables ``settlements``, ``area_totals`` and ``borders``; the order of their rows does not matter.

    Returns
    -------
    Tables
        Everything that does not depend on the place asked about.
    """
    totals = dataset.area_totals.set_index("id", drop=False).sort_index()
    exclaves = _exclaves(totals, dataset.borders)
    settlements = _settlement_table(dataset, totals, exclaves)
    areas = _area_table(totals, settlements, {exclave.area_id for exclave in exclaves})
    unnumbered = settlements["population_persons"].isna()
    share = settlements["area_id"].map(areas["equal_share_persons"]).astype(float)
    settlements["modelled_persons"] = share.where(unnumbered)
    settlements["without_total"] = unnumbered & settlements["area_id"].isna()
    settlements["enclave_id"] = _enclaves_of(settlements, dataset.borders, exclaves)
    return _weigh(settlements, areas, exclaves)


def _exclaves(totals: pd.DataFrame, borders: gpd.GeoDataFrame) -> tuple[Exclave, ...]:
    found = []
    countries = dict(zip(totals.index, totals["country"], strict=True))
    for area, border in totals["border_id"].dropna().items():
        rows = np.flatnonzero(borders["id"] == border)
        shape = borders.geometry.iloc[rows[0]] if len(rows) else None
        if shape is not None and not shape.is_empty:
            country = countries[area]
            own = str(border) if _is_enclave_of(borders.iloc[rows[0]], country) else None
            part = Part(str(country) if isinstance(country, str) else None, own)
            found.append(Exclave(str(area), shape, str(borders["source"].iloc[rows[0]]), part))
    return tuple(found)


def _is_enclave_of(border: pd.Series, country: object) -> bool:
    return bool(border["kind"] == "exclave" and border["country"] == country)


def _enclaves_of(settlements: pd.DataFrame, borders: gpd.GeoDataFrame, exclaves: tuple[Exclave, ...]) -> pd.Series:
    """Find the enclave of its own country in which each settlement lies; None for those of the mainland.

    What belongs to an exclave's total counts there, wherever a coarse outline leaves its point.
    """
    own = {exclave.area_id: exclave.part for exclave in exclaves}
    found = np.full(len(settlements), None, dtype=object)
    countries, areas = settlements["country"].to_numpy(), settlements["area_id"].to_numpy()
    enclaves = borders[(borders["kind"] == "exclave") & borders.geometry.notna()]
    _, ids = country_at(enclaves, settlements["lon"], settlements["lat"])
    codes = dict(zip(enclaves["id"], enclaves["country"], strict=True))
    for row, (country, area, border) in enumerate(zip(countries, areas, ids, strict=True)):
        tied = own.get(area)
        if tied is not None and tied.country == country:
            found[row] = tied.enclave_id
        elif codes.get(border) == country:
            found[row] = border
    return pd.Series(found, index=settlements.index, dtype=object)


def _settlement_table(dataset: Dataset, totals: pd.DataFrame, exclaves: tuple[Exclave, ...]) -> pd.DataFrame:
    source = dataset.settlements
    placed = source["lon"].notna() & source["lat"].notna()
    table = pd.DataFrame(source.drop(columns="geometry", errors="ignore")[placed])
    table = table.sort_values("id", kind="stable", ignore_index=True)
    table["population_persons"] = table["population_persons"].astype(float)
    table["country"] = table["country"].astype(object)
    homeless = table.index[table["country"].isna()]
    if len(homeless):
        codes, _ = country_at(dataset.borders, table.loc[homeless, "lon"], table.loc[homeless, "lat"])
        table.loc[homeless, "country"] = codes
    table["area_id"] = table["area_id"].astype(object).where(table["area_id"].isin(totals.index), None)
    # A place inside an exclave belongs to it, said or not: else its people would stand beside the exclave's total.
    # One of another country only seems to lie inside, where an outline is coarse.
    for exclave in exclaves:
        untied = table.index[table["area_id"].isna() & (table["country"] == exclave.part.country)]
        inside = exclave.prepared.holds(table.loc[untied, "lon"], table.loc[untied, "lat"])
        table.loc[untied[inside], "area_id"] = exclave.area_id
    return table


def _area_table(totals: pd.DataFrame, settlements: pd.DataFrame, exclaves: set[str]) -> pd.DataFrame:
    """Work out what each area leaves for its places without a number.

    Returns
    -------
    pd.DataFrame
        By id, with ``numbered_persons`` (of all its places with a number, those of the areas in it too),
        ``unnumbered_places``, ``remainder_persons``, ``equal_share_persons``, ``p95_persons``,
        ``place_max_persons``, ``whole_persons`` and ``is_exclave``.
    """
    areas = totals.copy()
    own = settlements.dropna(subset="area_id").groupby("area_id")["population_persons"]
    areas["unnumbered_places"] = (own.size() - own.count()).reindex(areas.index, fill_value=0)
    areas["p95_persons"] = own.quantile(LARGE_PLACE_PERCENTILE / 100).reindex(areas.index)
    own_persons = own.sum().reindex(areas.index, fill_value=0.0).astype(float)
    # A district's total holds the towns and jamoats in it that have totals of their own: counted there, not again here.
    held, numbered = _held_inside(areas, own_persons)
    areas["numbered_persons"] = numbered
    areas["remainder_persons"] = (areas["population_persons"] - own_persons - held).clip(lower=0.0)
    areas["is_exclave"] = areas.index.isin(exclaves)
    counted_by_place = ~areas["is_exclave"] & (areas["unnumbered_places"] > 0)
    share = areas["remainder_persons"] / areas["unnumbered_places"].where(counted_by_place)
    areas["equal_share_persons"] = share
    # Without any numbered place nothing bounds one place but the remainder itself.
    large = areas["p95_persons"].fillna(np.inf).clip(lower=share.fillna(0.0))
    areas["place_max_persons"] = large.clip(upper=areas["remainder_persons"]).where(counted_by_place)
    highest = areas[["population_persons", "population_high_persons"]].astype(float).max(axis=1)
    areas["whole_persons"] = highest
    return areas


def _held_inside(areas: pd.DataFrame, own_persons: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Sum over the areas inside each area: people that their totals speak for, and all numbered people."""
    parents = {str(area): parent for area, parent in areas["parent_id"].items() if parent in areas.index}
    held = pd.Series(0.0, index=areas.index)
    numbered = own_persons.copy()
    for area in areas.index:
        above, seen = parents.get(area), {area}
        while above is not None and above not in seen:
            numbered[above] += own_persons[area]
            seen.add(above)
            above = parents.get(above)
    spoken_for = areas["population_persons"].clip(lower=numbered)
    for area, parent in parents.items():
        if parent != area:
            held[parent] += spoken_for[area]
    return held, numbered


def _one_hot(values: pd.Series, keys: list[object]) -> Floats:
    """Mark for each value which of the keys it is; no mark when it is none of them."""
    column = np.array([keys.index(value) if value in keys else -1 for value in values], dtype=int)
    marks: Floats = (column[:, None] == np.arange(len(keys))[None, :]).astype(float)
    return marks


def _weigh(settlements: pd.DataFrame, areas: pd.DataFrame, exclaves: tuple[Exclave, ...]) -> Tables:
    countries = settlements["country"].where(settlements["country"].notna(), None).astype(object)
    rows = [Part(*pair) for pair in zip(countries, settlements["enclave_id"].to_numpy(), strict=True)]
    places = pd.Series(rows, index=settlements.index, dtype=object)
    parts = ordered_parts([*rows, *(exclave.part for exclave in exclaves)])
    ordinary = settlements["area_id"].where(~settlements["area_id"].isin([e.area_id for e in exclaves]), None)
    pairs = pd.Series(list(zip(ordinary, places, strict=True)), index=settlements.index, dtype=object)
    kept = sorted({pair for pair in pairs if not pd.isna(pair[0])}, key=str)
    persons = settlements["population_persons"].fillna(0.0).to_numpy()[:, None]
    known = settlements["population_persons"].notna().to_numpy(dtype=float)[:, None]
    part = _one_hot(places, list(parts))
    exclave = _one_hot(settlements["area_id"], [e.area_id for e in exclaves])
    blocks = {
        "persons": persons * part,
        "numbered": known * part,
        "settlements": part,
        "unbounded": settlements["without_total"].to_numpy(dtype=float)[:, None] * part,
        "pairs": (1 - known) * _one_hot(pairs, list(kept)),
        "exclave_persons": persons * exclave,
        "exclave_settlements": exclave,
    }
    edges = np.concatenate([[0], np.cumsum([block.shape[1] for block in blocks.values()])])
    of_pair = areas.reindex([pair[0] for pair in kept])
    of_exclave = areas.loc[[e.area_id for e in exclaves]]
    return Tables(
        settlements=settlements,
        areas=areas,
        exclaves=exclaves,
        parts=parts,
        weights=np.concatenate(list(blocks.values()), axis=1),
        columns=Columns(**{name: slice(int(a), int(b)) for name, a, b in zip(blocks, edges, edges[1:], strict=False)}),
        pair_remainder=of_pair["remainder_persons"].to_numpy(dtype=float),
        pair_most=of_pair["place_max_persons"].fillna(0.0).to_numpy(dtype=float),
        pair_share=of_pair["equal_share_persons"].fillna(0.0).to_numpy(dtype=float),
        pair_part=_one_hot(pd.Series([pair[1] for pair in kept], dtype=object), list(parts)),
        exclave_part=_one_hot(pd.Series([exclave.part for exclave in exclaves], dtype=object), list(parts)),
        exclave_remainder=of_exclave["remainder_persons"].to_numpy(dtype=float),
        exclave_whole=of_exclave["whole_persons"].to_numpy(dtype=float),
    )
