"""Map layers of the tables: sites, stores, collection points, settlements, roads and the names of countries."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import shapely

from geo.drawing import Feature, Layer, circle, point
from geo.sentences import choice

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from geo.dataset import Dataset
    from geo.i18n import Translator

Record = dict[str, Any]

#: The country whose roads are "at home"; sections that leave it look different.
HOME: Final = "KG"
#: Bases of a position that stands in for the record's own: it lies somewhere in its circle and gets no marker.
STAND_IN: Final = frozenset({"town-point", "village-point"})
#: An error of this many metres or more is drawn and said.
DRAWN_ERROR_M: Final = 500.0

#: People from which a settlement shows: zoom abroad, zoom at home, and its dot's radius in pixels.
_TOWN_SIZES: Final = (
    (300_000, 0.0, 0.0, 5.5),
    (100_000, 6.4, 0.0, 4.8),
    (35_000, 7.4, 0.0, 4.2),
    (10_000, 8.4, 7.0, 3.6),
    (0, 9.0, 8.6, 2.8),
)
_UNKNOWN_ZOOM: Final = 8.8
_ILLUSTRATIVE_ZOOM: Final = 7.0
#: From here on a label has room for what is not known of a place.
_DETAIL_ZOOM: Final = 8.0


def _records(frame: pd.DataFrame) -> list[Record]:
    return [{str(key): value for key, value in record.items()} for record in frame.to_dict("records")]


def _has_point(record: Mapping[str, Any]) -> bool:
    return math.isfinite(record["lon"]) and math.isfinite(record["lat"])


def _error_m(record: Mapping[str, Any]) -> float:
    error_m = float(record["positional_error_m"])
    return error_m if math.isfinite(error_m) else 0.0


def _stands_in(record: Mapping[str, Any]) -> bool:
    """Whether a record's coordinates are only those of the town or village where it is looked for."""
    return record["position_basis"] in STAND_IN and record["kind"] != "reference-point"


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _evidence_line(record: Mapping[str, Any], t: Translator) -> str:
    word = choice(t, "evidence", record["evidence"])
    date = record["source_date"]
    return word if pd.isna(date) else f"{word}, {t.date(date)}"


def error_line(error_m: float, t: Translator) -> str:
    """Say how far off a drawn point may be; nothing when that is too little to see."""
    return t("map.positional-error", distance=t.km(error_m)) if error_m >= DRAWN_ERROR_M else ""


def _is_mercury(record: Mapping[str, Any]) -> bool:
    return "mercury" in record["commodities"]


def _commodity_line(record: Mapping[str, Any], t: Translator) -> str:
    if _is_mercury(record):
        return ""
    if not record["commodities"]:
        return t("map.commodity-unknown")
    return t("map.not-mercury", commodities=", ".join(choice(t, "commodity", code) for code in record["commodities"]))


def _site_records(
    dataset: Dataset, kinds: Collection[str] | None, evidence: Collection[str] | None, *, mercury_only: bool
) -> list[Record]:
    return [
        record
        for record in _records(dataset.sites)
        if _has_point(record)
        and (kinds is None or record["kind"] in kinds)
        and (evidence is None or record["evidence"] in evidence)
        and (not mercury_only or _is_mercury(record))
    ]


def _waste_records(dataset: Dataset, table: str, waste: str | None, evidence: Collection[str] | None) -> list[Record]:
    return [
        record
        for record in _records(dataset[table])
        if _has_point(record)
        and (waste is None or waste in record["accepts"])
        and (evidence is None or record["evidence"] in evidence)
    ]


def _second_line(record: Mapping[str, Any], t: Translator, other: str = "") -> str:
    return f"({t('illustrative')})" if record["evidence"] == "illustrative" else other


def _site_style(record: Mapping[str, Any]) -> str:
    if record["evidence"] == "illustrative":
        return "site-illustrative"
    stem = "site" if _is_mercury(record) else "site-other"
    return f"{stem}-tailings" if record["kind"] == "tailings" else stem


def _site_feature(record: Record, t: Translator) -> Feature:
    return {
        "g": point(record["lon"], record["lat"]),
        "s": _site_style(record),
        "id": record["id"],
        "label": t.name(record),
        "label2": _second_line(record, t, _commodity_line(record, t)),
        "tip": _lines(
            choice(t, "site-kind", record["kind"]),
            _commodity_line(record, t),
            _evidence_line(record, t),
            error_line(_error_m(record), t),
        ),
        "p": 100.0 if _is_mercury(record) else 40.0,
    }


