"""The verbs about people: who lives near some places, and who lives along a line."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.errors import QuestionError

if TYPE_CHECKING:
    import argparse

    from pandas import DataFrame

    from geo.cli_verbs import Outcome
    from geo.corridor import CorridorQuestion
    from geo.corridor_split import CorridorRegions
    from geo.dataset import Dataset
    from geo.exposure import ExposureAnswer
    from geo.extras import Extras
    from geo.i18n import Translator
    from geo.places import Place
    from geo.population import PeopleSource
    from geo.routing import RouteAnswer

# Modules that load the tables' libraries are imported where a question is asked, so that help and complaints are quick.
PEOPLE_TABLES: Final = frozenset({"settlements", "area_totals", "borders"})
_ROAD_TABLES: Final = frozenset({"road_nodes", "road_sections", "road_speeds"})
_EVERY_SHARE: Final = 0.1


def grid_arguments(group: argparse._ArgumentGroup, t: Translator) -> None:
    """Add the arguments of the grid that people are counted on."""
    group.add_argument("--population", metavar=t("cli.metavar.file"), help=t("cli.help.population"))
    group.add_argument("--grid-kind", metavar="count|density", help=t("cli.help.grid-kind"))


def people_arguments(group: argparse._ArgumentGroup, t: Translator) -> None:
    """Add the arguments of the files that people are counted from and told by."""
    file = t("cli.metavar.file")
    grid_arguments(group, t)
    group.add_argument("--receptors", action="append", metavar=file, help=t("cli.help.receptors"))
    group.add_argument("--regions", metavar=file, help=t("cli.help.regions"))


def exposure_arguments(group: argparse._ArgumentGroup, t: Translator) -> None:
    """Add the arguments of ``exposure``."""
    place, point, file = t("cli.metavar.place"), t("cli.metavar.point"), t("cli.metavar.file")
    group.add_argument("--site", dest="places", action="append", metavar=place, help=t("cli.help.site"))
    group.add_argument("--at", dest="places", action="append", metavar=point, help=t("cli.help.at-repeated"))
    group.add_argument("--sites", metavar=file, help=t("cli.help.sites"))
    metres = t("cli.metavar.metres")
    group.add_argument("--radius", action="extend", nargs="+", metavar=metres, help=t("cli.help.radius"))
    group.add_argument("--union", action="store_true", help=t("cli.help.union"))
    people_arguments(group, t)
    group.add_argument("--compare", action="store_true", help=t("cli.help.compare"))


def people_source(options: argparse.Namespace, dataset: Dataset, t: Translator) -> PeopleSource | None:
    """Open the population grid that was named; None for settlement points."""
    if options.population is None:
        if options.grid_kind is not None:
            raise QuestionError("cli-needs-population", option="--grid-kind")
        return None
    from geo import fetching  # noqa: PLC0415 - heavy, see above
    from geo.grid_people import GridPeople  # noqa: PLC0415 - heavy, see above
    from geo.grids import open_grid  # noqa: PLC0415 - heavy, see above

    shown = -1.0

    def progress(share: float) -> None:
        nonlocal shown
        if share - shown >= _EVERY_SHARE or (share >= 1 and shown < 1):
            shown = share
            sys.stderr.write("\r" + t("cli.index", share=f"{100 * share:.0f} %") + ("\n" if share >= 1 else ""))
            sys.stderr.flush()

    watched = progress if sys.stderr.isatty() else None
    return GridPeople(
        open_grid(fetching.locate(options.population), kind=options.grid_kind, progress=watched), dataset.borders
    )


def asked_files(options: argparse.Namespace, *names: str) -> dict[str, Any]:
    """Name the files that a question was asked with, without their folders."""

    def name(value: object) -> object:
        if isinstance(value, list):
            return [Path(part).name for part in value]
        return Path(value).name if isinstance(value, str) else value

    kind = {"grid_kind": options.grid_kind} if options.population is not None else {}
    files = {key: getattr(options, key) for key in ("population", *names)}
    return {**{key: name(value) for key, value in files.items() if value}, **kind}


def exposure(options: argparse.Namespace, t: Translator) -> Outcome:
    """Answer who lives near."""
    from geo import answers_json, brought, cli_people_text, cli_verbs, downloads, exposure  # noqa: PLC0415 - heavy

    own = {} if options.sites is None else brought.read_sites(options.sites)
    places = (*(options.places or ()), *own)
    numbers = [cli_verbs.number("--radius", text) for text in options.radius or ()]
    question = exposure.ExposureQuestion(places=places, **({"radii_m": tuple(numbers)} if numbers else {}))
    if options.compare and options.population is None:
        raise QuestionError("cli-needs-population", option="--compare")
    dataset = cli_verbs.load(options, PEOPLE_TABLES, t)
    people = people_source(options, dataset, t)
    answer = exposure.measure(dataset, question, people, own)
    cli_verbs.refuse_faulty(dataset, {place.table for place in answer.places}, t)
    more = _extras(options, dataset, answer, people, own)
    asked = asked_files(options, "sites", "union", "compare", "regions", "receptors")
    return cli_verbs.Outcome(
        {**answers_json.question("exposure", question), **asked},
        answers_json.exposure(dataset, answer, t, more),
        lambda: cli_people_text.exposure(answer, t, more),
        t,
        lambda _: downloads.exposure(answer, t, more),
        cli_verbs.warnings(dataset, t),
    )


def _extras(
    options: argparse.Namespace,
    dataset: Dataset,
    answer: ExposureAnswer,
    people: PeopleSource | None,
    own: dict[str, Place],
) -> Extras:
    from geo import brought, exposure, extras, fetching, regions  # noqa: PLC0415 - heavy, see above

    return extras.gather(
        dataset,
        answer,
        people,
        own,
        regions=None if options.regions is None else regions.read_regions(fetching.locate(options.regions)),
        receptors=[brought.read_layer(fetching.locate(file)) for file in options.receptors or ()],
        settled=exposure.measure(dataset, answer.question, None, own) if options.compare else None,
        union=options.union,
    )


def corridor_arguments(group: argparse._ArgumentGroup, t: Translator) -> None:
    """Add the arguments of ``corridor``."""
    place, metres = t("cli.metavar.place"), t("cli.metavar.metres")
    group.add_argument("--route", metavar=t("cli.metavar.file"), help=t("cli.help.route"))
    group.add_argument("--from", dest="from_place", metavar=place, help=t("cli.help.from"))
    group.add_argument("--to", dest="to_place", metavar=place, help=t("cli.help.to"))
    group.add_argument("--minimise", default="time", metavar="time|distance", help=t("cli.help.minimise"))
    group.add_argument("--through-abroad", action="store_true", help=t("cli.help.through-abroad"))
    group.add_argument("--training", action="store_true", help=t("cli.help.training"))
    group.add_argument("--width", metavar=metres, help=t("cli.help.width"))
    group.add_argument("--error", metavar=metres, help=t("cli.help.error"))
    people_arguments(group, t)


def corridor(options: argparse.Namespace, t: Translator) -> Outcome:
    """Answer who lives along a line."""
    from geo import answers_json, cli_people_text, cli_verbs, corridor, downloads  # noqa: PLC0415 - heavy, see above

    if (options.route is None) == (options.from_place is None and options.to_place is None):
        raise QuestionError("corridor-what")
    width_m = corridor.DEFAULT_WIDTH_M if options.width is None else cli_verbs.number("--width", options.width)
    error_m = None if options.error is None else cli_verbs.number("--error", options.error)
    asked = {"verb": "corridor", **asked_files(options, "route", "regions", "receptors"), "width_m": width_m}
    if options.route is not None:
        line, known_m = corridor.read_line(options.route)
        # A line that a reader brings is taken as drawn unless somebody says how well it is known.
        stated_m = error_m if error_m is not None else 0.0 if math.isnan(known_m) else known_m
        question = corridor.CorridorQuestion(line, width_m, stated_m)
        dataset = cli_verbs.load(options, PEOPLE_TABLES, t)
        route = None
    else:
        cli_verbs.required(options, "corridor", "from_place", "to_place")
        dataset = cli_verbs.load(options, PEOPLE_TABLES | _ROAD_TABLES, t)
        route = _route(options, dataset, t)
        asked |= {"from_place": options.from_place, "to_place": options.to_place, "minimise": options.minimise}
        if route.geometry is None:
            return cli_verbs.Outcome(
                asked,
                answers_json.no_corridor(dataset, route, t),
                lambda: cli_people_text.no_corridor(route, t),
                t,
                warnings=cli_verbs.warnings(dataset, t),
            )
        route_error_m = None if math.isnan(route.positional_error_m) else route.positional_error_m
        question = corridor.CorridorQuestion(
            route.geometry, width_m, route_error_m if error_m is None else error_m, route.evidence
        )
    people = people_source(options, dataset, t)
    answer = corridor.measure(dataset, question, people)
    near = _along(options, question)
    split = _along_regions(options, dataset, question, people)
    return cli_verbs.Outcome(
        {**asked, "error_m": question.error_m},
        answers_json.corridor(dataset, answer, t, near, split),
        lambda: cli_people_text.corridor(answer, t, near, split),
        t,
        lambda file: downloads.corridor(
            answer, t, near, regions=split, ground_first=file.lower().endswith((".geojson", ".gpkg"))
        ),
        cli_verbs.warnings(dataset, t),
    )


def _route(options: argparse.Namespace, dataset: Dataset, t: Translator) -> RouteAnswer:
    from geo import cli_verbs, routing  # noqa: PLC0415 - heavy, see above

    answer = routing.find(
        dataset,
        routing.RouteQuestion(
            options.from_place,
            options.to_place,
            minimise=options.minimise,
            stay_in_country=not options.through_abroad,
            training=options.training,
        ),
    )
    cli_verbs.refuse_faulty(dataset, {answer.origin.table, answer.destination.table}, t)
    return answer


def _along(options: argparse.Namespace, question: CorridorQuestion) -> dict[str, DataFrame]:
    from geo import brought, fetching, receptors  # noqa: PLC0415 - heavy, see above

    layers = [brought.read_layer(fetching.locate(file)) for file in options.receptors or ()]
    error_m = question.error_m or 0.0
    return {
        layer.file: receptors.corridor_receptors(layer, question.line, question.width_m, error_m) for layer in layers
    }


def _along_regions(
    options: argparse.Namespace, dataset: Dataset, question: CorridorQuestion, people: PeopleSource | None
) -> CorridorRegions | None:
    from geo import corridor, fetching, regions  # noqa: PLC0415 - heavy, see above

    if options.regions is None:
        return None
    layer = regions.read_regions(fetching.locate(options.regions))
    return corridor.measure_regions(dataset, question, layer, people)
