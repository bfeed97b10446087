"""What an answer says in one breath: the large number, its range, one sentence; the same on page, slide and paper."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import pandas as pd

from geo import exposure_rows, places, sentences, text
from geo.evidence import weakest
from geo.i18n import round_people

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geo.exposure import ExposureAnswer
    from geo.i18n import Translator
    from geo.inventory import InventoryAnswer
    from geo.nearest import NearestAnswer
    from geo.places import Place
    from geo.routing import RouteAnswer

#: The radius that the headline speaks of when the reader has chosen none, metres.
HEADLINE_RADIUS_M: Final = 5000.0

_KM_M: Final = 1000.0
_NEIGHBOURS: Final = ("UZ", "TJ")


@dataclass(frozen=True, slots=True)
class Headline:
    """The words of an answer.

    Parameters
    ----------
    title
        The question in words.
    label
        What the number counts.
    number
        The number, or the range alone where one number would claim too much.
    detail
        The range, or what else belongs to the number; may be empty.
    sentence
        One sentence to read aloud.
    evidence
        Code of the weakest evidence behind it; None where there is none.
    sources
        Who says so, without repeats.
    when
        Date or years of the data, written in the language; None where not known.
    caution
        What the number does not say; may be empty.
    """

    title: str
    label: str
    number: str
    detail: str
    sentence: str
    evidence: str | None
    sources: tuple[str, ...]
    when: str | None = None
    caution: str = ""


def _distinct(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if isinstance(value, str) and value))


def spot(t: Translator, typed: str) -> str:
    """Write typed coordinates for a reader, latitude first, with degree signs; other text as it is."""
    pair = places.read_spot(typed)
    return typed if pair is None else t("map.coordinates", lat=t.number(pair[1], 4), lon=t.number(pair[0], 4))


def place(t: Translator, where: Place) -> str:
    """Name a place; typed coordinates in degrees."""
    return t.names(where.names) or spot(t, where.text)


def people(t: Translator, row: Mapping[Any, Any] | pd.Series) -> str:
    """Write people as one rounded number, or as the range alone where the number would claim too much."""
    if row["headline_is_range"] or pd.isna(row["population_persons"]):
        return people_range(t, row)
    return t.people(row["population_persons"])


def rounded(persons: float) -> int | None:
    """Round a count of people to what it can bear, for a column of numbers; None where it is not known."""
    return None if pd.isna(persons) else round_people(float(persons))


def people_range(t: Translator, row: Mapping[Any, Any] | pd.Series) -> str:
    """Write the range of people."""
    return t.range(row["population_min_persons"], row["population_max_persons"])


def side(t: Translator, row: Mapping[Any, Any] | pd.Series) -> str:
    """Write what one of two sources counts, with its range."""
    spread = people_range(t, row)
    if pd.isna(row["population_persons"]):
        return spread
    number = t.people(row["population_persons"])
    return number if number == spread else f"{number} ({spread})"


def radius_name(t: Translator, radius_m: float) -> str:
    """Write a radius as it was chosen."""
    return t("unit.value-km", value=t.plain(radius_m / _KM_M))


def ring_name(t: Translator, row: Mapping[Any, Any] | pd.Series) -> str:
    """Name a ring by its two radii, in one unit."""
    inner = t.plain(float(row["inner_radius_m"]) / _KM_M)
    return t("exposure.ring", inner=inner, outer=radius_name(t, float(row["outer_radius_m"])))


def part_name(t: Translator, row: Mapping[str, Any]) -> str:
    """Name a country, the rest of one, or an enclave, by a row of :mod:`geo.exposure_rows`."""
    enclave = t.name(row) or row["enclave_id"] if isinstance(row["enclave_id"], str) else None
    return sentences.part(t, row["country"], enclave, apart=bool(row["has_enclaves"]))


def country(t: Translator, code: object) -> str:
    """Name a country; ground in none is said to be so."""
    return t(f"country.{code}") if isinstance(code, str) else t("exposure.no-country")


def _parts_by_country(t: Translator, answer: ExposureAnswer, radius_m: float, *, as_range: bool) -> str:
    """Name the people of each country; of the neighbours without a settlement in reach, that there is none."""
    rows = answer.totals_by_country[answer.totals_by_country["radius_m"] == radius_m]
    write = people_range if as_range else people
    told = exposure_rows.records(rows)
    parts = [f"{country(t, row['country'])}: {write(t, row)}" for row in told]
    absent = [country(t, code) for code in _NEIGHBOURS if code not in {row["country"] for row in told}]
    # A grid names no settlements: where it counts nobody in a country, it says nothing about villages there.
    if absent and answer.grid is None:
        parts.append(t("exposure.none-in", countries=", ".join(absent)))
    return "; ".join(parts)


def exposure_title(t: Translator, answer: ExposureAnswer | None) -> str:
    """Word the question "who lives near" with the names of the places."""
    if answer is None:
        return t("exposure.title")
    names = [place(t, where) for where in answer.places]
    if len(names) == 1:
        return t("exposure.title-place", place=names[0])
    return t("exposure.title-places", place=names[0], more=t.number(len(names) - 1))


def headline_radius_m(answer: ExposureAnswer, wished_m: float | None = None) -> float:
    """Give the radius to speak of: the wished one if it was asked about, else 5 km, else the largest."""
    radii_m = [float(radius_m) for radius_m in answer.question.radii_m]
    return next((radius_m for radius_m in (wished_m, HEADLINE_RADIUS_M) if radius_m in radii_m), None) or radii_m[-1]


def exposure(answer: ExposureAnswer, t: Translator, *, radius_m: float | None = None) -> Headline:
    """Say how many people live within a radius, how sure that is, and in which country.

    Parameters
    ----------
    answer
        Who lives near.
    t
        Language.
    radius_m
        One of the answer's radii, metres; None for the usual one.
    """
    chosen_m = headline_radius_m(answer, radius_m)
    row = answer.totals_by_radius[answer.totals_by_radius["radius_m"] == chosen_m].iloc[0]
    number, spread = people(t, row), people_range(t, row)
    radius = radius_name(t, chosen_m)
    countries = _parts_by_country(t, answer, chosen_m, as_range=number == spread)
    known: list[int] = []
    if answer.grid is None:
        known = sorted({int(year) for year in answer.settlements["population_year"].dropna()})
    return Headline(
        title=exposure_title(t, answer),
        label=t("exposure.headline", radius=radius),
        number=number,
        detail="" if number == spread else t("exposure.from-to", range=spread),
        sentence=t("exposure.sentence", radius=radius, people=number, countries=countries),
        evidence=answer.evidence,
        sources=_distinct(answer.sources),
        when=f"{known[0]}–{known[-1]}" if known else None,
        caution=t("exposure.not-poisoning"),
    )


def countries_in_order(t: Translator, codes: tuple[str, ...]) -> str:
    """Name the countries in order of travel."""
    return " → ".join(t(f"country.{code}") for code in codes)


def route_title(t: Translator, answer: RouteAnswer | None) -> str:
    """Word the question "which road" with the names of both ends."""
    if answer is None:
        return t("route.title")
    return t("route.title-ends", start=place(t, answer.origin), end=place(t, answer.destination))


def route(answer: RouteAnswer, t: Translator) -> Headline:
    """Say how long the road is, how long it takes and through which countries; without a road, why."""
    title = route_title(t, answer)
    if not answer.reachable or answer.distance_m is None:
        reason = "" if answer.reason is None else sentences.reason(t, answer.reason)
        return Headline(title, t("route.by-road"), t("headline.no-road"), "", reason, answer.evidence, ())
    countries = countries_in_order(t, answer.countries)
    abroad = len(set(answer.countries)) > 1
    said = {"start": place(t, answer.origin), "end": place(t, answer.destination), "countries": countries}
    return Headline(
        title=title,
        label=t("route.by-road"),
        number=t.km(answer.distance_m),
        detail=" · ".join(part for part in (t.duration(answer.travel_time_s), countries) if part),
        sentence=t(
            _route_sentence(answer, abroad=abroad),
            distance=t.km(answer.distance_m),
            time=t.duration(answer.travel_time_s),
            **said,
        ),
        evidence=answer.evidence,
        sources=_distinct(answer.sections["source"]),
        when=_when(t, answer.sections["source_date"]),
    )


def _route_sentence(answer: RouteAnswer, *, abroad: bool) -> str:
    """Choose the sentence: of a road in unknown countries nobody can say that it leaves none; a car carries no waste."""
    if not answer.countries and len(answer.sections):
        return "route.sentence-plain"
    vehicle = "" if answer.question.rules.vehicle == "truck" else "car-"
    return f"route.sentence-{vehicle}{'abroad' if abroad else 'inside'}"


def _when(t: Translator, dates: Iterable[object]) -> str | None:
    """Give the newest of the records' dates."""
    known = [value for value in dates if isinstance(value, str)]
    return t.date(max(known)) if known else None


