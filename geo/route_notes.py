"""What a reader must know about a route: the roads driven, its ends, and what the rules did to it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from geo import rules as road_rules
from geo.crs import inverse
from geo.evidence import Note
from geo.rules import STAY_IN
from geo.ways import leaves_country

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray
    from shapely import LineString

    from geo.dataset import Dataset
    from geo.network import Network
    from geo.places import Place
    from geo.rule_effects import RuleEffect
    from geo.rules import RoadRules
    from geo.snapping import Snaps
    from geo.ways import Way

#: Months in which the sections marked as closing in winter do so (lca.logcluster.org: October to April).
WINTER_MONTHS: Final = (10, 11, 12, 1, 2, 3, 4)
#: A named place so many times farther than the nearest point of the road is no help in finding the road.
_NAMED_FACTOR: Final = 3.0
_NAMED_FLOOR_M: Final = 5_000.0


def largest(values: NDArray[np.generic]) -> float:
    """Give the largest known value, NaN where none is."""
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    return float(known.max()) if known.size else math.nan


def driven_sections(*ways: Way) -> NDArray[np.int64]:
    """List the rows of the sections driven on some ways, each once."""
    return np.unique([step.section for way in ways for step in way.steps]).astype(np.int64)


def _winter(day: date | None) -> bool:
    return day is None or day.month in WINTER_MONTHS


def road_notes(
    network: Network, *ways: Way, day: date | None = None, told: NDArray[np.bool_] | None = None
) -> tuple[Note, ...]:
    """Say what a reader must know of the roads driven on one way or several, each section counted once.

    Parameters
    ----------
    network
        The roads.
    ways
        What is driven.
    day
        Day of travel, if it is known: of snow nothing is said in summer.
    told
        Sections whose snow a sentence with its source tells of already.
    """
    rows = driven_sections(*ways)
    if not rows.size:
        return ()
    driven = {
        name: network.section_values[name][rows] for name in ("winter_closure", "positional_error_m", "unverified")
    }
    notes = [
        Note("transboundary", {"countries": ", ".join(codes)})
        for codes in dict.fromkeys(tuple(dict.fromkeys(way.countries)) for way in ways)
        if len(codes) > 1
    ]
    snow = driven["winter_closure"].astype(bool) & _winter(day)
    if told is not None:
        snow &= ~told[rows]
    if snow.any():
        notes.append(Note("winter-closure", {"count": int(snow.sum())}))
    error_m = largest(driven["positional_error_m"])
    if not network.schematic:
        notes.append(Note("surveyed-line"))
    elif math.isfinite(error_m):
        notes.append(Note("schematic-line", {"positional_error_m": error_m}))
    else:
        notes.append(Note("schematic-line-unknown"))
    notes.append(Note("planning-speeds"))
    bends = np.concatenate([network.vertex_node[network.vertex_start[r] : network.vertex_start[r + 1]] for r in rows])
    unchecked = {
        "speeds-assumed": int(network.speed_assumed[rows].sum()),
        "unverified-sections": int(driven["unverified"].sum()),
        "unverified-nodes": int(network.node_values["unverified"][np.unique(bends[bends >= 0])].sum()),
    }
    return (*notes, *(Note(code, {"count": count}) for code, count in unchecked.items() if count))


def rule_notes(dataset: Dataset, network: Network, rules: RoadRules, way: Way) -> tuple[Note, ...]:
    """Say what closures and areas mean for a way beside closing roads to it."""
    sections = driven_sections(way)
    notes = list(road_rules.remarks(dataset, network, rules, sections))
    notes += road_rules.unplaced(dataset, network, rules)
    if rules.avoid and network.schematic and sections.size:
        notes.append(Note("avoid-schematic"))
    return tuple(notes)


def _without(effect: RuleEffect) -> dict[str, str | float]:
    """Give what the road would be without an effect's rules, and what names the rules."""
    time_s = effect.travel_time_s
    found: dict[str, str | float] = {
        "distance_m": effect.distance_m,
        "travel_time_s": math.nan if time_s is None else time_s,
        "countries": ", ".join(effect.countries),
    }
    return found | ({"count": len(effect.rules)} if len(effect.rules) > 1 else dict(effect.rules[0].params))


