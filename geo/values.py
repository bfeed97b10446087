"""Single cells: what stands in a file, read as the number, date, code or text that it means."""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

from geo import words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geo.rawtable import Cell
    from geo.schema import Column

#: Long enough for any note; far beyond it something other than a table was pasted.
MAX_TEXT_CHARS: Final = 20_000
MAX_ID_CHARS: Final = 120
#: Beyond this a number is a code that a spreadsheet has already rounded.
_WHOLE_LIMIT: Final = 1e15
#: Years outside are slips of the keyboard.
_YEARS: Final = range(1700, 2101)

_SPACES: Final = re.compile(r"[\s\u00a0\u2007\u2009\u202f']+")
_UNKNOWN: Final = frozenset(
    {"", "-", "–", "—", "n/a", "na", "null", "none", "no data", "н/д", "нд", "нет данных", "маалымат жок", "?"}
)
_AMBIGUOUS: Final = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")
_GROUPED: Final = re.compile(r"[-+]?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})+")
_NUMBER: Final = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")
_NOT_FINITE: Final = frozenset({"nan", "inf", "infinity", "∞"})
_BOOLEANS: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("true", "yes", "y", "1", "да", "истина", "ооба", "+"), True),
    **dict.fromkeys(("false", "no", "n", "0", "нет", "ложь", "жок", "-", "–", "—"), False),
}
_ISO_DATE: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?")
_DAY_FIRST: Final = re.compile(r"(?:(\d{1,2})[./])?(\d{1,2})[./](\d{4})")
_MONTH_DAY: Final = re.compile(r"(?:--)?(\d{1,2})-(\d{1,2})")
_DAY_MONTH: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.?")
_LEAP_YEAR: Final = "2000"
_YEAR_WORD: Final = re.compile(r"(\d{4})(?:\.0| ?г\.?| ?год| ?ж\.?| ?жыл)")
_SEPARATORS: Final = re.compile(r"[;,|\n]")
_FORMULA_ERRORS: Final = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})


