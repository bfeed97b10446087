"""Who lives near a contaminated site: people by ring and country, with the range that the sources bear."""

import streamlit as st

from pages._shared import exposure_grid as grid
from pages._shared import exposure_more as more
from pages._shared import exposure_tables as tables
from pages._shared import exposure_view as view
from pages._shared import share, state, views, widgets

t = state.current()
dataset = state.dataset()
heading = st.container(key="exposure-head")
with st.container(horizontal=True, vertical_alignment="bottom", key="exposure-controls"):
    places = view.place_controls(t, dataset)
    radii_m = view.radii_control(t)
    chosen = grid.source_control(t)
    grid.own_panel(t)
    with widgets.more(t):
        kind = grid.grid_controls(t, chosen)
        shaded = grid.shading_control(t, chosen)
        compared = more.compare_control(t, chosen)
        view.click_toggle(t)
        view.correction_control(t, dataset, places)
        online = widgets.online_background(t)
with st.container(key="exposure-state"):
    people = grid.people(t, dataset, chosen, kind)
asked = view.Asked(places, radii_m, people, grid.places_brought())
wants = more.wanted(people, compared=compared)


@st.fragment
def _show_answer() -> view.Answered:  # moving the radius runs this part of the page alone
    answer = None
    left, right = widgets.map_and_answer()
    with right:
        radius_m = view.radius_control(t, asked)
        with widgets.friendly_errors(t):
            answer = view.answer(t, dataset, asked, radius_m)
        union = view.union_control(t, answer)
        if answer is not None:
            view.headline(t, answer, radius_m, union=union)
    with left:
        bounds = view.extent(answer)
        picture = grid.picture(people, bounds, wished=shaded)
        drawn = views.exposure(t, dataset, answer, asked, wants, union=union, faint=picture is not None)
        click = views.show_map(t, dataset, drawn, key="exposure", bounds=bounds, online=online, picture=picture)
        view.take_click(click)
    if answer is None:
        return None
    with right:
        further = more.answer(dataset, asked, wants, answer, union=union)
        rows = tables.rows(answer, union=union)
        tables.chart(t, answer, rows, radius_m, union=union)
        tables.table(t, answer, rows, union=union)
        more.downloads(t, answer, further)
    with left:
        more.show(t, answer, further, radius_m)
        tables.not_counted(t, answer)
        tables.method(t, answer)
    share.follow_part("exposure")
    return answer


shown = _show_answer()
with heading:
    widgets.title(t, view.heading(t, shown))
