"""A question about a corridor as the pages hold it: plain values, so that an answer is found again by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    from geo.corridor import CorridorQuestion


@dataclass(frozen=True)
class CorridorAsked:
    """Which corridor.

    Parameters
    ----------
    line_wkb
        The line, WGS 84.
    width_m
        On each side.
    error_m
        How far the true line may be from the one drawn; None where that is not known.
    evidence
        Of the line.
    """

    line_wkb: bytes
    width_m: float
    error_m: float | None
    evidence: str

    def question(self) -> CorridorQuestion:
        """Build the question.

        Raises
        ------
        QuestionError
            As :class:`geo.corridor.CorridorQuestion`.
        """
        from geo.corridor import CorridorQuestion  # noqa: PLC0415 - only for a reader who asks

        return CorridorQuestion(shapely.from_wkb(self.line_wkb), self.width_m, self.error_m, self.evidence)
