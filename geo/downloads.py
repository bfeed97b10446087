"""Answers as documents: the tables that a reader takes away from each question. No new number is computed here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd

from geo import sentences
from geo.crs import WGS84
from geo.documents import Document, Sheet, in_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geo.corridor import CorridorAnswer
    from geo.corridor_split import CorridorRegions
    from geo.dataset import Dataset
    from geo.evidence import Note
    from geo.exposure import ExposureAnswer
    from geo.extras import Extras
    from geo.i18n import Translator
    from geo.nearest import NearestAnswer
    from geo.places import Place
    from geo.routing import RouteAnswer


#: A title names no more places than this.
_MOST_PLACES: Final = 10
_CORRIDOR_COLUMNS: Final = (
    *("population_persons", "population_min_persons", "population_max_persons", "range_only", "length_m", "area_m2"),
    *("density_per_km2", "persons_per_km", "units", "coverage_share", "low_data", "evidence"),
)


def table(dataset: Dataset, name: str) -> Document:
    """Make a document of one table as it stands, which loads again once written as CSV, GeoJSON or GeoPackage."""
    frame = dataset[name]
    if name != "borders":
        frame = pd.DataFrame(frame.drop(columns=["geometry"], errors="ignore"))
    return Document(sheets=(Sheet(name, frame),))


def place_name(t: Translator, place: Place) -> str:
    """Name a place in the reader's language; typed coordinates as longitude and latitude."""
    return t.names(place.names) or place.text


def notes(t: Translator, remarks: Iterable[Note], *places: Place) -> tuple[str, ...]:
    """Give the sentences of an answer's notes, its places by name."""
    names = {place.text: place_name(t, place) for place in places}
    return tuple(sentences.note(t, remark, names) for remark in remarks)


def _distinct(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(value) for value in values if isinstance(value, str) and value))


def with_reason(t: Translator, reason: Note | None, remarks: tuple[str, ...]) -> tuple[str, ...]:
    """Put the sentence of why there is no (full) answer before those of the notes."""
    return remarks if reason is None else (sentences.reason(t, reason), *remarks)


def _named(frame: pd.DataFrame, places: tuple[Place, ...], t: Translator) -> pd.DataFrame:
    """Put the place's name where its index stands."""
    if "place_index" not in frame.columns:
        return in_language(frame, t)
    names = [
        place_name(t, places[int(index)]) if index >= 0 else t("export.all-places") for index in frame["place_index"]
    ]
    result = in_language(frame, t).drop(columns=["place_index"])
    result.insert(0, "place", pd.Series(names, index=frame.index, dtype="object"))
    return result


def exposure(answer: ExposureAnswer, t: Translator, more: Extras | None = None) -> Document:
    """Make a document of who lives near: rings, the same cumulatively, countries, settlements, areas; what else was asked."""
    frames = {
        "rings": answer.rings,
        "disks": answer.disks,
        "by_country": answer.by_country,
        "by_part": answer.by_part,
        "totals_by_radius": answer.totals_by_radius,
        "totals_by_country": answer.totals_by_country,
        "totals_by_part": answer.totals_by_part,
    }
    if answer.grid is None:
        # A grid names no settlements: empty tables would read as if there were none.
        frames |= {"people_settlements": answer.settlements, "areas": answer.areas, "exclaves": answer.exclaves}
    further = () if more is None else more.notes
    return Document(
        sheets=(
            *(Sheet(code, _named(frame, answer.places, t)) for code, frame in frames.items()),
            *(() if more is None else _extras(answer, more, t)),
        ),
        title=t("export.title.exposure", places=_places(answer, t)),
        evidence=answer.evidence,
        notes=notes(t, (*answer.notes, *further), *answer.places),
        sources=_distinct(answer.sources),
    )


def _places(answer: ExposureAnswer, t: Translator) -> str:
    """Name the places; of many, the first few and how many more there are."""
    names = [place_name(t, place) for place in answer.places]
    if len(names) <= _MOST_PLACES:
        return ", ".join(names)
    shown = ", ".join(names[:_MOST_PLACES])
    return t("export.and-more", places=shown, count=t.number(len(names) - _MOST_PLACES))


def _extras(answer: ExposureAnswer, more: Extras, t: Translator) -> Iterable[Sheet]:
    if more.union is not None:
        yield Sheet("union", more.union)
    if more.comparison is not None:
        yield Sheet("comparison", _named(more.comparison.zones, answer.places, t))
    if more.regions is not None:
        yield Sheet("by_region", _named(more.regions.by_region, answer.places, t))
        yield Sheet("totals_by_region", in_language(more.regions.totals_by_region, t))
        yield Sheet("regions", in_language(more.regions.regions, t))
    for number, layer in enumerate(more.receptors):
        ending = f"_{number + 1}" if number else ""
        yield Sheet(f"receptor_rings{ending}", _named(layer.rings, answer.places, t))
        yield Sheet(f"receptors{ending}", _named(layer.receptors, answer.places, t))


