"""Small made-up countries, roads and points, so that expected numbers can be worked out by hand."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.dataset import Dataset
from geo.schema import SURFACES, TABLES, TERRAINS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: West of 75° east lies KG, east of it UZ; a square exclave of UZ lies in KG.
KG = shapely.Polygon([(69, 39), (75, 39), (75, 43.5), (69, 43.5)], [[(70, 40), (70.5, 40), (70.5, 40.5), (70, 40.5)]])
UZ = shapely.box(75, 39, 81, 43.5)
EXCLAVE = shapely.box(70, 40, 70.5, 40.5)

_NUMBERS = {"number", "integer", "lon", "lat"}
_MANY = {"choices", "countries", "ids"}
_DEFAULTS = {"evidence": "documented", "source": "made up", "accepts": ("lamps",), "status": "open"}


def table(name: str, rows: Iterable[Mapping[str, Any]] = ()) -> pd.DataFrame:
    """Make a table that fulfils its contract; cells that the rows leave out are unknown or the usual value."""
    return _kept(name, _Rows(rows))[0]


class _Rows:
    """Rows told apart by all their cells, so that what a law gives with every example is made into a table once."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self.listed = list(rows)
        # Polygons are compared by their corners, everything else as it would be typed.
        self._cells = tuple(
            tuple((key, cell.wkb if isinstance(cell, shapely.Geometry) else repr(cell)) for key, cell in row.items())
            for row in self.listed
        )

    def __hash__(self) -> int:
        return hash(self._cells)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Rows) and self._cells == other._cells


@lru_cache(maxsize=128)
def _kept(name: str, rows: _Rows) -> tuple[pd.DataFrame, str]:
    """Make a table, and hash it; no test changes one in place."""
    frame = _made(name, rows.listed)
    return frame, Dataset({name: frame}).table_digest(name)


def _made(name: str, listed: list[Mapping[str, Any]]) -> pd.DataFrame:
    contract = TABLES[name]
    columns: dict[str, Any] = {}
    for column in contract.columns:
        default = _DEFAULTS.get(column.name, column.default)
        cells = [row.get(column.name, default) for row in listed]
        if column.kind in _NUMBERS:
            columns[column.name] = np.array([np.nan if cell is None else cell for cell in cells], dtype=float)
        elif column.kind in _MANY:
            made = [() if cell is None else tuple(cell) for cell in cells]
            columns[column.name] = pd.Series(made, dtype=object)
        elif column.kind == "boolean":
            columns[column.name] = np.array([cell is True for cell in cells], dtype=bool)
        else:
            columns[column.name] = pd.Series(cells, dtype="str")
    frame = pd.DataFrame(columns)
    if contract.geometry == "point":
        placed = np.isfinite(frame["lon"]) & np.isfinite(frame["lat"])
        points = np.full(len(frame), None, dtype=object)
        points[placed] = shapely.points(frame["lon"][placed], frame["lat"][placed])
        return gpd.GeoDataFrame(frame, geometry=points, crs="EPSG:4326")
    if contract.geometry == "polygon":
        return gpd.GeoDataFrame(frame, geometry=[row["geometry"] for row in listed], crs="EPSG:4326")
    return frame


_BORDERS: tuple[dict[str, Any], ...] = (
    {"id": "KG", "name_en": "KG", "kind": "mainland", "country": "KG", "geometry": KG},
    {"id": "UZ", "name_en": "UZ", "kind": "mainland", "country": "UZ", "geometry": UZ},
    {"id": "UZ-EX", "name_en": "Exclave", "kind": "exclave", "country": "UZ", "geometry": EXCLAVE},
)


def borders() -> pd.DataFrame:
    """Make the two countries and the exclave."""
    return table("borders", _BORDERS)


def _speeds(speed_kmh: float) -> list[dict[str, Any]]:
    pairs = [(surface, terrain) for surface in SURFACES for terrain in TERRAINS]
    return [{"surface": s, "terrain": t, "speed_kmh": speed_kmh} for s, t in pairs]


def speeds(speed_kmh: float = 36.0) -> pd.DataFrame:
    """Make a speed table with one speed for all; 36 km/h is 10 m/s."""
    return table("road_speeds", _speeds(speed_kmh))


_USUAL = {name: _Rows(()) for name in TABLES} | {"borders": _Rows(_BORDERS), "road_speeds": _Rows(_speeds(36.0))}


def node(name: str, lon: float, lat: float, **cells: object) -> dict[str, object]:
    """Make a row of road_nodes."""
    return {"id": name, "name_en": name, "lon": lon, "lat": lat, **cells}


def road(name: str, begin: str, end: str, length_m: float, **cells: object) -> dict[str, object]:
    """Make a row of road_sections; in KG unless it is said where."""
    return {"id": name, "from_id": begin, "to_id": end, "length_m": length_m, "countries": ("KG",), **cells}


def point(name: str, lon: float, lat: float, **cells: object) -> dict[str, object]:
    """Make a row of any table of points."""
    return {"id": name, "name_en": name, "lon": lon, "lat": lat, **cells}


def dataset(**rows: Iterable[Mapping[str, Any]]) -> Dataset:
    """Make a data set of some tables' rows; borders and speeds as above unless given, other tables empty."""
    kept = {name: _kept(name, _Rows(rows[name]) if name in rows else _USUAL[name]) for name in TABLES}
    return Dataset(
        {name: frame for name, (frame, _) in kept.items()},
        _digests={name: digest for name, (_, digest) in kept.items()},
    )


def valley(**rows: Iterable[Mapping[str, Any]]) -> Dataset:
    """Make a valley: A–B–C along 41° north in KG, a dead end D, and a short cut from A to C by X in UZ.

    ::

        X (75.2, 41.3, UZ)
        A (74.0, 41.0) — B (74.5, 41.0) — C (74.9, 41.0)      E (72.0, 42.0) — F (72.5, 42.0)
                          D (74.5, 41.5)
    """
    nodes = [
        node("RN-A", 74.0, 41.0),
        node("RN-B", 74.5, 41.0),
        node("RN-C", 74.9, 41.0),
        node("RN-D", 74.5, 41.5, unverified=True),
        node("RN-X", 75.2, 41.3),
        node("RN-E", 72.0, 42.0),
        node("RN-F", 72.5, 42.0),
    ]
    # A degree of longitude at 41° north is 84.2 km: A–B is 42.1 km straight, B–C 33.7 km.
    sections = [
        road("RS-AB", "RN-A", "RN-B", 50_000, length_basis="published", surface="asphalt", positional_error_m=2_000),
        road("RS-BC", "RN-B", "RN-C", 150_000, length_basis="estimated", surface="gravel", winter_closure=True),
        road("RS-BD", "RN-D", "RN-B", 60_000, length_basis="estimated", evidence="reported"),
        road("RS-AX", "RN-A", "RN-X", 110_000, countries=("KG", "UZ")),
        road("RS-CX", "RN-C", "RN-X", 45_000, countries=("KG", "UZ")),
        road("RS-EF", "RN-E", "RN-F", 44_000),
    ]
    return dataset(**{"road_nodes": nodes, "road_sections": sections, **rows})
