"""Zones on the map: rings of each place, their union, and fainter ones over a picture."""

from __future__ import annotations

import pytest
import shapely

from geo import layers
from geo.exposure import ExposureQuestion, measure
from geo.i18n import translator
from geo.zone_layers import MAX_MARKED_PLACES, MAX_RINGED_PLACES
from tests.people_worlds import site, world

T = translator("en")


def _bands(layer: layers.Layer) -> list[shapely.Geometry]:
    shapes = []
    for feature in layer.features:
        if feature["s"] == "ring":
            polygons = [shapely.Polygon(rings[0], rings[1:]) for rings in feature["g"][1]]  # type: ignore[union-attr, index]
            shapes.append(shapely.union_all(polygons))
    return shapes


@pytest.fixture(scope="module")
def pair() -> layers.ExposureAnswer:  # type: ignore[name-defined]
    """Give two sites 12 km apart: apart within 5 km, one zone within 10 km."""
    return measure(world(sites=[site("S", 0.0), site("N", 0.0, 12_000.0)]), ExposureQuestion(("S", "N"), (5e3, 1e4)))


def test_places_apart_have_rings_of_their_own(pair: object) -> None:
    """Two places, two radii: four rings."""
    assert len(_bands(layers.exposure(pair, T))) == 4  # type: ignore[arg-type]


def test_the_union_has_one_band_for_each_radius(pair: object) -> None:
    """Bands do not lie on each other, and carry their radius once."""
    layer = layers.exposure(pair, T, union=True)  # type: ignore[arg-type]
    inner, outer = _bands(layer)
    assert inner.geom_type == "MultiPolygon"
    assert inner.intersection(outer).area < 1e-3 * inner.area
    assert [feature["label"] for feature in layer.features if feature["s"] == "ring-label"] == ["5 km", "10 km"]


def test_many_places_are_always_drawn_as_their_union() -> None:
    """Rings upon rings would hide the map; so many marks would not load."""
    many = [site(f"S{n}", 0.0, 100.0 * n) for n in range(MAX_MARKED_PLACES + 5)]
    answer = measure(world(sites=many), ExposureQuestion(tuple(row["id"] for row in many), (500.0,)))
    assert len(answer.places) > MAX_RINGED_PLACES
    assert len(_bands(layers.exposure(answer, T))) == 1
    marks = layers.marks(answer, T)
    assert (len(marks.features), marks.omitted) == (MAX_MARKED_PLACES, 5)
    assert f"{MAX_MARKED_PLACES} of {MAX_MARKED_PLACES + 5}" in " ".join(
        entry.label for entry in layers.legend([marks], T)
    )


def test_over_a_picture_only_outlines_stay(pair: object) -> None:
    """Fills hardly tint what is under them; labels stay as they are."""
    strong, faint = (layers.exposure(pair, T, faint=faint) for faint in (False, True))  # type: ignore[arg-type]
    assert max(feature["o"] for feature in faint.features if feature["s"] == "ring") < 0.05
    assert [f for f in faint.features if f["s"] != "ring"] == [f for f in strong.features if f["s"] != "ring"]
