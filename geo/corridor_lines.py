"""Lines cut into stretches, the ground about them, and where along them something lies."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from geo.brought import LINES
from geo.crs import GEOD, from_local, to_local

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]

# Buffers are drawn in planes about pieces of the line, each so short that the plane is true to a millionth.
_PIECE_M: Final = 20_000.0
_CORNERS: Final = 32
_STRETCHES: Final = 40
_STEPS_M: Final = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000)
_EDGE_DEG: Final = 0.01


class Stretch(NamedTuple):
    """A piece of a line: where it begins and ends along the whole, and its shape in WGS 84."""

    from_m: float
    to_m: float
    line: BaseGeometry


def lines_of(shape: BaseGeometry) -> list[BaseGeometry]:
    """Take a geometry apart into its lines; what is none falls away."""
    return [part for part in shapely.get_parts(shape) if part.geom_type in LINES and not part.is_empty]


def stretches_of(line: BaseGeometry) -> list[Stretch]:
    """Cut a line, or several in their order, into at most some forty stretches of a round length."""
    parts = [part for part in lines_of(line) if GEOD.geometry_length(part) > 0]
    whole_m = sum(GEOD.geometry_length(part) for part in parts)
    step_m = next((step for step in _STEPS_M if step * _STRETCHES >= whole_m), _STEPS_M[-1])
    result: list[Stretch] = []
    gone_m = 0.0
    for part in parts:
        corners = shapely.get_coordinates(part)
        _, _, edge_m = GEOD.inv(corners[:-1, 0], corners[:-1, 1], corners[1:, 0], corners[1:, 1])
        along_m = np.concatenate([[0.0], np.cumsum(edge_m)])
        # Edges of a file are drawn straight in degrees, and so are their parts.
        cuts_m = np.unique(np.concatenate([np.arange(0.0, along_m[-1], step_m), [along_m[-1]]]))
        for begin_m, end_m in pairwise(cuts_m.tolist()):
            kept = (along_m > begin_m) & (along_m < end_m)
            places = np.concatenate([[begin_m], along_m[kept], [end_m]])
            xy = np.column_stack([np.interp(places, along_m, corners[:, axis]) for axis in (0, 1)])
            if len(np.unique(xy, axis=0)) > 1:
                result.append(Stretch(gone_m + begin_m, gone_m + end_m, shapely.LineString(xy)))
        gone_m += float(along_m[-1])
    return result


def around(stretches: Sequence[Stretch], width_m: float) -> BaseGeometry:
    """Draw the ground within a distance of some stretches."""
    drawn, _ = _buffers(stretches, width_m)
    return shapely.union_all(drawn)


def around_each(stretches: Sequence[Stretch], width_m: float) -> list[BaseGeometry]:
    """Draw the ground within a distance of each of some stretches; all at once this takes a fraction of the time."""
    drawn, owner = _buffers(stretches, width_m)
    return [shapely.union_all(drawn[owner == number]) for number in range(len(stretches))]


def _short(line: BaseGeometry) -> list[BaseGeometry]:
    pieces = max(1, math.ceil(GEOD.geometry_length(line) / _PIECE_M))
    if pieces == 1:
        return [line]
    dense = shapely.segmentize(line, line.length / (4 * pieces))
    corners = shapely.get_coordinates(dense)
    edges = np.linspace(0, len(corners) - 1, pieces + 1).round().astype(int)
    return [shapely.LineString(corners[a : b + 1]) for a, b in pairwise(edges.tolist()) if b > a]


def _centre(point: BaseGeometry) -> tuple[float, float]:
    """Choose the middle of a plane near a point: few planes serve many pieces, and 10 km from it they are as true."""
    return round(point.x, 1), round(point.y, 1)


@lru_cache(maxsize=512)
def _flat(line: BaseGeometry) -> tuple[tuple[BaseGeometry, tuple[float, float]], ...]:
    """Put the pieces of a stretch into planes: each width is drawn about the same ones."""
    found = []
    for piece in _short(line):
        centre = _centre(piece.interpolate(0.5, normalized=True))
        found.append((to_local(shapely.segmentize(piece, _EDGE_DEG), centre), centre))
    return tuple(found)


def _buffers(stretches: Sequence[Stretch], width_m: float) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Draw the ground about every piece, and say which stretch each piece is of."""
    pieces = [
        (flat, centre, number) for number, stretch in enumerate(stretches) for flat, centre in _flat(stretch.line)
    ]
    drawn = np.empty(len(pieces), dtype=object)
    rows_of: dict[tuple[float, float], list[int]] = {}
    for row, (_, centre, _) in enumerate(pieces):
        rows_of.setdefault(centre, []).append(row)
    for centre, rows in rows_of.items():
        ground = shapely.buffer([pieces[row][0] for row in rows], width_m, quad_segs=_CORNERS)
        drawn[rows] = from_local(gpd.GeoSeries(ground), centre).to_numpy()
    return drawn, np.array([number for _, _, number in pieces], dtype=np.int64)


def along(stretches: Sequence[Stretch], shapes: Sequence[BaseGeometry], reach_m: float) -> tuple[Floats, Floats]:
    """Find the nearest point of a line to each of some shapes.

    Parameters
    ----------
    stretches
        The line.
    shapes
        In WGS 84.
    reach_m
        Farther shapes are left out.

    Returns
    -------
    tuple[NDArray[np.float64], NDArray[np.float64]]
        How far along the line, and how far aside; NaN for what is out of reach.
    """
    along_m, offset_m = np.full(len(shapes), np.nan), np.full(len(shapes), np.nan)
    tree = shapely.STRtree(around_each(stretches, reach_m))
    shape_numbers, stretch_numbers = tree.query(np.array(shapes, dtype=object), predicate="intersects")
    for number, candidate in sorted(zip(shape_numbers.tolist(), stretch_numbers.tolist(), strict=True)):
        stretch, middle = stretches[candidate], shapes[number].representative_point()
        centre = _centre(middle)
        flat = to_local(stretch.line, centre)
        link = shapely.shortest_line(flat, to_local(shapes[number], centre))
        if np.isnan(offset_m[number]) or link.length < offset_m[number]:
            share = float(flat.project(shapely.get_point(link, 0), normalized=True))
            along_m[number] = stretch.from_m + share * (stretch.to_m - stretch.from_m)
            offset_m[number] = link.length
    return along_m, offset_m