def _kind(effect: RuleEffect) -> str:
    return "several" if len(effect.rules) > 1 else effect.rules[0].code


def effect_notes(effects: Sequence[RuleEffect], *, reachable: bool) -> tuple[Note, ...]:
    """Say what each rule, other than the borders alone, did to a route, and what there would be without it."""
    notes = []
    for effect in effects:
        if effect.ids == (STAY_IN,):
            continue
        stem = "changed-by" if reachable else "only-by-breaking"
        notes.append(Note(f"{stem}-{_kind(effect)}", _without(effect)))
        if len(effect.rules) > 1:
            notes += [rule.note for rule in effect.rules]
    unchecked = any(rule.unverified for effect in effects for rule in effect.rules)
    return (*notes, Note("closures-unchecked")) if unchecked else tuple(notes)


def breaking_reason(effect: RuleEffect) -> Note:
    """Say which rule stands in the way of the only road."""
    return Note(f"only-by-breaking-{_kind(effect)}", _without(effect))


def end_notes(
    dataset: Dataset, ends: Sequence[Place], snaps: Snaps | None, legs: Sequence[LineString | None]
) -> list[Note]:
    """Say what a reader must know of the ends of a route."""
    notes = [Note("training")] if any(place.evidence == "illustrative" for place in ends) else []
    if snaps is None:
        notes.append(Note("same-place"))
    for row, place in enumerate(ends):
        named: dict[str, str | float] = {"place": place.text}
        if leaves_country(dataset, place.country, legs[row]):
            notes.append(Note("snap-crosses-border", named))
        if snaps is not None and math.isfinite(snaps.skipped_m[row]):
            notes.append(Note("nearer-road-abroad", {**named, "distance_m": float(snaps.skipped_m[row])}))
        if snaps is not None and math.isfinite(snaps.cut_off_m[row]):
            notes.append(Note("nearer-road-cut-off", {**named, "distance_m": float(snaps.cut_off_m[row])}))
        if place.positional_error_m > 0:
            notes.append(Note("position-uncertain", {**named, "positional_error_m": place.positional_error_m}))
    return notes


def refused_end_notes(network: Network, place: Place, snaps: Snaps, row: int) -> tuple[Note, ...]:
    """Name the nearest place from which a way could begin, for an end that lies too far from every road."""
    named: dict[str, str | float] = {"place": place.text}
    notes = []
    extent = None if network.schematic else network.extent
    if extent is not None and not (extent[0] <= place.lon <= extent[2] and extent[1] <= place.lat <= extent[3]):
        notes.append(Note("network-elsewhere", named))
    near_m = float(snaps.distance_m[row])
    node, node_m = _nearest_named(network, place)
    if node_m <= max(_NAMED_FACTOR * near_m, _NAMED_FLOOR_M):
        names = {key: network.node_values[key][node] for key in ("name_en", "name_ru", "name_ky")}
        texts = {key: text for key, text in names.items() if isinstance(text, str)}
        notes.append(Note("nearest-on-road", {**named, **texts, "distance_m": node_m}))
    else:
        at = {"lon": float(snaps.lon[row]), "lat": float(snaps.lat[row])}
        notes.append(Note("nearest-on-road-at", {**named, **at, "distance_m": near_m}))
    return tuple(notes)


def _nearest_named(network: Network, place: Place) -> tuple[int, float]:
    """Give the nearest end of a section that has a name, and how far it is; infinitely far without any."""
    ends = np.unique(np.concatenate([network.tail, network.head]))
    names = network.node_values["name_en"][ends]
    ends = ends[[isinstance(name, str) for name in names]] if len(ends) else ends
    if not len(ends):
        return -1, math.inf
    lon, lat = (np.asarray(network.node_values[name], dtype=float)[ends] for name in ("lon", "lat"))
    away_m, _ = inverse(place.lon, place.lat, lon, lat)
    return int(ends[np.argmin(away_m)]), float(np.min(away_m))
