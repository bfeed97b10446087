"""The field page as a file: what it holds, what it never holds, how small it is and what it says of itself."""

from __future__ import annotations

import gzip
import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from geo import cli_field, fieldborders, fieldnet, fieldpack
from geo.borders import country_at
from geo.i18n import LANGUAGES, translator
from geo.nearest_many import NearestManyQuestion, find_many
from geo.network import build
from geo.schema import DO_NOT_MOVE
from tests.field_worlds import crowded
from tests.payloads import PAYLOADS
from tests.road_worlds import dataset, node, point, road, valley

if TYPE_CHECKING:
    from pathlib import Path

    from geo.dataset import Dataset

MADE = date(2026, 3, 4)


def _data(page: fieldpack.FieldPage) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.html.decode(), re.DOTALL)
    assert found is not None
    return dict(json.loads(found.group(1)))


def _records(page: fieldpack.FieldPage) -> list[dict[str, Any]]:
    """Read the records as the page's program does."""
    packed = _data(page)["records"]
    keys, pool = packed["keys"], packed["pool"]
    rows = [dict(zip(keys, row, strict=True)) for row in packed["rows"]]
    return [{key: pool[value] if key in packed["pooled"] else value for key, value in row.items()} for row in rows]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_fits_its_budget_and_asks_for_nothing(bundled: Dataset, language: str) -> None:
    """At most 200 kB, 60 kB as sent; no address of another host anywhere outside the sources' names."""
    page = fieldpack.page(bundled, language, MADE)  # type: ignore[arg-type]
    assert len(page.html) <= fieldpack.RAW_BYTES == 200_000
    assert len(page.gzipped) <= fieldpack.GZIP_BYTES == 60_000
    assert gzip.decompress(page.gzipped) == page.html
    assert page.reduced == ()
    text = page.html.decode()
    assert f'<html lang="{language}">' in text
    outside = re.sub(r'<script type="application/json".*?</script>', "", text, flags=re.DOTALL)
    assert not re.search(r"https?://|//[a-z]+\.[a-z]|@import|url\(", outside.replace("https?:$", ""))
    assert "default-src 'none'" in text
    assert "unsafe" not in text


def test_nobody_illustrative_is_in_the_page(bundled: Dataset) -> None:
    """Neither id, name nor code of evidence; the three reported places are, and no waste that must stay."""
    page = fieldpack.page(bundled, "ru", MADE)
    data = _data(page)
    text = json.dumps(data, ensure_ascii=False)
    assert "CP-ILL" not in text
    assert not any(name in text for name in bundled.collection_points["name_ru"])
    assert [record["ok"] for record in _records(page)] == [0, 0, 0]
    still = [data["waste"].index(code) for code in DO_NOT_MOVE]
    assert not any(set(record["w"]) & set(still) for record in _records(page))
    assert data["words"]["ky"]["still"] == sorted(still)


def test_dates_and_evidence_are_in_the_page_s_words(bundled: Dataset) -> None:
    """The page knows its own day, the newest dated report, and how each language writes them."""
    page = fieldpack.page(bundled, "ky", MADE)
    data = _data(page)
    assert (data["made"], data["newest"]) == ("2026-03-04", "2020-09-24")
    assert data["words"]["ru"]["dates"]["2020-09-24"] == translator("ru").date("2020-09-24")
    assert {record["ev"] for record in _records(page)} == {"reported"}


def test_a_confirmed_point_of_a_real_list_comes_with_its_phone() -> None:
    """Digits for the call, the text as it was typed; a store that only takes what must stay is not there."""
    world = valley(
        collection_points=[
            point("CP-1", 74.5, 41.0, country="KG", contact="тел. +996 (312) 12-34-56, Асан", hours="9–17"),
            point("CP-2", 74.9, 41.0, country="KG", contact="дом 12", status="closed"),
            point("CP-3", 74.9, 41.0, country="KG", evidence="illustrative"),
            point("CP-4", 74.9, 41.0, country="KG", accepts=("tailings",)),
        ]
    )
    records = _records(fieldpack.page(world, "ru", MADE))
    assert [(one["id"], one["tel"], one["hours"], one["ok"]) for one in records] == [
        ("CP-1", "+996312123456", "9–17", 1)
    ]
    assert fieldpack.counts(world) == (1, 0)


def test_hostile_names_stay_data() -> None:
    """Each comes back from the page's data as it was cleaned, and none opens or closes a script."""
    points = [
        point(f"CP-{i}", 74.5, 41.0, country="KG", name_en=text, contact=text, source=text)
        for i, text in enumerate(PAYLOADS)
        if text.strip()
    ]
    villages = [
        point(f"ST-{i}", 74.6, 41.0, country="KG", name_en=text) for i, text in enumerate(PAYLOADS) if text.strip()
    ]
    page = fieldpack.page(valley(collection_points=points, settlements=villages), "en", MADE)
    text = page.html.decode()
    assert text.count("<script") == text.count("</script>") == 2
    assert "{{" not in text.split('id="data">')[1].split("</script>")[0]
    names = {record["n"][0] for record in _records(page)}
    assert "<img src=x onerror=window.symapAlarm=1>" in names
    assert len(page.gzipped) <= fieldpack.GZIP_BYTES


