"""Questions and answers as JSON objects, the same for the command line and for any other door.

Keys are stable and in English, with their units; names and sentences are in the reader's language; unknown is null.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from functools import lru_cache, partial
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import TYPE_CHECKING, Any, cast

import geopandas as gpd
import pandas as pd
import shapely

from geo import sentences
from geo.documents import in_language, plain
from geo.downloads import notes, place_name
from geo.rules_json import rules_applied

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed import DataclassInstance

    from geo.acceptors import Acceptors
    from geo.catalogue import CheckAnswer
    from geo.comparison import Comparison
    from geo.corridor import CorridorAnswer
    from geo.corridor_split import CorridorRegions
    from geo.dataset import Dataset
    from geo.evidence import Note
    from geo.exposure import ExposureAnswer
    from geo.extras import Extras
    from geo.i18n import Translator
    from geo.nearest import NearestAnswer
    from geo.places import Place
    from geo.ranking import Ranking
    from geo.receptors import ReceptorsAnswer
    from geo.regions import RegionsAnswer
    from geo.routing import RouteAnswer

Json = dict[str, Any]

_WIDE, _ASCII = (json.JSONEncoder(ensure_ascii=ascii_only, allow_nan=False) for ascii_only in (False, True))

_PART_KEYS = (
    *("country", "enclave_id", "name", "population_persons", "population_min_persons", "population_max_persons"),
    "units",
)


def dumps(value: object, *, ascii_only: bool = False, indent: int | None = 2) -> str:
    """Write a value as JSON by RFC 8259: no NaN, no infinity; unknown is null."""
    tree = _tree(value)
    if indent is None:
        return (_ASCII if ascii_only else _WIDE).encode(tree)
    return _laid_out(tree, " " * indent, "\n", ascii_only=ascii_only)


def _laid_out(tree: Any, step: str, margin: str, *, ascii_only: bool) -> str:  # noqa: ANN401 - any value of JSON
    """Lay JSON out line by line; lists without objects, such as outlines, stand on one and are written by compiled code."""
    is_object = isinstance(tree, dict)
    if not tree or not (is_object or (isinstance(tree, list) and any(isinstance(part, dict) for part in tree))):
        if isinstance(tree, str):
            return (encode_basestring_ascii if ascii_only else encode_basestring)(tree)
        if tree is None or type(tree) is int:
            return "null" if tree is None else str(tree)
        return (_ASCII if ascii_only else _WIDE).encode(tree)
    inner = margin + step
    write = partial(_laid_out, step=step, margin=inner, ascii_only=ascii_only)
    if not is_object:
        return "[" + inner + ("," + inner).join([write(part) for part in tree]) + margin + "]"
    return (
        "{"
        + inner
        + ("," + inner).join([f"{write(name)}: {write(part)}" for name, part in tree.items()])
        + margin
        + "}"
    )


class _Told(dict[str, Any]):
    """An object that holds nothing but plain values."""


def _tree(value: object) -> Any:  # noqa: ANN401 - any value of JSON
    # Most values are texts, numbers or nothing, of these very types.
    kind = type(value)
    if kind is str or kind is float:
        return plain(value)
    if value is None or kind is bool or kind is int or kind is _Told:
        return value
    if isinstance(value, dict):
        return {str(key): _tree(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_tree(part) for part in value]
    return plain(value)


def question(verb: str, asked: object) -> Json:
    """Give a question as an object: the verb and every parameter, also those left at their default."""
    return {"verb": verb, **(_parameters(asked) if is_dataclass(asked) and not isinstance(asked, type) else {})}


def _parameters(asked: DataclassInstance) -> Json:
    """Give the fields of a question, and those of its rules; what they hold is only read, so that nothing is copied."""
    values = {part.name: getattr(asked, part.name) for part in fields(asked)}
    nested = {name for name, value in values.items() if is_dataclass(value) and not isinstance(value, type)}
    return {name: _parameters(value) if name in nested else value for name, value in values.items()}


def records(frame: pd.DataFrame, t: Translator) -> list[Json]:
    """Give the rows of a frame as objects: names in the language, no geometry."""
    flat = in_language(frame, t)
    if isinstance(flat, gpd.GeoDataFrame):
        flat = pd.DataFrame(flat.drop(columns=["geometry"], errors="ignore"))
    rows = cast("list[Mapping[str, object]]", flat.to_dict("records"))
    return [{name: plain(value) for name, value in row.items()} for row in rows]


def _place(place: Place, t: Translator) -> Json:
    return {
        "id": place.id,
        "table": place.table,
        "name": place_name(t, place),
        "lon": place.lon,
        "lat": place.lat,
        "positional_error_m": place.positional_error_m,
        "evidence": place.evidence,
        "country": place.country,
    }


def reason(remark: Note | None, t: Translator, name: str = "reason") -> Json:
    """Give why there is no (full) answer, as a sentence and as a code (``…_code``); null for both where there is one."""
    return {
        name: None if remark is None else sentences.reason(t, remark),
        f"{name}_code": None if remark is None else remark.code,
    }


def data(dataset: Dataset) -> Json:
    """Name the data that an answer rests on: a digest of all tables, and which of them are the user's own."""
    return {"digest": dataset.digest, "own_tables": sorted(dataset.own)}


