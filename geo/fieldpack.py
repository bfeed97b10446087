"""The field page: one file that knows, without a network, which point takes a waste and how far it is by road.

The page holds the places that somebody may be sent to, the villages, the borders and the roads that matter. It
never holds an illustrative point. Where a user's own tables are too large for the budget, the page is reduced step by
step, and says how.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import pandas as pd

from geo import directions, fieldborders, fieldnet, gazetteer
from geo.acceptors import confirmed_points, reported_places
from geo.documents import Document, Sheet
from geo.errors import QuestionError
from geo.evidence import weakest
from geo.fieldparts import render
from geo.fieldwords import words
from geo.i18n import LANGUAGES, translator
from geo.nearest_many import NearestManyQuestion, find_many
from geo.network import build_cached
from geo.places import WINDOW
from geo.schema import DO_NOT_MOVE, EVIDENCE_ORDER, WASTE_TYPES
from geo.sentences import fill
from geo.snapping import NODE_MEET_M, SNAP_LIMIT_M
from geo.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.dataset import Dataset
    from geo.i18n import Language, Translator

#: Largest page, as it stands and as it is sent.
RAW_BYTES: Final = 200_000
GZIP_BYTES: Final = 60_000
PLACE_TABLES: Final = ("settlements", "road_nodes")
#: How many places of each kind an answer of the page names.
NAMED: Final = 3

_COORDINATE_STEPS: Final = fieldnet.STEPS_PER_DEG
_SOURCE_CHARS: Final = 240
_LEAST_RECORDS: Final = 10
#: Texts of records that often repeat.
_POOLED: Final = ("hours", "ev", "src", "date")
#: With so few roads it is the lists that are long.
_FEW_SECTIONS: Final = 400
#: Lines drawn to within this are written to ten metres.
_COARSE_FROM_M: Final = 100.0
#: More than these cannot fit, whatever they are.
_MOST_SECTIONS: Final = 8_000
_MOST_PLACES: Final = 2_500
_MOST_RECORDS: Final = 600


@dataclass(frozen=True, slots=True)
class _Budget:
    """How much of the tables a page may hold."""

    line_error_m: float | None = None
    only_used_roads: bool = False
    places: int | None = None
    records: int | None = None


#: From the whole to the least; the first that fits is taken.
_SHORT_LISTS: Final = (
    _Budget(),
    *(_Budget(records=count) for count in (380, 340, 300, 260, 230, 200, 175, 150, 130, 110, 90, 70, 50)),
    *(_Budget(places=places, records=50) for places in (2000, 1500, 1000, 700, 500, 350, 250, 150, 80)),
    *(_Budget(places=80, records=records) for records in (40, 30, 20, _LEAST_RECORDS)),
)
#: The same where roads are many.
_BUDGETS: Final = (
    _Budget(),
    _Budget(line_error_m=50.0),
    _Budget(line_error_m=50.0, only_used_roads=True),
    *(
        _Budget(line_error_m=error_m, only_used_roads=True, places=places, records=records)
        for error_m, places, records in (
            (100.0, 2000, 200), (100.0, 1600, 150), (100.0, 1200, 120), (150.0, 1000, 100), (150.0, 800, 80),
            (150.0, 600, 60), (200.0, 450, 45), (200.0, 350, 35), (300.0, 250, 25), (300.0, 180, 20), (500.0, 130, 15),
            (500.0, 90, _LEAST_RECORDS), (1000.0, 50, _LEAST_RECORDS),
        )
    ),
)  # fmt: skip


@dataclass(frozen=True)
class FieldPage:
    """A page ready to be saved or sent.

    Parameters
    ----------
    html
        The file.
    gzipped
        The same as it is sent.
    reduced
        What was left out of large own tables, as codes of the notes with their numbers; empty when nothing was.
    """

    html: bytes
    gzipped: bytes
    reduced: tuple[tuple[str, dict[str, float]], ...]

    @property
    def etag(self) -> str:
        """Give the identity of the content, for caches."""
        return hashlib.sha256(self.html).hexdigest()[:16]


def _records(dataset: Dataset) -> pd.DataFrame:
    """List everybody who may be named, confirmed points first; nobody illustrative, nothing for unmovable waste."""
    points = confirmed_points(dataset, None, training=False).assign(confirmed=True)
    reported = reported_places(dataset, None).assign(confirmed=False)
    both = [frame for frame in (points, reported) if len(frame)] or [points]
    return pd.concat(both, ignore_index=True)


@lru_cache(maxsize=4)
def _places(dataset: Dataset) -> pd.DataFrame:
    """List the villages and the places on the main roads by which a reader says where they are."""
    listed = gazetteer.labels(dataset, translator("en"), PLACE_TABLES)
    columns = ["id", "table", "name_en", "name_ru", "name_ky", "other_names", "lon", "lat", "positional_error_m",
               "country", "area_id", "population_persons"]  # fmt: skip
    frames = [pd.DataFrame(dataset[table]).assign(table=table).reindex(columns=columns) for table in PLACE_TABLES]
    both = pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)
    return both[both["id"].isin(list(listed))].sort_values("name_en", kind="stable", ignore_index=True)


def _groups(records: pd.DataFrame) -> list[NDArray[np.bool_]]:
    confirmed = records["confirmed"].to_numpy(dtype=bool)
    groups = []
    for waste in (code for code in WASTE_TYPES if code not in DO_NOT_MOVE):
        takes = np.array([waste in codes for codes in records["accepts"]], dtype=bool)
        groups += [takes & confirmed, takes & ~confirmed]
    return [group for group in groups if group.any()]


def _texts(frame: pd.DataFrame, column: str) -> list[str]:
    return [clean(value) if isinstance(value, str) else "" for value in frame[column]]


def _steps(values: pd.Series) -> list[int]:
    """Write coordinates as the steps from one to the next."""
    whole = np.round(values.to_numpy(dtype=float) * _COORDINATE_STEPS).astype(int)
    return cast("list[int]", np.diff(whole, prepend=0).tolist())


def _metres(values: pd.Series) -> list[int]:
    return [0 if np.isnan(value) else round(value) for value in values.to_numpy(dtype=float)]


def _place_columns(places: pd.DataFrame, dataset: Dataset, codes: list[str], nodes: dict[str, int]) -> dict[str, Any]:
    areas = dataset.area_totals.set_index("id")
    twice = places["name_en"].duplicated(keep=False) | places["name_ru"].dropna().duplicated(keep=False).reindex(
        places.index, fill_value=False
    )
    area_ids = sorted(
        {area for area, again in zip(places["area_id"], twice, strict=True) if again and area in areas.index}
    )
    english, russian = _texts(places, "name_en"), _texts(places, "name_ru")
    return {
        "x": _steps(places["lon"]),
        "y": _steps(places["lat"]),
        "e": _metres(places["positional_error_m"]),
        "c": [codes.index(code) if code in codes else -1 for code in places["country"].tolist()],
        "en": english,
        "ru": ["" if ru == en else ru for en, ru in zip(english, russian, strict=True)],
        "ky": ["" if ky in {ru, en} else ky for en, ru, ky in zip(english, russian, _texts(places, "name_ky"), strict=True)],
        "o": [";".join(filter(None, map(clean, text.split(";")))) if isinstance(text, str) else "" for text in places["other_names"]],
        "a": [area_ids.index(area) if again and area in area_ids else -1 for area, again in zip(places["area_id"], twice, strict=True)],
        "n": [nodes.get(str(place), -1) if table == "road_nodes" else -1 for place, table in zip(places["id"], places["table"], strict=True)],
        "areas": [{language: translator(language).name(areas.loc[area]) for language in LANGUAGES} for area in area_ids],
    }  # fmt: skip


def _record_list(records: pd.DataFrame, codes: list[str]) -> list[dict[str, Any]]:
    result = []
    for record in cast("list[dict[str, Any]]", records.to_dict("records")):
        contact, hours = (clean(record[name]) if isinstance(record[name], str) else "" for name in ("contact", "hours"))
        result.append(
            {
                "ok": int(record["confirmed"]),
                "id": str(record["id"]),
                "x": round(float(record["lon"]) * _COORDINATE_STEPS),
                "y": round(float(record["lat"]) * _COORDINATE_STEPS),
                "e": _metres(pd.Series([record["positional_error_m"]]))[0],
                "c": codes.index(record["country"]) if record["country"] in codes else -1,
                "n": [clean(record[f"name_{code}"]) if isinstance(record[f"name_{code}"], str) else "" for code in ("en", "ru", "ky")],
                "w": [WASTE_TYPES.index(code) for code in record["accepts"] if code not in DO_NOT_MOVE],
                "tel": directions.phone(contact) or "",
                "contact": contact,
                "hours": hours,
                "ev": str(record["evidence"]),
                "src": clean(record["source"], max_chars=_SOURCE_CHARS) if isinstance(record["source"], str) else "",
                "date": record["source_date"] if isinstance(record["source_date"], str) else "",
            }
        )  # fmt: skip
    return result


def _packed(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Write records as rows under one line of keys, texts that repeat once."""
    keys = list(rows[0]) if rows else []
    pool = {text: number for number, text in enumerate(dict.fromkeys(row[key] for row in rows for key in _POOLED))}
    cells = [[pool[row[key]] if key in _POOLED else row[key] for key in keys] for row in rows]
    return {"keys": keys, "rows": cells, "pool": list(pool), "pooled": list(_POOLED)}


