"""The legend of the shading that shows where people live: classes with their colours, and ground without data."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import streamlit as st

from geo import shading, text
from pages._shared import state

if TYPE_CHECKING:
    from geo.i18n import Translator
    from pages._shared.mapview import Picture


def ramp(t: Translator, shown: Picture | None) -> None:
    """Explain the shading: the classes with their colours, and what the stripes mean."""
    if shown is None:
        return
    colours = shading.COLOURS[state.theme()]
    edges = (*shading.CLASS_EDGES_PER_KM2, None)
    labels = [
        t("peoplepage.class-above", low=t.number(low or 0))
        if high is None
        else f"{t.number(low or 0)}–{t.number(high)}"
        for low, high in pairwise(edges)
    ]
    cells = [(f"background:{colour}", label) for colour, label in zip(colours.classes, labels, strict=True)]
    if shown.has_gaps:
        stripes = f"repeating-linear-gradient(135deg,{colours.stripe} 0 2px,transparent 2px 7px)"
        cells.append((f"background:{stripes}", t("peoplepage.uncovered")))
    items = "".join(
        f'<div role="listitem"><i style="{style}"></i><span>{text.html(label)}</span></div>' for style, label in cells
    )
    st.html(
        "<style>.sy-ramp{display:flex;flex-wrap:wrap;gap:.15rem .8rem;font-size:.84rem;line-height:1.3}"
        ".sy-ramp>div{display:flex;align-items:center;gap:.35rem}"
        ".sy-ramp i{width:1.5rem;height:.85rem;display:inline-block;border:1px solid rgba(128,128,128,.5)}</style>"
        f'<div class="sy-ramp" role="list"><b>{text.html(t("peoplepage.density"))}</b>{items}</div>'
    )
