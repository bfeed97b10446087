"""Links that lead out to a phone's own dialler and maps: only ever to places that are real.

A record that is only an example, or whose waste must not be moved, has no link; nobody can be sent there by accident.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from geo.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

# Hours stand in the same cell: a number beside a colon is one of them.
_PHONE: Final = re.compile(r"(?<![\d:.])\+?\d[\d\s()\-]{3,24}\d(?![\d:.])", re.ASCII)
_FEWEST_DIGITS, _MOST_DIGITS = 5, 15
_NAME_CHARS: Final = 80


def phone(contact: object) -> str | None:
    """Find the first phone number in a contact as a table holds it.

    Returns
    -------
    str | None
        Digits, with a leading plus where there was one; None when there is no number.
    """
    for found in _PHONE.finditer(contact) if isinstance(contact, str) else ():
        digits = re.sub(r"[^\d+]", "", found.group())
        if _FEWEST_DIGITS <= len(digits.lstrip("+")) <= _MOST_DIGITS:
            return digits
    return None


def map_link(record: Mapping[str, Any], name: str) -> str | None:
    """Give the address by which a phone opens its own maps at a record.

    Parameters
    ----------
    record
        Row with ``lon``, ``lat`` and ``evidence``.
    name
        What the maps shall write beside the point.

    Returns
    -------
    str | None
        A ``geo:`` address; None for an example and for a record without a position.
    """
    lon, lat = float(record["lon"]), float(record["lat"])
    if record["evidence"] == "illustrative" or not (math.isfinite(lon) and math.isfinite(lat)):
        return None
    label = quote(clean(name, max_chars=_NAME_CHARS), safe="")
    return f"geo:{lat!r},{lon!r}?q={lat!r},{lon!r}({label})"
