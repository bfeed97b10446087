"""Where a grid's cells lie: from longitude and latitude to columns and rows, and the true areas of the cells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from pyproj import CRS, Transformer

from geo.crs import WGS84, metres_per_degree
from geo.zones import area_from_equator_m2, areas_m2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]

FULL_TURN_DEG: Final = 360.0
_POLE_DEG: Final = 90.0
#: Nodes on each side of the lattice from which the areas of a projected grid's cells are interpolated.
_LATTICE_NODES: Final = 65
# Steps from a node by which the size of a cell is felt out.
_PROBE_CELLS: Final = 0.05
_QUARTER_DEG: Final = 90.0


@dataclass(frozen=True)
class Placement:
    """A grid's frame: its reference system, its corner and the size of its cells.

    Parameters
    ----------
    crs_wkt
        Reference system, as well-known text.
    x0, y0
        Corner of the first cell of the first row, in the system's units.
    dx, dy
        Steps from a column and a row to the next; ``dy`` is negative where the first row is the northernmost.
    width, height
        Number of columns and rows.
    """

    crs_wkt: str
    x0: float
    y0: float
    dx: float
    dy: float
    width: int
    height: int

    @cached_property
    def crs(self) -> CRS:
        """The reference system."""
        return CRS.from_wkt(self.crs_wkt)

    @cached_property
    def is_geographic(self) -> bool:
        """Whether columns and rows follow longitude and latitude."""
        return bool(self.crs.is_geographic)

    @cached_property
    def is_wgs84(self) -> bool:
        """Whether the cells are counted in degrees of WGS 84 itself, so that nothing needs reprojecting."""
        return self.is_geographic and self.crs.equals(CRS.from_user_input(WGS84), ignore_axis_order=True)

    @cached_property
    def turn_columns(self) -> float:
        """Columns of a full turn about the Earth's axis; 0 in a projected system."""
        return abs(FULL_TURN_DEG / self.dx) if self.is_geographic else 0.0

    @cached_property
    def _transformers(self) -> tuple[Transformer, Transformer]:
        return (
            Transformer.from_crs(WGS84, self.crs, always_xy=True),
            Transformer.from_crs(self.crs, WGS84, always_xy=True),
        )

    def to_cells(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Turn longitudes and latitudes into columns and rows, fractions included.

        Parameters
        ----------
        lon, lat
            Degrees, WGS 84.

        Returns
        -------
        tuple[NDArray[np.float64], NDArray[np.float64]]
            Columns and rows from the corner of the first cell; not finite where the projection does not reach.
        """
        x, y = (lon, lat) if self.is_wgs84 else self._transformers[0].transform(lon, lat)
        return (np.asarray(x, dtype=float) - self.x0) / self.dx, (np.asarray(y, dtype=float) - self.y0) / self.dy

    def to_lon_lat(self, column: Floats, row: Floats) -> tuple[Floats, Floats]:
        """Turn columns and rows into longitudes and latitudes; not finite outside the projection's world."""
        x, y = self.x0 + column * self.dx, self.y0 + row * self.dy
        lon, lat = (x, y) if self.is_wgs84 else self._transformers[1].transform(x, y)
        return np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)

    def is_on_globe(self) -> bool:
        """Tell whether the frame can lie on the Earth at all, half a cell of slack allowed."""
        x1, y1 = self.x0 + self.width * self.dx, self.y0 + self.height * self.dy
        if not np.isfinite([self.x0, self.y0, x1, y1]).all() or 0.0 in (self.dx, self.dy):
            return False
        if self.is_geographic:
            slack_deg = abs(self.dy)
            is_narrow = abs(x1 - self.x0) <= FULL_TURN_DEG + 2 * abs(self.dx)
            is_near = max(abs(self.x0), abs(x1)) <= FULL_TURN_DEG + abs(self.dx)
            return is_narrow and is_near and max(abs(self.y0), abs(y1)) <= _POLE_DEG + slack_deg
        # Some of its points must be on the Earth and come back to where they were.
        columns, rows = (part.ravel() for part in np.meshgrid(self._nodes(self.width, 9), self._nodes(self.height, 9)))
        lon, lat = self.to_lon_lat(columns, rows)
        known = np.isfinite(lon) & np.isfinite(lat)
        back = self.to_cells(lon[known], lat[known])
        returned = np.hypot(back[0] - columns[known], back[1] - rows[known]) < 1.0
        return bool(returned.any())

    @staticmethod
    def _nodes(cells: int, most: int = _LATTICE_NODES) -> Floats:
        return np.linspace(0.0, cells, min(cells, most - 1) + 1)

    @cached_property
    def row_area_m2(self) -> Floats:
        """True area of a cell of each row, on the ellipsoid; in a projected grid, of the middle column."""
        if self.is_wgs84:
            bounds_deg = np.clip(self.y0 + np.arange(self.height + 1) * self.dy, -_POLE_DEG, _POLE_DEG)
            zone_m2: Floats = np.abs(np.diff(area_from_equator_m2(bounds_deg))) * abs(self.dx) / FULL_TURN_DEG
            return zone_m2
        rows = self._nodes(self.height)
        node_m2 = self._area_at(np.full(rows.shape, self.width / 2), rows)
        result: Floats = np.interp(np.arange(self.height) + 0.5, rows, node_m2)
        return result

    def cells_on(self, zones: Sequence[BaseGeometry]) -> Floats:
        """Estimate how many cells of this size the ground of some zones in WGS 84 would take, inside the frame or not."""
        points = [zone.representative_point() for zone in zones]
        lon, lat = (np.array([getattr(point, axis) for point in points]) for axis in "xy")
        _, row = self.to_cells(lon, lat)
        nearest = np.clip(np.nan_to_num(row, nan=0.0, posinf=self.height, neginf=0.0), 0, self.height - 1).astype(int)
        area_m2 = areas_m2(np.array(zones, dtype=object))
        result: Floats = area_m2 / self.row_area_m2[nearest]
        return result

    def cell_areas_m2(self, first: int, last: int) -> Floats:
        """Measure the true areas of the cells of some rows, on the ellipsoid.

        Parameters
        ----------
        first, last
            The first row, and the one after the last.

        Returns
        -------
        NDArray[np.float64]
            Shape (rows, width), or (rows, 1) where all cells of a row are alike.
        """
        if self.is_geographic:
            return self.row_area_m2[first:last, None]
        columns, rows, node_m2 = self._lattice
        middles = np.arange(first, last) + 0.5
        step = np.clip(np.searchsorted(rows, middles) - 1, 0, len(rows) - 2)
        weight = ((middles - rows[step]) / (rows[step + 1] - rows[step]))[:, None]
        at_rows = (1 - weight) * node_m2[step] + weight * node_m2[step + 1]
        centres = np.arange(self.width) + 0.5
        return np.stack([np.interp(centres, columns, row) for row in at_rows])

    @cached_property
    def _lattice(self) -> tuple[Floats, Floats, Floats]:
        columns, rows = self._nodes(self.width), self._nodes(self.height)
        flat = [part.ravel() for part in np.meshgrid(columns, rows)]
        return columns, rows, self._area_at(flat[0], flat[1]).reshape(len(rows), len(columns))

    def _area_at(self, columns: Floats, rows: Floats) -> Floats:
        """Measure a cell about some points; where the projection ends, take what cells of it are like."""
        _, lat = self.to_lon_lat(columns, rows)
        if self.is_geographic:
            half = abs(self.dy) / 2
            lower, upper = np.clip(lat - half, -_POLE_DEG, _POLE_DEG), np.clip(lat + half, -_POLE_DEG, _POLE_DEG)
            zone_m2 = area_from_equator_m2(upper) - area_from_equator_m2(lower)
            result: Floats = np.abs(zone_m2) * abs(self.dx) / FULL_TURN_DEG
            return result
        # Measured on the ellipsoid: some projections (Mollweide, web Mercator) take the Earth for a sphere, and their
        # own scale is up to 0.4 % off.
        west, east = (self.to_lon_lat(columns + side, rows) for side in (-_PROBE_CELLS, _PROBE_CELLS))
        north, south = (self.to_lon_lat(columns, rows + side) for side in (-_PROBE_CELLS, _PROBE_CELLS))
        with np.errstate(invalid="ignore"):
            turn = ((east[0] - west[0]) * (south[1] - north[1]) - (south[0] - north[0]) * (east[1] - west[1])) / (
                2 * _PROBE_CELLS
            ) ** 2
            area: Floats = np.abs(turn) * _area_of_square_degree_m2(lat)
        # Beyond the projection's world, and over the date line where longitudes jump, cells are like the others.
        area[~(np.isfinite(area) & (area > 0) & (np.abs(east[0] - west[0]) < _QUARTER_DEG))] = np.nan
        likely_m2 = float(np.nanmedian(area)) if np.isfinite(area).any() else self._plane_m2
        return np.where(np.isnan(area), likely_m2, area)

    @property
    def _plane_m2(self) -> float:
        """Area of a cell in the plane of the projection."""
        return float(abs(self.dx * self.dy) * self.crs.axis_info[0].unit_conversion_factor ** 2)


def _area_of_square_degree_m2(lat_deg: Floats) -> Floats:
    """Measure what a square of a degree would have if all of it were like the ground at its middle."""
    east_m, north_m = metres_per_degree(lat_deg)
    area_m2: Floats = east_m * north_m
    return area_m2
