"""A page with one map: it shows what the tests switch on, and says what was clicked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import streamlit as st

from geo import catalogue, exposure, layers, routing, text
from geo.i18n import translator
from geo.layers import Layer
from pages._shared import mapview
from tests.payloads import PAYLOADS

if TYPE_CHECKING:
    from geo.dataset import Dataset
    from geo.i18n import Translator
    from geo.layers import Feature


@st.cache_resource
def _dataset() -> Dataset:
    return catalogue.load()


def _ground(dataset: Dataset, t: Translator) -> list[Layer]:
    return [layers.boundaries(dataset, t), layers.roads(dataset), layers.settlements(dataset, t)]


def _rings(dataset: Dataset, t: Translator) -> list[Layer]:
    answer = exposure.measure(dataset, exposure.ExposureQuestion(places=("KG-KHD",)))
    parts = layers.error_circles(dataset, t, tables=("sites",))
    return [*_ground(dataset, t), layers.rings(answer, t), parts, layers.sites(dataset, t)]


def _route(dataset: Dataset, t: Translator) -> list[Layer]:
    return [*_ground(dataset, t), layers.route(routing.find(dataset, routing.RouteQuestion("ST-BATKEN", "KG-KHD")), t)]


def _hostile(_dataset: Dataset, _t: Translator) -> list[Layer]:
    features: list[Feature] = []
    for index, payload in enumerate(PAYLOADS):
        words: Feature = {"id": payload, "label": payload, "label2": payload, "tip": payload, "letter": payload[:2]}
        lon, lat = 70.2 + index % 8 * 0.9, 39.6 + index // 8 * 0.5
        features.append(
            {"g": ("P", [lon, lat]), "s": ("site", "settlement", "ring-label")[index % 3], "r": 3.0, **words}
        )
        features.append({"g": ("C", [lon + 0.3, lat, 9000]), "s": "site-circle", "t": payload, **words})
    return [Layer("hostile", tuple(features), "sites")]


VIEWS = {"rings": _rings, "route": _route, "hostile": _hostile}

t = translator("ky" if st.checkbox("ky") else "ru")
view = st.radio("view", list(VIEWS), index=list(VIEWS).index(st.query_params.get("view", "rings")))
theme = "dark" if st.checkbox("dark") else "light"
online = st.checkbox("online")
drawn = VIEWS[view](_dataset(), t)
click = mapview.show(
    drawn,
    t=t,
    key="map",
    bounds=None if view == "hostile" else layers.extent(drawn[3]),
    height=500,
    theme=theme,
    online_background=online,
    countries=dict.fromkeys(("KG", "UZ"), PAYLOADS[0]) if view == "hostile" else layers.country_names(_dataset(), t),
)
mapview.legend_html(layers.legend(drawn, t), theme=theme)
if click.on_map or click.picked:
    st.session_state.last = ["record", *click.picked] if click.picked else ["spot", click.lon, click.lat]
    st.session_state.count = st.session_state.get("count", 0) + 1
st.html(f'<div id="told">{st.session_state.get("count", 0)}</div>')
last = json.dumps(st.session_state.get("last"), ensure_ascii=True)
st.html(f'<div id="last">{text.html(last, max_chars=None)}</div>')
