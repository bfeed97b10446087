"""The borders as a phone needs them: each line between two countries once, coarse, and who lies on either side."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.dataset import Dataset

#: Lines are simplified by areas smaller than the square of this; about 300 m.
TOLERANCE_DEG: Final = 0.003
#: Coordinates are whole multiples of this part of a degree.
STEPS_PER_DEG: Final = 1000
#: So near to a line (metres) the coarse one may put a place into the wrong country.
UNSURE_M: Final = 700.0

_Point = tuple[int, int]
_NONE: Final = -1


def arcs(dataset: Dataset) -> dict[str, Any]:
    """Describe the borders by arcs.

    Parameters
    ----------
    dataset
        Its table ``borders`` is read.

    Returns
    -------
    dict[str, Any]
        ``codes``: country codes; ``arcs``: lists of the rows in ``codes`` of the countries on the left and on the
        right (-1 for none), then a point and the steps to the next ones, in thousandths of a degree of longitude
        and latitude. A point's country is the one below the nearest arc to its north.
    """
    frame = dataset.borders
    codes = sorted({str(code) for code in frame["country"].dropna()})
    shapes = _simplified(frame.geometry.to_numpy())
    left = {}
    rings: list[list[_Point]] = []
    for shape, country in zip(shapes, frame["country"], strict=True):
        for ring in _rings(shape):
            rings.append(ring)
            for start, end in pairwise(ring):
                left[start, end] = codes.index(str(country))
    return {"codes": codes, "arcs": _cut(rings, left)}


def _simplified(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    if shapely.coverage_is_valid(shapes):
        return np.asarray(shapely.coverage_simplify(shapes, TOLERANCE_DEG))
    # Neighbours of somebody's own borders may overlap; each is then simplified alone.
    return np.asarray(shapely.simplify(shapes, TOLERANCE_DEG / 2))


def _rings(shape: Any) -> list[list[_Point]]:  # noqa: ANN401 - a polygon or several
    """List the rings with their polygon at the left, in whole steps, points that fall together once."""
    found = []
    for part in shapely.get_parts(shapely.orient_polygons(shape)):
        for ring in (part.exterior, *part.interiors):
            steps = np.round(shapely.get_coordinates(ring) * STEPS_PER_DEG).astype(int).tolist()
            points = [(x, y) for x, y in steps]
            kept = points[:1] + [b for a, b in pairwise(points) if a != b]
            if len(kept) > 3:  # noqa: PLR2004 - less is no area
                found.append(kept)
    return found


def _cut(rings: list[list[_Point]], left: dict[tuple[_Point, _Point], int]) -> list[list[int]]:
    """Cut the rings where a side changes, and keep each shared line once."""
    done: set[tuple[_Point, _Point]] = set()
    result: list[list[int]] = []
    for ring in rings:
        open_sides: tuple[int, int] | None = None
        for start, end in pairwise(ring):
            if (start, end) in done or (end, start) in done:
                open_sides = None
                continue
            done.add((start, end))
            sides = left[start, end], left.get((end, start), _NONE)
            if sides[0] == sides[1]:
                open_sides = None
                continue
            if sides != open_sides:
                result.append([*sides, *start])
                open_sides = sides
            result[-1] += [end[0] - start[0], end[1] - start[1]]
    return result
