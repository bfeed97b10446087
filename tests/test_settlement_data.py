"""What must hold of the bundled settlements and of the sources from which they are made."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod
from shapely.geometry import shape

from geo.schema import EVIDENCE, TABLES

DATA: Final = Path(__file__).resolve().parent.parent / "data"
SOURCES: Final = DATA / "sources"
GENERATOR: Final = DATA / "generators" / "make_settlements.py"
GEOD: Final = Geod(ellps="WGS84")
AIDARKEN: Final = (71.3424, 39.9464)
CYRILLIC: Final = re.compile(r"[А-Яа-яЁёӨөҮүҢң() -]+")
OBLAST_CENTRES: Final = ("Bishkek", "Osh", "Jalal-Abad (Manas)", "Karakol", "Naryn", "Talas", "Batken")
BATKEN_AREAS: Final = (
    "AR-KG-KADAMJAY",
    "AR-KG-BATKEN-RAION",
    "AR-KG-LEILEK",
    "AR-KG-KYZYL-KIYA",
    "AR-KG-BATKEN-CITY",
    "AR-KG-SULUKTU",
)


def read(path: Path) -> pd.DataFrame:
    """Read a table as text, empty cells as empty strings."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def settlements() -> pd.DataFrame:
    """Give the bundled settlements by id, with numbers as numbers (NaN where not known)."""
    table = read(DATA / "settlements.csv").set_index("id", drop=False)
    for column in ("lon", "lat", "positional_error_m", "population_persons", "population_year"):
        table[column] = pd.to_numeric(table[column])
    return table


@pytest.fixture(scope="module")
def totals() -> pd.Series:
    """Give the published totals of the areas by id."""
    table = read(DATA / "area_totals.csv").set_index("id")
    return pd.to_numeric(table["population_persons"])


def distances_m(table: pd.DataFrame, lon: float, lat: float) -> np.ndarray:
    """Measure the geodesic distance of every settlement from a point."""
    here = np.full(len(table), lon), np.full(len(table), lat)
    return np.asarray(GEOD.inv(*here, table["lon"].to_numpy(), table["lat"].to_numpy())[2])


def test_columns_are_those_of_the_contract_in_order(settlements: pd.DataFrame) -> None:
    """The generator writes what the contract says."""
    assert list(settlements.columns) == [column.name for column in TABLES["settlements"].columns]


def test_regeneration_gives_the_same_bytes(tmp_path: Path) -> None:
    """The table comes from data/sources alone, without the large package behind the extract."""
    made = tmp_path / "settlements.csv"
    subprocess.run([sys.executable, str(GENERATOR), "--output", str(made)], check=True, capture_output=True)
    assert made.read_bytes() == (DATA / "settlements.csv").read_bytes()


def test_values_keep_to_the_contract(settlements: pd.DataFrame) -> None:
    """Ids are unique, every row is sourced, no population is 0, and all lie in the window."""
    assert settlements.index.is_unique
    assert settlements["id"].str.fullmatch(r"ST-[A-Z0-9-]+|GN-\d+").all()
    assert settlements["evidence"].isin(EVIDENCE).all()
    assert (settlements["source"] != "").all()
    assert (settlements["name_en"] != "").all()
    assert settlements["lon"].between(69, 81).all()
    assert settlements["lat"].between(39, 43.5).all()
    assert settlements["positional_error_m"].between(500, 6300).all()
    assert (settlements["population_persons"].dropna() >= 1).all()


def test_numbers_carry_their_source_and_others_have_none(settlements: pd.DataFrame) -> None:
    """Whoever shows a number can say where it is from; a missing one has neither source nor year."""
    known = settlements["population_persons"].notna()
    assert ((settlements["population_source"] != "") == known).all()
    assert settlements.loc[~known, "population_year"].isna().all()
    dated = settlements["population_source"].str.startswith("GeoNames") | settlements["population_year"].notna()
    assert dated[known].all()
    years = settlements["population_year"].dropna()
    assert years.between(2009, 2025).all()


def test_counts(settlements: pd.DataFrame) -> None:
    """How many places and numbers each country has: a change here is a change of the data."""
    places = settlements["country"].value_counts().to_dict()
    numbered = settlements.loc[settlements["population_persons"].notna(), "country"].value_counts().to_dict()
    assert places == {"KG": 210, "UZ": 81, "CN": 58, "KZ": 38, "TJ": 31}
    assert numbered == {"KG": 99, "UZ": 66, "KZ": 34, "TJ": 27, "CN": 6}


