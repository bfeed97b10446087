"""Figures of people and settlements in zones: low, central and high, by country, and how several places unite."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]


#: Fewer cells of a grid than this behind a count say little: one cell's error is a large part of the whole.
LOW_DATA_CELLS: Final = 30.0


class Part(NamedTuple):
    """One entry of the last axis of all figures: an enclave, or the rest of its country.

    Parameters
    ----------
    country
        None for ground in no known country.
    enclave_id
        Record of ``borders``; None for the mainland.
    """

    country: str | None
    enclave_id: str | None = None


def ordered_parts(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Put parts in order, each once: countries by their code, the mainland first; ground in no country comes last."""
    return tuple(sorted(set(parts), key=lambda part: (part.country is None, part.country or "", part.enclave_id or "")))


def countries_of(parts: Sequence[Part]) -> tuple[str | None, ...]:
    """Name the countries of some parts, in their order."""
    return tuple(dict.fromkeys(part.country for part in parts))


@dataclass(frozen=True, eq=False)
class Figures:
    """People and settlements in zones, by part of a country.

    Every array has the axes of the zones first and the part last: see :class:`Part`.

    Parameters
    ----------
    low, high
        Least and greatest number of people that the data allow, for one position of the place.
    equal_share, exclave_share
        Modelled parts of the central value.
    settlements, numbered, unbounded
        Settlements; those with a published number; those with neither a number nor an area with a total.
    exclaves
        Exclaves with a published total that the zone touches.
    """

    low: Floats
    high: Floats
    equal_share: Floats
    exclave_share: Floats
    settlements: Floats
    numbered: Floats
    unbounded: Floats
    exclaves: Floats

    @cached_property
    def central(self) -> Floats:
        """The published numbers and what is modelled on top of them."""
        return self.low + self.equal_share + self.exclave_share

    @cached_property
    def heard(self) -> Bools:
        """Where something is known: a settlement with a number or a total behind it, or an exclave."""
        result: Bools = (self.settlements > self.unbounded) | (self.exclaves > 0)
        return result

    @cached_property
    def silent(self) -> Bools:
        """Where only settlements stand of which nothing is known: no number and no total."""
        result: Bools = ~self.heard & (self.unbounded > 0)
        return result

    def total(self) -> Figures:
        """Sum over the countries; the last axis stays, with one entry."""
        return self._summed(lambda values: values.sum(axis=-1, keepdims=True))

    def by_country(self, parts: Sequence[Part]) -> Figures:
        """Sum over the parts of each country; the last axis then has those of :func:`countries_of`.

        Parameters
        ----------
        parts
            Of the last axis, in the order of :func:`ordered_parts`.
        """
        codes = [part.country for part in parts]
        starts = [number for number, code in enumerate(codes) if number == 0 or codes[number - 1] != code]
        if len(starts) == len(codes):
            return self  # reduceat knows no empty axis either
        return self._summed(lambda values: np.add.reduceat(values, starts, axis=-1))

    def _summed(self, add: Callable[[Floats], Floats]) -> Figures:
        """Sum every array, once where several figures are one array, as those of a grid are."""
        arrays = [getattr(self, item.name) for item in fields(self)]
        sums = {id(values): add(values) for values in {id(values): values for values in arrays}.values()}
        return Figures(*(sums[id(values)] for values in arrays))


@dataclass(frozen=True, eq=False)
class Around:
    """What one source of people knows round one place.

    Parameters
    ----------
    distance_m, bearing_deg
        From the place to every settlement of the source; infinite, without a bearing, for those out of reach.
    disks, rings
        Figures with the axes (radius, position tried, part); the place's own point is position 0.
    share
        Share of each exclave's ground in each disk round the place's point: axes (radius, exclave).
    touched_rings
        Whether a ring touches an exclave at any position tried: axes (radius, exclave).
    pieces
        For each exclave in reach, by its number, its part inside each disk.
    gap_m
        From the place's point to each exclave.
    reach_m
        Positional error, rounded up to the ladder.
    """

    distance_m: Floats
    bearing_deg: Floats
    disks: Figures
    rings: Figures
    share: Floats
    touched_rings: Bools
    pieces: dict[int, list[BaseGeometry]]
    gap_m: Floats
    reach_m: float


@dataclass(frozen=True, eq=False)
class Union:
    """People near any of several places, everybody once: axes (radius, part or country).

    Parameters
    ----------
    central
        Figures of the union of the disks about the places' points.
    low, high
        Range over all positions of the places.
    nothing
        Where nothing at all is known, at any position.
    open_ended
        Where settlements of which nothing is known may be near: the high value is itself a lower bound.
    """

    central: Figures
    low: Floats
    high: Floats
    nothing: Bools
    open_ended: Bools


@dataclass(frozen=True, eq=False)
class Within:
    """What one source of people knows of zones of any shape.

    Parameters
    ----------
    figures
        Axes (zone, part).
    units
        Settlements, or cells with a value, behind each zone's count.
    coverage_share
        Part of each zone on which a grid has values; NaN for settlements, whose list has no edge.
    """

    figures: Figures
    units: Floats
    coverage_share: Floats


@dataclass(frozen=True, eq=False)
class Together:
    """The union over several places: by part, by country, and over all countries (one entry on the last axis)."""

    by_part: Union
    by_country: Union
    total: Union


def unite(disks: Sequence[Figures], central: Figures, certain: Figures, possible: Figures) -> Union:
    """Join the figures of several places into their union.

    Parameters
    ----------
    disks
        Figures of each place, for every position it may have.
    central
        Figures of the union of the disks about the places' points.
    certain, possible
        Figures of the settlements that are near whatever the positions, and of those that may be near.

    Returns
    -------
    Union
        Its low value is the greatest of the places' own, or what is certain, if that is more; its high value is
        the sum of the places' own, but no more than what is possible.
    """
    low: Floats = np.max([figures.low.min(axis=1) for figures in disks], axis=0)
    high: Floats = np.sum([figures.high.max(axis=1) for figures in disks], axis=0)
    if len(disks) > 1:  # one place is its own union
        low, high = np.maximum(low, certain.low), np.minimum(high, possible.high)
    heard: Bools = np.any([figures.heard.any(axis=1) for figures in disks], axis=0)
    open_ended: Bools = np.any([(figures.unbounded > 0).any(axis=1) for figures in disks], axis=0)
    return Union(central, low, high, central.silent & ~heard, open_ended)


def unite_by_part(
    disks: Sequence[Figures], central: Figures, certain: Figures, possible: Figures, parts: Sequence[Part]
) -> Together:
    """Join the figures of several places by part, by country and in all; see :func:`unite`.

    A country's range is narrower than its parts' ranges taken together: no position of a place holds the most of each.
    """

    def united(level: Callable[[Figures], Figures]) -> Union:
        return unite([level(each) for each in disks], level(central), level(certain), level(possible))

    whole = united(lambda figures: figures)
    by_country = whole if len(countries_of(parts)) == len(parts) else united(lambda f: f.by_country(parts))
    return Together(whole, by_country, united(Figures.total))
