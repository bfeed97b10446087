"""A view keeps a page's whole question in an address; what cannot be read is named, and the rest still counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from geo import inventory, schema, sentences, views, viewvalues
from geo.corrections import PositionCorrection
from geo.corridor import DEFAULT_WIDTH_M, MAX_WIDTH_M, MIN_WIDTH_M
from geo.errors import QuestionError
from geo.exposure import DEFAULT_RADII_M, ExposureQuestion
from geo.i18n import LANGUAGES, translator
from geo.nearest import NearestQuestion
from geo.route_question import OBJECTIVES
from geo.routing import RouteQuestion
from geo.views import PAGES, Parameter, View, ViewError
from tests.payloads import PAYLOADS

if TYPE_CHECKING:
    from geo.dataset import Dataset


def _codes(found: views.Reading) -> list[str]:
    return [problem.code for problem in found.problems]


@pytest.mark.parametrize("page", PAGES)
def test_a_views_defaults_stand_in_its_address(page: str) -> None:
    """All values are explicit, so a later default changes no link that is out already."""
    address = views.encode(View(page, {}))
    names = [part.split("=")[0] for part in address.split("?")[1].split("&")]
    assert names == [one.name for one in PAGES[page] if one.kind != "corrections"]
    assert "lang" not in names
    assert views.decode(address) == View(page, {})


def test_an_address_reads_as_agreed() -> None:
    """Stable codes, points and commas unescaped."""
    view = View("exposure", {"places": ("KG-KHD", "71.34180000000123,39.9432"), "radii_m": (5000, 1000)})
    assert views.encode(view) == (
        "exposure?places=KG-KHD;71.34180000000123,39.9432&radii_m=1000,5000&radius_m=5000"
        "&people=settlements&grid_kind=&union=1&compare=0&shading=0"
    )


@pytest.mark.parametrize(
    "address",
    [
        "nearest?at=71.3,39.9&waste=batteries&count=5",
        "/nearest?at=71.3,39.9&waste=batteries&count=5",
        "http://127.0.0.1:8501/nearest?at=71.3,39.9&waste=batteries&count=5&lang=ky",
        "https://example.org/a/base/nearest?count=5&waste=batteries&at=71.3%2C39.9&utm_source=x&fbclid=1",
        "  nearest?waste=batteries&at=71.3,39.9&count=5#top ",
    ],
)
def test_an_address_is_read_in_every_form(address: str) -> None:
    """Full or short, escaped or not, in any order, with what messengers add to it."""
    assert views.decode(address) == View("nearest", {"at": "71.3,39.9", "waste": "batteries", "count": 5})


@pytest.mark.parametrize("root", ["http://h:8501", "http://h:8501/", "https://h/base", "https://h/base/", ""])
@pytest.mark.parametrize("page", PAGES)
def test_a_link_on_any_server_leads_back_to_the_view(root: str, page: str) -> None:
    """Under a base path as well; the language is beside the view."""
    view = View(page, {})
    assert views.decode(views.link(view, root)) == view
    assert views.decode(views.link(view, root, lang="ky")) == view
    assert views.link(view, root, lang="ky").endswith("&lang=ky")


def test_the_first_page_under_a_base_path_without_its_slash() -> None:
    """Some browsers copy it so."""
    assert views.decode("https://h/base?record=KG-KDJ").values["record"] == "KG-KDJ"
    assert _codes(views.read("https://h/base?places=KG-KHD")) == ["view-unknown-page"]


@pytest.mark.parametrize(
    ("address", "codes"),
    [
        ("elsewhere?x=1", ["view-unknown-page"]),
        ("../../etc/passwd", ["view-unknown-page"]),
        ("http://[::1", ["view-unknown-page"]),
        ("exposure?" + "places=KG-KHD&" * 1000, ["view-too-long"]),
        ("exposure?radii=1000", ["view-unknown-name"]),
        ("exposure?radii_m=1000&radii_m=2000", ["view-repeated"]),
        ("exposure?radii_m=nan,1000", ["view-not-a-number"]),
        ("exposure?radii_m=1_000", ["view-not-a-number"]),
        ("exposure?radii_m=1e999", ["view-not-a-number"]),
        ("exposure?radii_m=99", ["view-out-of-range"]),
        ("exposure?radius_m=-5", ["view-out-of-range"]),
        ("exposure?radii_m=" + ",".join(str(1000 + n) for n in range(21)), ["view-too-many"]),
        ("exposure?places=" + "x" * 101, ["view-not-a-place"]),
        ("exposure?places=200,40", ["view-not-a-place"]),
        ("exposure?places=a%00b", ["view-not-a-place"]),
        ("exposure?corrections=KG-KHD,71.3,39.9", ["view-not-a-correction"]),
        ("exposure?corrections=KG-KHD,71.3,39.9,x", ["view-not-a-number"]),
        ("exposure?corrections=KG-KHD,13.4,52.5,100", ["outside-window"]),
        ("exposure?corrections=KG-KHD,71.3,39.9,0", ["error-range"]),
        ("routes?minimise=speed&through_abroad=yes", ["view-not-a-choice", "view-not-a-choice"]),
        ("nearest?waste=plutonium", ["view-not-a-choice"]),
        ("nearest?waste=", ["view-not-a-choice"]),
        ("nearest?count=2.5", ["view-not-a-number"]),
        ("nearest?count=0", ["view-out-of-range"]),
        ("nearest?count=99999999999999999999", ["view-not-a-number"]),
        ("overview?layers=sites,moon", ["view-not-a-choice"]),
        ("sources?part=__class__", ["view-not-a-choice"]),
    ],
)
def test_what_cannot_be_read_is_named_and_its_default_holds(address: str, codes: list[str]) -> None:
    """Hostile, mistyped and older addresses; the rest of the view is read."""
    found = views.read(address)
    assert _codes(found) == codes
    with pytest.raises(ViewError) as caught:
        views.decode(address)
    assert caught.value.code == codes[0]
    assert caught.value.view == found.view
    for one in PAGES[found.view.page]:
        assert viewvalues.check(one, found.view.values[one.name]) == found.view.values[one.name]


def test_one_bad_value_leaves_the_others() -> None:
    """A page with one default is better than a page with all."""
    found = views.read("exposure?places=ST-BATKEN&radii_m=abc&radius_m=3000")
    assert found.view == View("exposure", {"places": ("ST-BATKEN",), "radius_m": 3000})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_has_a_sentence(language: str) -> None:
    """In the reader's language, without a code or a traceback in it."""
    t = translator(language)  # type: ignore[arg-type]
    problems = [
        *views.read("nowhere").problems,
        *views.read("x" * 9000).problems,
        *views.read("exposure?a=1&radii_m=x&radius_m=1&places=200,9&corrections=1&radii_m=2").problems,
        *views.read("nearest?waste=x&count=99").problems,
        *views.read("exposure?places=" + ";".join(f"P{n}" for n in range(60))).problems,
    ]
    assert {problem.code for problem in problems} >= {"view-too-many", "view-repeated", "view-out-of-range"}
    for problem in problems:
        said = sentences.error(t, problem)
        assert t.has(f"error.{problem.code}")
        assert "view-" not in said
        assert "{" not in said


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_a_payload_in_an_address_is_only_ever_text(payload: str) -> None:
    """As value, name, page and whole address: read without raising, and written back as it was."""
    from urllib.parse import quote  # noqa: PLC0415 - beside its use

    for address in (payload, f"exposure?places={quote(payload)}", f"exposure?{quote(payload)}=1", f"{payload}?a=1"):
        found = views.read(address)
        assert views.decode(views.encode(found.view)) == found.view


