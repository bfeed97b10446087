"""Rules of the road: which sections they close, what they do to a route, and what a reader is told of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from geo import catalogue, closures, rules, sentences
from geo.closures import parse_day
from geo.errors import DataError, QuestionError
from geo.graphs import SectionWeights
from geo.i18n import LANGUAGES, translator
from geo.network import build
from geo.routing import RouteAnswer, RouteQuestion, find
from geo.rules import RoadRules
from tests.road_worlds import dataset, node, road, valley

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.dataset import Dataset

#: Round the middle of A–B (74 to 74.5 east at 41 north), and round the node X in UZ.
ON_AB = "POLYGON ((74.2 40.98, 74.3 40.98, 74.3 41.02, 74.2 41.02, 74.2 40.98))"
ON_X = "POLYGON ((75.1 41.2, 75.3 41.2, 75.3 41.4, 75.1 41.4, 75.1 41.2))"


def ban(name: str, *sections: str, **cells: object) -> dict[str, object]:
    """Make a row of the table of closures."""
    return {"id": name, "name_en": name, "kind": "ban", "section_ids": sections, "source": "a report", **cells}


def ladder(*closed: Mapping[str, object]) -> Dataset:
    """Make two places in KG with three roads between them: 50 km, 60 km by N and 80 km by S."""
    nodes = [node("A", 73, 41), node("B", 73.5, 41), node("N", 73.25, 41.1), node("S", 73.25, 40.9)]
    sections = [
        road("S-AB", "A", "B", 50_000),
        road("S-AN", "A", "N", 30_000),
        road("S-NB", "N", "B", 30_000),
        road("S-AS", "A", "S", 40_000),
        road("S-SB", "S", "B", 40_000),
    ]
    return dataset(road_nodes=nodes, road_sections=sections, closures=closed)


def ask(data: Dataset, begin: str = "A", end: str = "B", *, minimise: Any = "distance", **cells: Any) -> RouteAnswer:
    """Ask for a route by distance under rules."""
    return find(data, RouteQuestion(begin, end, minimise, rules=RoadRules(**cells)))


def codes(answer: RouteAnswer) -> list[str]:
    """List the codes of an answer's notes."""
    return [note.code for note in answer.notes]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"stay_in": ("KGZ",)}, "stay-in-code"),
        ({"stay_in": ("kg",)}, "stay-in-code"),
        ({"stay_in": ("",)}, "stay-in-code"),
        ({"date": "2026-02-30"}, "date-impossible"),
        ({"date": "30.01.2026"}, "date-impossible"),
        ({"date": "2026-W01-1"}, "date-impossible"),
        ({"date": ""}, "date-impossible"),
        ({"vehicle": "tank"}, "vehicle-unknown"),
        ({"avoid": ("POINT (74 41)",)}, "avoid-not-area"),
        ({"avoid": ("POLYGON ((74 41, 75 41, 74 41))",)}, "avoid-not-area"),
        ({"avoid": ("POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))",)}, "avoid-not-area"),
        ({"avoid": ("POLYGON ((500 0, 501 0, 501 1, 500 0))",)}, "avoid-not-area"),
        ({"avoid": ("POLYGON EMPTY",)}, "avoid-not-area"),
        ({"avoid": ("<script>",)}, "avoid-not-area"),
        ({"avoid": (ON_AB,) * 51}, "avoid-too-many"),
    ],
)
def test_rules_that_cannot_be_are_refused(cells: dict[str, Any], code: str) -> None:
    """Each by its code, before any road is looked at."""
    with pytest.raises(QuestionError) as caught:
        RoadRules(**cells)
    assert caught.value.code == code


def test_equal_rules_are_equal_in_whatever_order_they_are_given() -> None:
    """So that one answer serves them in a cache."""
    one = RoadRules(stay_in=("UZ", "KG", "KG"), avoid=(ON_X, ON_AB, ON_X), ignored=("B", "A"))
    assert one == RoadRules(stay_in=("KG", "UZ"), avoid=(ON_X, ON_AB), ignored=("A", "B"))
    assert hash(one) == hash(RoadRules(stay_in=("KG", "UZ"), avoid=(ON_X, ON_AB), ignored=("A", "B")))


