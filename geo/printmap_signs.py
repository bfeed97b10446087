"""Features of a map's layers on paper: marks, circles, lines, areas and dots, and their samples in the legend."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, cast

import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Polygon

from geo.printmap_ground import area_path, hatch, line_path, polygons
from geo.printmap_labels import Label, Obstacle
from geo.printmap_scene import MM_PER_PT, Disc, Item, Look, Path, Words, rectangle, sign, words
from geo.signs import Style, coloured
from geo.zones import circle

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geo.drawing import Feature
    from geo.layers import Layer
    from geo.printmap_ground import Frame
    from geo.printmap_scene import Dot

_LEAST_CIRCLE_PX: Final = 9.0
_SHIFT_PX: Final = 21.0
_CITY_PX: Final = 4.5
_TOWN_PX: Final = 3.5
_LETTER_PX: Final = 12.5
#: Square in which the path of a sign is written.
_SIGN_UNITS: Final = 24.0
_SAMPLE: Final = (30.0, 22.0)
#: How far apart the arrows of a road stand, and their outline, its tip to the right: as on the page's map.
_ARROW_EVERY_PX: Final = 110.0
_ARROW: Final = ((-5.0, -6.0), (7.0, 0.0), (-5.0, 6.0), (-2.5, 0.0))
_RING_TINTS: Final = ((9.5, 0.16), (6.5, 0.3), (3.5, 0.5))


@dataclass
class Drawn:
    """What the features of a map's layers became: from below to above, with the names still to be placed."""

    areas: list[Item]
    lines: list[Item]
    circles: list[Item]
    dots: list[Item]
    marks: list[Item]
    labels: list[Label]
    obstacles: list[Obstacle]
    shown: set[str]

    @property
    def items(self) -> list[Item]:
        """All of it without the names, from below to above."""
        return [*self.areas, *self.lines, *self.circles, *self.dots, *self.marks]


