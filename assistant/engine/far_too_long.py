"""Whether a chat is far longer than a model reads, told without reading all of it.

A tokenizer takes seconds for some megabytes, and answers under way wait for it.
It refuses to know what is said of such a chat.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from assistant.engine.types import Message
from assistant.plain_text import whole

PIECE = 16_384
"""Characters that are read at a time. A cut makes a few tokens more, never a quarter of a piece's:
the longest token of known vocabularies has 128 characters."""

# Characters to a token of the context: four are usual, and what may fit is not to be read twice.
_SUSPECT = 16

# Above the context by more than what the cuts can add.
_SURELY = 1.25


def tokens_beyond(tokenizer: Any, messages: Sequence[Message], context_length: int) -> int:
    """About how many tokens there are in messages that surely have more than `context_length`, to
    two digits; 0 for those that may fit, which only the whole prompt tells."""
    characters = sum(len(message["content"]) for message in messages)
    if characters <= max(PIECE, _SUSPECT * context_length):
        return 0
    tokens = read = 0
    for piece in _pieces(messages):
        tokens += len(tokenizer.encode(piece, add_special_tokens=False))
        read += len(piece)
        if tokens > (context_length + 1) * _SURELY:
            about = tokens * characters // read
            return round(about, 2 - len(str(about)))
    return 0


def _pieces(messages: Sequence[Message]) -> Iterator[str]:
    for message in messages:
        text = whole(message["content"])
        for begin in range(0, len(text), PIECE):
            yield text[begin : begin + PIECE]
