"""What a slide says in one language: headline, remarks, and whether something on it is only an example."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

from geo import headlines, sentences, text
from geo.headlines import Headline
from geo.slide_facts import ChainFacts, GapFacts, PeopleFacts, RecordFacts, RoadFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from geo.corridor import CorridorAnswer
    from geo.evidence import Note
    from geo.i18n import Translator
    from geo.inventory import InventoryAnswer
    from geo.nearest import NearestAnswer
    from geo.places import Place
    from geo.slide_facts import Facts
    from geo.storybook import Slide

#: A slide names no more things than this; the view behind it has them all.
_MOST_NAMED: Final = 4
_MOST_QUANTITIES: Final = 3


@dataclass(frozen=True, slots=True)
class SlideWords:
    """The words of one slide.

    Parameters
    ----------
    headline
        Number, range, sentence, evidence and sources; title and sentence are the speaker's own where there are any.
    example
        What on the slide is an example and not a real place; empty where nothing is.
    notes
        What the answer remarks, for whoever asks where the number comes from.
    """

    headline: Headline
    example: str = ""
    notes: tuple[str, ...] = ()


def words(found: Facts, slide: Slide, t: Translator) -> SlideWords:
    """Word what a slide found.

    Parameters
    ----------
    found
        Answer of the slide's view.
    slide
        For the speaker's own words.
    t
        Language.
    """
    match found:
        case RecordFacts():
            said = _record(found, t)
        case ChainFacts():
            said = _chain(found, t)
        case GapFacts():
            said = _gaps(found, t)
        case RoadFacts():
            said = _road(found, t)
        case PeopleFacts():
            head = headlines.exposure(found.answer, t, radius_m=found.radius_m)
            said = SlideWords(head, notes=_notes(t, found.answer.notes, *found.answer.places))
        case _:
            said = _plain(found, t)
    if not said.example and said.headline.evidence == "illustrative":
        said = replace(said, example=t("illustrative"))
    head = said.headline
    title, sentence = (texts.get(t.language) for texts in (slide.title, slide.sentence))
    head = replace(head, title=title or head.title, sentence=sentence or head.sentence)
    return replace(said, headline=head)


def _plain(found: InventoryAnswer | NearestAnswer, t: Translator) -> SlideWords:
    head = headlines.headline(found, t)
    remarks = getattr(found, "notes", ())
    points = getattr(found, "collection_points", None)
    examples = 0 if points is None else int((points["evidence"] == "illustrative").sum())
    return SlideWords(head, _examples(t, examples), _notes(t, remarks))


def _notes(t: Translator, remarks: Iterable[Note], *places: Place) -> tuple[str, ...]:
    names = {place.text: headlines.place(t, place) for place in places}
    return tuple(dict.fromkeys(sentences.note(t, remark, names) for remark in remarks))


def _examples(t: Translator, count: int) -> str:
    return t.n("present.examples", count) if count else ""


def _listed(t: Translator, names: list[str]) -> str:
    """Name some things, and how many more there are."""
    shown = "; ".join(names[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    return shown if more <= 0 else t("present.and-more", names=shown, count=t.number(more))


def _lower(words_: str) -> str:
    """Begin with a small letter inside a sentence; abbreviations keep their capitals."""
    return words_ if words_[1:2].isupper() else words_[:1].lower() + words_[1:]


def _dated(t: Translator, row: Mapping[str, Any]) -> str:
    return t.date(row["as_of"]) if isinstance(row["as_of"], str) else t("no-date")


def _record(found: RecordFacts, t: Translator) -> SlideWords:
    record = found.record
    name = t.name(record.record)
    known = [row for row in _rows(record.quantities) if headlines.quantity(t, row)]
    sources = _distinct([row["source"] for row in known[: _MOST_QUANTITIES + 1]] + [record.record["source"]])
    remarks = _notes(t, record.notes)
    caution = remarks[0] if remarks else ""
    if record.headline is None or not known:
        note = t.name(record.record, "note", max_chars=None)
        head = Headline(name, t("present.record"), name, "", note, record.record["evidence"], sources, None, caution)
        return SlideWords(head, notes=remarks)
    first = known[0]
    seen = {first["quantity"]}
    others: list[str] = []
    for row in known[1:]:
        if row["quantity"] not in seen and len(others) < _MOST_QUANTITIES - 1:
            seen.add(row["quantity"])
            name_there = _lower(headlines.quantity_name(t, row["quantity"]))
            others.append(t("present.quantity", name=name_there, value=headlines.quantity(t, row), date=_dated(t, row)))
    head = Headline(
        title=t("present.record-title", place=name),
        label=headlines.quantity_name(t, first["quantity"]),
        number=headlines.quantity(t, first),
        detail=t("present.as-of", date=_dated(t, first)),
        sentence=t("present.record-sentence", quantities="; ".join(others)) if others else "",
        evidence=str(first["evidence"]),
        sources=sources,
        when=_dated(t, first),
        caution=caution,
    )
    return SlideWords(head, notes=remarks)


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", frame.to_dict("records"))


def _distinct(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if isinstance(value, str) and value))


def _chain(found: ChainFacts, t: Translator) -> SlideWords:
    count = len(found.confirmed)
    names = [t.name(row) for row in _rows(found.reported)]
    listed = _rows(found.confirmed) + _rows(found.reported)
    dates = [row["source_date"] for row in listed if isinstance(row["source_date"], str)]
    head = Headline(
        title=t("present.chain-title"),
        label=t("present.chain-label"),
        number=t.number(count) if count else t("present.none-known"),
        detail=t.n("present.chain-reported", len(names)) if names else "",
        sentence=t("present.chain-sentence", names=_listed(t, names)) if names else t("present.chain-nobody"),
        evidence="reported" if not count else "documented",
        sources=_distinct(row["source"] for row in listed),
        when=t.date(max(dates)) if dates else None,
        caution="" if count else t("present.chain-no-list"),
    )
    return SlideWords(head, _examples(t, found.examples), (t("note.reported-only"),) if names else ())


def _road(found: RoadFacts, t: Translator) -> SlideWords:
    route = found.route
    head = headlines.route(route, t)
    remarks = _notes(t, route.notes, route.origin, route.destination)
    if found.along is None:
        return SlideWords(head, notes=remarks)
    along = found.along
    sentence = f"{head.sentence} {_passed(along, t)}".strip()
    sources = _distinct([*head.sources, *along.sources])
    head = replace(head, sentence=sentence, caution=_people_along(along, t), sources=sources)
    return SlideWords(head, notes=(*remarks, *_notes(t, along.notes)))


def _passed(along: CorridorAnswer, t: Translator) -> str:
    inside = along.towns[along.towns["inside"].astype(bool)]
    if inside.empty:
        return t("present.road-nobody", width=t.km(along.question.width_m))
    names = [t.name(row) for row in _rows(inside)]
    return t.n("present.road-passes", len(names), width=t.km(along.question.width_m), names=_listed(t, names))


def _people_along(along: CorridorAnswer, t: Translator) -> str:
    people = t.range(along.population_min_persons, along.population_max_persons)
    if along.range_only and along.question.error_m:
        return t("present.road-people-wide", people=people, error=t.km(along.question.error_m))
    return t("present.road-people", people=people)


def _gaps(found: GapFacts, t: Translator) -> SlideWords:
    points = t.number(found.confirmed) if found.confirmed else t("present.none-known")
    head = Headline(
        title=t("unknown.title"),
        label=t("present.gaps-label", country=t("country.KG")),
        number=t("present.part", part=t.number(found.unnumbered), whole=t.number(found.settlements)),
        detail="",
        sentence=t(
            "present.gaps-sentence",
            unplaced=t("present.part", part=t.number(found.unplaced), whole=t.number(found.sites)),
            questions=t.number(found.questions),
            points=points,
        ),
        evidence="modelled",
        sources=tuple(_table_source(t, *table) for table in found.tables),
        caution="",
    )
    return SlideWords(head, notes=tuple(t(f"unknown.{code}") for code in ("samples", "today", "production")))


def _table_source(t: Translator, name: str, whose: str, own: bool) -> str:  # noqa: FBT001 - a part of the facts
    return f"{t(f'table.{name}')}: {t('files.own') if own else text.clean(whose, max_chars=300)}"
