"""A view: one page with its whole question, as an address that anybody can keep, send and open.

The address holds stable codes, every value in full, and no language, so that one link serves three languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, quote, urlsplit

from geo import corrections, route_views, schema, viewvalues
from geo.errors import QuestionError
from geo.exposure import DEFAULT_RADII_M, MAX_RADII, MAX_RADIUS_M, MIN_RADIUS_M, ExposureQuestion
from geo.inventory import RECORD_TABLES, InventoryQuestion
from geo.places import PLACE_TABLES, parse_coordinates
from geo.radii import USUAL_RADIUS_M, radii_asked
from geo.viewvalues import Parameter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geo.dataset import Dataset
    from geo.nearest import NearestQuestion
    from geo.routing import RouteQuestion

__all__ = [
    "PAGES",
    "Parameter",
    "Reading",
    "View",
    "ViewError",
    "check_places",
    "corrected",
    "decode",
    "encode",
    "link",
    "question",
    "read",
    "read_pairs",
]

#: Longest address that is read, in characters; browsers and servers on the way bear no more for certain.
MAX_ADDRESS_CHARS: Final = 8000
#: The page that stands at the root of the app's address.
HOME_PAGE: Final = "overview"
#: What may stand in an address beside the view: the language, what the frame of the app reads, and the marks that
#: messengers and mailers add.
NOT_OF_THE_VIEW: Final = frozenset(
    {"lang", "card", "embed", "embed_options", "fbclid", "gclid", "yclid", "igshid", "mc_cid", "mc_eid"}
)
_MAILERS: Final = "utm_"
# Characters that need no escape in a query and keep an address readable.
_READABLE: Final = ";,:@-._~"

_CORRECTIONS: Final = Parameter("corrections", "corrections", (), most=20)
_TRAINING: Final = Parameter("training", "flag", default=False)

#: The values of each page, in the order of the address. A new control of a page gets a row here and one in
#: ``pages/_shared/permalinks.py``; a name that links may hold already is never changed or reused.
PAGES: Final[Mapping[str, tuple[Parameter, ...]]] = MappingProxyType(
    {
        "overview": (
            Parameter("layers", "codes", (*RECORD_TABLES, "settlements", "road_sections"), (*RECORD_TABLES, "settlements", "road_sections")),
            Parameter("waste", "code", None, schema.WASTE_TYPES),
            Parameter("kinds", "codes", (), schema.SITE_KINDS),
            Parameter("evidence", "codes", (), schema.EVIDENCE),
            Parameter("not_mercury", "flag", default=False),
            Parameter("record", "place", "KG-KHD"),
            _CORRECTIONS,
        ),
        "exposure": (
            Parameter("places", "places", ("KG-KHD",)),
            Parameter("radii_m", "radii_m", DEFAULT_RADII_M, minimum=MIN_RADIUS_M, maximum=MAX_RADIUS_M, most=MAX_RADII),
            Parameter("radius_m", "metres", USUAL_RADIUS_M, minimum=MIN_RADIUS_M, maximum=MAX_RADIUS_M),
            Parameter("people", "text", "settlements"),
            Parameter("grid_kind", "code", None, ("count", "density")),
            Parameter("union", "flag", default=True),
            Parameter("compare", "flag", default=False),
            Parameter("shading", "flag", default=False),
            _CORRECTIONS,
        ),
        "routes": route_views.PARAMETERS,
        "nearest": (
            Parameter("at", "place", None),
            Parameter("waste", "code", "lamps", schema.WASTE_TYPES),
            Parameter("count", "count", 3, minimum=1, maximum=20),
            _TRAINING,
            Parameter("remote_people", "count", 10_000, minimum=0, maximum=5_000_000),
            Parameter("remote_distance_km", "count", 50, minimum=1, maximum=1_000),
        ),
        "sources": (
            Parameter("part", "code", "unknown", ("unknown", "claims", "guidelines", "methods", "files", "rules", "about")),
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class View:
    """A page and its whole question.

    Parameters
    ----------
    page
        One of :data:`PAGES`.
    values
        Value of every parameter of the page; those left out get their defaults.

    Raises
    ------
    ViewError
        ``view-unknown-page``, ``view-unknown-name``, or a value that cannot be (:func:`geo.viewvalues.check`).
    """

    page: str
    values: Mapping[str, Any]

    def __post_init__(self) -> None:
        """Check every value and add those that were left out."""
        parameters = PAGES.get(self.page)
        if parameters is None:
            raise ViewError([_unknown_page(self.page)])
        names = {parameter.name for parameter in parameters}
        if strange := [name for name in self.values if name not in names]:
            raise ViewError([QuestionError("view-unknown-name", found=strange[0], choices=" ".join(sorted(names)))])
        given = {one.name: viewvalues.check(one, self.values.get(one.name, one.default)) for one in parameters}
        object.__setattr__(self, "values", MappingProxyType(given))

    def __hash__(self) -> int:
        """Hash as the address does, so that a view can key a cache."""
        return hash(encode(self))

    def changed(self, **values: object) -> View:
        """Give the view with some values replaced."""
        return View(self.page, {**self.values, **values})


class ViewError(QuestionError):
    """An address or a view that cannot be read as it stands.

    Parameters
    ----------
    problems
        Everything that could not be read; code and parameters are those of the first.
    view
        What could be read, with defaults for the rest; None when there is no view at all.
    """

    def __init__(self, problems: Sequence[QuestionError], view: View | None = None) -> None:
        self.problems, self.view = tuple(problems), view
        super().__init__(self.problems[0].code, **self.problems[0].params)


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read of an address.

    Parameters
    ----------
    view
        The view, with defaults for what could not be read.
    problems
        What could not be read; each names the parameter in ``params["name"]`` where there is one.
    """

    view: View
    problems: tuple[QuestionError, ...] = ()


