"""The letters of printed maps and documents: one family in two weights, with the Kyrgyz letters, that travels along."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from geo.catalogue import DATA_DIR
from geo.errors import DataError, Fault

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = DATA_DIR / "fonts"
#: Name of the family in SVG, HTML and PDF.
FAMILY: Final = "Symap Sans"
#: What a program without the family shows instead.
FALLBACK: Final = "'Source Sans 3','Segoe UI','Noto Sans','DejaVu Sans',Arial,sans-serif"
#: Name of a family that office programs everywhere have, with the Kyrgyz letters.
OFFICE_FAMILY: Final = "Arial"
#: Names of the languages as office programs write them.
OFFICE_LANGUAGES: Final = {"ru": "ru-RU", "ky": "ky-KG", "en": "en-GB"}

_STYLES: Final = {False: "Regular", True: "Bold"}
_CSS_WEIGHTS: Final = {False: 400, True: 700}


def path(*, bold: bool, ending: str = "ttf") -> Path:
    """Give the file of a weight.

    Raises
    ------
    DataError
        ``missing-file``: the installation lacks the font.
    """
    found = FOLDER / f"SymapSans-{_STYLES[bold]}.{ending}"
    if not found.is_file():
        raise DataError((Fault("missing-file", f"fonts/{found.name}"),))
    return found


def name(*, bold: bool) -> str:
    """Give the name of a weight in PDF documents, the font registered there.

    Raises
    ------
    DataError
        ``missing-file``.
    """
    _register()
    return f"SymapSans-{_STYLES[bold]}"


@lru_cache(maxsize=1)
def _register() -> None:
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415 - loaded when something is printed
    from reportlab.pdfbase.ttfonts import TTFError, TTFont  # noqa: PLC0415 - as above

    names = []
    for bold, style in _STYLES.items():
        file = path(bold=bold)
        try:
            pdfmetrics.registerFont(TTFont(f"SymapSans-{style}", str(file)))
        except TTFError as problem:
            fault = Fault("unreadable", f"fonts/{file.name}", found=str(problem), params={"format": "TTF"})
            raise DataError((fault,)) from problem
        names.append(f"SymapSans-{style}")
    regular, strong = names
    pdfmetrics.registerFontFamily("SymapSans", normal=regular, bold=strong, italic=regular, boldItalic=strong)


def width_pt(text: str, size_pt: float, *, bold: bool = False, spacing_pt: float = 0.0) -> float:
    """Measure a line of text.

    Parameters
    ----------
    text
        One line.
    size_pt
        Size of the letters, points.
    bold
        Its weight.
    spacing_pt
        Added after each letter, points.

    Returns
    -------
    float
        Points; the same in every format, since the fonts have no kerning.

    Raises
    ------
    DataError
        ``missing-file``.
    """
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415 - loaded when something is printed

    return float(pdfmetrics.stringWidth(text, name(bold=bold), size_pt)) + spacing_pt * len(text)


@lru_cache(maxsize=1)
def css() -> str:
    """Write both weights as ``@font-face`` rules that carry the fonts themselves.

    Raises
    ------
    DataError
        ``missing-file``.
    """
    rules = []
    for bold, weight in _CSS_WEIGHTS.items():
        data = base64.b64encode(path(bold=bold, ending="woff2").read_bytes()).decode()
        rules.append(
            f"@font-face{{font-family:'{FAMILY}';font-weight:{weight};font-style:normal;"
            f"src:url(data:font/woff2;base64,{data}) format('woff2')}}"
        )
    return "".join(rules)


def lines(text: str, size_pt: float, most_pt: float, *, bold: bool = False, most: int | None = None) -> list[str]:
    """Break a text into lines that are no wider than a width.

    Parameters
    ----------
    text
        One line.
    size_pt
        Size of the letters, points.
    most_pt
        Greatest width, points; a longer word is broken inside.
    bold
        Weight of the letters.
    most
        Most lines; what is cut off is shown by an ellipsis.

    Returns
    -------
    list[str]
        At least one line.

    Raises
    ------
    DataError
        ``missing-file``.
    """
    result = [""]
    for word in _pieces(text, size_pt, most_pt, bold=bold):
        longer = f"{result[-1]} {word}" if result[-1] else word
        if not result[-1] or width_pt(longer, size_pt, bold=bold) <= most_pt:
            result[-1] = longer
        else:
            result.append(word)
    if most is not None and len(result) > most:
        result = result[:most]
        while len(result[-1]) > 1 and width_pt(result[-1] + "…", size_pt, bold=bold) > most_pt:
            result[-1] = result[-1][:-1].rstrip()
        result[-1] += "…"
    return result


def _pieces(text: str, size_pt: float, most_pt: float, *, bold: bool) -> list[str]:
    """Give the words of a text, those that are too wide cut into parts."""
    pieces = []
    for word in text.split(" "):
        rest = word
        while width_pt(rest, size_pt, bold=bold) > most_pt and len(rest) > 1:
            fits = max(1, int(len(rest) * most_pt / width_pt(rest, size_pt, bold=bold)))
            while fits > 1 and width_pt(rest[:fits], size_pt, bold=bold) > most_pt:
                fits -= 1
            pieces.append(rest[:fits])
            rest = rest[fits:]
        pieces.append(rest)
    return pieces
