"""Matrices: equal to routes where it is hard, reasons for pairs without a way, tables to take away."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from geo import cli, routing
from geo.errors import QuestionError
from geo.export import FORMATS
from geo.i18n import LANGUAGES, translator
from geo.many_answers import matrix_document, matrix_json
from geo.matrix import MOST_PAIRS, PAIR_COLUMNS, REASONS, MatrixAnswer, MatrixQuestion, measure
from geo.rules import RoadRules
from tests.opened import opened
from tests.road_worlds import dataset, node, point, road, valley

if TYPE_CHECKING:
    from pathlib import Path

    from geo.dataset import Dataset


MEASURES = {"distance": "distance_m", "time": "travel_time_s"}


@pytest.fixture(scope="module")
def data() -> Dataset:
    """Give the valley with a place that is only listed and one far from any road."""
    return valley(sites=[point("S-LISTED", None, None), point("S-FAR", 73.0, 40.5)])


def ask(data: Dataset, origins: str, destinations: str, **options: object) -> MatrixAnswer:
    """Ask for a matrix between places named in one text each."""
    return measure(data, MatrixQuestion(tuple(origins.split()), tuple(destinations.split()), **options))


def reason(answer: MatrixAnswer) -> list[list[str]]:
    """Give the reasons of all pairs."""
    return [[REASONS[code] for code in row] for row in answer.reason_code]


def test_distances_and_times_of_all_pairs(data: Dataset) -> None:
    """Rows are origins, columns destinations; 36 km/h is 10 m/s."""
    answer = ask(data, "RN-A RN-D", "RN-B RN-C RN-D", minimise="distance", rules=RoadRules(stay_in=("KG",)))
    assert answer.distance_m.tolist() == [[50_000, 200_000, 110_000], [60_000, 210_000, 0]]
    assert (answer.travel_time_s == answer.distance_m / 10).all()
    assert (answer.reason_code == 0).all()
    assert answer.rules_applied == ("stay-in",)


def test_countries_are_stayed_in_pair_by_pair(data: Dataset) -> None:
    """Between two places of one country the road stays in it; to another country it may leave."""
    answer = ask(data, "RN-A", "RN-C RN-X", minimise="distance")
    assert answer.distance_m.tolist() == [[200_000, 110_000]]
    free = ask(data, "RN-A", "RN-C RN-X", minimise="distance", rules=RoadRules(stay_in=()))
    assert free.distance_m.tolist() == [[155_000, 110_000]]


def test_pairs_without_a_way_say_why(data: Dataset) -> None:
    """Each reason of its own, and no number."""
    cut = data.with_table("road_sections", data.road_sections[data.road_sections["id"] != "RS-BC"])
    answer = ask(cut, "RN-A S-LISTED S-FAR", "RN-B RN-C RN-E", minimise="distance")
    assert reason(answer) == [["", "only-abroad", "no-road"], ["no-position"] * 3, ["snap-too-far"] * 3]
    assert np.isnan(answer.distance_m[answer.reason_code > 0]).all()
    assert np.isnan(answer.travel_time_s[answer.reason_code > 0]).all()
    kept = ask(data, "RN-A", "RN-X RN-B", rules=RoadRules(stay_in=("KG",)))
    assert reason(kept) == [["excluded-by-rule", ""]]
    around = RoadRules(stay_in=(), avoid=("POLYGON ((74.2 40.9, 74.3 40.9, 74.3 41.4, 74.2 41.4, 74.2 40.9))",))
    assert reason(ask(data, "RN-A", "RN-B RN-A", rules=around)) == [["rules-forbid", ""]]


def test_the_closure_that_withholds_a_way_is_named_beside_its_pair() -> None:
    """The names stand as the distances do, a row an origin, also where there are more columns than rows."""
    closure = {"id": "C", "name_en": "Side road", "kind": "ban", "section_ids": ("RS-BD",), "source": "a report"}
    closing = valley(closures=[closure])
    answer = ask(closing, "RN-A RN-D", "RN-A RN-B RN-D", minimise="distance")
    names = [[None, None, "C"], ["C", "C", None]]
    assert matrix_json(closing, answer, translator("en"))["withheld_by"] == names
    assert answer.pairs()["rule"].tolist() == [*names[0], *names[1]]


def test_without_roads_or_speeds_nothing_is_measured(data: Dataset) -> None:
    """The same reasons as a route's."""
    assert reason(ask(valley(road_nodes=[], road_sections=[]), "74,41", "74.5,41")) == [["no-network"]]
    still = data.with_table("road_speeds", data["road_speeds"].iloc[:0])
    assert reason(ask(still, "RN-A", "RN-B")) == [["no-speeds"]]
    assert ask(still, "RN-A", "RN-B", minimise="distance").distance_m[0, 0] == 50_000
    assert math.isnan(ask(still, "RN-A", "RN-B", minimise="distance").travel_time_s[0, 0])


def diamonds() -> Dataset:
    """Make a chain of diamonds: both sides of each are equally long, and one is faster."""
    nodes, sections = [node("RN-0", 74.0, 41.0)], []
    speeds = [{"surface": s, "terrain": "hills", "speed_kmh": v} for s, v in (("asphalt", 60.0), ("gravel", 20.0))]
    for number in range(6):
        lon = 74.0 + 0.1 * number
        nodes += [
            node(f"RN-{number}a", lon + 0.05, 41.05),
            node(f"RN-{number}b", lon + 0.05, 40.95),
            node(f"RN-{number + 1}", lon + 0.1, 41.0),
        ]
        for side, surface in (("a", "asphalt"), ("b", "gravel")) if number % 2 else (("a", "gravel"), ("b", "asphalt")):
            for begin, end in ((f"RN-{number}", f"RN-{number}{side}"), (f"RN-{number}{side}", f"RN-{number + 1}")):
                sections.append(road(f"RS-{begin}-{end}", begin, end, 10_000, surface=surface, terrain="hills"))
    return dataset(road_nodes=nodes, road_sections=sections, road_speeds=speeds)


