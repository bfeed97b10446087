"""Reads a QR code from its squares, by the rules of ISO/IEC 18004 alone: whole ones, as they are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Squares = NDArray[np.bool_]

#: Data bytes of each block by level and version, the shorter blocks first.
_BLOCKS = {
    "M": {
        1: [16], 2: [28], 3: [44], 4: [32] * 2, 5: [43] * 2, 6: [27] * 4, 7: [31] * 4, 8: [38] * 2 + [39] * 2,
        9: [36] * 3 + [37] * 2, 10: [43] * 4 + [44], 11: [50] + [51] * 4, 12: [36] * 6 + [37] * 2, 13: [37] * 8 + [38],
        14: [40] * 4 + [41] * 5,
    },
    "Q": {
        1: [13], 2: [22], 3: [17] * 2, 4: [24] * 2, 5: [15] * 2 + [16] * 2, 6: [19] * 4, 7: [14] * 2 + [15] * 4,
        8: [18] * 4 + [19] * 2,
    },
    "H": {1: [9], 2: [16], 3: [13] * 2, 4: [9] * 4},
}  # fmt: skip
_ALIGNED = {
    2: (6, 18), 3: (6, 22), 4: (6, 26), 5: (6, 30), 6: (6, 34), 7: (6, 22, 38), 8: (6, 24, 42), 9: (6, 26, 46),
    10: (6, 28, 50), 11: (6, 30, 54), 12: (6, 32, 58), 13: (6, 34, 62), 14: (6, 26, 46, 66),
}  # fmt: skip
_MASKS = (
    lambda i, j: (i + j) % 2,
    lambda i, _: i % 2,
    lambda _, j: j % 3,
    lambda i, j: (i + j) % 3,
    lambda i, j: (i // 2 + j // 3) % 2,
    lambda i, j: i * j % 2 + i * j % 3,
    lambda i, j: (i * j % 2 + i * j % 3) % 2,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2,
)
_LEVELS = "MLHQ"
_FORMAT_MASK = 0b101010000010010


def _reserved(version: int) -> Squares:
    """Mark the squares that hold no data."""
    side = 17 + 4 * version
    held = np.zeros((side, side), dtype=bool)
    held[6, :] = held[:, 6] = True
    held[:9, :9] = held[:9, -8:] = held[-8:, :9] = True
    spots = _ALIGNED.get(version, ())
    for row in spots:
        for column in spots:
            corner = (row, column) in {(6, 6), (6, spots[-1]), (spots[-1], 6)}
            if not corner:
                held[row - 2 : row + 3, column - 2 : column + 3] = True
    if version >= 7:
        held[:6, -11:-8] = held[-11:-8, :6] = True
    return held


def _zigzag(held: Squares) -> Iterator[tuple[int, int]]:
    side = len(held)
    upwards = True
    right = side - 1
    while right > 0:
        right -= right == 6
        for step in range(side):
            row = side - 1 - step if upwards else step
            for column in (right, right - 1):
                if not held[row, column]:
                    yield row, column
        upwards = not upwards
        right -= 2


def _number(bits: list[bool]) -> int:
    return int("".join("1" if bit else "0" for bit in bits), 2)


def decode(squares: Squares) -> str:
    """Read a code in bytes, without its quiet zone; dark squares are True."""
    side = len(squares)
    version = (side - 17) // 4
    finder = np.pad(np.pad(np.ones((3, 3), dtype=bool), 1), 1, constant_values=True)
    for corner in (squares[:7, :7], squares[:7, -7:], squares[-7:, :7]):
        assert (corner == finder).all(), "no finder pattern"
    told = _number([*squares[8, [0, 1, 2, 3, 4, 5, 7, 8]], *squares[[7, 5, 4, 3, 2, 1, 0], 8]]) ^ _FORMAT_MASK
    mask = _MASKS[told >> 10 & 7]
    bits = [bool(squares[at]) ^ (mask(*at) == 0) for at in _zigzag(_reserved(version))]
    stream = [_number(bits[start : start + 8]) for start in range(0, len(bits) // 8 * 8, 8)]
    sizes = _BLOCKS[_LEVELS[told >> 13]][version]
    blocks: list[list[int]] = [[] for _ in sizes]
    found = iter(stream)
    for place in range(max(sizes)):
        for block, size in zip(blocks, sizes, strict=True):
            if place < size:
                block.append(next(found))
    data = [bit == "1" for byte in (byte for block in blocks for byte in block) for bit in f"{byte:08b}"]
    assert _number(data[:4]) == 4, "not in bytes"
    wide = 8 if version < 10 else 16
    length = _number(data[4 : 4 + wide])
    start = 4 + wide
    text = bytes(_number(data[at : at + 8]) for at in range(start, start + 8 * length, 8))
    return text.decode()


def squares_of(pixels: NDArray[np.uint8]) -> Squares:
    """Find a code in a picture that holds nothing else dark, and give its squares."""
    dark = pixels < 128
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    cut = dark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    # The upper left finder pattern is seven squares wide.
    run = int(np.flatnonzero(~cut[0])[0]) / 7.0
    side = round(cut.shape[1] / run)
    spots = ((np.arange(side) + 0.5) * cut.shape[0] / side).astype(int)
    return cut[np.ix_(spots, spots)]
