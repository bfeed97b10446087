"""Reading an OpenStreetMap extract: the ways, barriers and turn restrictions in it, nothing interpreted."""

from __future__ import annotations

import datetime as dt
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.errors import SymapError
from geo.osm_tags import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

#: Positions in an extract are whole multiples of this part of a degree.
UNITS_PER_DEGREE: Final = 10_000_000
#: Farthest east and north that a point can lie; the reader gives more for a node that the extract lacks.
_EAST, _NORTH = 180 * UNITS_PER_DEGREE, 90 * UNITS_PER_DEGREE
#: Ways between two signs of life.
_STRIDE: Final = 20_000
_WANTED: Final = ("highway", "barrier", "restriction", "route")


class OsmError(SymapError, ValueError):
    """An extract cannot be read, or holds no road."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """A turn restriction as written: its tags, and ids of the ways from, through (or the node at) and to."""

    tags: Mapping[str, str]
    from_ways: tuple[int, ...]
    via_node: int | None
    via_ways: tuple[int, ...]
    to_ways: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Extract:
    """The roads of an extract, sorted by way id.

    Parameters
    ----------
    way_id, tag_row
        Of each way; ``tag_row`` is its row in ``tags``.
    tags
        Every set of tags that occurs.
    start
        Where each way's nodes begin in ``ref``, and one past the last.
    ref, x, y
        Id and position of the ways' nodes, in units of :data:`UNITS_PER_DEGREE`; ``missing`` where not known.
    missing
        Whether the extract lacks the node.
    points
        Tags of single nodes that may stop a vehicle, by id.
    restrictions
        Turn restrictions whose members are named, whether or not the extract holds them.
    """

    way_id: NDArray[np.int64]
    tag_row: NDArray[np.int64]
    tags: tuple[Mapping[str, str], ...]
    start: NDArray[np.int64]
    ref: NDArray[np.int64]
    x: NDArray[np.int32]
    y: NDArray[np.int32]
    missing: NDArray[np.bool_]
    points: Mapping[int, Mapping[str, str]]
    restrictions: tuple[Restriction, ...]


def _osmium() -> Any:  # noqa: ANN401 - a module
    try:
        import osmium  # noqa: PLC0415 - an extract is read rarely, and not by everybody
    except ImportError as error:
        raise OsmError("osm-reader-missing") from error
    return osmium


def _relevant(tags: Any) -> dict[str, str]:  # noqa: ANN401 - a list of tags without a public type
    return {tag.k: tag.v for tag in tags if tag.k.partition(":")[0] in KEYS}


class _Collector:
    """What has been read so far."""

    def __init__(self) -> None:
        self.way_id, self.version, self.tag_row, self.count = array("q"), array("q"), array("q"), array("q")
        self.ref, self.x, self.y = array("q"), array("i"), array("i")
        self.tags: dict[tuple[tuple[str, str], ...], int] = {}
        self.points: dict[int, dict[str, str]] = {}
        self.restrictions: list[Restriction] = []

    def way(self, way: Any) -> None:  # noqa: ANN401 - as above
        tags = _relevant(way.tags)
        if "highway" not in tags and tags.get("route") != "ferry":
            return
        nodes = list(way.nodes)
        self.way_id.append(way.id)
        self.version.append(way.version)
        self.tag_row.append(self.tags.setdefault(tuple(sorted(tags.items())), len(self.tags)))
        self.count.append(len(nodes))
        self.ref.extend([node.ref for node in nodes])
        self.x.extend([node.x for node in nodes])
        self.y.extend([node.y for node in nodes])

    def node(self, node: Any) -> None:  # noqa: ANN401 - as above
        tags = _relevant(node.tags)
        if "traffic_sign" in node.tags and "barrier" not in tags:
            # It speaks of the road beyond it, in one direction: of which, the point does not tell.
            return
        # Crossings and signals are tagged points too; only what can stop somebody is kept.
        if set(tags) - {"highway", "name", "ref"}:
            self.points[node.id] = tags

    def relation(self, relation: Any) -> None:  # noqa: ANN401 - as above
        members: dict[tuple[str, str], list[int]] = {}
        for member in relation.members:
            members.setdefault((member.role, member.type), []).append(member.ref)
        via_nodes = members.get(("via", "n"), [])
        self.restrictions.append(
            Restriction(
                tags=_relevant(relation.tags),
                from_ways=tuple(members.get(("from", "w"), ())),
                via_node=via_nodes[0] if len(via_nodes) == 1 else None,
                via_ways=tuple(members.get(("via", "w"), ())),
                to_ways=tuple(members.get(("to", "w"), ())),
            )
        )

    def place_drafts(self, nodes: Iterable[Any]) -> None:
        """Give the ways the positions of nodes with negative ids: drafts of an editor, which the reader keeps none of."""
        places = {
            node.id: (node.location.x, node.location.y) for node in nodes if node.id < 0 and node.location.valid()
        }
        for row, ref in enumerate(self.ref):
            if ref in places:
                self.x[row], self.y[row] = places[ref]

    def extract(self) -> Extract:
        """Sort the ways by id, so that the order in the file cannot matter; of one way the last version counts."""
        way_id, version = np.array(self.way_id, dtype=np.int64), np.array(self.version, dtype=np.int64)
        count = np.array(self.count, dtype=np.int64)
        order = np.lexsort((version, way_id))
        order = order[np.append(way_id[order][1:] != way_id[order][:-1], True)] if len(order) else order
        before = np.cumsum(count) - count
        start = np.concatenate([[0], np.cumsum(count[order])])
        rows = np.repeat(before[order] - start[:-1], count[order]) + np.arange(int(start[-1]))
        x, y = (np.array(values, dtype=np.int32)[rows] for values in (self.x, self.y))
        return Extract(
            way_id=way_id[order],
            tag_row=np.array(self.tag_row, dtype=np.int64)[order],
            tags=tuple(dict(tags) for tags in self.tags),
            start=start.astype(np.int64),
            ref=np.array(self.ref, dtype=np.int64)[rows],
            x=x,
            y=y,
            missing=(np.abs(x) > _EAST) | (np.abs(y) > _NORTH),
            points=self.points,
            restrictions=tuple(self.restrictions),
        )


def _roads(osmium: Any, path: Path) -> Any:  # noqa: ANN401 - a module, and objects without a public type
    objects = osmium.FileProcessor(str(path))
    if objects.header.has_multiple_object_versions or ".osh" in path.suffixes:
        raise OsmError("osm-history", file=path.name)
    return objects.with_locations().with_filter(osmium.filter.KeyFilter(*_keys()))


def read_extract(path: Path, report: Callable[[int], None] | None = None) -> Extract:
    """Read the roads of an extract.

    Parameters
    ----------
    path
        ``.osm.pbf``, ``.osm``, ``.osm.gz`` or ``.osm.bz2``, nodes before ways as every published extract has them.
    report
        Told now and then how many ways have been read.

    Raises
    ------
    OsmError
        ``osm-no-file``; ``osm-unreadable`` for a truncated file, one of another kind or an unknown ending;
        ``osm-history`` for one with every version of every object; ``osm-no-roads``; ``osm-no-positions`` where the nodes of all roads are missing or come after the ways;
        ``osm-reader-missing``.
    """
    if not path.is_file():
        raise OsmError("osm-no-file", file=path.name)
    osmium = _osmium()
    found = _Collector()
    handle = {"w": found.way, "n": found.node, "r": found.relation}
    try:
        for entry in _roads(osmium, path):
            if not entry.deleted:
                handle[entry.type_str()](entry)
            if report is not None and len(found.way_id) % _STRIDE == 1:
                report(len(found.way_id))
        if min(found.ref, default=0) < 0:
            found.place_drafts(osmium.FileProcessor(str(path), osmium.osm.NODE))
    except OsmError:
        raise
    except (RuntimeError, OSError, ValueError, osmium.InvalidLocationError) as error:
        raise OsmError("osm-unreadable", file=path.name, found=str(error)) from error
    if not found.way_id:
        raise OsmError("osm-no-roads", file=path.name)
    extract = found.extract()
    if extract.missing.all():
        raise OsmError("osm-no-positions", file=path.name)
    return extract


def extract_date(path: Path) -> dt.date | None:
    """Give the date of the data in an extract, where its header says it."""
    osmium = _osmium()
    try:
        with osmium.io.Reader(str(path), osmium.osm.osm_entity_bits.NOTHING) as reader:
            text = reader.header().get("osmosis_replication_timestamp") or reader.header().get("timestamp")
        return dt.date.fromisoformat(text[:10]) if text else None
    except (RuntimeError, ValueError):
        return None


def _keys() -> tuple[str, ...]:
    own = ("vehicle", "motor_vehicle", "motorcar", "goods", "hgv")
    turns = ("restriction", *(f"restriction:{key}" for key in (*own, "hazmat")))
    narrow = ("maxweight", "maxheight", "maxwidth")
    return (*_WANTED, *turns, *(f"{name}:conditional" for name in turns), *own, "access", *narrow)
