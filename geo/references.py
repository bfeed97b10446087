"""What only several tables together can show: references, ids that meet twice, roads shorter than the straight line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo import closures, values
from geo.crs import GEOD
from geo.faults import MAX_FAULTS, Faults
from geo.places import PLACE_TABLES
from geo.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geo.errors import Fault
    from geo.schema import Column, Table

    Tables = Mapping[str, pd.DataFrame]

#: A length rounded to whole metres may fall short of the geodesic by this.
_ROUNDING_M: Final = 0.5


@dataclass(frozen=True)
class Origin:
    """Where a checked table stands in the user's file.

    Parameters
    ----------
    file
        Name of the file.
    rows
        Row number of each record.
    headers
        Header as written, by column of the contract.
    """

    file: str
    rows: tuple[int, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def row(self, position: int) -> int | None:
        """Give the row number of a record, or None where it is not known."""
        return self.rows[position] if position < len(self.rows) else None

    def header(self, column: str) -> str:
        """Give a column's header as written."""
        return self.headers.get(column, column)


def _references(table: Table) -> list[Column]:
    return [column for column in table.columns if column.refers]


def _named(cell: object) -> tuple[str, ...]:
    if isinstance(cell, tuple):
        return cell
    return (cell,) if isinstance(cell, str) else ()


def _known(tables: Tables, names: Iterable[str]) -> set[str]:
    return {str(identifier) for name in names for identifier in tables[name]["id"]}


def _unknown_references(name: str, tables: Tables, origin: Origin, broken: Mapping[str, str], faults: Faults) -> None:
    for column in _references(TABLES[name]):
        known = _known(tables, column.refers)
        missing = [
            (position, word)
            for position, cell in enumerate(tables[name][column.name])
            for word in _named(cell)
            if word not in known
        ]
        if missing and any(table in broken for table in column.refers):
            files = ", ".join(broken[table] for table in column.refers if table in broken)
            faults.add("reference-to-broken-table", None, origin.header(column.name), missing[0][1], other=files)
            continue
        listed = tuple(sorted(known))
        for number, (position, word) in enumerate(missing):
            # Looking for what was meant takes long; nobody sees it beyond the limit of reported faults.
            suggestion = values.nearest(word, listed) if number < MAX_FAULTS else None
            place = (origin.row(position), origin.header(column.name), word)
            others = ", ".join(column.refers)
            if suggestion:
                faults.add("misspelt-reference", *place, other=others, suggestion=suggestion)
            else:
                faults.add("unknown-reference", *place, other=others)


def _ids_in_two_tables(name: str, tables: Tables, own: Iterable[str], origin: Origin, faults: Faults) -> None:
    """Report ids that a question could not tell apart; of two tables the user's own, else the later, has the fault."""
    if name not in PLACE_TABLES:
        return
    mine = set(own)
    blame = (name in mine, PLACE_TABLES.index(name))
    for position_of_other, other in enumerate(PLACE_TABLES):
        if (other in mine, position_of_other) >= blame:
            continue
        known = _known(tables, (other,))
        for position, identifier in enumerate(tables[name]["id"]):
            if identifier in known:
                faults.add("id-in-two-tables", origin.row(position), origin.header("id"), identifier, other=other)