def test_names_and_codes_are_those_of_the_contracts() -> None:
    """A code that the contracts gain is one that links can hold."""
    by_name = {(page, one.name): one for page, rows in PAGES.items() for one in rows}
    assert by_name["nearest", "waste"].options == schema.WASTE_TYPES
    assert by_name["overview", "kinds"].options == schema.SITE_KINDS
    assert set(inventory.RECORD_TABLES) < set(by_name["overview", "layers"].options)
    assert set(by_name["routes", "minimise"].options) <= set(OBJECTIVES)
    width = by_name["routes", "width_m"]
    assert (width.default, width.minimum, width.maximum) == (DEFAULT_WIDTH_M, MIN_WIDTH_M, MAX_WIDTH_M)


def test_a_view_asks_the_question_of_its_page() -> None:
    """The same object as the page's widgets and the command line build."""
    ask = views.question
    assert ask(View("exposure", {"places": ("ST-BATKEN",)})) == ExposureQuestion(("ST-BATKEN",), DEFAULT_RADII_M)
    assert ask(View("routes", {"through_abroad": True})) == RouteQuestion(
        "ST-BATKEN", "KG-KHD", minimise="distance", stay_in_country=False
    )
    assert ask(View("nearest", {"at": "ST-BUJUM", "count": 5, "training": True})) == NearestQuestion(
        "ST-BUJUM", waste="lamps", k=5, training=True
    )
    assert ask(View("overview", {"layers": ("storage", "sites"), "not_mercury": True})) == (
        inventory.InventoryQuestion(tables=("sites", "storage"), mercury_only=False)
    )
    assert ask(View("nearest", {})) is None
    assert ask(View("routes", {"to": None})) is None
    assert ask(View("sources", {})) is None
    with pytest.raises(QuestionError):
        ask(View("exposure", {"places": ()}))


