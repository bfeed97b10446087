"""The words under which readers of three languages know columns and codes.

Beside the short forms below, every label of the message catalogues (``column.<name>``,
``choice.<list>.<code>``, ``country.<code>``) is understood, so a table that Symap wrote in any language
can be read again. The catalogues are opened only for a word that nothing else explains.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Final

from geo import schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Countries of the data's window and their neighbours, ISO 3166 alpha-2.
COUNTRIES: Final = ("KG", "UZ", "TJ", "KZ", "CN", "AF", "PK")

# A word may stand for several columns: the first that the table has is meant.
_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("ид", "идентификатор", "код объекта", "object id"),
    "name_en": ("name", "title", "english name", "название на английском", "название (англ.)", "английское название"),
    "name_ru": (
        "название", "наименование", "имя", "название на русском", "название (рус.)", "русское название",
        "наименование пункта", "населенный пункт", "наименование объекта", "название объекта", "пункт приема",
    ),
    "name_ky": ("аталышы", "аты", "кыргызча аталышы", "название на кыргызском", "название (кырг.)", "кыргызское название"),
    "other_names": ("other name", "alternate names", "другие названия", "старое название", "башка аталыштары"),
    "lon": ("lng", "long", "longitude", "x", "долгота", "узундук", "lon deg"),
    "lat": ("latitude", "y", "широта", "кеңдик", "lat deg"),
    "positional_error_m": ("position error m", "погрешность", "погрешность координат", "точность", "каталык"),
    "accepts": (
        "waste", "waste types", "accepted waste", "виды отходов", "вид отходов", "типы отходов", "принимает",
        "принимаемые отходы", "отходы", "калдыктын түрлөрү", "калдыктар", "кабыл алат",
    ),
    "contact": (
        "contacts", "phone", "telephone", "tel", "email", "e-mail", "address", "website", "телефон", "тел", "телефоны",
        "контакт", "контакты", "адрес", "почта", "эл. почта", "сайт", "дарек", "дареги", "байланыш",
    ),
    "hours": (
        "opening hours", "working hours", "часы работы", "время работы", "режим работы", "график работы", "график",
        "иш убактысы", "иштөө убактысы",
    ),
    "status": ("state", "статус", "состояние", "абалы", "статусу"),
    "status_date": ("дата статуса", "статус на дату"),
    "kind": ("type", "тип", "вид", "вид объекта", "тип объекта", "түрү"),
    "commodities": ("commodity", "сырье", "вещества", "полезные ископаемые", "заттар"),
    "country": ("страна", "өлкө", "country code", "код страны", "iso"),
    "countries": ("страны", "өлкөлөр"),
    "population_persons": (
        "population", "people", "persons", "население", "численность", "численность населения", "жителей",
        "калк", "калктын саны", "калкы",
    ),
    "population_year": ("year", "год", "год переписи", "год оценки", "жыл", "жылы", "population year"),
    "year": ("год", "жыл", "жылы", "year of issue"),
    "population_source": ("source of population", "источник населения", "источник численности"),
    "evidence": ("достоверность", "основание", "далил", "ишенимдүүлүк"),
    "source": ("источник", "источники", "sources", "булак", "булагы"),
    "source_date": ("date", "дата", "дата источника", "vintage", "күнү", "датасы"),
    "as_of": ("дата", "по состоянию на", "на дату", "date", "год", "year", "жыл"),
    "note_en": ("note", "notes", "remark", "remarks", "comment", "comments", "description"),
    "note_ru": ("примечание", "примечания", "комментарий", "описание"),
    "note_ky": ("эскертүү", "эскертме", "түшүндүрмө", "сүрөттөмө"),
    "parent_id": ("parent", "часть объекта", "входит в"),
    "area_id": ("area", "район", "аймак"),
    "area_km2": ("area km2", "площадь", "площадь км2", "аянты"),
    "elevation_m": ("elevation", "altitude", "высота", "бийиктик", "бийиктиги"),
    "from_id": ("from", "from node", "от", "откуда", "начало"),
    "to_id": ("to", "to node", "до", "куда", "конец"),
    "via_ids": ("via", "через", "аркылуу"),
    "road_number": ("road", "номер дороги", "дорога", "жол", "жол номери"),
    "length_m": ("length m", "длина м", "протяженность м", "узундугу м"),
    "surface": ("покрытие", "тип покрытия", "жабуу"),
    "terrain": ("рельеф", "местность", "рельефи"),
    "speed_kmh": ("speed", "скорость", "скорость км ч", "ылдамдык"),
    "medium": ("среда", "чөйрө"),
    "value": ("значение", "величина", "мааниси"),
    "unit": ("units", "единица", "ед. изм.", "единица измерения", "бирдик"),
    "authority": ("орган", "кем установлено", "ким бекиткен"),
    "quantity": ("показатель", "көрсөткүч"),
    "site_id": ("site", "участок", "объект"),
}  # fmt: skip

# Short everyday forms of codes; the full labels come from the message catalogues.
_CHOICE_WORDS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "waste": {
        "lamps": (
            "lamp", "fluorescent lamps", "mercury lamps", "лампы", "лампа", "люминесцентные лампы", "лампалар",
            "энергосберегающие лампы",
        ),
        "thermometers": ("thermometer", "термометры", "термометр", "градусники", "термометрлер"),
        "sphygmomanometers": (
            "sphygmomanometer", "blood pressure monitors", "тонометры", "тонометр", "сфигмоманометры", "тонометрлер",
        ),
        "batteries": ("battery", "батарейки", "батареи", "батарейкалар"),
        "switches": ("switch", "relays", "реле", "переключатели", "выключатели", "релелер"),
        "elemental-mercury": ("metallic mercury", "liquid mercury", "металлическая ртуть", "жидкая ртуть", "металл сымап"),
        "contaminated-soil": ("soil", "грунт", "загрязненная почва", "топурак"),
        "tailings": ("хвосты", "хвосты обогащения"),
    },
    "open-status": {
        "open": ("работает", "открыт", "открыто", "действует", "ачык", "иштейт"),
        "closed": ("закрыт", "закрыто", "не работает", "жабык", "иштебейт"),
        "unknown": ("неизвестно", "нет данных", "белгисиз", "маалымат жок", "no data"),
    },
    "evidence": {
        "documented": ("подтверждено", "документально", "официально", "official"),
        "reported": ("сообщается", "по сообщению"),
        "illustrative": ("пример", "example", "мисал"),
        "modelled": ("расчетно", "модель", "modeled"),
    },
}  # fmt: skip

_COUNTRY_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "KG": ("kgz", "кр", "киргизия", "кыргызская республика", "кыргыз республикасы", "kyrgyz republic"),
    "UZ": ("uzb", "республика узбекистан"),
    "TJ": ("tjk", "республика таджикистан"),
    "KZ": ("kaz", "республика казахстан"),
    "CN": ("chn", "кнр"),
    "AF": ("afg",),
    "PK": ("pak",),
}


@lru_cache(maxsize=4096)
def key(text: str) -> str:
    """Reduce a word to what counts in it: letters and digits, without case, ё as е."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    return "".join(char for char in plain if char.isalnum())


