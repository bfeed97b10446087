"""The map on a page: the only room that touches folium.

A page hands over layers and gets back what the reader clicked. The base map is the same script for every
page, language and theme, so the browser keeps it; all that changes travels as data in one overlay, which the
browser swaps without a reload. Outside text is data all the way: JSON in the script, text nodes on the map.
"""

from __future__ import annotations

import os
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import folium
import streamlit as st
from branca.element import MacroElement
from jinja2 import Template
from streamlit_folium import st_folium

from geo import text
from pages._shared import mapfiles, state, symbols

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.i18n import Translator
    from geo.layers import Layer, LegendEntry
    from pages._shared.symbols import Theme

#: Address of online background tiles, and whom they thank; a reader has to switch them on.
TILES_URL_VARIABLE: Final = "SYMAP_TILES_URL"
TILES_ATTRIBUTION_VARIABLE: Final = "SYMAP_TILES_ATTRIBUTION"
DEFAULT_TILES_URL: Final = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
DEFAULT_TILES_ATTRIBUTION: Final = "© OpenStreetMap contributors"
OPENSTREETMAP_COPYRIGHT: Final = "https://www.openstreetmap.org/copyright"

#: West, south, east, north of Kyrgyzstan: what a map shows when a page asks for nothing else.
COUNTRY_BOUNDS: Final = (69.2, 39.15, 80.3, 43.3)
#: How close a frame around an answer may get.
_CLOSEST_FIT_ZOOM: Final = 12.5
_HOME: Final = "KG"
_ZOOMS: Final = {"min_zoom": 5, "max_zoom": 17}
# Where one may pan to: the window of the bundled background and a little more.
_PAN_BOUNDS: Final = (66.5, 37.6, 83.5, 45.0)

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Click:
    """What the reader clicked since the last run; each click is reported once.

    Parameters
    ----------
    lon, lat
        Degrees of a click on the open map; None when there was none.
    picked
        Table and id of the record whose mark or circle was clicked; None when there was none.
    group
        Ids of all records that the clicked circle stands for.
    """

    lon: float | None = None
    lat: float | None = None
    picked: tuple[str, str] | None = None
    group: tuple[str, ...] = ()

    @property
    def on_map(self) -> bool:
        """Whether the open map was clicked."""
        return self.lon is not None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture under an answer, such as where people live.

    Parameters
    ----------
    url
        Address as seen from the map's frame.
    bounds
        West, south, east, north of its edges; its rows are even in Mercator's ordinate.
    has_gaps
        Some ground in it is not covered by its data.
    """

    url: str
    bounds: Bounds
    has_gaps: bool = False


class _Base(MacroElement):
    """Ask the browser to draw the bundled background into the map."""

    _template = Template(
        f"{{% macro script(this, kwargs) %}}symapBase({{{{ this._parent.get_name() }}}}, '{_HOME}');{{% endmacro %}}"
    )


class _Overlay(MacroElement):
    """Hand a page's layers to the browser.

    The payload is rendered once and never read as a template again.
    """

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "symapDraw({{ this._parent.get_name() }}, {{ this._parent._parent.get_name() }}, {{ this.payload }});"
        "{% endmacro %}"
    )

    def __init__(self, payload: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.payload = payload

    def render(self, **kwargs: Any) -> str:  # noqa: ANN401, ARG002 - the signature of branca
        """Give nothing: the figure would read the payload as a template; the component asks the macro itself."""
        return ""


def _base_map() -> folium.Map:
    """Make the map that every page shares: its script is always the same."""
    west, south, east, north = _PAN_BOUNDS
    base = folium.Map(
        location=(41.2, 74.7),
        tiles=None,
        zoom_start=6,
        zoom_snap=0.25,
        zoom_delta=0.75,
        wheel_px_per_zoom_level=90,
        attribution_control=False,
        max_bounds=True,
        max_bounds_viscosity=0.7,
        bounce_at_zoom_limits=False,
        min_lat=south,
        max_lat=north,
        min_lon=west,
        max_lon=east,
    )
    base.options |= _ZOOMS
    scripts, sheets = mapfiles.frame_links()
    base.default_js = [(f"script-{index}", link) for index, link in enumerate(scripts)]
    base.default_css = [(f"sheet-{index}", link) for index, link in enumerate(sheets)]
    base.add_child(_Base())  # type: ignore[no-untyped-call]
    return base


def tiles() -> dict[str, str]:
    """Give the address and the attribution of the online background, from the environment or the default."""
    return {
        "url": os.environ.get(TILES_URL_VARIABLE) or DEFAULT_TILES_URL,
        "attribution": text.clean(os.environ.get(TILES_ATTRIBUTION_VARIABLE) or DEFAULT_TILES_ATTRIBUTION),
    }


def _note(t: Translator, *, online: bool) -> list[dict[str, str]]:
    note = t("map.boundaries-note", vintage=mapfiles.vintage())
    parts = [{"text": note, "href": OPENSTREETMAP_COPYRIGHT}]
    return [*parts, {"text": tiles()["attribution"], "href": OPENSTREETMAP_COPYRIGHT}] if online else parts


def _words(t: Translator) -> dict[str, str]:
    return {
        "lang": t.language,
        "map": t("map.region"),
        "zoomIn": t("map.zoom-in"),
        "zoomOut": t("map.zoom-out"),
        "noTiles": t("map.no-tiles"),
        "km": t("map.unit-km"),
        "m": t("map.unit-m"),
    }


def payload(  # noqa: PLR0913 - one keyword per thing that the browser is told
    layers: Sequence[Layer],
    *,
    t: Translator,
    theme: Theme,
    height: int,
    view: Mapping[str, object],
    countries: Mapping[str, str],
    online_background: bool,
    picture: Picture | None = None,
) -> str:
    """Write everything that changes on a map as JSON that is inert wherever it passes.

    Returns
    -------
    str
        JSON object: colours, words, view and features. Empty values are left out to keep it light.
    """
    used = {feature["s"] for layer in layers for feature in layer.features}
    head = _inert(
        {
            "theme": theme,
            "height": height,
            "palette": symbols.PALETTES[theme],
            "styles": {code: style for code, style in symbols.styles(theme).items() if code in used},
            "words": _words(t),
            "note": _note(t, online=online_background),
            "tiles": {"url": tiles()["url"]} if online_background else None,
            "countries": dict(countries),
            "view": dict(view),
            "picture": None if picture is None else {"url": picture.url, "bounds": list(picture.bounds)},
        }
    )
    # Braces meet brackets and commas alone where the parts are joined, so that the whole is as inert as they are.
    return f'{head[:-1]},"layers":[{",".join(_layer_text(layer) for layer in layers)}]}}'


_LAYER_TEXTS: Final[dict[int, str]] = {}


def _layer_text(layer: Layer) -> str:
    """Write a layer as JSON, once for as long as it is kept: the ground is the same on every map."""
    key = id(layer)
    if key not in _LAYER_TEXTS:
        features = [{name: value for name, value in one.items() if value not in ("", None)} for one in layer.features]
        written = _inert({"code": layer.code, "t": layer.table, "features": features})
        weakref.finalize(layer, _LAYER_TEXTS.pop, key, None)
        _LAYER_TEXTS[key] = written
    return _LAYER_TEXTS[key]


def _inert(value: Mapping[str, object]) -> str:
    # Half a character (a lone surrogate) cannot travel as UTF-8; as an escape it can.
    return text.json_script(value).encode("utf-8", "backslashreplace").decode()


def _view(center: tuple[float, float] | None, zoom: float | None, bounds: Bounds | None) -> dict[str, object]:
    """Say what the map shall show; the browser knows its own size, so it fits a frame better than the server."""
    if center is not None:
        return {"lon": center[0], "lat": center[1], "zoom": zoom or 10}
    return {"bounds": list(bounds or COUNTRY_BOUNDS), "zoom": zoom or _CLOSEST_FIT_ZOOM}


def _theme(theme: Theme | Literal["auto"]) -> Theme:
    if theme != "auto":
        return theme
    return "dark" if st.context.theme.type == "dark" else "light"


def read_click(value: Mapping[str, Any] | None, key: str, *, keep: bool = False) -> Click:
    """Turn what the component reports into a click, leaving out what an earlier run was told already.

    The component repeats its last value in every run; what was told is remembered for the session. A run may be
    broken off before it has done what a click means: a kept click is told again until :func:`state.heard` is called.
    """
    spot = (value or {}).get("last_clicked")
    drawing = (value or {}).get("last_active_drawing")
    memory = f"_map_told_{key}"
    told = st.session_state.get(memory, (None, None))
    new_spot = spot if spot and spot != told[0] else None
    new_drawing = drawing if drawing and drawing != told[1] else None
    properties = (new_drawing or {}).get("properties") or {}
    picked = (
        (str(properties["table"]), str(properties["id"])) if properties.get("table") and properties.get("id") else None
    )
    click = Click(
        lon=float(new_spot["lng"]) if new_spot else None,
        lat=float(new_spot["lat"]) if new_spot else None,
        picked=picked,
        group=tuple(str(code) for code in properties.get("group") or ()),
    )
    if keep and click != Click():
        # Kept before it counts as told: a run can be broken off between any two of these lines.
        st.session_state[state.CLICK] = key, click
    st.session_state[memory] = (spot, drawing)
    if keep:
        waiting = st.session_state.get(state.CLICK)
        return waiting[1] if waiting is not None and waiting[0] == key else click
    return click


def show(  # noqa: PLR0913 - one keyword per choice of a page
    layers: Sequence[Layer],
    *,
    t: Translator,
    key: str,
    center: tuple[float, float] | None = None,
    zoom: float | None = None,
    bounds: Bounds | None = None,
    height: int = 560,
    theme: Theme | Literal["auto"] = "auto",
    online_background: bool = False,
    countries: Mapping[str, str] | None = None,
    picture: Picture | None = None,
    keep: bool = False,
) -> Click:
    """Show layers on a map and report what the reader clicked.

    Parameters
    ----------
    layers
        From below to above.
    t
        Reader's language. A change of language, theme, layers or background never reloads the map, and it
        leaves the reader's own pan and zoom as they are.
    key
        Name of the map on its page; one page's map keeps its name from run to run.
    center, zoom
        Longitude and latitude of the middle, and the zoom. The map moves only when these change.
    bounds
        West, south, east, north to frame instead; ``zoom`` then is the closest that the frame may get.
        Without both the whole country is shown.
    height
        Pixels.
    theme
        ``light``, ``dark`` or what the reader's browser shows.
    online_background
        Fetch tiles from :func:`tiles`. Where they cannot be reached, the bundled background stays.
    countries
        Names of countries by code, from :func:`geo.layers.country_names`.
    picture
        Drawn on the land, under borders and layers.
    keep
        Report a click again until :func:`pages._shared.state.heard` is called.

    Returns
    -------
    Click
        Empty unless the reader clicked since the last run.
    """
    data = payload(
        layers,
        t=t,
        theme=_theme(theme),
        height=height,
        view=_view(center, zoom, bounds),
        countries=countries or {},
        online_background=online_background,
        picture=picture,
    )
    group = folium.FeatureGroup(control=False)
    group.add_child(_Overlay(data))
    value = st_folium(
        _base_map(),
        key=key,
        height=height,
        use_container_width=True,
        returned_objects=["last_clicked", "last_active_drawing"],
        feature_group_to_add=group,
        # The page that the map would be on its own: nobody sees it, and the map is written again for the component.
        render=False,
    )
    return read_click(value, key, keep=keep)


_LEGEND_STYLE: Final = (
    "<style>.symap-legend{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;font-size:.84rem;line-height:1.3}"
    ".symap-legend>div{display:flex;align-items:center;gap:.45rem}.symap-legend img{flex:none}</style>"
)


def legend_markup(entries: Sequence[LegendEntry], theme: Theme) -> str:
    """Write a legend as HTML: a sample of each style and its words, escaped."""
    items = "".join(
        f'<div role="listitem">{symbols.swatch_image(entry.code, theme)}<span>{text.html(entry.label)}</span></div>'
        for entry in entries
    )
    return f'{_LEGEND_STYLE}<div class="symap-legend" role="list">{items}</div>'


def legend_html(entries: Sequence[LegendEntry], *, theme: Theme | Literal["auto"] = "auto") -> None:
    """Show a legend under or beside the map; nothing when there is nothing to explain."""
    if entries:
        st.html(legend_markup(entries, _theme(theme)))
