"""How each kind of thing looks: one table of colours and shapes for the map and its legend, in two themes.

To change the colour of a layer, change its line in :data:`STYLES`, or the colour it names in
:data:`PALETTES`; map and legend follow. Meaning is carried by shape as well as colour, so that a photocopy
and a colour-blind reader still tell the layers apart.
"""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Final, Literal

Theme = Literal["light", "dark"]

#: Named colours. The first seven are chosen from the Okabe-Ito set, safe for colour-blind readers.
PALETTES: Final[dict[Theme, dict[str, str]]] = {
    "light": {
        "site": "#D55E00",
        "collection": "#0072B2",
        "storage": "#009E73",
        "own": "#7A3E8E",
        "route": "#1B1B1B",
        "casing": "#FFFFFF",
        "ringtext": "#A23E00",
        "road": "#B9B2A6",
        "other": "#77716A",
        "land": "#F7F6F2",
        "neighbour": "#EAE8E2",
        "enclave": "#F1ECE0",
        "hatch": "#CFC7B6",
        "outside": "#EAE8E2",
        "water": "#C9DDE8",
        "border": "#55514B",
        "town": "#46423C",
        "text": "#1F2328",
        "muted": "#57534C",
        "halo": "#FFFFFF",
        "veil": "#FFFFFFD9",
        "focus": "#0B5FFF",
    },
    "dark": {
        "site": "#F58A3C",
        "collection": "#56A9E0",
        "storage": "#2FC39A",
        "own": "#C79AD8",
        "route": "#F7F5F0",
        "casing": "#101214",
        "ringtext": "#FFB27A",
        "road": "#6F6A61",
        "other": "#A39D93",
        "land": "#2A2E33",
        "neighbour": "#212428",
        "enclave": "#34352F",
        "hatch": "#5B5A4F",
        "outside": "#212428",
        "water": "#24404F",
        "border": "#A49F95",
        "town": "#D8D4CB",
        "text": "#F2F0EB",
        "muted": "#BDB8AE",
        "halo": "#15171A",
        "veil": "#15171AD9",
        "focus": "#8AB4FF",
    },
}

_TRIANGLE: Final = "M12 3L22 21H2Z"
_SQUARE: Final = "M3.5 3.5H20.5V20.5H3.5Z"
_DISC: Final = "M12 3A9 9 0 1 1 11.99 3Z"
_HATCH: Final = "M4 11L11 4M4 19L19 4M12 20L20 12"
_CROSS: Final = "M12 1V8M12 16V23M1 12H8M16 12H23"

Style = dict[str, str | float | bool]

