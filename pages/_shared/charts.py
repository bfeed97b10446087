"""What the charts of all pages share."""

from __future__ import annotations

from typing import Final

#: How a chart writes a number: Vega writes it the English way; the others group by no-break spaces.
THOUSANDS: Final = {
    "en": "format(datum.value, ',')",
    "ru": "replace(format(datum.value, ','), /,/g, '\u00a0')",
    "ky": "replace(format(datum.value, ','), /,/g, '\u00a0')",
}
