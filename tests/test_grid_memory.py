"""A grid that remembers circles answers as one that does not, whatever it was asked before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from geo.exposure import ExposureQuestion, measure
from geo.grid_memory import MAX_REMEMBERED, RememberingGrid
from geo.grid_people import GridPeople
from geo.grids import open_grid
from tests.effort import examples
from tests.grid_worlds import noisy, north_up, write_grid
from tests.people_worlds import site, world

if TYPE_CHECKING:
    from pathlib import Path

    from geo.dataset import Dataset


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """Give a site whose position is known to 2 km, and one that is certain."""
    return world(sites=[site("S", 2000.0), site("N", 0.0, 12_000.0)])


@pytest.fixture(scope="module")
def pair(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> tuple[GridPeople, RememberingGrid]:
    """Give the same grid without and with memory."""
    folder = tmp_path_factory.mktemp("memory")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYMAP_CACHE", str(folder / "cache"))
        path: Path = write_grid(folder / "people.tif", noisy(100, 100), transform=north_up(71.5, 41.5, 0.01))
        grid = open_grid(path)
    return GridPeople(grid, dataset.borders), RememberingGrid(grid, dataset.borders)


@given(radii_m=st.lists(st.floats(200, 30_000), min_size=1, max_size=4, unique=True), name=st.sampled_from(["S", "N"]))
@examples(25, HealthCheck.function_scoped_fixture)
def test_memory_changes_no_number(
    radii_m: list[float], name: str, dataset: Dataset, pair: tuple[GridPeople, RememberingGrid]
) -> None:
    """Radii in any order of questions: rings, countries and ranges agree to rounding."""
    question = ExposureQuestion((name,), tuple(radii_m))
    plain, remembering = (measure(dataset, question, people) for people in pair)
    for column in ("population_persons", "population_min_persons", "population_max_persons", "units", "coverage_share"):
        for frame in ("rings", "disks", "by_country", "totals_by_radius"):
            one, other = (getattr(answer, frame)[column].to_numpy(dtype=float) for answer in (plain, remembering))
            np.testing.assert_allclose(other, one, rtol=1e-9, atol=1e-6, err_msg=f"{frame} {column}")


def test_a_moved_radius_counts_its_own_circles_alone(
    dataset: Dataset, pair: tuple[GridPeople, RememberingGrid], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three radii one changes: only circles of that radius reach the grid."""
    remembering = RememberingGrid(pair[1].grid, dataset.borders)
    measure(dataset, ExposureQuestion(("S",), (1000.0, 3000.0, 9000.0)), remembering)
    asked: list[set[float]] = []
    original = GridPeople._disks

    def watch(self: GridPeople, lon: np.ndarray, lat: np.ndarray, radius_m: np.ndarray, reach: object) -> np.ndarray:
        asked.append(set(radius_m.tolist()))
        return original(self, lon, lat, radius_m, reach)  # type: ignore[arg-type]

    monkeypatch.setattr(GridPeople, "_disks", watch)
    measure(dataset, ExposureQuestion(("S",), (1000.0, 3100.0, 9000.0)), remembering)
    measure(dataset, ExposureQuestion(("S",), (1000.0, 3100.0, 9000.0)), remembering)
    assert asked == [{3100.0}]


def test_memory_has_an_end(dataset: Dataset, pair: tuple[GridPeople, RememberingGrid]) -> None:
    """However long a reader drags, no more is kept than the bound."""
    remembering = RememberingGrid(pair[1].grid, dataset.borders)
    for first in range(0, MAX_REMEMBERED + 40, 20):
        radii_m = tuple(1000.0 + first + step for step in range(20))
        measure(dataset, ExposureQuestion(("72.1,41.1",), radii_m), remembering)
    assert len(remembering._memory) == MAX_REMEMBERED
