"""The road book of a route: one line for each road that is driven, with the turn that leads into it."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.crs import GEOD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geo.network import Network
    from geo.routing import RouteAnswer
    from geo.trees import Step

#: Columns of :func:`stages`.
STAGE_COLUMNS: Final = (
    "stage", "turn", "road_number", "road_name_en", "road_name_ru", "road_name_ky",
    "from_name_en", "from_name_ru", "from_name_ky", "to_name_en", "to_name_ru", "to_name_ky",
    "start_m", "length_m", "travel_time_s", "surface", "countries", "winter_closure", "sections",
)  # fmt: skip
_LANGUAGES: Final = ("en", "ru", "ky")
#: A bend of less is no turn, of more leads back; degrees.
_STRAIGHT_DEG: Final = 35.0
_BACK_DEG: Final = 150.0
_HALF_TURN_DEG: Final = 180.0


def stages(answer: RouteAnswer, network: Network) -> pd.DataFrame:
    """Join the sections of a route that follow one another on the same road.

    Parameters
    ----------
    answer
        The route.
    network
        The roads on which it was found.

    Returns
    -------
    pd.DataFrame
        A row a road in order of travel, with :data:`STAGE_COLUMNS`: ``turn`` is ``left``, ``right``, ``straight`` or
        ``back``, and empty where it begins or the lines do not follow the road; ``start_m`` is the way driven before
        it; ``surface`` and ``countries`` list each once, in order. Sections without number and name are joined where
        the lines follow the road; on a scheme each of them joins two named places, and stands alone.
    """
    way = answer.way
    if way is None or not way.steps:
        return pd.DataFrame(columns=list(STAGE_COLUMNS))
    steps, frame = way.steps, answer.sections
    rows = np.array([step.section for step in steps], dtype=np.int64)
    names = _names(network, rows)
    begin_m = np.cumsum([0.0, *way.length_m])
    groups = [list(part) for _, part in groupby(range(len(steps)), key=_keys(frame, names, network))]
    turns = ["", *(_turn(network, steps[before[-1]], steps[after[0]]) for before, after in pairwise(groups))]
    return pd.DataFrame(
        [
            _stage(number, turn, frame, group, names, float(begin_m[group[0]]))
            for number, (turn, group) in enumerate(zip(turns, groups, strict=True), start=1)
        ],
        columns=list(STAGE_COLUMNS),
    )


def _names(network: Network, rows: Any) -> list[dict[str, object]]:  # noqa: ANN401 - numpy's indices
    """Give the names of the roads of some sections, by language; without one in the language, the local one."""
    if "road_name" not in network.sections.columns:
        return [{} for _ in rows]
    local = network.section_values["road_name"][rows]
    by_language = {code: network.section_values[f"road_name_{code}"][rows] for code in _LANGUAGES}
    return [
        {
            f"road_name_{code}": next((one for one in (by_language[code][at], local[at]) if isinstance(one, str)), None)
            for code in _LANGUAGES
        }
        for at in range(len(rows))
    ]


def _keys(frame: pd.DataFrame, names: Sequence[dict[str, object]], network: Network) -> Any:  # noqa: ANN401 - a key of groupby
    numbers = frame["road_number"].tolist()

    def key(row: int) -> tuple[object, ...]:
        if isinstance(numbers[row], str):
            return ("number", numbers[row])
        named = tuple(names[row].values())
        if any(isinstance(name, str) for name in named):
            return ("name", *named)
        return ("scheme", row) if network.schematic else ("unnamed",)

    return key


def _once(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if isinstance(value, str)))


def _stage(  # noqa: PLR0913, PLR0917 - the parts of one line
    number: int, turn: str, frame: pd.DataFrame, group: list[int], names: Sequence[dict[str, object]], start_m: float
) -> dict[str, object]:
    part = frame.iloc[group]
    first, last = part.iloc[0], part.iloc[-1]
    return {
        "stage": number,
        "turn": turn or None,
        "road_number": first["road_number"] if isinstance(first["road_number"], str) else None,
        **{f"road_name_{code}": names[group[0]].get(f"road_name_{code}") for code in _LANGUAGES},
        **{f"from_name_{code}": first[f"from_name_{code}"] for code in _LANGUAGES},
        **{f"to_name_{code}": last[f"to_name_{code}"] for code in _LANGUAGES},
        "start_m": start_m,
        "length_m": float(part["length_m"].sum()),
        "travel_time_s": float(part["travel_time_s"].sum(skipna=False)),
        "surface": _once(part["surface"]),
        "countries": _once(code for codes in part["countries"] for code in codes),
        "winter_closure": bool(part["winter_closure"].astype(bool).any()),
        "sections": len(group),
    }


def _turn(network: Network, before: Step, after: Step) -> str:
    """Name the bend between two steps; empty where lines do not follow the road, or have no direction."""
    if network.schematic:
        return ""
    come, go = _heading(network, before, last=True), _heading(network, after, last=False)
    if come is None or go is None:
        return ""
    bend = (go - come + _HALF_TURN_DEG) % (2 * _HALF_TURN_DEG) - _HALF_TURN_DEG
    if abs(bend) < _STRAIGHT_DEG:
        return "straight"
    if abs(bend) > _BACK_DEG:
        return "back"
    return "right" if bend > 0 else "left"


def _heading(network: Network, step: Step, *, last: bool) -> float | None:
    points = network.line(step.section, step.start, step.end)
    pairs = [pair for pair in pairwise(points.tolist()) if pair[0] != pair[1]]
    if not pairs:
        return None
    (lon, lat), (to_lon, to_lat) = pairs[-1 if last else 0]
    azimuth, _, _ = GEOD.inv(lon, lat, to_lon, to_lat)
    return float(azimuth)
