"""Make ``data/borders.geojson`` and ``data/borders_drawn.geojson`` from time-zone polygons.

The countries of the region keep one time zone each (China and Kazakhstan aside, where all zones of the window
belong to one country), so the zone polygons of OpenStreetMap give the national borders with their exclaves.
Run ``python data/generators/make_borders.py``; the same package versions give the same bytes.

Method
------
1. The zone polygons are clipped to a window that is half a degree to a degree wider than the settlements' window.
2. Neighbours share identical vertices, so every border is cut into arcs: one line between two parts, once.
3. Each arc is simplified on its own (Douglas-Peucker, whose tolerance bounds the distance of every dropped
   vertex), and the polygons are rebuilt from the arcs: shared lines stay identical on both sides.
   ``shapely.coverage_simplify`` keeps the topology too, but it bounds areas: for an error of 100 m it needs
   more than twice the vertices.
4. The result is refused unless it is valid, without overlap or gap, and nearer than 100 m to the original.

Needs ``timezonefinder`` and ``timezonefinder-data``, which nothing else in the project does.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from importlib.metadata import version
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from pyproj import Geod
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Polygon, box, mapping
from timezonefinder import TimezoneFinder

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

DATA: Final = Path(__file__).resolve().parents[1]
WINDOW: Final = box(68.5, 38.8, 81.5, 43.8)
ZONES: Final[dict[str, tuple[str, ...]]] = {
    "KG": ("Asia/Bishkek",),
    "UZ": ("Asia/Tashkent", "Asia/Samarkand"),
    "TJ": ("Asia/Dushanbe",),
    "KZ": ("Asia/Almaty", "Asia/Qyzylorda", "Asia/Aqtobe", "Asia/Aqtau", "Asia/Atyrau", "Asia/Oral", "Asia/Qostanay"),
    "CN": ("Asia/Urumqi",),
    "AF": ("Asia/Kabul",),
    "PK": ("Asia/Karachi",),
}
NAMES: Final = {
    "KG": ("Kyrgyzstan", "Кыргызстан", "Кыргызстан"),
    "UZ": ("Uzbekistan", "Узбекистан", "Өзбекстан"),
    "TJ": ("Tajikistan", "Таджикистан", "Тажикстан"),
    "KZ": ("Kazakhstan", "Казахстан", "Казакстан"),
    "CN": ("China", "Китай", "Кытай"),
    "UZ-SOKH": ("Sokh", "Сох", "Сох"),
    "UZ-SHOHIMARDON": ("Shohimardon", "Шахимардан", "Шахимардан"),
    "TJ-VORUKH": ("Vorukh", "Ворух", "Ворух"),
    "TJ-SARVAN": ("Sarvan", "Сарван", "Сарван"),
}
#: A point inside each exclave tells which of the small polygons it is.
EXCLAVE_POINTS: Final = {
    "UZ-SOKH": (71.10, 40.03),
    "UZ-SHOHIMARDON": (71.79, 39.97),
    "TJ-VORUKH": (70.62, 39.84),
    "TJ-SARVAN": (70.618, 40.961),
}
#: Parts of a country that meet at a point or lie this near to each other are one mainland.
SAME_PART_M: Final = 60.0
#: The zone polygons leave a slip of 1 ha between two Tajik parts near 70.515 E, 39.956 N (a road crosses there).
LARGEST_GAP_M2: Final = 20_000.0

LARGEST_ERROR_M: Final = 100.0
FINE_TOLERANCE_M: Final = 90.0
DRAWN_TOLERANCE_M: Final = 800.0
#: Borders away from the sites in the south, and those that do not touch Kyrgyzstan, are drawn more coarsely.
DRAWN_FAR_TOLERANCES_M: Final = {
    frozenset({"KG", "KZ"}): 1000.0,
    frozenset({"KG", "CN"}): 1000.0,
    frozenset({"UZ", "KZ"}): 2000.0,
    frozenset({"TJ", "CN"}): 2000.0,
    frozenset({"KZ", "CN"}): 2000.0,
}
#: An exclave's line is simplified by this share of its length, so that the small ones keep their shape.
DRAWN_EXCLAVE_SHARE: Final = 1 / 600
FINE_DECIMALS: Final = 5
DRAWN_DECIMALS: Final = 3
DRAWN_EXCLAVE_DECIMALS: Final = 4

# Metres per degree in the middle of the window: straight lines stay straight, and scale is within 4 %.
METRES_PER_DEGREE: Final = np.array([111_320 * math.cos(math.radians(41.3)), 111_060.0])
GEOD: Final = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Arc:
    """A border line between two parts, from one meeting point of three parts to the next.

    Parameters
    ----------
    left, right
        Ids of the two parts.
    line
        The line in degrees; closed when one part lies inside the other.
    """

    left: str
    right: str
    line: LineString


def area_m2(geometry: BaseGeometry) -> float:
    """Measure the area on the WGS 84 ellipsoid."""
    return abs(GEOD.geometry_area_perimeter(shapely.orient_polygons(geometry))[0])


def metric(geometry: BaseGeometry) -> BaseGeometry:
    """Scale degrees to metres of the window's middle."""
    return shapely.transform(geometry, lambda xy: xy * METRES_PER_DEGREE)


