"""Take the pictures of every page that README shows: ``python tests/browser/take_pictures.py``.

Small JPEGs at 1280 and 390 pixels in Russian, from a server of its own with every foreign host refused.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import CHROMIUM, FLAGS, map_frame, serve  # noqa: E402 - the path comes first

PAGES = {"overview": "", "exposure": "exposure", "routes": "routes", "nearest": "nearest", "sources": "sources"}
SIZES = {1280: 900, 390: 844}
QUALITY = 72


def _prepare(page: Page, name: str) -> None:
    """Bring a page to the state worth showing."""
    page.locator("h1.sy-title").wait_for(timeout=60_000)
    if name == "nearest":
        box = page.get_by_label("Где вы?")
        box.click()
        box.fill("Бужум")
        page.wait_for_timeout(500)
        page.keyboard.press("Enter")
        page.locator(".sy-point").first.wait_for(timeout=60_000)
    if name == "sources":
        page.get_by_text("Расхождения", exact=True).click()
    else:
        map_frame(page)
    page.wait_for_timeout(2500)


def main() -> None:
    """Write the pictures."""
    with serve(ROOT / "app.py") as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for width, height in SIZES.items():
            for name, path in PAGES.items():
                context = browser.new_context(viewport={"width": width, "height": height}, locale="ru-RU")
                page = context.new_page()
                page.goto(f"{url}/{path}")
                _prepare(page, name)
                target = Path(__file__).parent / "pictures" / f"{name}-{width}-ru.jpg"
                page.screenshot(path=target, type="jpeg", quality=QUALITY)
                print(target.name, target.stat().st_size)
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
