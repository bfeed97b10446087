"""Where the numbers come from, part by part: files, conflicts, guideline values, formulas, gaps, rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from geo import headlines, profiles, sentences, text
from pages._shared import widgets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geo.catalogue import CatalogueEntry
    from geo.dataset import Dataset
    from geo.i18n import Translator

DEFAULT_PART: Final = "unknown"
_PROFILES_PX: Final = 420
_UNKNOWN: Final = (
    "collection-points", "positions", "samples", "populations", "production", "today", "roads", "hospitals", "minamata", "siting",
)  # fmt: skip
_FORMULAS: Final = (
    "exposure.min", "exposure.central", "exposure.max", "exposure.position", "exposure.low-data", "exposure.circle",
    "exposure.grid", "route.length", "route.time", "route.snap", "route.country", "corridor.width", "nearest.rank",
    "people.rounding",
)  # fmt: skip
_RULES: Final = ("minamata", "basel", "adr", "kyrgyz-law", "boundaries", "do-not-move")


def _lines(t: Translator, stem: str, codes: Sequence[str]) -> None:
    items = "".join(f"<li>{text.html(t(f'{stem}.{code}'), max_chars=None)}</li>" for code in codes)
    st.html(f'<ul class="sy-sources">{items}</ul>')


def _unknown(t: Translator, _dataset: Dataset, _entries: Sequence[CatalogueEntry]) -> None:
    st.markdown(f"**{t('unknown.title')}**")
    _lines(t, "unknown", _UNKNOWN)


def _claims(t: Translator, dataset: Dataset, _entries: Sequence[CatalogueEntry]) -> None:
    st.caption(t("claims.lead"))
    columns = ("subject_name", "value", "as_of", "used", "refuted", "unverified", "source", "note")
    widgets.show_table(t, headlines.claims(t, dataset.claims), columns, key="claims", table="claims")


def _guidelines(t: Translator, dataset: Dataset, _entries: Sequence[CatalogueEntry]) -> None:
    st.caption(t("guidelines.lead"))
    frame = dataset.guidelines.sort_values(["medium", "national"], ascending=[True, False], kind="stable")
    columns = ("medium", "value", "unit", "form", "authority", "year", "status", "unverified", "source", "note")
    widgets.show_table(t, frame, columns, key="guidelines", table="guidelines")


def _files(t: Translator, dataset: Dataset, entries: Sequence[CatalogueEntry]) -> None:
    st.caption(t("files.lead"))
    rows = [
        {
            t("files.table"): t(f"table.{entry.name}") if t.has(f"table.{entry.name}") else entry.name,
            t("files.in-use"): t("files.own" if entry.name in dataset.own else "files.bundled"),
            t("files.rows"): entry.rows,
            t("files.vintage"): text.clean(entry.vintage),
            t("files.licence"): text.clean(entry.licence),
            t("files.attribution"): text.clean(entry.attribution, max_chars=300),
            t("files.sha256"): entry.sha256[:12],
        }
        for entry in entries
    ]
    st.dataframe(rows, hide_index=True, height="content", placeholder=t("no-data"))


def _methods(t: Translator, dataset: Dataset, _entries: Sequence[CatalogueEntry]) -> None:
    st.markdown(f"**{t('methods.title')}**")
    _lines(t, "method", _FORMULAS)
    st.markdown(f"**{t('methods.speeds')}**")
    widgets.show_table(
        t,
        dataset.road_speeds,
        ("surface", "terrain", "speed_kmh", "evidence", "source"),
        key="speeds",
        table="road_speeds",
    )
    _profiles(t)


def _profiles(t: Translator) -> None:
    """Show what each vehicle may do on the roads of an extract, and who says so."""
    st.markdown(f"**{t('profiles.title')}**")
    st.caption(t("profiles.lead"))
    headings = ("vehicle", "what", "key", "value", "evidence", "source")
    rows = [
        (
            t(f"profile.{row['profile']}") if t.has(f"profile.{row['profile']}") else row["profile"],
            t(f"profiles.kind.{row['kind']}"),
            row["key"],
            " ".join(filter(None, (row["value"], row["unit"]))),
            sentences.choice(t, "evidence", row["evidence"]),
            text.clean(row["source"], max_chars=500),
        )
        for row in profiles.listed()
    ]
    names = [t(f"profiles.{name}") for name in headings]
    st.dataframe([dict(zip(names, row, strict=True)) for row in rows], hide_index=True, height=_PROFILES_PX)


def _rules(t: Translator, dataset: Dataset, _entries: Sequence[CatalogueEntry]) -> None:
    st.markdown(f"**{t('rules.title')}**")
    _lines(t, "rules", _RULES)
    st.markdown(f"**{t('closures.title')}**")
    st.caption(t("closures.lead"))
    days = ("valid_from", "valid_to", "season_from", "season_to")
    columns = ("name", "kind", "vehicles", *days, "unverified", "evidence", "source", "note")
    widgets.show_table(t, dataset.closures, columns, key="closures", table="closures")


def _about(t: Translator, _dataset: Dataset, _entries: Sequence[CatalogueEntry]) -> None:
    _lines(t, "about", ("what", "languages", "widgets", "privacy", "licence"))


#: Parts of the page by code; ``sources.part.<code>`` is the label.
PARTS: Final[dict[str, Callable[[Translator, Dataset, Sequence[CatalogueEntry]], None]]] = {
    "unknown": _unknown,
    "claims": _claims,
    "guidelines": _guidelines,
    "methods": _methods,
    "files": _files,
    "rules": _rules,
    "about": _about,
}
