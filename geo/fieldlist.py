"""The list for the field on A4: who takes mercury waste, whom to call, what to do; a sheet for each oblast.

Nobody is sent to an example: illustrative points stand on a sheet only for training, and then each line says so.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import pandas as pd

from geo import brief_tables, layers, nearest, sentences
from geo.acceptors import confirmed_points, reported_places
from geo.brief_tables import Table
from geo.crs import distances_m
from geo.drawing import circle
from geo.errors import QuestionError
from geo.table_layers import DRAWN_ERROR_M
from geo.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from geo.dataset import Dataset
    from geo.drawing import Feature
    from geo.i18n import Translator
    from geo.layers import Layer
    from geo.nearest import NearestAnswer

#: A place belongs to the oblast of the nearest settlement whose area is on record, if it is as near as this.
OBLAST_REACH_M: Final = 15_000.0
#: The town from which ways are measured for an oblast in which no place is known: its largest on a main road.
TOWNS: Final = {
    "AR-KG-BATKEN-OBLAST": "RN-BATKEN",
    "AR-KG-OSH-OBLAST": "RN-OSH",
    "AR-KG-JALAL-ABAD-OBLAST": "RN-JALAL-ABAD",
    "AR-KG-NARYN-OBLAST": "RN-NARYN",
    "AR-KG-TALAS-OBLAST": "RN-TALAS",
    "AR-KG-CHUY-OBLAST": "RN-BISHKEK",
    "AR-KG-ISSYK-KUL-OBLAST": "RN-KARAKOL",
}
_COUNTRY: Final = (69.2, 39.1, 80.3, 43.3)
_HOME: Final = "KG"
_NEAREST: Final = 3
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"']{1,300}", re.ASCII)
_MARGIN_DEG: Final = 0.25
_CARD: Final = ("air", "leave", "collect", "call", "never-bin", "never-vacuum", "amount")


@dataclass(frozen=True, eq=False)
class FieldSheet:
    """One sheet.

    Parameters
    ----------
    t
        Its language.
    code
        Id of the oblast, or ``all`` for the whole country; part of the file's name.
    title, made
        Heading; when it was made and of when the newest record is, in words.
    day
        When it was made.
    confirmed, reported
        Tables; None where there is nothing.
    nearest
        Of an oblast in which no place is known: the nearest ones elsewhere, by road; else None.
    warnings
        What has to be said first: no confirmed point, training.
    drawn, bounds
        Layers of the map, its points numbered as the tables are.
    card
        What to do with a broken thermometer or lamp; its first line is the heading.
    address
        Of the live page, for the QR code; None where none is known.
    remarks
        How places were assigned to oblasts, and what "reported" means.
    training
        Illustrative points stand in it.
    """

    t: Translator
    code: str
    title: str
    made: str
    day: date
    confirmed: Table | None
    reported: Table | None
    nearest: Table | None
    warnings: tuple[str, ...]
    drawn: tuple[Layer, ...]
    bounds: tuple[float, float, float, float]
    card: tuple[str, ...]
    address: str | None
    remarks: tuple[str, ...]
    training: bool = False


def check_address(address: str | None) -> str | None:
    """Accept the address of a running app, without the slash at its end.

    Raises
    ------
    QuestionError
        ``field-address``: it is no ``http`` or ``https`` address.
    """
    if address is None or not address.strip():
        return None
    if not _ADDRESS.fullmatch(address.strip()):
        raise QuestionError("field-address", found=clean(address))
    return address.strip().rstrip("/")


def oblasts(dataset: Dataset, records: pd.DataFrame) -> pd.Series:
    """Tell in which oblast each record lies, by the nearest settlement of its country whose area is on record.

    Parameters
    ----------
    dataset
        Its settlements name their areas, and its areas name their oblast.
    records
        With ``lon``, ``lat`` and ``country``.

    Returns
    -------
    pd.Series
        Id of the oblast, or None where no such settlement lies within :data:`OBLAST_REACH_M`.
    """
    areas = dataset.area_totals.set_index("id")
    parents, kinds = areas["parent_id"].to_dict(), areas["kind"].to_dict()
    settled = dataset.settlements
    known = pd.DataFrame(settled[settled["area_id"].notna()])
    found = [_oblast_at(row, known, parents, kinds) for row in records.to_dict("records")]
    return pd.Series(found, index=records.index, dtype=object)


def _oblast_at(
    row: Mapping[Any, Any], known: pd.DataFrame, parents: Mapping[Any, Any], kinds: Mapping[Any, Any]
) -> str | None:
    near = known[known["country"] == row["country"]]
    if near.empty:
        return None
    away_m = distances_m(row["lon"], row["lat"], near["lon"].to_numpy(), near["lat"].to_numpy())
    if not np.nanmin(away_m) <= OBLAST_REACH_M:
        return None
    area = near["area_id"].iloc[int(np.nanargmin(away_m))]
    seen = set()
    while isinstance(area, str) and area not in seen:
        if kinds.get(area) == "oblast":
            return area
        seen.add(area)
        area = parents.get(area)
    return None


def _points(t: Translator, title: str, records: pd.DataFrame, first: int) -> Table | None:
    rows = []
    for number, record in enumerate(cast("list[dict[str, Any]]", records.to_dict("records")), start=first):
        said = {**record, "name": t.name(record) or str(record["id"])}
        source = record["source"] if isinstance(record["source"], str) else ""
        when = f", {t.date(record['source_date'])}" if isinstance(record["source_date"], str) else ""
        evidence = sentences.choice(t, "evidence", str(record["evidence"]))
        rows.append(
            (
                str(number),
                brief_tables.name_of(t, said),
                brief_tables.wastes(t, record["accepts"]),
                _told(record["contact"], t),
                _told(record["hours"], t),
                f"{evidence}{when}; {clean(source, max_chars=140)}",
            )
        )
    if not rows:
        return None
    heads = (
        "№",
        *(t(f"cli.column.{name}") for name in ("place", "accepts")),
        t("fieldlist.phone"),
        t("column.hours"),
        t("fieldlist.who-says"),
    )
    return Table(title, heads, tuple(rows), (0.9, 4.6, 6.2, 3.3, 3, 7.6))  # fmt: skip


def _told(value: object, t: Translator) -> str:
    return clean(value) if isinstance(value, str) and value.strip() else t("no-data")


def _numbered(t: Translator, confirmed: pd.DataFrame, reported: pd.DataFrame) -> Layer:
    """Show the records of the tables with their numbers; one of uncertain position is its circle."""
    features: list[Feature] = []
    both = pd.concat([frame for frame in (confirmed, reported) if len(frame)] or [confirmed])
    for number, record in enumerate(cast("list[dict[str, Any]]", both.to_dict("records")), start=1):
        example = record["evidence"] == "illustrative"
        stem = "collection" if record["table"] == "collection_points" else "storage"
        error_m = float(record["positional_error_m"])
        lon, lat = round(float(record["lon"]), 5), round(float(record["lat"]), 5)
        rough = math.isfinite(error_m) and error_m >= DRAWN_ERROR_M and stem == "storage" and not example
        features.append(
            {
                "g": circle(lon, lat, error_m) if rough else ("P", [lon, lat]),
                "s": f"{stem}-circle" if rough else f"{stem}-illustrative" if example else stem,
                "label": f"{number}. {t.name(record)}" if rough else t.name(record),
                "label2": f"({t('illustrative')})" if example else "",
                "letter": "" if rough else str(number),
                "p": 200.0 - number / 100.0,
            }
        )
    return layers.Layer("list", tuple(features))


def _framed(*drawn: Layer, whole: bool) -> tuple[float, float, float, float]:
    found = None if whole else layers.extent(*drawn)
    if found is None:
        return _COUNTRY
    west, south, east, north = found
    return west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG


def sheets(
    dataset: Dataset, t: Translator, made: date, *, address: str | None = None, training: bool = False
) -> list[FieldSheet]:
    """Make the sheets: the whole country first, then each oblast; one without a known place names the nearest ones.

    Parameters
    ----------
    dataset
        Points, stores, settlements and areas.
    t
        Language.
    made
        The day on which they are made.
    address
        Of the running app, for the QR code.
    training
        Name illustrative points too, each marked as an example: for exercises.

    Returns
    -------
    list[FieldSheet]
        Ready for :mod:`geo.fieldlist_pdf`.

    Raises
    ------
    QuestionError
        ``field-address``.
    """
    root = check_address(address)
    page = None if root is None else f"{root}/nearest?lang={t.language}"
    confirmed = confirmed_points(dataset, None, training=training)
    reported = reported_places(dataset, None)
    confirmed, reported = (frame[frame["country"] == _HOME] for frame in (confirmed, reported))
    where = oblasts(dataset, confirmed), oblasts(dataset, reported)
    areas = dataset.area_totals.set_index("id")
    named = {code: t.name(areas.loc[code]) for code in areas.index if areas.loc[code, "kind"] == "oblast"}
    unknown = sum(int(codes.isna().sum()) for codes in where)
    result = [_sheet(dataset, t, made, "all", t("fieldlist.country"), (confirmed, reported), page, unknown)]
    for code, name in named.items():
        part = confirmed[(where[0] == code).to_numpy()], reported[(where[1] == code).to_numpy()]
        if any(map(len, part)):
            result.append(_sheet(dataset, t, made, code, name, part, page, unknown))
        elif (town := TOWNS.get(code)) in set(dataset.road_nodes["id"]):
            near = nearest.find(dataset, nearest.NearestQuestion(str(town), k=_NEAREST, training=training))
            result.append(_sheet(dataset, t, made, code, name, part, page, unknown, near))
    return result


def _ways(t: Translator, answer: NearestAnswer) -> tuple[Table | None, pd.DataFrame]:
    """List the nearest places elsewhere with the way from the oblast's town; confirmed ones first."""
    both = pd.concat([frame for frame in (answer.points, answer.reported) if len(frame)] or [answer.points])
    rows = []
    for number, record in enumerate(cast("list[dict[str, Any]]", both.to_dict("records")), start=1):
        away = f"{t.km(record['straight_line_m'])}, {sentences.direction(t, record['bearing_deg'])}"
        by_road = not pd.isna(record["distance_m"])
        road = f"{t.km(record['distance_m'])}, {t.duration(record['travel_time_s'])}" if by_road else t("no-data")
        evidence = sentences.choice(t, "evidence", str(record["evidence"]))
        said = {**record, "name": t.name(record) or str(record["id"])}
        source = clean(record["source"], max_chars=140) if isinstance(record["source"], str) else ""
        wastes = brief_tables.wastes(t, record["accepts"])
        cells = (
            brief_tables.name_of(t, said),
            road,
            away,
            wastes,
            _told(record["contact"], t),
            f"{evidence}; {source}",
        )
        rows.append((str(number), *cells))
    if not rows:
        return None, both
    heads = [t(f"cli.column.{name}") for name in ("place", "length", "straight", "accepts")]
    heads = ["№", *heads, t("fieldlist.phone"), t("fieldlist.who-says")]
    title = t("fieldlist.nearest", town=t.names(answer.place.names))
    widths = (0.9, 4.2, 2.8, 3.5, 5.3, 2.5, 7)
    return Table(title, tuple(heads), tuple(rows), widths, frozenset({0}), t("fieldlist.nearest-lead")), both


