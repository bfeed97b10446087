"""What the tags of a road mean for a vehicle: where it may drive, how fast, and what a reader sees of the road."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geo.profiles import Profile

#: Beginnings of the keys that matter here; the part before the first colon is compared.
KEYS: Final = frozenset(
    {
        "highway", "route", "area", "oneway", "junction", "access", "vehicle", "motor_vehicle", "motorcar", "goods",
        "hgv", "hazmat", "maxspeed", "maxweight", "maxweightrating", "maxaxleload", "maxheight", "maxwidth",
        "maxlength", "surface", "tracktype", "smoothness", "name", "ref", "bridge", "tunnel", "toll", "seasonal",
        "ice_road", "winter_road", "duration", "barrier", "restriction", "except",
    }
)  # fmt: skip

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
_ENDS_ONLY: Final = frozenset({"destination", "delivery", "customers"})
_YES: Final = frozenset({"yes", "true", "1"})
_ROUND: Final = frozenset({"roundabout", "circular"})
_ONE_WAY_CLASSES: Final = frozenset({"motorway"})
_PAVED: Final = frozenset(
    ["asphalt", "paved", "concrete", "concrete:plates", "concrete:lanes", "paving_stones", "sett", "chipseal", "metal"]
)
_WINTER: Final = re.compile(r"no\s*@[^;]*\b(Oct|Nov|Dec|Jan|Feb|Mar|Apr|winter|snow)", re.IGNORECASE)
_QUANTITY: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*(t|kg|st|lbs|m|cm|ft|'|km/h|kmh|mph|knots)?", re.IGNORECASE)
_FEET: Final = re.compile(r"(\d+)\s*'\s*(?:(\d+(?:\.\d+)?)\s*\"?)?")
_M_PER_FOOT: Final = 0.3048
_INCHES_PER_FOOT: Final = 12.0
#: Tonnes, metres and km/h to each unit that tags are written in.
_UNITS: Final = {
    "kg": 0.001, "st": 0.90718474, "lbs": 0.00045359237, "cm": 0.01, "ft": _M_PER_FOOT, "mph": 1.609344, "knots": 1.852,
}  # fmt: skip
#: Numbers of the older tag values for speed limits by country and zone are not guessed; walking pace is a number.
_WALKING_KMH: Final = 7.0
_LIMIT_TAGS: Final = {
    "mass": ("maxweight", "maxweight:hgv", "maxweightrating", "maxweightrating:hgv"),
    "axle_load": ("maxaxleload",),
    "height": ("maxheight", "maxheight:physical"),
    "width": ("maxwidth", "maxwidth:physical"),
    "length": ("maxlength", "maxlength:hgv"),
}
_LANGUAGES: Final = ("en", "ru", "ky")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a road is to one vehicle; stretches of one kind are one road.

    Parameters
    ----------
    road_class
        Value of ``highway``, or ``ferry``.
    surface
        ``asphalt``, ``gravel`` or ``unknown``.
    forward_kmh, back_kmh
        Speed along the line and against it; 0 where the vehicle may not drive.
    ends_only
        Open to those only who begin or end there.
    winter_closure
        The tags close it in winter.
    bridge, tunnel, toll
        As tagged.
    max_mass_t, max_height_m
        As tagged, or None.
    ref, name, name_en, name_ru, name_ky
        As tagged, or empty.
    """

    road_class: str
    surface: str
    forward_kmh: float
    back_kmh: float
    ends_only: bool
    winter_closure: bool
    bridge: bool
    tunnel: bool
    toll: bool
    max_mass_t: float | None
    max_height_m: float | None
    ref: str
    name: str
    name_en: str
    name_ru: str
    name_ky: str


def quantity(text: str | None) -> float | None:
    """Read a number with its unit, in tonnes, metres or km/h; None where the tag gives no number."""
    if text is None:
        return None
    feet = _FEET.fullmatch(text.strip())
    if feet:
        return (float(feet[1]) + float(feet[2] or 0) / _INCHES_PER_FOOT) * _M_PER_FOOT
    match = _QUANTITY.fullmatch(text.strip())
    if match is None:
        return None
    return float(match[1].replace(",", ".")) * _UNITS.get((match[2] or "").lower(), 1.0)


def access(tags: Mapping[str, str], profile: Profile, side: str = "") -> str:
    """Give the value of the most special tag that speaks of the vehicle; empty where none does.

    Parameters
    ----------
    tags
        Of a road or of a barrier.
    profile
        The vehicle.
    side
        ``:forward`` or ``:backward`` looks at tags of that direction first.
    """
    for key in reversed(profile.access_keys):
        for name in dict.fromkeys((key + side, key)):
            if name in tags:
                return tags[name]
    return ""


def _too_large(tags: Mapping[str, str], profile: Profile) -> bool:
    for measure, names in _LIMIT_TAGS.items():
        limits = (quantity(tags.get(name)) for name in names)
        if any(limit is not None and limit < profile.limit(measure) for limit in limits):
            return True
    return False


def _one_way(tags: Mapping[str, str], profile: Profile) -> str:
    """Give ``forward``, ``backward``, ``none`` or ``closed``."""
    names = [f"oneway:{key}" for key in reversed(profile.access_keys)]
    value = next((tags[name] for name in (*names, "oneway") if name in tags), "")
    if value in _YES:
        return "forward"
    if value in {"-1", "reverse"}:
        return "backward"
    if value == "reversible":
        return "closed"
    implied = tags.get("junction") in _ROUND or tags.get("highway") in _ONE_WAY_CLASSES
    return "forward" if implied and value != "no" else "none"


