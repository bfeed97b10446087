"""How many questions a second the server answers: ``python tests/benchmarks/api.py [SCRIPT]``.

The whole app (``app.py``, or another server script), 16 clients that keep their connections, each asking for the
nearest point from one village, or spot beside one, after another. Of the new questions each is asked once only, and
of the new places each is named for the first time: every answer has to be worked out. With the server idle otherwise,
and while one reader's page reruns every second in a real browser; the same with questions that repeat, as they do.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import sys
import threading
import time
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from geo.dataset import Dataset

    Load = tuple[float, list[float], list[str]]

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from geo import catalogue  # noqa: E402 - the folder of the project has to be known first
from geo.acceptors import MOVABLE  # noqa: E402 - as above
from geo.places import WINDOW  # noqa: E402 - as above
from tests.benchmarks.app import _free_port, _start, _wait_for_server  # noqa: E402 - as above

CLIENTS = 16
SECONDS = 6.0
SETTLING_S = 4.0
IDLE = ">= 200/s, p99 <= 60 ms"
RERUNNING = ">= 200/s, p99 <= 200 ms"


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


def load(port: int, paths: list[str], seconds: float) -> Load:
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


def _processor_s(server: subprocess.Popen[bytes]) -> float:
    """Read how much of the processors the server has used so far: what a busy machine does not stretch."""
    cells = Path(f"/proc/{server.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(cells[11]) + int(cells[12])) / os.sysconf("SC_CLK_TCK")


def _told(name: str, server: subprocess.Popen[bytes], asked: Callable[[], Load], target: str) -> None:
    used_s = _processor_s(server)
    rate, times_ms, faults = asked()
    used_ms = 1000 * (_processor_s(server) - used_s) / len(times_ms)
    p99 = statistics.quantiles(times_ms, n=100)[-1]
    print(
        f"{name:41s} {rate:7.0f} answers/s  median {statistics.median(times_ms):6.1f} ms  p99 {p99:6.1f} ms  "
        f"server's processors {used_ms:4.2f} ms each  "
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


def new_questions(dataset: Dataset) -> list[str]:
    """List questions of which no two are equal: villages with every waste, and spots beside them; in a mixed order."""
    wastes = sorted(MOVABLE)
    named = [
        f"/api/nearest?at={place}&waste={waste}&k={k}&lang=ru"
        for place, waste, k in product(dataset.settlements["id"].tolist(), wastes, (1, 2, 3))
    ]
    where = dataset.settlements[["lon", "lat"]].to_numpy(dtype=float)
    spots = [
        f"/api/nearest?at={lon + 0.001 * step:.5f},{lat + 0.0007 * step:.5f}&waste={wastes[step % len(wastes)]}&lang=ky"
        for step, (lon, lat) in product(range(1, len(named) // len(where) + 1), where.tolist())
    ]
    paths = sorted({*named, *spots})
    random.Random(1).shuffle(paths)  # noqa: S311 - only an order, the same in every run
    return paths


def new_places(dataset: Dataset) -> list[str]:
    """List questions from spots beside villages of which no two are equal, nor one of those of the new questions."""
    wastes = sorted(MOVABLE)
    where = dataset.settlements[["lon", "lat"]].to_numpy(dtype=float)
    paths = [
        f"/api/nearest?at={lon - 0.001 * step:.5f},{lat - 0.0007 * step:.5f}&waste={wastes[step % len(wastes)]}&lang=ru"
        for step, (lon, lat) in product(range(1, 16), where.tolist())
        if lon - 0.001 * step >= WINDOW[0]
    ]
    random.Random(2).shuffle(paths)  # noqa: S311 - only an order, the same in every run
    return paths


def main() -> None:
    """Print every figure beside its target."""
    script = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "app.py"
    dataset = catalogue.load()
    paths = [f"/api/nearest?at={place}&waste=lamps" for place in dataset.settlements["id"]]
    new, places = new_questions(dataset), new_places(dataset)
    half = len(new) // 2
    port = _free_port()
    server: subprocess.Popen[bytes] = _start(script, port)
    try:
        _wait_for_server(port)
        # A server that has just started still has to read its tables and languages.
        load(port, [f"{path}{lang}&k=5" for path in paths[:CLIENTS] for lang in ("", "&lang=ky")], 30.0)
        time.sleep(SETTLING_S)
        _told("new places, idle", server, lambda: load(port, places, SECONDS), IDLE)
        _told("new questions, idle", server, lambda: load(port, new[:half], SECONDS), IDLE)
        load(port, paths, 30.0)
        _told("repeated questions, idle", server, lambda: load(port, paths * 100, SECONDS), IDLE)
        stop, ready = threading.Event(), threading.Event()
        reader = threading.Thread(target=_rerunning, args=(port, stop, ready))
        reader.start()
        ready.wait(90)
        _told("new, one session reruns each second", server, lambda: load(port, new[half:], SECONDS), RERUNNING)
        _told("repeated, one session reruns each second", server, lambda: load(port, paths * 100, SECONDS), RERUNNING)
        stop.set()
        reader.join()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
