"""Laws of corridors: what a wider strip, a worse line, another cut or another order of the points can and cannot change."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.brought import layer_of
from geo.corridor import CorridorQuestion, measure, measure_regions
from tests.effort import examples
from tests.people_worlds import CENTRE, area, at, site, square, village, world
from tests.test_regions import collection

if TYPE_CHECKING:
    from geo.dataset import Dataset

law = examples(25)
CENTRAL, LOW, HIGH = "population_persons", "population_min_persons", "population_max_persons"
ENCLAVE = square(6000.0, 4000.0)
AREAS = [area("R", 20_000.0), area("X", 900.0, kind="exclave", border_id="EX", country="UZ")]
persons = st.one_of(st.none(), st.integers(1, 5000))


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    """Draw villages about the line, with a number or without, of a country or of the enclave in it."""
    rows: list[dict[str, Any]] = []
    for number in range(draw(st.integers(0, 8))):
        distance_m, bearing_deg = draw(st.integers(0, 12_000)), draw(st.integers(0, 359))
        tied, country = draw(st.sampled_from([("R", "KG"), (None, "KG"), ("X", "UZ"), (None, "UZ")]))
        rows.append(village(f"V{number}", distance_m, bearing_deg, draw(persons), tied, country))
    return world(rows, AREAS, [site("S", 0.0)], ENCLAVE)


@st.composite
def lines(draw: st.DrawFn) -> shapely.LineString:
    """Draw a line of two to four corners within some kilometres of the centre."""
    turns = draw(st.lists(st.tuples(st.integers(500, 9000), st.integers(0, 359)), min_size=1, max_size=3))
    return shapely.LineString([CENTRE, *(at(distance_m, bearing_deg) for distance_m, bearing_deg in turns)])


@law
@given(datasets(), lines(), st.tuples(st.integers(50, 4000), st.integers(50, 4000)))
def test_people_never_fall_as_the_strip_widens(
    dataset: Dataset, line: shapely.LineString, widths: tuple[int, int]
) -> None:
    """Low, central and high; ground too."""
    narrow, wide = (measure(dataset, CorridorQuestion(line, float(width_m))) for width_m in sorted(widths))
    for name in (LOW, CENTRAL, HIGH, "area_m2"):
        pair = getattr(narrow, name), getattr(wide, name)
        assert any(math.isnan(value) for value in pair) or pair[0] <= pair[1] + 1e-6


@law
@given(datasets(), lines(), st.tuples(st.integers(0, 3000), st.integers(0, 3000)))
def test_a_worse_line_never_narrows_the_range(
    dataset: Dataset, line: shapely.LineString, errors: tuple[int, int]
) -> None:
    """The central value stays where there is one; beyond the width there is none."""
    good, bad = (measure(dataset, CorridorQuestion(line, 800.0, float(error_m))) for error_m in sorted(errors))
    # "No data" is wider than any range: a farther village without a number may come within reach.
    if not math.isnan(good.population_max_persons) and not math.isnan(bad.population_max_persons):
        assert bad.population_min_persons <= good.population_min_persons + 1e-6
        assert bad.population_max_persons >= good.population_max_persons - 1e-6
    assert bad.range_only == (max(errors) > 800)
    for answer in (good, bad):
        ends = answer.population_min_persons, answer.population_persons, answer.population_max_persons
        if not any(math.isnan(value) for value in ends):
            assert ends[0] <= ends[1] + 1e-6
            assert ends[1] <= ends[2] + 1e-6
    if not bad.range_only:
        assert good.population_persons == pytest.approx(bad.population_persons, nan_ok=True)


@law
@given(datasets(), lines(), st.sampled_from([0.0, 300.0]))
def test_every_cut_sums_to_the_whole(dataset: Dataset, line: shapely.LineString, error_m: float) -> None:
    """Stretches, countries, parts of countries and regions: everybody once."""
    question = CorridorQuestion(line, 1500.0, error_m)
    answer = measure(dataset, question)
    west, east = shapely.box(71, 40, CENTRE[0], 41.02), shapely.box(CENTRE[0], 40, 73, 41.02)
    layer = layer_of("raions.geojson", collection([({"id": "W"}, west), ({"id": "E"}, east)]))
    regions = measure_regions(dataset, question, layer)
    if math.isnan(answer.population_persons):
        return
    for frame in (answer.profile, answer.by_country, answer.by_part, regions.by_region):
        assert frame[CENTRAL].sum() == pytest.approx(answer.population_persons, rel=1e-3, abs=1e-6)
    assert answer.profile["area_m2"].sum() == pytest.approx(answer.area_m2, rel=1e-3)


@law
@given(datasets(), lines())
def test_the_way_back_passes_the_same_people(dataset: Dataset, line: shapely.LineString) -> None:
    """Turned round, a line has the same strip and the same towns, in the opposite order."""
    there, back = (measure(dataset, CorridorQuestion(way, 1500.0)) for way in (line, line.reverse()))
    for name in (LOW, CENTRAL, HIGH, "area_m2", "length_m"):
        # Turned round, the line is cut elsewhere, and each piece is drawn in the plane of its own middle: areas are
        # promised to a thousandth.
        assert getattr(there, name) == pytest.approx(getattr(back, name), rel=1e-3, nan_ok=True)
    assert set(there.towns["id"]) == set(back.towns["id"])