def zone_polygons(finder: TimezoneFinder, zones: tuple[str, ...]) -> list[Polygon]:
    """Read the polygons of a country's zones, clipped to the window."""
    rings = [
        polygon
        for name in zones
        if name in finder.timezone_names
        for polygon in finder.get_geometry(tz_name=name, coords_as_pairs=True)
    ]
    clipped = [shapely.intersection(Polygon(outer, holes), WINDOW) for outer, *holes in rings]
    pieces = [part for geometry in clipped for part in shapely.get_parts(geometry)]
    return [part for part in pieces if part.geom_type == "Polygon" and not part.is_empty]


def named_parts(country: str, polygons: list[Polygon]) -> dict[str, list[Polygon]]:
    """Sort a country's polygons into its mainland and its exclaves.

    A part is an exclave when no frame of the window cuts it and it lies apart from the mainland; one that has no
    name here is called after its position.
    """
    largest = max(polygons, key=area_m2)
    parts: dict[str, list[Polygon]] = {country: []}
    for polygon in polygons:
        at_frame = polygon.intersects(WINDOW.boundary)
        near = metric(polygon).distance(metric(largest)) < SAME_PART_M
        if at_frame or near:
            parts[country].append(polygon)
            continue
        inside = [name for name, xy in EXCLAVE_POINTS.items() if polygon.contains(shapely.Point(xy))]
        centre = polygon.representative_point()
        parts[inside[0] if inside else f"{country}-{centre.x:.3f}-{centre.y:.3f}"] = [polygon]
    return parts


def read_parts() -> dict[str, MultiPolygon]:
    """Read all parts of all countries; fill the one known slip that the source leaves open."""
    finder = TimezoneFinder(in_memory=True)
    pieces: dict[str, list[Polygon]] = {}
    for country, zones in ZONES.items():
        polygons = zone_polygons(finder, zones)
        if polygons:
            pieces |= named_parts(country, polygons)
    everything = shapely.union_all([polygon for group in pieces.values() for polygon in group])
    for gap in shapely.get_parts(shapely.difference(WINDOW, everything)):
        if area_m2(gap) > LARGEST_GAP_M2:
            message = f"no zone covers {gap.wkt[:200]}"
            raise ValueError(message)
        shared_deg = {
            name: sum(gap.boundary.intersection(p.boundary).length for p in group) for name, group in pieces.items()
        }
        pieces[max(shared_deg, key=lambda name: shared_deg[name])].append(gap)
    return {name: as_multi(shapely.coverage_union_all(group)) for name, group in pieces.items()}


def as_multi(geometry: BaseGeometry) -> MultiPolygon:
    """Wrap a polygon, so that every part has the same type."""
    return MultiPolygon(shapely.get_parts(geometry))


