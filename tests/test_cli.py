"""The command line: JSON as promised, exit codes, one clear line for bad input, and no traceback on any terminal."""

from __future__ import annotations

import io
import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest

from geo import answers_json, catalogue, cli, cli_text, cli_verbs, nearest, sentences
from geo.errors import Fault, QuestionError
from geo.evidence import Note
from geo.i18n import LANGUAGES, Language, translator
from geo.schema import DO_NOT_MOVE, WASTE_TYPES
from tests.road_worlds import dataset, node, point, road
from tests.shell import as_json, asking

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.dataset import Dataset
    from tests.shell import Run

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture
def small() -> Dataset:
    """Make a site with two villages, a road of two sections past them, and one point that takes lamps."""
    published = {"length_basis": "published", "surface": "asphalt", "terrain": "plain", "source": "road list"}
    return dataset(
        sites=[point("S", 71.34, 39.94, name_en="Works", country="KG"), {"id": "S-LISTED", "name_en": "Listed"}],
        settlements=[
            point("V-1", 71.35, 39.94, country="KG", population_persons=1000.0),
            point("V-2", 71.42, 39.94, country="KG", name_en="Uch-Korgon", name_ky="Үч-Коргон"),
        ],
        road_nodes=[node(f"N-{i}", 71.34 + i / 10, 39.94, country="KG", kind="place") for i in range(3)],
        road_sections=[
            road("R-1", "N-0", "N-1", 9000.0, **published),
            road("R-2", "N-1", "N-2", 10000.0, **published),
        ],
        road_speeds=[{"surface": "asphalt", "terrain": "plain", "speed_kmh": 60.0}],
        collection_points=[point("P-1", 71.54, 39.94, name_en="=Point", country="KG")],
    )


