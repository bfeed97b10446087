"""How many questions a second the server answers: ``python tests/benchmarks/api.py [SCRIPT]``.

The whole app (``app.py``, or another server script), 16 clients that keep their connections, each asking for the
nearest point from one village after another. Two rounds: the server idle otherwise; and while one reader's page
reruns every second in a real browser. Questions repeat as they do in use: the first round over all villages is
shown apart, since there every answer has to be worked out.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    import subprocess

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from geo import catalogue  # noqa: E402 - the folder of the project has to be known first
from tests.benchmarks.app import _free_port, _start, _wait_for_server  # noqa: E402 - as above

CLIENTS = 16
SECONDS = 6.0


async def _client(port: int, paths: list[str], until: float, times_ms: list[float], faults: list[str]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    row = 0
    while time.perf_counter() < until and row < len(paths):
        started = time.perf_counter()
        writer.write(f"GET {paths[row]} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(length)
        times_ms.append(1000 * (time.perf_counter() - started))
        if b" 200 " not in head[:20]:
            faults.append(head[:20].decode())
        row += 1
    writer.close()


def load(port: int, paths: list[str], seconds: float) -> tuple[float, list[float], list[str]]:
    """Ask with all clients at once; give answers a second, their times, and what was not answered."""
    times_ms: list[float] = []
    faults: list[str] = []
    started = time.perf_counter()

    async def run() -> None:
        until = started + seconds
        shares = [paths[client::CLIENTS] for client in range(CLIENTS)]
        await asyncio.gather(*(_client(port, share, until, times_ms, faults) for share in shares))

    asyncio.run(run())
    return len(times_ms) / (time.perf_counter() - started), times_ms, faults


def _told(name: str, found: tuple[float, list[float], list[str]], target: str) -> None:
    rate, times_ms, faults = found
    p99 = statistics.quantiles(times_ms, n=100)[-1]
    print(
        f"{name:34s} {rate:7.0f} answers/s  median {statistics.median(times_ms):6.1f} ms  p99 {p99:6.1f} ms  "
        f"not answered {len(faults)}  (target {target})"
    )


def _rerunning(port: int, stop: threading.Event, ready: threading.Event) -> None:
    """Keep one reader's page rerunning: another waste every second."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/nearest")
        buttons = page.locator("[data-testid=stButtonGroup] button")
        buttons.nth(1).wait_for(timeout=60_000)
        row = 0
        while not stop.is_set():
            buttons.nth(row % 5).click(timeout=20_000)
            ready.set()
            row += 1
            stop.wait(1.0)
        browser.close()


def main() -> None:
    """Print every figure beside its target."""
    script = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "app.py"
    villages = catalogue.load().settlements["id"].tolist()
    paths = [f"/api/nearest?at={place}&waste=lamps&lang=ru" for place in villages]
    port = _free_port()
    server: subprocess.Popen[bytes] = _start(script, port)
    try:
        _wait_for_server(port)
        load(port, paths[:CLIENTS], 30.0)
        _told("every answer worked out", load(port, [path + "&k=4" for path in paths], 30.0), "none")
        load(port, paths, 30.0)
        _told("idle", load(port, paths * 100, SECONDS), ">= 200/s, p99 <= 60 ms")
        stop, ready = threading.Event(), threading.Event()
        reader = threading.Thread(target=_rerunning, args=(port, stop, ready))
        reader.start()
        ready.wait(90)
        found = load(port, paths * 100, SECONDS)
        stop.set()
        reader.join()
        _told("one session reruns every second", found, ">= 200/s, p99 <= 200 ms")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
