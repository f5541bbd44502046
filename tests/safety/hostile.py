"""Texts that try to steer a terminal or a screen, and how to see that one got through."""

from __future__ import annotations

import unicodedata

from hypothesis import strategies as st

PIECES = (
    "\x1b[31m",
    "\x1b[2J\x1b[H",
    "\x1b]0;title\x07",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b]8;;http://evil.test\x1b\\",
    "\x1b",
    "\x9b31m",
    "\x9d0;title\x9c",
    "\x90q\x1b\\",
    "\x07",
    "\x08\x08",
    "\r",
    "\x7f",
    "\u202e",
    "\u202d",
    "\u2067",
    "\u2069",
    "\u2028",
    "\ud800",
    # Markdown reads these, after whatever looked at the text before it.
    "&#x202e;",
    "&#x2066;",
    "&#8237;",
    "&#13;",
    "&#x9d;",
    "![&#x202e;&#12;](http://a.test/%E2%80%AE)",
    "<http://a.test/%E2%80%AE>",
    "[red]",
    "[/x]",
    "[/]",
    "[@click=app.quit]",
    "[link=http://evil.test]",
    "[bold $accent]",
    "\\[",
    "`",
    "*",
    "|",
    "<b>",
    "]",
    "'",
    "/",
    " ",
    "日本",
    "👩‍👩‍👧",
    "e\u0301",
    "x",
    "word",
)

hostile = st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join)

WORST = "".join(PIECES)


def harm(text: str, *, kept: str = "\n\t") -> list[str]:
    """What of a text must never reach a terminal: control characters, direction overrides."""
    return [
        f"U+{ord(c):04X} {unicodedata.name(c, 'control')}"
        for c in text
        if c not in kept
        and (
            unicodedata.category(c) in ("Cc", "Cs")
            or unicodedata.bidirectional(c)
            in ("LRO", "RLO", "LRE", "RLE", "PDF", "LRI", "RLI", "FSI", "PDI")
        )
    ]
