"""The house keeps its shape: thin pages without words of their own, short modules, a fixed top level."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "pages").glob("*.py"))
MODULES = sorted([*(ROOT / "geo").glob("*.py"), *(ROOT / "pages" / "_shared").glob("*.py")])
TOP_LEVEL = {"app.py", "pages", "geo", "data", "pyproject.toml", "tests", "README.md", "LICENSE", "CHANGELOG.md"}
#: Methods with which a page would do a module's work.
DATA_WORK = {
    "merge",
    "groupby",
    "buffer",
    "to_crs",
    "query",
    "sjoin",
    "overlay",
    "dissolve",
    "clip",
    "apply",
    "iterrows",
}


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_page_is_thin(page: Path) -> None:
    """A page reads widgets, builds a question and shows the answer."""
    assert len(page.read_text(encoding="utf-8").splitlines()) <= 80


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_page_has_no_words_of_its_own(page: Path) -> None:
    """Every text a reader sees comes from the catalogues: literals with a space or an upper-case letter are words."""
    tree = _tree(page)
    docstring = tree.body[0].value if isinstance(tree.body[0], ast.Expr) else None
    words = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node is not docstring
        and (" " in node.value or node.value != node.value.lower())
    ]
    assert words == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_page_computes_nothing(page: Path) -> None:
    """No arithmetic, no comparison of numbers, no work on tables: these belong to the library."""
    tree = _tree(page)
    arithmetic = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.BinOp)]
    thresholds = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and any(isinstance(op, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)) for op in node.ops)
    ]
    calls = [
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in DATA_WORK
    ]
    assert (arithmetic, thresholds, calls) == ([], [], [])


@pytest.mark.parametrize("module", MODULES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_module_is_short(module: Path) -> None:
    """A module of more than 400 lines owns more than one noun."""
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 400


def test_only_the_map_view_touches_folium() -> None:
    """Everything on its way to the map passes one room."""
    users = {
        path.name
        for path in [*MODULES, *PAGES, ROOT / "app.py"]
        for node in ast.walk(_tree(path))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        and any(
            "folium" in name for name in [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
        )
    }
    assert users <= {"mapview.py", "maplayer.py"}


def test_the_server_file_is_short() -> None:
    """The server is the pages and a few routes."""
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) < 60


def test_the_top_level_holds_what_was_agreed() -> None:
    """Beside the agreed names only dotfiles stand at the top."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    tops = {line.split("/")[0] for line in listed}
    assert {name for name in tops if not name.startswith(".")} <= TOP_LEVEL


def test_every_cached_call_stands_in_the_loaders() -> None:
    """Caches in one place can be reasoned about: nothing of one reader's leaks to another."""
    users = {path.name for path in [*MODULES, *PAGES] if "st.cache_" in path.read_text(encoding="utf-8")}
    assert users == {"loaders.py"}


def test_no_page_shows_raw_html_of_a_record() -> None:
    """Markdown's raw HTML switch is never used: text goes through the sanitiser."""
    for path in [*MODULES, *PAGES]:
        assert "unsafe_allow_html" not in path.read_text(encoding="utf-8"), path
