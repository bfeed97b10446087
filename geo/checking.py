"""A table as it stands in a file, held against its contract: the typed frame, or every fault in it at once."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import values, words
from geo.crs import WGS84
from geo.faults import Faults
from geo.places import WINDOW

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.rawtable import Cell, RawTable
    from geo.schema import Column, Table

#: Attributes rounded to five decimals agree with their geometry.
_SAME_DEGREES: Final = 2e-5
_HEADER_LIKENESS: Final = 0.86
#: Columns of which the first may not exceed the second.
_ORDERED: Final = (
    ("value_min", "value_max"),
    ("population_low_persons", "population_persons"),
    ("population_persons", "population_high_persons"),
)
#: Columns into which several columns of a file may flow, one after the other.
_JOINED: Final = frozenset({"contact"})
_CYRILLIC: Final = range(0x0400, 0x0530)
_KYRGYZ_LETTERS: Final = frozenset("ӨөҮүҢң")


@dataclass
class _Parsed:
    """Values of a table by column, while it is being checked."""

    table: Table
    raw: RawTable
    headers: Mapping[str, str]
    faults: Faults
    values: dict[str, list[Any]] = field(default_factory=dict)
    bad: set[tuple[str, int]] = field(default_factory=set)

    def header(self, name: str) -> str:
        return self.headers.get(name, name)

    def fault(self, code: str, position: int, name: str, found: object = None, **params: str) -> None:
        self.bad.add((name, position))
        self.faults.add(code, self.raw.rows[position], self.header(name), found, **params)


def _assign(raw: RawTable, table: Table, faults: Faults) -> dict[str, list[int]]:
    """Find the file's columns for each column of the contract."""
    sources: dict[str, list[int]] = {}
    unknown: list[str] = []
    for position, header in enumerate(raw.headers):
        name = words.column_of(header, table) if header else None
        if name is not None:
            sources.setdefault(name, []).append(position)
        elif header:
            unknown.append(header)
    for name, positions in sources.items():
        if len(positions) > 1 and name not in _JOINED:
            # The exact name wins over a word that may mean it: "Year" beside "population_year".
            exact = [position for position in positions if raw.headers[position] == name]
            if len(exact) == 1:
                positions[:] = exact
            else:
                named = ", ".join(raw.headers[position] for position in positions)
                faults.add("column-twice", raw.header_row, raw.headers[positions[1]], named, wanted=name)
                del positions[1:]
    absent = [column.name for column in table.columns if column.name not in sources]
    for header in unknown:
        close = difflib.get_close_matches(
            header.casefold().replace(" ", "_")[:60], absent, n=1, cutoff=_HEADER_LIKENESS
        )
        if close:
            faults.add("misspelt-column", raw.header_row, header, header, suggestion=close[0])
    return sources


def headers(raw: RawTable, table: Table) -> dict[str, str]:
    """Give the header as written of each column of the contract that the file has."""
    named = [(words.column_of(header, table), header) for header in reversed(raw.headers) if header]
    return {name: header for name, header in named if name is not None}


def _column_cells(raw: RawTable, positions: Sequence[int]) -> list[Cell]:
    if len(positions) == 1:
        position = positions[0]
        return [row[position] if position < len(row) else None for row in raw.cells]
    parts = [_column_cells(raw, [position]) for position in positions]
    return ["; ".join(text for text in map(_joinable, cells) if text) or None for cells in zip(*parts, strict=True)]


def _joinable(cell: Cell) -> str | None:
    try:
        return values.text(cell)
    except values.CellError:
        return None


def _read_column(parsed: _Parsed, column: Column, cells: Sequence[Cell]) -> list[Any]:
    read = values.READERS[column.kind]
    result: list[Any] = []
    for position, cell in enumerate(cells):
        try:
            result.append(read(cell, column))
        except values.CellError as bad:
            found = bad.params.pop("word", cell)
            parsed.fault(bad.code, position, column.name, found, **bad.params)
            result.append(_empty(column))
    return result


