"""What lies where: sites, stores, collection points and roads on one map, with each record's sources."""

import streamlit as st

from geo import inventory, schema
from pages._shared import loaders, records, state, views, widgets

t = state.current()
dataset = state.dataset()
widgets.title(t, t("overview.title"))

with st.container(horizontal=True, vertical_alignment="bottom", key="overview-controls"):
    shown = widgets.pills(t, "overview.layers", views.OVERVIEW_LAYERS)
    waste = widgets.choice(t, "overview.waste", schema.WASTE_TYPES, codes="waste", none="overview.any-waste")
    with widgets.more(t):
        kinds = widgets.choices(t, "overview.kinds", schema.SITE_KINDS, codes="site-kind")
        evidence = widgets.choices(t, "overview.evidence", schema.EVIDENCE, codes="evidence")
        everything = widgets.toggle(t, "overview.not-mercury")
        online = widgets.online_background(t)

answer = loaders.records(
    dataset,
    inventory.InventoryQuestion(
        tables=tuple(code for code in inventory.RECORD_TABLES if code in shown),
        site_kinds=tuple(kinds),
        waste=waste,
        evidence=tuple(evidence),
        mercury_only=not everything,
    ),
)
left, right = widgets.map_and_answer()
with left:
    drawn = views.overview(t, dataset, answer, shown)
    click = views.show_map(t, dataset, drawn, key="overview", bounds=widgets.HOME_VIEW, online=online)
    records.legend_note(t, answer)
    records.take_click(click)
with right:
    records.card(t, dataset)
records.tables(t, answer)
