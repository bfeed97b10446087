"""Small population grids written as GeoTIFF, for tests."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import Affine

from geo.grid_people import GridPeople
from geo.grids import open_grid

if TYPE_CHECKING:
    from pathlib import Path

    from geo.dataset import Dataset

WGS84 = "EPSG:4326"
MOLLWEIDE = "ESRI:54009"
#: North-western corner and cell of the small grids: 0.01° cells about 71° E, 40° N.
WEST, NORTH, CELL = 71.0, 40.0, 0.01


def north_up(west: float, north: float, cell: float) -> Affine:
    """Give the frame of square cells whose first row is the northernmost."""
    return Affine(cell, 0.0, west, 0.0, -cell, north)


def write_grid(
    path: Path,
    values: np.ndarray,
    *,
    crs: str | None = WGS84,
    transform: Affine | None = None,
    tags: dict[str, str] | None = None,
    **profile: Any,
) -> Path:
    """Write cells (or bands of cells) as GeoTIFF; without a transform at the corner of the small grids."""
    bands = values if values.ndim == 3 else values[None]
    settings = {
        "driver": "GTiff",
        "count": len(bands),
        "height": bands.shape[1],
        "width": bands.shape[2],
        "dtype": bands.dtype,
        "crs": crs,
        "transform": north_up(WEST, NORTH, CELL) if transform is None else transform,
        **profile,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path, "w", **settings) as file:
            file.write(bands)
            file.update_tags(**(tags or {}))
    return path


def noisy(rows: int, columns: int, seed: int = 1) -> np.ndarray:
    """Draw cells that differ wildly from their neighbours, as those of real grids do."""
    return np.random.default_rng(seed).gamma(0.3, 20.0, (rows, columns))


def people_on(folder: Path, values: np.ndarray, transform: Affine, data: Dataset) -> GridPeople:
    """Give the people of a grid by the borders of some tables; file and index lie in a folder of the test's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYMAP_CACHE", str(folder / "cache"))
        file = write_grid(folder / "people.tif", values, transform=transform)
        return GridPeople(open_grid(file), data.borders)
