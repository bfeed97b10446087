"""Rules of the road: the countries to stay in, closures and areas to avoid, as sections that a way may not use."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from geo import closures
from geo.errors import QuestionError
from geo.evidence import Note
from geo.places import WINDOW
from geo.polygons import read_area
from geo.schema import VEHICLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date as Day  # noqa: N812 - a field of the rules has the other name

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.closures import Closure
    from geo.dataset import Dataset
    from geo.network import Network

#: Id of the rule that keeps a way in some countries.
STAY_IN: Final = "stay-in"
#: How many areas a question may avoid.
MOST_AREAS: Final = 50

_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_FOUND_CHARS: Final = 60
_UNPLACED_KEPT: Final = 16
#: Month and day.
_MIDWINTER: Final = (1, 15)


def country_codes(text: str) -> tuple[str, ...]:
    """Read codes of countries separated by commas, semicolons or blanks; none for an empty text."""
    return tuple(code.upper() for code in text.replace(",", " ").replace(";", " ").split())


@dataclass(frozen=True)
class RoadRules:
    """What a way must keep to.

    Parameters
    ----------
    stay_in
        Countries that it may not leave, ISO 3166 alpha-2; empty for anywhere; None for the country of both ends,
        where they share one.
    date
        Day of travel, ``YYYY-MM-DD``: closures that hold on it are obeyed. Without a day, closures that hold only
        at times are told and not obeyed.
    vehicle
        Closures meant for it are obeyed: one of :data:`geo.schema.VEHICLES`.
    avoid
        Areas that it may not touch: polygons in WKT, WGS 84.
    ignored
        Ids of closures that the reader sets aside.

    Raises
    ------
    QuestionError
        ``stay-in-code``, ``date-impossible``, ``vehicle-unknown``, ``avoid-not-area`` or ``avoid-too-many``.
    """

    stay_in: tuple[str, ...] | None = None
    date: str | None = None
    vehicle: str = VEHICLES[0]
    avoid: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check every part; countries, areas and ids each count once, in a fixed order."""
        if self.stay_in is not None:
            for code in self.stay_in:
                if not _COUNTRY.fullmatch(str(code)):
                    raise QuestionError("stay-in-code", found=str(code)[:_FOUND_CHARS])
            object.__setattr__(self, "stay_in", tuple(sorted(set(self.stay_in))))
        if self.date is not None:
            closures.parse_day(self.date)
        if self.vehicle not in VEHICLES:
            raise QuestionError("vehicle-unknown", found=str(self.vehicle)[:_FOUND_CHARS], choices=", ".join(VEHICLES))
        if len(self.avoid) > MOST_AREAS:
            raise QuestionError("avoid-too-many", found=len(self.avoid), maximum=MOST_AREAS)
        for wkt in self.avoid:
            if not isinstance(wkt, str) or read_area(wkt) is None:
                raise QuestionError("avoid-not-area", found=str(wkt)[:_FOUND_CHARS])
        object.__setattr__(self, "avoid", tuple(dict.fromkeys(self.avoid)))
        object.__setattr__(self, "ignored", tuple(sorted(set(self.ignored))))

    @property
    def day(self) -> Day | None:
        """Day of travel."""
        return None if self.date is None else closures.parse_day(self.date)

    @property
    def areas(self) -> tuple[BaseGeometry, ...]:
        """The areas to avoid."""
        return tuple(shape for shape in map(read_area, self.avoid) if shape is not None)

    def countries(self, ends: Sequence[str | None] = ()) -> tuple[str, ...]:
        """Give the countries that a way between two places must not leave; empty sets no rule.

        Parameters
        ----------
        ends
            Countries of both ends, None where not known.
        """
        if self.stay_in is not None:
            return self.stay_in
        shared = {code for code in ends if code is not None} if None not in ends else set()
        return tuple(shared) if len(shared) == 1 else ()

    def anywhere(self) -> RoadRules:
        """Give the same rules without any border."""
        return replace(self, stay_in=())


