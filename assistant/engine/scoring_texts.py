"""Between a scoring's texts and the tokens that are read: there and back.

It refuses to know the model and how anything is read.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from assistant.engine.begun import refuse_strangers
from assistant.engine.chat_template import encode_messages, silent_tokens, start_token
from assistant.engine.scores import Alternative, Score, Scoring, TokenScore
from assistant.engine.scoring import Wanted
from assistant.engine.text import TextStream
from assistant.engine.types import Message
from assistant.errors import EngineError


def encode_scoring(
    tokenizer: Any, scoring: Scoring, vocabulary: int
) -> tuple[list[int], list[int]]:
    """The tokens of the prompt, at least one, and those of the answer, for a model of so many.

    Raises:
        EngineError: a token of the answer is none of the model's.
    """
    if scoring.messages:
        prompt = encode_messages(tokenizer, scoring.messages)
    else:
        prompt = [start_token(tokenizer)]
    if isinstance(scoring.answer, str):
        return prompt, list(tokenizer.encode(scoring.answer, add_special_tokens=False))
    refuse_strangers(vocabulary, scoring.answer)
    return prompt, list(scoring.answer)


def texts_of(scoring: Scoring) -> list[Message]:
    """Everything of a scoring that a tokenizer reads."""
    if not isinstance(scoring.answer, str):
        return list(scoring.messages)
    return [*scoring.messages, {"role": "assistant", "content": scoring.answer}]


def refuse_no_numbers(texts: Iterable[Wanted]) -> None:
    """
    Raises:
        EngineError: the model gave no probabilities any more, under adapters too strong.
    """
    for text in texts:
        found = (number for token in text.measured for number in (token.logprob, token.kl or 0.0))
        if any(map(math.isnan, found)):
            under = {**text.scoring.adapters, **(text.scoring.against or {})}
            named = " or ".join(f"{name} ×{strength:.3g}" for name, strength in under.items())
            raise EngineError(
                "Scoring broke off: the model's numbers are not finite under "
                f"{named or 'no adapter'}.",
                "Try a smaller strength." if named else "Its files may be damaged: copy it again.",
            )


def as_score(tokenizer: Any, wanted: Wanted) -> Score:
    stream = TextStream(tokenizer.detokenizer, silent=silent_tokens(tokenizer))
    texts = [stream.add(token) for token in wanted.answer]
    if texts:
        texts[-1] += stream.finish()
    tokens = [
        TokenScore(
            token=token,
            text=text,
            logprob=measured.logprob,
            rank=measured.rank,
            top=tuple(Alternative(t, tokenizer.decode([t]), p) for t, p in measured.top),
            kl=measured.kl,
            reverse_kl=measured.reverse_kl,
        )
        for token, text, measured in zip(wanted.answer, texts, wanted.measured, strict=True)
    ]
    return Score(tuple(tokens), len(wanted.prompt))
