"""The tables that every question is asked of, checked and frozen together."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

    from geo.errors import Fault


def _frame_digest(frame: pd.DataFrame) -> str:
    """Hash a table's content: headers, values and geometry, whatever its row index."""
    digest = hashlib.sha256("\x1f".join(map(str, frame.columns)).encode())
    for name in frame.columns:
        column = frame[name]
        if name == "geometry":
            digest.update(b"".join(bytes(part or b"") for part in cast("gpd.GeoSeries", column).to_wkb()))
        else:
            digest.update("\x1f".join(map(repr, column.tolist())).encode())
    return digest.hexdigest()


@dataclass(frozen=True)
class Dataset:
    """All tables of :data:`geo.schema.TABLES`, each with every column of its contract.

    Parameters
    ----------
    tables
        Frames by name, never changed in place. Point tables and ``borders`` are GeoDataFrames in WGS 84
        longitude and latitude; unknown numbers are NaN, unknown texts are NA; cells of several values are
        tuples of str.
    own
        Names of the tables that the user brought in place of the bundled ones.
    faults
        What was wrong with tables of the user that could not be used.
    """

    tables: Mapping[str, pd.DataFrame]
    own: frozenset[str] = frozenset()
    faults: tuple[Fault, ...] = ()
    _digests: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Hash the tables that have not been hashed yet."""
        known = {name: self._digests.get(name) or _frame_digest(frame) for name, frame in self.tables.items()}
        object.__setattr__(self, "_digests", known)

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Give a table by its name; KeyError when the contracts have none of that name."""
        return self.tables[name]

    def __hash__(self) -> int:
        """Hash by content, so that a data set can key a cache."""
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        """Two data sets are equal when their tables hold the same."""
        return isinstance(other, Dataset) and self.digest == other.digest and self.own == other.own

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the content of all tables, as hexadecimal digits."""
        parts = [f"{name}={self._digests[name]}" for name in sorted(self.tables)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def table_digest(self, *names: str) -> str:
        """SHA-256 over the content of some tables: the identity of what is built from those alone."""
        return hashlib.sha256("\n".join(self._digests[name] for name in names).encode()).hexdigest()

    def with_table(self, name: str, frame: pd.DataFrame, *, own: bool = True) -> Dataset:
        """Make a data set in which one table is replaced by another that fulfils the same contract."""
        digests = {key: value for key, value in self._digests.items() if key != name}
        return replace(
            self,
            tables={**self.tables, name: frame},
            own=self.own | {name} if own else self.own,
            _digests=digests,
        )

    def geo(self, name: str) -> gpd.GeoDataFrame:
        """Give a table that has geometry, typed as such."""
        return cast("gpd.GeoDataFrame", self.tables[name])

    @property
    def sites(self) -> gpd.GeoDataFrame:
        """Contaminated sites and their parts."""
        return self.geo("sites")

    @property
    def site_quantities(self) -> pd.DataFrame:
        """What lies at the sites, with units and dates."""
        return self.tables["site_quantities"]

    @property
    def storage(self) -> gpd.GeoDataFrame:
        """Storage facilities."""
        return self.geo("storage")

    @property
    def collection_points(self) -> gpd.GeoDataFrame:
        """Collection points of mercury-containing waste."""
        return self.geo("collection_points")

    @property
    def settlements(self) -> gpd.GeoDataFrame:
        """Towns and villages, as points."""
        return self.geo("settlements")

    @property
    def area_totals(self) -> pd.DataFrame:
        """Published totals of people in raions, cities and exclaves."""
        return self.tables["area_totals"]

    @property
    def borders(self) -> gpd.GeoDataFrame:
        """Countries in the window, exclaves apart."""
        return self.geo("borders")

    @property
    def road_nodes(self) -> gpd.GeoDataFrame:
        """Places, junctions and passes of the main roads."""
        return self.geo("road_nodes")

    @property
    def road_sections(self) -> pd.DataFrame:
        """Road sections between nodes."""
        return self.tables["road_sections"]

    @property
    def road_speeds(self) -> pd.DataFrame:
        """Planning speeds by surface and terrain."""
        return self.tables["road_speeds"]

    @property
    def closures(self) -> pd.DataFrame:
        """Closures and hindrances of roads."""
        return self.tables["closures"]

    @property
    def guidelines(self) -> pd.DataFrame:
        """Guideline values of mercury."""
        return self.tables["guidelines"]

    @property
    def claims(self) -> pd.DataFrame:
        """Statements of sources that disagree."""
        return self.tables["claims"]
