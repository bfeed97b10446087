"""The three languages say the same things, with the same blanks to fill, and format numbers as they should."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from geo.i18n import LANGUAGES, LOCALES_DIR, choose_language, round_people, translator

ROOT = Path(__file__).parent.parent
NBSP = "\u00a0"


def _messages(language: str) -> dict[str, tuple[str, ...]]:
    """Read every message of a language: key → its forms."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted((LOCALES_DIR / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language, abort_invalid=True):
                if not message.id:
                    continue
                key = message.id[0] if isinstance(message.id, tuple) else message.id
                forms = message.string if isinstance(message.string, tuple) else (message.string,)
                assert key not in found, f"{key} stands twice in {language}"
                found[str(key)] = tuple(str(form) for form in forms)
    return found


MESSAGES = {language: _messages(language) for language in LANGUAGES}


def _blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_lacks_a_key_or_has_one_too_many(language: str) -> None:
    """A key that one language lacks would stop its page."""
    assert set(MESSAGES[language]) == set(MESSAGES["en"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated(language: str) -> None:
    """An empty text would be shown as its key."""
    assert [key for key, forms in MESSAGES[language].items() if not all(forms)] == []


def test_the_blanks_of_a_message_are_equal_in_all_languages() -> None:
    """A blank that only one language has would stop its page when it is filled."""
    unequal = [
        key
        for key, forms in MESSAGES["en"].items()
        if len({frozenset(_blanks(form)) for language in LANGUAGES for form in (*forms, *MESSAGES[language][key])}) > 1
    ]
    assert unequal == []


def test_plural_messages_have_the_forms_that_their_language_needs() -> None:
    """Russian has three forms, English two, and Kyrgyz nouns stay singular after a number."""
    for key, forms in MESSAGES["en"].items():
        if len(forms) > 1:
            assert {language: len(MESSAGES[language][key]) for language in LANGUAGES} == {"ru": 3, "ky": 1, "en": 2}, (
                key
            )


@pytest.mark.parametrize(
    ("number", "expected"), [(1, "1 запись"), (3, "3 записи"), (5, "5 записей"), (11, "11 записей"), (21, "21 запись")]
)
def test_russian_plurals_follow_the_number(number: int, expected: str) -> None:
    """1 запись, 2 записи, 5 записей, but 11 записей and 21 запись."""
    assert translator("ru").n("count.records", number) == expected


def test_kyrgyz_nouns_stay_singular() -> None:
    """Five records are «5 жазуу»."""
    assert translator("ky").n("count.records", 5) == "5 жазуу"


def test_no_message_shouts() -> None:
    """The house uses no exclamation marks."""
    assert [key for language in LANGUAGES for key, forms in MESSAGES[language].items() if "!" in "".join(forms)] == []


def test_cyrillic_languages_hold_no_english_sentences() -> None:
    """A text of Latin words alone on a Russian or Kyrgyz page was forgotten; names and codes are short."""
    forgotten = [
        (language, key)
        for language in ("ru", "ky")
        for key, forms in MESSAGES[language].items()
        if key != "language.en"
        and len(re.findall(r"[A-Za-z]{3,}", _without_blanks(forms[0]))) >= 3
        and not re.search(r"[а-яё]", forms[0], re.IGNORECASE)
    ]
    assert forgotten == []


def _without_blanks(text: str) -> str:
    return re.sub(r"\{[^}]*\}", "", text)


def _literal_keys() -> set[str]:
    """Find the keys that the code names in full: t("…"), t.n("…") and t.has("…")."""
    keys = set()
    for path in [*(ROOT / "pages").rglob("*.py"), *(ROOT / "geo").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                function, argument = node.func, node.args[0].value
                is_t = isinstance(function, ast.Name) and function.id == "t"
                is_n = (
                    isinstance(function, ast.Attribute) and function.attr == "n" and ast.unparse(function.value) == "t"
                )
                if (is_t or is_n) and isinstance(argument, str):
                    keys.add(argument)
    return keys


def test_every_key_that_the_code_names_is_in_the_catalogues() -> None:
    """A misspelt key is found here, not by a reader."""
    keys = _literal_keys()
    assert len(keys) > 100
    assert keys - set(MESSAGES["en"]) == set()


@pytest.mark.parametrize(("persons", "rounded"), [(7, 7), (54, 50), (455, 460), (12_031, 12_000), (99_600, 100_000)])
def test_people_are_rounded_to_two_digits(persons: float, rounded: int) -> None:
    """Village figures bear no more."""
    assert round_people(persons) == rounded


def test_numbers_follow_the_language() -> None:
    """Russian and Kyrgyz group by no-break spaces, English by commas."""
    assert translator("ru").people(12_031) == f"≈{NBSP}12{NBSP}000"
    assert translator("en").people(12_031) == f"≈{NBSP}12,000"
    assert translator("ky").number(1234.5, 1).replace("\u202f", NBSP) == f"1{NBSP}234,5"
    assert translator("ru").range(9_120, 15_480) == f"9{NBSP}100–15{NBSP}000"
    assert translator("en").range(None, 5) == "no data"


@pytest.mark.parametrize("huge", [1e19, -1e28, 1e300, 10**26])
def test_a_mistyped_number_can_be_named(huge: float) -> None:
    """A refusal repeats what was typed, however large, in a few characters."""
    for language in LANGUAGES:
        t = translator(language)
        for told in (t.number(huge), t.plain(huge), t.km(abs(huge))):
            assert "e+" in told
            assert len(told) < 12


def test_distances_and_times_are_rounded_to_what_they_bear() -> None:
    """One decimal under 10 km, whole kilometres above, five minutes."""
    t = translator("en")
    assert [t.km(m) for m in (640.0, 9_940.0, 65_020.0)] == ["640 m", "9.9 km", "65 km"]
    assert [t.duration(s) for s in (0, 100, 3600, 5000)] == ["0 min", "5 min", "1 h", "1 h 25 min"]


def test_dates_follow_the_language_and_their_precision() -> None:
    """A year stays a year."""
    assert translator("ru").date("2022-07-01") == "1 июля 2022"
    assert translator("ru").date("2018-03") == "март 2018"
    assert translator("ky").date("2022-07-01") == "2022-ж. 1-июл."
    assert translator("en").date("2009") == "2009"
    assert translator("en").date(float("nan")) == "no date"


@pytest.mark.parametrize(
    ("wishes", "language"),
    [(("ky-KG",), "ky"), ((None, "ru-RU"), "ru"), (("de", "en-GB"), "en"), (("de",), "en"), ((None, None), "ru")],
)
def test_the_language_is_the_first_wish_that_symap_speaks(wishes: tuple[str | None, ...], language: str) -> None:
    """An address's wish comes before the browser's; without any, Russian."""
    assert choose_language(*wishes) == language


def test_a_name_falls_back_to_a_language_that_has_one() -> None:
    """A village known only in Kyrgyz is shown in Kyrgyz to a Russian reader before Latin is missing too."""
    assert translator("ru").name({"name_ru": "Ош", "name_en": "Osh"}) == "Ош"
    assert translator("ru").name({"name_ru": float("nan"), "name_ky": "Өтүкчү"}) == "Өтүкчү"
    assert translator("en").name({}) == ""
