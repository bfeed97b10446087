"""Files that users bring: what they really are, and the table in them, whatever wrote it.

The content decides, not the name, and a file that is not what its name says is refused with both named.
Nothing is unpacked or parsed before its size is known to be bearable.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final, Literal, cast

from geo import words
from geo.rawtable import HEADER_SEARCH_ROWS, RawTable, fail, from_grid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Format = Literal["csv", "xlsx", "geojson", "gpkg"]

_MB: Final = 1_000_000
MAX_FILE_BYTES: Final = 50 * _MB
#: File name endings that are read, with what they promise.
FORMATS: Final[dict[str, Format]] = {
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".geojson": "geojson",
    ".json": "geojson",
    ".gpkg": "gpkg",
}
_TITLES: Final[dict[str, str]] = {"csv": "CSV", "xlsx": "XLSX", "geojson": "GeoJSON", "gpkg": "GeoPackage"}

_SQLITE: Final = b"SQLite format 3\x00"
_GPKG_IDS: Final = (b"GPKG", b"GP10", b"GP11")
_SIGNATURES: Final = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"%PDF", "PDF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLS/DOC"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"\x1f\x8b", "GZIP"),
    (b"{\\rtf", "RTF"),
    (b"\x00\x00\x27\x0a", "SHP"),
    (_SQLITE, "SQLite"),
)
_BYTE_ORDER_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# What Russian text in Windows-1251 is made of beyond ASCII; other code pages decode to something else.
_WINDOWS_1251_TEXT: Final = re.compile(r"[А-Яа-яЁё«»„“”‘’–—…№°±²³·\u00a0ІіЇїЎў©®§]")
_CAPITAL_INSIDE: Final = re.compile(r"[а-яё][А-ЯЁ]")
_CAPITAL_FIRST: Final = re.compile(r"(?<![А-Яа-яЁё])[А-ЯЁ][а-яё]|[а-яё]{2}")
_SEP_LINE: Final = re.compile(r'"?sep=(.)"?\r?\n?', re.IGNORECASE)
_DELIMITERS: Final = (",", ";", "\t")
_SNIFF_CHARS: Final = 200_000
#: Rows of a table are shorter, even with long notes.
_LINE_CHARS: Final = 1_000_000


def _zip_kind(content: bytes) -> str:
    from geo.workbook import is_workbook  # noqa: PLC0415 - openpyxl is loaded for workbooks alone

    if is_workbook(content):
        return "xlsx"
    return "ODS/ODT" if b"application/vnd.oasis.opendocument" in content[:200] else "ZIP"


def _text_kind(text: str) -> str:
    start = text.lstrip("\ufeff \t\r\n")[:1000].lower()
    if start.startswith("<"):
        return "HTML" if "<html" in start or "<!doctype html" in start or "<table" in start else "XML"
    return "geojson" if start.startswith(("{", "[")) else "csv"


def decode(file: str, content: bytes) -> str:
    """Decode text that is UTF-8 or UTF-16 with a mark, UTF-8 without one, or Windows-1251.

    Raises
    ------
    DataError
        ``encoding`` when the text is in none of them.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError as error:
                fail("encoding", file, found=repr(content[error.start : error.start + 8]))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        start = error.start
    try:
        text = content.decode("cp1251")
    except UnicodeDecodeError:
        fail("encoding", file, found=repr(content[start : start + 8]))
    foreign = [char for char in text if ord(char) > 127]  # noqa: PLR2004 - beyond ASCII
    known = sum(bool(_WINDOWS_1251_TEXT.match(char)) for char in foreign)
    if known < 0.95 * len(foreign) or len(_CAPITAL_INSIDE.findall(text)) > len(_CAPITAL_FIRST.findall(text)):
        fail("encoding", file, found=repr(content[start : start + 8]))
    return text


def _identify(file: str, content: bytes) -> tuple[str, str | None]:
    """Say what a file is: one of the formats or another kind by its usual name; with its text if it is text."""
    if content.startswith(_SQLITE) and content[68:72] in _GPKG_IDS:
        return "gpkg", None
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(content), None
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind, None
    text = decode(file, content)
    if "\x00" in text:
        fail("encoding", file, found=repr(text[max(0, text.index("\x00") - 4) :][:8]))
    return _text_kind(text), text


