"""The brief as DOCX: real headings and tables that stay editable, headings of tables on each page, no row cut."""

from __future__ import annotations

import io
import re
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from geo import fonts, printmap_pdf
from geo.brief_pdf import ACCENT, INK, LINE, MUTED
from geo.printmap_scene import words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.brief import Brief
    from geo.brief_chapters import Chapter
    from geo.brief_tables import Table

_MAP_MM: Final = (174.0, 138.0)
_DPI: Final = 220.0
_WIDTH_MM: Final = 174.0
_TWIPS_PER_MM: Final = 1440.0 / 25.4
#: Name and size of the styles that headings have in every word processor.
_HEADINGS: Final = {"Title": 22.0, "Heading 1": 16.0, "Heading 2": 11.5}
# Stand in a sentence for the fields that count pages.
_PAGE: Final = "\ue000"
_PAGES: Final = "\ue001"
_FIELDS: Final = {_PAGE: "PAGE", _PAGES: "NUMPAGES"}

# The library's objects carry no types of their own worth naming.
Doc = Any


def _colour(hexadecimal: str) -> RGBColor:
    return RGBColor.from_string(hexadecimal.removeprefix("#"))


def _element(name: str, **attributes: str) -> Any:  # noqa: ANN401 - an element of lxml
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def _set_fonts(style: Any) -> None:  # noqa: ANN401 - a style of the library
    style.font.name = fonts.OFFICE_FAMILY
    found = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        found.set(qn(f"w:{script}"), fonts.OFFICE_FAMILY)
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        found.attrib.pop(qn(f"w:{theme}"), None)


def _prepared(brief: Brief) -> Doc:
    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin, section.bottom_margin = Mm(22), Mm(22)
    section.header_distance, section.footer_distance = Mm(11), Mm(10)
    normal = document.styles["Normal"]
    _set_fonts(normal)
    normal.font.size, normal.font.color.rgb = Pt(10), _colour(INK)
    normal.paragraph_format.space_after = Pt(4)
    normal.element.get_or_add_rPr().append(_element("w:lang", val=fonts.OFFICE_LANGUAGES[brief.t.language]))
    for name, size in _HEADINGS.items():
        style = document.styles[name]
        _set_fonts(style)
        style.font.size, style.font.bold, style.font.color.rgb = Pt(size), True, _colour(INK)
        style.paragraph_format.keep_with_next = True
        style.paragraph_format.space_before = Pt(0 if name == "Title" else 12)
        style.paragraph_format.space_after = Pt(6)
        for border in style.element.findall(f".//{qn('w:pBdr')}"):
            border.getparent().remove(border)
    _set_fonts(document.styles["List Bullet"])
    _head_and_foot(document, brief)
    core = document.core_properties
    core.title, core.author, core.language = words(brief.title), words(brief.t("app.name")), brief.t.language
    core.subject, core.comments = words(brief.t("brief.inputs", hash=brief.inputs)), ""
    # The library's template bears a date and an author of its own.
    core.last_modified_by = core.author
    core.created = core.modified = brief.at.astimezone(UTC).replace(tzinfo=None)
    return document


def _run(paragraph: Any, told: object, *, size: float = 0.0, bold: bool = False, colour: str = "") -> None:  # noqa: ANN401 - as above
    # The sanitiser takes the spaces at the ends, which matter between two runs.
    text = str(told)
    run = paragraph.add_run(f"{text[: len(text) - len(text.lstrip())]}{words(text)}{text[len(text.rstrip()) :]}")
    run.bold = bold or None
    if size:
        run.font.size = Pt(size)
    if colour:
        run.font.color.rgb = _colour(colour)


def _field(paragraph: Any, code: str) -> None:  # noqa: ANN401 - as above
    """Put in a field that the word processor fills: the number of the page."""
    field = _element("w:fldSimple", instr=code)
    run = paragraph.add_run("1")
    run.font.size, run.font.color.rgb = Pt(8), _colour(MUTED)
    field.append(run._r)  # noqa: SLF001 - the library has no fields of its own
    paragraph._p.append(field)  # noqa: SLF001 - as above


