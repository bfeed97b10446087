"""What stands on a road and matters to whoever drives it: border crossings, passes, closures and hindrances."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from geo import closures, rules
from geo.borders import country_at
from geo.route_notes import driven_sections

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from geo.closures import Closure
    from geo.dataset import Dataset
    from geo.network import Network
    from geo.routing import RouteAnswer
    from geo.rules import RoadRules
    from geo.trees import Step

    Floats = NDArray[np.float64]

#: Kinds of nodes that are passes.
PASS_KINDS: Final = frozenset({"pass", "border"})
#: Parts into which a section that runs through several countries is cut, to see where.
_PARTS: Final = 200
#: A closure of a whole area is marked on no more of its sections than this.
_MOST_MARKS: Final = 12


@dataclass(frozen=True)
class Crossing:
    """Where a road goes from one country into another.

    Parameters
    ----------
    lon, lat
        Where.
    before, after
        Countries, in the direction of travel.
    exact
        Whether the lines of the network follow the road, so that the point is where the road crosses.
    """

    lon: float
    lat: float
    before: str
    after: str
    exact: bool


@dataclass(frozen=True)
class Pass:
    """A pass or border post that a road runs over; its height is NaN where not known."""

    lon: float
    lat: float
    names: Mapping[str, str]
    elevation_m: float
    hard_in_winter: bool


@dataclass(frozen=True)
class ClosureMark:
    """A closure on the network.

    Parameters
    ----------
    id, names
        Of the record.
    state
        ``closed``: it is obeyed; ``aside``: the reader has set it aside; ``told``: it holds at times and no day is
        given, or only hinders.
    spots
        Longitude and latitude of the middle of its sections.
    source
        Who says so.
    """

    id: str
    names: Mapping[str, str]
    state: str
    spots: tuple[tuple[float, float], ...] = field(default=())
    source: str = ""


def crossings(dataset: Dataset, network: Network, answer: RouteAnswer) -> tuple[Crossing, ...]:
    """Find where a route crosses borders, in order of travel.

    The countries are those of the sections, which a source names; where inside a section the border lies is looked up
    on its line, and shared out evenly where a schematic line does not cross it.
    """
    found: list[Crossing] = []
    here: str | None = None
    for step in () if answer.way is None else answer.way.steps:
        codes = network.countries[step.section]
        codes = codes if step.start <= step.end else codes[::-1]
        if not codes:
            continue
        points = network.line(step.section, step.start, step.end)
        if here is not None and codes[0] != here:
            lon, lat = points[0]
            found.append(Crossing(float(lon), float(lat), here, codes[0], not network.schematic))
        spots = _border_spots(dataset, points, codes)
        found += [
            Crossing(lon, lat, before, after, not network.schematic)
            for (lon, lat), (before, after) in zip(spots, pairwise(codes), strict=True)
        ]
        here = codes[-1]
    return tuple(found)


def _border_spots(dataset: Dataset, points: Floats, codes: Sequence[str]) -> list[tuple[float, float]]:
    """Find where a line leaves each of some countries but the last."""
    if len(codes) < 2:  # noqa: PLR2004 - one country has no border in it
        return []
    step = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(step)])
    at = np.linspace(0.0, along[-1], _PARTS + 1)
    lon, lat = (np.interp(at, along, points[:, axis]) for axis in (0, 1))
    seen = country_at(dataset.borders, lon, lat)[0].tolist()
    rows: list[int] = []
    first = 0
    for after in codes[1:]:
        row = next((row for row in range(first, len(seen)) if seen[row] == after), None)
        if row is None:
            rows = [round(_PARTS * number / len(codes)) for number in range(1, len(codes))]
            break
        rows.append(row)
        first = row
    return [(float(lon[row]), float(lat[row])) for row in rows]


def passes(network: Network, answer: RouteAnswer) -> tuple[Pass, ...]:
    """List the passes that a route runs over, in order of travel; an extract names none."""
    if answer.way is None or "kind" not in network.nodes.columns:
        return ()
    found: dict[int, bool] = {}
    for step in answer.way.steps:
        hard = bool(network.section_values["winter_closure"][step.section])
        for node in _nodes(network, step):
            if network.node_values["kind"][node] in PASS_KINDS:
                found[node] = found.get(node, False) or hard
    return tuple(_pass(network, node, hard=hard) for node, hard in found.items())


def _nodes(network: Network, step: Step) -> list[int]:
    """List the nodes that a step runs through, its ends included where it reaches them."""
    rows = slice(network.vertex_start[step.section], network.vertex_start[step.section + 1])
    fraction, nodes = network.vertex_fraction[rows], network.vertex_node[rows]
    low, high = min(step.start, step.end), max(step.start, step.end)
    inside: list[int] = nodes[(fraction >= low) & (fraction <= high) & (nodes >= 0)].tolist()
    return inside if step.start <= step.end else inside[::-1]


def _pass(network: Network, node: int, *, hard: bool) -> Pass:
    values = network.node_values
    names = {code: values[f"name_{code}"][node] for code in ("en", "ru", "ky")}
    return Pass(
        lon=float(values["lon"][node]),
        lat=float(values["lat"][node]),
        names={code: name for code, name in names.items() if isinstance(name, str)},
        elevation_m=float(values["elevation_m"][node]),
        hard_in_winter=hard,
    )


def on_network(dataset: Dataset, network: Network, asked: RoadRules) -> tuple[Closure, ...]:
    """List the closures and hindrances meant for the vehicle whose road the network has."""
    return tuple(
        closure
        for closure in closures.read(dataset)
        if closure.is_meant_for(asked.vehicle) and rules.closed_by(network, closure).any()
    )


def state_of(closure: Closure, asked: RoadRules) -> str:
    """Tell what a closure is to a question: ``closed``, ``aside``, ``told``, or ``free`` on a day without it."""
    day = asked.day
    if day is not None and not closure.holds_on(day):
        return "free"
    if closure.kind != "ban":
        return "told"
    if closure.id in asked.ignored:
        return "aside"
    return "closed" if day is not None or not closure.is_dated else "told"


def closure_marks(dataset: Dataset, network: Network, answer: RouteAnswer) -> tuple[ClosureMark, ...]:
    """Mark the closures of a network, and the hindrances on the road that is driven."""
    asked = answer.question.road_rules
    driven = set() if answer.way is None else set(driven_sections(answer.way).tolist())
    marks = []
    for closure in on_network(dataset, network, asked):
        state = state_of(closure, asked)
        rows: Iterable[int] = np.flatnonzero(rules.closed_by(network, closure)).tolist()
        if closure.kind != "ban":
            rows = [row for row in rows if row in driven]
        chosen = _spread(list(rows))
        if state == "free" or not chosen:
            continue
        spots = tuple(_middle(network, row) for row in chosen)
        names = {key.removeprefix("name_"): text for key, text in closure.names.items()}
        marks.append(ClosureMark(closure.id, names, state, spots, closure.source))
    return tuple(marks)


def _spread(rows: list[int]) -> list[int]:
    """Keep all of a few rows, and some of many, evenly."""
    if len(rows) <= _MOST_MARKS:
        return rows
    return [rows[at] for at in np.linspace(0, len(rows) - 1, _MOST_MARKS).round().astype(int).tolist()]


def _middle(network: Network, row: int) -> tuple[float, float]:
    lon, lat = network.line(row, 0.0, 0.5)[-1]
    return float(lon), float(lat)
