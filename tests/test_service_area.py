"""What can be reached within some minutes: parts of roads cut at the minute, and the ground beside them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest

from geo import cli
from geo.crs import distances_m
from geo.errors import QuestionError
from geo.i18n import LANGUAGES, translator
from geo.many_answers import service_document, service_json
from geo.rules import RoadRules
from geo.service_area import AREA_COLUMNS, EDGE_COLUMNS, ServiceAreaAnswer, ServiceAreaQuestion, measure
from tests.opened import opened
from tests.road_worlds import point, valley

if TYPE_CHECKING:
    from pathlib import Path

    from geo.dataset import Dataset


@pytest.fixture(scope="module")
def data() -> Dataset:
    """Give the valley; its lorries drive 36 km/h, which is 600 m a minute."""
    return valley(sites=[point("S-LISTED", None, None), point("S-FAR", 73.0, 40.5)])


def ask(data: Dataset, places: str, *minutes: float, **options: object) -> ServiceAreaAnswer:
    """Ask what can be reached from places named in one text."""
    return measure(data, ServiceAreaQuestion(tuple(places.split()), minutes, **options))


def parts(answer: ServiceAreaAnswer) -> list[tuple[float, str, float, float]]:
    """List limit, section, begin and end of the parts."""
    edges = answer.edges
    return list(zip(*(edges[name] for name in ("minutes", "section_id", "from_share", "to_share")), strict=True))


def test_roads_are_cut_where_the_time_runs_out(data: Dataset) -> None:
    """In 50 minutes 30 of the 50 km from A to B are driven, in 100 all of them and 10 km on to each side of B."""
    answer = ask(data, "RN-A", 50, 100)
    assert list(answer.edges.columns) == [*EDGE_COLUMNS, "geometry"]
    assert parts(answer) == [
        (50, "RS-AB", 0, pytest.approx(0.6)),
        (100, "RS-AB", pytest.approx(0.6), 1),
        (100, "RS-BC", 0, pytest.approx(10 / 150)),
        # This section begins at D and ends at B: it is driven from its end.
        (100, "RS-BD", pytest.approx(50 / 60), 1),
    ]
    assert answer.areas["roads_m"].tolist() == pytest.approx([30_000, 70_000], abs=0.01)
    assert answer.areas["sections"].tolist() == [1, 3]
    assert {note.code for note in answer.notes} >= {"rule-stay-in", "legs-apart", "service-ground"}


def test_without_borders_roads_abroad_are_reached_too(data: Dataset) -> None:
    """From A a road leads to X in the other country."""
    free = ask(data, "RN-A", 50, rules=RoadRules(stay_in=()))
    assert {row[1] for row in parts(free)} == {"RS-AB", "RS-AX"}


def test_several_places_reach_what_any_of_them_reaches(data: Dataset) -> None:
    """From both ends of a section its parts meet; beside the middle of it the two parts stay apart."""
    both = ask(data, "RN-A RN-B", 10)
    assert [row for row in parts(both) if row[1] == "RS-AB"] == [
        (10, "RS-AB", 0, pytest.approx(0.12)),
        (10, "RS-AB", pytest.approx(0.88), 1),
    ]
    met = ask(data, "RN-A RN-B", 45)
    assert [row[2:] for row in parts(met) if row[1] == "RS-AB"] == [(0, 1)]


def test_a_place_beside_a_section_reaches_both_ways(data: Dataset) -> None:
    """From the middle of A–B, 5 minutes are 3 km, or 6 hundredths, to each side."""
    answer = ask(data, "74.25,41.0", 5)
    (row,) = parts(answer)
    middle = (row[2] + row[3]) / 2
    assert row[1] == "RS-AB"
    assert middle == pytest.approx(0.5, abs=0.001)
    assert row[3] - row[2] == pytest.approx(0.12)


def test_the_ground_is_as_wide_as_asked_and_nested(data: Dataset) -> None:
    """No point of the ground is farther from a road than the width; fewer minutes lie inside more."""
    answer = ask(data, "RN-A", 50, 100, 600, width_m=2_000)
    assert list(answer.areas.columns) == [*AREA_COLUMNS, "geometry"]
    inner, middle, outer = answer.areas.geometry
    assert inner.difference(middle).area < 1e-12
    assert middle.difference(outer).area < 1e-12
    lon, lat = inner.exterior.coords[0]
    road = answer.edges.geometry.iloc[0]
    near = road.interpolate(road.project(inner.exterior.interpolate(0)))
    assert distances_m(lon, lat, [near.x], [near.y])[0] == pytest.approx(2_000, rel=0.05)
    # A strip of 30 km on 42.1 km drawn, four kilometres wide, and the two half circles at its ends.
    assert answer.areas["area_m2"][0] == pytest.approx(25_280 * 4_000 + 3.1416 * 2_000**2, rel=0.02)


def test_places_that_reach_nothing_are_named(data: Dataset) -> None:
    """Too far, only listed, or excluded by a rule; with all of them so, the reason says it."""
    answer = ask(data, "RN-A S-FAR S-LISTED", 10)
    assert {note.code for note in answer.notes} >= {"snap-too-far", "places-without-position"}
    none = ask(data, "S-FAR S-LISTED", 10)
    assert none.reason is not None
    assert (none.reason.code, len(none.edges), len(none.areas)) == ("no-place-on-road", 0, 0)
    out = ask(data, "RN-X", 10, rules=RoadRules(stay_in=("KG",)))
    assert "places-excluded" in {note.code for note in out.notes}
    bare = ask(valley(road_nodes=[], road_sections=[]), "74,41", 10)
    assert bare.reason is not None
    assert bare.reason.code == "no-network"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"places": ()}, "service-places"),
        ({"minutes": ()}, "service-minutes"),
        ({"minutes": (0,)}, "service-minutes"),
        ({"minutes": (30, 2000)}, "service-minutes"),
        ({"minutes": (float("nan"),)}, "service-minutes"),
        ({"minutes": tuple(range(1, 13))}, "service-minutes"),
        ({"width_m": 0}, "service-width"),
        ({"snap_limit_m": -1}, "snap-range"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(options: dict[str, object], code: str) -> None:
    """A question that cannot be asked is refused."""
    with pytest.raises(QuestionError) as caught:
        ServiceAreaQuestion(**{"places": ("RN-A",), "minutes": (30,), **options})
    assert caught.value.code == code


def test_every_format_and_language(data: Dataset, tmp_path: Path) -> None:
    """Ground first or roads first; JSON without geometry."""
    answer = ask(data, "RN-A", 50, 100)
    for language in LANGUAGES:
        t = translator(language)
        for edges_first in (False, True):
            document = service_document(answer, t, edges_first=edges_first)
            for ending in (".csv", ".xlsx", ".geojson", ".gpkg"):
                first = answer.edges if edges_first else answer.areas
                assert opened(document, t, ending, tmp_path).iloc[:, 0].tolist() == first["minutes"].tolist()
        told = json.loads(json.dumps(service_json(data, answer, t)))
        assert [row["minutes"] for row in told["areas"]] == [50, 100]
        assert not any("geometry" in row for row in (*told["areas"], *told["edges"]))


def test_the_command_line_writes_both_layers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A GeoPackage with the ground and the roads, read back."""
    out = tmp_path / "reach.gpkg"
    arguments = ["service-area", "--at", "KG-KHD", "--minutes", "30,60", "--lang", "ky", "--out", str(out)]
    assert cli.main(arguments) == 0
    areas, edges = gpd.read_file(out, layer="service_areas"), gpd.read_file(out, layer="service_edges")
    assert areas["minutes"].tolist() == [30, 60]
    assert set(edges["minutes"]) <= {30, 60}
    assert cli.main(["service-area", "--at", "KG-KHD", "--minutes", "x", "--lang", "ru"]) == 2
    assert cli.main(["service-area", "--at", "KG-KHD", "--lang", "ru"]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 3


def test_on_a_closed_road_nothing_is_reached(data: Dataset) -> None:
    """A place beside a section that a rule closes stands there, and no road leads on."""
    area = "POLYGON ((74.3 40.9, 74.4 40.9, 74.4 41.1, 74.3 41.1, 74.3 40.9))"
    answer = ask(data, "74.2,41.0", 10, 20, rules=RoadRules(avoid=(area,)))
    assert (len(answer.edges), answer.areas["roads_m"].tolist()) == (0, [0, 0])
    assert (answer.areas["area_m2"] > 0).all()
