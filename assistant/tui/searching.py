"""What was typed before, by some of its words: Ctrl+R. Pure; it refuses to know keys."""

from __future__ import annotations

from collections.abc import Sequence

MOST = 50


def found(entries: Sequence[str], typed: str) -> list[str]:
    """The entries that have all the typed words, the newest first, each once."""
    words = typed.lower().split()
    unique = dict.fromkeys(reversed(entries))
    return [e for e in unique if all(word in e.lower() for word in words)][:MOST]
