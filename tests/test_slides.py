"""The show: every number is the library's, every source is named, nothing is fetched and nothing from outside runs."""

from __future__ import annotations

import asyncio
import gzip
import json
import math
import re
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import (
    catalogue,
    cli,
    exposure,
    headlines,
    means,
    routing,
    sentences,
    slide_facts,
    slide_layers,
    slide_map,
    slides,
    storybook,
)
from geo.errors import QuestionError, SymapError
from geo.grid_people import GridPeople
from geo.grids import open_grid
from geo.i18n import LANGUAGES, translator
from geo.nearest import NearestAnswer
from geo.printmap_scene import Clipped, Words
from geo.storybook import Slide, Story
from pages._shared import present_http
from tests.grid_worlds import north_up, write_grid
from tests.hostile import hostile
from tests.payloads import PAYLOADS
from tests.road_worlds import point, valley

if TYPE_CHECKING:
    from pathlib import Path

    from geo.dataset import Dataset
    from geo.slide_words import SlideWords
    from geo.slides import Show
    from geo.views import View

NBSP = "\u00a0"


@pytest.fixture(scope="module")
def show(bundled: Dataset) -> Show:
    """Make the bundled story's show once; it opens in Russian."""
    return slides.make(bundled, storybook.bundled(), "ru")


class _Reader(HTMLParser):
    """Collects what a browser would see: tags, their attributes, and the text of each slide by language."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.said: dict[str, list[str]] = {language: [] for language in LANGUAGES}
        self._language = ""
        self._quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note tag and attributes; an article begins what is said in its language."""
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag == "article":
            self._language = dict(attrs)["lang"] or ""
            self.said[self._language].append("")
        self._quiet += tag in {"style", "script"}

    def handle_endtag(self, tag: str) -> None:
        """End what is said."""
        if tag == "article":
            self._language = ""
        self._quiet -= tag in {"style", "script"}

    def handle_data(self, data: str) -> None:
        """Add to what is said."""
        if self._language and not self._quiet:
            self.said[self._language][-1] += data


def _read(html: bytes) -> _Reader:
    reader = _Reader()
    reader.feed(html.decode())
    return reader


def _plain(text: str) -> str:
    """Take out what only keeps a number in one line."""
    return re.sub(r"\s+", " ", text.replace("\u2060", ""))


def _words(dataset: Dataset, view: str, show_: str = "", language: str = "en") -> SlideWords:
    return slides.words(dataset, Slide(view, show_), translator(language))  # type: ignore[arg-type]


def test_the_file_asks_for_nothing_and_runs_only_its_own_script(show: Show) -> None:
    """At most 3 MB, no address that a browser would fetch, no style or script outside the policy's hashes."""
    text = show.html.decode()
    assert len(show.html) < 3_000_000
    assert gzip.decompress(show.gzipped) == show.html
    assert show.refused == ()
    reader = _read(show.html)
    fetched = [
        (name, value)
        for name, value in reader.attributes
        if name in {"src", "href", "xlink:href", "action", "data", "poster", "srcset"} and not value.startswith("data:")
    ]
    assert fetched == []
    assert not {"img", "iframe", "object", "embed", "base", "form", "a"} & set(reader.tags)
    assert not [name for name, _ in reader.attributes if name.startswith("on") or name == "style"]
    assert not re.search(r"url\((?!data:|#)", text)
    assert "@import" not in text
    assert "default-src 'none'" in text
    assert "unsafe" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_slide_says_number_evidence_and_sources_in_each_language(
    show: Show, bundled: Dataset, language: str
) -> None:
    """All that the words hold stands in the file: nobody has to go online to answer "who says so"."""
    t = translator(language)  # type: ignore[arg-type]
    said = [_plain(text) for text in _read(show.html).said[language]]
    story = storybook.bundled()
    assert len(said) == len(story.slides) == 5
    for slide, text in zip(story.slides, said, strict=True):
        words = slides.words(bundled, slide, t)
        head = words.headline
        assert head.title == slide.title[language]
        for part in (head.title, head.label, head.number, head.detail, head.sentence, head.caution):
            assert _plain(part) in text
        assert head.evidence is not None
        assert t(f"choice.evidence.{head.evidence}") in text
        assert head.sources
        for source in head.sources:
            assert _plain(source) in text
        assert t("map.boundaries-note", vintage=slide_vintage()) in text
        assert slide.view in text


