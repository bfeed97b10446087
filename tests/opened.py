"""Files as their reader finds them: written, opened again, the first table looked at."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from geo.export import write

if TYPE_CHECKING:
    from pathlib import Path

    from geo.documents import Document
    from geo.i18n import Translator


def opened(document: Document, t: Translator, ending: str, folder: Path) -> pd.DataFrame:
    """Write a document and read its first table back."""
    content = write(document, t, f"answer{ending}")
    if ending == ".csv":
        return pd.read_csv(io.BytesIO(content))
    if ending == ".xlsx":
        return pd.read_excel(io.BytesIO(content))
    path = folder / f"answer{ending}"
    path.write_bytes(content)
    return gpd.read_file(path, **({"layer": document.sheets[0].code} if ending == ".gpkg" else {}))
