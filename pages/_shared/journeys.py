"""A journey as the roads page shows it: what was asked, on which roads, what was found, and which road is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from geo import route_views
from pages._shared import exposure_grid, loaders, networks, peopledata
from pages._shared.corridor_asked import width_m
from pages._shared.route_clicks import ROAD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.dataset import Dataset
    from geo.grid_memory import RememberingGrid
    from geo.i18n import Translator
    from geo.network import Network
    from geo.plans import PlanAnswer, PlanQuestion
    from geo.routing import RouteAnswer
    from pages._shared.networks import OwnRoads

#: Keys of the folds whose content the answer rests on.
OTHERS_OPEN: Final = "route.others-open"
TRADEOFF_OPEN: Final = "route.tradeoff-open"
_LAST: Final = "route.last"


@dataclass(frozen=True, eq=False)
class Journey:
    """What the page shows.

    Parameters
    ----------
    asked
        The question with what is to be weighed.
    roads, network
        The file of the roads, None for the scheme; and the roads.
    people
        The grid that people are counted from; None for settlements.
    answer
        What was found.
    shown
        Name of the road that is looked at.
    """

    asked: PlanQuestion
    roads: OwnRoads | None
    network: Network
    people: RememberingGrid | None
    answer: PlanAnswer
    shown: str

    @property
    def route(self) -> RouteAnswer:
        """The road that is looked at."""
        return route_views.pick(self.answer, self.shown)


def _people(t: Translator, dataset: Dataset) -> RememberingGrid | None:
    """Give the grid that is chosen beside the people along the way; while it is made ready say so."""
    grid = peopledata.grids().get(st.session_state.get(exposure_grid.SOURCE, exposure_grid.SETTLEMENTS))
    kind = st.session_state.get(exposure_grid.CELLS)
    return exposure_grid.people(t, dataset, grid, None if kind == exposure_grid.UNSAID else kind)


def answer(t: Translator, dataset: Dataset, roads: OwnRoads | None, values: Mapping[str, Any]) -> Journey | None:
    """Find the road and those to weigh against it; None while an end is still to be chosen.

    Parameters
    ----------
    t, dataset
        Language and tables.
    roads
        The file of the roads; None for the scheme.
    values
        What is chosen, by the names of :data:`geo.route_views.PARAMETERS`.

    Raises
    ------
    SymapError
        What the question refuses, or the file.
    """
    question = route_views.question(values)
    if question is None:
        return None
    road = _road((question, roads))
    network = networks.opened(dataset, roads)
    opened = bool(st.session_state.get(TRADEOFF_OPEN))
    weighed = opened or route_views.is_weighed(road)
    people = _people(t, dataset) if weighed or question.minimise == "people" else None
    given = {**values, "road": "tradeoff-1" if weighed and not route_views.is_weighed(road) else road}
    asked = route_views.plan_question({**given, "width_m": width_m()}, question)
    found = loaders.plan(dataset, asked, roads, people)
    names = {route_views.MAIN, *(option.id for option in (*found.alternatives, *found.tradeoff))}
    if road not in names:
        road = st.session_state[ROAD] = route_views.MAIN
    return Journey(asked, roads, network, people, found, road)


def _road(asked: object) -> str:
    """Give the road that is looked at: of a new question the best one, unless a link names another."""
    road = str(st.session_state.get(ROAD, route_views.MAIN))
    last = st.session_state.get(_LAST)
    if last is not None and last[0] != asked and last[1] == road:
        road = st.session_state[ROAD] = route_views.MAIN
    st.session_state[_LAST] = (asked, road)
    return road
