"""Laws of the sanitiser: whatever a table holds stays readable text and never becomes code."""

from __future__ import annotations

import html as html_reader
import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Template

from geo import text
from tests.payloads import PAYLOADS

# Pieces that mean something to some reader, mixed with any other characters.
ACTIVE = st.sampled_from(
    ["{{", "}}", "{%", "%}", "{#", "#}", "${", "`", "</script>", "<!--", "'", '"', "\\", "=", "@", "\r\n"]
)
ANY_TEXT = st.lists(st.one_of(ACTIVE, st.text(max_size=12)), max_size=12).map("".join)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), ANY_TEXT)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(ANY_TEXT, inner, max_size=4)),
    max_leaves=12,
)
OPENERS = ("{{", "{%", "{#", "${", "`", "</", "<!--", "\u2028", "\u2029")


def test_the_corpus_is_large_and_without_repeats() -> None:
    """The corpus is large and without repeats."""
    assert len(PAYLOADS) >= 30
    assert len(set(PAYLOADS)) == len(PAYLOADS)


def _plain(line: str) -> str:
    """Take the spaces at which no line breaks for plain ones; they stay behind a digit or a sign only."""
    kept = re.compile("(?<=[\\d≈<>])[\u00a0\u202f](?=[\\w%])")
    plain = kept.sub(" ", line)
    assert not re.search("[\u00a0\u202f]", plain)
    return plain


def _assert_clean(line: str) -> None:
    assert not any(unicodedata.category(char) in {"Cc", "Cs"} for char in line)
    assert not set(line) & set(
        "\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
    )
    assert _plain(line) == " ".join(line.split())


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_a_payload_is_inert_in_every_context(payload: str) -> None:
    """A payload is inert in every context."""
    line = text.clean(payload)
    _assert_clean(line)
    assert len(line) <= text.MAX_LABEL_CHARS
    for made in (text.html(payload), text.json_script({"name": payload}), text.json_script({payload: [payload]})):
        assert not any(opener in made for opener in OPENERS)
        assert Template(made).render() == made
    assert not str(text.cell(payload)).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert json.loads(text.json_script([payload])) == [payload]


@given(ANY_TEXT)
def test_cleaning_makes_one_line_and_changes_nothing_the_second_time(raw: str) -> None:
    """Cleaning makes one line and changes nothing the second time."""
    line = text.clean(raw)
    _assert_clean(line)
    assert text.clean(line) == line
    assert len(line) <= text.MAX_LABEL_CHARS


def test_half_a_character_is_dropped_from_a_line_and_kept_in_json() -> None:
    """Half a character is dropped from a line and kept in json."""
    assert text.clean("a\ud83db") == "ab"
    assert json.loads(text.json_script("a\ud83db")) == "a\ud83db"


@given(st.text(max_size=300), st.integers(min_value=1, max_value=50))
def test_a_cut_text_says_that_it_was_cut(raw: str, most: int) -> None:
    """A cut text says that it was cut."""
    whole, cut = text.clean(raw, max_chars=None), text.clean(raw, max_chars=most)
    assert len(cut) <= most
    assert cut == whole or cut.endswith("…")


@given(st.text(alphabet=st.characters(categories=["L", "N", "Zs"]), max_size=60))
def test_letters_and_digits_survive(raw: str) -> None:
    """Letters and digits survive."""
    assert _plain(text.clean(raw)) == " ".join(unicodedata.normalize("NFC", raw).split())


def test_no_line_breaks_inside_a_number() -> None:
    """A number keeps the space of its thousands and of its unit; words and doubled spaces become plain ones."""
    assert text.clean("≈\u00a038\u00a0000  чел.,\u00a0 2,5\u00a0км") == "≈\u00a038\u00a0000 чел., 2,5\u00a0км"
    assert text.html(">\u00a013\u202f000") == "&gt;\u00a013\u202f000"
    assert text.markdown("50\u00a0%") == "50\u00a0%"
    assert text.clean("\u00a0Ак\u00a0Суу\u00a0") == "Ак Суу"
    assert text.clean("5\u00a0\u00a0км") == "5 км"


@given(ANY_TEXT)
def test_html_reads_back_as_the_clean_text(raw: str) -> None:
    """Html reads back as the clean text."""
    made = text.html(raw)
    assert html_reader.unescape(made) == text.clean(raw)
    assert not re.search(r"[<>{}`$\\%\"']", made)
    assert Template(made).render() == made


@given(ANY_TEXT)
def test_every_character_that_markdown_acts_on_is_escaped(raw: str) -> None:
    """Every character that markdown acts on is escaped."""
    made = text.markdown(raw)
    assert re.sub(r"\\(.)", r"\1", made) == text.clean(raw)
    assert not re.search(r"[`*_{}\[\]()#+!|~<>$:^=&]", re.sub(r"\\.", "", made))


@given(JSON)
def test_json_in_a_script_reads_back_and_opens_nothing(value: object) -> None:
    """Json in a script reads back and opens nothing."""
    made = text.json_script(value)
    assert json.loads(made) == value
    assert not any(opener in made for opener in OPENERS)
    assert Template(made).render() == made


def test_json_in_a_script_refuses_what_json_has_not() -> None:
    """Json in a script refuses what json has not."""
    with pytest.raises(ValueError, match="JSON compliant"):
        text.json_script({"population_persons": float("nan")})


@given(ANY_TEXT)
def test_no_cell_is_a_formula_and_numbers_pass(raw: str) -> None:
    """No cell is a formula and numbers pass."""
    assert not str(text.cell(raw)).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert text.cell(-3.5) == -3.5
    assert text.cell(None) is None
