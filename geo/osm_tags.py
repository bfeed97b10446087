"""What the tags of a road mean for a vehicle: where it may drive, how fast, and what a reader sees of the road."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.osm_values import conditional, meaning, quantity, strictest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geo.osm_values import Meaning
    from geo.profiles import Profile

#: Beginnings of the keys that matter here; the part before the first colon is compared.
KEYS: Final = frozenset(
    {
        "highway", "route", "area", "oneway", "junction", "access", "vehicle", "motor_vehicle", "motorcar", "goods",
        "hgv", "hazmat", "maxspeed", "maxweight", "maxweightrating", "maxgcweight", "maxgcweightrating",
        "maxaxleload", "maxheight", "maxwidth", "maxlength", "surface", "tracktype", "smoothness", "name", "ref", "bridge", "tunnel", "toll", "seasonal",
        "ice_road", "winter_road", "duration", "barrier", "restriction", "except",
        "type", "service", "impassable", "locked",
    }
)  # fmt: skip

_YES: Final = frozenset({"yes", "true", "1"})
_ROUND: Final = frozenset({"roundabout", "circular"})
_ONE_WAY_CLASSES: Final = frozenset({"motorway"})
_PAVED: Final = frozenset(
    ["asphalt", "paved", "concrete", "concrete:plates", "concrete:lanes", "paving_stones", "sett", "chipseal", "metal"]
)
_WINTER: Final = re.compile(r"no\s*@[^;]*\b(Oct|Nov|Dec|Jan|Feb|Mar|Apr|winter|snow)", re.IGNORECASE)
#: Numbers of the older tag values for speed limits by country and zone are not guessed; walking pace is a number.
_WALKING_KMH: Final = 7.0
_LIMIT_TAGS: Final = {
    "mass": (
        "maxweight",
        "maxweight:hgv",
        "maxweightrating",
        "maxweightrating:hgv",
        "maxgcweight",
        "maxgcweight:hgv",
        "maxgcweightrating",
        "maxgcweightrating:hgv",
    ),
    "axle_load": ("maxaxleload",),
    "height": ("maxheight", "maxheight:physical"),
    "width": ("maxwidth", "maxwidth:physical"),
    "length": ("maxlength", "maxlength:hgv"),
}
#: Numbers from here on are kilograms or centimetres whose unit was forgotten.
_FORGOTTEN: Final = {"mass": (1000.0, 0.001), "axle_load": (1000.0, 0.001), "height": (100.0, 0.01)}
_CATEGORY_KEYS: Final = frozenset({"adr_tunnel_cat", "tunnel_cat"})
_SIDES: Final = (":forward", ":backward")
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
            value = conditional(tags.get(f"{name}:conditional"), profile) or tags.get(name, "")
            if value:
                return value
    return ""


def _room(tags: Mapping[str, str], profile: Profile) -> Meaning:
    """Tell whether the vehicle is small and light enough, or may at least come as a visitor."""
    found: Meaning = ""
    for measure, names in _LIMIT_TAGS.items():
        for name in names:
            stands = conditional(tags.get(f"{name}:conditional"), profile)
            shut = _exceeds(tags.get(name), measure, profile)
            if stands == "destination":
                found = strictest(found, "ends" if shut else "")
            elif _exceeds(stands, measure, profile) or (shut and meaning(stands) != "open"):
                return "closed"
    return found


def _exceeds(text: str | None, measure: str, profile: Profile) -> bool:
    limit = quantity(text)
    if limit is None:
        return False
    least, factor = _FORGOTTEN.get(measure, (math.inf, 1.0))
    return (limit * factor if limit >= least else limit) < profile.limit(measure)


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


def _load(tags: Mapping[str, str], profile: Profile, side: str) -> Meaning:
    """Tell what the tags about dangerous goods allow, the strictest of them.

    In a tunnel a letter is its ADR category, and the profile's table says which the load may pass. Elsewhere letters
    are groups of local law; which of them the load belongs to is not known, so each counts.
    """
    if not profile.is_hazardous:
        return ""
    return strictest(*(_load_of(key, value, tags, profile) for key, value in tags.items() if _is_of(key, side)))


def _is_of(key: str, side: str) -> bool:
    parts = key.split(":")
    if parts[0] != "hazmat" or parts[-1] == "conditional":
        return False
    return parts[-1] not in {"forward", "backward"} or key.endswith(side)


def _load_of(key: str, value: str, tags: Mapping[str, str], profile: Profile) -> Meaning:
    free = profile.tables["hazmat"]
    group = next((part for part in key.split(":")[1:] if part not in {"forward", "backward"}), "")
    category = value if group in _CATEGORY_KEYS or not group else group if tags.get("tunnel", "no") != "no" else ""
    if f"tunnel:{category}" in free:
        told: Meaning = "closed" if category == value else meaning(value)
        return "" if free[f"tunnel:{category}"] > 0.0 else told
    return "" if free.get(group, 0.0) > 0.0 else meaning(value)


def _is_forbidden(tags: Mapping[str, str]) -> bool:
    return any(tags.get(name) in _YES for name in ("ice_road", "winter_road", "impassable"))


def _allowed(tags: Mapping[str, str], profile: Profile, side: str) -> Meaning:
    """Tell what a vehicle may do in one direction."""
    told = meaning(access(tags, profile, side))
    # Ways of rescue are drawn as service roads and often tagged no further.
    shut: Meaning = "closed" if tags.get("service") == "emergency_access" and told != "open" else told
    return strictest(shut, _load(tags, profile, side), _room(tags, profile))


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
    if _is_forbidden(tags):
        return None
    allowed = [_allowed(tags, profile, side) for side in _SIDES]
    speeds = _speeds_kmh(tags, profile, allowed, ferry=ferry)
    if not any(speeds):
        return None
    return Kind(
        road_class="ferry" if ferry else tags["highway"],
        surface=_surface(tags),
        forward_kmh=speeds[0],
        back_kmh=speeds[1],
        ends_only="ends" in allowed,
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


def _speeds_kmh(
    tags: Mapping[str, str], profile: Profile, allowed: Sequence[Meaning], *, ferry: bool
) -> tuple[float, float]:
    way = _one_way(tags, profile)
    speeds = []
    for side, told, closed_by in zip(_SIDES, allowed, ({"backward", "closed"}, {"forward", "closed"}), strict=True):
        shut = way in closed_by or told == "closed"
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
    room = _room(tags, profile) == "closed"
    value = meaning(access(tags, profile))
    if value:
        return value == "closed" or room
    if "barrier" not in tags:
        return room
    kinds = [kind.strip() for kind in tags["barrier"].split(";")]
    if kinds == ["height_restrictor"] and quantity(tags.get("maxheight")) is not None:
        return room
    closed = any(profile.tables["barrier"].get(kind, 1.0) == 0.0 for kind in kinds)
    return closed or tags.get("locked") in _YES or room


def applies(tags: Mapping[str, str], profile: Profile) -> str | None:
    """Give the value of a turn restriction that binds the vehicle (``no_…`` or ``only_…``), else None."""
    own = (*profile.access_keys[1:], *(("hazmat",) if profile.is_hazardous else ()))
    bound = tags.get("type", "").partition(":")[2]
    if (bound and bound not in own) or set(_listed(tags.get("except", ""))) & set(own):
        return None
    for name in (*(f"restriction:{key}" for key in reversed(own)), "restriction"):
        text = conditional(tags.get(f"{name}:conditional"), profile) or tags.get(name, "")
        if text:
            return next((value for value in _listed(text) if _is_ban(value)), None)
    return None


def _is_ban(value: str) -> bool:
    # Nobody is kept from a turn by a light that may be green.
    return value.startswith(("no_", "only_")) and value != "no_turn_on_red"


def _listed(text: str) -> Iterable[str]:
    return (part.strip() for part in text.split(";"))
