"""Fixtures that many tests share."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

# Imported before any law is, so that laws without a number of their own obey it too.
import tests.effort  # noqa: F401
from geo import catalogue

if TYPE_CHECKING:
    from geo.dataset import Dataset


# What thousands of collected tests hold lives as long as the run: looking for garbage in it again and again is a sixth
# of the time.
gc.set_threshold(20_000, 20, 50)


def pytest_collection_finish() -> None:
    """Leave out of every later search for garbage what is there before the first test."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def bundled() -> Dataset:
    """Give the bundled tables as the app loads them; nobody changes them, so one copy serves the session."""
    return catalogue.load()
