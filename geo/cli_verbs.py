"""The verbs of the command line: which arguments each takes, and how it asks its question.

A new verb is one entry of :data:`VERBS`, with ``cli.verb.<name>`` and ``cli.example.<name>`` in the catalogues.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo import (
    cli_brief,
    cli_data,
    cli_field,
    cli_fieldlist,
    cli_matrix,
    cli_network,
    cli_people,
    cli_present,
    cli_route,
    sentences,
)
from geo.errors import QuestionError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Collection

    from geo.dataset import Dataset
    from geo.documents import Document
    from geo.i18n import Translator

EXIT_FAULTS: Final = 1
_SPACES: Final = str.maketrans({" ": "", "\u00a0": "", "\u202f": "", "_": ""})
_POINT_TABLES: Final = frozenset({"collection_points", "storage"})


@dataclass(frozen=True)
class Outcome:
    """What a verb found, ready to be shown in any of the ways that the reader can ask for.

    Parameters
    ----------
    question, answer
        JSON objects.
    text
        Makes the readable text.
    document
        Makes the tables to take away, for a file of this name; None where the verb has none.
    language
        Of the texts.
    warnings
        Lines for standard error.
    exit_code
        Of the process.
    """

    question: dict[str, Any]
    answer: dict[str, Any]
    text: Callable[[], str]
    language: Translator
    document: Callable[[str], Document] | None = None
    warnings: tuple[str, ...] = ()
    exit_code: int = 0

    def json(self, *, ascii_only: bool) -> str:
        """Write question and answer as JSON."""
        from geo.answers_json import dumps  # noqa: PLC0415 - heavy, see above

        return dumps({"question": self.question, "answer": self.answer}, ascii_only=ascii_only)

    def file(self, name: str) -> bytes:
        """Write the tables in the format that a file's name asks for."""
        from geo.export import write  # noqa: PLC0415 - heavy, see above

        if self.document is None:
            raise QuestionError("export-format", file=name, choices="")
        return write(self.document(name), self.language, name)


@dataclass(frozen=True)
class Verb:
    """One verb.

    Parameters
    ----------
    add_arguments
        Adds its arguments to a group.
    run
        Asks the question.
    exports
        It takes ``--out``.
    """

    add_arguments: Callable[[argparse._ArgumentGroup, Translator], None]
    run: Callable[[argparse.Namespace, Translator], Outcome]
    exports: bool = True


def number(option: str, text: str) -> float:
    """Read a number as people write it: decimal comma, spaces between thousands."""
    try:
        found = float(text.translate(_SPACES).replace(",", "."))
    except ValueError:
        raise QuestionError("cli-not-a-number", option=option, found=text) from None
    if found != found or found in {float("inf"), float("-inf")}:  # noqa: PLR0124 - true of NaN alone
        raise QuestionError("cli-not-a-number", option=option, found=text)
    return found


def _whole(option: str, text: str) -> int:
    found = number(option, text)
    if not found.is_integer():
        raise QuestionError("cli-not-a-number", option=option, found=text)
    return int(found)


def required(options: argparse.Namespace, verb: str, *names: str) -> None:
    """Refuse a question without one of its options (``cli-option-missing``)."""
    for name in names:
        if getattr(options, name) is None:
            option = "--" + name.removesuffix("_place")
            raise QuestionError("cli-option-missing", option=option, verb=verb)


def load(options: argparse.Namespace, needed: frozenset[str], t: Translator) -> Dataset:
    """Load the tables; refuse when one that the question needs is the user's own and faulty.

    Raises
    ------
    QuestionError
        ``cli-own-table-faulty``: an answer from the bundled table would look like one from the user's.
    """
    from geo import catalogue  # noqa: PLC0415 - heavy, see above

    dataset = catalogue.load(options.data)
    refuse_faulty(dataset, needed, t)
    return dataset


