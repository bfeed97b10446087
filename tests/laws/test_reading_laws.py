"""Laws of reading: what was written is read back, in whatever order; no bytes do worse than be refused."""

from __future__ import annotations

import io
import random
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from geo import catalogue, checking, reading
from geo.errors import DataError
from geo.schema import TABLES, Column
from geo.text import cell
from geo.values import NUMERIC
from geo.words import COUNTRIES
from tests.effort import examples

if TYPE_CHECKING:
    from collections.abc import Callable

FLAT = sorted(name for name, table in TABLES.items() if table.geometry != "polygon")
SUFFIXES = sorted(reading.FORMATS)
TABLE_LAW = examples(12)
BYTES_LAW = examples(150)

# Letters of all three languages, what spreadsheets take for formulas, and what separates cells.
_ALPHABET = "abcXYZабвЖӨөҮүҢң0129 -=+@.,;:|\"'`{}%$<>/\\\n#№«»—é漢"


def _texts(*, least: int) -> st.SearchStrategy[str]:
    """Give texts as they come out of a cell: without blanks around, and not "'=1", which is how "=1" is exported."""
    return st.text(_ALPHABET, max_size=30).map(lambda text: text.strip().lstrip("'").strip() or "x" * least)


def _number(column: Column) -> st.SearchStrategy[float]:
    low = {"lon": 69.0, "lat": 39.0}.get(column.kind, -1e6 if column.minimum is None else column.minimum)
    high = {"lon": 81.0, "lat": 43.5}.get(column.kind, 1e9 if column.maximum is None else column.maximum)
    if column.kind == "integer":
        return st.integers(int(low), int(high)).map(float)
    return st.floats(low, high, allow_nan=False, allow_subnormal=False)


def _cells(column: Column) -> st.SearchStrategy[Any]:
    """Give values that a checked frame may hold in a column."""
    days = st.dates(date(1700, 1, 1), date(2100, 12, 31)).map(str)
    by_kind: dict[str, st.SearchStrategy[Any]] = {
        "choice": st.sampled_from(column.choices or ("",)),
        "choices": st.lists(st.sampled_from(column.choices or ("",)), min_size=1, max_size=3, unique=True).map(tuple),
        "countries": st.lists(st.sampled_from(COUNTRIES), min_size=1, max_size=3).map(tuple),
        "ids": st.lists(st.text("ABC0129-", min_size=1, max_size=6), max_size=3).map(tuple),
        "country": st.sampled_from(COUNTRIES),
        "boolean": st.booleans(),
        "date": st.one_of(days, days.map(lambda day: day[:7]), days.map(lambda day: day[:4])),
        "text": _texts(least=0 if column.nullable else 1),
        "month-day": days.map(lambda day: day[5:]),
        "area": st.integers(70, 80).map(lambda lon: f"POLYGON (({lon} 40, {lon} 41, {lon - 1} 41, {lon} 40))"),
    }
    return _number(column) if column.kind in NUMERIC else by_kind[column.kind]


def _plain(value: object) -> object:
    """Write a value as a file holds it."""
    if isinstance(value, tuple):
        return ";".join(value) or None
    if isinstance(value, bool):
        return str(value).lower()
    return None if value == "" else value


def _key_cells(column: Column, count: int) -> list[object]:
    """Give cells that no two rows share, as far as the column's kind allows."""
    if column.choices:
        return list(column.choices[:count])
    if column.kind == "date":
        return [str(2000 + number) for number in range(count)]
    return [f"{column.name}-{number}" for number in range(count)]


@st.composite
def frames(draw: st.DrawFn, name: str) -> pd.DataFrame:
    """Draw a plain table that fulfils a contract: one value a cell, as a file holds it."""
    table = TABLES[name]
    count = draw(st.integers(1, 3 if name == "road_speeds" else 5))
    columns: dict[str, list[object]] = {}
    for column in table.columns:
        if column.kind == "id" or column.name in table.key:
            columns[column.name] = _key_cells(column, count)
        elif column.nullable and column.default is None and draw(st.integers(0, 3)) == 0:
            columns[column.name] = [None] * count
        else:
            columns[column.name] = [_plain(draw(_cells(column))) for _ in range(count)]
    if columns.get("lon") and None in (columns["lon"][0], columns["lat"][0]):
        columns["lon"] = columns["lat"] = [None] * count
    for unordered in ("value_max", "population_low_persons", "population_high_persons"):
        if unordered in columns:
            columns[unordered] = [None] * count
    return pd.DataFrame(columns, dtype=object)


def to_csv(frame: pd.DataFrame, separator: str = ",", encoding: str = "utf-8") -> bytes:
    """Write a table as the exports do: every text made safe for spreadsheets."""
    return frame.map(cell).to_csv(index=False, sep=separator).encode(encoding)