class Signs:
    """Draws features in one palette, at one size of a pixel on paper."""

    def __init__(self, palette: Mapping[str, str], unit_mm: float) -> None:
        self.palette, self.unit = palette, unit_mm
        self.styles = coloured(palette)

    def look(self, style: Style, opacity: float | None = None) -> Look:
        """Give the outline and the inside of a style."""
        dash = str(style.get("dash", "")).split()
        fill = style.get("fill")
        return Look(
            fill=str(fill) if fill else None,
            stroke=str(style["stroke"]) if "stroke" in style else None,
            fill_opacity=float(style.get("opacity", 1.0)) if opacity is None else opacity,
            width_mm=float(style.get("weight", 1.0)) * self.unit,
            dash_mm=tuple(float(part) * self.unit for part in dash),
            round_ends=not dash,
        )

    def mark(self, style: Style, at: Dot, letter: str = "", scale: float = 1.0) -> list[Item]:
        """Draw a mark at a spot."""
        one = float(style["size"]) / _SIGN_UNITS * self.unit * scale
        dash = tuple(float(part) * one for part in str(style.get("dash", "")).split())
        look = self.look(style)
        outline = Look(
            look.fill, look.stroke, look.fill_opacity, width_mm=float(style["weight"]) * one, dash_mm=dash,
            round_ends=not dash,
        )  # fmt: skip
        items: list[Item] = list(sign(str(style["d"]), outline, at=at, scale=one))
        if "extra" in style:
            ink = Look(stroke=str(style["ink"]), width_mm=1.8 * one, round_ends=True)
            items += sign(str(style["extra"]), ink, at=at, scale=one)
        if letter:
            size_mm = _LETTER_PX * one
            filled = float(style["opacity"]) == 1.0 and style["fill"] != self.palette["halo"]
            ink_colour = str(style.get("ink", self.palette["halo" if filled else "text"]))
            items.append(Words(at[0], at[1] + size_mm * 0.33, letter, size_mm / MM_PER_PT, True, ink_colour, "middle"))
        return items

    def line(self, style: Style, shape: Any) -> list[Item]:  # noqa: ANN401 - any geometry of shapely
        """Draw lines that lie on the sheet, over a light casing where the style has one."""
        items: list[Item] = []
        look = self.look({key: value for key, value in style.items() if key != "fill"})
        if "casing" in style:
            casing = Look(
                stroke=str(style["casing"]), width_mm=(float(style["weight"]) + 3.5) * self.unit, round_ends=True
            )
            items += line_path(shape, casing)
        return [*items, *line_path(shape, look)]

    def arrow(self, style: Style, at: Dot, angle_rad: float) -> Item:
        """Draw which way a line is driven."""
        along, across = math.cos(angle_rad) * self.unit, math.sin(angle_rad) * self.unit
        outline = tuple((at[0] + x * along - y * across, at[1] + x * across + y * along) for x, y in _ARROW)
        look = Look(fill=str(style["stroke"]), stroke=str(style["casing"]), width_mm=1.4 * self.unit, round_ends=True)
        return Path((outline,), look, closed=True)

    def sample(self, code: str, at: Dot) -> list[Item]:
        """Draw the sample of a style that stands in the legend, its middle at a spot."""
        style = self.styles[code]
        x, y = at
        u = self.unit
        match style["kind"]:
            case "mark":
                return self.mark(style, at, scale=0.83)
            case "line":
                return self.line(style, LineString([(x - 14.0 * u, y), (x + 14.0 * u, y)]))
            case "circle":
                return [Disc(x, y, 8.5 * u, self.look(style))]
            case "dot":
                return [Disc(x, y, 4.5 * u, self.look(style, 1.0))]
        return self._area_sample(code, style, at)

    def _area_sample(self, code: str, style: Style, at: Dot) -> list[Item]:
        (x, y), u = at, self.unit
        box = (x - 12.0 * u, y - 7.5 * u, x + 12.0 * u, y + 7.5 * u)
        if code == "ring":
            return [Disc(x, y, radius * u, self.look(style, tint)) for radius, tint in _RING_TINTS]
        if style["kind"] == "area":
            return [rectangle(box, self.look(style))]
        edge = Look(stroke=self.palette["border"], width_mm=1.2 * u, dash_mm=(9 * u, 3 * u, 1.6 * u, 3 * u))
        lines = hatch(shapely.box(*box), Look(stroke=self.palette["hatch"], width_mm=1.4 * u), 7.0 * u)
        return [rectangle(box, Look(fill=self.palette["enclave"])), *lines, rectangle(box, edge)]


def _geometry(feature: Feature) -> Any:  # noqa: ANN401 - a geometry of shapely
    kind, coordinates = feature["g"]
    nested = cast("list[Any]", coordinates)
    if kind == "C":
        return circle(*nested)
    if kind == "L":
        return MultiLineString([line for line in nested if len(line) > 1])
    return MultiPolygon([Polygon(rings[0], rings[1:]) for rings in nested])


def _pair(feature: Feature) -> Dot:
    """Give longitude and latitude of a point, or of the middle of a circle."""
    lon, lat = cast("list[float]", feature["g"][1])[:2]
    return lon, lat


def _shifts(layers: Sequence[Layer], styles: Mapping[str, Style]) -> dict[int, float]:
    """Set marks that share one point side by side: how far each goes to the right, by identity."""
    together: dict[tuple[float, ...], list[int]] = {}
    for layer in layers:
        for feature in layer.features:
            if styles[feature["s"]]["kind"] == "mark":
                together.setdefault(tuple(cast("list[float]", feature["g"][1])), []).append(id(feature))
    return {
        one: (place - (len(marks) - 1) / 2.0) * _SHIFT_PX
        for marks in together.values()
        for place, one in enumerate(marks)
    }


def _label_kind(feature: Feature, style: Style) -> str:
    if style["kind"] != "dot":
        return str(style["label"])
    radius = feature.get("r", 3.0)
    return "city" if radius >= _CITY_PX else "town" if radius >= _TOWN_PX else "village"


