"""The verb ``data``: lists what others publish, fetches it, and says where it lies."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.errors import QuestionError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from typing import TextIO

    from geo.cli_verbs import Outcome, Verb
    from geo.fetching import Fetched
    from geo.i18n import Translator
    from geo.offers import Offer

_LIST, _GET = "list", "get"
_BAR_WIDTH: Final = 24
_EVERY_S: Final = 0.2
_BYTES_PER_MB: Final = 1e6
#: Vintage of what is exported anew from day to day.
ROLLING: Final = "rolling"


def add_arguments(group: argparse._ArgumentGroup, t: Translator) -> None:
    """Add the arguments of the verb to a group."""
    group.add_argument("words", nargs="*", metavar=t("cli.metavar.data"), help=t("cli.help.data-words"))
    group.add_argument("--to", metavar=t("cli.metavar.folder"), help=t("cli.help.data-to"))
    group.add_argument("--again", action="store_true", help=t("cli.help.data-again"))


def run(options: argparse.Namespace, t: Translator) -> Outcome:
    """List what can be fetched, or fetch it.

    Raises
    ------
    QuestionError
        ``fetch-usage`` where the words are neither ``list`` nor ``get NAME``; else as :func:`geo.fetching.get`.
    """
    words = list(options.words)
    if words == [_LIST] and options.to is None and not options.again:
        return _listed(t)
    if len(words) == 2 and words[0] == _GET:  # noqa: PLR2004 - get NAME
        return _got(words[1], options, t)
    raise QuestionError("fetch-usage", found=" ".join(words))


def _listed(t: Translator) -> Outcome:
    from geo import offers, shelf  # noqa: PLC0415 - the question is read first
    from geo.cli_verbs import Outcome  # noqa: PLC0415 - that module lists this verb

    rows = []
    for offer in offers.offers():
        path = shelf.folder_of(offer) / offer.file
        rows.append({**_told(offer, t), "here": path.is_file(), "file": str(path)})
    folders = {"grids": str(shelf.grid_folder()), "layers": str(shelf.layer_folder())}
    answer: dict[str, Any] = {"entries": rows, "folders": folders}
    parts = [_block(offer, here=bool(row["here"]), t=t) for offer, row in zip(offers.offers(), rows, strict=True)]
    told = [*parts, t("fetch.list.untried"), t("fetch.list.folders", **folders)]
    return Outcome({"verb": "data", "action": _LIST}, answer, lambda: "\n\n".join(told), t)


def _told(offer: Offer, t: Translator) -> dict[str, Any]:
    """Give an offer as an object."""
    return {
        "name": offer.name,
        "kind": offer.kind,
        "title": t.names(offer.names),
        "address": offer.address,
        "address_basis": offer.address_basis,
        "page": offer.page,
        "licence": offer.licence,
        "attribution": offer.attribution,
        "vintage": offer.vintage,
        "size_bytes": offer.size_bytes,
        "sha256": offer.sha256,
        "checked": offer.checked.isoformat(),
        "unverified": offer.unverified,
    }


def _block(offer: Offer, *, here: bool, t: Translator) -> str:
    size = t("fetch.size-unknown") if offer.size_bytes is None else t("fetch.size", size=_mb(offer.size_bytes, t))
    head = f"{offer.name}  ({t('fetch.here')})" if here else offer.name
    checksum = t("fetch.checksum-unknown") if offer.sha256 is None else f"sha256 {offer.sha256}"
    vintage = t("fetch.rolling") if offer.vintage == ROLLING else offer.vintage
    lines = [
        t.names(offer.names),
        f"{offer.licence}; {offer.attribution}",
        t("fetch.list.about", vintage=vintage, size=size, checksum=checksum),
        offer.address + (f"  ({t('fetch.composed')})" if offer.address_basis == "composed" else ""),
    ]
    return "\n".join([head, *(f"  {line}" for line in lines)])


def _mb(size_bytes: float, t: Translator) -> str:
    return t.number(size_bytes / _BYTES_PER_MB, 0 if size_bytes >= 10 * _BYTES_PER_MB else 1)


def _got(name: str, options: argparse.Namespace, t: Translator) -> Outcome:
    from geo import fetching  # noqa: PLC0415 - as above
    from geo.cli_verbs import Outcome  # noqa: PLC0415 - as above

    meter = Meter(sys.stderr, t) if sys.stderr.isatty() else None
    try:
        folder = None if options.to is None else Path(options.to)
        found = fetching.get(name, folder=folder, again=options.again, progress=meter)
    finally:
        if meter is not None:
            meter.end()
    answer = {
        **_told(found.offer, t),
        "state": found.state,
        "file": str(found.path),
        "sha256": found.record.sha256,
        "sha256_basis": "first-copy" if found.offer.sha256 is None else "publisher",
        "size_bytes": found.record.size_bytes,
        "fetched": found.record.fetched,
    }
    question = {"verb": "data", "action": _GET, "name": name, "to": options.to, "again": options.again}
    return Outcome(question, answer, lambda: _text(found, t), t)


def _text(found: Fetched, t: Translator) -> str:
    size = t("fetch.size", size=_mb(found.record.size_bytes, t))
    told = {"file": str(found.path), "size": size, "day": found.record.fetched}
    lines = [t(f"fetch.state.{found.state}", **told)]
    basis = "fetch.checked-publisher" if found.offer.sha256 else "fetch.checked-first"
    lines.append(t(basis, sha256=found.record.sha256))
    lines.append(t("fetch.licence", licence=found.offer.licence, attribution=found.offer.attribution))
    lines.append(t(f"fetch.use.{found.offer.kind}", name=found.offer.name))
    return "\n".join(lines)


class Meter:
    """Tell on one line of a terminal how far the work is: part, bytes, rate and the time that remains.

    Parameters
    ----------
    stream
        The terminal.
    t
        Language.
    clock
        Seconds that only grow.
    """

    def __init__(self, stream: TextIO, t: Translator, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._t, self._clock = stream, t, clock
        self._step, self._began, self._first, self._shown, self._width = "", 0.0, 0, -1.0, 0

    def __call__(self, step: str, done: int, total: int | None) -> None:
        """Draw the line anew, a few times a second."""
        now = self._clock()
        if step != self._step:
            self._step, self._began, self._first, self._shown = step, now, done, -1.0
        if 0 <= now - self._shown < _EVERY_S and done != total:
            return
        self._shown = now
        self._draw(self._line(done, total, now - self._began))

    def _line(self, done: int, total: int | None, elapsed_s: float) -> str:
        t = self._t
        told = t(f"fetch.step.{self._step}")
        if total:
            filled = min(_BAR_WIDTH * done // total, _BAR_WIDTH)
            told = f"[{'#' * filled}{'.' * (_BAR_WIDTH - filled)}] {told}"
        if self._step == "check":
            return told
        rate = (done - self._first) / elapsed_s if elapsed_s > 0 else 0.0
        size = _mb(done, t) if not total else f"{_mb(done, t)} / {_mb(total, t)}"
        told += " " + t("fetch.size", size=size)
        if rate > 0:
            told += ", " + t("fetch.rate", rate=_mb(rate, t))
            if total:
                minutes, seconds = divmod(round((total - done) / rate), 60)
                told += ", " + t("fetch.remains", time=f"{minutes}:{seconds:02d}")
        return told

    def _draw(self, line: str) -> None:
        encoding = self._stream.encoding or "ascii"
        self._stream.write("\r" + line.encode(encoding, "replace").decode(encoding).ljust(self._width))
        self._stream.flush()
        self._width = len(line)

    def end(self) -> None:
        """Leave the line."""
        if self._width:
            self._stream.write("\n")
            self._stream.flush()


def verb() -> Verb:
    """Give the entry for the list of verbs."""
    from geo.cli_verbs import Verb  # noqa: PLC0415 - that module lists this verb

    return Verb(add_arguments, run, exports=False)