def _head_and_foot(document: Doc, brief: Brief) -> None:
    t, section = brief.t, document.sections[0]
    head = section.header.paragraphs[0]
    # The style of its own has a stop in the middle, where the tabulator would end.
    head.style = document.styles["Normal"]
    head.paragraph_format.tab_stops.add_tab_stop(Mm(_WIDTH_MM), WD_TAB_ALIGNMENT.RIGHT)
    _run(head, t("app.name"), size=10, bold=True, colour=ACCENT)
    _run(head, f"  {t('brief.kind')}", size=8.5, colour=MUTED)
    head.add_run("\t")
    _run(head, t("brief.made", date=brief.made), size=8.5, colour=MUTED)
    border = _element("w:pBdr")
    border.append(_element("w:bottom", val="single", sz="6", space="4", color=ACCENT.removeprefix("#")))
    properties = head._p.get_or_add_pPr()  # noqa: SLF001 - the library has no borders of paragraphs
    properties.insert_element_before(border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
    foot = section.footer.paragraphs[0]
    foot.style = document.styles["Normal"]
    foot.paragraph_format.tab_stops.add_tab_stop(Mm(_WIDTH_MM), WD_TAB_ALIGNMENT.RIGHT)
    _run(foot, t("brief.inputs", hash=brief.short_hash), size=8, colour=MUTED)
    foot.add_run("\t")
    told = t("brief.page", page=_PAGE, pages=_PAGES)
    for part in re.split(f"([{_PAGE}{_PAGES}])", told):
        if part in _FIELDS:
            _field(foot, _FIELDS[part])
        else:
            _run(foot, part, size=8, colour=MUTED)


def _border(cell: Any, **sides: tuple[str, str, str]) -> None:  # noqa: ANN401 - as above
    borders = _element("w:tcBorders")
    for side, (kind, size, colour) in sides.items():
        borders.append(_element(f"w:{side}", val=kind, sz=size, space="0", color=colour.removeprefix("#")))
    cell._tc.get_or_add_tcPr().append(borders)  # noqa: SLF001 - the library has no borders of cells


def _whole_row(row: Any, *, head: bool = False) -> None:  # noqa: ANN401 - as above
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - the library does not know these two
    properties.append(_element("w:cantSplit"))
    if head:
        properties.append(_element("w:tblHeader"))


def _margins(grid: Any, left_mm: float, right_mm: float) -> None:  # noqa: ANN401 - as above
    """Set the room inside the cells, and the grid itself flush with the text above it."""
    properties = grid._tbl.tblPr  # noqa: SLF001 - the library knows no room inside cells
    for name in ("tblInd", "tblCellMar"):
        for found in properties.findall(qn(f"w:{name}")):
            properties.remove(found)
    room = _element("w:tblCellMar")
    for side, room_mm in (("left", left_mm), ("right", right_mm)):
        room.append(_element(f"w:{side}", w=str(round(room_mm * _TWIPS_PER_MM)), type="dxa"))
    # Measured to the words, not to the edge, which would hang into the margin.
    indent = _element("w:tblInd", w=str(round(left_mm * _TWIPS_PER_MM)), type="dxa")
    # The order is the schema's: Word refuses another.
    properties.insert_element_before(indent, "w:tblBorders", "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    properties.insert_element_before(room, "w:tblLook", "w:tblCaption", "w:tblDescription")


def _panel(document: Doc) -> Any:  # noqa: ANN401 - a cell of the library
    """Add a frame across the page, a table of one cell that no page cuts."""
    grid = document.add_table(1, 1)
    grid.autofit = False
    grid.columns[0].width = grid.rows[0].cells[0].width = Mm(_WIDTH_MM)
    _margins(grid, 3.0, 3.0)
    row = grid.rows[0]
    _whole_row(row)
    return row.cells[0]


def _gap(document: Doc, points: float = 2.0) -> None:
    """Part what would stand together: two tables in a row become one."""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(points)
    paragraph.paragraph_format.line_spacing = Pt(4)


def _box(document: Doc, told: str) -> None:
    cell = _panel(document)
    edge = ("dashed", "12", ACCENT)
    _border(cell, top=edge, left=edge, bottom=edge, right=edge)
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(5)
    _run(paragraph, told, size=10.5, bold=True)
    _gap(document)


def _headline(document: Doc, brief: Brief, chapter: Chapter) -> None:
    headline = chapter.headline
    if headline is None:
        return
    told = brief.t("evidence.none") if headline.evidence is None else brief.t(f"choice.evidence.{headline.evidence}")
    chip = f"{told} · {headline.when}" if headline.when else told
    cell = _panel(document)
    _border(cell, left=("single", "24", ACCENT))
    lines = (
        (headline.label, 10, False, MUTED), (headline.number, 34, True, INK), (headline.detail, 12, False, MUTED),
        (chip, 9, False, MUTED), (headline.sentence, 11, False, INK), (headline.caution, 10, True, INK),
    )  # fmt: skip
    for number, (line, size, bold, colour) in enumerate(each for each in lines if each[0]):
        paragraph = cell.add_paragraph() if number else cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(3)
        _run(paragraph, line, size=size, bold=bold, colour=colour)
    _gap(document, 4)


def _map(document: Doc, brief: Brief, number: int) -> None:
    scene = brief.scene(number, _MAP_MM)
    if scene is None:
        return
    # A hair narrower than the text, so that no word processor cuts the frame's edge.
    picture = document.add_picture(io.BytesIO(printmap_pdf.pixels(scene, _DPI)), width=Mm(_MAP_MM[0] - 0.5))
    for side in ("distT", "distB", "distL", "distR"):
        # Some word processors keep a distance of their own where none is given.
        picture._inline.set(side, "0")  # noqa: SLF001 - the library has no distances of pictures
    picture._inline.docPr.set("descr", words(scene.title))  # noqa: SLF001 - the library has no texts for pictures


def _table(document: Doc, made: Table) -> None:
    document.add_heading(words(made.title), 2)
    if made.remark:
        remark = document.add_paragraph()
        remark.paragraph_format.keep_with_next = True
        _run(remark, made.remark, size=8.5, colour=MUTED)
    grid = document.add_table(1 + len(made.rows), len(made.heads))
    grid.alignment = WD_TABLE_ALIGNMENT.LEFT
    grid.autofit = False
    _margins(grid, 0.0, 2.0)
    widths = [Mm(_WIDTH_MM * width / sum(made.widths)) for width in made.widths]
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    # The library looks every cell up anew; a row's own list is read once.
    for number, (row, texts) in enumerate(zip(grid.rows, (made.heads, *made.rows), strict=True)):
        _whole_row(row, head=not number)
        edge = ("single", "8", INK) if not number else ("single", "2", LINE)
        for place, (cell, told) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = widths[place]
            _border(cell, bottom=edge)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(1)
            # The headings never stand at the foot of a page without a row.
            paragraph.paragraph_format.keep_with_next = not number
            if place in made.numbers:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _run(paragraph, told, size=8, bold=not number, colour="" if number else MUTED)
    _gap(document)


def _list(document: Doc, heading: str, lines: Iterable[str]) -> None:
    told = list(lines)
    if told and heading:
        document.add_heading(words(heading), 2)
    for line in told:
        paragraph = document.add_paragraph(style="List Bullet")
        paragraph.paragraph_format.space_after = Pt(2)
        _run(paragraph, line, size=9)


def _chapter(document: Doc, brief: Brief, number: int) -> None:
    chapter, t = brief.chapters[number], brief.t
    if len(brief.chapters) > 1:
        heading = document.add_heading(words(f"{number + 1}. {chapter.title}"), 1)
        heading.paragraph_format.page_break_before = bool(number)
    _headline(document, brief, chapter)
    _map(document, brief, number)
    _list(document, "", chapter.lines)
    for made in chapter.tables:
        _table(document, made)
    _list(document, t("brief.notes"), chapter.notes)


def _back(document: Doc, brief: Brief) -> None:
    t = brief.t
    if brief.conflicts is not None:
        _table(document, brief.conflicts)
    _list(document, t("brief.method"), brief.method)
    _list(document, t("brief.sources"), brief.sources)
    _list(document, t("brief.evidence"), [f"{word}: {meaning}" for word, meaning in brief.meanings])
    document.add_heading(words(t("brief.repeat")), 2)
    _run(document.add_paragraph(), t("brief.repeat-lead", hash=brief.inputs), size=9)
    for line in brief.brought:
        _run(document.add_paragraph(), line, size=9)
    _run(document.add_paragraph(), brief.command, size=8, colour=MUTED)
    _run(document.add_paragraph(), t("brief.links"), size=9)
    _list(document, "", [chapter.address for chapter in brief.chapters])


def write(brief: Brief) -> bytes:
    """Write a brief as DOCX.

    Raises
    ------
    DataError
        ``missing-file``: the fonts by which the maps are drawn are not where they belong.
    """
    document = _prepared(brief)
    document.add_heading(words(brief.title), 0)
    if brief.illustrative:
        _box(document, brief.t("brief.illustrative"))
    for number in range(len(brief.chapters)):
        _chapter(document, brief, number)
    _back(document, brief)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
