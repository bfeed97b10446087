"""A few faults of a table told in sentences, which a phone shows whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo import sentences, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.errors import Fault
    from geo.i18n import Translator

#: Faults whose row is the number of a slide in a saved presentation.
_OF_SLIDES: Final = frozenset(
    f"story-{code}"
    for code in ("key", "slide", "view", "view-missing", "view-part", "show", "text", "text-long", "too-many")
)


def as_html(t: Translator, faults: Sequence[Fault]) -> str:
    """Say of each fault where it is, what is wrong there and how to mend it."""
    return f'<ul class="sy-faults">{"".join(_one(t, fault) for fault in faults)}</ul>'


def _one(t: Translator, fault: Fault) -> str:
    place = "fault.in-slide" if fault.code in _OF_SLIDES else "fault.in-row"
    where = [text.clean(fault.file), *([] if fault.row is None else [t(place, row=fault.row)])]
    where += [text.clean(name) for name in (fault.column,) if name]
    told = f"{sentences.fault_found(t, fault)} {sentences.fault_remedy(t, fault)}"
    return f"<li><b>{text.html(' · '.join(where))}</b><br>{text.html(told, max_chars=None)}</li>"