def test_of_equally_long_ways_the_time_is_that_of_the_drawn_one() -> None:
    """Whichever of them the route takes, from few places to many and from many to few."""
    data = diamonds()
    names = [f"RN-{number}" for number in range(7)]
    for origins, destinations in ((names[:1], names), (names, names[:1]), (names, names[3:5]), (names[2:4], names)):
        answer = ask(data, " ".join(origins), " ".join(destinations), minimise="distance")
        for row, begin in enumerate(origins):
            for column, end in enumerate(destinations):
                route = routing.find(data, routing.RouteQuestion(begin, end, "distance"))
                assert answer.distance_m[row, column] == route.distance_m
                assert answer.travel_time_s[row, column] == route.travel_time_s


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"origins": ()}, "matrix-without-places"),
        ({"destinations": ()}, "matrix-without-places"),
        ({"minimise": "people"}, "minimise-unknown"),
        ({"snap_limit_m": 0}, "snap-range"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(options: dict[str, object], code: str) -> None:
    """A question that cannot be asked is refused."""
    with pytest.raises(QuestionError) as caught:
        MatrixQuestion(**{"origins": ("RN-A",), "destinations": ("RN-B",), **options})
    assert caught.value.code == code


def test_one_pair_too_many_is_refused() -> None:
    """Eleven places to as many others as are just too many."""
    names = tuple(map(str, range(MOST_PAIRS // 11 + 1)))
    with pytest.raises(QuestionError) as caught:
        MatrixQuestion(names[:11], names)
    assert caught.value.code == "matrix-too-large"
    assert caught.value.params["found"] == MOST_PAIRS + 1
    assert len(MatrixQuestion(names[:11], names[:-1]).destinations) == MOST_PAIRS // 11


def test_the_tables_hold_the_numbers_in_full(data: Dataset, tmp_path: Path) -> None:
    """Pairs in rows, the same laid out, and the places; every format can be written in every language."""
    answer = ask(data, "RN-A RN-E", "RN-B RN-C", minimise="distance")
    pairs = answer.pairs()
    assert list(pairs.columns) == list(PAIR_COLUMNS)
    assert pairs["distance_m"].tolist()[:2] == [50_000, 200_000]
    assert pairs["reason"].tolist() == [None, None, "no-road", "no-road"]
    assert pairs["snap_from_m"].isna().tolist() == [False, False, True, True]
    wide = answer.wide(answer.distance_m)
    assert list(wide.columns) == ["origin_id", "RN-B", "RN-C"]
    for language in LANGUAGES:
        t = translator(language)
        for kind in ("distance", "time", None):
            document = matrix_document(answer, t, wide=kind)
            assert {sheet.code for sheet in document.sheets} >= {"matrix", "matrix_distance", "matrix_time"}
            for ending in (".csv", ".xlsx"):
                back = opened(document, t, ending, tmp_path)
                if kind is None:
                    assert back.iloc[:2, 2].tolist() == [50_000, 200_000]
                else:
                    assert back["RN-C"].tolist()[0] == getattr(answer, MEASURES[kind])[0, 1]
                    assert back["RN-C"].isna().tolist() == [False, True]
    told = matrix_json(data, answer, translator("en"))
    assert json.loads(json.dumps(told["reason_codes"])) == [[None, None], ["no-road", "no-road"]]
    assert set(FORMATS) >= {".csv", ".xlsx"}


def test_the_command_line_reads_files_tables_and_ids(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file of places against a table: the same number as the route's, and the examples of a table left out."""
    file = tmp_path / "villages.csv"
    file.write_text("id,lon,lat\nV1,70.8324,40.0033\nV2,71.34,39.94\n", encoding="utf-8")
    out = tmp_path / "m.csv"
    arguments = ["matrix", "--from", str(file), "--from", "KG-KHD", "--to", "storage", "--minimise", "distance"]
    assert cli.main([*arguments, "--lang", "en", "--json", "--out", str(out)]) == 0
    told = json.loads(capsys.readouterr().out)
    route = ["route", "--from", "70.8324,40.0033", "--to", told["answer"]["destinations"][0]["id"]]
    assert cli.main([*route, "--minimise", "distance", "--lang", "en", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["answer"]["distance_m"] == told["answer"]["distance_m"][0][0]
    written = pd.read_csv(out)
    assert len(written) == 3 * len(told["answer"]["destinations"])
    assert cli.main(["matrix", "--from", "KG-KHD", "--to", "collection_points", "--lang", "en"]) == 2
    assert cli.main(["matrix", "--from", "KG-KHD", "--to", "collection_points", "--training", "--lang", "ky"]) == 0
    capsys.readouterr()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "KG-KHD"], "--to"),
        (["--from", "none.csv", "--to", "storage"], "none.csv"),
        (["--from", "KG-KHD", "--to", "storage", "--wide", "people"], "people"),
        (["--from", "KG-KHD", "--to", "nowhere"], "nowhere"),
        (["--from", "KG-KHD", "--to", "storage", "--date", "2026-02-30"], "2026-02-30"),
    ],
)
def test_bad_input_is_one_sentence(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and one line that names what was found."""
    assert cli.main(["matrix", *arguments, "--lang", "ru"]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert len(told.strip().splitlines()) == 1