class CellError(ValueError):
    """A cell cannot be read; ``code`` and ``params`` say why, as a fault does."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def _plain(cell: str) -> str | None:
    plain = cell.strip()
    if plain[:1] == "'" and plain[1:2] in ("=", "+", "-", "@"):
        plain = plain[1:]  # the apostrophe that keeps a spreadsheet from running it
    if len(plain) > MAX_TEXT_CHARS:
        raise CellError("too-long", limit=str(MAX_TEXT_CHARS))
    if plain in _FORMULA_ERRORS:
        raise CellError("formula-error")
    return plain or None


def _written(cell: float) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and not math.isfinite(cell):
        raise CellError("not-finite")
    whole = isinstance(cell, int) or (cell.is_integer() and abs(cell) < _WHOLE_LIMIT)
    return str(int(cell)) if whole else repr(cell)


def _moment(cell: date | time) -> str:
    if isinstance(cell, time):
        return cell.isoformat(timespec="minutes")
    if isinstance(cell, datetime) and cell.time() != time(0):
        return cell.isoformat(sep=" ", timespec="minutes")
    return (cell.date() if isinstance(cell, datetime) else cell).isoformat()


def text(cell: Cell, _column: Column | None = None) -> str | None:
    """Read a text; whole numbers lose the ".0" that spreadsheets give them, dates become ISO."""
    if cell is None:
        return None
    if isinstance(cell, str):
        return _plain(cell)
    if isinstance(cell, (int, float)):
        return _written(cell)
    if isinstance(cell, (date, time)):
        return _moment(cell)
    if isinstance(cell, list):
        return ";".join(filter(None, (text(part) for part in cell))) or None
    raise CellError("not-text")


def identifier(cell: Cell, column: Column) -> str | None:
    """Read an id: one short line without the semicolon that separates ids in lists."""
    plain = text(cell, column)
    if plain is None:
        return None
    if len(plain) > MAX_ID_CHARS or ";" in plain or any(unicodedata.category(char) == "Cc" for char in plain):
        raise CellError("bad-id", limit=str(MAX_ID_CHARS))
    return plain


def _number_from_text(plain: str, *, whole: bool, degrees: bool) -> float:
    compact = _SPACES.sub("", plain).replace("−", "-")
    if compact.casefold().lstrip("+-") in _NOT_FINITE:
        raise CellError("not-finite")
    if _AMBIGUOUS.fullmatch(compact) and not degrees and not (whole and not compact.endswith("000")):
        raise CellError("ambiguous-number")
    if _GROUPED.fullmatch(compact) or (whole and _AMBIGUOUS.fullmatch(compact)):
        compact = compact.replace(",", "").replace(".", "")
    elif "," in compact and "." in compact:
        last = max(compact.rfind(","), compact.rfind("."))
        compact = compact[:last].replace(",", "").replace(".", "") + "." + compact[last + 1 :]
    else:
        compact = compact.replace(",", ".", 1)
    if not _NUMBER.fullmatch(compact):
        raise CellError("not-number")
    return float(compact)


def number(cell: Cell, column: Column) -> float:
    """Read a number with a decimal point or comma and grouped digits; NaN for an empty cell.

    "12,031" is refused where it could be twelve or twelve thousand; in whole numbers only "12,000" is.

    Raises
    ------
    CellError
        ``not-number``, ``not-finite``, ``ambiguous-number``, ``not-integer``, ``below-minimum``, ``above-maximum``.
    """
    whole = column.kind == "integer"
    if isinstance(cell, str):
        if cell.strip().casefold() in _UNKNOWN:
            return math.nan
        value = _number_from_text(cell.strip(), whole=whole, degrees=column.kind in ("lon", "lat"))
    elif cell is None:
        return math.nan
    elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
        try:
            value = float(cell)
        except OverflowError:
            raise CellError("not-finite") from None
    else:
        raise CellError("not-number")
    if not math.isfinite(value):
        raise CellError("not-finite")
    if whole and not value.is_integer():
        raise CellError("not-integer")
    if column.minimum is not None and value < column.minimum:
        raise CellError("below-minimum", minimum=f"{column.minimum:g}")
    if column.maximum is not None and value > column.maximum:
        raise CellError("above-maximum", maximum=f"{column.maximum:.10g}")
    return value


def boolean(cell: Cell, _column: Column) -> bool | None:
    """Read yes or no in three languages; None for an empty cell."""
    if cell is None or isinstance(cell, bool):
        return cell
    plain = text(cell)
    if plain is None:
        return None
    value = _BOOLEANS.get(plain.casefold())
    if value is None:
        raise CellError("not-boolean")
    return value


def _iso(year: str, month: str | None, day: str | None) -> str:
    if int(year) not in _YEARS:
        raise CellError("not-date")
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise CellError("not-date") from None
    return "-".join([year, *(f"{int(part):02d}" for part in (month, day) if part)])


def day(cell: Cell, column: Column) -> str | None:
    """Read a year, month or day, written ISO or day first, as ISO; None for an empty cell."""
    if isinstance(cell, datetime):
        return _iso(str(cell.year), str(cell.month), str(cell.day))
    plain = text(cell, column)
    if plain is None or plain.casefold() in _UNKNOWN:
        return None
    if match := _ISO_DATE.fullmatch(plain):
        return _iso(*match.groups())
    if match := _DAY_FIRST.fullmatch(plain):
        of_month, month, year = match.groups()
        return _iso(year, month, of_month)
    if match := _YEAR_WORD.fullmatch(plain):
        return _iso(match.group(1), None, None)
    raise CellError("not-date")


def month_day(cell: Cell, column: Column) -> str | None:
    """Read a day of every year, written month first (``10-15``) or day first (``15.10``), as ``MM-DD``.

    A spreadsheet that has taken it for a date of some year loses the year again.

    Raises
    ------
    CellError
        ``not-month-day``.
    """
    try:
        plain = day(cell, column) if isinstance(cell, date) else text(cell, column)
        if plain is None or plain.casefold() in _UNKNOWN:
            return None
        if isinstance(cell, date):
            return plain[5:]
        if match := _MONTH_DAY.fullmatch(plain):
            return _iso(_LEAP_YEAR, *match.groups())[5:]
        if match := _DAY_MONTH.fullmatch(plain):
            return _iso(_LEAP_YEAR, match.group(2), match.group(1))[5:]
    except CellError as error:
        raise CellError("not-month-day") from error
    raise CellError("not-month-day")


def area(cell: Cell, column: Column) -> str | None:
    """Read a polygon in WKT, WGS 84 longitude and latitude.

    Raises
    ------
    CellError
        ``not-area``.
    """
    plain = text(cell, column)
    if plain is None:
        return None
    from geo.polygons import read_area  # noqa: PLC0415 - few tables hold polygons

    if read_area(plain) is None:
        raise CellError("not-area")
    return plain


def nearest(word: str, known: tuple[str, ...]) -> str | None:
    """Find the known word that somebody most likely meant, or None."""
    # Long texts are no misspelt codes, and comparing them with thousands of ids takes long.
    if len(word) > 2 * MAX_ID_CHARS:
        return None
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.7)
    return close[0] if close else None


def _code(word: str, column: Column) -> str:
    code = words.choice(word, column.choices)
    if code is not None:
        return code
    listed = ", ".join(column.choices)
    suggestion = nearest(word.casefold().replace("_", "-").replace(" ", "-"), column.choices)
    if suggestion:
        raise CellError("misspelt-choice", word=word[:MAX_ID_CHARS], suggestion=suggestion, choices=listed)
    raise CellError("unknown-choice", word=word[:MAX_ID_CHARS], choices=listed)


def choice(cell: Cell, column: Column) -> str | None:
    """Read one code of the column's list, written as the code or as its word in any language."""
    if isinstance(cell, str) and cell in column.choices:
        return cell
    plain = text(cell, column)
    return None if plain is None else _code(plain, column)