def nearest(answer: NearestAnswer, t: Translator) -> Headline:
    """Say which place takes the waste, how far it is, and whom to call; what is only reported is said to be so."""
    waste = t("headline.any-waste") if answer.question.waste is None else t(f"choice.waste.{answer.question.waste}")
    title = t("headline.nearest-title", place=place(t, answer.place))
    label = t("headline.nearest", waste=waste)
    frame = answer.points if len(answer.points) else answer.reported
    sources = _distinct(frame["source"].head(1))
    when = _when(t, frame["source_date"].head(1))
    if len(answer.points):
        point = cast("Mapping[str, Any]", answer.points.iloc[0].to_dict())
        name = t.name(point)
        if point["evidence"] == "illustrative":
            # Nothing that is only an example may be read as a confirmed point, not even one sentence alone.
            label, name = t("headline.nearest-example", waste=waste), f"{name} ({t('illustrative')})"
        detail = name
        sentence = t("headline.nearest-sentence", place=place(t, answer.place), name=name, way=_way(t, point))
        return Headline(title, label, _far(t, point), detail, sentence, answer.evidence, sources, when)
    reason = "" if answer.reason is None else sentences.reason(t, answer.reason)
    call = "" if answer.call is None else t("nearest.call", number=answer.call)
    if answer.do_not_move or answer.reported.empty:
        from geo.nearest import EMERGENCY_SOURCE, EMERGENCY_SOURCE_DATE  # noqa: PLC0415 - heavy, but there is its answer

        number = t("headline.do-not-move" if answer.do_not_move else "headline.none-known")
        sources, when = (EMERGENCY_SOURCE,), t.date(EMERGENCY_SOURCE_DATE)
        return Headline(title, label, number, call, reason, answer.evidence, sources, when)
    point = cast("Mapping[str, Any]", answer.reported.iloc[0].to_dict())
    told = t("headline.reported-sentence", name=t.name(point), way=_way(t, point))
    return Headline(
        title, label, t("headline.none-known"), call, f"{reason} {told}".strip(), answer.evidence, sources, when
    )