def _unknown_page(found: str) -> QuestionError:
    return QuestionError("view-unknown-page", found=found, choices=" ".join(PAGES))


def _query(view: View) -> str:
    # Every value stands there, so that a later default changes no link; no correction is no value.
    told = [one for one in PAGES[view.page] if view.values[one.name] or one.kind != "corrections"]
    pairs = [(one.name, viewvalues.write(one, view.values[one.name])) for one in told]
    return "&".join(f"{name}={quote(text, safe=_READABLE)}" for name, text in pairs)


def encode(view: View) -> str:
    """Write a view as page and query, such as ``exposure?places=KG-KHD&radii_m=1000,3000``; all values explicit."""
    return f"{view.page}?{_query(view)}"


def link(view: View, root: str, *, lang: str | None = None) -> str:
    """Write the address of a view on a running app.

    Parameters
    ----------
    view
        The view.
    root
        Address of the app's first page, with the base path if it has one.
    lang
        Language that the page shall open in; None leaves it to the reader's browser.

    Returns
    -------
    str
        The address; :func:`decode` reads it.
    """
    page = "" if view.page == HOME_PAGE else view.page
    tongue = f"&lang={quote(lang)}" if lang else ""
    return f"{root.rstrip('/')}/{page}?{_query(view)}{tongue}"


def is_foreign(name: str) -> bool:
    """Tell whether a name in an address is none of the view's, and rightly so."""
    return name in NOT_OF_THE_VIEW or name.startswith(_MAILERS)


def read_pairs(page: str, pairs: Iterable[tuple[str, str]]) -> Reading:
    """Read a view from names and texts, as far as they can be read.

    Parameters
    ----------
    page
        One of :data:`PAGES`; for any other the first page is read, and the problem told.
    pairs
        Names and texts of the query, decoded; of a name that stands twice, the first holds.

    Returns
    -------
    Reading
        The view and all problems; it never raises.
    """
    problems: list[QuestionError] = []
    if page not in PAGES:
        problems.append(_unknown_page(page))
        page = HOME_PAGE
        pairs = ()
    parameters = {one.name: one for one in PAGES[page]}
    values: dict[str, object] = {}
    for name, text in pairs:
        if is_foreign(name):
            continue
        if name not in parameters:
            problems.append(QuestionError("view-unknown-name", found=name, choices=" ".join(parameters)))
        elif name in values:
            problems.append(QuestionError("view-repeated", name=name, found=text))
        else:
            values[name] = parameters[name].default
            try:
                values[name] = viewvalues.read(parameters[name], text)
            except QuestionError as problem:
                problems.append(problem)
    return Reading(View(page, values), tuple(problems))


