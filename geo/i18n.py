"""What Symap says in Russian, Kyrgyz and English: message catalogues, and numbers as each language writes them.

The catalogues are the ``.po`` files under ``geo/locales/<language>/``; they are read at first use, so no
compiled file has to be kept beside them.
"""

from __future__ import annotations

import gettext
import io
import math
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, get_args

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from geo.text import MAX_LABEL_CHARS, clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

Language = Literal["ru", "ky", "en"]
#: In the order in which the language switch shows them.
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
LOCALES_DIR: Final = Path(__file__).parent / "locales"

_HOUR_S: Final = 3600
#: Nobody measures so much; from here on somebody mistyped, and the digits are not written out.
_HUGE: Final = 1e15
_STEP_S: Final = 300
_KM_M: Final = 1000.0
# A no-break space keeps a number and its unit on one line.
_NBSP: Final = "\u00a0"
_MONTHS: Final[dict[str, tuple[str, ...]]] = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "ru": ("янв.", "февр.", "марта", "апр.", "мая", "июня", "июля", "авг.", "сент.", "окт.", "нояб.", "дек."),
    "ky": ("янв.", "фев.", "мар.", "апр.", "май", "июн.", "июл.", "авг.", "сен.", "окт.", "ноя.", "дек."),
}
_MONTH_ALONE_RU: Final = (
    "янв.",
    "февр.",
    "март",
    "апр.",
    "май",
    "июнь",
    "июль",
    "авг.",
    "сент.",
    "окт.",
    "нояб.",
    "дек.",
)


@cache
def _catalogue(language: Language) -> gettext.GNUTranslations:
    """Read all catalogues of a language into one."""
    merged: gettext.GNUTranslations | None = None
    for path in sorted((LOCALES_DIR / language).glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language, abort_invalid=True)
        buffer = io.BytesIO()
        write_mo(buffer, catalogue)
        buffer.seek(0)
        read = gettext.GNUTranslations(buffer)
        if merged is None:
            merged = read
        else:
            merged._catalog.update(read._catalog)  # type: ignore[attr-defined]  # noqa: SLF001 - gettext offers no merge
    if merged is None:
        raise FileNotFoundError(LOCALES_DIR / language)
    return merged


def choose_language(*wishes: str | None) -> Language:
    """Pick the first language that Symap speaks among some wishes, such as a link's and the browser's.

    Parameters
    ----------
    wishes
        Language tags ("ru-RU", "ky", "de"); None and unknown ones are passed over.

    Returns
    -------
    Language
        The first match; Russian, which most readers in the country share, when nothing matches
        and none of the wishes was a language at all; English otherwise.
    """
    tags = [wish.split("-")[0].split("_")[0].lower() for wish in wishes if wish]
    for tag in tags:
        for language in LANGUAGES:
            if tag == language:
                return language
    return "en" if tags else "ru"


@lru_cache(maxsize=4096)
def _decimal(value: float, pattern: str, language: Language) -> str:
    """Write a number; the same few distances and shares come again and again."""
    if abs(value) >= _HUGE:
        return f"{float(value):.6g}"
    return format_decimal(value, format=pattern, locale=language)


def round_people(persons: float) -> int:
    """Round a count of people to two significant digits, tens at the least: what village figures can bear."""
    if persons < 100:  # noqa: PLR2004 - below a hundred, tens are the two digits
        return round(persons / 10) * 10 if persons >= 10 else round(persons)  # noqa: PLR2004
    step = int(10 ** (math.floor(math.log10(persons)) - 1))
    return round(persons / step) * step


