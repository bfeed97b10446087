"""The command line: reads a question, prints the answer, keeps its promises about exit codes.

Exit codes are 0 for an answer, 1 for faults that ``check`` found, 2 for bad input (one line on standard error) and
70 for a fault of the program itself. Nothing heavy is imported before the question has been read.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, TextIO

from geo import cli_verbs, sentences
from geo.errors import QuestionError, SymapError
from geo.i18n import LANGUAGES, choose_language, translator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.i18n import Language, Translator

EXIT_ANSWER: Final = 0
EXIT_BAD_INPUT: Final = 2
EXIT_PROGRAM_FAULT: Final = 70
EXIT_INTERRUPTED: Final = 130

_PROGRAM: Final = "python -m geo"
_LOCALE_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
_NO_LANGUAGE: Final = ("C", "POSIX")
_NEGATIVE: Final = re.compile(r"-[\d.,]")
#: What a terminal without these characters shows instead.
_PLAINER: Final = {
    "\u00a0": " ", "\u202f": " ", "≈": "~", "–": "-", "—": "-", "−": "-", "·": "|", "…": "...", "→": "->", "•": "*",
    "²": "2", "°": " deg", "«": '"', "»": '"', "“": '"', "”": '"', "’": "'",
    "Ө": "О", "ө": "о", "Ү": "У", "ү": "у", "Ң": "Н", "ң": "н",
}  # fmt: skip


class _HelpWantedError(Exception):
    """The reader asked for help; the text is the argument."""


class _HelpAction(argparse.Action):
    """Hand the help text back to :func:`main`, which knows how to print it anywhere."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        raise _HelpWantedError(parser.format_help())


class _Parser(argparse.ArgumentParser):
    """A parser that raises what it finds wrong, for :func:`main` to say in the reader's language."""

    def error(self, message: str) -> NoReturn:
        raise QuestionError("cli-arguments", found=message)


def _formatter(t: Translator) -> type[argparse.HelpFormatter]:
    class Formatter(argparse.HelpFormatter):
        def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:  # noqa: ANN401
            super().add_usage(usage, actions, groups, t("cli.usage") + " " if prefix is None else prefix)

    return Formatter


def _common(parser: argparse.ArgumentParser, t: Translator, *, top: bool) -> None:
    """Add the options of every verb; below the top they say nothing when they are not given."""
    absent: dict[str, Any] = {} if top else {"default": argparse.SUPPRESS}
    group = parser.add_argument_group(t("cli.options"))
    group.add_argument("-h", "--help", action=_HelpAction, nargs=0, help=t("cli.help.help"))
    group.add_argument("--data", metavar=t("cli.metavar.folder"), help=t("cli.help.data"), **absent)
    group.add_argument("--lang", metavar="|".join(LANGUAGES), help=t("cli.help.lang"), **absent)
    group.add_argument("--json", action="store_true", help=t("cli.help.json"), **absent)


def build_parser(t: Translator) -> argparse.ArgumentParser:
    """Make the parser with its help in a language."""
    style: dict[str, Any] = {
        "formatter_class": _formatter(t), "add_help": False, "allow_abbrev": False, "exit_on_error": False,
    }  # fmt: skip
    parser = _Parser(prog=_PROGRAM, description=t("cli.description"), epilog=t("cli.epilog"), **style)
    _common(parser, t, top=True)
    verbs = parser.add_subparsers(title=t("cli.verbs"), metavar=t("cli.metavar.verb"), dest="verb")
    for name, verb in cli_verbs.VERBS.items():
        told = t(f"cli.verb.{name}")
        below = verbs.add_parser(name, help=told, description=told, epilog=t(f"cli.example.{name}"), **style)
        verb.add_arguments(below.add_argument_group(t("cli.question")), t)
        if verb.exports:
            below.add_argument_group(t("cli.file")).add_argument(
                "--out", metavar=t("cli.metavar.file"), help=t("cli.help.out")
            )
        _common(below, t, top=False)
    return parser


def _joined(arguments: Sequence[str]) -> list[str]:
    """Tie a value that begins with a minus sign to its option, where argparse would take it for one."""
    result: list[str] = []
    for argument in arguments:
        if result and _NEGATIVE.match(argument) and re.fullmatch(r"--[a-z-]+", result[-1]):
            result[-1] += f"={argument}"
        else:
            result.append(argument)
    return result


