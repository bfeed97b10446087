"""People within a distance of very many points: near the exact circles, on grids of degrees and of metres."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pyproj import CRS, Transformer
from rasterio.transform import Affine

from geo.grid_near import people_near
from geo.gridindex import GridIndex
from geo.gridplace import Placement
from geo.grids import Grid, open_grid
from tests.grid_worlds import MOLLWEIDE, WGS84, noisy, north_up, write_grid


def frame(crs: str) -> dict[str, Any]:
    """Give the frame of a grid about 71.2° E, 40.8° N: far from the middle of the Mollweide world, where it is slanted."""
    if crs == WGS84:
        return {"crs": crs, "transform": north_up(71.0, 41.0, 0.001)}
    x, y = Transformer.from_crs(WGS84, MOLLWEIDE, always_xy=True).transform(71.2, 40.8)
    return {"crs": crs, "transform": Affine(100, 0, x - 20_000, 0, -100, y + 20_000)}


@pytest.fixture(scope="module", params=[WGS84, MOLLWEIDE])
def grid(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Grid:
    """Give a grid whose cells differ wildly."""
    folder = tmp_path_factory.mktemp("grid")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYMAP_CACHE", str(folder / "cache"))
        return open_grid(write_grid(folder / "people.tif", noisy(400, 400), **frame(request.param)), kind="count")


@pytest.mark.parametrize("radius_m", [60.0, 800.0, 5000.0])
def test_near_the_exact_circles(grid: Grid, radius_m: float) -> None:
    """Single circles are within a hundredth in all but a few of a hundred, and their sum within a thousandth."""
    rng = np.random.default_rng(3)
    lon, lat = 71.1 + 0.2 * rng.random(400), 40.7 + 0.2 * rng.random(400)
    exact = grid.circles(lon, lat, np.full(400, radius_m)).persons
    near, inside = people_near(grid, lon, lat, radius_m)
    assert near.sum() == pytest.approx(exact.sum(), rel=1e-3)
    assert np.percentile(abs(near - exact) / np.maximum(exact, 1.0), 95) < 0.01
    assert inside == pytest.approx(np.ones(400))


def test_the_part_on_the_frame(grid: Grid) -> None:
    """Half a circle at the edge, none beyond it; the other half holds nobody that the grid knows of."""
    edge_lon, edge_lat = grid.placement.to_lon_lat(np.array([0.0, -50.0]), np.array([200.0, 200.0]))
    near, inside = people_near(grid, edge_lon, edge_lat, 800.0)
    assert inside == pytest.approx([0.5, 0.0], abs=0.02)
    exact = grid.circles(edge_lon[:1], edge_lat[:1], np.array([800.0])).persons
    assert near[0] == pytest.approx(exact[0], rel=0.01)
    assert near[1] == 0.0


def test_no_points_and_no_place() -> None:
    """Nothing in, nothing out; where the grid's projection ends lies nobody."""
    place = Placement(CRS.from_epsg(32642).to_wkt(), 500_000.0, 4_500_000.0, 100.0, -100.0, 10, 10)
    grid = Grid(GridIndex("x", "x", "count", place, np.cumsum(np.ones((10, 11)), axis=1), None, 100.0, 100))
    near, inside = people_near(grid, np.empty(0), np.empty(0), 800.0)
    assert (len(near), len(inside)) == (0, 0)
    near, inside = people_near(grid, np.array([-20.0]), np.array([0.0]), 800.0)
    assert (near[0], inside[0]) == (0.0, 0.0)
