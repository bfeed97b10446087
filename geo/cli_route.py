"""The verb ``route`` of the command line, and the options of roads and rules that other verbs share with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo import cli_plan
from geo.codes import VEHICLES
from geo.errors import QuestionError

if TYPE_CHECKING:
    import argparse

    from geo.cli_verbs import Outcome
    from geo.i18n import Translator
    from geo.network import Network
    from geo.route_question import RouteQuestion
    from geo.rules import RoadRules

#: Tables without which there is no road.
ROAD_TABLES: Final = frozenset({"road_nodes", "road_sections", "road_speeds", "borders", "closures"})

_VECTOR_ENDINGS: Final = (".geojson", ".json", ".gpkg")


def network_arguments(group: argparse._ArgumentGroup, t: Translator) -> None:
    """Add the options of the reader's own road network."""
    group.add_argument("--network", metavar=t("cli.metavar.file"), help=t("cli.help.network-file"))
    group.add_argument("--profile", "--vehicle", metavar="|".join(VEHICLES), help=t("cli.help.profile"))


def open_network(options: argparse.Namespace, *, bundled: bool = False) -> tuple[Network | None, dict[str, str]]:
    """Open the reader's own road network, and name it for the question; None for the bundled roads.

    Parameters
    ----------
    options
        ``network`` and ``profile``.
    bundled
        A vehicle means something on the bundled roads too: its closures.

    Raises
    ------
    QuestionError
        ``cli-option-missing`` for a profile without a network; ``profile-unknown``.
    NetworkFileError
        As :func:`geo.osm.load_network`.
    """
    from geo import osm, profiles  # noqa: PLC0415 - heavy; the question is read first

    if options.network is None:
        if options.profile is not None and not bundled:
            raise QuestionError("cli-option-missing", option="--network", verb="--profile")
        return None, {}
    profile = options.profile or profiles.DEFAULT_PROFILE
    return osm.load_network(options.network, profile), {"network": options.network, "profile": profile}


def rules_arguments(group: argparse._ArgumentGroup, t: Translator) -> None:
    """Add the options of the rules of the road."""
    group.add_argument("--through-abroad", action="store_true", help=t("cli.help.through-abroad"))
    group.add_argument("--stay-in", metavar=t("cli.metavar.countries"), help=t("cli.help.stay-in"))
    group.add_argument("--date", metavar=t("cli.metavar.day"), help=t("cli.help.date"))
    group.add_argument("--avoid", action="append", metavar=t("cli.metavar.file"), help=t("cli.help.avoid"))
    group.add_argument("--ignore-closure", action="append", metavar="ID", help=t("cli.help.ignore-closure"))
    group.add_argument("--snap-limit", metavar=t("cli.metavar.metres"), help=t("cli.help.snap-limit"))


def read_areas(path: str) -> tuple[str, ...]:
    """Read areas to avoid out of a file: WKT, one polygon a line, or any vector file with polygons.

    Returns
    -------
    tuple[str, ...]
        WKT.

    Raises
    ------
    QuestionError
        ``avoid-file`` for a file that cannot be read or holds no polygon; ``avoid-not-area`` for a line that is none.
    DataError
        As :func:`geo.brought.read_layer` for a vector file.
    """
    import shapely  # noqa: PLC0415 - heavy; the question is read first

    from geo import brought, polygons  # noqa: PLC0415 - heavy; the question is read first

    file = Path(path)
    if file.suffix.lower() in _VECTOR_ENDINGS:
        return tuple(
            str(shape)
            for shape in shapely.to_wkt(brought.read_layer(file, brought.POLYGONS).shapes, rounding_precision=-1)
        )
    try:
        # What is too long to be parsed is not even read to its end.
        with file.open(encoding="utf-8-sig") as opened:
            text = opened.read(polygons.MAX_AREA_CHARS)
    except (OSError, UnicodeDecodeError) as problem:
        found = problem.strerror if isinstance(problem, OSError) else None
        raise QuestionError("avoid-file", file=file.name, found=found or type(problem).__name__) from None
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        raise QuestionError("avoid-file", file=file.name, found="")
    return tuple(lines)


def rules_of(options: argparse.Namespace) -> RoadRules:
    """Make the rules of the road out of the options of :func:`rules_arguments`.

    Raises
    ------
    QuestionError
        ``stay-in-twice``, and as :class:`geo.rules.RoadRules` and :func:`read_areas`.
    """
    from geo.rules import RoadRules, country_codes  # noqa: PLC0415 - heavy; the question is read first

    if options.stay_in is not None and options.through_abroad:
        raise QuestionError("stay-in-twice", found=options.stay_in)
    known = options.profile in VEHICLES or options.network is None
    return RoadRules(
        stay_in=() if options.through_abroad else None if options.stay_in is None else country_codes(options.stay_in),
        date=options.date,
        vehicle=options.profile if options.profile is not None and known else VEHICLES[0],
        avoid=tuple(area for file in options.avoid or () for area in read_areas(file)),
        ignored=tuple(options.ignore_closure or ()),
    )


def snap_limit_of(options: argparse.Namespace) -> float | None:
    """Read how far a place may lie from the road; None where nothing is asked."""
    from geo.cli_verbs import number  # noqa: PLC0415 - that module lists this verb

    return None if options.snap_limit is None else number("--snap-limit", options.snap_limit)


def arguments(group: argparse._ArgumentGroup, t: Translator) -> None:
    """Add the arguments of the verb to a group."""
    place = t("cli.metavar.place")
    group.add_argument("--from", dest="from_place", metavar=place, help=t("cli.help.from"))
    group.add_argument("--to", dest="to_place", metavar=place, help=t("cli.help.to"))
    group.add_argument("--minimise", default="time", metavar="time|distance|people", help=t("cli.help.minimise"))
    group.add_argument("--training", action="store_true", help=t("cli.help.training"))
    rules_arguments(group, t)
    network_arguments(group, t)
    cli_plan.arguments(group, t)


def question_of(options: argparse.Namespace) -> RouteQuestion:
    """Make the question out of the options.

    Raises
    ------
    QuestionError
        As :class:`geo.route_question.RouteQuestion` and :func:`rules_of`.
    """
    from geo.cli_verbs import required  # noqa: PLC0415 - that module lists this verb
    from geo.route_question import RouteQuestion  # noqa: PLC0415 - heavy; the question is read first

    required(options, "route", "from_place", "to_place")
    return RouteQuestion(
        options.from_place,
        options.to_place,
        minimise=options.minimise,
        stay_in_country=not options.through_abroad,
        snap_limit_m=snap_limit_of(options),
        rules=rules_of(options),
        training=options.training,
    )


def run(options: argparse.Namespace, t: Translator) -> Outcome:
    """Find the road.

    Raises
    ------
    QuestionError
        As :func:`question_of` and :func:`geo.routing.find`.
    """
    from geo import cli_verbs  # noqa: PLC0415 - that module lists this verb

    question = question_of(options)
    dataset = cli_verbs.load(options, ROAD_TABLES, t)
    network, named = open_network(options, bundled=True)
    return cli_plan.outcome(options, question, dataset, network, named, t)