def sites(
    dataset: Dataset,
    t: Translator,
    *,
    kinds: Collection[str] | None = None,
    evidence: Collection[str] | None = None,
    mercury_only: bool = True,
) -> Layer:
    """Show the sites whose own position is known, as marks.

    Parameters
    ----------
    dataset, t
        Tables, and the reader's language.
    kinds, evidence
        Codes to show; None shows all.
    mercury_only
        Leave out sites for which no source names mercury.

    Returns
    -------
    Layer
        Sites that only borrow a town's point are not in it: see :func:`error_circles`.
    """
    found = _site_records(dataset, kinds, evidence, mercury_only=mercury_only)
    return Layer("sites", tuple(_site_feature(record, t) for record in found if not _stands_in(record)), "sites")


def _group_name(group: Sequence[Record], table: str, t: Translator) -> str:
    """Name the records that share a point: the whole they belong to, or what they are."""
    if len(group) == 1:
        return t.name(group[0])
    if table == "sites":
        parents = [record for record in group if record["id"] in {other["parent_id"] for other in group}]
        if len(parents) == 1:
            return t.name(parents[0])
    words = dict.fromkeys(
        choice(t, "site-kind", record["kind"]) if table == "sites" else t.name(record) for record in group
    )
    text = ", ".join(words)
    return text[:1].upper() + text[1:]


def _circle_features(group: list[Record], table: str, stem: str, t: Translator) -> list[Feature]:
    """Draw one circle per error of the records that share a point; the widest carries the label."""
    by_error: dict[float, list[Record]] = {}
    for record in sorted(group, key=_error_m, reverse=True):
        by_error.setdefault(_error_m(record), []).append(record)
    features: list[Feature] = [
        {
            "g": circle(records[0]["lon"], records[0]["lat"], max(error_m, DRAWN_ERROR_M)),
            "s": f"{stem}-circle",
            "t": table,
            "id": records[0]["id"],
            "ids": [record["id"] for record in records],
            "tip": _lines(*(t.name(record) for record in records), error_line(error_m, t)),
        }
        for error_m, records in by_error.items()
    ]
    reach_km = [t.plain(error_m / 1000.0) for error_m in reversed(by_error)]
    reach = t("unit.value-km", value="–".join(dict.fromkeys((reach_km[0], reach_km[-1]))))
    remark = _commodity_line(group[0], t) if table == "sites" else ""
    features[0]["label"] = _group_name(group, table, t)
    features[0]["label2"] = "; ".join(line for line in (t("map.no-own-position", distance=reach), remark) if line)
    features[0]["z2"] = _DETAIL_ZOOM
    listed = len(group) > 1 and features[0]["label"] not in {t.name(record) for record in group}
    features[0]["z"] = _DETAIL_ZOOM if listed else 0.0 if stem == "site" else _ILLUSTRATIVE_ZOOM
    features[0]["p"] = {"site": 90.0, "storage": 60.0}.get(stem, 35.0)
    return features


def _by_point(records: Iterable[Record]) -> list[list[Record]]:
    groups: dict[tuple[float, float], list[Record]] = {}
    for record in records:
        groups.setdefault((record["lon"], record["lat"]), []).append(record)
    return list(groups.values())


def error_circles(  # noqa: PLR0913 - one keyword per filter of the page
    dataset: Dataset,
    t: Translator,
    *,
    kinds: Collection[str] | None = None,
    evidence: Collection[str] | None = None,
    mercury_only: bool = True,
    waste: str | None = None,
    tables: Collection[str] = ("sites", "storage"),
) -> Layer:
    """Show where records lie whose own coordinates nobody published: a dashed circle, never a marker.

    Records that share a point share a label, and each error has its own circle.
    """
    features: list[Feature] = []
    if "sites" in tables:
        found = _site_records(dataset, kinds, evidence, mercury_only=mercury_only)
        for stem in ("site-other", "site"):
            chosen = [record for record in found if _stands_in(record) and _is_mercury(record) is (stem == "site")]
            for group in _by_point(chosen):
                features += _circle_features(group, "sites", stem, t)
    if "storage" in tables:
        chosen = [record for record in _waste_records(dataset, "storage", waste, evidence) if _stands_in(record)]
        for group in _by_point(chosen):
            features += _circle_features(group, "storage", "storage", t)
    return Layer("error-circles", tuple(features))