def _empty(column: Column) -> Any:  # noqa: ANN401 - NaN, an empty tuple or None
    if column.kind in values.NUMERIC:
        return np.nan
    return () if column.kind in values.MULTIPLE else None


def _is_empty(value: object) -> bool:
    return value is None or value == () or (isinstance(value, float) and np.isnan(value))


def _default(column: Column, raw: RawTable) -> Any:  # noqa: ANN401 - what the column holds
    """Give what a whole column without values holds by its contract."""
    if column.default is None:
        return _empty(column)
    if column.name == "source":
        return f"{column.default}: {raw.file}"
    return values.READERS[column.kind](column.default, column)


def _fill_names(parsed: _Parsed) -> None:
    """Let a name in one language serve where the English one is missing, in the language of its letters."""
    if "name_en" not in {column.name for column in parsed.table.columns}:
        return
    names = {
        name: parsed.values.get(name) or [None] * len(parsed.raw.rows) for name in ("name_en", "name_ru", "name_ky")
    }
    english, russian, kyrgyz = names.values()
    for position, name in enumerate(english):
        if name is None:
            english[position] = russian[position] or kyrgyz[position]
        elif any(ord(char) in _CYRILLIC for char in name) and russian[position] is None and kyrgyz[position] is None:
            (kyrgyz if _KYRGYZ_LETTERS & set(name) else russian)[position] = name
    parsed.values.update({name: found for name, found in names.items() if any(found) or name in parsed.values})


def _fill_ids(parsed: _Parsed) -> None:
    """Make ids for a table that brings none; the table's name in them keeps several tables apart."""
    column = parsed.table.columns[0]
    if column.kind != "id" or any(value is not None for value in parsed.values.get(column.name, ())):
        return
    if any(name == column.name for name, _ in parsed.bad):
        return
    stem = parsed.table.name.upper().replace("_", "-")
    parsed.values[column.name] = [f"OWN-{stem}-{number}" for number in range(1, len(parsed.raw.rows) + 1)]


def _fill_positions(parsed: _Parsed) -> None:
    """Take longitude and latitude from the geometry of the file, and refuse a second, different position."""
    geometry = parsed.raw.geometry
    if parsed.table.geometry != "point" or geometry is None:
        return
    lons = parsed.values.setdefault("lon", [np.nan] * len(geometry))
    lats = parsed.values.setdefault("lat", [np.nan] * len(geometry))
    for position, shape in enumerate(geometry):
        if shape is None or shape.is_empty:
            continue
        if shape.geom_type == "MultiPoint" and len(shape.geoms) == 1:
            shape = shape.geoms[0]  # noqa: PLW2901 - the one point in it
        if shape.geom_type != "Point":
            parsed.faults.add("geometry-kind", parsed.raw.rows[position], None, shape.geom_type, expected="Point")
            parsed.bad.update({("lon", position), ("lat", position)})
            continue
        written = lons[position], lats[position]
        if np.isfinite(written).all() and max(abs(written[0] - shape.x), abs(written[1] - shape.y)) > _SAME_DEGREES:
            found = f"{written[0]:.5f}, {written[1]:.5f} / {shape.x:.5f}, {shape.y:.5f}"
            parsed.fault("position-twice", position, "lon", found)
        elif not np.isfinite(written).all():
            lons[position], lats[position] = shape.x, shape.y


def _check_columns(parsed: _Parsed) -> None:
    """Complete each column, and report what is missing."""
    for column in parsed.table.columns:
        found = parsed.values.get(column.name)
        absent = found is None or all(
            _is_empty(value) and (column.name, position) not in parsed.bad for position, value in enumerate(found)
        )
        if found is None and column.required:
            parsed.faults.add(
                "missing-column", parsed.raw.header_row, column.name, ", ".join(filter(None, parsed.raw.headers))
            )
            parsed.bad.update((column.name, position) for position in range(len(parsed.raw.rows)))
        if found is None or (absent and column.default is not None):
            parsed.values[column.name] = [_default(column, parsed.raw)] * len(parsed.raw.rows)
        elif not column.nullable:
            for position, value in enumerate(found):
                if _is_empty(value) and (column.name, position) not in parsed.bad:
                    parsed.fault("empty-cell", position, column.name)


