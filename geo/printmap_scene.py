"""What is drawn on paper: lines, areas, discs and words in millimetres, before any file format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.documents import storable
from geo.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

#: A point of typesetting programs is 1/72 inch.
MM_PER_PT: Final = 25.4 / 72.0

_NO_BREAK: Final = frozenset({"\u00a0", "\u202f"})
_NO_BREAKS: Final = re.compile("([\u00a0\u202f])")

Dot = tuple[float, float]
#: Left, top, right, bottom; millimetres from the upper left corner.
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Look:
    """How an outline and its inside are drawn.

    Parameters
    ----------
    fill, stroke
        Colours as ``#RRGGBB``; None for none.
    fill_opacity, stroke_opacity
        0 to 1.
    width_mm
        Of the outline.
    dash_mm
        Lengths of dashes and gaps in turn; empty for a full line.
    round_ends
        Ends and corners are round.
    """

    fill: str | None = None
    stroke: str | None = None
    fill_opacity: float = 1.0
    stroke_opacity: float = 1.0
    width_mm: float = 0.2
    dash_mm: tuple[float, ...] = ()
    round_ends: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """Lines that belong together; closed ones are an area, in which those inside others are holes."""

    lines: tuple[tuple[Dot, ...], ...]
    look: Look
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Disc:
    """A circle."""

    x: float
    y: float
    radius_mm: float
    look: Look


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text on its base line.

    Parameters
    ----------
    x, y
        Where the base line begins, is halved or ends, by ``anchor``.
    text
        Cleaned by :func:`words`.
    size_pt, bold, colour
        Of the letters.
    anchor
        ``start``, ``middle`` or ``end``.
    halo
        Colour of the seam that keeps letters readable over lines; None for none.
    spacing_pt
        Added after each letter.
    """

    x: float
    y: float
    text: str
    size_pt: float
    bold: bool = False
    colour: str = "#1F2328"
    anchor: str = "start"
    halo: str | None = None
    spacing_pt: float = 0.0


@dataclass(frozen=True, slots=True)
class Clipped:
    """Things of which only what lies in a box is seen."""

    box: Box
    items: tuple[Item, ...]


Item = Path | Disc | Words | Clipped


@dataclass(frozen=True)
class Scene:
    """A drawing.

    Parameters
    ----------
    width_mm, height_mm
        Of the sheet.
    items
        From below to above.
    title
        What it shows, for people who cannot see it.
    language
        Of the words.
    """

    width_mm: float
    height_mm: float
    items: tuple[Item, ...]
    title: str = ""
    language: str = "en"


def unbroken(escape: Callable[[str], str], text: object) -> str:
    """Clean or escape a text and keep its no-break spaces, by which a number and its unit stay on one line."""
    return "".join(part if part in _NO_BREAK else escape(part) for part in _NO_BREAKS.split(str(text)))


def words(text: object) -> str:
    """Make a text one clean line that every format can carry."""
    return unbroken(_line, text).strip()


def _line(part: str) -> str:
    """Clean a part of a line; a space at its ends, which parts it from a no-break space, says nothing."""
    return storable(clean(part, max_chars=None))


def rectangle(box: Box, look: Look) -> Path:
    """Draw a box."""
    left, top, right, bottom = box
    return Path((((left, top), (right, top), (right, bottom), (left, bottom)),), look, closed=True)


def colour_and_opacity(colour: str) -> tuple[str, float]:
    """Split ``#RRGGBBAA`` into colour and opacity; without the last two digits it is opaque."""
    plain = "#RRGGBB"
    return colour[: len(plain)], (int(colour[len(plain) :], 16) / 255.0 if len(colour) > len(plain) else 1.0)


_STEP: Final = re.compile(r"([MLHVZA])([^MLHVZA]*)")
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")


def sign(path: str, look: Look, *, at: Dot, scale: float, size: float = 24.0) -> Iterable[Path | Disc]:
    """Draw a sign from the path of its style.

    Parameters
    ----------
    path
        Straight steps (``M L H V Z``), or a full circle, which is the only shape with arcs.
    look
        Its look.
    at
        Where its middle comes to lie.
    scale
        Millimetres for a unit of the path.
    size
        Width of the path's square.
    """
    steps = [(code, [float(part) for part in _NUMBER.findall(rest)]) for code, rest in _STEP.findall(path)]
    if any(code == "A" for code, _ in steps):
        radius = next(numbers[0] for code, numbers in steps if code == "A")
        yield Disc(at[0], at[1], radius * scale, look)
        return
    lines = [_moved(line, at, scale, size) for line in _lines(steps)]
    yield Path(tuple(lines), look, closed=any(code == "Z" for code, _ in steps))


def _lines(steps: Sequence[tuple[str, list[float]]]) -> list[list[Dot]]:
    lines: list[list[Dot]] = []
    for code, numbers in steps:
        if code == "M":
            lines.append([(numbers[0], numbers[1])])
        elif code == "L":
            lines[-1].append((numbers[0], numbers[1]))
        elif code == "H":
            lines[-1].append((numbers[0], lines[-1][-1][1]))
        elif code == "V":
            lines[-1].append((lines[-1][-1][0], numbers[0]))
    return lines


def _moved(line: Sequence[Dot], at: Dot, scale: float, size: float) -> tuple[Dot, ...]:
    half = size / 2.0
    return tuple((at[0] + (x - half) * scale, at[1] + (y - half) * scale) for x, y in line)
