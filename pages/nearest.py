"""Where to take mercury waste from here: the list first, then the map; and what to do with a broken thermometer."""

import streamlit as st

from pages._shared import fieldlist_view, loaders, state, views, widgets
from pages._shared import nearest_view as view

t = state.current()
dataset = state.dataset()
widgets.title(t, t("nearest.title"))
view.safety_card(t)
waste = view.waste_buttons(t)
labels = widgets.place_labels(t, dataset, view.PLACE_TABLES)
with st.container(horizontal=True, vertical_alignment="bottom", key="nearest-controls"):
    view.locate(t)
    here = view.whereabouts(t, labels)
    with widgets.more(t):
        training = widgets.toggle(t, "nearest.training")
        count = view.how_many(t)
        online = widgets.online_background(t)

answer = None
if here is not None:
    with widgets.friendly_errors(t):
        answer = loaders.nearest_points(dataset, view.question(here, waste, count, training=training))
view.position(t, here, answer)

left, right = widgets.map_and_answer()
with right:
    view.listing(t, answer)
with left:
    drawn = views.nearest(t, dataset, answer)
    click = views.show_map(t, dataset, drawn, key="nearest", bounds=view.extent(answer), online=online)
    view.take_click(click)
if answer is not None:
    view.downloads(t, answer)
view.field_page(t, dataset)
fieldlist_view.lists(t, dataset, training=training)
with widgets.fold(t("remote.title"), key="remote", icon=":material/map_search:") as is_open:
    if is_open:
        with widgets.friendly_errors(t):
            view.remote(t, loaders.remote_towns(dataset, view.remote_question(t, waste, training=training)))
