"""Every cached call of the app: tables once for the server, answers once for a question and its tables."""

from __future__ import annotations

import gc
import inspect
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from geo import catalogue, exposure, gazetteer, inventory, layers
from geo.dataset import Dataset
from geo.grid_memory import RememberingGrid
from geo.i18n import LANGUAGES, Language, translator
from pages._shared.gridjobs import GridJob
from pages._shared.peopledata import Dropped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from geo import nearest, network, plans, remote, routing, shading
    from geo import service_area as service_areas
    from geo.catalogue import CatalogueEntry
    from geo.corridor import CorridorAnswer
    from geo.corridor_split import CorridorRegions
    from geo.extras import Extras
    from pages._shared.corridor_asked import CorridorAsked
    from pages._shared.networks import OwnRoads

_FIRST_PAGE_S: Final = 5.0
# Answers are frozen and nobody changes their frames, so one object serves all sessions.
_BY_CONTENT: dict[str | type[Any], Callable[[Any], Any]] = {
    Dataset: lambda dataset: dataset.digest,
    # Taken apart value by value, a question would cost as much as a small answer.
    exposure.ExposureQuestion: repr,
    # The name too: a reader never sees how another one called the same grid.
    RememberingGrid: lambda people: f"{people.digest} {people.grid.index.name}",
    Dropped: lambda dropped: dropped.digest,
    GridJob: lambda job: (str(job.path), job.kind, None if job.grid is None else job.grid.index.digest),
}


def warm() -> None:
    """Do once, while the first reader's browser still loads, what does not depend on the reader."""
    dataset = base_dataset()
    for language in LANGUAGES:
        translator(language)
    # What the first page would otherwise wait for (the table of emojis that every button's label is searched for is
    # one long pattern to compile); the map's own component must be imported by a page.
    for name in ("streamlit.emojis", "folium.plugins", "geo.export", "geo.downloads"):
        import_module(name)
    # The first element of a page makes streamlit look through all loaded modules once; they are then remembered.
    inspect.stack()
    # The roads' libraries would only slow the first page; they are there before a reader turns to the second.
    time.sleep(_FIRST_PAGE_S)
    road_network(dataset)
    _set_aside()


def _set_aside() -> None:
    """Spare libraries and tables the look for rubbish that streamlit takes after each run of a page.

    They never become any, and the look else takes longer than the page itself.
    """
    gc.collect()
    gc.freeze()


@st.cache_resource(show_spinner=False)
def base_dataset() -> Dataset:
    """Load the bundled tables, with the operator's own folder over them, once for the server."""
    return catalogue.load()


@st.cache_resource(show_spinner=False)
def entries() -> list[CatalogueEntry]:
    """Read the catalogue of the bundled files."""
    return list(catalogue.entries())


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=_BY_CONTENT)
def road_network(dataset: Dataset) -> network.Network:
    """Build the road network of a data set."""
    from geo import network  # noqa: PLC0415 - the first page needs no graphs and draws sooner without them

    return network.build_cached(dataset)


# A dragged radius asks a new question at every step, and few of them again.
@st.cache_resource(show_spinner=False, max_entries=48, hash_funcs=_BY_CONTENT)
def people_near(
    dataset: Dataset,
    question: exposure.ExposureQuestion,
    people: RememberingGrid | None = None,
    own: Dropped | None = None,
) -> exposure.ExposureAnswer:
    """Answer who lives near the places of a question, counted from a grid or from settlement points."""
    return exposure.measure(dataset, question, people, None if own is None else own.places)


@st.cache_resource(show_spinner=False, max_entries=32, hash_funcs=_BY_CONTENT)
def people_extras(  # noqa: PLR0913 - one keyword per thing that is asked for besides
    dataset: Dataset,
    question: exposure.ExposureQuestion,
    people: RememberingGrid | None,
    own: Dropped | None,
    *,
    regions: Dropped | None,
    receptors: tuple[Dropped, ...],
    compare: bool,
    union: bool,
) -> Extras:
    """Answer what is asked beside who lives near: regions, receptors, the second source, the union."""
    from geo import extras  # noqa: PLC0415 - only for a reader who asks

    return extras.gather(
        dataset,
        people_near(dataset, question, people, own),
        people,
        None if own is None else own.places,
        regions=None if regions is None else regions.layer,
        receptors=[one.layer for one in receptors if one.layer is not None],
        settled=people_near(dataset, question, None, own) if compare else None,
        union=union,
    )


@st.cache_resource(show_spinner=False, max_entries=8)
def grid_job(path: str, stamp: tuple[int, int], kind: str | None) -> GridJob:
    """Begin to open a grid; the same version of a file is opened once for all readers."""
    del stamp  # it only tells versions apart
    return GridJob(path, kind)


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=_BY_CONTENT)
def grid_people(dataset: Dataset, job: GridJob) -> RememberingGrid | None:
    """Give the people of an opened grid; None where it was refused."""
    if job.grid is None:
        return None
    _set_aside()
    return RememberingGrid(job.grid, dataset.borders)