def test_too_large_tables_are_reduced_until_they_fit_and_the_page_says_how() -> None:
    """More than three thousand sections and six hundred villages: what was left out stands in three languages."""
    world = crowded()
    assert len(world.road_sections) > 3_000
    page = fieldpack.page(world, "ru", MADE)
    assert len(page.html) <= fieldpack.RAW_BYTES
    assert len(page.gzipped) <= fieldpack.GZIP_BYTES
    codes = [code for code, _ in page.reduced]
    assert "roads" in codes
    assert "lines" in codes
    for language in LANGUAGES:
        told = _data(page)["words"][language]["reduced"]
        assert told == fieldpack.reduced_words(page, translator(language))
        assert len(told) == len(codes)


def test_of_too_many_points_the_nearest_to_the_villages_stay(bundled: Dataset) -> None:
    """Five hundred points with long names: fewer are kept, and first those to which the villages would be sent."""
    chance = np.random.default_rng(3)
    rows = [
        point(
            f"CP-{number:03}", float(chance.uniform(69.6, 78.5)), float(chance.uniform(39.5, 42.8)), accepts=("lamps",),
            name_ru=f"Центр семейной медицины № {number}, Баткенская область, улица Ленина, дом {number}",
            name_ky=f"Үй-бүлөлүк медицина борбору № {number}, Баткен облусу, Ленин көчөсү, {number}-үй",
            contact=f"+996 700 {number:06}, спросить дежурного", hours=f"9:00-17:{number % 60:02}",
        )
        for number in range(500)
    ]  # fmt: skip
    world = bundled.with_table("collection_points", dataset(collection_points=rows).collection_points)
    page = fieldpack.page(world, "ru", MADE)
    assert len(page.html) <= fieldpack.RAW_BYTES
    assert len(page.gzipped) <= fieldpack.GZIP_BYTES
    # The roads are the bundled ones: nobody is told that they are too many.
    assert [code for code, _ in page.reduced] == ["records"]
    kept = {str(record["id"]) for record in _records(page)}
    assert page.reduced[0][1] == {"kept": len(kept), "all": 503}
    villages = tuple(bundled.settlements["id"])
    wanted = find_many(world, NearestManyQuestion(villages, "lamps")).places["nearest_id"].dropna()
    assert len(wanted) > 200
    often = wanted.value_counts()
    lost = [count for code, count in often.items() if code not in kept]
    assert sum(lost) < 0.02 * len(wanted)


def test_joining_and_drawing_coarsely_keeps_length_and_time() -> None:
    """A–B–C in one country become one road of 200 km; nothing is joined across a rule or a branch."""
    world = dataset(
        road_nodes=[node("A", 74.0, 41.0), node("B", 74.4, 41.001), node("C", 74.8, 41.0), node("D", 74.9, 41.0)],
        road_sections=[
            road("1", "B", "A", 50_000, evidence="reported"),
            road("2", "B", "C", 150_000, winter_closure=True),
            road("3", "C", "D", 9_000, countries=("KG", "UZ")),
        ],
    )
    whole = fieldnet.roads(build(world))
    joined = sorted(fieldnet.joined(whole), key=lambda one: -one.along_m[-1])
    assert [one.along_m[-1] for one in joined] == [200_000.0, 9_000.0]
    assert (joined[0].time_s, joined[0].winter, joined[0].evidence) == (20_000.0, True, "reported")
    assert len(joined[0].lon) == 3
    coarse = fieldnet.coarser(joined, 200.0)[0]
    assert (len(coarse.lon), coarse.along_m[-1]) == (2, 200_000.0)
    # B, 111 m off the line, stays when only 50 m may be lost, and with it the 50 km before it.
    kept = fieldnet.coarser(joined, 50.0)[0]
    assert sorted(abs(kept.along_m[1] - end) for end in (0.0, 200_000.0)) == [50_000.0, 150_000.0]
    assert len(fieldnet.joined(whole, fixed=[whole[0].tail])) == 3


