"""What a reader brings to the question who lives near: population grids, receptors, regions, places. Of the session only.

Grids that lie on the server itself stand beside them: in the folders that ``SYMAP_GRIDS`` names, and those fetched by
``python -m geo data get``.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import streamlit as st

from geo import brought, regions, shelf
from geo.crs import WGS84
from geo.errors import SymapError
from pages._shared.gridfiles import Folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.brought import OwnLayer
    from geo.places import Place

#: Folders with grids on the server, separated as in ``PATH``.
GRIDS_VARIABLE: Final = "SYMAP_GRIDS"
#: Largest layer or list of places that is read, megabytes; grids are larger and come another way.
MAX_LAYER_MB: Final = 20
#: Endings of files that may hold a layer.
LAYER_TYPES: Final = ("geojson", "json", "gpkg", "zip", "fgb", "gpx", "kml", "kmz", "csv", "xlsx")

Kind = Literal["receptors", "regions", "places"]

_KEY: Final = "peopledata"
_GRID_ENDINGS: Final = (".tif", ".tiff")


@dataclass(frozen=True, eq=False)
class Dropped:
    """A layer, or a list of places, that the reader dropped.

    Parameters
    ----------
    kind
        What it is used as.
    file
        Name of its file.
    digest
        Of its name and content; identity for caches.
    layer
        Receptors or regions.
    places
        Places by id.
    """

    kind: Kind
    file: str
    digest: str
    layer: OwnLayer | None = None
    places: Mapping[str, Place] = field(default_factory=dict)

    def frame(self) -> gpd.GeoDataFrame:
        """Give ids, names and geometry of the features; empty for places."""
        rows = np.arange(0 if self.layer is None else len(self.layer.ids))
        columns = {} if self.layer is None else self.layer.columns(rows)
        shapes = [] if self.layer is None else list(self.layer.shapes)
        return gpd.GeoDataFrame(pd.DataFrame(columns, index=rows), geometry=shapes, crs=WGS84)

    @property
    def count(self) -> int:
        """Features or places in it."""
        return len(self.places) if self.layer is None else len(self.layer.ids)


@dataclass(frozen=True)
class GridChoice:
    """A population grid that can be chosen.

    Parameters
    ----------
    code
        Stable name: the file's name for a grid of the server, so that a link can name it.
    path
        Where it lies.
    is_own
        Whether the reader sent it.
    """

    code: str
    path: Path
    is_own: bool

    @property
    def stamp(self) -> tuple[int, int]:
        """Size and time of the file: another version of it is another grid."""
        try:
            status = self.path.stat()
        except OSError:
            return 0, 0
        return status.st_size, status.st_mtime_ns


@dataclass(frozen=True, eq=False)
class Waiting:
    """A dropped file with several layers, until the reader says which of them is meant."""

    kind: Kind
    content: bytes
    layers: tuple[str, ...]


@dataclass(eq=False)
class Brought:
    """Everything that one reader brought; ``refused`` holds what was wrong with files that could not be used."""

    folder: Folder = field(default_factory=Folder)
    layers: list[Dropped] = field(default_factory=list)
    grids: list[GridChoice] = field(default_factory=list)
    refused: dict[str, SymapError] = field(default_factory=dict)
    waiting: dict[str, Waiting] = field(default_factory=dict)

    def of(self, kind: Kind) -> tuple[Dropped, ...]:
        """Give the layers of one kind, in the order in which they came."""
        return tuple(layer for layer in self.layers if layer.kind == kind)


def brought_here() -> Brought:
    """Give what this session's reader brought; changing it changes the session."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = Brought()
    return cast("Brought", st.session_state[_KEY])


def read_layer(kind: Kind, file: str, content: bytes, folder: Folder, layer: str = "") -> Dropped:
    """Read a dropped file, or the named layer of it, as what the reader says it is.

    Raises
    ------
    SymapError
        As :func:`geo.brought.read_layer`, :func:`geo.brought.read_sites` and :func:`geo.regions.read_regions`.
    """
    digest = hashlib.sha256(kind.encode() + b"\0" + f"{file}#{layer}".encode() + b"\0" + content).hexdigest()
    path = folder.place(file)
    path.write_bytes(content)
    named = f"{path}#{layer}" if layer else path
    shown = f"{path.name}#{layer}" if layer else path.name
    try:
        if kind == "places":
            return Dropped(kind, shown, digest, places=brought.read_sites(named))
        found = regions.read_regions(named) if kind == "regions" else brought.read_layer(named)
        return Dropped(kind, shown, digest, layer=replace(found, file=shown))
    finally:
        path.unlink(missing_ok=True)


def receive_layer(kind: Kind, file: str, content: bytes, layer: str = "") -> bool:
    """Keep a dropped file, or what is wrong with it; one file of regions and one of places is in use at a time."""
    mine = brought_here()
    mine.refused.pop(file, None)
    mine.waiting.pop(file, None)
    try:
        if not layer and len(layers := brought.layer_names(file, content)) > 1:
            mine.waiting[file] = Waiting(kind, content, layers)
            return False
        new = read_layer(kind, file, content, mine.folder, layer)
    except SymapError as error:
        mine.refused[file] = error
        return False
    kept = [one for one in mine.layers if not (one.kind == kind and (kind != "receptors" or one.file == new.file))]
    mine.layers = [*kept, new]
    return True


def receive_grids() -> GridChoice | None:
    """Keep the grids that arrived since the last run; give the newest of them."""
    mine = brought_here()
    new = [GridChoice(f"own:{path.parent.name}:{path.name}", path, is_own=True) for path in mine.folder.take()]
    mine.grids += new
    return new[-1] if new else None


def forget(item: Dropped | GridChoice) -> None:
    """Put something that was brought away again."""
    mine = brought_here()
    if isinstance(item, GridChoice):
        mine.grids = [grid for grid in mine.grids if grid != item]
        mine.folder.drop(item.path)
    else:
        mine.layers = [layer for layer in mine.layers if layer is not item]


def server_grids() -> list[Path]:
    """List the grids that lie on the server: in the operator's folders, then those that were fetched."""
    found: list[Path] = []
    for part in (os.environ.get(GRIDS_VARIABLE) or "").split(os.pathsep):
        try:
            found += (
                sorted(path for path in Path(part).iterdir() if path.suffix.lower() in _GRID_ENDINGS) if part else []
            )
        except OSError:
            continue
    return [*found, *shelf.fetched_grids()]


def grids() -> dict[str, GridChoice]:
    """List the grids that can be chosen, by code: those of the server by name, then the reader's own."""
    found: dict[str, GridChoice] = {}
    for path in server_grids():
        found.setdefault(path.name, GridChoice(path.name, path, is_own=False))
    return found | {grid.code: grid for grid in brought_here().grids}


def holds_own() -> bool:
    """Tell whether the reader brought anything, which no link can carry."""
    mine = brought_here()
    return bool(mine.layers or mine.grids)
