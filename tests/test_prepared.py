"""Shapes that many readers ask at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely

from geo.prepared import Prepared

ROOT = Path(__file__).parent.parent

#: Eight readers who begin at the same moment, on the borders that come with the program.
CROWD = """
import threading
import numpy as np
import shapely
from geo import catalogue
from geo.borders import country_at
from geo.ways import leaves_country

data = catalogue.load()
draw = np.random.default_rng(1)
spots = draw.uniform((69.5, 39.2), (74.0, 41.5), (400, 2))
lines = [shapely.LineString(pair) for pair in zip(spots, spots + draw.uniform(-0.5, 0.5, spots.shape))]
start, answers = threading.Barrier(8), [None] * 8

def read(number):
    start.wait()
    abroad = [leaves_country(data, "KG", line) for line in lines]
    answers[number] = abroad, [country_at(data.borders, *spot)[0][0] for spot in spots]

readers = [threading.Thread(target=read, args=(number,)) for number in range(8)]
for reader in readers:
    reader.start()
for reader in readers:
    reader.join()
assert all(answer == answers[0] and answer is not None for answer in answers)
print(sum(answers[0][0]), sum(code == "KG" for code in answers[0][1]))
"""


def test_many_readers_at_once_get_the_same_answers_and_break_nothing() -> None:
    """Without a lock the memory of the whole server was damaged, as often as not within this one second."""
    done = subprocess.run(
        [sys.executable, "-c", CROWD], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    leaving, inside = map(int, done.stdout.split())
    assert 0 < leaving < 400
    assert 0 < inside < 400


def test_a_prepared_shape_answers_as_the_plain_one() -> None:
    """Points on the edge and lines that only touch it belong to it; what it surrounds does not touch it."""
    shape = shapely.Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], holes=[[(1, 1), (2, 1), (2, 2), (1, 2)]])
    ready = Prepared(shape)
    lon, lat = np.array([0.0, 0.5, 1.5, 5.0]), np.array([0.0, 0.5, 1.5, 5.0])
    assert ready.holds(lon, lat).tolist() == [True, True, False, False]
    lines = [shapely.LineString([(4, 4), (5, 5)]), shapely.LineString([(5, 5), (6, 6)])]
    assert ready.meets(np.array(lines)).tolist() == [True, False]
    assert ready.surrounds(shapely.box(2.5, 2.5, 3.0, 3.0))
    assert not ready.surrounds(shapely.box(0.0, 2.5, 1.0, 3.0))
    assert ready.extent == (0.0, 0.0, 4.0, 4.0)


def test_the_object_that_others_hold_is_not_changed() -> None:
    """Else every question about it, anywhere, would go to the shared index without the lock."""
    shape = shapely.box(0.0, 0.0, 1.0, 1.0)
    Prepared(shape)
    assert not shapely.is_prepared(shape)


@pytest.mark.parametrize("module", sorted((ROOT / "geo").glob("*.py")), ids=lambda path: path.stem)
def test_nothing_else_prepares_a_shape(module: Path) -> None:
    """One room knows how: a new call elsewhere would bring the damage back."""
    assert ("shapely.prepare(" in module.read_text(encoding="utf-8")) == (module.stem == "prepared")
