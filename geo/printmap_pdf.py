"""A drawing as PDF, with its words as text in an embedded font; and as pixels, from that."""

from __future__ import annotations

import io
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from geo import fonts
from geo.printmap_scene import MM_PER_PT, Clipped, Disc, Item, Look, Path, Scene, Words

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Render modes of PDF text: filled, and as an outline.
_FILLED: Final = 0
_OUTLINE: Final = 1
_ROUND: Final = 1
_DPI_OF_PDF: Final = 72.0
_ONE_AT_A_TIME: Final = Lock()

# Canvases of reportlab carry no types.
Canvas = Any


class _Painter:
    """Paints items on a canvas whose origin is the lower left corner, in points."""

    def __init__(self, canvas: Canvas, left_pt: float, top_pt: float, scale: float) -> None:
        self.canvas, self.left_pt, self.top_pt, self.scale = canvas, left_pt, top_pt, scale

    def _pt(self, length_mm: float) -> float:
        return length_mm / MM_PER_PT * self.scale

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return self.left_pt + self._pt(x), self.top_pt - self._pt(y)

    def paint(self, items: Iterable[Item]) -> None:
        for item in items:
            match item:
                case Path():
                    self._path(item)
                case Disc():
                    self._disc(item)
                case Words():
                    self._words(item)
                case Clipped():
                    self._clipped(item)

    def _set(self, look: Look) -> tuple[int, int]:
        canvas = self.canvas
        if look.fill:
            canvas.setFillColor(look.fill, alpha=look.fill_opacity)
        if look.stroke:
            canvas.setStrokeColor(look.stroke, alpha=look.stroke_opacity)
            canvas.setLineWidth(self._pt(look.width_mm))
            canvas.setDash([self._pt(length) for length in look.dash_mm] if look.dash_mm else [])
            canvas.setLineCap(_ROUND if look.round_ends else 0)
            canvas.setLineJoin(_ROUND if look.round_ends else 0)
        return int(bool(look.stroke)), int(bool(look.fill))

    def _path(self, path: Path) -> None:
        outline = self.canvas.beginPath()
        for line in path.lines:
            outline.moveTo(*self._at(*line[0]))
            for x, y in line[1:]:
                outline.lineTo(*self._at(x, y))
            if path.closed:
                outline.close()
        stroke, fill = self._set(path.look)
        self.canvas.drawPath(outline, stroke=stroke, fill=fill, fillMode=0)

    def _disc(self, disc: Disc) -> None:
        stroke, fill = self._set(disc.look)
        x, y = self._at(disc.x, disc.y)
        self.canvas.circle(x, y, self._pt(disc.radius_mm), stroke=stroke, fill=fill)

    def _words(self, words: Words) -> None:
        size_pt = words.size_pt * self.scale
        spacing_pt = words.spacing_pt * self.scale
        x, y = self._at(words.x, words.y)
        if words.anchor != "start":
            width_pt = fonts.width_pt(words.text, size_pt, bold=words.bold, spacing_pt=spacing_pt)
            x -= width_pt / 2.0 if words.anchor == "middle" else width_pt
        if words.halo:
            self.canvas.setStrokeColor(words.halo, alpha=1)
            self.canvas.setLineWidth(size_pt * 0.26)
            self.canvas.setLineJoin(_ROUND)
            self.canvas.setDash([])
            self._line(words, x, y, size_pt, spacing_pt, _OUTLINE)
        self.canvas.setFillColor(words.colour, alpha=1)
        self._line(words, x, y, size_pt, spacing_pt, _FILLED)

    def _line(self, words: Words, x: float, y: float, size_pt: float, spacing_pt: float, mode: int) -> None:  # noqa: PLR0913, PLR0917
        line = self.canvas.beginText(x, y)
        line.setFont(fonts.name(bold=words.bold), size_pt)
        line.setTextRenderMode(mode)
        line.setCharSpace(spacing_pt)
        line.textOut(words.text)
        # What is set in one text stays set in the next.
        line.setCharSpace(0)
        line.setTextRenderMode(_FILLED)
        self.canvas.drawText(line)

    def _clipped(self, item: Clipped) -> None:
        left, top, right, bottom = item.box
        self.canvas.saveState()
        box = self.canvas.beginPath()
        x, y = self._at(left, bottom)
        box.rect(x, y, self._pt(right - left), self._pt(bottom - top))
        self.canvas.clipPath(box, stroke=0, fill=0)
        self.paint(item.items)
        self.canvas.restoreState()


def paint(scene: Scene, canvas: Canvas, left_pt: float, bottom_pt: float, scale: float = 1.0) -> None:
    """Paint a drawing on a canvas of reportlab.

    Parameters
    ----------
    scene
        The drawing.
    canvas
        The page.
    left_pt, bottom_pt
        Where its lower left corner comes to lie, in points.
    scale
        1 for the drawing's own size.
    """
    canvas.saveState()
    top_pt = bottom_pt + scene.height_mm / MM_PER_PT * scale
    _Painter(canvas, left_pt, top_pt, scale).paint(scene.items)
    canvas.restoreState()


def write(scene: Scene) -> bytes:
    """Write a drawing as a PDF of one page of its size."""
    from reportlab.pdfgen.canvas import Canvas as Sheet  # noqa: PLC0415 - loaded when something is printed

    buffer = io.BytesIO()
    size_pt = scene.width_mm / MM_PER_PT, scene.height_mm / MM_PER_PT
    # Without the time of day the same drawing gives the same bytes.
    sheet = Sheet(buffer, pagesize=size_pt, invariant=1, lang=scene.language)
    sheet.setTitle(scene.title)
    paint(scene, sheet, 0.0, 0.0)
    sheet.showPage()
    sheet.save()
    return buffer.getvalue()


def pixels(scene: Scene, dpi: float) -> bytes:
    """Write a drawing as PNG."""
    import pypdfium2  # noqa: PLC0415 - loaded when something is printed as pixels

    content = write(scene)
    # The library below bears one thread at a time: two would end the server.
    with _ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(content)
        page = document[0]
        bitmap = page.render(scale=dpi / _DPI_OF_PDF)
        image = bitmap.to_pil().convert("RGB")
        # Closed here, and not whenever the rubbish of another thread is collected.
        for part in (bitmap, page, document):
            part.close()
    buffer = io.BytesIO()
    image.save(buffer, "PNG", dpi=(dpi, dpi))
    return buffer.getvalue()