def test_a_closure_to_set_aside_must_exist() -> None:
    """A misspelt id would be silently obeyed."""
    with pytest.raises(QuestionError) as caught:
        ask(ladder(ban("C", "S-AB")), ignored=("D",))
    assert caught.value.code == "closure-unknown"
    assert caught.value.params["choices"] == "C"


class TestWhenAClosureHolds:
    """Days, seasons, vehicles."""

    @pytest.mark.parametrize(
        ("cells", "day", "holds"),
        [
            ({"valid_from": "2025-08-12"}, "2025-08-11", False),
            ({"valid_from": "2025-08-12"}, "2025-08-12", True),
            ({"valid_from": "2025-08-12"}, "2031-01-01", True),
            ({"valid_to": "2025-08"}, "2025-08-31", True),
            ({"valid_to": "2025-08"}, "2025-09-01", False),
            ({"valid_from": "2024", "valid_to": "2024"}, "2024-12-31", True),
            ({"valid_from": "2024", "valid_to": "2024"}, "2025-01-01", False),
            ({"season_from": "10-15", "season_to": "04-30"}, "2026-01-15", True),
            ({"season_from": "10-15", "season_to": "04-30"}, "2026-10-15", True),
            ({"season_from": "10-15", "season_to": "04-30"}, "2026-10-14", False),
            ({"season_from": "10-15", "season_to": "04-30"}, "2026-04-30", True),
            ({"season_from": "10-15", "season_to": "04-30"}, "2026-05-01", False),
            ({"season_from": "05-01", "season_to": "06-30"}, "2026-05-31", True),
            ({"season_from": "05-01", "season_to": "06-30"}, "2026-12-31", False),
            ({"season_from": "02-29", "season_to": "02-29"}, "2024-02-29", True),
            ({"valid_from": "2026-01-01", "season_from": "10-15", "season_to": "04-30"}, "2025-12-01", False),
            ({}, "2026-07-01", True),
        ],
    )
    def test_on_a_day(self, cells: dict[str, object], day: str, holds: bool) -> None:  # noqa: FBT001
        """Both ends belong to the time, and a season may run over the turn of the year."""
        data = ladder(ban("C", "S-AB", **cells))
        (closure,) = closures.read(data)
        assert closure.holds_on(parse_day(day)) == holds
        assert ask(data, date=day).distance_m == (60_000 if holds else 50_000)

    @pytest.mark.parametrize(
        ("cells", "truck", "car"),
        [
            ({}, True, True),
            ({"vehicles": ("truck",)}, True, False),
            ({"vehicles": ("car",)}, False, True),
            ({"hazardous_only": True}, True, False),
            ({"hazardous_only": True, "vehicles": ("car",)}, False, False),
        ],
    )
    def test_for_a_vehicle(self, cells: dict[str, object], truck: bool, car: bool) -> None:  # noqa: FBT001
        """The lorry carries hazardous waste, the car does not."""
        data = ladder(ban("C", "S-AB", **cells))
        for vehicle, closed in (("truck", truck), ("car", car)):
            assert ask(data, vehicle=vehicle).distance_m == (60_000 if closed else 50_000)

    def test_dates_that_contradict_each_other_are_faults_of_the_table(self) -> None:
        """A period that ends before it begins, and half a season."""
        rows = [ban("C", valid_from="2025-02", valid_to="2025-01-31"), ban("D", season_from="10-15")]
        with pytest.raises(DataError) as caught:
            closures.read(ladder(*rows))
        assert [(fault.code, fault.row, fault.column) for fault in caught.value.faults] == [
            ("dates-reversed", 2, "valid_from"),
            ("half-season", 3, "season_to"),
        ]


