"""Receptors near places: schools, wells, rivers or forests out of any layer; how many, how far, how much in each ring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

from geo.brought import LINES, POLYGONS
from geo.corridor_lines import along, stretches_of
from geo.crs import GEOD, SHORTEST_DEGREE_M, inverse, to_local
from geo.evidence import Note
from geo.zones import circle, geodesic_area_m2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.brought import OwnLayer
    from geo.places import Place

    Floats = NDArray[np.float64]

_LEAST_COSINE: Final = 0.01
# An edge between two corners of a file is drawn straight in degrees; pieces this short stay on it.
_EDGE_DEG: Final = 0.01
_WIDENING: Final = 4.0


@dataclass(frozen=True, eq=False)
class ReceptorsAnswer:
    """Receptors near places.

    Parameters
    ----------
    file
        Name of the layer's file.
    kind
        ``points``, ``lines``, ``polygons`` or ``mixed``.
    rings
        A row for each place and ring: ``receptors`` whose nearest point lies in it, ``receptors_min`` and
        ``receptors_max`` over the positions that the place may have, ``length_m`` of lines and ``ground_m2`` of
        polygons inside (NaN where the layer has none).
    receptors
        Every receptor within the largest radius, nearest first, and of each place the nearest one outside
        (``inside`` False): id, names, distance and bearing to its nearest point, its ring.
    notes
        What a reader must see.
    """

    file: str
    kind: str
    rings: pd.DataFrame
    receptors: pd.DataFrame
    notes: tuple[Note, ...]


def measure_receptors(layer: OwnLayer, places: Sequence[Place], radii_m: Sequence[float]) -> ReceptorsAnswer:
    """Find the receptors near places.

    Parameters
    ----------
    layer
        Points, lines or polygons.
    places
        With positions.
    radii_m
        Radii, rising.

    Returns
    -------
    ReceptorsAnswer
        Distances are geodesic, to the nearest point of a receptor; 0 inside a polygon.
    """
    near = _Near(layer)
    rings, listed = [], []
    for index, place in enumerate(places):
        distance_m, bearing_deg, rows = near.around(place, radii_m[-1])
        rings.append(_rings(index, place, radii_m, distance_m, near.inside(place, radii_m, rows, distance_m)))
        listed.append(_list(index, layer, radii_m, distance_m, bearing_deg, rows))
    notes = [Note("layer-without-geometry", {"file": layer.file, "count": layer.skipped})] if layer.skipped else []
    return ReceptorsAnswer(
        layer.file,
        near.kind,
        pd.concat(rings, ignore_index=True),
        pd.concat(listed, ignore_index=True),
        tuple(notes),
    )


class _Near:
    """A layer that is ready to be asked what lies near a point."""

    def __init__(self, layer: OwnLayer) -> None:
        self.shapes = shapely.segmentize(layer.shapes, _EDGE_DEG)
        self.tree = shapely.STRtree(self.shapes)
        kinds = np.array([shape.geom_type for shape in self.shapes])
        self.is_line, self.is_ground = np.isin(kinds, list(LINES)), np.isin(kinds, list(POLYGONS))
        found = {name for name, some in (("lines", self.is_line.any()), ("polygons", self.is_ground.any())) if some}
        if not (self.is_line | self.is_ground).all():
            found.add("points")
        self.kind = found.pop() if len(found) == 1 else "mixed"

    def around(self, place: Place, reach_m: float) -> tuple[Floats, Floats, NDArray[np.int64]]:
        """Measure distance and bearing to all receptors in reach and at least the nearest beyond; nearest first."""
        wide_m = reach_m + place.positional_error_m
        rows = self._box(place, wide_m)
        distance_m, bearing_deg = self._measure(place, rows)
        # The box holds the whole circle, so what is found in the circle is all; beyond it something may be missing.
        while not ((distance_m > reach_m) & (distance_m <= wide_m)).any() and len(rows) < len(self.shapes):
            wide_m *= _WIDENING
            rows = self._box(place, wide_m)
            distance_m, bearing_deg = self._measure(place, rows)
        order = np.argsort(distance_m, kind="stable")
        return distance_m[order], bearing_deg[order], rows[order]

    def _box(self, place: Place, wide_m: float) -> NDArray[np.int64]:
        north = wide_m / SHORTEST_DEGREE_M
        east = north / max(np.cos(np.radians(min(abs(place.lat) + north, 89.9))), _LEAST_COSINE)
        box = shapely.box(place.lon - east, place.lat - north, place.lon + east, place.lat + north)
        return np.sort(self.tree.query(box))

    def _measure(self, place: Place, rows: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Find the nearest point in the plane about the place, where distances from it are true, and measure to it."""
        if not len(rows):
            return np.empty(0), np.empty(0)
        centre = place.lon, place.lat
        here = shapely.Point(0.0, 0.0)
        moved = np.array([to_local(shape, centre) for shape in self.shapes[rows]], dtype=object)
        ends = shapely.get_coordinates(shapely.shortest_line(moved, here)).reshape(-1, 2, 2)[:, 0]
        distance_m: Floats = np.hypot(ends[:, 0], ends[:, 1])
        bearing_deg: Floats = np.degrees(np.arctan2(ends[:, 0], ends[:, 1])) % 360.0
        single = shapely.get_type_id(self.shapes[rows]) == shapely.GeometryType.POINT
        if single.any():
            spots = shapely.get_coordinates(self.shapes[rows][single])
            distance_m[single], bearing_deg[single] = inverse(*centre, spots[:, 0], spots[:, 1])
        return distance_m, bearing_deg

    def inside(
        self, place: Place, radii_m: Sequence[float], rows: NDArray[np.int64], distance_m: Floats
    ) -> tuple[Floats, Floats]:
        """Measure length of lines and ground of polygons inside each circle."""
        length_m, ground_m2 = np.zeros(len(radii_m)), np.zeros(len(radii_m))
        for number, radius_m in enumerate(radii_m):
            chosen = rows[(distance_m <= radius_m) & (self.is_line | self.is_ground)[rows]]
            parts = shapely.intersection(self.shapes[chosen], circle(place.lon, place.lat, radius_m))
            length_m[number] = sum(map(_length_m, parts[self.is_line[chosen]]))
            ground_m2[number] = sum(map(_ground_m2, parts[self.is_ground[chosen]]))
        return (
            length_m if self.is_line.any() else np.full(len(radii_m), np.nan),
            ground_m2 if self.is_ground.any() else np.full(len(radii_m), np.nan),
        )


