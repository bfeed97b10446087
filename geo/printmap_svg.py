"""A drawing as SVG: words stay words, nothing is fetched, nothing in it can run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from geo import fonts, text
from geo.printmap_scene import MM_PER_PT, Clipped, Disc, Item, Look, Path, Scene, Words, unbroken

if TYPE_CHECKING:
    from collections.abc import Iterable


def _escaped(told: str) -> str:
    return unbroken(partial(text.html, max_chars=None), told)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def _look(look: Look) -> str:
    parts = [f'fill="{look.fill or "none"}"']
    if look.fill and look.fill_opacity < 1:
        parts.append(f'fill-opacity="{_number(look.fill_opacity)}"')
    if look.stroke:
        parts.append(f'stroke="{look.stroke}" stroke-width="{_number(look.width_mm)}"')
        if look.stroke_opacity < 1:
            parts.append(f'stroke-opacity="{_number(look.stroke_opacity)}"')
        if look.dash_mm:
            parts.append(f'stroke-dasharray="{" ".join(map(_number, look.dash_mm))}"')
        ends = "round" if look.round_ends else "butt"
        parts.append(f'stroke-linejoin="{"round" if look.round_ends else "miter"}" stroke-linecap="{ends}"')
    return " ".join(parts)


def _path(path: Path) -> str:
    end = "Z" if path.closed else ""
    drawn = "".join("M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in line) + end for line in path.lines)
    rule = ' fill-rule="evenodd"' if path.closed and len(path.lines) > 1 else ""
    return f'<path d="{drawn}"{rule} {_look(path.look)}/>'


def _disc(disc: Disc) -> str:
    return f'<circle cx="{_number(disc.x)}" cy="{_number(disc.y)}" r="{_number(disc.radius_mm)}" {_look(disc.look)}/>'


def _words(words: Words) -> str:
    size_mm = words.size_pt * MM_PER_PT
    parts = [f'x="{_number(words.x)}" y="{_number(words.y)}" font-size="{_number(size_mm)}" fill="{words.colour}"']
    if words.bold:
        parts.append('font-weight="700"')
    if words.anchor != "start":
        parts.append(f'text-anchor="{words.anchor}"')
    if words.spacing_pt:
        parts.append(f'letter-spacing="{_number(words.spacing_pt * MM_PER_PT)}"')
    if words.halo:
        parts.append(f'stroke="{words.halo}" stroke-width="{_number(size_mm * 0.26)}" paint-order="stroke"')
        parts.append('stroke-linejoin="round"')
    return f"<text {' '.join(parts)}>{_escaped(words.text)}</text>"


class _Writer:
    """Writes items and numbers the boxes that clip them."""

    def __init__(self, name: str) -> None:
        self.name, self.clips = name, 0

    def write(self, items: Iterable[Item]) -> str:
        return "".join(map(self._one, items))

    def _one(self, item: Item) -> str:
        match item:
            case Path():
                return _path(item)
            case Disc():
                return _disc(item)
            case Words():
                return _words(item)
            case Clipped():
                return self._clipped(item)

    def _clipped(self, item: Clipped) -> str:
        self.clips += 1
        name = f"{self.name}-{self.clips}"
        left, top, right, bottom = item.box
        size = f'width="{_number(right - left)}" height="{_number(bottom - top)}"'
        box = f'<rect x="{_number(left)}" y="{_number(top)}" {size}/>'
        return f'<clipPath id="{name}">{box}</clipPath><g clip-path="url(#{name})">{self.write(item.items)}</g>'


def write(scene: Scene, *, name: str = "map", embed_fonts: bool = False) -> str:
    """Write a drawing as one SVG element.

    Parameters
    ----------
    scene
        The drawing.
    name
        Begins the ids in it; two drawings on one page need two names.
    embed_fonts
        Carry the letters along, for a file that stands alone; a page that embeds :func:`geo.fonts.css` has them.

    Returns
    -------
    str
        One element with a view box in millimetres.
    """
    width, height = _number(scene.width_mm), _number(scene.height_mm)
    title = _escaped(scene.title)
    style = f"<style>{fonts.css()}</style>" if embed_fonts else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}mm" '
        f'height="{height}mm" role="img" aria-label="{title}" lang="{scene.language}" '
        f'font-family="\'{fonts.FAMILY}\',{fonts.FALLBACK}" font-kerning="none">{style}'
        f"{_Writer(name).write(scene.items)}</svg>"
    )
