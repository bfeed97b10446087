"""Whoever knows where a site really is can say so, sees the range shrink, and takes a table along that loads again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from geo import catalogue, downloads, export
from geo.corrections import PositionCorrection, apply
from geo.errors import QuestionError
from geo.exposure import ExposureQuestion, measure
from geo.i18n import translator

if TYPE_CHECKING:
    from geo.dataset import Dataset

TMF = "KG-KHD-TMF"
TRUE_POSITION = PositionCorrection(TMF, 71.36, 39.95, 100.0)


def test_a_known_position_narrows_the_range(bundled: Dataset) -> None:
    """From a circle of 5 km to one of 100 m."""
    question = ExposureQuestion(places=(TMF,), radii_m=(5_000.0, 10_000.0))
    before = measure(bundled, question).totals_by_radius
    after = measure(apply(bundled, [TRUE_POSITION]), question).totals_by_radius
    width_before = before["population_max_persons"] - before["population_min_persons"]
    width_after = after["population_max_persons"] - after["population_min_persons"]
    assert (width_after < width_before).all()


def test_the_tables_stay_as_they_are(bundled: Dataset) -> None:
    """A correction makes a new data set with an identity of its own."""
    before = bundled.sites.copy()
    corrected = apply(bundled, [TRUE_POSITION])
    assert bundled.sites.equals(before)
    assert corrected.digest != bundled.digest
    assert apply(bundled, []) is bundled


def test_the_corrected_table_loads_again(bundled: Dataset) -> None:
    """Downloaded, dropped in again, the same place with the same error."""
    corrected = apply(bundled, [TRUE_POSITION])
    content = export.to_csv(downloads.table(corrected, "sites"), translator("ru"))
    again = catalogue.read_own("sites", "sites.csv", content)
    row = again.set_index("id").loc[TMF]
    assert (row["lon"], row["lat"], row["positional_error_m"]) == (71.36, 39.95, 100.0)
    assert row["position_basis"] == "user"
    assert list(again["id"]) == list(bundled.sites["id"])
    assert str(row["source"]).startswith("position set by the user; ")


@pytest.mark.parametrize(
    ("lon", "lat", "error_m", "code"),
    [
        (39.95, 71.36, 100.0, "coordinates-swapped"),
        (10.0, 50.0, 100.0, "outside-window"),
        (71.36, 39.95, 0.0, "error-range"),
        (71.36, 39.95, float("nan"), "error-range"),
    ],
)
def test_a_position_that_cannot_be_is_refused(lon: float, lat: float, error_m: float, code: str) -> None:
    """Before anything is computed from it."""
    with pytest.raises(QuestionError) as caught:
        PositionCorrection(TMF, lon, lat, error_m)
    assert caught.value.code == code


def test_a_correction_of_no_site_is_refused(bundled: Dataset) -> None:
    """A mistyped id must not pass in silence."""
    with pytest.raises(QuestionError):
        apply(bundled, [PositionCorrection("KG-NOWHERE", 71.36, 39.95, 100.0)])
