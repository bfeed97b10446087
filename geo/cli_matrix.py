"""The verbs about many places: ``matrix``, ``service-area``, and ``nearest`` for a file of places."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo.cli_route import (
    ROAD_TABLES,
    network_arguments,
    open_network,
    rules_arguments,
    rules_of,
    snap_limit_of,
)
from geo.errors import QuestionError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from geo.cli_verbs import Outcome
    from geo.dataset import Dataset
    from geo.documents import Document
    from geo.i18n import Translator
    from geo.matrix import MatrixAnswer
    from geo.nearest_many import NearestManyAnswer
    from geo.places import Place
    from geo.service_area import ServiceAreaAnswer

# Modules that load the tables' libraries are imported where a question is asked, so that help and complaints are quick.
_POINT_TABLES: Final = frozenset({"collection_points", "storage"})
_WIDE: Final = ("distance", "time")
_SHOWN_ORIGINS: Final = 20
_SHOWN_DESTINATIONS: Final = 6
_SHOWN_PLACES: Final = 20
_M2_PER_KM2: Final = 1_000_000.0


def matrix_arguments(group: argparse._ArgumentGroup, t: Translator) -> None:
    """Add the arguments of ``matrix``."""
    places = t("cli.metavar.places")
    group.add_argument("--from", dest="from_place", action="append", metavar=places, help=t("cli.help.matrix-from"))
    group.add_argument("--to", dest="to_place", action="append", metavar=places, help=t("cli.help.matrix-to"))
    group.add_argument("--minimise", default="time", metavar="time|distance", help=t("cli.help.matrix-minimise"))
    group.add_argument("--wide", metavar="|".join(_WIDE), help=t("cli.help.matrix-wide"))
    group.add_argument("--training", action="store_true", help=t("cli.help.training"))
    rules_arguments(group, t)
    network_arguments(group, t)


def service_arguments(group: argparse._ArgumentGroup, t: Translator) -> None:
    """Add the arguments of ``service-area``."""
    group.add_argument("--at", action="append", metavar=t("cli.metavar.places"), help=t("cli.help.service-at"))
    group.add_argument("--minutes", metavar="30,60", help=t("cli.help.service-minutes"))
    group.add_argument("--width", metavar=t("cli.metavar.metres"), help=t("cli.help.service-width"))
    group.add_argument("--edges", action="store_true", help=t("cli.help.service-edges"))
    group.add_argument("--training", action="store_true", help=t("cli.help.training"))
    rules_arguments(group, t)
    network_arguments(group, t)


def _read_places(
    dataset: Dataset, texts: Sequence[str], *, training: bool
) -> tuple[tuple[str, ...], Mapping[str, Place], dict[str, int]]:
    """Read places named by files, tables or ids: their ids, those brought along, and the examples left out by table."""
    from geo import brought, places, reading  # noqa: PLC0415 - heavy, see above

    ids: list[str] = []
    own: dict[str, Place] = {}
    left_out: dict[str, int] = {}
    for text in texts:
        if Path(text).suffix.lower() in reading.FORMATS:
            read = brought.read_sites(text)
            if both := own.keys() & read.keys():
                raise QuestionError("places-twice", found=min(both))
            own |= read
            ids += read
        elif text in places.PLACE_TABLES:
            frame = dataset[text]
            frame = frame[frame["lon"].notna() & frame["lat"].notna()]
            examples = (frame["evidence"] == "illustrative").to_numpy(dtype=bool)
            if examples.any() and not training:
                left_out[text] = int(examples.sum())
                frame = frame[~examples]
            ids += frame["id"].tolist()
        else:
            if places.parse_coordinates(text) is None:
                places.refuse_examples([places.resolve(dataset, text)], training=training)
            ids.append(text)
    return tuple(ids), own, left_out


def matrix(options: argparse.Namespace, t: Translator) -> Outcome:
    """Answer how far it is from each of some places to each of others."""
    from geo import answers_json, cli_verbs, many_answers  # noqa: PLC0415 - heavy, see above
    from geo import matrix as matrices  # noqa: PLC0415 - heavy, see above

    cli_verbs.required(options, "matrix", "from_place", "to_place")
    if options.wide is not None and options.wide not in _WIDE:
        raise QuestionError("matrix-wide", found=options.wide, choices=", ".join(_WIDE))
    rules = rules_of(options)
    dataset = cli_verbs.load(options, ROAD_TABLES, t)
    origins, own_origins, examples = _read_places(dataset, options.from_place, training=options.training)
    destinations, own_destinations, more = _read_places(dataset, options.to_place, training=options.training)
    question = matrices.MatrixQuestion(origins, destinations, options.minimise, rules, snap_limit_of(options))
    network, named = open_network(options, bundled=True)
    answer = matrices.measure(dataset, question, network, own_origins=own_origins, own_destinations=own_destinations)
    cli_verbs.refuse_faulty(dataset, {place.table for place in (*answer.origins, *answer.destinations)}, t)
    return cli_verbs.Outcome(
        answers_json.question("matrix", question) | named,
        many_answers.matrix_json(dataset, answer, t),
        lambda: _matrix_text(answer, t),
        t,
        lambda _: many_answers.matrix_document(answer, t, wide=options.wide),
        (*_left_out({**examples, **more}, t), *cli_verbs.warnings(dataset, t)),
    )


def _left_out(examples: Mapping[str, int], t: Translator) -> tuple[str, ...]:
    return tuple(t.n("matrix.examples-left-out", count, table=t(f"table.{name}")) for name, count in examples.items())


def _matrix_text(answer: MatrixAnswer, t: Translator) -> str:
    """Write a small matrix as a table, of a large one how many pairs have a way."""
    from geo import cli_text, downloads  # noqa: PLC0415 - heavy, see above

    title = t("matrix.title", origins=t.number(len(answer.origins)), destinations=t.number(len(answer.destinations)))
    reached = int((answer.reason_code == 0).sum())
    parts = [title, t("matrix.reached", count=t.number(reached), pairs=t.number(answer.reason_code.size))]
    if len(answer.origins) <= _SHOWN_ORIGINS and len(answer.destinations) <= _SHOWN_DESTINATIONS:
        heads = [t("cli.column.from"), *(downloads.place_name(t, place) for place in answer.destinations)]
        rows = [
            (
                downloads.place_name(t, place),
                *(
                    t("matrix.cell", distance=t.km(metres), time=t.duration(seconds))
                    if metres == metres  # noqa: PLR0124 - false of NaN alone
                    else t("no-data")
                    for metres, seconds in zip(answer.distance_m[row], answer.travel_time_s[row], strict=True)
                ),
            )
            for row, place in enumerate(answer.origins)
        ]
        parts.append(cli_text.table(heads, rows))
    else:
        parts.append(t("matrix.take-away"))
    about = cli_text.about(t, answer.evidence, downloads.notes(t, answer.notes, *answer.origins, *answer.destinations))
    return cli_text.page(*parts, about)


def _minutes(text: str) -> tuple[float, ...]:
    from geo.cli_verbs import number  # noqa: PLC0415 - that module lists this verb

    return tuple(number("--minutes", part) for part in text.replace(";", ",").split(",") if part.strip())


def service_area(options: argparse.Namespace, t: Translator) -> Outcome:
    """Answer what can be reached within some minutes."""
    from geo import answers_json, cli_verbs, many_answers  # noqa: PLC0415 - heavy, see above
    from geo import service_area as areas  # noqa: PLC0415 - heavy, see above

    cli_verbs.required(options, "service-area", "at", "minutes")
    limits = _minutes(options.minutes)
    width_m = areas.DEFAULT_WIDTH_M if options.width is None else cli_verbs.number("--width", options.width)
    rules = rules_of(options)
    dataset = cli_verbs.load(options, ROAD_TABLES, t)
    places, own, examples = _read_places(dataset, options.at, training=options.training)
    question = areas.ServiceAreaQuestion(places, limits, rules, width_m, snap_limit_of(options))
    network, named = open_network(options, bundled=True)
    answer = areas.measure(dataset, question, network, own)
    cli_verbs.refuse_faulty(dataset, {place.table for place in answer.places}, t)

    def document(_: str) -> Document:
        return many_answers.service_document(answer, t, edges_first=options.edges)

    return cli_verbs.Outcome(
        answers_json.question("service-area", question) | named,
        many_answers.service_json(dataset, answer, t),
        lambda: _service_text(answer, t),
        t,
        document,
        (*_left_out(examples, t), *cli_verbs.warnings(dataset, t)),
    )


def _service_text(answer: ServiceAreaAnswer, t: Translator) -> str:
    from geo import cli_text, downloads, many_answers, sentences  # noqa: PLC0415 - heavy, see above

    document = many_answers.service_document(answer, t)
    parts = [document.title]
    if answer.reason is not None:
        parts.append(cli_text.wrapped(sentences.reason(t, answer.reason)))
    heads = [t(f"cli.column.{name}") for name in ("minutes", "roads", "ground-area", "sections")]
    rows = [
        (
            t.plain(row["minutes"]),
            t.km(row["roads_m"]),
            t("matrix.km2", value=t.number(row["area_m2"] / _M2_PER_KM2)),
            t.number(row["sections"]),
        )
        for row in answer.areas.drop(columns="geometry").to_dict("records")
    ]
    if rows:
        parts.append(cli_text.table(heads, rows, numbers=frozenset(range(4))))
    about = cli_text.about(t, answer.evidence, downloads.notes(t, answer.notes, *answer.places), document.sources)
    return cli_text.page(*parts, about)


def nearest_many(options: argparse.Namespace, t: Translator) -> Outcome:
    """Answer which place that takes a waste is the nearest, for every place of a file or a table."""
    from geo import answers_json, cli_verbs, many_answers  # noqa: PLC0415 - heavy, see above
    from geo import nearest_many as many  # noqa: PLC0415 - heavy, see above

    if options.at is not None:
        raise QuestionError("nearest-at-and-sites")
    rules = rules_of(options)
    dataset = cli_verbs.load(options, ROAD_TABLES | _POINT_TABLES, t)
    places, own, _ = _read_places(dataset, [options.sites], training=True)
    question = many.NearestManyQuestion(places, options.waste, options.training, rules, snap_limit_of(options))
    network, named = open_network(options, bundled=True)
    answer = many.find_many(dataset, question, network, own)
    return cli_verbs.Outcome(
        answers_json.question("nearest", question) | named,
        many_answers.many_json(dataset, answer, t),
        lambda: _many_text(answer, t),
        t,
        lambda _: many_answers.many_document(answer, t),
        cli_verbs.warnings(dataset, t),
    )


def _many_text(answer: NearestManyAnswer, t: Translator) -> str:
    from geo import cli_text, many_answers, sentences  # noqa: PLC0415 - heavy, see above
    from geo.documents import in_language  # noqa: PLC0415 - heavy, see above

    document = many_answers.many_document(answer, t)
    parts = [document.title]
    if answer.reason is not None:
        parts.append(cli_text.wrapped(sentences.reason(t, answer.reason)))
    parts.append(t("cli.nearest.call", number=answer.call))
    heads = [t(f"cli.column.{name}") for name in ("place", "nearest", "length", "time", "evidence")]
    shown = in_language(answer.places.head(_SHOWN_PLACES), t)
    rows = [
        (
            str(row["name"] or row["id"]),
            str(row["nearest_name"] or row["nearest_id"] or sentences.reason(t, str(row["reason"]))),
            t.km(cli_text.number_of(row["distance_m"])),
            t.duration(cli_text.number_of(row["travel_time_s"])),
            sentences.choice(t, "evidence", str(row["evidence"])) if row["evidence"] else "",
        )
        for row in shown.to_dict("records")
    ]
    parts.append(cli_text.table(heads, rows, numbers=frozenset({2, 3})))
    if len(answer.places) > _SHOWN_PLACES:
        parts.append(t("matrix.more-places", count=t.number(len(answer.places) - _SHOWN_PLACES)))
    return cli_text.page(*parts, cli_text.about(t, answer.evidence, document.notes, document.sources))
