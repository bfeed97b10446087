"""Briefs: the page's own numbers on paper, in every format and language, with sources, and inert whatever names hold."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from html.parser import HTMLParser
from importlib import import_module
from typing import TYPE_CHECKING, Any

import docx
import numpy as np
import openpyxl
import pptx
import pypdfium2
import pytest
import shapely
from docx.oxml.ns import qn

from geo import brief, cli, exposure, headlines, inventory, means, nearest, osm, plan_text, sentences, views
from geo.brought import OwnLayer
from geo.cli_brief import FORMATS, writer
from geo.errors import QuestionError
from geo.grid_people import GridPeople
from geo.grids import open_grid
from geo.i18n import LANGUAGES, Language, translator
from geo.views import View
from tests import osm_worlds
from tests.grid_worlds import north_up, write_grid
from tests.hostile import hostile
from tests.payloads import ALARM

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geo.brief import Brief
    from geo.dataset import Dataset

BISHKEK = timezone(timedelta(hours=6))
MADE = datetime(2026, 7, 31, 12, tzinfo=BISHKEK)
NEAR = View("exposure", {})
ALL = (
    View("overview", {}),
    NEAR,
    View("routes", {}),
    View("nearest", {"at": "70.8324,40.0033"}),
    View("sources", {"part": "unknown"}),
)
#: What the HTML of a brief is made of; nothing of it runs or fetches.
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "span", "b", "h1", "h2", "h3", "div", "p"),
    *("nav", "ol", "li", "a", "section", "figure", "svg", "path", "circle", "text", "clippath", "rect", "g", "table"),
    *("thead", "tbody", "tr", "th", "td", "ul", "code", "footer"),
}


def pdf_pages(content: bytes) -> list[str]:
    """Give the text of each page as one line."""
    document = pypdfium2.PdfDocument(content)
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def plain(text: str) -> str:
    """Write a text with simple spaces."""
    return " ".join(text.split())


@pytest.fixture(scope="module")
def made(bundled: Dataset) -> dict[str, Brief]:
    """Make the brief of five views in each language once."""
    return {language: brief.make(bundled, ALL, language, MADE) for language in LANGUAGES}


@pytest.fixture(scope="module")
def near(bundled: Dataset) -> Brief:
    """Make the brief of who lives near Khaidarkan once."""
    return brief.make(bundled, [NEAR], "en", MADE)


@pytest.fixture(scope="module")
def printed(made: dict[str, Brief]) -> Callable[[str, str], bytes]:
    """Give a function that writes the brief of five views in a format and a language, once for all tests."""
    return lru_cache(lambda code, language: writer(code)(made[language]))


class TestContent:
    """What a brief says, before any format."""

    def test_it_says_what_the_page_says(self, bundled: Dataset, made: dict[str, Brief]) -> None:
        """Number, range and sentence are those of the headline; the first row of the table is the page's."""
        t = translator("ru")
        answer = exposure.measure(bundled, exposure.ExposureQuestion(("KG-KHD",)))
        chapter = made["ru"].chapters[1]
        assert chapter.headline == headlines.exposure(answer, t, radius_m=5000.0)
        rows = {row[0]: row for row in chapter.tables[0].rows}
        row = answer.totals_by_radius.set_index("radius_m").loc[5000.0]
        assert headlines.people_range(t, row) in rows[t("unit.value-km", value="5")]

    def test_people_near_are_not_people_poisoned(self, made: dict[str, Brief]) -> None:
        """The caution stands with the number in every language."""
        for language, whole in made.items():
            headline = whole.chapters[1].headline
            assert headline is not None
            assert headline.caution == translator(language)("exposure.not-poisoning")

    def test_examples_are_announced(self, bundled: Dataset, made: dict[str, Brief], near: Brief) -> None:
        """The overview shows illustrative points; people near and roads rest on none."""
        assert [chapter.illustrative for chapter in made["en"].chapters] == [True, False, False, False, False]
        assert made["en"].illustrative
        assert not near.illustrative
        training = View("nearest", {"at": "70.8324,40.0033", "training": True})
        assert brief.make(bundled, [training], "en", MADE).illustrative

    @pytest.mark.parametrize("training", [False, True])
    def test_every_place_and_road_of_the_list_names_its_source(self, bundled: Dataset, *, training: bool) -> None:
        """Sources are those of all places listed and of the roads to them, not of the first place alone."""
        view = View("nearest", {"at": "70.8324,40.0033", "training": training})
        answer = nearest.find(bundled, nearest.NearestQuestion("70.8324,40.0033", waste="lamps", training=training))
        told = brief.make(bundled, [view], "en", MADE).sources
        assert {*answer.points["source"], *answer.reported["source"]} <= set(told)
        roads = set(bundled.road_sections["source"]) & set(told)
        assert any("Batken–Boz-Adyr" in source for source in roads)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_no_example_stands_under_a_heading_of_real_points(self, bundled: Dataset, language: Language) -> None:
        """In training the list is headed as an exercise, and each example says that it is one, by the map's numbers."""
        view, t = View("nearest", {"at": "70.8324,40.0033", "training": True}), translator(language)
        (chapter,) = brief.make(bundled, [view], language, MADE).chapters
        titles = [table.title for table in chapter.tables]
        assert titles == [t("brief.table.points-training"), t("brief.table.reported")]
        assert all(t("illustrative") in row[1] for row in chapter.tables[0].rows)
        numbers = [row[0] for table in chapter.tables for row in table.rows]
        assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
        labels = [one.get("label", "") for one in chapter.drawn[-1].features]
        for number, row in zip(numbers, (row for table in chapter.tables for row in table.rows), strict=True):
            assert any(label.startswith(f"{number}. {row[1].split(' (')[0]}") for label in labels)

    def test_the_map_of_the_nearest_is_not_drawn_for_the_farthest(self, bundled: Dataset) -> None:
        """Bishkek, 450 km off, does not shrink the way to the nearest; that it is left out stands under the map."""
        view = View("nearest", {"at": "70.8324,40.0033"})
        (chapter,) = brief.make(bundled, [view], "en", MADE).chapters
        west, south, east, north = chapter.bounds
        assert (east - west, north - south) < (2.0, 1.0)
        assert west <= 70.8324 <= east
        assert south <= 40.0033 <= north
        assert chapter.remark == translator("en").n("brief.outside-frame", 1)

    def test_every_kind_of_evidence_in_a_table_is_explained(self, bundled: Dataset, made: dict[str, Brief]) -> None:
        """The overview lists documented, reported and illustrative records: the three words are explained."""
        t = translator("en")
        whole = brief.make(bundled, [View("overview", {})], "en", MADE)
        assert [word for word, _ in whole.meanings] == [
            t(f"choice.evidence.{code}") for code in ("documented", "reported", "illustrative")
        ]
        assert len(made["en"].meanings) == 4

    def test_a_column_without_a_word_is_left_out(self, bundled: Dataset) -> None:
        """No section from Batken to Khaidarkan has a road number, so there is no column of numbers."""
        (chapter,) = brief.make(bundled, [View("routes", {})], "en", MADE).chapters
        sections = chapter.tables[0]
        assert translator("en")("cli.column.road") not in sections.heads
        assert len(sections.heads) == len(sections.widths) == len(sections.rows[0])
        assert {sections.heads[place] for place in sections.numbers} == {
            translator("en")(f"cli.column.{name}") for name in ("length", "time")
        }

    def test_conflicts_about_the_places_named(self, made: dict[str, Brief]) -> None:
        """Where Khaidarkan lies is disputed: all statements stand, the one in use is marked."""
        conflicts = made["en"].conflicts
        assert conflicts is not None
        positions = [row for row in conflicts.rows if "latitude" in row[0]]
        assert len(positions) > 3
        assert [row[3] for row in positions].count("✓") == 1
        # One of them lies 74 km off and is disproved; it never stands as if it were as good as the others.
        refuted = translator("en")("column.refuted").lower()
        (disproved,) = [row for row in positions if "70.48" in row[1]]
        assert disproved[3].startswith(refuted)

    def test_the_day_is_that_of_the_given_zone(self) -> None:
        """One moment is two days in two zones; a time without a zone is refused."""
        moment, t = datetime(2026, 7, 31, 20, 30, tzinfo=UTC), translator("en")
        told = brief.day(t, moment.astimezone(BISHKEK)), brief.day(t, moment)
        assert told == ("1 Aug 2026, UTC+06:00", "31 Jul 2026, UTC+00:00")
        with pytest.raises(ValueError, match="2026"):
            brief.day(t, datetime(2026, 7, 31))  # noqa: DTZ001 - that is the point

    def test_the_hash_is_of_tables_files_and_questions(self, bundled: Dataset) -> None:
        """Language and day do not change it; another question, another order, another table or another file do."""

        def inputs(dataset: Dataset, *chosen: View, day: int = 1, **more: Any) -> str:
            return brief.make(dataset, chosen, "ky" if day > 1 else "en", MADE + timedelta(days=day), **more).inputs

        one, two = View("sources", {"part": "about"}), View("sources", {"part": "rules"})
        first = inputs(bundled, one, two)
        assert inputs(bundled, one, two, day=2) == first
        fewer = bundled.with_table("claims", bundled.claims.iloc[:-1])
        file = means.Means(files=(means.File("--population", "a.tif", "0a"),))
        other = means.Means(files=(means.File("--population", "a.tif", "0b"),))
        others = [
            inputs(bundled, one, one),
            inputs(bundled, two, one),
            inputs(fewer, one, two),
            inputs(bundled, one, two, at_hand=file),
            inputs(bundled, one, two, at_hand=other),
        ]
        assert len({first, *others}) == 6

    @pytest.mark.parametrize(
        ("chosen", "code"),
        [
            ((), "brief-no-view"),
            ((NEAR,) * 21, "brief-too-many-views"),
            ((View("nearest", {}),), "brief-no-question"),
            ((NEAR.changed(people="people.tif"),), "view-needs-people"),
            ((View("routes", {"network": "own.symapnet"}),), "view-needs-network"),
            ((View("routes", {"people": "people.tif"}),), "view-needs-people"),
        ],
    )
    def test_what_cannot_be_written_is_refused(self, bundled: Dataset, chosen: tuple[View, ...], code: str) -> None:
        """No view, a book of views, no place chosen, a file of the reader's that is not at hand: each says what is wrong."""
        with pytest.raises(QuestionError) as caught:
            brief.make(bundled, chosen, "en", MADE)
        assert caught.value.code == code
        for language in LANGUAGES:
            assert sentences.error(translator(language), caught.value)

    @pytest.mark.parametrize("part", ["unknown", "claims", "guidelines", "methods", "files", "rules", "about"])
    def test_every_part_of_the_sources(self, bundled: Dataset, part: str) -> None:
        """Each part of "Sources and methods" is text or a table."""
        chapter = brief.make(bundled, [View("sources", {"part": part})], "ky", MADE).chapters[0]
        assert bool(chapter.lines) != bool(chapter.tables)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_guideline_stands_with_its_form_and_whether_it_is_in_force(
        self, bundled: Dataset, language: Language
    ) -> None:
        """Three values for fish are no contradiction, and nobody takes a withdrawn one for a limit."""
        t = translator(language)
        (table,) = brief.make(bundled, [View("sources", {"part": "guidelines"})], language, MADE).chapters[0].tables
        column = {name: table.heads.index(t(f"column.{name}")) for name in ("form", "status")}
        assert {row[column["form"]] for row in table.rows} == {
            t.name(row, "form") for _, row in bundled.guidelines.iterrows()
        }
        standing = [row[column["status"]] for row in table.rows]
        assert all(standing)
        unverified = t("column.unverified").lower()
        assert sum(one.endswith(unverified) for one in standing) == int(bundled.guidelines["unverified"].sum())

    def test_long_tables_say_how_much_is_printed(self, bundled: Dataset) -> None:
        """The ledger of conflicts has more rows than are printed; the remark names both counts."""
        table = brief.make(bundled, [View("sources", {"part": "claims"})], "en", MADE).chapters[0].tables[0]
        assert len(table.rows) == 60
        assert f"60 of {len(bundled.claims)}" in table.remark


