"""The verb ``network`` of the command line: makes a road network out of an OpenStreetMap extract."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from geo.errors import QuestionError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from geo.cli_verbs import Outcome, Verb
    from geo.i18n import Translator
    from geo.osm import Summary

_BUILD: Final = "build"
_WORDS: Final = 3
_BAR_WIDTH: Final = 24
_M_PER_KM: Final = 1000.0


def add_arguments(group: argparse._ArgumentGroup, t: Translator) -> None:
    """Add the arguments of the verb to a group."""
    group.add_argument("words", nargs="*", metavar=t("cli.metavar.network"), help=t("cli.help.network"))
    tiles = t("cli.metavar.file")
    group.add_argument("--elevation", action="append", metavar=tiles, help=t("cli.help.elevation"))
    group.add_argument("--ferries", action="store_true", help=t("cli.help.ferries"))


def run(options: argparse.Namespace, t: Translator) -> Outcome:
    """Make the network file.

    Raises
    ------
    QuestionError
        ``network-usage`` where the words are not ``build IN OUT``.
    """
    from geo import catalogue, osm  # noqa: PLC0415 - heavy; the question is read first
    from geo.cli_verbs import Outcome  # noqa: PLC0415 - that module lists this verb

    words = list(options.words)
    if len(words) != _WORDS or words[0] != _BUILD:
        raise QuestionError("network-usage", found=" ".join(words))
    _, source, target = words
    borders = catalogue.load(options.data).borders
    summaries = osm.build(
        source,
        target,
        elevation=options.elevation,
        borders=borders,
        ferries=options.ferries,
        progress=_bar(t) if sys.stderr.isatty() else None,
    )
    question = {"verb": "network", "action": _BUILD, "in": source, "out": target}
    question |= {"elevation": options.elevation or [], "ferries": options.ferries}
    answer = {"profiles": [asdict(summary) for summary in summaries], "attribution": osm.ATTRIBUTION}
    return Outcome(question, answer, lambda: _text(summaries, target, t), t)


def _text(summaries: tuple[Summary, ...], target: str, t: Translator) -> str:
    lines = [t("network.written", file=target)]
    for summary in summaries:
        values: dict[str, Any] = {
            "profile": t(f"profile.{summary.profile}") if t.has(f"profile.{summary.profile}") else summary.profile,
            "length": t.plain(round(summary.length_m / _M_PER_KM)),
            "sections": t.plain(summary.sections),
            "nodes": t.plain(summary.nodes),
            "core": t.plain(round(100 * summary.core_share)),
            "turns": t.plain(summary.turns),
            "unused": t.plain(summary.turns_unused),
        }
        lines.append(t("network.summary", **values))
    lines.append(t("network.attribution"))
    return "\n".join(lines)


def _bar(t: Translator) -> Callable[[str, int, int], None]:
    """Draw how far the work is, over and over on one line of a terminal."""
    state = {"done": 0, "steps": 1}

    def show(step: str, done: int, steps: int) -> None:
        told = t(f"network.step.{step}", count=t.plain(done))
        if steps:
            state.update(done=done, steps=steps)
        filled = _BAR_WIDTH * state["done"] // state["steps"]
        text = f"\r[{'#' * filled}{'.' * (_BAR_WIDTH - filled)}] {told:<40}"
        encoding = sys.stderr.encoding or "ascii"
        sys.stderr.write(text.encode(encoding, "replace").decode(encoding))
        if steps and done == steps:
            sys.stderr.write("\n")
        sys.stderr.flush()

    return show


def verb() -> Verb:
    """Give the entry for the list of verbs."""
    from geo.cli_verbs import Verb  # noqa: PLC0415 - that module lists this verb

    return Verb(add_arguments, run, exports=False)