def parse(arguments: Sequence[str], t: Translator) -> argparse.Namespace:
    """Read the arguments.

    Raises
    ------
    QuestionError
        ``cli-…`` codes: an unknown verb or option, an option without its value or with one it does not take.
    """
    parser = build_parser(t)
    try:
        options, unknown = parser.parse_known_args(_joined(arguments))
    except argparse.ArgumentError as problem:
        raise _translated(problem, arguments) from None
    if unknown:
        raise QuestionError("cli-unknown-argument", found=unknown[0])
    return options


def _translated(problem: argparse.ArgumentError, arguments: Sequence[str]) -> QuestionError:
    """Turn argparse's English complaint into a code."""
    name = problem.argument_name or ""
    if not name.startswith("-"):
        verb = next((part for part in arguments if not part.startswith("-")), "")
        found = re.search(r"invalid choice: '([^']*)'", problem.message)
        return QuestionError(
            "cli-unknown-verb", found=found.group(1) if found else verb, choices=" ".join(cli_verbs.VERBS)
        )
    option = name.split("/")[-1]
    return QuestionError(
        "cli-no-value-wanted" if "ignored explicit" in problem.message else "cli-value-missing", option=option
    )


def _environment_language() -> str | None:
    for variable in _LOCALE_VARIABLES:
        tag = os.environ.get(variable, "").split(".")[0]
        if tag:
            return None if tag in _NO_LANGUAGE else tag
    return None


def _asked_language(arguments: Sequence[str]) -> str | None:
    """Find the language among arguments that may be wrong otherwise: complaints are in it too."""
    for place, argument in enumerate(arguments):
        if argument == "--lang":
            return arguments[place + 1] if place + 1 < len(arguments) else None
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
    return None


def _language(arguments: Sequence[str]) -> Language:
    asked = _asked_language(arguments)
    if asked in LANGUAGES:
        return choose_language(asked)
    return choose_language(_environment_language()) if _shows("ж") else "en"


def _showable(text: str, encoding: str) -> str:
    """Replace what an encoding lacks by what looks like it, else by a question mark."""

    def writes(part: str) -> bool:
        try:
            part.encode(encoding, "strict")
        except UnicodeEncodeError:
            return False
        return True

    if writes(text):
        return text
    choices = ((char, _PLAINER.get(char, "?"), "?") for char in text)
    return "".join(next(part for part in options if writes(part)) for options in choices)


def _shows(text: str) -> bool:
    """Tell whether standard output can show a text."""
    return _showable(text, sys.stdout.encoding or "ascii") == text


def _emit(text: str, stream: TextIO) -> None:
    """Print a text with what the stream can show: never an encoding error."""
    stream.write(_showable(text, stream.encoding or "ascii") + "\n")
    stream.flush()


def _answer(arguments: Sequence[str], t: Translator) -> int:
    try:
        options = parse(arguments, t)
    except _HelpWantedError as wanted:
        _emit(str(wanted).rstrip(), sys.stdout)
        return EXIT_ANSWER
    if options.lang is not None and options.lang not in LANGUAGES:
        raise QuestionError("cli-unknown-language", found=options.lang, choices=" ".join(LANGUAGES))
    if options.verb is None:
        _emit(build_parser(t).format_help().rstrip(), sys.stdout)
        return EXIT_ANSWER
    outcome = cli_verbs.VERBS[options.verb].run(options, t)
    for warning in outcome.warnings:
        _emit(warning, sys.stderr)
    file = getattr(options, "out", None)
    if file is not None:
        _save(outcome, file, t)
    _emit(outcome.json(ascii_only=not _shows("жө≈")) if options.json else outcome.text(), sys.stdout)
    return outcome.exit_code


def _save(outcome: cli_verbs.Outcome, file: str, t: Translator) -> None:
    content = outcome.file(file)
    try:
        Path(file).write_bytes(content)
    except OSError as problem:
        raise QuestionError("cli-unwritable", file=file, found=problem.strerror or "") from None
    _emit(t("cli.written", file=file), sys.stderr)


def _complain(sentence: str, code: int) -> int:
    _emit(f"symap: {sentence}", sys.stderr)
    return code


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer one question from the command line.

    Parameters
    ----------
    arguments
        Without the program's name; None takes those of the process.

    Returns
    -------
    int
        The exit code; see the module's description.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    t = translator(_language(given))
    try:
        return _answer(given, t)
    except SymapError as problem:
        return _complain(sentences.error(t, problem), EXIT_BAD_INPUT)
    except BrokenPipeError:
        # The reader (`| head`) has what it wanted; nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_ANSWER
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as problem:  # noqa: BLE001 - the last door: one line instead of a traceback
        found = sentences.one_line(f"{type(problem).__name__}: {problem}")
        return _complain(t("error.cli-program-fault", found=found), EXIT_PROGRAM_FAULT)