class _Drawer:
    """Draws the features of layers into one frame."""

    def __init__(self, frame: Frame, signs: Signs, rooms: Mapping[str, Sequence[Dot]]) -> None:
        self.frame, self.signs, self.rooms = frame, signs, rooms
        self.zoom = frame.zoom(signs.unit)
        self.out = Drawn([], [], [], [], [], [], [], set())
        self._marked: dict[tuple[float, float], float] = {}
        self._dots: dict[Dot, Dot] = {}

    def draw(self, layers: Sequence[Layer]) -> Drawn:
        shifts = _shifts(layers, self.signs.styles)
        features = [feature for layer in layers for feature in layer.features]
        # One projection of all points at once: one by one they would take as long as the rest of the map.
        pairs = list({_pair(feature) for feature in features if feature["g"][0] in {"P", "C"}})
        self._dots = dict(zip(pairs, self.frame.dots(pairs), strict=True))
        for feature in features:
            self._one(feature, shifts.get(id(feature), 0.0))
        for feature in features:
            self._name(feature)
        return self.out

    def _spot(self, feature: Feature) -> Dot:
        return self._dots[_pair(feature)]

    def _one(self, feature: Feature, shift_px: float) -> None:
        style = self.signs.styles[feature["s"]]
        match style["kind"]:
            case "mark":
                self._mark(feature, style, shift_px)
            case "dot":
                self._dot(feature, style)
            case "circle":
                self._circle(feature, style)
            case "line" | "area" as kind:
                self._ground(feature, style, str(kind))

    def _mark(self, feature: Feature, style: Style, shift_px: float) -> None:
        x, y = self._spot(feature)
        if not self.frame.holds((x, y)) or self.zoom < feature.get("z", 0.0):
            return
        u = self.signs.unit
        at = (x + shift_px * u, y)
        self.out.marks += self.signs.mark(style, at, feature.get("letter", ""))
        clear = (float(style.get("size", 20.0)) / 2.0 - 1.0) * u
        box = at[0] - clear, at[1] - clear, at[0] + clear, at[1] + clear
        self.out.obstacles.append(Obstacle(box, feature.get("p", 0.0)))
        self._marked[x, y] = max(self._marked.get((x, y), 0.0), clear + abs(shift_px) * u)
        self.out.shown.add(feature["s"])

    def _dot(self, feature: Feature, style: Style) -> None:
        at = self._spot(feature)
        if self.zoom < feature.get("z", 0.0) or not self.frame.holds(at):
            return
        self.out.dots.append(Disc(*at, feature.get("r", 3.0) * self.signs.unit, self.signs.look(style, 1.0)))
        self.out.shown.add(feature["s"])

    def _circle(self, feature: Feature, style: Style) -> None:
        shape = self.frame.shape(_geometry(feature))
        look = self.signs.look(style)
        least_mm = _LEAST_CIRCLE_PX * self.signs.unit
        if self._radius_mm(feature) < least_mm:
            at = self._spot(feature)
            found: list[Item] = [Disc(*at, least_mm, look)] if self.frame.holds(at) else []
        else:
            found = list(area_path(shape, look))
        self.out.circles += found
        if found:
            self.out.shown.add(feature["s"])

    def _radius_mm(self, feature: Feature) -> float:
        kind, coordinates = feature["g"]
        return cast("list[float]", coordinates)[2] / self.frame.m_per_mm if kind == "C" else 0.0

    def _ground(self, feature: Feature, style: Style, kind: str) -> None:
        shape = self.frame.shape(_geometry(feature))
        if shape.is_empty:
            return
        if kind == "line":
            self.out.lines += self.signs.line(style, shape)
            self.out.marks += self._arrows(feature, style) if style.get("arrows") else []
        else:
            look = self.signs.look(style, feature.get("o"))
            self.out.areas += area_path(shape, Look(fill=look.fill, fill_opacity=look.fill_opacity))
            # The outer edge alone: a ring's inner one is the next ring's.
            edge = Look(stroke=look.stroke, width_mm=look.width_mm, dash_mm=look.dash_mm, round_ends=look.round_ends)
            outer = [Polygon(part.exterior) for part in polygons(shape)]
            self.out.areas += area_path(MultiPolygon(outer), edge) if outer else []
        self.out.shown.add(feature["s"])

    def _arrows(self, feature: Feature, style: Style) -> Iterable[Item]:
        every = _ARROW_EVERY_PX * self.signs.unit
        # Cutting at the frame may turn a line round: its own points are walked.
        for line in cast("list[list[Dot]]", feature["g"][1]):
            dots = self.frame.dots([(pair[0], pair[1]) for pair in line])
            left = every / 2.0
            for (x0, y0), (x1, y1) in pairwise(dots):
                length = math.hypot(x1 - x0, y1 - y0)
                while left < length:
                    at = x0 + (x1 - x0) * left / length, y0 + (y1 - y0) * left / length
                    if self.frame.holds(at):
                        yield self.signs.arrow(style, at, math.atan2(y1 - y0, x1 - x0))
                    left += every
                left -= length

    def _name(self, feature: Feature) -> None:
        style = self.signs.styles[feature["s"]]
        text = words(feature.get("label", ""))
        if not text or "label" not in style or feature["g"][0] not in {"P", "C"} or self.zoom < feature.get("z", 0.0):
            return
        spot = self._spot(feature)
        kind = _label_kind(feature, style)
        spots = [spot] if self.frame.holds(spot) else []
        if kind == "area":
            spots += self.rooms.get(feature.get("id", ""), ())
        if not spots:
            return
        u, radius = self.signs.unit, feature.get("r", 3.0)
        is_dot = style["kind"] == "dot"
        own = radius * u if is_dot else _LEAST_CIRCLE_PX * u
        far = 16.0 if style["kind"] == "mark" else 13.0 if is_dot and radius >= _TOWN_PX else 0.0
        sub = words(feature.get("label2", "")) if self.zoom >= feature.get("z2", 0.0) else ""
        if style["kind"] == "text":
            self.out.shown.add(feature["s"])
        self.out.labels.append(
            Label(
                text,
                sub,
                kind,
                tuple(spots),
                clear_mm=max(own, self._marked.get(spot, 0.0), self._radius_mm(feature)),
                far_mm=far * u,
                rank=feature.get("p", 0.0),
                centred=style["kind"] == "text",
                circled=feature["g"][0] == "C",
            )
        )


