"""Chapters of a brief: what one view shows, as title, headline, map, tables, notes and conflicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from geo import brief_maps, brief_tables, downloads, headlines, inventory, route_views, sentences, views
from geo.errors import QuestionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from geo.brief_tables import Table
    from geo.dataset import Dataset
    from geo.documents import Document
    from geo.evidence import Note
    from geo.exposure import ExposureAnswer
    from geo.headlines import Headline
    from geo.i18n import Translator
    from geo.inventory import InventoryAnswer
    from geo.nearest import NearestAnswer
    from geo.routing import RouteAnswer
    from geo.views import View

#: Lines of the page "Sources and methods", by its part.
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "unknown": (
        "collection-points", "positions", "samples", "populations", "production", "today", "roads", "hospitals",
        "minamata", "siting",
    ),
    "methods": (
        "exposure.min", "exposure.central", "exposure.max", "exposure.position", "exposure.low-data",
        "exposure.circle", "route.length", "route.time", "route.snap", "route.country", "nearest.rank",
        "people.rounding",
    ),
    "rules": ("minamata", "basel", "adr", "kyrgyz-law", "boundaries", "do-not-move"),
    "about": ("what", "languages", "privacy", "licence"),
}  # fmt: skip
_STEMS: Final = {"unknown": "unknown", "methods": "method", "rules": "rules", "about": "about"}
_METHODS: Final = {
    "exposure": ("exposure.min", "exposure.central", "exposure.max", "exposure.position", "exposure.low-data", "exposure.circle", "people.rounding"),
    "routes": ("route.length", "route.time", "route.snap", "route.country"),
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
    illustrative: bool = False
    document: Document | None = None

    @property
    def address(self) -> str:
        """Write the view as a link does."""
        return views.encode(self.view)


def _methods(t: Translator, page: str) -> tuple[str, ...]:
    return tuple(t(f"method.{code}") for code in _METHODS[page])


def _claims(dataset: Dataset, ids: Iterable[str | None]) -> frozenset[str]:
    """Find the conflicts about the records that a view names."""
    known = set(dataset.sites["id"]) | set(dataset.settlements["id"]) | set(dataset.storage["id"])
    wanted: set[str] = set()
    for record_id in ids:
        if record_id in known:
            wanted |= set(inventory.describe(dataset, str(record_id)).claims["id"])
    return frozenset(wanted)


def _exposure(dataset: Dataset, view: View, answer: ExposureAnswer, t: Translator) -> Chapter:
    drawn, bounds = brief_maps.exposure(dataset, answer, t)
    headline = headlines.exposure(answer, t, radius_m=view.values["radius_m"])
    return Chapter(
        view=view,
        title=headline.title,
        headline=headline,
        drawn=tuple(drawn),
        bounds=bounds,
        tables=tuple(brief_tables.exposure(answer, t)),
        notes=downloads.notes(t, answer.notes, *answer.places),
        method=_methods(t, view.page),
        claims=_claims(dataset, (place.id for place in answer.places)),
        illustrative=answer.evidence == "illustrative",
        document=downloads.exposure(answer, t),
    )


def _remarks(t: Translator, reason: Note | None, told: tuple[str, ...]) -> tuple[str, ...]:
    return told if reason is None else tuple(dict.fromkeys((sentences.reason(t, reason), *told)))


def _route(dataset: Dataset, view: View, answer: RouteAnswer, t: Translator) -> Chapter:
    drawn, bounds = brief_maps.route(dataset, answer, t)
    headline = headlines.route(answer, t)
    ends = answer.origin, answer.destination
    return Chapter(
        view=view,
        title=headline.title,
        headline=headline,
        drawn=tuple(drawn),
        bounds=bounds,
        tables=tuple(brief_tables.route(answer, t)),
        notes=_remarks(t, answer.reason if answer.reachable else None, downloads.notes(t, answer.notes, *ends)),
        method=_methods(t, view.page),
        claims=_claims(dataset, (end.id for end in ends)),
        illustrative=answer.evidence == "illustrative",
        document=downloads.route(answer, t),
    )


def _nearest(dataset: Dataset, view: View, answer: NearestAnswer, t: Translator) -> Chapter:
    drawn, bounds = brief_maps.nearest(dataset, answer, t)
    headline = headlines.nearest(answer, t)
    examples = (answer.points["evidence"] == "illustrative").any() or (
        answer.reported["evidence"] == "illustrative"
    ).any()
    return Chapter(
        view=view,
        title=headline.title,
        headline=headline,
        drawn=tuple(drawn),
        bounds=bounds,
        tables=tuple(brief_tables.nearest(answer, t)),
        notes=downloads.notes(t, answer.notes, answer.place),
        method=_methods(t, view.page),
        illustrative=bool(examples),
        document=downloads.nearest(answer, t),
    )


def _overview(dataset: Dataset, view: View, answer: InventoryAnswer, t: Translator) -> Chapter:
    drawn, bounds = brief_maps.records(dataset, answer, view, t)
    headline = headlines.records(answer, t)
    picked = inventory.describe(dataset, view.values["record"]) if view.values["record"] else None
    note = "" if picked is None else t.name(picked.record, "note", max_chars=None)
    examples = any((frame["evidence"] == "illustrative").any() for frame in _shown(answer))
    left_out = brief_maps.outside(answer)
    documents = downloads.table(dataset, answer.question.tables[0]) if answer.question.tables else None
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
        illustrative=examples,
        document=documents,
    )


def _shown(answer: InventoryAnswer) -> list[pd.DataFrame]:
    return [getattr(answer, table) for table in answer.question.tables]


def _sources(dataset: Dataset, view: View, t: Translator) -> Chapter:
    part = view.values["part"]
    lines = tuple(t(f"{_STEMS[part]}.{code}") for code in PARTS[part]) if part in PARTS else ()
    found = brief_tables.of_part(dataset, part, t)
    return Chapter(view=view, title=t(f"sources.part.{part}"), lines=lines, tables=() if found is None else (found,))


_CHAPTERS: Final = {"exposure": _exposure, "routes": _route, "nearest": _nearest, "overview": _overview}


def make(dataset: Dataset, view: View, t: Translator, given: object = None) -> Chapter:
    """Answer a view's question and put the answer into words.

    Parameters
    ----------
    dataset
        Tables.
    view
        A page with its whole question.
    t
        Language.
    given
        The answer where it is at hand already.

    Raises
    ------
    QuestionError
        ``brief-no-question`` for a view in which a place is still to be chosen; ``view-needs-people`` or
        ``view-needs-network`` for one that rests on a file of the reader's; what the question refuses.
    """
    if view.page == "sources":
        return _sources(dataset, view, t)
    tables = views.corrected(dataset, view)
    question = views.question(view)
    if question is None or view.page not in _CHAPTERS:
        raise QuestionError("brief-no-question", found=views.encode(view))
    answer = _ask(tables, view, question) if given is None else given
    return cast("Chapter", cast("Any", _CHAPTERS[view.page])(tables, view, answer, t))


def _ask(dataset: Dataset, view: View, question: Any) -> object:  # noqa: ANN401 - a question of any kind
    if view.page == "overview":
        return inventory.select(dataset, question)
    if view.page == "exposure":
        if view.values["people"] != route_views.SETTLEMENTS:
            raise QuestionError("view-needs-people", found=view.values["people"])
        from geo import exposure  # noqa: PLC0415 - a brief loads what its views need

        return exposure.measure(dataset, question)
    if view.page == "routes":
        return route_views.find(dataset, view.values)
    from geo import nearest  # noqa: PLC0415 - as above

    return nearest.find(dataset, question)
