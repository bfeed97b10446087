"""Maps for paper and slides: the layers of the page's map with legend, scale, north, borders, source and date.

A place comes to lie where its distance from the middle of the map is true, at one scale in every direction, so a
circle of 5 km is a circle and measures 5 km. Words are set in the project's own letters and stay words.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from geo import fonts, integrity, layers, printmap_legend, printmap_signs, sentences
from geo.catalogue import DATA_DIR
from geo.errors import QuestionError
from geo.printmap_ground import DRAWN_FILE, Frame, ground, room
from geo.printmap_labels import Label, Obstacle, place
from geo.printmap_scene import (
    MM_PER_PT,
    Clipped,
    Item,
    Look,
    Scene,
    Words,
    colour_and_opacity,
    rectangle,
    words,
)
from geo.signs import PALETTES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.i18n import Translator
    from geo.layers import Layer
    from geo.printmap_legend import Legend
    from geo.printmap_scene import Box, Dot

Style = Literal["print", "screen"]
#: West, south, east and north, degrees.
Bounds = tuple[float, float, float, float]

FORMATS: Final = ("svg", "png", "pdf")
#: Dots per inch of a PNG, where nothing else is asked for.
DPI: Final = 200.0
LEAST_SIZE_MM: Final = 40.0
#: Size of a pixel of the screen's map on paper, millimetres: letters of 7 points and up.
_PRINT_UNIT_MM: Final = 0.212
#: On a slide as wide as this, a pixel of the screen's map is so large.
_SLIDE_WIDTH_MM: Final = 320.0
_SLIDE_UNIT_MM: Final = 0.43
_COUNTRY_RANK: Final = 22.0
#: What the page's legend says of a click says nothing on paper.
_ON_PAPER: Final = {"route-other": "printmap.route-other"}
_KM_M: Final = 1000.0
_FOOT_PX: Final = 11.7
_FOOT_LINE_PX: Final = 14.4
_GAP_PX: Final = 7.0

# On white paper, with what a photocopier loses made darker.
_PALETTES: Final[dict[str, dict[str, str]]] = {
    "print": {
        **PALETTES["light"],
        "land": "#FFFFFF",
        "neighbour": "#E9E7E1",
        "outside": "#E9E7E1",
        "enclave": "#F4EFE3",
        "hatch": "#B9AE97",
        "road": "#A59C8D",
        "border": "#44403A",
    },
    "screen": {**PALETTES["light"], "hatch": "#C3B9A4"},
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a map says beside its layers.

    Parameters
    ----------
    title
        What the map shows, for people who cannot see it.
    foot
        Lines under the map: sources, date. The origin of the borders is always said.
    legend
        Explain the signs under the map; None does so in print alone.
    countries
        Names of countries by code where they are not the usual ones.
    illustrative
        Say that what the map shows rests on examples, even where no mark shows one.
    """

    title: str = ""
    foot: tuple[str, ...] = ()
    legend: bool | None = None
    countries: Mapping[str, str] | None = None
    illustrative: bool = False


@lru_cache(maxsize=1)
def borders_vintage() -> str:
    """Give the vintage of the drawn borders, as the catalogue of the data has it."""
    return next(entry.vintage for entry in integrity.entries(DATA_DIR) if Path(entry.file).name == DRAWN_FILE.name)


@dataclass(frozen=True)
class _Below:
    """What stands under the frame: legend and lines, and how much of the sheet they take."""

    legend: Legend | None
    foot: tuple[tuple[str, bool], ...]
    height_mm: float