def _length_m(shape: BaseGeometry) -> float:
    lines = [part for part in shapely.get_parts(shape) if part.geom_type in LINES]
    return float(sum(GEOD.geometry_length(line) for line in lines))


def _ground_m2(shape: BaseGeometry) -> float:
    return sum(geodesic_area_m2(part) for part in shapely.get_parts(shape))


def _rings(
    index: int, place: Place, radii_m: Sequence[float], distance_m: Floats, inside: tuple[Floats, Floats]
) -> pd.DataFrame:
    outer, error_m = np.array(radii_m), place.positional_error_m
    inner = np.concatenate([[0.0], outer[:-1]])

    def count(low: Floats, high: Floats) -> NDArray[np.int64]:
        # The middle itself belongs to the first ring.
        above = (distance_m > low[:, None]) | ((low <= 0) & (inner <= 0))[:, None]
        return np.asarray((above & (distance_m <= high[:, None])).sum(axis=1))

    sure = np.where(inner > 0, inner + error_m, 0.0)
    length_m, ground_m2 = (np.diff(part, prepend=0.0) for part in inside)
    return pd.DataFrame(
        {
            "place_index": index,
            "site_id": pd.Series([place.id] * len(outer), dtype=object),
            "inner_radius_m": inner,
            "outer_radius_m": outer,
            "receptors": count(inner, outer),
            "receptors_min": count(sure, outer - error_m),
            "receptors_max": count(np.maximum(inner - error_m, -1.0), outer + error_m)
            if error_m
            else count(inner, outer),
            "length_m": length_m,
            "ground_m2": ground_m2,
        }
    )


def _list(  # noqa: PLR0913, PLR0917 - parallel arrays of one thing
    index: int,
    layer: OwnLayer,
    radii_m: Sequence[float],
    distance_m: Floats,
    bearing_deg: Floats,
    rows: NDArray[np.int64],
) -> pd.DataFrame:
    outer = np.array(radii_m)
    within = int((distance_m <= outer[-1]).sum())
    shown = min(within + 1, len(rows))
    ring = np.searchsorted(outer, distance_m[:shown], side="left")
    edges = np.concatenate([[0.0], outer, [np.nan]])
    return pd.DataFrame(
        {
            "place_index": np.full(shown, index),
            "inside": np.arange(shown) < within,
            **layer.columns(rows[:shown]),
            "distance_m": distance_m[:shown],
            "bearing_deg": bearing_deg[:shown],
            "inner_radius_m": edges[ring],
            "outer_radius_m": edges[ring + 1],
        }
    )


def corridor_receptors(layer: OwnLayer, line: BaseGeometry, width_m: float, error_m: float = 0.0) -> pd.DataFrame:
    """List the receptors within some distance of a line, in order of travel.

    Parameters
    ----------
    layer
        Points, lines or polygons.
    line
        In WGS 84.
    width_m
        How far from the line.
    error_m
        How far the true line may be from the one drawn: receptors that may be within the width are listed too.

    Returns
    -------
    pd.DataFrame
        Id, names, ``along_m``, ``offset_m`` and ``inside``: within the width of the line as drawn.
    """
    along_m, offset_m = along(stretches_of(line), layer.shapes.tolist(), width_m + error_m)
    rows = np.flatnonzero(np.isfinite(offset_m))
    rows = rows[np.argsort(along_m[rows], kind="stable")]
    columns = {"along_m": along_m[rows], "offset_m": offset_m[rows], "inside": offset_m[rows] <= width_m}
    return pd.DataFrame({**columns, **layer.columns(rows)})
