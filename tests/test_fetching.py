"""Fetching against a server that drops, truncates, corrupts and lies: in the end the file is whole or it is not there."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import socket
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np
import pytest

from geo import fetching, offers, sentences, shelf, transfers
from geo.errors import QuestionError
from geo.fetching import FetchError
from geo.i18n import LANGUAGES, translator
from tests.grid_worlds import write_grid
from tests.rude_server import Rude, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geo.offers import Offer


@pytest.fixture
def grid(tmp_path: Path) -> bytes:
    """Give a small grid of people as a file's bytes: too large to come in one piece."""
    file = write_grid(tmp_path / "made.tif", np.random.default_rng(1).gamma(0.3, 20.0, (400, 500)))
    return file.read_bytes()


@pytest.fixture
def rude(grid: bytes) -> Iterator[Rude]:
    """Serve the grid on this machine."""
    with serve(Rude(grid)) as server:
        yield server


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the reader a folder of his own."""
    monkeypatch.setenv(shelf.DATA_HOME_VARIABLE, str(tmp_path / "home"))
    return tmp_path / "home"


def _offer(address: str, **more: Any) -> Offer:
    row = {
        "name": "made",
        "kind": "grid",
        "name_en": "A made grid",
        "address": address,
        "address_basis": "quoted",
        "page": "https://example.org/page",
        "file": "people.tif",
        "licence": "CC BY 4.0",
        "attribution": "Nobody",
        "vintage": "2020",
        "checked": date(2026, 11, 22),
        "unverified": True,
    }
    return offers.offer(row | more)


@pytest.fixture
def get(rude: Rude, home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., fetching.Fetched]:
    """Offer the served grid, and fetch it without waiting."""
    del home

    def fetch(path: str = "people.tif", *, again: bool = False, folder: Path | None = None, **more: Any) -> Any:
        monkeypatch.setattr(offers, "offers", lambda: (_offer(rude.address(path), **more),))
        waits: list[float] = []
        found = fetching.get("made", folder=folder, again=again, pause=waits.append)
        assert len(waits) <= 50
        return found

    return fetch


def _nothing_lies_there(home: Path) -> None:
    assert list((home / "grids").glob("*.tif")) == []
    assert fetching.fetched_grids() == ()


def test_a_file_is_fetched_checked_and_kept(get: Callable[..., Any], rude: Rude, grid: bytes, home: Path) -> None:
    """It lies in the folder of grids with its record; a second time nothing is asked of anybody."""
    found = get()
    assert (found.state, found.path) == ("fetched", home / "grids" / "people.tif")
    assert found.path.read_bytes() == grid
    assert found.record.sha256 == hashlib.sha256(grid).hexdigest()
    assert fetching.fetched_grids() == (found.path,)
    assert fetching.grid_folder() == home / "grids"
    asked = len(rude.asked)
    assert get().state == "already"
    assert len(rude.asked) == asked
    assert [path.name for path in (home / "grids" / ".incoming").iterdir()] == ["people.tif.lock"]


def test_a_cut_line_is_taken_up_where_it_broke(get: Callable[..., Any], rude: Rude, grid: bytes) -> None:
    """Each attempt asks for the rest only."""
    rude.drops = [300_000, 300_000, None]
    assert get().path.read_bytes() == grid
    assert rude.asked[0] is None
    starts = [int(str(asked).removeprefix("bytes=").removesuffix("-")) for asked in rude.asked[1:]]
    assert starts == sorted(starts)
    assert starts[0] > 0


def test_the_next_command_goes_on_from_there(get: Callable[..., Any], rude: Rude, grid: bytes, home: Path) -> None:
    """What has come stays when all attempts have failed; the next command asks for the rest."""
    rude.drops = [300_000, 0, 0, 0, 0, 0, 0]
    with pytest.raises(FetchError, match="fetch-cut"):
        get()
    _nothing_lies_there(home)
    rude.drops = []
    assert get().path.read_bytes() == grid
    assert rude.asked[-1] is not None


def test_a_file_that_changed_in_between_is_fetched_whole(get: Callable[..., Any], rude: Rude, grid: bytes) -> None:
    """The beginning of another edition is not glued to the end of this one."""
    rude.content = bytes(len(grid))
    rude.drops = [300_000, 0, 0, 0, 0, 0, 0]
    with pytest.raises(FetchError, match="fetch-cut"):
        get()
    rude.content, rude.etag, rude.drops = grid, '"two"', []
    assert get().path.read_bytes() == grid


@pytest.mark.parametrize(
    "habit", [{"honours_range": False}, {"etag": None}, {"etag": 'W/"weak"'}, {"content_range": "bytes 7-9/10"}]
)
def test_a_server_that_gives_no_pieces(get: Callable[..., Any], rude: Rude, grid: bytes, habit: dict[str, Any]) -> None:
    """Then the whole is fetched again; a piece other than the one asked for is refused."""
    for name, value in habit.items():
        setattr(rude, name, value)
    rude.drops = [300_000]
    if "content_range" in habit:
        with pytest.raises(FetchError, match="fetch-answer"):
            get()
    else:
        assert get().path.read_bytes() == grid
        assert rude.asked[-1] is None or habit == {"honours_range": False}


def test_a_file_that_is_all_there_already(get: Callable[..., Any], rude: Rude, grid: bytes, home: Path) -> None:
    """The last piece had come, only the end was not noticed: the server says there is nothing beyond."""
    incoming = home / "grids" / ".incoming"
    incoming.mkdir(parents=True)
    (incoming / "people.tif.part").write_bytes(grid)
    note = {"address": rude.address(), "etag": '"one"', "modified": None}
    (incoming / "people.tif.part.json").write_text(json.dumps(note), encoding="utf-8")
    assert get().path.read_bytes() == grid
    (incoming / "people.tif.part").write_bytes(grid + b"more")
    (incoming / "people.tif.part.json").write_text(json.dumps(note), encoding="utf-8")
    assert get(again=True).path.read_bytes() == grid


def test_lies_about_the_length(get: Callable[..., Any], rude: Rude, grid: bytes, home: Path) -> None:
    """Too long is a cut line; too short is a damaged grid; neither leaves a file behind."""
    rude.length = len(grid) // 2
    with pytest.raises(FetchError, match="fetch-broken"):
        get()
    _nothing_lies_there(home)
    rude.length, rude.honours_range = len(grid) + 1000, False
    with pytest.raises(FetchError, match="fetch-cut"):
        get()
    _nothing_lies_there(home)
    rude.length = -1
    assert get().path.read_bytes() == grid


def test_without_a_length_a_cut_file_is_found_damaged(get: Callable[..., Any], rude: Rude, grid: bytes) -> None:
    """The end of the line looks like the end of the file; reading it through tells."""
    rude.content, rude.length = grid[: len(grid) // 2], -1
    with pytest.raises(FetchError, match="fetch-broken"):
        get()


def test_corruption_is_found(get: Callable[..., Any], rude: Rude, grid: bytes, home: Path) -> None:
    """By the publisher's checksum, by the first copy's, and by reading: a page of words is no grid."""
    rude.content = grid[:-9] + b"corrupted"
    with pytest.raises(FetchError, match="fetch-checksum"):
        get(sha256=hashlib.sha256(grid).hexdigest())
    _nothing_lies_there(home)
    rude.content = b"<html>Please sign in</html>"
    with pytest.raises(FetchError, match="fetch-broken"):
        get()
    rude.content = grid
    assert get(sha256=hashlib.sha256(grid).hexdigest()).state == "fetched"


def test_another_edition_is_not_taken_silently(
    get: Callable[..., Any], rude: Rude, grid: bytes, tmp_path: Path
) -> None:
    """The checksum of the first copy holds until the reader accepts another."""
    first = get()
    first.path.unlink()
    rude.content = write_grid(tmp_path / "new.tif", np.ones((40, 50))).read_bytes()
    with pytest.raises(FetchError, match="fetch-changed"):
        get()
    assert get(again=True).record.sha256 == hashlib.sha256(rude.content).hexdigest()
    first.path.write_bytes(grid)
    with pytest.raises(FetchError, match="fetch-altered"):
        get()


@pytest.mark.parametrize(
    ("refusal", "asked"),
    [
        (([404], "fetch-not-found"), 1),
        (([403], "fetch-not-found"), 1),
        (([418], "fetch-answer"), 1),
        (([500] * 9, "fetch-busy"), 5),
    ],
)
def test_refusals(get: Callable[..., Any], rude: Rude, home: Path, refusal: tuple[list[int], str], asked: int) -> None:
    """What may pass is tried again, what will not is told at once."""
    rude.statuses, code = refusal
    with pytest.raises(FetchError, match=code):
        get()
    assert len(rude.asked) == asked
    _nothing_lies_there(home)


def test_a_busy_server_is_waited_for(rude: Rude, grid: bytes, tmp_path: Path) -> None:
    """As long as it asks for, or twice as long each time; never a minute."""
    waits: list[float] = []
    rude.statuses, rude.retry_after = [503, 429], "7"
    transfers.fetch(rude.address(), tmp_path / "a.tif", pause=waits.append)
    assert waits == [7.0, 7.0]
    rude.statuses, rude.retry_after = [503, 500, 503], "Wed, 21 Oct 2026 07:28:00 GMT"
    transfers.fetch(rude.address(), tmp_path / "b.tif", pause=waits.append)
    assert waits[2:] == [1.0, 2.0, 4.0]
    rude.statuses, rude.retry_after = [503], "86400"
    transfers.fetch(rude.address(), tmp_path / "c.tif", pause=waits.append)
    assert waits[5:] == [60.0]
    assert (tmp_path / "c.tif").read_bytes() == grid


def test_redirections(get: Callable[..., Any], grid: bytes) -> None:
    """A few are followed; circles, long ways and ways off to where nothing is encrypted are not."""
    assert get("to/people.tif").path.read_bytes() == grid
    for path, code in (
        ("circle", "fetch-redirects"),
        ("far/1", "fetch-redirects"),
        ("to/http://example.org/people.tif", "fetch-scheme"),
        ("to/file:///etc/passwd", "fetch-answer"),
        ("to/ftp://127.0.0.1/people.tif", "fetch-scheme"),
    ):
        with pytest.raises(FetchError, match=code):
            get(path, again=True)


@pytest.mark.parametrize(
    "address", ["http://example.org/a.tif", "ftp://127.0.0.1/a", "file:///etc/passwd", "https:///a", "a.tif", ""]
)
def test_addresses_that_are_never_asked(address: str, tmp_path: Path) -> None:
    """Only encrypted ones, and those on this machine."""
    with pytest.raises(FetchError, match="fetch-scheme"):
        transfers.fetch(address, tmp_path / "a.tif")


def test_without_a_network_it_says_what_to_do_by_hand(home: Path, monkeypatch: pytest.MonkeyPatch, grid: bytes) -> None:
    """The address, and where to put the file; put there, it is checked and used."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/people.tif"
    monkeypatch.setattr(offers, "offers", lambda: (_offer(address),))
    with pytest.raises(FetchError, match="fetch-offline") as told:
        fetching.get("made", pause=lambda _: None)
    for language in LANGUAGES:
        sentence = sentences.error(translator(language), told.value)
        assert address in sentence
        assert str(home / "grids" / "people.tif") in sentence
    (home / "grids" / "people.tif").write_bytes(grid)
    assert fetching.get("made").state == "by-hand"
    assert fetching.get("made").state == "already"