def _base_speed_kmh(tags: Mapping[str, str], profile: Profile, side: str) -> float:
    names = [f"maxspeed{kind}{part}" for kind in (_own(profile), "") for part in (side, "")]
    text = next((tags[name] for name in names if name in tags), None)
    top = profile.limit("top_speed")
    limit = _WALKING_KMH if text == "walk" else quantity(text)
    if limit:
        return min(limit * profile.limit("share_of_maxspeed"), top)
    return min(profile.tables["class"][tags["highway"]], top)


def _own(profile: Profile) -> str:
    return ":" + profile.access_keys[-1]


def _speed_kmh(tags: Mapping[str, str], profile: Profile, side: str) -> float:
    """Give the speed in one direction: by the limit or the class, not above what surface and state allow."""
    caps = [
        profile.tables[table][tags[table]]
        for table in ("surface", "tracktype", "smoothness")
        if tags.get(table) in profile.tables[table]
    ]
    return min([_base_speed_kmh(tags, profile, side), *caps])


def _surface(tags: Mapping[str, str]) -> str:
    value = tags.get("surface", "")
    if value in _PAVED:
        return "asphalt"
    return "gravel" if value else "unknown"


def _closed(value: str) -> bool:
    return bool(value) and value in _CLOSED


def _is_forbidden(tags: Mapping[str, str], profile: Profile) -> bool:
    if profile.is_hazardous and any(
        key.split(":")[0] == "hazmat" and value == "no" and not key.endswith(":conditional")
        for key, value in tags.items()
    ):
        return True
    seasonal_ice = tags.get("ice_road") in _YES or tags.get("winter_road") in _YES
    return _too_large(tags, profile) or seasonal_ice


def interpret(tags: Mapping[str, str], profile: Profile, *, ferries: bool = False) -> Kind | None:
    """Say what a way is to a vehicle.

    Parameters
    ----------
    tags
        Of the way.
    profile
        The vehicle.
    ferries
        Whether ferries count as roads.

    Returns
    -------
    Kind | None
        None where the vehicle may not drive at all.
    """
    ferry = tags.get("route") == "ferry" and "highway" not in tags
    if ferry and not (ferries and "ferry" in profile.tables["ferry"] and access(tags, profile) in _YES):
        return None
    if not ferry and (tags.get("highway") not in profile.tables["class"] or tags.get("area") in _YES):
        return None
    if _is_forbidden(tags, profile):
        return None
    speeds = _speeds_kmh(tags, profile, ferry=ferry)
    if not any(speeds):
        return None
    values = {access(tags, profile, side) for side in (":forward", ":backward")}
    return Kind(
        road_class="ferry" if ferry else tags["highway"],
        surface=_surface(tags),
        forward_kmh=speeds[0],
        back_kmh=speeds[1],
        ends_only=bool(values & _ENDS_ONLY),
        winter_closure=_closes_in_winter(tags, profile),
        bridge=tags.get("bridge", "no") != "no",
        tunnel=tags.get("tunnel", "no") != "no",
        toll=tags.get("toll", "no") != "no",
        max_mass_t=quantity(tags.get("maxweight")),
        max_height_m=quantity(tags.get("maxheight")),
        ref=tags.get("ref", ""),
        name=tags.get("name", ""),
        **{f"name_{language}": tags.get(f"name:{language}", "") for language in _LANGUAGES},
    )


def _speeds_kmh(tags: Mapping[str, str], profile: Profile, *, ferry: bool) -> tuple[float, float]:
    way = _one_way(tags, profile)
    speeds = []
    for side, closed_by in ((":forward", {"backward", "closed"}), (":backward", {"forward", "closed"})):
        shut = way in closed_by or _closed(access(tags, profile, side))
        open_kmh = profile.tables["ferry"]["ferry"] if ferry else _speed_kmh(tags, profile, side)
        speeds.append(0.0 if shut else open_kmh)
    return speeds[0], speeds[1]


def _closes_in_winter(tags: Mapping[str, str], profile: Profile) -> bool:
    conditions = (tags.get(f"{key}:conditional", "") for key in profile.access_keys)
    return tags.get("seasonal", "no") in {"yes", "summer", "dry_season"} or any(map(_WINTER.search, conditions))


def blocks(tags: Mapping[str, str], profile: Profile) -> bool:
    """Tell whether a barrier or another tagged point stops the vehicle.

    A barrier of a kind that the profile's table closes stops it unless a tag opens it; any other point does only
    where a tag closes it or is too narrow.
    """
    value = access(tags, profile)
    if value:
        return _closed(value) or _too_large(tags, profile)
    if "barrier" not in tags:
        return False
    kind = tags["barrier"]
    if kind == "height_restrictor" and quantity(tags.get("maxheight")) is not None:
        return _too_large(tags, profile)
    return profile.tables["barrier"].get(kind, 1.0) == 0.0 or _too_large(tags, profile)


def applies(tags: Mapping[str, str], profile: Profile) -> str | None:
    """Give the value of a turn restriction that binds the vehicle (``no_…`` or ``only_…``), else None."""
    own = profile.access_keys[1:]
    value = next((tags[name] for name in (f"restriction:{key}" for key in reversed(own)) if name in tags), None)
    value = value or tags.get("restriction")
    if value is None or not value.startswith(("no_", "only_")):
        return None
    return None if set(_listed(tags.get("except", ""))) & set(own) else value


def _listed(text: str) -> Iterable[str]:
    return (part.strip() for part in text.split(";"))
