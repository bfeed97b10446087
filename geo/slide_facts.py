"""What a slide speaks of: the answer of its view, and the few counts that no page asks for. Numbers, no words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from geo import acceptors, corridor, inventory, means, nearest, route_views, views
from geo.catalogue import entries
from geo.errors import QuestionError
from geo.exposure import ExposureQuestion
from geo.inventory import InventoryQuestion
from geo.routing import RouteQuestion

if TYPE_CHECKING:
    import pandas as pd

    from geo.corridor import CorridorAnswer
    from geo.dataset import Dataset
    from geo.exposure import ExposureAnswer
    from geo.inventory import InventoryAnswer, RecordAnswer
    from geo.means import Means
    from geo.nearest import NearestAnswer
    from geo.network import Network
    from geo.routing import RouteAnswer
    from geo.views import View

#: The country whose gaps are counted.
HOME: Final = "KG"
#: Tables whose rows the gaps are counted in.
GAP_TABLES: Final = ("settlements", "sites", "claims", "collection_points")
_NO_OWN_POSITION: Final = frozenset({"town-point", "village-point", "none"})


@dataclass(frozen=True)
class RecordFacts:
    """One record with what lies there, among the records of its map."""

    record: RecordAnswer
    around: InventoryAnswer


@dataclass(frozen=True)
class PeopleFacts:
    """Who lives near, and the radius to speak of, metres."""

    answer: ExposureAnswer
    radius_m: float


@dataclass(frozen=True)
class ChainFacts:
    """Where waste can go: points that may be named, facilities only said to take it, examples on the map."""

    around: InventoryAnswer
    confirmed: pd.DataFrame
    reported: pd.DataFrame
    examples: int


@dataclass(frozen=True)
class RoadFacts:
    """A road, and who lives along it; no people without a line."""

    route: RouteAnswer
    along: CorridorAnswer | None


@dataclass(frozen=True)
class GapFacts:
    """What the tables do not know.

    Parameters
    ----------
    settlements, unnumbered
        Settlements of the home country, and those without a published number of people.
    sites, unplaced
        Sites, and those whose own position nobody published.
    questions
        Questions on which sources disagree.
    confirmed
        Confirmed collection points.
    tables
        Tables behind the counts: name, whose they are, and whether the reader brought them.
    """

    settlements: int
    unnumbered: int
    sites: int
    unplaced: int
    questions: int
    confirmed: int
    tables: tuple[tuple[str, str, bool], ...]


Facts: TypeAlias = "RecordFacts | InventoryAnswer | PeopleFacts | ChainFacts | RoadFacts | NearestAnswer | GapFacts"


def ask(dataset: Dataset, view: View, show: str, network: Network | None = None, at_hand: Means | None = None) -> Facts:
    """Answer the view of a slide.

    Parameters
    ----------
    dataset
        Tables; positions that the view carries hold for this slide.
    view
        What is asked.
    show
        What the slide speaks of, one of :data:`geo.storybook.SHOWS`.
    network
        Roads of the tables, where they are built already.
    at_hand
        What the view may rest on beside the tables.

    Raises
    ------
    QuestionError
        What the view's question refuses; ``story-nothing-asked`` where the view leaves its place open,
        ``view-needs-people`` and ``view-needs-network`` where it rests on a file that is not at hand.
    """
    tables = views.corrected(dataset, view)
    question, have = views.question(view), at_hand or means.Means()
    if show == "gaps":
        return _gaps(tables)
    if question is None:
        raise QuestionError("story-nothing-asked")
    match question:
        case InventoryQuestion():
            return _places(tables, view, show, question)
        case ExposureQuestion():
            return PeopleFacts(means.people_near(tables, view, have)[0], float(view.values["radius_m"]))
        case RouteQuestion():
            return _road(tables, view, network, have)
    return nearest.find(tables, question, network)


def _places(
    dataset: Dataset, view: View, show: str, question: InventoryQuestion
) -> InventoryAnswer | RecordFacts | ChainFacts:
    if show == "record":
        return _record(dataset, view, question)
    return _chain(dataset, question) if show == "chain" else inventory.select(dataset, question)


def _record(dataset: Dataset, view: View, question: InventoryQuestion) -> RecordFacts:
    if view.values["record"] is None:
        raise QuestionError("story-nothing-asked")
    return RecordFacts(inventory.describe(dataset, view.values["record"]), inventory.select(dataset, question))


def _chain(dataset: Dataset, question: InventoryQuestion) -> ChainFacts:
    around = inventory.select(dataset, question)
    return ChainFacts(
        around=around,
        confirmed=acceptors.confirmed_points(dataset, question.waste, training=False),
        reported=acceptors.reported_places(dataset, question.waste),
        examples=int((around.collection_points["evidence"] == "illustrative").sum()),
    )


def _road(dataset: Dataset, view: View, network: Network | None, at_hand: Means) -> RoadFacts:
    people = means.people_of(view, at_hand)
    route = route_views.find(dataset, view.values, means.network_of(view, at_hand) or network, people)
    if route is None:
        raise QuestionError("story-nothing-asked")
    if route.geometry is None:
        return RoadFacts(route, None)
    error_m = None if math.isnan(route.positional_error_m) else route.positional_error_m
    asked = corridor.CorridorQuestion(route.geometry, error_m=error_m, evidence=route.evidence)
    return RoadFacts(route, corridor.measure(dataset, asked, people))


def _gaps(dataset: Dataset) -> GapFacts:
    home = dataset.settlements[dataset.settlements["country"] == HOME]
    # A town's reference point is where it says it is; it is the works and tailings that are looked for.
    sites = dataset.sites[dataset.sites["kind"] != "reference-point"]
    claims = dataset.claims[["subject", "value"]].drop_duplicates()
    whose = {entry.name: entry.attribution for entry in entries()}
    return GapFacts(
        settlements=len(home),
        unnumbered=int(home["population_persons"].isna().sum()),
        sites=len(sites),
        unplaced=int(sites["position_basis"].isin(_NO_OWN_POSITION).sum()),
        questions=int(claims.loc[claims.duplicated("subject"), "subject"].nunique()),
        confirmed=len(acceptors.confirmed_points(dataset, None, training=False)),
        tables=tuple((name, whose.get(name, ""), name in dataset.own) for name in GAP_TABLES),
    )