def test_every_country_is_that_of_the_borders(settlements: pd.DataFrame) -> None:
    """No settlement falls into another country than it says, not even at the edge of Sokh."""
    features = json.loads((DATA / "borders.geojson").read_text(encoding="utf-8"))["features"]
    points = shapely.points(settlements["lon"], settlements["lat"])
    countries = np.full(len(points), "", dtype=object)
    for feature in features:
        countries[shapely.covers(shape(feature["geometry"]), points)] = feature["properties"]["country"]
    assert (countries == settlements["country"].to_numpy()).all()


def test_exclaves_tie_their_settlements(settlements: pd.DataFrame) -> None:
    """Each of the three exclaves with a total has its centre tied to it, and nothing of another country."""
    expected = {"AR-UZ-SOKH": "ST-RAVON", "AR-UZ-SHOHIMARDON": "ST-SHOHIMARDON", "AR-TJ-VORUKH": "ST-VORUKH"}
    for area, place in expected.items():
        assert settlements.index[settlements["area_id"] == area].tolist() == [place]


def test_areas_exist(settlements: pd.DataFrame, totals: pd.Series) -> None:
    """Every tie leads to a published total."""
    tied = settlements.loc[settlements["area_id"] != "", "area_id"]
    assert set(tied) <= set(totals.index)


def test_points_of_an_area_hold_no_more_than_its_total(settlements: pd.DataFrame, totals: pd.Series) -> None:
    """Otherwise somebody would be counted twice."""
    held = settlements.groupby("area_id")["population_persons"].sum().drop("")
    assert (held <= totals[held.index]).all()


def test_what_the_points_of_kadamjay_raion_miss(settlements: pd.DataFrame, totals: pd.Series) -> None:
    """The points hold 26 % of the raion: 12,031 + 1,500 + 1,502 + 3,503 + 2,272 + 6,732 + 3,014 + 14,708 + 6,274 + 908."""
    inside = settlements[settlements["area_id"] == "AR-KG-KADAMJAY"]
    assert inside["population_persons"].sum() == 52_444
    assert inside["population_persons"].count() == 10
    assert 52_444 / totals["AR-KG-KADAMJAY"] == pytest.approx(0.26, abs=0.005)


def test_villages_around_aidarken(settlements: pd.DataFrame) -> None:
    """Few villages near the works have a number: what the app says about that rests on these."""
    near = settlements[distances_m(settlements, *AIDARKEN) <= 25_000]
    numbered = near[near["population_persons"].notna()]
    assert set(numbered["name_en"]) == {"Aidarken", "Chechme", "Say", "Tayan", "Sovet"}
    assert len(near) == 24
    assert set(near["country"]) == {"KG", "UZ"}


def test_batken_is_the_sum_of_its_four_parts(settlements: pd.DataFrame, totals: pd.Series) -> None:
    """15,805 + 6,378 + 1,425 + 4,122 = 27,730, the area of the city council."""
    parts = settlements.loc[settlements["area_id"] == "AR-KG-BATKEN-CITY", "population_persons"]
    assert parts.sum() == totals["AR-KG-BATKEN-CITY"] == 27_730


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("ST-VORUKH", 3836),
        ("ST-SHOHIMARDON", None),
        ("ST-ISFARA", 47_800),
        ("ST-BATKEN", 15_805),
        ("ST-KYZYL-KIYA", 59_298),
        ("ST-KARAVAN", None),
        ("ST-AK-BULAK-KYZYL-KIYA", None),
        ("ST-JIN-JIGEN", None),
        ("GN-1528283", None),
        ("GN-1220253", 61_200),
        ("GN-1514891", 50_400),
    ],
)
def test_totals_of_areas_are_no_populations_of_places(
    place: str, expected: int | None, settlements: pd.DataFrame
) -> None:
    """A jamoat, an exclave or a district must not stand as people at one point; the note says what was left out."""
    population = settlements.loc[place, "population_persons"]
    assert np.isnan(population) if expected is None else population == expected
    assert settlements.loc[place, "note_en"]


def test_no_place_twice(settlements: pd.DataFrame) -> None:
    """No two settlements of one name within 2 km: the same place from two sources would be counted twice."""
    for _, group in settlements.groupby("name_en"):
        for number in range(len(group) - 1):
            rest = group.iloc[number + 1 :]
            assert (distances_m(rest, group["lon"].iloc[number], group["lat"].iloc[number]) > 2000).all(), group["id"]


def test_entered_places_win_over_geonames(settlements: pd.DataFrame) -> None:
    """Places that stand in both are there once, with the entered number."""
    twins = {"1222635", "1528735", "1527719", "1527534", "1514896", "1220164", "1216189", "1346571", "1528182"}
    left = {key.removeprefix("GN-") for key in settlements.index}
    assert twins & left == {"1528182"}
    assert settlements.loc["ST-AIDARKEN", "population_persons"] == 12_031


