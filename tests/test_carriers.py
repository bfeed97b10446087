"""Nobody is sent to an example: no file, page, slide or answer that leads somewhere ever leads to one unasked."""

from __future__ import annotations

import html
import io
import itertools
import json
import zipfile
from datetime import date
from typing import TYPE_CHECKING

import pypdfium2
import pytest

from geo import api, catalogue, cli, fieldpack, nearest, routing, slides, storybook, views
from geo.errors import QuestionError
from geo.export import FORMATS, TABLE_FORMATS
from geo.i18n import LANGUAGES, translator
from geo.schema import DO_NOT_MOVE, WASTE_TYPES
from pages._shared import nearest_view
from tests.road_worlds import point, valley

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from geo.dataset import Dataset
    from geo.i18n import Language

    Written = Callable[..., tuple[int, str, list[bytes]]]

EXAMPLE = "CP-ILL-OSH"
MOVABLE = tuple(code for code in WASTE_TYPES if code not in DO_NOT_MOVE)
#: Ways to be led to the example: every verb whose answer has a destination.
LEADING = (
    ("route", "--from", "ST-BUJUM", "--to", EXAMPLE),
    ("route", "--from", EXAMPLE, "--to", "ST-BUJUM"),
    ("route", "--from", "ST-BUJUM", "--to", EXAMPLE, "--alternatives", "2", "--tradeoff"),
    ("matrix", "--from", "ST-BUJUM", "--to", EXAMPLE),
    ("matrix", "--from", EXAMPLE, "--to", "ST-BUJUM"),
    ("service-area", "--at", EXAMPLE, "--minutes", "30"),
    ("corridor", "--from", "ST-BUJUM", "--to", EXAMPLE, "--width", "800"),
)


def _names(dataset: Dataset) -> list[str]:
    frame = dataset.collection_points
    examples = frame[frame["evidence"] == "illustrative"]
    assert len(examples)
    return [*examples["id"], *(name for code in LANGUAGES for name in examples[f"name_{code}"])]


def _texts(content: bytes) -> str:
    """Give all that can be read in a file, whatever it is packed in."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = [packed.read(name).decode("utf-8", "replace") for name in packed.namelist()]
            return html.unescape("\n".join(parts))
    if content.startswith(b"%PDF"):
        document = pypdfium2.PdfDocument(content)
        return "\n".join(page.get_textpage().get_text_bounded() for page in document).replace("\r\n", " ")
    return content.decode("utf-8", "replace")


@pytest.fixture
def shell(bundled: Dataset, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Written:
    """Run a verb on the bundled data and give its exit code, its complaint and every file in a folder after it."""
    monkeypatch.setattr(catalogue, "load", lambda _=None: bundled)

    def run(folder: Path, *arguments: str) -> tuple[int, str, list[bytes]]:
        code = cli.main(list(arguments))
        out, err = capsys.readouterr()
        return code, err, [out.encode(), *(path.read_bytes() for path in folder.rglob("*") if path.is_file())]

    return run


@pytest.mark.parametrize("arguments", LEADING, ids=lambda words: f"{words[0]}-{words[2]}")
@pytest.mark.parametrize("ending", FORMATS)
def test_the_shell_refuses_a_way_to_an_example_in_every_format(
    shell: Written, tmp_path: Path, arguments: tuple[str, ...], ending: str
) -> None:
    """One sentence in the reader's language with the remedy, and no file is written."""
    file = tmp_path / f"out{ending}"
    for language in LANGUAGES:
        code, said, _ = shell(tmp_path, *arguments, "--out", str(file), "--lang", language)
        assert code == 2
        assert translator(language)("error.example-place", place=EXAMPLE) in said
    assert not file.exists()


@pytest.mark.parametrize("ending", FORMATS)
def test_an_exercise_gives_tables_that_say_so_and_nothing_to_drive_by(
    shell: Written, tmp_path: Path, ending: str
) -> None:
    """In training the tables carry the words in all languages; a device that shows no words gets nothing."""
    for language in LANGUAGES:
        t = translator(language)
        file = tmp_path / f"out-{language}{ending}"
        code, said, _ = shell(tmp_path, *LEADING[0], "--training", "--out", str(file), "--lang", language)
        if ending in TABLE_FORMATS:
            assert code == 0, said
            assert t("note.training") in _texts(file.read_bytes())
        else:
            assert code == 2
            assert t("error.track-illustrative") in said
            assert not file.exists()


