"""The brief as PPTX: one slide for each view with map, number, sentence and source line; what backs it in the notes."""

from __future__ import annotations

import io
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Mm, Pt

from geo import fonts, printmap_pdf
from geo.brief_pdf import ACCENT, INK, LINE, MUTED
from geo.printmap_scene import MM_PER_PT, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.brief import Brief
    from geo.brief_chapters import Chapter
    from geo.brief_tables import Table

_SIZE_MM: Final = (338.67, 190.5)
_EDGE_MM: Final = 12.0
_TEXT_MM: Final = 132.0
_MAP_MM: Final = (178.0, 152.0)
_MAP_DPI: Final = 150.0
_LAYOUT: Final = 5
# The office family is wider than the project's own letters.
_WIDER: Final = 1.16
_NUMBER_PT: Final = (54.0, 26.0)
_SENTENCE_PT: Final = (20.0, 13.0)
_TITLE_PT: Final = (28.0, 16.0)
_TITLE_MM: Final = 26.0
_SENTENCE_MM: Final = 62.0
_LINE: Final = 1.22
_CELL_PT: Final = 11.0
#: What office programs call a table without style and grid.
_PLAIN_TABLE: Final = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"

Slide = Any


def _colour(hexadecimal: str) -> RGBColor:
    return RGBColor(*bytes.fromhex(hexadecimal.removeprefix("#")))  # type: ignore[no-untyped-call]


def _lines(told: str, size_pt: float, width_mm: float, *, bold: bool) -> int:
    return len(fonts.lines(words(told), size_pt * _WIDER, width_mm / MM_PER_PT, bold=bold))


def _fitting(told: str, sizes: tuple[float, float], *, width_mm: float, height_mm: float, bold: bool) -> float:
    """Choose the largest size in which a text fits a box."""
    most, least = sizes
    size = most
    while size > least and _lines(told, size, width_mm, bold=bold) * size * _LINE * MM_PER_PT > height_mm:
        size -= 1.0
    return size


class _Writer:
    """Puts lines of text under each other on a slide."""

    def __init__(self, slide: Slide, left_mm: float, top_mm: float, width_mm: float) -> None:
        self.slide, self.left, self.top, self.width = slide, left_mm, top_mm, width_mm

    def add(self, told: str, size: float, *, bold: bool = False, colour: str = INK, after_mm: float = 2.0) -> None:
        height = _lines(told, size, self.width, bold=bold) * size * _LINE * MM_PER_PT
        box = self.slide.shapes.add_textbox(Mm(self.left), Mm(self.top), Mm(self.width), Mm(height))
        write_text(box.text_frame, told, size, bold=bold, colour=colour)
        self.top += height + after_mm


def write_text(frame: Any, told: str, size: float, *, bold: bool = False, colour: str = INK) -> None:  # noqa: ANN401 - a frame of the library
    """Write one paragraph into a frame without margins."""
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = MSO_ANCHOR.TOP
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text = words(told)
    font = run.font
    font.size, font.bold, font.name, font.color.rgb = Pt(size), bold, fonts.OFFICE_FAMILY, _colour(colour)


def _bar(slide: Slide, top_mm: float, height_mm: float) -> None:
    """Draw the accent beside the answer."""
    bar = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Mm(_EDGE_MM), Mm(top_mm), Mm(1.6), Mm(height_mm))
    bar.fill.solid()
    bar.fill.fore_color.rgb = _colour(ACCENT)
    bar.line.fill.background()
    bar.shadow.inherit = False


def _warning(slide: Slide, told: str, bottom_mm: float) -> float:
    """Say in a dashed frame that something is only an example; give where the frame begins."""
    size = 13.0
    # Reckoned in a narrower box: where another family stands in, the words still keep off the frame.
    height = _lines(told, size, _TEXT_MM - 24.0, bold=True) * size * _LINE * MM_PER_PT + 6.0
    box = slide.shapes.add_textbox(Mm(_EDGE_MM), Mm(bottom_mm - height), Mm(_TEXT_MM), Mm(height))
    box.line.color.rgb, box.line.width, box.line.dash_style = _colour(ACCENT), Pt(1.75), MSO_LINE.DASH
    write_text(box.text_frame, told, size, bold=True)
    box.text_frame.margin_left = box.text_frame.margin_right = Mm(4)
    box.text_frame.margin_top = box.text_frame.margin_bottom = Mm(2.5)
    box.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    return bottom_mm - height


