"""The verb ``fieldpack``: writes what a team takes along into a folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo.errors import QuestionError

if TYPE_CHECKING:
    import argparse

    from geo.cli_verbs import Outcome
    from geo.dataset import Dataset
    from geo.i18n import Translator

#: Tables on which the page rests.
TABLES: Final = frozenset(
    {"road_nodes", "road_sections", "road_speeds", "borders", "collection_points", "storage", "settlements"}
)


def arguments(group: argparse._ArgumentGroup, t: Translator) -> None:
    """Add the folder to write to."""
    group.add_argument("outdir", metavar=t("cli.metavar.outdir"), help=t("cli.help.outdir"))


def run(options: argparse.Namespace, t: Translator) -> Outcome:
    """Write the page in the reader's language, and its points as GPX and KML.

    Raises
    ------
    QuestionError
        ``cli-own-table-faulty``, ``cli-unwritable`` or ``field-too-large``.
    """
    from geo import catalogue, fieldpack  # noqa: PLC0415 - heavy: help and complaints come at once
    from geo.api import refuse_faulty  # noqa: PLC0415 - as above
    from geo.cli_verbs import Outcome  # noqa: PLC0415 - that module lists this one's verb

    dataset = catalogue.load(options.data)
    refuse_faulty(dataset, TABLES, t)
    page = fieldpack.page(dataset, t.language, date.today())  # noqa: DTZ011 - the reader's own day
    files = {f"symap-field-{t.language}.html": page.html, **_tracks(dataset, t)}
    folder = Path(options.outdir)
    for name, content in files.items():
        _write(folder, name, content)
    confirmed, reported = fieldpack.counts(dataset)
    answer = {
        "files": [{"file": str(folder / name), "bytes": len(content)} for name, content in files.items()],
        "gzip_bytes": len(page.gzipped),
        "confirmed": confirmed,
        "reported": reported,
        "reduced": [{"code": code, **params} for code, params in page.reduced],
    }
    told = [
        t(
            "cli.fieldpack.page",
            file=str(folder / next(iter(files))),
            size=t.number(len(page.html) / 1000),
            sent=t.number(len(page.gzipped) / 1000),
        )
    ]
    told += [
        t("cli.fieldpack.points", file=str(folder / name), confirmed=confirmed, reported=reported)
        for name in list(files)[1:]
    ]
    told += fieldpack.reduced_words(page, t)
    question = {"verb": "fieldpack", "lang": t.language, "outdir": options.outdir}
    return Outcome(question, answer, lambda: "\n".join(told), t)


def _tracks(dataset: Dataset, t: Translator) -> dict[str, bytes]:
    """Write the points as tracks; none where there is nobody to be sent to."""
    from geo import fieldpack, tracks  # noqa: PLC0415 - heavy, see above

    if not any(fieldpack.counts(dataset)):
        return {}
    document = fieldpack.document(dataset, t)
    stem = f"symap-points-{t.language}"
    return {f"{stem}.gpx": tracks.to_gpx(document, t), f"{stem}.kml": tracks.to_kml(document, t)}


def _write(folder: Path, name: str, content: bytes) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    except OSError as problem:
        raise QuestionError("cli-unwritable", file=str(folder / name), found=problem.strerror or "") from None
