"""How the presentation is put together and shown: its slides, their words, links pasted into it, files."""

from __future__ import annotations

from base64 import b64encode
from functools import partial
from typing import TYPE_CHECKING, Final, cast

import streamlit as st

from geo import storybook, text, views
from geo.errors import DataError
from geo.i18n import LANGUAGES
from geo.storybook import MAX_SENTENCE_CHARS, MAX_TITLE_CHARS, SHOWS, Slide, Story
from pages._shared import loaders, permalinks, present_http, widgets
from pages._shared.brief_means import of_view

if TYPE_CHECKING:
    from geo.dataset import Dataset
    from geo.errors import Fault
    from geo.i18n import Translator

_STORY: Final = "present.story"
_RUNNING: Final = "present.running"
_MADE: Final = "present.made"
_FAULTS: Final = "present.faults"
_TURN: Final = "present.turn"
_PAGE: Final = "present"
_HEIGHT: Final = 560
_TEXT_ROWS: Final = 90


def story() -> Story:
    """Give the reader's story; the bundled one until something is changed."""
    return cast("Story", st.session_state.setdefault(_STORY, storybook.bundled()))


def is_running() -> bool:
    """Tell whether the show is open in the page."""
    return bool(st.session_state.get(_RUNNING)) and bool(story().slides)


def heading(t: Translator, shown: Story) -> str:
    """Word the page's heading: the title of the story."""
    return t.names(shown.title) or t("nav.present")


def lead(t: Translator) -> str | None:
    """Say what the page is for; while the show is open, the room is the show's."""
    return None if is_running() else t("present.lead")


def _keep(changed: Story) -> None:
    st.session_state[_STORY] = changed


def _is_public(dataset: Dataset, shown: Story) -> bool:
    """Tell whether the server's own address shows the same: neither tables nor slides are the reader's own."""
    return dataset.digest == loaders.base_dataset().digest and shown == storybook.bundled()


def _html(t: Translator, dataset: Dataset, shown: Story) -> bytes:
    """Make the show; its slides are drawn once for the same tables and story."""
    from geo import slides  # noqa: PLC0415 - only for a reader who presents

    # The slides hold all languages: another one needs no new drawing.
    identity = (dataset.digest, storybook.write(shown))
    kept = st.session_state.get(_MADE)
    if kept is None or kept[0] != identity:
        drawn = slides.draw(dataset, shown, loaders.road_network(dataset), partial(of_view, dataset))
        kept = st.session_state[_MADE] = (identity, drawn)
    return cast("slides.Drawn", kept[1]).show(t.language).html


def start_bar(t: Translator, dataset: Dataset, shown: Story) -> None:
    """Offer to start the show here, in a tab of its own, or from a file."""
    if not shown.slides:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="present-start"):
        if is_running():
            st.button(t("present.stop"), icon=":material/list:", key="present.stop", on_click=_run, args=(False,))
        else:
            st.button(
                t("present.start"), icon=":material/slideshow:", key="present.start", type="primary", on_click=_run,
                args=(True,),
            )  # fmt: skip
        if _is_public(dataset, shown):
            root = (st.context.url or "").rstrip("/").removesuffix(f"/{_PAGE}")
            address = f"{root}/{_PAGE}/{t.language}"
            present_http.prepare(t.language)
            st.link_button(t("present.new-tab"), address, icon=":material/open_in_new:", key="present.new-tab")
        st.download_button(
            t("present.take-along"),
            data=lambda: _html(t, dataset, shown),
            file_name=f"symap-present-{t.language}.html",
            mime="text/html",
            icon=":material/download:",
            key="present.take-along",
            on_click="ignore",
        )
    if not _is_public(dataset, shown):
        st.caption(t("present.own-data"))


def _run(on: bool) -> None:  # noqa: FBT001 - what a button hands over
    st.session_state[_RUNNING] = on


def show(t: Translator, dataset: Dataset, shown: Story) -> None:
    """Show the presentation in the page; its own button makes it fill the screen."""
    with st.spinner(t("present.making")):
        page = _html(t, dataset, shown).decode()
    # Every outside string in it has passed the sanitiser, and its own policy lets no script but its own run.
    with st.container(key="present-show"):
        st.iframe(page, width="stretch", height=_HEIGHT)


def slide_list(t: Translator, dataset: Dataset, shown: Story) -> None:
    """List the slides with what each says now, and let the reader order, word and remove them."""
    if not shown.slides:
        st.info(t("present.empty"), icon=":material/slideshow:")
        return
    st.caption(t.n("present.slides", len(shown.slides)))
    for index, slide in enumerate(shown.slides):
        with st.container(border=True, key=f"present-slide-{index}"):
            _slide(t, dataset, shown, index, slide)


