"""The verb ``route`` with rules: what it promises in JSON and text, and one clear line for whatever cannot be."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import pytest

from geo import api, catalogue, netfile, osm
from geo.i18n import LANGUAGES
from tests.osm_worlds import write
from tests.road_worlds import valley
from tests.shell import as_json, asking

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.shell import Run

ROAD = {"highway": "primary"}
ENDS = ("route", "--from", "RN-A", "--to", "RN-C", "--minimise", "distance")
#: Round the middle of A–B.
ON_AB = "POLYGON ((74.2 40.98, 74.3 40.98, 74.3 41.02, 74.2 41.02, 74.2 40.98))"


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Ask the valley, in which the road by B is closed to lorries in January 2026."""
    ban = {
        "id": "RC-BC", "name_en": "Slide at B", "name_ru": "Оползень у Б", "name_ky": "Б жанындагы көчкү", "kind": "ban",
        "section_ids": ("RS-BC",), "vehicles": ("truck",), "valid_from": "2026-01-01", "valid_to": "2026-01-31",
        "source": "a report", "evidence": "reported",
    }  # fmt: skip
    return asking(valley(closures=[ban]), monkeypatch, capsys)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a network far from the map's window: one road of 4.2 km at 42.5 north, 1.5 east."""
    folder = tmp_path_factory.mktemp("net")
    source = write(folder / "far.osm", {1: (1.5, 42.5), 2: (1.55, 42.5)}, [(1, [1, 2], ROAD)])
    osm.build(source, folder / "far.net")
    return folder / "far.net"


def answer(run: Run) -> Any:
    """Read the answer."""
    return as_json(run)["answer"]


def test_a_rule_that_changed_the_route_is_named(ask: Callable[..., Run]) -> None:
    """On a day in January a lorry has no road inside the country; a car does."""
    found = answer(ask(*ENDS, "--date", "2026-01-15", "--json"))
    assert (found["reachable"], found["reason_code"], found["distance_m"]) == (False, "only-abroad", None)
    assert [(rule["id"], rule["without"]["distance_m"]) for rule in found["rules_applied"]] == [
        ("stay-in", 155_000),
        ("RC-BC", 200_000),
    ]
    rule = found["rules_applied"][1]
    assert {key: rule[key] for key in ("kind", "source", "evidence", "closed_sections", "broken_section_ids")} == {
        "kind": "closure",
        "source": "a report",
        "evidence": "reported",
        "closed_sections": 1,
        "broken_section_ids": ["RS-BC"],
    }
    assert rule["without"]["geometry"]["type"] == "LineString"
    assert "Slide at B" in rule["text"]
    assert found["evidence"] == "reported"
    car = answer(ask(*ENDS, "--date", "2026-01-15", "--vehicle", "car", "--json"))
    assert (car["distance_m"], car["rules_applied"][0]["id"]) == (200_000, "stay-in")
    assert car["rules_applied"][0]["saved_m"] == 45_000
    assert (car["transboundary"], car["snap_limit_m"]) == (False, 10_000)


def test_options_of_the_rules_make_the_question(ask: Callable[..., Run], tmp_path: Path) -> None:
    """Every one is in the question, defaults too."""
    area = tmp_path / "area.wkt"
    area.write_text(f"# round the middle of A–B\n{ON_AB}\n", encoding="utf-8")
    options = ("--stay-in", "uz, kg", "--date", "2026-01-15", "--avoid", str(area), "--ignore-closure", "RC-BC")
    code, out, err = ask(*ENDS, *options, "--snap-limit", "500", "--json")
    assert code == 0, err
    told = json.loads(out)
    assert told["question"]["rules"] == {
        "stay_in": ["KG", "UZ"],
        "date": "2026-01-15",
        "vehicle": "truck",
        "avoid": [ON_AB],
        "ignored": ["RC-BC"],
    }
    assert told["question"]["snap_limit_m"] == 500
    assert (told["answer"]["distance_m"], told["answer"]["transboundary"]) == (155_000, True)
    plain = json.loads(ask(*ENDS, "--json")[1])["question"]["rules"]
    assert plain == {"stay_in": None, "date": None, "vehicle": "truck", "avoid": [], "ignored": []}


