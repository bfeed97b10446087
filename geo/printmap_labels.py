"""Names on a printed map: placed by rank so that none covers another, measured with the letters that are printed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo import fonts
from geo.printmap_scene import MM_PER_PT, Disc, Item, Look, Path, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geo.printmap_scene import Box, Dot

#: A label may cover a mark that ranks lower than itself by this much.
_YIELD: Final = 60.0
_GAP_PX: Final = 2.0
_EDGE_PX: Final = 4.0
#: The same name is not said twice within this distance.
_SAME_PX: Final = 60.0
_MARK_WIDTH_PX: Final = 172.0
_WIDTH_PX: Final = 225.0
_MOST_LINES: Final = 3
#: Height of the letters above the base line, and of the whole line box, in sizes of the letters.
_ASCENT: Final = 0.73


@dataclass(frozen=True, slots=True)
class _Font:
    size_px: float
    line_px: float
    bold: bool = False
    colour: str = "text"
    spacing_px: float = 0.0


_FONTS: Final = {
    "mark": _Font(12.8, 15.0, bold=True),
    "area": _Font(12.0, 14.5, colour="muted"),
    "country": _Font(12.5, 16.0, bold=True, colour="other", spacing_px=2.4),
    "ring": _Font(11.8, 15.0, bold=True, colour="ringtext"),
    "city": _Font(13.4, 15.5, bold=True),
    "town": _Font(12.4, 14.5),
    "village": _Font(11.2, 13.0, colour="muted"),
}
_SUB: Final = _Font(11.0, 13.0, colour="muted")


@dataclass(frozen=True, slots=True)
class Label:
    """One name to be placed.

    Parameters
    ----------
    text, sub
        Its words, and its second line.
    kind
        Kind of lettering.
    spots
        Where it belongs, best first.
    clear_mm
        How far from its spot it begins: the radius of the mark there.
    far_mm
        How much farther off it may stand where there is no room beside the mark; 0 for not at all.
    rank
        The higher goes first.
    centred
        It stands on its spot.
    circled
        Its spot is the middle of a circle, below which it stands best.
    """

    text: str
    sub: str
    kind: str
    spots: tuple[Dot, ...]
    clear_mm: float
    far_mm: float
    rank: float
    centred: bool = False
    circled: bool = False


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A box that names keep clear of, unless they outrank it by far."""

    box: Box
    rank: float = math.inf


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines of a label with their size."""

    lines: tuple[tuple[str, _Font], ...]
    width: float
    height: float


def _block(label: Label, unit_mm: float) -> _Block:
    main, wide = _FONTS[label.kind], _MARK_WIDTH_PX if label.kind == "mark" else _WIDTH_PX
    text = label.text.upper() if label.kind == "country" else label.text
    lines = [(line, main) for line in _broken(text, main, wide, unit_mm)]
    lines += [(line, _SUB) for line in _broken(label.sub, _SUB, wide * 1.2, unit_mm) if label.sub]
    width = max(_width_mm(line, font, unit_mm) for line, font in lines)
    return _Block(tuple(lines), width, sum(font.line_px for _, font in lines) * unit_mm)


def _pt(length_px: float, unit_mm: float) -> float:
    return length_px * unit_mm / MM_PER_PT


def _broken(text: str, font: _Font, wide_px: float, unit_mm: float) -> list[str]:
    size_pt = _pt(font.size_px, unit_mm)
    return fonts.lines(text, size_pt, _pt(wide_px, unit_mm), bold=font.bold, most=_MOST_LINES)


def _width_mm(text: str, font: _Font, unit_mm: float) -> float:
    size_pt, spacing_pt = _pt(font.size_px, unit_mm), _pt(font.spacing_px, unit_mm)
    return fonts.width_pt(text, size_pt, bold=font.bold, spacing_pt=spacing_pt) * MM_PER_PT


def _around(spot: Dot, w: float, h: float, d: float) -> list[Dot]:
    x, y = spot
    return [
        (x + d, y - h / 2),
        (x - d - w, y - h / 2),
        (x - w / 2, y - d - h),
        (x - w / 2, y + d),
        (x + d * 0.7, y - h - d * 0.4),
        (x + d * 0.7, y + d * 0.4),
        (x - w - d * 0.7, y - h - d * 0.4),
        (x - w - d * 0.7, y + d * 0.4),
    ]


def _corners(label: Label, block: _Block, unit_mm: float) -> Iterable[Dot]:
    """Give the upper left corners to try, best first."""
    w, h = block.width, block.height
    for x, y in label.spots:
        if label.centred:
            yield (x - w / 2, y - h / 2)
            continue
        near = _around((x, y), w, h, label.clear_mm + 2.0 * unit_mm)
        if label.circled:
            yield from (near[3], near[2], near[0], near[1], (x - w / 2, y + 14.0 * unit_mm))
        else:
            yield from near
        if label.far_mm:
            yield from _around((x, y), w, h, label.clear_mm + label.far_mm)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]


def _drawn(label: Label, block: _Block, corner: Dot, palette: Mapping[str, str], unit_mm: float) -> list[Item]:
    items: list[Item] = []
    left, y = corner
    if label.kind == "ring":
        items += _pill(left, y, block, palette["halo"], unit_mm)
    aligned = "middle" if label.centred or abs(left + block.width / 2 - label.spots[0][0]) < unit_mm else "start"
    if aligned == "start" and left + block.width < label.spots[0][0]:
        aligned = "end"
    x = {"start": left, "middle": left + block.width / 2, "end": left + block.width}[aligned]
    for line, font in block.lines:
        height = font.line_px * unit_mm
        base = y + height / 2 + _ASCENT * 0.46 * font.size_px * unit_mm
        halo = None if label.kind == "ring" else palette["halo"]
        size_pt, spacing_pt = _pt(font.size_px, unit_mm), _pt(font.spacing_px, unit_mm)
        colour = palette[font.colour]
        items.append(Words(x, base, line, size_pt, font.bold, colour, aligned, halo, spacing_pt))
        y += height
    return items


def _pill(left: float, top: float, block: _Block, colour: str, unit_mm: float) -> list[Item]:
    """Draw the light ground of a ring's radius."""
    half = block.height / 2
    look = Look(stroke=colour, width_mm=block.height, round_ends=True)
    inset = max(half - 4.0 * unit_mm, 0.0)
    line = ((left + inset, top + half), (left + block.width - inset, top + half))
    return (
        [Path((line,), look)] if block.width > 2 * inset else [Disc(left + half, top + half, half, Look(fill=colour))]
    )


