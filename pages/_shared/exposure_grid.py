"""Where people are counted from: settlements or a population grid; the reader's own layers; the grid as shading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast, get_args

import streamlit as st

from geo import sentences, shading, text
from geo.errors import DataError
from geo.gridfile import GridKind
from pages._shared import gridfiles, loaders, peopledata, state, widgets
from pages._shared.mapview import Picture
from pages._shared.uploader import grid_uploader

if TYPE_CHECKING:
    from geo.dataset import Dataset
    from geo.errors import SymapError
    from geo.grid_memory import RememberingGrid
    from geo.i18n import Translator
    from pages._shared.gridjobs import GridJob
    from pages._shared.peopledata import Brought, Dropped, GridChoice, Kind, Waiting

#: Code of the settlement points of the tables.
SETTLEMENTS: Final = "settlements"
#: Keys of the controls, which the page about roads reads too.
SOURCE: Final = "exposure.people-source"
CELLS: Final = "exposure.grid-kind"
_SHADING: Final = "exposure.shading"
_WHAT: Final = "peoplepage.what"
UNSAID: Final = "unsaid"
_KINDS: Final = ("grid", "receptors", "regions", "places")
_EVERY_S: Final = 0.5
# A grid whose index is built already is there sooner than a bar could be read.
_MOMENT_S: Final = 0.4


def source_control(t: Translator) -> GridChoice | None:
    """Let the reader choose what people are counted from; None stands for the settlements of the tables."""
    arrived = peopledata.receive_grids()
    if arrived is not None:
        st.session_state[SOURCE] = arrived.code
    grids = peopledata.grids()
    kept = st.session_state.get(SOURCE, SETTLEMENTS)
    if kept not in {SETTLEMENTS, *grids}:
        st.session_state[SOURCE] = SETTLEMENTS
        st.toast(text.markdown(t("peoplepage.grid-gone", file=text.clean(kept))))
    state.reword(SOURCE)
    code = st.selectbox(
        t("peoplepage.source"),
        [SETTLEMENTS, *grids],
        format_func=lambda code: t("peoplepage.settlements") if code == SETTLEMENTS else _grid_name(t, grids[code]),
        key=SOURCE,
        persist_state="session",
    )
    return grids.get(code)


def _grid_name(t: Translator, grid: GridChoice) -> str:
    return text.clean(t("peoplepage.grid", file=grid.path.name))


def grid_controls(t: Translator, grid: GridChoice | None) -> str | None:
    """Let the reader say what a grid's cells hold; give the kind, or None where nobody has said."""
    if grid is None:
        return None
    state.reword(CELLS)
    kind = st.selectbox(
        t("peoplepage.cells-hold"),
        [UNSAID, *get_args(GridKind)],
        format_func=lambda kind: t(f"peoplepage.kind.{kind}"),
        key=CELLS,
        persist_state="session",
    )
    return None if kind == UNSAID else kind


def people(t: Translator, dataset: Dataset, grid: GridChoice | None, kind: str | None) -> RememberingGrid | None:
    """Give the people of a grid; while it is made ready, or where it is refused, say so and give None."""
    if grid is None:
        return None
    job = loaders.grid_job(str(grid.path), grid.stamp, kind)
    job.wait(_MOMENT_S)
    if job.grid is not None:
        if grid.is_own:
            _remove_with_session(job)
        return loaders.grid_people(dataset, job)
    if job.error is not None:
        st.warning(text.markdown(sentences.error(t, job.error), max_chars=None), icon=":material/error:")
        st.caption(t("peoplepage.refused"))
        return None
    _progress(t, job)
    return None


def _remove_with_session(job: GridJob) -> None:
    """Let the index of a reader's own grid go with the session, as the grid itself does."""
    if job.index_folder is not None:
        peopledata.brought_here().folder.also_remove(job.index_folder)


@st.fragment(run_every=_EVERY_S)
def _progress(t: Translator, job: GridJob) -> None:
    """Show how far a grid is, until it is ready; then the answer is made from it."""
    if job.is_done:
        st.rerun()
    said = t("peoplepage.reading" if job.share <= 0 else "peoplepage.building", file=text.clean(job.path.name))
    st.progress(min(max(job.share, 0.0), 1.0), text=text.markdown(said, max_chars=300))
    st.caption(t("peoplepage.meanwhile"))