def promised_format(file: str) -> Format:
    """Name the format that a file's name promises.

    Raises
    ------
    DataError
        ``unknown-format`` for an ending that is not read.
    """
    ending = "." + file.rsplit(".", 1)[-1].lower() if "." in file else ""
    if ending not in FORMATS:
        fail("unknown-format", file, found=ending or None, formats=", ".join(FORMATS))
    return FORMATS[ending]


def check_size(file: str, size_bytes: int) -> None:
    """Refuse a file that is too large, before it is read into memory.

    Raises
    ------
    DataError
        ``too-large`` with the size and the limit.
    """
    if size_bytes > MAX_FILE_BYTES:
        fail("too-large", file, found=f"{size_bytes / _MB:.0f} MB", limit_mb=str(MAX_FILE_BYTES // _MB))


def _lines(file: str, text: str) -> Iterator[str]:
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if len(line) > _LINE_CHARS:
            fail("too-long", file, row=number, limit=str(_LINE_CHARS))
        yield line


def _table(file: str, text: str, delimiter: str, *, strict: bool) -> RawTable:
    return from_grid(file, enumerate(csv.reader(_lines(file, text), delimiter=delimiter, strict=strict), start=1))


def _known_headers(rows: Sequence[Sequence[str]]) -> int:
    return max((sum(words.is_header(" ".join(cell.split())) for cell in row) for row in rows), default=0)


def _delimiter(text: str) -> str:
    """Find the separator with which the first rows hold the most known headers, then the most cells."""
    first_line = text.split("\n", 1)[0].rstrip("\r")
    if all(words.is_contract_name(name) for name in first_line.split(",")):
        return ","
    best = (-1, -1, ",")
    for delimiter in _DELIMITERS:
        try:
            reader = csv.reader(io.StringIO(text[:_SNIFF_CHARS], newline=""), delimiter=delimiter)
            rows = [row for _, row in zip(range(HEADER_SEARCH_ROWS), reader, strict=False)]
        except csv.Error:
            continue
        score = (_known_headers(rows), max(map(len, rows), default=0), delimiter)
        if score[:2] > best[:2]:
            best = score
    return best[2]


def _read_csv(file: str, text: str) -> RawTable:
    if match := _SEP_LINE.match(text):
        text, delimiter = text[match.end() :], match.group(1)
    else:
        delimiter = _delimiter(text)
    try:
        return _table(file, text, delimiter, strict=True)
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            fail("unclosed-quote", file)
    try:
        return _table(file, text, delimiter, strict=False)
    except csv.Error as error:
        fail("unreadable", file, found=str(error), format="CSV")


def read(file: str, content: bytes, *, layer: str = "") -> RawTable:
    """Read a table out of the bytes of a file.

    Parameters
    ----------
    file
        Name of the file as the user knows it; its ending says what it should be.
    content
        Its bytes.
    layer
        Layer to read out of a GeoPackage that has several.

    Returns
    -------
    RawTable
        Headers and cells as they stand, and geometry in WGS 84.

    Raises
    ------
    DataError
        Whatever keeps the file from being read: its size, its format, its encoding, its header.
    """
    check_size(file, len(content))
    promised = promised_format(file)
    if not content.strip():
        fail("empty-file", file)
    actual, text = _identify(file, content)
    if actual != promised:
        fail("content-differs", file, expected=_TITLES[promised], actual=_TITLES.get(actual, actual))
    if promised == "xlsx":
        from geo import workbook  # noqa: PLC0415 - openpyxl is loaded for workbooks alone

        return workbook.read(file, content)
    if promised == "gpkg":
        from geo import geofile  # noqa: PLC0415 - as openpyxl

        return geofile.read_geopackage(file, content, layer)
    if promised == "geojson":
        from geo import geofile  # noqa: PLC0415 - as openpyxl

        return geofile.read_geojson(file, cast("str", text).lstrip("\ufeff"))
    return _read_csv(file, cast("str", text))
