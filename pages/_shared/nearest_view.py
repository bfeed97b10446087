"""How the answer "where to take it" is asked for and shown: buttons, list, safety card, towns left out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, cast

import pandas as pd
import streamlit as st

from geo import directions, fieldpack, fieldwords, schema, sentences, text
from geo import downloads as files
from geo.nearest import NearestQuestion
from geo.remote import RemoteTownsQuestion
from pages._shared import gps, state, widgets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.dataset import Dataset
    from geo.i18n import Translator
    from geo.nearest import NearestAnswer
    from geo.remote import RemoteTownsAnswer
    from pages._shared.mapview import Click

PLACE_TABLES: Final = ("settlements", "road_nodes")
_AT: Final = "nearest.at"
_KM_M: Final = 1000.0
_MARGIN_DEG: Final = 0.05
_HOME: Final = "KG"
# Below this the point on the map is the place itself.
_EXACT_M: Final = 500.0


def waste_buttons(t: Translator) -> str:
    """Let the reader say what they hold, as large buttons."""
    return st.pills(
        t("nearest.waste"),
        schema.WASTE_TYPES,
        default="lamps",
        format_func=lambda code: t(f"choice.waste.{code}"),
        key="nearest.waste",
        required=True,
        persist_state="session",
    )


def locate(t: Translator) -> None:
    """Offer to find the reader by GPS."""
    gps.button(t, widget=_AT)


def whereabouts(t: Translator, labels: dict[str, str]) -> str | None:
    """Let the reader say where they are: a village's name in any script, or coordinates."""
    return widgets.where(t, _AT, labels)


def position(t: Translator, here: str | None, answer: NearestAnswer | None) -> None:
    """Say how exact the reader's position is, and that it lies abroad."""
    with st.container(key="nearest-remarks"):
        gps.remark(t, here)
        if answer is None or answer.place.country == _HOME or not answer.place.has_position:
            return
        country = answer.place.country
        said = t("field.nowhere") if country is None else t("field.abroad", country=sentences.country(t, country))
        st.warning(text.markdown(said, max_chars=None), icon=":material/public:")


def how_many(t: Translator) -> int:
    """Let the reader say how many points to list."""
    return int(st.number_input(t("nearest.count"), 1, 20, 3, key="nearest.count", persist_state="session"))


def question(here: str, waste: str, count: int, *, training: bool) -> NearestQuestion:
    """Build the question."""
    return NearestQuestion(at=here, waste=waste, k=count, training=training)


def safety_card(t: Translator) -> None:
    """Say what to do when a thermometer or a lamp broke, and whom to call."""
    with st.expander(t("card.title"), icon=":material/emergency:", expanded=st.query_params.get("card") == "1"):
        lines = "".join(f"<li>{text.html(t(f'card.{code}'), max_chars=None)}</li>" for code in fieldwords.CARD_LINES)
        st.html(
            f'<div class="sy-card"><ol>{lines}</ol><a class="sy-call" href="tel:112">{text.html(t("card.call-112"))}</a></div>'
        )
        st.caption(text.markdown(t("card.sources"), max_chars=None))


def _contact(t: Translator, point: Mapping[str, Any]) -> str:
    phone, hours = point.get("contact"), point.get("hours")
    known = [text.clean(value) for value in (phone, hours) if isinstance(value, str) and value.strip()]
    return " · ".join(known) if known else t("nearest.no-contact")


def point_html(t: Translator, point: Mapping[str, Any]) -> str:
    """Show one place: how far and which way, who it is, what it takes, whom to ask, who says so."""
    road_m = float(point["distance_m"])
    straight = (
        t("nearest.straight", distance=t.km(float(point["straight_line_m"]))),
        sentences.direction(t, float(point["bearing_deg"])),
    )
    if pd.isna(road_m):
        first, second = straight[0], [sentences.reason(t, str(point["reason"])), straight[1]]
    else:
        first = t("nearest.by-road", distance=t.km(road_m))
        second = [t.duration(float(point["travel_time_s"])), *straight]
    accepts = ", ".join(t(f"choice.waste.{code}") for code in point["accepts"] if code not in schema.DO_NOT_MOVE)
    evidence = t(f"choice.evidence.{point['evidence']}")
    example = (
        f'<div class="sy-example">{text.html(t("illustrative"))}</div>' if point["evidence"] == "illustrative" else ""
    )
    error_m = float(point["positional_error_m"])
    if error_m >= _EXACT_M and point["evidence"] != "illustrative":
        second.append(t("field.position-error", distance=t.km(error_m)))
    rows = [
        (t("column.evidence"), f"{evidence}, {t.date(point['source_date'])}"),
        (t("column.accepts"), accepts),
        (t("column.contact"), _contact(t, point)),
        (t("column.source"), str(point["source"])),
    ]
    abroad = _abroad_html(t, point)
    facts = "".join(f"<dt>{text.html(name)}</dt><dd>{text.html(value, max_chars=400)}</dd>" for name, value in rows)
    return (
        f'<div class="sy-point">{example}<b class="sy-km">{text.html(first)}</b>{text.html(" · ".join(second))}'
        f'<div class="sy-name">{text.html(t.name(point))}</div>{abroad}<dl class="sy-facts">{facts}</dl></div>'
    )


