"""How the answer "which road" is shown: length, time, countries, what the rules did, the road book, files."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from geo import export, headlines, plan_words, sentences, text
from geo.documents import Sheet, in_language
from geo.evidence import Note
from geo.road_layers import option_name
from geo.route_views import MAIN
from geo.rules import STAY_IN
from pages._shared import loaders, networks, route_book, widgets
from pages._shared.route_clicks import ROAD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.dataset import Dataset
    from geo.documents import Document
    from geo.i18n import Translator
    from geo.routing import RouteAnswer
    from geo.rule_effects import RuleEffect
    from pages._shared.journeys import Journey

_MARGIN_DEG: Final = 0.03
_SECTIONS: Final = (
    *("from_name", "to_name", "road_number", "length_m", "length_basis", "surface", "winter_closure", "countries"),
    *("source", "source_date"),
)
#: What the box about rules says already.
_TOLD: Final = ("changed-by-", "only-by-breaking-", "rule-", "shorter-abroad", "faster-abroad", "better-abroad")
_MOST_SECTIONS: Final = 300
_MANY: Final = 12
_TALL_PX: Final = 440
_TRACKS: Final = (".gpx", ".kml")
_SHEETS: Final = (".csv", ".xlsx")


def heading(t: Translator, journey: Journey | None) -> str:
    """Word the page's question with the names of both ends."""
    return headlines.route_title(t, None if journey is None else journey.route)


def headline(t: Translator, journey: Journey | None) -> None:
    """Show length, time and countries, and what the rules did to the road."""
    if journey is None:
        st.info(t("route.start-here"), icon=":material/alt_route:")
        return
    answer, best = journey.route, journey.answer.route
    if journey.shown != MAIN:
        _another(t, journey)
    if journey.answer.people_reason is not None and journey.asked.route.minimise == "people":
        reason = sentences.reason(t, journey.answer.people_reason)
        _say(f"{reason} {t('cli.plan.quickest-instead')}", ":material/group_off:")
    if not answer.reachable or answer.distance_m is None:
        if answer.reason is not None:
            st.warning(text.markdown(sentences.reason(t, answer.reason), max_chars=None), icon=":material/block:")
    else:
        told = headlines.route(answer, t)
        widgets.headline(label=told.label, number=told.number, detail=told.detail, sentence=told.sentence)
        widgets.evidence(t, told.evidence, sources=told.sources, when=told.when, key="route")
        st.caption(t("route.legs", start=t.km(answer.snap_from_m), end=t.km(answer.snap_to_m)))
    _rules(t, best)
    _network(t, journey)
    notes = (*answer.notes, *(journey.answer.notes if journey.asked.route.minimise == "people" else ()))
    widgets.notes(t, [note for note in notes if not _is_told(note)], answer.origin, answer.destination)


def _say(words: str, icon: str) -> None:
    st.info(text.markdown(words, max_chars=None), icon=icon)


def _is_told(note: Note) -> bool:
    return note.code.startswith(_TOLD)


def _another(t: Translator, journey: Journey) -> None:
    """Say that another road than the best one is looked at, and offer the way back."""
    with st.container(horizontal=True, vertical_alignment="center", key="route-another"):
        st.markdown(f"**{option_name(t, journey.shown)}**", width="content")
        st.button(t("routepage.back-to-main"), key="route.back", icon=":material/undo:", on_click=_choose, args=(MAIN,))


def _choose(road: str) -> None:
    st.session_state[ROAD] = road


def _rules(t: Translator, answer: RouteAnswer) -> None:
    """Say of each rule that changed the road who says so, and what it costs; without a road, what breaking it would."""
    for effect in answer.rules_applied:
        if effect.ids == (STAY_IN,):
            _abroad(t, answer, effect)
        else:
            st.warning(_effect(t, effect), icon=":material/rule:")


def _abroad(t: Translator, answer: RouteAnswer, effect: RuleEffect) -> None:
    """Say what a road through other countries would be."""
    plain = answer.reachable and answer.question.minimise == "distance" and answer.question.rules.stay_in is None
    told = t(
        "route.abroad" if plain else "routepage.abroad",
        distance=t.km(effect.distance_m),
        time=t.duration(effect.travel_time_s),
        countries=headlines.countries_in_order(t, effect.countries) or t("no-data"),
    )
    st.warning(text.markdown(told, max_chars=None), icon=":material/flag:")


