"""Sentences of the codes that answers and errors carry: notes, reasons, faults, names of codes.

Every door (pages, command line, exports) makes its sentences here, so they say the same in the reader's language.
"""

from __future__ import annotations

import errno
import math
import os
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from geo.errors import DataError
from geo.evidence import Note
from geo.text import MAX_LABEL_CHARS, clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.errors import Fault, SymapError
    from geo.i18n import Translator

#: A plural note names its count by one of these parameters.
_COUNTS: Final = ("n", "count", "settlements")
_LONGEST_LINE_CHARS: Final = 1000
_SHORTEST_M: Final = 10.0
#: A name given in several languages is one parameter of the sentence: ``name``.
_NAMES: Final = ("name_en", "name_ru", "name_ky")
#: Parameters that hold what a reader typed, of any length; the others are lists and sentences of our own.
_OUTSIDE: Final = frozenset({"place", "found", "file"})
#: Times are told to five minutes: a shorter one would look as long as that.
_SHORTEST_S: Final = 150.0
#: What the system says of a file that cannot be opened, by its words.
_SYSTEM: Final = {
    os.strerror(number): code
    for number, code in (
        (errno.ENOENT, "missing"), (errno.EACCES, "forbidden"), (errno.EPERM, "forbidden"), (errno.EISDIR, "folder"),
        (errno.ENOTDIR, "not-folder"), (errno.ENOSPC, "full"), (errno.EROFS, "read-only"), (errno.ENAMETOOLONG, "too-long"),
    )
}  # fmt: skip
#: Points of the compass from north, clockwise.
COMPASS: Final = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
_SECTOR_DEG: Final = 360.0 / len(COMPASS)


def direction(t: Translator, bearing_deg: float) -> str:
    """Name the point of the compass nearest to a bearing."""
    return t("direction." + COMPASS[round(bearing_deg / _SECTOR_DEG) % len(COMPASS)])


def short_time(t: Translator, seconds: float) -> str:
    """Write the time of a part of a journey; nothing where it is shorter than times are told."""
    return "" if seconds < _SHORTEST_S else t.duration(seconds)


def more_time(t: Translator, seconds: float) -> str:
    """Write how much longer or quicker a road is; what rounds to nothing has no sign."""
    if math.isnan(seconds):
        return t("no-data")
    sign = "" if abs(seconds) < _SHORTEST_S else "−" if seconds < 0 else "+"
    return f"{sign}{t.duration(abs(seconds) if sign else 0.0)}"


def road(t: Translator, row: Mapping[str, object]) -> str:
    """Name a road of a road book by its number and its name; empty for one that has neither."""
    number = row["road_number"]
    return " · ".join(filter(None, (clean(number) if isinstance(number, str) else "", t.name(row, "road_name"))))


def country(t: Translator, code: str) -> str:
    """Name a country by its ISO 3166 alpha-2 code; the code itself where the catalogue has no name."""
    return choice(t, "country", code, prefix="")


def part(t: Translator, code: object, enclave: object, *, apart: bool) -> str:
    """Name a part of a country: an enclave with its country, or what is left of a country.

    Parameters
    ----------
    t
        Language.
    code
        Country; anything but a text is ground in none.
    enclave
        Name of the enclave in the language; anything but a text is the mainland.
    apart
        Enclaves of this country are named beside it.
    """
    if not isinstance(code, str):
        return t("part.outside")
    name = country(t, code)
    if isinstance(enclave, str):
        return t("part.enclave", enclave=clean(enclave), country=name)
    return t("part.mainland", country=name) if apart else name


def choice(t: Translator, group: str, code: str, *, prefix: str = "choice.") -> str:
    """Name a code of one of the contracts' lists (``waste``, ``evidence``); the code itself where it has no name."""
    key = f"{prefix}{group}.{code}"
    return t(key) if t.has(key) else clean(code)


def value(t: Translator, name: str, raw: object) -> str:
    """Write a parameter of a sentence as the language does, by the unit that its name ends in.

    Parameters
    ----------
    t
        Language.
    name
        Name of the parameter: ``…_m`` are metres, ``…_s`` seconds, ``…_persons`` people, ``…_share`` a part of one,
        ``…_date`` an ISO date,
        ``country`` and ``countries`` ISO codes, ``waste`` and ``evidence`` codes of the contracts.
    raw
        Its value.
    """
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return _number(t, name, float(raw))
    return t("no-data") if raw is None else _text(t, name, raw)


def _text(t: Translator, name: str, raw: object) -> str:
    if name.endswith("_date"):
        return t.date(raw)
    if name in {"country", "countries"}:
        codes = raw if isinstance(raw, (tuple, list)) else str(raw).replace(",", " ").replace(";", " ").split()
        return ", ".join(country(t, str(code)) for code in codes) or t("no-data")
    if name in {"waste", "evidence"}:
        return choice(t, name, str(raw))
    if isinstance(raw, (tuple, list)):
        return ", ".join(clean(part) for part in raw)
    return clean(raw, max_chars=MAX_LABEL_CHARS if name in _OUTSIDE else _LONGEST_LINE_CHARS)


