"""What the verb ``route`` asks beyond the road itself: people along it, other roads, time against people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo import sentences
from geo.cli_people import PEOPLE_TABLES, asked_files, people_source
from geo.errors import QuestionError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from geo.cli_verbs import Outcome
    from geo.dataset import Dataset
    from geo.documents import Document
    from geo.i18n import Translator
    from geo.network import Network
    from geo.plans import Option, PlanAnswer
    from geo.routing import RouteQuestion


def arguments(group: argparse._ArgumentGroup, t: Translator) -> None:
    """Add the arguments to those of ``route``."""
    group.add_argument("--population", metavar=t("cli.metavar.file"), help=t("cli.help.population"))
    group.add_argument("--grid-kind", metavar="count|density", help=t("cli.help.grid-kind"))
    group.add_argument("--width", metavar=t("cli.metavar.metres"), help=t("cli.help.people-width"))
    group.add_argument("--alternatives", default="0", metavar="N", help=t("cli.help.alternatives"))
    group.add_argument("--tradeoff", action="store_true", help=t("cli.help.tradeoff"))


def outcome(  # noqa: PLR0913, PLR0917 - what the verb has at hand
    options: argparse.Namespace,
    question: RouteQuestion,
    dataset: Dataset,
    network: Network | None,
    named: dict[str, Any],
    t: Translator,
) -> Outcome:
    """Plan the journey.

    Parameters
    ----------
    options
        Arguments of the command line.
    question
        The road that is wanted.
    dataset, network
        The tables, and the reader's own roads.
    named
        The network's file and profile, for the question.
    t
        Language.

    Raises
    ------
    QuestionError
        ``alternatives-range``, ``corridor-width``, ``cli-not-a-number`` or ``cli-needs-population``.
    """
    from geo import answers_json, cli_verbs, plan_words, planning  # noqa: PLC0415 - heavy; the question is read first
    from geo.alternatives import MOST_ALTERNATIVES  # noqa: PLC0415 - as above
    from geo.corridor import DEFAULT_WIDTH_M  # noqa: PLC0415 - as above

    width_m = DEFAULT_WIDTH_M if options.width is None else cli_verbs.number("--width", options.width)
    count = cli_verbs.number("--alternatives", options.alternatives)
    if not count.is_integer():
        raise QuestionError("alternatives-range", found=options.alternatives, maximum=MOST_ALTERNATIVES)
    weighed = options.tradeoff or question.minimise == "people"
    faulty = options.population is None and any(Path(fault.file).stem in PEOPLE_TABLES for fault in dataset.faults)
    if weighed and faulty:
        cli_verbs.refuse_faulty(dataset, PEOPLE_TABLES, t)
    # People counted from the bundled table would look like those of the reader's own, faulty one.
    asked = planning.PlanQuestion(question, int(count), options.tradeoff, width_m, count_people=not faulty)
    people = people_source(options, dataset, t)
    answer = planning.plan(dataset, asked, network, people)
    cli_verbs.refuse_faulty(dataset, {answer.route.origin.table, answer.route.destination.table}, t)
    said = {"alternatives": asked.alternatives, "tradeoff": asked.tradeoff, "width_m": width_m}

    def document(file: str) -> Document:
        return plan_words.document(answer, t, lines_first=file.lower().endswith((".geojson", ".gpkg")))

    return cli_verbs.Outcome(
        answers_json.question("route", question) | named | said | asked_files(options),
        plan_words.as_json(dataset, answer, t),
        lambda: text(answer, t, network),
        t,
        document,
        cli_verbs.warnings(dataset, t),
    )


def text(answer: PlanAnswer, t: Translator, network: Network | None = None) -> str:
    """Write a plan: the road, who lives along it, then the other roads."""
    from geo import cli_text, plan_words  # noqa: PLC0415 - heavy, see above

    instead = answer.people_reason is not None and answer.question.route.minimise == "people"
    told = [plan_words.people(answer, t)]
    for key, options in (("cli.plan.alternatives", answer.alternatives), ("cli.plan.tradeoff", answer.tradeoff)):
        if options:
            told.append(t(key) + "\n" + _table(options, t))
    return cli_text.page(
        t("cli.plan.quickest-instead") if instead else "",
        cli_text.route(answer.route, t, network),
        *told,
        cli_text.about(t, answer.evidence, plan_words.told(answer, t, of_road=False), plan_words.sources(answer)),
    )


def _table(options: Sequence[Option], t: Translator) -> str:
    from geo import cli_text  # noqa: PLC0415 - heavy, see above

    names = ("option", "length", "time", "more-time", "shared", "passed", "people", "range")
    rows = [
        (
            option.id.rpartition("-")[2],
            t.km(option.route.distance_m),
            t.duration(option.route.travel_time_s),
            sentences.more_time(t, option.extra_s),
            t.number(100 * option.shared_share) + "\u00a0%",
            t.people(option.passed_persons),
            t.people(option.population_persons),
            t.range(option.population_min_persons, option.population_max_persons),
        )
        for option in options
    ]
    return cli_text.table([t(f"cli.column.{name}") for name in names], rows, numbers=frozenset(range(1, 8)))
