"""What the texts of tags say: numbers with units, what a word allows, and what holds on a condition."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.profiles import Profile

#: What a tag lets a vehicle do: pass, visit what lies there, nothing; empty where it says nothing.
Meaning = Literal["", "open", "ends", "closed"]

_CLOSED: Final = frozenset(
    [
        "no",
        "private",
        "agricultural",
        "forestry",
        "military",
        "emergency",
        "psv",
        "bus",
        "permit",
        "residents",
        "use_sidepath",
    ]
)
#: A sign against passing through, or one that calls the road unfit: who has business there may still go.
_ENDS_ONLY: Final = frozenset({"destination", "delivery", "customers", "local", "discouraged", "unsuitable"})
_FREE: Final = frozenset({"yes", "permissive", "designated", "none", "unlimited"})
_RANK: Final[dict[Meaning, int]] = {"": 0, "open": 1, "ends": 2, "closed": 3}

_QUANTITY: Final = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(t|tons?|tonnes?|т|тонн|kg|кг|st|lbs?|m|м|cm|см|ft|feet|'|km/h|kmh|км/ч|mph|knots)?",
    re.IGNORECASE,
)
_FEET: Final = re.compile(r"(\d+)\s*(?:'|ft|feet)\s*-?\s*(\d+(?:\.\d+)?)\s*(?:\"|''|in|inches)?", re.IGNORECASE)
_M_PER_FOOT: Final = 0.3048
_INCHES_PER_FOOT: Final = 12.0
#: Tonnes, metres and km/h to each unit that tags are written in.
_UNITS: Final = {
    "kg": 0.001, "кг": 0.001, "st": 0.90718474, "lbs": 0.00045359237, "lb": 0.00045359237, "cm": 0.01, "см": 0.01,
    "ft": _M_PER_FOOT, "feet": _M_PER_FOOT, "'": _M_PER_FOOT, "mph": 1.609344, "knots": 1.852,
}  # fmt: skip

_CLAUSE: Final = re.compile(r"\s*([^;@]+?)\s*@\s*(\([^)]*\)|[^;]+)")
_COMPARED: Final = re.compile(r"(weight|weightrating|axleload|height|width|length)\s*(<=|>=|<|>)\s*(.+)", re.IGNORECASE)
_MEASURES: Final = {
    "weight": "mass", "weightrating": "mass", "axleload": "axle_load", "height": "height", "width": "width",
    "length": "length",
}  # fmt: skip


def meaning(text: str | None) -> Meaning:
    """Tell what a value of an access tag allows; of a list, the most that any of its parts does."""
    parts = [part.strip() for part in (text or "").split(";") if part.strip()]
    if not parts:
        return ""
    if all(part in _CLOSED for part in parts):
        return "closed"
    return "ends" if all(part in _CLOSED | _ENDS_ONLY for part in parts) else "open"


def strictest(*meanings: Meaning) -> Meaning:
    """Give the one that allows least."""
    return max(meanings, key=_RANK.__getitem__, default="")


def quantity(text: str | None) -> float | None:
    """Read a number with its unit, in tonnes, metres or km/h; the least of a list; None where there is no number."""
    found = [number for part in (text or "").split(";") if (number := _number(part.strip())) is not None]
    return min(found, default=None)


def _number(text: str) -> float | None:
    feet = _FEET.fullmatch(text)
    if feet:
        return (float(feet[1]) + float(feet[2]) / _INCHES_PER_FOOT) * _M_PER_FOOT
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return None
    return float(match[1].replace(",", ".")) * _UNITS.get((match[2] or "").lower(), 1.0)


def conditional(text: str | None, profile: Profile) -> str:
    """Give the value that a ``:conditional`` tag has for the vehicle at any hour; empty where it has none.

    Conditions on the vehicle's measures and on its load are decided. What is free to those only who have business
    there has the value ``destination``. Hours, days, seasons and weather are not known here.

    Parameters
    ----------
    text
        As tagged: values with conditions, the last that holds counts.
    profile
        The vehicle.
    """
    found = ""
    for value, conditions in _clauses(text or ""):
        states = [_holds(one, profile) for one in conditions]
        if all(state is True for state in states):
            found = value
        elif meaning(value) == "open" and value in _FREE and "visit" in states and False not in states:
            found = "destination"
    return found


def _clauses(text: str) -> Iterator[tuple[str, list[str]]]:
    for value, told in _CLAUSE.findall(text):
        yield value, [part.strip() for part in re.split(r"\s+AND\s+|&&", told.strip("() "), flags=re.IGNORECASE)]


def _holds(condition: str, profile: Profile) -> bool | Literal["visit"] | None:
    """Decide a condition; None where it hangs on what is not known, ``visit`` where on having business there."""
    if condition in _ENDS_ONLY:
        return "visit"
    if condition == "hazmat":
        return profile.is_hazardous
    if condition in {"hgv", "goods"}:
        return condition in profile.access_keys
    match = _COMPARED.fullmatch(condition)
    limit = None if match is None else quantity(match[3])
    if match is None or limit is None:
        return None
    own = profile.limit(_MEASURES[match[1].lower()])
    return {"<": own < limit, "<=": own <= limit, ">": own > limit, ">=": own >= limit}[match[2]]
