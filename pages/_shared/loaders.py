"""Every cached call of the app: tables once for the server, answers once for a question and its tables."""

from __future__ import annotations

import inspect
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from geo import catalogue, exposure, gazetteer, inventory, layers
from geo.dataset import Dataset
from geo.i18n import LANGUAGES, Language, translator

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo import nearest, network, remote, routing
    from geo.catalogue import CatalogueEntry

_FIRST_PAGE_S: Final = 5.0
# Answers are frozen and nobody changes their frames, so one object serves all sessions.
_BY_CONTENT: dict[str | type[Any], Callable[[Any], Any]] = {Dataset: lambda dataset: dataset.digest}


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


@st.cache_resource(show_spinner=False, max_entries=256, hash_funcs=_BY_CONTENT)
def people_near(dataset: Dataset, question: exposure.ExposureQuestion) -> exposure.ExposureAnswer:
    """Answer who lives near the places of a question."""
    return exposure.measure(dataset, question)


@st.cache_resource(show_spinner=False, max_entries=256, hash_funcs=_BY_CONTENT)
def route(dataset: Dataset, question: routing.RouteQuestion) -> routing.RouteAnswer:
    """Answer which road leads from one place to another."""
    from geo import routing  # noqa: PLC0415 - the first page needs no graphs and draws sooner without them

    return routing.find(dataset, question, road_network(dataset))


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


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=_BY_CONTENT)
def exposure_layers(
    dataset: Dataset, language: Language, question: exposure.ExposureQuestion
) -> tuple[layers.Layer, ...]:
    """Draw the rings of an answer and the places measured from."""
    t, answer = translator(language), people_near(dataset, question)
    return layers.rings(answer, t), layers.places(answer.places, t)


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=_BY_CONTENT)
def country_names(dataset: Dataset, language: Language) -> dict[str, str]:
    """Name the countries of the map in a language."""
    return layers.country_names(dataset, translator(language))


@st.cache_resource(show_spinner=False, max_entries=128, hash_funcs=_BY_CONTENT)
def record(dataset: Dataset, record_id: str) -> inventory.RecordAnswer:
    """Gather what is known of a record."""
    return inventory.describe(dataset, record_id)