class TestJourney:
    """A road with what is to be weighed against it."""

    def test_a_road_has_its_corridor_alternatives_and_direction(self, bundled: Dataset) -> None:
        """Table, map and notes hold what the page's answer holds; another road is drawn grey, the road has arrows."""
        t = translator("en")
        view = View("routes", {"from": "74.6,42.87", "to": "72.8,40.52", "minimise": "time"})
        plan = means.journey(bundled, view, means.Means())
        whole = brief.make(bundled, [view], "en", MADE)
        (chapter,) = whole.chapters
        tables = {table.title: table for table in chapter.tables}
        roads = tables[t("cli.plan.alternatives")].rows
        assert [row[1] for row in roads] == [
            t.km(plan.route.distance_m),
            *(t.km(one.route.distance_m) for one in plan.alternatives),
        ]
        assert plan.alternatives
        along = tables[t("brief.table.along", width="800 m")]
        assert plan.corridor is not None
        assert len(along.rows) == len(plan.corridor.by_part)
        assert len(tables[t("brief.table.towns", width="800 m")].rows) == len(plan.corridor.towns)
        assert plan_text.people(plan, t) in chapter.notes
        assert set(plan.corridor.sources) <= set(chapter.headline.sources if chapter.headline else ())
        styles = {feature["s"] for layer in chapter.drawn for feature in layer.features}
        assert {"route", "route-other", "corridor"} <= styles
        svg = writer("html")(whole).decode()
        assert t("printmap.route-other") in svg
        assert t("legend.route-other") not in svg

    def test_another_road_of_the_page_is_the_one_that_is_told(self, bundled: Dataset) -> None:
        """The headline is that of the road which is looked at; the best one stays in the list."""
        view = View("routes", {"from": "74.6,42.87", "to": "72.8,40.52", "minimise": "time"})
        plan = means.journey(bundled, view, means.Means())
        other = view.changed(road="alternative-1")
        chapter = brief.make(bundled, [other], "en", MADE).chapters[0]
        assert chapter.headline is not None
        assert chapter.headline.number == translator("en").km(plan.alternatives[0].route.distance_m)


