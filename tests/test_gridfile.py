"""Population grids as files: every kind that is usable is read alike, every other is refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from geo.crs import GEOD
from geo.errors import CrsError, QuestionError, SymapError
from geo.gridfile import GridError, open_grid_file
from geo.i18n import LANGUAGES, translator
from tests.grid_worlds import CELL, MOLLWEIDE, NORTH, WEST, WGS84, north_up, write_grid

if TYPE_CHECKING:
    from pathlib import Path

COUNTS = np.arange(40 * 30, dtype=float).reshape(40, 30)


def _read(path: Path, kind: str | None = None) -> tuple[np.ndarray, np.ndarray]:
    strips = list(open_grid_file(path, kind=kind).strips())
    return np.concatenate([s.persons for s in strips]), np.concatenate([s.known for s in strips])


def _refusal(path: Path, kind: str | None = None) -> SymapError:
    with pytest.raises(SymapError) as caught:
        _read(path, kind)
    texts = {
        key: [translator(language)(f"{key}.{caught.value.code}", **caught.value.params) for language in LANGUAGES]
        for key in ("error", "remedy")
    }
    assert all(text for found in texts.values() for text in found)
    return caught.value


@pytest.mark.parametrize(
    ("dtype", "profile"),
    [
        ("float32", {}),
        ("float64", {"compress": "deflate", "predictor": 3}),
        ("int16", {"compress": "lzw", "predictor": 2}),
        ("uint16", {"tiled": True, "blockxsize": 16, "blockysize": 16}),
        ("int32", {"bigtiff": "yes"}),
        ("uint32", {"compress": "zstd", "tiled": True, "blockxsize": 32, "blockysize": 16, "bigtiff": "yes"}),
        ("float32", {"blockysize": 7, "nodata": -99999.0}),
        ("float32", {"nodata": np.nan}),
        ("uint16", {"nodata": 65535}),
    ],
)
def test_counts_are_read_whatever_the_packing(tmp_path: Path, dtype: str, profile: dict[str, Any]) -> None:
    """Tiles, strips, compression, BigTIFF and the type of number change nothing."""
    persons, known = _read(write_grid(tmp_path / "grid.tif", COUNTS.astype(dtype), **profile))
    np.testing.assert_array_equal(persons, COUNTS)
    assert known.all()


@pytest.mark.parametrize(
    ("dtype", "mark"),
    [
        ("float32", -99999.0),
        ("float32", -3.4028234663852886e38),
        ("float64", -1.7e308),
        ("int32", -1),
        ("uint8", 255),
        ("float32", np.nan),
    ],
)
def test_no_data_is_unknown_and_adds_nobody(tmp_path: Path, dtype: str, mark: float) -> None:
    """Any marker of no data is understood, the largest floats and NaN too."""
    values = np.full((4, 5), 7, dtype=dtype)
    values[1, 2] = mark
    persons, known = _read(write_grid(tmp_path / "grid.tif", values, nodata=mark))
    assert persons.sum() == 7 * 19
    assert np.argwhere(~known).tolist() == [[1, 2]]


def test_largest_float_written_with_few_digits_is_still_no_data(tmp_path: Path) -> None:
    """Headers often say -3.4e+38 for the least number of 32 bits."""
    values = np.full((4, 5), 7, dtype="float32")
    values[0, 0] = np.finfo("float32").min
    assert _read(write_grid(tmp_path / "grid.tif", values, nodata=-3.40282e38))[1].sum() == 19


def test_densities_are_refused_unless_declared(tmp_path: Path) -> None:
    """A file that speaks of density is not summed; declared, it becomes people by the true areas of its cells."""
    values = np.full((3, 4), 50.0)
    by_name = write_grid(tmp_path / "population_density.tif", values)
    by_tag = write_grid(tmp_path / "grid.tif", values, tags={"units": "persons per sq km"})
    assert _refusal(write_grid(tmp_path / "kgz_popdens2020.tif", values)).code == "grid-is-density"
    for path in (by_name, by_tag):
        assert _refusal(path).code == "grid-is-density"
        assert _read(path, "count")[0].sum() == 600.0
        persons, _ = _read(path, "density")
        # Derivation: a cell's geodesic area, its parallels drawn with many corners, times 50 persons per km².
        for row in range(3):
            north, south, steps = NORTH - row * CELL, NORTH - (row + 1) * CELL, np.linspace(0, CELL, 50)
            ring = np.concatenate(
                [
                    np.column_stack([WEST + steps, np.full(50, south)]),
                    np.column_stack([WEST + steps[::-1], np.full(50, north)]),
                ]
            )
            area_m2, _ = GEOD.polygon_area_perimeter(*ring.T)
            assert persons[row] == pytest.approx(50 * area_m2 / 1e6, rel=1e-6)


def test_densities_in_an_equal_area_projection_use_the_plain_cell(tmp_path: Path) -> None:
    """In Mollweide a cell of 1 km is 1 km² everywhere, to within the sphere that the projection uses."""
    place = north_up(6_000_000, 4_800_000, 1000)
    persons, _ = _read(write_grid(tmp_path / "g.tif", np.full((5, 6), 20.0), crs=MOLLWEIDE, transform=place), "density")
    assert persons == pytest.approx(20.0, rel=0.005)
    assert np.ptp(persons) < 0.01


def test_undeclared_densities_of_small_cells_are_caught_by_their_sum(tmp_path: Path) -> None:
    """A mean of 500 people in cells of 100 m would be 60,000 to 70,000 on a square kilometre: too dense twice over."""
    place = north_up(WEST, NORTH, 1 / 1200)
    path = write_grid(tmp_path / "grid.tif", np.full((50, 50), 1000.0), transform=place)
    assert _refusal(path).code == "grid-density-implausible"
    assert _read(path, "count")[0].sum() == 2_500_000


@pytest.mark.parametrize(
    ("code", "values", "profile"),
    [
        ("grid-no-crs", COUNTS, {"crs": None}),
        ("grid-no-position", COUNTS, {"transform": Affine.identity()}),
        ("grid-rotated", COUNTS, {"transform": Affine(0.01, 0.002, 71.0, 0.002, -0.01, 40.0)}),
        ("grid-off-globe", COUNTS, {"transform": north_up(600_000, 4_400_000, 100)}),
        ("grid-off-globe", COUNTS, {"crs": MOLLWEIDE, "transform": north_up(9e7, 9e7, 1000)}),
        ("grid-several-bands", np.stack([COUNTS] * 3), {}),
        ("grid-is-picture", np.zeros((3, 8, 8), dtype="uint8"), {"photometric": "RGB"}),
        ("grid-negative", np.where(COUNTS == 31, -5.0, COUNTS), {}),
        ("grid-infinite", np.where(COUNTS == 31, np.inf, COUNTS), {}),
        ("grid-all-nodata", np.full((5, 5), -1.0), {"nodata": -1}),
        ("grid-all-nodata", np.full((5, 5), np.nan), {}),
        ("grid-not-numbers", COUNTS.astype("complex64"), {}),
    ],
)
def test_unusable_grids_are_refused_by_name(
    tmp_path: Path, code: str, values: np.ndarray, profile: dict[str, Any]
) -> None:
    """Each fault has its own code, and sentences in three languages."""
    error = _refusal(write_grid(tmp_path / "grid.tif", values, **profile))
    assert error.code == code
    assert isinstance(error, CrsError if code == "grid-no-crs" else GridError)


def test_a_negative_count_is_found_at_its_row_and_column(tmp_path: Path) -> None:
    """The first of them is named as a person counts: from one."""
    values = COUNTS.copy()
    values[3, 8] = -2.5
    error = _refusal(write_grid(tmp_path / "grid.tif", values))
    assert error.params == {"file": "grid.tif", "row": 4, "column": 9, "found": -2.5}


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 something", b"\x89PNG\r\n\x1a\n0000", b"II*\0", b"<html>not found</html>"]
)
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    """Empty files, archives, pictures, cut-off headers and error pages of a server are no grids."""
    path = tmp_path / "grid.tif"
    path.write_bytes(content)
    expected = {b"": "grid-empty-file", b"II*\0": "grid-unreadable"}.get(content, "grid-not-geotiff")
    assert _refusal(path).code == expected


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    """Also when the name is an address: nothing is fetched."""
    for name in (tmp_path / "none.tif", "https://example.org/grid.tif", "/vsicurl/https://example.org/grid.tif"):
        with pytest.raises(GridError, match="grid-not-found"):
            open_grid_file(name)


@pytest.mark.parametrize("profile", [{}, {"compress": "deflate", "tiled": True, "blockxsize": 64, "blockysize": 64}])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.97])
def test_truncated_files_are_refused(tmp_path: Path, profile: dict[str, Any], share: float) -> None:
    """A download that broke off is never read as if the rest were empty."""
    path = write_grid(tmp_path / "grid.tif", np.random.default_rng(0).random((400, 300)), **profile)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    assert _refusal(path).code == "grid-unreadable"


def test_a_header_of_forty_gigabytes_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    """A small sparse file may claim any size."""
    path = tmp_path / "huge.tif"
    place = north_up(60, 50, 1e-4)
    settings = {"driver": "GTiff", "width": 100_000, "height": 100_000, "count": 1, "dtype": "float32", "crs": WGS84}
    with rasterio.open(path, "w", **settings, transform=place, sparse_ok=True, tiled=True, bigtiff="yes"):
        pass
    assert path.stat().st_size < 100_000_000
    assert _refusal(path).code == "grid-too-large"


def test_a_block_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    """One strip of 1.6 GB would have to be unpacked whole."""
    path = tmp_path / "strip.tif"
    settings = {"driver": "GTiff", "width": 20_000, "height": 20_000, "count": 1, "dtype": "float32", "compress": "lzw"}
    with rasterio.open(
        path, "w", **settings, crs=WGS84, transform=north_up(60, 50, 1e-4), sparse_ok=True, blockysize=20_000
    ):
        pass
    assert _refusal(path).code == "grid-block-too-large"


def test_side_files_do_not_change_what_a_grid_says(tmp_path: Path) -> None:
    """The content of the file alone decides; else its hash would not tell two readings apart."""
    path = write_grid(tmp_path / "grid.tif", COUNTS)
    (tmp_path / "grid.tif.aux.xml").write_text(
        "<PAMDataset><PAMRasterBand band='1'><NoDataValue>5</NoDataValue></PAMRasterBand></PAMDataset>",
        encoding="utf-8",
    )
    assert _read(path)[1].all()


def test_kinds_that_do_not_exist_are_refused(tmp_path: Path) -> None:
    """Only counts and densities are known."""
    with pytest.raises(QuestionError, match="grid-kind"):
        open_grid_file(write_grid(tmp_path / "grid.tif", COUNTS), kind="people")
