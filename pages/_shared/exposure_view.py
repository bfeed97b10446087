"""How the answer "who lives near" is asked for and shown: places, radii, headline, chart, table, what is missing."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from geo import downloads as files
from geo import export, headlines, places, text
from geo.corrections import PositionCorrection
from geo.errors import QuestionError
from geo.exposure import DEFAULT_RADII_M, ExposureQuestion
from pages._shared import state, widgets

if TYPE_CHECKING:
    from geo.dataset import Dataset
    from geo.exposure import ExposureAnswer
    from geo.i18n import Translator
    from pages._shared.mapview import Click

_PLACES: Final = "exposure.places"
_RADII: Final = "exposure.radii"
_HEADLINE_RADIUS_M: Final = 5000.0
_KM_M: Final = 1000.0
# Okabe-Ito colours, which colour-blind readers tell apart; grey print separates them by lightness.
_COUNTRY_COLOURS: Final = {"KG": "#D55E00", "UZ": "#0072B2", "TJ": "#009E73", "KZ": "#CC79A7", "CN": "#E69F00"}
_NEIGHBOURS: Final = ("UZ", "TJ")
# Vega writes numbers the English way; the others group by no-break spaces.
_THOUSANDS: Final = {
    "en": "format(datum.value, ',')",
    "ru": "replace(format(datum.value, ','), /,/g, '\u00a0')",
    "ky": "replace(format(datum.value, ','), /,/g, '\u00a0')",
}
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)?")


def place_controls(t: Translator, dataset: Dataset) -> tuple[str, ...]:
    """Let the reader choose sites by name, type coordinates, or add a spot by a click on the map."""
    labels = widgets.place_labels(t, dataset, ("sites", "settlements"))
    return widgets.wheres(t, _PLACES, labels, default=("KG-KHD",))


def radii_control(t: Translator) -> tuple[float, ...]:
    """Let the reader edit the radii, in kilometres."""
    default = "; ".join(t.plain(radius_m / _KM_M) for radius_m in DEFAULT_RADII_M)
    typed = st.text_input(t("exposure.radii"), value=default, key=_RADII, persist_state="session")
    return tuple(float(part.replace(",", ".")) * _KM_M for part in _NUMBER.findall(typed))


def question(chosen: tuple[str, ...], radii_m: tuple[float, ...]) -> ExposureQuestion:
    """Build the question."""
    return ExposureQuestion(places=chosen, radii_m=radii_m)


def correction_control(t: Translator, dataset: Dataset, chosen: tuple[str, ...]) -> None:
    """Let a reader who knows a site's true position set it, and take the corrected table along."""
    sites = dataset.sites[dataset.sites["id"].isin(chosen)]
    st.markdown(f"**{t('correct.title')}**")
    if sites.empty:
        st.caption(t("correct.choose-site"))
        return
    names = {str(row["id"]): t.name(row) for row in sites.to_dict("records")}
    site_id = st.selectbox(
        t("correct.site"), list(names), format_func=lambda code: names.get(code, code), key="correct.site"
    )
    row = sites.set_index("id").loc[site_id]
    with st.form("correct.form", border=False):
        spot = st.text_input(
            t("correct.position"), value=f"{row['lat']:.5f}, {row['lon']:.5f}", key=f"correct.spot.{site_id}"
        )
        error_m = st.number_input(
            t("correct.error"), 1.0, 100_000.0, float(row["positional_error_m"]), 50.0, key=f"correct.error.{site_id}"
        )
        if st.form_submit_button(t("correct.apply")):
            with widgets.friendly_errors(t):
                _correct(site_id, spot, error_m)
    fixed = state.position_corrections()
    if fixed:
        if st.button(t("correct.undo"), key="correct.undo"):
            fixed.clear()
            st.rerun()
        st.download_button(
            t("correct.download"),
            data=lambda: export.to_csv(files.table(dataset, "sites"), t),
            file_name="sites.csv",
            key="correct.download",
            on_click="ignore",
        )


def _correct(site_id: str, spot: str, error_m: float) -> None:
    pair = places.read_spot(spot)
    if pair is None:
        raise QuestionError("unknown-place", place=spot)
    state.position_corrections()[site_id] = PositionCorrection(site_id, pair[0], pair[1], error_m)
    st.rerun()


def place_name(t: Translator, answer: ExposureAnswer, index: int) -> str:
    """Name a place of the answer; typed coordinates in degrees."""
    place = answer.places[index]
    return t.names(place.names) or headlines.spot(place.text)


