"""The road tables read into arrays: rows of nodes, planning speeds, points of the sections' lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geo.errors import DataError, Fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

_M_S_PER_KM_H: Final = 1000.0 / 3600.0


def _rows_of(ids: Sequence[str], nodes: pd.DataFrame, section_rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Look up nodes by id; DataError names every section whose node is missing."""
    known = {node: row for row, node in enumerate(nodes["id"])}
    rows = np.array([known.get(node, -1) for node in ids], dtype=np.int64)
    faults = [
        # Row 1 of the user's spreadsheet is the header.
        Fault(
            "unknown-reference", "road_sections", int(section_rows[i]) + 2, None, str(ids[i]), {"table": "road_nodes"}
        )
        for i in np.flatnonzero(rows < 0).tolist()
    ]
    if faults:
        raise DataError(faults)
    return rows


def speeds_m_s(sections: pd.DataFrame, speeds: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Give each section's planning speed, and whether it is the table's slowest for want of its own."""
    table = {
        (surface, terrain): speed_kmh
        for surface, terrain, speed_kmh in zip(speeds["surface"], speeds["terrain"], speeds["speed_kmh"], strict=True)
    }
    kmh = np.array(
        [table.get(pair, np.nan) for pair in zip(sections["surface"], sections["terrain"], strict=True)], float
    )
    assumed = np.isnan(kmh)
    kmh[assumed] = min(table.values(), default=np.nan)
    return kmh * _M_S_PER_KM_H, assumed


def vertices(sections: pd.DataFrame, nodes: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List the node rows that each section's line runs through, and where each section's list begins."""
    chains = [
        (begin, *via, end)
        for begin, via, end in zip(sections["from_id"], sections["via_ids"], sections["to_id"], strict=True)
    ]
    counts = np.array([len(chain) for chain in chains], dtype=np.int64)
    owner = np.repeat(sections["_row"].to_numpy(dtype=np.int64), counts)
    flat = [node for chain in chains for node in chain]
    return _rows_of(flat, nodes, owner), np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def by_id(frame: pd.DataFrame) -> pd.DataFrame:
    """Sort a table by id, and keep where each row stood in ``_row``."""
    return frame.assign(_row=np.arange(len(frame))).sort_values("id", kind="stable", ignore_index=True)