@lru_cache(maxsize=4)
def _useful(dataset: Dataset) -> pd.DataFrame:
    """List the records with how often each is the nearest of a listed place for some waste: by road, else straight."""
    records, places = _records(dataset), _places(dataset)
    often: Counter[object] = Counter()
    for waste in (code for code in WASTE_TYPES if code not in DO_NOT_MOVE):
        found = find_many(dataset, NearestManyQuestion(tuple(places["id"]), waste)).places["nearest_id"]
        often.update(found.dropna().tolist())
        takes = records[[waste in codes for codes in records["accepts"]]]
        lost = places[found.isna().to_numpy()]
        if len(takes):
            north = lost["lat"].to_numpy()[:, None] - takes["lat"].to_numpy()
            east = (lost["lon"].to_numpy()[:, None] - takes["lon"].to_numpy()) * np.cos(
                np.radians(lost["lat"].to_numpy())
            )[:, None]
            often.update(takes["id"].to_numpy()[np.argmin(np.hypot(north, east), axis=1)].tolist())
    useful = [(often[code], ok) for code, ok in zip(records["id"], records["confirmed"], strict=True)]
    return records.assign(useful=pd.Series(useful, index=records.index, dtype="object"))


def _first(frame: pd.DataFrame, count: int | None, by: str) -> pd.DataFrame:
    """Keep the first rows by a number, the largest first, in the frame's own order."""
    if count is None or len(frame) <= count:
        return frame
    kept = frame.sort_values(by, ascending=False, kind="stable", na_position="last").index[:count]
    return frame.loc[sorted(kept)].reset_index(drop=True)


