"""Printed maps: true distances, everything named and explained, words that stay words, and nothing that can run."""

from __future__ import annotations

import math
import re
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pypdfium2
import pytest
import shapely

from geo import exposure, fonts, layers, printmap, printmap_ground, printmap_labels, printmap_pdf, printmap_scene
from geo.crs import destinations
from geo.errors import DataError, QuestionError
from geo.i18n import LANGUAGES, Language, translator
from geo.printmap_scene import MM_PER_PT, Clipped, Disc, Item, Path, Words
from geo.signs import STYLES
from tests.payloads import ALARM, PAYLOADS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path as FilePath

    from geo.dataset import Dataset
    from geo.exposure import ExposureAnswer
    from geo.layers import Layer

SIZE_MM = (174.0, 150.0)
HOME = (70.35, 39.62, 72.25, 40.42)
KYRGYZ = "ӨөҮүҢң"


@pytest.fixture(scope="module")
def answer(bundled: Dataset) -> ExposureAnswer:
    """Give the people near Khaidarkan: rings of 1 to 20 km beside the enclaves."""
    return exposure.measure(bundled, exposure.ExposureQuestion(("KG-KHD",)))


def drawn(bundled: Dataset, answer: ExposureAnswer, language: Language) -> list[Layer]:
    """Give the layers of the page's map."""
    t = translator(language)
    ground = [layers.boundaries(bundled, t), layers.settlements(bundled, t)]
    return [*ground, layers.rings(answer, t), layers.places(answer.places, t)]


def flat(items: tuple[Item, ...]) -> Iterator[Item]:
    """Give all items of a scene, also those in clipped boxes."""
    for item in items:
        yield item
        if isinstance(item, Clipped):
            yield from flat(item.items)


def spoken(scene: printmap_scene.Scene) -> list[str]:
    """Give all words of a scene."""
    return [item.text for item in flat(scene.items) if isinstance(item, Words)]


def bounds_of(answer: ExposureAnswer) -> printmap.Bounds:
    """Give what the map of an answer has to show."""
    west, south, east, north = answer.disks.total_bounds
    return west, south, east, north


def test_a_ring_of_five_kilometres_measures_five_kilometres(bundled: Dataset, answer: ExposureAnswer) -> None:
    """Every corner of each ring lies at its radius from the place, on the sheet as on the ground."""
    t = translator("en")
    frame = printmap_ground.Frame(bounds_of(answer), (0.0, 0.0, 174.0, 130.0))
    place = answer.places[0]
    middle = frame.dots([(place.lon, place.lat)])[0]
    for record, feature in zip(answer.rings.to_dict("records"), layers.rings(answer, t).features, strict=False):
        corners = frame.dots([(lon, lat) for lon, lat in shapely.get_coordinates(record["geometry"].exterior)])
        away_m = [math.dist(corner, middle) * frame.m_per_mm for corner in corners]
        assert feature["s"] == "ring"
        assert away_m == pytest.approx([record["outer_radius_m"]] * len(away_m), rel=2e-4)
    assert bundled.sites is not None


def test_the_scale_bar_is_as_long_as_it_says(bundled: Dataset, answer: ExposureAnswer) -> None:
    """The bar's length times the map's scale is the length written beside it, along the ground in any direction."""
    t = translator("en")
    frame = printmap_ground.Frame(bounds_of(answer), (0.0, 0.0, 174.0, 130.0))
    place = answer.places[0]
    for bearing in (0.0, 45.0, 90.0, 200.0):
        lons, lats = destinations(place.lon, place.lat, [bearing], [10_000.0])
        here, there = frame.dots([(place.lon, place.lat), (float(lons[0]), float(lats[0]))])
        assert math.dist(here, there) * frame.m_per_mm == pytest.approx(10_000.0, rel=2e-4)
    scene = printmap.scene(
        drawn(bundled, answer, "en"),
        bounds=bounds_of(answer),
        size_mm=(174.0, 130.0),
        t=t,
        style="screen",
        sheet=printmap.Sheet(legend=False),
    )
    texts = [item for item in flat(scene.items) if isinstance(item, Words) and item.colour == "#1F2328"]
    matches = [re.fullmatch(r"([\d.]+)\s?km", item.text) for item in texts]
    said_m = float(next(match for match in matches if match).group(1)) * 1000.0
    paths = [item for item in flat(scene.items) if isinstance(item, Path) and item.look.fill == "#1F2328"]
    half_mm = next(line[1][0] - line[0][0] for path in paths for line in path.lines if len(line) == 4)
    whole = printmap_ground.Frame(bounds_of(answer), (0.0, 0.0, 174.0, 130.0))
    assert 2.0 * half_mm * whole.m_per_mm == pytest.approx(said_m, rel=1e-6)