def _split(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Find page and query in an address: the page is the last part of the path."""
    whole = text.strip()
    is_address = "://" in whole.split("?")[0]
    try:
        parts = urlsplit(whole if is_address else f"//symap/{whole.lstrip('/')}")
        path = parts.path
    except ValueError:
        return whole, []
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    last = path.rsplit("/", 1)[-1]
    at_home = not last or (is_address and last not in PAGES and _is_home(pairs))
    return (HOME_PAGE if at_home else last), pairs


def _is_home(pairs: Sequence[tuple[str, str]]) -> bool:
    """Tell whether a query can only be the first page's, where the path ends in the app's base path."""
    names = {name for name, _ in pairs if not is_foreign(name)}
    return bool(names) and names <= {one.name for one in PAGES[HOME_PAGE]}


def read(text: str) -> Reading:
    """Read an address as far as it can be read.

    Parameters
    ----------
    text
        A full address, ``/exposure?…`` or ``exposure?…``.

    Returns
    -------
    Reading
        The view and all problems; it never raises.
    """
    if len(text) > MAX_ADDRESS_CHARS:
        problem = QuestionError("view-too-long", found=len(text), maximum=MAX_ADDRESS_CHARS)
        return Reading(View(HOME_PAGE, {}), (problem,))
    return read_pairs(*_split(text))


def decode(text: str) -> View:
    """Read an address and refuse one that cannot be read as a whole.

    Raises
    ------
    ViewError
        With all problems, and with the part that could be read.
    """
    found = read(text)
    if found.problems:
        raise ViewError(found.problems, found.view)
    return found.view


def check_places(found: Reading, dataset: Dataset) -> Reading:
    """Put the defaults in place of what the tables do not know.

    Parameters
    ----------
    found
        What was read of an address.
    dataset
        The tables of the reader who opens it.

    Returns
    -------
    Reading
        The same with a problem ``unknown-place`` for each id that no table has. Coordinates pass: whether they lie
        inside the data is the question's affair.
    """
    tables = set().union(*(set(dataset[table]["id"]) for table in PLACE_TABLES))
    sites = set(dataset.sites["id"])
    closures = set(dataset.closures["id"])
    problems, changes = list(found.problems), {}

    def known(name: str, text: str, ids: set[str]) -> bool:
        if text in ids or (ids is tables and parse_coordinates(text) is not None):
            return True
        problems.append(QuestionError("unknown-place", name=name, place=text))
        return False

    for one in PAGES[found.view.page]:
        value = found.view.values[one.name]
        if one.kind == "place" and value is not None and not known(one.name, value, tables):
            changes[one.name] = one.default
        elif one.kind == "places":
            kept = tuple(text for text in value if known(one.name, text, tables))
            changes[one.name] = kept if kept or not value else one.default
        elif one.kind == "ids":
            changes[one.name] = tuple(text for text in value if text in closures)
            lost = [text for text in value if text not in closures]
            choices = ", ".join(sorted(closures))
            problems += [QuestionError("closure-unknown", name=one.name, found=text, choices=choices) for text in lost]
        elif one.kind == "corrections":
            changes[one.name] = tuple(each for each in value if known(one.name, each.site_id, sites))
    return Reading(found.view.changed(**changes), tuple(problems))


def corrected(dataset: Dataset, view: View) -> Dataset:
    """Give the tables with the positions that the view carries; the same tables when it carries none."""
    known = set(dataset.sites["id"])
    return corrections.apply(dataset, [one for one in view.values.get("corrections", ()) if one.site_id in known])


def question(view: View) -> ExposureQuestion | RouteQuestion | NearestQuestion | InventoryQuestion | None:
    """Build the question that a view asks.

    Returns
    -------
    ExposureQuestion | RouteQuestion | NearestQuestion | InventoryQuestion | None
        None for a page that asks nothing, and where a place is still to be chosen.

    Raises
    ------
    QuestionError
        What the question itself refuses.
    """
    values = view.values
    if view.page == "overview":
        return InventoryQuestion(
            tables=tuple(table for table in RECORD_TABLES if table in values["layers"]),
            site_kinds=values["kinds"],
            waste=values["waste"],
            evidence=values["evidence"],
            mercury_only=not values["not_mercury"],
        )
    if view.page == "exposure":
        return ExposureQuestion(places=values["places"], radii_m=radii_asked(values["radii_m"], values["radius_m"]))
    if view.page == "routes":
        return route_views.question(values)
    if view.page == "nearest" and values["at"]:
        from geo.nearest import NearestQuestion  # noqa: PLC0415 - the first page needs no graphs

        return NearestQuestion(at=values["at"], waste=values["waste"], k=values["count"], training=values["training"])
    return None
