"""Which road leads from one place to another: line, length, time, countries, and who says so."""

import streamlit as st

from pages._shared import loaders, state, views, widgets
from pages._shared import route_view as view

t = state.current()
dataset = state.dataset()
heading = st.container(key="route-head")
labels = widgets.place_labels(t, dataset, view.PLACE_TABLES)
with st.container(horizontal=True, vertical_alignment="bottom", key="route-controls"):
    origin = view.end(t, "route.from", labels, default=view.DEFAULT_FROM)
    destination = view.end(t, "route.to", labels, default=view.DEFAULT_TO)
    minimise = view.objective(t)
    with widgets.more(t):
        through_abroad = widgets.toggle(t, "route.through-abroad")
        online = widgets.online_background(t)

answer = None
if origin is not None and destination is not None:
    with widgets.friendly_errors(t):
        question = view.question(origin, destination, minimise, through_abroad=through_abroad)
        answer = loaders.route(dataset, question)
with heading:
    widgets.title(t, view.heading(t, answer))

left, right = widgets.map_and_answer()
with right:
    view.headline(t, answer)
with left:
    drawn = views.journey(t, dataset, answer)
    views.show_map(t, dataset, drawn, key="routes", bounds=view.extent(answer), online=online)
if answer is not None:
    view.sections(t, answer)
    view.downloads(t, answer)
