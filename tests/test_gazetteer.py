"""A place is found under any spelling that people know it by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from geo import gazetteer
from geo.i18n import LANGUAGES, Language, translator

if TYPE_CHECKING:
    from geo.dataset import Dataset

TABLES = ("settlements", "road_nodes")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Бужум", "ST-BUJUM"),
        ("bujum", "ST-BUJUM"),
        ("Хайдаркан", "ST-AIDARKEN"),
        ("Khaidarkan", "ST-AIDARKEN"),
        ("жалал-абад", "GN-1528249"),
        ("МАНАС", "GN-1528249"),
        ("Исфана", "ST-RAZZAKOV"),
        ("Оруктчу", None),
        ("", None),
    ],
)
def test_a_typed_name_finds_its_place(bundled: Dataset, language: Language, typed: str, expected: str | None) -> None:
    """Old and new names, Latin and Cyrillic, without the Kyrgyz letters too."""
    found = gazetteer.match(gazetteer.labels(bundled, translator(language), TABLES), typed)
    assert found == (() if expected is None else (expected,))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Бужим", "ST-BUJUM"),
        ("бжум", "ST-BUJUM"),
        ("Bojum", "ST-BUJUM"),
        ("Кадамджай", "ST-KADAMJAY"),
        ("Айдаркэн", "ST-AIDARKEN"),
        ("ХАЙДАРКОН", "ST-AIDARKEN"),
        ("кок таала", "ST-KOK-TALAA"),
        ("Оруктчу", "ST-OTUKCHU"),
        ("Вашингтон", None),
        ("Бу", None),
        ("б" * 10_000, None),
    ],
)
def test_a_name_with_wrong_letters_is_guessed_at(
    bundled: Dataset, language: Language, typed: str, expected: str | None
) -> None:
    """The place meant is the first of a few; what is like nothing, or too short to tell, finds nothing."""
    labels = gazetteer.labels(bundled, translator(language), TABLES)
    found = gazetteer.close(labels, typed)
    assert found[:1] == (() if expected is None else (expected,))
    assert len(found) <= gazetteer.MOST_CLOSE
    assert not gazetteer.match(labels, typed)


def test_two_places_of_one_name_are_told_apart(bundled: Dataset) -> None:
    """Both villages called Jangy-Jer are offered, each with its raion; neither is guessed."""
    labels = gazetteer.labels(bundled, translator("en"), TABLES)
    found = gazetteer.match(labels, "Jangy-Jer")
    assert len(found) == 2
    assert len({labels[code] for code in found}) == 2


def test_every_label_is_its_own(bundled: Dataset) -> None:
    """A list in which two lines read the same cannot be chosen from."""
    for language in LANGUAGES:
        labels = gazetteer.labels(bundled, translator(language), ("sites", "storage", "collection_points", *TABLES))
        assert len(set(labels.values())) == len(labels)


def test_a_record_without_a_position_is_listed_only_on_request(bundled: Dataset) -> None:
    """Nothing can be measured from Chonkoy, but what is known of it can be read."""
    listed = set(bundled.sites.loc[bundled.sites["lon"].isna(), "id"])
    t = translator("ru")
    assert listed
    assert not listed & set(gazetteer.labels(bundled, t, ("sites",)))
    assert listed <= set(gazetteer.labels(bundled, t, ("sites",), placed_only=False))


def test_an_example_says_so_in_its_label(bundled: Dataset) -> None:
    """In the list of places too."""
    labels = gazetteer.labels(bundled, translator("ru"), ("collection_points",))
    assert labels
    assert all("пример, не реальный объект" in label for label in labels.values())
