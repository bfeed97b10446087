"""What must be known of an answer to "who lives near": its notes, as codes, and the texts of its sources."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from geo.evidence import Note
from geo.figures import LOW_DATA_CELLS
from geo.grid_people import GridPeople
from geo.population import SettlementPeople

if TYPE_CHECKING:
    from geo.dataset import Dataset
    from geo.exposure import ExposureAnswer, ExposureQuestion
    from geo.figures import Together
    from geo.places import Place
    from geo.population import PeopleSource

# Positions that say of themselves how well they are known; the error of all others is an assumption.
_KNOWN_BASIS: Final = frozenset({"published", "user"})


def _is_assumed(dataset: Dataset, place: Place) -> bool:
    if place.table is None or "position_basis" not in dataset[place.table].columns:
        return False
    table = dataset[place.table]
    basis = table.loc[table["id"] == place.id, "position_basis"]
    return bool(len(basis)) and basis.iloc[0] not in _KNOWN_BASIS


def _position_notes(dataset: Dataset, question: ExposureQuestion, places: tuple[Place, ...]) -> list[Note]:
    uncertain = [place for place in places if place.positional_error_m > 0]
    if not uncertain:
        return []
    worst = max(uncertain, key=lambda place: place.positional_error_m)
    code = "positional-error-assumed" if _is_assumed(dataset, worst) else "positional-error"
    error_m = worst.positional_error_m
    below = [radius_m for radius_m in question.radii_m if radius_m < error_m]
    remarks = [Note(code, {"error_m": error_m})]
    if below:
        remarks.append(Note("radius-below-error", {"radius_m": below[-1], "error_m": error_m}))
    return remarks


def grid_notes(people: GridPeople, coverage_share: float, *, low_data: bool) -> list[Note]:
    """List what must be known of a count from a grid.

    Parameters
    ----------
    people
        The grid.
    coverage_share
        Part of the zone on which it has values.
    low_data
        Too few cells stand behind some count.
    """
    remarks = [Note("grid-modelled")]
    if people.grid.index.kind == "density":
        remarks.append(Note("grid-density-converted"))
    if not coverage_share > 0:
        remarks.append(Note("grid-not-covered"))
    elif coverage_share < 1:
        # Rounded down: "100 %" of what is not whole would read as whole.
        remarks.append(Note("grid-partly-covered", {"share": math.floor(100 * coverage_share) / 100}))
    if low_data:
        remarks.append(Note("grid-low-data", {"limit": LOW_DATA_CELLS}))
    return remarks


def notes(dataset: Dataset, answer: ExposureAnswer, together: Together, people: PeopleSource) -> tuple[Note, ...]:
    """List what a reader of an answer must see.

    Parameters
    ----------
    dataset
        Tables that the places come from.
    answer
        The answer, complete but for its notes and sources.
    together
        Figures of the union over the places.
    people
        Source of people that was asked.
    """
    remarks = [Note("not-poisoning", {"radius_m": answer.question.radii_m[-1]})]
    low_data = bool(answer.rings["low_data"].any())
    if isinstance(people, GridPeople):
        remarks += _position_notes(dataset, answer.question, answer.places)
        return (*remarks, *grid_notes(people, answer.total.coverage_share, low_data=low_data))
    total, settlements = answer.total, answer.settlements
    everywhere = together.total.central
    equal, ground = float(everywhere.equal_share[-1, 0]), float(everywhere.exclave_share[-1, 0])
    unnamed = settlements["id"][settlements["without_total"]].nunique()
    if len(settlements):
        remarks.append(Note("town-is-a-point"))
    remarks += _position_notes(dataset, answer.question, answer.places)
    if equal > 0 and not total.range_only:
        remarks.append(Note("modelled-share", {"modelled_persons": equal}))
    if ground > 0 and not total.range_only:
        remarks.append(Note("exclave-share", {"modelled_persons": ground}))
    if unnamed:
        remarks.append(Note("unknown-without-total", {"count": unnamed}))
    if total.max_is_lower_bound:
        remarks.append(Note("max-lower-bound"))
    if low_data:
        remarks.append(Note("low-data"))
    return tuple(remarks)


def sources(dataset: Dataset, answer: ExposureAnswer, people: PeopleSource) -> tuple[str, ...]:
    """Collect the texts of all sources that an answer rests on, once each."""
    texts: list[object] = []
    for place in answer.places:
        if place.table is not None:
            table = dataset[place.table]
            texts += list(table.loc[table["id"] == place.id, "source"])
    if isinstance(people, SettlementPeople):
        texts += _of_settlements(answer, people)
    else:
        texts.append(answer.grid)
    return tuple(dict.fromkeys(text for text in texts if isinstance(text, str) and text))


def _of_settlements(answer: ExposureAnswer, people: SettlementPeople) -> list[object]:
    texts: list[object] = [text for name in answer.settlements["id"] for text in people.tables.source_texts[name]]
    texts += list(answer.areas["source"])
    touched = set(answer.exclaves["area_id"])
    return texts + [exclave.source for exclave in people.tables.exclaves if exclave.area_id in touched]
