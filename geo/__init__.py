"""Symap's library: mercury sites, who lives near them, which road leads to storage, and how sure each number is.

Every analysis is a question and an answer, both frozen::

    from geo import catalogue, exposure

    dataset = catalogue.load()
    answer = exposure.measure(dataset, exposure.ExposureQuestion(places=("KG-KHD",), radii_m=(5_000,)))
    answer.total.population_min_persons, answer.total.population_max_persons

The rooms a user of the library enters are named in ``__all__``; they are imported at first use, so that
``import geo`` and the command line's help stay quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

__all__ = [
    "catalogue",
    "corrections",
    "downloads",
    "errors",
    "export",
    "exposure",
    "gazetteer",
    "i18n",
    "inventory",
    "nearest",
    "network",
    "places",
    "remote",
    "routing",
    "schema",
]


def __getattr__(name: str) -> ModuleType:
    """Import a room at first use."""
    if name in __all__:
        return import_module(f"geo.{name}")
    raise AttributeError(name)