@pytest.fixture
def ask(small: Dataset, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Ask the small data set a question in English and give exit code, standard output and standard error."""
    return asking(small, monkeypatch, capsys)


def test_exposure_answers_in_the_promised_keys(ask: Callable[..., Run]) -> None:
    """One ring with the numbered village, one with the other: unknown is null, none would be 0."""
    found = as_json(ask("exposure", "--site", "S", "--radius", "3000", "--radius", "10000", "--json"))
    assert set(found) == {"question", "answer"}
    assert found["question"]["radii_m"] == [3000, 10000]
    keys = {
        "site_id", "inner_radius_m", "outer_radius_m", "area_m2", "population_persons", "population_by_country",
        "settlements", "settlements_unknown_population", "low_data", "population_min_persons", "population_max_persons",
    }  # fmt: skip
    inner, outer = found["answer"]["rings"]
    assert keys <= set(inner)
    assert (inner["site_id"], inner["population_persons"], inner["population_by_country"]) == ("S", 1000, {"KG": 1000})
    assert inner["low_data"] is True
    assert (outer["population_persons"], outer["population_by_country"]) == (None, {"KG": None})
    assert (outer["settlements"], outer["settlements_unknown_population"]) == (1, 1)
    assert {"population_persons", "evidence", "notes"} <= set(found["answer"])
    assert found["answer"]["population_persons"] == 1000
    assert all(isinstance(note, str) and " " in note for note in found["answer"]["notes"])
    assert [village["name"] for village in found["answer"]["unknown_settlements"]] == ["Uch-Korgon"]


@pytest.mark.parametrize("spot", [["--at", "71.34,39.94"], ["--at=71.34,39.94"], ["--at", "71.34, 39.94"]])
def test_coordinates_have_no_site_id(ask: Callable[..., Run], spot: list[str]) -> None:
    """A spot is asked about like a site."""
    found = as_json(ask("exposure", *spot, "--radius", "3000", "20000", "--json"))
    assert [ring["site_id"] for ring in found["answer"]["rings"]] == [None, None]
    assert found["question"]["places"] == [spot[-1].removeprefix("--at=")]


def test_places_that_share_a_point_are_counted_once(ask: Callable[..., Run]) -> None:
    """The total is the union over all places, in the order in which they were given."""
    found = as_json(ask("exposure", "--at", "71.34,39.94", "--site", "S", "--radius", "3000", "--json"))
    assert [ring["site_id"] for ring in found["answer"]["rings"]] == [None, "S"]
    assert found["answer"]["population_persons"] == 1000


def test_route_answers_in_the_promised_keys(ask: Callable[..., Run]) -> None:
    """19 km at 60 km/h are 19 minutes; the line is GeoJSON; each section names its source."""
    found = as_json(ask("route", "--from", "N-0", "--to", "N-2", "--minimise", "distance", "--json"))["answer"]
    keys = {
        "reachable", "reason", "distance_m", "travel_time_s", "snap_from_m", "snap_to_m", "countries", "sections",
        "geometry", "evidence", "notes",
    }  # fmt: skip
    assert keys <= set(found)
    assert (found["reachable"], found["reason"], found["distance_m"]) == (True, None, 19000)
    assert found["travel_time_s"] == pytest.approx(19 * 60)
    assert found["countries"] == ["KG"]
    assert [(part["id"], part["source"]) for part in found["sections"]] == [("R-1", "road list"), ("R-2", "road list")]
    assert found["geometry"]["type"] == "LineString"
    assert found["abroad"] is None


def test_no_road_is_an_answer_with_a_reason(ask: Callable[..., Run]) -> None:
    """Too far from any road: exit 0, numbers null, the reason a sentence."""
    found = as_json(ask("route", "--from", "N-0", "--to", "79.5,42.5", "--json"))["answer"]
    assert found["reachable"] is False
    assert found["distance_m"] is found["geometry"] is None
    assert found["reason_code"] == "snap-too-far"
    assert " " in found["reason"]


def test_nearest_answers_in_the_promised_keys(ask: Callable[..., Run]) -> None:
    """The point lies 19 km by road from the works, to the east."""
    found = as_json(ask("nearest", "--at", "S", "--waste", "lamps", "-k", "1", "--json"))["answer"]
    assert {"points", "reported", "call", "reason", "notes"} <= set(found)
    (nearest_point,) = found["points"]
    keys = {"id", "name", "distance_m", "travel_time_s", "straight_line_m", "bearing_deg", "evidence"}
    assert keys <= set(nearest_point)
    assert [nearest_point[key] for key in ("id", "name", "distance_m")] == ["P-1", "=Point", 19000]
    assert nearest_point["bearing_deg"] == pytest.approx(90, abs=0.5)
    assert [nearest_point[key] for key in ("contact", "accepts", "reason")] == [None, ["lamps"], None]
    assert (found["reason"], found["call"], found["reported"]) == (None, "112", [])


@pytest.mark.parametrize("waste", ["elemental-mercury", "contaminated-soil", "tailings"])
def test_nobody_is_sent_anywhere_with_what_must_not_be_moved(ask: Callable[..., Run], waste: str) -> None:
    """No destination at all, the reason, and the number to call."""
    found = as_json(ask("nearest", "--at", "71.34,39.94", "--waste", waste, "--training", "--json"))["answer"]
    assert found["points"] == found["reported"] == []
    assert (found["reason_code"], found["call"], found["do_not_move"]) == ("do-not-move", "112", True)
    assert found["reason"]


def test_check_names_every_fault(ask: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 1 with faults, each with file, row, column, what was found and the remedy; exit 0 without."""
    faults = (
        Fault("unknown-choice", "sites.csv", 3, "kind", "mien", {"choices": "mine"}),
        Fault("empty-table", "a.csv"),
    )
    monkeypatch.setattr(catalogue, "check", lambda _=None: catalogue.CheckAnswer(ok=False, faults=faults))
    code, out, err = ask("check", "--json")
    answer = json.loads(out)["answer"]
    assert (code, err, answer["ok"]) == (1, "", False)
    assert {"file", "row", "column", "found", "remedy"} <= set(answer["faults"][0])
    assert [answer["faults"][0][key] for key in ("file", "row", "column", "found")] == ["sites.csv", 3, "kind", "mien"]
    assert answer["faults"][1]["row"] is None
    code, out, _ = ask("check")
    assert code == 1
    assert out.splitlines()[1].startswith("sites.csv:3:kind: ")
    monkeypatch.setattr(catalogue, "check", lambda _=None: catalogue.CheckAnswer(ok=True, faults=()))
    assert as_json(ask("check", "--json"))["answer"] == {"ok": True, "faults": []}


_BAD = {
    "unknown verb": ["fly"],
    "unknown option": ["exposure", "--site", "S", "--fast"],
    "option cut short": ["exposure", "--sit", "S"],
    "argument too many": ["route", "--from", "N-0", "--to", "N-1", "N-2"],
    "no value": ["exposure", "--site"],
    "value not wanted": ["exposure", "--site", "S", "--json=yes"],
    "no place": ["exposure"],
    "empty place": ["exposure", "--site", " "],
    "unknown place": ["exposure", "--site", "KG-NOWHERE"],
    "coordinates swapped": ["exposure", "--at", "39.94,71.34"],
    "negative coordinates": ["exposure", "--at", "-71.34,39.94"],
    "outside the window": ["nearest", "--at", "2.35,48.85"],
    "nan": ["exposure", "--site", "S", "--radius", "nan"],
    "radius in words": ["exposure", "--site", "S", "--radius", "5km"],
    "negative radius": ["exposure", "--site", "S", "--radius", "-5"],
    "radius too small": ["exposure", "--site", "S", "--radius", "1"],
    "too many radii": ["exposure", "--site", "S", "--radius", *(str(1000 + i) for i in range(30))],
    "only listed": ["exposure", "--site", "S-LISTED"],
    "no destination": ["route", "--from", "S"],
    "unknown objective": ["route", "--from", "N-0", "--to", "N-1", "--minimise", "fuel"],
    "nowhere": ["nearest"],
    "unknown waste": ["nearest", "--at", "S", "--waste", "cats"],
    "k too large": ["nearest", "--at", "S", "-k", "9000"],
    "k negative": ["nearest", "--at", "S", "-k", "-1"],
    "k broken": ["nearest", "--at", "S", "-k", "1.5"],
    "unknown format": ["nearest", "--at", "S", "--out", "points.docx"],
    "unwritable": ["nearest", "--at", "S", "--out", "no/such/folder/points.csv"],
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("arguments", _BAD.values(), ids=_BAD.keys())
def test_bad_input_is_one_line_in_the_language(
    ask: Callable[..., Run], arguments: list[str], language: Language, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Exit 2, nothing on standard output, one line on standard error that is a sentence and no code."""
    monkeypatch.chdir(tmp_path)
    code, out, err = ask(*arguments, "--lang", language)
    assert (code, out) == (2, "")
    (line,) = err.splitlines()
    assert line.startswith("symap: ")
    assert line.count(" ") > 3
    assert "Traceback" not in line
    assert "{" not in line
    cyrillic = any("а" <= char <= "я" for char in line.lower())
    assert cyrillic == (language != "en")


def test_unknown_language_is_bad_input(ask: Callable[..., Run]) -> None:
    """The complaint comes in the system's language, since the wanted one does not exist."""
    code, out, err = ask("check", "--lang", "de")
    assert (code, out) == (2, "")
    assert "ru ky en" in err


@pytest.mark.parametrize(
    "arguments", [["--lang", "ky", "exposure", "--site", "Q"], ["exposure", "--site", "Q", "--lang=ky"]]
)
def test_options_of_every_verb_stand_before_or_after_it(ask: Callable[..., Run], arguments: list[str]) -> None:
    """The language holds wherever it is given."""
    assert "деген жер жок" in ask(*arguments)[2]


def test_program_fault_is_one_line_too(ask: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 70 for what is not the reader's fault, and still no traceback."""

    def fail(_: object = None) -> Dataset:
        raise RuntimeError("line one\nline two")

    monkeypatch.setattr(catalogue, "load", fail)
    code, out, err = ask("exposure", "--site", "S")
    assert (code, out, len(err.splitlines())) == (70, "", 1)
    assert "RuntimeError: line one line two" in err


def test_own_table_that_is_needed_and_faulty_stops_the_answer(
    ask: Callable[..., Run], small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer from the bundled table must not look like one from the user's; other verbs go on with a warning."""
    faulty = replace(small, faults=(Fault("missing-column", "settlements.xlsx", column="lon"),))
    monkeypatch.setattr(catalogue, "load", lambda _=None: faulty)
    code, out, err = ask("exposure", "--site", "S")
    assert (code, out) == (2, "")
    assert "settlements.xlsx" in err
    assert "…" not in err
    code, out, err = ask("route", "--from", "N-0", "--to", "N-1", "--json")
    assert code == 0
    assert json.loads(out)["answer"]["distance_m"] == 9000
    assert "settlements.xlsx" in err


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verb", [[], *([name] for name in cli_verbs.VERBS)], ids=str)
def test_help_is_in_the_language(ask: Callable[..., Run], verb: list[str], language: Language) -> None:
    """Not a word of argparse's own English is left in Russian and Kyrgyz help."""
    code, out, err = ask(*verb, "--help", "--lang", language)
    assert (code, err) == (0, "")
    assert "python -m geo" in out
    for word in ("usage:", "options:", "positional", "show this"):
        assert (word in out) <= (language == "en")
    for line in out.splitlines():
        assert len(line) <= 200


def test_without_a_verb_the_help_is_shown(ask: Callable[..., Run]) -> None:
    """Every verb is named there."""
    code, out, _ = ask()
    assert code == 0
    assert all(name in out for name in cli_verbs.VERBS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "arguments",
    [
        ["exposure", "--site", "S", "--at", "71.4,39.94"],
        ["route", "--from", "S", "--to", "71.54,39.95"],
        ["route", "--from", "S", "--to", "79,42"],
        ["nearest", "--at", "V-2", "--waste", "lamps"],
        ["nearest", "--at", "V-2", "--waste", "tailings"],
        ["nearest", "--at", "79,42"],
    ],
    ids=" ".join,
)
def test_text_is_readable_in_every_language(ask: Callable[..., Run], arguments: list[str], language: Language) -> None:
    """A title, the answer, lined-up tables: no code, no placeholder, no nan."""
    code, out, err = ask(*arguments, "--lang", language)
    assert (code, err) == (0, "")
    for scrap in ("nan", "None", "{", "}", "note.", "reason.", "choice."):
        assert scrap not in out
    assert len(out.splitlines()) > 3


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".geojson", ".gpkg"])
@pytest.mark.parametrize(
    "arguments",
    [["exposure", "--site", "S"], ["route", "--from", "S", "--to", "N-2"], ["nearest", "--at", "S"]],
    ids=lambda arguments: arguments[0],
)
def test_answers_are_written_to_files(
    ask: Callable[..., Run], arguments: list[str], ending: str, tmp_path: Path
) -> None:
    """Beside the printed answer, which stays what it is without the file."""
    file = tmp_path / f"answer{ending}"
    code, out, err = ask(*arguments, "--json", "--out", str(file))
    assert code == 0
    assert json.loads(out) == json.loads(ask(*arguments, "--json")[1])
    assert str(file) in err
    content, answer = file.read_bytes(), json.loads(out)["answer"]
    listed = {"exposure": ("rings",), "route": ("sections",), "nearest": ("points", "reported")}[arguments[0]]
    rows = sum(len(answer[name]) for name in listed)
    if listed == ("sections",) and ending in {".geojson", ".gpkg"}:
        rows = 1  # the line comes first where ground is drawn
    if ending == ".gpkg":
        assert len(gpd.read_file(file, layer=0)) == rows
    elif ending == ".geojson":
        features = json.loads(content)["features"]
        assert len(features) == rows
        assert all(feature["geometry"] for feature in features)
    elif ending == ".csv":
        assert len(pd.read_csv(file)) == rows
        assert b"\n=" not in content
        assert b",=" not in content
    else:
        assert len(pd.read_excel(file)) == rows


class _Terminal(io.TextIOWrapper):
    """A terminal of a given encoding."""

    def __init__(self, encoding: str) -> None:
        self.raw_bytes = io.BytesIO()
        super().__init__(self.raw_bytes, encoding=encoding)

    def shown(self) -> str:
        self.flush()
        return self.raw_bytes.getvalue().decode(self.encoding)


@pytest.mark.parametrize("encoding", ["ascii", "cp1251", "cp866", "latin-1", "utf-8"])
@pytest.mark.parametrize("as_json", [False, True])
def test_any_terminal_is_served(
    small: Dataset,
    monkeypatch: pytest.MonkeyPatch,
    encoding: str,
    as_json: bool,  # noqa: FBT001 - a test's parameter
) -> None:
    """Letters that a terminal lacks are shown by others or escaped, never by an error."""
    monkeypatch.setattr(catalogue, "load", lambda _=None: small)
    out, err = _Terminal(encoding), _Terminal(encoding)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    wanted = ["--json"] if as_json else []
    assert cli.main(["exposure", "--site", "S", "--lang", "ky", "--radius", "9000", *wanted]) == 0
    assert cli.main(["exposure", "--site", "Ң", "--lang", "ky"]) == 2
    shown = out.shown()
    if as_json:
        assert json.loads(shown)["answer"]["unknown_settlements"][0]["name"] == "Үч-Коргон"
    elif encoding == "cp1251":
        assert "жашайт" in shown
    elif encoding == "utf-8":
        assert "Калктуу конуштар" in shown
    monkeypatch.undo()


def test_terminal_without_cyrillic_gets_english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless a language is asked for, a readable one is chosen."""
    out = _Terminal("ascii")
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setenv("LC_ALL", "ru_RU")
    assert cli.main(["--help"]) == 0
    assert "usage:" in out.shown()
    monkeypatch.undo()


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LC_ALL": "ky_KG.UTF-8"}, "ky"),
        ({"LANG": "en_GB"}, "en"),
        ({"LC_ALL": "C.UTF-8"}, "ru"),
        ({"LANG": "de_DE"}, "en"),
    ],
)
def test_language_of_the_system(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], environment: dict[str, str], language: Language
) -> None:
    """The first variable that names a language counts; "C" names none."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    assert cli.main(["--help"]) == 0
    assert translator(language)("cli.usage") in capsys.readouterr().out


def _process(*arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", **more}
    command = [sys.executable, "-m", "geo", *arguments]
    return subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False, encoding="utf-8"
    )


def test_help_needs_nothing_heavy() -> None:
    """The help comes without loading tables, geometry or the network."""
    script = (
        "import sys; from geo.cli import main; main(['--help', '--lang', 'en']);"
        "print([name for name in ('pandas', 'geopandas', 'shapely', 'scipy', 'openpyxl') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_reader_that_has_enough_ends_it_quietly() -> None:
    """A pipe closed by the next program is no fault."""
    command = [sys.executable, "-m", "geo", "--help", "--lang", "ru"]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


def test_bundled_data_answer_from_a_shell() -> None:
    """The whole way, from process start to JSON, on the tables that come with the program."""
    done = _process("exposure", "--site", "KG-KHD", "--json", "--lang", "ru")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)["answer"]
    assert len(answer["rings"]) == 5
    low, high = answer["population_min_persons"], answer["population_max_persons"]
    assert 0 < low <= high
    done = _process("route", "--from", "KG-KHD", "--to", "72.80,40.52", "--lang", "ky")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("waste", WASTE_TYPES)
def test_bundled_data_send_nobody_to_an_example(bundled: Dataset, waste: str) -> None:
    """Illustrative points exist in the bundled tables and are never named outside training."""
    answer = nearest.find(bundled, nearest.NearestQuestion("71.34,39.94", waste=waste))
    found = answers_json.nearest(bundled, answer, translator("en"))
    named = found["points"] + found["reported"]
    assert "illustrative" in set(bundled.collection_points["evidence"])
    assert bool(named) == (waste not in DO_NOT_MOVE)
    assert all(point["evidence"] != "illustrative" for point in named)


def test_json_knows_no_infinity() -> None:
    """What is not finite is unknown."""
    assert json.loads(answers_json.dumps({"a": [math.nan, math.inf, 1.0], "b": pd.NA})) == {
        "a": [None, None, 1],
        "b": None,
    }


def test_table_lines_up() -> None:
    """Columns begin under their headings, numbers end there, long cells are cut."""
    lines = cli_text.table(["a", "n"], [["x" * 99, "1"], ["y", "22"]], numbers=frozenset({1})).splitlines()
    assert len({line.rindex(char) for line, char in zip(lines, ("n", "─", "1", "2"), strict=True)}) == 1
    assert "…" in lines[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_parameters_of_sentences_are_written_by_their_unit(language: Language) -> None:
    """Metres, seconds, people, shares and countries each have their way, whatever the sentence."""
    t = translator(language)
    assert sentences.value(t, "distance_m", 12_345.0) == t.km(12_345)
    assert sentences.value(t, "travel_time_s", 3600.0) == t.duration(3600)
    assert sentences.value(t, "modelled_persons", 1234.5) == t.people(1234.5)
    assert sentences.value(t, "share", 0.5) == "50\u00a0%"
    assert sentences.value(t, "year", 2022.0) == "2022"
    assert "UZ" not in sentences.value(t, "countries", "UZ, TJ")
    assert sentences.value(t, "distance_m", math.nan) == t("no-data")
    assert sentences.value(t, "place", "a\nb\u202e") == "a b"


def test_unknown_error_code_still_makes_a_line() -> None:
    """An error that the catalogues do not know yet is shown as its code, not hidden by another error."""
    assert sentences.error(translator("ru"), QuestionError("brand-new", found="x")) == "brand-new: found='x'"


def test_note_with_a_count_takes_the_plural_form() -> None:
    """One, two and five settlements are three forms in Russian."""
    t = translator("ru")
    texts = {sentences.fill(t, "count.settlements", {"count": count}) for count in (1, 2, 5)}
    assert texts == {"1 населённый пункт", "2 населённых пункта", "5 населённых пунктов"}
    assert Note("x").params == {}


def test_places_in_notes_have_their_names() -> None:
    """A reader sees the name of a place, in quotation marks where the language would bend it."""
    note = Note("position-uncertain", {"place": "KG-KHD", "positional_error_m": 2500.0})
    names = {"KG-KHD": "Хайдаркан"}
    assert "«Хайдаркан»" in sentences.note(translator("ru"), note, names)
    assert "of Khaidarkan is" in sentences.note(translator("en"), note, {"KG-KHD": "Khaidarkan"})
    assert "KG-KHD" in sentences.note(translator("ru"), note)
