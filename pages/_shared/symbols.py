"""The sample of each look that stands in a legend, drawn from the table of :mod:`geo.signs`."""

from __future__ import annotations

import base64

from geo.signs import PALETTES, STYLES, Style, Theme, styles

__all__ = ["PALETTES", "STYLES", "Style", "Theme", "styles", "swatch", "swatch_image"]

_WIDTH, _HEIGHT = 30, 22


def _mark(style: Style) -> str:
    dash = f' stroke-dasharray="{style["dash"]}"' if "dash" in style else ""
    extra = (
        f'<path d="{style["extra"]}" fill="none" stroke="{style["ink"]}" stroke-width="1.8"/>'
        if "extra" in style
        else ""
    )
    return (
        f'<g transform="translate(5 1) scale(.83)"><path d="{style["d"]}" fill="{style["fill"]}" '
        f'fill-opacity="{style["opacity"]}" stroke="{style["stroke"]}" stroke-width="{style["weight"]}"'
        f'{dash} stroke-linejoin="round"/>{extra}</g>'
    )


def _line(style: Style) -> str:
    dash = f' stroke-dasharray="{style["dash"]}"' if "dash" in style else ""
    casing = (
        f'<path d="M1 11H29" stroke="{style["casing"]}" stroke-width="{float(style["weight"]) + 4}"/>'
        if "casing" in style
        else ""
    )
    return f'{casing}<path d="M1 11H29" stroke="{style["stroke"]}" stroke-width="{style["weight"]}"{dash}/>'


def _round(style: Style, radius: float) -> str:
    dash = f' stroke-dasharray="{style["dash"]}"' if "dash" in style else ""
    opacity = style.get("opacity", 1)
    return (
        f'<circle cx="15" cy="11" r="{radius}" fill="{style["fill"]}" fill-opacity="{opacity}" '
        f'stroke="{style["stroke"]}" stroke-width="{style["weight"]}"{dash}/>'
    )


def _area(code: str, style: Style) -> str:
    if code == "ring":
        tints = ((9.5, 0.16), (6.5, 0.3), (3.5, 0.5))
        return "".join(
            f'<circle cx="15" cy="11" r="{radius}" fill="{style["fill"]}" fill-opacity="{tint}" stroke="{style["stroke"]}"/>'
            for radius, tint in tints
        )
    dash = f' stroke-dasharray="{style["dash"]}"' if "dash" in style else ""
    return (
        f'<rect x="3" y="3" width="24" height="16" fill="{style["fill"]}" fill-opacity="{style["opacity"]}" '
        f'stroke="{style["stroke"]}" stroke-width="{style["weight"]}"{dash}/>'
    )


def _enclave(theme: Theme) -> str:
    palette = PALETTES[theme]
    lines = "".join(f"M{x} 19L{x + 16} 3" for x in range(-9, 27, 6))
    return (
        f'<rect x="3" y="3" width="24" height="16" fill="{palette["enclave"]}"/>'
        f'<svg x="3" y="3" width="24" height="16" viewBox="3 3 24 16"><path d="{lines}" stroke="{palette["hatch"]}" '
        f'stroke-width="1.6"/></svg><rect x="3" y="3" width="24" height="16" fill="none" stroke="{palette["border"]}" '
        'stroke-width="1.2" stroke-dasharray="9 3 1.6 3"/>'
    )


def swatch(code: str, theme: Theme) -> str:
    """Draw the sample of a style that stands in the legend, as one SVG element without outside text."""
    style = styles(theme)[code]
    match style["kind"]:
        case "mark":
            inner = _mark(style)
        case "line":
            inner = _line(style)
        case "circle":
            inner = _round(style, 9)
        case "dot":
            inner = _round({**style, "opacity": 1}, 4.5)
        case "area":
            inner = _area(code, style)
        case _:
            inner = _enclave(theme)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">{inner}</svg>'


def swatch_image(code: str, theme: Theme) -> str:
    """Give the sample of a style as an HTML image: a page strips drawings, but shows images that carry their data."""
    data = base64.b64encode(swatch(code, theme).encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" width="{_WIDTH}" height="{_HEIGHT}" alt="">'
