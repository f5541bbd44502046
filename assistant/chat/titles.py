"""A conversation's title, from its questions. No model is asked.

It refuses to know where titles are shown.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 60
"""Cells of a terminal: a CJK character takes two."""

_GREETING = re.compile(
    r"(?:hi|hello|hey|hallo|good (?:morning|afternoon|evening)|bonjour|hola|ciao|servus|moin|"
    r"guten (?:tag|morgen|abend))(?: there| all| everyone)?(?!,? world\b)(?:[\s,.;:!?…]+|$)",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"^(?:#{1,6}\s+|>+\s*|[-*+]\s+|\d+[.)]\s+)+")
_PAIRS = re.compile(r"\*\*(?=\S)([^*]+)(?<=\S)\*\*|`([^`]+)`")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_SENTENCE = re.compile(r"[.?!。？！](?=\s|$)|[。？！]")


def title_of(question: str) -> str:
    """The first line that says something, without a greeting before it or signs of Markdown around
    it; cut after a sentence or between words."""
    first = ""
    for line in _lines(question):
        words = " ".join(line.split())
        bare = _GREETING.sub("", words, count=1) if _GREETING.match(words) else words
        if bare:
            return _cut(bare[0].upper() + bare[1:] if bare != words else bare)
        first = first or words
    return _cut(first or " ".join(question.split()))


def says_something(question: str) -> bool:
    """Whether a question is more than a greeting."""
    lines = (" ".join(line.split()) for line in _lines(question))
    return any(_GREETING.sub("", line, count=1) for line in lines)


def _lines(question: str) -> list[str]:
    lines = [line for line in question.splitlines() if not _FENCE.match(line)]
    bare = [_PAIRS.sub(r"\1\2", _MARKUP.sub("", line.strip())) for line in lines]
    return [line for line in bare if line.strip()]


def _cut(words: str) -> str:
    if _cells(words) <= LONGEST:
        return words
    sentence = _SENTENCE.search(words)
    if sentence and LONGEST // 4 <= _cells(words[: sentence.end()]) <= LONGEST:
        return words[: sentence.end()]
    end = 0
    while _cells(words[: end + 1]) < LONGEST:
        end += 1
    while end > 1 and _joined(words, end):  # never inside of what is one character to the eye
        end -= 1
    cut = words[:end]
    head, space, _ = cut.rpartition(" ")
    return f"{head if space and len(head) > end // 2 else cut}…"


def _joined(words: str, at: int) -> bool:
    """Whether the character at a place belongs to the one before it."""
    return (
        words[at - 1] == "\N{ZERO WIDTH JOINER}"
        or words[at] in "\N{ZERO WIDTH JOINER}\N{VARIATION SELECTOR-16}"
        or unicodedata.combining(words[at]) != 0
    )


def _cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