def _effect(t: Translator, effect: RuleEffect) -> str:
    """Word one rule, or several that only together did anything, as Markdown."""
    blocks = effect.saved_m is None
    without = t(
        "routepage.rule-without",
        distance=t.km(effect.distance_m),
        time=t.duration(effect.travel_time_s),
        countries=headlines.countries_in_order(t, effect.countries) or t("no-data"),
    )
    told = [t("routepage.rule-blocks" if blocks else "routepage.rule-changed")]
    told += [f"- {_rule(t, rule.params, rule.code, rule.evidence)}" for rule in effect.rules]
    told.append("")
    if effect.saved_m is None:
        return "\n".join([*told, t("routepage.rule-if-not", without=without)])
    saved_s = t("no-data") if effect.saved_s is None else _more(t.duration(abs(effect.saved_s)), effect.saved_s)
    cost = t("routepage.rule-cost", distance=_more(t.km(abs(effect.saved_m)), effect.saved_m), time=saved_s)
    return "\n".join([*told, f"{t('routepage.rule-if-not', without=without)} {cost}"])


def _rule(t: Translator, params: Mapping[str, str | float], code: str, evidence: str | None) -> str:
    told = text.markdown(sentences.note(t, Note(f"rule-{code}", params)), max_chars=None)
    return told if evidence is None else f"{told} _{t(f'choice.evidence.{evidence}')}_"


def _more(words: str, value: float) -> str:
    return f"{'+' if value > 0 else '−' if value < 0 else '±'}\u00a0{words}"


def _network(t: Translator, journey: Journey) -> None:
    """Say on which roads the answer rests."""
    told = networks.told(t, journey.network, journey.roads)
    st.caption(text.markdown(told, max_chars=None))


def extent(journey: Journey | None) -> tuple[float, float, float, float]:
    """Give the view that holds the road and those to choose from, so that a choice moves nothing; else both ends."""
    if journey is None:
        return widgets.HOME_VIEW
    best = journey.answer.route
    found = [best.geometry, journey.route.geometry, *(one.route.geometry for one in journey.answer.alternatives)]
    boxes = [line.bounds for line in found if line is not None]
    # Where no road leads, the ends; a place without a position is nowhere.
    boxes += [
        (place.lon, place.lat, place.lon, place.lat) for place in (best.origin, best.destination) if place.has_position
    ]
    if not boxes:
        return widgets.HOME_VIEW
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return min(wests) - _MARGIN_DEG, min(souths) - _MARGIN_DEG, max(easts) + _MARGIN_DEG, max(norths) + _MARGIN_DEG


def road_book(t: Translator, dataset: Dataset, journey: Journey) -> None:
    """List the roads that are driven, in order, as a driver reads them."""
    told = loaders.road_book(dataset, t.language, journey.asked, journey.roads, journey.people, journey.shown)
    if len(told):
        st.markdown(f"**{t('routepage.road-book')}** · {t.n('routepage.roads', len(told))}")
        st.dataframe(told, hide_index=True, height=_TALL_PX if len(told) > _MANY else "content", key="table-stages")


def sections(t: Translator, journey: Journey) -> None:
    """List the sections in order of travel, each with its source."""
    frame = journey.route.sections
    if not len(frame):
        return
    label = f"{t('route.sections')} · {t.n('count.sections', len(frame))}"
    with widgets.fold(label, key="route.sections-open", icon=":material/list:") as is_open:
        if is_open:
            widgets.show_table(t, frame.head(_MOST_SECTIONS), _SECTIONS, key="sections")
            if len(frame) > _MOST_SECTIONS:
                st.caption(t("routepage.sections-more", count=t.number(len(frame) - _MOST_SECTIONS)))


def _document(t: Translator, journey: Journey, file: str) -> Document:
    """Make the document of what is shown: the road, what was weighed against it, and its road book."""
    shown = replace(journey.answer, route=journey.route)
    if file.endswith(_TRACKS):
        # Who drives by a file gets one road, not several to choose from.
        shown = replace(shown, alternatives=(), tradeoff=())
    made = plan_words.document(shown, t, lines_first=not file.endswith(_SHEETS))
    book = Sheet("route_stages", in_language(route_book.stages(t, journey.route, journey.network), t))
    return replace(made, sheets=(*made.sheets[:2], book, *made.sheets[2:]))


def _written(t: Translator, journey: Journey, file: str) -> bytes:
    return export.write(_document(t, journey, file), t, file)


def downloads(t: Translator, journey: Journey) -> None:
    """Offer the road as files, each made when its button is pressed; no track leads along an example."""
    if not journey.route.reachable:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="downloads-route"):
        st.caption(t("frame.download"), width="content")
        for ending in export.FORMATS if journey.route.evidence != "illustrative" else export.TABLE_FORMATS:
            file = f"symap-route{ending}"
            st.download_button(
                ending.lstrip(".").upper(),
                data=partial(_written, t, journey, file),
                file_name=file,
                key=f"download-route{ending}",
                on_click="ignore",
            )