def test_places_meet_coarse_roads_where_they_meet_the_fine_ones() -> None:
    """Halfway along B–C, 125 km from A however the road is turned; at B, which is a node no more; and at a lost road."""
    world = dataset(
        road_nodes=[node("A", 74.0, 41.0), node("B", 74.4, 41.05), node("C", 74.8, 41.0), node("E", 74.4, 42.0)],
        road_sections=[road("1", "B", "A", 50_000), road("2", "B", "C", 150_000), road("3", "C", "E", 200_000)],
    )
    network = build(world)
    near = pd.DataFrame(
        {"lon": [74.6, 74.4, 74.8, 74.6], "lat": [41.025, 41.051, 41.0, 41.5], "country": ["KG"] * 4},
        index=list("hbce"),
    )
    roads = fieldnet.coarser(fieldnet.joined(fieldnet.roads(network, np.array([True, True, False]))), 10_000.0)
    assert [len(one.lon) for one in roads] == [2]
    _, numbers = fieldnet.encode(roads, ("documented",))
    halfway, at_b, at_c, elsewhere = fieldnet.meets(network, near, roads, numbers)
    from_a = {halfway[1], at_b[1]}
    assert from_a == ({125_000, 50_000} if roads[0].tail == network.node_row["A"] else {75_000, 150_000})
    assert (halfway[0], at_b[0], at_b[2]) == (0, 0, pytest.approx(111, abs=1))
    assert at_c == [-1 - numbers[network.node_row["C"]], 0, 0]
    assert elsewhere == []


def test_the_roads_that_are_kept_lead_from_every_place_to_its_points() -> None:
    """Of the valley only A–B and B–C matter between A and a point at C."""
    world = valley()
    network = build(world)
    places = pd.DataFrame({"lon": [74.0], "lat": [41.0], "country": ["KG"]})
    records = pd.DataFrame({"lon": [74.9], "lat": [41.0], "country": ["KG"]})
    keep = fieldnet.used(network, places, records, [np.array([True])], 3)
    assert network.sections["id"][keep].tolist() == ["RS-AB", "RS-BC"]


def _country_at(data: dict[str, Any], lon: float, lat: float) -> str | None:
    """Look below the nearest arc to the north, as the page does."""
    top, found = np.inf, -1
    for left, right, x, y, *steps in data["arcs"]:
        xs = np.cumsum([x, *steps[::2]]) / fieldborders.STEPS_PER_DEG
        ys = np.cumsum([y, *steps[1::2]]) / fieldborders.STEPS_PER_DEG
        for row in np.flatnonzero((xs[:-1] <= lon) != (xs[1:] <= lon)):
            height = ys[row] + (lon - xs[row]) / (xs[row + 1] - xs[row]) * (ys[row + 1] - ys[row])
            if lat <= height < top:
                top, found = height, left if xs[row + 1] < xs[row] else right
    return None if found < 0 else str(data["codes"][found])


def test_the_coarse_borders_put_places_into_their_countries(bundled: Dataset) -> None:
    """Every settlement, villages inside the enclaves too, lies where the fine borders have it or near a line."""
    data = fieldborders.arcs(bundled)
    frame = bundled.settlements
    codes, _ = country_at(bundled.borders, frame["lon"], frame["lat"])
    lines = bundled.borders.geometry.boundary.union_all()
    wrong = [
        spot
        for code, spot in zip(codes, frame.geometry, strict=True)
        if code != _country_at(data, spot.x, spot.y) and lines.distance(spot) * 111_000 > fieldborders.UNSURE_M
    ]
    assert wrong == []
    assert _country_at(data, 71.13, 39.97) == "UZ"  # Sokh
    assert _country_at(data, 70.6, 39.85) == "TJ"  # Vorukh


def test_the_folder_holds_page_and_tracks_or_says_why_not(bundled: Dataset, tmp_path: Path) -> None:
    """``fieldpack OUTDIR`` writes three files; a folder that cannot be written is named in a sentence."""
    import argparse  # noqa: PLC0415 - only here

    from geo.errors import QuestionError  # noqa: PLC0415 - only here

    t = translator("ru")
    outcome = cli_field.run(argparse.Namespace(outdir=str(tmp_path / "a" / "b"), data=None), t)
    written = sorted(path.name for path in (tmp_path / "a" / "b").iterdir())
    assert written == ["symap-field-ru.html", "symap-points-ru.gpx", "symap-points-ru.kml"]
    assert outcome.answer["reported"] == fieldpack.counts(bundled)[1] == 3
    assert outcome.text().count("\n") == 2
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(QuestionError, match="cli-unwritable"):
        cli_field.run(argparse.Namespace(outdir=str(tmp_path / "file"), data=None), t)


def test_a_faulty_own_table_stops_the_page(tmp_path: Path) -> None:
    """A page from the bundled points would look like one of the operator's list."""
    import argparse  # noqa: PLC0415 - only here

    from geo.errors import QuestionError  # noqa: PLC0415 - only here

    (tmp_path / "collection_points.csv").write_text("id,name_en,accepts\nX,Y,lamps\n", encoding="utf-8")
    with pytest.raises(QuestionError, match="cli-own-table-faulty"):
        cli_field.run(argparse.Namespace(outdir=str(tmp_path / "out"), data=str(tmp_path)), translator("en"))
