"""People: how many live near a place, from settlement points and the published totals of areas.

A source of people answers one question, :meth:`PeopleSource.around`, for one place and several radii. Settlement
points are the source that is bundled; a population grid can stand behind the same method.

Three values are kept for every zone. The *low* one counts settlements with a published number. The *central* one adds
what is modelled: an equal share of its area's remainder for each settlement without a number, and for an exclave the
share of its ground inside the zone. The *high* one takes for each settlement without a number what a large place of
its area has, and an exclave whole once the zone touches it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import shapely

from geo.areas import Exclave, Tables, prepare_tables
from geo.crs import SHORTEST_DEGREE_M, distances_m, inverse
from geo.figures import Around, Figures, Within, countries_of, unite_by_part
from geo.positions import error_offsets_m, error_reach_m

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

    from geo.dataset import Dataset
    from geo.figures import Part, Together

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

_POLE_DEG: Final = 90.0
_LEAST_COSINE: Final = 1e-6


class PeopleSource(Protocol):
    """Anything that can say how many people live round a place."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """Enclaves and mainlands of the last axis of all figures, as :func:`geo.figures.ordered_parts` puts them."""

    def around(self, lon: float, lat: float, error_m: float, circles: Sequence[Polygon], radii_m: Floats) -> Around:
        """Count the people round one place, for every position it may have."""

    def together(self, places: Sequence[Around], radii_m: Floats) -> Together:
        """Count the people near any of several places, everybody once."""

    def within(self, zones: Sequence[BaseGeometry]) -> Within:
        """Count the people in zones of any shape, in WGS 84."""


@dataclass(frozen=True, eq=False)
class SettlementPeople:
    """Settlement points and totals of areas as a source of people.

    Parameters
    ----------
    tables
        Settlements, areas and exclaves, put in order and with their shares worked out.
    """

    tables: Tables

    @property
    def parts(self) -> tuple[Part, ...]:
        """Enclaves and mainlands of the last axis of all figures."""
        return self.tables.parts

    @property
    def countries(self) -> tuple[str | None, ...]:
        """Countries of the parts; None for places in none that is known."""
        return countries_of(self.tables.parts)

    @property
    def settlements(self) -> pd.DataFrame:
        """Settlements in the order of all arrays, with ``modelled_persons`` and ``without_total``."""
        return self.tables.settlements

    @property
    def areas(self) -> pd.DataFrame:
        """Areas with their remainder, equal share and 95th percentile, by id."""
        return self.tables.areas

    def around(self, lon: float, lat: float, error_m: float, circles: Sequence[Polygon], radii_m: Floats) -> Around:
        """Count the people round one place, for every position it may have.

        Parameters
        ----------
        lon, lat
            The place's point, degrees.
        error_m
            Radius of the circle in which the place lies.
        circles
            Circles about the point in WGS 84, one for each radius.
        radii_m
            Radii, rising.

        Returns
        -------
        Around
            Figures for disks and rings. Distances from the point are geodesic; from the other positions they are
            taken in the azimuthal equidistant plane about it, 0.01 % off at 100 km.
        """
        reach_m = error_reach_m(error_m)
        offsets_m = error_offsets_m(error_m)
        distance_m, bearing_deg = self._seen_from(lon, lat, radii_m[-1] + reach_m)
        near = np.flatnonzero(distance_m <= radii_m[-1] + reach_m)
        spread_m = _from_positions(distance_m[near], bearing_deg[near], offsets_m)
        sums = np.stack([(spread_m <= radius_m).astype(float) @ self.tables.weights[near] for radius_m in radii_m])
        beyond_m = radii_m[-1] + float(np.hypot(*offsets_m[-1]))
        exclaves = [
            self._exclave(e, (lon, lat), offsets_m, circles, radii_m)
            if centre_m - e.radius_m <= beyond_m
            else _ExclaveAround.out_of_reach(len(offsets_m), len(radii_m))
            for e, centre_m in zip(self.tables.exclaves, self._exclaves_m(lon, lat), strict=True)
        ]
        gap_m, far_m, share, pieces = _stack(exclaves, len(radii_m), len(offsets_m))

        outer, inner = radii_m[:, None, None], np.concatenate([[0.0], radii_m[:-1]])[:, None, None]
        touched_disks = gap_m <= outer
        touched_rings: Bools = touched_disks & (far_m >= inner)
        share_rings = np.diff(share, axis=0, prepend=0.0)
        return Around(
            distance_m,
            bearing_deg,
            self._figures(sums, touched_disks, _first(share, len(offsets_m))),
            self._figures(np.diff(sums, axis=0, prepend=0.0), touched_rings, _first(share_rings, len(offsets_m))),
            share,
            np.asarray(touched_rings.any(axis=1)),
            pieces,
            gap_m[0],
            reach_m,
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
            places' own low values, or the published numbers of the settlements that are near for certain, if they
            are more; the high value is the sum of the places' high values, but no more than all who live within
            the radius and the positional error of any place.
        """
        distance_m = np.stack([place.distance_m for place in places])
        gap_m = np.stack([place.gap_m for place in places])
        reach_m = np.array([place.reach_m for place in places])[:, None]

        def near(distances: Floats, margin_m: Floats) -> Bools:
            result: Bools = np.stack([(distances <= radius_m + margin_m).any(axis=0) for radius_m in radii_m])
            return result

        def figures(margin_m: Floats, share: Floats) -> Figures:
            sums = near(distance_m, margin_m).astype(float) @ self.tables.weights
            return self._figures(sums, near(gap_m, margin_m), share)

        nothing = np.zeros_like(places[0].share)
        certain, possible = figures(-reach_m, nothing), figures(reach_m, nothing)
        central = figures(0 * reach_m, self._share_together(places))
        return unite_by_part([place.disks for place in places], central, certain, possible, self.parts)

    def within(self, zones: Sequence[BaseGeometry]) -> Within:
        """Count the people in zones of any shape.

        Parameters
        ----------
        zones
            Polygons in WGS 84; a settlement on an outline is inside.

        Returns
        -------
        Within
            Settlements count whole at their point, exclaves by the share of their ground.
        """
        tree = shapely.STRtree(shapely.points(self.tables.lon, self.tables.lat))
        zone, place = tree.query(np.asarray(zones, dtype=object), predicate="intersects")
        sums = np.zeros((len(zones), self.tables.weights.shape[1]))
        np.add.at(sums, zone, self.tables.weights[place])
        touched = np.zeros((len(zones), len(self.tables.exclaves)), dtype=bool)
        share = np.zeros(touched.shape)
        for number, exclave in enumerate(self.tables.exclaves):
            touched[:, number] = exclave.prepared.meets(np.asarray(zones, dtype=object))
            for row in np.flatnonzero(touched[:, number]).tolist():
                share[row, number] = min(exclave.part_inside(zones[row]).area / exclave.local.area, 1.0)
        figures = self._figures(sums, touched, share)
        return Within(figures, figures.settlements.sum(axis=-1), np.full(len(zones), np.nan))

    def _seen_from(self, lon: float, lat: float, reach_m: float) -> tuple[Floats, Floats]:
        """Measure distance and bearing of the settlements in reach; others are endlessly far."""
        reach_deg = reach_m / SHORTEST_DEGREE_M
        farthest_deg = min(abs(lat) + reach_deg, _POLE_DEG)
        wide_deg = reach_deg / max(np.cos(np.radians(farthest_deg)), _LEAST_COSINE)
        east_deg = (self.tables.lon - lon + 180.0) % 360.0 - 180.0
        in_box = np.flatnonzero((np.abs(self.tables.lat - lat) <= reach_deg) & (np.abs(east_deg) <= wide_deg))
        distance_m, bearing_deg = np.full(len(east_deg), np.inf), np.full(len(east_deg), np.nan)
        distance_m[in_box], bearing_deg[in_box] = inverse(lon, lat, self.tables.lon[in_box], self.tables.lat[in_box])
        return distance_m, bearing_deg

    def _exclaves_m(self, lon: float, lat: float) -> Floats:
        """Measure the distance to the middle of each exclave."""
        return distances_m(lon, lat, *self._middles)

    @cached_property
    def _middles(self) -> tuple[list[float], list[float]]:
        return [e.lon for e in self.tables.exclaves], [e.lat for e in self.tables.exclaves]

    def _share_together(self, places: Sequence[Around]) -> Floats:
        share = np.max([place.share for place in places], axis=0)
        for number, exclave in enumerate(self.tables.exclaves):
            parts = [place.pieces[number] for place in places if number in place.pieces]
            if len(parts) > 1 and (share[:, number] < 1).any():
                united = [shapely.union_all(pieces).area / exclave.local.area for pieces in zip(*parts, strict=True)]
                share[:, number] = np.maximum(share[:, number], np.clip(united, 0.0, 1.0))
        result: Floats = np.maximum.accumulate(share, axis=0)
        return result

    def _figures(self, sums: Floats, touched: Bools, share: Floats) -> Figures:
        """Work out the figures from weighted sums, exclaves touched and their shares."""
        tables = self.tables
        column = tables.columns
        in_pairs, in_exclaves = sums[..., column.pairs], sums[..., column.exclave_persons]
        touched = touched | (sums[..., column.exclave_settlements] > 0)
        low = sums[..., column.persons]
        pairs_high = np.minimum(tables.pair_remainder, in_pairs * tables.pair_most)
        exclaves_high = touched * np.maximum(tables.exclave_whole - in_exclaves, 0.0)
        return Figures(
            low=low,
            high=low + pairs_high @ tables.pair_part + exclaves_high @ tables.exclave_part,
            equal_share=(in_pairs * tables.pair_share) @ tables.pair_part,
            exclave_share=(share * tables.exclave_remainder) @ tables.exclave_part,
            settlements=sums[..., column.settlements],
            numbered=sums[..., column.numbered],
            unbounded=sums[..., column.unbounded],
            exclaves=touched.astype(float) @ tables.exclave_part,
        )

    @staticmethod
    def _exclave(
        exclave: Exclave, place: tuple[float, float], offsets_m: Floats, circles: Sequence[Polygon], radii_m: Floats
    ) -> _ExclaveAround:
        """Measure an exclave from every position: nearest and farthest point, and its parts inside the disks."""
        shape, corners_m = exclave.seen_from(*place)
        gap_m = np.asarray(shapely.distance(shapely.points(offsets_m), shape))
        east_m, north_m = corners_m.T[:, None, :] - offsets_m.T[:, :, None]
        far_m: Floats = np.hypot(east_m, north_m).max(axis=1)
        # A polygon of 180 corners is a hair smaller than its circle: outside is outside and whole is whole.
        partly = (gap_m[0] <= radii_m) & (far_m[0] > radii_m)
        whole = far_m[0] <= radii_m
        pieces = [
            exclave.part_inside(circle) if is_partly else exclave.local if is_whole else shapely.Point()
            for circle, is_partly, is_whole in zip(circles, partly, whole, strict=True)
        ]
        share = np.clip([piece.area / exclave.local.area for piece in pieces], 0.0, 1.0)
        rising: Floats = np.maximum.accumulate(share)
        return _ExclaveAround(gap_m, far_m, rising, pieces)