def test_a_name_that_nobody_knows_is_offline(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """No server of that name can be found: no use in trying again."""
    del home

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setattr(offers, "offers", lambda: (_offer("https://example.invalid/a.tif"),))
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(FetchError, match="fetch-offline"):
        fetching.get("made", pause=pytest.fail)


def _zipped(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def test_one_member_of_an_archive_is_kept(get: Callable[..., Any], rude: Rude, grid: bytes, home: Path) -> None:
    """Whatever else lies in it, and wherever it says it belongs."""
    rude.content = _zipped(("read.me", b"hello"), ("../../deep/people.tif", grid))
    found = get("tile.zip")
    assert found.path == home / "grids" / "people.tif"
    assert found.path.read_bytes() == grid
    assert sorted(path.name for path in (home / "grids").iterdir()) == [
        ".incoming",
        "people.tif",
        "people.tif.symap.json",
    ]
    for content, code in (
        (_zipped(("other.tif", grid)), "fetch-member"),
        (_zipped(("a/people.tif", grid), ("b/people.tif", grid)), "fetch-member"),
        (b"PK\x03\x04 no archive", "fetch-broken"),
        (rude.content[: len(rude.content) - 2000], "fetch-broken"),
    ):
        rude.content = content
        with pytest.raises(FetchError, match=code):
            get("tile.zip", again=True)
        assert found.path.read_bytes() == grid


def test_an_archive_put_there_by_hand_is_unpacked(get: Callable[..., Any], rude: Rude, grid: bytes, home: Path) -> None:
    """Nothing is asked of the server."""
    (home / "grids").mkdir(parents=True)
    (home / "grids" / "tile.zip").write_bytes(_zipped(("people.tif", grid)))
    found = get("tile.zip")
    assert (found.state, found.path.read_bytes(), rude.asked) == ("by-hand", grid, [])


def test_a_layer_is_read_through(get: Callable[..., Any], rude: Rude, home: Path) -> None:
    """Every layer of an archive must open."""
    point = {"type": "Feature", "properties": {"id": "1"}, "geometry": {"type": "Point", "coordinates": [71, 40]}}
    layer = json.dumps({"type": "FeatureCollection", "features": [point]}).encode()
    rude.content = _zipped(("a.geojson", layer), ("b.geojson", layer))
    found = get("places.zip", kind="receptors", file="places.zip")
    assert found.path == home / "layers" / "places.zip"
    rude.content = _zipped(("a.geojson", layer), ("b.geojson", b"{}"))
    with pytest.raises(FetchError, match="fetch-broken"):
        get("places.zip", kind="receptors", file="places.zip", again=True)


def test_the_disk_is_looked_at_first(get: Callable[..., Any], home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file for which there is no room is not begun."""
    usage = shutil.disk_usage(home.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    with pytest.raises(FetchError, match="fetch-no-space") as told:
        get()
    assert told.value.params["free_mb"] == "0"
    _nothing_lies_there(home)


def test_an_answer_without_an_end_is_ended(
    get: Callable[..., Any], rude: Rude, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the limit, announced or not, nothing is taken."""
    monkeypatch.setattr(transfers, "MAX_BYTES", 100_000)
    for length in (None, -1):
        rude.length = length
        with pytest.raises(FetchError, match="fetch-too-large"):
            get()
    _nothing_lies_there(home)


def test_packed_answers_are_refused(get: Callable[..., Any], rude: Rude) -> None:
    """Nothing was said of accepting them, and pieces of them cannot be joined."""
    rude.headers = {"Content-Encoding": "gzip"}
    with pytest.raises(FetchError, match="fetch-answer"):
        get()


def test_two_at_once(get: Callable[..., Any], home: Path) -> None:
    """The second is told; once the first has ended, it may."""
    (home / "grids" / ".incoming").mkdir(parents=True)
    with shelf.locked(home / "grids" / ".incoming" / "people.tif"), pytest.raises(QuestionError, match="fetch-locked"):
        get()
    assert get().state == "fetched"


def test_a_folder_that_cannot_be_written(get: Callable[..., Any], tmp_path: Path) -> None:
    """The folder is a file: one typed error."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FetchError, match="fetch-unwritable"):
        get(folder=tmp_path / "file")
    assert get(folder=tmp_path / "own").path == tmp_path / "own" / "people.tif"


def test_progress_is_told(rude: Rude, grid: bytes, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fetching from nothing to all, then the check."""
    del home
    monkeypatch.setattr(offers, "offers", lambda: (_offer(rude.address()),))
    told: list[tuple[str, int, int | None]] = []
    fetching.get("made", progress=lambda *step: told.append(step))
    fetched = [done for step, done, _ in told if step == "fetch"]
    assert (fetched[0], fetched[-1]) == (0, len(grid))
    assert fetched == sorted(fetched)
    assert {total for step, _, total in told if step == "fetch"} == {len(grid)}
    assert [step for step, _, _ in told][-1] == "check"


def test_names_stand_for_files(get: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path is itself; an offer is its file once it has been fetched; a grid in the folder goes by its name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(offers, "offers", lambda: (_offer("https://example.org/people.tif"),))
    with pytest.raises(QuestionError, match="fetch-not-there"):
        fetching.locate("made")
    path = get().path
    assert fetching.locate("made") == str(path)
    assert fetching.locate("made#layer") == f"{path}#layer"
    assert fetching.locate("people.tif") == str(path)
    Path("people.tif").write_bytes(b"")
    assert fetching.locate("people.tif") == "people.tif"
    assert fetching.locate("none.tif") == "none.tif"


@pytest.mark.parametrize(
    ("platform", "variable", "ending"),
    [("linux", "XDG_DATA_HOME", "symap"), ("win32", "LOCALAPPDATA", "data"), ("darwin", None, "symap")],
)
def test_the_folder_follows_the_platform(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, variable: str | None, ending: str
) -> None:
    """Unless the reader names one."""
    monkeypatch.delenv(shelf.DATA_HOME_VARIABLE, raising=False)
    monkeypatch.setattr("sys.platform", platform)
    if variable:
        monkeypatch.setenv(variable, str(tmp_path))
    home = shelf.data_home()
    assert home.name == ending
    assert not variable or tmp_path in home.parents
    monkeypatch.setenv(shelf.DATA_HOME_VARIABLE, "own")
    assert shelf.data_home() == Path("own")


@pytest.mark.parametrize(
    ("platform", "variable", "told"),
    [
        ("linux", "XDG_CACHE_HOME", "symap"),
        ("linux", None, ".cache/symap"),
        ("win32", "LOCALAPPDATA", "symap/cache"),
        ("darwin", None, "Library/Caches/symap"),
    ],
)
def test_what_can_be_made_again_lies_where_the_platform_looks_for_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, variable: str | None, told: str
) -> None:
    """Not beside what was fetched, which nobody wants to fetch twice; a folder that is named goes before."""
    for name in ("SYMAP_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable or "HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", platform)
    assert shelf.cache_home() == tmp_path / told
    monkeypatch.setenv("SYMAP_CACHE", "own")
    assert shelf.cache_home() == Path("own")


def test_every_offer_says_what_it_is() -> None:
    """Names once each, all languages, encrypted addresses, plain file names, no invented size or checksum."""
    found = offers.offers()
    assert len({offer.name for offer in found}) == len({offer.file for offer in found}) == len(found)
    for offer in found:
        assert set(offer.names) == set(LANGUAGES)
        assert offer.kind in offers.KINDS
        assert offer.address_basis in offers.ADDRESS_BASES
        transfers.check_scheme(offer.address)
        assert urlsplit(offer.page).scheme == "https"
        assert Path(offer.file).name == offer.file
        assert os.sep not in offer.name
        assert offer.licence
        assert offer.attribution
        assert offer.vintage
        assert offer.unverified
        assert offer.sha256 is None
        assert (offer.kind == "grid") == offer.file.endswith(".tif")
    assert {offer.name for offer in found if offer.size_bytes} == {"cod-ab-kgz"}
    assert {"worldpop-kgz-2020", "worldpop-uzb-2020", "worldpop-tjk-2020", "hotosm-kgz-health"} <= {
        o.name for o in found
    }
    with pytest.raises(QuestionError, match="fetch-unknown"):
        offers.find("none")
    assert replace(found[0], address="https://example.org/a.zip").archive == "a.zip"
