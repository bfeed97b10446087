"""Vehicle profiles: how fast a vehicle drives where, and what it may not pass, from one visible table."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.errors import DataError, Fault, QuestionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

#: Speeds, limits and weights of every profile, each with its source.
PROFILE_FILE: Final = Path(__file__).resolve().parent.parent / "data" / "road_profiles.csv"
#: A lorry with hazardous waste is what Symap is about.
DEFAULT_PROFILE: Final = "truck"

_COLUMNS: Final = ("profile", "kind", "key", "value")
_TABLES: Final = (
    "limit",
    "class",
    "ferry",
    "surface",
    "tracktype",
    "smoothness",
    "barrier",
    "hazmat",
    "climb",
    "descent",
)
_LIMITS: Final = ("top_speed", "share_of_maxspeed", "mass", "axle_load", "height", "width", "length", "hazardous")


@dataclass(frozen=True, eq=False)
class Profile:
    """One vehicle.

    Parameters
    ----------
    name
        Code of the profile.
    tables
        Value by key for each kind of row: ``class``, ``ferry``, ``surface``, ``tracktype`` and ``smoothness`` hold
        km/h (0 is closed), ``barrier`` 0 for closed, ``hazmat`` 0 where the load may not pass, ``limit`` the vehicle's measures, ``climb`` and ``descent``
        parts of the speed by grade in percent.
    """

    name: str
    tables: Mapping[str, Mapping[str, float]] = field(repr=False)

    def limit(self, name: str) -> float:
        """Give a measure of the vehicle: km/h, t or m."""
        return self.tables["limit"][name]

    @property
    def is_hazardous(self) -> bool:
        """Whether it carries dangerous goods."""
        return self.limit("hazardous") > 0

    @property
    def access_keys(self) -> tuple[str, ...]:
        """Tags that open or close a road to the vehicle, the special ones last."""
        own = ("goods", "hgv") if self.limit("mass") > _HEAVY_T else ("motorcar",)
        return ("access", "vehicle", "motor_vehicle", *own)

    def slope_factor(self, grade: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the part of its speed that the vehicle keeps on a grade (rise over run, negative downhill)."""
        up, down = (
            sorted((float(key), value) for key, value in self.tables[name].items()) for name in ("climb", "descent")
        )
        percent = 100.0 * grade
        uphill = np.interp(percent, [row[0] for row in up], [row[1] for row in up])
        downhill = np.interp(-percent, [row[0] for row in down], [row[1] for row in down])
        return np.where(np.isfinite(percent), np.where(percent >= 0, uphill, downhill), 1.0)


#: Above this a vehicle is a goods vehicle to the tags ``goods`` and ``hgv`` (3.5 t is their own line).
_HEAVY_T: Final = 3.5


def read_profiles(path: Path = PROFILE_FILE) -> dict[str, Profile]:
    """Read the table of profiles.

    Parameters
    ----------
    path
        A CSV table with at least ``profile``, ``kind``, ``key`` and ``value``.

    Returns
    -------
    dict[str, Profile]
        By name, in the order of the table.

    Raises
    ------
    DataError
        ``profile-…`` codes, every fault of the table: a missing column or limit, an unknown kind, a value that is
        no number of at least 0.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise DataError([Fault("profile-column-missing", path.name, 1, name) for name in missing])
        rows = list(reader)
    faults: list[Fault] = []
    found: dict[str, dict[str, dict[str, float]]] = {}
    for number, row in enumerate(rows, start=2):
        if row["kind"] not in _TABLES:
            faults.append(Fault("profile-kind", path.name, number, "kind", row["kind"], {"choices": " ".join(_TABLES)}))
            continue
        try:
            value = float(row["value"])
        except (TypeError, ValueError):
            value = math.nan
        if not (math.isfinite(value) and value >= 0):
            faults.append(Fault("profile-value", path.name, number, "value", row["value"]))
            continue
        tables = found.setdefault(row["profile"], {name: {} for name in _TABLES})
        tables[row["kind"]][row["key"]] = value
    for name, tables in found.items():
        lacking = [key for key in _LIMITS if key not in tables["limit"]]
        faults += [Fault("profile-limit-missing", path.name, None, "key", f"{name}: {key}") for key in lacking]
    if faults:
        raise DataError(faults)
    return {name: Profile(name, tables) for name, tables in found.items()}


@lru_cache(maxsize=1)
def bundled_profiles() -> dict[str, Profile]:
    """Give the profiles of the bundled table."""
    return read_profiles()


@lru_cache(maxsize=1)
def listed() -> tuple[Mapping[str, str], ...]:
    """List the rows of the bundled table as written, each with its source."""
    with PROFILE_FILE.open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))


def check_profile(name: str, known: Mapping[str, object]) -> None:
    """Refuse the name of a profile that is not among the known ones (QuestionError ``profile-unknown``)."""
    if name not in known:
        raise QuestionError("profile-unknown", found=name, choices=", ".join(known))
