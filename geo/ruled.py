"""What the rules of the road leave of a network, worked out once for each rule: for questions about many places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo import rules as road_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from geo.dataset import Dataset
    from geo.graphs import Graph
    from geo.network import Minimise, Network
    from geo.places import Place
    from geo.rules import AppliedRule, RoadRules

_MOST_KEPT: Final = 16
#: Rules that are set aside one by one to find the one that is in the way.
_MOST_TRIED: Final = 12


def ruled_graph(
    dataset: Dataset, network: Network, minimise: Minimise, rules: RoadRules, ends: Sequence[str | None]
) -> tuple[Graph, tuple[AppliedRule, ...]]:
    """Give the graph that the rules leave between places of two countries, and the rules that close a section.

    Parameters
    ----------
    dataset
        Its closures.
    network
        The roads.
    minimise
        ``time`` or ``distance``.
    rules
        As for a route.
    ends
        Countries of both ends, None where not known.
    """

    def make() -> tuple[Graph, tuple[AppliedRule, ...]]:
        applied = road_rules.closed(dataset, network, rules, ends)
        return network.graph_of(minimise, road_rules.open_sections(applied)), applied

    return network.keep("ruled", (dataset, minimise, rules, rules.countries(ends)), make, _MOST_KEPT)


def excluded_at(
    rules: RoadRules, lon: NDArray[np.float64], lat: NDArray[np.float64], countries: Sequence[str | None]
) -> NDArray[np.bool_]:
    """Tell which places the rules themselves exclude: outside the countries to stay in, or in an area to avoid."""
    if not rules.stay_in and not rules.areas:
        return np.zeros(len(lon), dtype=bool)
    wanted = set(rules.stay_in or ())
    excluded = np.array([bool(wanted) and code is not None and code not in wanted for code in countries], dtype=bool)
    for area in rules.areas:
        excluded |= shapely.intersects_xy(area, lon, lat)
    return excluded


def excluded(rules: RoadRules, places: Sequence[Place]) -> NDArray[np.bool_]:
    """Tell which places the rules themselves exclude (:func:`excluded_at`)."""
    if not rules.stay_in and not rules.areas:
        return np.zeros(len(places), dtype=bool)
    lon, lat = (np.array([getattr(place, name) for place in places], dtype=float) for name in ("lon", "lat"))
    return excluded_at(rules, lon, lat, [place.country for place in places])


def without_countries(network: Network) -> bool:
    """Tell whether nobody knows in which countries a network's roads are, so that none can be stayed in."""
    return bool(len(network.sections)) and not any(network.country_lists[1])


def withheld_by(
    network: Network,
    minimise: Minimise,
    applied: Sequence[AppliedRule],
    reaches: Callable[[Graph], NDArray[np.bool_]],
) -> NDArray[np.object_]:
    """Name the rules that keep some ways from being, as ids.

    Parameters
    ----------
    network
        The roads.
    minimise
        ``time`` or ``distance``.
    applied
        The rules in force.
    reaches
        Tells which of the ways there are on a graph.

    Returns
    -------
    NDArray[np.object_]
        For each way the rules of which one alone is in its way, separated by semicolons; where no single one is, all
        of them, joined by plus signs.
    """
    alone: list[tuple[str, NDArray[np.bool_]]] = []
    for rule in applied[:_MOST_TRIED]:
        opened = road_rules.open_sections(applied, without=(rule.id,))
        alone.append((rule.id, reaches(network.graph_of(minimise, opened))))
    every = "+".join(rule.id for rule in applied)
    count = len(alone[0][1]) if alone else 0
    names = np.empty(count, dtype=object)
    names[:] = [";".join(name for name, opens in alone if opens[row]) or every for row in range(count)]
    return names
