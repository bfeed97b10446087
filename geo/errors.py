"""Errors that Symap raises on bad input, as data that every door can translate.

Each error carries a stable ``code`` and the parameters of its sentence. The sentence itself lives in the
message catalogues under ``error.<code>`` (what happened) and ``remedy.<code>`` (what to do), so the page, the
command line and the library say the same thing in the reader's language.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: A longer piece of somebody's text in a message hides the message.
MAX_FOUND_CHARS = 120


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong at one place of one file.

    Parameters
    ----------
    code
        Stable name of the fault; ``fault.<code>`` and ``remedy.<code>`` are its sentences.
    file
        Name of the file as the user knows it, without folders.
    row
        Row as the user sees it in a spreadsheet (the header is row 1), or None for the whole file.
    column
        Column header as written in the file, or None for the whole row.
    found
        What stands there, cut to 120 characters.
    params
        Further values of the sentence (expected choices, limits).
    """

    code: str
    file: str
    row: int | None = None
    column: str | None = None
    found: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Cut ``found`` to a length that leaves the message readable."""
        if self.found is not None and len(self.found) > MAX_FOUND_CHARS:
            object.__setattr__(self, "found", self.found[: MAX_FOUND_CHARS - 1] + "…")

    def __str__(self) -> str:
        """Give the fault in one untranslated line, for logs and ``str(error)``."""
        place = ":".join(str(p) for p in (self.file, self.row, self.column) if p is not None)
        extra = "".join(f", {k}={v}" for k, v in self.params.items())
        return f"{place}: {self.code} (found {self.found!r}{extra})"


class SymapError(Exception):
    """Root of all errors that Symap raises on purpose.

    Parameters
    ----------
    code
        Stable name; ``error.<code>`` is the sentence.
    params
        Values that the sentence names.
    """

    def __init__(self, code: str, **params: str | float) -> None:
        self.code = code
        self.params = params
        extra = ", ".join(f"{k}={v!r}" for k, v in params.items())
        super().__init__(f"{code}: {extra}" if extra else code)


class QuestionError(SymapError, ValueError):
    """A question cannot be asked as it stands: a parameter is missing, malformed or out of range."""


class DataError(SymapError, ValueError):
    """A table cannot be used. Every fault found in it is in ``faults``, not only the first."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("data", count=len(self.faults), first=str(self.faults[0]) if self.faults else "")


class CrsError(SymapError, ValueError):
    """Coordinates have no known reference system, or one that cannot be right for them."""