def refuse_faulty(dataset: Dataset, needed: Collection[str | None], t: Translator) -> None:
    """Refuse to answer when one of the tables needed is the reader's own and faulty (``cli-own-table-faulty``)."""
    for fault in dataset.faults:
        table = Path(fault.file).stem
        if table in needed:
            raise QuestionError("cli-own-table-faulty", file=fault.file, first=sentences.fault(t, fault))


def warnings(dataset: Dataset, t: Translator) -> tuple[str, ...]:
    """Name the faulty tables that an answer did not need."""
    if not dataset.faults:
        return ()
    return (t("cli.other-faults", faults=sentences.faults(t, dataset.faults)),)


def _check_arguments(_: argparse._ArgumentGroup, __: Translator) -> None:
    """Take no argument of its own."""


def _check(options: argparse.Namespace, t: Translator) -> Outcome:
    from geo import answers_json, catalogue, cli_text  # noqa: PLC0415 - heavy, see above

    answer = catalogue.check(options.data)
    return Outcome(
        {"verb": "check", "data": options.data},
        answers_json.check(answer, t),
        lambda: cli_text.check(answer, t),
        t,
        exit_code=0 if answer.ok else EXIT_FAULTS,
    )


def _nearest_arguments(group: argparse._ArgumentGroup, t: Translator) -> None:
    group.add_argument("--at", metavar=t("cli.metavar.place"), help=t("cli.help.at"))
    group.add_argument("--waste", metavar=t("cli.metavar.waste"), help=t("cli.help.waste"))
    group.add_argument("-k", default="3", metavar="N", help=t("cli.help.k"))
    group.add_argument("--sites", metavar=t("cli.metavar.file"), help=t("cli.help.nearest-sites"))
    group.add_argument("--training", action="store_true", help=t("cli.help.training"))
    cli_route.rules_arguments(group, t)
    cli_route.network_arguments(group, t)


def _nearest(options: argparse.Namespace, t: Translator) -> Outcome:
    from geo import answers_json, cli_text, downloads, nearest  # noqa: PLC0415 - heavy, see above

    if options.sites is not None:
        return cli_matrix.nearest_many(options, t)
    required(options, "nearest", "at")
    question = nearest.NearestQuestion(
        options.at,
        waste=options.waste,
        k=_whole("-k", options.k),
        training=options.training,
        snap_limit_m=cli_route.snap_limit_of(options),
        stay_in_country=not options.through_abroad,
        rules=cli_route.rules_of(options),
    )
    dataset = load(options, cli_route.ROAD_TABLES | _POINT_TABLES, t)
    network, named = cli_route.open_network(options, bundled=True)
    answer = nearest.find(dataset, question, network)
    refuse_faulty(dataset, {answer.place.table}, t)
    return Outcome(
        answers_json.question("nearest", question) | named,
        answers_json.nearest(dataset, answer, t),
        lambda: cli_text.nearest(answer, t),
        t,
        lambda _: downloads.nearest(answer, t),
        warnings(dataset, t),
    )


#: Every verb by name, in the order in which the help lists them.
VERBS: Final[dict[str, Verb]] = {
    "check": Verb(_check_arguments, _check, exports=False),
    "exposure": Verb(cli_people.exposure_arguments, cli_people.exposure),
    "corridor": Verb(cli_people.corridor_arguments, cli_people.corridor),
    "route": Verb(cli_route.arguments, cli_route.run),
    "nearest": Verb(_nearest_arguments, _nearest),
    "matrix": Verb(cli_matrix.matrix_arguments, cli_matrix.matrix),
    "service-area": Verb(cli_matrix.service_arguments, cli_matrix.service_area),
    "network": cli_network.verb(),
    "data": cli_data.verb(),
    "fieldpack": Verb(cli_field.arguments, cli_field.run, exports=False),
    "present": Verb(cli_present.arguments, cli_present.run, exports=False),
    "brief": Verb(cli_brief.arguments, cli_brief.run, exports=False),
    "fieldlist": Verb(cli_fieldlist.arguments, cli_fieldlist.run, exports=False),
}
