"""Small made-up extracts, written as OpenStreetMap XML."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

#: Id → longitude, latitude and, where there are any, tags.
Nodes = "Mapping[int, tuple[float, float] | tuple[float, float, Mapping[str, str]]]"
#: Id, nodes and tags.
Way = tuple[int, "Iterable[int]", "Mapping[str, str]"]
#: Tags, and kind, id and role of each member.
Relation = tuple["Mapping[str, str]", "Iterable[tuple[str, int, str]]"]


def _tags(tags: Mapping[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())


def write(path: Path, nodes: Nodes, ways: Iterable[Way], relations: Iterable[Relation] = ()) -> Path:
    """Write an extract."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">']
    for node, (lon, lat, *tags) in sorted(nodes.items()):
        parts.append(f'<node id="{node}" lon="{lon}" lat="{lat}">{_tags(tags[0] if tags else {})}</node>')
    for way, refs, tags in ways:
        drawn = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        parts.append(f'<way id="{way}">{drawn}{_tags(tags)}</way>')
    for number, (tags, members) in enumerate(relations, start=1):
        named = "".join(f'<member type="{kind}" ref="{ref}" role="{role}"/>' for kind, ref, role in members)
        parts.append(f'<relation id="{number}">{named}{_tags(tags)}</relation>')
    path.write_text("".join([*parts, "</osm>"]), encoding="utf-8")
    return path


def grid(rows: int, columns: int) -> dict[int, tuple[float, float]]:
    """Place nodes 11, 12, … 21, … (row, column) a hundredth of a degree apart at 40° north."""
    return {
        10 * (row + 1) + column + 1: (71 + column / 100, 40 + row / 100)
        for row in range(rows)
        for column in range(columns)
    }
