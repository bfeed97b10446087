"""The list for the field as PDF on A4: tables with phones, numbered map, safety card, QR code to the live page."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Grid

from geo import fonts, printmap, printmap_pdf
from geo.brief_pdf import ACCENT, INK, MUTED, WIDTH_PT, Mark, Paper, boxed, padding, styles, table, text
from geo.printmap_scene import MM_PER_PT, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geo.fieldlist import FieldSheet
    from geo.printmap_scene import Scene

_MAP_WIDTH_MM: Final = 174.0
#: Least and greatest height of the map: a sheet that has to explain more stays one page.
_MAP_MM: Final = (60.0, 96.0)
_MARGIN: Final = 18.0 * mm
_QR_MM: Final = 30.0
_UNDER_MAP_PT: Final = 5.0


class _Map(Flowable):  # type: ignore[misc]
    """The sheet's map, as high as the words under it leave room on the page."""

    def __init__(self, sheet: FieldSheet, below: Sequence[Paragraph]) -> None:
        super().__init__()
        self.sheet, self.below = sheet, below

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        least, most = _MAP_MM
        under = sum(one.wrap(width, height)[1] + one.style.spaceAfter for one in self.below) + _UNDER_MAP_PT
        left = (height - under) * MM_PER_PT - 1.0
        self.scene = _drawn(self.sheet, round(min(most, left) if left >= least else most, 1))
        return _MAP_WIDTH_MM / MM_PER_PT, self.scene.height_mm / MM_PER_PT

    def draw(self) -> None:
        printmap_pdf.paint(self.scene, self.canv, 0.0, 0.0)


class _QrCode(Flowable):  # type: ignore[misc]
    """An address as squares that a phone reads."""

    def __init__(self, address: str) -> None:
        super().__init__()
        import segno  # noqa: PLC0415 - not every sheet has one

        self.rows = [list(row) for row in segno.make(address, error="m", micro=False).matrix_iter(border=2)]
        self.width = self.height = _QR_MM * mm

    def draw(self) -> None:
        side = self.width / len(self.rows)
        self.canv.setFillColor("#000000")
        for down, row in enumerate(self.rows):
            for across, dark in enumerate(row):
                if dark:
                    # A hair larger, so that no printer leaves a gap.
                    self.canv.rect(across * side, self.height - (down + 1) * side, side * 1.02, side * 1.02, 0, 1)


def _drawn(sheet: FieldSheet, height_mm: float) -> Scene:
    about = printmap.Sheet(title=sheet.title, foot=(sheet.made,), illustrative=sheet.training)
    size_mm = _MAP_WIDTH_MM, height_mm
    return printmap.scene(sheet.drawn, bounds=sheet.bounds, size_mm=size_mm, t=sheet.t, sheet=about)


def _card(sheet: FieldSheet, chosen: Any) -> Flowable:  # noqa: ANN401 - styles of reportlab
    """Set the safety card beside the QR code, in one frame."""
    head, *lines = sheet.card
    left: list[Flowable] = [Paragraph(text(head), chosen["box"]), Spacer(0, 3)]
    left += [Paragraph(text(line), chosen["item"], bulletText=f"{number}.") for number, line in enumerate(lines, 1)]
    call = Paragraph(text(sheet.t("nearest.call", number="112")), chosen["call"])
    right: list[Flowable] = [call]
    if sheet.address is not None:
        right += [Spacer(0, 5), _QrCode(sheet.address), Paragraph(text(sheet.t("fieldlist.live")), chosen["small"])]
    grid = Grid([[left, right]], colWidths=[WIDTH_PT - 42.0 * mm, 42.0 * mm])
    grid.setStyle([("BOX", (0, 0), (-1, -1), 1.4, ACCENT), ("VALIGN", (0, 0), (-1, -1), "TOP"), *padding(9, 7)])
    return KeepTogether([Spacer(0, 8), grid])


def _story(sheet: FieldSheet) -> Iterable[Flowable]:
    chosen = styles()
    chosen["call"] = chosen["number"].clone("call", fontSize=19, leading=23, textColor=ACCENT)
    yield Mark("sheet", sheet.title)
    yield Paragraph(text(sheet.title), chosen["title"])
    for told in sheet.warnings:
        yield boxed(told, chosen, dashed=sheet.training)
    for name, made in (("confirmed", sheet.confirmed), ("reported", sheet.reported), ("nearest", sheet.nearest)):
        if made is not None:
            yield CondPageBreak(45.0 * mm)
            yield Mark(name, made.title, 1)
            yield Paragraph(text(made.title), chosen["section"])
            if made.remark:
                yield Paragraph(text(made.remark), chosen["small"])
            yield table(made, chosen)
    yield Mark("card", sheet.card[0], 1)
    yield _card(sheet, chosen)
    yield Spacer(0, 9)
    below = [Paragraph(text(told), chosen["small"]) for told in sheet.remarks]
    yield _Map(sheet, below)
    yield Spacer(0, _UNDER_MAP_PT)
    yield from below


def write(sheet: FieldSheet) -> bytes:
    """Write a sheet as PDF.

    Raises
    ------
    DataError
        ``missing-file``: the fonts are not where they belong.
    """
    t = sheet.t
    regular, bold = fonts.name(bold=False), fonts.name(bold=True)

    def frame(canvas: Any, document: Any) -> None:  # noqa: ANN401 - objects of reportlab
        top = A4[1] - 12.0 * mm
        canvas.setFillColor(ACCENT)
        canvas.setFont(bold, 10)
        canvas.drawString(_MARGIN, top, words(t("app.name")))
        canvas.setFillColor(INK if sheet.training else MUTED)
        canvas.setFont(bold if sheet.training else regular, 8.5)
        canvas.drawRightString(A4[0] - _MARGIN, top, words(t("fieldlist.training") if sheet.training else sheet.made))
        canvas.setStrokeColor(ACCENT)
        canvas.setLineWidth(0.8)
        canvas.line(_MARGIN, top - 4.5, A4[0] - _MARGIN, top - 4.5)
        canvas.setFont(regular, 8.5)
        canvas.setFillColor(MUTED)
        canvas.drawString(_MARGIN, 10.0 * mm, words(f"{sheet.title} · {document.page}"))

    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer, pagesize=A4, leftMargin=_MARGIN - 6, rightMargin=_MARGIN - 6, topMargin=18.0 * mm, bottomMargin=15.0 * mm,
        title=words(sheet.title), author=words(t("app.name")), lang=t.language, invariant=1,
    )  # fmt: skip
    paper = type("Sheet", (Paper,), {"made": sheet.day})
    document.build(list(_story(sheet)), onFirstPage=frame, onLaterPages=frame, canvasmaker=paper)
    return buffer.getvalue()