class _Composer:
    """Puts one map together."""

    def __init__(self, size_mm: tuple[float, float], t: Translator, style: Style, sheet: Sheet) -> None:
        self.width, self.height = size_mm
        self.t, self.style, self.sheet = t, style, sheet
        self.palette = _PALETTES[style]
        # A map on a part of a slide is read from the same seat: its letters shrink less than its width.
        slide = _SLIDE_UNIT_MM * math.sqrt(min(self.width / _SLIDE_WIDTH_MM, 1.0))
        self.unit = _PRINT_UNIT_MM if style == "print" else slide
        self.signs = printmap_signs.Signs(self.palette, self.unit)

    def compose(self, drawn: Sequence[Layer], bounds: Bounds) -> Scene:
        # The legend explains what is seen, and what is seen depends on the room that the legend leaves.
        height = self.height
        while True:
            frame = Frame(bounds, (0.0, 0.0, self.width, height))
            lands = room(frame)
            spots = {land: found for land, (_, found) in lands.items()}
            features = printmap_signs.draw(drawn, frame, self.signs, spots)
            below = self._below(drawn, features.shown)
            if height <= self.height - below.height_mm:
                break
            height = self.height - below.height_mm
        furniture, boxes = self._furniture(frame)
        names = [*features.labels, *self._countries(lands)]
        placed = place(names, [*features.obstacles, *boxes], frame.box, self.palette, self.unit)
        inside = (*ground(frame, self.palette, self.unit), *features.items, *placed, *furniture)
        items: list[Item] = [Clipped(frame.box, inside)]
        if self.style == "print":
            items.append(rectangle(frame.box, Look(stroke=self.palette["border"], width_mm=0.25)))
        items += self._below_items(below, height)
        return Scene(self.width, self.height, tuple(items), words(self.sheet.title), self.t.language)

    def _countries(self, lands: Mapping[str, tuple[str, list[Dot]]]) -> list[Label]:
        given = self.sheet.countries or {}
        names = {land: words(given.get(land) or sentences.country(self.t, land)) for land in lands}
        return [
            Label(names[land], "", "country", tuple(spots), 0.0, 0.0, _COUNTRY_RANK, centred=True)
            for land, (kind, spots) in lands.items()
            if kind == "mainland"
        ]

    # ---- inside the frame -----------------------------------------------------------------------------------

    def _furniture(self, frame: Frame) -> tuple[list[Item], list[Obstacle]]:
        left, top, right, bottom = frame.box
        u = self.unit
        items, box = self._scale_bar(frame, (left + 10 * u, bottom - 10 * u))
        boxes = [Obstacle(box), Obstacle((right - 36 * u, top, right, top + 54 * u))]
        letter = self.t("printmap.north")
        items += printmap_signs.north_arrow((right - 20 * u, top + 46 * u), self.palette, letter, u)
        if self.style == "screen":
            note, box = self._corner_note((right - 6 * u, bottom - 6 * u))
            items += note
            boxes.append(Obstacle(box))
        return items, boxes

    def _veil(self, box: Box) -> Item:
        colour, opacity = colour_and_opacity(self.palette["veil"])
        return rectangle(box, Look(fill=colour, fill_opacity=opacity))

    def _length(self, length_m: float) -> str:
        if length_m < _KM_M:
            return self.t("unit.value-m", value=self.t.plain(length_m))
        return self.t("unit.value-km", value=self.t.plain(length_m / _KM_M))

    def _scale_bar(self, frame: Frame, corner: Dot) -> tuple[list[Item], Box]:
        u = self.unit
        length_m = printmap_signs.nice_length_m(frame.m_per_mm * 130.0 * u)
        length = length_m / frame.m_per_mm
        text = words(self._length(length_m))
        size_pt = 12.0 * u / MM_PER_PT
        x, y = corner
        wide = fonts.width_pt(text, size_pt, bold=True) * MM_PER_PT
        box = x - 5 * u, y - 13 * u, x + length + wide + 11 * u, y + 5 * u
        ink = self.palette["text"]
        edge = Look(stroke=ink, width_mm=1.0 * u)
        items: list[Item] = [
            self._veil(box),
            rectangle((x, y - 6 * u, x + length, y), Look(fill=self.palette["halo"])),
            rectangle((x, y - 6 * u, x + length / 2.0, y), Look(fill=ink)),
            rectangle((x, y - 6 * u, x + length, y), edge),
            Words(x + length + 6 * u, y + 1 * u, text, size_pt, bold=True, colour=ink),
        ]
        return items, box

    def _borders_note(self) -> str:
        return self.t("map.boundaries-note", vintage=borders_vintage())

    def _corner_note(self, corner: Dot) -> tuple[list[Item], Box]:
        u = self.unit
        size_pt = 9.5 * u / MM_PER_PT
        text = words(self._borders_note())
        wide = fonts.width_pt(text, size_pt) * MM_PER_PT
        x, y = corner
        box = x - wide - 4 * u, y - 12 * u, x + 4 * u, y + 4 * u
        ink = self.palette["muted"]
        return [self._veil(box), Words(x, y - 1 * u, text, size_pt, colour=ink, anchor="end")], box

    # ---- under the frame ------------------------------------------------------------------------------------

    def _below(self, drawn: Sequence[Layer], shown: set[str]) -> _Below:
        in_print = self.style == "print"
        legend = None
        if in_print if self.sheet.legend is None else self.sheet.legend:
            seen = [
                replace(layer, features=tuple(one for one in layer.features if one["s"] in shown)) for layer in drawn
            ]
            entries = [
                replace(entry, label=self.t(_ON_PAPER[entry.code])) if entry.code in _ON_PAPER else entry
                for entry in layers.legend(seen, self.t)
            ]
            legend = printmap_legend.arrange(entries, self.signs, self.width)
        foot = self._foot(shown) if in_print else ()
        height = 0.0 if legend is None else legend.height_mm + _GAP_PX * self.unit
        height += len(foot) * _FOOT_LINE_PX * self.unit + (_GAP_PX * self.unit if foot else 0.0)
        return _Below(legend, foot, height)

    def _foot(self, shown: set[str]) -> tuple[tuple[str, bool], ...]:
        size_pt = _FOOT_PX * self.unit / MM_PER_PT
        told: list[tuple[str, bool]] = []
        if self.sheet.illustrative or any(code.endswith("-illustrative") for code in shown):
            told.append((self.t("printmap.illustrative"), True))
        told += [(text, False) for text in (*self.sheet.foot, self._borders_note()) if text]
        return tuple(
            (line, bold)
            for text, bold in told
            for line in fonts.lines(words(text), size_pt, self.width / MM_PER_PT, bold=bold)
        )

    def _below_items(self, below: _Below, top: float) -> list[Item]:
        u = self.unit
        items = [] if below.legend is None else below.legend.items(top + _GAP_PX * u)
        y = self.height - len(below.foot) * _FOOT_LINE_PX * u
        for text, bold in below.foot:
            y += _FOOT_LINE_PX * u
            ink = self.palette["text" if bold else "muted"]
            items.append(Words(0.0, y - 3.0 * u, text, _FOOT_PX * u / MM_PER_PT, bold, ink))
        return items


