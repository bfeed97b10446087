"""What the views of this session rest on beside the tables: grids and roads of the server, and what the reader sent."""

from __future__ import annotations

from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import streamlit as st

from geo import means
from geo.errors import QuestionError
from geo.means import File, Means
from geo.route_views import SETTLEMENTS
from pages._shared import exposure_grid, loaders, networks, peopledata

if TYPE_CHECKING:
    from geo.dataset import Dataset
    from geo.grid_memory import RememberingGrid
    from geo.network import Network
    from geo.views import View
    from pages._shared.networks import OwnRoads

#: A document may wait for a grid longer than a page does.
_WAIT_S: Final = 60.0
_MOMENT_S: Final = 0.05


def _grid(dataset: Dataset, code: str, kind: str | None, wait_s: float) -> RememberingGrid | None:
    """Give a grid that can be chosen; None where it is unknown, refused or not ready."""
    choice = peopledata.grids().get(code)
    if choice is None:
        return None
    job = loaders.grid_job(str(choice.path), choice.stamp, kind)
    job.wait(wait_s)
    return None if job.grid is None else loaders.grid_people(dataset, job)


@lru_cache(maxsize=16)
def _digest(path: str, stamp: tuple[int, int]) -> str:
    """Hash a file, once for each of its versions."""
    return means.digest_of(path) if any(stamp) else ""


@lru_cache(maxsize=32)
def _made(people: RememberingGrid | None, roads: OwnRoads | None) -> Means:
    """Make the same means of the same files, so that answers that rest on them can be kept."""
    files = [] if people is None else [File("--population", people.grid.index.name, people.digest)]
    files += [] if roads is None else [File("--network", roads.file, _digest(roads.path, roads.stamp))]
    return Means(people=people, roads=None if roads is None else partial(_roads, roads), files=tuple(files))


def _roads(roads: OwnRoads, vehicle: str) -> Network:
    path = Path(roads.path)
    return loaders.own_network(networks.OwnRoads(roads.file, str(path), roads.stamp, vehicle))


def of_view(dataset: Dataset, view: View) -> Means:
    """Give the files of the server that a saved view names; it may wait for a grid to be made ready.

    Raises
    ------
    QuestionError
        ``view-needs-people``, ``view-needs-network``: the server has no such file, or cannot read it.
    """
    people, roads = None, None
    code = view.values.get("people", SETTLEMENTS)
    if code != SETTLEMENTS:
        people = _grid(dataset, code, view.values.get("grid_kind"), _WAIT_S)
        if people is None:
            raise QuestionError("view-needs-people", found=code)
    if file := view.values.get("network", ""):
        roads = networks.chosen(file, view.values["vehicle"])
        if roads is None:
            raise QuestionError("view-needs-network", found=file)
    return _made(people, roads)


def of_page(dataset: Dataset, view: View) -> Means:
    """Give the files that the page rests on now, those that the reader sent among them, which no link names."""
    source = str(st.session_state.get(exposure_grid.SOURCE, SETTLEMENTS))
    kind = view.values.get("grid_kind")
    people = _grid(dataset, source, kind, _MOMENT_S) if "people" in view.values else None
    code = str(st.session_state.get(networks.KEY, networks.SCHEME)) if "network" in view.values else networks.SCHEME
    base = _made(people, networks.chosen(code, view.values.get("vehicle", "")))
    if view.page != "exposure":
        return base
    mine = peopledata.brought_here()
    places = exposure_grid.places_brought()
    by = [one for one in mine.of("regions") if one.layer is not None]
    near = [one for one in mine.of("receptors") if one.layer is not None]
    named = [("--regions", one) for one in by] + [("--receptors", one) for one in near]
    named += [] if places is None else [("--sites", places)]
    return Means(
        people=base.people,
        roads=base.roads,
        regions=by[0].layer if by else None,
        receptors=tuple(one.layer for one in near if one.layer is not None),
        places={} if places is None else places.places,
        files=(*base.files, *(File(option, one.file, one.digest) for option, one in named)),
    )
