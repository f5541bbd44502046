"""Text from people, models and files, made safe for a terminal.

    plain("\\x1b[31mred\\x1b[0m")  ->  "[31mred[0m"

Every front end passes what it did not write itself through `plain` before it draws it. It refuses
to know markup: a front end that reads markup turns it off instead.
"""

from __future__ import annotations

import re

_KEPT = "\n\t"
_BLANK_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")

_CONTROLS = [code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in _KEPT]

# Characters that turn the direction of what follows, and so can make a text look like another.
_BIDI_OVERRIDES = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]

STEERING = (*_CONTROLS, *_BIDI_OVERRIDES)
"""Codes of the characters that could steer a terminal, or the eye; `plain` leaves them out."""

# Half characters, which no terminal can be sent.
_SURROGATES = range(0xD800, 0xE000)

# Line breaks that some readers count as lines and others do not.
_SEPARATORS = [0x2028, 0x2029]

_TABLE = {
    **dict.fromkeys(_SEPARATORS, "\n"),
    **dict.fromkeys(STEERING),
    **dict.fromkeys(_SURROGATES, "\N{REPLACEMENT CHARACTER}"),
}


def plain(text: str) -> str:
    """The text without control characters and direction overrides; newlines and tabs stay.

    A carriage return before a newline goes, and one alone becomes a newline, so that no line is
    written over another.
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_TABLE)


def one_line(text: str) -> str:
    """A text of others, safe and on one line: a name, a title, a cell of a matrix."""
    return " ".join(plain(text).split())


def trimmed(text: str) -> str:
    """The text without what is blank around it. Of several lines the first keeps its indentation:
    code that was pasted or piped in may begin with it."""
    lines = _BLANK_LINES.sub("", text.rstrip())
    return lines if "\n" in lines else lines.strip()


def whole(text: str) -> str:
    """The text with halves of characters joined where they fit, and replaced where they do not.

    Bytes that are no UTF-8 reach a program as such halves, and no tokenizer takes them.
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