def _number(t: Translator, name: str, number: float) -> str:
    if name.endswith("_m"):
        # Rounded to ten metres, what is below that, or below nothing, would read as 0 m.
        return t("unit.value-m", value=t.plain(number)) if number < _SHORTEST_M and number != 0 else t.km(number)
    if name.endswith("_s"):
        return t.duration(number)
    if name.endswith("_persons"):
        return t.people(number)
    if name == "share" or name.endswith("_share"):
        return t.number(100 * number) + "\u00a0%" if math.isfinite(number) else t("no-data")
    if name == "year" or name.endswith("_year"):
        return str(round(number)) if math.isfinite(number) else t("no-data")
    return t.plain(number)


def fill(t: Translator, key: str, params: Mapping[str, object]) -> str:
    """Give the sentence of a key with its parameters written as the language does, in the plural form of its count.

    Raises
    ------
    KeyError
        The catalogue lacks the key, or its sentence names a parameter that is not given.
    """
    written = {name: value(t, name, raw) for name, raw in params.items()}
    if any(name in params for name in _NAMES):
        written["name"] = t.name(params)
    count = next((params[name] for name in _COUNTS if isinstance(params.get(name), (int, float))), None)
    if isinstance(count, (int, float)):
        try:
            return t.n(key, count, **{name: text for name, text in written.items() if name != "n"})
        except KeyError:
            pass  # the sentence has no plural forms
    return t(key, **written)


def note(t: Translator, remark: Note, names: Mapping[str, str] | None = None) -> str:
    """Give the sentence of a note on an answer.

    Parameters
    ----------
    t
        Language.
    remark
        The note.
    names
        Names of places by id, where the sentence should name a place rather than give its id.
    """
    params = dict(remark.params)
    place = params.get("place")
    if names is not None and isinstance(place, str):
        name = names.get(place, place)
        # A name does not bend with the sentence; in quotation marks it need not.
        params["place"] = name if t.language == "en" else f"«{name}»"
    try:
        return _note(t, remark.code, tuple(params.items()))
    except TypeError:
        # What cannot be a key, such as a list, is worded each time.
        return fill(t, f"note.{remark.code}", params)


@lru_cache(maxsize=2048)
def _note(t: Translator, code: str, params: tuple[tuple[str, str | float], ...]) -> str:
    """Word a note once: most notes are the same for all who ask."""
    return fill(t, f"note.{code}", dict(params))


def reason(t: Translator, remark: Note | str) -> str:
    """Give the sentence of the reason why there is no (full) answer."""
    found = Note(remark) if isinstance(remark, str) else remark
    return fill(t, f"reason.{found.code}", found.params)


def _with_remedy(t: Translator, sentence: str, code: str, params: Mapping[str, object]) -> str:
    remedy = f"remedy.{code}"
    return f"{sentence} {fill(t, remedy, params)}" if t.has(remedy) else sentence


def one_line(text: str) -> str:
    """Make a text one visible line that is still readable on a terminal."""
    return clean(text, max_chars=_LONGEST_LINE_CHARS)


def error(t: Translator, problem: SymapError) -> str:
    """Say in one line what is wrong and how to mend it; of several faults of a table the first, and their number."""
    if isinstance(problem, DataError) and problem.faults:
        return one_line(faults(t, problem.faults))
    key = f"error.{problem.code}"
    if not t.has(key):
        return one_line(str(problem))
    params = {name: _system(t, value) for name, value in problem.params.items()}
    return one_line(_with_remedy(t, fill(t, key, params), problem.code, params))


def _system(t: Translator, told: object) -> object:
    """Say in the language what the system says of a file in its own."""
    code = _SYSTEM.get(told) if isinstance(told, str) else None
    return told if code is None else t(f"system.{code}")


def faults(t: Translator, found: Sequence[Fault]) -> str:
    """Say how many faults there are, and the first of them."""
    first = fault(t, found[0])
    return first if len(found) == 1 else f"{t.n('count.faults', len(found))}: {first}"


def fault_found(t: Translator, problem: Fault) -> str:
    """Give the sentence of what is wrong at one place of a table, without the place."""
    key = f"fault.{problem.code}"
    return fill(t, key, _fault_params(problem)) if t.has(key) else clean(problem.code)


def fault_remedy(t: Translator, problem: Fault) -> str:
    """Give the sentence of how to mend a fault; empty where the catalogue has none."""
    key = f"remedy.{problem.code}"
    return fill(t, key, _fault_params(problem)) if t.has(key) else ""


def fault_place(problem: Fault) -> str:
    """Write where a fault is: file, row and column as the user's spreadsheet counts them."""
    parts = (problem.file, problem.row, problem.column)
    return ":".join(clean(part) for part in parts if part is not None)


def fault(t: Translator, problem: Fault) -> str:
    """Say in one line where a fault is, what it is and how to mend it."""
    return one_line(f"{fault_place(problem)}: {fault_found(t, problem)} {fault_remedy(t, problem)}")


def _fault_params(problem: Fault) -> dict[str, object]:
    where: dict[str, object] = {
        "file": problem.file,
        "row": "" if problem.row is None else str(problem.row),
        "column": problem.column or "",
        "found": problem.found or "",
    }
    return {**where, **problem.params}
