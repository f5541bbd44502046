"""An answer that goes on where it was cut: which tokens it has already.

Its tokens are taken as they are when somebody kept them; then what follows is what would have
followed without the cut. Of a text alone they are made anew, with what was thought before it.
It refuses to know how the rest is generated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.engine.thinking import answer_tag, begins_thinking, thinking_tags
from assistant.engine.types import Begun
from assistant.errors import EngineError


def begun_tokens(
    tokenizer: Any, prompt: Sequence[int], begun: Begun | None, vocabulary: int
) -> list[int]:
    """What the model, of so many tokens, has said after this prompt; nothing when it has not begun.

    Raises:
        EngineError: a token is none of this model's.
    """
    if begun is None:
        return []
    if begun.tokens:
        refuse_strangers(vocabulary, begun.tokens)
        return list(begun.tokens)
    opening, closing = thinking_tags(tokenizer)
    text = f"{answer_tag(tokenizer)}{begun.text}" if begun.text else ""
    if begins_thinking(tokenizer, prompt):
        # Without the closing tag the answer would be read as a thought.
        text = f"{begun.thought}\n{closing}\n\n{begun.text}"
    elif begun.thought:
        text = f"{opening}\n{begun.thought}\n{closing}\n\n{begun.text}"
    return list(tokenizer.encode(text, add_special_tokens=False)) if text else []


def refuse_strangers(vocabulary: int, tokens: Sequence[int]) -> None:
    """Tokens come from files too; one beyond the vocabulary would read memory that is no weight."""
    for token in tokens:
        if not 0 <= token < vocabulary:
            raise EngineError(f"There is no token {token}: the model has {vocabulary}.")