def test_areas_come_from_geojson_too(ask: Callable[..., Run], tmp_path: Path) -> None:
    """The same polygon as a feature closes the same road."""
    ring = [[74.2, 40.98], [74.3, 40.98], [74.3, 41.02], [74.2, 41.02], [74.2, 40.98]]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    file = tmp_path / "area.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    found = answer(ask("route", "--from", "RN-A", "--to", "RN-B", "--avoid", str(file), "--json"))
    assert found["reason_code"] == "only-by-breaking-avoid"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--date", "2026-01-15"),
        ("--date", "2026-01-15", "--ignore-closure", "RC-BC"),
        ("--date", "2026-01-15", "--vehicle", "car"),
        ("--through-abroad",),
        ("--stay-in", "UZ"),
        ("--stay-in", "KG,UZ", "--date", "2026-01-15"),
    ],
    ids=" ".join,
)
def test_text_of_the_rules_is_readable(ask: Callable[..., Run], options: tuple[str, ...], language: str) -> None:
    """No code, no placeholder, no empty bracket."""
    code, out, err = ask(*ENDS, *options, "--lang", language)
    assert (code, err) == (0, "")
    for scrap in ("nan", "None", "{", "}", "note.", "reason.", "rule-", "()"):
        assert scrap not in out


def test_places_within_a_network_of_elsewhere(ask: Callable[..., Run], network: Path) -> None:
    """Coordinates outside the map's window are known where the reader's network has roads."""
    found = answer(ask("route", "--from", "1.51,42.5", "--to", "1.54,42.5", "--network", str(network), "--json"))
    assert found["distance_m"] == pytest.approx(2_466, abs=3)
    assert found["snap_limit_m"] == 5_000


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("ends", "reason"),
    [
        (("1.51,42.5", "1.51,42.5"), None),
        (("1.51,42.5", "1.52,42.65"), "snap-too-far"),
        (("1.51,42.5", "RN-A"), "snap-too-far"),
    ],
)
def test_ends_without_a_road_between_are_answers(
    ask: Callable[..., Run], network: Path, ends: tuple[str, str], reason: str | None, language: str
) -> None:
    """The same place twice; a place at sea, 17 km from any road; places of another country than the roads."""
    arguments = ("route", "--from", ends[0], "--to", ends[1], "--network", str(network), "--lang", language)
    found = answer(ask(*arguments, "--json"))
    assert found["reason_code"] == reason
    assert found["distance_m"] == (0 if reason is None else None)
    code, out, err = ask(*arguments)
    assert (code, err) == (0, "")
    assert "{" not in out


def _bad(folder: Path, network: Path) -> dict[str, tuple[str, ...]]:
    """Make files that are not what they seem, and name the question that each spoils."""
    whole = network.read_bytes()
    older = whole[:12] + struct.pack("<I", netfile.VERSION - 1) + whole[16:]
    foreign = whole[:8] + b">>" + whole[10:]
    files = {"older.net": older, "foreign.net": foreign, "short.net": whole[:200], "noise.net": b"noise" * 99}
    files |= {"noise.wkt": b"\xff\xfe\x00\xd8", "empty.wkt": b"", "line.wkt": b"LINESTRING (1 2, 3 4)"}
    files |= {"cut.osm.pbf": b"\x00\x00\x00\x0d\x0a\x09OSMHeader", "words.osm.pbf": b"These are no roads."}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    write(folder / "real.osm", {1: (71, 40), 2: (71.1, 40)}, [(1, [1, 2], ROAD)]).rename(folder / "renamed.osm.pbf")
    write(folder / "paths.osm", {1: (71, 40), 2: (71.1, 40)}, [(1, [1, 2], {"highway": "footway"})])
    networks = {name: (*ENDS, "--network", str(folder / name)) for name in files if name.endswith(".net")}
    areas = {name: (*ENDS, "--avoid", str(folder / name)) for name in files if name.endswith(".wkt")}
    extracts = ("cut.osm.pbf", "words.osm.pbf", "renamed.osm.pbf", "paths.osm", "none.osm.pbf")
    built = {name: ("network", "build", str(folder / name), str(folder / "out.net")) for name in extracts}
    return networks | areas | built


