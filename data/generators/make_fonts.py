"""Make ``data/fonts/``: the letters of printed maps, briefs and slides, as small files in two weights.

The source is Source Sans 3, the typeface that Streamlit brings along for its pages (SIL Open Font License 1.1).
It is cut to the letters that the project writes, set to two fixed weights, and renamed: the licence reserves the
name of the original. ``data/fonts/OFL.md`` is the licence.
Run ``python data/generators/make_fonts.py``, then ``python data/generators/make_catalogue.py``.

Needs ``fonttools`` and ``brotli``, which nothing else in the project does. The same versions give the same bytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FOLDER: Final = Path(__file__).resolve().parents[1] / "fonts"
MEDIA: Final = Path(streamlit.__file__).parent / "static" / "static" / "media"
FAMILY: Final = "Symap Sans"
WEIGHTS: Final = {"Regular": 400, "Bold": 700}
#: Latin, Greek letters of formulas, Cyrillic with the Kyrgyz letters, punctuation, signs, arrows, shapes.
LETTERS: Final = (
    *range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x218, 0x21C), *range(0x2C6, 0x2DE), *range(0x391, 0x3CA),
    *range(0x400, 0x530), *range(0x2010, 0x2040), *range(0x2070, 0x2095), *range(0x20A0, 0x20C0), 0x2116, 0x2122,
    *range(0x2190, 0x219A), 0x2202, 0x2206, 0x220F, 0x2211, 0x2212, 0x2215, 0x221A, 0x221E, 0x222B, 0x2248, 0x2260,
    0x2264, 0x2265, *range(0x25A0, 0x25D0), 0x2713, 0xFFFD,
)  # fmt: skip
#: Letters without which the project cannot be printed.
NEEDED: Final = "ӨөҮүҢңЁё№≈–—−×°«»…·•→²"
# The original counts from the Macintosh epoch; a fixed date keeps the bytes the same.
MADE_S: Final = 3_800_000_000
_NAMES: Final = {
    0: "© 2023 Adobe (http://www.adobe.com/), with Reserved Font Name ‘Source’. Cut to fewer letters and renamed for Symap.",
    5: "Version 1.000",
    7: "Source is a trademark of Adobe in the United States and/or other countries.",
    13: "This Font Software is licensed under the SIL Open Font License, Version 1.1.",
    14: "https://openfontlicense.org",
}


def instance(weight: int, style: str) -> TTFont:
    """Cut the variable typeface to one weight and to the letters, and rename it."""
    source = next(MEDIA.glob("SourceSansVF-Upright*.woff2"))
    font = instantiateVariableFont(TTFont(source), {"wght": weight})
    missing = [letter for letter in NEEDED if ord(letter) not in font.getBestCmap()]
    if missing:
        raise SystemExit(f"the typeface lacks {missing}")
    # No kerning and no ligatures: every format then sets a line to the same width.
    options = Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=[], drop_tables=["DSIG", "STAT"])
    cutter = Subsetter(options)
    cutter.populate(unicodes=[code for code in LETTERS if code in font.getBestCmap()])
    cutter.subset(font)
    names = font["name"]
    names.names = []
    written = {
        **_NAMES, 1: FAMILY, 2: style, 3: f"1.000;{FAMILY} {style}", 4: f"{FAMILY} {style}",
        6: f"{FAMILY.replace(' ', '')}-{style}",
    }  # fmt: skip
    for number, text in sorted(written.items()):
        names.setName(text, number, 3, 1, 0x409)
    bold = style == "Bold"
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = 0x20 if bold else 0x40
    font["head"].macStyle = int(bold)
    font["head"].created = font["head"].modified = MADE_S
    font.recalcTimestamp = False
    return font


def main() -> None:
    """Write both weights as TrueType, for documents, and as WOFF2, for pages."""
    FOLDER.mkdir(exist_ok=True)
    for style, weight in WEIGHTS.items():
        font = instance(weight, style)
        for flavor, ending in ((None, "ttf"), ("woff2", "woff2")):
            font.flavor = flavor
            path = FOLDER / f"{FAMILY.replace(' ', '')}-{style}.{ending}"
            font.save(path)
            print(f"{path.name}: {path.stat().st_size} bytes, {len(font.getBestCmap())} characters")


if __name__ == "__main__":
    main()
