"""The brief as PDF: A4, one accent, large number, maps drawn as lines, tables whose rows and headings stay whole."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    LongTable,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)
from reportlab.platypus import Table as Grid

from geo import fonts, printmap_pdf
from geo.printmap_scene import MM_PER_PT, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from geo.brief import Brief
    from geo.brief_chapters import Chapter
    from geo.brief_tables import Table

#: Cinnabar; 6.4 to 1 on white.
ACCENT: Final = "#A93A12"
INK: Final = "#1F2328"
MUTED: Final = "#57534C"
LINE: Final = "#CFCABF"

_LEFT: Final = 18.0 * mm
_TOP: Final = 20.0 * mm
_BOTTOM: Final = 19.0 * mm
WIDTH_PT: Final = A4[0] - 2.0 * _LEFT
_MAP_MM: Final = (95.0, 152.0)
#: A heading stands at least with this much of what it heads.
_WITH_HEADING: Final = 42.0 * mm
_LONGEST_FOOT_PT: Final = WIDTH_PT * 0.72


def styles() -> dict[str, ParagraphStyle]:
    """Give the styles of paragraphs, the fonts registered."""
    regular, bold = fonts.name(bold=False), fonts.name(bold=True)

    def style(name: str, size: float, leading: float, **more: Any) -> ParagraphStyle:  # noqa: ANN401 - options of reportlab
        chosen = {"fontName": regular, "bulletFontName": regular, "textColor": INK, "splitLongWords": 1, **more}
        return ParagraphStyle(name, fontSize=size, leading=leading, **chosen)

    return {
        "title": style("title", 21, 25, fontName=bold, spaceAfter=9),
        "chapter": style("chapter", 16, 20, fontName=bold, spaceBefore=2, spaceAfter=6),
        "section": style("section", 11.5, 15, fontName=bold, spaceBefore=11, spaceAfter=4),
        "label": style("label", 10, 13, textColor=MUTED),
        "number": style("number", 36, 41, fontName=bold),
        "detail": style("detail", 12, 16, textColor=MUTED),
        "sentence": style("sentence", 11, 15, spaceBefore=4),
        "caution": style("caution", 10, 13.5, fontName=bold, spaceBefore=4),
        "chip": style("chip", 8.5, 11, textColor=MUTED),
        "body": style("body", 9.5, 13.2, spaceAfter=3),
        "item": style("item", 9, 12.4, leftIndent=10, bulletIndent=0, spaceAfter=2.5),
        "small": style("small", 8, 10.6, textColor=MUTED, spaceAfter=3),
        "box": style("box", 10.5, 14, fontName=bold),
        "head": style("head", 7.6, 9.4, fontName=bold, textColor=MUTED),
        "headnumber": style("headnumber", 7.6, 9.4, fontName=bold, textColor=MUTED, alignment=TA_RIGHT),
        "cell": style("cell", 8.2, 10.4),
        "cellnumber": style("cellnumber", 8.2, 10.4, alignment=TA_RIGHT),
    }


Styles = dict[str, ParagraphStyle]


def text(told: object) -> str:
    """Make a text inert in the markup of paragraphs."""
    return escape(words(told))


class _Map(Flowable):  # type: ignore[misc]
    """A map that takes the room left on a page, or the next page where too little is left."""

    def __init__(self, brief: Brief, number: int) -> None:
        super().__init__()
        self.brief, self.number = brief, number

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        least, most = _MAP_MM
        left = height * MM_PER_PT - 1.0
        size_mm = (width * MM_PER_PT, round(min(most, left) if left >= least else most, 1))
        self.scene = self.brief.scene(self.number, size_mm)
        return width, size_mm[1] / MM_PER_PT

    def draw(self) -> None:
        if self.scene is not None:
            printmap_pdf.paint(self.scene, self.canv, 0.0, 0.0)


class Mark(Flowable):  # type: ignore[misc]
    """A bookmark in the outline of the document; one of level 1 lies under the last of level 0."""

    def __init__(self, name: str, told: str, level: int = 0) -> None:
        super().__init__()
        self.name, self.told, self.level = name, words(told), level

    def wrap(self, *_: float) -> tuple[float, float]:
        """Take no room."""
        return 0.0, 0.0

    def draw(self) -> None:
        """Set it."""
        self.canv.bookmarkHorizontal(self.name, 0, 0)
        self.canv.addOutlineEntry(self.told, self.name, level=self.level)


def boxed(told: str, chosen: Styles, *, dashed: bool = True) -> Flowable:
    """Set a warning in a frame across the page."""
    grid = Grid([[Paragraph(text(told), chosen["box"])]], colWidths=[WIDTH_PT])
    dash = (4, 2.5) if dashed else None
    grid.setStyle([("BOX", (0, 0), (-1, -1), 1.4, ACCENT, None, dash), *padding(9, 7)])
    grid.spaceAfter, grid.spaceBefore = 8, 2
    return grid


def padding(across: float, along: float) -> list[tuple[Any, ...]]:
    """Give the commands that set the room inside the cells of a grid, points, and a font that the file carries."""
    everywhere = (0, 0), (-1, -1)
    return [
        ("FONTNAME", *everywhere, fonts.name(bold=False)),
        ("LEFTPADDING", *everywhere, across),
        ("RIGHTPADDING", *everywhere, across),
        ("TOPPADDING", *everywhere, along),
        ("BOTTOMPADDING", *everywhere, along),
    ]


def _headline(brief: Brief, chapter: Chapter, chosen: Styles) -> Iterable[Flowable]:
    headline = chapter.headline
    if headline is None:
        return
    told = brief.t("evidence.none") if headline.evidence is None else brief.t(f"choice.evidence.{headline.evidence}")
    chip = f"{told} · {headline.when}" if headline.when else told
    parts = [Paragraph(text(headline.label), chosen["label"]), Paragraph(text(headline.number), chosen["number"])]
    if headline.detail:
        parts.append(Paragraph(text(headline.detail), chosen["detail"]))
    parts += [Spacer(0, 3), _chip(chip, chosen)]
    if headline.sentence:
        parts.append(Paragraph(text(headline.sentence), chosen["sentence"]))
    if headline.caution:
        parts.append(Paragraph(text(headline.caution), chosen["caution"]))
    grid = Grid([[parts]], colWidths=[WIDTH_PT])
    grid.setStyle([("LINEBEFORE", (0, 0), (0, -1), 3, ACCENT), *padding(0, 0), ("LEFTPADDING", (0, 0), (-1, -1), 11)])
    yield grid
    yield Spacer(0, 9)


def _chip(told: str, chosen: Styles) -> Flowable:
    width = fonts.width_pt(words(told), chosen["chip"].fontSize) + 15.0
    grid = Grid([[Paragraph(text(told), chosen["chip"])]], colWidths=[min(width, WIDTH_PT)], hAlign="LEFT")
    grid.setStyle([("BOX", (0, 0), (-1, -1), 0.7, MUTED), ("ROUNDEDCORNERS", [5] * 4), *padding(6, 1.6)])
    return grid


def table(made: Table, chosen: Styles, width_pt: float = WIDTH_PT) -> Flowable:
    """Set a table: its headings come again on each page, and no row is cut."""

    def row(cells: Sequence[str], stem: str) -> list[Paragraph]:
        return [
            Paragraph(text(cell), chosen[f"{stem}number" if place in made.numbers else stem])
            for place, cell in enumerate(cells)
        ]

    widths = [width_pt * width / sum(made.widths) for width in made.widths]
    rows = [row(made.heads, "head"), *(row(cells, "cell") for cells in made.rows)]
    grid = LongTable(rows, colWidths=widths, repeatRows=1, splitByRow=1, hAlign="LEFT")
    grid.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
            ("LINEBELOW", (0, 0), (-1, 0), 0.9, INK),
            ("LINEBELOW", (0, 1), (-1, -1), 0.3, LINE),
            *padding(3, 2.6),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ]
    )
    return grid


def _titled(made: Table, chosen: Styles, mark: Mark) -> Iterable[Flowable]:
    parts: list[Flowable] = [mark, Paragraph(text(made.title), chosen["section"])]
    if made.remark:
        parts.append(Paragraph(text(made.remark), chosen["small"]))
    parts.append(table(made, chosen))
    if made.is_short:
        # A table that a page holds is read as one.
        yield KeepTogether(parts)
        return
    yield CondPageBreak(_WITH_HEADING)
    yield from parts


def bullets(lines: Iterable[str], chosen: Styles) -> Iterable[Flowable]:
    """Set sentences as a list."""
    for line in lines:
        yield Paragraph(text(line), chosen["item"], bulletText="•")


def _listed(heading: str, lines: Sequence[str], chosen: Styles, mark: str) -> Iterable[Flowable]:
    if lines:
        yield CondPageBreak(_WITH_HEADING)
        yield Mark(mark, heading, 0 if mark.startswith("back") else 1)
        yield Paragraph(text(heading), chosen["section"])
        yield from bullets(lines, chosen)


def _chapter(brief: Brief, number: int, chosen: Styles) -> Iterable[Flowable]:
    chapter, t = brief.chapters[number], brief.t
    several = len(brief.chapters) > 1
    yield Mark(f"chapter-{number}", chapter.title)
    if several:
        yield Paragraph(text(f"{number + 1}. {chapter.title}"), chosen["chapter"])
    yield from _headline(brief, chapter, chosen)
    if chapter.drawn:
        yield _Map(brief, number)
    yield from bullets(chapter.lines, chosen)
    for place, made in enumerate(chapter.tables):
        yield from _titled(made, chosen, Mark(f"table-{number}-{place}", made.title, 1))
    yield from _listed(t("brief.notes"), chapter.notes, chosen, f"notes-{number}")


def _front(brief: Brief, chosen: Styles) -> Iterable[Flowable]:
    yield Paragraph(text(brief.title), chosen["title"])
    if brief.illustrative:
        yield boxed(brief.t("brief.illustrative"), chosen)
    if len(brief.chapters) > 1:
        yield Paragraph(text(brief.t("brief.contents")), chosen["section"])
        for number, chapter in enumerate(brief.chapters, start=1):
            said = chapter.headline.number if chapter.headline is not None else ""
            told = f'{number}. <a href="#chapter-{number - 1}">{text(chapter.title)}</a>'
            yield Paragraph(f"{told} <b>{text(said)}</b>" if said else told, chosen["body"])
        yield Spacer(0, 8)


def _back(brief: Brief, chosen: Styles) -> Iterable[Flowable]:
    t = brief.t
    if brief.conflicts is not None:
        yield from _titled(brief.conflicts, chosen, Mark("back-conflicts", brief.conflicts.title))
    yield from _listed(t("brief.method"), brief.method, chosen, "back-method")
    yield from _listed(t("brief.sources"), brief.sources, chosen, "back-sources")
    meanings = [f"{word}: {meaning}" for word, meaning in brief.meanings]
    yield from _listed(t("brief.evidence"), meanings, chosen, "back-evidence")
    yield CondPageBreak(_WITH_HEADING)
    yield Mark("back-repeat", t("brief.repeat"))
    yield Paragraph(text(t("brief.repeat")), chosen["section"])
    yield Paragraph(text(t("brief.repeat-lead", hash=brief.inputs)), chosen["body"])
    for line in brief.brought:
        yield Paragraph(text(line), chosen["body"])
    yield Paragraph(text(brief.command), chosen["small"])
    yield Paragraph(text(t("brief.links")), chosen["body"])
    yield from bullets([chapter.address for chapter in brief.chapters], chosen)


class Paper(Canvas):  # type: ignore[misc]
    """Names no font that it does not carry, and is dated by the day that stands on it."""

    made: date

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - the signature of reportlab
        super().__init__(*args, **{**options, "initialFontName": fonts.name(bold=False)})
        # A window or a screen reader names the document by its title, not by its file.
        self.setViewerPreference("DisplayDocTitle", "true")
        at = self.made.astimezone(UTC) if isinstance(self.made, datetime) else self.made
        # Of its own the library takes the clock's time, or the year 2000.
        self._doc._timeStamp.YMDhms = at.timetuple()[:6]  # noqa: SLF001 - there is no other way to set it


class _Numbered(Paper):
    """Writes head and foot of each page once it is known how many there are."""

    brief: Brief

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - the signature of reportlab
        super().__init__(*args, **options)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - a method of reportlab
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self._frame(number, len(self._pages))
            super().showPage()
        super().save()

    def _frame(self, number: int, pages: int) -> None:
        brief, t = self.brief, self.brief.t
        right = A4[0] - _LEFT
        regular, bold = fonts.name(bold=False), fonts.name(bold=True)
        head = A4[1] - 13.0 * mm
        self.setFillColor(ACCENT)
        self.setFont(bold, 10)
        name = words(t("app.name"))
        self.drawString(_LEFT, head, name)
        self.setFillColor(MUTED)
        self.setFont(regular, 8.5)
        kind_at = _LEFT + fonts.width_pt(name, 10, bold=True) + 6
        self.drawString(kind_at, head, words(t("brief.kind") if number == 1 else _cut(brief.title)))
        self.drawRightString(right, head, words(t("brief.made", date=brief.made)))
        self.setStrokeColor(ACCENT)
        self.setLineWidth(0.8)
        self.line(_LEFT, head - 4.5, right, head - 4.5)
        foot = 11.0 * mm
        self.setFillColor(MUTED)
        self.drawString(_LEFT, foot, words(t("brief.inputs", hash=brief.short_hash)))
        self.drawRightString(right, foot, words(t("brief.page", page=number, pages=pages)))


def _cut(title: str) -> str:
    return fonts.lines(words(title), 8.5, _LONGEST_FOOT_PT - 90.0, most=1)[0]


def write(brief: Brief) -> bytes:
    """Write a brief as PDF.

    Raises
    ------
    DataError
        ``missing-file``: the fonts are not where they belong.
    """
    chosen = styles()
    buffer = io.BytesIO()
    document = BaseDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=_LEFT,
        rightMargin=_LEFT,
        topMargin=_TOP,
        bottomMargin=_BOTTOM,
        title=words(brief.title),
        author=words(brief.t("app.name")),
        subject=words(brief.t("brief.inputs", hash=brief.inputs)),
        lang=brief.t.language,
        invariant=1,
    )
    frame = Frame(_LEFT, _BOTTOM, WIDTH_PT, A4[1] - _TOP - _BOTTOM, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate(frames=[frame]))
    story: list[Flowable] = list(_front(brief, chosen))
    for number in range(len(brief.chapters)):
        if number:
            story.append(PageBreak())
        story += _chapter(brief, number, chosen)
    story += _back(brief, chosen)
    numbered = type("Numbered", (_Numbered,), {"brief": brief, "made": brief.at})
    document.build(story, canvasmaker=numbered)
    return buffer.getvalue()
