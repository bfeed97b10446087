"""Who lives near a contaminated site: people by ring and country, with the range that the sources bear."""

import streamlit as st

from pages._shared import exposure_view as view
from pages._shared import loaders, state, views, widgets

t = state.current()
dataset = state.dataset()
heading = st.container(key="exposure-head")
with st.container(horizontal=True, vertical_alignment="bottom", key="exposure-controls"):
    places = view.place_controls(t, dataset)
    radii_m = view.radii_control(t)
    with widgets.more(t):
        view.click_toggle(t)
        view.correction_control(t, dataset, places)
        online = widgets.online_background(t)

answer = None
with widgets.friendly_errors(t):
    answer = loaders.people_near(dataset, view.question(places, radii_m))
with heading:
    widgets.title(t, view.heading(t, answer))

left, right = widgets.map_and_answer()
if answer is not None:
    with right:
        view.headline(t, answer, view.radius_switch(t, answer))
with left:
    drawn = views.exposure(t, dataset, answer)
    click = views.show_map(t, dataset, drawn, key="exposure", bounds=view.extent(answer), online=online)
    view.take_click(click)
if answer is not None:
    with right:
        view.chart(t, answer)
        view.table(t, answer)
        view.downloads(t, answer)
    with left:
        view.not_counted(t, answer)
        view.method(t, answer)
