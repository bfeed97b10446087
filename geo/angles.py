"""Coordinates as people write them: decimal points or commas, degrees with minutes and seconds, letters of directions.

Latin and Cyrillic letters are read alike («с. ш.», «в. д.»; «т. к.», «ч. у.» in Kyrgyz), and so are the quotation
marks that keyboards put in place of primes.
"""

from __future__ import annotations

import re
from typing import Final, Literal

#: Which of a pair is the longitude, where the letters say so.
Order = Literal["lon-lat", "lat-lon"]

_LETTERS: Final = (
    # No-break spaces, which pages and documents put between a number and its letter.
    (re.compile(r"\s"), " "),
    (re.compile(r"с\.?\s*ш\.?|т\.?\s*к\.?", re.IGNORECASE), "N"),
    (re.compile(r"в\.?\s*д\.?|ч\.?\s*у\.?", re.IGNORECASE), "E"),
    (re.compile(r"ю\.?\s*ш\.?", re.IGNORECASE), "S"),
    (re.compile(r"з\.?\s*д\.?", re.IGNORECASE), "W"),
    (re.compile(r"[″”“]|''|′′"), '"'),
    (re.compile(r"[′’‘]"), "'"),
    (re.compile(r"[º˚]"), "°"),
)
_PART: Final = r"(\d{1,9}(?:[.,]\d{1,30})?)"
_ANGLE: Final = rf"{_PART}\s*°\s*(?:{_PART}\s*'\s*)?(?:{_PART}\s*\"\s*)?"
_LED: Final = rf"([NSEW])\s*{_ANGLE}"
_TRAILED: Final = rf"([-+]?){_ANGLE}([NSEW])?"
_BETWEEN: Final = r"[\s,;]*"
_LED_PAIR: Final = re.compile(rf"{_LED}{_BETWEEN}{_LED}", re.ASCII)
_TRAILED_PAIR: Final = re.compile(rf"{_TRAILED}{_BETWEEN}{_TRAILED}", re.ASCII)
_TAIL: Final = r"\s*([NSEW])?\s*"
_POINTS: Final = re.compile(
    rf"([-+]?\d{{1,9}}(?:\.\d{{1,30}})?){_TAIL}[,;\s]\s*([-+]?\d{{1,9}}(?:\.\d{{1,30}})?){_TAIL}", re.ASCII
)
_COMMAS: Final = re.compile(
    rf"([-+]?\d{{1,9}},\d{{1,30}}){_TAIL}(?:;|,\s|\s)\s*([-+]?\d{{1,9}},\d{{1,30}}){_TAIL}", re.ASCII
)
#: Letters before the numbers, as satellite receivers show them.
_LED_NUMBER: Final = re.compile(r"([NSEW])\s*([\d.,]*\d)", re.ASCII)
_SIXTY: Final = 60.0
#: Longer texts are no coordinates.
MAX_CHARS: Final = 120


def _number(part: str | None) -> float:
    return float(part.replace(",", ".")) if part else 0.0


def _angle(degrees: str, minutes: str | None, seconds: str | None) -> float | None:
    """Add up an angle; None where minutes or seconds are 60 and more."""
    lesser = _number(minutes), _number(seconds)
    if max(lesser) >= _SIXTY:
        return None
    return _number(degrees) + lesser[0] / _SIXTY + lesser[1] / _SIXTY**2


def _sexagesimal(plain: str) -> tuple[float, float, str, str] | None:
    if led := _LED_PAIR.fullmatch(plain):
        parts = led.groups()
        letters, signs, angles = (parts[0], parts[4]), ("", ""), (parts[1:4], parts[5:8])
    elif trailed := _TRAILED_PAIR.fullmatch(plain):
        parts = trailed.groups()
        letters, signs, angles = (parts[4] or "", parts[9] or ""), (parts[0], parts[5]), (parts[1:4], parts[6:9])
    else:
        return None
    first, second = _angle(*angles[0]), _angle(*angles[1])
    if first is None or second is None:
        return None
    signed = [-value if sign == "-" else value for value, sign in zip((first, second), signs, strict=True)]
    return signed[0], signed[1], *letters


def _decimal(plain: str) -> tuple[float, float, str, str] | None:
    if plain[:1] in {"N", "S", "E", "W"}:
        plain = _LED_NUMBER.sub(r"\2\1", plain)
    found = _COMMAS.fullmatch(plain) or _POINTS.fullmatch(plain)
    if found is None:
        return None
    first, first_letter, second, second_letter = found.groups()
    return _number(first), _number(second), first_letter or "", second_letter or ""


def read_pair(text: str) -> tuple[float, float, Order | None] | None:
    """Read a pair of coordinates in the order in which they are written.

    Parameters
    ----------
    text
        Such as ``39.9417, 71.3378``, ``39,9417; 71,3378`` or ``39°56'30"N 71°20'15"E``.

    Returns
    -------
    tuple[float, float, Order | None] | None
        Degrees, south and west negative, and which of them is the longitude where the letters say so; None when the
        text is no pair of coordinates.
    """
    if len(text) > MAX_CHARS:
        return None
    plain = text.strip()
    for pattern, letter in _LETTERS:
        plain = pattern.sub(letter, plain)
    plain = plain.upper()
    found = _sexagesimal(plain) if "°" in plain or "'" in plain else _decimal(plain)
    if found is None:
        return None
    first, second, *letters = found
    both = set(letters) - {""}
    if len(both & set("NS")) > 1 or len(both & set("EW")) > 1 or (letters[0] and letters[0] == letters[1]):
        return None
    first, second = (
        -abs(value) if letter in {"S", "W"} else value for value, letter in zip((first, second), letters, strict=True)
    )
    if letters[0] in {"N", "S"} or letters[1] in {"E", "W"}:
        return first, second, "lat-lon"
    return first, second, "lon-lat" if both else None