@st.cache_resource(show_spinner=False, max_entries=24, hash_funcs=_BY_CONTENT)
def people_shading(
    people: RememberingGrid, box: tuple[float, float, float, float], colours: tuple[str, ...], stripe: str
) -> shading.Shading:
    """Draw where the people of a grid live."""
    from geo import shading  # noqa: PLC0415 - only for a reader who asks

    return shading.shade(people.grid, box, colours, stripe)


@st.cache_resource(show_spinner=False, max_entries=4)
def own_network(roads: OwnRoads) -> network.Network:
    """Open the roads of a network file for one vehicle."""
    from geo import osm  # noqa: PLC0415 - only for a reader who has such a file

    return osm.load_network(roads.path, roads.profile)


@st.cache_resource(show_spinner=False, max_entries=16)
def network_about(roads: OwnRoads) -> tuple[Mapping[str, Any], str]:
    """Tell what a network file was made from, and whose the roads are."""
    from geo import netfile  # noqa: PLC0415 - only for a reader who has such a file

    about = netfile.read(Path(roads.path))[1]
    return about["source"], about["attribution"]


def _roads(dataset: Dataset, roads: OwnRoads | None) -> network.Network:
    return road_network(dataset) if roads is None else own_network(roads)


@st.cache_resource(show_spinner=False, max_entries=256, hash_funcs=_BY_CONTENT)
def route(dataset: Dataset, question: routing.RouteQuestion, roads: OwnRoads | None = None) -> routing.RouteAnswer:
    """Answer which road leads from one place to another."""
    from geo import routing  # noqa: PLC0415 - the first page needs no graphs and draws sooner without them

    return routing.find(dataset, question, _roads(dataset, roads))


@st.cache_resource(show_spinner=False, max_entries=128, hash_funcs=_BY_CONTENT)
def plan(
    dataset: Dataset,
    question: plans.PlanQuestion,
    roads: OwnRoads | None = None,
    people: RememberingGrid | None = None,
) -> plans.PlanAnswer:
    """Answer which roads can be weighed against the best one, and who lives along them."""
    from geo import planning  # noqa: PLC0415 - the first page needs no graphs and draws sooner without them

    return planning.plan(dataset, question, _roads(dataset, roads), people)


@st.cache_resource(show_spinner=False, max_entries=128, hash_funcs=_BY_CONTENT)
def road_layers(  # noqa: PLR0913, PLR0917 - what an answer hangs on
    dataset: Dataset,
    language: Language,
    question: plans.PlanQuestion,
    roads: OwnRoads | None,
    people: RememberingGrid | None,
    shown: str,
) -> tuple[layers.Layer, ...]:
    """Draw the road that is looked at over the other ones, with what stands on it."""
    from geo import road_layers as drawn  # noqa: PLC0415 - the first page needs no roads
    from geo import route_views  # noqa: PLC0415 - as above

    t, answer = translator(language), plan(dataset, question, roads, people)
    route = route_views.pick(answer, shown)
    options = (*answer.alternatives, *(one for one in answer.tradeoff if one.id == shown))
    return (
        drawn.withheld(route),
        drawn.others(options, answer.route, shown, t),
        layers.route(route, t),
        drawn.marks(dataset, _roads(dataset, roads), route, t),
    )


@st.cache_resource(show_spinner=False, max_entries=128, hash_funcs=_BY_CONTENT)
def road_book(  # noqa: PLR0913, PLR0917 - what an answer hangs on
    dataset: Dataset,
    language: Language,
    question: plans.PlanQuestion,
    roads: OwnRoads | None,
    people: RememberingGrid | None,
    shown: str,
) -> pd.DataFrame:
    """List the roads that are driven, in words."""
    from geo import route_views  # noqa: PLC0415 - the first page needs no roads
    from pages._shared import route_book  # noqa: PLC0415 - as above

    answer = route_views.pick(plan(dataset, question, roads, people), shown)
    return route_book.table(translator(language), answer, _roads(dataset, roads))


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=_BY_CONTENT)
def service_area(
    dataset: Dataset, question: service_areas.ServiceAreaQuestion, roads: OwnRoads | None = None
) -> service_areas.ServiceAreaAnswer:
    """Answer what can be reached within some minutes."""
    from geo import service_area  # noqa: PLC0415 - only for a reader who asks

    return service_area.measure(dataset, question, _roads(dataset, roads))


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=_BY_CONTENT)
def corridor(dataset: Dataset, asked: CorridorAsked, people: RememberingGrid | None = None) -> CorridorAnswer:
    """Answer who lives along a line."""
    from geo import corridor  # noqa: PLC0415 - only for a reader who asks

    return corridor.measure(dataset, asked.question(), people)


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=_BY_CONTENT)
def corridor_regions(
    dataset: Dataset, asked: CorridorAsked, regions: Dropped, people: RememberingGrid | None = None
) -> CorridorRegions | None:
    """Answer who lives along a line, by region."""
    from geo import corridor  # noqa: PLC0415 - only for a reader who asks

    return None if regions.layer is None else corridor.measure_regions(dataset, asked.question(), regions.layer, people)


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=_BY_CONTENT)
def corridor_receptors(asked: CorridorAsked, dropped: Dropped) -> pd.DataFrame | None:
    """List the receptors along a line."""
    from geo import receptors  # noqa: PLC0415 - only for a reader who asks

    question = asked.question()
    if dropped.layer is None:
        return None
    return receptors.corridor_receptors(dropped.layer, question.line, question.width_m, question.error_m or 0.0)


