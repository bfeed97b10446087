"""Who lives along the way: asked with a width, shown as one number, a profile, and what the way passes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import shapely
import streamlit as st

from geo import downloads as files
from geo import headlines, sentences, text
from geo.errors import QuestionError
from geo.places import read_spot
from pages._shared import exposure_grid, line_sketch, loaders, peopledata, widgets
from pages._shared.charts import THOUSANDS
from pages._shared.corridor_asked import CorridorAsked, width_control, width_m

if TYPE_CHECKING:
    from geo.corridor import CorridorAnswer
    from geo.corridor_split import CorridorRegions
    from geo.dataset import Dataset
    from geo.grid_memory import RememberingGrid
    from geo.i18n import Translator
    from geo.routing import RouteAnswer

_ERROR: Final = "corridor.error"
_FILE: Final = "corridor.file"
_LINES: Final = ("route", "file", "typed")
_LINE_TYPES: Final = ("gpx", "kml", "kmz", "geojson", "json", "gpkg", "fgb", "zip")
_M_PER_KM: Final = 1000.0
_FEWEST_POINTS: Final = 2
_TOWN_COLUMNS: Final = ("along_m", "name", "offset_m", "inside", "population_persons", "evidence", "source")
_PART_COLUMNS: Final = ("population_persons", "population_min_persons", "population_max_persons")
_RECEPTOR_COLUMNS: Final = ("along_m", "name", "id", "offset_m", "inside")
_PEOPLE, _RANGE = "#B5371B", "#808080"


def corridor_section(t: Translator, dataset: Dataset, answer: RouteAnswer | None) -> None:
    """Ask and show who lives along a route, or along a line of the reader's own.

    Parameters
    ----------
    t
        Language.
    dataset
        Tables to count from.
    answer
        The route; None, or one that leads nowhere, leaves the reader's own line.
    """
    with widgets.fold(t("corridorpage.title"), key=line_sketch.OPEN, icon=":material/groups:") as is_open:
        if not is_open:
            return
        st.html(f'<p class="sy-lead">{text.html(t("corridorpage.lead"), max_chars=None)}</p>')
        with widgets.friendly_errors(t):
            asked = _asked(t, answer)
            if asked is not None:
                _show(t, dataset, asked, _people(t, dataset))


def asked_now(answer: RouteAnswer | None) -> CorridorAsked | None:
    """Give the corridor that is being asked about, for the map: of the route or of the drawn line; None for none."""
    if not st.session_state.get(line_sketch.OPEN):
        return None
    spots = line_sketch.points()
    if len(spots) >= _FEWEST_POINTS:
        error_m = float(st.session_state.get(f"{_ERROR}.{line_sketch.POINTS}", 0))
        return CorridorAsked(shapely.to_wkb(shapely.LineString(spots)), width_m(), error_m, "reported")
    if answer is None or answer.geometry is None or st.session_state.get(line_sketch.LINE, _LINES[0]) != _LINES[0]:
        return None
    return _along(answer)


def _along(answer: RouteAnswer) -> CorridorAsked:
    error_m = None if math.isnan(answer.positional_error_m) else answer.positional_error_m
    return CorridorAsked(shapely.to_wkb(answer.geometry), width_m(), error_m, answer.evidence)


def _asked(t: Translator, answer: RouteAnswer | None) -> CorridorAsked | None:
    """Let the reader choose the line and the width; None until there is a line."""
    lines = [code for code in _LINES if code != "route" or (answer is not None and answer.geometry is not None)]
    if st.session_state.get(line_sketch.LINE) not in lines:
        st.session_state[line_sketch.LINE] = lines[0]
    with st.container(horizontal=True, vertical_alignment="bottom", key="corridor-controls"):
        chosen = st.segmented_control(
            t("corridorpage.line"),
            lines,
            format_func=lambda code: t(f"corridorpage.line.{code}"),
            key=line_sketch.LINE,
            required=True,
            persist_state="session",
        )
        width_control(t)
    if chosen == "route" and answer is not None and answer.geometry is not None:
        return _along(answer)
    line, known_m = _from_file(t) if chosen == "file" else (_typed(t), math.nan)
    if line is None:
        return None
    stated_m = st.number_input(
        t("corridorpage.error"),
        0,
        50_000,
        0 if math.isnan(known_m) else round(known_m),
        10,
        key=f"{_ERROR}.{chosen}",
        help=t("corridorpage.error-help"),
        width=220,
    )
    return CorridorAsked(shapely.to_wkb(line), width_m(), float(stated_m), "reported")


def _from_file(t: Translator) -> tuple[shapely.Geometry | None, float]:
    """Take the lines of a file, and how well the file says they are known."""
    file = st.file_uploader(
        t("corridorpage.drop"), type=list(_LINE_TYPES), key=_FILE, max_upload_size=peopledata.MAX_LAYER_MB
    )
    if file is None:
        return None, math.nan
    from geo.corridor import line_of  # noqa: PLC0415 - only for a reader who asks

    return line_of(file.name, file.getvalue())


def _typed(t: Translator) -> shapely.Geometry | None:
    """Draw a line through typed points."""
    st.text_area(
        t("corridorpage.points"),
        key=line_sketch.TYPED,
        placeholder="71.34, 39.95; 71.20, 39.98",
        height=80,
        persist_state="session",
    )
    st.caption(t("corridorpage.draw"))
    parts = line_sketch.parts()
    if not parts:
        return None
    spots = [read_spot(part) for part in parts]
    for part, spot in zip(parts, spots, strict=True):
        if spot is None:
            raise QuestionError("unknown-place", place=part.strip())
    points = [spot for spot in spots if spot is not None]
    if len(points) < _FEWEST_POINTS:
        raise QuestionError("corridor-no-line", found="Point")
    return shapely.LineString(points)


def _people(t: Translator, dataset: Dataset) -> RememberingGrid | None:
    """Let the reader choose what people are counted from, as on the page about people."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="corridor-people"):
        grid = exposure_grid.source_control(t)
        exposure_grid.own_panel(t)
    return exposure_grid.people(t, dataset, grid, exposure_grid.grid_controls(t, grid))


