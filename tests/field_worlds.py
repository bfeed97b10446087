"""A made-up country with more roads and villages than a field page can hold."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from tests.road_worlds import dataset, node, point, road

if TYPE_CHECKING:
    from geo.dataset import Dataset

#: Nodes along each side of the grid of roads.
SIDE = 48


@cache
def crowded() -> Dataset:
    """Make a grid of bent roads of uneven length with a village near every other crossing, and twelve points."""
    chance = np.random.default_rng(5)
    lons, lats = 71.0 + np.arange(SIDE) * 0.07, 40.6 + np.arange(SIDE) * 0.055
    nodes, sections = [], []
    for i, lon in enumerate(lons):
        for j, lat in enumerate(lats):
            nodes.append(node(f"N-{i}-{j}", float(lon), float(lat), kind="junction"))
            for a, b in ((i + 1, j), (i, j + 1)):
                if a >= SIDE or b >= SIDE or chance.random() < 0.15:
                    continue
                name = f"{i}-{j}-{a}-{b}"
                spot = (lon + lons[a]) / 2, (lat + lats[b]) / 2
                bend = chance.normal(0, 0.004, 2)
                nodes.append(node(f"V-{name}", float(spot[0] + bend[0]), float(spot[1] + bend[1])))
                length_m = float(chance.integers(4500, 9000))
                sections.append(road(f"R-{name}", f"N-{i}-{j}", f"N-{a}-{b}", length_m, via_ids=(f"V-{name}",)))
    villages = [
        point(
            f"ST-{i}-{j}", float(lons[i] + 0.01), float(lats[j] + 0.012), country="KG",
            name_ru=f"Село {i} {j}", name_ky=f"Айыл {i} {j}", population_persons=float(chance.integers(50, 9000)),
        )
        for i in range(0, SIDE, 2)
        for j in range(1, SIDE, 2)
    ]  # fmt: skip
    spots = chance.integers(0, SIDE, (12, 2)).tolist()
    points = [
        point(
            f"CP-{row}", float(lons[i] + 0.003), float(lats[j]), country="KG", contact=f"пункт, +996 555 00 00 {row:02d}",
            accepts=("lamps", "thermometers") if row % 2 else ("lamps", "tailings"), source_date="2026-05-04",
        )
        for row, (i, j) in enumerate(spots)
    ]  # fmt: skip
    return dataset(road_nodes=nodes, road_sections=sections, settlements=villages, collection_points=points)
