"""The nearest place that takes a waste, for many places at once: one tree of ways that end at those who take it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.acceptors import acceptors, check_waste
from geo.crs import GEOD
from geo.evidence import Note, weakest
from geo.many_places import find_places, network_note
from geo.nearest import EMERGENCY_CALL
from geo.nearest_rows import Starts, nearest_rows
from geo.network import build_cached
from geo.route_question import check_snap_limit
from geo.rules import RoadRules, closed, unplaced
from geo.schema import DO_NOT_MOVE
from geo.snapping import snap_limit_m
from geo.ways import snap_places

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geo.acceptors import Acceptors
    from geo.dataset import Dataset
    from geo.nearest_rows import NearestRows
    from geo.network import Network
    from geo.places import Place

    Ints = NDArray[np.int64]

#: Columns of :attr:`NearestManyAnswer.places`.
MANY_COLUMNS: Final = (
    "id", "name_en", "name_ru", "name_ky", "lon", "lat", "country", "positional_error_m",
    "nearest_id", "nearest_name_en", "nearest_name_ru", "nearest_name_ky", "group",
    "distance_m", "travel_time_s", "snap_from_m", "snap_to_m", "straight_line_m", "bearing_deg",
    "evidence", "source", "reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NearestManyQuestion:
    """Which place that takes a waste is the nearest by road, for each of many places.

    Parameters
    ----------
    places
        Ids of any table, ``LON,LAT``, or ids of places brought along.
    waste
        A code of :data:`geo.schema.WASTE_TYPES`; None for any waste that may be moved.
    training
        Whether illustrative points may be named, for an exercise.
    rules
        As for a route.
    snap_limit_m
        How far from the network a place may lie, metres; None for what the network's lines can bear.

    Raises
    ------
    QuestionError
        ``unknown-waste`` or ``snap-range``.
    """

    places: tuple[str, ...]
    waste: str | None = None
    training: bool = False
    rules: RoadRules = field(default_factory=RoadRules)
    snap_limit_m: float | None = None

    def __post_init__(self) -> None:
        """Check waste and limit."""
        object.__setattr__(self, "places", tuple(self.places))
        check_waste(self.waste)
        check_snap_limit(self.snap_limit_m)


@dataclass(frozen=True, eq=False)
class NearestManyAnswer:
    """The nearest place of each.

    Parameters
    ----------
    question
        What was asked.
    places
        A row a place, in the order of the question, with :data:`MANY_COLUMNS`. ``group`` is ``points`` where the
        nearest is a confirmed collection point (an illustrative one in training), and ``reported`` where no point of
        the data takes the waste and the nearest is only said to. ``distance_m`` is along the road; a place without a
        road to any has a ``reason``, and no place is named to it.
    call
        Number to call in any case.
    do_not_move
        The waste must stay where it is: no place is named for it.
    reason
        Why no place is named at all: ``do-not-move`` or ``no-confirmed-point``.
    notes
        What the reader must know.
    evidence
        The weakest of the places and of those named.
    """

    question: NearestManyQuestion
    places: pd.DataFrame
    call: str
    do_not_move: bool
    reason: Note | None
    notes: tuple[Note, ...]
    evidence: str


def find_many(
    dataset: Dataset,
    question: NearestManyQuestion,
    network: Network | None = None,
    own: Mapping[str, Place] | None = None,
) -> NearestManyAnswer:
    """Find the nearest place that takes a waste for each of many places.

    Parameters
    ----------
    dataset
        Points, stores, borders and roads.
    question
        The places and the waste.
    network
        The network of the same data set, or the reader's own; else that of the tables.
    own
        Places brought along, by the ids that the question names.

    Returns
    -------
    NearestManyAnswer
        Each place's distance is that of :func:`geo.nearest.find` for it alone.

    Raises
    ------
    QuestionError
        As :func:`geo.places.resolve` for a place that cannot be found.
    """
    roads = build_cached(dataset) if network is None else network
    places = find_places(dataset, question.places, own, network)
    if question.waste in DO_NOT_MOVE:
        return _answer(question, places, _nobody(places, "do-not-move"), Note("do-not-move"))
    records = acceptors(dataset, question.waste, confirmed=True, training=question.training)
    group = "points"
    if not len(records):
        records, group = acceptors(dataset, question.waste, confirmed=False), "reported"
    if not len(records):
        return _answer(question, places, _nobody(places, "no-confirmed-point"), Note("no-confirmed-point"))
    limit_m = snap_limit_m(roads, question.snap_limit_m)
    placed = np.flatnonzero([place.has_position for place in places])
    chosen = [places[row] for row in placed]
    starts = Starts(
        np.array([place.lon for place in chosen], dtype=float),
        np.array([place.lat for place in chosen], dtype=float),
        np.array([place.country for place in chosen], dtype=object),
        snap_places(roads, chosen, limit_m),
        limit_m,
    )
    found = nearest_rows(dataset, roads, records, starts, question.rules)
    table = _table(_own_columns(places), placed, records, found, group)
    reason = None if group == "points" else Note("no-confirmed-point")
    notes = [Note("training")] if "illustrative" in records.evidence else []
    if group == "reported":
        notes.append(Note("reported-only"))
    uncertain = sum(place.positional_error_m > 0 for place in places)
    if uncertain:
        notes.append(Note("positions-uncertain", {"count": uncertain}))
    without = int(table["reason"].notna().sum())
    if without:
        notes.append(Note("places-without-way", {"count": without}))
    if (table["reason"] == "rules-forbid").any():
        notes.extend(rule.note for rule in closed(dataset, roads, question.rules))
    notes.extend(unplaced(dataset, roads, question.rules))
    return _answer(question, places, table, reason, (*notes, network_note(roads), Note("planning-speeds")))


def _answer(
    question: NearestManyQuestion,
    places: tuple[Place, ...],
    table: pd.DataFrame,
    reason: Note | None,
    notes: tuple[Note, ...] = (),
) -> NearestManyAnswer:
    named = [code for code in table["evidence"].tolist() if isinstance(code, str)]
    return NearestManyAnswer(
        question=question,
        places=table,
        call=EMERGENCY_CALL,
        do_not_move=reason is not None and reason.code == "do-not-move",
        reason=reason,
        notes=notes,
        evidence=weakest([*(place.evidence for place in places), *named]) or "documented",
    )


def _own_columns(places: tuple[Place, ...]) -> dict[str, object]:
    texts: dict[str, object] = {
        "id": pd.Series([place.text for place in places], dtype=object),
        "country": pd.Series([place.country for place in places], dtype=object),
    }
    for language in ("en", "ru", "ky"):
        texts[f"name_{language}"] = pd.Series([place.names.get(language) for place in places], dtype=object)
    for name in ("lon", "lat", "positional_error_m"):
        texts[name] = np.array([getattr(place, name) for place in places], dtype=float)
    return texts


def _nobody(places: tuple[Place, ...], code: str) -> pd.DataFrame:
    cells = _own_columns(places) | {"reason": pd.Series([code] * len(places), dtype="object")}
    numbers = {name for name in MANY_COLUMNS if name.endswith(("_m", "_s", "_deg"))}
    for name in MANY_COLUMNS:
        kind = float if name in numbers else object
        cells.setdefault(name, pd.Series([np.nan if name in numbers else None] * len(places), dtype=kind))
    return pd.DataFrame({name: cells[name] for name in MANY_COLUMNS})


def _table(own: dict[str, object], placed: Ints, records: Acceptors, found: NearestRows, group: str) -> pd.DataFrame:
    count = len(np.asarray(own["lon"]))
    lon, lat = (np.asarray(own[name], dtype=float)[placed] for name in ("lon", "lat"))
    reached = found.row >= 0
    azimuth, _, straight_m = GEOD.inv(lon, lat, records.lon[found.row], records.lat[found.row])
    numbers = {
        "distance_m": found.distance_m,
        "travel_time_s": found.travel_time_s,
        "snap_from_m": found.from_m,
        "snap_to_m": found.to_m,
        "straight_line_m": np.where(reached, straight_m, np.nan),
        "bearing_deg": np.where(reached, np.asarray(azimuth) % 360.0, np.nan),
    }
    cells: dict[str, object] = dict(own)
    for name, values in numbers.items():
        spread_m = np.full(count, np.nan)
        spread_m[placed] = values
        cells[name] = spread_m
    row, reason = np.full(count, -1, dtype=np.int64), np.full(count, "no-position", dtype=object)
    row[placed], reason[placed] = found.row, found.reason
    for name in ("id", "name_en", "name_ru", "name_ky", "evidence", "source"):
        target = name if name in {"evidence", "source"} else f"nearest_{name}"
        cells[target] = _column([*records.frame[name].tolist(), None], row)
    cells["group"] = _column([group, None], np.where(row >= 0, 0, -1))
    cells["reason"] = _column(reason.tolist(), np.arange(count))
    return pd.DataFrame({name: cells[name] for name in MANY_COLUMNS})


def _column(values: list[object], row: Ints) -> pd.Series:
    """Take values by their rows as a column of texts."""
    cells = np.empty(len(values), dtype=object)
    cells[:] = values
    return pd.Series(cells[row], dtype="object")
