"""The nearest place for many places at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from geo import cli
from geo.errors import QuestionError
from geo.i18n import LANGUAGES, translator
from geo.many_answers import many_document, many_json
from geo.nearest_many import MANY_COLUMNS, NearestManyQuestion, find_many
from geo.places import Place
from geo.rules import RoadRules
from tests.opened import opened
from tests.road_worlds import point, valley

if TYPE_CHECKING:
    from pathlib import Path

    from geo.dataset import Dataset

POINTS = (
    point("CP-B", 74.5, 41.0),
    point("CP-C", 74.9, 41.0),
    point("CP-X", 75.2, 41.3),
    point("CP-SHUT", 74.0, 41.0, status="closed"),
    point("CP-ILL", 74.1, 41.0, evidence="illustrative"),
)
PLACES = ("RN-A", "RN-C", "RN-D", "RN-X", "RN-E", "S-FAR", "S-LISTED")


@pytest.fixture(scope="module")
def data() -> Dataset:
    """Give the valley with points, a store that is only reported, and places without a road."""
    sites = [point("S-FAR", 73.0, 40.5), point("S-LISTED", None, None)]
    store = point("ST-A", 74.0, 41.0, evidence="reported", status="unknown")
    return valley(collection_points=POINTS, storage=[store], sites=sites)


def test_each_place_gets_its_nearest_point_or_the_reason(data: Dataset) -> None:
    """One row a place, in the order asked."""
    found = find_many(data, NearestManyQuestion(PLACES)).places
    assert list(found.columns) == list(MANY_COLUMNS)
    assert found["id"].tolist() == list(PLACES)
    assert found["nearest_id"].tolist() == ["CP-B", "CP-C", "CP-B", "CP-X", None, None, None]
    assert found["distance_m"].tolist()[:4] == [50_000, 0, 60_000, 0]
    assert found["reason"].tolist() == [None] * 4 + ["no-road", "snap-too-far", "no-position"]
    assert set(found["group"][:4]) == {"points"}
    assert found["evidence"][:4].tolist() == ["documented"] * 4


def test_examples_are_named_in_training_only(data: Dataset) -> None:
    """And the answer says that they are examples."""
    answer = find_many(data, NearestManyQuestion(("RN-A",), training=True))
    assert answer.places["nearest_id"].tolist() == ["CP-ILL"]
    assert answer.evidence == "illustrative"
    assert "training" in {note.code for note in answer.notes}


def test_without_a_point_the_reported_are_named_as_such(data: Dataset) -> None:
    """Where no point of the data takes the waste at all."""
    bare = data.with_table("collection_points", data.collection_points.iloc[4:])
    answer = find_many(bare, NearestManyQuestion(("RN-B",)))
    assert (answer.places["nearest_id"][0], answer.places["group"][0]) == ("ST-A", "reported")
    assert answer.reason is not None
    assert (answer.reason.code, answer.call) == ("no-confirmed-point", "112")
    nothing = bare.with_table("storage", bare["storage"].iloc[:0])
    empty = find_many(nothing, NearestManyQuestion(("RN-B",)))
    assert empty.places["nearest_id"].tolist() == [None]
    assert empty.places["reason"].tolist() == ["no-confirmed-point"]


def test_what_must_not_be_moved_gets_no_destination(data: Dataset) -> None:
    """Not even when a table says that somebody takes it."""
    answer = find_many(data, NearestManyQuestion(PLACES, waste="tailings"))
    assert answer.do_not_move
    assert answer.places["nearest_id"].isna().all()
    assert set(answer.places["reason"]) == {"do-not-move"}


def test_a_rule_is_kept(data: Dataset) -> None:
    """Staying in KG, X is out of the question and C is reached through B."""
    cut = data.with_table("road_sections", data.road_sections[data.road_sections["id"] != "RS-BC"])
    cut = cut.with_table("collection_points", cut.collection_points.iloc[[1]])
    kept = find_many(cut, NearestManyQuestion(("RN-A", "RN-X"))).places
    assert kept["reason"].tolist() == ["only-abroad", None]
    free = find_many(cut, NearestManyQuestion(("RN-A",), rules=RoadRules(stay_in=()))).places
    assert free["distance_m"].tolist() == [155_000]
    out = find_many(cut, NearestManyQuestion(("RN-X",), rules=RoadRules(stay_in=("KG",)))).places
    assert out["reason"].tolist() == ["excluded-by-rule"]


def test_a_closure_that_cannot_be_placed_is_named(data: Dataset) -> None:
    """As for one place: its road may be one that the way uses; one that lies on the network is kept to instead."""
    bans = [
        {"id": "C-LOST", "name_en": "Old road", "kind": "ban", "section_ids": ("RS-NONE",), "source": "a report"},
        {"id": "C-HERE", "name_en": "Side road", "kind": "ban", "section_ids": ("RS-BD",), "source": "a report"},
    ]
    closing = valley(collection_points=POINTS, closures=bans)
    answer = find_many(closing, NearestManyQuestion(("RN-A", "RN-D")))
    named = [note.params["name_en"] for note in answer.notes if note.code == "closure-unplaced"]
    assert named == ["Old road"]
    assert [note.params["name_en"] for note in answer.notes if note.code == "rule-closure"] == ["Side road"]
    assert answer.places["reason"].tolist() == [None, "rules-forbid"]
    assert "closure-unplaced" not in {note.code for note in find_many(data, NearestManyQuestion(("RN-A",))).notes}


def test_places_brought_along_count(data: Dataset) -> None:
    """By their own ids, with the country at their position."""
    own = {"V1": Place("V1", None, {"ru": "Село"}, 74.5, 41.0)}
    answer = find_many(data, NearestManyQuestion(("V1",)), own=own)
    assert answer.places["country"].tolist() == ["KG"]
    assert (answer.places["nearest_id"][0], answer.places["distance_m"][0], answer.places["name_ru"][0]) == (
        "CP-B",
        0,
        "Село",
    )


def test_every_format_and_language(data: Dataset, tmp_path: Path) -> None:
    """Names become one column in the language."""
    answer = find_many(data, NearestManyQuestion(PLACES))
    for language in LANGUAGES:
        t = translator(language)
        document = many_document(answer, t)
        assert {"name", "nearest_name"} <= set(document.sheets[0].frame.columns)
        for ending in (".csv", ".xlsx", ".geojson", ".gpkg"):
            back = opened(document, t, ending, tmp_path)
            assert back.iloc[:, 0].tolist() == list(PLACES)
            assert [name for name in back.iloc[:, 1] if isinstance(name, str)] == [
                t.name(row) for row in answer.places.to_dict("records") if t.name(row)
            ]
        told = json.loads(json.dumps(many_json(data, answer, t)))
        assert [row["nearest_id"] for row in told["places"]] == answer.places["nearest_id"].tolist()


def test_an_unknown_waste_is_refused() -> None:
    """Before anything is measured."""
    with pytest.raises(QuestionError) as caught:
        NearestManyQuestion(("RN-A",), waste="mercury")
    assert caught.value.code == "unknown-waste"


def test_the_command_line_answers_for_a_file_as_for_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same distance for a place of the file as for the place alone."""
    file, out = tmp_path / "v.csv", tmp_path / "n.csv"
    file.write_text("id,lon,lat\nV1,70.8324,40.0033\nV2,71.7288,40.1302\n", encoding="utf-8")
    assert cli.main(["nearest", "--sites", str(file), "--waste", "lamps", "--lang", "ru", "--out", str(out)]) == 0
    assert cli.main(["nearest", "--at", "70.8324,40.0033", "--waste", "lamps", "--lang", "ru", "--json"]) == 0
    told = json.loads(capsys.readouterr().out.split("\n{", 1)[1].join(["{", ""]))["answer"]
    first = pd.read_csv(out).iloc[0]
    nearest = min(told["reported"], key=lambda row: row["distance_m"] + row["snap_to_m"])
    assert (first["nearest_id"], first["distance_m"]) == (nearest["id"], nearest["distance_m"])
    assert cli.main(["nearest", "--sites", str(file), "--at", "KG-KHD", "--lang", "ru"]) == 2
