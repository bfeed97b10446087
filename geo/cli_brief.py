"""The verb ``brief``: writes what some views show as a document."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from geo import cli_people
from geo.codes import VEHICLES
from geo.errors import QuestionError
from geo.schema import TABLES

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from geo.brief import Brief
    from geo.cli_verbs import Outcome
    from geo.dataset import Dataset
    from geo.i18n import Translator
    from geo.means import Means

#: Formats of a brief; each is written by the module ``geo.brief_<format>``.
FORMATS: Final = ("pdf", "docx", "pptx", "html", "xlsx")


def arguments(group: argparse._ArgumentGroup, t: Translator) -> None:
    """Add views, format, title and file."""
    group.add_argument("views", nargs="*", metavar=t("cli.metavar.view"), help=t("cli.help.views"))
    group.add_argument("--format", metavar="|".join(FORMATS), help=t("cli.help.brief-format"))
    group.add_argument("--title", metavar=t("cli.metavar.title"), default="", help=t("cli.help.title"))
    group.add_argument("-o", "--output", metavar=t("cli.metavar.file"), help=t("cli.help.output"))
    cli_people.people_arguments(group, t)
    network_argument(group, t)


def network_argument(group: argparse._ArgumentGroup, t: Translator) -> None:
    """Add the file of the roads; a view names its vehicle itself."""
    group.add_argument("--network", metavar=t("cli.metavar.file"), help=t("cli.help.network-file"))


def writer(chosen: str) -> Callable[[Brief], bytes]:
    """Give the writer of a format.

    Raises
    ------
    QuestionError
        ``brief-format``.
    """
    if chosen not in FORMATS:
        raise QuestionError("brief-format", found=chosen, choices=" ".join(FORMATS))
    return cast("Callable[[Brief], bytes]", import_module(f"geo.brief_{chosen}").write)


def _format(options: argparse.Namespace) -> str:
    """Take the format that is named, else the one of the file's ending."""
    ending = Path(options.output).suffix.removeprefix(".").lower()
    return str(options.format).lower() if options.format else ending or "pdf"


def at_hand(options: argparse.Namespace, dataset: Dataset, t: Translator) -> Means:
    """Open the files that the views are to be answered from.

    Raises
    ------
    SymapError
        As the verbs ``exposure`` and ``route`` for the same options.
    """
    from geo import brought, fetching, means, osm, regions  # noqa: PLC0415 - heavy: the question is read first
    from geo.grid_people import GridPeople  # noqa: PLC0415 - as above

    people = cli_people.people_source(options, dataset, t)
    roads = None
    if options.network is not None:
        roads = lru_cache(partial(osm.load_network, options.network))
        roads(VEHICLES[0])
    layers = {"--receptors": options.receptors or [], "--regions": [options.regions] if options.regions else []}
    found = {option: [fetching.locate(path) for path in paths] for option, paths in layers.items()}
    near = tuple(brought.read_layer(path) for path in found["--receptors"])
    by = [regions.read_regions(path) for path in found["--regions"]]
    grid = [("--population", options.population, people.grid.index.digest)] if isinstance(people, GridPeople) else []
    named = [("--network", options.network)] if roads is not None else []
    named += [(option, path) for option, paths in found.items() for path in paths]
    told = [*grid, *((option, path, means.digest_of(path.partition("#")[0])) for option, path in named)]
    files = tuple(means.File(option, Path(path).name, digest) for option, path, digest in told)
    return means.Means(people, roads, by[0] if by else None, near, files=files)


def run(options: argparse.Namespace, t: Translator) -> Outcome:
    """Write a brief.

    Raises
    ------
    QuestionError
        ``cli-option-missing``, ``brief-format``, ``cli-unwritable``, and what the views and their questions refuse.
    """
    from geo import brief, views  # noqa: PLC0415 - heavy: help and complaints come at once
    from geo.cli_verbs import Outcome, load, required, warnings  # noqa: PLC0415 - that module lists this one's verb

    required(options, "brief", "output")
    chosen = _format(options)
    write = writer(chosen)
    seen = [views.decode(address) for address in options.views]
    # A brief is handed out: one that says the bundled numbers where the reader's own were meant would mislead.
    dataset = load(options, frozenset(TABLES), t)
    if options.population is not None and options.grid_kind is None:
        # What the cells hold is part of a view, so that a link's numbers come again.
        options.grid_kind = next((kind for view in seen if (kind := view.values.get("grid_kind"))), None)
    have = at_hand(options, dataset, t)
    now = datetime.now().astimezone()
    try:
        made = brief.make(dataset, seen, t.language, now, title=options.title, at_hand=have)
    except QuestionError as problem:
        # In the shell the file is an option away; the page's advice is for somebody who opens a link.
        if problem.code in {"view-needs-people", "view-needs-network"}:
            raise QuestionError(f"cli-{problem.code}", **problem.params) from None
        raise
    content = write(made)
    try:
        Path(options.output).write_bytes(content)
    except OSError as problem:
        raise QuestionError("cli-unwritable", file=options.output, found=problem.strerror or "") from None
    question = {
        "verb": "brief",
        "views": [each.address for each in made.chapters],
        "format": chosen,
        "lang": t.language,
        **({"files": [file.name for file in made.files]} if made.files else {}),
    }
    answer = {
        "file": options.output,
        "bytes": len(content),
        "inputs": made.inputs,
        "illustrative": made.illustrative,
        "headlines": [each.headline.number if each.headline else None for each in made.chapters],
    }
    told = t("cli.brief.written", file=options.output, views=t.number(len(made.chapters)), hash=made.short_hash)
    lines = [told, *([t("brief.illustrative")] if made.illustrative else [])]
    return Outcome(question, answer, lambda: "\n".join(lines), t, warnings=warnings(dataset, t))
