"""Fixtures that many tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from geo import catalogue

if TYPE_CHECKING:
    from geo.dataset import Dataset


@pytest.fixture(scope="session")
def bundled() -> Dataset:
    """Give the bundled tables as the app loads them; nobody changes them, so one copy serves the session."""
    return catalogue.load()
