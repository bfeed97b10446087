"""Questions as a reader asks them in a shell: exit code and both outputs, and the answer as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from geo import catalogue, cli

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.dataset import Dataset

#: Exit code, standard output and standard error.
Run: TypeAlias = tuple[int, str, str]


def asking(data: Dataset, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Give a shell that asks a data set, in English where no language is said."""
    monkeypatch.setattr(catalogue, "load", lambda _=None: data)

    def run(*arguments: str) -> Run:
        code = cli.main([*arguments, *([] if any("--lang" in part for part in arguments) else ["--lang", "en"])])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def as_json(run: Run) -> Any:
    """Read what was written as JSON, in which no number is infinite or none."""
    code, out, err = run
    assert code == 0, err
    return json.loads(out, parse_constant=pytest.fail)
