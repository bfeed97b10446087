"""Answers about many places for readers: the tables to take away, and the objects that programs read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.answers_json import data, reason, records
from geo.documents import Document, Sheet, in_language
from geo.downloads import notes, place_name, with_reason
from geo.matrix import REASONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.dataset import Dataset
    from geo.i18n import Translator
    from geo.matrix import MatrixAnswer
    from geo.nearest_many import NearestManyAnswer
    from geo.places import Place
    from geo.service_area import ServiceAreaAnswer

    Json = dict[str, Any]

#: A spreadsheet has 16,384 columns; more than this nobody reads.
MOST_WIDE: Final = 2000
_NETWORK_SOURCES: Final = 10


def _place_table(places: Sequence[Place]) -> pd.DataFrame:
    columns: dict[str, object] = {"id": pd.Series([place.text for place in places], dtype="object")}
    for language in ("en", "ru", "ky"):
        names = [place.names.get(language) for place in places]
        columns[f"name_{language}"] = pd.Series(names, dtype="object")
    for name in ("lon", "lat", "positional_error_m"):
        columns[name] = np.array([getattr(place, name) for place in places], dtype=float)
    for name in ("country", "evidence"):
        columns[name] = pd.Series([getattr(place, name) for place in places], dtype="object")
    return pd.DataFrame(columns)


def matrix_document(answer: MatrixAnswer, t: Translator, *, wide: str | None = None) -> Document:
    """Make a document of a matrix: a row a pair, the same laid out as tables, and the places.

    Parameters
    ----------
    answer
        The matrix.
    t
        Language.
    wide
        ``distance`` or ``time`` lays the matrix out first (for CSV): a row an origin, a column a destination.
    """
    laid_out = {
        "distance": Sheet("matrix_distance", answer.wide(answer.distance_m)),
        "time": Sheet("matrix_time", answer.wide(answer.travel_time_s)),
    }
    listed = Sheet("matrix", answer.pairs())
    tables = list(laid_out.values()) if len(answer.destinations) <= MOST_WIDE else []
    first = [laid_out[wide]] if wide is not None else [listed]
    others = [sheet for sheet in (listed, *tables) if sheet not in first]
    places = [
        Sheet("matrix_origins", in_language(_place_table(answer.origins), t)),
        Sheet("matrix_destinations", in_language(_place_table(answer.destinations), t)),
    ]
    return Document(
        sheets=(*first, *others, *places),
        title=t("matrix.title", origins=t.number(len(answer.origins)), destinations=t.number(len(answer.destinations))),
        evidence=answer.evidence,
        notes=notes(t, answer.notes),
        sources=answer.sources,
    )


def service_document(answer: ServiceAreaAnswer, t: Translator, *, edges_first: bool = False) -> Document:
    """Make a document of what can be reached: the ground, and the roads; for GeoJSON the first of them counts."""
    sheets = [Sheet("service_areas", answer.areas), Sheet("service_edges", answer.edges)]
    return Document(
        sheets=tuple(sheets[::-1] if edges_first else sheets),
        title=t("service.title", places=_names(answer.places, t)),
        evidence=answer.evidence,
        notes=with_reason(t, answer.reason, notes(t, answer.notes, *answer.places)),
        sources=tuple(dict.fromkeys(str(text) for text in answer.edges["source"].dropna()))[:_NETWORK_SOURCES],
    )


def _names(places: Sequence[Place], t: Translator) -> str:
    if len(places) > 1:
        return t.n("matrix.places", len(places))
    return place_name(t, places[0])


def many_document(answer: NearestManyAnswer, t: Translator) -> Document:
    """Make a document of the nearest place of each of many."""
    named = answer.places["source"].dropna()
    return Document(
        sheets=(Sheet("nearest_many", in_language(answer.places, t)),),
        title=t("nearest-many.title", places=t.n("matrix.places", len(answer.places))),
        evidence=answer.evidence,
        notes=with_reason(t, answer.reason, notes(t, answer.notes)),
        sources=tuple(dict.fromkeys(str(text) for text in named)),
    )


def matrix_json(dataset: Dataset, answer: MatrixAnswer, t: Translator) -> Json:
    """Give a matrix: rows are origins, columns destinations; null without a way, with the reason's code beside it."""
    codes = np.array([None, *REASONS[1:]], dtype=object)
    return {
        "origins": records(_place_table(answer.origins), t),
        "destinations": records(_place_table(answer.destinations), t),
        "distance_m": _rows(answer.distance_m),
        "travel_time_s": _rows(answer.travel_time_s),
        "reason_codes": codes[answer.reason_code].tolist(),
        "withheld_by": answer.withheld().tolist(),
        "snap_from_m": answer.snap_from_m.tolist(),
        "snap_to_m": answer.snap_to_m.tolist(),
        "rules_applied": list(answer.rules_applied),
        "evidence": answer.evidence,
        "notes": list(notes(t, answer.notes)),
        "sources": list(answer.sources),
        "data": data(dataset),
    }


def _rows(values: NDArray[np.float64]) -> list[list[float]]:
    rows: list[list[float]] = values.tolist()
    return rows


def service_json(dataset: Dataset, answer: ServiceAreaAnswer, t: Translator) -> Json:
    """Give what can be reached within each limit; the geometry is in the file to take away."""
    return {
        "areas": records(answer.areas, t),
        "edges": records(answer.edges, t),
        **reason(answer.reason, t),
        "places": records(_place_table(answer.places), t),
        "evidence": answer.evidence,
        "notes": list(notes(t, answer.notes, *answer.places)),
        "data": data(dataset),
    }


def many_json(dataset: Dataset, answer: NearestManyAnswer, t: Translator) -> Json:
    """Give the nearest place of each of many."""
    return {
        "places": records(answer.places, t),
        "call": answer.call,
        "do_not_move": answer.do_not_move,
        **reason(answer.reason, t),
        "evidence": answer.evidence,
        "notes": list(notes(t, answer.notes)),
        "data": data(dataset),
    }
