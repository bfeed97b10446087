"""The road book of a route in words: turns and roads named, distances and times as people say them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from geo import roadbook, sentences, text
from geo.i18n import LANGUAGES
from pages._shared import widgets

if TYPE_CHECKING:
    from geo.i18n import Translator
    from geo.network import Network
    from geo.routing import RouteAnswer

_WORDED: Final = ("turn", "road", "from_name", "to_name", "surface", "countries")


def _text(value: object) -> str:
    return text.clean(value) if isinstance(value, str) else ""


def stages(t: Translator, answer: RouteAnswer, network: Network) -> pd.DataFrame:
    """Give the road book in words: turns and roads named."""
    frame = roadbook.stages(answer, network)
    records = [{str(key): value for key, value in record.items()} for record in frame.to_dict("records")]
    numbers = [sentences.road(t, one) for one in records]
    turns = [t(f"routepage.turn.{code}") if (code := _text(one["turn"])) else "" for one in records]
    unnamed = "" if network.schematic else t("routepage.road-unnamed")
    named = frame.assign(road=[number or unnamed for number in numbers], turn=turns)
    spare = ["turn"] if not any(turns) else []
    if network.schematic and not any(numbers):
        spare.append("road")
    if not any(one["countries"] for one in records):
        spare.append("countries")
    # On an extract crossroads have no names: columns that would be empty only take room.
    empty = [
        f"{side}_name_{code}"
        for side in ("from", "to")
        for code in LANGUAGES
        if not any(isinstance(one[f"{side}_name_{other}"], str) for one in records for other in LANGUAGES)
    ]
    return named.drop(columns=[*spare, *empty, "road_number", *(f"road_name_{code}" for code in LANGUAGES)])


def table(t: Translator, answer: RouteAnswer, network: Network) -> pd.DataFrame:
    """Give the road book as the page shows it; no rows without a road."""
    frame = stages(t, answer, network)
    shown = widgets.in_words(t, frame, _WORDED).fillna("")
    told = pd.DataFrame(
        {
            t("routepage.at"): [t.km(value) for value in frame["start_m"]],
            **{name: shown[name].tolist() for name in shown.columns},
            t("routepage.length"): [t.km(value) for value in frame["length_m"]],
            t("routepage.time"): [sentences.short_time(t, value) for value in frame["travel_time_s"]],
        }
    )
    if frame["winter_closure"].any():
        told[t("routepage.winter")] = [t("export.yes") if hard else "" for hard in frame["winter_closure"]]
    return told
