"""What stands beside the answer "who lives near": receptors, regions, the second source of people, and the files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from geo import downloads as files
from geo import headlines, sentences, text
from pages._shared import loaders, peopledata, widgets
from pages._shared.exposure_tables import listed

if TYPE_CHECKING:
    from geo.comparison import Comparison
    from geo.dataset import Dataset
    from geo.exposure import ExposureAnswer
    from geo.extras import Extras
    from geo.grid_memory import RememberingGrid
    from geo.i18n import Translator
    from geo.receptors import ReceptorsAnswer
    from geo.regions import RegionsAnswer
    from pages._shared.exposure_view import Asked
    from pages._shared.peopledata import Dropped, GridChoice

_COMPARE: Final = "exposure.compare"
_M2_PER_KM2: Final = 1e6
_KM_M: Final = 1000.0


@dataclass(frozen=True)
class Wanted:
    """What the reader wants to know beside the people.

    Parameters
    ----------
    regions
        A layer of regions; None for none.
    receptors
        Layers of receptors.
    compare
        Count from settlement points too.
    """

    regions: Dropped | None
    receptors: tuple[Dropped, ...]
    compare: bool


def compare_control(t: Translator, grid: GridChoice | None) -> bool:
    """Let the reader put settlements and a grid side by side."""
    return grid is not None and widgets.toggle(t, _COMPARE)


def wanted(people: RememberingGrid | None, *, compared: bool) -> Wanted:
    """Gather what the reader wants besides, the layers that were dropped among it."""
    mine = peopledata.brought_here()
    regions = mine.of("regions")
    return Wanted(regions[0] if regions else None, mine.of("receptors"), compare=compared and people is not None)


def answer(dataset: Dataset, asked: Asked, wants: Wanted, found: ExposureAnswer, *, union: bool) -> Extras:
    """Answer what is wanted besides; nothing at once, for a radius is being dragged."""
    union = union and len(found.places) > 1
    if not (wants.regions or wants.receptors or wants.compare or union):
        from geo.extras import Extras  # noqa: PLC0415 - the first page draws sooner without it

        return Extras()
    return loaders.people_extras(
        dataset,
        found.question,
        asked.people,
        asked.own,
        regions=wants.regions,
        receptors=wants.receptors,
        compare=wants.compare,
        union=union,
    )


def show(t: Translator, found: ExposureAnswer, more: Extras, wished_m: float | None) -> None:
    """Show everything that was asked besides."""
    radius_m = headlines.headline_radius_m(found, wished_m)
    if more.comparison is not None:
        _comparison(t, found, more.comparison)
    for number, layer in enumerate(more.receptors):
        _receptors(t, found, layer, radius_m, number)
    if more.regions is not None:
        _regions(t, found, more.regions, radius_m)
    widgets.notes(t, more.notes, *found.places)


def downloads(t: Translator, found: ExposureAnswer, more: Extras) -> None:
    """Offer the answer, with everything that is shown, as files."""
    widgets.downloads(t, lambda: files.exposure(found, t, more), "exposure")


def _heading(words: str) -> None:
    st.markdown(f"**{text.markdown(words, max_chars=300)}**")


def _place(t: Translator, found: ExposureAnswer, index: int) -> dict[str, object]:
    """Name the place of a row where there are several; the union is all of them."""
    if len(found.places) == 1:
        return {}
    return {t("peoplepage.place"): t("export.all-places") if index < 0 else headlines.place(t, found.places[index])}


def _comparison(t: Translator, found: ExposureAnswer, comparison: Comparison) -> None:
    _heading(t("peoplepage.compared", file=found.grid or ""))
    rows: list[dict[str, object]] = []
    for _, row in comparison.zones.iterrows():
        grid = {name.removeprefix("other_"): row[name] for name in row.index if name.startswith("other_")}
        rows.append(
            {
                **_place(t, found, int(row["place_index"])),
                t("cli.column.radius"): headlines.radius_name(t, row["radius_m"]),
                t("cli.column.from-settlements"): headlines.side(t, row),
                t("cli.column.from-grid"): headlines.side(t, pd.Series(grid)),
                t("cli.column.ratio"): None if pd.isna(row["ratio"]) else round(float(row["ratio"]), 2),
                t("peoplepage.disagrees"): t("export.yes" if row["disagrees"] else "export.no"),
            }
        )
    listed(t, rows, key="exposure-comparison")


def _receptors(t: Translator, found: ExposureAnswer, layer: ReceptorsAnswer, radius_m: float, number: int) -> None:
    near = layer.receptors[layer.receptors["inside"] & (layer.receptors["distance_m"] <= radius_m)]
    count = t.n("peoplepage.receptors", near["id"].nunique())
    _heading(t("peoplepage.receptors-within", file=layer.file, radius=headlines.radius_name(t, radius_m), count=count))
    rows: list[dict[str, object]] = []
    for _, row in layer.rings.iterrows():
        least, most = int(row["receptors_min"]), int(row["receptors_max"])
        one: dict[str, object] = {
            **_place(t, found, int(row["place_index"])),
            t("chart.ring"): headlines.ring_name(t, row),
            t("cli.column.receptors"): int(row["receptors"]),
            t("cli.column.range"): f"{t.number(least)}–{t.number(most)}" if least != most else t.number(least),
        }
        if layer.kind in {"lines", "mixed"}:
            one[t("peoplepage.length")] = _scaled(row["length_m"], _KM_M)
        if layer.kind in {"polygons", "mixed"}:
            one[t("peoplepage.ground")] = _scaled(row["ground_m2"], _M2_PER_KM2)
        rows.append(one)
    listed(t, rows, key=f"exposure-receptor-rings-{number}")
    each: list[dict[str, object]] = [
        {
            **_place(t, found, int(row["place_index"])),
            t("cli.column.receptor"): t.name(row) or text.clean(row["id"]),
            t("peoplepage.distance"): _scaled(row["distance_m"], _KM_M),
            t("cli.column.direction"): sentences.direction(t, float(row["bearing_deg"])),
            t("chart.ring"): headlines.ring_name(t, row) if row["inside"] else t("cli.nearest-outside"),
        }
        for _, row in layer.receptors.iterrows()
    ]
    if each:
        listed(t, each, key=f"exposure-receptors-{number}")


def _scaled(value: float, size: float) -> float | None:
    return None if pd.isna(value) else round(float(value) / size, 2)


def _regions(t: Translator, found: ExposureAnswer, regions: RegionsAnswer, radius_m: float) -> None:
    frame = regions.totals_by_region
    frame = frame[frame["radius_m"] == radius_m]
    _heading(t("peoplepage.by-region", file=regions.file, radius=headlines.radius_name(t, radius_m)))
    rows: list[dict[str, object]] = [
        {
            t("cli.column.region"): (t.name(row) or text.clean(row["region_id"]))
            if isinstance(row["region_id"], str)
            else t("cli.outside-regions"),
            t("exposure.people"): headlines.people(t, row),
            t("exposure.central"): headlines.rounded(row["population_persons"]),
            t("peoplepage.least"): headlines.rounded(row["population_min_persons"]),
            t("peoplepage.most"): headlines.rounded(row["population_max_persons"]),
        }
        for _, row in frame.iterrows()
    ]
    if rows:
        listed(t, rows, key="exposure-regions")
    else:
        st.caption(t("exposure.nobody-known" if found.grid is None else "peoplepage.not-covered"))
