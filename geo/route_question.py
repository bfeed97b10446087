"""The question of a road route: its ends, what it is to be small in, and the rules that it keeps to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, Literal, get_args

from geo.errors import QuestionError
from geo.rules import RoadRules

#: Farthest that a question may let a place lie from the road, metres.
LARGEST_SNAP_LIMIT_M: Final = 100_000.0
Objective = Literal["time", "distance", "people"]
#: What a route can be asked to be small in; people need weights of the sections.
OBJECTIVES: Final[tuple[Objective, ...]] = get_args(Objective)


def check_snap_limit(snap_limit_m: float | None) -> None:
    """Refuse a snap limit that is no positive distance of at most 100 km (QuestionError ``snap-range``)."""
    if snap_limit_m is not None and not 0 < snap_limit_m <= LARGEST_SNAP_LIMIT_M:
        raise QuestionError("snap-range", found=snap_limit_m, maximum_m=LARGEST_SNAP_LIMIT_M)


@dataclass(frozen=True, slots=True)
class RouteQuestion:
    """Which road leads from one place to another.

    Parameters
    ----------
    from_place, to_place
        Ids of any table, or ``LON,LAT``.
    minimise
        ``time``, ``distance`` or ``people``.
    stay_in_country
        Where the rules name no countries: when both ends lie in one, use only sections that never leave it.
    snap_limit_m
        How far from the network a place may lie, metres; None for what the network's lines can bear
        (:func:`geo.snapping.snap_limit_m`).
    rules
        What the route must keep to.
    training
        Whether an end may be an illustrative place, for an exercise.

    Raises
    ------
    QuestionError
        ``minimise-unknown`` or ``snap-range``.
    """

    from_place: str
    to_place: str
    minimise: Objective = "time"
    stay_in_country: bool = True
    snap_limit_m: float | None = None
    rules: RoadRules = field(default_factory=RoadRules)
    training: bool = False

    def __post_init__(self) -> None:
        if self.minimise not in OBJECTIVES:
            raise QuestionError("minimise-unknown", found=str(self.minimise), choices=", ".join(OBJECTIVES))
        check_snap_limit(self.snap_limit_m)

    @property
    def road_rules(self) -> RoadRules:
        """The rules, with what ``stay_in_country`` means."""
        return self.rules if self.stay_in_country or self.rules.stay_in is not None else self.rules.anywhere()

    def abroad(self) -> RouteQuestion:
        """Give the same question without any border."""
        given = self.rules.stay_in is not None
        return replace(self, stay_in_country=False, rules=self.rules.anywhere() if given else self.rules)
