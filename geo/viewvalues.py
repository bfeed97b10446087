"""The values of a view as an address holds them: each kind of value read, checked and written back without loss."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

from geo import polygons
from geo.corrections import PositionCorrection
from geo.errors import QuestionError
from geo.places import parse_coordinates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Kind = Literal[
    "place",
    "places",
    "radii_m",
    "code",
    "codes",
    "flag",
    "count",
    "metres",
    "day",
    "text",
    "ids",
    "areas",
    "corrections",
]

#: Longest id of a table, and longest free text.
MAX_PLACE_CHARS: Final = 100
MAX_TEXT_CHARS: Final = 200
#: Corners that all areas of a view may have together: more would make no address.
MAX_AREA_CORNERS: Final = 150

# A semicolon stands in no id, a comma stands in every pair of coordinates.
_BETWEEN_PLACES: Final = ";"
_BETWEEN: Final = ","
_NUMBER: Final = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?", re.ASCII)
_WHOLE: Final = re.compile(r"[-+]?\d{1,12}", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_FLAGS: Final = {"1": True, "0": False, "true": True, "false": False}
_CORRECTION_PARTS: Final = 4
_MAX_LON, _MAX_LAT = 180.0, 90.0


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value of a view.

    Parameters
    ----------
    name
        As it stands in the address; it never changes, so that old links stay good.
    kind
        What its value is: ``place`` (id, ``LON,LAT`` or None), ``places``, ``radii_m``, ``code`` (None only where
        that is the default), ``codes``, ``flag``, ``count``, ``metres``, ``day`` (ISO or None), ``text``, ``ids``
        (of records that are no places), ``areas`` (polygons without holes, as WKT), ``corrections`` (positions that
        the reader set).
    default
        Value where an address does not say.
    options
        Codes that may stand in ``code`` and ``codes``.
    minimum, maximum
        Closed range of numbers; of a day, of its year.
    most
        Longest list.
    """

    name: str
    kind: Kind
    default: object
    options: tuple[str, ...] = ()
    minimum: float = 0.0
    maximum: float = math.inf
    most: int = 50


def _written_number(number: float) -> str:
    """Write a number so that reading it gives the same number."""
    return str(int(number)) if number.is_integer() else repr(number)


def _refuse(parameter: Parameter, code: str, found: object, **params: str | float) -> QuestionError:
    return QuestionError(code, name=parameter.name, found=str(found), **params)


def _is_plain(text: str) -> bool:
    return not any(unicodedata.category(char) in {"Cc", "Cs"} for char in text)


def _check_place(parameter: Parameter, value: object) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not text or len(text) > MAX_PLACE_CHARS or _BETWEEN_PLACES in text or not _is_plain(text):
        raise _refuse(parameter, "view-not-a-place", value)
    pair = parse_coordinates(text)
    if pair is not None and not (abs(pair[0]) <= _MAX_LON and abs(pair[1]) <= _MAX_LAT):
        raise _refuse(parameter, "view-not-a-place", text)
    return text


