"""Addresses: the command line's answers as JSON, refusals as JSON, no illustrative destination unasked."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from geo import api, cli, openapi, views
from geo.errors import Fault
from geo.schema import DO_NOT_MOVE
from pages._shared import http
from tests.loopback import ask, serve
from tests.payloads import PAYLOADS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geo.dataset import Dataset


def _ask(dataset: Dataset, name: str, *pairs: tuple[str, str], accepted: str = "en") -> tuple[int, dict[str, Any]]:
    reply = api.respond(dataset, name, pairs, accepted)
    return reply.status, json.loads(reply.content)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Serve the addresses below a base path, as behind a proxy, without the pages."""
    with serve() as number:
        yield number


@pytest.mark.parametrize(
    ("name", "pairs", "arguments"),
    [
        ("nearest", [("at", "ST-BUJUM"), ("waste", "batteries"), ("k", "2")], ["--at", "ST-BUJUM", "--waste", "batteries", "-k", "2"]),
        ("exposure", [("place", "KG-KHD"), ("place", "71.5,40.1"), ("radius_m", "5000")], ["--site", "KG-KHD", "--at", "71.5,40.1", "--radius", "5000"]),
        ("route", [("from", "ST-BUJUM"), ("to", "KG-KHD"), ("through_abroad", "1")], ["--from", "ST-BUJUM", "--to", "KG-KHD", "--through-abroad"]),
    ],
)  # fmt: skip
def test_the_address_answers_as_the_command_line(
    bundled: Dataset, capsys: pytest.CaptureFixture[str], name: str, pairs: list[tuple[str, str]], arguments: list[str]
) -> None:
    """The same question, every default written out, and the same answer to the last digit."""
    assert cli.main([name, *arguments, "--lang", "ru", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    status, told = _ask(bundled, name, *pairs, ("lang", "ru"))
    assert status == 200
    assert told["question"] == printed["question"]
    assert told["answer"] == printed["answer"]


@pytest.mark.parametrize(
    ("name", "pairs", "status", "code"),
    [
        ("nearest", [], 400, "api-missing-parameter"),
        ("nearest", [("at", "ST-BUJUM"), ("wast", "lamps")], 400, "api-unknown-parameter"),
        ("nearest", [("at", "ST-BUJUM"), ("at", "KG-KHD")], 400, "api-repeated-parameter"),
        ("nearest", [("at", "nowhere")], 404, "unknown-place"),
        ("nearest", [("at", "39.95,71.34")], 400, "coordinates-swapped"),
        ("nearest", [("at", "10,50")], 400, "outside-window"),
        ("nearest", [("at", "ST-BUJUM"), ("waste", "plutonium")], 400, "unknown-waste"),
        ("nearest", [("at", "ST-BUJUM"), ("k", "51")], 400, "k-range"),
        ("nearest", [("at", "ST-BUJUM"), ("k", "2.5")], 400, "api-not-a-number"),
        ("nearest", [("at", "ST-BUJUM"), ("k", "nan")], 400, "api-not-a-number"),
        ("nearest", [("at", "ST-BUJUM"), ("training", "yes")], 400, "api-not-a-choice"),
        ("nearest", [("at", "ST-BUJUM"), ("lang", "de")], 400, "api-not-a-choice"),
        ("nearest", [("at", "x" * 5000)], 400, "api-too-long"),
        ("exposure", [("place", "KG-KHD"), ("radius_m", "1")], 400, "radius-range"),
        ("exposure", [("place", "KG-KHD")] * 21, 400, "api-too-many"),
        ("route", [("from", "ST-BUJUM")], 400, "api-missing-parameter"),
        ("route", [("from", "ST-BUJUM"), ("to", "KG-KHD"), ("minimise", "cost")], 400, "api-not-a-choice"),
        ("layers/passwords.geojson", [], 404, "api-unknown-layer"),
        ("layers/../app.geojson", [], 404, "api-unknown-layer"),
        ("else", [], 404, "api-unknown-path"),
    ],
)
def test_a_bad_question_gets_a_sentence(
    bundled: Dataset, name: str, pairs: Sequence[tuple[str, str]], status: int, code: str
) -> None:
    """Status, stable code and a message in the reader's language; nothing else."""
    found, told = _ask(bundled, name, *pairs, accepted="ru-RU,ru;q=0.9,en;q=0.5")
    assert (found, told["error"]["code"]) == (status, code)
    assert set(told) == {"error"}
    assert set(told["error"]) == {"code", "message"}
    assert any("а" <= char <= "я" for char in told["error"]["message"])


def test_hostile_texts_are_refused_or_answered_but_never_break_anything(bundled: Dataset) -> None:
    """Whatever stands in a parameter, the reply is JSON with a status that says so."""
    for text in PAYLOADS:
        for pairs in ([("at", text)], [("at", "ST-BUJUM"), (text, "1")], [("at", "ST-BUJUM"), ("k", text)]):
            status, told = _ask(bundled, "nearest", *pairs)
            assert status in {400, 404}, text
            assert len(told["error"]["message"]) < 1500


def test_an_illustrative_point_needs_training_and_is_labelled(bundled: Dataset) -> None:
    """Without training=1 no address gives one as a destination; with it, each says what it is."""
    place = ("at", "ST-BUJUM")
    for pairs in ([place], [place, ("waste", "lamps"), ("k", "50")], [place, ("training", "0")]):
        assert b"illustrative" not in api.respond(bundled, "nearest", pairs).content
    _, told = _ask(bundled, "nearest", place, ("training", "1"))
    assert told["training"].startswith("TRAINING")
    assert told["answer"]["points"]
    assert all(point["label"] == "example, not a real place" for point in told["answer"]["points"])
    ends = [("from", "ST-BUJUM"), ("to", "CP-ILL-OSH")]
    assert _ask(bundled, "route", *ends)[1]["error"]["code"] == "example-place"
    assert _ask(bundled, "route", ("from", "CP-ILL-OSH"), ("to", "ST-BUJUM"))[0] == 400
    status, told = _ask(bundled, "route", *ends, ("training", "1"))
    assert (status, told["answer"]["destination"]["label"]) == (200, "example, not a real place")
    layer = _ask(bundled, "layers/collection_points.geojson")[1]
    assert layer["features"] == []
    assert str(len(bundled.collection_points)) in layer["notes"][0]
    layer = _ask(bundled, "layers/collection_points.geojson", ("training", "1"))[1]
    assert {feature["properties"]["label"] for feature in layer["features"]} == {"example, not a real place"}


@pytest.mark.parametrize("waste", sorted(DO_NOT_MOVE))
def test_waste_that_stays_gets_no_destination(bundled: Dataset, waste: str) -> None:
    """Not in training either, and no layer lists who would take it."""
    for training in ("0", "1"):
        _, told = _ask(bundled, "nearest", ("at", "ST-BUJUM"), ("waste", waste), ("training", training))
        answer = told["answer"]
        assert (answer["points"], answer["reported"], answer["do_not_move"], answer["call"]) == ([], [], True, "112")
    storage = _ask(bundled, "layers/storage.geojson")[1]
    assert all(waste not in feature["properties"]["accepts"] for feature in storage["features"])


@pytest.mark.parametrize("name", api.LAYERS)
def test_each_layer_is_geojson_in_full(bundled: Dataset, name: str) -> None:
    """A feature a row, each with evidence and source; ids are those of the table."""
    _, told = _ask(bundled, f"layers/{name}.geojson", accepted="ky")
    table = bundled["road_sections" if name == "roads" else name]
    kept = table[table["evidence"] != "illustrative"]
    assert told["type"] == "FeatureCollection"
    assert sorted(one["properties"]["id"] for one in told["features"]) == sorted(kept["id"])
    assert all(one["properties"]["evidence"] and one["properties"]["source"] for one in told["features"])


def test_a_faulty_table_of_the_operator_s_is_not_passed_over(bundled: Dataset) -> None:
    """An answer from the bundled table would look like one from the operator's; other questions go on."""
    broken = replace(bundled, faults=(Fault("missing-column", "collection_points.csv", column="lon"),))
    status, told = _ask(broken, "nearest", ("at", "ST-BUJUM"))
    assert (status, told["error"]["code"]) == (503, "cli-own-table-faulty")
    assert _ask(broken, "exposure", ("place", "KG-KHD"))[0] == 200


def test_the_description_names_what_is_there() -> None:
    """Every address and parameter is described; every reference leads somewhere."""
    told = openapi.description("1", "/symap")
    paths = told["paths"]
    assert set(paths) == {*(f"/api/{name}" for name in api.ENDPOINTS), "/api/layers/{name}.geojson"}
    for name, endpoint in api.ENDPOINTS.items():
        listed = [one["name"] for one in paths[f"/api/{name}"]["get"]["parameters"]]
        assert listed == [*(one.name for one in endpoint.parameters), "lang"]
    text = json.dumps(told)
    for schema in told["components"]["schemas"]:
        assert f"#/components/schemas/{schema}" in text
    assert told["openapi"] == "3.1.0"
    assert told["servers"] == [{"url": "/symap"}]


def _matches(schema: dict[str, Any], value: Any, whole: dict[str, Any]) -> bool:
    """Hold a value against the part of JSON Schema that the description uses."""
    if "$ref" in schema:
        return _matches(whole["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], value, whole)
    kinds = {"object": dict, "array": list, "string": str}
    return (
        ("type" not in schema or isinstance(value, kinds[schema["type"]]))
        and ("enum" not in schema or value in schema["enum"])
        and ("const" not in schema or value == schema["const"])
        and all(name in value for name in schema.get("required", ()))
        and all(
            _matches(part, value[name], whole) for name, part in schema.get("properties", {}).items() if name in value
        )
        and ("items" not in schema or all(_matches(schema["items"], one, whole) for one in value))
    )


def test_the_description_is_valid_and_the_answers_keep_to_it(bundled: Dataset) -> None:
    """By the rules of OpenAPI 3.1: unique operations and parameters, blanks of paths filled, every schema kept to."""
    told = openapi.description("1", "")
    operations = [one["get"]["operationId"] for one in told["paths"].values()]
    assert len(set(operations)) == len(operations)
    for path, item in told["paths"].items():
        assert path.startswith("/")
        assert set(item) == {"get"}
        given = item["get"]["parameters"]
        assert len({(one["name"], one["in"]) for one in given}) == len(given)
        in_path = {one["name"] for one in given if one["in"] == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", path))
        assert all(one["required"] is True for one in given if one["in"] == "path")
        for one in given:
            assert one["schema"]["type"] in {"string", "number", "integer", "array"}
            choices = one["schema"].get("enum", [""])
            assert len(set(choices)) == len(choices) > 0
        for status, reply in item["get"]["responses"].items():
            assert re.fullmatch(r"[2-5]\d\d", status)
            assert reply["description"]
            assert len(reply["content"]) == 1
    asked = {
        "nearest": [("at", "ST-BUJUM"), ("waste", "lamps"), ("training", "1")],
        "exposure": [("place", "KG-KHD")],
        "route": [("from", "ST-BATKEN"), ("to", "KG-KHD")],
        "layers/{name}.geojson": [],
    }
    for name, pairs in asked.items():
        responses = told["paths"][f"/api/{name}"]["get"]["responses"]
        for more in ([], [("wrong", "1")]):
            status, found = _ask(bundled, name.format(name="sites"), *pairs, *more)
            (content,) = responses[str(status)]["content"].values()
            assert _matches(content["schema"], found, told), (name, status)


@pytest.mark.parametrize("text", ["1e300", "-1e300", "1e308", "9" * 40, "nan", "inf", "5e-324", "\0", "٣", "<b>", ""])
def test_no_value_of_a_number_is_a_fault_of_the_program(bundled: Dataset, text: str) -> None:
    """Each is refused, or means a number; whatever is said of it can be read."""
    for name, required in (("nearest", ("at", "KG-KHD")), ("exposure", ("place", "KG-KHD")), ("route", None)):
        ends = [required] if required else [("from", "ST-BATKEN"), ("to", "KG-KHD")]
        for one in api.ENDPOINTS[name].parameters:
            if one.kind in {"number", "integer"}:
                status, told = _ask(bundled, name, *ends, (one.name, text), accepted="ky")
                assert status == 400 or (status == 200 and text in {"٣", "5e-324"}), (one.name, text)
                assert status == 200 or len(told["error"]["message"]) < 300


def test_the_server_says_no_in_json_too(port: int) -> None:
    """Wrong address, wrong method, refusals and answers all are JSON with nosniff; answers are kept and packed."""
    assert ask(port, "api/openapi.json").json()["openapi"] == "3.1.0"
    for method, path, status in (
        ("GET", "api/else", 404),
        ("POST", "api/nearest?at=KG-KHD", 405),
        ("DELETE", "api/openapi.json", 405),
        ("DELETE", "api/x", 404),
        ("GET", "api", 404),
        ("GET", "api/", 404),
    ):
        reply = ask(port, path, method)
        assert (reply.status, reply.headers["content-type"]) == (status, "application/json")
        assert set(reply.json()) == {"error"}
    for path in ("api/nearest", "api/openapi.json"):
        allowed = ask(port, path, "OPTIONS")
        assert (allowed.status, allowed.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    head = ask(port, "api/nearest?at=ST-BUJUM&waste=lamps&lang=ky", "HEAD")
    first = ask(port, "api/nearest?at=ST-BUJUM&waste=lamps&lang=ky")
    assert (head.status, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(first.content))
    again = ask(port, "api/nearest?at=ST-BUJUM&waste=lamps&lang=ky")
    assert first.content == again.content
    assert first.headers["x-content-type-options"] == "nosniff"
    layer = ask(port, "api/layers/borders.geojson", accept_encoding="gzip")
    assert layer.headers["content-encoding"] == "gzip"
    assert layer.headers["content-type"] == "application/geo+json"
    assert len(layer.json()["features"]) == 9


def test_the_field_page_is_served_with_its_worker(port: int) -> None:
    """Three languages, a worker, a manifest; packed when asked; unchanged pages are not sent again."""
    for language in ("ru", "ky", "en"):
        reply = ask(port, f"field/{language}", accept_encoding="gzip")
        assert f'<html lang="{language}">' in reply.text
        assert reply.headers["content-encoding"] == "gzip"
        same = ask(port, f"field/{language}", if_none_match=reply.headers["etag"])
        assert same.status == 304
        assert ask(port, f"field/manifest.webmanifest?lang={language}").json()["start_url"] == language
    assert "javascript" in ask(port, "field/sw.js").headers["content-type"]
    missing = ask(port, "field/de", accept_language="ky")
    assert (missing.status, "/field/ky" in missing.text) == (404, True)
    moved = ask(port, "field", accept_language="ky")
    assert moved.headers["location"] == "/symap/field/ky"


def test_a_view_of_the_first_page_opens_by_its_name(port: int) -> None:
    """Briefs and the shell write it so; the page itself has no name in its address."""
    assert http.HOME == views.HOME_PAGE
    moved = ask(port, "overview?record=KG-KHD&lang=ky")
    assert (moved.status, moved.headers["location"]) == (302, "/symap/?record=KG-KHD&lang=ky")


def test_too_many_questions_at_once_are_told_so(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server stays alive for the pages: beyond the queue it asks to come again."""
    monkeypatch.setattr(http, "_WAITING", 0)
    monkeypatch.setattr(http, "_AT_ONCE_S", 0.0)
    reply = ask(port, "api/nearest?at=ST-BUJUM&waste=switches")
    assert (reply.status, reply.json()["error"]["code"]) == (503, "api-busy")
    assert reply.headers["retry-after"] == "5"


def test_a_fault_of_the_program_shows_no_traceback(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log has it; the reader gets a sentence."""

    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(api, "respond", fail)
    reply = ask(port, "api/route?from=KG-KHD&to=ST-BUJUM")
    assert (reply.status, reply.json()["error"]["code"]) == (500, "api-program-fault")
    assert "secret" not in reply.text