class Translator:
    """Sentences, numbers and names in one language.

    Parameters
    ----------
    language
        One of :data:`LANGUAGES`.
    """

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._messages = _catalogue(language)

    def __call__(self, key: str, /, **params: object) -> str:
        """Give the sentence of a key, its placeholders filled.

        Raises
        ------
        KeyError
            The catalogue lacks the key: a fault of the program, caught by the tests.
        """
        text = self._messages.gettext(key)
        if text == key:
            raise KeyError(key)
        return text.format(**params) if params else text

    def has(self, key: str) -> bool:
        """Tell whether the catalogue knows a key."""
        return self._messages.gettext(key) != key

    def n(self, key: str, number: float, /, **params: object) -> str:
        """Give the plural form of a key for a number; ``{n}`` in it is the formatted number."""
        whole = int(abs(number))
        text = self._messages.ngettext(key, key, whole)
        if text == key:
            raise KeyError(key)
        return text.format(n=self.number(number), **params)

    def number(self, value: float, decimals: int = 0) -> str:
        """Write a number with the language's separators and a fixed count of decimals."""
        if not math.isfinite(value):
            return self("no-data")
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return _decimal(round(value, decimals) + 0.0, pattern, self.language)

    def plain(self, value: float) -> str:
        """Write a number with as many decimals as it has (guideline values, quantities), up to six."""
        if not math.isfinite(value):
            return self("no-data")
        return _decimal(value, "#,##0.######", self.language)

    def people(self, persons: float | None) -> str:
        """Write a count of people rounded to what it can bear, with "about"; unknown is "no data"."""
        if persons is None or not math.isfinite(persons):
            return self("no-data")
        rounded = round_people(persons)
        return self.number(rounded) if rounded == persons else "≈" + _NBSP + self.number(rounded)

    def range(self, low: float | None, high: float | None) -> str:
        """Write a range of people, both ends rounded; one number where the ends agree."""
        if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
            return self("no-data")
        ends = [self.number(round_people(value)) for value in (low, high)]
        return ends[0] if ends[0] == ends[1] else "–".join(ends)

    def km(self, distance_m: float | None) -> str:
        """Write a distance in kilometres: one decimal under 10 km, none above; metres under 1 km."""
        if distance_m is None or not math.isfinite(distance_m):
            return self("no-data")
        if distance_m < _KM_M:
            return self("unit.value-m", value=self.number(round(distance_m, -1)))
        decimals = 1 if distance_m < 10 * _KM_M else 0
        return self("unit.value-km", value=self.number(distance_m / _KM_M, decimals))

    def duration(self, time_s: float | None) -> str:
        """Write a travel time in hours and minutes, to five minutes."""
        if time_s is None or not math.isfinite(time_s):
            return self("no-data")
        rounded = max(_STEP_S, round(time_s / _STEP_S) * _STEP_S) if time_s > 0 else 0
        hours, minutes = rounded // _HOUR_S, rounded % _HOUR_S // 60
        if hours and minutes:
            return self("unit.hours-minutes", hours=hours, minutes=minutes)
        return self("unit.hours", hours=hours) if hours else self("unit.minutes", minutes=minutes)

    def date(self, iso: object) -> str:
        """Write an ISO year, month or day as the language does; unknown is "no date"."""
        parts = str(iso).split("-") if isinstance(iso, str) and iso else []
        if not parts:
            return self("no-date")
        if len(parts) == 1:
            return parts[0]
        index = int(parts[1]) - 1
        if len(parts) == 2:  # noqa: PLR2004 - year and month
            month = (_MONTH_ALONE_RU if self.language == "ru" else _MONTHS[self.language])[index]
            return f"{month} {parts[0]}"
        day = date.fromisoformat(str(iso))
        month = _MONTHS[self.language][index]
        return f"{day.year}-ж. {day.day}-{month}" if self.language == "ky" else f"{day.day} {month} {day.year}"

    def name(
        self, record: Mapping[str, object] | pd.Series, stem: str = "name", *, max_chars: int | None = MAX_LABEL_CHARS
    ) -> str:
        """Give a record's name (or its note) in the language, else in one that has it, as one clean line."""
        order = (self.language, *{"ru": ("en", "ky"), "ky": ("ru", "en"), "en": ("ru", "ky")}[self.language])
        for language in order:
            value = record.get(f"{stem}_{language}")
            if isinstance(value, str) and value.strip():
                return clean(value, max_chars=max_chars)
        return ""

    def names(self, names: Mapping[str, str]) -> str:
        """Give the name in the language out of a mapping by language code."""
        return self.name({f"name_{language}": name for language, name in names.items()})


@cache
def translator(language: Language) -> Translator:
    """Give the translator of a language; catalogues are read once in a process."""
    return Translator(language)
