"""How the question "who lives near" is asked, and its answer in one breath: places, radii, headline."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import streamlit as st

from geo import downloads as files
from geo import export, exposure_rows, headlines, places, text
from geo.corrections import PositionCorrection
from geo.errors import QuestionError
from geo.exposure import DEFAULT_RADII_M, MAX_RADIUS_M, MIN_RADIUS_M, ExposureAnswer, ExposureQuestion
from geo.radii import radii_asked
from pages._shared import loaders, state, widgets

if TYPE_CHECKING:
    import pandas as pd

    from geo.dataset import Dataset
    from geo.grid_memory import RememberingGrid
    from geo.i18n import Translator
    from pages._shared.mapview import Click
    from pages._shared.peopledata import Dropped

#: What the answering part of the page hands to its heading.
Answered = ExposureAnswer | None

_PLACES: Final = "exposure.places"
_RADII: Final = "exposure.radii"
_RADIUS: Final = "exposure.radius"
_SLIDE: Final = "exposure.slide"
_SLID: Final = "exposure.slid"
_UNION: Final = "exposure.union"
_KM_M: Final = 1000.0
#: What the slider reaches, metres, and its step; further radii are typed.
_SLIDE_M: Final = (500.0, 30_000.0)
_SLIDE_STEP_M: Final = 100.0
#: Places whose numbers stand beside each other as headlines; more are read in the table.
_MOST_HEADLINES: Final = 5
#: From so many places on, counting takes longer than a moment.
_MANY_PLACES: Final = 50
_RANGE_DASH: Final = "–"
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class Asked:
    """What the reader asks: places and radii, where people are counted from, and places of the reader's own.

    Parameters
    ----------
    places
        Ids or coordinates that were chosen.
    radii_m
        Typed radii.
    people
        A population grid, or None for settlement points.
    own
        A list of places that was dropped; all of them are asked about.
    """

    places: tuple[str, ...]
    radii_m: tuple[float, ...]
    people: RememberingGrid | None = None
    own: Dropped | None = None

    def question(self, radius_m: float | None) -> ExposureQuestion:
        """Build the question; a radius that is looked at without having been typed is asked about too."""
        named = (*self.places, *(() if self.own is None else self.own.places))
        asked = self.radii_m if radius_m is None else radii_asked(self.radii_m, radius_m, is_chosen=True)
        return ExposureQuestion(places=named, radii_m=asked)


def place_controls(t: Translator, dataset: Dataset) -> tuple[str, ...]:
    """Let the reader choose sites by name, type coordinates, or add a spot by a click on the map."""
    labels = widgets.place_labels(t, dataset, ("sites", "settlements"))
    return widgets.wheres(t, _PLACES, labels, default=("KG-KHD",))


def radii_control(t: Translator) -> tuple[float, ...]:
    """Let the reader edit the radii, in kilometres."""
    default = "; ".join(t.plain(radius_m / _KM_M) for radius_m in DEFAULT_RADII_M)
    typed = st.text_input(
        t("exposure.radii"), value=default, key=_RADII, on_change=_forget_radius, persist_state="session"
    )
    return tuple(float(part.replace(",", ".")) * _KM_M for part in _NUMBER.findall(typed))


def _forget_radius() -> None:
    """Speak of the usual radius again once others were typed."""
    st.session_state.pop(_RADIUS, None)


def heading(t: Translator, answer: ExposureAnswer | None) -> str:
    """Word the page's question with the names of the places."""
    return headlines.exposure_title(t, answer)


def radius_control(t: Translator, asked: Asked) -> float | None:
    """Let the reader choose which radius the answer speaks of: one of those typed, or any on the slider."""
    typed = sorted({radius_m for radius_m in asked.radii_m if MIN_RADIUS_M <= radius_m <= MAX_RADIUS_M})
    if not typed:
        return None
    usual = headlines.HEADLINE_RADIUS_M if headlines.HEADLINE_RADIUS_M in typed else typed[-1]
    kept = st.session_state.get(_RADIUS)
    is_chosen = kept is not None and kept == st.session_state.get(_SLID)
    if kept is None or kept not in radii_asked(tuple(typed), kept, is_chosen=is_chosen):
        st.session_state[_RADIUS] = usual
    now = float(st.session_state[_RADIUS])
    found = st.segmented_control(
        t("exposure.within"),
        sorted({*typed, now}),
        format_func=lambda radius_m: headlines.radius_name(t, radius_m),
        key=_RADIUS,
        required=True,
        persist_state="session",
    )
    radius_m = usual if found is None else float(found)
    low_m, high_m = _SLIDE_M
    # The slider follows the switch; while it is dragged, this is the value that it has already.
    st.session_state[_SLIDE] = min(max(radius_m, low_m), high_m) / _KM_M
    st.slider(
        t("peoplepage.slide"),
        low_m / _KM_M,
        high_m / _KM_M,
        step=_SLIDE_STEP_M / _KM_M,
        format="localized",
        key=_SLIDE,
        on_change=_slid,
    )
    return radius_m


