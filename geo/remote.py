"""Towns from which every place that takes a waste is far by road."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.acceptors import check_waste, confirmed_points
from geo.borders import country_at
from geo.errors import QuestionError
from geo.evidence import Note, weakest
from geo.network import build_cached
from geo.routing import check_snap_limit
from geo.schema import DO_NOT_MOVE
from geo.snapping import SNAP_LIMIT_M, snap
from geo.trees import Tree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.dataset import Dataset
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
        How far from the network a town or a point may lie, metres.
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
    snap_limit_m: float = SNAP_LIMIT_M
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
    network: Network, question: RemoteTownsQuestion, towns: pd.DataFrame, points: pd.DataFrame
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.object_]]:
    """Give each town's distance along the road to the nearest point, that point's row, or the reason of neither."""
    limit_m = question.snap_limit_m
    towns_at = snap(network, towns["lon"], towns["lat"], limit_m=limit_m, countries=[question.country] * len(towns))
    codes = points["country"].to_numpy(dtype=object)
    points_at = snap(network, points["lon"], points["lat"], limit_m=limit_m, countries=list(codes))
    near = towns_at.distance_m <= limit_m
    usable = points_at.distance_m <= limit_m
    home = np.asarray(codes == question.country, dtype=bool) & question.stay_in_country
    distance_m, nearest = np.full(len(towns), np.inf), np.full(len(towns), -1, dtype=np.int64)
    for rule, rows in ((question.country, np.flatnonzero(usable & home)), (None, np.flatnonzero(usable & ~home))):
        if not rows.size:
            continue
        tree = Tree(network, network.graph("distance", rule), points_at[rows])
        cost_m = tree.cost_to(towns_at)
        better = np.flatnonzero(near & (cost_m < distance_m))
        distance_m[better], nearest[better] = cost_m[better], rows[tree.seed_of(towns_at[better])]
    anywhere = np.zeros(len(towns), dtype=bool)
    if usable.any():
        free = Tree(network, network.graph("distance"), points_at[usable])
        anywhere = np.isfinite(free.cost_to(towns_at))
    reason = np.where(near, np.where(anywhere, "only-abroad", "no-road"), "snap-too-far").astype(object)
    for row in np.flatnonzero(np.isin(towns["lon"], points["lon"])):
        same = np.flatnonzero((points["lon"] == towns["lon"][row]) & (points["lat"] == towns["lat"][row]))
        if same.size:
            distance_m[row], nearest[row] = 0.0, same[0]
    reason[np.isfinite(distance_m)] = None
    return distance_m, nearest, reason


def remote_towns(dataset: Dataset, question: RemoteTownsQuestion, network: Network | None = None) -> RemoteTownsAnswer:
    """Find the towns from which every confirmed point that takes a waste is farther by road than a distance.

    One tree grows from all points at once. Without any confirmed point no town is listed: the reason says that
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
    points = confirmed_points(dataset, question.waste, training=question.training)
    if not len(points):
        return _without(question, towns, "no-confirmed-point")
    roads = build_cached(dataset) if network is None else network
    distance_m, nearest, reason = _measure(roads, question, towns, points)
    ids = points["id"].to_numpy(dtype=object)
    found = towns.assign(
        distance_m=np.where(np.isfinite(distance_m), distance_m, np.nan),
        nearest_id=pd.Series([ids[row] if row >= 0 else None for row in nearest], dtype=object),
        reason=pd.Series(reason, dtype=object),
    )
    far = found[distance_m > question.distance_m].sort_values(
        ["population_persons", "id"], ascending=[False, True], ignore_index=True
    )
    notes = [Note("training")] if (points["evidence"] == "illustrative").any() else []
    if unnumbered:
        notes.append(Note("towns-without-number", {"count": unnumbered}))
    return RemoteTownsAnswer(
        question=question,
        towns=far[list(TOWN_COLUMNS)],
        towns_considered=len(towns),
        points_considered=len(points),
        reason=None,
        notes=tuple(notes),
        evidence=weakest([*points["evidence"], *far["evidence"]]) or "documented",
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