@pytest.mark.parametrize(
    ("page", "values", "code"),
    [
        ("nowhere", {}, "view-unknown-page"),
        ("exposure", {"radii": (1000,)}, "view-unknown-name"),
        ("exposure", {"radii_m": (float("inf"),)}, "view-not-a-number"),
        ("exposure", {"places": ("a;b",)}, "view-not-a-place"),
        ("exposure", {"places": (7,)}, "view-not-a-place"),
        ("nearest", {"count": True}, "view-not-a-number"),
        ("nearest", {"training": "1"}, "view-not-a-choice"),
        ("nearest", {"waste": None}, "view-not-a-choice"),
        ("exposure", {"corrections": ("KG-KHD",)}, "view-not-a-correction"),
    ],
)
def test_a_view_that_cannot_be_is_refused(page: str, values: dict[str, Any], code: str) -> None:
    """From a script as from an address."""
    with pytest.raises(QuestionError) as caught:
        View(page, values)
    assert caught.value.code == code


def test_a_view_keys_a_cache_and_is_changed_by_copy() -> None:
    """Equal views hash alike, however they were made."""
    one, two = View("exposure", {"radii_m": (5000, 1000)}), View("exposure", {"radii_m": [1000.0, 5000.0]})
    assert {one: 1}[two] == 1
    assert one.changed(places=("ST-BATKEN",)).values["places"] == ("ST-BATKEN",)
    assert one.values["places"] == ("KG-KHD",)


def test_places_that_the_tables_do_not_know_give_way(bundled: Dataset) -> None:
    """A colleague's own table is not in the link: its ids are named, and what is known stays."""
    read = views.read("exposure?places=KG-KHD;MY-OWN;71.3,39.9&corrections=KG-KHD,71.36,39.95,100;MY-SITE,71.3,39.9,50")
    found = views.check_places(read, bundled)
    assert found.view.values["places"] == ("KG-KHD", "71.3,39.9")
    assert [one.site_id for one in found.view.values["corrections"]] == ["KG-KHD"]
    assert [problem.params["place"] for problem in found.problems] == ["MY-OWN", "MY-SITE"]
    alone = views.check_places(views.read("exposure?places=MY-OWN"), bundled)
    assert alone.view.values["places"] == ("KG-KHD",)
    assert views.check_places(views.read("routes?from=MY-OWN&to="), bundled).view == View("routes", {"to": None})


def test_a_link_carries_a_corrected_position(bundled: Dataset) -> None:
    """The tables of who opens it stand where the sender's stood; a record that is not there is passed over."""
    correction = PositionCorrection("KG-KHD-TMF", 71.36, 39.95, 100.0)
    stray = PositionCorrection("NOT-HERE", 71.36, 39.95, 100.0)
    view = views.decode(views.encode(View("exposure", {"corrections": (stray, correction)})))
    assert view.values["corrections"] == (correction, stray)
    moved = views.corrected(bundled, view).sites.set_index("id").loc["KG-KHD-TMF"]
    assert (moved["lon"], moved["lat"], moved["positional_error_m"]) == (71.36, 39.95, 100.0)
    assert views.corrected(bundled, View("nearest", {})) is bundled


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("day", "2026-03-31", "2026-03-31"),
        ("day", "", None),
        ("text", "Ө Ү Ң; a&b=c", "Ө Ү Ң; a&b=c"),
        ("metres", "800.5", 800.5),
    ],
)
def test_kinds_that_pages_will_need(kind: Any, text: str, value: object) -> None:
    """Days, free texts and single lengths read back as they were."""
    one = Parameter("x", kind, None if kind == "day" else "")
    assert viewvalues.read(one, text) == value
    assert viewvalues.write(one, value) == text


@pytest.mark.parametrize("text", ["2026-02-30", "20260331", "2026-W01-1", "31.03.2026", "٢٠٢٦-٠٣-٣١"])
def test_a_day_is_written_in_one_way(text: str) -> None:
    """Other spellings would be written back differently."""
    with pytest.raises(QuestionError) as caught:
        viewvalues.read(Parameter("date", "day", None), text)
    assert caught.value.code == "view-not-a-day"


@pytest.mark.parametrize("text", ["x" * 201, "a\x00b", "\ud83d"])
def test_a_text_that_cannot_be_shown_is_refused(text: str) -> None:
    """Half characters and control characters break what they stand in."""
    with pytest.raises(QuestionError) as caught:
        viewvalues.read(Parameter("title", "text", ""), text)
    assert caught.value.code == "view-not-a-text"
