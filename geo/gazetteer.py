"""The labels by which a reader finds a place in a list, whatever spelling and script they know it in."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, cast

from geo.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.dataset import Dataset
    from geo.i18n import Translator

#: Home country: its places carry no country in their label.
_HOME: Final = "KG"
_MAX_OTHERS: Final = 7
_BETWEEN: Final = " · "
_SHORTEST_PART: Final = 3
#: Names that long may be two letters off, shorter ones one; no name is longer than the last.
_LONG_NAME: Final = 5
_LONGEST_NAME: Final = 60
#: More than so many names that are almost the one typed help nobody.
MOST_CLOSE: Final = 4
_PARTS: Final = re.compile(r" · |[()\[\]]")
# Letters that a keyboard without the Kyrgyz layout lacks, and the one that Russian leaves out in writing.
_FOLDED: Final = str.maketrans("өүңёʻ’‘ʼ", "оунеʼʼʼʼ")


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
    # The reader's own script first: it is what they type.
    result.sort(key=lambda name: name.isascii() != shown.isascii())
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
    return _BETWEEN.join([shown, *spellings]) + (f" ({', '.join(marks)})" if marks else "")


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
    known: set[str] = set()
    areas = dataset.area_totals.set_index("id")
    for table in tables:
        frame = dataset[table]
        listed = frame[frame["lon"].notna() & frame["lat"].notna()] if placed_only else frame
        records = cast("list[dict[str, Any]]", listed.to_dict("records"))
        if table == "road_nodes":
            records = [record for record in records if not known & _spelled(record)]
        known = known.union(*(_spelled(record) for record in records))
        found = {str(record["id"]): _label(record, table, t) for record in records}
        for again in (label for label, count in Counter(found.values()).items() if count > 1):
            for record in records:
                if found[str(record["id"])] == again:
                    area = record.get("area_id")
                    place = t.name(areas.loc[area]) if area in areas.index else str(record["id"])
                    found[str(record["id"])] = f"{again} ({place})"
        result |= dict(sorted(_distinct(found).items(), key=lambda item: item[1].casefold()))
    return result


def _spelled(record: Mapping[str, Any]) -> set[str]:
    """Give the English and Russian spellings of a record's name, folded."""
    names = [str(record[column]) for column in ("name_en", "name_ru") if isinstance(record[column], str)]
    return {_fold(part) for name in names for part in _PARTS.split(name)} - {""}


def _distinct(found: dict[str, str]) -> dict[str, str]:
    """Add the id to labels that are still the same for two records."""
    counts = Counter(found.values())
    return {key: label if counts[label] == 1 else f"{label} [{key}]" for key, label in found.items()}


def _fold(text: str) -> str:
    """Reduce a name to what people agree on: no case, accents, hyphens, spaces or Kyrgyz letters."""
    decomposed = unicodedata.normalize("NFKD", clean(text).casefold().replace("й", "и").translate(_FOLDED))
    return "".join(char for char in decomposed if char.isalnum())


def match(labels: Mapping[str, str], text: str) -> tuple[str, ...]:
    """Find the records whose name is what somebody typed, in any of its spellings.

    Parameters
    ----------
    labels
        Labels by id, from :func:`labels`.
    text
        A name, or a part of one of at least three letters; case, accents, hyphens, spaces and the Kyrgyz letters
        do not matter. Whole names go before parts of names.

    Returns
    -------
    tuple[str, ...]
        Ids in the order of the labels; several where places share the name, none where no place has it.
    """
    wanted = _fold(text)
    if not wanted:
        return ()
    whole = tuple(key for key, label in labels.items() if wanted in {_fold(part) for part in _PARTS.split(label)})
    if whole or len(wanted) < _SHORTEST_PART:
        return whole
    return tuple(key for key, label in labels.items() if wanted in _fold(label))


def close(labels: Mapping[str, str], text: str) -> tuple[str, ...]:
    """Find the records whose name is almost what somebody typed, the likest first.

    Parameters
    ----------
    labels
        Labels by id, from :func:`labels`.
    text
        A name with a letter or two wrong, missing or too many: one in a name of four letters, two in a longer one.

    Returns
    -------
    tuple[str, ...]
        At most :data:`MOST_CLOSE` ids; none for a text of fewer than three letters.
    """
    wanted = _fold(text)
    if not _SHORTEST_PART <= len(wanted) <= _LONGEST_NAME:
        return ()
    limit = 1 if len(wanted) < _LONG_NAME else 2
    found = []
    for row, (key, label) in enumerate(labels.items()):
        names = {_fold(part) for part in _PARTS.split(label)} - {""}
        apart = min((_edits(wanted, name, limit) for name in names), default=limit + 1)
        if apart <= limit:
            found.append((apart, row, key))
    return tuple(key for _, _, key in sorted(found)[:MOST_CLOSE])


def _edits(first: str, second: str, limit: int) -> int:
    """Count the letters to put in, take out or replace between two names (Levenshtein); beyond a limit do not count."""
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    row = list(range(len(second) + 1))
    for number, letter in enumerate(first, start=1):
        above, row = row, [number]
        for place, other in enumerate(second):
            row.append(min(row[place] + 1, above[place + 1] + 1, above[place] + (letter != other)))
        if min(row) > limit:
            return limit + 1
    return row[-1]