def corridor(
    answer: CorridorAnswer,
    t: Translator,
    receptors: Mapping[str, pd.DataFrame],
    *,
    regions: CorridorRegions | None = None,
    ground_first: bool = False,
) -> Document:
    """Make a document of who lives along a line: the whole, its profile, countries, regions, towns and receptors.

    Parameters
    ----------
    answer
        The answer.
    t
        Language.
    receptors
        Receptors along the line by the name of their file.
    regions
        The same people by region, where that was asked.
    ground_first
        The corridor is the document's subject (for GeoJSON), not its profile.
    """
    row = {"width_m": answer.question.width_m, "error_m": answer.question.error_m}
    row |= {name: getattr(answer, name) for name in _CORRIDOR_COLUMNS}
    whole = Sheet("corridor", gpd.GeoDataFrame(pd.DataFrame([row]), geometry=[answer.zone], crs=WGS84))
    profile = Sheet("corridor_profile", answer.profile)
    lists = [
        Sheet(f"corridor_receptors_{number}" if number > 1 else "corridor_receptors", in_language(frame, t))
        for number, frame in enumerate(receptors.values(), start=1)
    ]
    return Document(
        sheets=(
            *((whole, profile) if ground_first else (profile, whole)),
            Sheet("corridor_countries", answer.by_country),
            Sheet("corridor_parts", in_language(answer.by_part, t)),
            *(() if regions is None else (Sheet("corridor_regions", in_language(regions.by_region, t)),)),
            Sheet("corridor_towns", in_language(answer.towns, t)),
            *lists,
        ),
        title=t("export.title.corridor", width=t.km(answer.question.width_m), length=t.km(answer.length_m)),
        evidence=answer.evidence,
        notes=notes(t, (*answer.notes, *(() if regions is None else regions.notes))),
        sources=_distinct(answer.sources),
    )


def _lines(answer: RouteAnswer) -> gpd.GeoDataFrame:
    """Give the road and the straight legs at its ends as rows with geometry."""
    rows: list[dict[str, object]] = []
    if answer.geometry is not None:
        whole: dict[str, object] = {
            "part": "road",
            "distance_m": answer.distance_m,
            "travel_time_s": answer.travel_time_s,
            "countries": answer.countries,
            "evidence": answer.evidence,
            "geometry": answer.geometry,
        }
        rows.append(whole)
    rows += [{"part": "leg", "geometry": leg} for leg in answer.legs]
    columns = ["part", "distance_m", "travel_time_s", "countries", "evidence", "geometry"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry", crs=WGS84)


def route(answer: RouteAnswer, t: Translator, *, lines_first: bool = False) -> Document:
    """Make a document of a route: its sections with their sources, and its line.

    Parameters
    ----------
    answer
        The route.
    t
        Language.
    lines_first
        The line is the document's subject (for GeoJSON), not the list of sections.
    """
    sections = Sheet("route_sections", in_language(answer.sections, t))
    lines = Sheet("route", _lines(answer))
    ends = {"origin": place_name(t, answer.origin), "destination": place_name(t, answer.destination)}
    remarks = notes(t, answer.notes, answer.origin, answer.destination)
    return Document(
        sheets=(lines, sections) if lines_first else (sections, lines),
        title=t("export.title.route", **ends),
        evidence=answer.evidence,
        notes=with_reason(t, answer.reason, remarks),
        sources=_distinct(answer.sections["source"]),
    )


def nearest(answer: NearestAnswer, t: Translator) -> Document:
    """Make a document of the nearest points: confirmed ones and, told apart by a column, reported facilities."""
    parts = []
    for group, frame in (("points", answer.points), ("reported", answer.reported)):
        told = pd.DataFrame(in_language(frame, t))
        told.insert(0, "group", pd.Series([group] * len(told), index=told.index, dtype="object"))
        parts.append(told)
    filled = [part for part in parts if len(part)] or parts[:1]
    rows = pd.concat(filled, ignore_index=True)
    return Document(
        sheets=(Sheet("nearest", rows),),
        title=t("export.title.nearest", place=place_name(t, answer.place)),
        evidence=answer.evidence,
        notes=with_reason(t, answer.reason, notes(t, answer.notes, answer.place)),
        sources=_distinct(rows["source"]),
    )
