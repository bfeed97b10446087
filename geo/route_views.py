"""The page about roads as a view: its values, the question that they ask, and the road that they show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from geo.schema import VEHICLES
from geo.viewvalues import Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.dataset import Dataset
    from geo.network import Network
    from geo.plans import PlanAnswer, PlanQuestion
    from geo.population import PeopleSource
    from geo.route_question import RouteQuestion
    from geo.routing import RouteAnswer

#: The road that the question asks for, not one of those weighed against it.
MAIN: Final = "main"
#: People are counted from the settlements of the tables, and not from a grid.
SETTLEMENTS: Final = "settlements"
#: Neighbours whose roads a journey may be kept to.
COUNTRIES: Final = ("KG", "UZ", "TJ", "KZ", "CN", "AF", "PK")
#: Times within which a reader may ask what can be reached.
MINUTES: Final = ("15", "30", "45", "60", "90", "120", "180", "240")
MOST_OTHERS: Final = 5
_MOST_POINTS: Final = 25
#: Roads that can be looked at: the best one, others, and those of the trade-off between time and people.
ROADS: Final = (
    MAIN,
    *(f"alternative-{number}" for number in range(1, MOST_OTHERS + 1)),
    *(f"tradeoff-{number}" for number in range(1, _MOST_POINTS + 1)),
)

#: The values of the page, in the order of the address.
PARAMETERS: Final = (
    Parameter("from", "place", "ST-BATKEN"),
    Parameter("to", "place", "KG-KHD"),
    Parameter("minimise", "code", "distance", ("distance", "time", "people")),
    Parameter("through_abroad", "flag", default=False),
    Parameter("date", "day", None, minimum=1990, maximum=2100),
    Parameter("vehicle", "code", VEHICLES[0], VEHICLES),
    Parameter("stay_in", "codes", (), COUNTRIES),
    Parameter("set_aside", "ids", ()),
    Parameter("avoid", "areas", ()),
    Parameter("network", "text", ""),
    Parameter("people", "text", SETTLEMENTS),
    Parameter("grid_kind", "code", None, ("count", "density")),
    Parameter("width_m", "count", 800, minimum=10, maximum=50_000),
    Parameter("others", "count", 2, minimum=0, maximum=MOST_OTHERS),
    Parameter("road", "code", MAIN, ROADS),
    Parameter("reach_from", "code", None, ("from", "to")),
    Parameter("reach_minutes", "codes", ("30", "60"), MINUTES),
    Parameter("training", "flag", default=False),
    Parameter("corrections", "corrections", (), most=20),
)


def is_weighed(road: str) -> bool:
    """Tell whether a road belongs to the trade-off between time and people."""
    return road.startswith("tradeoff-")


def question(values: Mapping[str, Any]) -> RouteQuestion | None:
    """Build the question; None while an end is still to be chosen.

    Raises
    ------
    QuestionError
        As :class:`geo.route_question.RouteQuestion` and :class:`geo.rules.RoadRules`.
    """
    from geo.route_question import RouteQuestion  # noqa: PLC0415 - the first page needs no roads
    from geo.rules import RoadRules  # noqa: PLC0415 - as above

    if not values["from"] or not values["to"]:
        return None
    anywhere = values["through_abroad"]
    return RouteQuestion(
        from_place=values["from"],
        to_place=values["to"],
        minimise=values["minimise"],
        stay_in_country=not anywhere,
        rules=RoadRules(
            # Who lets the road go abroad has no country to keep it in.
            stay_in=None if anywhere else values["stay_in"] or None,
            date=values["date"],
            vehicle=values["vehicle"],
            avoid=values["avoid"],
            ignored=values["set_aside"],
        ),
        training=values["training"],
    )


def plan_question(values: Mapping[str, Any], asked: RouteQuestion, *, count_people: bool = False) -> PlanQuestion:
    """Ask for the roads that the view may show."""
    from geo.plans import PlanQuestion  # noqa: PLC0415 - as above

    road = values["road"]
    wanted = values["others"]
    if road.startswith("alternative-"):
        wanted = max(wanted, int(road.rpartition("-")[2]))
    return PlanQuestion(asked, wanted, is_weighed(road), float(values["width_m"]), count_people)


def pick(answer: PlanAnswer, road: str) -> RouteAnswer:
    """Give the road of a name; the main one where there is none of that name."""
    options = (*answer.alternatives, *answer.tradeoff)
    return next((option.route for option in options if option.id == road), answer.route)


def find(
    dataset: Dataset, values: Mapping[str, Any], network: Network | None = None, people: PeopleSource | None = None
) -> RouteAnswer | None:
    """Find the road that a view shows, for a slide or a brief.

    Parameters
    ----------
    dataset
        Tables.
    values
        Of the view.
    network
        Those that the view names (:func:`geo.means.network_of`); None for those of the tables.
    people
        Source that the view names (:func:`geo.means.people_of`); None for the settlements.

    Returns
    -------
    RouteAnswer | None
        The same answer as the page's; None while an end is still to be chosen.

    Raises
    ------
    QuestionError
        What the question refuses.
    """
    asked = question(values)
    if asked is None:
        return None
    from geo import planning, routing  # noqa: PLC0415 - the question is checked first

    if asked.minimise != "people" and values["road"] == MAIN:
        return routing.find(dataset, asked, network)
    return pick(planning.plan(dataset, plan_question(values, asked), network, people), values["road"])