def heading(t: Translator, answer: ExposureAnswer | None) -> str:
    """Word the page's question with the names of the places."""
    if answer is None:
        return t("exposure.title")
    names = [place_name(t, answer, index) for index in range(len(answer.places))]
    if len(names) == 1:
        return t("exposure.title-place", place=names[0])
    return t("exposure.title-places", place=names[0], more=t.number(len(names) - 1))


def radius_switch(t: Translator, answer: ExposureAnswer) -> float:
    """Let the reader choose which radius the headline speaks of."""
    radii_m = [float(radius_m) for radius_m in answer.question.radii_m]
    default = _HEADLINE_RADIUS_M if _HEADLINE_RADIUS_M in radii_m else radii_m[-1]
    if st.session_state.get("exposure.radius") not in radii_m:
        st.session_state["exposure.radius"] = default
    found = st.segmented_control(
        t("exposure.within"),
        radii_m,
        format_func=lambda radius_m: _km(t, radius_m),
        key="exposure.radius",
        required=True,
        persist_state="session",
    )
    return default if found is None else found


def people(t: Translator, row: pd.Series) -> str:
    """Write people as one rounded number, or as the range alone where the number would claim too much."""
    if row["headline_is_range"] or pd.isna(row["population_persons"]):
        return t.range(row["population_min_persons"], row["population_max_persons"])
    return t.people(row["population_persons"])


def people_range(t: Translator, row: pd.Series) -> str:
    """Write the range of people."""
    return t.range(row["population_min_persons"], row["population_max_persons"])


def _country(t: Translator, code: object) -> str:
    return t(f"country.{code}") if isinstance(code, str) else t("exposure.no-country")


def _km(t: Translator, radius_m: float) -> str:
    return t("unit.value-km", value=t.plain(radius_m / _KM_M))


def _country_parts(t: Translator, answer: ExposureAnswer, radius_m: float, *, as_range: bool) -> str:
    """Name the people of each country; of the neighbours without a settlement in reach, that there is none."""
    rows = answer.totals_by_country[answer.totals_by_country["radius_m"] == radius_m]
    write = people_range if as_range else people
    parts = [f"{_country(t, row['country'])}: {write(t, row)}" for _, row in rows.iterrows()]
    absent = [_country(t, code) for code in _NEIGHBOURS if code not in set(rows["country"])]
    if absent:
        parts.append(t("exposure.none-in", countries=", ".join(absent)))
    return "; ".join(parts)


def _by_ring(answer: ExposureAnswer) -> pd.DataFrame:
    """Give people by ring and country of one place; of several, the union within each radius."""
    if len(answer.places) == 1:
        return answer.by_country[~answer.by_country["cumulative"]]
    return answer.totals_by_country.rename(columns={"radius_m": "outer_radius_m"}).assign(inner_radius_m=0.0)


def headline(t: Translator, answer: ExposureAnswer, radius_m: float) -> None:
    """Show how many people live within the radius, how sure that is, and in which country."""
    totals = answer.totals_by_radius
    row = totals[totals["radius_m"] == radius_m].iloc[0]
    number, spread = people(t, row), people_range(t, row)
    widgets.headline(
        label=t("exposure.headline", radius=_km(t, radius_m)),
        number=number,
        detail="" if number == spread else t("exposure.from-to", range=spread),
        sentence=t(
            "exposure.sentence",
            radius=_km(t, radius_m),
            people=number,
            countries=_country_parts(t, answer, radius_m, as_range=number == spread),
        ),
    )
    years = sorted({int(year) for year in answer.settlements["population_year"].dropna()})
    when = f"{years[0]}–{years[-1]}" if years else None
    widgets.evidence(t, answer.evidence, sources=answer.sources, when=when, key="exposure")
    st.caption(text.markdown(t("exposure.not-poisoning"), max_chars=None))


def extent(answer: ExposureAnswer | None) -> tuple[float, float, float, float]:
    """Give the view that holds every ring."""
    if answer is None:
        return widgets.HOME_VIEW
    west, south, east, north = answer.disks.total_bounds
    return float(west), float(south), float(east), float(north)


def take_click(click: Click) -> None:
    """Ask about the spot that the reader clicked, instead of the places chosen so far."""
    if click.lon is not None and click.lat is not None and st.session_state.get("exposure.click"):
        state.pend(_PLACES, [f"{click.lon!r},{click.lat!r}"])


def click_toggle(t: Translator) -> None:
    """Let the reader switch on choosing a spot by a click, so that a stray click changes nothing."""
    st.toggle(t("exposure.click"), key="exposure.click", persist_state="session")


def ring_name(t: Translator, inner_m: float, outer_m: float) -> str:
    """Name a ring by its two radii."""
    return t("exposure.ring", inner=t.plain(inner_m / _KM_M), outer=_km(t, outer_m))


