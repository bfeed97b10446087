"""The field page on a phone: offline after the first visit, by GPS or by name, as far by road as the library says."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from geo import fieldpack, nearest
from geo.i18n import LANGUAGES, translator
from geo.schema import DO_NOT_MOVE, WASTE_TYPES
from pages._shared import http
from tests.field_worlds import crowded
from tests.loopback import PREFIX, serve
from tests.payloads import PAYLOADS
from tests.road_worlds import point, valley

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from geo.dataset import Dataset
    from tests.browser.conftest import Visit

    Open = Callable[..., tuple[Page, Visit]]

pytestmark = pytest.mark.browser

BUJUM = {"latitude": 40.0033, "longitude": 70.8324}
ALL_NEAREST = """([places, wastes]) => places.map((at, i) => {
  const place = at === null ? symapField.places[i] : at;
  const found = symapField.nearest(place, wastes[i]);
  return [...found.points, ...found.reported].map((hit) =>
    [hit.one.id, hit.road, hit.time ?? null, hit.straight, hit.bearing, hit.reason]);
})"""


@pytest.fixture(scope="module")
def file_page(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Page]:
    """Give a function that opens a downloaded page from the phone's own folder, with every request refused."""
    folder = tmp_path_factory.mktemp("field")

    def open_file(dataset: Dataset, language: str = "ru", **options: Any) -> Page:
        path: Path = folder / f"{dataset.digest[:8]}-{language}.html"
        path.write_bytes(fieldpack.page(dataset, language, date.today()).html)  # type: ignore[arg-type]  # noqa: DTZ011
        context = chromium.new_context(viewport={"width": 390, "height": 844}, **options)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        return page

    return open_file


def _compare(page: Page, dataset: Dataset, asked: list[tuple[str, dict[str, float] | None, str]]) -> int:
    """Hold the phone's answers against the library's: the same records in order, within 1 %; count the roads."""
    found = page.evaluate(
        ALL_NEAREST, [[spot for _, spot, _ in asked], [WASTE_TYPES.index(waste) for *_, waste in asked]]
    )
    roads = 0
    for (at, _, waste), hits in zip(asked, found, strict=True):
        answer = nearest.find(dataset, nearest.NearestQuestion(at, waste=waste, k=3))
        rows = [*answer.points.to_dict("records"), *answer.reported.to_dict("records")]
        assert [row["id"] for row in rows] == [hit[0] for hit in hits], (at, waste)
        for row, (_, road_m, time_s, straight_m, bearing_deg, reason) in zip(rows, hits, strict=True):
            assert straight_m == pytest.approx(row["straight_line_m"], abs=5.0)
            assert abs((bearing_deg - row["bearing_deg"] + 180) % 360 - 180) < 0.5 or straight_m < 1000
            if math.isnan(row["distance_m"]):
                assert (road_m, reason) == (None, row["reason"])
                continue
            roads += 1
            assert road_m == pytest.approx(row["distance_m"], rel=0.01, abs=30.0), (at, waste)
            assert time_s == pytest.approx(row["travel_time_s"], rel=0.02, abs=60.0), (at, waste)
    return roads


