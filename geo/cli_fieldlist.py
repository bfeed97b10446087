"""The verb ``fieldlist``: writes the A4 lists for the field, one file for each oblast, into a folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo.errors import QuestionError

if TYPE_CHECKING:
    import argparse

    from geo.cli_verbs import Outcome
    from geo.i18n import Translator

#: Tables on which the lists rest.
TABLES: Final = frozenset(
    {
        "collection_points",
        "storage",
        "settlements",
        "area_totals",
        "borders",
        "road_nodes",
        "road_sections",
        "road_speeds",
        "closures",
    }
)


def arguments(group: argparse._ArgumentGroup, t: Translator) -> None:
    """Add folder, address of the live page, and training."""
    group.add_argument("-o", "--output", metavar=t("cli.metavar.outdir"), help=t("cli.help.outdir"))
    group.add_argument("--address", metavar="https://…", help=t("cli.help.address"))
    group.add_argument("--training", action="store_true", help=t("cli.help.training"))


def run(options: argparse.Namespace, t: Translator) -> Outcome:
    """Write the lists.

    Raises
    ------
    QuestionError
        ``cli-option-missing``, ``field-address``, ``cli-own-table-faulty`` or ``cli-unwritable``.
    """
    from geo import fieldlist, fieldlist_pdf  # noqa: PLC0415 - heavy: help and complaints come at once
    from geo.cli_verbs import Outcome, load, required, warnings  # noqa: PLC0415 - that module lists this one's verb

    required(options, "fieldlist", "output")
    fieldlist.check_address(options.address)
    dataset = load(options, TABLES, t)
    day = date.today()  # noqa: DTZ011 - the reader's own day
    made = fieldlist.sheets(dataset, t, day, address=options.address, training=options.training)
    folder = Path(options.output)
    files = []
    for sheet in made:
        file = folder / f"symap-list-{sheet.code.lower()}-{t.language}.pdf"
        _write(file, fieldlist_pdf.write(sheet))
        points, reported = (0 if table is None else len(table.rows) for table in (sheet.confirmed, sheet.reported))
        examples = points if sheet.training else 0
        counts = {"confirmed": points - examples, "examples": examples, "reported": reported}
        counts["elsewhere"] = 0 if sheet.nearest is None else len(sheet.nearest.rows)
        files.append({"file": str(file), **counts})
    told = [t("cli.fieldlist.elsewhere" if file["elsewhere"] else "cli.fieldlist.file", **file) for file in files]
    told += [] if options.address else [t("fieldlist.no-address")]
    question = {"verb": "fieldlist", "lang": t.language, "outdir": options.output, "training": options.training}
    return Outcome(question, {"files": files}, lambda: "\n".join(told), t, warnings=warnings(dataset, t))


def _write(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as problem:
        raise QuestionError("cli-unwritable", file=str(file), found=problem.strerror or "") from None