def slide_vintage() -> str:
    """Give the vintage of the borders as the catalogue has it."""
    return next(entry.vintage for entry in slides.entries() if entry.name == "borders")


def test_who_lives_near_is_the_library_s_answer(bundled: Dataset) -> None:
    """The same words as the page's, for the radius of the view, and what the number is not."""
    words = _words(bundled, "exposure?places=KG-KHD&radii_m=5000,20000&radius_m=20000")
    answer = exposure.measure(bundled, exposure.ExposureQuestion(("KG-KHD",), (5000.0, 20_000.0)))
    assert words.headline == headlines.exposure(answer, translator("en"), radius_m=20_000.0)
    assert "not evidence" in words.headline.caution


def test_the_road_names_whom_it_passes_and_how_little_is_known(bundled: Dataset) -> None:
    """Length and time of the route; settlements within 800 m; people as a range because the line is a scheme."""
    words = _words(bundled, "routes?from=ST-BATKEN&to=SF-KHD-WORKS&minimise=distance")
    question = routing.RouteQuestion("ST-BATKEN", "SF-KHD-WORKS", minimise="distance")
    route = routing.find(bundled, question)
    assert words.headline.number == translator("en").km(route.distance_m) == "65 km"
    assert "Within 800" in words.headline.sentence
    assert "Bujum" in words.headline.sentence
    assert "scheme" in words.headline.caution
    assert set(headlines.route(route, translator("en")).sources) < set(words.headline.sources)


def test_what_lies_there_is_the_largest_recorded_mass_with_its_year(bundled: Dataset) -> None:
    """More than 13 million t of slag, 2009; the source of that row comes first."""
    words = _words(bundled, "overview?record=KG-KHD")
    assert words.headline.number == f">{NBSP}13{NBSP}million t"
    assert "2009" in words.headline.detail
    row = bundled.site_quantities[bundled.site_quantities["quantity"] == "slag-mass"].iloc[0]
    assert words.headline.sources[0] == row["source"]
    assert words.headline.evidence == row["evidence"]


def test_a_record_without_quantities_is_told_by_its_note(bundled: Dataset) -> None:
    """No number is made up where none is recorded."""
    words = _words(bundled, "overview?record=SF-ECOCOMPLEX")
    assert words.headline.number == words.headline.title
    assert not re.search(r"\d", words.headline.number)


def test_gaps_are_counted_from_the_tables(bundled: Dataset) -> None:
    """The same counts by hand: rows without a number, sites at a town's point, questions with two answers."""
    view = Slide("sources?part=unknown").seen
    found = slide_facts.ask(bundled, view, "gaps")
    assert isinstance(found, slide_facts.GapFacts)
    home = [row for row in bundled.settlements.to_dict("records") if row["country"] == "KG"]
    assert found.settlements == len(home)
    assert found.unnumbered == sum(math.isnan(row["population_persons"]) for row in home)
    sites = [row for row in bundled.sites.to_dict("records") if row["kind"] != "reference-point"]
    assert (found.sites, found.unplaced) == (
        len(sites),
        sum(row["position_basis"] in {"town-point", "village-point", "none"} for row in sites),
    )
    answers: dict[str, set[str]] = {}
    for row in bundled.claims.to_dict("records"):
        answers.setdefault(row["subject"], set()).add(row["value"])
    assert found.questions == sum(len(values) > 1 for values in answers.values())
    assert found.confirmed == 0


def test_gaps_follow_the_reader_s_own_tables() -> None:
    """A world of two numbered villages and one confirmed point has other gaps."""
    world = valley(
        collection_points=[point("CP-1", 74.5, 41.0, country="KG")],
        settlements=[
            point("ST-1", 74.0, 41.0, country="KG", population_persons=100),
            point("ST-2", 74.2, 41.0, country="KG"),
        ],
    )
    words = _words(world, "sources?part=unknown")
    assert words.headline.number == "1 of 2"
    assert words.headline.sentence.endswith("Confirmed collection points: 1.")


