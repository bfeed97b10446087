"""Towns from which every place that takes a waste is far by road."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.acceptors import acceptors, check_waste
from geo.borders import country_at
from geo.errors import QuestionError
from geo.evidence import Note, weakest
from geo.nearest_rows import Starts, nearest_rows
from geo.network import build_cached
from geo.route_question import check_snap_limit
from geo.rules import RoadRules
from geo.schema import DO_NOT_MOVE
from geo.snapping import snap, snap_limit_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.acceptors import Acceptors
    from geo.dataset import Dataset
    from geo.nearest_rows import NearestRows
    from geo.network import Network

#: Columns of :attr:`RemoteTownsAnswer.towns`.
TOWN_COLUMNS: Final = (
    "id", "name_en", "name_ru", "name_ky", "lon", "lat", "population_persons", "population_year", "population_source",
    "distance_m", "nearest_id", "reason", "evidence", "source", "source_date",
)  # fmt: skip
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class RemoteTownsQuestion:
    """Which towns are farther by road than a distance from every place that takes a waste.

    Parameters
    ----------
    min_population_persons
        Smallest town asked about; a settlement without a number is not one.
    distance_m
        Towns farther than this along the road count.
    waste
        What the point must accept; None for any waste that may be moved.
    training
        Whether illustrative points count, for an exercise.
    country
        Country of the towns, ISO 3166 alpha-2.
    snap_limit_m
        How far from the network a town or a point may lie, metres; None for what the network's lines can bear.
    stay_in_country
        To a point of the same country, use only sections that never leave it.

    Raises
    ------
    QuestionError
        ``population-range``, ``distance-range``, ``country-code``, ``unknown-waste`` or ``snap-range``.
    """

    min_population_persons: float = 10_000
    distance_m: float = 50_000
    waste: str | None = None
    training: bool = False
    country: str = "KG"
    snap_limit_m: float | None = None
    stay_in_country: bool = True

    def __post_init__(self) -> None:
        check_waste(self.waste)
        for code, number in (("population-range", self.min_population_persons), ("distance-range", self.distance_m)):
            if not 0 <= number < math.inf:
                raise QuestionError(code, found=number)
        if not _COUNTRY.fullmatch(self.country):
            raise QuestionError("country-code", found=str(self.country))
        check_snap_limit(self.snap_limit_m)


@dataclass(frozen=True, eq=False)
class RemoteTownsAnswer:
    """The towns far from every point.

    Parameters
    ----------
    question
        What was asked.
    towns
        Largest first, with the columns :data:`TOWN_COLUMNS`; ``distance_m`` leads along the road to the point
        ``nearest_id``, and is NaN with a ``reason`` where no road leads to any.
    towns_considered, points_considered
        Out of how many towns, and from how many points.
    reason
        Why the question has no answer: ``do-not-move`` or ``no-confirmed-point``.
    notes
        What the reader must know.
    evidence
        The weakest of the points and the towns.
    """

    question: RemoteTownsQuestion
    towns: pd.DataFrame
    towns_considered: int
    points_considered: int
    reason: Note | None
    notes: tuple[Note, ...]
    evidence: str


def _countries(dataset: Dataset, frame: pd.DataFrame) -> NDArray[np.object_]:
    codes = frame["country"].to_numpy(dtype=object).copy()
    unknown = np.array([not isinstance(code, str) for code in codes], dtype=bool)
    codes[unknown] = country_at(dataset.borders, frame["lon"][unknown], frame["lat"][unknown])[0]
    return codes


def _towns(dataset: Dataset, question: RemoteTownsQuestion) -> tuple[pd.DataFrame, int]:
    """List the towns asked about, and count the settlements of the country that have no number."""
    settlements = pd.DataFrame(dataset.settlements)
    home = settlements[_countries(dataset, settlements) == question.country]
    persons = home["population_persons"]
    large = home[(persons >= question.min_population_persons).to_numpy(dtype=bool)]
    return large.sort_values("id", ignore_index=True), int(persons.isna().sum())


def _measure(
    dataset: Dataset, network: Network, question: RemoteTownsQuestion, towns: pd.DataFrame, points: Acceptors
) -> NearestRows:
    """Find each town's nearest point by road, or the reason why none is."""
    limit_m = snap_limit_m(network, question.snap_limit_m)
    lon, lat = (towns[name].to_numpy(dtype=float) for name in ("lon", "lat"))
    countries = np.full(len(towns), question.country, dtype=object)
    snaps = snap(network, lon, lat, limit_m=limit_m, countries=countries.tolist())
    rules = RoadRules() if question.stay_in_country else RoadRules(stay_in=())
    return nearest_rows(dataset, network, points, Starts(lon, lat, countries, snaps, limit_m, with_legs=False), rules)


def remote_towns(dataset: Dataset, question: RemoteTownsQuestion, network: Network | None = None) -> RemoteTownsAnswer:
    """Find the towns from which every confirmed point that takes a waste is farther by road than a distance.

    One tree grows from all points at once, towards which the ways lead. Without any confirmed point no town is listed: the reason says that
    there is nothing to be far from.

    Parameters
    ----------
    dataset
        Settlements, points, borders and roads.
    question
        Towns, distance and waste.
    network
        The network of the same data set, when it is at hand; else it is made once and kept.

    Returns
    -------
    RemoteTownsAnswer
        Towns that no road joins to any point are listed with the reason.
    """
    towns, unnumbered = _towns(dataset, question)
    if question.waste in DO_NOT_MOVE:
        return _without(question, towns, "do-not-move")
    points = acceptors(dataset, question.waste, confirmed=True, training=question.training)
    if not len(points):
        return _without(question, towns, "no-confirmed-point")
    roads = build_cached(dataset) if network is None else network
    nearest = _measure(dataset, roads, question, towns, points)
    ids = points.frame["id"].to_numpy(dtype=object)
    found = towns.assign(
        distance_m=nearest.distance_m,
        nearest_id=pd.Series([ids[row] if row >= 0 else None for row in nearest.row], dtype=object),
        reason=pd.Series(nearest.reason, dtype=object),
    )
    # A town that no road joins to any point is farther than any distance.
    far = found[~(nearest.distance_m <= question.distance_m)].sort_values(
        ["population_persons", "id"], ascending=[False, True], ignore_index=True
    )
    notes = [Note("training")] if "illustrative" in points.evidence else []
    if unnumbered:
        notes.append(Note("towns-without-number", {"count": unnumbered}))
    return RemoteTownsAnswer(
        question=question,
        towns=far[list(TOWN_COLUMNS)],
        towns_considered=len(towns),
        points_considered=len(points),
        reason=None,
        notes=tuple(notes),
        evidence=weakest([*points.evidence, *far["evidence"]]) or "documented",
    )


def _without(question: RemoteTownsQuestion, towns: pd.DataFrame, code: str) -> RemoteTownsAnswer:
    empty = towns.iloc[:0].assign(
        distance_m=pd.Series(dtype=float), nearest_id=pd.Series(dtype=object), reason=pd.Series(dtype=object)
    )
    return RemoteTownsAnswer(
        question=question,
        towns=empty[list(TOWN_COLUMNS)],
        towns_considered=len(towns),
        points_considered=0,
        reason=Note(code),
        notes=(),
        evidence="documented",
    )
