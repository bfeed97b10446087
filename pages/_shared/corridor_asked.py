"""A question about a corridor as the pages hold it: plain values, so that an answer is found again by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import shapely
import streamlit as st

if TYPE_CHECKING:
    from geo.corridor import CorridorQuestion
    from geo.i18n import Translator

_WIDTH: Final = "corridor.width"
_STEP_M: Final = 100
_FIELD_PX: Final = 220


def width_m() -> float:
    """Give how far from the way people count on each side: the usual distance until the reader sets another."""
    from geo.corridor import DEFAULT_WIDTH_M  # noqa: PLC0415 - only for a reader who asks

    return float(st.session_state.get(_WIDTH, DEFAULT_WIDTH_M))


def width_control(t: Translator) -> None:
    """Let the reader set how far from the way people count."""
    from geo.corridor import DEFAULT_WIDTH_M, MAX_WIDTH_M, MIN_WIDTH_M  # noqa: PLC0415 - as above

    least, most, usual = (int(one_m) for one_m in (MIN_WIDTH_M, MAX_WIDTH_M, DEFAULT_WIDTH_M))
    label = t("corridorpage.width")
    st.number_input(label, least, most, usual, _STEP_M, key=_WIDTH, persist_state="session", width=_FIELD_PX)


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
