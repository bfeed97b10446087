"""The sheet and the ground of a printed map: where a place comes to lie, countries, borders and hatched enclaves."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Polygon

from geo.catalogue import DATA_DIR
from geo.crs import to_local
from geo.printmap_scene import Item, Look, Path, rectangle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.printmap_scene import Box, Dot

HOME: Final = "KG"
DRAWN_FILE: Final = DATA_DIR / "borders_drawn.geojson"

# The frame leaves this part of the sheet free on each side of what it has to show.
_AIR: Final = 0.035
#: A frame about a single spot shows this much ground, metres.
_LEAST_EXTENT_M: Final = 3_000.0
#: Beyond the frame this much is kept, so that no edge of a cut area is seen.
_BLEED_MM: Final = 3.0
_STEPS: Final = 17
# At the equator, zoom 0 of web maps shows this many metres in a pixel.
_ZOOM_0_M: Final = 156_543.03
_GRID: Final = (18, 12)
_LEAST_CELLS: Final = {"mainland": 9, "exclave": 3}
_MOST_SPOTS: Final = 40
_NAME_ASPECT: Final = 4.0


class Frame:
    """Where the places within some bounds come to lie in a box of the sheet, at one scale in all directions.

    Parameters
    ----------
    bounds
        West, south, east and north that have to be seen, degrees.
    box
        Part of the sheet, millimetres.
    """

    def __init__(self, bounds: tuple[float, float, float, float], box: Box) -> None:
        west, south, east, north = map(float, bounds)
        self.box = box
        self.centre = ((west + east) / 2.0, (south + north) / 2.0)
        edge = np.linspace(0.0, 1.0, _STEPS)
        sides = [(west + (east - west) * part, lat) for lat in (south, north) for part in edge]
        sides += [(lon, south + (north - south) * part) for lon in (west, east) for part in edge]
        local = shapely.get_coordinates(to_local(shapely.MultiPoint(sides), self.centre))
        (left_m, low_m), (right_m, high_m) = local.min(axis=0), local.max(axis=0)
        self._middle_m = ((left_m + right_m) / 2.0, (low_m + high_m) / 2.0)
        left, top, right, bottom = box
        room_mm = ((right - left) * (1.0 - 2.0 * _AIR), (bottom - top) * (1.0 - 2.0 * _AIR))
        extent_m = max(right_m - left_m, _LEAST_EXTENT_M), max(high_m - low_m, _LEAST_EXTENT_M)
        #: Metres of ground in a millimetre of paper.
        self.m_per_mm = max(extent_m[0] / room_mm[0], extent_m[1] / room_mm[1])
        self._middle_mm = ((left + right) / 2.0, (top + bottom) / 2.0)

    def _shift(self, metres: NDArray[np.float64]) -> NDArray[np.float64]:
        east, north = ((metres - np.array(self._middle_m)) / self.m_per_mm).T
        return np.column_stack([self._middle_mm[0] + east, self._middle_mm[1] - north])

    def shape(self, geometry: BaseGeometry) -> BaseGeometry:
        """Bring a geometry from longitude and latitude onto the sheet, cut off a little outside the frame."""
        moved = shapely.transform(to_local(geometry, self.centre), self._shift)
        left, top, right, bottom = self.box
        box = left - _BLEED_MM, top - _BLEED_MM, right + _BLEED_MM, bottom + _BLEED_MM
        return shapely.clip_by_rect(shapely.make_valid(moved) if not moved.is_valid else moved, *box)

    def dots(self, pairs: Sequence[Dot]) -> list[Dot]:
        """Bring longitude and latitude pairs onto the sheet."""
        if not pairs:
            return []
        moved = self._shift(shapely.get_coordinates(to_local(shapely.MultiPoint(pairs), self.centre)))
        return [(float(x), float(y)) for x, y in moved]

    def holds(self, dot: Dot) -> bool:
        """Tell whether a point of the sheet lies inside the frame."""
        left, top, right, bottom = self.box
        return left <= dot[0] <= right and top <= dot[1] <= bottom

    def zoom(self, unit_mm: float) -> float:
        """Give the zoom of a web map whose pixels would be this large on the paper."""
        pixel_m = self.m_per_mm * unit_mm
        return math.log2(_ZOOM_0_M * math.cos(math.radians(self.centre[1])) / pixel_m)


def polygons(shape: BaseGeometry) -> list[Polygon]:
    """List the polygons of a geometry."""
    match shape:
        case Polygon():
            return [] if shape.is_empty else [shape]
        case _:
            return [part for each in getattr(shape, "geoms", ()) for part in polygons(each)]


def area_path(shape: BaseGeometry, look: Look) -> list[Path]:
    """Draw the areas of a geometry that lies on the sheet."""
    return [
        Path(tuple(_line(ring) for ring in (part.exterior, *part.interiors)), look, closed=True)
        for part in polygons(shape)
    ]


def _line(line: Any) -> tuple[Dot, ...]:  # noqa: ANN401 - a line or a ring of shapely
    return tuple((float(x), float(y)) for x, y in shapely.get_coordinates(line))


def line_path(shape: BaseGeometry, look: Look) -> list[Path]:
    """Draw the lines of a geometry that lies on the sheet."""
    match shape:
        case LineString() if not shape.is_empty:
            return [Path((_line(shape),), look)]
        case MultiLineString():
            joined = shapely.line_merge(shape)
            parts = joined.geoms if isinstance(joined, MultiLineString) else (joined,)
            return [Path(tuple(_line(part) for part in parts if not part.is_empty), look)] if parts else []
        case _:
            return [path for each in getattr(shape, "geoms", ()) for path in line_path(each, look)]


def hatch(shape: BaseGeometry, look: Look, step_mm: float) -> list[Path]:
    """Draw slanting lines through an area, in register over the whole sheet."""
    if shape.is_empty:
        return []
    left, top, right, bottom = shape.bounds
    first = math.floor((left + top) / step_mm)
    last = math.ceil((right + bottom) / step_mm)
    lines = [((total * step_mm - bottom, bottom), (total * step_mm - top, top)) for total in range(first, last + 1)]
    return line_path(shapely.intersection(MultiLineString(lines), MultiPolygon(polygons(shape))), look)


@lru_cache(maxsize=1)
def _background() -> tuple[tuple[dict[str, str], BaseGeometry], ...]:
    collection = json.loads(DRAWN_FILE.read_text(encoding="utf-8"))
    return tuple(
        (feature["properties"], shapely.from_geojson(json.dumps(feature["geometry"])))
        for feature in collection["features"]
    )


def ground(frame: Frame, palette: Mapping[str, str], unit_mm: float) -> list[Item]:
    """Draw land, neighbours a step greyer, enclaves hatched, and borders in dashes and dots."""
    items: list[Item] = [rectangle(frame.box, Look(fill=palette["outside"]))]
    borders: list[Item] = []
    for properties, geometry in sorted(_background(), key=lambda each: each[0].get("kind") == "exclave"):
        shape = frame.shape(geometry)
        if shape.is_empty:
            continue
        if properties["layer"] == "line":
            dash = tuple(part * unit_mm for part in (9.0, 3.0, 1.6, 3.0))
            seam = Look(stroke=palette["halo"], stroke_opacity=0.8, width_mm=4.0 * unit_mm, round_ends=True)
            borders += line_path(shape, seam)
            borders += line_path(shape, Look(stroke=palette["border"], width_mm=1.4 * unit_mm, dash_mm=dash))
            continue
        exclave = properties["kind"] == "exclave"
        tone = "enclave" if exclave else "land" if properties["country"] == HOME else "neighbour"
        items += area_path(shape, Look(fill=palette[tone]))
        if exclave:
            items += hatch(shape, Look(stroke=palette["hatch"], width_mm=1.4 * unit_mm), 7.0 * math.sqrt(2) * unit_mm)
    return [*items, *borders]


def _flat(corners: np.ndarray) -> np.ndarray:
    """Bring things nearer to each other across the sheet, as many times as a name is wider than high."""
    return corners * (1.0 / _NAME_ASPECT, 1.0)


def room(frame: Frame, seen: Box | None = None) -> dict[str, tuple[str, list[Dot]]]:
    """Find where each country has most room for its name.

    Parameters
    ----------
    frame
        Where places come to lie.
    seen
        The part of the frame that nothing covers; None for all of it.

    Returns
    -------
    dict[str, tuple[str, list[Dot]]]
        By the id of the land: its kind, and spots that lie farthest from border and frame, best first; countries of
        which little is seen are left out.
    """
    left, top, right, bottom = seen or frame.box
    columns, rows = _GRID
    xs = left + (np.arange(columns) + 0.5) * (right - left) / columns
    ys = top + (np.arange(rows) + 0.5) * (bottom - top) / rows
    grid = shapely.points(*(axis.ravel() for axis in np.meshgrid(xs, ys)))
    open_part = shapely.box(left, top, right, bottom)
    result = {}
    for properties, geometry in _background():
        if properties["layer"] == "line":
            continue
        shape = shapely.intersection(shapely.make_valid(frame.shape(geometry)), open_part)
        spots = grid[shapely.contains(shape, grid)]
        if len(spots) < _LEAST_CELLS.get(properties["kind"], len(grid)):
            continue
        # A name is wider than high: it needs more room beside than above.
        away = shapely.distance(*(shapely.transform(each, _flat) for each in (shape.boundary, spots)))
        best = spots[np.argsort(-away, kind="stable")[:_MOST_SPOTS]]
        result[properties["id"]] = (properties["kind"], [(float(spot.x), float(spot.y)) for spot in best])
    return result