def place(
    labels: Sequence[Label], obstacles: Sequence[Obstacle], frame: Box, palette: Mapping[str, str], unit_mm: float
) -> list[Item]:
    """Place the names that fit.

    Parameters
    ----------
    labels
        Names, in any order.
    obstacles
        Marks and the map's furniture.
    frame
        Names stay inside it.
    palette
        Colours by name.
    unit_mm
        Size of a pixel of the screen's map on paper.

    Returns
    -------
    list[Item]
        Words with a light seam.
    """
    taken = list(obstacles)
    said: list[tuple[str, Dot]] = []
    items: list[Item] = []
    edge = _EDGE_PX * unit_mm
    inner = frame[0] + edge, frame[1] + edge, frame[2] - edge, frame[3] - edge
    for label in sorted(labels, key=lambda each: -each.rank):
        first = label.spots[0]
        if any(text == label.text and math.dist(spot, first) < _SAME_PX * unit_mm for text, spot in said):
            continue
        block = _block(label, unit_mm)
        corner = _free_corner(label, block, taken, inner, unit_mm)
        if corner is None:
            continue
        said.append((label.text, first))
        taken.append(Obstacle(_padded(corner, block, unit_mm)))
        items += _drawn(label, block, corner, palette, unit_mm)
    return items


def _padded(corner: Dot, block: _Block, unit_mm: float) -> Box:
    gap = _GAP_PX * unit_mm
    left, top = corner
    return left - gap, top - gap, left + block.width + gap, top + block.height + gap


def _free_corner(label: Label, block: _Block, taken: Sequence[Obstacle], inner: Box, unit_mm: float) -> Dot | None:
    for corner in _corners(label, block, unit_mm):
        box = _padded(corner, block, unit_mm)
        if box[0] < inner[0] or box[1] < inner[1] or box[2] > inner[2] or box[3] > inner[3]:
            continue
        if not any(label.rank < other.rank + _YIELD and _overlap(box, other.box) for other in taken):
            return corner
    return None
