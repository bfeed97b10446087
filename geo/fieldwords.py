"""The words of the field page, in one language, for the phone to fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.schema import DO_NOT_MOVE, EVIDENCE, WASTE_TYPES
from geo.sentences import COMPASS, choice, country, fill

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from geo.i18n import Translator

#: Lines of the card for a broken thermometer or lamp, in their order.
CARD_LINES: Final = ("air", "leave", "collect", "call", "never-bin", "never-vacuum", "amount")
REASONS: Final = (
    "do-not-move", "no-confirmed-point", "snap-too-far", "no-road", "only-abroad", "no-network",
)  # fmt: skip

_SHARED: Final = (
    "nearest.title", "nearest.waste", "nearest.at", "nearest.by-road", "nearest.straight", "nearest.no-contact",
    "nearest.point-abroad", "map.coordinates", "nearest.points", "nearest.reported", "nearest.call", "card.title", "card.call-112", "card.sources",
    "column.accepts", "column.contact", "column.evidence", "column.source", "no-data", "no-date", "frame.language",
    "unit.value-m", "unit.value-km", "unit.hours-minutes", "unit.hours", "unit.minutes", "note.reported-only",
    "note.straight-line-only",
)  # fmt: skip
_OWN: Final = (
    "title", "gps", "gps-searching", "gps-refused", "gps-absent", "gps-insecure", "gps-timeout", "gps-found",
    "place-hint", "none-found", "did-you-mean", "outside", "abroad", "nowhere", "near-border", "start", "made",
    "counts", "no-list", "newest", "old", "own", "bundled", "kept", "no-network", "newer", "show", "save",
    "directions", "through", "legs", "position-error", "winter", "road-evidence", "roads-note", "here", "hours", "not-kept", "name",
)  # fmt: skip


def words(
    t: Translator,
    dates: Iterable[str],
    codes: Iterable[str],
    own: Collection[str],
    reduced: Sequence[tuple[str, dict[str, float]]],
) -> dict[str, object]:
    """Gather the words of a language.

    Parameters
    ----------
    t
        Language.
    dates
        ISO dates that the page shows.
    codes
        Codes of countries, in the order in which the page numbers them.
    own
        Names of the user's own tables.
    reduced
        What was left out of the page, as codes with numbers.
    """
    # Blanks stay open: the phone fills them.
    texts = {key: t(key) for key in (*_SHARED, *(f"field.{name}" for name in _OWN))}
    texts |= {f"reason.{code}": t(f"reason.{code}") for code in REASONS}
    return {
        "t": texts,
        "card": [t(f"card.{code}") for code in CARD_LINES],
        "directions": [t(f"direction.{code}") for code in COMPASS],
        "waste": [t(f"choice.waste.{code}") for code in WASTE_TYPES],
        "evidence": {code: choice(t, "evidence", code) for code in EVIDENCE if code != "illustrative"},
        "country": [country(t, code) for code in codes],
        "dates": {iso: t.date(iso) for iso in dates},
        "own": [t(f"table.{name}") for name in sorted(own)],
        "reduced": [fill(t, f"field.reduced.{code}", dict(params)) for code, params in reduced],
        "still": [WASTE_TYPES.index(code) for code in WASTE_TYPES if code in DO_NOT_MOVE],
        "point": "." if t.language == "en" else ",",
        "gap": "," if t.language == "en" else "\u00a0",
    }
