"""Roads to choose from: others as good as the best one, and those that pass fewer people for more time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import streamlit as st

from geo import plan_words, plans, route_views, sentences, text
from geo.road_layers import option_name
from pages._shared import loaders, peopledata, widgets
from pages._shared.charts import THOUSANDS
from pages._shared.corridor_asked import width_m
from pages._shared.exposure_grid import SETTLEMENTS, SOURCE
from pages._shared.journeys import OTHERS_OPEN, TRADEOFF_OPEN
from pages._shared.route_clicks import ROAD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.corridor import CorridorAnswer
    from geo.dataset import Dataset
    from geo.i18n import Translator
    from geo.plans import Option
    from geo.routing import RouteAnswer
    from pages._shared.journeys import Journey

    Along = CorridorAnswer | Option

_TABLE: Final = "route.options-table"
_CHART: Final = "route.tradeoff-chart"
_PICK: Final = "pick"
_MINUTE_S: Final = 60.0
_OTHER, _CHOSEN = "#77716A", "#B5371B"
_HEIGHT: Final = 300


def _choose(road: str) -> None:
    st.session_state[ROAD] = road


def _row(t: Translator, name: str, route: RouteAnswer, people: Along, shared: float) -> dict[str, str]:
    low, high = people.population_min_persons, people.population_max_persons
    return {
        t("routepage.option"): name,
        t("routepage.length"): t.km(route.distance_m),
        t("routepage.time"): t.duration(route.travel_time_s),
        t("routepage.shared"): f"{t.number(100 * shared)}\u00a0%",
        t("routepage.people-along"): t.range(low, high) if math.isfinite(high) else t("no-data"),
    }


def others(t: Translator, dataset: Dataset, journey: Journey) -> None:
    """List the best road and other good ones, with who lives along each; a click on a row shows that road."""
    if not journey.answer.route.reachable:
        return
    reason = journey.answer.alternatives_reason
    count = len(journey.answer.alternatives)
    label = f"{t('cli.plan.alternatives')} · {t.number(count)}"
    with widgets.fold(label, key=OTHERS_OPEN, icon=":material/alt_route:") as is_open:
        if not is_open:
            return
        if reason is not None:
            st.caption(text.markdown(sentences.reason(t, reason), max_chars=None))
        if not count:
            return
        with st.spinner(t("corridorpage.counting")):
            asked = route_views.plan_question(
                {"others": journey.asked.alternatives, "road": route_views.MAIN, "width_m": width_m()},
                journey.asked.route,
                count_people=True,
            )
            found = loaders.plan(dataset, asked, journey.roads, journey.people)
        _table(t, journey, found)
        st.caption(t("routepage.options-help", width=t.km(width_m())))


def _table(t: Translator, journey: Journey, found: plans.PlanAnswer) -> None:
    if found.corridor is None:
        return
    codes = [route_views.MAIN, *(one.id for one in found.alternatives)]
    rows = [_row(t, option_name(t, route_views.MAIN), found.route, found.corridor, 1.0)]
    rows += [_row(t, option_name(t, one.id), one.route, one, one.shared_share) for one in found.alternatives]

    def pick() -> None:
        chosen = st.session_state[_TABLE].selection.rows
        _choose(codes[chosen[0]] if chosen and chosen[0] < len(codes) else route_views.MAIN)

    shown = pd.DataFrame(rows)
    st.dataframe(
        shown, hide_index=True, key=_TABLE, on_select=pick, selection_mode="single-row", height="content",
        placeholder=t("no-data"),
    )  # fmt: skip
    if journey.shown != route_views.MAIN:
        st.caption(t("routepage.shown", road=option_name(t, journey.shown)))


def points(t: Translator, journey: Journey) -> pd.DataFrame:
    """Give the trade-off as points of the chart."""
    frame = plans.chart(journey.answer)
    return pd.DataFrame(
        {
            "id": frame["id"],
            "minutes": frame["travel_time_s"] / _MINUTE_S,
            "people": frame["passed_persons"],
            "name": [option_name(t, code) for code in frame["id"]],
            "time": [t.duration(value) for value in frame["travel_time_s"]],
            "km": [t.km(value) for value in frame["distance_m"]],
            "passed": [t.people(value) for value in frame["passed_persons"]],
            "along": [
                t.range(low, high)
                for low, high in zip(frame["population_min_persons"], frame["population_max_persons"], strict=True)
            ],
            "shown": frame["id"] == journey.shown,
        }
    )


def spec(t: Translator) -> dict[str, Any]:
    """Describe the chart: a point a road, minutes to the right and people upwards; a click chooses the road."""
    tooltip = [
        {"field": name, "title": title}
        for name, title in (
            ("name", t("routepage.option")),
            ("time", t("routepage.time")),
            ("km", t("routepage.length")),
            ("passed", t("export.column.passed_persons")),
            ("along", t("routepage.people-along")),
        )
    ]
    common: dict[str, Any] = {
        "x": {
            "field": "minutes",
            "type": "quantitative",
            "title": t("routepage.minutes-axis"),
            "scale": {"zero": False, "nice": True},
            "axis": {"tickCount": 8, "tickMinStep": 1, "format": "d"},
        },
        "y": {
            "field": "people",
            "type": "quantitative",
            "title": t("export.column.passed_persons"),
            "scale": {"zero": False, "nice": True},
            "axis": {"labelExpr": THOUSANDS[t.language], "tickCount": 5},
        },
    }
    chosen = {"condition": {"test": "datum.shown", "value": _CHOSEN}, "value": _OTHER}
    size = {"condition": {"test": "datum.shown", "value": 260}, "value": 130}
    return {
        "height": _HEIGHT,
        "layer": [
            {
                "mark": {"type": "line", "color": _OTHER, "strokeWidth": 1.2, "interpolate": "step-after"},
                "encoding": common,
            },
            {
                "params": [{"name": _PICK, "select": {"type": "point", "fields": ["id"]}}],
                "mark": {"type": "point", "filled": True, "opacity": 1, "cursor": "pointer"},
                "encoding": {**common, "color": chosen, "size": size, "tooltip": tooltip},
            },
        ],
    }


def tradeoff(t: Translator, journey: Journey) -> None:
    """Show what sparing people would cost in time, as a chart whose points are roads to choose; or say why not."""
    if not journey.answer.route.reachable:
        return
    with widgets.fold(t("routepage.tradeoff"), key=TRADEOFF_OPEN, icon=":material/balance:") as is_open:
        if not is_open:
            return
        answer = journey.answer
        if answer.people_reason is not None:
            st.info(text.markdown(sentences.reason(t, answer.people_reason), max_chars=None), icon=":material/info:")
            return
        if not answer.tradeoff:
            st.caption(t("routepage.tradeoff-none"))
            return
        grid = peopledata.grids().get(st.session_state.get(SOURCE, SETTLEMENTS))
        source = t("peoplepage.settlements") if grid is None else text.markdown(grid.path.name)
        st.caption(t("routepage.tradeoff-help", width=t.km(width_m()), source=source))
        st.vega_lite_chart(points(t, journey), spec(t), key=_CHART, on_select=_pick_point, selection_mode=_PICK)
        _list(t, journey, answer.tradeoff)
        told = plan_words.told(answer, t, of_road=False)
        lines = "".join(f"<li>{text.html(line, max_chars=None)}</li>" for line in told)
        st.html(f'<ul class="sy-notes">{lines}</ul>')


def _pick_point() -> None:
    chosen = st.session_state[_CHART].selection.get(_PICK) or []
    code = str(chosen[0].get("id", "")) if chosen else ""
    _choose(code if code in route_views.ROADS else route_views.MAIN)


def _list(t: Translator, journey: Journey, options: Sequence[Option]) -> None:
    rows = [
        {
            t("routepage.option"): option_name(t, one.id),
            t("routepage.time"): t.duration(one.route.travel_time_s),
            t("routepage.length"): t.km(one.route.distance_m),
            t("export.column.passed_persons"): t.people(one.passed_persons),
            t("routepage.shared"): f"{t.number(100 * one.shared_share)}\u00a0%",
            t("routepage.looked-at"): "●" if one.id == journey.shown else "",
        }
        for one in options
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, height="content", key="route.tradeoff-table")