class TestWhatARuleDoes:
    """The effect of each rule stands beside the route."""

    def test_a_closure_names_itself_and_what_it_cost(self) -> None:
        """60 km instead of 50, at 10 m/s."""
        answer = ask(ladder(ban("C", "S-AB", evidence="reported")))
        assert answer.distance_m == 60_000
        (effect,) = answer.rules_applied
        assert effect.ids == ("C",)
        assert (effect.distance_m, effect.saved_m, effect.saved_s) == (50_000, 10_000, 1_000)
        assert effect.broken(effect.rules[0]) == ["S-AB"]
        assert effect.geometry is not None
        assert codes(answer)[0] == "changed-by-closure"
        assert answer.evidence == "reported"

    def test_a_closure_beside_the_way_is_not_named(self) -> None:
        """It changed nothing."""
        answer = ask(ladder(ban("C", "S-AS")))
        assert answer.distance_m == 50_000
        assert answer.rules_applied == ()
        assert "changed-by-closure" not in codes(answer)

    def test_of_two_closures_each_is_named_that_alone_makes_a_difference(self) -> None:
        """Without C 50 km; without D 60 km by N; with both 80 km by S."""
        answer = ask(ladder(ban("C", "S-AB"), ban("D", "S-AN")))
        assert answer.distance_m == 80_000
        assert [(effect.ids, effect.distance_m) for effect in answer.rules_applied] == [
            (("C",), 50_000),
            (("D",), 60_000),
        ]

    def test_closures_that_only_together_make_a_difference_are_named_together(self) -> None:
        """Two reports of one road: neither alone opens it."""
        answer = ask(ladder(ban("C", "S-AB"), ban("D", "S-AB")))
        (effect,) = answer.rules_applied
        assert (effect.ids, effect.saved_m) == (("C", "D"), 10_000)
        assert codes(answer)[:3] == ["changed-by-several", "rule-closure", "rule-closure"]

    def test_an_area_to_avoid_closes_what_touches_it(self) -> None:
        """The way round by UZ is 155 km; B cannot be reached from A at all without leaving KG."""
        kept = ask(valley(), "RN-A", "RN-C", avoid=(ON_AB,), stay_in=())
        assert (kept.distance_m, kept.countries) == (155_000, ("KG", "UZ", "KG"))
        # By UZ it would be shorter anyway: the area changed nothing.
        assert kept.rules_applied == ()
        stuck = ask(valley(), "RN-A", "RN-B", avoid=(ON_AB,))
        assert not stuck.reachable
        assert stuck.reason is not None
        # Through the area 50 km; by UZ 110 + 45 + 150 km.
        assert stuck.reason.code == "only-by-breaking-avoid"
        assert [(effect.ids, effect.distance_m) for effect in stuck.rules_applied] == [
            (("avoid-1",), 50_000),
            (("stay-in",), 305_000),
        ]
        assert stuck.abroad is not None
        assert stuck.abroad.distance_m == 305_000
        assert "avoid-schematic" in codes(kept)

    def test_two_rules_in_the_way_are_both_named(self) -> None:
        """E and F hang on nothing else: the smallest set that opens a way."""
        data = valley(closures=[ban("C", "RS-BC"), ban("D", "RS-AX")])
        answer = ask(data, "RN-A", "RN-C")
        assert answer.reason is not None
        # Without C 200 km inside; without D and the border 155 km; one rule is fewer than two.
        assert answer.reason.code == "only-by-breaking-closure"
        assert [(effect.ids, effect.distance_m) for effect in answer.rules_applied] == [(("C",), 200_000)]
        lone = valley(closures=[ban("C", "RS-BC"), ban("D", "RS-BC")])
        both = ask(lone, "RN-B", "RN-C", avoid=(ON_X,))
        assert both.reason is not None
        assert (both.reason.code, both.reason.params["count"]) == ("only-by-breaking-several", 2)
        assert {effect.ids for effect in both.rules_applied} == {("C", "D")}

    def test_where_no_road_leads_no_rule_is_blamed(self) -> None:
        """Even without every rule."""
        answer = ask(valley(closures=[ban("C", "RS-BC")]), "RN-A", "RN-E")
        assert answer.reason is not None
        assert (answer.reason.code, answer.rules_applied) == ("no-road", ())

    def test_named_countries_may_be_several(self) -> None:
        """The default keeps to the country of both ends; KG and UZ together allow the short cut."""
        assert ask(valley(), "RN-A", "RN-C").distance_m == 200_000
        assert ask(valley(), "RN-A", "RN-C", stay_in=("KG", "UZ")).distance_m == 155_000
        answer = ask(valley(), "RN-A", "RN-C", stay_in=("KG",))
        assert (answer.distance_m, answer.transboundary) == (200_000, False)
        assert answer.abroad is not None
        assert answer.abroad.transboundary
        assert answer.abroad.question.rules.stay_in == ()

    def test_named_countries_hold_for_ends_in_different_ones_too(self) -> None:
        """C in KG to X in UZ: anywhere by default; both countries named change nothing; a third would be left out."""
        assert ask(valley(), "RN-C", "RN-X").distance_m == 45_000
        assert ask(valley(), "RN-C", "RN-X", stay_in=("UZ", "KG")).distance_m == 45_000


