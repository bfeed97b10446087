"""How many examples a law draws: enough for every day, or many more when one asks for them."""

from __future__ import annotations

import os
from typing import Any, Final

from hypothesis import HealthCheck, settings

#: The environment variable that asks for more: ``SYMAP_LAWS=thorough``.
VARIABLE: Final = "SYMAP_LAWS"
_TIMES: Final = 10

settings.register_profile("thorough", max_examples=100 * _TIMES, deadline=None)
THOROUGH: Final = os.environ.get(VARIABLE) == "thorough"
if THOROUGH:
    settings.load_profile("thorough")


def examples(count: int, *more_checks: HealthCheck, **options: Any) -> settings:
    """Give the settings of a law that draws some examples, ten times as many in a thorough run."""
    return settings(
        max_examples=count * (_TIMES if THOROUGH else 1),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, *more_checks],
        **options,
    )