def cut_arcs(parts: dict[str, MultiPolygon]) -> list[Arc]:
    """Cut all borders into arcs, each once."""
    boundaries = {name: part.boundary for name, part in parts.items()}
    arcs: list[Arc] = []
    for left, right in combinations(parts, 2):
        shared = shapely.get_parts(shapely.intersection(boundaries[left], boundaries[right]))
        lines = [line for line in shared if line.geom_type == "LineString" and not line.is_empty]
        merged = shapely.get_parts(shapely.line_merge(MultiLineString(lines)))
        arcs += [Arc(left, right, line) for line in merged]
    return arcs


def simplify_arc(arc: Arc, tolerance_m: float, decimals: int) -> Arc:
    """Simplify one arc and round it; its ends stay where they are, so arcs still meet."""
    line = shapely.simplify(metric(arc.line), tolerance_m)
    degrees = np.round(shapely.get_coordinates(line) / METRES_PER_DEGREE, decimals)
    moves = np.any(np.diff(degrees, axis=0) != 0, axis=1)
    return Arc(arc.left, arc.right, LineString(degrees[np.concatenate([[True], moves])]))


def rebuild(parts: dict[str, MultiPolygon], arcs: list[Arc]) -> dict[str, MultiPolygon]:
    """Build the polygons back from simplified arcs and the window's frame.

    Raises
    ------
    ValueError
        The arcs touch where they did not: a face was lost, split or swapped.
    """
    lines = shapely.union_all([arc.line for arc in arcs] + [WINDOW.boundary])
    faces: dict[str, list[Polygon]] = {name: [] for name in parts}
    for face in shapely.get_parts(shapely.polygonize([lines])):
        overlap_deg2 = {name: face.intersection(part).area for name, part in parts.items()}
        faces[max(overlap_deg2, key=lambda name: overlap_deg2[name])].append(face)
    rebuilt = {name: as_multi(shapely.coverage_union_all(group)) for name, group in faces.items()}
    counts = [(len(rebuilt[name].geoms), len(part.geoms)) for name, part in parts.items()]
    if any(new != old for new, old in counts) or sum(map(len, faces.values())) != sum(old for _, old in counts):
        message = f"simplification changed the parts: {counts}"
        raise ValueError(message)
    return rebuilt


def check_coverage(parts: dict[str, MultiPolygon]) -> None:
    """Refuse polygons that are invalid, overlap or leave a gap."""
    geometries = np.array(list(parts.values()), dtype=object)
    whole = shapely.coverage_union_all(geometries)
    if not (shapely.is_valid(geometries).all() and shapely.coverage_is_valid(geometries)):
        message = "polygons are invalid or overlap"
        raise ValueError(message)
    if not whole.equals(WINDOW):
        message = "polygons leave a gap in the window"
        raise ValueError(message)


def error_m(before: Arc, after: Arc) -> float:
    """Measure how far two versions of an arc lie apart at most (Hausdorff, sampled every 20 m), in metres.

    The plane is centred on the window's middle; stretching x by the widest scale of the window keeps the answer on
    the safe side.
    """
    widest = np.array([111_320 * math.cos(math.radians(38.8)), 111_060.0])
    old, new = (shapely.transform(arc.line, lambda xy: xy * widest) for arc in (before, after))
    return max(furthest_m(old, new), furthest_m(new, old))


def furthest_m(line: LineString, other: LineString) -> float:
    """Measure the distance to ``other`` from that point of ``line``, sampled every 20 m, which is furthest from it."""
    ends = shapely.get_coordinates(other)
    segments = [LineString(pair) for pair in np.stack([ends[:-1], ends[1:]], axis=1)]
    samples = shapely.points(shapely.get_coordinates(shapely.segmentize(line, 20)))
    _, distances_m = shapely.STRtree(segments).query_nearest(samples, return_distance=True, all_matches=False)
    return float(distances_m.max())