@dataclass(frozen=True, eq=False)
class AppliedRule:
    """One rule in force, and the sections of a network that it closes.

    Parameters
    ----------
    id
        ``stay-in``, the id of a closure, or ``avoid-1``, ``avoid-2``, …
    code
        ``stay-in``, ``closure`` or ``avoid``.
    params
        Values of the sentence.
    network
        The roads.
    closed
        Whether each of their sections is closed.
    evidence, source, source_date, unverified
        Of a closure; None for a rule of the reader's own.
    """

    id: str
    code: str
    params: Mapping[str, str | float]
    network: Network = field(repr=False)
    closed: NDArray[np.bool_] = field(repr=False)
    evidence: str | None = None
    source: str | None = None
    source_date: str | None = None
    unverified: bool | None = None

    @property
    def note(self) -> Note:
        """The rule as a remark."""
        return Note(f"rule-{self.code}", self.params)

    @cached_property
    def count(self) -> int:
        """How many sections it closes."""
        return int(self.closed.sum())


def outside(network: Network, countries: Sequence[str]) -> NDArray[np.bool_]:
    """Tell which sections leave some countries, or are in none that is known."""
    wanted = frozenset(countries)

    def make() -> NDArray[np.bool_]:
        codes, lists = network.country_lists
        leaves = np.array([not one or not wanted.issuperset(one) for one in lists], dtype=bool)
        return np.asarray(leaves[codes], dtype=bool)

    return network.mask(wanted, make)


def touching(network: Network, area: BaseGeometry) -> NDArray[np.bool_]:
    """Tell which sections' lines touch an area, its edge included."""
    closed = np.zeros(len(network.sections), dtype=bool)
    if len(network.segment_vertex):
        closed[network.segment_section[network.segment_tree.query(area, predicate="intersects")]] = True
    return closed


def closed_by(network: Network, closure: Closure) -> NDArray[np.bool_]:
    """Tell which sections a closure lies on; none where the network does not have its road."""

    def make() -> NDArray[np.bool_]:
        # Sections of an extract have other names than the bundled ones: whichever the table gives are found.
        closed = np.zeros(len(network.sections), dtype=bool)
        closed[network.rows_of("id", closure.section_ids)] = True
        if not network.schematic:
            closed[network.rows_of("way_id", closure.way_ids)] = True
        return closed if closure.area is None else closed | touching(network, closure.area)

    return network.mask(closure, make)


def _checked(dataset: Dataset, rules: RoadRules) -> tuple[Closure, ...]:
    """List the closures meant for the vehicle.

    Raises
    ------
    QuestionError
        ``closure-unknown`` for an id to set aside that the table lacks.
    """
    every = closures.read(dataset)
    known = {closure.id for closure in every}
    for name in rules.ignored:
        if name not in known:
            raise QuestionError("closure-unknown", found=name[:_FOUND_CHARS], choices=", ".join(sorted(known)))
    return tuple(closure for closure in every if closure.is_meant_for(rules.vehicle))


def _holds(closure: Closure, day: Day | None) -> bool:
    return not closure.is_dated if day is None else closure.holds_on(day)


def closed(
    dataset: Dataset, network: Network, rules: RoadRules, countries: Sequence[str | None] = ()
) -> tuple[AppliedRule, ...]:
    """List the rules in force, each with the sections that it closes.

    Parameters
    ----------
    dataset
        Its table ``closures`` is read.
    network
        The roads.
    rules
        What a way must keep to.
    countries
        Countries of both ends, None where not known: what ``stay_in`` means where it is None.

    Returns
    -------
    tuple[AppliedRule, ...]
        The countries, then closures by id, then areas; those that close no section of the network are left out.

    Raises
    ------
    QuestionError
        ``closure-unknown``.
    DataError
        As :func:`geo.closures.read`.
    """
    found: list[AppliedRule] = []
    if home := rules.countries(countries):
        found.append(AppliedRule(STAY_IN, STAY_IN, {"countries": ", ".join(home)}, network, outside(network, home)))
    day = rules.day
    for closure in _checked(dataset, rules):
        if closure.kind == "ban" and closure.id not in rules.ignored and _holds(closure, day):
            named: dict[str, str | float] = {**closure.names, "source": closure.source}
            found.append(
                AppliedRule(
                    closure.id, "closure", named, network, closed_by(network, closure),
                    closure.evidence, closure.source, closure.source_date, closure.unverified,
                )
            )  # fmt: skip
    for number, area in enumerate(rules.areas, start=1):
        found.append(AppliedRule(f"avoid-{number}", "avoid", {"number": number}, network, touching(network, area)))
    return tuple(rule for rule in found if rule.count)


