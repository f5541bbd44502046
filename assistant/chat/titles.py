"""A conversation's title, from its first question. No model is asked.

It refuses to know where titles are shown.
"""

from __future__ import annotations

LONGEST = 60


def title_of(question: str) -> str:
    """The first line that says something, cut between words."""
    line = next((line for line in question.splitlines() if line.strip()), "")
    words = " ".join(line.split())
    if len(words) <= LONGEST:
        return words
    cut = words[: LONGEST - 1]
    head, space, _ = cut.rpartition(" ")
    return f"{head if space and len(head) > LONGEST // 2 else cut}…"
