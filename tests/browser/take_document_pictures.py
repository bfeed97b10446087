"""Take the small pictures of documents that README shows: the brief and the field list, page one of each.

Run ``python tests/browser/take_document_pictures.py``; nothing but the library is needed.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import pypdfium2

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from geo import brief, brief_pdf, catalogue, fieldlist, fieldlist_pdf  # noqa: E402 - the script runs from a clone
from geo.i18n import translator  # noqa: E402 - as above
from geo.views import View  # noqa: E402 - as above

PICTURES: Final = Path(__file__).parent / "pictures"
WIDTH_PX: Final = 640
QUALITY: Final = 82


def take(content: bytes, name: str, page: int = 0) -> None:
    """Save one page of a PDF as a small picture."""
    sheet = pypdfium2.PdfDocument(content)[page]
    # Drawn twice as large and then made smaller, thin lines stay even.
    large = sheet.render(scale=2.0 * WIDTH_PX / sheet.get_width()).to_pil().convert("RGB")
    small = large.resize((WIDTH_PX, round(WIDTH_PX * large.height / large.width)))
    path = PICTURES / f"{name}.jpg"
    small.save(path, quality=QUALITY, optimize=True, progressive=True)
    print(f"{path.name}: {path.stat().st_size // 1000} kB")


def main() -> None:
    """Take them all."""
    dataset = catalogue.load()
    moment = datetime.now(UTC).astimezone()
    for language in ("ru", "en"):
        take(brief_pdf.write(brief.make(dataset, [View("exposure", {})], language, moment)), f"brief-{language}")
    address = "https://symap.example.org"
    for sheet in fieldlist.sheets(dataset, translator("ky"), date.today(), address=address)[1:2]:  # noqa: DTZ011 - the local day
        take(fieldlist_pdf.write(sheet), "fieldlist-ky")


if __name__ == "__main__":
    main()