def _slide(t: Translator, dataset: Dataset, shown: Story, index: int, slide: Slide) -> None:
    from geo import slides  # noqa: PLC0415 - only for a reader who presents

    head = slides.words(dataset, slide, t, loaders.road_network(dataset), partial(of_view, dataset)).headline
    number = text.html(head.number or head.sentence, max_chars=None)
    label = f"{text.html(head.label)}: <b>{number}</b>" if head.number else number
    last = len(shown.slides) - 1
    with st.container(horizontal=True, vertical_alignment="center", key=f"present-row-{index}"):
        page = text.html(t(f"nav.{slide.seen.page}"))
        picture = slides.thumbnail(dataset, slide, t, loaders.road_network(dataset), partial(of_view, dataset))
        small = "" if picture is None else f'<img class="sy-slide" alt="" src="{_as_address(picture)}">'
        name = f"{t.number(index + 1)}. {text.html(head.title)}<small>{label} · {page}</small>"
        st.html(f'<div class="sy-listed">{small}<div class="sy-name">{name}</div></div>')
        st.button(
            t("present.up"), icon=":material/arrow_upward:", key=f"present.up.{index}", type="tertiary",
            disabled=index == 0, on_click=_keep, args=(shown.moved(index, -1),),
        )  # fmt: skip
        st.button(
            t("present.down"), icon=":material/arrow_downward:", key=f"present.down.{index}", type="tertiary",
            disabled=index == last, on_click=_keep, args=(shown.moved(index, 1),),
        )  # fmt: skip
        with st.popover(t("present.edit"), icon=":material/edit:", key=f"present.edit.{index}", type="tertiary"):
            _words(t, shown, index, slide)
        st.button(
            t("present.remove"), icon=":material/delete:", key=f"present.remove.{index}", type="tertiary",
            on_click=_keep, args=(shown.without(index),),
        )  # fmt: skip


def _as_address(picture: bytes) -> str:
    return f"data:image/png;base64,{b64encode(picture).decode()}"


def _words(t: Translator, shown: Story, index: int, slide: Slide) -> None:
    """Let the reader word a slide in three languages."""
    # The words of another slide that comes to stand here must not stay in the boxes.
    mark = hash((slide.view, *slide.title.items(), *slide.sentence.items()))
    with st.form(f"present.words.{index}.{mark}", border=False):
        st.caption(t("present.edit-lead"))
        shows = SHOWS[slide.seen.page]
        kind = slide.show
        if len(shows) > 1:
            kind = st.selectbox(
                t("present.show"),
                shows,
                index=shows.index(slide.show),
                format_func=lambda code: t(f"present.show.{code}"),
            )
        title: dict[str, str] = {}
        sentence: dict[str, str] = {}
        for code in LANGUAGES:
            named = {
                field: t("present.in-language", field=t(f"present.own-{field}"), language=t(f"language.{code}"))
                for field in ("title", "sentence")
            }
            title[code] = st.text_input(named["title"], slide.title.get(code, ""), max_chars=MAX_TITLE_CHARS)
            sentence[code] = st.text_area(
                named["sentence"], slide.sentence.get(code, ""), max_chars=MAX_SENTENCE_CHARS, height=_TEXT_ROWS
            )
        if st.form_submit_button(t("present.apply")):
            _keep(shown.replaced(index, Slide(slide.view, kind, title, sentence)))
            st.rerun()


def _known(dataset: Dataset, address: str) -> Slide:
    """Make a slide of a pasted address, and refuse one that names places that the tables do not have."""
    found = views.check_places(views.read(address), dataset)
    if found.problems:
        raise views.ViewError(found.problems, found.view)
    return Slide(views.encode(found.view))


def add_form(t: Translator, dataset: Dataset, shown: Story) -> None:
    """Let the reader paste the link of any page."""
    row = st.form("present.add-form", clear_on_submit=True, border=False).container(
        horizontal=True, vertical_alignment="bottom"
    )
    pasted = row.text_input(t("present.paste"), key="present.paste", help=t("present.paste-help"))
    pressed = row.form_submit_button(t("present.add"), icon=":material/add:")
    if pressed and pasted.strip():
        with widgets.friendly_errors(t):
            _keep(shown.added(_known(dataset, pasted)))
            st.rerun()


def file_part(t: Translator, shown: Story) -> None:
    """Save the story to a file, load one, or go back to the bundled one."""
    with widgets.fold(t("present.file"), key="present.file", icon=":material/folder:") as is_open:
        if not is_open:
            return
        st.download_button(
            t("present.save"), data=lambda: storybook.write(shown), file_name="symap-story.json", mime="application/json",
            key="present.save", on_click="ignore", icon=":material/save:",
        )  # fmt: skip
        turn = st.session_state.setdefault(_TURN, 0)
        file = st.file_uploader(t("present.load"), type=["json"], key=f"present.load.{turn}")
        if file is not None:
            _load(file.name, file.getvalue())
            # A cleared uploader gets a new key, so the same file, mended, can be loaded again.
            st.session_state[_TURN] = turn + 1
            st.rerun()
        if shown != storybook.bundled():
            st.button(t("present.reset"), key="present.reset", on_click=_keep, args=(storybook.bundled(),))


def _load(file: str, content: bytes) -> None:
    faults: tuple[Fault, ...]
    try:
        reading = storybook.read(content, file)
    except DataError as problem:
        faults = problem.faults
    else:
        faults = reading.faults
        _keep(reading.story)
    st.session_state[_FAULTS] = (file, faults)


def loaded_faults(t: Translator) -> None:
    """Say what of the last file could not be read; what could is shown."""
    file, faults = st.session_state.get(_FAULTS, ("", ()))
    if faults:
        widgets.faults_box(t, faults, t("present.load-faults", file=text.markdown(file)))


def add_button(t: Translator, page: str) -> None:
    """Offer to add what a page shows now to the presentation: for the share button of every page.

    Parameters
    ----------
    t
        Reader's language.
    page
        Code of the page, which has just run.
    """
    carried = permalinks.current(page)
    if carried is None or page not in SHOWS:
        return
    if st.button(t("present.add"), icon=":material/slideshow:", key="present.add-view"):
        with widgets.friendly_errors(t):
            changed = story().added(Slide(views.encode(carried.view)))
            _keep(changed)
            st.success(t.n("present.added", len(changed.slides)), icon=":material/check:")