_NAMES = (
    "older.net", "foreign.net", "short.net", "noise.net", "noise.wkt", "empty.wkt", "line.wkt",
    "cut.osm.pbf", "words.osm.pbf", "renamed.osm.pbf", "paths.osm", "none.osm.pbf",
)  # fmt: skip
_QUESTIONS: dict[str, tuple[str, ...]] = {
    "no such day": (*ENDS, "--date", "2026-02-30"),
    "a day in words": (*ENDS, "--date", "tomorrow"),
    "no country": (*ENDS, "--stay-in", "Kyrgyzstan"),
    "abroad and not": (*ENDS, "--stay-in", "KG", "--through-abroad"),
    "no vehicle": (*ENDS, "--vehicle", "tank"),
    "no closure": (*ENDS, "--ignore-closure", "RC-NONE"),
    "no file": (*ENDS, "--avoid", "no/such/file.wkt"),
    "limit in words": (*ENDS, "--snap-limit", "near"),
    "limit too far": (*ENDS, "--snap-limit", "500000"),
}


def check_one_line(run: Run, language: str) -> None:
    """Exit 2, nothing on standard output, one line that is a sentence in the language."""
    code, out, err = run
    assert (code, out) == (2, "")
    (line,) = err.splitlines()
    assert line.startswith("symap: ")
    assert line.count(" ") > 3
    assert "Traceback" not in line
    assert "{" not in line
    assert any("а" <= char <= "я" for char in line.lower()) == (language != "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("arguments", _QUESTIONS.values(), ids=_QUESTIONS.keys())
def test_rules_that_cannot_be_are_one_line(ask: Callable[..., Run], arguments: tuple[str, ...], language: str) -> None:
    """In the reader's language."""
    check_one_line(ask(*arguments, "--lang", language), language)


@pytest.mark.parametrize("name", _NAMES)
def test_files_that_are_not_what_they_seem_are_one_line(
    ask: Callable[..., Run], tmp_path: Path, network: Path, name: str
) -> None:
    """Truncated, of another kind, renamed, without roads, of an older version, of another machine."""
    check_one_line(ask(*_bad(tmp_path, network)[name], "--lang", "ru"), "ru")


@pytest.mark.parametrize(
    ("pairs", "code"),
    [
        ([("date", "2026-02-30")], "date-impossible"),
        ([("stay_in", "Kyrgyzstan")], "stay-in-code"),
        ([("stay_in", "KG"), ("through_abroad", "1")], "stay-in-twice"),
        ([("vehicle", "tank")], "api-not-a-choice"),
        ([("avoid", "POINT (1 2)")], "avoid-not-area"),
        ([("ignore_closure", "RC-NONE")], "closure-unknown"),
        ([("snap_limit_m", "0")], "snap-range"),
    ],
)
def test_the_address_refuses_what_the_command_line_refuses(pairs: list[tuple[str, str]], code: str) -> None:
    """By the same codes, as JSON."""
    reply = api.respond(valley(), "route", [("from", "RN-A"), ("to", "RN-C"), *pairs])
    assert (reply.status, json.loads(reply.content)["error"]["code"]) == (400, code)


def test_the_address_takes_the_rules_that_the_command_line_takes(ask: Callable[..., Run], tmp_path: Path) -> None:
    """The same question and the same answer."""
    area = tmp_path / "area.wkt"
    area.write_text(ON_AB, encoding="utf-8")
    code, out, err = ask(*ENDS, "--stay-in", "KG,UZ", "--date", "2026-01-15", "--avoid", str(area), "--json")
    assert code == 0, err
    pairs = [("from", "RN-A"), ("to", "RN-C"), ("minimise", "distance"), ("stay_in", "KG,UZ")]
    pairs += [("date", "2026-01-15"), ("avoid", ON_AB), ("lang", "en")]
    assert json.loads(api.respond(catalogue.load(), "route", pairs).content) == json.loads(out)
