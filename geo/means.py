"""What views rest on beside the tables: a population grid, roads, regions and other layers out of files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo import route_views, views
from geo.errors import QuestionError
from geo.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from geo.brought import OwnLayer
    from geo.dataset import Dataset
    from geo.exposure import ExposureAnswer
    from geo.extras import Extras
    from geo.network import Network
    from geo.places import Place
    from geo.plans import PlanAnswer
    from geo.population import PeopleSource
    from geo.views import View

_PIECE_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class File:
    """A file that an answer rests on.

    Parameters
    ----------
    option
        By which the command line takes it, such as ``--population``.
    name
        Without its folder.
    digest
        Of its content.
    """

    option: str
    name: str
    digest: str


@dataclass(frozen=True, eq=False)
class Means:
    """What is at hand for views that rest on more than the tables.

    Parameters
    ----------
    people
        A source of people for every view that counts them; None for the settlements.
    roads
        Gives the roads for a vehicle; None for the roads of the tables.
    regions, receptors
        Layers that who lives near is told by.
    places
        Places out of a list, all of which are asked about.
    files
        Where all of it comes from.
    """

    people: PeopleSource | None = None
    roads: Callable[[str], Network] | None = None
    regions: OwnLayer | None = None
    receptors: tuple[OwnLayer, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    files: tuple[File, ...] = ()

    @property
    def layers(self) -> tuple[OwnLayer, ...]:
        """All layers that a map shows as they were brought."""
        return (*(() if self.regions is None else (self.regions,)), *self.receptors)

    def name(self, option: str) -> str | None:
        """Give the name of the file that an option named."""
        return next((clean(file.name) for file in self.files if file.option == option), None)

    def told(self, view: View) -> View:
        """Let a view name the files that it is answered from."""
        people, roads = self.name("--population"), self.name("--network")
        changes = {"people": people} if people and "people" in view.values else {}
        changes |= {"network": roads} if roads and "network" in view.values else {}
        return view.changed(**changes) if changes else view


def digest_of(path: str | Path) -> str:
    """Hash the content of a file.

    Raises
    ------
    OSError
        It cannot be read.
    """
    made = hashlib.sha256()
    with Path(path).open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            made.update(piece)
    return made.hexdigest()


def people_of(view: View, means: Means) -> PeopleSource | None:
    """Give the source that a view counts people on; None for the settlements of the tables.

    Raises
    ------
    QuestionError
        ``view-needs-people`` for a view that counts on a grid which is not at hand.
    """
    named = view.values["people"]
    if named != route_views.SETTLEMENTS and means.people is None:
        raise QuestionError("view-needs-people", found=str(named))
    return means.people


def people_near(dataset: Dataset, view: View, means: Means) -> tuple[ExposureAnswer, Extras | None]:
    """Answer who lives near the places of a view, and what its files add.

    Raises
    ------
    QuestionError
        As :func:`people_of`; what the question refuses.
    """
    from geo import exposure, extras  # noqa: PLC0415 - only a view of people needs them
    from geo.radii import radii_asked  # noqa: PLC0415 - as above

    values, people = view.values, people_of(view, means)
    named = (*values["places"], *means.places)
    question = exposure.ExposureQuestion(places=named, radii_m=radii_asked(values["radii_m"], values["radius_m"]))
    answer = exposure.measure(dataset, question, people, means.places)
    compared = values["compare"] and people is not None
    if means.regions is None and not means.receptors and not compared:
        return answer, None
    return answer, extras.gather(
        dataset,
        answer,
        people,
        means.places,
        regions=means.regions,
        receptors=means.receptors,
        settled=exposure.measure(dataset, question, None, means.places) if compared else None,
    )


def network_of(view: View, means: Means) -> Network | None:
    """Give the roads that a view is answered on; None for those of the tables.

    Raises
    ------
    QuestionError
        ``view-needs-network`` for a view that names roads which are not at hand; as the roads themselves.
    """
    if means.roads is not None:
        return means.roads(str(view.values.get("vehicle", "truck")))
    if view.values.get("network"):
        raise QuestionError("view-needs-network", found=str(view.values["network"]))
    return None


def journey(dataset: Dataset, view: View, means: Means, network: Network | None = None) -> PlanAnswer:
    """Answer which road a view shows, with whom it passes and the roads to weigh against it.

    Parameters
    ----------
    dataset, view, means
        Tables, the view, and what else there is.
    network
        Roads of the tables, where they are built already.

    Raises
    ------
    QuestionError
        ``brief-no-question`` for a view without two ends; as :func:`people_of` and :func:`network_of`; what the
        question refuses.
    """
    from geo import planning  # noqa: PLC0415 - the question is checked first

    asked = route_views.question(view.values)
    if asked is None:
        raise QuestionError("brief-no-question", found=views.encode(view))
    people = people_of(view, means)
    question = route_views.plan_question(view.values, asked, count_people=True)
    return planning.plan(dataset, question, network_of(view, means) or network, people)


def marks(means: Means, chosen: Sequence[View]) -> str:
    """Write what answers rest on beside the tables, for a hash: equal texts give equal numbers."""
    return "\n".join([*(f"{file.option} {file.digest}" for file in means.files), *map(views.encode, chosen)])
