"""Links to a page with everything chosen on it: which widget holds which value of the address, both ways.

The frame of the app applies an address before its page runs and reads the page's choices after it ran; a page needs
no code for it. A new control gets one row in :data:`geo.views.PAGES` and one here.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import parse_qsl, urlsplit

import streamlit as st

from geo import places, sentences, text, views, viewvalues
from geo.errors import QuestionError
from geo.i18n import choose_language
from pages._shared import networks, state

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from geo.i18n import Translator
    from geo.views import Reading, View

_SEEN: Final = "links-seen"
_OPENED: Final = "link-opened"
#: How many of the addresses that this session wrote are remembered.
_REMEMBERED: Final = 1000
_KM_M: Final = 1000
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)?")
#: Messages of one link that are shown; more only repeat that it is broken.
_MOST_MESSAGES: Final = 6


def _radii_text(t: Translator, radii_m: tuple[float, ...]) -> str:
    """Write radii in kilometres as the reader would type them, every digit kept."""
    plain = [f"{(Decimal(repr(radius_m)) / _KM_M).normalize():f}" for radius_m in radii_m]
    return "; ".join(plain if t.language == "en" else [part.replace(".", ",") for part in plain])


def _radii_m(typed: str) -> tuple[float, ...]:
    return tuple(float(part.replace(",", ".")) * _KM_M for part in _NUMBER.findall(typed))


def _as_it_is(_t: Translator, value: Any) -> Any:  # noqa: ANN401 - each widget holds its own type
    return value


def _as_list(_t: Translator, value: Collection[str]) -> list[str]:
    return list(value)


@dataclass(frozen=True, slots=True)
class Binding:
    """Which widget holds a value.

    Parameters
    ----------
    key
        Key of the widget in the session.
    label
        Key of the message that names the value to a reader.
    give
        Makes the widget's value from the view's.
    take
        Makes the view's value from the widget's.
    """

    key: str
    label: str
    give: Callable[[Translator, Any], Any] = _as_it_is
    take: Callable[[Any], Any] = lambda value: value


def _same(key: str, label: str = "") -> Binding:
    return Binding(key, label or key)


def _of_the_server(code: str) -> str:
    """Name the population grid of the server; a grid that the reader sent stays with the session."""
    return "settlements" if code.startswith("own:") else code


def _or_unsaid(_t: Translator, kind: str | None) -> str:
    return kind or "unsaid"


def _unless_unsaid(kind: str) -> str | None:
    return None if kind == "unsaid" else kind


def _or_day(_t: Translator, day: str | None) -> date | None:
    return None if day is None else date.fromisoformat(day)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _listed(key: str) -> Binding:
    return Binding(key, key, _as_list)


#: Widgets of each page by the name of the value in :data:`geo.views.PAGES`; corrected positions have no widget.
BINDINGS: Final[Mapping[str, Mapping[str, Binding]]] = {
    "overview": {
        "layers": _listed("overview.layers"),
        "waste": _same("overview.waste"),
        "kinds": _listed("overview.kinds"),
        "evidence": _listed("overview.evidence"),
        "not_mercury": _same("overview.not-mercury"),
        "record": _same("overview.record"),
    },
    "exposure": {
        "places": _listed("exposure.places"),
        "radii_m": Binding("exposure.radii", "exposure.radii", _radii_text, _radii_m),
        "radius_m": _same("exposure.radius", "exposure.within"),
        "people": Binding("exposure.people-source", "peoplepage.source", take=_of_the_server),
        "grid_kind": Binding("exposure.grid-kind", "peoplepage.cells-hold", _or_unsaid, _unless_unsaid),
        "union": _same("exposure.union"),
        "compare": _same("exposure.compare"),
        "shading": _same("exposure.shading"),
    },
    "routes": {
        "from": _same("route.from"),
        "to": _same("route.to"),
        "minimise": _same("route.minimise"),
        "through_abroad": _same("route.through-abroad"),
        "date": Binding("route.date", "routepage.date", _or_day, _iso),
        "vehicle": _same("route.vehicle", "routepage.vehicle"),
        "stay_in": Binding("route.stay-in", "routepage.stay-in", _as_list),
        "set_aside": _same("route.set-aside", "routepage.closures"),
        "avoid": _same("route.avoid", "routepage.avoid"),
        "network": Binding("route.network", "routepage.network", take=networks.in_link),
        "people": Binding("exposure.people-source", "peoplepage.source", take=_of_the_server),
        "grid_kind": Binding("exposure.grid-kind", "peoplepage.cells-hold", _or_unsaid, _unless_unsaid),
        "width_m": _same("corridor.width", "corridorpage.width"),
        "others": _same("route.others", "routepage.how-many"),
        "road": _same("route.road", "routepage.option"),
        "reach_from": _same("route.reach-from", "routepage.reach-from"),
        "reach_minutes": Binding("route.reach-minutes", "routepage.reach-minutes", _as_list),
        "training": _same("route.training"),
    },
    "nearest": {
        "at": _same("nearest.at"),
        "waste": _same("nearest.waste"),
        "count": _same("nearest.count"),
        "training": _same("nearest.training"),
        "remote_people": _same("remote.people"),
        "remote_distance_km": _same("remote.distance"),
    },
    "sources": {
        "part": _same("sources.part"),
    },
}


def _grids() -> Collection[str]:
    from pages._shared import peopledata  # noqa: PLC0415 - the first page draws sooner without it

    return peopledata.grids()


#: Values of a view that name a file: what is said where it is missing, and which are at hand.
_FILES: Final[Mapping[str, tuple[str, Callable[[], Collection[str]]]]] = {
    "people": ("view-needs-people", _grids),
    "network": ("view-needs-network", networks.at_hand),
}
_IN_METRES: Final = frozenset({"radii_m", "radius_m", "width_m"})


def _mark(pairs: Collection[tuple[str, str]]) -> int:
    return hash(frozenset(pairs))


def _seen() -> deque[int]:
    """Give the addresses that this session has opened or written itself, which a browser may report back late."""
    return cast("deque[int]", st.session_state.setdefault(_SEEN, deque(maxlen=_REMEMBERED)))


def _check_files(found: Reading) -> Reading:
    """Put what is bundled in place of grids and networks that are not at hand here, and name them."""
    values, changes, problems = found.view.values, {}, list(found.problems)
    for one in views.PAGES[found.view.page]:
        code = values[one.name]
        if one.name not in _FILES or code == one.default:
            continue
        problem, at_hand = _FILES[one.name]
        if code not in at_hand():
            changes[one.name] = one.default
            problems.append(QuestionError(problem, found=str(code).removeprefix("own:")))
    return views.Reading(found.view.changed(**changes), tuple(problems)) if changes else found


def open_address(t: Translator, page: str) -> None:
    """Put the choices that the browser's address holds into the widgets of the page, once.

    Parameters
    ----------
    t
        Reader's language.
    page
        Code of the page that is about to run.
    """
    query = st.query_params
    pairs = [(name, value) for name in query for value in query.get_all(name) if not views.is_foreign(name)]
    if page not in BINDINGS or not pairs or _mark(pairs) in _seen():
        return
    _seen().append(_mark(pairs))
    found = _check_files(views.check_places(views.read_pairs(page, pairs), state.dataset()))
    for name, binding in BINDINGS[page].items():
        st.session_state[binding.key] = binding.give(t, found.view.values[name])
    for one in found.view.values.get("corrections", ()):
        state.position_corrections()[one.site_id] = one
    st.session_state[_OPENED] = found


def _value(page: str, name: str, default: object) -> Any:  # noqa: ANN401 - as many types as widgets
    binding = BINDINGS[page][name]
    chosen = state.told(binding.key, st.session_state.get(binding.key, default))
    return default if chosen is default else binding.take(chosen)


def current(page: str) -> Reading | None:
    """Give what is chosen on a page that has just run.

    Returns
    -------
    Reading | None
        The view, with a problem for each value that no address can carry (its default stands in the view);
        None for a page without a view.
    """
    if page not in BINDINGS:
        return None
    values: dict[str, object] = {}
    problems: list[QuestionError] = []
    for one in views.PAGES[page]:
        if one.kind == "corrections":
            values[one.name] = tuple(state.position_corrections().values())
            continue
        try:
            values[one.name] = viewvalues.check(one, _value(page, one.name, one.default))
        except QuestionError as problem:
            problems.append(problem)
    return views.Reading(views.View(page, values), tuple(problems))


def holds_a_spot(view: View) -> bool:
    """Tell whether a link would hold the spot where its reader stood."""
    here = view.values.get("at")
    return isinstance(here, str) and places.read_spot(here) is not None


def root() -> str:
    """Give the address of the app's first page as the reader's browser knows it; empty where it is not known."""
    address = (st.context.url or "").rstrip("/")
    head, _, last = address.rpartition("/")
    return head if last in views.PAGES else address


def remember(view: View) -> str:
    """Give what the browser's address bar shall say of a view, and know it when the browser reports it back.

    Returns
    -------
    str
        The query; with the language where the browser would choose another.
    """
    state_language = state.start_language()
    wish = None if choose_language(None, st.context.locale) == state_language else state_language
    query = urlsplit(views.link(view, "", lang=wish)).query
    pairs = [pair for pair in parse_qsl(query, keep_blank_values=True) if not views.is_foreign(pair[0])]
    if _mark(pairs) not in _seen():
        _seen().append(_mark(pairs))
    return query


def sentence(t: Translator, page: str, problem: QuestionError) -> str:
    """Say what could not be read or carried, the value by the name that its control has on the page."""
    params = dict(problem.params)
    name = str(params.pop("name", ""))
    binding = BINDINGS[page].get(name)
    if name == "corrections":
        return sentences.error(t, QuestionError(problem.code, name=t("correct.title"), **params))
    if binding is None:
        return sentences.error(t, problem)
    label = t(binding.label)
    if problem.code == "view-out-of-range" and name in _IN_METRES:
        params = {part: t.km(float(length_m)) for part, length_m in params.items()}
    if problem.code.startswith("view-"):
        return sentences.error(t, QuestionError(problem.code, name=label, **params))
    return f"{label}: {sentences.error(t, QuestionError(problem.code, **params))}"


def tell(t: Translator, now: View) -> None:
    """Say above the page what could not be read of the address and what it brought, until something is chosen anew."""
    opened: Reading | tuple[Reading, View] | None = st.session_state.get(_OPENED)
    if opened is None:
        return
    if not isinstance(opened, tuple):
        # The page may settle values that depend on each other; what it made of the link counts.
        opened = st.session_state[_OPENED] = (opened, now)
    found, then = opened
    if then != now:
        del st.session_state[_OPENED]
        return
    said = dict.fromkeys(sentence(t, found.view.page, problem) for problem in found.problems)
    if said:
        lines = [t("view.problems"), *(f"- {text.markdown(line, max_chars=400)}" for line in said)]
        st.warning("\n".join(lines[: _MOST_MESSAGES + 1]), icon=":material/link_off:")
    if sites := found.view.values.get("corrections", ()):
        names = state.dataset().sites.set_index("id")
        told = t(
            "view.corrected",
            sites=", ".join(t.name(names.loc[one.site_id]) for one in sites),
            page=t("nav.exposure"),
            more=t("frame.more"),
        )
        st.info(text.markdown(told, max_chars=None), icon=":material/edit_location:")
