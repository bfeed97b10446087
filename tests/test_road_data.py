"""The bundled road network says what is published about it, and nothing that geometry forbids.

The tables are read as plain CSV, without the project's own reader, so a fault of the reader cannot hide one of the data.
"""

from __future__ import annotations

import heapq
import math
import re
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

import pandas as pd
import pytest
from pyproj import Geod

from geo.schema import EVIDENCE, LENGTH_BASIS, NODE_KINDS, SURFACES, TABLES, TERRAINS

DATA: Final = Path(__file__).parents[1] / "data"
GEOD: Final = Geod(ellps="WGS84")
COUNTRIES: Final = {"KG", "UZ", "TJ", "KZ", "CN"}
LANGUAGES: Final = ("en", "ru", "ky")
#: Reached only through Sokh (UZ): the road Sokh-Kan-Zardaly (24.kg 340849).
ONLY_THROUGH_ABROAD: Final = {"RN-KAN"}


class Pair(NamedTuple):
    """Two towns, what is published between them in km, and how far the network may be from it."""

    origin: str
    destination: str
    published_km: float
    tolerance: float


#: The lengths of the Logistics Cluster (lca.logcluster.org) and econf.rae.ru/article/5019.
PUBLISHED: Final = (
    Pair("KADAMJAY", "AYDARKEN", 44, 0.01),
    Pair("AYDARKEN", "BATKEN", 65, 0.01),
    Pair("OSH", "BATKEN", 235, 0.01),
    Pair("BISHKEK", "OSH", 675, 0.01),
    Pair("OSH", "SARY-TASH", 185, 0.01),
    Pair("SARY-TASH", "KARAMYK", 133, 0.01),
    Pair("OSH", "IRKESHTAM", 258, 0.01),
    Pair("BISHKEK", "TORUGART", 550, 0.01),
    Pair("BISHKEK", "JALAL-ABAD", 565, 0.01),
)

#: Further pairs, each from a source of its own; a wider tolerance stands where sources disagree.
UNLISTED: Final = (
    Pair("OSH", "JALAL-ABAD", 675 - 565, 0.06),  # Logistics Cluster: Bishkek-Osh less Bishkek-Jalal-Abad
    Pair("OSH", "UZGEN", 54, 0.03),  # eastroute.com Uzgen
    Pair("BISHKEK", "TOKTOGUL", 270, 0.03),  # maiandchristravel.com Toktogul to Bishkek
    Pair("TOKTOGUL", "TALAS", 178, 0.03),  # maiandchristravel.com Toktogul to Bishkek (change of plans)
    Pair("BISHKEK", "TALAS", 198 + 104.6, 0.03),  # 24.kg 78531 (post 198 at the fork), 24.kg 327377 (Talas at km 104.6)
    Pair("BISHKEK", "MAILUU-SUU", 550, 0.03),  # kyrgyzstantravel.info glossary
    Pair("BISHKEK", "BALYKCHY", 186, 0.03),  # ishvetsov.ru, Travel around Issyk Kul
    Pair("BISHKEK", "NARYN", 365, 0.03),  # kyrgyzinfo.ru Naryn
    Pair("BALYKCHY", "NARYN", 180, 0.03),  # ru.wikipedia Нарын
    Pair("BALYKCHY", "AT-BASHY", 226, 0.03),  # open.kg Ат-Баши
    Pair("NARYN", "TORUGART", 186, 0.03),  # ru.wikipedia Нарын
    Pair("BISHKEK", "KARAKOL", 380, 0.08),  # en.wikipedia Karakol; both shores are longer here
    Pair("BALYKCHY", "BARSKOON", 141.7, 0.03),  # kg.kabar.kg 30 Apr 2023
    Pair("BARSKOON", "KARAKOL", 75, 0.03),  # trend.az 4038518
    Pair("BALYKCHY", "JALAL-ABAD", 433, 0.03),  # 24.kg 56333
    Pair("JALAL-ABAD", "ALA-BUKA", 230, 0.03),  # Kyrgyz encyclopedia, Ala-Buka
    Pair("OSH", "KYZYL-KIYA", 86, 0.03),  # ru.wikipedia Кызыл-Кия
    Pair("KYZYL-KIYA", "BATKEN", 150, 0.03),  # ru.wikipedia Кызыл-Кия
    Pair("OSH", "RAZZAKOV", 405 - 36, 0.03),  # wegenwiki.nl EM-16 less piumotc.kg news 167 (Razzakov-Kayragach)
    Pair("BATKEN", "SULUKTU", 150, 0.03),  # ru.wikipedia Сулюкта
    Pair("TALAS", "KICHI-KAPKA", 93, 0.03),  # 24.kg 327377
)

