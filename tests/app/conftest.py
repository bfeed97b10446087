"""A page of the app run without a browser: what it says is read, what it would draw is caught."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent.parent
PAGES = ("overview", "exposure", "routes", "nearest", "sources")
TIMEOUT_S = 60


@dataclass
class Drawn:
    """Payloads that the pages of one test handed to the map, newest last."""

    payloads: list[dict[str, Any]] = field(default_factory=list)

    def styles(self) -> set[str]:
        """Name the styles of the newest map's features."""
        return {feature["s"] for layer in self.payloads[-1]["layers"] for feature in layer["features"]}


@pytest.fixture(scope="session", autouse=True)
def packages_looked_through_once() -> Iterator[None]:
    """Let streamlit look through the installed packages for components once, not anew in every session of a test."""
    with pytest.MonkeyPatch.context() as patch:
        found = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", found)
        yield


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    """Catch what goes to the browser instead of sending it, and click nothing."""
    caught = Drawn()

    def catch(_base: object, *, feature_group_to_add: Any, **_options: object) -> None:
        overlay = next(iter(feature_group_to_add._children.values()))
        caught.payloads.append(json.loads(overlay.payload))

    monkeypatch.setattr("pages._shared.mapview.st_folium", catch)
    return caught


@pytest.fixture
def open_page(drawn: Drawn) -> Callable[..., AppTest]:  # noqa: ARG001 - the map is caught for every page
    """Give a function that opens a page in a language with some values already chosen."""

    def open_in(page: str, language: str, **chosen: object) -> AppTest:
        app = AppTest.from_file(ROOT / "pages" / "shell.py", default_timeout=TIMEOUT_S)
        app.session_state["language"] = language
        for key, value in chosen.items():
            app.session_state[key.replace("__", ".")] = value
        app.run()
        if page != "overview":
            app.switch_page(f"{page}.py")
            app.run()
        return app

    return open_in


def words(app: AppTest) -> str:
    """Give everything that a page says, markup taken out."""
    parts: list[str] = []
    for element in app.main:
        _collect(element, parts)
    for element in app.sidebar:
        _collect(element, parts)
    return re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", " ", "\n".join(parts), flags=re.DOTALL))


def _collect(element: Any, parts: list[str]) -> None:
    for name in ("value", "label", "body", "options", "placeholder", "help"):
        try:
            value = getattr(element, name, None)
        except Exception:  # noqa: BLE001, S112 - an element without that field says nothing in it
            continue
        if isinstance(value, str):
            parts.append(value)
        elif isinstance(value, (list, tuple)):
            parts += [part for part in value if isinstance(part, str)]
    proto = getattr(element, "proto", None)
    if proto is not None:
        parts.append(str(getattr(proto, "body", "")))