def test_without_a_confirmed_point_the_chain_says_so_and_names_what_is_only_reported(bundled: Dataset) -> None:
    """Never a zero, never an example as a destination."""
    words = _words(bundled, "overview?layers=storage", "chain")
    assert words.headline.number == translator("en")("present.none-known")
    assert words.headline.evidence == "reported"
    assert "Ecocomplex" in words.headline.sentence
    assert words.example == ""
    world = valley(collection_points=[point("CP-1", 74.5, 41.0, country="KG")])
    mine = _words(world, "overview?layers=collection_points", "chain")
    assert (mine.headline.number, mine.headline.evidence) == ("1", "documented")


@pytest.mark.parametrize("view", ["overview?layers=collection_points", "nearest?at=ST-BUJUM&waste=lamps&training=1"])
def test_an_example_is_told_without_a_click(bundled: Dataset, view: str) -> None:
    """In the words of the slide itself, in a frame that grey print keeps."""
    kind = "records" if view.startswith("overview") else ""
    story = Story((Slide(view, kind),))
    made = slides.make(bundled, story, "en").html.decode().replace("&#160;", " ")
    for language in LANGUAGES:
        words = slides.words(bundled, story.slides[0], translator(language))
        assert words.example
        assert f'<p class="example">{words.example}' in made


def test_a_refused_slide_says_why_and_the_others_stay(bundled: Dataset) -> None:
    """A place that the tables do not have, a view without a place, a spot outside the data."""
    story = Story(
        (
            Slide("exposure?places=NO-SUCH"),
            Slide("nearest?at=&waste=lamps"),
            Slide("exposure?places=13.4,52.5"),
            Slide("routes?from=ST-BATKEN&to=KG-KHD"),
            Slide("exposure?places=KG-KHD&people=grid.tif"),
        )
    )
    made = slides.make(bundled, story, "ky")
    assert [(number, why.code) for number, why in made.refused] == [
        (1, "unknown-place"),
        (2, "story-nothing-asked"),
        (3, "outside-window"),
        (5, "view-needs-people"),
    ]
    said = _read(made.html).said
    for language in LANGUAGES:
        assert translator(language)("present.refused") in said[language][0]
        assert "NO-SUCH" in said[language][0]
        assert "65" in said[language][3]


def test_own_words_stand_in_place_of_the_answer_s_in_their_language_only(bundled: Dataset) -> None:
    """A Kyrgyz title leaves the Russian one alone."""
    slide = Slide("routes?from=ST-BATKEN&to=KG-KHD", title={"ky": "Өз аталышым"}, sentence={"ky": "Өз сүйлөмүм"})
    mine = slides.words(bundled, slide, translator("ky")).headline
    other = slides.words(bundled, slide, translator("ru")).headline
    assert (mine.title, mine.sentence) == ("Өз аталышым", "Өз сүйлөмүм")
    assert "Өз" not in other.title + other.sentence
    assert mine.number == other.number


def test_a_grid_and_roads_that_are_at_hand_are_used(bundled: Dataset, tmp_path: Path) -> None:
    """The slide says what the page says of the same grid, along the road too; what is not at hand is refused."""
    path = write_grid(
        tmp_path / "people.tif", np.full((60, 80), 100.0, np.float32), transform=north_up(71.0, 40.2, 0.01)
    )
    grid = GridPeople(open_grid(path, kind="count"), bundled.borders)
    near = Slide("exposure?places=KG-KHD&people=people.tif")
    road = Slide("routes?from=ST-BATKEN&to=KG-KHD&people=people.tif")
    have = means.Means(people=grid)
    head = slides.words(bundled, near, translator("en"), at_hand=lambda _: have).headline
    answer = exposure.measure(bundled, exposure.ExposureQuestion(("KG-KHD",)), grid)
    assert head == headlines.exposure(answer, translator("en"), radius_m=5000.0)
    found = slides.answer(bundled, road, at_hand=lambda _: have)
    assert isinstance(found, slide_facts.RoadFacts)
    assert found.along is not None
    assert found.along.grid == "people.tif"
    assert slides.thumbnail(bundled, near, translator("en"), at_hand=lambda _: have)

    story = tmp_path / "one.json"
    story.write_text('{"symap_story": 1, "slides": [{"view": "exposure?places=KG-KHD&people=people.tif"}]}')
    target = tmp_path / "one.html"
    arguments = [str(story), "--population", str(path), "--grid-kind", "count", "-o", str(target)]
    assert cli.main(["present", *arguments, "--lang", "en"]) == 0
    assert head.number.split(NBSP)[-1].encode() in target.read_bytes()

    def missing(view: View) -> means.Means:
        raise QuestionError("view-needs-people", found=view.values["people"])

    made = slides.make(bundled, Story((near, road)), "ru", at_hand=missing)
    assert [why.code for _, why in made.refused] == ["view-needs-people"] * 2
    assert slides.thumbnail(bundled, near, translator("en"), at_hand=missing) is None


