"""Which lines of a Markdown text are prose, and which stand as they are: code and tables.

    kinds = LineKinds()
    kinds.stands("```python")     -> True
    kinds.end("```python")
    kinds.stands("x = 1")         -> True

Line after line, so that it serves a text that is still being written; a line's first word decides.
A table without a bar at the edge is known only after its second line. It refuses to know widths.
"""

from __future__ import annotations

import re

_BEFORE = r"[\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)?"
_OPENS = re.compile(rf"{_BEFORE}(`{{3,}}|~{{3,}})(.*)$")
_CLOSES = re.compile(r"[\s>]*(`{3,}|~{3,})\s*$")
_ITEM = re.compile(r"[\s>]*(?:[-*+]|\d{1,9}[.)])(?:\s|$)")
_UNDER_HEADS = re.compile(r"[\s>]*:?-+:?\s*(?:\|\s*:?-+:?\s*)+$")
_INDENTED = re.compile(r"(?: {4}| {0,3}\t)")


class LineKinds:
    """Knows the lines that have ended, and so what the next one is."""

    def __init__(self) -> None:
        self._fence = ""
        self._table = False
        self._list = False
        self._code = False
        """Whether the last line was indented code."""
        self._blank = True

    def stands(self, beginning: str) -> bool:
        """Whether a line that begins so is code or a row of a table."""
        if self._fence or self._table or self._is_indented_code(beginning):
            return True
        return beginning.lstrip(" \t>").startswith("|") or _OPENS.match(beginning) is not None

    def end(self, line: str) -> None:
        """That was a whole line, without its newline."""
        if self._fence:
            closes = _CLOSES.match(line)
            if closes and closes[1].startswith(self._fence):
                self._fence = ""
            return
        blank = not line.strip(" \t>")
        self._code = self._is_indented_code(line) or (self._code and blank)
        opens = _OPENS.match(line)
        if opens and not (opens[1][0] == "`" and "`" in opens[2]):
            self._fence = opens[1]
        if _ITEM.match(line):
            self._list = True
        elif self._blank and not blank and not line[0].isspace():
            self._list = False
        self._table = not blank and (self._table or _UNDER_HEADS.match(line) is not None)
        self._blank = blank

    def _is_indented_code(self, line: str) -> bool:
        after = self._code or (self._blank and not self._list)
        return after and _INDENTED.match(line) is not None and bool(line.strip())


def stretches(text: str) -> list[tuple[bool, str]]:
    """The text cut where prose ends or begins: lines together, and whether they are none. What is
    blank goes with the lines before it."""
    kinds = LineKinds()
    found: list[tuple[bool, list[str]]] = []
    for line in text.split("\n"):
        stands = kinds.stands(line) if line.strip() else bool(found and found[-1][0])
        if not found or found[-1][0] != stands:
            found.append((stands, []))
        found[-1][1].append(line)
        kinds.end(line)
    return [(stands, "\n".join(lines)) for stands, lines in found]


def hanging(line: str) -> int:
    """How many characters the text of a line is from its start: behind the bullet of an item, or
    the signs of a quotation."""
    found = re.match(_BEFORE, line)
    return found.end() if found else 0
