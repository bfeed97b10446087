"""The A4 lists for the field: whom to call first, nobody sent to an example, numbers that map and table share."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pypdfium2
import pytest
from reportlab.pdfgen.canvas import Canvas

from geo import cli, fieldlist, fieldlist_pdf, nearest, sentences
from geo.acceptors import confirmed_points
from geo.errors import QuestionError
from geo.i18n import LANGUAGES, Language, translator
from tests.hostile import hostile
from tests.qr import decode, squares_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geo.dataset import Dataset

DAY = date(2026, 7, 31)
ADDRESS = "https://symap.example.org/base/"
BATKEN = "AR-KG-BATKEN-OBLAST"


def text_of(content: bytes) -> str:
    """Give the text of a PDF as one line."""
    document = pypdfium2.PdfDocument(content)
    return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in document)


@pytest.fixture
def confirmed(bundled: Dataset) -> Dataset:
    """Give tables with one real collection point in Batken, open, with phone and hours."""
    points = bundled.collection_points.copy()
    row = points.index[points["id"] == points["id"].iloc[6]]
    points.loc[row, ["evidence", "status", "contact", "hours"]] = ["documented", "open", "+996 3622 00000", "9–17"]
    return bundled.with_table("collection_points", points)


@pytest.mark.parametrize("language", LANGUAGES)
def test_with_the_bundled_tables_the_first_word_is_to_call(bundled: Dataset, language: Language) -> None:
    """No confirmed point is known: the sheet says so first, names no example, and lists what is only reported."""
    t = translator(language)
    sheets = fieldlist.sheets(bundled, t, DAY)
    oblasts = bundled.area_totals[bundled.area_totals["kind"] == "oblast"]
    assert [sheet.code for sheet in sheets] == ["all", *oblasts["id"]]
    for sheet in sheets:
        (warning,) = sheet.warnings
        assert sentences.reason(t, "no-confirmed-point") in warning
        assert sheet.confirmed is None
        assert not sheet.training
        assert all(feature["s"] != "collection-illustrative" for layer in sheet.drawn for feature in layer.features)
    for sheet in sheets[1:3]:
        told = text_of(fieldlist_pdf.write(sheet))
        assert "112" in told
        assert t("illustrative") not in told
        assert " ".join(sheet.made.split()) in told


def test_in_training_every_line_says_what_it_is(bundled: Dataset) -> None:
    """Each example is marked in its own line, on the map, in a frame and at the head of the page."""
    t = translator("ru")
    for sheet in fieldlist.sheets(bundled, t, DAY, training=True):
        listed = sheet.nearest if sheet.confirmed is None else sheet.confirmed
        assert listed is not None
        examples = listed.rows if sheet.nearest is None else listed.rows[:1]
        assert all(t("illustrative") in row[1] for row in examples)
        assert sheet.training
        assert t("fieldlist.training") in sheet.warnings
        if sheet.code not in {"all", "AR-KG-NARYN-OBLAST"}:
            continue
        told = text_of(fieldlist_pdf.write(sheet))
        assert told.count(t("fieldlist.training")) >= 2
        assert t("printmap.illustrative") in told
        shown = [feature for feature in sheet.drawn[-1].features if feature["s"].startswith("collection")]
        assert shown
        assert all(feature["s"] == "collection-illustrative" for feature in shown)


def test_a_real_point_has_phone_hours_and_evidence(confirmed: Dataset) -> None:
    """With a list of the ministry's, its point stands first, with the number that the map shows."""
    t = translator("ky")
    sheet = next(sheet for sheet in fieldlist.sheets(confirmed, t, DAY) if sheet.code == BATKEN)
    assert sheet.warnings == ()
    assert sheet.confirmed is not None
    assert [row[0] for row in sheet.confirmed.rows] == ["1"]
    assert sheet.confirmed.rows[0][3:5] == ("+996 3622 00000", "9–17")
    assert sheet.reported is not None
    assert [row[0] for row in sheet.reported.rows] == ["2", "3"]
    numbered = [feature for feature in sheet.drawn[-1].features if feature["s"] == "collection"]
    assert [feature["letter"] for feature in numbered] == ["1"]
    told = text_of(fieldlist_pdf.write(sheet))
    assert "+996 3622 00000" in told
    assert set("Өүң") & set(told)


