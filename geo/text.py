"""The sanitiser: every outside string passes here on its way to a map, a page, a document or a spreadsheet.

A name in somebody's table is data. Map libraries render text a second time as a template, pages read
Markdown and HTML, spreadsheets read formulas: each of these contexts has one function here that leaves the
text readable and inert.
"""

from __future__ import annotations

import html as _html
import json
import re
import unicodedata
from typing import Final

#: A name longer than this is cut on maps and in lists; the tables keep the whole text.
MAX_LABEL_CHARS: Final = 120

# Direction overrides and isolates let a name rearrange the text around it; zero-width characters hide in it.
_INVISIBLE: Final = frozenset("\u200b\u200e\u200f\u2028\u2029\u2060\ufeff\u061c") | {
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
}
_HTML_TO_ENTITY: Final = {ord(char): f"&#{ord(char)};" for char in "{}`$\\%"}
_BREAKS: Final = re.compile(r"[\t\r\n]")
# A line that broke inside "38 000" would be read as 38; any other space is a plain one.
_BLANKS: Final = re.compile("(?<=[\\d≈<>])([\u00a0\u202f])(?=[\\w%])|\\s+")
# Beside the invisible ones, control characters and halves of characters: Unicode's categories Cc and Cs.
_UNSEEN: Final = re.compile(f"[{''.join(sorted(_INVISIBLE))}\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_MARKDOWN_ACTIVE: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:^=&])")
_SCRIPT_ACTIVE: Final = re.compile("[<>&`$'%#\u2028\u2029]")
_FORMULA_START: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def clean(text: object, *, max_chars: int | None = MAX_LABEL_CHARS) -> str:
    """Make a text one visible line: no control, direction or zero-width characters, no endless length.

    Parameters
    ----------
    text
        Anything; None becomes the empty string.
    max_chars
        Longest result, with an ellipsis where it was cut; None keeps the whole.

    Returns
    -------
    str
        The line, in Unicode normal form C, its spaces plain but for the one inside a number or before its unit, where
        a line must not break. It still has to be escaped for the context it goes to.
    """
    if text is None:
        return ""
    line = unicodedata.normalize("NFC", str(text))
    line = _UNSEEN.sub("", _BREAKS.sub(" ", line))
    if "\u00a0" in line or "\u202f" in line:
        line = _BLANKS.sub(lambda found: found[1] or " ", line).strip()
    else:
        line = " ".join(line.split())
    if max_chars is not None and len(line) > max_chars:
        return line[: max_chars - 1].rstrip() + "…"
    return line


def html(text: object, *, max_chars: int | None = MAX_LABEL_CHARS) -> str:
    """Escape a text for HTML that a template engine may read once more.

    Beside the five characters of HTML, braces, percent signs, backticks, dollar signs and backslashes become
    entities, so neither Jinja nor a JavaScript template literal finds an opener.
    """
    return _html.escape(clean(text, max_chars=max_chars), quote=True).translate(_HTML_TO_ENTITY)


def markdown(text: object, *, max_chars: int | None = MAX_LABEL_CHARS) -> str:
    """Escape a text for Markdown as Streamlit reads it: no link, image, colour directive, icon or formula."""
    return _MARKDOWN_ACTIVE.sub(r"\\\1", clean(text, max_chars=max_chars))


def json_script(value: object) -> str:
    r"""Serialise a value as JSON that is inert in a script element, a template engine and a template literal.

    JSON's own grammar has none of the characters ``< > & ` $ ' % #``, so wherever they stand they belong to a
    string and are written as ``\uXXXX``, which ``JSON.parse`` and JavaScript read back unchanged. Braces belong to
    the grammar too, but never two opening ones in a row: the second of such a pair is in a string and escaped.
    Then no ``{{``, ``{%``, ``{#`` or ``${`` is left.
    """
    raw = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # A pattern passes over long texts of other alphabets twenty times as fast as a table of characters does.
    return _SCRIPT_ACTIVE.sub(lambda found: f"\\u{ord(found[0]):04x}", raw).replace("{{", "{\\u007b")


def cell(value: object) -> object:
    """Quote a text that a spreadsheet would run as a formula; anything else passes unchanged.

    Returns
    -------
    object
        The text with an apostrophe before it when it begins with ``= + - @``, a tab or a line break;
        control characters, which no workbook may hold, are taken out.
    """
    if not isinstance(value, str):
        return value
    safe = "".join(char for char in value if unicodedata.category(char) != "Cc" or char in "\t\r\n")
    return "'" + safe if safe.startswith(_FORMULA_START) else safe
