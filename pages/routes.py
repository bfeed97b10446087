"""Which road leads from one place to another under which rules: line, length, time, countries, and who says so."""

import streamlit as st

from pages._shared import corridor_view, journeys, networks, state, views, widgets
from pages._shared import route_asked as asked
from pages._shared import route_clicks as clicks
from pages._shared import route_options as options
from pages._shared import route_reach as reach
from pages._shared import route_rules as rules
from pages._shared import route_view as view

t = state.current()
dataset = state.dataset()
heading = st.container(key="route-head")
labels = widgets.place_labels(t, dataset, asked.PLACE_TABLES)
with st.container(horizontal=True, vertical_alignment="bottom", key="route-controls"):
    origin = asked.end(t, "route.from", labels, default=asked.DEFAULT_FROM)
    destination = asked.end(t, "route.to", labels, default=asked.DEFAULT_TO)
    minimise = asked.objective(t)
    day = asked.day(t)
    with widgets.more(t):
        vehicle = asked.vehicle(t)
        anywhere = asked.through_abroad(t)
        stay_in = asked.stay_in(t, anywhere=anywhere)
        count = asked.how_many(t)
        training = asked.training(t)
        roads = networks.chosen(networks.control(t), vehicle)
        rules.closures(t, dataset, networks.if_open(dataset, roads), day, vehicle)
        rules.areas(t)
        online = widgets.online_background(t)

journey = None
with st.container(key="route-state"), widgets.friendly_errors(t):
    values = {
        "from": origin,
        "to": destination,
        "minimise": minimise,
        "date": day,
        "vehicle": vehicle,
        "through_abroad": anywhere,
        "stay_in": stay_in,
        "set_aside": rules.set_aside(),
        "avoid": rules.avoided(),
        "others": count,
        "training": training,
    }
    journey = journeys.answer(t, dataset, roads, values)
with heading:
    widgets.title(t, view.heading(t, journey))

reached = reach.found(t, dataset, journey)
left, right = widgets.map_and_answer()
with right:
    view.headline(t, journey)
with left:
    mode = clicks.control(t)
    drawn = views.journey(t, dataset, journey, reached)
    click = views.show_map(t, dataset, drawn, key="routes", bounds=view.extent(journey), online=online)
    clicks.take(click, mode)
if journey is not None:
    view.road_book(t, dataset, journey)
    view.downloads(t, journey)
    options.others(t, dataset, journey)
    options.tradeoff(t, journey)
    view.sections(t, journey)
    reach.section(t, reached)
corridor_view.corridor_section(t, dataset, journey and journey.route)
