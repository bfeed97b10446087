"""The control that takes a population grid: dropped or chosen, with its own progress, in the reader's language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import streamlit as st

if TYPE_CHECKING:
    from geo.i18n import Translator
    from pages._shared.gridfiles import Folder

_HTML: Final = """
<label class="box"><input type="file" accept=".tif,.tiff"><span class="choose"></span><span class="or"></span></label>
<progress max="1" hidden></progress><p class="said" role="status" aria-live="polite"></p>
"""
_CSS: Final = """
.box {display: flex; flex-direction: column; gap: .15rem; padding: .8rem 1rem; cursor: pointer;
  border: 1px dashed var(--st-border-color); border-radius: var(--st-base-radius);
  background: var(--st-secondary-background-color); color: var(--st-text-color); font-family: var(--st-font)}
.box:hover, .box.over, .box:focus-within {border-color: var(--st-primary-color)}
.choose {font-weight: 600} .or {font-size: .875rem; opacity: .75}
input {position: absolute; opacity: 0; width: 1px; height: 1px}
progress {width: 100%; accent-color: var(--st-primary-color); margin-top: .4rem}
.said {font-family: var(--st-font); font-size: .875rem; margin: .3rem 0 0; color: var(--st-text-color);
  overflow-wrap: anywhere} .said:empty {display: none}
.said.fault {color: var(--st-red-text-color, #B5371B)}
"""
_UPLOADER: Final = st.components.v2.component(
    "symap_grid_uploader",
    html=_HTML,
    css=_CSS,
    js=(Path(__file__).parent / "assets" / "grid-uploader.js").read_text(encoding="utf-8"),
)
_BYTES_PER_MB: Final = 1e6


def grid_uploader(t: Translator, folder: Folder) -> None:
    """Let the reader send a grid to the session's folder; the page runs anew once it is there."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    room_bytes = folder.room_bytes()
    limit = t.number(room_bytes / _BYTES_PER_MB)
    words = {name: t(f"peoplepage.upload.{name}") for name in ("choose", "kind", "failed", "mb")}
    data = {
        "address": f"/{base}/grids/{folder.token}" if base else f"/grids/{folder.token}",
        "most": room_bytes,
        "lang": t.language,
        "words": {
            **words,
            "or": t("peoplepage.upload.or", limit=limit),
            "large": t("peoplepage.upload.large", limit=limit),
        },
    }
    _UPLOADER(data=data, key="peoplepage-grid", on_arrived_change=_arrived)


def _arrived() -> None:
    """Do nothing: that the page runs anew is all that is needed."""