class TestContradictions:
    """Rules that exclude an end are an answer with a reason."""

    @pytest.mark.parametrize(
        ("ends", "cells", "code", "end"),
        [
            (("RN-A", "RN-B"), {"stay_in": ("UZ",)}, "end-outside-stay-in", "from"),
            (("RN-A", "RN-X"), {"stay_in": ("KG",)}, "end-outside-stay-in", "to"),
            (("RN-X", "RN-A"), {"stay_in": ("KG",)}, "end-outside-stay-in", "from"),
            (("RN-A", "RN-X"), {"avoid": (ON_X,)}, "end-in-avoided", "to"),
            (("74.25,41.0", "RN-B"), {"avoid": (ON_X, ON_AB)}, "end-in-avoided", "from"),
        ],
    )
    def test_an_end_that_a_rule_excludes(
        self, ends: tuple[str, str], cells: dict[str, Any], code: str, end: str
    ) -> None:
        """The reason names the end and the rule."""
        answer = ask(valley(), *ends, **cells)
        assert answer.reason is not None
        assert (answer.reason.code, answer.reason.params["end"], answer.distance_m) == (code, end, None)

    def test_countries_that_the_network_does_not_know(self) -> None:
        """Nobody can stay in a country on roads of which nobody knows the country."""
        data = valley()
        bare = data.road_sections.assign(countries=[()] * len(data.road_sections))
        answer = ask(data.with_table("road_sections", bare), "RN-A", "RN-B", stay_in=("KG",))
        assert answer.reason is not None
        assert answer.reason.code == "countries-unknown"


