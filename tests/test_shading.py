"""The picture of where people live: its pixels lie where Mercator puts their ground, in the classes of the density."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from geo import shading
from geo.grids import open_grid
from tests.grid_worlds import MOLLWEIDE, north_up, write_grid

if TYPE_CHECKING:
    from pathlib import Path

    from geo.grids import Grid

COLOURS = shading.COLOURS["light"]
BOX = (70.0, 39.0, 73.0, 42.0)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep indexes of the grids in the test's own folder."""
    monkeypatch.setenv("SYMAP_CACHE", str(tmp_path / "cache"))


def _pixels(shown: shading.Shading) -> np.ndarray:
    with Image.open(io.BytesIO(shown.png)) as picture:
        assert picture.mode == "P"
        assert picture.info["transparency"] == 0
        return np.asarray(picture)


def _centres(pixels: np.ndarray, bounds: tuple[float, float, float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Give longitudes of the columns and latitudes of the rows, by the formula of Mercator's ordinate."""
    west, south, east, north = bounds
    height, width = pixels.shape
    top, bottom = (np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)) for lat in (north, south))
    ordinate = top + (np.arange(height) + 0.5) / height * (bottom - top)
    lats = np.degrees(2 * np.arctan(np.exp(ordinate)) - np.pi / 2)
    return west + (np.arange(width) + 0.5) / width * (east - west), lats


def _lonely(path: Path, **more: object) -> Grid:
    """Make a grid of nobody but one crowded cell in row 6 and column 20, about 71.05° E and 41.35° N."""
    cells = np.zeros((40, 60))
    cells[6, 20] = 1e6
    return open_grid(write_grid(path / "people.tif", cells, transform=north_up(70.0, 42.0, 0.1), **more))  # type: ignore[arg-type]


def test_a_crowded_cell_is_drawn_where_it_lies(tmp_path: Path) -> None:
    """A pixel belongs to the cell exactly where its centre does: rows even in Mercator's ordinate, not in latitude."""
    shown = shading.shade(_lonely(tmp_path), BOX, COLOURS.classes, COLOURS.stripe)
    pixels = _pixels(shown)
    lons, lats = _centres(pixels, BOX)
    wanted = np.outer((lats > 41.3) & (lats < 41.4), (lons > 72.0) & (lons < 72.1))
    assert np.array_equal(pixels == len(COLOURS.classes), wanted)
    assert set(np.unique(pixels)) == {0, len(COLOURS.classes)}
    assert shown.classes == (5,)
    assert not shown.has_gaps
    assert max(pixels.shape) == shading.LONGEST_PX


