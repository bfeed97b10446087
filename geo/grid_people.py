"""A population grid as a source of people: the same questions as settlement points, answered from cells."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.crs import destinations
from geo.figures import Around, Figures, Part, Within, countries_of, ordered_parts, unite_by_part
from geo.grid_windows import CELLS, Window, Windows, beyond
from geo.gridzones import check_off_poles, polygon_rings
from geo.positions import error_offsets_m, error_reach_m, tried_positions
from geo.prepared import Prepared
from geo.zones import circle, circles, ground_of, shared_among

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

    from geo.figures import Together
    from geo.gridplace import Placement
    from geo.grids import Grid, ZoneSums

    Floats = NDArray[np.float64]

# Cells that are shared out among parts in memory at a time; larger surroundings are cut as polygons.
_WINDOW_CELLS: Final = 4_000_000
# Wider than what is usually asked for: one window serves while a radius is dragged, and other places close by.
_WINDOW_STEPS_M: Final = (0.0, 6_000.0, 12_000.0, 35_000.0, 60_000.0)
_WINDOW_WIDENING: Final = 2.2
# So few circles (a place that is known exactly has one for each radius) are cut sooner than a window is made.
_FEW_CIRCLES: Final = 20
_MARGIN: Final = 1.02
_ROUNDING: Final = 1e-6


@dataclass(frozen=True, eq=False)
class GridAround(Around):
    """What a grid knows round one place.

    In its figures a cell stands for a settlement, and ``unbounded`` is above 0 where part of a zone is not covered.

    Parameters
    ----------
    lon, lat
        The place's point.
    cells
        Cells with a value in each disk about the point, fractions counted as such.
    coverage_share
        Part of each disk on which the grid has values.
    ring_coverage_share
        The same of each ring.
    """

    lon: float
    lat: float
    cells: Floats
    coverage_share: Floats
    ring_coverage_share: Floats


@dataclass(frozen=True, eq=False)
class GridPeople:
    """A population grid as a source of people.

    Parameters
    ----------
    grid
        The grid.
    borders
        Table ``borders``: people are told apart by its polygons, exclaves before mainlands.
    """

    grid: Grid
    borders: gpd.GeoDataFrame

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Enclaves and mainlands of the last axis of all figures; last the ground outside all of them."""
        return ordered_parts([*(part for part, _ in self._drawn), Part(None)])

    @cached_property
    def countries(self) -> tuple[str | None, ...]:
        """Countries of the parts; None for ground outside all of them."""
        return countries_of(self.parts)

    @cached_property
    def _drawn(self) -> list[tuple[Part, BaseGeometry]]:
        """Part and polygon of each border, exclaves first."""
        table = self.borders[self.borders["country"].notna() & self.borders.geometry.notna()]
        rows = zip(table["country"], table["kind"], table["id"], table.geometry, strict=True)
        found = [(Part(str(code), name if kind == "exclave" else None), shape) for code, kind, name, shape in rows]
        return sorted(found, key=lambda pair: pair[0].enclave_id is None)

    @cached_property
    def _shapes(self) -> list[tuple[int, BaseGeometry, Prepared]]:
        """Number of the part and polygon of each border, exclaves first, also ready for many questions."""
        return [(self.parts.index(part), shape, Prepared(shape)) for part, shape in self._drawn]

    def around(
        self,
        lon: float,
        lat: float,
        error_m: float,
        circles: Sequence[Polygon],  # noqa: ARG002 - the interface's; many circles are drawn faster at once
        radii_m: Floats,
    ) -> GridAround:
        """Count the people round one place, for every position it may have.

        Parameters
        ----------
        lon, lat
            The place's point, degrees.
        error_m
            Radius of the circle in which the place lies.
        circles
            Not used: the same circles are drawn on the grid itself.
        radii_m
            Radii, rising.

        Returns
        -------
        GridAround
            Figures for disks and rings. Far positions are tried in every direction of the ladder, near ones in
            fewer: what a circle holds changes little when it moves by a small part of its radius.

        Raises
        ------
        QuestionError, CrsError
            As :func:`geo.gridzones.circle_rings`.
        """
        radii_m = np.asarray(radii_m, dtype=float)
        offsets_m, reach_m = error_offsets_m(error_m), error_reach_m(error_m)
        check_off_poles(np.array([lat]), radii_m[-1:] + reach_m)
        tried = tried_positions(offsets_m, radii_m)
        radius, position = np.nonzero(tried)
        bearing_deg = np.degrees(np.arctan2(offsets_m[:, 0], offsets_m[:, 1]))
        lons, lats = destinations(lon, lat, bearing_deg, np.hypot(*offsets_m.T))
        lons[0], lats[0] = lon, lat
        reach = lon, lat, _MARGIN * (radii_m[-1] + reach_m)
        found = self._disks(lons[position], lats[position], radii_m[radius], reach)
        # Positions that were not tried say what the point itself says: neither less nor more.
        every = found[:, position == 0][:, :, None].repeat(tried.shape[1], axis=2)
        every[:, radius, position] = found
        rings = np.diff(every, axis=1, prepend=0.0)
        rings = np.where(tried[None, :, :, None], rings, rings[:, :, :1])
        nothing = np.zeros((len(radii_m), 0))
        return GridAround(
            distance_m=np.empty(0),
            bearing_deg=np.empty(0),
            disks=_figures(every),
            rings=_figures(rings),
            share=nothing,
            touched_rings=nothing.astype(bool),
            pieces={},
            gap_m=np.empty(0),
            reach_m=reach_m,
            lon=lon,
            lat=lat,
            cells=every[CELLS, :, 0].sum(axis=1),
            coverage_share=_coverage(every[:, :, 0]),
            ring_coverage_share=_coverage(rings[:, :, 0]),
        )

    def together(self, places: Sequence[Around], radii_m: Floats) -> Together:
        """Count the people near any of several places, everybody once.

        Parameters
        ----------
        places
            What :meth:`around` found for each place.
        radii_m
            The same radii.

        Returns
        -------
        Together
            The central figures hold the union of the disks about the points. The low value is the greatest of the
            places' own low values, or the people who are near whatever the positions, if they are more; the high
            value is the sum of the places' high values, but no more than all who may be near.
        """
        radii_m = np.asarray(radii_m, dtype=float)
        here = [place for place in places if isinstance(place, GridAround)]
        if len(here) == 1:
            own = _at_point(here[0].disks)
            central, certain, possible = own, own, own
        else:
            reach_m = np.array([place.reach_m for place in here])[:, None]
            # Where all places are known exactly, what is certain and what is possible is what is.
            sides = (0.0, -1.0, 1.0) if reach_m.any() else (0.0,)
            united = [self._united(here, radii_m + side * reach_m) for side in sides]
            central, certain, possible = united if len(united) > 1 else united * 3
        return unite_by_part([place.disks for place in here], central, certain, possible, self.parts)

    def _united(self, places: Sequence[GridAround], radii_m: Floats) -> Figures:
        """Count the people in the union of disks of each column of radii; a radius may be nothing."""
        drawn = circles([(place.lon, place.lat) for place in places], np.maximum(radii_m, 0.0))
        drawn[radii_m <= 0] = shapely.Polygon()
        shapes = [shapely.disjoint_subset_union_all(column) for column in drawn.T]
        # Cut piece by piece: most lie in one part whole, and a border is only cut where it is near.
        pieces, whose = shapely.get_parts(shapes, return_index=True)
        found = np.zeros((len(shapes), 4, len(self.parts)))
        np.add.at(found, whose, self._by_polygon(pieces.tolist()).transpose(1, 0, 2))
        return _figures(found.transpose(1, 0, 2))

    def within(self, zones: Sequence[BaseGeometry]) -> Within:
        """Count the people in zones of any shape: polygons in WGS 84."""
        found = self._by_polygon(zones)
        return Within(_figures(found), found[CELLS].sum(axis=-1), _coverage(found))

    def _disks(self, lon: Floats, lat: Floats, radius_m: Floats, reach: tuple[float, float, float]) -> Floats:
        """Count circles by part, all of them within a distance of one place: shape (4, circles, parts)."""
        ready = self._windows.covering(*reach)
        if ready is not None:
            return ready.ask(lon, lat, radius_m)
        around = circle(*reach)
        near = self._parts([around])[0]
        if len(near) == 1 and near[0][1] is around:
            result = np.zeros((4, len(lon), len(self.parts)))
            result[:, :, near[0][0]] = _counts(self.grid.circles(lon, lat, radius_m))
            return result
        if len(lon) <= _FEW_CIRCLES:
            return self._by_part([shared_among(circle(*place), near) for place in zip(lon, lat, radius_m, strict=True)])
        window = self._window(*reach)
        if window is not None:
            return window.ask(lon, lat, radius_m)
        return self._by_polygon([circle(*place) for place in zip(lon, lat, radius_m, strict=True)])

    def _parts(self, zones: Sequence[BaseGeometry]) -> list[list[tuple[int, BaseGeometry]]]:
        """Cut zones into what lies in each part; the zone itself where one holds it whole."""
        result = []
        for zone in zones:
            parts: list[tuple[int, BaseGeometry]] = []
            rest = zone
            for number, shape, prepared in self._shapes:
                if rest.is_empty or not prepared.meets(rest):
                    continue
                if rest is zone and prepared.surrounds(zone):
                    parts, rest = [(number, zone)], shapely.Polygon()
                    break
                inside, rest = ground_of(shapely.intersection(rest, shape)), ground_of(shapely.difference(rest, shape))
                if inside.area > 0:
                    parts.append((number, inside))
            if rest.area > 0:
                parts.append((len(self.parts) - 1, rest))
            result.append(parts)
        return result

    def _by_polygon(self, zones: Sequence[BaseGeometry]) -> Floats:
        """Count zones by part, cut as polygons: shape (4, zones, parts)."""
        return self._by_part(self._parts(zones))

    def _by_part(self, cut: Sequence[list[tuple[int, BaseGeometry]]]) -> Floats:
        """Count zones that have been cut: shape (4, zones, parts)."""
        result = np.zeros((4, len(cut), len(self.parts)))
        parts = [(zone, *part) for zone, found in enumerate(cut) for part in found]
        if parts:
            shapes = [shape for _, _, shape in parts]
            counts = _counts(self.grid.polygons(shapes), self.grid.placement.cells_on(shapes))
            for (zone, number, _), count in zip(parts, counts.T, strict=True):
                result[:, zone, number] += count
        return result

    def _window(self, lon: float, lat: float, reach_m: float) -> Window | None:
        """Share the cells about a place out among parts; None where they are too many, or over the date line."""
        steps_m = {max(reach_m, step) for step in _WINDOW_STEPS_M if step < _WINDOW_WIDENING * reach_m}
        for wide_m in sorted(steps_m, reverse=True):
            window = self._share_out(circle(lon, lat, wide_m))
            if window is not None:
                self._windows.keep(lon, lat, wide_m, window)
                return window
        return None

    def _share_out(self, around: BaseGeometry) -> Window | None:
        frame, first_row, first_column = self._frame(around)
        parts = self._parts([around])[0]
        if frame is None or frame.width * frame.height * len(parts) > _WINDOW_CELLS:
            return None
        index = self.grid.index
        rows, columns = slice(first_row, first_row + frame.height), slice(first_column, first_column + frame.width + 1)
        empty = np.zeros((frame.height, frame.width + 1))
        local = type(self.grid)(replace(index, placement=frame, persons=empty, known=None))
        values = [np.diff(index.persons[rows, columns]), np.ones((frame.height, frame.width))]
        if index.known is not None:
            values.append(np.diff(index.known[rows, columns].astype(float)))
        numbers = sorted({number for number, _ in parts})
        fractions = local.fractions([shape for _, shape in parts])
        owners = np.array([number for number, _ in parts])
        shares = [fractions[owners == number].sum(axis=0) for number in numbers]
        layers = np.zeros((frame.height, frame.width + 1, len(values) * len(numbers)))
        for number, layer in enumerate(each * share for each in values for share in shares):
            np.cumsum(layer, axis=1, out=layers[:, 1:, number])
        return Window(replace(local, layers=layers), numbers, len(self.parts))

    def _frame(self, around: BaseGeometry) -> tuple[Placement | None, int, int]:
        """Cut the smallest frame round a zone out of the grid's; None where nothing is left or it passes the date line."""
        place = self.grid.placement
        rings = polygon_rings(place, [around])
        low = np.floor([rings.column.min(), rings.row.min()]).astype(int)
        high = np.ceil([rings.column.max(), rings.row.max()]).astype(int)
        over = place.turn_columns and (low[0] < 0 or high[0] > place.width)
        low, high = np.maximum(low, 0), np.minimum(high, [place.width, place.height])
        if over or (high <= low).any():
            return None, 0, 0
        corner = place.x0 + low[0] * place.dx, place.y0 + low[1] * place.dy
        width, height = (int(size) for size in high - low)
        frame = replace(place, x0=corner[0], y0=corner[1], width=width, height=height)
        return frame, int(low[1]), int(low[0])

    @cached_property
    def _windows(self) -> Windows:
        return Windows()


