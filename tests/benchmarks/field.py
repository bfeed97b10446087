"""How fast the field page can be used on a slow phone, and how small it is: ``python tests/benchmarks/field.py``.

The page of the bundled tables, served on this machine, in a Chromium whose CPU is slowed four times. It counts as
usable when a tap on a waste has been answered and painted, counted from the start of the navigation.
"""

from __future__ import annotations

import statistics
import sys
import time
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from geo import catalogue, fieldpack  # noqa: E402 - the folder of the project has to be known first
from tests.loopback import PREFIX, serve  # noqa: E402 - as above

RUNS = 7
SLOWER = 4
#: Taps on a waste as soon as the page is there, and notes when the tap's answer has been painted.
SOON = """addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("#waste button")[1].click();
  requestAnimationFrame(() => requestAnimationFrame(() => { window.answered = performance.now(); }));
})"""
TAP = """() => {
  const started = performance.now();
  symapField.nearest(symapField.places.find((place) => place.names.en === "Bujum"), 0);
  return performance.now() - started;
}"""


def _visit(browser: Browser, address: str) -> tuple[float, float, float]:
    """Give seconds until the page answers a tap, seconds of its script, and milliseconds of the first list."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, service_workers="block")
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(SOON)
    page.goto(address)
    page.wait_for_function("() => window.answered")
    usable_s = page.evaluate("() => window.answered") / 1000
    loaded_ms = page.evaluate("() => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    first_ms = page.evaluate(TAP)
    context.close()
    return usable_s, loaded_ms / 1000, first_ms


def main() -> None:
    """Print every figure beside its target."""
    started = time.perf_counter()
    made = fieldpack.page(catalogue.load(), "ru", date.today())  # noqa: DTZ011 - any day does
    print(f"made from the tables in {time.perf_counter() - started:5.2f} s")
    print(f"size {len(made.html) / 1000:6.1f} kB (target 200), as sent {len(made.gzipped) / 1000:5.1f} kB (target 60)")
    with serve() as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        visits = [_visit(browser, f"http://127.0.0.1:{port}{PREFIX}/field/ru") for _ in range(RUNS + 1)][1:]
        browser.close()
    for name, target, values in zip(
        ("usable after, s", "page built after, s", "first list, ms"),
        ("1.00", "1.00", ""),
        zip(*visits, strict=True),
        strict=True,
    ):
        print(
            f"{name:20s} median {statistics.median(values):7.3f}  max {max(values):7.3f}  target {target}  (CPU {SLOWER} times slower)"
        )


if __name__ == "__main__":
    main()
