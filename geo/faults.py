"""The faults of one file, collected so that the reader mends them all in one go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from geo.errors import DataError, Fault

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Beyond this many a reader mends the first and tries again.
MAX_FAULTS: Final = 200


@dataclass
class Faults:
    """Faults found so far; those beyond the limit are only counted.

    Parameters
    ----------
    file
        Name of the file that they are in.
    found
        Faults, in the order in which they were found.
    count
        How many there are.
    """

    file: str
    found: list[Fault] = field(default_factory=list)
    count: int = 0

    def add(
        self, code: str, row: int | None = None, column: str | None = None, found: object = None, **params: str
    ) -> None:
        """Note one fault."""
        shown = None if found is None else str(found)
        self.extend([Fault(code, self.file, row=row, column=column, found=shown, params=params)])

    def extend(self, faults: Sequence[Fault]) -> None:
        """Note several faults."""
        self.count += len(faults)
        self.found.extend(faults[: max(0, MAX_FAULTS - len(self.found))])

    def raise_any(self) -> None:
        """Raise all faults together, in the order of the file's rows.

        Raises
        ------
        DataError
            There is at least one fault.
        """
        if self.count:
            raise DataError(self.all())

    def all(self) -> list[Fault]:
        """Give the faults in the order of the file's rows; the last one says how many more there are."""
        ordered = sorted(self.found, key=lambda fault: -1 if fault.row is None else fault.row)
        if self.count > len(ordered):
            ordered.append(Fault("more", self.file, params={"more": str(self.count - len(ordered))}))
        return ordered
