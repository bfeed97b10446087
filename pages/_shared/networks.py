"""On which roads the answers rest: the scheme that is bundled, a network file of the server, or one that a reader sent."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import streamlit as st

from geo import netfile, sentences, text
from geo.errors import QuestionError, SymapError
from pages._shared import loaders, peopledata, state

if TYPE_CHECKING:
    from geo.dataset import Dataset
    from geo.i18n import Translator
    from geo.network import Network

#: Folders with network files on the server, separated as in ``PATH``.
NETWORKS_VARIABLE: Final = "SYMAP_NETWORKS"
#: Largest network file that is taken from a browser, megabytes; a country's lies on the server.
MAX_FILE_MB: Final = 60
#: Key of the control.
KEY: Final = "route.network"
#: Code of the roads of the tables.
SCHEME: Final = ""
_OWN: Final = "own:"
_SENT: Final = "route.networks-sent"
_TURN: Final = "route.network-turn"
_REFUSED: Final = "route.network-refused"
_MAGIC: Final = b"SYMAPNET"
_MOST_FILES: Final = 200


@dataclass(frozen=True)
class OwnRoads:
    """A network file as one vehicle may use it.

    Parameters
    ----------
    file
        Name of the file.
    path
        Where it lies.
    stamp
        Size and time: another version of the file is another network.
    profile
        The vehicle.
    """

    file: str
    path: str
    stamp: tuple[int, int]
    profile: str


def _is_network(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def of_server() -> dict[str, Path]:
    """List the network files of the operator's folders by name; a name that stands twice counts once."""
    found: dict[str, Path] = {}
    for part in (os.environ.get(NETWORKS_VARIABLE) or "").split(os.pathsep):
        try:
            paths = sorted(path for path in Path(part).iterdir() if path.is_file())[:_MOST_FILES] if part else []
        except OSError:
            continue
        for path in paths:
            if _is_network(path):
                found.setdefault(path.name, path)
    return found


def _sent() -> dict[str, Path]:
    kept: dict[str, Path] = st.session_state.setdefault(_SENT, {})
    return kept


def at_hand() -> list[str]:
    """List the network files that can be chosen: those of the server, then the reader's own."""
    return [*of_server(), *_sent()]


def in_link(code: str) -> str:
    """Give what a link says of the chosen network.

    Raises
    ------
    QuestionError
        ``view-own-network``: a file that the reader sent stays with the session.
    """
    if code.startswith(_OWN):
        raise QuestionError("view-own-network", name="network", found=code.removeprefix(_OWN))
    return code


def control(t: Translator) -> str:
    """Let the reader choose the roads, and bring a file of their own; give the code of the choice."""
    state.apply_pending(KEY)
    files = at_hand()
    kept = st.session_state.get(KEY, SCHEME)
    if kept not in {SCHEME, *files}:
        st.session_state[KEY] = SCHEME
        st.warning(text.markdown(t("routepage.network-gone", file=text.clean(kept)), max_chars=300))
    state.reword(KEY)
    code = st.selectbox(
        t("routepage.network"),
        [SCHEME, *files],
        format_func=lambda code: text.clean(code.removeprefix(_OWN)) or t("routepage.network.scheme"),
        key=KEY,
        help=t("routepage.network-help"),
        persist_state="session",
    )
    _receive(t)
    return code


def _receive(t: Translator) -> None:
    """Take a network file, and say what is wrong with one that is none."""
    turn = st.session_state.setdefault(_TURN, 0)
    file = st.file_uploader(t("routepage.network-drop"), key=f"route.network-file.{turn}", max_upload_size=MAX_FILE_MB)
    if file is not None:
        path = peopledata.brought_here().folder.place(file.name)
        path.write_bytes(file.getbuffer())
        # A cleared uploader gets a new key, so the same file, mended, can be dropped again.
        st.session_state[_TURN] = turn + 1
        st.session_state[_REFUSED] = None
        try:
            netfile.read(path)
        except SymapError as problem:
            path.unlink(missing_ok=True)
            st.session_state[_REFUSED] = problem
        else:
            code = f"{_OWN}{path.name}"
            _sent()[code] = path
            state.pend(KEY, code)
        st.rerun()
    if (refused := st.session_state.get(_REFUSED)) is not None:
        st.error(text.markdown(sentences.error(t, refused), max_chars=None), icon=":material/error:")


def chosen(code: str, profile: str) -> OwnRoads | None:
    """Name the file of a choice; None for the scheme."""
    path = {**of_server(), **_sent()}.get(code)
    if path is None:
        return None
    try:
        status = path.stat()
    except OSError:
        return OwnRoads(path.name, str(path), (0, 0), profile)
    return OwnRoads(path.name, str(path), (status.st_size, status.st_mtime_ns), profile)


def opened(dataset: Dataset, roads: OwnRoads | None) -> Network:
    """Open the roads.

    Raises
    ------
    NetworkFileError, QuestionError
        As :func:`geo.osm.load_network`.
    """
    return loaders.road_network(dataset) if roads is None else loaders.own_network(roads)


def if_open(dataset: Dataset, roads: OwnRoads | None) -> Network | None:
    """Open the roads; None where they cannot be, which the answer says."""
    try:
        return opened(dataset, roads)
    except SymapError:
        return None


def told(t: Translator, network: Network, roads: OwnRoads | None) -> str:
    """Say on which roads an answer rests, and how good their lines are."""
    count = t.n("count.sections", len(network.sections))
    if roads is None:
        return t("routepage.rests-on-scheme", sections=count)
    source, attribution = loaders.network_about(roads)
    date = source.get("date")
    return t(
        "routepage.rests-on-file",
        file=text.clean(roads.file),
        extract=text.clean(source.get("file") or ""),
        date=t.date(date) if isinstance(date, str) else t("routepage.no-date"),
        vehicle=t(f"choice.vehicle.{roads.profile}"),
        sections=count,
        attribution=text.clean(attribution),
    )
