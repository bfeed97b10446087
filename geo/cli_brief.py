"""The verb ``brief``: writes what some views show as a document."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from geo.errors import QuestionError
from geo.schema import TABLES

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from geo.brief import Brief
    from geo.cli_verbs import Outcome
    from geo.i18n import Translator

#: Formats of a brief; each is written by the module ``geo.brief_<format>``.
FORMATS: Final = ("pdf", "docx", "pptx", "html", "xlsx")


def arguments(group: argparse._ArgumentGroup, t: Translator) -> None:
    """Add views, format, title and file."""
    group.add_argument("views", nargs="*", metavar=t("cli.metavar.view"), help=t("cli.help.views"))
    group.add_argument("--format", metavar="|".join(FORMATS), help=t("cli.help.brief-format"))
    group.add_argument("--title", metavar=t("cli.metavar.title"), default="", help=t("cli.help.title"))
    group.add_argument("-o", "--output", metavar=t("cli.metavar.file"), help=t("cli.help.output"))


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
    made = brief.make(dataset, seen, t.language, datetime.now().astimezone(), title=options.title)
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