@pytest.mark.parametrize("language", LANGUAGES)
def test_countries_enclaves_rings_and_the_origin_of_borders_are_named(
    bundled: Dataset, answer: ExposureAnswer, language: Language
) -> None:
    """In the reader's language, with the date line that was asked for."""
    t = translator(language)
    foot = printmap.Sheet(foot=("foot line",))
    scene = printmap.scene(
        drawn(bundled, answer, language), bounds=HOME, size_mm=SIZE_MM, t=t, style="print", sheet=foot
    )
    told = " | ".join(spoken(scene))
    for expected in (
        t("country.KG").upper(),
        t("country.UZ").upper(),
        t("country.TJ").upper(),
        t.name({"name_en": "Sokh", "name_ru": "Сох", "name_ky": "Сох"}),
        t("printmap.north"),
        "foot line",
        "OpenStreetMap",
    ):
        assert expected in told
    # A legend breaks its longer texts into lines.
    whole = " ".join(spoken(scene))
    for expected in (t.km(20_000), t("legend.ring"), t("legend.enclave"), t("legend.settlement-unknown")):
        assert expected in whole


def test_the_legend_explains_what_is_seen_and_nothing_else(bundled: Dataset, answer: ExposureAnswer) -> None:
    """The page of people near has no roads; a frame of Bishkek's surroundings has no ring."""
    t = translator("en")
    near = " ".join(spoken(_scene(bundled, answer, bounds_of(answer))))
    far = " ".join(spoken(_scene(bundled, answer, (74.0, 42.5, 75.0, 43.0))))
    assert t("legend.ring") in near
    assert t("legend.ring") not in far
    assert t("legend.road") not in near


def _scene(bundled: Dataset, answer: ExposureAnswer, bounds: printmap.Bounds) -> printmap_scene.Scene:
    return printmap.scene(drawn(bundled, answer, "en"), bounds=bounds, size_mm=SIZE_MM, t=translator("en"))


@pytest.mark.parametrize("style", ["print", "screen"])
def test_no_name_covers_another(bundled: Dataset, answer: ExposureAnswer, style: printmap.Style) -> None:
    """The boxes of the names on a full map of the region do not meet, measured with the letters that are printed."""
    t = translator("ru")
    layers_ = [*drawn(bundled, answer, "ru"), layers.error_circles(bundled, t), layers.collection_points(bundled, t)]
    scene = printmap.scene(layers_, bounds=HOME, size_mm=SIZE_MM, t=t, style=style)
    frame = next(item for item in scene.items if isinstance(item, Clipped))
    named = [item for item in frame.items if isinstance(item, Words) and item.halo and item.text != "С"]
    assert len(named) > 30
    for one, other in combinations(map(_box, named), 2):
        assert not one.intersects(other)


def _box(item: Words) -> shapely.Polygon:
    """Give the box of the letters' bodies: from the base line to the height of small letters."""
    width = fonts.width_pt(item.text, item.size_pt, bold=item.bold, spacing_pt=item.spacing_pt) * MM_PER_PT
    left = item.x - {"start": 0.0, "middle": width / 2.0, "end": width}[item.anchor]
    return shapely.box(left, item.y - item.size_pt * MM_PER_PT * 0.5, left + width, item.y)


def test_examples_are_hollow_dashed_and_said_in_words(bundled: Dataset) -> None:
    """On paper an example has no filled mark, and the map itself says what it is."""
    t = translator("en")
    scene = printmap.scene([layers.collection_points(bundled, t)], bounds=HOME, size_mm=SIZE_MM, t=t)
    discs = [item for item in flat(scene.items) if isinstance(item, Disc)]
    assert discs
    assert all(disc.look.dash_mm and disc.look.fill == "#FFFFFF" for disc in discs)
    told = " ".join(spoken(scene))
    assert t("printmap.illustrative") in told
    assert t("illustrative") in told


def test_a_map_that_rests_on_examples_says_so_without_a_mark(bundled: Dataset, answer: ExposureAnswer) -> None:
    """The caller knows what the numbers rest on."""
    t = translator("en")
    about = printmap.Sheet(illustrative=True)
    scene = printmap.scene(drawn(bundled, answer, "en"), bounds=HOME, size_mm=SIZE_MM, t=t, sheet=about)
    assert t("printmap.illustrative") in spoken(scene)