def accepting_feature(record: Mapping[str, Any], t: Translator, style: str, rank: float) -> Feature:
    """Show one record that accepts waste as a mark; an illustrative one is hollow and says what it is."""
    illustrative = record["evidence"] == "illustrative"
    accepted = ", ".join(choice(t, "waste", code) for code in record["accepts"])
    return {
        "g": point(record["lon"], record["lat"]),
        "s": f"{style}-illustrative" if illustrative else style,
        "id": record["id"],
        "label": t.name(record),
        "label2": _second_line(record, t),
        "tip": _lines(
            _second_line(record, t),
            t("map.accepts", waste=accepted) if accepted else "",
            choice(t, "open-status", record["status"]),
            _evidence_line(record, t),
            error_line(_error_m(record), t),
        ),
        "p": rank - 60.0 if illustrative else rank,
        "z": _ILLUSTRATIVE_ZOOM if illustrative else 0.0,
    }


def storage(
    dataset: Dataset, t: Translator, *, waste: str | None = None, evidence: Collection[str] | None = None
) -> Layer:
    """Show the storage facilities whose own position is known, or only those that accept a waste type."""
    features = (
        accepting_feature(record, t, "storage", 75.0)
        for record in _waste_records(dataset, "storage", waste, evidence)
        if not _stands_in(record)
    )
    return Layer("storage", tuple(features), "storage")


def collection_points(
    dataset: Dataset, t: Translator, *, waste: str | None = None, evidence: Collection[str] | None = None
) -> Layer:
    """Show the collection points, or only those that accept a waste type; illustrative ones say that they are."""
    found = _waste_records(dataset, "collection_points", waste, evidence)
    features = (accepting_feature(record, t, "collection", 70.0) for record in found)
    return Layer("collection-points", tuple(features), "collection_points")


def _population_line(record: Mapping[str, Any], t: Translator) -> str:
    persons, year = record["population_persons"], record["population_year"]
    if not math.isfinite(persons):
        return t("map.population-unknown")
    if not math.isfinite(year):
        return t("map.population", people=t.number(persons))
    return t("map.population-year", people=t.number(persons), year=int(year))


def _settlement_feature(record: Record, t: Translator) -> Feature:
    persons = float(record["population_persons"])
    known = math.isfinite(persons)
    zoom, radius = _UNKNOWN_ZOOM, 2.5
    if known:
        abroad, home, radius = next(size[1:] for size in _TOWN_SIZES if persons >= size[0])
        zoom = home if record["country"] == HOME else abroad
    return {
        "g": point(record["lon"], record["lat"]),
        "s": "settlement" if known else "settlement-unknown",
        "id": record["id"],
        "label": t.name(record),
        "tip": _population_line(record, t),
        "r": radius,
        "z": zoom,
        "p": round(min(34.0, 5.0 * math.log10(max(persons, 1.0))), 1) if known else 0.0,
    }


def settlements(dataset: Dataset, t: Translator) -> Layer:
    """Show towns and villages as dots sized by people, hollow where the number is unknown."""
    found = (record for record in _records(dataset.settlements) if _has_point(record))
    return Layer("settlements", tuple(_settlement_feature(record, t) for record in found), "settlements")


def roads(dataset: Dataset) -> Layer:
    """Show the road network as straight lines through its named places: a scheme, not a survey."""
    nodes = dataset.road_nodes
    where = dict(zip(nodes["id"], zip(nodes["lon"], nodes["lat"], strict=True), strict=True))
    parts: dict[str, list[list[list[float]]]] = {"road": [], "road-abroad": []}
    for record in _records(dataset.road_sections):
        through = [where[code] for code in (record["from_id"], *record["via_ids"], record["to_id"]) if code in where]
        line = [[round(float(lon), 5), round(float(lat), 5)] for lon, lat in through]
        parts["road" if set(record["countries"]) <= {HOME} else "road-abroad"].append(line)
    return Layer("roads", tuple({"g": ("L", lines), "s": style} for style, lines in parts.items() if lines))


def boundaries(dataset: Dataset, t: Translator) -> Layer:
    """Name the enclaves on the map, with the country they belong to."""
    frame = dataset.borders
    countries = country_names(dataset, t)
    features: list[Feature] = []
    for record in _records(frame[frame["kind"] == "exclave"]):
        widest = shapely.get_coordinates(shapely.maximum_inscribed_circle(record["geometry"]))[0]
        feature: Feature = {"g": point(*widest), "s": "enclave", "id": record["id"], "label": t.name(record)}
        feature |= {"p": 85.0, "z": 6.6}
        owner = countries.get(record["country"], "")
        if owner and owner not in feature["label"]:
            feature["label2"] = f"({owner})"
        features.append(feature)
    return Layer("boundaries", tuple(features))


def country_names(dataset: Dataset, t: Translator) -> dict[str, str]:
    """Give the names of the countries in the window by code, in the reader's language."""
    frame = dataset.borders
    return {record["country"]: t.name(record) for record in _records(frame[frame["kind"] == "mainland"])}
