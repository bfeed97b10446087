"""How each kind of thing looks: one table of colours and shapes for maps on screen and on paper, in two themes.

To change the colour of a layer, change its line in :data:`STYLES`, or the colour it names in
:data:`PALETTES`; map, print and legend follow. Meaning is carried by shape as well as colour, so that a photocopy
and a colour-blind reader still tell the layers apart.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Theme = Literal["light", "dark"]
Style = dict[str, str | float | bool]

#: Named colours. The first seven are chosen from the Okabe-Ito set, safe for colour-blind readers.
PALETTES: Final[dict[Theme, dict[str, str]]] = {
    "light": {
        "site": "#D55E00",
        "collection": "#0072B2",
        "storage": "#009E73",
        "own": "#7A3E8E",
        "reach": "#4E5FA8",
        "closure": "#A61E1E",
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
        "reach": "#9AA8F0",
        "closure": "#FF8F86",
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
_DIAMOND: Final = "M12 2L22 12L12 22L2 12Z"
_PEAKS: Final = "M1 21L9 6L13.5 13L16.5 8.5L23 21Z"
_BAR: Final = "M7 12H17"
_ARROW: Final = "M7.5 12H16M12.5 8.5L16 12L12.5 15.5"
_CROSS: Final = "M12 1V8M12 16V23M1 12H8M16 12H23"

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
    "route-other": {"kind": "line", "stroke": "other", "casing": "casing", "weight": 2.8},
    "route-withheld": {"kind": "line", "stroke": "closure", "casing": "casing", "weight": 2.4, "dash": "2 6"},
    "crossing": {
        "kind": "mark",
        "d": _DIAMOND,
        "fill": "halo",
        "stroke": "border",
        "weight": 2,
        "opacity": 1,
        "extra": _ARROW,
        "ink": "route",
        "size": 24,
        "rise": 980,
        "label": "mark",
    },
    "pass": {
        "kind": "mark",
        "d": _PEAKS,
        "fill": "other",
        "stroke": "halo",
        "weight": 1.6,
        "opacity": 1,
        "size": 23,
        "rise": 850,
        "label": "mark",
    },
    "closure": {
        "kind": "mark",
        "d": _DISC,
        "fill": "closure",
        "stroke": "halo",
        "weight": 1.4,
        "opacity": 1,
        "extra": _BAR,
        "ink": "halo",
        "size": 21,
        "rise": 800,
        "label": "mark",
    },
    "closure-aside": {
        "kind": "mark",
        "d": _DISC,
        "fill": "halo",
        "stroke": "closure",
        "weight": 1.8,
        "opacity": 1,
        "dash": "3.5 2.5",
        "extra": _BAR,
        "ink": "closure",
        "size": 20,
        "rise": 780,
        "label": "mark",
    },
    "closure-told": {
        "kind": "mark",
        "d": _DISC,
        "fill": "halo",
        "stroke": "closure",
        "weight": 1.8,
        "opacity": 1,
        "extra": _BAR,
        "ink": "closure",
        "size": 18,
        "rise": 770,
        "label": "mark",
    },
    "corridor": {"kind": "area", "fill": "site", "stroke": "site", "weight": 1, "opacity": 0.2},
    "reach": {"kind": "area", "fill": "reach", "stroke": "reach", "weight": 1.2, "opacity": 0.2},
    "reach-road": {"kind": "line", "stroke": "reach", "weight": 1.3},
    "reach-label": {"kind": "text", "label": "ring"},
    "avoid": {"kind": "area", "fill": "route", "stroke": "route", "weight": 1.8, "opacity": 0.2, "dash": "2 4"},
    "avoid-line": {"kind": "line", "stroke": "route", "weight": 1.8, "dash": "2 4"},
    "avoid-corner": {"kind": "dot", "fill": "halo", "stroke": "route", "weight": 2, "label": "town"},
    "road": {"kind": "line", "stroke": "road", "weight": 1.8},
    "road-abroad": {"kind": "line", "stroke": "road", "weight": 1.8, "dash": "5 4"},
    "settlement": {"kind": "dot", "fill": "town", "stroke": "halo", "weight": 1, "label": "town"},
    "settlement-unknown": {"kind": "dot", "fill": "halo", "stroke": "muted", "weight": 1.3, "label": "town"},
    "enclave": {"kind": "text", "label": "area", "hatch": True},
    "own-point": {"kind": "dot", "fill": "own", "stroke": "halo", "weight": 1.2, "label": "town"},
    "own-line": {"kind": "line", "stroke": "own", "weight": 2.4},
    "own-area": {"kind": "area", "fill": "own", "stroke": "own", "weight": 1.6, "opacity": 0.12, "dash": "2 3"},
}


@lru_cache(maxsize=2)
def styles(theme: Theme) -> dict[str, Style]:
    """Give all styles with the colours of a theme in them."""
    return coloured(PALETTES[theme])


def coloured(palette: Mapping[str, str]) -> dict[str, Style]:
    """Give all styles with the colours of a palette in them."""
    return {
        code: {
            key: palette.get(value, value) if isinstance(value, str) and key not in {"kind", "label"} else value
            for key, value in style.items()
        }
        for code, style in STYLES.items()
    }