def scene(  # noqa: PLR0913 - one keyword per choice of a document
    drawn: Sequence[Layer],
    *,
    bounds: Bounds,
    size_mm: tuple[float, float],
    t: Translator,
    style: Style = "print",
    sheet: Sheet | None = None,
) -> Scene:
    """Compose a map.

    Parameters
    ----------
    drawn
        Layers from below to above, as the page's map has them.
    bounds
        What has to be seen; the map shows more where its shape differs.
    size_mm
        Width and height of the whole, with legend and foot.
    t
        Language.
    style
        ``print`` for white paper; ``screen`` for slides, with larger letters and signs, up to the edge.
    sheet
        What else it says.

    Returns
    -------
    Scene
        For :mod:`geo.printmap_svg` and :mod:`geo.printmap_pdf`.

    Raises
    ------
    QuestionError
        ``map-too-small``: no side may be shorter than :data:`LEAST_SIZE_MM`.
    DataError
        ``missing-file``: the fonts are not where they belong.
    """
    if min(size_mm) < LEAST_SIZE_MM:
        raise QuestionError("map-too-small", found=min(size_mm), minimum=LEAST_SIZE_MM)
    return _Composer(size_mm, t, style, sheet or Sheet()).compose(drawn, bounds)


def draw(  # noqa: PLR0913 - one keyword per choice of a document
    drawn: Sequence[Layer],
    *,
    bounds: Bounds,
    size_mm: tuple[float, float],
    t: Translator,
    fmt: str = "svg",
    style: Style = "print",
    sheet: Sheet | None = None,
    name: str = "map",
    embed_fonts: bool = False,
    dpi: float = DPI,
) -> bytes:
    """Draw a map as a file.

    Parameters
    ----------
    drawn, bounds, size_mm, t, style, sheet
        As for :func:`scene`.
    fmt
        ``svg``, ``png`` or ``pdf``.
    name
        Begins the ids of an SVG; several on one page need several names.
    embed_fonts
        Carry the letters in the SVG itself; a page with :func:`geo.fonts.css` has them once for all.
    dpi
        Dots per inch of a PNG.

    Returns
    -------
    bytes
        The file; SVG in UTF-8.

    Raises
    ------
    QuestionError
        ``map-format`` for another format; ``map-too-small``.
    DataError
        ``missing-file``.
    """
    if fmt not in FORMATS:
        raise QuestionError("map-format", found=fmt, choices=" ".join(FORMATS))
    made = scene(drawn, bounds=bounds, size_mm=size_mm, t=t, style=style, sheet=sheet)
    if fmt == "svg":
        from geo import printmap_svg  # noqa: PLC0415 - each format is loaded when it is written

        return printmap_svg.write(made, name=name, embed_fonts=embed_fonts).encode()
    from geo import printmap_pdf  # noqa: PLC0415 - as above

    return printmap_pdf.write(made) if fmt == "pdf" else printmap_pdf.pixels(made, dpi)
