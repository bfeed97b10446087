"""The verb ``data``: the list, a fetch with its meter, what it says when it fails, and names in place of files."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from geo import fetching, offers, shelf
from geo.cli_data import Meter
from geo.i18n import translator
from tests.grid_worlds import noisy, north_up, write_grid
from tests.people_worlds import site, village, world
from tests.rude_server import Rude, serve
from tests.shell import as_json, asking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from geo.offers import Offer
    from tests.shell import Run


def _offer(address: str) -> Offer:
    row = {
        "name": "made",
        "kind": "grid",
        "name_en": "A made grid",
        "address": address,
        "address_basis": "composed",
        "page": "https://example.org/page",
        "file": "people.tif",
        "licence": "CC BY 4.0",
        "attribution": "Nobody",
        "vintage": "rolling",
        "checked": date(2026, 11, 22),
        "unverified": True,
    }
    return offers.offer(row)


@pytest.fixture
def rude(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rude]:
    """Offer one grid, served on this machine, and give the reader a folder of his own."""
    monkeypatch.setenv(shelf.DATA_HOME_VARIABLE, str(tmp_path / "home"))
    monkeypatch.setenv("SYMAP_CACHE", str(tmp_path / "cache"))
    content = write_grid(tmp_path / "made.tif", noisy(100, 100), transform=north_up(71.5, 41.5, 0.01)).read_bytes()
    with serve(Rude(content)) as server:
        monkeypatch.setattr(offers, "offers", lambda: (_offer(server.address()),))
        yield server


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Ask a question about two sites; give exit code and both outputs."""
    dataset = world([village("V", 1000.0, persons=500.0)], sites=[site("S", 0.0)])
    return asking(dataset, monkeypatch, capsys)


@pytest.mark.usefixtures("rude")
def test_the_list_says_what_where_and_how_sure(ask: Callable[..., Run]) -> None:
    """Licence, source, size and checksum where known, the address, and that nobody has tried it."""
    code, text, _ = ask("data", "list")
    assert code == 0
    for part in (
        "made",
        "A made grid",
        "CC BY 4.0",
        "Nobody",
        "size not stated",
        "no published checksum",
        "/people.tif",
    ):
        assert part in text
    assert "none is verified" in text
    entry = as_json(ask("data", "list", "--json"))["answer"]["entries"][0]
    assert (entry["here"], entry["unverified"], entry["sha256"], entry["size_bytes"]) == (False, True, None, None)
    assert ask("data", "get", "made")[0] == 0
    assert as_json(ask("data", "list", "--json"))["answer"]["entries"][0]["here"]
    assert "already here" in ask("data", "list")[1]


def test_a_fetched_grid_is_used_by_its_name(ask: Callable[..., Run], rude: Rude, tmp_path: Path) -> None:
    """The same answer as from the file itself."""
    exposure = ("exposure", "--site", "S", "--radius", "5000", "--json", "--population")
    code, _, told = ask(*exposure, "made")
    assert code == 2
    assert "python -m geo data get made" in told
    found = as_json(ask("data", "get", "made", "--json"))["answer"]
    assert (found["state"], found["sha256_basis"]) == ("fetched", "first-copy")
    assert found["file"] == str(fetching.grid_folder() / "people.tif")
    assert len(rude.asked) == 1
    code, text, _ = ask("data", "get", "made")
    assert "unchanged" in text
    assert found["sha256"] in text
    by_name, by_path = (as_json(ask(*exposure, name))["answer"] for name in ("made", str(tmp_path / "made.tif")))
    assert by_name["population_persons"] == by_path["population_persons"] > 0
    assert by_name["population_source"]["file"] == "people.tif"


def test_another_folder(ask: Callable[..., Run], rude: Rude, tmp_path: Path) -> None:
    """``--to`` names it; ``--again`` fetches anew."""
    for further in ((), ("--again",)):
        found = as_json(ask("data", "get", "made", "--to", str(tmp_path / "own"), "--json", *further))["answer"]
        assert found["file"] == str(tmp_path / "own" / "people.tif")
    assert len(rude.asked) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "data list"),
        (("get",), "data list"),
        (("get", "made", "more"), "data list"),
        (("list", "--again"), "data list"),
        (("list", "--to", "x"), "data list"),
        (("fetch", "made"), "data list"),
        (("get", "none"), "made"),
    ],
)
@pytest.mark.usefixtures("rude")
def test_what_is_not_understood_is_one_line(ask: Callable[..., Run], words: tuple[str, ...], said: str) -> None:
    """It names what can be asked."""
    code, out, err = ask("data", *words)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_failures_are_one_line(ask: Callable[..., Run], rude: Rude) -> None:
    """With the address, and where to put the file by hand."""
    rude.statuses = [404]
    code, out, err = ask("data", "get", "made")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert rude.address() in err
    assert str(fetching.grid_folder() / "people.tif") in err


class _Terminal(io.StringIO):
    """A terminal that keeps what it shows."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_the_meter_is_drawn_on_a_terminal_only(
    ask: Callable[..., Run], rude: Rude, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes and part; nothing of it where the output is kept in a file."""
    rude.content += bytes(300)
    assert "\r" not in ask("data", "get", "made")[2]
    terminal = _Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    assert ask("data", "get", "made", "--again")[0] == 0
    assert "fetching" in terminal.getvalue()
    assert "checking the file" in terminal.getvalue()
    assert terminal.getvalue().endswith("\n")


def test_the_meter_counts() -> None:
    """Half of 10 MB in two seconds: 2.5 MB a second, two seconds left; a few lines a second at most."""
    now = iter(np.cumsum([0.0, 2.0, 0.05, 1.95]).tolist())
    terminal = _Terminal()
    meter = Meter(terminal, translator("en"), clock=lambda: float(next(now)))
    for done in (0, 5_000_000, 5_100_000, 10_000_000):
        meter("fetch", done, 10_000_000)
    meter.end()
    lines = terminal.getvalue().rstrip("\n").split("\r")[1:]
    assert len(lines) == 3
    assert lines[0].startswith("[........................] fetching")
    assert "5.0 / 10 MB, 2.5 MB/s, 0:02 left" in lines[1]
    assert lines[1].startswith("[############............]")
    assert lines[2].startswith("[########################]")
    unknown = _Terminal()
    clock = iter([0.0, 1.0])
    meter = Meter(unknown, translator("en"), clock=lambda: next(clock))
    meter("fetch", 0, None)
    meter("fetch", 4_000_000, None)
    assert "left" not in unknown.getvalue()
    assert "4.0 MB" in unknown.getvalue()
