"""Texts that try to become code, markup, a formula or a broken page: names as somebody's table might hold them."""

from __future__ import annotations

from typing import Final

#: Called by every script payload; a page on which it was called has been broken into.
ALARM: Final = "window.symapAlarm=1"

PAYLOADS: Final[tuple[str, ...]] = (
    # templates
    "{{ 7 * 7 }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{% for x in range(9) %}x{% endfor %}",
    "{% raw %}",
    "{% endmacro %}",
    "{# comment #}",
    "{#",
    "}}",
    "{{'map_div'}}",
    "{%- include 'x' -%}",
    "%(name)s {0} {name}",
    # template literals and script ends
    "${window.symapAlarm=1}",
    "`;window.symapAlarm=1;`",
    "</script><script>window.symapAlarm=1</script>",
    "</SCRIPT ><img src=x onerror=window.symapAlarm=1>",
    "<!--<script>",
    "';window.symapAlarm=1;//",
    '";window.symapAlarm=1;//',
    "\\';window.symapAlarm=1;//",
    "\\u003cimg src=x onerror=window.symapAlarm=1\\u003e",
    "\u2028window.symapAlarm=1//",
    # markup
    "<img src=x onerror=window.symapAlarm=1>",
    "<svg onload=window.symapAlarm=1>",
    "<iframe srcdoc='<script>parent.symapAlarm=1</script>'>",
    "<style>*{display:none}</style>",
    "<b>bold</b> & <i>less</i>",
    "&lt;img src=x onerror=window.symapAlarm=1&gt;",
    "&#x3C;script&#x3E;window.symapAlarm=1&#x3C;/script&#x3E;",
    '"><details open ontoggle=window.symapAlarm=1>',
    "javascript:window.symapAlarm=1",
    "<a href='javascript:window.symapAlarm=1'>x</a>",
    # Markdown as pages read it
    "[click](javascript:window.symapAlarm=1)",
    "![x](https://example.org/x.png)",
    ":material/delete: :red[red] $x^2$",
    "# heading\n\n- list\n\n---",
    "https://example.org/",
    # spreadsheets
    '=HYPERLINK("https://example.org")',
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    # letters that hide or reorder
    "\u202eright to left\u202c",
    "\u2066isolate\u2069 \u200e\u200f",
    "zero\u200bwidth\ufeff",
    "line\r\nbreak\ttab\x00null\x1b[31m",
    "\U0001f600 emoji e\u0301 \U0001f3f4",
    "Ө Ү Ң ө ү ң «ёлки»",
    # length
    "x" * 10_000,
    "{{" * 5_000,
    "<b>" * 3_334,
)
