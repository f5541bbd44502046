"""Where words stand in a text, as somebody looks for them: any case, any white space between.

Pure; it refuses to know widgets.
"""

from __future__ import annotations

import re


def pattern_of(words: str) -> re.Pattern[str] | None:
    """What to look for; None when nothing was typed. A space matches a line break as well, since a
    screen breaks lines where it likes."""
    parts = [re.escape(part) for part in words.split()]
    return re.compile(r"\s+".join(parts), re.IGNORECASE) if parts else None


def spans(pattern: re.Pattern[str] | None, text: str) -> list[tuple[int, int]]:
    """Beginning and end of each match."""
    return [match.span() for match in pattern.finditer(text)] if pattern else []


def count_of(number: int | None, many: int) -> str:
    """Such as "3 of 12"."""
    if not many:
        return "not found"
    return f"{1 if number is None else number + 1:,} of {many:,}"
