"""The brief as one HTML file: maps and letters inside, nothing fetched, nothing that runs, ready for print."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from geo import fonts, printmap_svg
from geo.printmap_scene import unbroken
from geo.text import html

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geo.brief import Brief
    from geo.brief_chapters import Chapter
    from geo.brief_tables import Table

_MAP_MM: Final = (174.0, 150.0)
_REM_PER_WIDTH: Final = 1.6
#: A column as wide as this holds sentences, not numbers.
_SENTENCES: Final = 5.0
_CSS: Final = """
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;background:#F4F2ED;color:#1F2328;font:16px/1.5 'Symap Sans',FALLBACK;font-kerning:none}
main{max-width:52rem;margin:0 auto;background:#fff;padding:1.5rem 2.2rem 3rem;min-height:100vh}
header{display:flex;justify-content:space-between;gap:1rem;border-bottom:2px solid #A93A12;padding-bottom:.4rem;
color:#57534C;font-size:.9rem}
header b{color:#A93A12;font-size:1.05rem;margin-right:.4rem}
p,h1,h2,h3,figcaption{overflow-wrap:anywhere}
h1{font-size:2rem;line-height:1.2;margin:1.4rem 0 1rem}
h2{font-size:1.5rem;line-height:1.25;margin:2.6rem 0 1rem}
h3{font-size:1.05rem;margin:1.8rem 0 .4rem}
.answer{border-left:4px solid #A93A12;padding-left:1rem;margin:0 0 1.2rem}
.answer p{margin:.3rem 0}
.label,.detail,.remark,footer,figcaption{color:#57534C}
.number{font-size:3.2rem;line-height:1.1;font-weight:700}
.detail{font-size:1.1rem}
.chip{display:inline-block;border:1px solid #57534C;border-radius:.5rem;padding:0 .6rem;font-size:.85rem;color:#57534C}
.caution{font-weight:700}
.example{border:2px dashed #A93A12;padding:.6rem .9rem;font-weight:700;margin:0 0 1.2rem}
figure{margin:1.2rem 0;overflow-x:auto}
figure svg{width:100%;height:auto;display:block}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.88rem;line-height:1.35}
th{text-align:left;vertical-align:bottom;color:#57534C;border-bottom:1.5px solid #1F2328;padding:.3rem .5rem}
td{vertical-align:top;border-bottom:1px solid #D9D5CC;padding:.3rem .5rem;overflow-wrap:break-word;max-width:22rem}
th:first-child,td:first-child{padding-left:0}
.n{text-align:right;white-space:nowrap}
.remark{font-size:.88rem;margin:.2rem 0 .5rem}
li{margin:.25rem 0;overflow-wrap:anywhere}
code{font:.85rem/1.4 ui-monospace,monospace;overflow-wrap:anywhere}
footer{border-top:1px solid #D9D5CC;margin-top:2.5rem;padding-top:.6rem;font-size:.88rem}
a{color:#8F2F0C}
@media (max-width:40rem){main{padding:1rem}h1{font-size:1.5rem}.number{font-size:2.3rem}header{flex-wrap:wrap}
figure svg{width:40rem}}
@media print{html{font-size:10pt}body{background:#fff;font-size:1rem}main{max-width:none;padding:0}@page{size:A4;margin:16mm 18mm}
section.chapter+section.chapter{break-before:page}h1,h2,h3,.remark{break-after:avoid}tr,figure,.answer,.example,.whole{break-inside:avoid}
thead{display:table-header-group;break-after:avoid}h3{margin-top:1.4rem}figure svg{max-height:245mm}.scroll{overflow:visible}a{color:inherit;text-decoration:none}}
"""


def _p(name: str, told: str) -> str:
    return f'<p class="{name}">{_t(told)}</p>' if told else ""


def _t(told: object) -> str:
    return unbroken(partial(html, max_chars=None), told)


def _headline(brief: Brief, chapter: Chapter) -> str:
    headline = chapter.headline
    if headline is None:
        return ""
    told = brief.t("evidence.none") if headline.evidence is None else brief.t(f"choice.evidence.{headline.evidence}")
    chip = f"{told} · {headline.when}" if headline.when else told
    parts = [
        _p("label", headline.label),
        _p("number", headline.number),
        _p("detail", headline.detail),
        f'<span class="chip">{_t(chip)}</span>',
        _p("sentence", headline.sentence),
        _p("caution", headline.caution),
    ]
    return f'<div class="answer">{"".join(parts)}</div>'


def _table(made: Table) -> str:
    # On a phone the table scrolls sideways rather than squeeze its last column.
    wide = [
        f' style="min-width:{width * _REM_PER_WIDTH:.1f}rem"' if width >= _SENTENCES else "" for width in made.widths
    ]

    def row(cells: Sequence[str], tag: str) -> str:
        kinds = [' class="n"' if place in made.numbers else "" for place in range(len(cells))]
        heads = [f' scope="col"{width}' if tag == "th" else "" for width in wide]
        return "".join(
            f"<{tag}{head}{kind}>{_t(cell)}</{tag}>" for head, kind, cell in zip(heads, kinds, cells, strict=True)
        )

    body = "".join(f"<tr>{row(cells, 'td')}</tr>" for cells in made.rows)
    head = f"<thead><tr>{row(made.heads, 'th')}</tr></thead>"
    title = _t(made.title)
    whole = (
        f"<h3>{title}</h3>{_p('remark', made.remark)}"
        f'<div class="scroll" role="region" aria-label="{title}" tabindex="0"><table>{head}<tbody>{body}</tbody></table></div>'
    )
    return f'<div class="whole">{whole}</div>' if made.is_short else whole


def _list(heading: str, lines: Iterable[str]) -> str:
    items = "".join(f"<li>{_t(line)}</li>" for line in lines)
    return f"<h3>{_t(heading)}</h3><ul>{items}</ul>" if items else ""


def _map(brief: Brief, number: int) -> str:
    scene = brief.scene(number, _MAP_MM)
    if scene is None:
        return ""
    # On a phone it scrolls sideways, by keys too.
    return f'<figure tabindex="0">{printmap_svg.write(scene, name=f"map{number}")}</figure>'


def _chapter(brief: Brief, number: int) -> str:
    chapter, t = brief.chapters[number], brief.t
    several = len(brief.chapters) > 1
    lines = "".join(f"<li>{_t(line)}</li>" for line in chapter.lines)
    parts = [
        f"<h2>{number + 1}. {_t(chapter.title)}</h2>" if several else "",
        _headline(brief, chapter),
        _map(brief, number),
        f"<ul>{lines}</ul>" if lines else "",
        *map(_table, chapter.tables),
        _list(t("brief.notes"), chapter.notes),
    ]
    return f'<section class="chapter" id="chapter-{number}">{"".join(parts)}</section>'


def _contents(brief: Brief) -> str:
    if len(brief.chapters) < 2:  # noqa: PLR2004 - one needs no list
        return ""
    items = "".join(
        f'<li><a href="#chapter-{number}">{_t(chapter.title)}</a></li>' for number, chapter in enumerate(brief.chapters)
    )
    title = _t(brief.t("brief.contents"))
    return f'<nav aria-label="{title}"><h3>{title}</h3><ol>{items}</ol></nav>'


def _back(brief: Brief) -> str:
    t = brief.t
    parts = [
        "" if brief.conflicts is None else _table(brief.conflicts),
        _list(t("brief.method"), brief.method),
        _list(t("brief.sources"), brief.sources),
        _list(t("brief.evidence"), [f"{word}: {meaning}" for word, meaning in brief.meanings]),
        f"<h3>{_t(t('brief.repeat'))}</h3>",
        _p("hash", t("brief.repeat-lead", hash=brief.inputs)),
        *(_p("own", line) for line in brief.brought),
        f"<p><code>{_t(brief.command)}</code></p>",
        _p("links", t("brief.links")),
        "<ul>" + "".join(f"<li><code>{_t(chapter.address)}</code></li>" for chapter in brief.chapters) + "</ul>",
    ]
    return f"<section>{''.join(parts)}</section>"


def write(brief: Brief) -> bytes:
    """Write a brief as one HTML file.

    Raises
    ------
    DataError
        ``missing-file``: the fonts are not where they belong.
    """
    t = brief.t
    title = _t(brief.title)
    example = f'<div class="example" role="note">{_t(t("brief.illustrative"))}</div>' if brief.illustrative else ""
    chapters = "".join(_chapter(brief, number) for number in range(len(brief.chapters)))
    css = fonts.css() + _CSS.replace("FALLBACK", fonts.FALLBACK)
    # A policy of the file's own: even if something slipped through, nothing runs and nothing is fetched.
    policy = "default-src 'none'; style-src 'unsafe-inline'; font-src data:"
    return (
        f'<!doctype html><html lang="{t.language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title} · {_t(t('app.name'))}</title><style>{css}</style></head><body><main>"
        f"<header><span><b>{_t(t('app.name'))}</b>{_t(t('brief.kind'))}</span>"
        f"<span>{_t(t('brief.made', date=brief.made))}</span></header>"
        f"<h1>{title}</h1>{example}{_contents(brief)}{chapters}{_back(brief)}"
        f"<footer>{_t(t('brief.inputs', hash=brief.short_hash))} · {_t(t('frame.foot'))}</footer>"
        "</main></body></html>"
    ).encode()