def _keys(text: str) -> tuple[str, ...]:
    """Give the ways in which a header may be looked up: its code in brackets, as it is, without bracket, without unit."""
    in_bracket = [part for part in re.findall(r"\(([a-z0-9_]+)\)", text) if part in _CONTRACT_NAMES]
    without_bracket = re.sub(r"\(.*?\)|\[.*?\]", "", text)
    forms = (*in_bracket, text, without_bracket, without_bracket.split(",")[0])
    return tuple(dict.fromkeys(key(form) for form in forms))


_CONTRACT_NAMES: Final = frozenset(column.name for table in schema.TABLES.values() for column in table.columns)


def is_contract_name(text: str) -> bool:
    """Tell whether a header is written exactly as the contracts have it."""
    return text in _CONTRACT_NAMES


@lru_cache(maxsize=1)
def _header_words() -> dict[str, tuple[str, ...]]:
    words: dict[str, list[str]] = {key(name): [name] for name in sorted(_CONTRACT_NAMES)}
    for name, aliases in _ALIASES.items():
        for alias in aliases:
            words.setdefault(key(alias), []).append(name)
    return {word: tuple(dict.fromkeys(names)) for word, names in words.items()}


@lru_cache(maxsize=1)
def _header_labels() -> dict[str, tuple[str, ...]]:
    """Collect the labels of all columns in all languages."""
    from geo.i18n import LANGUAGES, translator  # noqa: PLC0415 - catalogues are read only for unexplained words

    labels: dict[str, list[str]] = {}
    for language in LANGUAGES:
        t = translator(language)
        for name in sorted(_CONTRACT_NAMES):
            if t.has(f"column.{name}"):
                labels.setdefault(key(t(f"column.{name}")), []).append(name)
    return {word: tuple(dict.fromkeys(names)) for word, names in labels.items()}


@lru_cache(maxsize=4096)
def columns_of(header: str) -> tuple[str, ...]:
    """Name the contract columns that a header can stand for, the likeliest first."""
    if header in _CONTRACT_NAMES:
        return (header,)
    for form in filter(None, _keys(header)):
        for words in (_header_words, _header_labels):
            if found := words().get(form):
                return found
    return ()


def is_header(text: str) -> bool:
    """Tell whether a text is a known header of any table."""
    return bool(columns_of(text)) if text else False


def column_of(header: str, table: schema.Table) -> str | None:
    """Name the column of a table that a header stands for, or None."""
    names = {column.name for column in table.columns}
    return next((name for name in columns_of(header) if name in names), None)


def choice_list(column: schema.Column) -> str | None:
    """Name the list of codes that a column draws from, as the message keys have it."""
    return schema.CHOICE_LISTS.get(column.choices)


def _words(everyday: Mapping[str, Iterable[str]], label: str, codes: Iterable[str]) -> dict[str, str]:
    """Give the code of every word: everyday forms first, then the labels of all languages."""
    from geo.i18n import LANGUAGES, translator  # noqa: PLC0415 - catalogues are read only for unexplained words

    words = {key(word): code for code, forms in everyday.items() for word in forms}
    for t, code in product(map(translator, LANGUAGES), tuple(codes)):
        if t.has(f"{label}.{code}"):
            words.setdefault(key(t(f"{label}.{code}")), code)
    return words


@lru_cache(maxsize=64)
def _choice_words(choices: tuple[str, ...]) -> dict[str, str]:
    name = schema.CHOICE_LISTS.get(choices, "")
    return _words(_CHOICE_WORDS.get(name, {}), f"choice.{name}", choices)


def choice(text: str, choices: tuple[str, ...]) -> str | None:
    """Find the code that a word stands for: the code itself, its everyday forms, its labels."""
    if text in choices:
        return text
    wanted = key(text)
    by_code = next((code for code in choices if key(code) == wanted), None)
    return by_code or _choice_words(choices).get(wanted)


@lru_cache(maxsize=1)
def _country_words() -> dict[str, str]:
    return _words(_COUNTRY_WORDS, "country", COUNTRIES)


def country(text: str) -> str | None:
    """Find the ISO 3166 alpha-2 code of a country from its code or its name in any of the languages."""
    upper = text.strip().upper()
    return upper if upper in COUNTRIES else _country_words().get(key(text))
