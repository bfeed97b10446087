"""The answer "who lives near" as chart and table, by zone and country; what it leaves out, and how it is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd
import streamlit as st

from geo import exposure_rows, headlines, text
from pages._shared import numbercells, widgets
from pages._shared.charts import THOUSANDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.exposure import ExposureAnswer
    from geo.exposure_rows import Row
    from geo.i18n import Translator

# Okabe-Ito colours, which colour-blind readers tell apart; grey print separates them by lightness. A country's
# enclaves are lighter than the country.
_COLOURS: Final = {"KG": "#D55E00", "UZ": "#0072B2", "TJ": "#009E73", "KZ": "#CC79A7", "CN": "#E69F00"}
_ENCLAVE_COLOURS: Final = {"UZ": ("#56B4E9", "#A6D5F2"), "TJ": ("#66C9A9", "#B5E5D5"), "KG": ("#F0A166", "#F7CFAE")}
_ELSEWHERE: Final = "#8A8A8A"
#: Bars beyond this are read in the table.
_MOST_BARS: Final = 80
_TALL_ROWS: Final = 14


def _finite(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def rows(answer: ExposureAnswer, *, union: bool) -> list[Row]:
    """Give the rows that chart and table show: see :func:`geo.exposure_rows.by_part`."""
    return exposure_rows.by_part(answer, union=union)


def _bars(t: Translator, answer: ExposureAnswer, shown: Sequence[Row], *, several: bool) -> pd.DataFrame:
    """Give a bar for each zone and country; of several places apart, each place within the radius."""
    bars = [
        {
            "ring": headlines.place(t, answer.places[int(row["place_index"])])
            if several
            else headlines.ring_name(t, row),
            "country": headlines.part_name(t, row),
            "people": _finite(row["population_persons"]),
            "low": _finite(row["population_min_persons"]),
            "high": _finite(row["population_max_persons"]),
            "text": headlines.people_range(t, row),
        }
        for row in shown[:_MOST_BARS]
    ]
    return pd.DataFrame(bars)


def _mainland_first(row: Row) -> str:
    return row["enclave_id"] if isinstance(row["enclave_id"], str) else ""


def _scale(t: Translator, shown: Sequence[Row]) -> tuple[list[str], list[str]]:
    """Give the names of countries and enclaves in the order of the colours, and their colours."""
    told: dict[str, str] = {}
    used: dict[str, int] = {}
    # The mainland first: an enclave takes a lighter tone of its country.
    for row in sorted(shown, key=_mainland_first):
        name, code = headlines.part_name(t, row), row["country"]
        if name in told:
            continue
        lighter = _ENCLAVE_COLOURS.get(code, ())
        if isinstance(row["enclave_id"], str) and lighter:
            told[name] = lighter[used.get(code, 0) % len(lighter)]
            used[code] = used.get(code, 0) + 1
        else:
            told[name] = _COLOURS.get(code, _ELSEWHERE) if isinstance(code, str) else _ELSEWHERE
    order = sorted(
        told, key=lambda name: list(_COLOURS.values()).index(told[name]) if told[name] in _COLOURS.values() else 9
    )
    return order, [told[name] for name in order]


def chart(t: Translator, answer: ExposureAnswer, shown: Sequence[Row], radius_m: float | None, *, union: bool) -> None:
    """Draw people by ring and country as bars with their ranges."""
    several = len(answer.places) > 1 and not union
    if several:
        shown = exposure_rows.within(answer, headlines.headline_radius_m(answer, radius_m))
    bars = _bars(t, answer, shown, several=several)
    if bars.empty or not bars["high"].notna().any():
        return
    names, colours = _scale(t, shown)
    order = list(dict.fromkeys(bars["ring"]))
    y_axis = {"field": "ring", "type": "ordinal", "sort": order, "title": None, "axis": {"labelLimit": 150}}
    offset = {"field": "country", "sort": names}
    tooltip = [{"field": name, "title": t(f"chart.{name}")} for name in ("ring", "country", "text")]
    x_axis = {
        "type": "quantitative",
        "title": t("exposure.chart"),
        "axis": {"labelExpr": THOUSANDS[t.language], "tickCount": 5},
    }
    colour = {
        "field": "country",
        "type": "nominal",
        "title": None,
        "scale": {"domain": names, "range": colours},
        "legend": {"orient": "top", "columns": 2, "labelLimit": 260},
    }
    common: dict[str, Any] = {"y": y_axis, "yOffset": offset, "tooltip": tooltip}
    layers = [
        {"mark": {"type": "bar"}, "encoding": {**common, "x": {**x_axis, "field": "people"}, "color": colour}},
        {
            "mark": {"type": "rule", "strokeWidth": 1.5, "color": "#808080"},
            "encoding": {**common, "x": {**x_axis, "field": "low"}, "x2": {"field": "high"}},
        },
    ]
    st.vega_lite_chart(bars, {"height": {"step": 14}, "layer": layers}, key="exposure-chart")
    st.caption(t("exposure.chart-caption"))


def table(t: Translator, answer: ExposureAnswer, told: Sequence[Row], *, union: bool) -> None:
    """List people by zone and country: the chart's twin in numbers that can be sorted."""
    if not told:
        st.caption(t("exposure.nobody-known" if answer.grid is None else "peoplepage.not-covered"))
        return
    by_place = len(answer.places) > 1 and not union
    listed(t, [_row(t, answer, row, by_place=by_place) for row in told], key="exposure-table")


