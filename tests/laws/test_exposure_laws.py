"""Laws that hold for every district: nobody appears or disappears by how the question is asked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import to_wgs84
from geo.exposure import ExposureQuestion, measure
from geo.zones import circle, geodesic_area_m2
from tests.effort import examples
from tests.people_worlds import area, site, square, village, world
from tests.test_zones import circle_area_m2

if TYPE_CHECKING:
    from geo.dataset import Dataset

LOW, CENTRAL, HIGH = "population_min_persons", "population_persons", "population_max_persons"
EXCLAVE = square(12_000, 16_000)
#: A raion, a town in it, and an exclave with a higher figure in dispute.
AREAS = [
    area("R", 60_000),
    area("T", 20_000, parent_id="R"),
    area("X", 30_000, kind="exclave", country="UZ", border_id="EX", population_high_persons=45_000),
]

law = examples(25)

persons = st.one_of(st.none(), st.integers(1, 20_000))
errors_m = st.sampled_from([0.0, 40.0, 900.0, 3_000.0, 4_300.0, 5_000.0, 12_000.0])
radii = st.lists(st.integers(100, 50_000), min_size=1, max_size=5, unique=True).map(tuple)


@st.composite
def villages(draw: st.DrawFn, max_size: int = 12) -> list[dict[str, Any]]:
    """Draw villages round the centre: with a number or without, in an area or in none."""
    rows = []
    for number in range(draw(st.integers(0, max_size))):
        distance_m, bearing_deg = draw(st.integers(0, 45_000)), draw(st.integers(0, 359))
        tied, country = draw(st.sampled_from([("R", "KG"), ("T", "KG"), ("X", "UZ"), (None, "KG"), (None, "UZ")]))
        rows.append(village(f"V{number}", distance_m, bearing_deg, draw(persons), tied, country))
    return rows


def _world(rows: list[dict[str, Any]], *errors: float) -> Dataset:
    sites = [site(f"S{number}", error, distance_m=7_000.0 * number) for number, error in enumerate(errors)]
    return world(rows, AREAS, sites, EXCLAVE)


def _rises(values: pd.Series) -> bool:
    known = values.dropna().to_numpy()
    return bool((np.diff(known) >= -1e-6).all())


@law
@given(villages(), radii, errors_m)
def test_people_never_fall_as_the_radius_grows(
    rows: list[dict[str, Any]], radii_m: tuple[int, ...], error: float
) -> None:
    """Low, central and high, of every country and of all; settlements too."""
    answer = measure(_world(rows, error), ExposureQuestion(("S0",), radii_m))
    for frame in (answer.disks, answer.totals_by_radius):
        assert all(_rises(frame[name]) for name in (LOW, CENTRAL, HIGH, "settlements", "area_m2"))
    for _, frame in answer.totals_by_country.groupby("country"):
        assert all(_rises(frame[name]) for name in (LOW, CENTRAL, HIGH))


@law
@given(villages(), radii)
def test_rings_sum_to_the_disk(rows: list[dict[str, Any]], radii_m: tuple[int, ...]) -> None:
    """Settlements, low and central people, ground; a ring of which nothing is known adds nothing."""
    answer = measure(_world(rows, 0.0), ExposureQuestion(("S0",), radii_m))
    for name in ("settlements", "settlements_unknown_population", LOW, CENTRAL, "area_m2"):
        sums = answer.rings[name].fillna(0.0).cumsum()
        known = answer.disks[name].notna()
        assert sums[known].to_numpy() == pytest.approx(answer.disks[name][known].to_numpy(), rel=1e-9, abs=1e-6)


@law
@given(villages(), radii)
def test_the_radii_asked_beside_it_change_no_disk(rows: list[dict[str, Any]], radii_m: tuple[int, ...]) -> None:
    """A disk is the same whether it is asked about alone or with others."""
    dataset = _world(rows, 900.0)
    together = measure(dataset, ExposureQuestion(("S0",), radii_m)).disks.set_index("outer_radius_m")
    alone = measure(dataset, ExposureQuestion(("S0",), radii_m[:1])).disks.set_index("outer_radius_m")
    for name in (LOW, CENTRAL, HIGH, "settlements"):
        both = alone[name].iloc[0], together.loc[float(radii_m[0]), name]
        assert both[0] == pytest.approx(both[1], nan_ok=True)


@law
@given(villages(), radii, st.tuples(errors_m, errors_m, errors_m))
def test_the_union_lies_between_its_greatest_part_and_the_sum(
    rows: list[dict[str, Any]], radii_m: tuple[int, ...], errors: tuple[float, ...]
) -> None:
    """Everybody is counted, and once."""
    answer = measure(_world(rows, *errors), ExposureQuestion(("S0", "S1", "S2"), radii_m))
    parts, union = answer.disks.groupby("outer_radius_m"), answer.totals_by_radius.set_index("radius_m")
    for name in (LOW, CENTRAL, HIGH, "settlements", "area_m2"):
        total = union[name]
        known = total.notna()
        assert (total[known] >= parts[name].max()[known].fillna(0.0) - 1e-3).all()
        whole = answer.disks[name].notna().groupby(answer.disks["outer_radius_m"]).all()
        assert (total[known & whole] <= parts[name].sum()[known & whole] * (1 + 1e-9) + 1e-3).all()
    assert (union[LOW].fillna(0) <= union[HIGH].fillna(0)).all()


@law
@given(villages(), radii, errors_m)
def test_one_place_is_its_own_union(rows: list[dict[str, Any]], radii_m: tuple[int, ...], error: float) -> None:
    """To the last digit."""
    answer = measure(_world(rows, error), ExposureQuestion(("S0",), radii_m))
    names = [LOW, CENTRAL, HIGH, "settlements", "settlements_unknown_population", "low_data", "range_only", "area_m2"]
    pd.testing.assert_frame_equal(pd.DataFrame(answer.disks[names]), answer.totals_by_radius[names])


@law
@given(villages(), radii, errors_m)
def test_low_central_and_high_keep_their_order(
    rows: list[dict[str, Any]], radii_m: tuple[int, ...], error: float
) -> None:
    """In rings, disks, countries and the union."""
    answer = measure(_world(rows, error), ExposureQuestion(("S0",), radii_m))
    for frame in (answer.rings, answer.disks, answer.by_country, answer.totals_by_radius, answer.totals_by_country):
        known = frame[CENTRAL].notna()
        assert (frame[LOW][known] <= frame[CENTRAL][known]).all()
        assert (frame[CENTRAL][known] <= frame[HIGH][known]).all()
        ranged = frame[LOW].notna()
        assert (frame[LOW][ranged] <= frame[HIGH][ranged]).all()
        assert (frame[LOW].dropna() >= 0).all()


@law
@given(villages(), radii, errors_m)
def test_countries_sum_to_the_ring(rows: list[dict[str, Any]], radii_m: tuple[int, ...], error: float) -> None:
    """The central value of a ring is its countries' together."""
    answer = measure(_world(rows, error), ExposureQuestion(("S0",), radii_m))
    sums = answer.by_country[~answer.by_country["cumulative"]].groupby("outer_radius_m")[CENTRAL].sum()
    rings = answer.rings.set_index("outer_radius_m")[CENTRAL].dropna()
    assert sums.reindex(rings.index, fill_value=0.0).to_numpy() == pytest.approx(rings.to_numpy())
    keys = ["cumulative", "outer_radius_m", "country"]
    parts, countries = (frame.groupby(keys)[CENTRAL].sum() for frame in (answer.by_part, answer.by_country))
    assert parts.index.equals(countries.index)
    assert parts.to_numpy() == pytest.approx(countries.to_numpy())


