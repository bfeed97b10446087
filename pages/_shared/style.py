"""The look of the pages as one style sheet, and the mark of the app."""

from __future__ import annotations

from pathlib import Path
from typing import Final

#: The mark: a drop of mercury on cinnabar.
LOGO: Final = str(Path(__file__).parent / "assets" / "symap.svg")

#: Sizes in rem so that the reader's browser setting scales them; colours that hold in both themes.
CSS: Final = """
.block-container, [data-testid="stMainBlockContainer"] {padding: 4.4rem 1.5rem 2rem; max-width: 1500px}
[data-testid="stDecoration"], footer, [data-testid="stStatusWidget"] {display: none}
.sy-brand {font-size: .95rem; opacity: .85; white-space: nowrap; overflow: hidden; text-overflow: ellipsis}
.sy-brand b {color: #B5371B; color: light-dark(#B5371B, #F08A5D); letter-spacing: .02em; margin-right: .4em}
[data-testid="stCaptionContainer"] {opacity: .75}
[data-testid="stBaseButton-primary"], [data-testid="stMultiSelect"] [data-tag]
  {color: light-dark(#fff, #15171A) !important}
.st-key-frame {flex-wrap: wrap; row-gap: .25rem}
.st-key-frame > div:first-child {flex: 1 1 16rem; min-width: 0}
.st-key-share-content img.sy-code {display: block; width: 11rem; max-width: 100%; image-rendering: pixelated}
h1.sy-title {font-size: 1.9rem; line-height: 1.2; font-weight: 650; margin: .1rem 0 0; padding: 0; letter-spacing: -.01em}
.sy-lead {margin: .2rem 0 0; opacity: .75; max-width: 60rem}
.sy-answer {border-left: 4px solid #B5371B; padding: .1rem 0 .1rem .9rem}
.sy-label {font-size: .95rem; opacity: .8}
.sy-number {font-size: 3.1rem; font-weight: 700; line-height: 1.12; letter-spacing: -.02em;
  font-variant-numeric: tabular-nums}
.sy-range {font-size: 1.15rem; font-weight: 600; font-variant-numeric: tabular-nums}
.sy-sentence {font-size: 1.05rem; line-height: 1.45; margin: .45rem 0 0; max-width: 46rem}
.sy-notes {font-size: .88rem; line-height: 1.4; opacity: .85; margin: .3rem 0; padding-left: 1.1rem}
.sy-sources {font-size: .88rem; line-height: 1.4; margin: 0; padding-left: 1.1rem; overflow-wrap: anywhere}
ul.sy-faults {margin: 0; padding-left: 1.1rem; line-height: 1.45; overflow-wrap: anywhere} .sy-faults li + li {margin-top: .5rem}
.sy-foot {border-top: 1px solid rgba(128,128,128,.3); margin-top: 1rem; padding-top: .5rem; font-size: .8rem; opacity: .75}
dl.sy-facts {display: grid; padding: 0; margin-left: 0; grid-template-columns: max-content 1fr; gap: .15rem .8rem; font-size: .95rem; margin: .4rem 0}
.sy-facts dt {opacity: .7} .sy-facts dd {margin: 0; overflow-wrap: anywhere}
.sy-name {font-size: 1.35rem; font-weight: 650; line-height: 1.25}
.sy-listed {display: flex; gap: .9rem; align-items: center; max-width: 40rem}
.sy-slide {flex: none; width: 6.2rem; aspect-ratio: 1.25; object-fit: cover; object-position: right; border-radius: .3rem;
 border: 1px solid rgb(127 127 127 / 40%)}
.st-key-present-show iframe {--tall: max(24rem, calc(100vh - 18rem)); height: var(--tall)}
@media (min-width: 641px) {.st-key-present-show iframe {max-width: calc(var(--tall) * 1.85)}}
.sy-name small {display: block; font-size: .9rem; font-weight: 400; opacity: .75}
.sy-example {border: 2px dashed currentColor; border-radius: .4rem; padding: .4rem .7rem; font-weight: 600}
.sy-point {border-top: 1px solid rgba(128,128,128,.3); padding: .5rem 0}
.sy-point b.sy-km {display: block; font-size: 1.7rem; line-height: 1.2; font-variant-numeric: tabular-nums}
.sy-point .sy-name {margin-top: .4rem}
[class*="st-key-meant-"], div:has(> [class*="st-key-meant-"]) {flex: 1 1 100%; width: 100%; order: 9}
[class*="st-key-meant-"] button {justify-content: flex-start; text-align: left}
.sy-call {display: block; background: #B5371B; color: #fff !important; border-radius: .5rem; padding: .7rem 1rem;
  font-size: 1.25rem; font-weight: 700; text-align: center; text-decoration: none !important}
.sy-abroad {border-left: 4px solid #D55E00; padding: .1rem 0 .1rem .6rem; margin: .35rem 0; font-weight: 600}
.sy-card {border: 2px solid #B5371B; border-radius: .5rem; padding: .6rem 1rem}
.sy-card ol {margin: .3rem 0; padding-left: 1.3rem; line-height: 1.45}
.sy-scroll {overflow-x: auto}
.st-key-nearest-waste button {min-height: 3rem; padding: .4rem 1rem} .st-key-nearest-waste button p {font-size: 1.05rem}
.st-key-map-switch {display: none}
[data-testid="stExpandSidebarButton"] {width: auto; padding: 0 .5rem}
[data-testid="stExpandSidebarButton"]::after {content: var(--symap-own); margin-left: .35rem; font-size: .875rem}
@media (max-width: 767px) {[data-testid="stExpandSidebarButton"]::after {content: var(--symap-menu); font-size: 1rem}}
@media (max-width: 640px) {
  .st-key-answer-row [data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"] [class*="st-key-map-frame"])
    {flex-direction: column-reverse}
  .st-key-map-switch {display: block}
  .st-key-route-controls > div, .st-key-exposure-controls > div, .st-key-overview-controls > div {flex: 1 1 100%}
  .st-key-overview-controls [data-testid="stPills"], .st-key-overview-controls [data-testid="stButtonGroup"],
  .st-key-route-controls [data-testid="stButtonGroup"], .st-key-route-controls [data-testid="stButtonGroup"] > div,
  .st-key-overview-controls [data-testid="stButtonGroup"] > div {flex-wrap: wrap; overflow: visible; width: 100%}
  .st-key-exposure-controls {gap: .6rem; row-gap: .5rem}
  .st-key-exposure-controls > div:not(:first-child), .st-key-exposure-controls > div:not(:first-child) > div {min-width: 0}
  .st-key-exposure-controls > div:nth-child(2), .st-key-exposure-controls > div:nth-child(5) {flex: 1 1 30%}
  .st-key-exposure-controls > div:nth-child(3), .st-key-exposure-controls > div:nth-child(4) {flex: 1 1 52%}
  .st-key-overview-controls {gap: .6rem} .st-key-overview-controls > div:nth-child(2) {flex: 1 1 52%; min-width: 0}
  .st-key-overview-controls > div:nth-child(3) {flex: 1 1 30%; min-width: 0}
  .st-key-answer-row [data-testid="stHorizontalBlock"] > [data-testid="stColumn"] {width: 100%; min-width: 100%}
  .st-key-answer-row [data-testid="stButtonGroup"] > div {flex-wrap: wrap; overflow: visible}
  .st-key-answer-row [data-testid="stButtonGroup"] button {padding-left: .7rem; padding-right: .7rem}
  dl.sy-facts {grid-template-columns: 1fr; gap: 0} .sy-facts dt {margin-top: .3rem; font-size: .85rem}
  [data-testid="stMain"]:has(.st-key-map-switch input:not(:checked)) [class*="st-key-map-frame"]
    {height: 0 !important; max-height: 0; min-height: 0; flex: 0 0 0; overflow: hidden}
  .block-container, [data-testid="stMainBlockContainer"] {padding: 4.2rem .8rem 2rem}
  h1.sy-title {font-size: 1.45rem}
  .sy-brand {display: none}
  .st-key-nearest-controls > .st-key-gps {flex: 1 1 100%; width: 100% !important} .st-key-nearest-controls {scroll-margin-top: 4rem}
  .st-key-nearest-waste [data-testid="stButtonGroup"] > div {display: grid; grid-template-columns: 1fr 1fr; gap: .35rem}
  .st-key-nearest-waste button {width: 100%; padding: .3rem .5rem; border-radius: .5rem; white-space: normal}
  .st-key-nearest-waste button p {font-size: .95rem; line-height: 1.2; white-space: normal; overflow-wrap: anywhere}
  .st-key-frame > .st-key-language {order: 1} .st-key-share-place button {min-height: 2.75rem}
  .sy-number {font-size: 2.5rem}
  [data-testid="stPills"] button, [data-testid="stButtonGroup"] button {min-height: 2.75rem}
}
@media print {header, [data-testid="stSidebar"], .st-key-frame {display: none}}
"""
