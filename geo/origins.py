"""Where ways begin: a place on a network, and the trees of shortest ways from it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from geo.ruled import ruled_graph
from geo.trees import Tree
from geo.ways import snap_places

if TYPE_CHECKING:
    from geo.dataset import Dataset
    from geo.network import Network
    from geo.places import Place
    from geo.rules import RoadRules
    from geo.snapping import Snaps

_MOST_KEPT: Final = 512
#: Nodes of all networks' trees together that may be kept, some thirty bytes each: of a small network the trees of many
#: places, of a country's roads those of none.
_MOST_NODES_KEPT: Final = 1_000_000


@dataclass(frozen=True, eq=False)
class Origin:
    """A place on a network, and the trees of shortest ways from it: one for each set of countries not to leave.

    Parameters
    ----------
    network
        The roads.
    rules
        What a way must keep to.
    start
        Where the place meets the network.
    """

    network: Network
    rules: RoadRules
    start: Snaps
    _trees: dict[tuple[str, ...] | None, Tree] = field(default_factory=dict, init=False, repr=False)

    def tree(self, dataset: Dataset, countries: tuple[str, ...] | None) -> Tree:
        """Give the tree that stays in some countries and obeys a data set's closures, or, for None, has no rule at all."""
        if countries not in self._trees:
            if countries is None:
                graph = self.network.graph_of("distance")
            else:
                rules = replace(self.rules, stay_in=countries)
                graph, _ = ruled_graph(dataset, self.network, "distance", rules, (None, None))
            self._trees[countries] = Tree(self.network, graph, self.start)
        return self._trees[countries]


def origin_of(dataset: Dataset, network: Network, rules: RoadRules, place: Place, limit_m: float) -> Origin:
    """Give a place as the origin of ways; whoever asks again, with another waste, finds its trees grown.

    Parameters
    ----------
    dataset
        Its closures must be those with which the trees are asked for.
    network
        The roads.
    rules
        What a way must keep to.
    place
        Where the ways begin.
    limit_m
        How far from the network it may lie.
    """

    def make() -> Origin:
        return Origin(network, rules, snap_places(network, [place], limit_m))

    # Not the data set itself: it would be kept alive, with every table in it.
    key = dataset.table_digest("closures"), rules, place.table, place.id, place.lon, place.lat, place.country, limit_m
    most = min(_MOST_KEPT, _MOST_NODES_KEPT // max(len(network.states), 1))
    return network.keep("origin", key, make, most)