def _slid() -> None:
    """Take the slider's radius for the one that the answer speaks of."""
    st.session_state[_RADIUS] = st.session_state[_SLID] = float(round(st.session_state[_SLIDE] * _KM_M))


def union_control(t: Translator, answer: ExposureAnswer | None) -> bool:
    """Let the reader count people near several places once, or place by place."""
    if answer is None or len(answer.places) == 1:
        return True
    return widgets.toggle(t, _UNION, default=True)


def headline(t: Translator, answer: ExposureAnswer, radius_m: float | None, *, union: bool = True) -> None:
    """Show how many people live within the radius, how sure that is, and in which country."""
    radius_m = headlines.headline_radius_m(answer, radius_m)
    said = headlines.exposure(answer, t, radius_m=radius_m)
    if union:
        widgets.headline(label=said.label, number=said.number, detail=said.detail, sentence=said.sentence)
    else:
        _place_by_place(t, answer, radius_m, said.label)
    widgets.evidence(t, said.evidence, sources=said.sources, when=said.when, key="exposure")
    row = answer.totals_by_radius[answer.totals_by_radius["radius_m"] == radius_m].iloc[0]
    told = [said.caution, *_behind(t, answer, row)]
    if len(answer.places) > 1 and row["overlap_persons"] > 0:
        people = {"sum": t.people(row["places_sum_persons"]), "again": t.people(row["overlap_persons"])}
        told.append(t("peoplepage.overlap", **people))
    st.caption(text.markdown(" ".join(told), max_chars=None))
    _covered(t, answer, row["coverage_share"])


def _place_by_place(t: Translator, answer: ExposureAnswer, radius_m: float, label: str) -> None:
    rows = exposure_rows.places_within(answer, radius_m)
    shown = rows.head(_MOST_HEADLINES)
    items = [
        (
            headlines.place(t, answer.places[int(row["place_index"])]),
            headlines.people(t, row),
            headlines.people_range(t, row),
        )
        for _, row in shown.iterrows()
    ]
    more = t.n("peoplepage.more-places", len(rows) - len(shown)) if len(rows) > len(shown) else ""
    lines = "".join(_place_line(*item) for item in items)
    note = f'<p class="sy-range">{text.html(more)}</p>' if more else ""
    st.html(
        f'<section class="sy-answer" aria-live="polite"><div class="sy-label">{text.html(label)}</div>{lines}{note}</section>'
    )


def _place_line(name: str, number: str, spread: str) -> str:
    shown = f" <small>{text.html(spread)}</small>" if _RANGE_DASH in spread and number != spread else ""
    return f'<div class="sy-point"><b class="sy-km">{text.html(number)}</b>{shown}<br>{text.html(name)}</div>'


def _behind(t: Translator, answer: ExposureAnswer, row: pd.Series) -> list[str]:
    """Say what the number was counted from."""
    if answer.grid is None:
        said = t("peoplepage.from-settlements")
    else:
        said = t("peoplepage.from-grid", file=text.clean(answer.grid), cells=t.number(row["units"]))
    return [said, t("peoplepage.low-data")] if row["low_data"] and row["units"] > 0 else [said]


def _covered(t: Translator, answer: ExposureAnswer, share: float) -> None:
    """Say where the grid does not cover the zone: not covered is not nobody."""
    if answer.grid is None or share >= 1:
        return
    if share > 0:
        said = t("peoplepage.covered", percent=t.number(exposure_rows.covered_percent(share), 1))
    else:
        said = t("peoplepage.not-covered")
    st.warning(said, icon=":material/grid_off:")


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


def answer(t: Translator, dataset: Dataset, asked: Asked, radius_m: float | None) -> ExposureAnswer:
    """Answer the question; many places take a moment."""
    question = asked.question(radius_m)
    many = len(question.places) >= _MANY_PLACES
    with st.spinner(t("peoplepage.counting")) if many else nullcontext():
        return loaders.people_near(dataset, question, asked.people, asked.own)


def correction_control(t: Translator, dataset: Dataset, chosen: tuple[str, ...]) -> None:
    """Let a reader who knows a site's true position set it, and take the corrected table along."""
    sites = dataset.sites[dataset.sites["id"].isin(chosen)]
    st.markdown(f"**{t('correct.title')}**")
    if sites.empty:
        st.caption(t("correct.choose-site"))
        return
    names = {str(row["id"]): t.name(row) for row in sites.to_dict("records")}
    state.reword("correct.site")
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
