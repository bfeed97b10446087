"""How the question "which road" is asked: ends, objective, day, vehicle, countries, and how many other roads."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, Literal, TypeVar

import streamlit as st

from geo import route_views
from geo.schema import VEHICLES
from pages._shared import state, widgets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geo.i18n import Translator

PLACE_TABLES: Final = ("sites", "storage", "collection_points", "settlements", "road_nodes")
DEFAULT_FROM: Final = "ST-BATKEN"
DEFAULT_TO: Final = "KG-KHD"
_OBJECTIVES: Final[tuple[Literal["time", "distance", "people"], ...]] = ("distance", "time", "people")
_FIRST_DAY, _LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
_DAY_PX: Final = 172
_Code = TypeVar("_Code", bound=str)


def end(t: Translator, key: str, labels: dict[str, str], *, default: str) -> str | None:
    """Let the reader name one end of the route."""
    return widgets.where(t, key, labels, default=default)


def _one_of(label: str, codes: Sequence[_Code], name: Callable[[_Code], str], *, key: str) -> _Code:
    """Let the reader choose one of a few, the first to begin with."""
    return st.segmented_control(
        label, codes, default=codes[0], format_func=name, key=key, required=True, persist_state="session"
    )


def objective(t: Translator) -> Literal["time", "distance", "people"]:
    """Let the reader choose what is to be small."""
    return _one_of(t("route.minimise"), _OBJECTIVES, lambda code: t(f"route.minimise.{code}"), key="route.minimise")


def day(t: Translator) -> str | None:
    """Let the reader say on which day the journey is; None for any day."""
    chosen = st.date_input(
        t("routepage.date"),
        value=None,
        min_value=_FIRST_DAY,
        max_value=_LAST_DAY,
        format="DD.MM.YYYY",
        key="route.date",
        help=t("routepage.date-help"),
        persist_state="session",
        width=_DAY_PX,
    )
    return chosen.isoformat() if chosen else None


def vehicle(t: Translator) -> str:
    """Let the reader choose the vehicle."""
    return _one_of(t("routepage.vehicle"), VEHICLES, lambda code: t(f"choice.vehicle.{code}"), key="route.vehicle")


def through_abroad(t: Translator) -> bool:
    """Let the reader allow roads through any country."""
    return widgets.toggle(t, "route.through-abroad")


def training(t: Translator) -> bool:
    """Let the reader have a road to an example, for an exercise."""
    return widgets.toggle(t, "route.training")


def stay_in(t: Translator, *, anywhere: bool) -> tuple[str, ...]:
    """Let the reader name countries that the road must not leave; none for the country of both ends."""
    state.reword("route.stay-in")
    found = st.multiselect(
        t("routepage.stay-in"),
        route_views.COUNTRIES,
        format_func=lambda code: t(f"country.{code}"),
        placeholder=t("routepage.stay-in-both-ends"),
        disabled=anywhere,
        key="route.stay-in",
        persist_state="session",
    )
    return tuple(found)


def how_many(t: Translator) -> int:
    """Let the reader say how many other roads to look for."""
    return int(
        st.number_input(
            t("routepage.how-many"), 0, route_views.MOST_OTHERS, 2, key="route.others", persist_state="session"
        )
    )