def _parts(cell: Cell, column: Column) -> list[str]:
    plain = text(cell, column)
    return [] if plain is None else [part.strip() for part in _SEPARATORS.split(plain) if part.strip()]


def choices(cell: Cell, column: Column) -> tuple[str, ...]:
    """Read several codes, separated by semicolons, commas, bars or line breaks; each is kept once."""
    return tuple(dict.fromkeys(_code(part, column) for part in _parts(cell, column)))


def _country(word: str) -> str:
    code = words.country(word)
    if code is None:
        raise CellError("unknown-country", word=word[:MAX_ID_CHARS], choices=", ".join(words.COUNTRIES))
    return code


def country(cell: Cell, column: Column) -> str | None:
    """Read a country as ISO 3166 alpha-2, from its code or its name in any language."""
    plain = text(cell, column)
    return None if plain is None else _country(plain)


def countries(cell: Cell, column: Column) -> tuple[str, ...]:
    """Read several countries in their order; a country may come again after another."""
    return tuple(_country(part) for part in _parts(cell, column))


def ids(cell: Cell, column: Column) -> tuple[str, ...]:
    """Read several ids, separated by semicolons, in their order."""
    plain = text(cell, column)
    return () if plain is None else tuple(part.strip() for part in plain.split(";") if part.strip())


#: How each kind of column reads a cell.
READERS: Final[Mapping[str, Callable[[Cell, Column], object]]] = {
    "id": identifier,
    "text": text,
    "choice": choice,
    "choices": choices,
    "number": number,
    "integer": number,
    "boolean": boolean,
    "date": day,
    "lon": number,
    "lat": number,
    "country": country,
    "countries": countries,
    "ids": ids,
    "month-day": month_day,
    "area": area,
}
#: Kinds whose cells hold several values.
MULTIPLE: Final = frozenset({"choices", "countries", "ids"})
NUMERIC: Final = frozenset({"number", "integer", "lon", "lat"})