@law
@given(villages(), st.randoms(use_true_random=False), errors_m)
def test_the_order_of_rows_does_not_matter(rows: list[dict[str, Any]], random: Any, error: float) -> None:
    """Shuffled tables give the same answer to the last digit."""
    question = ExposureQuestion(("S0",), (3_000, 20_000))
    shuffled = random.sample(rows, len(rows))
    first = measure(_world(rows, error), question)
    second = measure(world(shuffled, AREAS[::-1], [site("S0", error)], EXCLAVE), question)
    pd.testing.assert_frame_equal(pd.DataFrame(first.rings), pd.DataFrame(second.rings))
    pd.testing.assert_frame_equal(first.settlements, second.settlements)
    pd.testing.assert_frame_equal(first.by_country, second.by_country)
    assert first.sources == second.sources


@law
@given(villages())
def test_the_reference_system_of_the_input_does_not_matter(rows: list[dict[str, Any]]) -> None:
    """Villages that came in metres of zone 42 are counted like those that came in degrees."""
    dataset = _world(rows, 0.0)
    settlements = dataset.settlements
    projected = gpd.GeoDataFrame(settlements.drop(columns=["lon", "lat"])).set_crs(4326).to_crs(32642)
    back = to_wgs84(projected, file="settlements.gpkg")
    moved = settlements.assign(lon=back.geometry.x, lat=back.geometry.y)
    question = ExposureQuestion(("S0",), (3_000.5, 20_000.5))
    first, second = (
        measure(dataset, question),
        measure(dataset.with_table("settlements", moved) if rows else dataset, question),
    )
    pd.testing.assert_frame_equal(
        pd.DataFrame(first.rings.drop(columns="geometry")), pd.DataFrame(second.rings.drop(columns="geometry"))
    )


@law
@given(villages(), radii, errors_m, errors_m)
def test_a_wider_error_never_narrows_the_range(
    rows: list[dict[str, Any]], radii_m: tuple[int, ...], one: float, other: float
) -> None:
    """Knowing less about the position cannot tell more about the people."""
    question = ExposureQuestion(("S0",), radii_m)
    sure, unsure = (measure(_world(rows, error), question).disks for error in sorted((one, other)))
    known = sure[LOW].notna() & unsure[LOW].notna()
    assert (unsure[LOW][known] <= sure[LOW][known]).all()
    assert (unsure[HIGH][known] >= sure[HIGH][known]).all()


@law
@given(radii, errors_m)
def test_where_nobody_is_recorded_nobody_is_counted(radii_m: tuple[int, ...], error: float) -> None:
    """No settlements and no exclave: 0, on few data."""
    answer = measure(world(sites=[site("S0", error)]), ExposureQuestion(("S0",), radii_m))
    assert (answer.disks[[LOW, HIGH, "settlements"]] == 0).all(axis=None)
    assert answer.disks[CENTRAL].fillna(0).eq(0).all()
    assert answer.disks["low_data"].all()
    assert answer.settlements.empty
    assert answer.by_country.empty


@examples(100)
@given(st.floats(69, 81), st.floats(39, 43.5), st.floats(100, 200_000))
def test_circles_have_their_area_everywhere(lon: float, lat: float, radius_m: float) -> None:
    """Within 0.1 % of the geodesic circle, in the whole window."""
    assert math.isclose(geodesic_area_m2(circle(lon, lat, radius_m)), circle_area_m2(lat, radius_m), rel_tol=1e-3)