#: Shorter than the straight line between the towns, or of another stretch: never to be fitted to.
REFUTED: Final = (
    Pair("OSH", "RAZZAKOV", 274, 0.03),
    Pair("NOOKAT", "KYZYL-KIYA", 28, 0.03),
    Pair("AYDARKEN", "KYZYL-KIYA", 75, 0.03),
)


def read(table: str) -> pd.DataFrame:
    """Read a bundled table; its text stays text and an empty cell stays empty."""
    return pd.read_csv(DATA / f"{table}.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def nodes() -> pd.DataFrame:
    """Give the nodes by id, with numbers for the coordinates."""
    return read("road_nodes").astype({"lon": float, "lat": float}).set_index("id")


@pytest.fixture(scope="module")
def sections() -> pd.DataFrame:
    """Give the sections by id, with a number for the length."""
    return read("road_sections").astype({"length_m": float}).set_index("id")


def way(section: pd.Series) -> list[str]:
    """List the nodes of a section in order, the ends included."""
    return [section.from_id, *filter(None, section.via_ids.split(";")), section.to_id]


def geodesic_m(nodes: pd.DataFrame, ids: list[str]) -> float:
    """Measure the geodesic polyline through nodes."""
    points = nodes.loc[ids]
    return float(GEOD.line_length(points.lon, points.lat))


def distances_m(sections: pd.DataFrame, origin: str) -> dict[str, float]:
    """Find the shortest way along sections from one node to every node that can be reached."""
    ends: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
    for a, b, length_m in zip(sections.from_id, sections.to_id, sections.length_m, strict=True):
        ends[a].append((b, length_m))
        ends[b].append((a, length_m))
    found: dict[str, float] = {}
    queue = [(0.0, origin)]
    while queue:
        here_m, node = heapq.heappop(queue)
        if node in found:
            continue
        found[node] = here_m
        for other, length_m in ends[node]:
            heapq.heappush(queue, (here_m + length_m, other))
    return found


def domestic(sections: pd.DataFrame) -> pd.DataFrame:
    """Keep the sections that never leave Kyrgyzstan."""
    return sections[sections.countries == "KG"]


def between_km(sections: pd.DataFrame, pair: Pair) -> float:
    """Find the shortest way between the two towns of a pair; infinite if there is none."""
    return distances_m(sections, f"RN-{pair.origin}").get(f"RN-{pair.destination}", math.inf) / 1000


@pytest.mark.parametrize("table", ["road_nodes", "road_sections", "road_speeds"])
def test_columns_are_those_of_the_contract(table: str) -> None:
    """Headers and their order follow the contract, and no two rows share the key."""
    frame = read(table)
    assert list(frame.columns) == [column.name for column in TABLES[table].columns]
    assert not frame.duplicated(list(TABLES[table].key)).any()


@pytest.mark.parametrize("table", ["road_nodes", "road_sections", "road_speeds"])
def test_every_row_names_its_source_and_evidence(table: str) -> None:
    """A row without a source is no fact."""
    frame = read(table)
    assert (frame.source.str.len() >= len("GeoNames 1")).all()
    assert set(frame.evidence) <= set(EVIDENCE)
    assert frame.source_date.str.fullmatch(r"(\d{4}(-\d{2}(-\d{2})?)?)?").all()


def test_nodes_are_places_of_the_window_with_three_names(nodes: pd.DataFrame) -> None:
    """Each node has its names, kind, country and error, and lies in the project's window."""
    assert nodes.index.str.fullmatch(r"RN-[A-Z0-9-]+").all()
    assert (nodes[[f"name_{language}" for language in LANGUAGES]] != "").all(axis=None)
    assert set(nodes.kind) <= set(NODE_KINDS)
    assert nodes.lon.between(69, 81).all()
    assert nodes.lat.between(39, 43.5).all()
    assert set(nodes.country) <= COUNTRIES
    assert nodes.positional_error_m.astype(float).between(500, 30_000).all()
    assert (nodes[nodes.kind == "pass"].elevation_m != "").all()


def test_unchecked_positions_are_said_to_be_so(nodes: pd.DataFrame) -> None:
    """A point from memory is unverified, has a large error, and its source admits it."""
    unchecked = nodes[nodes.unverified == "true"]
    assert unchecked.source.str.contains("not checked").all()
    assert (unchecked.positional_error_m.astype(float) >= 5_000).all()
    assert (unchecked.evidence == "reported").all()
    assert not nodes[nodes.unverified == "false"].source.str.contains("not checked|memory").any()


def test_sections_refer_to_nodes_and_use_the_codes(nodes: pd.DataFrame, sections: pd.DataFrame) -> None:
    """Ends and shape points exist, no node follows itself, and every code is one of the contract's."""
    assert sections.index.str.fullmatch(r"RS-[A-Z0-9-]+").all()
    for section in sections.itertuples():
        ids = way(pd.Series(section._asdict()))
        assert set(ids) <= set(nodes.index), section.Index
        assert len(set(ids)) == len(ids), section.Index
        assert set(section.countries.split(";")) <= COUNTRIES, section.Index
        assert all(a != b for a, b in pairwise(section.countries.split(";"))), section.Index
    assert set(sections.length_basis) == set(LENGTH_BASIS)
    assert set(sections.surface) <= set(SURFACES)
    assert set(sections.terrain) <= set(TERRAINS)
    assert set(sections.winter_closure) == {"true", "false"}
    assert (sections.positional_error_m.astype(float) >= 1_000).all()


def test_a_node_that_only_gives_shape_is_no_end(nodes: pd.DataFrame, sections: pd.DataFrame) -> None:
    """A road that passes an end of other sections is split there, or routes would miss the junction."""
    ends = set(sections.from_id) | set(sections.to_id)
    shapes = {via for cell in sections.via_ids for via in cell.split(";") if via}
    assert not ends & shapes
    assert ends | shapes == set(nodes.index)


def test_countries_begin_and_end_where_the_ends_lie(nodes: pd.DataFrame, sections: pd.DataFrame) -> None:
    """The list of countries follows the way from the first end to the last."""
    for section in sections.itertuples():
        countries = section.countries.split(";")
        if section.Index == "RS-KICHI-KAPKA-TARAZ":  # begins at the border itself
            continue
        assert countries[0] == nodes.country[section.from_id], section.Index
        assert countries[-1] == nodes.country[section.to_id], section.Index


def test_no_section_is_shorter_than_the_geodesic(nodes: pd.DataFrame, sections: pd.DataFrame) -> None:
    """Neither than the geodesic between its ends nor than the line through its shape points."""
    for name, section in sections.iterrows():
        assert section.length_m >= geodesic_m(nodes, [section.from_id, section.to_id]), name
        assert section.length_m >= geodesic_m(nodes, way(section)), name


def test_estimates_say_how_they_were_made(sections: pd.DataFrame) -> None:
    """An estimated length explains itself in each language, and notes come in all three or in none."""
    notes = sections[[f"note_{language}" for language in LANGUAGES]]
    assert (notes != "").sum(axis=1).isin([0, len(LANGUAGES)]).all()
    estimated = sections[sections.length_basis == "estimated"]
    assert estimated.note_en.str.contains("estimated|Length: ", regex=True).all()
    assert (estimated.evidence != "documented").all()
    assert (sections[sections.length_basis == "published"].evidence == "documented").all()


def test_modelled_lengths_are_the_geodesic_times_the_stated_factor(nodes: pd.DataFrame, sections: pd.DataFrame) -> None:
    """Where a note states a detour factor, the length follows from it to 100 m."""
    stated = sections[sections.note_en.str.contains("geodesic length times")]
    assert len(stated) > 0
    for name, section in stated.iterrows():
        factor = float(re.search(r"times (\d+\.\d+)", section.note_en)[1])  # type: ignore[index]
        assert section.length_m == pytest.approx(factor * geodesic_m(nodes, way(section)), abs=100), name
        assert section.evidence == "modelled", name
        assert section.unverified == "true", name


@pytest.mark.parametrize("pair", PUBLISHED, ids=lambda p: f"{p.origin}-{p.destination}")
def test_published_lengths_hold_inside_the_country(sections: pd.DataFrame, pair: Pair) -> None:
    """The way that stays in Kyrgyzstan is within one per cent of the published length."""
    assert between_km(domestic(sections), pair) == pytest.approx(pair.published_km, rel=pair.tolerance)


@pytest.mark.parametrize("pair", PUBLISHED, ids=lambda p: f"{p.origin}-{p.destination}")
def test_published_lengths_hold_with_the_ways_abroad(sections: pd.DataFrame, pair: Pair) -> None:
    """No way through a neighbour undercuts a published length by more than three per cent.

    One may: the older road from Aydarken to Batken through Sokh, which ky.wikipedia gives as 55 km.
    """
    published_km = 55 if (pair.origin, pair.destination) == ("AYDARKEN", "BATKEN") else pair.published_km
    assert between_km(sections, pair) == pytest.approx(published_km, rel=0.03)


@pytest.mark.parametrize("pair", UNLISTED, ids=lambda p: f"{p.origin}-{p.destination}")
def test_other_pairs_are_near_what_is_published(sections: pd.DataFrame, pair: Pair) -> None:
    """Pairs from second sources hold too, with their own tolerance."""
    assert between_km(domestic(sections), pair) == pytest.approx(pair.published_km, rel=pair.tolerance)


@pytest.mark.parametrize("pair", REFUTED, ids=lambda p: f"{p.origin}-{p.destination}")
@pytest.mark.parametrize("abroad", [False, True])
def test_refuted_lengths_are_not_matched(sections: pd.DataFrame, pair: Pair, *, abroad: bool) -> None:
    """A length that geometry refutes stays in the ledger and out of the network."""
    chosen = sections if abroad else domestic(sections)
    assert between_km(chosen, pair) > pair.published_km * (1 + pair.tolerance)


def test_both_shores_of_issyk_kul_lead_to_karakol(sections: pd.DataFrame) -> None:
    """Without the north shore the south shore still leads to Karakol, and the other way round."""
    pair = Pair("BALYKCHY", "KARAKOL", 0, 0)
    north = between_km(sections.drop("RS-BARSKOON-KYZYL-SUU"), pair)
    south = between_km(sections.drop("RS-CHOLPON-ATA-TYUP"), pair)
    assert south == pytest.approx(141.7 + 75, rel=0.01)  # kg.kabar.kg 30 Apr 2023; trend.az 4038518
    assert north == pytest.approx(104 + 80.5 + 33, rel=0.02)  # ehokg.info; the rest, Balbay-Karakol, is estimated


def test_kyrgyz_places_hang_together_without_the_neighbours(nodes: pd.DataFrame, sections: pd.DataFrame) -> None:
    """With every section through a neighbour taken away, all Kyrgyz ends are still one network."""
    ends = set(sections.from_id) | set(sections.to_id)
    kyrgyz = {node for node in ends if nodes.country[node] == "KG"}
    assert kyrgyz - set(distances_m(domestic(sections), "RN-BISHKEK")) == ONLY_THROUGH_ABROAD
    assert set(distances_m(sections, "RN-BISHKEK")) == ends


@pytest.mark.parametrize(
    ("origin", "destination", "countries"),
    [
        ("AYDARKEN", "BATKEN", {"UZ"}),  # Sokh
        ("KYZYL-KIYA", "KADAMJAY", {"UZ"}),  # Vodil
        ("BATKEN", "RAZZAKOV", {"TJ"}),  # Isfara
    ],
)
def test_older_ways_abroad_stand_beside_the_bypasses(
    sections: pd.DataFrame, origin: str, destination: str, countries: set[str]
) -> None:
    """Where the road was led round a neighbour, both ways exist and the way abroad names the neighbour."""
    pair = Pair(origin, destination, 0, 0)
    assert math.isfinite(between_km(domestic(sections), pair))
    bypass = {
        "AYDARKEN": "RS-APKAN-BOZ-ADYR|RS-KADAMJAY-BURGANDY|RS-OTUKCHU-APKAN|RS-BURGANDY-OTUKCHU",
        "KYZYL-KIYA": "RS-KOK-TALAA-KADAMJAY",
        "BATKEN": "RS-AK-TATYR-RAVAT",
    }[origin]
    rest = sections.drop(bypass.split("|"))
    assert math.isinf(between_km(domestic(rest), pair))
    assert math.isfinite(between_km(rest[rest.countries.map(lambda c: set(c.split(";")) <= {"KG", *countries})], pair))


def test_bujum_lies_on_the_road(sections: pd.DataFrame) -> None:
    """Bujum is a shape point of the road from Boz-Adyr to Batken."""
    assert sections.via_ids["RS-BOZ-ADYR-BATKEN"] == "RN-BUJUM"


def test_speeds_cover_every_kind_of_road_and_fall_with_it() -> None:
    """All surfaces by all terrains; mountains are slower than hills, and no asphalt is not faster than asphalt."""
    speeds = read("road_speeds")
    table = speeds.astype({"speed_kmh": float}).pivot_table("speed_kmh", index="surface", columns="terrain")
    assert set(table.index) == set(SURFACES)
    assert list(table[list(TERRAINS)].columns) == list(TERRAINS)
    assert table.notna().all(axis=None)
    assert (table["plain"] > table["hills"]).all()
    assert (table["hills"] > table["mountain"]).all()
    assert (table.loc["asphalt"] > table.loc["mixed"]).all()
    assert (table.loc["mixed"] > table.loc["gravel"]).all()
    assert (table.loc["unknown"] < table.loc["mixed"]).all()
    assert set(speeds.evidence) == {"modelled"}


@pytest.mark.parametrize(
    ("origin", "destination", "slowest_kmh", "fastest_kmh"),
    [
        # CAREC CPMM 2022, Kyrgyz Republic: lorries 26.5 km/h with stops and 51.8 km/h without.
        ("BISHKEK", "OSH", 26.5, 51.8),
        ("BISHKEK", "TORUGART", 26.5, 51.8),
        ("OSH", "IRKESHTAM", 26.5, 51.8),
    ],
)
def test_planning_speeds_are_those_of_lorries(
    sections: pd.DataFrame, origin: str, destination: str, slowest_kmh: float, fastest_kmh: float
) -> None:
    """The mean speed over the main corridors lies between the published speeds with and without stops."""
    speeds = read("road_speeds").astype({"speed_kmh": float}).set_index(["surface", "terrain"]).speed_kmh
    hours = [
        length_m / 1000 / speeds[surface, terrain]
        for length_m, surface, terrain in zip(sections.length_m, sections.surface, sections.terrain, strict=True)
    ]
    pair = Pair(origin, destination, 0, 0)
    timed = sections.assign(length_m=hours)
    hours_between = distances_m(timed, f"RN-{origin}")[f"RN-{destination}"]
    assert slowest_kmh < between_km(sections, pair) / hours_between < fastest_kmh