def test_a_missing_grid_is_told_before_any_road_is_looked_for(bundled: Dataset) -> None:
    """The search may take long, and what it finds could not be shown."""
    made = slides.make(bundled, Story((Slide("routes?from=NO-SUCH&to=KG-KHD&people=grid.tif"),)), "ru")
    assert [why.code for _, why in made.refused] == ["view-needs-people"]


def test_a_slide_has_a_small_picture(bundled: Dataset) -> None:
    """As wide as a thumb, and the same in a list that is drawn again."""
    slide = storybook.bundled().slides[1]
    picture = slides.thumbnail(bundled, slide, translator("ky"))
    assert picture is not None
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert 200 < int.from_bytes(picture[16:20], "big") < 300
    assert len(picture) < 60_000
    assert slides.thumbnail(bundled, slide, translator("ky")) is picture


def test_an_empty_story_is_a_page_that_says_so(bundled: Dataset) -> None:
    """No slide is a state of its own."""
    made = slides.make(bundled, Story(), "en").html.decode()
    assert translator("en")("present.no-slides") in made


def test_names_and_words_from_outside_stay_text(bundled: Dataset, show: Show) -> None:
    """Names of the tables, own titles and sentences: no tag, attribute or template comes of them."""
    world = hostile(bundled)
    odd = [text for text in PAYLOADS if text.strip()]
    story = Story(
        tuple(
            Slide(slide.view, slide.show, dict.fromkeys(LANGUAGES, odd[i]), dict.fromkeys(LANGUAGES, odd[-i - 1]))
            for i, slide in enumerate(storybook.bundled().slides)
        ),
        dict.fromkeys(LANGUAGES, "</title><script>window.symapAlarm=1</script>"),
    )
    made = _read(slides.make(world, story, "en").html)
    usual = _read(show.html)
    assert set(made.tags) <= set(usual.tags)
    assert {name for name, _ in made.attributes} <= {name for name, _ in usual.attributes}
    assert made.tags.count("script") == usual.tags.count("script") == 2


@given(
    west=st.floats(69.2, 79.0),
    south=st.floats(39.1, 42.5),
    wide=st.floats(0.0, 2.0),
    tall=st.floats(0.0, 1.0),
)
def test_the_subject_lies_where_no_words_cover_it(west: float, south: float, wide: float, tall: float) -> None:
    """Both its corners fall into the clear part of the slide, and the slide has its aspect on the ground."""
    about = (west, south, west + wide, south + tall)
    whole = slide_layers.frame(about)
    left, top, right, bottom = slide_layers.CLEAR
    shares = [
        ((about[0] - whole[0]) / (whole[2] - whole[0]), (about[2] - whole[0]) / (whole[2] - whole[0])),
        ((whole[3] - about[3]) / (whole[3] - whole[1]), (whole[3] - about[1]) / (whole[3] - whole[1])),
    ]
    for (low, high), (least, most) in zip(shares, ((left, right), (top, bottom)), strict=True):
        assert least - 1e-9 <= low <= high <= most + 1e-9
    squeeze = math.cos(math.radians(south + tall / 2.0))
    assert (whole[2] - whole[0]) * squeeze / (whole[3] - whole[1]) == pytest.approx(slide_layers.ASPECT)


def test_the_nearest_point_is_seen_large_whatever_lies_far_off(bundled: Dataset) -> None:
    """Seven kilometres fill the map; a store in another valley, which the answer lists too, does not shrink them."""
    slide = Slide("nearest?at=ST-BUJUM&waste=lamps&training=1")
    facts = slides.answer(bundled, slide)
    assert isinstance(facts, NearestAnswer)
    assert facts.reported["straight_line_m"].max() > 400_000
    west, south, east, north = slide_layers.subject(facts, slide_layers.draw(bundled, facts, slide, translator("en")))
    first = facts.points.iloc[0]
    for lon, lat in ((facts.place.lon, facts.place.lat), (first["lon"], first["lat"])):
        assert west < lon < east
        assert south < lat < north
    assert north - south < 0.3
    assert east - west < 0.4