def _check_number(parameter: Parameter, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise _refuse(parameter, "view-not-a-number", value)
    if not parameter.minimum <= value <= parameter.maximum:
        limits = {"minimum": _written_number(float(parameter.minimum)), "maximum": _limit(parameter.maximum)}
        raise _refuse(parameter, "view-out-of-range", _written_number(float(value)), **limits)
    return float(value)


def _limit(number: float) -> str:
    return _written_number(float(number)) if math.isfinite(number) else "∞"


def _check_count(parameter: Parameter, value: object) -> int:
    number = _check_number(parameter, value)
    if not number.is_integer():
        raise _refuse(parameter, "view-not-a-number", value)
    return int(number)


def _check_code(parameter: Parameter, value: object) -> str:
    if not isinstance(value, str) or value not in parameter.options:
        raise _refuse(parameter, "view-not-a-choice", value, choices=" ".join(parameter.options))
    return value


def _check_flag(parameter: Parameter, value: object) -> bool:
    if not isinstance(value, bool):
        raise _refuse(parameter, "view-not-a-choice", value, choices="0 1")
    return value


def _check_day(parameter: Parameter, value: object) -> str:
    try:
        # The pattern keeps out the other spellings that the calendar reads.
        day = date.fromisoformat(_DAY.fullmatch(str(value))[0])  # type: ignore[index]
    except (TypeError, ValueError):
        raise _refuse(parameter, "view-not-a-day", value) from None
    _check_number(parameter, day.year)
    return day.isoformat()


def _check_text(parameter: Parameter, value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT_CHARS or not _is_plain(value):
        raise _refuse(parameter, "view-not-a-text", value, maximum=MAX_TEXT_CHARS)
    return value


def _check_id(parameter: Parameter, value: object) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not text or len(text) > MAX_PLACE_CHARS or _BETWEEN_PLACES in text or not _is_plain(text):
        raise _refuse(parameter, "view-not-a-text", value, maximum=MAX_PLACE_CHARS)
    return text


def _check_area(parameter: Parameter, value: object) -> str:
    corners = polygons.corners(value) if isinstance(value, str) else None
    if corners is None:
        raise _refuse(parameter, "view-not-an-area", value)
    return polygons.from_corners(corners)


def _check_areas(parameter: Parameter, values: object) -> tuple[str, ...]:
    areas = _check_each(parameter, values, _check_area)
    count = sum(len(polygons.corners(wkt) or ()) for wkt in areas)
    if count > MAX_AREA_CORNERS:
        raise _refuse(parameter, "view-too-many", count, maximum=MAX_AREA_CORNERS)
    return areas


def _check_correction(parameter: Parameter, value: object) -> PositionCorrection:
    if not isinstance(value, PositionCorrection):
        raise _refuse(parameter, "view-not-a-correction", value)
    _check_place(parameter, value.site_id)
    return value


def _check_each(parameter: Parameter, values: object, check: Callable[[Parameter, object], Any]) -> tuple[Any, ...]:
    """Check the parts of a list, each kept once."""
    parts: Iterable[object] = values if isinstance(values, (tuple, list)) else (values,)
    found = tuple(dict.fromkeys(check(parameter, part) for part in parts))
    if len(found) > parameter.most:
        raise _refuse(parameter, "view-too-many", len(found), maximum=parameter.most)
    return found


def check(parameter: Parameter, value: object) -> object:
    """Check a value and give it in the one form that a view holds.

    Returns
    -------
    object
        Tuples for lists, each part once; radii rising; codes in the order of the options; None where nothing is
        chosen.

    Raises
    ------
    QuestionError
        ``view-not-a-place``, ``view-not-a-number``, ``view-out-of-range``, ``view-not-a-choice``, ``view-not-a-day``,
        ``view-not-a-text``, ``view-not-an-area``, ``view-not-a-correction`` or ``view-too-many``, each with ``name``
        and ``found``.
    """
    kind = parameter.kind
    if value is None and (kind in {"place", "day"} or (kind == "code" and parameter.default is None)):
        return None
    if kind == "codes":
        chosen = _check_each(parameter, value, _check_code)
        return tuple(code for code in parameter.options if code in chosen)
    if kind == "radii_m":
        return tuple(sorted(_check_each(parameter, value, _check_number)))
    if kind == "corrections":
        by_site = {one.site_id: one for one in _check_each(parameter, value, _check_correction)}
        return tuple(by_site[site] for site in sorted(by_site))
    return _CHECKS[kind](parameter, value)


_CHECKS: Final[dict[Kind, Callable[[Parameter, object], object]]] = {
    "place": _check_place,
    "code": _check_code,
    "flag": _check_flag,
    "count": _check_count,
    "metres": _check_number,
    "day": _check_day,
    "text": _check_text,
    "places": lambda parameter, value: _check_each(parameter, value, _check_place),
    "ids": lambda parameter, value: _check_each(parameter, value, _check_id),
    "areas": _check_areas,
}


def _number(parameter: Parameter, text: str) -> float:
    if _NUMBER.fullmatch(text) is None:
        raise _refuse(parameter, "view-not-a-number", text)
    return float(text)


def _area(parameter: Parameter, text: str) -> str:
    numbers = [_number(parameter, part.strip()) for part in text.split(_BETWEEN)]
    if len(numbers) % 2:
        raise _refuse(parameter, "view-not-an-area", text)
    return polygons.from_corners(list(zip(numbers[::2], numbers[1::2], strict=True)))


def _correction(parameter: Parameter, text: str) -> PositionCorrection:
    parts = text.rsplit(_BETWEEN, _CORRECTION_PARTS - 1)
    if len(parts) != _CORRECTION_PARTS:
        raise _refuse(parameter, "view-not-a-correction", text)
    lon, lat, error_m = (_number(parameter, part) for part in parts[1:])
    try:
        return PositionCorrection(parts[0].strip(), lon, lat, error_m)
    except QuestionError as problem:
        raise QuestionError(problem.code, **{**problem.params, "name": parameter.name}) from None


def read(parameter: Parameter, text: str) -> object:
    """Read a value as an address holds it.

    Raises
    ------
    QuestionError
        As :func:`check`; for a corrected position also the codes of
        :class:`~geo.corrections.PositionCorrection`.
    """
    kind, plain = parameter.kind, text.strip()
    value: object = plain
    if kind in _LISTED:
        parts = [part for part in plain.split(_BETWEEN_PLACES) if part.strip()]
        value = [_LISTED[kind](parameter, part) for part in parts]
    elif kind in {"codes", "radii_m"}:
        parts = [part.strip() for part in plain.split(_BETWEEN) if part.strip()]
        value = [_number(parameter, part) for part in parts] if kind == "radii_m" else parts
    elif kind == "flag":
        value = _FLAGS.get(plain, plain)
    elif kind == "metres":
        value = _number(parameter, plain)
    elif kind == "count":
        value = int(plain) if _WHOLE.fullmatch(plain) else plain
    elif kind == "text":
        value = text
    elif not plain:
        value = None
    return check(parameter, value)


_LISTED: Final[dict[Kind, Callable[[Parameter, str], object]]] = {
    "places": lambda _, text: text,
    "ids": lambda _, text: text,
    "areas": _area,
    "corrections": _correction,
}


def _write_area(wkt: str) -> str:
    return _BETWEEN.join(_written_number(number) for pair in polygons.corners(wkt) or () for number in pair)


def _write_correction(one: PositionCorrection) -> str:
    return _BETWEEN.join([one.site_id, *map(_written_number, (one.lon, one.lat, one.positional_error_m))])


def write(parameter: Parameter, value: Any) -> str:  # noqa: ANN401 - as many types as kinds
    """Write a checked value; :func:`read` gives the same value back."""
    return "" if value is None else _WRITERS.get(parameter.kind, str)(value)


_WRITERS: Final[dict[Kind, Callable[[Any], str]]] = {
    "places": _BETWEEN_PLACES.join,
    "ids": _BETWEEN_PLACES.join,
    "areas": lambda areas: _BETWEEN_PLACES.join(map(_write_area, areas)),
    "codes": _BETWEEN.join,
    "radii_m": lambda radii_m: _BETWEEN.join(map(_written_number, radii_m)),
    "corrections": lambda ones: _BETWEEN_PLACES.join(map(_write_correction, ones)),
    "flag": lambda flag: "1" if flag else "0",
    "metres": _written_number,
}