def test_an_oblast_without_a_place_names_the_nearest_ones_elsewhere(bundled: Dataset) -> None:
    """For Osh what the library answers from Osh: by road, in its order, numbered as on the map; on one page."""
    t = translator("ru")
    sheet = next(sheet for sheet in fieldlist.sheets(bundled, t, DAY) if sheet.code == "AR-KG-OSH-OBLAST")
    answer = nearest.find(bundled, nearest.NearestQuestion("RN-OSH", k=3))
    assert (sheet.confirmed, sheet.reported) == (None, None)
    assert sheet.nearest is not None
    assert [row[1] for row in sheet.nearest.rows] == [t.name(row) for _, row in answer.reported.iterrows()]
    assert [row[2].split(",")[0] for row in sheet.nearest.rows] == [
        t.km(away) for away in answer.reported["distance_m"]
    ]
    marked = [feature for layer in sheet.drawn for feature in layer.features if feature["s"].startswith("storage")]
    assert len(marked) == len(sheet.nearest.rows)
    content = fieldlist_pdf.write(sheet)
    assert len(pypdfium2.PdfDocument(content)) == 1
    assert "Кадамжай" in text_of(content)


def test_every_town_stands_in_its_oblast_s_tables(bundled: Dataset) -> None:
    """A way is measured from a place that the tables have, for every oblast that they have."""
    areas = bundled.area_totals
    assert set(fieldlist.TOWNS) == set(areas.loc[areas["kind"] == "oblast", "id"])
    assert set(fieldlist.TOWNS.values()) <= set(bundled.road_nodes["id"])


def test_the_pdf_names_language_title_and_parts(bundled: Dataset) -> None:
    """A screen reader says title and language, and finds the parts in the outline."""
    sheet = fieldlist.sheets(bundled, translator("ky"), DAY)[0]
    content = fieldlist_pdf.write(sheet)
    document = pypdfium2.PdfDocument(content)
    assert document.get_metadata_value("Title") == sheet.title
    assert document.get_metadata_value("Author") == translator("ky")("app.name")
    assert next(item.get_title() for item in document.get_toc()) == sheet.title
    assert b"/Lang (ky)" in content
    assert b"/DisplayDocTitle true" in content


def test_closed_points_are_on_no_sheet(confirmed: Dataset) -> None:
    """A point that has closed is not named, however well it is documented."""
    points = confirmed.collection_points.copy()
    points["status"] = "closed"
    sheets = fieldlist.sheets(confirmed.with_table("collection_points", points), translator("en"), DAY)
    assert all(sheet.confirmed is None for sheet in sheets)


def test_the_oblast_is_that_of_the_nearest_known_settlement(bundled: Dataset) -> None:
    """Near Khaidarkan it is Batken's; far from any settlement whose raion is on record it is not made up."""
    rows = pd.DataFrame({"lon": [71.34, 74.59, 71.0], "lat": [39.94, 42.87, 39.9], "country": ["KG", "KG", "UZ"]})
    found = fieldlist.oblasts(bundled, rows).tolist()
    assert found[0] == BATKEN
    assert found[1] is None
    assert found[2] is None


def test_places_without_an_oblast_are_counted(bundled: Dataset) -> None:
    """The Bishkek facility stands on the country's sheet alone, and every sheet says that one does."""
    t = translator("en")
    whole, batken = fieldlist.sheets(bundled, t, DAY)[:2]
    assert whole.reported is not None
    assert batken.reported is not None
    assert len(whole.reported.rows) == len(batken.reported.rows) + 1
    assert t("fieldlist.not-assigned", count="1") in batken.remarks


def test_the_code_leads_to_the_live_page(bundled: Dataset) -> None:
    """A reader of QR codes finds the address of the page "nearest" in the sheet's language in what is printed."""
    sheet = fieldlist.sheets(bundled, translator("ky"), DAY, address=ADDRESS)[0]
    assert sheet.address == "https://symap.example.org/base/nearest?lang=ky"
    code = fieldlist_pdf._QrCode(sheet.address)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(code.width + 20, code.height + 20))
    code.drawOn(canvas, 10, 10)
    canvas.save()
    pixels = pypdfium2.PdfDocument(buffer.getvalue())[0].render(scale=4, grayscale=True).to_numpy()
    assert decode(squares_of(pixels.reshape(pixels.shape[:2]))) == sheet.address
    assert any(isinstance(part, fieldlist_pdf._QrCode) for part in _inside(fieldlist_pdf._story(sheet)))
    without = fieldlist.sheets(bundled, translator("ky"), DAY)[0]
    assert not any(isinstance(part, fieldlist_pdf._QrCode) for part in _inside(fieldlist_pdf._story(without)))