@pytest.mark.parametrize("language", LANGUAGES)
def test_whose_towns_lie_around_is_said_on_the_map(bundled: Dataset, language: str) -> None:
    """Khaidarkan's picture names the three countries whose ground is seen, and the enclaves, in each language."""
    t = translator(language)
    first = storybook.bundled().slides[0]
    facts = slides.answer(bundled, first)
    assert not isinstance(facts, SymapError)
    drawn = slide_layers.draw(bundled, facts, first, t)
    scene = slide_map.compose(drawn, slide_layers.frame(slide_layers.subject(facts, drawn)), t, title="")
    inside = next(item for item in scene.items if isinstance(item, Clipped))
    said = {item.text for item in inside.items if isinstance(item, Words)}
    assert {sentences.country(t, code).upper() for code in ("KG", "UZ", "TJ")} <= said
    enclaves = {"en": {"Sokh", "Vorukh"}, "ru": {"Сох", "Ворух"}, "ky": {"Сох", "Ворух"}}
    assert enclaves[language] <= said


def test_the_command_line_writes_the_same_file(
    bundled: Dataset, show: Show, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a story the bundled one; the answer says file, size and slides."""
    monkeypatch.setattr(catalogue, "load", lambda _: bundled)
    target = tmp_path / "show.html"
    assert cli.main(["present", "--lang", "ru", "--json", "-o", str(target)]) == 0
    answer = json.loads(capsys.readouterr().out)["answer"]
    assert target.read_bytes() == show.html
    assert (answer["slides"], answer["bytes"], answer["refused"]) == (5, len(show.html), [])


def test_the_command_line_tells_what_it_could_not_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A story of which one slide is readable: written, with the rest told; a missing one and a locked place refused."""
    story = tmp_path / "mine.json"
    story.write_text('{"symap_story": 1, "slides": [{"view": "x"}, {"view": "exposure?places=NO-SUCH"}]}')
    target = tmp_path / "out.html"
    assert cli.main(["present", str(story), "--lang", "ru", "-o", str(target)]) == 0
    told = capsys.readouterr()
    assert target.exists()
    assert "mine.json:1:view" in told.err
    assert "NO-SUCH" in told.err
    assert cli.main(["present", str(tmp_path / "none.json"), "--lang", "ky"]) == 2
    assert "none.json" in capsys.readouterr().err
    assert cli.main(["present", "--lang", "en", "-o", str(tmp_path / "no" / "where.html")]) == 2
    assert "where.html" in capsys.readouterr().err


def _ask(path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Send one request to the route without a server."""
    route = next(one for one in present_http.routes("/symap") if one.matches(_scope(path, headers))[0].value)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = _scope(path, headers)
    scope.update(route.matches(scope)[1])
    # A thread of its own: a browser test of the same worker may have left an event loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(route.handle(scope, receive, send))).result()
    named = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], named, b"".join(part.get("body", b"") for part in sent[1:])


def _scope(path: str, headers: dict[str, str]) -> dict[str, Any]:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": "GET", "path": path, "root_path": "", "query_string": b"", "headers": raw}


def test_the_server_hands_out_the_bundled_show(bundled: Dataset, show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    """In each language, packed where the browser can read that, with a mark by which it may keep it."""
    monkeypatch.setattr(present_http, "dataset", lambda: bundled)
    present_http._drawn.cache_clear()
    present_http._show.cache_clear()
    status, headers, content = _ask("/symap/present/ru", accept_encoding="gzip")
    assert (status, headers["content-type"].split(";")[0]) == (200, "text/html")
    assert gzip.decompress(content) == show.html
    assert headers["x-content-type-options"] == "nosniff"
    assert _ask("/symap/present/ru", if_none_match=headers["etag"])[0] == 304
    assert _ask("/symap/present/ru")[2] == show.html
    status, _, content = _ask("/symap/present/de", accept_language="ky")
    assert (status, "/present/ky" in content.decode()) == (404, True)
    assert _ask("/symap/present/", accept_language="ky-KG,ru;q=0.5")[1]["location"] == "/symap/present/ky"
