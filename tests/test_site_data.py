"""What must hold of the hand-entered tables: sites, their quantities, stores, points, areas, limits, conflicts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd
import pytest
from babel.messages.pofile import read_po
from pyproj import Geod

from geo.schema import DO_NOT_MOVE, TABLES, WASTE_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parent.parent
NAMES: Final = ("sites", "site_quantities", "storage", "collection_points", "area_totals", "guidelines", "claims")
KHAIDARKAN: Final = {
    "KG-KHD": ("reference-point", 2500),
    "KG-KHD-WORKS": ("works", 3000),
    "KG-KHD-SLAG": ("waste-rock", 3000),
    "KG-KHD-SLUDGE": ("sludge-pond", 3000),
    "KG-KHD-TMF": ("tailings", 5000),
}
#: A row without a date of its source has to say that the date is missing.
UNDATED: Final = re.compile(r"no date|without a date|undated", re.IGNORECASE)
GEOD: Final = Geod(ellps="WGS84")


def read(name: str) -> pd.DataFrame:
    """Read a bundled table as text, empty cells as empty strings."""
    return pd.read_csv(ROOT / "data" / f"{name}.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    """Give all the tables of this module, as text."""
    return {name: read(name) for name in NAMES}


@pytest.fixture(scope="module")
def sites(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Give the sites by id."""
    return tables["sites"].set_index("id")