def _statements(slide: Slide, lines: Sequence[str], top_mm: float) -> None:
    """List sentences over the whole slide, as large as they fit."""
    width = _SIZE_MM[0] - 2.0 * _EDGE_MM
    room_mm = _SIZE_MM[1] - 22.0 - top_mm
    gap_mm = 2.0

    def height(size: float) -> float:
        set_lines = sum(_lines(f"• {line}", size, width, bold=False) for line in lines)
        return set_lines * size * _LINE * MM_PER_PT + gap_mm * len(lines)

    size, least = _SENTENCE_PT
    while size > least - 4.0 and height(size) > room_mm:
        size -= 0.5
    writer = _Writer(slide, _EDGE_MM, top_mm, width)
    for line in lines:
        writer.add(f"• {line}", size, after_mm=gap_mm)


def _table(slide: Slide, brief: Brief, made: Table, top_mm: float) -> None:
    """Set as many rows of a table as the slide holds, and say how many there are."""
    t, wide = brief.t, _SIZE_MM[0] - 2.0 * _EDGE_MM
    widths = [wide * width / sum(made.widths) for width in made.widths]
    room_mm = _SIZE_MM[1] - 26.0 - top_mm - 2.0 * _CELL_PT * _LINE * MM_PER_PT

    def height(cells: Sequence[str], *, bold: bool = False) -> float:
        pairs = zip(cells, widths, strict=True)
        most = max(_lines(told, _CELL_PT, width - 3.0, bold=bold) for told, width in pairs)
        return most * _CELL_PT * _LINE * MM_PER_PT + 2.0

    heights = [height(made.heads, bold=True)]
    for row in made.rows:
        if sum(heights) + height(row) > room_mm:
            break
        heights.append(height(row))
    shown = len(heights) - 1
    cut = t("brief.rows-cut", shown=t.number(shown), all=t.number(made.total)) if shown < made.total else ""
    writer = _Writer(slide, _EDGE_MM, top_mm, wide)
    if remark := f"{cut} {made.lead}".strip():
        writer.add(remark, _CELL_PT, colour=MUTED, after_mm=2.0)
    frame = slide.shapes.add_table(shown + 1, len(made.heads), Mm(_EDGE_MM), Mm(writer.top), Mm(wide), Mm(sum(heights)))
    frame._element.nvGraphicFramePr.cNvPr.set("descr", words(made.title))  # noqa: SLF001 - the library has no texts
    grid = frame.table
    # Without the library's colours, which photocopy as grey blocks.
    grid._tbl.tblPr.find(qn("a:tableStyleId")).text = _PLAIN_TABLE  # noqa: SLF001 - the library has no styles of tables
    grid.horz_banding = False
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = Mm(width)
    for number, (cells, tall) in enumerate(zip((made.heads, *made.rows[:shown]), heights, strict=True)):
        grid.rows[number].height = Mm(tall)
        for place, told in enumerate(cells):
            _cell(grid.cell(number, place), told, head=not number, right=place in made.numbers)


def _cell(cell: Any, told: str, *, head: bool, right: bool) -> None:  # noqa: ANN401 - a cell of the library
    write_text(cell.text_frame, told, _CELL_PT, bold=head, colour=MUTED if head else INK)
    cell.margin_left, cell.margin_right, cell.margin_top, cell.margin_bottom = Mm(0), Mm(3), Mm(0.8), Mm(0.8)
    if right:
        cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
    line = cell._tc.get_or_add_tcPr().makeelement(qn("a:lnB"), {"w": "12700" if head else "6350"})  # noqa: SLF001 - the library has no borders
    fill = line.makeelement(qn("a:solidFill"), {})
    fill.append(fill.makeelement(qn("a:srgbClr"), {"val": (INK if head else LINE).removeprefix("#")}))
    line.append(fill)
    cell._tc.get_or_add_tcPr().insert(0, line)  # noqa: SLF001 - as above


def _answer(slide: Slide, brief: Brief, chapter: Chapter, top_mm: float, bottom_mm: float) -> None:
    headline, t = chapter.headline, brief.t
    indent = 6.0
    if headline is None:
        _statements(slide, chapter.lines, top_mm)
        for made in chapter.tables[:1]:
            _table(slide, brief, made, top_mm)
        return
    writer = _Writer(slide, _EDGE_MM + indent, top_mm, _TEXT_MM - indent)
    told = t("evidence.none") if headline.evidence is None else t(f"choice.evidence.{headline.evidence}")
    writer.add(headline.label, 14.0, colour=MUTED, after_mm=1.0)
    size = _fitting(headline.number, _NUMBER_PT, width_mm=writer.width, height_mm=24.0, bold=True)
    writer.add(headline.number, size, bold=True, after_mm=1.5)
    if headline.detail:
        writer.add(headline.detail, 16.0, colour=MUTED)
    writer.add(f"{told} · {headline.when}" if headline.when else told, 12.0, colour=MUTED, after_mm=5.0)
    if headline.sentence:
        caution = _lines(headline.caution, 14.0, writer.width, bold=True) * 14.0 * _LINE * MM_PER_PT + 4.0
        room = min(_SENTENCE_MM, bottom_mm - writer.top - (caution if headline.caution else 0.0) - 4.0)
        size = _fitting(headline.sentence, _SENTENCE_PT, width_mm=writer.width, height_mm=room, bold=False)
        writer.add(headline.sentence, size, after_mm=4.0)
    if headline.caution:
        writer.add(headline.caution, 14.0, bold=True)
    _bar(slide, top_mm, writer.top - top_mm - 2.0)