def _sheet(  # noqa: PLR0913, PLR0917 - what a sheet is made of
    dataset: Dataset,
    t: Translator,
    made: date,
    code: str,
    name: str,
    parts: tuple[pd.DataFrame, pd.DataFrame],
    address: str | None,
    unknown: int,
    near: NearestAnswer | None = None,
) -> FieldSheet:
    confirmed, reported = parts
    ways, elsewhere = (None, reported) if near is None else _ways(t, near)
    training = any(bool((frame["evidence"] == "illustrative").any()) for frame in (confirmed, elsewhere))
    warnings = [t("fieldlist.training")] if training else []
    none_here = "" if near is None else t("fieldlist.none-here", area=name)
    unsure = (
        "" if len(confirmed) or (near is not None and len(near.points)) else sentences.reason(t, "no-confirmed-point")
    )
    warnings += [told] if (told := f"{none_here} {unsure}".strip()) else []
    dates = sorted(
        value for frame in (confirmed, elsewhere) for value in frame["source_date"] if isinstance(value, str)
    )
    drawn = _numbered(t, confirmed, elsewhere)
    starts = [] if near is None else [layers.places([near.place], t, role="from")]
    remarks = [t("note.reported-only")] if (elsewhere["evidence"] == "reported").any() else []
    remarks.append(t("fieldlist.oblast", distance=t.km(OBLAST_REACH_M)))
    remarks += [t("fieldlist.not-assigned", count=t.number(unknown))] if unknown else []
    return FieldSheet(
        t=t,
        code=code,
        title=t("fieldlist.title", area=name),
        made=t("fieldlist.made", made=t.date(made.isoformat()), newest=t.date(dates[-1]) if dates else t("no-date")),
        day=made,
        confirmed=_points(t, t("fieldlist.training-points" if training else "brief.table.points"), confirmed, 1),
        reported=_points(t, t("brief.table.reported"), reported, len(confirmed) + 1),
        nearest=ways,
        warnings=tuple(warnings),
        drawn=(layers.boundaries(dataset, t), layers.roads(dataset), layers.settlements(dataset, t), *starts, drawn),
        bounds=_framed(drawn, *starts, whole=code == "all"),
        card=(t("card.title"), *(t(f"card.{line}") for line in _CARD)),
        address=address,
        remarks=tuple(remarks),
        training=training,
    )
