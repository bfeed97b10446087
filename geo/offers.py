"""What can be fetched: the list of grids, regions and receptors that others publish, with address and licence."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.errors import QuestionError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

OFFERS_FILE: Final = Path(__file__).resolve().parent.parent / "data" / "remote.toml"
KINDS: Final = ("grid", "regions", "receptors")
#: ``quoted``: the very address stands in a public text; ``composed``: made by the publisher's own pattern.
ADDRESS_BASES: Final = ("quoted", "composed")


@dataclass(frozen=True, slots=True)
class Offer:
    """One file that somebody publishes.

    Parameters
    ----------
    name
        What the reader types.
    kind
        ``grid``, ``regions`` or ``receptors``.
    names
        What it is, by language.
    address
        Of the file.
    address_basis
        How the address is known.
    page
        The publisher's page about it.
    file
        Name under which it is kept; of an archive, the member that is kept.
    licence, attribution, vintage
        As the publisher states them; ``rolling`` is what he exports anew from day to day.
    size_bytes
        About how large it is; None where no source says.
    sha256
        Of the kept file, as the publisher states it; None where he does not.
    checked
        Day on which the statements were looked up.
    unverified
        Nobody of the project has fetched it from this address.
    """

    name: str
    kind: str
    names: Mapping[str, str]
    address: str
    address_basis: str
    page: str
    file: str
    licence: str
    attribution: str
    vintage: str
    size_bytes: int | None
    sha256: str | None
    checked: date
    unverified: bool

    @property
    def archive(self) -> str | None:
        """Name of the archive that is fetched, where only one member of it is kept; else None."""
        sent = self.address.rsplit("/", 1)[-1]
        return sent if sent != self.file else None


@cache
def offers() -> tuple[Offer, ...]:
    """List what can be fetched, in the order of the file."""
    with OFFERS_FILE.open("rb") as source:
        return tuple(offer(row) for row in tomllib.load(source)["entry"])


def offer(row: Mapping[str, Any]) -> Offer:
    """Read one entry of the list."""
    names = {key.removeprefix("name_"): text for key, text in row.items() if key.startswith("name_")}
    rest = {key: value for key, value in row.items() if not key.startswith("name_")}
    return Offer(names=names, **({"size_bytes": None, "sha256": None} | rest))


def find(name: str) -> Offer:
    """Find an offer by its name.

    Raises
    ------
    QuestionError
        ``fetch-unknown`` with the names that there are.
    """
    found = next((each for each in offers() if each.name == name), None)
    if found is None:
        raise QuestionError("fetch-unknown", found=name, choices=", ".join(each.name for each in offers()))
    return found
