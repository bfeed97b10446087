"""Outlines cut into pieces, each of which stays within one cell of a grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.gridplace import Placement

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Pieces:
    """Edges cut wherever they leave a cell.

    Parameters
    ----------
    column, row
        Middle of each piece.
    climb
        Rows that it climbs; negative towards the first row.
    first
        The first piece of each edge.
    """

    column: Floats
    row: Floats
    climb: Floats
    first: Ints


def cut(column: Floats, row: Floats, to_column: Floats, to_row: Floats, place: Placement) -> Pieces:
    """Cut edges wherever they cross the edge of a cell of the grid.

    Parameters
    ----------
    column, row, to_column, to_row
        Where each edge begins and ends.
    place
        The grid's frame; edges outside it are not cut.

    Returns
    -------
    Pieces
        In the order of the edges, and along each of them.
    """
    edges = np.arange(len(column), dtype=float)
    across, climb = to_column - column, to_row - row
    # A cut is one number: the edge's own number, and after the point how far along the edge it lies.
    row_cuts, row_count = _crossings(row, to_row, climb, edges, place.height)
    column_cuts, column_count = _crossings(column, to_column, across, edges, place.width)
    cuts = np.concatenate([edges, row_cuts, column_cuts, [float(len(edges))]])
    cuts.sort(kind="stable")  # four runs that are sorted already: merging them costs a tenth of sorting
    count = 1 + row_count + column_count
    length = np.diff(cuts)
    edge = np.repeat(np.arange(len(column)), count)
    middle = cuts[:-1] + 0.5 * length - edge
    steps = climb.take(edge)
    return Pieces(
        column.take(edge) + middle * across.take(edge),
        row.take(edge) + middle * steps,
        length * steps,
        np.cumsum(count) - count,
    )


def _crossings(start: Floats, end: Floats, step: Floats, edges: Floats, lines: int) -> tuple[Floats, Ints]:
    """Find where edges cross the lines 0, 1, … ``lines``; and how many each of them crosses."""
    low = np.maximum(np.floor(np.minimum(start, end)) + 1.0, 0.0)
    high = np.minimum(np.ceil(np.maximum(start, end)) - 1.0, lines)
    count = np.maximum(high - low + 1.0, 0.0).astype(np.int64)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        pace = 1.0 / np.abs(step)
        nearest = np.where(step > 0, low, high)
        first = edges + np.abs(nearest - start) * pace
    edge = np.repeat(np.arange(len(count)), count)
    number = np.arange(len(edge)) - (np.cumsum(count) - count).take(edge)
    cuts = first.take(edge) + number * pace.take(edge)
    return cuts, count
