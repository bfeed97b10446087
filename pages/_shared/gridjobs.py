"""Population grids made ready in the background, so that the page stays usable while an index is built."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import SymapError
from geo.gridfile import GridError
from geo.grids import open_grid

if TYPE_CHECKING:
    from geo.grids import Grid

_LOG = logging.getLogger(__name__)


class GridJob:
    """The opening of one grid, in a thread of its own.

    Parameters
    ----------
    path
        The GeoTIFF.
    kind
        ``count``, ``density``, or None where nobody has said.
    """

    def __init__(self, path: str, kind: str | None) -> None:
        self.path = Path(path)
        self.kind = kind
        self.share = 0.0
        self.grid: Grid | None = None
        self.error: SymapError | None = None
        self._thread = Thread(target=self._work, name=f"grid {self.path.name}", daemon=True)
        self._thread.start()

    @property
    def is_done(self) -> bool:
        """Whether the grid is ready or refused."""
        return self.grid is not None or self.error is not None

    @property
    def index_folder(self) -> Path | None:
        """Where the index of the grid lies on disk; None before it is ready."""
        mapped = None if self.grid is None else self.grid.index.persons.base
        return Path(mapped.filename).parent if isinstance(mapped, np.memmap) and mapped.filename else None

    def wait(self, timeout_s: float) -> bool:
        """Wait until it is done, or for some time; tell whether it is done."""
        self._thread.join(timeout_s)
        return self.is_done

    def _tell(self, share: float) -> None:
        self.share = share

    def _work(self) -> None:
        try:
            self.grid = open_grid(self.path, kind=self.kind, progress=self._tell)
        except SymapError as error:
            self.error = error
        except Exception:  # noqa: BLE001 - a thread that dies silently would leave the page waiting
            _LOG.exception("the grid %s could not be opened", self.path.name)
            self.error = GridError("grid-unreadable", file=self.path.name)
