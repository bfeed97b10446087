"""How sure an answer is: the weakest evidence that went into it, and the notes a reader must see.

Notes are codes with parameters; ``note.<code>`` in the message catalogues is the sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geo.schema import EVIDENCE_ORDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Note:
    """One remark on an answer, as a code with the values that its sentence names.

    Parameters
    ----------
    code
        Stable name; ``note.<code>`` is the sentence.
    params
        Values in the sentence: numbers with their unit in the name, ids, or texts from the tables.
    """

    code: str
    params: Mapping[str, str | float] = field(default_factory=dict)


def weakest(evidences: Iterable[str]) -> str | None:
    """Name the weakest of several kinds of evidence.

    Parameters
    ----------
    evidences
        Codes of :data:`geo.schema.EVIDENCE`.

    Returns
    -------
    str | None
        The last in the order documented, reported, modelled, illustrative; None when nothing went in.
    """
    found = set(evidences)
    return next((code for code in reversed(EVIDENCE_ORDER) if code in found), None)