def test_svg_is_one_inert_element(bundled: Dataset, answer: ExposureAnswer) -> None:
    """Hostile names stay text: the file is well-formed XML of drawing elements alone, and fetches nothing."""
    t = translator("en")
    features = tuple(
        {"g": ("P", [70.5 + 0.03 * number, 39.9]), "s": "site", "label": payload, "label2": payload, "p": 300.0}
        for number, payload in enumerate(PAYLOADS)
    )
    hostile = layers.Layer("sites", features)  # type: ignore[arg-type] - a feature is a plain mapping
    content = printmap.draw(
        [hostile, *drawn(bundled, answer, "en")],
        bounds=HOME,
        size_mm=SIZE_MM,
        t=t,
        sheet=printmap.Sheet(title=PAYLOADS[19], foot=PAYLOADS[:40]),
        embed_fonts=True,
    )
    root = ET.fromstring(content)  # noqa: S314 - our own file
    tags = {element.tag.split("}")[1] for element in root.iter()}
    assert tags == {"svg", "style", "path", "circle", "text", "clipPath", "rect", "g"}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not {name for name in attributes if name.startswith("on") or "href" in name}
    assert b"http" not in re.sub(rb"http://www\.w3\.org/2000/svg|https?://example\.org[^<]*", b"", content)
    # What looks like a script stands in words and in the label alone, where nothing runs.
    marks = [value for element in root.iter() for name, value in element.attrib.items() if name != "aria-label"]
    assert not any(ALARM in value for value in marks)
    assert not any(ALARM in (element.text or "") for element in root.iter() if not element.tag.endswith("text"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_a_pdf_can_be_read_and_its_letters_travel_along(
    bundled: Dataset, answer: ExposureAnswer, language: Language
) -> None:
    """Names are text, not outlines, and the only fonts are the embedded ones."""
    t = translator(language)
    content = printmap.draw(drawn(bundled, answer, language), bounds=HOME, size_mm=SIZE_MM, t=t, fmt="pdf")
    document = pypdfium2.PdfDocument(content)
    told = " ".join(document[0].get_textpage().get_text_bounded().split())
    assert t("legend.enclave") in told
    assert t.name(bundled.sites.set_index("id").loc["KG-KHD"]) in told
    assert set(re.findall(rb"/BaseFont /([A-Z]+\+)?(\w+-\w+)", content)) >= {(b"AAAAAA+", b"SymapSans-Regular")}
    assert b"/FontFile2" in content


def test_the_kyrgyz_letters_are_in_both_weights() -> None:
    """A letter that the font lacks would be an empty box; a letter has a width of its own."""
    for bold in (False, True):
        missing = fonts.width_pt("\ue123", 100.0, bold=bold)
        for letter in KYRGYZ + "№≈–°«»Ёё":
            assert fonts.path(bold=bold).is_file()
            assert fonts.width_pt(letter, 100.0, bold=bold) != missing


def test_lines_are_broken_by_their_width() -> None:
    """Between words where possible, inside a word that is too wide, with an ellipsis where there are too many."""
    text = "Хайдаркан калдык сактоочу жай " + "x" * 80
    lines = fonts.lines(text, 10.0, 90.0)
    assert all(fonts.width_pt(line, 10.0) <= 90.0 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    short = fonts.lines(text, 10.0, 90.0, most=2)
    assert len(short) == 2
    assert short[-1].endswith("…")
    assert fonts.width_pt(short[-1], 10.0) <= 90.0


def test_a_missing_font_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: FilePath) -> None:
    """The message says which file the installation lacks."""
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    fonts._register.cache_clear()
    try:
        with pytest.raises(DataError) as caught:
            fonts.width_pt("x", 10.0)
    finally:
        fonts._register.cache_clear()
    assert [(fault.code, fault.file) for fault in caught.value.faults] == [
        ("missing-file", "fonts/SymapSans-Regular.ttf")
    ]


def test_a_damaged_font_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: FilePath) -> None:
    """A file that is no font gives the same kind of message, not a traceback."""
    (tmp_path / "SymapSans-Regular.ttf").write_bytes(b"no font at all, but long enough to be read")
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    fonts._register.cache_clear()
    try:
        with pytest.raises(DataError) as caught:
            fonts.width_pt("x", 10.0)
    finally:
        fonts._register.cache_clear()
    assert caught.value.faults[0].code == "unreadable"


def test_formats_and_sizes_are_checked(bundled: Dataset, answer: ExposureAnswer) -> None:
    """An unknown format and a stamp-sized map are refused with what was asked for."""
    t = translator("en")
    with pytest.raises(QuestionError) as caught:
        printmap.draw(drawn(bundled, answer, "en"), bounds=HOME, size_mm=SIZE_MM, t=t, fmt="tiff")
    assert caught.value.code == "map-format"
    with pytest.raises(QuestionError) as caught:
        printmap.draw(drawn(bundled, answer, "en"), bounds=HOME, size_mm=(20.0, 150.0), t=t)
    assert caught.value.code == "map-too-small"


def test_the_same_map_gives_the_same_bytes(bundled: Dataset, answer: ExposureAnswer) -> None:
    """In every format; a PNG has the size that was asked for."""
    t = translator("en")
    for fmt in printmap.FORMATS:
        one, two = (
            printmap.draw(
                drawn(bundled, answer, "en"), bounds=bounds_of(answer), size_mm=(101.6, 76.2), t=t, fmt=fmt, dpi=100
            )
            for _ in range(2)
        )
        assert one == two
    assert one[:5] == b"%PDF-"
    png = printmap.draw(
        drawn(bundled, answer, "en"), bounds=bounds_of(answer), size_mm=(101.6, 76.2), t=t, fmt="png", dpi=100
    )
    assert png[16:24] == (400).to_bytes(4, "big") + (300).to_bytes(4, "big")


def test_two_readers_never_draw_pixels_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library that turns a drawing into pixels ends the whole server when two threads are in it."""
    inside, most = [0], [0]
    real = pypdfium2.PdfDocument

    def opened(content: bytes) -> pypdfium2.PdfDocument:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.02)
        document = real(content)
        close = document.close

        def closed() -> None:
            inside[0] -= 1
            close()

        document.close = closed
        return document

    monkeypatch.setattr(pypdfium2, "PdfDocument", opened)
    empty = printmap_scene.Scene(40.0, 40.0, ())
    with ThreadPoolExecutor(4) as pool:
        pictures = list(pool.map(lambda _: printmap_pdf.pixels(empty, 30.0), range(8)))
    assert (most, inside) == ([1], [0])
    assert len(set(pictures)) == 1


def test_an_empty_map_still_has_land_scale_and_north() -> None:
    """No layer, no legend, no failure; a frame about a single spot shows some ground."""
    t = translator("en")
    scene = printmap.scene([], bounds=(71.3418, 39.9432, 71.3418, 39.9432), size_mm=SIZE_MM, t=t)
    told = spoken(scene)
    assert t("printmap.north") in told
    assert not {text for text in told if text.startswith(t("legend.ring"))}


def test_every_style_has_a_sample() -> None:
    """A legend that cannot draw a sign would stop the page; codes come from one table."""
    from geo.printmap_signs import Signs  # noqa: PLC0415 - beside its only use

    signs = Signs(printmap._PALETTES["print"], 0.2)
    for code in layers.LEGEND_ORDER:
        assert code in STYLES
        assert signs.sample(code, (10.0, 10.0))


def test_land_and_neighbours_differ_in_grey() -> None:
    """A photocopy keeps a step of at least 5 % between home and abroad, and the hatch stands out from its ground."""
    palette = printmap._PALETTES["print"]

    def lightness(name: str) -> float:
        red, green, blue = bytes.fromhex(palette[name][1:])
        return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255.0

    assert lightness("land") - lightness("neighbour") > 0.05
    assert lightness("enclave") - lightness("hatch") > 0.2
    assert lightness("land") - lightness("border") > 0.6


def test_labels_prefer_rank() -> None:
    """Of two names for one spot the higher rank stays, and the same name is said once."""
    frame = (0.0, 0.0, 60.0, 40.0)
    spot = (30.0, 20.0)
    wall = [printmap_labels.Obstacle((0.0, 0.0, 60.0, 14.0)), printmap_labels.Obstacle((0.0, 26.0, 60.0, 40.0))]

    def label(text: str, rank: float) -> printmap_labels.Label:
        return printmap_labels.Label(text, "", "town", (spot,), 1.0, 0.0, rank, centred=True)

    placed = printmap_labels.place(
        [label("low", 1.0), label("high", 9.0), label("high", 5.0)], wall, frame, printmap._PALETTES["print"], 0.2
    )
    assert [item.text for item in placed if isinstance(item, Words)] == ["high"]