def _answers(shell: Written, folder: Path, language: Language) -> Iterator[bytes]:
    # Every format and every waste once; the wastes end before the formats do.
    for ending, waste in itertools.zip_longest(FORMATS, MOVABLE):
        file = folder / f"nearest{ending}"
        asked = ("--at", "ST-BUJUM", *(("--waste", waste) if waste else ()), "-k", "50")
        code, said, written = shell(folder, "nearest", *asked, "--out", str(file), "--lang", language)
        assert code == 0, said
        yield from written
        file.unlink()
    for verb in (("nearest", "--sites", "settlements"), ("fieldpack", str(folder)), ("fieldlist", "-o", str(folder))):
        code, said, written = shell(folder, *verb, "--lang", language)
        assert code == 0, said
        yield from written
    ways = ("--to", "collection_points", "--to", "storage", "--json")
    code, said, written = shell(folder, "matrix", "--from", "ST-BUJUM", *ways, "--lang", language)
    assert code == 0, said
    yield from written


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_file_of_the_shell_names_an_example_as_the_place_to_go(
    bundled: Dataset, shell: Written, tmp_path: Path, language: Language
) -> None:
    """Nearest points in every format and waste, field page, GPX, KML, A4 lists, many places, matrices."""
    names = _names(bundled)
    count = 0
    for content in _answers(shell, tmp_path, language):
        text = _texts(content)
        assert not [name for name in names if name in text]
        count += 1
    assert count > 2 * len(FORMATS)


@pytest.mark.parametrize("ending", ["pdf", "docx", "pptx", "html", "xlsx"])
def test_no_brief_leads_to_an_example(bundled: Dataset, shell: Written, tmp_path: Path, ending: str) -> None:
    """That of the nearest point names none; that of a road to one is not written."""
    file = tmp_path / f"brief.{ending}"
    code, said, _ = shell(tmp_path, "brief", f"routes?from=ST-BUJUM&to={EXAMPLE}", "-o", str(file), "--lang", "ky")
    assert (code, file.exists()) == (2, False)
    assert translator("ky")("error.example-place", place=EXAMPLE) in said
    code, said, _ = shell(tmp_path, "brief", "nearest?at=ST-BUJUM&waste=lamps", "-o", str(file), "--lang", "ky")
    assert code == 0, said
    text = _texts(file.read_bytes())
    assert not [name for name in _names(bundled) if name in text]


def test_no_slide_and_no_link_leads_to_an_example(bundled: Dataset) -> None:
    """A slide of such a road says why it has none; a link carries the exercise only where it was switched on."""
    view = views.decode(f"routes?from=ST-BUJUM&to={EXAMPLE}")
    with pytest.raises(QuestionError, match="example-place"):
        routing.find(bundled, views.question(view))  # type: ignore[arg-type]
    drill = views.decode(f"routes?from=ST-BUJUM&to={EXAMPLE}&training=1")
    answer = routing.find(bundled, views.question(drill))  # type: ignore[arg-type]
    assert "training" in {note.code for note in answer.notes}
    shown = slides.make(bundled, storybook.Story((storybook.Slide(views.encode(view)),)), "ru")
    assert [(number, problem.code) for number, problem in shown.refused] == [(1, "example-place")]
    assert not slides.make(bundled, storybook.Story((storybook.Slide(views.encode(drill)),)), "ru").refused


def test_no_address_leads_to_an_example(bundled: Dataset) -> None:
    """Nearest points, roads and layers for programs."""
    for name, pairs in (("nearest", [("at", "ST-BUJUM"), ("k", "50")]), ("layers/collection_points.geojson", [])):
        told = api.respond(bundled, name, pairs).content.decode()
        assert not [text for text in _names(bundled) if text in told]
    reply = api.respond(bundled, "route", [("from", "ST-BUJUM"), ("to", EXAMPLE)])
    assert reply.status == 400
    assert set(json.loads(reply.content)) == {"error"}


def test_a_real_list_is_led_to_and_examples_beside_it_are_not() -> None:
    """The law is about examples alone: a documented point goes into every carrier."""
    data = valley(
        collection_points=[
            point("CP-REAL", 74.5, 41.0, accepts=("lamps",)),
            point("CP-MADE-UP", 74.1, 41.0, accepts=("lamps",), evidence="illustrative"),
        ],
    )
    assert list(nearest.find(data, nearest.NearestQuestion("RN-A", "lamps")).points["id"]) == ["CP-REAL"]
    assert routing.find(data, routing.RouteQuestion("RN-A", "CP-REAL")).reachable
    page = fieldpack.page(data, "ru", date(2026, 1, 1)).html.decode()
    assert "CP-REAL" in page
    assert "CP-MADE-UP" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_point_across_the_border_says_so_beside_its_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], language: Language
) -> None:
    """On the page and in the shell: the country, and through which ones the road runs."""
    t = translator(language)
    data = valley(
        collection_points=[point("CP-X", 75.2, 41.3, accepts=("lamps",)), point("CP-B", 74.5, 41.0, accepts=("lamps",))]
    )
    answer = nearest.find(data, nearest.NearestQuestion("RN-A", "lamps"))
    shown = {str(row["id"]): nearest_view.point_html(t, row) for row in answer.points.to_dict("records")}
    assert t("nearest.point-abroad", country=t("country.UZ")) in shown["CP-X"]
    assert t("field.through", countries=f"{t('country.KG')} → {t('country.UZ')}") in shown["CP-X"]
    assert "sy-abroad" not in shown["CP-B"]
    monkeypatch.setattr(catalogue, "load", lambda _=None: data)
    assert cli.main(["nearest", "--at", "RN-A", "--waste", "lamps", "--lang", language]) == 0
    told = capsys.readouterr().out
    assert f"CP-X ({t('country.UZ')})" in told
    assert "CP-B (" not in told
