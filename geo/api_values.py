"""The parameters of an address: what each takes, and how their texts are read into values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from geo.errors import QuestionError

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["text", "number", "integer", "flag"]

_FLAGS: Final = {"1": True, "true": True, "0": False, "false": False}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an address.

    Parameters
    ----------
    name
        As it stands in the address.
    meaning
        For the description.
    kind
        What its value has to be.
    required
        It has to be there.
    most
        How often it may stand.
    choices
        Values that are taken; empty for any.
    """

    name: str
    meaning: str
    kind: Kind = "text"
    required: bool = False
    most: int = 1
    choices: tuple[str, ...] = ()


def _value(parameter: Parameter, text: str) -> Any:  # noqa: ANN401 - a text, number or yes and no
    if parameter.kind == "flag":
        if text not in _FLAGS:
            raise QuestionError("api-not-a-choice", name=parameter.name, found=text, choices=" ".join(_FLAGS))
        return _FLAGS[text]
    if parameter.kind in {"number", "integer"}:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number) or (parameter.kind == "integer" and not number.is_integer()):
            raise QuestionError("api-not-a-number", name=parameter.name, found=text)
        return int(number) if parameter.kind == "integer" else number
    if parameter.choices and text not in parameter.choices:
        if parameter.name == "waste":
            raise QuestionError("unknown-waste", waste=text, choices=", ".join(parameter.choices))
        raise QuestionError("api-not-a-choice", name=parameter.name, found=text, choices=" ".join(parameter.choices))
    return text


def read(parameters: Sequence[Parameter], pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Read the values of an address.

    Parameters
    ----------
    parameters
        Those that it takes.
    pairs
        Names and texts in the order in which they stand.

    Returns
    -------
    dict[str, Any]
        Values by name; a list for a parameter that may stand several times. Those not given are left out.

    Raises
    ------
    QuestionError
        ``api-unknown-parameter``, ``api-repeated-parameter``, ``api-too-many``, ``api-missing-parameter``,
        ``api-not-a-number``, ``api-not-a-choice`` or ``unknown-waste``.
    """
    known = {parameter.name: parameter for parameter in parameters}
    texts: dict[str, list[str]] = {}
    for name, text in pairs:
        if name not in known:
            raise QuestionError("api-unknown-parameter", found=name, choices=" ".join(known))
        texts.setdefault(name, []).append(text)
    values: dict[str, Any] = {}
    for name, parameter in known.items():
        found = texts.get(name, [])
        if len(found) > parameter.most:
            code = "api-repeated-parameter" if parameter.most == 1 else "api-too-many"
            raise QuestionError(code, name=name, found=str(len(found)), maximum=str(parameter.most))
        if not found and parameter.required:
            raise QuestionError("api-missing-parameter", name=name)
        if found:
            read_values = [_value(parameter, text) for text in found]
            values[name] = read_values if parameter.most > 1 else read_values[0]
    return values
