"""Chapters of a brief: what one view shows, as title, headline, map, tables, notes and conflicts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

import pandas as pd

from geo import (
    brief_maps,
    brief_more,
    brief_sheets,
    brief_tables,
    downloads,
    headlines,
    inventory,
    means,
    plan_text,
    route_views,
    sentences,
    views,
)
from geo.errors import QuestionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geo.brief_tables import Table
    from geo.dataset import Dataset
    from geo.documents import Document
    from geo.exposure import ExposureAnswer
    from geo.extras import Extras
    from geo.headlines import Headline
    from geo.i18n import Translator
    from geo.inventory import InventoryAnswer
    from geo.means import Means
    from geo.nearest import NearestAnswer
    from geo.network import Network
    from geo.plans import PlanAnswer
    from geo.views import View

#: Lines of the page "Sources and methods", by its part.
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "unknown": (
        "collection-points", "positions", "samples", "populations", "production", "today", "roads", "hospitals",
        "minamata", "siting",
    ),
    "methods": (
        "exposure.min", "exposure.central", "exposure.max", "exposure.position", "exposure.low-data",
        "exposure.circle", "exposure.grid", "route.length", "route.time", "route.snap", "route.country",
        "corridor.width", "nearest.rank", "people.rounding",
    ),
    "rules": ("minamata", "basel", "adr", "kyrgyz-law", "boundaries", "do-not-move"),
    "about": ("what", "languages", "privacy", "licence"),
}  # fmt: skip
_NAMED: Final = ["source", "evidence"]
_STEMS: Final = {"unknown": "unknown", "methods": "method", "rules": "rules", "about": "about"}
_METHODS: Final = {
    "exposure": ("exposure.min", "exposure.central", "exposure.max", "exposure.position", "exposure.low-data", "exposure.circle", "people.rounding"),
    "grid": ("exposure.grid", "exposure.position", "exposure.circle", "people.rounding"),
    "routes": ("route.length", "route.time", "route.snap", "route.country"),
    "corridor": ("corridor.width", "people.rounding"),
    "nearest": ("nearest.rank", "route.length", "route.time", "route.snap"),
    "overview": (),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Chapter:
    """What one view shows.

    Parameters
    ----------
    view
        The view; ``address`` is how a link writes it.
    headline
        Question, number, range, sentence, evidence; None for a view that gives lines of text alone.
    title
        The question in words.
    drawn, bounds
        Layers of its map and what has to be seen; no layers where it has no map.
    remark
        What the map leaves out; may be empty.
    tables
        In words.
    notes
        What must be known of the answer.
    lines
        Sentences of a view that is text.
    method
        How the numbers were counted.
    claims
        Ids of the statements, in the ledger of conflicts, about the records named.
    kinds
        Kinds of evidence that its headline and tables name.
    illustrative
        Something in it is only an example.
    document
        The same tables with full numbers; None where there are none.
    """

    view: View
    title: str
    headline: Headline | None = None
    drawn: tuple[Any, ...] = ()
    bounds: tuple[float, float, float, float] = brief_maps.HOME
    remark: str = ""
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    method: tuple[str, ...] = ()
    claims: frozenset[str] = frozenset()
    kinds: tuple[str, ...] = ()
    illustrative: bool = False
    document: Document | None = None

    @property
    def address(self) -> str:
        """Write the view as a link does."""
        return views.encode(self.view)


def _methods(t: Translator, *parts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(t(f"method.{code}") for part in parts for code in _METHODS[part]))


def _claims(dataset: Dataset, ids: Iterable[str | None]) -> frozenset[str]:
    """Find the conflicts about the records that a view names."""
    known = set(dataset.sites["id"]) | set(dataset.settlements["id"]) | set(dataset.storage["id"])
    wanted: set[str] = set()
    for record_id in ids:
        if record_id in known:
            wanted |= set(inventory.describe(dataset, str(record_id)).claims["id"])
    return frozenset(wanted)


def _exposure(
    dataset: Dataset, view: View, answered: tuple[ExposureAnswer, Extras | None], t: Translator, have: Means
) -> Chapter:
    answer, more = answered
    drawn, bounds = brief_maps.exposure(dataset, answer, t, () if more is None else have.layers)
    radius_m = headlines.headline_radius_m(answer, view.values["radius_m"])
    headline = headlines.exposure(answer, t, radius_m=radius_m)
    further = [] if more is None else brief_more.people(answer, more, radius_m, t)
    remarks = (*answer.notes, *(() if more is None else more.notes))
    # Both where two sources stand side by side.
    counted = ["exposure"] if answer.grid is None or (more is not None and more.comparison is not None) else []
    counted += ["grid"] if answer.grid is not None else []
    return Chapter(
        view=view,
        title=headline.title,
        headline=headline,
        drawn=tuple(drawn),
        bounds=bounds,
        tables=(*brief_tables.exposure(answer, t), *further),
        notes=downloads.notes(t, remarks, *answer.places),
        method=_methods(t, *counted),
        claims=_claims(dataset, (place.id for place in answer.places)),
        illustrative=answer.evidence == "illustrative",
        document=downloads.exposure(answer, t, more),
    )


def _journey(dataset: Dataset, view: View, plan: PlanAnswer, t: Translator, network: Network | None) -> Chapter:
    """Tell the road that the view shows, whom it passes, and the roads to weigh against it."""
    shown = view.values["road"]
    answer = route_views.pick(plan, shown)
    drawn, bounds = brief_maps.journey(dataset, plan, shown, t, network)
    headline = headlines.route(answer, t)
    ends = answer.origin, answer.destination
    told_plan = plan_text.document(plan, t)
    people = () if plan.corridor is None else brief_sheets.along(plan.corridor, t)
    instead = plan.people_reason is not None and plan.question.route.minimise == "people"
    told = (
        *([t("cli.plan.quickest-instead")] if instead else []),
        *([sentences.reason(t, answer.reason)] if answer.reachable and answer.reason is not None else []),
        *([plan_text.people(plan, t)] if answer is plan.route and plan.corridor is not None else []),
        *(downloads.notes(t, answer.notes, *ends) if answer is not plan.route else ()),
        *plan_text.told(plan, t, of_road=answer is plan.route),
    )
    return Chapter(
        view=view,
        title=headline.title,
        headline=replace(headline, sources=tuple(dict.fromkeys((*headline.sources, *plan_text.sources(plan))))),
        drawn=tuple(drawn),
        bounds=bounds,
        tables=(*brief_tables.route(answer, t), *brief_more.journey(plan, t)),
        notes=tuple(dict.fromkeys(told)),
        method=_methods(t, view.page, *(() if plan.corridor is None else ("corridor",))),
        claims=_claims(dataset, (end.id for end in ends)),
        illustrative=answer.evidence == "illustrative",
        document=replace(told_plan, sheets=(*told_plan.sheets, *people)),
    )


def _sources_of_roads(dataset: Dataset, answer: NearestAnswer, network: Network | None) -> list[str]:
    """Say who gives the lengths of the roads to all places listed: those of the routes drawn to them."""
    from geo import routing  # noqa: PLC0415 - a brief loads what its views need
    from geo.route_question import RouteQuestion  # noqa: PLC0415 - as above

    asked = answer.question
    told: list[str] = []
    for frame in (answer.points, answer.reported):
        for record in frame.loc[frame["distance_m"].gt(0), "id"]:
            question = RouteQuestion(
                answer.place.text, str(record), "distance", asked.stay_in_country, asked.snap_limit_m, asked.rules, asked.training
            )  # fmt: skip
            told += routing.find(dataset, question, network).sections["source"].tolist()
    return told


def _nearest(dataset: Dataset, view: View, answer: NearestAnswer, t: Translator, network: Network | None) -> Chapter:
    drawn, bounds = brief_maps.nearest(dataset, answer, t)
    headline = headlines.nearest(answer, t)
    listed = pd.concat([answer.points[_NAMED], answer.reported[_NAMED]])
    roads = _sources_of_roads(dataset, answer, network)
    left_out = brief_maps.beyond(answer, bounds)
    return Chapter(
        view=view,
        title=headline.title,
        headline=replace(headline, sources=_distinct(headline.sources, listed["source"], roads)),
        drawn=tuple(drawn),
        bounds=bounds,
        remark=t.n("brief.outside-frame", left_out) if left_out else "",
        tables=tuple(brief_tables.nearest(answer, t)),
        notes=downloads.notes(t, answer.notes, answer.place),
        method=_methods(t, view.page),
        kinds=_distinct(listed["evidence"]),
        illustrative=bool((listed["evidence"] == "illustrative").any()),
        document=downloads.nearest(answer, t),
    )


def _overview(dataset: Dataset, view: View, answer: InventoryAnswer, t: Translator) -> Chapter:
    drawn, bounds = brief_maps.records(dataset, answer, view, t)
    headline = headlines.records(answer, t)
    picked = inventory.describe(dataset, view.values["record"]) if view.values["record"] else None
    note = "" if picked is None else t.name(picked.record, "note", max_chars=None)
    shown = [*(() if picked is None else (picked.quantities,)), *_shown(answer)]
    left_out = brief_maps.outside(answer)
    return Chapter(
        view=view,
        title=headline.title,
        headline=headline,
        drawn=tuple(drawn),
        bounds=bounds,
        remark=t.n("brief.outside-frame", left_out) if left_out else "",
        tables=(*(() if picked is None else brief_tables.quantities(picked, t)), *brief_tables.records(answer, t)),
        notes=(f"{t.name(picked.record)}: {note}",) if picked is not None and note else (),
        method=_methods(t, view.page),
        claims=_claims(dataset, [view.values["record"]]),
        kinds=_distinct(*(frame["evidence"] for frame in shown)),
        illustrative=any((frame["evidence"] == "illustrative").any() for frame in _shown(answer)),
        document=brief_sheets.records(answer, picked, t),
    )


def _distinct(*parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for part in parts for one in part if isinstance(one, str) and one))


def _shown(answer: InventoryAnswer) -> list[pd.DataFrame]:
    return [getattr(answer, table) for table in answer.question.tables]


def _sources(dataset: Dataset, view: View, t: Translator) -> Chapter:
    part = view.values["part"]
    lines = tuple(t(f"{_STEMS[part]}.{code}") for code in PARTS[part]) if part in PARTS else ()
    found = brief_tables.of_part(dataset, part, t)
    tables, document = () if found is None else (found,), brief_sheets.of_part(dataset, part, t)
    title = t(f"sources.part.{part}")
    if found is not None and found.title == title:
        # The same heading twice says nothing the second time.
        title = f"{t('nav.sources')}: {title}"
    return Chapter(view=view, title=title, lines=lines, tables=tables, document=document)


def make(dataset: Dataset, view: View, t: Translator, at_hand: Means | None = None) -> Chapter:
    """Answer a view's question and put the answer into words.

    Parameters
    ----------
    dataset
        Tables.
    view
        A page with its whole question.
    t
        Language.
    at_hand
        What the view may rest on beside the tables.

    Raises
    ------
    QuestionError
        ``brief-no-question`` for a view in which a place is still to be chosen; ``view-needs-people`` or
        ``view-needs-network`` for one that rests on a file which is not at hand; what the question refuses.
    """
    if view.page == "sources":
        return _sources(dataset, view, t)
    tables, have = views.corrected(dataset, view), at_hand or means.Means()
    if view.page == "exposure":
        return _exposure(tables, have.told(view), means.people_near(tables, view, have), t, have)
    if view.page == "routes":
        plan = means.journey(tables, view, have)
        return _journey(tables, have.told(view), plan, t, means.network_of(view, have))
    question = views.question(view)
    if question is None:
        raise QuestionError("brief-no-question", found=views.encode(view))
    if view.page == "overview":
        return _overview(tables, view, inventory.select(tables, cast("Any", question)), t)
    from geo import nearest  # noqa: PLC0415 - a brief loads what its views need

    network = means.network_of(view, have)
    return _nearest(tables, view, nearest.find(tables, cast("Any", question), network), t, network)