class TestWhatIsTold:
    """Closures that close nothing are told."""

    def test_without_a_day_a_dated_closure_is_a_note(self) -> None:
        """The road counts as open, and the reader knows."""
        for cells, code in (
            ({"valid_from": "2025-08-12"}, "closure-from"),
            ({"valid_from": "2025", "valid_to": "2026"}, "closure-between"),
            ({"valid_to": "2026"}, "closure-dated"),
            ({"season_from": "10-15", "season_to": "04-30"}, "closure-dated"),
        ):
            answer = ask(ladder(ban("C", "S-AB", **cells)))
            assert answer.distance_m == 50_000
            assert code in codes(answer)
        assert not {"closure-from", "closure-dated"} & set(codes(ask(ladder(ban("C", "S-AS", valid_from="2025")))))

    def test_a_closure_set_aside_is_told_where_it_would_hold(self) -> None:
        """Not on a day on which it does not."""
        data = ladder(ban("C", "S-AB", valid_from="2025-08-12"))
        assert "closure-ignored" in codes(ask(data, date="2026-01-01", ignored=("C",)))
        assert "closure-ignored" not in codes(ask(data, date="2025-01-01", ignored=("C",)))
        assert ask(data, date="2026-01-01", ignored=("C",)).distance_m == 50_000

    def test_a_warning_closes_nothing(self) -> None:
        """It is told in its season, or when no day is given."""
        snow = ban("W", "S-AB", kind="warning", season_from="10-01", season_to="04-30")
        for day, told in ((None, True), ("2026-01-15", True), ("2026-07-15", False)):
            answer = ask(ladder(snow), date=day)
            assert answer.distance_m == 50_000
            assert ("closure-warning" in codes(answer)) == told

    def test_snow_is_told_once_and_not_in_summer(self) -> None:
        """B–C closes in winter; a warning with a source says more than the mark of the section."""
        plain, told = (
            valley(),
            valley(closures=[ban("W", "RS-BC", kind="warning", season_from="10-01", season_to="04-30")]),
        )
        assert "winter-closure" in codes(ask(plain, "RN-B", "RN-C", date="2026-01-15"))
        assert "winter-closure" not in codes(ask(plain, "RN-B", "RN-C", date="2026-07-15"))
        assert "winter-closure" not in codes(ask(told, "RN-B", "RN-C"))
        assert "closure-warning" in codes(ask(told, "RN-B", "RN-C"))

    def test_a_closure_without_a_road_of_the_network_is_named(self) -> None:
        """It names a road that the network lacks, or none at all."""
        answer = ask(ladder(ban("C"), ban("D", way_ids=("123",))))
        told = [note.params["source"] for note in answer.notes if note.code == "closure-unplaced"]
        assert len(told) == 2
        assert "closure-unplaced" not in codes(ask(ladder(ban("C", valid_to="2020")), date="2026-01-01"))


def test_a_closure_by_area_closes_what_its_polygon_touches() -> None:
    """The same as the section by name."""
    middle = "POLYGON ((73.2 40.99, 73.3 40.99, 73.3 41.01, 73.2 41.01, 73.2 40.99))"
    data = ladder(ban("C", area_wkt=middle))
    assert ask(data).distance_m == 60_000
    network = build(data)
    (closure,) = closures.read(data)
    assert network.sections["id"][rules.closed_by(network, closure)].tolist() == ["S-AB"]


def test_weights_of_another_measure_are_made_small_under_the_same_rules() -> None:
    """Distance 50 km, but nobody lives along the way by S."""
    data = ladder(ban("C", "S-AN"))
    network = build(data)
    persons = {"S-AB": 900.0, "S-AN": 5.0, "S-NB": 5.0, "S-AS": 40.0, "S-SB": 0.25}
    along = np.array([persons[name] for name in network.sections["id"]])
    weights = SectionWeights("people", along, along)
    answer = find(data, RouteQuestion("A", "B", "people"), network, weights=weights)
    assert answer.sections["id"].tolist() == ["S-AS", "S-SB"]
    assert answer.distance_m == 80_000
    (effect,) = answer.rules_applied
    assert (effect.ids, effect.distance_m, effect.saved_m) == (("C",), 60_000, 20_000)
    with pytest.raises(QuestionError) as caught:
        find(data, RouteQuestion("A", "B", "people"), network)
    assert caught.value.code == "weights-missing"


