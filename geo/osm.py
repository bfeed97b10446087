"""Road networks from OpenStreetMap extracts: made once into a file, opened in a moment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo import netfile
from geo.elevation import read_tiles
from geo.graphs import Turns
from geo.netfile import NetworkFileError
from geo.network import Network, line_fractions
from geo.osm_graph import kind_columns, section_arrays, vehicle_roads
from geo.osm_read import UNITS_PER_DEGREE, OsmError, extract_date, read_extract
from geo.profiles import DEFAULT_PROFILE, bundled_profiles, check_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.profiles import Profile

__all__ = ["NetworkFileError", "OsmError", "Summary", "build", "load_network", "profiles_in"]

#: Whose the roads are, as every map of them must say.
ATTRIBUTION: Final = "© OpenStreetMap contributors, ODbL 1.0"

_NODE_REACH_M: Final = 0.5
_TEXT_FIELDS: Final = ("ref", "name", "name_en", "name_ru", "name_ky", "road_class", "surface")
_FLAG_FIELDS: Final = ("ends_only", "winter_closure", "bridge", "tunnel", "toll")
_NUMBER_FIELDS: Final = ("max_mass_t", "max_height_m")
_COLUMN_OF: Final = {"ref": "road_number", "name": "road_name"} | {
    f"name_{language}": f"road_name_{language}" for language in ("en", "ru", "ky")
}


@dataclass(frozen=True, slots=True)
class Summary:
    """What one vehicle's network holds.

    Parameters
    ----------
    profile
        Name of the profile.
    nodes, sections, points
        How many; points are those of the lines.
    length_m
        Of all sections together.
    core_share
        Part of the length in which every node leads to every other.
    turns, turns_unused
        Runs of sections that may not be driven, and turn restrictions that could not be understood.
    """

    profile: str
    nodes: int
    sections: int
    points: int
    length_m: float
    core_share: float
    turns: int
    turns_unused: int


def build(  # noqa: PLR0913 - options of one long job, each with its own meaning
    in_path: str | Path,
    out_path: str | Path,
    *,
    profiles: Mapping[str, Profile] | None = None,
    elevation: str | Path | Iterable[str | Path] | None = None,
    borders: gpd.GeoDataFrame | None = None,
    ferries: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[Summary, ...]:
    """Make a network file out of an extract.

    Parameters
    ----------
    in_path
        The extract.
    out_path
        The file to write; :mod:`geo.netfile` says how.
    profiles
        Vehicles; None takes those of the bundled table.
    elevation
        Tiles (HGT, zipped or not) or folders of them; slope then slows vehicles down.
    borders
        Table ``borders``: sections then know their countries, and end where they cross.
    ferries
        Whether ferries count as roads.
    progress
        Told the step (``read``, ``ways``, ``roads``, ``sections``, ``write``), and how many of how many steps are
        done; for ``ways`` the number read so far, of an unknown number (0).

    Returns
    -------
    tuple[Summary, ...]
        For each profile.

    Raises
    ------
    OsmError
        As :func:`geo.osm_read.read_extract`; ``osm-no-roads`` too where no vehicle may use any.
    ElevationError
        ``elevation-unreadable``.
    NetworkFileError
        ``network-unwritable``.
    """
    source, target = Path(in_path), Path(out_path)
    vehicles = bundled_profiles() if profiles is None else profiles
    tell = progress or (lambda *_: None)
    steps = 2 * len(vehicles) + 2
    tell("read", 0, steps)
    tiles = read_tiles(_paths(elevation))
    extract = read_extract(source, lambda count: tell("ways", count, 0))
    arrays: dict[str, NDArray[Any]] = {}
    about: dict[str, Any] = {}
    summaries = []
    for place, (name, profile) in enumerate(vehicles.items()):
        tell("roads", 1 + 2 * place, steps)
        roads = vehicle_roads(extract, profile, borders, ferries=ferries)
        tell("sections", 2 + 2 * place, steps)
        if not len(roads.segments):
            continue
        own, unused = section_arrays(extract, roads, profile, tiles)
        own["vertex_fraction"] = line_fractions(
            own["vertex_x"] / UNITS_PER_DEGREE, own["vertex_y"] / UNITS_PER_DEGREE, own["vertex_start"]
        )
        arrays |= {f"{name}/{key}": values for key, values in own.items()}
        about[name] = {"kinds": kind_columns(roads.kinds), "countries": roads.countries}
        summaries.append(_summary(name, own, unused))
    if not summaries:
        raise OsmError("osm-no-roads", file=source.name)
    tell("write", steps - 1, steps)
    date = extract_date(source)
    file = {"file": source.name, "date": date.isoformat() if date else None, "slopes": bool(tiles)}
    netfile.write(target, arrays, {"source": file, "attribution": ATTRIBUTION, "profiles": about})
    tell("write", steps, steps)
    return tuple(summaries)


def _paths(elevation: str | Path | Iterable[str | Path] | None) -> list[Path]:
    if elevation is None:
        return []
    return [Path(elevation)] if isinstance(elevation, (str, Path)) else [Path(path) for path in elevation]


def _summary(name: str, arrays: Mapping[str, NDArray[Any]], unused: int) -> Summary:
    length_m = arrays["length_m"]
    return Summary(
        profile=name,
        nodes=len(arrays["node_ref"]),
        sections=len(length_m),
        points=len(arrays["vertex_x"]),
        length_m=float(length_m.sum()),
        core_share=float(length_m[arrays["core"]].sum() / max(length_m.sum(), 1e-9)),
        turns=len(arrays["turn_start"]) - 1,
        turns_unused=unused,
    )


def profiles_in(path: str | Path) -> tuple[str, ...]:
    """List the profiles of a network file.

    Raises
    ------
    NetworkFileError
        As :func:`geo.netfile.read`.
    """
    return tuple(netfile.read(Path(path))[1]["profiles"])


def load_network(path: str | Path, profile: str = DEFAULT_PROFILE) -> Network:
    """Open a network file for one vehicle.

    Parameters
    ----------
    path
        Made by :func:`build`.
    profile
        The vehicle.

    Returns
    -------
    Network
        The same structure as that of the bundled roads, with directions, banned turns and the vehicle's times.

    Raises
    ------
    NetworkFileError
        As :func:`geo.netfile.read`.
    QuestionError
        ``profile-unknown`` where the file does not hold the profile.
    """
    arrays, about = netfile.read(Path(path))
    try:
        check_profile(profile, about["profiles"])
    except (KeyError, TypeError) as error:
        raise NetworkFileError("network-file-damaged", file=Path(path).name) from error
    try:
        own = {name.partition("/")[2]: values for name, values in arrays.items() if name.startswith(f"{profile}/")}
        _check(own, about["profiles"][profile])
        return _network(own, about["profiles"][profile], about)
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise NetworkFileError("network-file-damaged", file=Path(path).name) from error


def _check(arrays: Mapping[str, NDArray[Any]], kinds: Mapping[str, Any]) -> None:
    """Refuse arrays that no network has (ValueError): rows beyond their table, times and lengths below nothing."""
    nodes, sections = len(arrays["node_ref"]), len(arrays["tail"])
    bounds = {
        "tail": nodes,
        "head": nodes,
        "kind": len(kinds["kinds"]["road_class"]),
        "country_from": len(kinds["countries"]),
        "country_to": len(kinds["countries"]),
        "node_country": len(kinds["countries"]),
        "turn_arc": 2 * sections,
    }
    for name, size in bounds.items():
        values = arrays[name]
        if values.size and not (int(values.min()) >= 0 and int(values.max()) < size):
            raise ValueError(name)
    for name, last, least in (
        ("vertex_start", len(arrays["vertex_x"]), 2),
        ("turn_start", len(arrays["turn_arc"]), 1),
    ):
        starts = arrays[name]
        if starts[0] != 0 or starts[-1] != last or (np.diff(starts) < least).any():
            raise ValueError(name)
    for name in ("length_m", "time_s", "time_back_s"):
        if (arrays[name] < 0).any() or np.isinf(arrays[name]).any() or len(arrays[name]) != sections:
            raise ValueError(name)
    x, y = (np.abs(arrays[name].astype(np.int64)).max(initial=0) for name in ("vertex_x", "vertex_y"))
    if x > 180 * UNITS_PER_DEGREE or y > 90 * UNITS_PER_DEGREE or len(arrays["vertex_start"]) != sections + 1:
        raise ValueError("vertex_x")


def _network(arrays: Mapping[str, NDArray[Any]], kinds: Mapping[str, Any], about: Mapping[str, Any]) -> Network:
    codes = kinds["countries"]
    nodes = _node_table(arrays, codes, about)
    begin, end = arrays["country_from"], arrays["country_to"]
    pairs = [(_pair(a, b), a if a == b and a else None) for a in codes for b in codes]
    pair = (begin * len(codes) + end).tolist()
    only = np.array([one for _, one in pairs], dtype=object)[pair] if pair else np.empty(0, dtype=object)
    forward, backward = np.isfinite(arrays["time_s"]), np.isfinite(arrays["time_back_s"])
    return Network(
        nodes=nodes,
        sections=_section_table(arrays, nodes["id"], kinds["kinds"], about),
        tail=arrays["tail"],
        head=arrays["head"],
        length_m=arrays["length_m"],
        time_s=arrays["time_s"],
        countries=tuple(pairs[row][0] for row in pair),
        only_country=only,
        speed_assumed=np.zeros(len(pair), dtype=bool),
        vertex_node=np.broadcast_to(np.int64(-1), arrays["vertex_x"].shape),
        vertex_lon=arrays["vertex_x"] / UNITS_PER_DEGREE,
        vertex_lat=arrays["vertex_y"] / UNITS_PER_DEGREE,
        vertex_fraction=arrays["vertex_fraction"],
        vertex_start=arrays["vertex_start"],
        component=arrays["component"],
        forward=forward,
        backward=backward,
        time_back_s=arrays["time_back_s"],
        turns=Turns(arrays["turn_start"], arrays["turn_arc"]),
        ends_only=arrays["ends_only"],
        core=arrays["core"],
        schematic=False,
        node_reach_m=_NODE_REACH_M,
    )


def _pair(begin: str, end: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for code in (begin, end) if code))


def _texts(codes: NDArray[Any], texts: Iterable[str]) -> Any:  # noqa: ANN401 - the stubs' Categorical is of one kind
    """Give a column of a few texts without holding each a hundred thousand times; -1 is none."""
    return pd.Categorical.from_codes(codes, pd.Index(list(texts), dtype="str"))


def _same(text: str, count: int) -> Any:  # noqa: ANN401 - as above
    return _texts(np.zeros(count, dtype=np.int8), [text])


def _common(count: int, about: Mapping[str, Any]) -> dict[str, Any]:
    unknown = np.full(count, np.nan)
    date = about["source"]["date"]
    return {
        "unverified": np.zeros(count, dtype=bool),
        "positional_error_m": unknown,
        "evidence": _same("documented", count),
        "source": _same(f"{about['source']['file']} ({about['attribution']})", count),
        "source_date": unknown if date is None else _same(date, count),
    } | {f"note_{language}": unknown for language in ("en", "ru", "ky")}


def _node_table(arrays: Mapping[str, NDArray[Any]], codes: list[str], about: Mapping[str, Any]) -> pd.DataFrame:
    count = len(arrays["node_ref"])
    unknown = np.full(count, np.nan)
    ids = "n" + pd.Series(arrays["node_ref"]).astype("str")
    copies = arrays["node_copy"]
    if copies.any():
        ids = ids.where(copies == 0, ids + "." + pd.Series(copies).astype("str"))
    return pd.DataFrame(
        {
            "id": ids,
            **{f"name_{language}": unknown for language in ("en", "ru", "ky")},
            "lon": arrays["node_x"] / UNITS_PER_DEGREE,
            "lat": arrays["node_y"] / UNITS_PER_DEGREE,
            "country": _texts(arrays["node_country"] - 1, codes[1:]),
            **_common(count, about),
        }
    )


def _section_table(
    arrays: Mapping[str, NDArray[Any]], node_ids: pd.Series, kinds: Mapping[str, list[Any]], about: Mapping[str, Any]
) -> pd.DataFrame:
    kind, way = arrays["kind"], pd.Series(arrays["way_id"])
    number = way.groupby(way).cumcount().astype("str")
    columns: dict[str, Any] = {
        "id": "w" + way.astype("str") + "." + number,
        "from_id": node_ids.take(arrays["tail"]).reset_index(drop=True),
        "to_id": node_ids.take(arrays["head"]).reset_index(drop=True),
        "way_id": arrays["way_id"],
        "length_m": arrays["length_m"],
        "length_basis": _same("measured", len(kind)),
        "terrain": np.full(len(kind), np.nan),
    }
    for name in _TEXT_FIELDS:
        codes, texts = pd.factorize(np.array(kinds[name], dtype=object))
        # An empty text is one that nobody has written.
        rows = np.where(np.array([bool(text) for text in texts])[codes], codes, -1)
        columns[_COLUMN_OF.get(name, name)] = _texts(rows[kind], texts)
    for name in _FLAG_FIELDS:
        columns[name] = np.array(kinds[name], dtype=bool)[kind]
    for name in _NUMBER_FIELDS:
        columns[name] = np.array([np.nan if one is None else one for one in kinds[name]], dtype=float)[kind]
    return pd.DataFrame(columns | _common(len(kind), about))