def draw(layers: Sequence[Layer], frame: Frame, signs: Signs, rooms: Mapping[str, Sequence[Dot]]) -> Drawn:
    """Draw the features of layers into a frame.

    Parameters
    ----------
    layers
        From below to above.
    frame
        Where places come to lie.
    signs
        Colours and the size of a pixel.
    rooms
        Where the name of an enclave may stand too, by the id of its land.

    Returns
    -------
    Drawn
        Items, names, what names keep clear of, and the codes that are seen in the frame.
    """
    return _Drawer(frame, signs, rooms).draw(layers)


def sample_size(unit_mm: float) -> tuple[float, float]:
    """Give the width and the height of a sample in the legend, millimetres."""
    return _SAMPLE[0] * unit_mm, _SAMPLE[1] * unit_mm


def north_arrow(at: Dot, palette: Mapping[str, str], letter: str, unit_mm: float) -> Iterable[Item]:
    """Draw an arrow to the north with its letter, the middle of its foot at a spot."""
    x, y = at
    u = unit_mm
    dark, light = Look(fill=palette["text"]), Look(fill=palette["halo"], stroke=palette["text"], width_mm=0.9 * u)
    tip, foot, waist = (x, y - 22 * u), y, (x, y - 5 * u)
    yield Path(((tip, (x - 6.5 * u, foot), waist),), dark, closed=True)
    yield Path(((tip, (x + 6.5 * u, foot), waist),), light, closed=True)
    size_pt = 12.0 * u / MM_PER_PT
    yield Words(x, y - 25.0 * u, letter, size_pt, True, palette["text"], "middle", palette["halo"])


def nice_length_m(most_m: float) -> float:
    """Give the greatest of 1, 2, 3, 5 times a power of ten metres that is not longer than a length."""
    power = 10.0 ** math.floor(math.log10(most_m))
    return max(step for step in (1.0, 2.0, 3.0, 5.0) if step * power <= most_m) * power