def _abroad_html(t: Translator, point: Mapping[str, Any]) -> str:
    """Warn of a point in another country, and of a road that leaves this one."""
    country, through = point.get("country"), [code for code in point["countries"] if isinstance(code, str)]
    said = []
    if isinstance(country, str) and country != _HOME:
        said.append(t("nearest.point-abroad", country=sentences.country(t, country)))
    if any(code != _HOME for code in through):
        said.append(t("field.through", countries=" → ".join(sentences.country(t, code) for code in through)))
    return "".join(f'<div class="sy-abroad">{text.html(line, max_chars=None)}</div>' for line in said)


def _points(t: Translator, heading: str, frame: pd.DataFrame) -> None:
    if frame.empty:
        return
    st.html(f'<div class="sy-label">{text.html(heading)}</div>')
    for point in cast("list[dict[str, Any]]", frame.to_dict("records")):
        st.html(point_html(t, point))
        _ways_out(t, point)


def _ways_out(t: Translator, point: Mapping[str, Any]) -> None:
    """Offer to call a place and to be led there; an example has neither."""
    number, there = directions.phone(point.get("contact")), directions.map_link(point, t.name(point))
    if there is None:
        return
    with st.container(horizontal=True):
        if number is not None:
            st.link_button(t("nearest.call", number=number), f"tel:{number}", icon=":material/call:", type="primary")
        st.link_button(t("field.directions"), there, icon=":material/directions:")


def listing(t: Translator, answer: NearestAnswer | None) -> None:
    """List the points, nearest first; without a confirmed one say so, and whom to call."""
    if answer is None:
        st.info(t("nearest.start-here"), icon=":material/pin_drop:")
        return
    if any(note.code == "training" for note in answer.notes):
        st.html(f'<div class="sy-example" role="alert">{text.html(t("note.training"), max_chars=None)}</div>')
    if answer.reason is not None:
        st.warning(text.markdown(sentences.reason(t, answer.reason), max_chars=None), icon=":material/error:")
    if answer.call:
        st.html(
            f'<a class="sy-call" href="tel:{text.html(answer.call)}">{text.html(t("nearest.call", number=answer.call))}</a>'
        )
    _points(t, t("nearest.points"), answer.points)
    _points(t, t("nearest.reported"), answer.reported)
    # That this is an exercise stands above the list already.
    widgets.notes(t, [note for note in answer.notes if note.code != "training"], answer.place)


def extent(answer: NearestAnswer | None) -> tuple[float, float, float, float]:
    """Give the view that holds the place and the nearest of each list; the others are a pan away."""
    if answer is None:
        return widgets.HOME_VIEW
    both = pd.concat([answer.points[["lon", "lat"]].head(1), answer.reported[["lon", "lat"]].head(1)])
    lons, lats = [answer.place.lon, *both["lon"].dropna()], [answer.place.lat, *both["lat"].dropna()]
    return min(lons) - _MARGIN_DEG, min(lats) - _MARGIN_DEG, max(lons) + _MARGIN_DEG, max(lats) + _MARGIN_DEG


def take_click(click: Click) -> None:
    """Ask from where the reader clicked on the map."""
    if click.lon is not None and click.lat is not None:
        state.pend(_AT, f"{click.lon!r},{click.lat!r}")


def downloads(t: Translator, answer: NearestAnswer) -> None:
    """Offer the list as files."""
    found = len(answer.points) + len(answer.reported) > 0
    widgets.downloads(t, lambda: files.nearest(answer, t), "nearest", tracks=found and not answer.question.training)


def field_page(t: Translator, dataset: Dataset) -> None:
    """Offer the page that works without a signal: to open on this phone, or as one file with the tables in use."""
    link = f'<a href="field/{t.language}" target="_blank" rel="noopener">{text.html(t("nearest.field-open"))}</a>'
    st.html(f'<p class="sy-sentence">{text.html(t("nearest.field"), max_chars=None)} {link}</p>')
    today = datetime.now(UTC).astimezone().date()
    st.download_button(
        t("nearest.field-take"),
        data=lambda: fieldpack.page(dataset, t.language, today).html,
        file_name=f"symap-field-{t.language}.html",
        mime="text/html",
        key="field-page",
        on_click="ignore",
    )


def remote_question(t: Translator, waste: str, *, training: bool) -> RemoteTownsQuestion:
    """Let a planner say which towns count as large and which distance as far."""
    left, right = st.columns(2)
    people = left.number_input(
        t("remote.people"), 0, 5_000_000, 10_000, 1_000, key="remote.people", persist_state="session"
    )
    far_km = right.number_input(t("remote.distance"), 1, 1_000, 50, 5, key="remote.distance", persist_state="session")
    movable = None if waste in schema.DO_NOT_MOVE else waste
    return RemoteTownsQuestion(
        min_population_persons=float(people), distance_m=far_km * _KM_M, waste=movable, training=training
    )


def remote(t: Translator, answer: RemoteTownsAnswer) -> None:
    """List the towns that lie far from every point that takes the waste."""
    if answer.reason is not None:
        st.info(text.markdown(sentences.reason(t, answer.reason), max_chars=None), icon=":material/info:")
    else:
        points = t.n("count.points", answer.points_considered)
        st.markdown(f"**{t.n('count.towns', len(answer.towns))}** · {t('remote.of-points', points=points)}")
        widgets.show_table(t, answer.towns, ("name", "population_persons", "distance_m", "reason"), key="remote")
    widgets.notes(t, answer.notes)