@st.cache_resource(show_spinner=False, max_entries=256, hash_funcs=_BY_CONTENT)
def nearest_points(dataset: Dataset, question: nearest.NearestQuestion) -> nearest.NearestAnswer:
    """Answer which points that take a waste are nearest."""
    from geo import nearest  # noqa: PLC0415 - the first page needs no graphs and draws sooner without them

    return nearest.find(dataset, question, road_network(dataset))


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=_BY_CONTENT)
def remote_towns(dataset: Dataset, question: remote.RemoteTownsQuestion) -> remote.RemoteTownsAnswer:
    """Answer which towns lie far from every accepting point."""
    from geo import remote  # noqa: PLC0415 - the first page needs no graphs and draws sooner without them

    return remote.remote_towns(dataset, question, road_network(dataset))


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=_BY_CONTENT)
def records(dataset: Dataset, question: inventory.InventoryQuestion) -> inventory.InventoryAnswer:
    """Answer which records match the filters."""
    return inventory.select(dataset, question)


@st.cache_resource(show_spinner=False, max_entries=32, hash_funcs=_BY_CONTENT)
def labels(dataset: Dataset, language: Language, tables: tuple[str, ...], *, placed_only: bool) -> dict[str, str]:
    """Label the records of some tables in a language."""
    return gazetteer.labels(dataset, translator(language), tables, placed_only=placed_only)


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=_BY_CONTENT)
def layer(dataset: Dataset, language: Language, name: str) -> layers.Layer:
    """Draw one layer of the ground: ``boundaries``, ``settlements`` or ``roads``."""
    t = translator(language)
    if name == "roads":
        return layers.roads(dataset)
    return layers.settlements(dataset, t) if name == "settlements" else layers.boundaries(dataset, t)


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=_BY_CONTENT)
def record_layers(
    dataset: Dataset, language: Language, question: inventory.InventoryQuestion
) -> tuple[layers.Layer, ...]:
    """Draw the records that match the filters: signs, and circles where the position is not published."""
    t = translator(language)
    kinds, evidence = question.site_kinds or None, question.evidence or None
    circled = tuple(name for name in ("sites", "storage") if name in question.tables)
    drawn = [
        layers.error_circles(
            dataset,
            t,
            kinds=kinds,
            evidence=evidence,
            mercury_only=question.mercury_only,
            waste=question.waste,
            tables=circled,
        )
    ]
    if "sites" in question.tables:
        drawn.append(layers.sites(dataset, t, kinds=kinds, evidence=evidence, mercury_only=question.mercury_only))
    if "storage" in question.tables:
        drawn.append(layers.storage(dataset, t, waste=question.waste, evidence=evidence))
    if "collection_points" in question.tables:
        drawn.append(layers.collection_points(dataset, t, waste=question.waste, evidence=evidence))
    return tuple(drawn)


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=_BY_CONTENT)
def exposure_layers(  # noqa: PLR0913 - one keyword per choice of the page
    dataset: Dataset,
    language: Language,
    question: exposure.ExposureQuestion,
    people: RememberingGrid | None = None,
    own: Dropped | None = None,
    *,
    union: bool = False,
    faint: bool = False,
) -> tuple[layers.Layer, ...]:
    """Draw the rings of an answer, or of the union of all places, and the places measured from."""
    t, answer = translator(language), people_near(dataset, question, people, own)
    return layers.exposure(answer, t, union=union, faint=faint), layers.marks(answer, t)


@st.cache_resource(show_spinner=False, max_entries=32, hash_funcs=_BY_CONTENT)
def dropped_layer(dropped: Dropped, language: Language) -> layers.Layer | None:
    """Draw receptors or regions that a reader brought."""
    if dropped.layer is None:
        return None
    return layers.own(dropped.frame(), translator(language), title=dropped.file)


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=_BY_CONTENT)
def country_names(dataset: Dataset, language: Language) -> dict[str, str]:
    """Name the countries of the map in a language."""
    return layers.country_names(dataset, translator(language))


@st.cache_resource(show_spinner=False, max_entries=128, hash_funcs=_BY_CONTENT)
def record(dataset: Dataset, record_id: str) -> inventory.RecordAnswer:
    """Gather what is known of a record."""
    return inventory.describe(dataset, record_id)