@pytest.fixture(scope="module")
def grid(bundled: Dataset, tmp_path_factory: pytest.TempPathFactory) -> GridPeople:
    """Give a grid on which a hundred people live in each cell round Khaidarkan."""
    path = write_grid(
        tmp_path_factory.mktemp("grid") / "people.tif", np.full((60, 80), 100.0, dtype=np.float32),
        transform=north_up(71.0, 40.2, 0.01),
    )  # fmt: skip
    return GridPeople(open_grid(path, kind="count"), bundled.borders)


class TestFiles:
    """Views that rest on files of the reader's."""

    def test_people_of_a_grid_by_region_with_the_file_named(self, bundled: Dataset, grid: GridPeople) -> None:
        """The number is that of the command line's answer; address, command, list of files and hash name the grid."""
        west = shapely.box(71.0, 39.5, 71.3418, 40.5)
        layer = OwnLayer("halves.geojson", ("W",), ({"en": "The west"},), np.array([west]), np.array([np.nan]), 0, 0)
        have = means.Means(
            people=grid, regions=layer, files=(means.File("--population", "people.tif", grid.grid.index.digest),)
        )
        whole = brief.make(bundled, [NEAR], "en", MADE, at_hand=have)
        (chapter,) = whole.chapters
        answer = exposure.measure(bundled, exposure.ExposureQuestion(("KG-KHD",)), grid)
        assert chapter.headline == headlines.exposure(answer, translator("en"), radius_m=5000.0)
        assert any("The west" in row for table in chapter.tables for row in table.rows)
        assert "own-area" in {feature["s"] for drawn in chapter.drawn for feature in drawn.features}
        assert chapter.method[0] == translator("en")("method.exposure.grid")
        assert translator("en")("method.exposure.central") not in chapter.method
        assert "people=people.tif" in chapter.address
        assert "--population 'people.tif'" in whole.command
        assert whole.brought == (translator("en")("brief.own-files", files="people.tif"),)
        assert whole.inputs != brief.make(bundled, [NEAR], "en", MADE).inputs

    def test_roads_of_a_network_are_driven(self, bundled: Dataset, tmp_path: Path) -> None:
        """The road of the file is told, not that of the tables; the tables' lines are not drawn under it."""
        ways = [(1, [11, 12, 13, 23], {"highway": "primary"})]
        osm.build(osm_worlds.write(tmp_path / "a.osm", osm_worlds.grid(2, 3), ways), tmp_path / "a.symapnet")
        have = means.Means(roads=lambda vehicle: osm.load_network(tmp_path / "a.symapnet", vehicle))
        view = View(
            "routes", {"from": "71.0,40.0", "to": "71.02,40.01", "network": "a.symapnet", "through_abroad": True}
        )
        (chapter,) = brief.make(bundled, [view], "en", MADE, at_hand=have).chapters
        assert chapter.headline is not None
        assert chapter.headline.number == "2.8 km"
        assert not {"road", "road-abroad"} & {feature["s"] for layer in chapter.drawn for feature in layer.features}