def _check_positions(parsed: _Parsed) -> None:
    if parsed.table.geometry != "point":
        return
    west, south, east, north = WINDOW
    window = {"west": f"{west:g}", "south": f"{south:g}", "east": f"{east:g}", "north": f"{north:g}"}
    for position, (lon, lat) in enumerate(zip(parsed.values["lon"], parsed.values["lat"], strict=True)):
        if {("lon", position), ("lat", position)} & parsed.bad:
            continue
        if np.isnan(lon) != np.isnan(lat):
            parsed.fault("half-position", position, "lon" if np.isnan(lon) else "lat")
        elif np.isfinite(lon) and not (west <= lon <= east and south <= lat <= north):
            swapped = west <= lat <= east and south <= lon <= north
            code = "coordinates-swapped" if swapped else "outside-window"
            parsed.fault(
                code, position, "lon", f"{lon:.10g}, {lat:.10g}", lon=f"{lon:.10g}", lat=f"{lat:.10g}", **window
            )


def _check_keys(parsed: _Parsed) -> None:
    """Report rows that share the columns which name a row."""
    keys = parsed.table.key
    first: dict[tuple[object, ...], int] = {}
    for position, row in enumerate(zip(*(parsed.values[name] for name in keys), strict=True)):
        if any((name, position) in parsed.bad for name in keys):
            continue
        if row in first:
            found = ", ".join("" if _is_empty(value) else str(value) for value in row)
            code = "duplicate-id" if len(keys) == 1 else "duplicate-row"
            other = str(parsed.raw.rows[first[row]])
            params = {} if len(keys) == 1 else {"columns": ", ".join(map(parsed.header, keys))}
            parsed.fault(code, position, keys[0], found, other_row=other, **params)
        first.setdefault(row, position)


def _check_order(parsed: _Parsed) -> None:
    for low, high in _ORDERED:
        if low not in parsed.values or high not in parsed.values:
            continue
        for position, (least, most) in enumerate(zip(parsed.values[low], parsed.values[high], strict=True)):
            if least > most:
                parsed.fault("min-above-max", position, low, f"{least:.10g} > {most:.10g}", other=parsed.header(high))


def _polygons(parsed: _Parsed) -> np.ndarray[Any, np.dtype[np.object_]] | None:
    """Give the polygons of a table that needs them; what is none becomes a fault."""
    geometry = parsed.raw.geometry
    if geometry is None:
        parsed.faults.add("needs-geometry")
        return None
    for row, shape in zip(parsed.raw.rows, geometry, strict=True):
        if shape is None or shape.is_empty:
            if not any(fault.row == row and fault.code == "invalid-geometry" for fault in parsed.faults.found):
                parsed.faults.add("geometry-kind", row, None, "", expected="Polygon")
        elif shape.geom_type not in ("Polygon", "MultiPolygon"):
            parsed.faults.add("geometry-kind", row, None, shape.geom_type, expected="Polygon")
        elif not shapely.is_valid(shape):
            parsed.faults.add("invalid-geometry", row, None, shapely.is_valid_reason(shape))
        elif not shapely.intersects(shapely.box(*WINDOW), shape):
            west, south, east, north = WINDOW
            middle = shapely.point_on_surface(shape)
            swapped = shapely.intersects(shapely.box(south, west, north, east), shape)
            place = {"lon": f"{middle.x:.5g}", "lat": f"{middle.y:.5g}"}
            window = {"west": f"{west:g}", "south": f"{south:g}", "east": f"{east:g}", "north": f"{north:g}"}
            code = "coordinates-swapped" if swapped else "outside-window"
            parsed.faults.add(code, row, None, f"{middle.x:.5g}, {middle.y:.5g}", **place, **window)
    return geometry