def test_doubtful_villages_keep_a_wide_error_circle(settlements: pd.DataFrame) -> None:
    """Two names stand 6.2 and 3.7 km apart in two sources: one row each, whose circle holds both points."""
    extract = read(SOURCES / "geonames_extract.csv").set_index("geonames_id")
    for place, twin in (("ST-KARA-DOBO", "8139689"), ("ST-TOGUZ-BULAK", "8377922")):
        row = settlements.loc[place]
        apart_m = GEOD.inv(row["lon"], row["lat"], float(extract["lon"][twin]), float(extract["lat"][twin]))[2]
        assert apart_m <= row["positional_error_m"]
        assert f"GN-{twin}" not in settlements.index


def test_kyrgyz_places_have_names_in_three_languages(settlements: pd.DataFrame) -> None:
    """All Kyrgyz places in the table can be found and shown in Russian and Kyrgyz, in Cyrillic letters."""
    kyrgyz = settlements[settlements["country"] == "KG"]
    for column in ("name_ru", "name_ky"):
        assert kyrgyz[column].str.fullmatch(CYRILLIC).all()
    assert set(OBLAST_CENTRES) <= set(kyrgyz["name_en"])
    assert kyrgyz["area_id"].isin(BATKEN_AREAS).sum() > 100


def test_towns_of_the_neighbours_have_russian_names(settlements: pd.DataFrame) -> None:
    """Every town of more than 20,000 people, in any country, is known by its Russian name."""
    towns = settlements[settlements["population_persons"] > 20_000]
    assert towns["name_ru"].str.fullmatch(CYRILLIC).all()


def test_kyrgyz_letters_survive(settlements: pd.DataFrame) -> None:
    """Ө, Ү and Ң stand in Kyrgyz names and never in Russian ones."""
    assert settlements.loc["ST-CHONG-GARA", "name_ky"] == "Чоң-Гара"
    assert settlements.loc["ST-PULGON", "name_ky"] == "Пүлгөн"
    assert settlements.loc["ST-MING-ORUK", "name_ky"] == "Миң-Өрүк"
    assert settlements.loc["ST-MING-ORUK", "name_ru"] == "Мин-Орук"
    assert not settlements["name_ru"].str.contains("[ӨөҮүҢң]").any()


@pytest.mark.parametrize(
    ("place", "spellings"),
    [
        ("ST-AIDARKEN", {"Khaidarkan", "Хайдаркан", "Хайдаркен", "Aydarken"}),
        ("ST-RAZZAKOV", {"Isfana", "Исфана"}),
        ("GN-1528249", {"Manas", "Манас", "Jalal-Abad", "Джалал-Абад", "Жалал-Абад"}),
        ("GN-1528121", {"Przhevalsk", "Пржевальск"}),
        ("ST-KOK-TASH", {"Kok-Tash"}),
    ],
)
def test_old_and_plain_spellings_are_searchable(place: str, spellings: set[str], settlements: pd.DataFrame) -> None:
    """A reader finds a place by its old name, by its new one, and without umlauts."""
    assert spellings <= set(settlements.loc[place, "other_names"].split(";"))


def test_news_figures_are_reported_only(settlements: pd.DataFrame) -> None:
    """Rounded figures of news reports are not documented ones."""
    news = settlements["population_source"].str.contains("24.kg", regex=False)
    assert set(settlements.loc[news, "name_en"]) == {"Chechme", "Kara-Bak"}
    assert ((settlements["evidence"] == "reported") == news).all()


def test_places_without_position_are_not_drawn(settlements: pd.DataFrame) -> None:
    """They are listed apart, with their source."""
    listed = read(SOURCES / "settlements_without_position.csv")
    assert list(listed.columns) == ["name", "country", "area", "source"]
    assert len(listed) == 17
    assert (listed != "").all(axis=None)
    assert "Sariqanda" not in set(settlements["name_en"])


def test_conflicts_follow_the_contract_of_claims() -> None:
    """They are ready for the ledger: its columns, and at most one used value for each subject."""
    conflicts = read(SOURCES / "settlement_conflicts.csv")
    assert list(conflicts.columns) == [column.name for column in TABLES["claims"].columns]
    assert conflicts["id"].is_unique
    used = conflicts[conflicts["used"] == "true"]
    assert not used["subject"].duplicated().any()
    assert (conflicts[["subject_en", "subject_ru", "subject_ky", "value", "source"]] != "").all(axis=None)


def test_corrections_give_their_reason() -> None:
    """Nothing of GeoNames is dropped or changed without saying why."""
    corrections = read(SOURCES / "geonames_corrections.csv")
    assert corrections["geonames_id"].is_unique
    assert corrections["action"].isin(["drop", "replace", "clear", "note"]).all()
    assert (corrections["reason"] != "").all()
    replaced = corrections[corrections["action"] == "replace"]
    assert (replaced[["population_persons", "population_year", "population_source"]] != "").all(axis=None)
