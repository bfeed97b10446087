"""The presentation for a round table: which views it shows, in which order, with which words; and the show itself."""

from pages._shared import present_view as view
from pages._shared import state, widgets

t = state.current()
dataset = state.dataset()
story = view.story()
widgets.title(t, view.heading(t, story), lead=view.lead(t))
view.start_bar(t, dataset, story)
if view.is_running():
    view.show(t, dataset, story)
else:
    view.loaded_faults(t)
    view.slide_list(t, dataset, story)
    view.add_form(t, dataset, story)
    view.file_part(t, story)