def _show(t: Translator, dataset: Dataset, asked: CorridorAsked, people: RememberingGrid | None) -> None:
    with st.spinner(t("corridorpage.counting")):
        found = loaders.corridor(dataset, asked, people)
    mine = peopledata.brought_here()
    regions = next(iter(mine.of("regions")), None)
    split = None if regions is None else loaders.corridor_regions(dataset, asked, regions, people)
    near = {
        one.file: frame for one in mine.of("receptors") if (frame := loaders.corridor_receptors(asked, one)) is not None
    }
    left, right = st.columns([2, 3], gap="medium")
    with left:
        _headline(t, found)
    with right:
        _chart(t, found)
    _parts(t, found, split)
    _towns(t, found)
    for number, (file, frame) in enumerate(near.items()):
        _heading(t("corridorpage.receptors", file=text.clean(file), count=t.number(int(frame["inside"].sum()))))
        widgets.show_table(t, frame, _RECEPTOR_COLUMNS, key=f"corridor-receptors-{number}")
    widgets.notes(t, (*found.notes, *(() if split is None else split.notes)))
    widgets.downloads(t, lambda: files.corridor(found, t, near, regions=split), "corridor")


def _heading(words: str) -> None:
    st.markdown(f"**{text.markdown(words, max_chars=300)}**")


def _headline(t: Translator, found: CorridorAnswer) -> None:
    row = pd.Series({name: getattr(found, name) for name in _PART_COLUMNS})
    spread = headlines.people_range(t, row)
    width = t.km(found.question.width_m)
    number = spread if found.headline_is_range else t.people(found.population_persons)
    people = {"width": width, "length": t.km(found.length_m), "people": number}
    widgets.headline(
        label=t("corridorpage.label", width=width),
        number=number,
        detail="" if number == spread else spread,
        sentence=t("corridorpage.sentence", **people),
    )
    widgets.evidence(t, found.evidence, sources=found.sources, key="corridor")
    told = []
    if not found.headline_is_range and math.isfinite(found.density_per_km2):
        density = t.number(found.density_per_km2, 0 if found.density_per_km2 >= 10 else 1)  # noqa: PLR2004 - digits
        told.append(t("cli.corridor.density", density=density, per_km=t.people(found.persons_per_km)))
    if math.isfinite(found.coverage_share) and found.coverage_share < 1:
        told.append(t("corridorpage.covered", percent=t.number(100 * found.coverage_share, 1)))
    st.caption(text.markdown(" ".join(told), max_chars=None))