def _far(t: Translator, point: Mapping[str, Any]) -> str:
    by_road = not pd.isna(point["distance_m"])
    return t.km(float(point["distance_m" if by_road else "straight_line_m"]))


def _way(t: Translator, point: Mapping[str, Any]) -> str:
    """Word how far a point is: by road with the time, else in a straight line."""
    if pd.isna(point["distance_m"]):
        return t("nearest.straight", distance=t.km(float(point["straight_line_m"])))
    road = t("nearest.by-road", distance=t.km(float(point["distance_m"])))
    return f"{road}, {t.duration(float(point['travel_time_s']))}"


def quantity(t: Translator, row: Mapping[str, Any] | pd.Series) -> str:
    """Write a recorded quantity with its unit: a value, a range, "more than" or "less than"; empty where there is none."""
    low, high = float(row["value_min"]), float(row["value_max"])
    if math.isnan(low) and math.isnan(high):
        return ""
    # A year has no thousands.
    write = (lambda value: f"{value:.0f}") if row["unit"] == "year" else t.plain
    if math.isnan(high):
        number = f">\u00a0{write(low)}"
    elif math.isnan(low):
        number = f"<\u00a0{write(high)}"
    else:
        number = write(low) if low == high else f"{write(low)}–{write(high)}"
    of = unit(t, row["unit"])
    return f"{number}\u00a0{of}" if of else number


