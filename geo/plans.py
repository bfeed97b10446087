"""Planned journeys: what is asked, and what is told of the main road and of those weighed against it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.alternatives import MOST_ALTERNATIVES
from geo.corridor import DEFAULT_WIDTH_M, MAX_WIDTH_M, MIN_WIDTH_M
from geo.errors import QuestionError

if TYPE_CHECKING:
    from geo.corridor import CorridorAnswer
    from geo.evidence import Note
    from geo.routing import RouteAnswer, RouteQuestion
    from geo.tradeoff import Method

#: Columns of :func:`chart`.
CHART_COLUMNS: Final = (
    "id", "travel_time_s", "distance_m", "passed_persons", "population_persons", "population_min_persons",
    "population_max_persons", "is_supported", "is_chosen",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlanQuestion:
    """Which road, with how many others beside it, and weighed how.

    Parameters
    ----------
    route
        The ends, the objective and the rules; with the objective ``people`` as few people as can be are passed.
    alternatives
        How many other good roads are wanted at most.
    tradeoff
        Whether to weigh time against people.
    width_m
        How far from the road people count, on each side.
    count_people
        Whether to count who lives along the roads.

    Raises
    ------
    QuestionError
        ``alternatives-range`` or ``corridor-width``.
    """

    route: RouteQuestion
    alternatives: int = 0
    tradeoff: bool = False
    width_m: float = DEFAULT_WIDTH_M
    count_people: bool = True

    def __post_init__(self) -> None:
        """Check the numbers."""
        if not 0 <= self.alternatives <= MOST_ALTERNATIVES:
            raise QuestionError("alternatives-range", found=str(self.alternatives), maximum=MOST_ALTERNATIVES)
        if not MIN_WIDTH_M <= self.width_m <= MAX_WIDTH_M:
            limits = {"minimum_m": MIN_WIDTH_M, "maximum_m": MAX_WIDTH_M}
            raise QuestionError("corridor-width", width_m=self.width_m, **limits)


@dataclass(frozen=True, eq=False)
class Option:
    """One road of several, with what it costs and how it differs from the main one.

    Parameters
    ----------
    id
        ``alternative-1``, …; ``tradeoff-1``, … from the quickest on.
    route
        The whole answer.
    passed_persons
        People passed, the sum over its sections that the objective ``people`` makes small
        (:mod:`geo.section_people`); NaN where they were not weighed.
    population_persons, population_min_persons, population_max_persons
        How many different people live along the whole line, and the range; NaN where not known.
    shared_m, shared_share
        Length of road in common with the main one, and as part of its own length.
    extra_m, extra_s
        By how much it is longer and slower than the main one; below 0 where it is shorter or quicker.
    is_supported
        Of a trade-off: it is the best road at some price of time in people.
    """

    id: str
    route: RouteAnswer
    passed_persons: float
    population_persons: float
    population_min_persons: float
    population_max_persons: float
    shared_m: float
    shared_share: float
    extra_m: float
    extra_s: float
    is_supported: bool = False


@dataclass(frozen=True, eq=False)
class PlanAnswer:
    """A road and what was weighed against it.

    Parameters
    ----------
    question
        What was asked.
    route
        The main road. Where people could not be weighed, the quickest one: its own question says so.
    corridor
        Who lives along it; None without a line.
    passed_persons
        People passed on it, as the objective ``people`` counts; NaN where they were not weighed.
    people_reason
        Why people could not be weighed although that was asked: ``people-line-rough``, ``people-line-unknown``,
        ``people-not-covered`` or ``no-speeds``.
    alternatives
        Other good roads, the best first.
    alternatives_reason
        ``no-alternatives`` where none was found although some were asked for.
    tradeoff
        From the quickest road to the one that passes the fewest people; empty where it was not asked for, or
        ``people_reason`` says why there is none.
    tradeoff_method
        ``exact``: every road that no other betters in both. ``supported``: those that are best at some price.
    tradeoff_left_out
        How many further points were found, and left out because they differ little from those told.
    grid
        Name of the file of the population grid; None for settlement points.
    evidence
        The weakest of the road and of the people along it.
    notes
        What the reader must know beyond what the road and its corridor say themselves.
    """

    question: PlanQuestion
    route: RouteAnswer
    corridor: CorridorAnswer | None
    passed_persons: float = math.nan
    people_reason: Note | None = None
    alternatives: tuple[Option, ...] = ()
    alternatives_reason: Note | None = None
    tradeoff: tuple[Option, ...] = ()
    tradeoff_method: Method | None = None
    tradeoff_left_out: int = 0
    grid: str | None = None
    evidence: str = "documented"
    notes: tuple[Note, ...] = ()


def chart(answer: PlanAnswer) -> pd.DataFrame:
    """Give the trade-off as rows for a chart, a row a road, with :data:`CHART_COLUMNS`.

    ``id`` tells which option to draw when a point is chosen; ``is_chosen`` marks the main road.
    """
    main = answer.route.sections
    rows = [
        (
            option.id,
            option.route.travel_time_s,
            option.route.distance_m,
            option.passed_persons,
            option.population_persons,
            option.population_min_persons,
            option.population_max_persons,
            option.is_supported,
            option.route.sections[["id", "share"]].equals(main[["id", "share"]]),
        )
        for option in answer.tradeoff
    ]
    return pd.DataFrame(rows, columns=list(CHART_COLUMNS))