def _bars(t: Translator, found: CorridorAnswer) -> pd.DataFrame:
    """Give the stretches as bars: from and to in kilometres, people and their range."""
    frame = found.profile
    middle_m = (frame["from_m"] + frame["to_m"]) / 2
    return pd.DataFrame(
        {
            "begin": frame["from_m"] / _M_PER_KM,
            "end": frame["to_m"] / _M_PER_KM,
            "middle": middle_m / _M_PER_KM,
            "people": frame["population_persons"],
            "low": frame["population_min_persons"],
            "high": frame["population_max_persons"],
            "stretch": [
                f"{t.km(begin)} – {t.km(end)}" for begin, end in zip(frame["from_m"], frame["to_m"], strict=True)
            ],
            "text": [headlines.people_range(t, row) for _, row in frame.iterrows()],
        }
    )


def profile_spec(t: Translator, *, range_only: bool) -> dict[str, Any]:
    """Describe the chart: bars of people along the way with their ranges, or the ranges alone."""
    x: dict[str, Any] = {"type": "quantitative", "title": t("corridorpage.along"), "scale": {"nice": False}}
    y: dict[str, Any] = {
        "type": "quantitative",
        "title": t("corridorpage.people"),
        "axis": {"labelExpr": THOUSANDS[t.language], "tickCount": 5},
    }
    tooltip = [{"field": name, "title": t(f"corridorpage.{name}")} for name in ("stretch", "text")]
    common: dict[str, Any] = {"tooltip": tooltip}
    ends = {"x": {**x, "field": "begin"}, "x2": {"field": "end"}}
    if range_only:
        mark = {"type": "rect", "color": _RANGE, "opacity": 0.45}
        return {
            "height": 240,
            "layer": [
                {"mark": mark, "encoding": {**common, **ends, "y": {**y, "field": "low"}, "y2": {"field": "high"}}}
            ],
        }
    zero = {"y": {**y, "field": "people"}, "y2": {"datum": 0}}
    rule = {"x": {**x, "field": "middle"}, "y": {**y, "field": "low"}, "y2": {"field": "high"}}
    return {
        "height": 240,
        "layer": [
            {"mark": {"type": "rect", "color": _PEOPLE, "opacity": 0.75}, "encoding": {**common, **ends, **zero}},
            {"mark": {"type": "rule", "strokeWidth": 1.5, "color": _RANGE}, "encoding": {**common, **rule}},
        ],
    }


def _chart(t: Translator, found: CorridorAnswer) -> None:
    bars = _bars(t, found)
    if not bars["high"].notna().any():
        return
    st.vega_lite_chart(bars, profile_spec(t, range_only=found.range_only), key="corridor-chart")
    st.caption(t("corridorpage.chart-range" if found.range_only else "corridorpage.chart"))


def _parts(t: Translator, found: CorridorAnswer, split: CorridorRegions | None) -> None:
    """List people by country, enclaves apart, and by the reader's regions."""
    apart = set(found.by_part.loc[found.by_part["enclave_id"].notna(), "country"])
    names = [
        sentences.part(t, row["country"], t.name(row) or None, apart=row["country"] in apart)
        for _, row in found.by_part.iterrows()
    ]
    if len(names) > 1:
        _heading(t("export.sheet.by_part"))
        _people_table(t, names, found.by_part, "corridor-parts")
    if split is not None:
        rows = [row for _, row in split.by_region.iterrows()]
        named = [t.name(row) or text.clean(row["region_id"] or t("cli.outside-regions")) for row in rows]
        _heading(t("cli.corridor.regions", file=text.clean(split.file)))
        _people_table(t, named, split.by_region, "corridor-regions")


def _people_table(t: Translator, names: list[str], frame: pd.DataFrame, key: str) -> None:
    """Show people rounded to what the data can bear; a column that could only say "no data" is left out."""
    columns = [name for name in _PART_COLUMNS if frame[name].notna().any()]
    people = {name: [headlines.rounded(value) for value in frame[name]] for name in columns}
    widgets.show_table(t, pd.DataFrame({"part": names, **people}), ("part", *columns), key=key)


def _towns(t: Translator, found: CorridorAnswer) -> None:
    _heading(t("cli.corridor.towns"))
    if found.towns.empty:
        st.caption(t("corridorpage.no-towns"))
        return
    widgets.show_table(t, found.towns, _TOWN_COLUMNS, key="corridor-towns", table="settlements")