def listed(t: Translator, told: Sequence[dict[str, object]], *, key: str) -> None:
    """List rows with headings in words: numbers written as the language does, a long list in a window of its own."""
    shown, numbers = numbercells.in_language(t, pd.DataFrame(told))
    height: int | Literal["content"] = 440 if len(told) > _TALL_ROWS else "content"
    st.dataframe(shown, hide_index=True, column_config=numbers, placeholder=t("no-data"), height=height, key=key)


def _row(t: Translator, answer: ExposureAnswer, row: Row, *, by_place: bool) -> dict[str, object]:
    place = {t("peoplepage.place"): headlines.place(t, answer.places[int(row["place_index"])])} if by_place else {}
    behind: dict[str, object]
    if answer.grid is None:
        behind = {
            t("column.settlements"): int(row["settlements"]),
            t("column.settlements_unknown_population"): int(row["settlements_unknown_population"]),
        }
    else:
        behind = {
            t("peoplepage.cells"): round(float(row["units"])),
            t("peoplepage.covered-column"): _finite(exposure_rows.covered_percent(float(row["coverage_share"]))),
        }
    return {
        **place,
        t("chart.ring"): headlines.ring_name(t, row),
        t("chart.country"): headlines.part_name(t, row),
        t("exposure.people"): headlines.people(t, row),
        t("exposure.central"): headlines.rounded(row["population_persons"]),
        t("peoplepage.least"): headlines.rounded(row["population_min_persons"]),
        t("peoplepage.most"): headlines.rounded(row["population_max_persons"]),
        **behind,
    }


def not_counted(t: Translator, answer: ExposureAnswer) -> None:
    """Name the settlements without a published number, and how many people that could be."""
    if answer.grid is not None:
        return
    unnumbered = answer.settlements[answer.settlements["population_persons"].isna()]
    if unnumbered.empty:
        return
    row = answer.totals_by_radius.iloc[-1]
    label = t.n("count.unnumbered", len(unnumbered))
    with widgets.fold(label, key="exposure.unnumbered", icon=":material/visibility_off:") as is_open:
        if not is_open:
            return
        could_be = t("exposure.could-be", range=headlines.people_range(t, row))
        st.markdown(text.markdown(could_be, max_chars=None))
        columns = ("name", "country", "distance_m", "modelled_persons", "area_id")
        widgets.show_table(t, unnumbered, columns, key="unnumbered")


def method(t: Translator, answer: ExposureAnswer) -> None:
    """Give the formula, what the totals of areas say the points miss, and the notes."""
    codes = ("min", "central", "max", "position", "low-data") if answer.grid is None else ("position", "circle")
    with widgets.fold(t("exposure.how"), key="exposure.how", icon=":material/calculate:") as is_open:
        if answer.grid is not None:
            st.markdown(text.markdown(t("peoplepage.how-grid"), max_chars=None))
        for code in codes:
            st.markdown(text.markdown(t(f"method.exposure.{code}"), max_chars=None))
        if is_open and len(answer.areas):
            st.markdown(f"**{t('exposure.areas')}**")
            columns = ("name", "total_persons", "year", "numbered_persons", "unnumbered_places", "source")
            widgets.show_table(t, answer.areas, columns, key="areas")
    widgets.notes(t, answer.notes)
