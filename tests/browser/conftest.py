"""Real servers and a real Chromium whose network ends at this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Frame, Page, Request

ROOT = Path(__file__).parent.parent.parent
HARNESS = Path(__file__).parent / "harness" / "app.py"
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# No name but this machine's is found: routing every request through the tests instead would switch the cache off.
FLAGS += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"]
START_S = 60
DRAW_MS = 45_000
REST_MS = 200
#: True once no run is under way and nothing of the page has changed for some milliseconds.
AT_REST = """(quiet_ms) => {
  const app = document.querySelector("[data-testid=stApp]");
  if (!window.symapRest) {
    window.symapRest = { since: performance.now() };
    const options = { subtree: true, childList: true, characterData: true, attributes: true };
    new MutationObserver(() => { window.symapRest.since = performance.now(); }).observe(
      document.body, { ...options, attributeFilter: ["data-test-script-state", "data-stale"] });
  }
  if (!app || app.dataset.testScriptState !== "notRunning") window.symapRest.since = performance.now();
  return performance.now() - window.symapRest.since >= quiet_ms;
}"""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all browser tests and keep them in one worker, with one server; without a Chromium skip them and say so."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
            if not Path(CHROMIUM).exists() and os.environ.get("CI", "").lower() not in {"1", "true"}:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine: install Debian's chromium"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - the address is this machine's
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@contextmanager
def serve(script: Path, *, base_path: str = "", **environment: str) -> Iterator[str]:
    """Run a server of its own on a free port of this machine, and give its address."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}" + (f"/{base_path}" if base_path else "")
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1", "--server.headless", "true", "--server.baseUrlPath", base_path]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=log, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + START_S
            while not _answers(f"{url}/healthz"):
                if server.poll() is not None or time.monotonic() > deadline:
                    log.seek(0)
                    pytest.fail(f"the server did not start:\n{log.read().decode(errors='replace')}")
                time.sleep(0.1)
            yield url
        finally:
            server.terminate()
            server.wait(timeout=20)


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    """Run the app as a newcomer does."""
    with serve(ROOT / "app.py") as url:
        yield url


@pytest.fixture(scope="session")
def harness_url() -> Iterator[str]:
    """Run the test page of the map, under a base path as behind a proxy, with tiles that nobody serves."""
    with serve(HARNESS, base_path="symap", SYMAP_TILES_URL="http://127.0.0.1:1/{z}/{x}/{y}.png") as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium once."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """One reader's browser: what it asked for beyond the server, and what went wrong in it."""

    context: BrowserContext
    host: str
    foreign: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def watch(self, request: Request) -> None:
        """Note what is asked of anybody but the server; the browser finds nobody else."""
        parts = urlsplit(request.url)
        if parts.netloc != self.host and parts.scheme not in {"data", "blob"}:
            self.foreign.append(request.url)

    def hear(self, message: ConsoleMessage) -> None:
        """Keep errors of scripts; a file that is not there is the server's affair."""
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(message.text)


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., tuple[Page, Visit]]]:
    """Give a function that opens an address; afterwards nothing foreign may have been asked for."""
    opened: list[Visit] = []

    def open_address(url: str, *, width: int = 1280, height: int = 900, **options: Any) -> tuple[Page, Visit]:
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        one = Visit(context, urlsplit(url).netloc)
        opened.append(one)
        context.on("request", one.watch)
        page = context.new_page()
        page.on("console", one.hear)
        page.on("pageerror", lambda error: one.faults.append(str(error)))
        page.on("dialog", lambda dialog: (one.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.goto(url)
        return page, one

    yield open_address
    for one in opened:
        one.context.close()
    assert [url for one in opened for url in one.foreign] == []
    assert [fault for one in opened for fault in one.faults] == []


def map_frame(page: Page) -> Frame:
    """Wait until the page's map has drawn its features, and give the frame that it lives in."""
    page.frame_locator("iframe[title*=st_folium]").locator("[data-symap-features]").wait_for(timeout=DRAW_MS)
    return next(frame for frame in page.frames if "st_folium" in frame.url)


def settled(page: Page) -> None:
    """Wait until the server has sent all of its last run and the page rests; however slow the machine is."""
    page.wait_for_function(AT_REST, arg=REST_MS, polling=50, timeout=DRAW_MS)
