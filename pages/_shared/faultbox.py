"""A few faults of a table told in sentences, which a phone shows whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo import sentences, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.errors import Fault
    from geo.i18n import Translator


def as_html(t: Translator, faults: Sequence[Fault]) -> str:
    """Say of each fault where it is, what is wrong there and how to mend it."""
    return f'<ul class="sy-faults">{"".join(_one(t, fault) for fault in faults)}</ul>'


def _one(t: Translator, fault: Fault) -> str:
    where = [text.clean(fault.file), *([] if fault.row is None else [t("fault.in-row", row=fault.row)])]
    where += [text.clean(name) for name in (fault.column,) if name]
    told = f"{sentences.fault_found(t, fault)} {sentences.fault_remedy(t, fault)}"
    return f"<li><b>{text.html(' · '.join(where))}</b><br>{text.html(told, max_chars=None)}</li>"
