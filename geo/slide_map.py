"""The map behind a slide: it fills the whole picture, and keeps names, scale and north out from under the words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from geo import fonts, printmap_svg, sentences
from geo.printmap_ground import Frame, ground, room
from geo.printmap_labels import Label, Obstacle, place
from geo.printmap_scene import MM_PER_PT, Clipped, Item, Look, Scene, Words, rectangle, words
from geo.printmap_signs import Signs, nice_length_m, north_arrow
from geo.printmap_signs import draw as draw_features
from geo.signs import PALETTES
from geo.slide_layers import ASPECT, CLEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.i18n import Translator
    from geo.layers import Layer
    from geo.printmap_scene import Dot
    from geo.slide_layers import Bounds

#: Size of the drawing, millimetres: a slide without its foot.
SIZE_MM: Final = (338.7, 338.7 / ASPECT)

# On a slide of 1280 pixels a pixel of the page's map becomes 1.55: names can be read from the back of the room.
_UNIT_MM: Final = 0.41
_COUNTRY_RANK: Final = 22.0
#: A ring's label and a mark's must not hide behind the words, nor at the edge that a narrower screen cuts.
_HIDDEN_SHARE: Final = 0.45
_KM_M: Final = 1000.0


def compose(drawn: Sequence[Layer], bounds: Bounds, t: Translator, *, title: str) -> Scene:
    """Compose the map behind a slide.

    Parameters
    ----------
    drawn
        Layers, the ground first.
    bounds
        Of the whole slide, as :func:`geo.slide_layers.frame` gives them.
    t
        Language of the names.
    title
        What it shows, for people who cannot see it.
    """
    width, height = SIZE_MM
    palette, unit = PALETTES["light"], _UNIT_MM
    frame = Frame(bounds, (0.0, 0.0, width, height))
    # Looked for in the whole slide, the best room may be where the words stand, and a country goes without its name.
    lands = room(frame, (CLEAR[0] * width, 0.0, width, height))
    rooms = {land: spots for land, (_, spots) in lands.items()}
    features = draw_features(drawn, frame, Signs(palette, unit), rooms)
    kinds = {land: kind for land, (kind, _) in lands.items()}
    names = [*features.labels, *_countries(kinds, rooms, t)]
    furniture, boxes = _furniture(frame, t)
    hidden = Obstacle((0.0, 0.0, _HIDDEN_SHARE * width, height))
    placed = place(names, [*features.obstacles, *boxes, hidden], frame.box, palette, unit)
    inside = (*ground(frame, palette, unit), *features.items, *placed, *furniture)
    return Scene(width, height, (Clipped(frame.box, inside),), words(title), t.language)


def draw(drawn: Sequence[Layer], bounds: Bounds, t: Translator, *, name: str, title: str) -> str:
    """Draw a map as one SVG element that fills whatever box it is put into, cut at its left side where it must be.

    Parameters
    ----------
    drawn, bounds, t, title
        As for :func:`compose`.
    name
        Begins the ids; each map of a page needs another.
    """
    scene = compose(drawn, bounds, t, title=title)
    svg = printmap_svg.write(scene, name=name)
    return re.sub(
        r'^(<svg [^>]*?) width="[^"]*" height="[^"]*"', r'\1 preserveAspectRatio="xMaxYMid slice"', svg, count=1
    )


def _countries(kinds: dict[str, str], rooms: dict[str, list[Dot]], t: Translator) -> list[Label]:
    return [
        Label(words(sentences.country(t, land)), "", "country", tuple(spots), 0.0, 0.0, _COUNTRY_RANK, centred=True)
        for land, spots in rooms.items()
        if kinds[land] == "mainland" and spots
    ]


def _furniture(frame: Frame, t: Translator) -> tuple[list[Item], list[Obstacle]]:
    """Draw scale and north where no words lie."""
    _, _, right, bottom = frame.box
    u = _UNIT_MM
    length_m = nice_length_m(frame.m_per_mm * 130.0 * u)
    length = length_m / frame.m_per_mm
    text = words(t("unit.value-km", value=t.plain(length_m / _KM_M)))
    size_pt = 12.5 * u / MM_PER_PT
    wide = fonts.width_pt(text, size_pt, bold=True) * MM_PER_PT
    y = bottom - 11.0 * u
    x = right - 40.0 * u - wide - length
    palette = PALETTES["light"]
    ink, paper = palette["text"], palette["halo"]
    box = x - 5.0 * u, y - 13.0 * u, x + length + wide + 12.0 * u, y + 5.0 * u
    half = length / 2.0
    items: list[Item] = [
        rectangle(box, Look(fill=paper, fill_opacity=0.85)),
        rectangle((x, y - 6.0 * u, x + half, y), Look(fill=ink)),
        rectangle((x + half, y - 6.0 * u, x + length, y), Look(fill=paper)),
        rectangle((x, y - 6.0 * u, x + length, y), Look(stroke=ink, width_mm=u)),
        Words(x + length + 6.0 * u, y, text, size_pt, bold=True, colour=ink),
    ]
    north = (right - 16.0 * u, bottom - 10.0 * u)
    items += north_arrow(north, palette, t("printmap.north"), u)
    beside = Obstacle((right - 28.0 * u, bottom - 50.0 * u, right, bottom))
    return items, [Obstacle(box), beside]