def check(answer: CheckAnswer, t: Translator) -> Json:
    """Give the result of checking the tables."""
    faults = [
        {
            "file": fault.file,
            "row": fault.row,
            "column": fault.column,
            "found": fault.found,
            "remedy": sentences.fault_remedy(t, fault),
            "code": fault.code,
            "message": sentences.fault_found(t, fault),
        }
        for fault in answer.faults
    ]
    return {"ok": answer.ok, "faults": faults}


def exposure(dataset: Dataset, answer: ExposureAnswer, t: Translator, more: Extras | None = None) -> Json:
    """Give the answer to "who lives near": a ring for every place and radius, and the union over all places."""
    total = answer.total
    further = () if more is None else more.notes
    unknown = answer.settlements[answer.settlements["population_persons"].isna()]
    return {
        "rings": _rings(answer, t),
        "population_persons": total.population_persons,
        "population_min_persons": total.population_min_persons,
        "population_max_persons": total.population_max_persons,
        "union_population_persons": total.population_persons,
        "overlap_persons": total.overlap_persons,
        "headline_is_range": total.headline_is_range,
        "settlements": total.settlements,
        "settlements_unknown_population": total.settlements_unknown_population,
        "area_m2": total.area_m2,
        "units": total.units,
        "coverage_share": total.coverage_share,
        "population_source": _source(answer.grid),
        "by_radius": records(answer.totals_by_radius, t),
        "by_country": records(answer.totals_by_country, t),
        "by_part": records(answer.totals_by_part, t),
        "unknown_settlements": records(unknown, t),
        "areas": records(answer.areas, t),
        "places": [_place(place, t) for place in answer.places],
        "evidence": answer.evidence,
        "notes": notes(t, (*answer.notes, *further), *answer.places),
        "sources": list(answer.sources),
        "data": data(dataset),
        **({} if more is None else _extras(answer, more, t)),
    }


def _source(grid: str | None) -> Json:
    return {"kind": "settlements" if grid is None else "grid", "file": grid}


def _extras(answer: ExposureAnswer, more: Extras, t: Translator) -> Json:
    found: Json = {}
    if more.union is not None:
        rows = zip(records(more.union, t), more.union.geometry, strict=True)
        found["union"] = [{**row, "geometry": _geometry(shape)} for row, shape in rows]
    if more.comparison is not None:
        found["comparison"] = _comparison(answer, more.comparison, t)
    if more.regions is not None:
        found["regions"] = _regions(answer, more.regions, t)
    if more.receptors:
        found["receptors"] = [_receptors(answer, layer, t) for layer in more.receptors]
    return found


def _with_site(answer: ExposureAnswer, rows: list[Json]) -> list[Json]:
    """Name the place that a row's index stands for, in front; None for the union over all."""
    ids = [place.text for place in answer.places]
    return [{"place": ids[row["place_index"]] if row["place_index"] >= 0 else None, **row} for row in rows]


def _comparison(answer: ExposureAnswer, comparison: Comparison, t: Translator) -> Json:
    """Put the settlements (plain columns) beside the grid (``other_…``)."""
    return {
        "source": _source(None),
        "other_source": _source(answer.grid),
        "zones": _with_site(answer, records(comparison.zones, t)),
    }


def _regions(answer: ExposureAnswer, regions: RegionsAnswer, t: Translator) -> Json:
    return {
        "file": regions.file,
        "by_region": _with_site(answer, records(regions.by_region, t)),
        "totals": records(regions.totals_by_region, t),
        "whole": records(regions.regions, t),
    }


def _receptors(answer: ExposureAnswer, receptors: ReceptorsAnswer, t: Translator) -> Json:
    return {
        "file": receptors.file,
        "kind": receptors.kind,
        "rings": _with_site(answer, records(receptors.rings, t)),
        "list": _with_site(answer, records(receptors.receptors, t)),
    }


def corridor(
    dataset: Dataset,
    answer: CorridorAnswer,
    t: Translator,
    receptors: Mapping[str, pd.DataFrame],
    regions: CorridorRegions | None = None,
) -> Json:
    """Give who lives along a line: the count with its range, the profile, and the towns in order of travel."""
    further = () if regions is None else regions.notes
    return {
        "reachable": True,
        **reason(None, t),
        "population_persons": answer.population_persons,
        "population_min_persons": answer.population_min_persons,
        "population_max_persons": answer.population_max_persons,
        "range_only": answer.range_only,
        "headline_is_range": answer.headline_is_range,
        "length_m": answer.length_m,
        "density_per_km2": answer.density_per_km2,
        "persons_per_km": answer.persons_per_km,
        "area_m2": answer.area_m2,
        "units": answer.units,
        "coverage_share": answer.coverage_share,
        "low_data": answer.low_data,
        "population_source": _source(answer.grid),
        "profile": records(answer.profile, t),
        "by_country": records(answer.by_country, t),
        "by_part": records(answer.by_part, t),
        "towns": records(answer.towns, t),
        "receptors": [{"file": file, "list": records(frame, t)} for file, frame in receptors.items()],
        **({} if regions is None else {"regions": {"file": regions.file, "by_region": records(regions.by_region, t)}}),
        "geometry": _geometry(answer.zone),
        "evidence": answer.evidence,
        "notes": notes(t, (*answer.notes, *further)),
        "sources": list(answer.sources),
        "data": data(dataset),
    }