def chart(t: Translator, answer: ExposureAnswer) -> None:
    """Draw people by ring and country as bars with their ranges."""
    frame = _by_ring(answer)
    rows = [
        {
            "ring": ring_name(t, row["inner_radius_m"], row["outer_radius_m"]),
            "country": _country(t, row["country"]),
            "people": None if math.isnan(row["population_persons"]) else row["population_persons"],
            "low": row["population_min_persons"],
            "high": row["population_max_persons"],
            "text": people_range(t, row),
        }
        for _, row in frame.iterrows()
    ]
    codes = [code for code in _COUNTRY_COLOURS if code in set(frame["country"])]
    colour = {
        "field": "country",
        "type": "nominal",
        "title": None,
        "scale": {
            "domain": [t(f"country.{code}") for code in codes],
            "range": [_COUNTRY_COLOURS[code] for code in codes],
        },
        "legend": {"orient": "top"},
    }
    order = list(dict.fromkeys(row["ring"] for row in rows))
    y_axis = {"field": "ring", "type": "ordinal", "sort": order, "title": None}
    offset = {"field": "country"}
    tooltip = [{"field": name, "title": t(f"chart.{name}")} for name in ("ring", "country", "text")]
    x_axis = {
        "type": "quantitative",
        "title": t("exposure.chart"),
        "axis": {"labelExpr": _THOUSANDS[t.language], "tickCount": 5},
    }
    st.vega_lite_chart(
        pd.DataFrame(rows),
        {
            "height": {"step": 14},
            "layer": [
                {
                    "mark": {"type": "bar"},
                    "encoding": {
                        "y": y_axis,
                        "yOffset": offset,
                        "x": {**x_axis, "field": "people"},
                        "color": colour,
                        "tooltip": tooltip,
                    },
                },
                {
                    "mark": {"type": "rule", "strokeWidth": 1.5, "color": "#808080"},
                    "encoding": {
                        "y": y_axis,
                        "yOffset": offset,
                        "x": {**x_axis, "field": "low"},
                        "x2": {"field": "high"},
                        "tooltip": tooltip,
                    },
                },
            ],
        },
        key="exposure-chart",
    )
    st.caption(t("exposure.chart-caption"))


def table(t: Translator, answer: ExposureAnswer) -> None:
    """List people by ring and country: the chart's twin in words."""
    rows = [
        {
            t("chart.ring"): ring_name(t, row["inner_radius_m"], row["outer_radius_m"]),
            t("chart.country"): _country(t, row["country"]),
            t("exposure.people"): people(t, row),
            t("exposure.central"): t.people(row["population_persons"]),
            t("column.settlements"): int(row["settlements"]),
            t("column.settlements_unknown_population"): int(row["settlements_unknown_population"]),
        }
        for _, row in _by_ring(answer).iterrows()
    ]
    if rows:
        st.dataframe(rows, hide_index=True, height="content")
    else:
        st.caption(t("exposure.nobody-known"))


def not_counted(t: Translator, answer: ExposureAnswer) -> None:
    """Name the settlements without a published number, and how many people that could be."""
    unnumbered = answer.settlements[answer.settlements["population_persons"].isna()]
    if unnumbered.empty:
        return
    row = answer.totals_by_radius.iloc[-1]
    label = t.n("count.unnumbered", len(unnumbered))
    with widgets.fold(label, key="exposure.unnumbered", icon=":material/visibility_off:") as is_open:
        if not is_open:
            return
        st.markdown(text.markdown(t("exposure.could-be", range=people_range(t, row)), max_chars=None))
        widgets.show_table(
            t, unnumbered, ("name", "country", "distance_m", "modelled_persons", "area_id"), key="unnumbered"
        )


def method(t: Translator, answer: ExposureAnswer) -> None:
    """Give the formula, what the totals of areas say the points miss, and the notes."""
    with widgets.fold(t("exposure.how"), key="exposure.how", icon=":material/calculate:") as is_open:
        for code in ("min", "central", "max", "position", "low-data"):
            st.markdown(text.markdown(t(f"method.exposure.{code}"), max_chars=None))
        if is_open and len(answer.areas):
            st.markdown(f"**{t('exposure.areas')}**")
            columns = ("name", "total_persons", "year", "numbered_persons", "unnumbered_places", "source")
            widgets.show_table(t, answer.areas, columns, key="areas")
    widgets.notes(t, answer.notes)


def downloads(t: Translator, answer: ExposureAnswer) -> None:
    """Offer the answer as files."""
    widgets.downloads(t, lambda: files.exposure(answer, t), "exposure")
