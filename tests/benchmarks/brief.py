"""How long a brief takes, each in a process of its own as the command line starts it.

Run ``python tests/benchmarks/brief.py``; the goal is a PDF within five seconds. The peer is the same process without
the brief: Python with the tables loaded and the same question answered, which nothing printed can be faster than.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
GOAL_S: Final = 5.0
RUNS: Final = 3
VIEW: Final = "exposure?places=KG-KHD"
STORY: Final = (
    "overview",
    VIEW,
    "routes?from=ST-BATKEN&to=KG-KHD",
    "nearest?at=70.8324,40.0033",
    "sources?part=unknown",
)
FORMATS: Final = ("pdf", "html", "docx", "pptx", "xlsx")


def seconds(*arguments: str) -> tuple[float, float]:
    """Give the least time of some runs of the command line, by the clock and of the processor."""
    times = []
    for _ in range(RUNS):
        start, before = time.perf_counter(), os.times()
        subprocess.run([sys.executable, "-m", "geo", *arguments], cwd=ROOT, check=True, capture_output=True)
        after = os.times()
        busy_s = after.children_user + after.children_system - before.children_user - before.children_system
        times.append((time.perf_counter() - start, busy_s))
    return min(times)


def main() -> None:
    """Print the times."""
    peer_s, busy_s = seconds("exposure", "--site", "KG-KHD", "--json")
    print(f"the answer alone, as JSON: {peer_s:.2f} s ({busy_s:.2f} s of the processor)")
    with tempfile.TemporaryDirectory() as folder:
        for code in FORMATS:
            file = str(Path(folder) / f"brief.{code}")
            one_s, busy_s = seconds("brief", VIEW, "--lang", "ru", "-o", file)
            told = f"{one_s:.2f} s ({busy_s:.2f} s of the processor), {one_s / peer_s:.1f} times the answer alone"
            print(f"{code} of one view: {told}" + (f" (goal {GOAL_S:.0f} s)" if code == "pdf" else ""))
        five_s, busy_s = seconds("brief", *STORY, "--lang", "ru", "-o", str(Path(folder) / "story.pdf"))
        print(f"pdf of five views: {five_s:.2f} s ({busy_s:.2f} s of the processor)")


if __name__ == "__main__":
    main()
