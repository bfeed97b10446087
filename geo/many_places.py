"""Many places of one question: where they are and in which country; and how good the network is that joins them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geo.borders import country_at
from geo.evidence import Note
from geo.places import resolve
from geo.ways import own_extent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.dataset import Dataset
    from geo.network import Network
    from geo.places import Place


def find_places(
    dataset: Dataset, texts: Sequence[str], own: Mapping[str, Place] | None = None, network: Network | None = None
) -> tuple[Place, ...]:
    """Find some places with their countries, those brought along first; also such as a network brought along covers.

    Raises
    ------
    QuestionError
        As :func:`geo.places.resolve`.
    """
    brought = own or {}
    extent = own_extent(network)
    found = [brought[text] if text in brought else resolve(dataset, text, extent) for text in texts]
    unknown = [row for row, place in enumerate(found) if place.country is None and place.has_position]
    where = np.array([(found[row].lon, found[row].lat) for row in unknown]).reshape(-1, 2)
    codes = country_at(dataset.borders, where[:, 0], where[:, 1])[0]
    for row, code in zip(unknown, codes, strict=True):
        found[row] = replace(found[row], country=code)
    return tuple(found)


def network_note(network: Network) -> Note:
    """Say how good the lines of a whole network are."""
    if not network.schematic:
        return Note("surveyed-line")
    errors_m = np.asarray(network.section_values["positional_error_m"], dtype=float)
    known_m = errors_m[np.isfinite(errors_m)]
    if not known_m.size:
        return Note("schematic-line-unknown")
    return Note("schematic-line", {"positional_error_m": float(known_m.max())})