def geodesic_lengths_m(sections: pd.DataFrame, nodes: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Measure the geodesic between the ends of each road section; NaN where an end is not known."""
    place = nodes.drop_duplicates("id").set_index("id")[["lon", "lat"]].astype(float)
    start = place.reindex(sections["from_id"].to_numpy()).to_numpy()
    end = place.reindex(sections["to_id"].to_numpy()).to_numpy()
    return np.asarray(GEOD.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])[2], dtype=np.float64)


def _too_short(name: str, tables: Tables, own: Iterable[str], origin: Origin, faults: Faults) -> None:
    """Report sections shorter than the geodesic between their ends, in the table of the two that is to blame."""
    to_blame = "road_nodes" if "road_nodes" in own and "road_sections" not in own else "road_sections"
    if name != to_blame:
        return
    sections = tables["road_sections"]
    geodesics = geodesic_lengths_m(sections, tables["road_nodes"])
    lengths = sections["length_m"].to_numpy()
    for position in np.flatnonzero(lengths < geodesics - _ROUNDING_M):
        section = sections.iloc[position]
        faults.add(
            "shorter-than-geodesic",
            origin.row(int(position)) if name == "road_sections" else None,
            origin.header("length_m") if name == "road_sections" else None,
            f"{lengths[position]:.0f}",
            section=str(section["id"]),
            ends=f"{section['from_id']} – {section['to_id']}",
            geodesic_length=f"{geodesics[position]:.0f}",
        )


def _breaks_sections(name: str, tables: Tables, own: Iterable[str], broken: Mapping[str, str], faults: Faults) -> None:
    """Report junctions of the user's that the bundled roads do not end at: a network would be left without roads."""
    if name != "road_nodes" or "road_nodes" not in own or "road_sections" in own:
        return
    known = _known(tables, ("road_nodes",))
    sections = tables["road_sections"]
    wanted = {word for ends in zip(sections["from_id"], sections["to_id"], strict=True) for word in ends}
    missing = sorted(wanted - known)
    if missing and "road_sections" in broken:
        faults.add("needs-broken-table", other=broken["road_sections"])
    elif missing:
        faults.add("breaks-table", None, None, ", ".join(missing[:5]), other="road_sections", missing=str(len(missing)))


def _contradicting_dates(name: str, tables: Tables, origin: Origin, faults: Faults) -> None:
    """Report closures whose dates contradict each other."""
    if name != "closures":
        return
    for position, code, column, found in closures.faults(tables[name]):
        faults.add(code, origin.row(position), origin.header(column), found)


def check(
    name: str, tables: Tables, origin: Origin, *, own: Iterable[str] = (), broken: Mapping[str, str] | None = None
) -> list[Fault]:
    """Check one table against all the others.

    Parameters
    ----------
    name
        Table to check.
    tables
        All tables, each checked alone.
    origin
        Where the table stands in its file.
    own
        Names of the tables that the user brought.
    broken
        File by name of the user's tables that could not be used: what refers to them fails with them.

    Returns
    -------
    list[Fault]
        Every fault, up to the limit of :class:`geo.faults.Faults`; empty when there is none.
    """
    faults = Faults(origin.file)
    mine = frozenset(own)
    _breaks_sections(name, tables, mine, broken or {}, faults)
    _unknown_references(name, tables, origin, broken or {}, faults)
    _ids_in_two_tables(name, tables, mine, origin, faults)
    _too_short(name, tables, mine, origin, faults)
    _contradicting_dates(name, tables, origin, faults)
    return faults.all()


def _without(frame: pd.DataFrame, column: Column, known: set[str]) -> pd.DataFrame:
    """Take references to unknown records out of a column: empty them, or leave the row out where it needs one."""
    cells = frame[column.name]
    gone = [position for position, cell in enumerate(cells) if any(word not in known for word in _named(cell))]
    if not gone:
        return frame
    if not column.nullable:
        return frame.drop(index=frame.index[gone]).reset_index(drop=True)
    kept: Any
    if column.kind in values.MULTIPLE:
        tuples = np.empty(len(frame), dtype=object)
        tuples[:] = [tuple(word for word in _named(cell) if word in known) for cell in cells]
        kept = tuples
    else:
        kept = pd.array([cell if isinstance(cell, str) and cell in known else None for cell in cells], dtype="str")
    return frame.assign(**{column.name: kept})


def prune(tables: Tables, own: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Take out of the bundled tables what refers to records that the user's tables have replaced.

    A bundled quantity of a site that the user's list does not have goes with the site; a settlement whose
    area is no longer there stays and belongs to none. Road sections stay: without their junctions the
    user's table is refused (see :func:`check`).

    Parameters
    ----------
    tables
        All tables.
    own
        Names of those that the user brought; these stay as they are.

    Returns
    -------
    dict[str, pd.DataFrame]
        The tables, new where something was taken out.
    """
    mine = frozenset(own)
    result = dict(tables)
    for name, table in TABLES.items():
        if name in mine or name == "road_sections":
            continue
        for column in _references(table):
            if mine.intersection(column.refers):
                result[name] = _without(result[name], column, _known(tables, column.refers))
    return result
