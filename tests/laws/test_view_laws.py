"""Laws of views: an address loses nothing, and no text, however made, breaks its reading."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from geo import polygons, views, viewvalues
from geo.corrections import PositionCorrection
from geo.views import PAGES, Parameter, View

LONS, LATS = st.floats(69.0, 81.0), st.floats(39.0, 43.5)
# Whatever an id may hold: any letters and signs of any script, but no semicolon.
IDS = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters=";"), min_size=1, max_size=30).filter(
    lambda text: text == text.strip() and text != ""
)
PLACES = st.one_of(
    st.tuples(LONS, LATS).map(lambda pair: f"{pair[0]!r},{pair[1]!r}"),
    IDS.filter(lambda text: views.parse_coordinates(text) is None),
)


#: Triangles that a reader may have clicked, every digit kept.
AREAS = st.tuples(st.floats(-179, 179), st.floats(-89, 89), st.floats(0.001, 0.9)).map(
    lambda spot: polygons.from_corners([(spot[0], spot[1]), (spot[0] + spot[2], spot[1]), (spot[0], spot[1] + spot[2])])
)


def _values(one: Parameter) -> st.SearchStrategy[Any]:
    highest = min(one.maximum, 1e9)
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "place": st.one_of(st.none(), PLACES),
        "places": st.lists(PLACES, max_size=5, unique=True).map(tuple),
        "radii_m": st.lists(st.floats(one.minimum, highest), max_size=one.most, unique=True),
        "code": st.sampled_from([*one.options, *([None] if one.default is None else [])] or [None]),
        "codes": st.lists(st.sampled_from(one.options or ("none",)), unique=True),
        "flag": st.booleans(),
        "count": st.integers(int(one.minimum), int(highest)),
        "metres": st.floats(one.minimum, highest),
        "day": st.one_of(
            st.none(),
            st.dates(date(max(1, int(one.minimum)), 1, 1), date(int(min(one.maximum, 9999)), 12, 31)).map(
                lambda day: day.isoformat()
            ),
        ),
        "ids": st.lists(IDS, max_size=5, unique=True).map(tuple),
        "areas": st.lists(AREAS, max_size=3, unique=True).map(tuple),
        "text": st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=50),
        "corrections": st.lists(
            st.builds(PositionCorrection, IDS, LONS, LATS, st.floats(1.0, 100_000.0)),
            max_size=3,
            unique_by=lambda item: item.site_id,
        ),
    }
    return kinds[one.kind]


VIEWS = st.sampled_from(sorted(PAGES)).flatmap(
    lambda page: st.builds(View, st.just(page), st.fixed_dictionaries({one.name: _values(one) for one in PAGES[page]}))
)


@given(VIEWS)
def test_reading_an_address_gives_the_view_that_was_written(view: View) -> None:
    """Every digit and every letter; the address is plain characters that need no further escape."""
    address = views.encode(view)
    assert views.decode(address) == view
    assert address.isascii()
    assert not set(address) & set(" \"<>\\^`{|}'#")


@given(VIEWS, st.sampled_from(["http://127.0.0.1:8501", "https://symap.example/base/", ""]))
def test_a_link_leads_back_to_the_view_on_any_server(view: View, root: str) -> None:
    """Base path or none, language or none."""
    assert views.decode(views.link(view, root)) == views.decode(views.link(view, root, lang="ru")) == view


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading(text: str) -> None:
    """Whatever is pasted, there is a view, and problems have codes with a sentence."""
    found = views.read(text)
    assert views.decode(views.encode(found.view)) == found.view
    assert all(problem.code.startswith(("view-", "outside-", "coordinates-", "error-")) for problem in found.problems)


@given(st.sampled_from(sorted(PAGES)), st.lists(st.tuples(st.text(max_size=20), st.text(max_size=40)), max_size=8))
def test_no_query_breaks_the_reading(page: str, pairs: list[tuple[str, str]]) -> None:
    """Known names with any values, and any other names."""
    named = [(one.name, text) for one, (_, text) in zip(PAGES[page], pairs, strict=False)]
    found = views.read_pairs(page, [*named, *pairs])
    assert found.view.page == page
    for one in PAGES[page]:
        assert viewvalues.check(one, found.view.values[one.name]) == found.view.values[one.name]


@given(VIEWS)
def test_checking_a_checked_value_changes_nothing(view: View) -> None:
    """So a view made from a view's values is the same view."""
    assert View(view.page, view.values) == view
