"""How fast the app starts, reloads and reruns, and how heavy its maps are: ``python tests/benchmarks/app.py``.

A server of its own on loopback, a Chromium that is already running, the network of the machine untouched. The peer
in the same run is the barest page of the same stack: one ``st_folium`` map with nothing on it.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent.parent
PAGES = {"overview": "", "exposure": "exposure", "routes": "routes", "nearest": "nearest", "sources": "sources"}
RUNS = 3
RERUNS = 40
PEER = """
import folium
import streamlit as st
from streamlit_folium import st_folium
from xstatic.pkg import leaflet
st_folium(folium.Map(location=(41.2, 74.7), tiles=None), key="map", height=560, returned_objects=[])
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(script: Path, port: int) -> subprocess.Popen[bytes]:
    options = ["--server.port", str(port), "--server.headless", "true", "--server.address", "127.0.0.1"]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _wait_for_server(port: int) -> None:
    for _ in range(400):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError(port)


def _first_map(browser: Browser, address: str, started: float, drawn: str) -> tuple[float, float]:
    """Give seconds from ``started`` to a drawn map, and from a reload to one."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="ru-RU").new_page()
    page.goto(address, wait_until="commit")
    frame = page.frame_locator("iframe[title^='streamlit_folium']")
    frame.locator(drawn).first.wait_for(state="attached", timeout=60_000)
    first = time.perf_counter() - started
    again = time.perf_counter()
    page.reload(wait_until="commit")
    frame.locator(drawn).first.wait_for(state="attached", timeout=60_000)
    reload = time.perf_counter() - again
    page.context.close()
    return first, reload


def starts(script: Path, drawn: str) -> tuple[list[float], list[float]]:
    """Time process start to drawn map, and reload, in fresh servers."""
    first, reload = [], []
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        for _ in range(RUNS):
            port = _free_port()
            started = time.perf_counter()
            server = _start(script, port)
            try:
                _wait_for_server(port)
                a, b = _first_map(browser, f"http://127.0.0.1:{port}/", started, drawn)
            finally:
                server.terminate()
                server.wait()
            first.append(a)
            reload.append(b)
        browser.close()
    return first, reload


def reruns() -> dict[str, tuple[float, float, int]]:
    """Time warm reruns of each page on the server: median and 95th percentile in ms, and bytes of map JSON."""
    sys.path.insert(0, str(ROOT))
    from streamlit.testing.v1 import AppTest  # noqa: PLC0415 - heavy, and only here

    from pages._shared import mapview  # noqa: PLC0415

    sizes: list[int] = []
    original = mapview.payload

    def weigh(*args: Any, **options: Any) -> str:
        text = original(*args, **options)
        sizes.append(len(text.encode()))
        return text

    mapview.payload = weigh
    found = {}
    for page in PAGES:
        app = AppTest.from_file(ROOT / "pages" / "shell.py", default_timeout=60)
        app.session_state["language"] = "ru"
        app.session_state["nearest.at"] = "ST-BUJUM"
        app.run()
        if page != "overview":
            app.switch_page(f"{page}.py")
        app.run()
        sizes.clear()
        times_ms = []
        for _ in range(RERUNS):
            started = time.perf_counter()
            app.run()
            times_ms.append(1000 * (time.perf_counter() - started))
        found[page] = statistics.median(times_ms), statistics.quantiles(times_ms, n=20)[-1], max(sizes, default=0)
    return found


def imports() -> list[float]:
    """Time ``import geo`` and the import of every room that answers a question, as whole processes."""
    command = "import geo; geo.catalogue, geo.exposure, geo.routing, geo.nearest, geo.inventory"
    times = []
    for _ in range(5):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", command], cwd=ROOT, check=True)
        times.append(time.perf_counter() - started)
    return times


def main() -> None:
    """Print every figure beside its target and beside the bare peer."""
    os.environ["STREAMLIT_BROWSER_GATHER_USAGE_STATS"] = "false"
    first, reload = starts(ROOT / "app.py", "[data-symap-features]")
    print(f"process start to first drawn map   {statistics.median(first):6.2f} s  (target 6)   runs {_list(first)}")
    print(f"reload to drawn map                {statistics.median(reload):6.2f} s  (target 2)   runs {_list(reload)}")
    with tempfile.TemporaryDirectory() as folder:
        peer = Path(folder) / "bare.py"
        peer.write_text(PEER, encoding="utf-8")
        bare = starts(peer, "#map_div")[0]
    ratio = statistics.median(first) / statistics.median(bare)
    print(
        f"bare st_folium page, no data       {statistics.median(bare):6.2f} s  ratio {ratio:.2f}   runs {_list(bare)}"
    )
    times = imports()
    print(f"import geo and its rooms           {statistics.median(times):6.2f} s  (target 1.2) runs {_list(times)}")
    for page, (median_ms, p95_ms, size) in reruns().items():
        print(
            f"warm rerun {page:10s} median {median_ms:6.1f} ms  p95 {p95_ms:6.1f} ms (target 100)  map JSON {size / 1000:6.1f} kB (target 300)"
        )
    print(json.dumps({"runs": RUNS, "reruns": RERUNS}))


def _list(values: list[float]) -> str:
    return " ".join(f"{value:.2f}" for value in values)


if __name__ == "__main__":
    main()
