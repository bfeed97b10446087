"""The verb ``present``: writes the show of a story as one file that opens anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from geo import cli_brief, cli_people
from geo.errors import QuestionError

if TYPE_CHECKING:
    import argparse

    from geo.cli_verbs import Outcome
    from geo.i18n import Translator
    from geo.storybook import Reading


def arguments(group: argparse._ArgumentGroup, t: Translator) -> None:
    """Add the story to show and the file to write."""
    group.add_argument("story", nargs="?", metavar=t("cli.metavar.story"), help=t("cli.help.story"))
    group.add_argument("-o", "--out", dest="show_file", metavar=t("cli.metavar.file"), help=t("cli.help.show-file"))
    cli_people.grid_arguments(group, t)
    cli_brief.network_argument(group, t)
    # A slide tells one number: what layers add has no room on it.
    group.set_defaults(regions=None, receptors=None)


def run(options: argparse.Namespace, t: Translator) -> Outcome:
    """Write the show; slides without an answer and lines of the story that could not be read are told as warnings.

    Raises
    ------
    QuestionError
        ``cli-unreadable-story``, ``cli-unwritable`` or ``cli-own-table-faulty``.
    DataError
        Nothing of the story can be used.
    """
    from geo import catalogue, sentences, slides  # noqa: PLC0415 - heavy: help and complaints come at once
    from geo.cli_verbs import Outcome, refuse_faulty  # noqa: PLC0415 - that module lists this one's verb
    from geo.schema import TABLES  # noqa: PLC0415 - as above

    reading = _read(options.story)
    dataset = catalogue.load(options.data)
    refuse_faulty(dataset, set(TABLES), t)
    have = cli_brief.at_hand(options, dataset, t)
    show = slides.make(dataset, reading.story, t.language, at_hand=lambda _: have)
    target = Path(options.show_file or f"symap-present-{t.language}.html")
    try:
        target.write_bytes(show.html)
    except OSError as problem:
        raise QuestionError("cli-unwritable", file=str(target), found=problem.strerror or "") from None
    refused = [
        t("present.slide-refused", number=number, problem=sentences.error(t, why)) for number, why in show.refused
    ]
    faults = [sentences.fault(t, fault) for fault in reading.faults]
    answer = {
        "file": str(target),
        "bytes": len(show.html),
        "slides": len(reading.story.slides),
        "refused": [number for number, _ in show.refused],
        "faults": faults,
    }
    size, count = t.number(len(show.html) / 1000), len(reading.story.slides)
    return Outcome(
        {"verb": "present", "story": options.story, "lang": t.language},
        answer,
        lambda: t.n("cli.present.written", count, file=str(target), size=size),
        t,
        warnings=(*faults, *refused),
    )


def _read(file: str | None) -> Reading:
    from geo import storybook  # noqa: PLC0415 - heavy, see above

    if file is None:
        return storybook.Reading(storybook.bundled())
    path = Path(file)
    try:
        if path.stat().st_size > storybook.MAX_BYTES:
            # Enough of it to be refused as too large.
            with path.open("rb") as stream:
                return storybook.read(stream.read(storybook.MAX_BYTES + 1), path.name)
        return storybook.read(path.read_bytes(), path.name)
    except OSError as problem:
        raise QuestionError("cli-unreadable-story", file=file, found=problem.strerror or "") from None