def test_the_phone_s_distances_are_the_library_s(file_page: Callable[..., Page], bundled: Dataset) -> None:
    """Every listed place, with each waste in turn, and spots as GPS gives them, in three countries and off the roads."""
    page = file_page(bundled)
    movable = [waste for waste in WASTE_TYPES if waste not in DO_NOT_MOVE]
    listed = fieldpack._places(bundled)["id"].tolist()
    # Who takes lamps has the longest list, and most ask for it.
    every: list[tuple[str, dict[str, float] | None, str]] = [
        (place, None, "lamps" if row % 2 else movable[row // 2 % len(movable)]) for row, place in enumerate(listed)
    ]
    assert _compare(page, bundled, every) > 300
    asked: list[tuple[str, dict[str, float] | None, str]] = []
    for lon, lat in [
        (70.83, 40.01),
        (71.9, 40.6),
        (69.9, 39.85),
        (71.12, 39.97),
        (74.6, 42.9),
        (78.4, 42.5),
        (75.9, 41.4),
        (80.9, 39.2),
        (73.3, 39.7),
    ]:
        where = page.evaluate(
            "([lon, lat]) => ({ lon, lat, node: -1, country: symapField.countryAt(lon, lat).code })", [lon, lat]
        )
        asked.append((f"{lon!r},{lat!r}", where, "lamps"))
    assert _compare(page, bundled, asked) > 10


def test_reduced_roads_still_lead_from_the_listed_villages_within_one_percent(file_page: Callable[..., Page]) -> None:
    """With a network ten times too large the listed villages keep their distances, and the page says what it lost."""
    world = crowded()
    page = file_page(world)
    names = page.evaluate("() => symapField.places.map((place) => place.names.ru || place.names.en)")
    ids = {row["name_ru"]: row["id"] for row in world.settlements.to_dict("records")}
    asked = []
    for row in range(0, len(names), max(1, len(names) // 16)):
        where = page.evaluate("(row) => { const { names, ...rest } = symapField.places[row]; return rest; }", row)
        asked.append((ids.get(names[row], names[row]), where, "thermometers"))
    assert _compare(page, world, asked) >= 40
    assert "участков дорог" in page.locator("#facts").inner_text()


def test_after_one_visit_the_page_opens_without_the_server(chromium: Browser) -> None:
    """The worker keeps one copy for three languages; the distance is there with the server gone."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, geolocation=BUJUM, permissions=["geolocation"]
    )
    page = context.new_page()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    with serve() as port:
        address = f"http://127.0.0.1:{port}{PREFIX}/field"
        page.goto(f"{address}/ru")
        page.locator("#kept").wait_for(timeout=45_000)
    page.goto(f"{address}/ky")
    assert page.locator("html").get_attribute("lang") == "ky"
    page.locator("#gps").click()
    first = page.locator(".point").first
    first.wait_for()
    assert first.get_attribute("data-id") == "SF-KHD-WORKS"
    assert "58\u00a0км" in first.locator(".km").inner_text()
    page.get_by_role("button", name="Eng").click()
    assert page.url.endswith("/field/en")
    page.reload()
    assert page.locator("h1").inner_text() == translator("en")("nearest.title")
    assert [url for url in asked if not url.startswith((f"http://127.0.0.1:{port}/", "data:"))] == []
    context.close()


def test_newer_data_are_offered_and_shown_at_the_next_visit(
    chromium: Browser, bundled: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kept page opens at once; when the server has other data it says so, and one press shows them."""
    kept = bundled.storage[bundled.storage["id"] != "SF-KHD-WORKS"].reset_index(drop=True)
    newer = bundled.with_table("storage", kept)
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, geolocation=BUJUM, permissions=["geolocation"]
    )
    page = context.new_page()
    monkeypatch.setattr(http, "dataset", lambda: bundled)
    with serve() as port:
        page.goto(f"http://127.0.0.1:{port}{PREFIX}/field/en")
        page.locator("#kept").wait_for(timeout=45_000)
        offer = page.get_by_role("button", name=translator("en")("field.newer"))
        page.reload()
        page.locator("#gps").click()
        assert page.locator(".point").first.get_attribute("data-id") == "SF-KHD-WORKS"
        assert offer.count() == 0
        monkeypatch.setattr(http, "dataset", lambda: newer)
        page.reload()
        offer.wait_for(timeout=45_000)
        offer.click()
        page.locator("#gps").click()
        page.locator(".point").first.wait_for()
        assert page.locator(".point").first.get_attribute("data-id") != "SF-KHD-WORKS"
    context.close()


def test_without_gps_a_village_by_any_spelling_and_waste_by_large_buttons(
    file_page: Callable[..., Page], bundled: Dataset
) -> None:
    """Task of the field team: lamps in Bujum. No confirmed point, 112, the reported works with road and direction."""
    page = file_page(bundled, "ru")
    t = translator("ru")
    for text in ("Буджум", "bujum", "БУДЖУМ", "Бужум"):
        page.fill("#where", text)
        assert "Бужум" in page.locator("#found button").first.inner_text(), text
    page.locator("#found button").first.click()
    answer = page.locator("#answer").inner_text()
    assert t("reason.no-confirmed-point") in answer
    assert t("nearest.call", number="112") in answer
    first = page.locator(".point").first
    told = first.inner_text()
    assert "58\u00a0км по дороге" in told
    assert t("direction.e") in told
    assert t("choice.evidence.reported") in told
    assert page.locator("#answer a.call").get_attribute("href") == "tel:112"
    assert (first.locator("a").first.get_attribute("href") or "").startswith("geo:39.94320,71.34180")
    for button in page.locator("#waste button, #gps, .acts a").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    page.locator("#card summary").click()
    assert t("card.never-vacuum") in page.locator("#card").inner_text()


@pytest.mark.parametrize("waste", sorted(DO_NOT_MOVE))
def test_what_must_not_be_moved_gets_no_destination(
    file_page: Callable[..., Page], bundled: Dataset, waste: str
) -> None:
    """Only: do not move it, call."""
    page = file_page(bundled, "ru")
    page.fill("#where", "Бужум")
    page.locator("#found button").first.click()
    page.locator("#waste button").nth(WASTE_TYPES.index(waste)).click()
    assert page.locator(".point, [href^='geo:']").count() == 0
    assert translator("ru")("reason.do-not-move") in page.locator("#answer").inner_text()


def test_refused_gps_foreign_places_and_odd_coordinates_are_told_in_words(
    file_page: Callable[..., Page], bundled: Dataset
) -> None:
    """No dead end: each says what happened and what else can be done."""
    page = file_page(bundled, "ru")
    t = translator("ru")
    page.locator("#gps").click()
    page.locator("#message p").filter(has_text=t("field.gps-refused")).wait_for()
    for text in ("39.95, 71.34", "39,95 71,34", "71.34 39.95", "39°57'00\"N 71°20'24\"E", "39,95° с. ш., 71,34° в. д."):
        page.fill("#where", text)
        shown = page.locator("#found button").first.inner_text().replace("\u00a0", " ")
        assert shown == "39,9500° с. ш., 71,3400° в. д.", text
    page.fill("#where", "55.75, 37.62")
    assert "за пределами" in page.locator("#message").inner_text()
    assert page.locator("#found button").count() == 0
    page.fill("#where", "39.97, 71.12")
    page.locator("#found button").first.click()
    assert t("field.abroad", country=t("country.UZ")) in page.locator("#answer").inner_text()
    page.fill("#where", "Нетакогосела")
    assert t("field.none-found") in page.locator("#message").inner_text()
    abroad = file_page(bundled, "ky", geolocation={"latitude": 51.5, "longitude": -0.1}, permissions=["geolocation"])
    abroad.locator("#gps").click()
    abroad.locator("#message .warn").filter(has_text="51,5000° т. к.").wait_for()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_speaks_all_languages_and_says_its_date_and_evidence(
    file_page: Callable[..., Page], bundled: Dataset, language: str
) -> None:
    """The date of the page, that no list is confirmed, the newest report; the switch needs no network."""
    page = file_page(bundled, language)
    other = "en" if language != "en" else "ky"
    for code in (language, other):
        t = translator(code)  # type: ignore[arg-type]
        if code == other:
            page.locator(f".langs [lang={code}]").click()
        told = page.locator("#facts").inner_text()
        assert t.date(date.today().isoformat()) in told  # noqa: DTZ011 - as the page
        assert t("field.no-list") in told
        assert t.date("2020-09-24").rstrip(".") in told
        assert page.locator("html").get_attribute("lang") == code


def test_a_real_list_is_named_first_with_its_phone(file_page: Callable[..., Page]) -> None:
    """Confirmed before reported, the phone one tap away; straight line only where no road leads, and it says so."""
    points = [
        point("CP-1", 74.9, 41.0, country="KG", contact="+996 312 12-34-56", source_date="2026-05-04"),
        point("CP-2", 72.5, 42.0, country="KG"),
    ]
    storage = [point("SF-1", 74.5, 41.0, country="KG", evidence="reported", kind="works")]
    page = file_page(
        valley(collection_points=points, storage=storage, settlements=[point("ST-A", 74.0, 41.0, country="KG")]), "en"
    )
    page.fill("#where", "st-a")
    page.locator("#found button").first.click()
    assert [one.get_attribute("data-id") for one in page.locator(".point").all()] == ["CP-1", "CP-2", "SF-1"]
    assert page.locator(".point a[href='tel:+996312123456']").count() == 1
    assert page.locator(".point .km").all_inner_texts()[1] == "167\u00a0km in a straight line"
    assert translator("en")("reason.no-road") in page.locator(".point").nth(1).inner_text()
    assert page.locator(".warn").count() == 0


def test_names_from_outside_stay_text(file_page: Callable[..., Page]) -> None:
    """The alarm of the corpus stays unset whatever is shown, found and chosen."""
    texts = [text for text in PAYLOADS if text.strip()][:40]
    points = [
        point(f"CP-{i}", 74.5, 41.0, country="KG", name_en=text, contact=text, hours=text, source=text)
        for i, text in enumerate(texts)
    ]
    villages = [point(f"ST-{i}", 74.6, 41.0, country="KG", name_en=text) for i, text in enumerate(texts)]
    page = file_page(valley(collection_points=points, settlements=villages), "en")
    page.fill("#where", "symapAlarm")
    assert page.locator("#found button").count() == 8
    page.locator("#found button").first.click()
    assert page.locator(".point").count() == 3
    page.wait_for_timeout(200)
    assert page.evaluate("() => window.symapAlarm") is None
    assert page.locator("main img, main iframe, main svg, main script").count() == 0