def feature(geometry: BaseGeometry, decimals: int, **properties: str) -> str:
    """Write one feature on one line, with rounded coordinates and rings that run the standard way."""
    if isinstance(geometry, MultiPolygon):
        geometry = shapely.normalize(shapely.orient_polygons(geometry))
        geometry = shapely.orient_polygons(geometry)
        geometry = geometry.geoms[0] if len(geometry.geoms) == 1 else geometry
    rounded = shapely.transform(geometry, lambda xy: np.round(xy, decimals))
    content = {"type": "Feature", "properties": properties, "geometry": mapping(rounded)}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def write(path: Path, features: list[str]) -> None:
    """Write a feature collection, one feature a line."""
    body = ",\n".join(features)
    path.write_text(f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n', encoding="utf-8", newline="\n")


def kind_of(name: str) -> str:
    """Tell mainland from exclave: an exclave's id has the country's code and a name."""
    return "exclave" if "-" in name else "mainland"


def border_feature(name: str, part: MultiPolygon, release: str) -> str:
    """Write a row of the ``borders`` table."""
    name_en, name_ru, name_ky = NAMES.get(name, (name, name, name))
    return feature(
        part,
        FINE_DECIMALS,
        id=name,
        name_en=name_en,
        name_ru=name_ru,
        name_ky=name_ky,
        kind=kind_of(name),
        country=name[:2],
        evidence="documented",
        source=(
            f"OpenStreetMap contributors, ODbL: time zone boundaries, release {release} "
            f"(timezonefinder-data {version('timezonefinder-data')}), simplified to 100 m; not an official delimitation"
        ),
        source_date=release[:4],
    )


def make_fine(parts: dict[str, MultiPolygon], arcs: list[Arc]) -> None:
    """Write ``borders.geojson`` and print what was measured."""
    simplified = [simplify_arc(arc, FINE_TOLERANCE_M, FINE_DECIMALS) for arc in arcs]
    worst_m = max(error_m(before, after) for before, after in zip(arcs, simplified, strict=True))
    if worst_m > LARGEST_ERROR_M:
        message = f"simplification error {worst_m:.1f} m"
        raise ValueError(message)
    fine = rebuild(parts, simplified)
    check_coverage(fine)
    release = str(TimezoneFinder().data_version)
    path = DATA / "borders.geojson"
    write(path, [border_feature(name, part, release) for name, part in fine.items()])
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB, error at most {worst_m:.1f} m")
    for name, part in fine.items():
        before_km2, after_km2 = area_m2(parts[name]) / 1e6, area_m2(part) / 1e6
        print(f"  {name:15} {after_km2:10.2f} km2 (original {before_km2:.2f})")


def simplify_drawn(arc: Arc) -> Arc:
    """Simplify an arc for drawing: exclaves finely, so that they look right; borders far from Kyrgyzstan coarsely."""
    if arc.line.is_closed:
        return simplify_arc(arc, metric(arc.line).length * DRAWN_EXCLAVE_SHARE, DRAWN_EXCLAVE_DECIMALS)
    tolerance_m = DRAWN_FAR_TOLERANCES_M.get(frozenset({arc.left, arc.right}), DRAWN_TOLERANCE_M)
    return simplify_arc(arc, tolerance_m, DRAWN_DECIMALS)


def make_drawn(parts: dict[str, MultiPolygon], arcs: list[Arc]) -> None:
    """Write ``borders_drawn.geojson``: land to fill, and every border line once."""
    simplified = [simplify_drawn(arc) for arc in arcs]
    drawn = rebuild(parts, simplified)
    check_coverage(drawn)
    land = [
        feature(part, DRAWN_EXCLAVE_DECIMALS, layer="land", id=name, country=name[:2], kind=kind_of(name))
        for name, part in drawn.items()
    ]
    lines = [
        feature(arc.line, DRAWN_EXCLAVE_DECIMALS, layer="line", id=f"{arc.left}|{arc.right}") for arc in simplified
    ]
    path = DATA / "borders_drawn.geojson"
    write(path, land + lines)
    worst_m = max(error_m(before, after) for before, after in zip(arcs, simplified, strict=True))
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB, error at most {worst_m:.0f} m")


def main() -> None:
    """Make both files."""
    parts = read_parts()
    check_coverage(parts)
    arcs = cut_arcs(parts)
    make_fine(parts, arcs)
    make_drawn(parts, arcs)


if __name__ == "__main__":
    main()