def test_classes_follow_people_per_km2(tmp_path: Path) -> None:
    """A column for each class, in a grid whose cells hold just above the edge of it; the first holds too few."""
    west, north, cell = 71.0, 40.0, 0.05
    grid = open_grid(write_grid(tmp_path / "ones.tif", np.ones((8, 7)), transform=north_up(west, north, cell)))
    km2 = grid.placement.row_area_m2[:, None] / 1e6
    densities = np.array([0.5, *(edge * 1.01 for edge in shading.CLASS_EDGES_PER_KM2)])
    grid = open_grid(write_grid(tmp_path / "steps.tif", densities * km2, transform=north_up(west, north, cell)))
    box = (west, north - 8 * cell, west + 7 * cell, north)
    pixels = _pixels(shading.shade(grid, box, COLOURS.classes, COLOURS.stripe))
    middle = pixels[pixels.shape[0] // 2]
    assert middle[(np.arange(7) * 2 + 1) * len(middle) // 14].tolist() == [0, 1, 2, 3, 4, 5, 6]


def test_cells_smaller_than_a_pixel_are_averaged(tmp_path: Path) -> None:
    """Every second cell empty, seen from afar: half the density everywhere, no stripes of chance."""
    cells = np.zeros((2000, 2000))
    cells[:, ::2] = 1.0
    grid = open_grid(write_grid(tmp_path / "fine.tif", cells, transform=north_up(70.0, 42.0, 0.0015)))
    pixels = _pixels(shading.shade(grid, BOX, COLOURS.classes, COLOURS.stripe))
    # A cell is 0.0015° x 0.0015°: 0.0208 km² at 40.5° N, so half of one person each are 24 per km²: the second class.
    assert (pixels == 2).mean() > 0.99


def test_ground_without_a_value_is_striped_not_empty(tmp_path: Path) -> None:
    """Not covered is not nobody: beyond the grid and on its gaps there are stripes, on its zeros nothing."""
    cells = np.zeros((10, 10))
    cells[:, 5:] = -1
    path = write_grid(tmp_path / "half.tif", cells, transform=north_up(71.0, 41.0, 0.1), nodata=-1)
    shown = shading.shade(open_grid(path), BOX, COLOURS.classes, COLOURS.stripe)
    pixels = _pixels(shown)
    lons, lats = _centres(pixels, BOX)
    covered = np.outer((lats > 40.0) & (lats < 41.0), (lons > 71.0) & (lons < 71.5))
    assert shown.has_gaps
    assert not pixels[covered].any()
    stripe = len(COLOURS.classes) + 1
    assert set(np.unique(pixels[~covered])) == {0, stripe}
    assert 0.1 < (pixels[~covered] == stripe).mean() < 0.4


def test_a_grid_of_another_continent_is_all_stripes(tmp_path: Path) -> None:
    """No error, and nothing that reads as nobody."""
    grid = open_grid(write_grid(tmp_path / "far.tif", np.ones((5, 5)), transform=north_up(10.0, 50.0, 0.1)))
    shown = shading.shade(grid, BOX, COLOURS.classes, COLOURS.stripe)
    assert shown.classes == ()
    assert shown.has_gaps


def test_a_projected_grid_lies_where_its_projection_says(tmp_path: Path) -> None:
    """One cell of a Mollweide grid: every pixel drawn transforms back into the cell, and none is missing."""
    cells = np.zeros((30, 30))
    cells[12, 7] = 4e6
    placed = north_up(5_900_000.0, 4_950_000.0, 20_000.0)
    grid = open_grid(write_grid(tmp_path / "moll.tif", cells, crs=MOLLWEIDE, transform=placed))
    pixels = _pixels(shading.shade(grid, BOX, COLOURS.classes, COLOURS.stripe))
    lons, lats = (part.ravel() for part in np.meshgrid(*_centres(pixels, BOX)))
    column, row = grid.placement.to_cells(lons, lats)
    inside = (np.floor(column) == 7) & (np.floor(row) == 12)
    edge = np.minimum(np.abs(column - np.round(column)), np.abs(row - np.round(row))) < 1e-3
    drawn = pixels.ravel() == len(COLOURS.classes)
    assert inside.sum() > 100
    assert np.array_equal(drawn[~edge], inside[~edge])


@pytest.mark.parametrize("step", [0.0, 0.002, 0.005])
def test_the_box_stays_while_the_frame_moves_a_little(step: float) -> None:
    """A frame that grows by less than a step keeps its picture; the box always holds the frame."""
    frame = (71.1 - step, 39.75 - step, 71.57 + step, 40.13 + step)
    box = shading.view_box(frame)
    assert box == shading.view_box((71.1, 39.75, 71.57, 40.13))
    assert box[0] <= frame[0]
    assert box[1] <= frame[1]
    assert box[2] >= frame[2]
    assert box[3] >= frame[3]


def test_both_themes_have_a_colour_for_each_class_that_grey_print_separates() -> None:
    """Lightness falls from class to class on a light map, and rises on a dark one."""
    for theme, sign in (("light", -1), ("dark", 1)):
        colours = shading.COLOURS[theme].classes
        assert len(colours) == len(shading.CLASS_EDGES_PER_KM2)
        rgb = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in colours])
        grey = rgb @ [0.2126, 0.7152, 0.0722]
        assert (sign * np.diff(grey) > 12).all(), theme