def own_panel(t: Translator) -> None:
    """Take files, and list what is in use."""
    with st.popover(t("peoplepage.own"), icon=":material/layers:"):
        what = st.segmented_control(
            t("peoplepage.what"),
            _KINDS,
            format_func=lambda kind: t(f"peoplepage.what.{kind}"),
            default="grid",
            required=True,
            key=_WHAT,
            persist_state="session",
        )
        st.caption(t(f"peoplepage.help.{what or 'grid'}"))
        mine = peopledata.brought_here()
        if (what or "grid") == "grid":
            grid_uploader(t, mine.folder)
        else:
            _receive(t, cast("Kind", what))
        _in_use(t, mine)


def _receive(t: Translator, kind: Kind) -> None:
    # A cleared uploader gets a new key, so the same file, mended, can be dropped again.
    turn = st.session_state.setdefault("peoplepage.turn", 0)
    file = st.file_uploader(
        t(f"peoplepage.drop.{kind}"),
        type=list(peopledata.LAYER_TYPES),
        key=f"peoplepage.file.{kind}.{turn}",
        max_upload_size=peopledata.MAX_LAYER_MB,
    )
    if file is not None:
        with st.spinner(t("own.checking")):
            peopledata.receive_layer(kind, file.name, file.getvalue())
        st.session_state["peoplepage.turn"] = turn + 1
        st.rerun()


def _in_use(t: Translator, mine: Brought) -> None:
    items: list[Dropped | GridChoice] = [*mine.grids, *mine.layers]
    for number, item in enumerate(items):
        name = item.path.name if isinstance(item, peopledata.GridChoice) else item.file
        words = _described(t, item)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(text.markdown(words, max_chars=300))
            if st.button(t("peoplepage.remove"), key=f"peoplepage.remove.{number}.{name}"):
                peopledata.forget(item)
                st.rerun()
    for file, one in list(mine.waiting.items()):
        _which_layer(t, file, one)
    for file, problem in list(mine.refused.items()):
        _refused(t, file, problem)
        if st.button(t("peoplepage.forget"), key=f"peoplepage.forget.{file}"):
            del mine.refused[file]
            st.rerun()


def _which_layer(t: Translator, file: str, one: Waiting) -> None:
    """Ask which layer of a file is meant."""
    name = text.markdown(file, max_chars=300)
    layer = st.selectbox(
        t("peoplepage.which-layer", file=name), one.layers, format_func=text.clean, key=f"peoplepage.layer.{file}"
    )
    with st.container(horizontal=True):
        taken = st.button(t("peoplepage.take-layer"), key=f"peoplepage.take.{file}", type="primary")
        if st.button(t("peoplepage.remove"), key=f"peoplepage.leave.{file}"):
            del peopledata.brought_here().waiting[file]
            st.rerun()
    if taken:
        peopledata.receive_layer(one.kind, file, one.content, layer)
        st.rerun()


def _described(t: Translator, item: Dropped | GridChoice) -> str:
    if isinstance(item, peopledata.GridChoice):
        return t("peoplepage.in-use.grid", file=item.path.name)
    return t(f"peoplepage.in-use.{item.kind}", file=item.file, count=t.number(item.count))


def _refused(t: Translator, file: str, problem: SymapError) -> None:
    if isinstance(problem, DataError):
        widgets.faults_box(t, problem.faults, t("own.faults", file=text.markdown(file)))
    else:
        st.error(text.markdown(sentences.error(t, problem), max_chars=None), icon=":material/error:")


def places_brought() -> Dropped | None:
    """Give the reader's own list of places; None for none."""
    found = peopledata.brought_here().of("places")
    return found[0] if found else None


def shading_control(t: Translator, grid: GridChoice | None) -> bool:
    """Let the reader switch on the picture of where people live; only a grid has one."""
    return grid is not None and widgets.toggle(t, _SHADING)


def picture(
    people_here: RememberingGrid | None, bounds: tuple[float, float, float, float], *, wished: bool
) -> Picture | None:
    """Draw where the people of the grid live round what the map shows; None without a grid or where not wished."""
    if people_here is None or not wished:
        return None
    colours = shading.COLOURS[state.theme()]
    drawn = loaders.people_shading(people_here, shading.view_box(bounds), colours.classes, colours.stripe)
    return Picture(gridfiles.publish(drawn.digest, drawn.png), drawn.bounds, has_gaps=drawn.has_gaps)