def _picture(slide: Slide, brief: Brief, number: int) -> None:
    scene = brief.scene(number, _MAP_MM, "screen")
    if scene is None:
        return
    left = _SIZE_MM[0] - _EDGE_MM - _MAP_MM[0]
    stream = io.BytesIO(printmap_pdf.pixels(scene, _MAP_DPI))
    picture = slide.shapes.add_picture(stream, Mm(left), Mm(_EDGE_MM), Mm(_MAP_MM[0]), Mm(_MAP_MM[1]))
    picture._element.nvPicPr.cNvPr.set("descr", scene.title)  # noqa: SLF001 - the library has no texts for pictures


def _foot(slide: Slide, brief: Brief, chapter: Chapter) -> None:
    width = _SIZE_MM[0] - 2.0 * _EDGE_MM
    told = "  ·  ".join(brief.foot(chapter))
    size = _fitting(told, (10.0, 8.0), width_mm=width, height_mm=11.0, bold=False)
    box = slide.shapes.add_textbox(Mm(_EDGE_MM), Mm(_SIZE_MM[1] - 18.0), Mm(width), Mm(12.0))
    write_text(box.text_frame, told, size, colour=MUTED)


def _notes(brief: Brief, chapter: Chapter) -> str:
    t = brief.t
    named: Sequence[str] = chapter.headline.sources if chapter.headline is not None else ()
    parts = (
        ("brief.notes", (*chapter.lines, *chapter.notes)),
        ("brief.method", chapter.method),
        ("brief.sources", named),
        ("brief.links", (chapter.address,)),
    )
    lines = [line for key, told in parts if told for line in (t(key), *(f"• {words(one)}" for one in told), "")]
    return "\n".join([*lines, words(t("brief.inputs", hash=brief.inputs))])


def _slide(deck: Any, brief: Brief, number: int) -> None:  # noqa: ANN401 - a presentation of the library
    chapter = brief.chapters[number]
    slide = deck.slides.add_slide(deck.slide_layouts[_LAYOUT])
    title = slide.shapes.title
    wide = _TEXT_MM if chapter.drawn else _SIZE_MM[0] - 2.0 * _EDGE_MM
    title.left, title.top, title.width = Mm(_EDGE_MM), Mm(_EDGE_MM), Mm(wide)
    size = _fitting(chapter.title, _TITLE_PT, width_mm=wide, height_mm=_TITLE_MM, bold=True)
    height = _lines(chapter.title, size, wide, bold=True) * size * _LINE * MM_PER_PT
    title.height = Mm(height)
    write_text(title.text_frame, chapter.title, size, bold=True)
    bottom = _EDGE_MM + _MAP_MM[1]
    if chapter.illustrative:
        bottom = _warning(slide, brief.t("brief.illustrative"), bottom)
    _answer(slide, brief, chapter, _EDGE_MM + height + 6.0, bottom)
    _picture(slide, brief, number)
    _foot(slide, brief, chapter)
    slide.notes_slide.notes_text_frame.text = _notes(brief, chapter)


def _speak(deck: Any, language: str) -> None:  # noqa: ANN401 - a presentation of the library
    """Tell spelling and screen readers the language of every word, of the notes too."""
    for slide in deck.slides:
        for part in (slide._element, slide.notes_slide._element):  # noqa: SLF001 - the library knows no languages
            for run in part.iter(qn("a:r")):
                run.get_or_add_rPr().set("lang", language)


def write(brief: Brief) -> bytes:
    """Write a brief as PPTX.

    Raises
    ------
    DataError
        ``missing-file``: the fonts by which the maps are drawn are not where they belong.
    """
    deck = Presentation()
    deck.slide_width, deck.slide_height = Mm(_SIZE_MM[0]), Mm(_SIZE_MM[1])
    for number in range(len(brief.chapters)):
        _slide(deck, brief, number)
    core = deck.core_properties
    core.title, core.author, core.language = words(brief.title), words(brief.t("app.name")), brief.t.language
    core.subject = words(brief.t("brief.inputs", hash=brief.inputs))
    # The library's template bears a date and an author of its own.
    core.last_modified_by, core.comments = core.author, ""
    core.created = core.modified = brief.at.astimezone(UTC).replace(tzinfo=None)
    _speak(deck, fonts.OFFICE_LANGUAGES[brief.t.language])
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()