@dataclass(frozen=True, eq=False)
class _ExclaveAround:
    gap_m: Floats
    far_m: Floats
    share: Floats
    pieces: list[BaseGeometry] | None

    @classmethod
    def out_of_reach(cls, positions: int, radii: int) -> _ExclaveAround:
        """Give an exclave that no disk touches from any position."""
        beyond = np.full(positions, np.inf)
        return cls(beyond, beyond, np.zeros(radii), None)


def _stack(
    found: list[_ExclaveAround], radii: int, positions: int
) -> tuple[Floats, Floats, Floats, dict[int, list[BaseGeometry]]]:
    """Put the exclaves on the last axis: gaps and far ends by position, shares by radius."""
    gap_m = np.array([e.gap_m for e in found]).reshape(len(found), positions).T
    far_m = np.array([e.far_m for e in found]).reshape(len(found), positions).T
    share = np.array([e.share for e in found]).reshape(len(found), radii).T
    return gap_m, far_m, share, {number: e.pieces for number, e in enumerate(found) if e.pieces is not None}


def _first(share: Floats, positions: int) -> Floats:
    """Give the place's own point its shares and the other positions none: only their ranges are asked for."""
    result = np.zeros((share.shape[0], positions, share.shape[1]))
    result[:, 0] = share
    return result


def _from_positions(distance_m: Floats, bearing_deg: Floats, offsets_m: Floats) -> Floats:
    angle = np.radians(bearing_deg)
    east_m, north_m = distance_m * np.sin(angle), distance_m * np.cos(angle)
    spread_m: Floats = np.hypot(east_m - offsets_m[:, :1], north_m - offsets_m[:, 1:])
    spread_m[0] = distance_m  # exactly, so that the point's own counts hang on no rounding
    return spread_m


@dataclass(frozen=True)
class _Key:
    """A data set told apart by the three tables that people are counted from."""

    digest: str
    dataset: Dataset = field(compare=False)


@lru_cache(maxsize=8)
def _settlement_people(key: _Key) -> SettlementPeople:
    return SettlementPeople(prepare_tables(key.dataset))


def settlement_people(dataset: Dataset) -> SettlementPeople:
    """Prepare the settlements and area totals of a data set as a source of people; kept for later questions.

    Parameters
    ----------
    dataset
        Its tables ``settlements``, ``area_totals`` and ``borders`` are used.

    Returns
    -------
    SettlementPeople
        The same object for data sets that agree in these tables.
    """
    return _settlement_people(_Key(dataset.table_digest("settlements", "area_totals", "borders"), dataset))