def to_xlsx(frame: pd.DataFrame) -> bytes:
    """Write a table as a workbook."""
    book = Workbook()
    book.active.append(list(frame.columns))
    for row in frame.itertuples(index=False):
        book.active.append([cell(None if pd.isna(value) else value) for value in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(name: str, file: str, content: bytes) -> pd.DataFrame:
    """Read and check a table."""
    return checking.check(reading.read(file, content), TABLES[name])


def assert_same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    """Two checked tables hold the same values of the same types."""
    pd.testing.assert_frame_equal(pd.DataFrame(left), pd.DataFrame(right), check_exact=True)


def assert_holds(name: str, checked: pd.DataFrame, plain: pd.DataFrame) -> None:
    """Assert that a checked table has the plain one's cells; what was empty there has the contract's default."""
    again = checking.plain(TABLES[name], checked)
    for column in TABLES[name].columns:
        for found, wanted in zip(again[column.name], plain[column.name], strict=True):
            if wanted is not None and wanted == wanted:  # noqa: PLR0124 - NaN is no value
                assert found == wanted, column.name


@pytest.mark.parametrize("name", FLAT)
@TABLE_LAW
@given(data=st.data())
def test_written_tables_read_back_identical(name: str, data: st.DataObject) -> None:
    """CSV with each separator and encoding, and XLSX, give the same table, with what was put in."""
    plain = data.draw(frames(name))
    first = read(name, "own.csv", to_csv(plain))
    assert_holds(name, first, plain)
    for separator, encoding in ((";", "utf-8-sig"), ("\t", "utf-16")):
        assert_same(read(name, "own.csv", to_csv(plain, separator, encoding)), first)
    workbook = read(name, "own.xlsx", to_xlsx(plain))
    # Workbooks keep 16 digits of a number.
    columns = [column.name for column in TABLES[name].columns]
    pd.testing.assert_frame_equal(pd.DataFrame(workbook[columns]), pd.DataFrame(first[columns]), rtol=1e-14, atol=0)
    # Writing the checked table and reading it again changes nothing more.
    assert_same(read(name, "own.csv", to_csv(checking.plain(TABLES[name], first))), first)


@pytest.mark.parametrize("name", FLAT)
@TABLE_LAW
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_order_of_columns_and_rows_does_not_matter(name: str, data: st.DataObject, seed: int) -> None:
    """Shuffled columns give the same table; shuffled rows give the same rows, shuffled."""
    plain = data.draw(frames(name))
    checked = read(name, "own.csv", to_csv(plain))
    shuffler = random.Random(seed)  # noqa: S311 - no secret
    columns, rows = list(plain.columns), list(range(len(plain)))
    shuffler.shuffle(columns)
    shuffler.shuffle(rows)
    assert_same(read(name, "own.csv", to_csv(plain[columns])), checked)
    shuffled = read(name, "own.csv", to_csv(plain.iloc[rows]))
    assert_same(shuffled, checked.iloc[rows].reset_index(drop=True))


def is_read_or_refused(read_it: Callable[[], object]) -> bool:
    """Tell whether a file was read, or refused with a fault named; any other exception goes through."""
    try:
        read_it()
    except DataError as error:
        return bool(error.faults)
    return True


@pytest.mark.parametrize("suffix", SUFFIXES)
@BYTES_LAW
@given(data=st.data())
def test_no_bytes_do_worse_than_be_refused(suffix: str, data: st.DataObject) -> None:
    """Arbitrary bytes behind any beginning that a format has raise DataError with faults, or are a table."""
    beginnings = (
        b"",
        b"PK\x03\x04",
        b"SQLite format 3\x00",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"name,lat\n",
        b'{"type":',
        b"<",
    )
    content = data.draw(st.sampled_from(beginnings)) + data.draw(st.binary(max_size=300))
    for name in ("collection_points", "borders"):
        assert is_read_or_refused(partial(catalogue.read_own, name, "own" + suffix, content))
    assert is_read_or_refused(partial(catalogue.guess_table, "own" + suffix, content))


def _specimens() -> list[tuple[str, bytes]]:
    """Give a good file of each format."""
    frame = pd.DataFrame({"name_en": ["A"], "accepts": ["lamps"], "lon": [71.34], "lat": [39.94]})
    feature = b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"A","accepts":"lamps"},"geometry":{"type":"Point","coordinates":[71.3,39.9]}}]}'
    return [("own.csv", to_csv(frame)), ("own.xlsx", to_xlsx(frame)), ("own.geojson", feature)]


@pytest.mark.parametrize(("file", "content"), [pytest.param(*part, id=part[0]) for part in _specimens()])
@BYTES_LAW
@given(data=st.data())
def test_damage_is_refused_or_harmless(file: str, content: bytes, data: st.DataObject) -> None:
    """A good file with bytes changed, cut or doubled raises DataError or is still a table."""
    damaged = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, max(0, len(damaged) - 1)))
        kind = data.draw(st.sampled_from(("change", "cut", "double")))
        if kind == "change":
            damaged[position : position + 1] = bytes([data.draw(st.integers(0, 255))])
        elif kind == "cut":
            del damaged[position : position + data.draw(st.integers(1, 50))]
        else:
            damaged[position:position] = damaged[position : position + 50]
    assert is_read_or_refused(partial(catalogue.read_own, "collection_points", file, bytes(damaged)))