class TestOwnTable:
    """A list of closures that a reader brings is held against its contract."""

    HEAD = "id;name;kind;section_ids;valid_from;valid_to;season_from;season_to;area_wkt"

    def read(self, bundled: Dataset, *rows: str) -> Any:
        """Read a table as it was typed."""
        content = "\n".join([self.HEAD, *rows]).encode()
        return catalogue.read_own("closures", "closures.csv", content, dataset=bundled)

    def test_days_of_the_year_are_understood_as_people_write_them(self, bundled: Dataset) -> None:
        """Month first, day first; words for the kind in any language."""
        frame = self.read(bundled, "C;Slide;ban;RS-UZGEN-OSH;;;10-15;30.04.;", "D;Snow;помеха;;2025;2026-02;;;")
        assert frame["season_from"].tolist()[0] == "10-15"
        assert frame["season_to"].tolist()[0] == "04-30"
        assert frame["kind"].tolist() == ["ban", "warning"]
        own = catalogue.put(bundled, "closures", frame)
        assert [closure.id for closure in closures.read(own)] == ["C", "D"]
        answer = ask(own, "RN-UZGEN", "RN-OSH", date="2026-01-15")
        assert answer.rules_applied[0].ids == ("C",)

    @pytest.mark.parametrize(
        ("row", "code", "column"),
        [
            ("C;Slide;ban;RS-UZGEN-OSH;;;30-02;04-30;", "not-month-day", "season_from"),
            ("C;Slide;ban;RS-UZGEN-OSH;;;October;04-30;", "not-month-day", "season_from"),
            ("C;Slide;ban;RS-UZGEN-OSH;;;10-15;;", "half-season", "season_to"),
            ("C;Slide;ban;RS-UZGEN-OSH;2026;2025;;;", "dates-reversed", "valid_from"),
            ("C;Slide;ban;RS-NOWHERE-AT-ALL;;;;;", "unknown-reference", "section_ids"),
            ("C;Slide;ban;;;;;;POINT (71 40)", "not-area", "area_wkt"),
            ("C;Slide;perhaps;;;;;;", "unknown-choice", "kind"),
        ],
    )
    def test_each_fault_is_named(self, bundled: Dataset, row: str, code: str, column: str) -> None:
        """With its row and column, and a sentence in every language."""
        with pytest.raises(DataError) as caught:
            self.read(bundled, row)
        assert [(fault.code, fault.row, fault.column) for fault in caught.value.faults] == [(code, 2, column)]
        for language in LANGUAGES:
            assert code not in sentences.fault(translator(language), caught.value.faults[0])


class TestBundled:
    """The closures that come with the program."""

    def test_each_lies_on_roads_of_the_bundled_network(self, bundled: Dataset) -> None:
        """None hangs in the air, none is documented by nobody."""
        network = build(bundled)
        for closure in closures.read(bundled):
            assert rules.closed_by(network, closure).any()
            assert closure.evidence == "reported"
            assert closure.source

    def test_the_bridge_and_the_lorry_ban_hold_on_their_days(self, bundled: Dataset) -> None:
        """Rishton to Sokh by the road across KG, told without a day and obeyed with one."""
        open_answer = ask(bundled, "RN-RISHTON", "RN-RAVON", stay_in=())
        assert {"closure-from", "transboundary"} <= set(codes(open_answer))
        closed = ask(bundled, "RN-RISHTON", "RN-RAVON", stay_in=(), date="2026-01-15")
        assert closed.reason is not None
        assert closed.reason.code == "only-by-breaking-closure"
        assert closed.rules_applied[0].ids == ("RC-SOKH-RISHTON-TRUCKS",)
        car = ask(bundled, "RN-RISHTON", "RN-RAVON", stay_in=(), date="2026-01-15", vehicle="car")
        # The bridge is closed to cars too: round it by Apkan, as the report advises.
        assert car.reachable
        assert "RS-OTUKCHU-APKAN" in set(car.sections["id"])
        before = ask(bundled, "RN-RISHTON", "RN-RAVON", stay_in=(), date="2021-03-31")
        assert before.distance_m == open_answer.distance_m

    def test_snow_is_a_hindrance_and_no_ban(self, bundled: Dataset) -> None:
        """Bishkek to Osh in January: the same road, with a warning."""
        winter = ask(bundled, "RN-BISHKEK", "RN-OSH", date="2026-01-15")
        summer = ask(bundled, "RN-BISHKEK", "RN-OSH", date="2026-07-15")
        assert winter.distance_m == summer.distance_m == 675_000
        assert "closure-warning" in codes(winter)
        assert not {"closure-warning", "winter-closure"} & set(codes(summer))
        assert not math.isnan(winter.positional_error_m)