#: Style by code. Values that are names in the palette become its colours.
#: ``kind`` is how it is drawn; ``label`` says which kind of lettering its name gets.
STYLES: Final[dict[str, Style]] = {
    "site": {
        "kind": "mark",
        "d": _TRIANGLE,
        "fill": "site",
        "stroke": "halo",
        "weight": 1.6,
        "opacity": 1,
        "size": 24,
        "rise": 900,
        "label": "mark",
    },
    "site-tailings": {
        "kind": "mark",
        "d": _SQUARE,
        "fill": "halo",
        "stroke": "site",
        "weight": 2.6,
        "opacity": 1,
        "extra": _HATCH,
        "ink": "site",
        "size": 21,
        "rise": 900,
        "label": "mark",
    },
    "site-other": {
        "kind": "mark",
        "d": _TRIANGLE,
        "fill": "halo",
        "stroke": "other",
        "weight": 2.4,
        "opacity": 0.9,
        "size": 21,
        "rise": 300,
        "label": "mark",
    },
    "site-other-tailings": {
        "kind": "mark",
        "d": _SQUARE,
        "fill": "halo",
        "stroke": "other",
        "weight": 2.2,
        "opacity": 0.9,
        "extra": _HATCH,
        "ink": "other",
        "size": 19,
        "rise": 300,
        "label": "mark",
    },
    "site-illustrative": {
        "kind": "mark",
        "d": _TRIANGLE,
        "fill": "halo",
        "stroke": "site",
        "weight": 2.2,
        "opacity": 0.55,
        "dash": "3.5 2.5",
        "size": 23,
        "rise": 300,
        "label": "mark",
    },
    "site-circle": {
        "kind": "circle",
        "fill": "site",
        "stroke": "site",
        "weight": 2,
        "opacity": 0.07,
        "dash": "6 5",
        "label": "mark",
    },
    "site-other-circle": {
        "kind": "circle",
        "fill": "other",
        "stroke": "other",
        "weight": 1.6,
        "opacity": 0.06,
        "dash": "6 5",
        "label": "mark",
    },
    "storage": {
        "kind": "mark",
        "d": _SQUARE,
        "fill": "storage",
        "stroke": "halo",
        "weight": 1.6,
        "opacity": 1,
        "size": 21,
        "rise": 700,
        "label": "mark",
    },
    "storage-illustrative": {
        "kind": "mark",
        "d": _SQUARE,
        "fill": "halo",
        "stroke": "storage",
        "weight": 2.2,
        "opacity": 0.55,
        "dash": "3.5 2.5",
        "size": 20,
        "rise": 200,
        "label": "mark",
    },
    "storage-circle": {
        "kind": "circle",
        "fill": "storage",
        "stroke": "storage",
        "weight": 2,
        "opacity": 0.06,
        "dash": "2 4",
        "label": "mark",
    },
    "collection": {
        "kind": "mark",
        "d": _DISC,
        "fill": "collection",
        "stroke": "halo",
        "weight": 1.6,
        "opacity": 1,
        "size": 22,
        "rise": 600,
        "label": "mark",
    },
    "collection-illustrative": {
        "kind": "mark",
        "d": _DISC,
        "fill": "halo",
        "stroke": "collection",
        "weight": 2.2,
        "opacity": 0.55,
        "dash": "3.5 2.8",
        "size": 20,
        "rise": 100,
        "label": "mark",
    },
    "place": {
        "kind": "mark",
        "d": _DISC,
        "fill": "halo",
        "stroke": "route",
        "weight": 2,
        "opacity": 0.85,
        "extra": _CROSS,
        "ink": "route",
        "size": 22,
        "rise": 1000,
        "label": "mark",
    },
    "place-from": {
        "kind": "mark",
        "d": _DISC,
        "fill": "halo",
        "stroke": "route",
        "weight": 2.4,
        "opacity": 1,
        "ink": "route",
        "size": 24,
        "rise": 1000,
        "label": "mark",
    },
    "place-to": {
        "kind": "mark",
        "d": _DISC,
        "fill": "route",
        "stroke": "casing",
        "weight": 1.6,
        "opacity": 1,
        "ink": "casing",
        "size": 25,
        "rise": 1000,
        "label": "mark",
    },
    "place-nearest": {
        "kind": "mark",
        "d": _DISC,
        "fill": "collection",
        "stroke": "casing",
        "weight": 1.6,
        "opacity": 1,
        "ink": "casing",
        "size": 25,
        "rise": 950,
        "label": "mark",
    },
    "place-circle": {
        "kind": "circle",
        "fill": "route",
        "stroke": "route",
        "weight": 1.6,
        "opacity": 0.04,
        "dash": "6 5",
        "label": "mark",
    },
    "ring": {"kind": "area", "fill": "site", "stroke": "site", "weight": 1.2, "opacity": 0.3},
    "ring-label": {"kind": "text", "label": "ring"},
    "route": {"kind": "line", "stroke": "route", "casing": "casing", "weight": 4, "arrows": True},
    "route-snap": {"kind": "line", "stroke": "route", "casing": "casing", "weight": 2.4, "dash": "3 6"},
    "route-alternative": {"kind": "line", "stroke": "other", "casing": "casing", "weight": 3, "dash": "10 5"},
    "road": {"kind": "line", "stroke": "road", "weight": 1.8},
    "road-abroad": {"kind": "line", "stroke": "road", "weight": 1.8, "dash": "5 4"},
    "settlement": {"kind": "dot", "fill": "town", "stroke": "halo", "weight": 1, "label": "town"},
    "settlement-unknown": {"kind": "dot", "fill": "halo", "stroke": "muted", "weight": 1.3, "label": "town"},
    "enclave": {"kind": "text", "label": "area", "hatch": True},
    "own-point": {"kind": "dot", "fill": "own", "stroke": "halo", "weight": 1.2, "label": "town"},
    "own-line": {"kind": "line", "stroke": "own", "weight": 2.4},
    "own-area": {"kind": "area", "fill": "own", "stroke": "own", "weight": 1.6, "opacity": 0.12, "dash": "2 3"},
}

_WIDTH, _HEIGHT = 30, 22


@lru_cache(maxsize=2)
def styles(theme: Theme) -> dict[str, Style]:
    """Give all styles with the colours of a theme in them."""
    palette = PALETTES[theme]
    return {
        code: {
            key: palette.get(value, value) if isinstance(value, str) and key not in {"kind", "label"} else value
            for key, value in style.items()
        }
        for code, style in STYLES.items()
    }


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