@pytest.fixture(scope="module")
def quantities(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Give the quantities of the sites."""
    return tables["site_quantities"]


@pytest.mark.parametrize("name", NAMES)
def test_columns_are_those_of_the_contract_in_order(name: str, tables: dict[str, pd.DataFrame]) -> None:
    """Files, templates and documentation rest on one order of columns."""
    assert list(tables[name].columns) == [column.name for column in TABLES[name].columns]


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_fits_its_column(name: str, tables: dict[str, pd.DataFrame]) -> None:
    """Codes are among the choices, numbers in their range, dates ISO, and what may not be empty is not."""
    for column in TABLES[name].columns:
        cells = tables[name][column.name]
        filled = cells[cells != ""]
        if not column.nullable:
            assert len(filled) == len(cells), column.name
        if column.choices:
            assert set(filled.str.split(";").explode()) <= set(column.choices), column.name
        if column.kind in {"number", "integer", "lon", "lat"}:
            values = pd.to_numeric(filled)
            assert column.minimum is None or (values >= column.minimum).all(), column.name
            assert column.maximum is None or (values <= column.maximum).all(), column.name
        if column.kind == "date":
            assert filled.str.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?").all(), column.name
        if column.kind == "boolean":
            assert set(filled) <= {"true", "false"}, column.name


@pytest.mark.parametrize("name", NAMES)
def test_keys_are_unique_and_references_resolve(name: str, tables: dict[str, pd.DataFrame]) -> None:
    """No two rows share the key; each parent and each site named exists."""
    table = tables[name]
    assert not table.duplicated(list(TABLES[name].key)).any()
    for column in TABLES[name].columns:
        for target in set(column.refers) & set(NAMES):
            named = set(table[column.name]) - {""}
            assert named <= set(tables[target]["id"])


@pytest.mark.parametrize("name", ["sites", "storage", "collection_points", "guidelines", "claims"])
def test_texts_stand_in_three_languages_or_in_none(name: str, tables: dict[str, pd.DataFrame]) -> None:
    """A reader of one language never gets less than a reader of another."""
    table = tables[name]
    stems = [c.name[:-3] for c in TABLES[name].columns if c.name.endswith("_en") and f"{c.name[:-3]}_ky" in table]
    assert stems
    for stem in stems:
        filled = table[[f"{stem}_{language}" for language in ("en", "ru", "ky")]] != ""
        assert (filled.all(axis=1) | ~filled.any(axis=1)).all(), stem


@pytest.mark.parametrize("name", NAMES)
def test_no_text_shouts_or_carries_markup(name: str, tables: dict[str, pd.DataFrame]) -> None:
    """Plain words: no exclamation marks, no markup, no absolute paths."""
    cells = tables[name].melt(value_name="cell")["cell"]
    assert not cells.str.contains(r"[!<>{}`]|(?:^|\s)/\w").any()


def test_khaidarkan_is_separate_places_at_one_point(sites: pd.DataFrame) -> None:
    """Its parts have no published coordinates: they share the town's point and differ in kind and error."""
    parts = sites.loc[list(KHAIDARKAN)]
    errors_m = parts["positional_error_m"].astype(int)
    assert {site: (parts.loc[site, "kind"], errors_m[site]) for site in parts.index} == KHAIDARKAN
    assert set(zip(parts["lon"], parts["lat"], strict=True)) == {("71.3418", "39.9432")}
    assert set(parts["position_basis"]) == {"town-point"}
    assert list(parts["parent_id"]) == ["", *["KG-KHD"] * 4]
    assert parts["note_en"].str.contains("assumed").all()


def test_no_status_claims_that_khaidarkan_runs_today(sites: pd.DataFrame) -> None:
    """Today's operation is unconfirmed, so no part may be shown as operating."""
    assert set(sites.loc[list(KHAIDARKAN), "status"]) == {"unconfirmed"}


def test_statements_of_2009_carry_their_year(sites: pd.DataFrame) -> None:
    """What was said in 2009, such as "not fenced", is read as such in every language."""
    row = sites.loc["KG-KHD-SLAG"]
    assert "As of 2009" in row["note_en"]
    assert "на 2009 год" in row["note_ru"]
    assert "2009-жылга карата" in row["note_ky"]


def test_places_nobody_located_have_no_coordinates(sites: pd.DataFrame) -> None:
    """Ulug-Tau and Chonkoy are only listed; every other site has a point, a basis and an error."""
    empty = sites[sites["position_basis"] == "none"]
    assert set(empty.index) == {"KG-ULT", "KG-CHK"}
    assert (empty[["lon", "lat", "positional_error_m"]] == "").all(axis=None)
    placed = sites.drop(empty.index)
    assert (placed[["lon", "lat", "positional_error_m"]] != "").all(axis=None)
    assert (placed["positional_error_m"].astype(float) >= 2000).all()


def test_uranium_and_lead_sites_are_not_mercury_and_say_so(sites: pd.DataFrame) -> None:
    """A site of another ore never carries the commodity mercury; its note says "not mercury" in each language."""
    other = sites[sites["commodities"].str.contains("uranium|lead|gold") | (sites["commodities"] == "antimony")]
    assert {"KG-MLS", "KG-MNK", "KG-KJS", "KG-KRB", "KG-SUM", "KG-AKT", "KG-TRS", "KG-KDJ"} <= set(other.index)
    assert not other["commodities"].str.contains("mercury").any()
    assert other["note_en"].str.contains("not mercury").all()
    assert other["note_ru"].str.contains("не ртуть").all()
    assert other["note_ky"].str.contains("сымап эмес").all()


def test_an_unknown_ore_stays_empty(sites: pd.DataFrame) -> None:
    """Nothing read says which ore Kan's tailings hold, so none is entered."""
    assert sites.loc["KG-KAN", "commodities"] == ""


def test_assumed_error_reaches_the_published_points(sites: pd.DataFrame) -> None:
    """Where another position is published, the assumed error covers it.

    Wikipedia puts Sumsar at 41.30 N 71.31 E; a database of the tailings (Annex 2.2 of a radiation study) puts
    No. 3 of Mailuu-Suu at 41°16'56" N 72°28'34" E; 39.94 N 71.37 E is published for Khaidarkan.
    """
    for site, lon, lat in (("KG-SUM", 71.31, 41.30), ("KG-MLS", 72.4761, 41.2822), ("KG-KHD", 71.37, 39.94)):
        own = sites.loc[site, ["lon", "lat", "positional_error_m"]].astype(float)
        assert GEOD.inv(own["lon"], own["lat"], lon, lat)[2] <= own["positional_error_m"]


def undated(table: pd.DataFrame) -> Iterator[str]:
    """Name the rows that neither date their source nor say that its date is missing."""
    for _, row in table[table["source_date"] == ""].iterrows():
        if not UNDATED.search(row["note_en"] + row["source"]):
            yield str(row.iloc[0]) + " " + str(row.iloc[1])


@pytest.mark.parametrize("name", ["sites", "storage", "collection_points", "area_totals"])
def test_every_row_is_sourced_and_dated_or_says_why_not(name: str, tables: dict[str, pd.DataFrame]) -> None:
    """A source stands in each row; where it has no date, the note says so."""
    assert (tables[name]["source"] != "").all()
    assert list(undated(tables[name])) == []


def test_quantities_carry_unit_and_date(quantities: pd.DataFrame) -> None:
    """A number without a year either has a note on its date or is not a figure of a year at all."""
    assert (quantities["unit"] != "").all()
    silent = quantities[(quantities["as_of"] == "") & (quantities["note_en"] == "")]
    assert silent.empty
    figures = quantities[quantities["quantity"].isin(["production-year", "production-plan"])]
    assert (figures["as_of"] != "").all()


def test_quantity_without_a_number_says_so(quantities: pd.DataFrame) -> None:
    """Where a source says "several million tonnes", there is no number: both ends stay empty and the note tells it."""
    empty = quantities[(quantities["value_min"] == "") & (quantities["value_max"] == "")]
    assert set(empty["quantity"]) == {"waste-rock-mass", "sludge-mass"}
    assert empty["note_en"].str.contains("no figure is given").all()


def test_ranges_are_ordered(quantities: pd.DataFrame) -> None:
    """The lower end never exceeds the upper one."""
    both = quantities[(quantities["value_min"] != "") & (quantities["value_max"] != "")]
    assert (both["value_min"].astype(float) <= both["value_max"].astype(float)).all()


def test_published_figures_of_khaidarkan(quantities: pd.DataFrame) -> None:
    """The figures that the pages quote, as published: a slip of a unit would show here."""

    def ends(site: str, quantity: str, unit: str) -> set[tuple[str, str]]:
        rows = quantities[(quantities["site_id"] == site) & (quantities["quantity"] == quantity)]
        rows = rows[rows["unit"] == unit]
        return set(zip(rows["value_min"], rows["value_max"], strict=True))

    assert ends("KG-KHD-WORKS", "production-total", "t") == {("36000", "")}
    assert ends("KG-KHD-SLAG", "slag-mass", "Mt") == {("13", "")}
    assert ends("KG-KHD-TMF", "tailings-mass", "kt") == {("3923.9", "3923.9")}
    assert ends("KG-KHD-TMF", "capacity", "kt") == {("8400", "8400")}
    years = quantities[quantities["quantity"] == "production-year"]
    assert sorted(years["as_of"]) == ["1941", "1997", "2000", "2000", "2002", "2005", "2008"]
    assert set(years[years["as_of"] == "2000"]["value_min"]) == {"257", "554"}


def test_labels_of_quantities_and_units_stand_in_every_language(tables: dict[str, pd.DataFrame]) -> None:
    """Each code used in a table has a label, the same keys in the three catalogues."""
    used = {f"quantity.{code}" for code in tables["site_quantities"]["quantity"]}
    for name in ("site_quantities", "guidelines", "claims"):
        used |= {f"unit.{code}" for code in tables[name]["unit"] if code}
    keys = {}
    for language in ("en", "ru", "ky"):
        with (ROOT / "geo" / "locales" / language / "quantities.po").open("rb") as file:
            catalogue = read_po(file, locale=language, abort_invalid=True)
        keys[language] = {message.id for message in catalogue if message.id}
        assert all(message.string for message in catalogue if message.id)
    assert keys["en"] == keys["ru"] == keys["ky"]
    assert used <= keys["en"]


def test_stores_are_reported_and_confirmed_by_nobody(tables: dict[str, pd.DataFrame]) -> None:
    """No contact is known and no status; a store without a position is only listed."""
    storage = tables["storage"]
    assert set(storage["evidence"]) == {"reported"}
    assert set(storage["status"]) == {"unknown"}
    assert set(storage["contact"]) == {""}
    unplaced = storage[storage["position_basis"] == "none"]
    assert (unplaced[["lon", "lat"]] == "").all(axis=None)


def test_an_id_names_one_place_in_all_tables(tables: dict[str, pd.DataFrame]) -> None:
    """A place may be asked for by its id alone, so no two tables share one."""
    ids = pd.concat([tables[name]["id"] for name in ("sites", "storage", "collection_points", "area_totals")])
    settlements = ROOT / "data" / "settlements.csv"
    if settlements.exists():
        ids = pd.concat([ids, pd.read_csv(settlements, dtype=str)["id"]])
    assert not ids.duplicated().any()


def test_illustrative_points_invent_nothing(tables: dict[str, pd.DataFrame]) -> None:
    """They have neither hours nor contact, sit on towns, and take nothing that nobody may move."""
    points = tables["collection_points"]
    assert set(points["evidence"]) == {"illustrative"}
    assert (points[["hours", "contact"]] == "").all(axis=None)
    assert points["id"].str.startswith("CP-ILL-").all()
    assert set(points["positional_error_m"]) == {"5000"}
    accepted = set(points["accepts"].str.split(";").explode())
    assert accepted <= set(WASTE_TYPES) - DO_NOT_MOVE
    assert points["accepts"].nunique() >= 5
    assert points["note_en"].str.contains("do not go").all()


def test_parts_of_batken_oblast_fit_into_it(tables: dict[str, pd.DataFrame]) -> None:
    """Census 2022: 260,591 + 126,753 + 174,099 = 561,443; older figures of its parts stay below the whole."""
    areas = tables["area_totals"].set_index("id")
    people = areas["population_persons"].astype(int)
    assert people["AR-KG-BATKEN-OBLAST"] == 260_591 + 126_753 + 174_099
    parts = people[areas["parent_id"] == "AR-KG-BATKEN-OBLAST"]
    assert len(parts) == 6
    assert parts.sum() < people["AR-KG-BATKEN-OBLAST"]
    oblasts = people[areas["kind"] == "oblast"]
    assert len(oblasts) == 7
    assert oblasts.sum() < people["AR-KG"]


def test_exclaves_are_tied_to_their_polygon_and_hold_their_conflict(tables: dict[str, pd.DataFrame]) -> None:
    """Each exclave names its border polygon; a low or high end encloses the value used."""
    areas = tables["area_totals"].set_index("id")
    exclaves = areas[areas["kind"] == "exclave"]
    assert set(exclaves["border_id"]) == {"UZ-SOKH", "UZ-SHOHIMARDON", "TJ-VORUKH"}
    assert areas.loc["AR-TJ-VORUKH", "population_high_persons"] == "45000"
    for end, sign in (("population_low_persons", 1), ("population_high_persons", -1)):
        known = areas[areas[end] != ""]
        gap = known["population_persons"].astype(int) - known[end].astype(int)
        assert (sign * gap >= 0).all()


def test_limits_that_do_not_apply_cannot_be_selected(tables: dict[str, pd.DataFrame]) -> None:
    """The Minamata thresholds and the value of one mine site are shown, never offered as a standard."""
    limits = tables["guidelines"].set_index("id")
    barred = {"GL-MINAMATA-WASTE-15", "GL-MINAMATA-TAILINGS-25", "GL-SULPHUR-BANK"}
    assert set(limits[limits["selectable"] == "false"].index) == barred
    assert not limits["status"].eq("withdrawn").any()


def test_national_limits_come_first_and_memory_is_marked(tables: dict[str, pd.DataFrame]) -> None:
    """The national rows open the list; what nobody checked says so in each language."""
    limits = tables["guidelines"]
    national = limits["national"] == "true"
    assert national.sum() == 4
    assert national.iloc[:4].all()
    unverified = limits[limits["unverified"] == "true"]
    assert len(unverified) == 7
    assert unverified["note_en"].str.contains("Not checked").all()
    assert unverified["note_ru"].str.contains("Не проверено").all()
    assert (unverified["status"] == "unconfirmed").all()
    unknown_year = limits[limits["year"] == ""]
    assert unknown_year["note_en"].str.contains("year of adoption was not checked").all()


def test_claims_name_one_used_value_at_most(tables: dict[str, pd.DataFrame]) -> None:
    """Of the claims on one thing at most one is used; a refuted or unverified one never is."""
    claims = tables["claims"]
    used = claims[claims["used"] == "true"]
    assert not used["subject"].duplicated().any()
    assert (used[["refuted", "unverified"]] == "false").all(axis=None)
    assert claims.groupby("subject")["subject_ru"].nunique().eq(1).all()
    assert not claims.duplicated(["subject", "value", "source"]).any()


def test_ledger_agrees_with_the_tables(tables: dict[str, pd.DataFrame]) -> None:
    """The value marked as used in the ledger is the one that stands in the tables."""
    claims = tables["claims"]
    used = claims[claims["used"] == "true"].set_index("subject")["value"]
    people = tables["area_totals"].set_index("id")["population_persons"]
    for subject, area in (
        ("sokh-population", "AR-UZ-SOKH"),
        ("vorukh-population", "AR-TJ-VORUKH"),
        ("shohimardon-population", "AR-UZ-SHOHIMARDON"),
        ("kadamjay-raion-population", "AR-KG-KADAMJAY"),
        ("batken-raion-population", "AR-KG-BATKEN-RAION"),
        ("batken-city-population", "AR-KG-BATKEN-CITY"),
        ("batken-oblast-population", "AR-KG-BATKEN-OBLAST"),
        ("leilek-population", "AR-KG-LEILEK"),
        ("kyzyl-kiya-population", "AR-KG-KYZYL-KIYA"),
        ("country-population", "AR-KG"),
    ):
        assert used[subject] == people[area], subject
    town = tables["sites"].set_index("id").loc["KG-KHD"]
    assert used["khaidarkan-position"] == f"{town['lat']}, {town['lon']}"


def test_refuted_claims_are_refuted_by_arithmetic(tables: dict[str, pd.DataFrame]) -> None:
    """A way cannot be shorter than the straight line: Osh–Isfana 289 km, Nookat–Kyzyl-Kiya 41, Aidarken–Kyzyl-Kiya 76."""
    refuted = tables["claims"].query("refuted == 'true'").set_index("subject")["value"]
    towns = {"osh": (72.8050, 40.5173), "isfana": (69.5312, 39.8361), "nookat": (72.6178, 40.2657)}
    towns |= {"kyzyl-kiya": (72.1312, 40.26), "aidarken": (71.3418, 39.9432)}
    for subject, start, end in (
        ("road-osh-isfana", "osh", "isfana"),
        ("road-nookat-kyzyl-kiya", "nookat", "kyzyl-kiya"),
        ("rail-aidarken-kyzyl-kiya", "aidarken", "kyzyl-kiya"),
    ):
        straight_km = GEOD.inv(*towns[start], *towns[end])[2] / 1000
        assert float(refuted[subject]) < straight_km


def test_every_published_point_of_khaidarkan_stays_in_the_ledger(tables: dict[str, pd.DataFrame]) -> None:
    """All positions in circulation are kept, and each note names the distance that the geodesic gives."""
    rows = tables["claims"]
    rows = rows[rows["subject"] == "khaidarkan-position"]
    assert {"39.9374, 71.3413", "39.94, 71.37", "40.0678, 71.1789", "39.94, 70.48"} <= set(rows["value"])
    for _, row in rows[rows["used"] == "false"].iterrows():
        lat, lon = map(float, row["value"].split(", "))
        said = re.match(r"([\d.]+) km", row["note_en"])
        assert said is not None
        assert float(said[1]) == pytest.approx(GEOD.inv(71.3418, 39.9432, lon, lat)[2] / 1000, abs=0.5)
