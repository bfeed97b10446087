"""The legend of a printed map: samples and their words in columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo import fonts
from geo.printmap_scene import MM_PER_PT, Item, Words, words
from geo.printmap_signs import sample_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.layers import LegendEntry
    from geo.printmap_signs import Signs

_LETTER_PX: Final = 11.6
_LINE_PX: Final = 14.2
_ROW_GAP_PX: Final = 5.0
_COLUMN_GAP_PX: Final = 18.0
_AFTER_SAMPLE_PX: Final = 4.0
_MOST_COLUMNS: Final = 4
_MOST_LINES: Final = 3
#: The columns are as wide as this part of the texts needs; the longer ones break.
_USUAL: Final = 0.75


@dataclass(frozen=True)
class Legend:
    """A legend that has found its columns.

    Parameters
    ----------
    entries
        Codes and the lines of their words.
    columns
        How many stand side by side; they are filled downwards, so that what belongs together stands together.
    width_mm
        Of the sheet.
    """

    signs: Signs
    entries: tuple[tuple[str, tuple[str, ...]], ...]
    columns: int
    width_mm: float

    @property
    def _high(self) -> int:
        return -(-len(self.entries) // self.columns)

    def _row_mm(self, row: int) -> float:
        most = max(len(lines) for _, lines in self.entries[row :: self._high])
        return (max(most * _LINE_PX, sample_size(1.0)[1]) + _ROW_GAP_PX) * self.signs.unit

    @property
    def height_mm(self) -> float:
        """How much of the sheet it takes."""
        return sum(self._row_mm(row) for row in range(self._high))

    def items(self, top_mm: float) -> list[Item]:
        """Draw it."""
        u = self.signs.unit
        wide = sample_size(u)[0]
        size_pt = _LETTER_PX * u / MM_PER_PT
        items: list[Item] = []
        for row in range(self._high):
            middle = top_mm + self._row_mm(row) / 2.0
            for column, (code, lines) in enumerate(self.entries[row :: self._high]):
                left = column * self.width_mm / self.columns
                items += self.signs.sample(code, (left + wide / 2.0, middle))
                base = middle + (0.34 * _LETTER_PX - (len(lines) - 1) * _LINE_PX / 2.0) * u
                x = left + wide + _AFTER_SAMPLE_PX * u
                ink = self.signs.palette["text"]
                items += [
                    Words(x, base + number * _LINE_PX * u, line, size_pt, colour=ink)
                    for number, line in enumerate(lines)
                ]
            top_mm += self._row_mm(row)
        return items


def arrange(entries: Sequence[LegendEntry], signs: Signs, width_mm: float) -> Legend | None:
    """Arrange a legend in as many columns as its words leave room for; None when there is nothing to explain."""
    if not entries:
        return None
    u = signs.unit
    size_pt = _LETTER_PX * u / MM_PER_PT
    beside = sample_size(u)[0] + _AFTER_SAMPLE_PX * u + _COLUMN_GAP_PX * u
    widths = sorted(fonts.width_pt(words(entry.label), size_pt) * MM_PER_PT for entry in entries)
    usual = widths[int((len(widths) - 1) * _USUAL)] + beside
    columns = max(1, min(int(width_mm // usual), len(entries), _MOST_COLUMNS))
    # Columns that the entries do not fill would only make the others narrow.
    columns = -(-len(entries) // -(-len(entries) // columns))
    room_pt = (width_mm / columns - beside) / MM_PER_PT
    told = tuple(
        (entry.code, tuple(fonts.lines(words(entry.label), size_pt, room_pt, most=_MOST_LINES))) for entry in entries
    )
    return Legend(signs, told, columns, width_mm)