def _content(dataset: Dataset, budget: _Budget) -> tuple[dict[str, Any], tuple[tuple[str, dict[str, float]], ...]]:
    network = build_cached(dataset)
    all_places = _places(dataset)
    all_records = _records(dataset) if budget.records is None else _useful(dataset)
    places = _first(all_places, budget.places, "population_persons")
    records = _first(all_records, budget.records, "useful")
    keep = fieldnet.used(network, places, records, _groups(records), NAMED) if budget.only_used_roads else None
    roads = fieldnet.roads(network, keep)
    if budget.line_error_m is not None:
        named = {network.node_row[str(place)] for place in places["id"] if str(place) in network.node_row}
        roads = fieldnet.coarser(fieldnet.joined(roads, named), budget.line_error_m)
    fine = budget.line_error_m is None or budget.line_error_m < _COARSE_FROM_M
    steps = fieldnet.STEPS_PER_DEG if fine else fieldnet.STEPS_PER_DEG // 10
    net, numbers = fieldnet.encode(roads, EVIDENCE_ORDER, steps_per_deg=steps)
    nodes = {node: numbers[row] for node, row in network.node_row.items() if row in numbers}
    borders = fieldborders.arcs(dataset)
    codes = sorted({*borders["codes"], *places["country"].dropna(), *records["country"].dropna()})
    borders["codes"] = [codes.index(code) for code in borders["codes"]]
    listed, named_records = _place_columns(places, dataset, codes, nodes), _record_list(records, codes)
    if budget.line_error_m is not None:
        listed["s"] = fieldnet.meets(network, places, roads, numbers)
        for row, met in zip(named_records, fieldnet.meets(network, records, roads, numbers), strict=True):
            row["s"] = met
    content = {"codes": codes, "borders": borders, "net": net, "places": listed, "records": _packed(named_records)}
    reduced: list[tuple[str, dict[str, float]]] = []
    if budget.line_error_m is not None:
        reduced.append(("lines", {"error_m": budget.line_error_m}))
    for name, kept, whole in (
        ("roads", len(network.sections) if keep is None else int(keep.sum()), len(network.sections)),
        ("places", len(places), len(all_places)),
        ("records", len(records), len(all_records)),
    ):
        if kept < whole:
            reduced.append((name, {"kept": kept, "all": whole}))
    return content, tuple(reduced)