class TestPdf:
    """A4 with embedded letters."""

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_number_and_source_can_be_found(
        self, made: dict[str, Brief], printed: Callable[[str, str], bytes], language: Language
    ) -> None:
        """Text extraction finds each headline, caution, note and source, the day and the hash."""
        whole = made[language]
        pages = pdf_pages(printed("pdf", language))
        told = " ".join(pages)
        loose = re.sub(r"\W+", "", told)
        for chapter in whole.chapters:
            assert re.sub(r"\W+", "", chapter.title) in loose
            if chapter.headline is not None:
                for text in (chapter.headline.number, chapter.headline.sentence, chapter.headline.caution):
                    assert plain(text) in told
            for note in (*chapter.notes, *chapter.lines):
                assert re.sub(r"\W+", "", note) in loose
        for source in whole.sources:
            assert re.sub(r"\W+", "", source) in loose
        assert whole.short_hash in pages[0]
        assert all(plain(whole.made) in page for page in pages)
        assert plain(whole.t("brief.page", page=1, pages=len(pages))) in pages[0]
        assert plain(whole.t("brief.illustrative")) in pages[0]

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_no_page_break_cuts_a_short_table(
        self, made: dict[str, Brief], printed: Callable[[str, str], bytes], language: Language
    ) -> None:
        """Heading and all rows of a table that a page holds stand on one page."""
        pages = [re.sub(r"\W+", "", page) for page in pdf_pages(printed("pdf", language))]
        short = [table for chapter in made[language].chapters for table in chapter.tables if table.is_short]
        assert len(short) > 4
        for table in short:
            told = [re.sub(r"\W+", "", text) for text in (table.title, *(cell for row in table.rows for cell in row))]
            assert any(all(text in page for text in told) for page in pages), table.title

    def test_the_kyrgyz_letters_are_in_the_text_layer(self, printed: Callable[[str, str], bytes]) -> None:
        """Ө, ү and ң of names and sentences come out as they went in; both fonts are embedded."""
        content = printed("pdf", "ky")
        told = " ".join(pdf_pages(content))
        assert {"Ө", "ө", "ү", "ң"} <= set(told)
        assert set(re.findall(rb"/BaseFont /[A-Z+]*SymapSans-(\w+)", content)) == {b"Regular", b"Bold"}
        assert content.count(b"/FontFile2") >= 2
        # Nothing is left to a font of the reader's machine.
        assert len(re.findall(rb"/Type /Font\b", content)) == len(re.findall(rb"/BaseFont /[A-Z+]*SymapSans", content))
        assert b"Helvetica" not in content

    def test_it_names_language_title_author_and_parts(
        self, made: dict[str, Brief], printed: Callable[[str, str], bytes]
    ) -> None:
        """A screen reader says title and language; every chapter, table and list stands in the outline, in order."""
        whole = made["ky"]
        content = printed("pdf", "ky")
        document = pypdfium2.PdfDocument(content)
        assert document.get_metadata_value("Title") == plain(whole.title)
        assert document.get_metadata_value("Author") == whole.t("app.name")
        assert b"/Lang (ky)" in content
        assert b"/DisplayDocTitle true" in content
        # Noon in Bishkek.
        assert str(document.get_metadata_value("CreationDate")).startswith("D:20260731060000")
        outline = [(mark.level, plain(mark.get_title())) for mark in document.get_toc()]
        assert [told for level, told in outline if not level][: len(ALL)] == [
            plain(one.title) for one in whole.chapters
        ]
        tables = [plain(table.title) for one in whole.chapters for table in one.tables]
        assert [told for level, told in outline if level and told in tables] == tables

    def test_tables_repeat_their_headings_and_cut_no_row(self, bundled: Dataset) -> None:
        """A list of settlements that fills three pages has its headings on each."""
        wide = View("exposure", {"radii_m": (60_000.0,), "radius_m": 60_000.0})
        whole = brief.make(bundled, [wide], "en", MADE)
        table = whole.chapters[0].tables[-1]
        assert len(table.rows) == 60
        pages = pdf_pages(writer("pdf")(whole))
        # The map names them too, but without their distance.
        holding = [page for page in pages if sum(plain(" ".join(row[:3])) in page for row in table.rows) > 5]
        assert len(holding) > 1
        for page in holding:
            assert " ".join(table.heads[:3]) in page
        joined = " ".join(pages)
        for row in table.rows:
            assert row[0] in joined

    def test_the_same_brief_gives_the_same_bytes(self, near: Brief) -> None:
        """Nothing in it depends on when it was written."""
        one, two = (writer("pdf")(near) for _ in range(2))
        assert one == two

    def test_each_map_says_that_it_shows_examples(self, printed: Callable[[str, str], bytes]) -> None:
        """The overview's own page has the words, beside those on page one."""
        t = translator("ru")
        pages = pdf_pages(printed("pdf", "ru"))
        with_map = next(page for page in pages if t("legend.collection-illustrative") in page)
        assert t("printmap.illustrative") in with_map