def _counts(sums: ZoneSums, wanted: Floats | float = 1.0) -> Floats:
    """People, cells with a value, cells, and as many as the grid lacks: shape (4, zones)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        whole = sums.cells * sums.inside_share / sums.coverage_share
        # A sliver along a border is no cell; it is as much of one as it has ground.
        ground = np.where(sums.cells > 0, whole, sums.inside_share * wanted)
    missing = beyond(sums.inside_share, ground, wanted)
    counts: Floats = np.nan_to_num(np.stack([np.nan_to_num(sums.persons), sums.cells, ground, missing]))
    return counts


def _figures(counts: Floats) -> Figures:
    """Write counts as figures: cells without a value stand for settlements of which nothing is known."""
    persons, cells, ground, missing = np.maximum(counts, 0.0)
    needed = np.maximum(ground + missing, cells)
    # A border that follows an edge of cells must not hear a hair's breadth of what lies beyond.
    is_heard = cells > _ROUNDING * needed
    persons, cells = np.where(is_heard, persons, 0.0), np.where(is_heard, cells, 0.0)
    lacking = needed - cells
    lacking = np.where(lacking > _ROUNDING * np.maximum(needed, 1.0), lacking, 0.0)
    zero = np.zeros_like(persons)
    return Figures(
        low=persons,
        high=persons,
        equal_share=zero,
        exclave_share=zero,
        settlements=cells + lacking,
        numbered=cells,
        unbounded=lacking,
        exclaves=zero,
    )


def _coverage(counts: Floats) -> Floats:
    """Part of each zone's cells that have a value."""
    _, cells, ground, missing = counts.sum(axis=-1)
    with np.errstate(invalid="ignore"):
        share: Floats = np.clip(cells / np.maximum(ground + missing, cells), 0.0, 1.0)
    return np.where(share > 1 - _ROUNDING, 1.0, share)


def _at_point(figures: Figures) -> Figures:
    return Figures(*(getattr(figures, item.name)[:, 0] for item in fields(figures)))
