"""The register of what is known: which records match a filter, and everything recorded about one of them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

import pandas as pd

from geo.errors import QuestionError
from geo.evidence import Note, weakest
from geo.schema import EVIDENCE, SITE_KINDS, WASTE_TYPES

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.dataset import Dataset

RecordTable = Literal["sites", "storage", "collection_points"]
#: The tables of the register, in the order in which pages show them.
RECORD_TABLES: Final[tuple[RecordTable, ...]] = ("sites", "storage", "collection_points")

#: Which quantity says most about a place: the first of these that is recorded is its headline.
HEADLINE_QUANTITIES: Final = ("slag-mass", "tailings-mass", "waste-mass", "volume", "production-total", "sludge-mass")
_REFERENCE_KIND: Final = "reference-point"


@dataclass(frozen=True, slots=True)
class InventoryQuestion:
    """Which records to show.

    Parameters
    ----------
    tables
        Any of :data:`RECORD_TABLES`.
    site_kinds
        Kinds of sites to keep; empty keeps all.
    waste
        Keep stores and points that accept this waste type; None keeps all.
    evidence
        Kinds of evidence to keep; empty keeps all.
    mercury_only
        Leave out sites whose recorded ore is not mercury, and those whose ore no source names.

    Raises
    ------
    QuestionError
        ``unknown-waste`` or ``unknown-choice`` when a code is not one of the contracts'.
    """

    tables: tuple[RecordTable, ...] = RECORD_TABLES
    site_kinds: tuple[str, ...] = ()
    waste: str | None = None
    evidence: tuple[str, ...] = ()
    mercury_only: bool = True

    def __post_init__(self) -> None:
        """Refuse codes that no contract knows."""
        if self.waste is not None and self.waste not in WASTE_TYPES:
            raise QuestionError("unknown-waste", waste=self.waste, choices=" ".join(WASTE_TYPES))
        for given, allowed in ((self.tables, RECORD_TABLES), (self.site_kinds, SITE_KINDS), (self.evidence, EVIDENCE)):
            for code in given:
                if code not in allowed:
                    raise QuestionError("unknown-choice", found=code, choices=" ".join(allowed))


@dataclass(frozen=True)
class InventoryAnswer:
    """The matching records of each table, with their row index kept.

    Parameters
    ----------
    question
        What was asked.
    sites, storage, collection_points
        Matching rows; empty frames for tables that were not asked for.
    evidence
        The weakest evidence among them, or None when nothing matches.
    hidden_not_mercury
        How many sites are left out because they are not known to hold mercury.
    """

    question: InventoryQuestion
    sites: gpd.GeoDataFrame
    storage: gpd.GeoDataFrame
    collection_points: gpd.GeoDataFrame
    evidence: str | None
    hidden_not_mercury: int

    @property
    def count(self) -> int:
        """How many records match."""
        return len(self.sites) + len(self.storage) + len(self.collection_points)


def is_mercury(sites: pd.DataFrame) -> pd.Series:
    """Tell which sites have mercury among their recorded commodities (same index as the input)."""
    return sites["commodities"].map(lambda codes: "mercury" in codes).astype(bool)


def _matching(frame: gpd.GeoDataFrame, question: InventoryQuestion, table: RecordTable) -> gpd.GeoDataFrame:
    keep = pd.Series(table in question.tables, index=frame.index)
    if question.evidence:
        keep &= frame["evidence"].isin(question.evidence)
    if table == "sites":
        if question.site_kinds:
            keep &= frame["kind"].isin(question.site_kinds)
    elif question.waste is not None:
        keep &= frame["accepts"].map(lambda codes: question.waste in codes).astype(bool)
    return frame[keep]


def select(dataset: Dataset, question: InventoryQuestion) -> InventoryAnswer:
    """Select the records that match a question.

    Parameters
    ----------
    dataset
        Tables to select from.
    question
        Filters; all of them have to hold.

    Returns
    -------
    InventoryAnswer
        Matching rows by table.
    """
    found = {table: _matching(dataset.geo(table), question, table) for table in RECORD_TABLES}
    mercury = is_mercury(found["sites"])
    hidden = int((~mercury).sum()) if question.mercury_only else 0
    if question.mercury_only:
        found["sites"] = found["sites"][mercury]
    return InventoryAnswer(
        question=question,
        sites=found["sites"],
        storage=found["storage"],
        collection_points=found["collection_points"],
        evidence=weakest(code for frame in found.values() for code in frame["evidence"]),
        hidden_not_mercury=hidden,
    )


@dataclass(frozen=True)
class RecordAnswer:
    """Everything recorded about one place.

    Parameters
    ----------
    table
        Table of the record.
    record
        Its row.
    quantities
        Rows of ``site_quantities`` for it and its parts, the most telling first.
    parts
        Sites whose parent it is.
    headline
        The row of ``quantities`` that says most, or None when nothing is recorded.
    claims
        Rows of the conflict ledger about it or its parts.
    notes
        What a reader must know: assumed position, not mercury, illustrative.
    """

    table: str
    record: pd.Series
    quantities: pd.DataFrame
    parts: pd.DataFrame
    headline: pd.Series | None
    claims: pd.DataFrame
    notes: tuple[Note, ...] = field(default_factory=tuple)


def _record_notes(table: str, record: pd.Series) -> tuple[Note, ...]:
    notes = []
    if record["evidence"] == "illustrative":
        notes.append(Note("illustrative-record"))
    if table in {"sites", "storage"}:
        if record["position_basis"] == "none" or pd.isna(record["lon"]):
            notes.append(Note("only-listed"))
        elif record["position_basis"] in {"town-point", "village-point"}:
            notes.append(Note("position-assumed", {"error_m": float(record["positional_error_m"])}))
    if table == "sites" and "mercury" not in record["commodities"]:
        notes.append(Note("not-mercury" if record["commodities"] else "ore-unknown"))
    return tuple(notes)


def describe(dataset: Dataset, record_id: str) -> RecordAnswer:
    """Gather what the tables say about one site, store, collection point or settlement.

    Parameters
    ----------
    dataset
        Tables to look in.
    record_id
        Id of the record.

    Returns
    -------
    RecordAnswer
        The row with its quantities, parts and conflicts.

    Raises
    ------
    QuestionError
        ``unknown-place`` when no table has the id.
    """
    for table in (*RECORD_TABLES, "settlements", "road_nodes"):
        frame = dataset[table]
        hits = frame[frame["id"] == record_id]
        if len(hits):
            break
    else:
        raise QuestionError("unknown-place", place=record_id)
    record = hits.iloc[0]
    sites, quantities, claims = dataset.sites, dataset.site_quantities, dataset.claims
    parts = sites[sites["parent_id"] == record_id] if table == "sites" else sites.iloc[:0]
    ids = [record_id, *parts["id"]]
    rank = {code: place for place, code in enumerate(HEADLINE_QUANTITIES)}
    mine = quantities[quantities["site_id"].isin(ids)]
    order = mine["quantity"].map(lambda code: rank.get(code, len(rank))).astype("int64")
    mine = mine.assign(_order=order).sort_values("_order", kind="stable").drop(columns="_order")
    headline = mine.iloc[0] if len(mine) and mine.iloc[0]["quantity"] in rank else None
    subjects = _claim_subjects(dataset, record_id)
    return RecordAnswer(
        table=table,
        record=record,
        quantities=mine,
        parts=parts,
        headline=headline,
        claims=claims[claims["subject"].isin(subjects)],
        notes=_record_notes(table, record),
    )


def _claim_subjects(dataset: Dataset, record_id: str) -> frozenset[str]:
    """Name the ledger's subjects about a record: those that begin with its whole English name as a code."""
    frame = pd.concat([dataset[table][["id", "name_en"]] for table in ("sites", "settlements")])
    names = frame.loc[frame["id"] == record_id, "name_en"]
    if names.empty:
        return frozenset()
    plain = unicodedata.normalize("NFKD", str(names.iloc[0])).encode("ascii", "ignore").decode().casefold()
    code = "-".join(re.findall(r"[a-z0-9]+", plain))
    return frozenset(subject for subject in dataset.claims["subject"].dropna() if subject.startswith(f"{code}-"))
