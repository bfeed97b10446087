"""The labels by which a reader finds a place in a list, whatever spelling and script they know it in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import pandas as pd

from geo.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.dataset import Dataset
    from geo.i18n import Translator

#: Home country: its places carry no country in their label.
_HOME: Final = "KG"
_MAX_OTHERS: Final = 3


def _spellings(record: Mapping[str, Any], shown: str) -> list[str]:
    """List further spellings of a name, each once, the shown one left out."""
    others = str(record["other_names"]).split(";") if isinstance(record.get("other_names"), str) else []
    seen = {shown.casefold()}
    result = []
    for text in (record["name_en"], record["name_ru"], record["name_ky"], *others):
        name = clean(text) if isinstance(text, str) else ""
        if name and name.casefold() not in seen:
            seen.add(name.casefold())
            result.append(name)
    return result[:_MAX_OTHERS]


def _label(record: Mapping[str, Any], table: str, t: Translator) -> str:
    shown = t.name(record)
    marks = []
    if table == "sites":
        marks.append(t(f"choice.site-kind.{record['kind']}"))
    elif table != "settlements":
        marks.append(t(f"table-one.{table}"))
    country = record["country"]
    if isinstance(country, str) and country != _HOME:
        marks.append(t(f"country.{country}"))
    if record["evidence"] == "illustrative":
        marks.append(t("illustrative"))
    spellings = [name for name in _spellings(record, shown) if name not in shown]
    return " · ".join([shown, *spellings]) + (f" ({', '.join(marks)})" if marks else "")


def labels(dataset: Dataset, t: Translator, tables: Sequence[str], *, placed_only: bool = True) -> dict[str, str]:
    """Label every record of some tables.

    Parameters
    ----------
    dataset
        Tables to list.
    t
        Language of the labels; other spellings follow the name, so that typing any of them finds it.
    tables
        Names of point tables, in the order in which their records are listed.
    placed_only
        Leave out records that are only listed, since nothing can be measured from them.

    Returns
    -------
    dict[str, str]
        Label by id, alphabetical inside each table; two records of one label get their id added.
    """
    result: dict[str, str] = {}
    for table in tables:
        frame = dataset[table]
        listed = frame[frame["lon"].notna() & frame["lat"].notna()] if placed_only else frame
        records = cast("list[dict[str, Any]]", listed.to_dict("records"))
        found = {str(record["id"]): _label(record, table, t) for record in records}
        counts = pd.Series(list(found.values()), dtype="str").value_counts()
        unique = {key: label if counts[label] == 1 else f"{label} [{key}]" for key, label in found.items()}
        result |= dict(sorted(unique.items(), key=lambda item: item[1].casefold()))
    return result
