"""The parts of the field page that are the same for all data: its frame, look, program, worker and manifest."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.i18n import translator
from geo.text import html, json_script

if TYPE_CHECKING:
    from geo.i18n import Language

PARTS_DIR: Final = Path(__file__).parent / "fieldpage"


def _part(name: str) -> str:
    return (PARTS_DIR / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def render(language: Language, data: dict[str, Any]) -> bytes:
    """Put data into the frame: one file that runs no other script than its own and asks nobody for anything."""
    t = translator(language)
    style, script = _part("page.css"), _part("page.js")
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data:; "
        "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'"
    )
    fills = {
        "LANG": language,
        "POLICY": policy,
        "TITLE": html(t("field.title")),
        "CALL": html(t("card.call-112")),
        "NOSCRIPT": html(t("field.no-script"), max_chars=None),
        "STYLE": style,
        "DATA": json_script(data),
        "SCRIPT": script,
    }
    # The template is split first, so that nothing inside a part is ever taken for a blank.
    pieces = re.split(r"%%([A-Z]+)%%", _part("page.html"))
    return "".join(fills[piece] if place % 2 else piece for place, piece in enumerate(pieces)).encode()


@cache
def parts_digest() -> str:
    """Give the identity of the program inside the page: with that of the data, that of everything but date and language."""
    parts = "".join(_part(name) for name in ("page.html", "page.css", "page.js"))
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


def worker() -> bytes:
    """Give the script that keeps the page on the phone once it has been opened."""
    return _part("sw.js").encode()


def manifest(language: Language) -> dict[str, Any]:
    """Describe the page to a phone that puts it on its first screen."""
    t = translator(language)
    icon = "data:image/svg+xml;base64," + base64.b64encode(_part("icon.svg").strip().encode()).decode()
    return {
        "name": t("field.title"),
        "short_name": t("field.short-name"),
        "lang": language,
        "start_url": language,
        "scope": "./",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#b5371b",
        "icons": [{"src": icon, "sizes": "any", "type": "image/svg+xml"}],
    }
