"""Laws of corridors, regions and receptors: what must hold whatever the line, the cut and the place."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.brought import OwnLayer
from geo.corridor import CorridorQuestion, measure
from geo.exposure import ExposureQuestion
from geo.exposure import measure as measure_exposure
from geo.receptors import measure_receptors
from geo.regions import measure_regions
from tests.effort import examples
from tests.people_worlds import CENTRE, at, site, village, world

SPOTS = st.tuples(st.floats(71.7, 72.3), st.floats(40.8, 41.2))


@cache
def _world() -> object:
    rng = np.random.default_rng(3)
    rows = [village(f"V{n}", float(rng.uniform(100, 25_000)), float(rng.uniform(0, 360)), float(n)) for n in range(60)]
    return world(rows, sites=[site("S", 0.0), site("T", 0.0, 9_000.0)])


def _layer(shapes: list[shapely.Geometry]) -> OwnLayer:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    ids = tuple(str(number) for number in range(len(shapes)))
    return OwnLayer("l.geojson", ids, tuple({} for _ in ids), array, np.full(len(ids), np.nan), 0, 0)


@given(st.lists(SPOTS, min_size=2, max_size=5, unique=True), st.floats(200, 8000), st.floats(1, 3), st.floats(0, 3000))
@examples(25)
def test_a_corridor_grows_with_its_width_and_its_profile_sums_to_it(
    spots: list[tuple[float, float]], width_m: float, factor: float, error_m: float
) -> None:
    """Nobody leaves a wider corridor; stretches share everybody out once; the way back passes the same people."""
    line = shapely.LineString(spots)
    narrow, wide = (measure(_world(), CorridorQuestion(line, width_m * part)) for part in (1.0, factor))
    assert narrow.population_persons <= wide.population_persons
    assert narrow.profile["population_persons"].sum() == pytest.approx(narrow.population_persons)
    back = measure(_world(), CorridorQuestion(line.reverse(), width_m))
    assert back.population_persons == narrow.population_persons
    some = measure(_world(), CorridorQuestion(line, width_m, error_m))
    assert some.population_min_persons <= narrow.population_persons <= some.population_max_persons


@given(st.floats(71.8, 72.2), st.floats(40.9, 41.1))
@examples(25)
def test_however_the_ground_is_cut_everybody_counts_once(lon: float, lat: float) -> None:
    """Four quarters that share their edges hold the people of the whole, and so they do in any order."""
    quarters = [shapely.box(min(x, lon), min(y, lat), max(x, lon), max(y, lat)) for x in (70, 74) for y in (39.5, 42.5)]
    question = ExposureQuestion(("S", "T"), (4000.0, 20_000.0))
    whole = measure_exposure(_world(), question).totals_by_radius["population_persons"].to_numpy()
    for shapes in (quarters, quarters[::-1]):
        found = measure_regions(_world(), question, _layer(shapes)).totals_by_region
        assert found.groupby("radius_m")["population_persons"].sum().to_numpy() == pytest.approx(whole)


@given(st.lists(SPOTS, min_size=1, max_size=12, unique=True), st.floats(0, 2000))
@examples(25)
def test_receptors_fall_into_one_ring_each(spots: list[tuple[float, float]], error_m: float) -> None:
    """Rings sum to the list; the range holds the count; the nearest outside is beyond all of them."""
    from geo.places import Place  # noqa: PLC0415 - beside its use

    radii_m = (1000.0, 5000.0, 15_000.0)
    place = Place("S", None, {}, *CENTRE, positional_error_m=error_m)
    found = measure_receptors(_layer([shapely.Point(spot) for spot in spots]), [place], radii_m)
    inside = found.receptors[found.receptors["inside"]]
    assert found.rings["receptors"].sum() == len(inside)
    assert (found.rings["receptors_min"] <= found.rings["receptors"]).all()
    assert (found.rings["receptors"] <= found.rings["receptors_max"]).all()
    outside = found.receptors[~found.receptors["inside"]]
    assert len(outside) == int(len(inside) < len(spots))
    assert (outside["distance_m"] > radii_m[-1]).all()
    assert inside["distance_m"].is_monotonic_increasing
    assert at(0.0, 0.0) == pytest.approx(CENTRE)