def open_sections(applied: Iterable[AppliedRule], *, without: Iterable[str] = ()) -> NDArray[np.bool_] | None:
    """Give the sections that some rules leave; None where they leave all.

    Parameters
    ----------
    applied
        The rules in force.
    without
        Ids of rules to set aside.
    """
    aside = set(without)
    masks = [rule.closed for rule in applied if rule.id not in aside]
    return ~np.logical_or.reduce(masks) if masks else None


def remarks(dataset: Dataset, network: Network, rules: RoadRules, sections: NDArray[np.int64]) -> tuple[Note, ...]:
    """Say what the closures mean for the sections of a way beside closing roads.

    Told are bans that hold only at times where no day was given, bans that the reader has set aside, and warnings.

    Parameters
    ----------
    dataset
        Its table ``closures`` is read.
    network
        The roads.
    rules
        The rules of the question.
    sections
        Rows of the sections driven.
    """
    notes, day, unchecked = [], rules.day, False
    for closure in _checked(dataset, rules):
        set_aside = closure.id in rules.ignored
        if day is not None and not closure.holds_on(day):
            continue
        if closure.kind == "ban" and not set_aside and (day is not None or not closure.is_dated):
            continue
        if closed_by(network, closure)[sections].any():
            notes.append(_remark(closure, set_aside=set_aside))
            unchecked |= closure.unverified
    return (*notes, Note("closures-unchecked")) if unchecked else tuple(notes)


def _remark(closure: Closure, *, set_aside: bool) -> Note:
    named: dict[str, str | float] = {**closure.names, "source": closure.source}
    if closure.kind == "warning":
        return Note("closure-warning", named)
    if set_aside:
        return Note("closure-ignored", named)
    if closure.first_day is not None and closure.season is None:
        named["from_date"] = closure.first_day.isoformat()
        if closure.last_day is None:
            return Note("closure-from", named)
        return Note("closure-between", {**named, "to_date": closure.last_day.isoformat()})
    return Note("closure-dated", named)


def winter_warned(dataset: Dataset, network: Network, rules: RoadRules) -> NDArray[np.bool_]:
    """Tell which sections lie under a warning of the cold months: its sentence says more than a mere count."""
    found = np.zeros(len(network.sections), dtype=bool)
    for closure in _checked(dataset, rules):
        if closure.kind == "warning" and closure.in_season(_MIDWINTER):
            found |= closed_by(network, closure)
    return found


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    """Tell whether two extents (west, south, east, north) share a point."""
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def unplaced(dataset: Dataset, network: Network, rules: RoadRules) -> tuple[Note, ...]:
    """Name the bans that could hold and that cannot be placed on the network: it lacks their road or its name.

    Of a network that lies wholly outside the map's data none is named: the table does not speak of its roads.
    """
    if network.extent is None or not _overlap(network.extent, WINDOW):
        return ()

    def make() -> tuple[Note, ...]:
        day = rules.day
        return tuple(
            Note("closure-unplaced", {**closure.names, "source": closure.source})
            for closure in _checked(dataset, rules)
            if closure.kind == "ban"
            and closure.id not in rules.ignored
            and (day is None or closure.holds_on(day))
            and not closed_by(network, closure).any()
        )

    return network.keep("unplaced", (dataset.table_digest("closures"), rules), make, _UNPLACED_KEPT)
