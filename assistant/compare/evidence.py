"""What an adapter changed in two answers, token by token: each answer read by each model.

    evidence = gather(engine, messages, columns, [finish.tokens for finish in finishes])
    pair = evidence.pairs[0]            # the first adapted column against the base
    pair.parting.base[0].text           # what the base would most likely have said there
    pair.own.tokens[3].shift            # log p(adapted) − log p(base) of the adapted answer's token
    pair.table                          # the 2 × 2 table of perplexities

Every number comes from `Engine.score`, which reads an answer only under the models that have not
said it themselves, if whoever asked for the answers kept their logits. Logarithms are natural,
divergences in nats over the whole vocabulary, as the model gives them, before temperature, top-p
and penalties on repetition.
It refuses to know screens and files.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.compare.comparison import first_difference
from assistant.engine.protocol import Engine
from assistant.engine.scores import Alternative, Score, Scoring
from assistant.engine.types import Message

TOP = 5
"""How many of the likeliest tokens are named where two answers part."""


@dataclass(frozen=True)
class TokenReading:
    """One token of an answer, as both models see it."""

    text: str
    base: float
    """log p(token) under the first column's model."""
    adapted: float
    kl: float
    """KL(adapted ‖ base) of the whole distribution at this place."""

    @property
    def shift(self) -> float:
        """log p(adapted) − log p(base): above 0 where the adapter makes the token likelier."""
        return self.adapted - self.base


@dataclass(frozen=True)
class AnswerReading:
    """One answer read by both models."""

    tokens: tuple[TokenReading, ...]

    @property
    def base_perplexity(self) -> float | None:
        return _perplexity([token.base for token in self.tokens])

    @property
    def adapted_perplexity(self) -> float | None:
        return _perplexity([token.adapted for token in self.tokens])

    @property
    def mean_kl(self) -> float | None:
        """Mean KL(adapted ‖ base) of a token."""
        return math.fsum(t.kl for t in self.tokens) / len(self.tokens) if self.tokens else None

    def to_dict(self) -> dict[str, Any]:
        return {
            "base_perplexity": self.base_perplexity,
            "adapted_perplexity": self.adapted_perplexity,
            "mean_kl": self.mean_kl,
            "tokens": [
                {"text": t.text, "base": t.base, "adapted": t.adapted, "kl": t.kl}
                for t in self.tokens
            ],
        }


@dataclass(frozen=True)
class Parting:
    """The first token in which two answers differ, and what each model would have said there."""

    index: int
    base: tuple[Alternative, ...]
    """The likeliest tokens under the base, likeliest first."""
    adapted: tuple[Alternative, ...]

    def to_dict(self) -> dict[str, Any]:
        def named(tokens: Sequence[Alternative]) -> list[dict[str, Any]]:
            return [{"text": t.text, "probability": t.probability} for t in tokens]

        return {"index": self.index, "base": named(self.base), "adapted": named(self.adapted)}


@dataclass(frozen=True)
class Pair:
    """The base and one adapted column."""

    base: AnswerReading
    """The base's answer, read by both."""
    own: AnswerReading
    """The adapted column's answer, read by both."""
    parting: Parting | None
    """None when the answers are the same, token for token."""

    @property
    def table(self) -> tuple[tuple[float | None, float | None], tuple[float | None, float | None]]:
        """Perplexities: rows are the answers of base and adapted, columns the models that read."""
        return (
            (self.base.base_perplexity, self.base.adapted_perplexity),
            (self.own.base_perplexity, self.own.adapted_perplexity),
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "parting": self.parting.to_dict() if self.parting else None,
            "base_answer": self.base.to_dict(),
            "own_answer": self.own.to_dict(),
        }


@dataclass(frozen=True)
class Evidence:
    """A pair for each column after the first."""

    pairs: tuple[Pair, ...]


def gather(
    engine: Engine,
    messages: Sequence[Message],
    columns: Sequence[Mapping[str, float]],
    answers: Sequence[Sequence[int]],
    *,
    stop: Callable[[], bool] = lambda: False,
) -> Evidence:
    """Read every answer under its own model and under the first column's.

    Raises:
        ScoringStopped: `stop` said so.
        EngineError: an answer cannot be read.
    """
    base, base_tokens = columns[0], answers[0]
    places = [first_difference(base_tokens, tokens) for tokens in answers]
    parting = [place for place in places if place is not None]
    scorings = [Scoring(messages, base_tokens, base, top=TOP, top_at=parting)]
    for adapters in columns[1:]:
        scorings.append(_against(base, messages, base_tokens, adapters, parting))
    for adapters, tokens in zip(columns[1:], answers[1:], strict=True):
        scorings.append(Scoring(messages, tokens, base, top=TOP, top_at=parting))
        scorings.append(_against(base, messages, tokens, adapters, parting))
    scores = engine.score(scorings, stop=stop)
    count = len(columns)
    pairs = []
    for number in range(1, count):
        theirs = (scores[0], scores[number])
        place = count + 2 * (number - 1)
        own = (scores[place], scores[place + 1])
        told = _parting(places[number], len(base_tokens), theirs, own)
        pairs.append(Pair(_reading(*theirs), _reading(*own), told))
    return Evidence(tuple(pairs))


def _against(
    base: Mapping[str, float],
    messages: Sequence[Message],
    tokens: Sequence[int],
    adapters: Mapping[str, float],
    places: Sequence[int],
) -> Scoring:
    return Scoring(
        messages, tokens, adapters, against=base, both_ways=False, top=TOP, top_at=places
    )


def _reading(base: Score, adapted: Score) -> AnswerReading:
    return AnswerReading(
        tuple(
            TokenReading(a.text, b.logprob, a.logprob, a.kl or 0.0)
            for b, a in zip(base.tokens, adapted.tokens, strict=True)
        )
    )


def _parting(
    index: int | None,
    base_count: int,
    theirs: tuple[Score, Score],
    own: tuple[Score, Score],
) -> Parting | None:
    if index is None:
        return None
    # Where one answer has ended, only the other has a token in that place; what stands before it
    # is the same in both.
    base, adapted = theirs if index < base_count else own
    return Parting(index, base.tokens[index].top, adapted.tokens[index].top)


def _perplexity(logprobs: Sequence[float]) -> float | None:
    return math.exp(-math.fsum(logprobs) / len(logprobs)) if logprobs else None