def _typed(column: Column, found: list[Any]) -> Any:  # noqa: ANN401 - an array of the column's type
    if column.kind in values.NUMERIC:
        return np.array(found, dtype=np.float64)
    if column.kind == "boolean":
        otherwise = column.default == "true"
        return np.array([otherwise if value is None else value for value in found], dtype=bool)
    if column.kind in values.MULTIPLE:
        tuples = np.empty(len(found), dtype=object)
        tuples[:] = found
        return tuples
    return pd.array(found, dtype="str")


def points(lon: Sequence[float], lat: Sequence[float]) -> np.ndarray[Any, np.dtype[np.object_]]:
    """Make points of longitudes and latitudes; None where either is unknown."""
    result = np.asarray(shapely.points(np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)), dtype=object)
    result[~(np.isfinite(lon) & np.isfinite(lat))] = None
    return result


def _frame(parsed: _Parsed, shapes: np.ndarray[Any, np.dtype[np.object_]] | None) -> pd.DataFrame:
    columns = {column.name: _typed(column, parsed.values[column.name]) for column in parsed.table.columns}
    frame = pd.DataFrame(columns, index=pd.RangeIndex(len(parsed.raw.rows)))
    if parsed.table.geometry == "point":
        shapes = points(columns["lon"], columns["lat"])
    if parsed.table.geometry is None:
        return frame
    located: pd.DataFrame = gpd.GeoDataFrame(frame, geometry=shapes, crs=WGS84)
    return located


def check(raw: RawTable, table: Table) -> pd.DataFrame:
    """Hold a table against its contract.

    What other tables have to say (references, lengths of roads) is checked once they are together,
    by :func:`geo.references.check`.

    Parameters
    ----------
    raw
        The table as it stands in the file.
    table
        Its contract.

    Returns
    -------
    pd.DataFrame
        All columns of the contract in its order, typed, with a RangeIndex in the order of the file; a
        GeoDataFrame in WGS 84 where the contract has geometry. A column that the file lacks or leaves
        empty holds the contract's default.

    Raises
    ------
    DataError
        With every fault found, up to :data:`geo.faults.MAX_FAULTS`.
    """
    faults = Faults(raw.file)
    faults.extend(raw.faults)
    if not raw.rows:
        faults.add("empty-table", raw.header_row)
    sources = _assign(raw, table, faults)
    headers = {name: raw.headers[positions[0]] for name, positions in sources.items()}
    parsed = _Parsed(table, raw, headers, faults)
    for column in table.columns:
        if column.name in sources:
            parsed.values[column.name] = _read_column(parsed, column, _column_cells(raw, sources[column.name]))
    _fill_names(parsed)
    _fill_ids(parsed)
    _fill_positions(parsed)
    _check_columns(parsed)
    _check_positions(parsed)
    _check_keys(parsed)
    _check_order(parsed)
    polygons = _polygons(parsed) if table.geometry == "polygon" else None
    faults.raise_any()
    return _frame(parsed, polygons)


def plain(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Write a checked table with one plain value a cell, as files hold it: the inverse of :func:`check`.

    Parameters
    ----------
    table
        Contract of the table.
    frame
        A frame that fulfils it.

    Returns
    -------
    pd.DataFrame
        The columns of the contract; several values joined by ``;``, yes and no as ``true`` and ``false``,
        unknown as None; without geometry.
    """
    result: dict[str, list[object]] = {}
    for column in table.columns:
        cells = frame[column.name].tolist()
        if column.kind in values.MULTIPLE:
            result[column.name] = [";".join(cell) or None for cell in cells]
        elif column.kind == "boolean":
            result[column.name] = ["true" if cell else "false" for cell in cells]
        else:
            result[column.name] = [None if _is_empty(cell) else cell for cell in cells]
    return pd.DataFrame(result, dtype=object, index=frame.index)