def no_corridor(dataset: Dataset, route: RouteAnswer, t: Translator) -> Json:
    """Give the reason why there is no line to count along."""
    unknown = ("population_persons", "population_min_persons", "population_max_persons", "length_m", "density_per_km2")
    return {
        "reachable": False,
        **reason(route.reason, t),
        **dict.fromkeys(unknown),
        "profile": [],
        "evidence": route.evidence,
        "notes": notes(t, route.notes, route.origin, route.destination),
        "data": data(dataset),
    }


def _rings(answer: ExposureAnswer, t: Translator) -> list[Json]:
    by_ring: dict[tuple[int, float, float], Json] = {}
    for row in records(_of_rings(answer.by_country), t):
        by_ring.setdefault(_ring_key(row), {})[row["country"] or ""] = row["population_persons"]
    parts: dict[tuple[int, float, float], list[Json]] = {}
    for row in records(_of_rings(answer.by_part), t):
        parts.setdefault(_ring_key(row), []).append({name: row[name] for name in _PART_KEYS})
    rings = []
    for row in records(answer.rings, t):
        key = _ring_key(row)
        split = {"population_by_country": by_ring.get(key, {}), "by_part": parts.get(key, [])}
        rings.append({"site_id": row.pop("site_id"), **split, **row})
    return rings


def _of_rings(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[~frame["cumulative"].astype(bool)]


def _ring_key(row: Json) -> tuple[int, float, float]:
    return row["place_index"], row["inner_radius_m"], row["outer_radius_m"]


def route(dataset: Dataset, answer: RouteAnswer, t: Translator) -> Json:
    """Give a route: its length, time, countries and sections, and its line as GeoJSON."""
    abroad = answer.abroad
    return {
        "reachable": answer.reachable,
        **reason(answer.reason, t),
        "distance_m": answer.distance_m,
        "travel_time_s": answer.travel_time_s,
        "snap_from_m": answer.snap_from_m,
        "snap_to_m": answer.snap_to_m,
        "countries": list(answer.countries),
        "sections": records(answer.sections, t),
        "geometry": _geometry(answer.geometry),
        "legs": [_geometry(leg) for leg in answer.legs],
        "length_published_share": answer.length_published_share,
        "positional_error_m": answer.positional_error_m,
        "abroad": None
        if abroad is None
        else {
            "distance_m": abroad.distance_m,
            "travel_time_s": abroad.travel_time_s,
            "countries": list(abroad.countries),
            "geometry": _geometry(abroad.geometry),
        },
        "transboundary": answer.transboundary,
        "rules_applied": rules_applied(answer, t),
        "snap_limit_m": answer.snap_limit_m,
        "origin": _place(answer.origin, t),
        "destination": _place(answer.destination, t),
        "evidence": answer.evidence,
        "notes": notes(t, answer.notes, answer.origin, answer.destination),
        "data": data(dataset),
    }


def _geometry(geometry: object) -> Any:  # noqa: ANN401 - a GeoJSON geometry
    return None if geometry is None else json.loads(shapely.to_geojson(geometry))


def nearest(dataset: Dataset, answer: NearestAnswer, t: Translator) -> Json:
    """Give the nearest points; those only reported apart from those confirmed."""
    return {
        "points": _points(answer.found, t),
        "reported": _points(answer.said, t),
        "call": answer.call,
        "do_not_move": answer.do_not_move,
        **reason(answer.reason, t),
        "place": _place(answer.place, t),
        "evidence": answer.evidence,
        "notes": notes(t, answer.notes, answer.place),
        "data": data(dataset),
    }


@lru_cache(maxsize=64)
def _acceptors(found: Acceptors, t: Translator) -> tuple[Json, ...]:
    """Give what does not depend on where one stands, worked out once for a language."""
    return tuple(records(found.frame, t))


def _points(ranking: Ranking, t: Translator) -> list[Json]:
    told = _acceptors(ranking.of, t) if len(ranking) else ()
    pairs = zip(ranking.rows, ranking.measured, strict=True)
    return [
        _point({**told[row], **{name: plain(value) for name, value in measured.items()}}, t) for row, measured in pairs
    ]


def _point(row: Json, t: Translator) -> Json:
    code = row.pop("reason", None)
    said = None if code is None else sentences.reason(t, str(code))
    return _Told({**row, "reason": said, "reason_code": code})
