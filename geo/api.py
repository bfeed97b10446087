"""Questions by address: a query string becomes a question, its answer the JSON that the command line prints.

Nothing here knows of a server: :func:`respond` takes pairs of texts and gives a status and bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo import answers_json, downloads, export, exposure, nearest, plan_words, planning, routing, sentences
from geo.alternatives import MOST_ALTERNATIVES
from geo.api_values import Parameter, read
from geo.corridor import DEFAULT_WIDTH_M
from geo.crs import WGS84
from geo.documents import Document, Sheet
from geo.errors import DataError, QuestionError, SymapError
from geo.i18n import LANGUAGES, choose_language, translator
from geo.network import build_cached
from geo.routing import OBJECTIVES
from geo.rules import MOST_AREAS, RoadRules, country_codes
from geo.schema import DO_NOT_MOVE, VEHICLES, WASTE_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from geo.dataset import Dataset
    from geo.i18n import Language, Translator

#: Longest query string, in characters.
QUERY_CHARS: Final = 4000
MOST_PLACES: Final = 20
MOST_RADII: Final = 20
#: Layers that may be asked for.
LAYERS: Final = ("sites", "storage", "collection_points", "settlements", "road_nodes", "roads", "borders")

_PEOPLE: Final = frozenset({"settlements", "area_totals", "borders"})
_NOT_FOUND: Final = frozenset({"api-unknown-layer", "api-unknown-path", "unknown-place"})
_ROADS: Final = frozenset({"road_nodes", "road_sections", "road_speeds", "borders", "closures"})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address.

    Parameters
    ----------
    summary
        For the description.
    parameters
        Those it takes beside ``lang``.
    tables
        Tables without which there is no answer.
    answer
        Makes the question and its answer from the values.
    """

    summary: str
    parameters: tuple[Parameter, ...]
    tables: frozenset[str]
    answer: Callable[[Dataset, dict[str, Any], Translator], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back.

    Parameters
    ----------
    status
        Of HTTP.
    content
        JSON.
    media_type
        Of the content.
    """

    status: int
    content: bytes
    media_type: str = "application/json"


LANG: Final = Parameter(
    "lang", "Language of names and sentences; else the first of Accept-Language.", choices=LANGUAGES
)
_TRAINING: Final = Parameter("training", "1: for an exercise, also illustrative points, labelled as such.", "flag")
_ABROAD: Final = Parameter("through_abroad", "1: the road may leave the country between two of its places.", "flag")
_PLACE: Final = "an id of any table, or LON,LAT in degrees"
#: What a road must keep to.
_RULES: Final = (
    Parameter("stay_in", "Countries that the road must not leave, two-letter codes separated by commas; empty for anywhere; else the country of both ends."),
    Parameter("date", "Day of travel, YYYY-MM-DD: closures that hold on it are obeyed."),
    Parameter("vehicle", "Closures meant for it are obeyed; else truck, with hazardous waste.", choices=VEHICLES),
    Parameter("avoid", "A polygon to keep out of, in WKT, longitude and latitude.", most=MOST_AREAS),
    Parameter("ignore_closure", "Id of a closure to set aside.", most=MOST_AREAS),
    Parameter("snap_limit_m", "How far a place may lie from the road, in metres; else 10000 on the bundled roads.", "number"),
)  # fmt: skip


def refuse_faulty(dataset: Dataset, needed: Collection[str | None], t: Translator) -> None:
    """Refuse to answer from a bundled table in place of a faulty one of the operator's.

    Raises
    ------
    QuestionError
        ``cli-own-table-faulty``.
    """
    for fault in dataset.faults:
        if Path(fault.file).stem in needed:
            raise QuestionError("cli-own-table-faulty", file=fault.file, first=sentences.fault(t, fault))


def _nearest(dataset: Dataset, values: dict[str, Any], t: Translator) -> dict[str, Any]:
    options = {name: values[name] for name in ("waste", "k", "training") if name in values}
    question = nearest.NearestQuestion(
        values["at"],
        snap_limit_m=values.get("snap_limit_m"),
        stay_in_country=not values.get("through_abroad", False),
        rules=_rules(values),
        **options,
    )
    answer = nearest.find(dataset, question)
    refuse_faulty(dataset, {answer.place.table}, t)
    told = answers_json.nearest(dataset, answer, t)
    for point in (*told["points"], *told["reported"]):
        if point["evidence"] == "illustrative":
            point["label"] = t("illustrative")
    return _asked("nearest", question, told, t, training=question.training)


def _exposure(dataset: Dataset, values: dict[str, Any], t: Translator) -> dict[str, Any]:
    radii = {"radii_m": tuple(values["radius_m"])} if "radius_m" in values else {}
    question = exposure.ExposureQuestion(places=tuple(values["place"]), **radii)
    answer = exposure.measure(dataset, question)
    refuse_faulty(dataset, {place.table for place in answer.places}, t)
    return _asked("exposure", question, answers_json.exposure(dataset, answer, t), t)


def _route(dataset: Dataset, values: dict[str, Any], t: Translator) -> dict[str, Any]:
    question = routing.RouteQuestion(
        values["from"],
        values["to"],
        minimise=values.get("minimise", "time"),
        stay_in_country=not values.get("through_abroad", False),
        snap_limit_m=values.get("snap_limit_m"),
        rules=_rules(values),
        training=values.get("training", False),
    )
    width_m = values.get("width_m", DEFAULT_WIDTH_M)
    weighed = {"alternatives": values.get("alternatives", 0), "tradeoff": values.get("tradeoff", False)}
    # People counted from the bundled table would look like those of the operator's own, faulty one.
    known = not any(Path(fault.file).stem in _PEOPLE for fault in dataset.faults)
    if not known and (weighed["tradeoff"] or question.minimise == "people"):
        refuse_faulty(dataset, _PEOPLE, t)
    asked = planning.PlanQuestion(question, **weighed, width_m=width_m, count_people=known)
    answer = planning.plan(dataset, asked)
    refuse_faulty(dataset, {answer.route.origin.table, answer.route.destination.table}, t)
    told = plan_words.as_json(dataset, answer, t)
    for end in ("origin", "destination"):
        if told[end]["evidence"] == "illustrative":
            told[end]["label"] = t("illustrative")
    result = _asked("route", question, told, t, training=question.training)
    result["question"] |= {**weighed, "width_m": width_m}
    return result


def _rules(values: dict[str, Any]) -> RoadRules:
    """Make the rules of the road out of the values of an address."""
    stay_in, abroad = values.get("stay_in"), values.get("through_abroad", False)
    if stay_in is not None and abroad:
        raise QuestionError("stay-in-twice", found=stay_in)
    return RoadRules(
        stay_in=() if abroad else None if stay_in is None else country_codes(stay_in),
        date=values.get("date"),
        vehicle=values.get("vehicle", VEHICLES[0]),
        avoid=tuple(values.get("avoid", ())),
        ignored=tuple(values.get("ignore_closure", ())),
    )


def _asked(
    verb: str, question: object, told: dict[str, Any], t: Translator, *, training: bool = False
) -> dict[str, Any]:
    warning = {"training": t("api.training-label")} if training else {}
    return {**warning, "question": answers_json.question(verb, question), "answer": told}


ENDPOINTS: Final[dict[str, Endpoint]] = {
    "nearest": Endpoint(
        "The nearest places, by road, that take a waste; reported ones apart from confirmed ones.",
        (
            Parameter("at", f"Where one stands: {_PLACE}.", required=True),
            Parameter("waste", "What is to be handed in; waste that must not be moved gets no destination.", choices=WASTE_TYPES),
            Parameter("k", f"How many places at most, 1 to {nearest.LARGEST_K}; else 3.", "integer"),
            _TRAINING,
            _ABROAD,
            *_RULES,
        ),
        _ROADS | {"collection_points", "storage"},
        _nearest,
    ),
    "exposure": Endpoint(
        "Who lives within some distance of places.",
        (
            Parameter("place", f"A place: {_PLACE}.", required=True, most=MOST_PLACES),
            Parameter("radius_m", "A radius in metres, 100 to 200000; else 1000, 3000, 5000, 10000 and 20000.", "number", most=MOST_RADII),
        ),
        frozenset({"settlements", "area_totals", "borders"}),
        _exposure,
    ),
    "route": Endpoint(
        "The road from one place to another.",
        (
            Parameter("from", f"Where the road begins: {_PLACE}.", required=True),
            Parameter("to", f"Where it ends: {_PLACE}.", required=True),
            Parameter("minimise", "What to make small; else time.", choices=OBJECTIVES),
            _ABROAD,
            *_RULES,
            Parameter("alternatives", f"How many other good roads to look for, 0 to {MOST_ALTERNATIVES}; else none.", "integer"),
            Parameter("tradeoff", "1: weigh time against people along the road.", "flag"),
            Parameter("width_m", "How far from the road people count, on each side, in metres; else 800.", "number"),
            Parameter("training", "1: for an exercise, an end may be an illustrative place, labelled as such.", "flag"),
        ),
        _ROADS,
        _route,
    ),
}  # fmt: skip


def _roads(dataset: Dataset) -> pd.DataFrame:
    import geopandas as gpd  # noqa: PLC0415 - used for this layer alone
    import shapely  # noqa: PLC0415 - as above

    network = build_cached(dataset)
    ends = zip(network.vertex_start[:-1], network.vertex_start[1:], strict=True)
    lines = [
        shapely.LineString(list(zip(network.vertex_lon[a:b], network.vertex_lat[a:b], strict=True))) for a, b in ends
    ]
    located: pd.DataFrame = gpd.GeoDataFrame(network.sections, geometry=lines, crs=WGS84)
    return located


def layer(dataset: Dataset, name: str, t: Translator, *, training: bool = False) -> bytes:
    """Give a table as GeoJSON; without ``training`` none of its illustrative places.

    Raises
    ------
    QuestionError
        ``api-unknown-layer``.
    """
    if name not in LAYERS:
        raise QuestionError("api-unknown-layer", found=name, choices=" ".join(LAYERS))
    refuse_faulty(dataset, {"road_nodes", "road_sections"} if name == "roads" else {name, "borders"}, t)
    frame = _roads(dataset) if name == "roads" else downloads.table(dataset, name).sheets[0].frame
    examples = (frame["evidence"] == "illustrative").to_numpy(dtype=bool)
    remarks: tuple[str, ...] = ()
    if examples.any():
        count = int(examples.sum())
        remarks = (t("api.training-label") if training else t("api.layer-withheld", count=count),)
        label = pd.Series([t("illustrative") if one else None for one in examples], index=frame.index, dtype="object")
        frame = frame.assign(label=label) if training else frame[~examples]
    if "accepts" in frame.columns:
        movable = [tuple(code for code in codes if code not in DO_NOT_MOVE) for codes in frame["accepts"]]
        frame = frame.assign(accepts=pd.Series(movable, index=frame.index, dtype="object"))
    code = "route_sections" if name == "roads" else name
    title = t("table.road_sections" if name == "roads" else f"table.{name}")
    return export.to_geojson(Document((Sheet(code, frame),), title, notes=remarks), t)


def _language(pairs: Sequence[tuple[str, str]], accepted: str | None) -> Language:
    """Choose the language of the answer; a wrong wish is complained of in the browser's."""
    wish = next((text for name, text in pairs if name == "lang" and text in LANGUAGES), None)
    tags = [part.split(";")[0].strip() for part in (accepted or "").split(",")]
    return choose_language(wish, *(tag for tag in tags if tag and tag != "*"))


def failure(problem: SymapError, t: Translator) -> Reply:
    """Say what is wrong with a question, as JSON."""
    code = "data" if isinstance(problem, DataError) else problem.code
    status = 404 if code in _NOT_FOUND else 503 if code in {"data", "cli-own-table-faulty", "api-busy"} else 400
    status = 405 if code == "api-method" else status
    body = {"error": {"code": code, "message": sentences.error(t, problem)}}
    return Reply(status, answers_json.dumps(body, indent=None).encode())


def respond(dataset: Dataset, name: str, pairs: Sequence[tuple[str, str]], accepted: str | None = None) -> Reply:
    """Answer one address.

    Parameters
    ----------
    dataset
        Tables to ask.
    name
        ``nearest``, ``exposure``, ``route`` or ``layers/NAME.geojson``.
    pairs
        Names and texts of the query string.
    accepted
        Languages that the browser accepts.

    Returns
    -------
    Reply
        Question and answer, or ``{"error": {"code", "message"}}``.
    """
    t = translator(_language(pairs, accepted))
    try:
        if sum(len(key) + len(text) + 2 for key, text in pairs) > QUERY_CHARS:
            raise QuestionError("api-too-long", maximum=str(QUERY_CHARS))
        if name.startswith("layers/"):
            values = read((_TRAINING, LANG), pairs)
            stem = name.removeprefix("layers/").removesuffix(".geojson")
            content = layer(dataset, stem, t, training=values.get("training", False))
            return Reply(200, content, "application/geo+json")
        endpoint = ENDPOINTS.get(name)
        if endpoint is None:
            raise QuestionError("api-unknown-path")
        values = read((*endpoint.parameters, LANG), pairs)
        refuse_faulty(dataset, endpoint.tables, t)
        return Reply(200, answers_json.dumps(endpoint.answer(dataset, values, t), indent=None).encode())
    except SymapError as problem:
        return failure(problem, t)