_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_NUMBERS: Final = re.compile(rf"{_NUMBER.pattern}(?:–{_NUMBER.pattern})?")


def claim(t: Translator, row: Mapping[str, Any] | pd.Series) -> str:
    """Write what a source claims: numbers as the language writes them, words of the bundled ledger translated."""
    told = text.clean(row["value"]) if isinstance(row["value"], str) else ""
    key = f"claim.{re.sub('[^a-z0-9]+', '-', told.lower()).strip('-')}"
    if t.has(key):
        return t(key)
    numbers = _NUMBER.findall(told)
    if row["unit"] == "lat-lon" and len(numbers) == len(("lat", "lon")):
        # With the decimals that the source gives: more would claim what it does not say.
        lat, lon = (t.number(float(one), len(one.partition(".")[2])) for one in numbers)
        return t("map.coordinates", lat=lat, lon=lon)
    if _NUMBERS.fullmatch(told):
        told = _NUMBER.sub(lambda found: t.plain(float(found.group())), told)
    of = unit(t, row["unit"])
    return f"{told}\u00a0{of}" if told and of else told


def claims(t: Translator, frame: pd.DataFrame) -> pd.DataFrame:
    """Give statements with what they are about, and what they claim, in words, unit included."""
    rows = [row for _, row in frame.iterrows()]
    about = [t.name(row, "subject") or text.clean(row["subject"]) for row in rows]
    told = [claim(t, row) for row in rows]
    words = {"subject_name": about, "value": told}
    return frame.assign(**{name: pd.Series(cells, frame.index, dtype="object") for name, cells in words.items()})


def unit(t: Translator, code: object) -> str:
    """Name a unit; a table of the user's may hold codes that the catalogues do not know."""
    if not isinstance(code, str):
        return ""
    return t(f"unit.{code}") if t.has(f"unit.{code}") else text.clean(code)


def quantity_name(t: Translator, code: object) -> str:
    """Name a quantity; a table of the user's may hold codes that the catalogues do not know."""
    return t(f"quantity.{code}") if t.has(f"quantity.{code}") else text.clean(code)


def records(answer: InventoryAnswer, t: Translator) -> Headline:
    """Say how many records the map shows, and how many of them are examples."""
    counts = {table: getattr(answer, table) for table in answer.question.tables}
    real = {table: frame[frame["evidence"] != "illustrative"] for table, frame in counts.items()}
    examples = answer.count - sum(len(frame) for frame in real.values())
    parts = [f"{t(f'table.{table}')}: {t.number(len(frame))}" for table, frame in real.items()]
    # The number counts the real places alone; so do its evidence and its date.
    shown = [frame for frame in real.values() if len(frame)] or [frame for frame in counts.values() if len(frame)]
    return Headline(
        title=t("overview.title"),
        label=t("headline.records"),
        number=t.number(answer.count - examples),
        detail="" if not examples else t.n("headline.examples", examples),
        sentence="; ".join(parts),
        evidence=weakest(code for frame in shown for code in frame["evidence"]) or answer.evidence,
        sources=_distinct(source for frame in counts.values() for source in frame["source"]),
        when=_when(t, (date for frame in shown for date in frame["source_date"])),
    )


def headline(answer: object, t: Translator, *, radius_m: float | None = None) -> Headline:
    """Give the words of any answer.

    Parameters
    ----------
    answer
        Of the exposure, a route, the nearest points or the records.
    t
        Language.
    radius_m
        For an exposure, the radius to speak of, metres.

    Raises
    ------
    TypeError
        It is none of these answers: a fault of the program.
    """
    # By name: importing the classes would load the roads' libraries, which the first page does without.
    kind = type(answer).__name__
    if kind == "ExposureAnswer":
        return exposure(cast("ExposureAnswer", answer), t, radius_m=radius_m)
    if kind == "RouteAnswer":
        return route(cast("RouteAnswer", answer), t)
    if kind == "NearestAnswer":
        return nearest(cast("NearestAnswer", answer), t)
    if kind == "InventoryAnswer":
        return records(cast("InventoryAnswer", answer), t)
    raise TypeError(kind)