def _inside(parts: Any) -> Iterator[object]:
    """Give everything that stands on a sheet, in tables and groups too."""
    for part in parts:
        yield part
        if isinstance(part, (list, tuple)):
            yield from _inside(part)
        for name in ("_content", "_cellvalues"):
            yield from _inside(getattr(part, name, ()))


@pytest.mark.parametrize("address", ["symap.example.org", "javascript:alert(1)", "https://a b", 'https://x"onload='])
def test_an_address_is_checked(bundled: Dataset, address: str) -> None:
    """What is no web address is refused, with a sentence in each language."""
    with pytest.raises(QuestionError) as caught:
        fieldlist.sheets(bundled, translator("en"), DAY, address=address)
    assert caught.value.code == "field-address"
    for language in LANGUAGES:
        assert sentences.error(translator(language), caught.value)


def test_hostile_names_break_nothing(bundled: Dataset) -> None:
    """Every text of every table is a payload; a sheet of each kind is still written."""
    made = {
        sheet.nearest is None: sheet
        for sheet in fieldlist.sheets(hostile(bundled), translator("ru"), DAY, training=True)
    }
    assert True in made
    for sheet in made.values():
        content = fieldlist_pdf.write(sheet)
        assert b"/JavaScript" not in content
        assert text_of(content)


def test_a_long_list_goes_on_with_its_headings(bundled: Dataset) -> None:
    """A hundred points need several pages; the headings stand on each."""
    points = pd.concat([bundled.collection_points] * 7, ignore_index=True)
    points["id"] = [f"CP-{number}" for number in range(len(points))]
    points["evidence"] = "documented"
    dataset = bundled.with_table("collection_points", points)
    assert len(confirmed_points(dataset, None, training=False)) == 105
    sheet = fieldlist.sheets(dataset, translator("en"), DAY)[0]
    document = pypdfium2.PdfDocument(fieldlist_pdf.write(sheet))
    pages = [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    listing = [page for page in pages if len(re.findall(r"Example", page)) > 5]
    assert len(listing) > 2
    assert sheet.confirmed is not None
    assert all(" ".join(sheet.confirmed.heads[:3]) in page for page in listing[:-1])


class TestCommandLine:
    """``python -m geo fieldlist``."""

    def test_a_file_for_the_country_and_for_each_oblast(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The folder is made; the output counts what is on each sheet and says that there is no code."""
        folder = tmp_path / "lists"
        assert cli.main(["fieldlist", "--lang", "ky", "-o", str(folder)]) == 0
        names = sorted(file.name for file in folder.iterdir())
        codes = ["all", *(code.lower() for code in fieldlist.TOWNS)]
        assert names == sorted(f"symap-list-{code}-ky.pdf" for code in codes)
        said = capsys.readouterr().out
        assert translator("ky")("fieldlist.no-address") in said

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_bad_input(self, tmp_path: Path, capsys: pytest.CaptureFixture[str], language: Language) -> None:
        """No folder named, a file where the folder should be, no address: one line and exit code 2."""
        file = tmp_path / "file"
        file.write_text("x")
        for arguments in ([], ["-o", str(file)], ["-o", str(tmp_path / "d"), "--address", "nowhere"]):
            assert cli.main(["fieldlist", *arguments, "--lang", language]) == 2
            assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sheet_is_one_page_in_every_language(bundled: Dataset, language: Language) -> None:
    """With few places nothing runs over: the map takes the room that table, card and words leave."""
    for sheet in fieldlist.sheets(bundled, translator(language), DAY, address="https://symap.example.org"):
        content = fieldlist_pdf.write(sheet)
        assert len(pypdfium2.PdfDocument(content)) == 1, sheet.code
        assert b"Helvetica" not in content
        assert ".." not in text_of(content)
