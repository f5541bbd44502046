"""The difference of two answers, by words. It refuses to know how a difference is shown."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

# A word or a sign, with the white space after it; the text begins with white space at most once.
_UNIT = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
_EXACT = 4000
"""Up to so many words the longest common parts are looked for without a shortcut."""


@dataclass(frozen=True)
class Span:
    """A stretch of both texts: the same in words, or different. Either side may be empty."""

    left: str
    right: str
    same: bool


def word_difference(left: str, right: str) -> tuple[Span, ...]:
    """The stretches of two texts in order; the left sides add up to `left`, the right to `right`.

    White space alone makes no difference.
    """
    a, b = _UNIT.findall(left), _UNIT.findall(right)
    matcher = difflib.SequenceMatcher(
        None, [unit.strip() for unit in a], [unit.strip() for unit in b], len(a) + len(b) > _EXACT
    )
    return tuple(
        Span("".join(a[i1:i2]), "".join(b[j1:j2]), tag == "equal")
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
    )


def marked(spans: Sequence[Span]) -> str:
    """One text that holds both, as `wdiff` writes it: what is gone as [-…-], what is new as {+…+}.

    Readable in any terminal, aloud, and without colour.
    """
    parts: list[str] = []
    for span in spans:
        if span.same:
            parts.append(span.right)
            continue
        for text, opening, closing in ((span.left, "[-", "-]"), (span.right, "{+", "+}")):
            core = text.strip()
            if core:
                parts.append(f"{opening}{core}{closing}")
        after = span.right or span.left
        parts.append(after[len(after.rstrip()) :])
    return "".join(parts)