def _data(
    dataset: Dataset, language: Language, made: date, content: dict[str, Any], reduced: Sequence[Any]
) -> dict[str, Any]:
    records = content["records"]
    dates = {records["pool"][row[records["keys"].index("date")]] for row in records["rows"]} - {""}
    shown = sorted({*dates, made.isoformat()})
    return {
        "lang": language,
        "made": made.isoformat(),
        "newest": max(dates, default=""),
        "digest": dataset.digest[:8],
        "waste": list(WASTE_TYPES),
        "still": sorted(DO_NOT_MOVE),
        "evidence": list(EVIDENCE_ORDER),
        "window": list(WINDOW),
        "snap_m": SNAP_LIMIT_M,
        "node_reach_m": build_cached(dataset).node_reach_m,
        "node_meet_m": NODE_MEET_M,
        "unsure_m": fieldborders.UNSURE_M,
        "named": NAMED,
        "words": {code: words(translator(code), shown, content["codes"], dataset.own, reduced) for code in LANGUAGES},
        **content,
    }


def _plausible(budget: _Budget, sections: int, places: int, records: int) -> bool:
    """Tell whether it is worth the time to make a page and weigh it."""
    return (
        (budget.only_used_roads or sections <= _MOST_SECTIONS)
        and (budget.places is not None or places <= _MOST_PLACES)
        and (budget.records is not None or records <= _MOST_RECORDS)
    )


@lru_cache(maxsize=4)
def _fitted(dataset: Dataset) -> tuple[dict[str, Any], tuple[tuple[str, dict[str, float]], ...]]:
    """Find the first budget whose page fits, in its longest language."""
    sizes = len(dataset.road_sections), len(dataset.settlements), len(_records(dataset))
    ladder = _SHORT_LISTS if sizes[0] <= _FEW_SECTIONS else _BUDGETS
    open_budgets = [budget for budget in ladder if _plausible(budget, *sizes)]
    best: tuple[dict[str, Any], tuple[tuple[str, dict[str, float]], ...]] | None = None
    # The whole is tried first, as it mostly fits; of the others each holds less than the one before.
    low, high, middle = 0, len(open_budgets), 0
    while low < high:
        content, reduced = _content(dataset, open_budgets[middle])
        page = render("ru", _data(dataset, "ru", date(2000, 1, 1), content, reduced))
        if len(page) <= RAW_BYTES and len(gzip.compress(page, 9)) <= GZIP_BYTES:
            best, high = (content, reduced), middle
        else:
            low = middle + 1
        middle = (low + high) // 2
    if best is None:
        raise QuestionError("field-too-large", limit=RAW_BYTES // 1000)
    return best


@lru_cache(maxsize=12)
def page(dataset: Dataset, language: Language, made: date) -> FieldPage:
    """Make the field page of a data set.

    Parameters
    ----------
    dataset
        Points, stores, places, borders and roads.
    language
        In which the page opens; it can be switched on the phone.
    made
        Date that the page shows as its own.

    Returns
    -------
    FieldPage
        At most :data:`RAW_BYTES` long, and :data:`GZIP_BYTES` as sent.

    Raises
    ------
    QuestionError
        ``field-too-large``: even the least of it is too much.
    """
    content, reduced = _fitted(dataset)
    rendered = render(language, _data(dataset, language, made, content, reduced))
    return FieldPage(rendered, gzip.compress(rendered, 9, mtime=0), reduced)


def counts(dataset: Dataset) -> tuple[int, int]:
    """Count the confirmed points and the reported places that the page may name."""
    records = _records(dataset)
    confirmed = int(records["confirmed"].astype(bool).sum())
    return confirmed, len(records) - confirmed


def document(dataset: Dataset, t: Translator) -> Document:
    """Make a document of everybody whom the page may name, for other devices."""
    records = _records(dataset).drop(columns="confirmed")
    sources = tuple(dict.fromkeys(text for text in records["source"] if isinstance(text, str)))
    remarks = () if counts(dataset)[0] else (t("field.no-list"), t("note.reported-only"))
    evidence = weakest(records["evidence"])
    return Document((Sheet("nearest", records),), t("field.title"), evidence, remarks, sources)


def reduced_words(made: FieldPage, t: Translator) -> list[str]:
    """Say what was left out of a page."""
    return [fill(t, f"field.reduced.{code}", dict(params)) for code, params in made.reduced]