class _Reader(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text.append(data)


def read_html(content: bytes) -> _Reader:
    """Read an HTML file."""
    reader = _Reader()
    reader.feed(content.decode())
    return reader


class TestHtml:
    """One file that stands alone."""

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_it_stands_alone(
        self, made: dict[str, Brief], printed: Callable[[str, str], bytes], language: Language
    ) -> None:
        """No script, nothing fetched, letters and maps inside, language said, each map with a text."""
        content = printed("html", language)
        reader = read_html(content)
        assert reader.tags <= TAGS
        links = [value for name, value in reader.attributes if name in {"href", "src", "action", "xlink:href"}]
        assert links
        assert all(value.startswith("#chapter-") for value in links)
        assert ("lang", language) in reader.attributes
        assert sum(name == "aria-label" and value.startswith(made[language].t("brief.map-of", title="")[:4]) for name, value in reader.attributes) == 4  # fmt: skip
        assert b"font/woff2;base64," in content
        assert content.count(b"url(") == content.count(b"url(data:") + content.count(b"url(#map")
        told = plain(" ".join(reader.text))
        for chapter in made[language].chapters:
            if chapter.headline is not None:
                assert plain(chapter.headline.number) in told
                assert plain(chapter.headline.sentence) in told

    def test_headings_follow_each_other_and_columns_are_named(self, printed: Callable[[str, str], bytes]) -> None:
        """One first heading, then second and third ones; every heading of a table names its column."""
        content = printed("html", "en").decode()
        levels = [int(level) for level in re.findall(r"<h(\d)", content)]
        assert levels.count(1) == 1
        assert content.count("<th") - content.count("<thead") == content.count('scope="col"')


class TestOffice:
    """Word processors, slides and spreadsheets."""

    def test_a_document_is_editable(self, made: dict[str, Brief]) -> None:
        """Real headings, a family that is everywhere, tables whose headings repeat and whose rows stay whole."""
        whole = made["ky"]
        document = docx.Document(io.BytesIO(writer("docx")(whole)))
        by_style: dict[str, list[str]] = {}
        for paragraph in document.paragraphs:
            by_style.setdefault(paragraph.style.name, []).append(plain(paragraph.text))
        assert by_style["Title"] == [plain(whole.title)]
        assert len(by_style["Heading 1"]) == len(ALL)
        assert document.styles["Normal"].font.name == "Arial"
        told = plain(document.element.body.xpath("string()"))
        for chapter in whole.chapters:
            if chapter.headline is not None:
                assert plain(chapter.headline.number) in told
        assert plain(whole.t("brief.illustrative")) in told
        tables = [table for table in document.tables if len(table.rows) > 1]
        assert len(tables) > 5
        for table in tables:
            rows = table._tbl.tr_lst
            # Without this a word processor leaves the headings alone at the foot of a page, or loses rows there.
            assert rows[0].findall(f".//{qn('w:keepNext')}")
            assert not any(row.findall(f".//{qn('w:keepNext')}[@{qn('w:val')}='1']") for row in rows[1:])
            assert rows[0].find(f".//{qn('w:tblHeader')}") is not None
            assert all(row.find(f".//{qn('w:cantSplit')}") is not None for row in rows)
        pictures = document.element.body.findall(f".//{qn('wp:docPr')}")
        assert len(pictures) == 4
        for picture, chapter in zip(pictures, whole.chapters, strict=False):
            assert chapter.headline is not None
            assert plain(chapter.headline.sentence) in plain(picture.get("descr"))
        core = document.core_properties
        assert (core.author, core.last_modified_by, core.language) == ("Сымап", "Сымап", "ky")
        assert core.created.isoformat().startswith("2026-07-31T06:00")
        assert document.styles["Normal"].element.find(f".//{qn('w:lang')}").get(qn("w:val")) == "ky-KG"
        fields = [part.get(qn("w:instr")) for part in document.sections[0].footer._element.iter(qn("w:fldSimple"))]
        assert fields == ["NUMPAGES", "PAGE"]

    def test_the_parts_of_a_document_stand_in_the_schema_s_order(self, made: dict[str, Brief]) -> None:
        """Word calls a file damaged in which properties stand in another order than its schema has them."""
        orders = {
            "tblPr": "tblStyle tblW jc tblInd tblBorders tblLayout tblCellMar tblLook",
            "tcPr": "tcW gridSpan tcBorders shd noWrap tcMar vAlign",
            "pPr": "pStyle keepNext keepLines pageBreakBefore numPr pBdr shd tabs spacing ind jc rPr sectPr",
            "trPr": "cantSplit tblHeader",
        }
        document = docx.Document(io.BytesIO(writer("docx")(made["ru"])))
        section = document.sections[0]
        for root in (document.element, section.header._element, section.footer._element):
            for name, order in orders.items():
                names = order.split()
                for part in root.iter(qn(f"w:{name}")):
                    found = [names.index(child.tag.split("}")[1]) for child in part]
                    assert found == sorted(found), name

    def test_one_slide_for_each_view(self, made: dict[str, Brief]) -> None:
        """Title, number, sentence and source line on it, what backs them in the notes; nothing beyond its edges."""
        whole = made["ru"]
        deck = pptx.Presentation(io.BytesIO(writer("pptx")(whole)))
        slides = list(deck.slides)
        core = deck.core_properties
        assert (core.author, core.last_modified_by, core.comments) == ("Сымап", "Сымап", "")
        assert len(slides) == len(whole.chapters)
        for slide, chapter in zip(slides, whole.chapters, strict=True):
            told = plain(" ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame))
            notes = plain(slide.notes_slide.notes_text_frame.text)
            assert plain(slide.shapes.title.text_frame.text) == plain(chapter.title)
            assert chapter.address in notes
            if chapter.headline is not None:
                assert plain(chapter.headline.number) in told
                assert plain(chapter.headline.sentence) in told
                assert all(plain(source) in notes for source in chapter.headline.sources[:1])
            assert (plain(whole.t("brief.illustrative")) in told) == chapter.illustrative
            for part in (slide._element, slide.notes_slide._element):
                runs = list(part.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}rPr"))
                assert runs
                assert {run.get("lang") for run in runs} == {"ru-RU"}
            for shape in slide.shapes:
                assert shape.left >= 0
                assert shape.top >= 0
                assert shape.left + shape.width <= deck.slide_width
                assert shape.top + shape.height <= deck.slide_height

    @pytest.mark.parametrize("part", ["claims", "guidelines", "files"])
    def test_a_slide_of_a_table_holds_the_table(self, bundled: Dataset, part: str) -> None:
        """A view that is a table alone is no empty slide: its first rows as a table, and how many there are in all."""
        whole = brief.make(bundled, [View("sources", {"part": part})], "ru", MADE)
        (slide,) = pptx.Presentation(io.BytesIO(writer("pptx")(whole))).slides
        (frame,) = [shape for shape in slide.shapes if shape.has_table]
        (made,) = whole.chapters[0].tables
        rows = [tuple(plain(cell.text) for cell in row.cells) for row in frame.table.rows]
        assert rows == [tuple(map(plain, row)) for row in (made.heads, *made.rows)][: len(rows)]
        assert len(rows) > 8
        said = plain(" ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame))
        cut = whole.t("brief.rows-cut", shown=whole.t.number(len(rows) - 1), all=whole.t.number(made.total))
        assert (plain(cut) in said) == (len(rows) - 1 < made.total)
        assert frame._element.nvGraphicFramePr.cNvPr.get("descr") == plain(made.title)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_words_of_a_slide_keep_clear_of_its_warning(self, bundled: Dataset, language: Language) -> None:
        """The longest sentence, that of an exercise, ends above the frame that says so."""
        view = View("nearest", {"at": "70.8324,40.0033", "training": True})
        whole = brief.make(bundled, [view], language, MADE)
        (slide,) = pptx.Presentation(io.BytesIO(writer("pptx")(whole))).slides
        headline = whole.chapters[0].headline
        assert headline is not None
        boxes = {plain(shape.text_frame.text): shape for shape in slide.shapes if shape.has_text_frame}
        sentence, warning = boxes[plain(headline.sentence)], boxes[plain(whole.t("brief.illustrative"))]
        assert sentence.top + sentence.height <= warning.top

    def test_a_workbook_has_numbers_units_and_meanings(self, made: dict[str, Brief]) -> None:
        """Full numbers as numbers, a dictionary of the columns, the day and the hash."""
        book = openpyxl.load_workbook(io.BytesIO(writer("xlsx")(made["en"])))
        assert len(book.sheetnames) > 8
        about = " ".join(str(cell.value) for row in book[book.sheetnames[-1]].iter_rows() for cell in row)
        assert made["en"].inputs in about
        assert made["en"].made in about
        properties = book.properties
        assert (properties.title, properties.creator, properties.language) == (made["en"].title, "Symap", "en")
        numbers = [
            cell for page in book for row in page.iter_rows() for cell in row if isinstance(cell.value, (int, float))
        ]
        assert len(numbers) > 100

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_workbook_begins_with_the_answers(self, made: dict[str, Brief], language: Language) -> None:
        """A row a view with the words of the page, its evidence and address; an example's warning stands beside it."""
        whole = made[language]
        book = openpyxl.load_workbook(io.BytesIO(writer("xlsx")(whole)))
        heads, *rows = book.worksheets[0].iter_rows(values_only=True)
        told = [dict(zip(heads, row, strict=True)) for row in rows]
        column = {name: whole.t(f"export.column.{name}") for name in ("question", "answer", "view", "warning")}
        assert [row[column["question"]] for row in told] == [chapter.title for chapter in whole.chapters]
        assert [row[column["view"]] for row in told] == [chapter.address for chapter in whole.chapters]
        numbers = [chapter.headline.number if chapter.headline else None for chapter in whole.chapters]
        assert [row[column["answer"]] for row in told] == numbers
        warned = [row[column["warning"]] is not None for row in told]
        assert warned == [chapter.illustrative for chapter in whole.chapters]

    def test_a_workbook_holds_what_its_view_shows(self, bundled: Dataset, made: dict[str, Brief]) -> None:
        """All tables of the records shown, what lies at the one picked, people along the road, and the conflicts."""
        book = openpyxl.load_workbook(io.BytesIO(writer("xlsx")(made["en"])))
        t = made["en"].t
        answer = inventory.select(bundled, inventory.InventoryQuestion())
        for table in ("sites", "storage", "collection_points"):
            assert book[t(f"table.{table}")].max_row == 1 + len(getattr(answer, table))
        for code in ("table.site_quantities", "table.claims", "export.sheet.corridor_towns"):
            assert book[t(code)].max_row > 1

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_whole_ledger_is_in_the_workbook(self, bundled: Dataset, language: Language) -> None:
        """The paper that is cut after sixty rows says that the workbook has all: it has, numbers as numbers."""
        whole = brief.make(bundled, [View("sources", {"part": "claims"})], language, MADE)
        book = openpyxl.load_workbook(io.BytesIO(writer("xlsx")(whole)))
        heads, *rows = book[whole.t("table.claims")].iter_rows(values_only=True)
        assert len(rows) == len(bundled.claims)
        values = [row[heads.index(whole.t("column.value"))] for row in rows]
        persons = bundled.claims["unit"].eq("persons").tolist()
        assert all(isinstance(value, int) for value, counted in zip(values, persons, strict=True) if counted)
        assert headlines.claim(whole.t, bundled.claims.iloc[0]) in values

    @pytest.mark.parametrize("part", ["guidelines", "files", "unknown"])
    def test_no_workbook_of_sources_is_empty(self, bundled: Dataset, part: str) -> None:
        """Tables are tables; lines of text stand in the first sheet."""
        whole = brief.make(bundled, [View("sources", {"part": part})], "ru", MADE)
        book = openpyxl.load_workbook(io.BytesIO(writer("xlsx")(whole)))
        told = " ".join(str(cell) for page in book.worksheets[:2] for row in page.values for cell in row)
        (chapter,) = whole.chapters
        assert all(line in told for line in chapter.lines)
        assert all(row[-1] in told for table in chapter.tables for row in table.rows)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_dictionary_explains_every_column(self, made: dict[str, Brief], language: Language) -> None:
        """No meaning is left out."""
        book = openpyxl.load_workbook(io.BytesIO(writer("xlsx")(made[language])))
        title = made[language].t("export.sheet.dictionary")
        rows = list(book[title].iter_rows(min_row=2, values_only=True))
        assert [(row[0], row[2]) for row in rows if not row[4]] == []


@pytest.fixture(scope="module")
def bad(bundled: Dataset) -> Brief:
    """Make a brief of tables whose every text is a payload."""
    return brief.make(hostile(bundled), ALL, "ru", MADE, title="<script>window.symapAlarm=1</script>")


class TestHostile:
    """Names that try to become code, markup or formulas."""

    def test_nothing_in_html_runs(self, bad: Brief) -> None:
        """Only the brief's own elements stand there; the payloads are words."""
        content = writer("html")(bad)
        reader = read_html(content)
        assert reader.tags <= TAGS
        assert not any(name.startswith("on") or name == "srcdoc" for name, _ in reader.attributes)
        risky = [value for name, value in reader.attributes if name != "aria-label" and ALARM in value]
        assert risky == []
        assert ALARM in " ".join(reader.text)
        assert b"default-src 'none'" in content

    @pytest.mark.parametrize("code", ["pdf", "docx", "pptx", "xlsx"])
    def test_every_file_is_whole(self, bad: Brief, code: str) -> None:
        """Each is written and opens again."""
        content = writer(code)(bad)
        if code == "pdf":
            assert len(pdf_pages(content)) > 3
            assert b"/JavaScript" not in content
            assert b"/OpenAction" not in content
        elif code == "docx":
            assert docx.Document(io.BytesIO(content)).paragraphs
        elif code == "pptx":
            assert len(list(pptx.Presentation(io.BytesIO(content)).slides)) == len(ALL)
        else:
            book = openpyxl.load_workbook(io.BytesIO(content))
            kinds = {cell.data_type for page in book for row in page.iter_rows() for cell in row}
            assert "f" not in kinds


class TestCommandLine:
    """``python -m geo brief``."""

    @pytest.mark.parametrize("code", FORMATS)
    def test_it_writes_the_file(self, tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str) -> None:
        """The format follows the file's ending; the answer names the hash."""
        file = tmp_path / f"brief.{code}"
        assert cli.main(["brief", "sources?part=guidelines", "--lang", "ky", "-o", str(file)]) == 0
        assert file.stat().st_size > 3_000
        assert str(file) in capsys.readouterr().out

    def test_files_are_taken_from_the_command_line(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """The kind of the cells comes with the view; the answer names the files; the number is the verb exposure's."""
        cells = np.full((60, 80), 100.0, dtype=np.float32)
        path = write_grid(tmp_path / "people.tif", cells, transform=north_up(71.0, 40.2, 0.01))
        file, view = tmp_path / "brief.html", "exposure?places=KG-KHD&people=people.tif&grid_kind=count"
        assert cli.main(["brief", view, "--population", str(path), "--lang", "en", "--json", "-o", str(file)]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["question"]["files"] == ["people.tif"]
        arguments = ["exposure", "--site", "KG-KHD", "--population", str(path), "--grid-kind", "count", "--json"]
        assert cli.main([*arguments, "--lang", "en"]) == 0
        radii = json.loads(capsys.readouterr().out)["answer"]["by_radius"]
        people = next(row["population_persons"] for row in radii if row["radius_m"] == 5000)
        assert told["answer"]["headlines"] == [translator("en").people(people)]

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize(
        ("arguments", "found"),
        [
            (["exposure?places=KG-KHD", "-o", "brief.odt"], "odt"),
            (["exposure?places=KG-KHD", "--format", "rtf", "-o", "brief.pdf"], "rtf"),
            (["exposure?places=NOWHERE", "-o", "brief.pdf"], "NOWHERE"),
            (["exposure?radii_m=nan", "-o", "brief.pdf"], "nan"),
            (["elsewhere?x=1", "-o", "brief.pdf"], "elsewhere"),
            (["exposure?places=KG-KHD", "-o", "missing-folder/brief.html"], "missing-folder"),
            (["exposure?people=people.tif&grid_kind=count", "-o", "brief.pdf"], "--population"),
            (["routes?network=a.symapnet", "-o", "brief.pdf"], "--network"),
            (["exposure?places=KG-KHD", "--population", "missing.tif", "-o", "brief.pdf"], "missing.tif"),
            (["exposure?places=KG-KHD", "--regions", "missing.json", "-o", "brief.pdf"], "missing.json"),
            (["routes?from=ST-BATKEN", "--network", "missing.net", "-o", "brief.pdf"], "missing"),
            (["exposure?places=KG-KHD"], "--output"),
            (["-o", "brief.pdf"], "exposure?places=KG-KHD"),
        ],
    )
    def test_bad_input_is_one_line_in_the_readers_language(  # noqa: PLR0917 - fixtures and parameters
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        arguments: list[str],
        found: str,
        language: Language,
    ) -> None:
        """Exit code 2, what was found in the message, no traceback, no file."""
        monkeypatch.chdir(tmp_path)
        assert cli.main(["brief", *arguments, "--lang", language]) == 2
        said = capsys.readouterr().err.strip()
        assert "\n" not in said
        assert found in said
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_why_a_file_cannot_be_written_is_said_in_the_language(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], language: Language
    ) -> None:
        """A folder of that name, a folder that is not there: the system's own English words are translated."""
        t = translator(language)
        for file, code in ((tmp_path, "folder"), (tmp_path / "none" / "a.html", "missing")):
            arguments = ["brief", "sources?part=about", "--format", "html", "--lang", language, "-o", str(file)]
            assert cli.main(arguments) == 2
            assert f"({t(f'system.{code}')})" in capsys.readouterr().err


def test_every_format_has_its_writer() -> None:
    """A format that is offered can be written."""
    for code in FORMATS:
        module: Any = import_module(f"geo.brief_{code}")
        assert module.write is writer(code)


def test_views_are_read_from_full_addresses(bundled: Dataset) -> None:
    """What the share button copies can be pasted."""
    address = views.link(NEAR, "https://symap.example.org/base", lang="ru")
    assert brief.make(bundled, [views.decode(address)], "en", MADE).chapters[0].view == NEAR
