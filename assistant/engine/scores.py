"""What scoring takes and gives: plain Python, as the values of `types` are.

Probabilities are of one token given all before it. Logarithms are natural, divergences in nats.
It refuses to know how any of them comes about.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant.engine.types import Message


@dataclass(frozen=True)
class Scoring:
    """A text to score as the answer to a chat: one row of a pass."""

    messages: Sequence[Message]
    """What the answer follows, read through the chat template and not scored itself. None: the
    text stands alone, after the model's start token."""
    answer: str | Sequence[int]
    """The text, or its tokens, such as `Finish.tokens` (which leave out the end of the turn)."""
    adapters: Mapping[str, float] = field(default_factory=dict)
    """Name of a loaded adapter to its strength, as in `Request`. Empty: the base model."""
    against: Mapping[str, float] | None = None
    """Adapters to compare the whole distribution with, at every token; empty for the base model.
    None: no comparison."""
    both_ways: bool = True
    """Whether a comparison is also measured the other way round, as `reverse_kl`."""
    top: int = 0
    """How many of the likeliest tokens to name at each place."""
    top_at: Sequence[int] | None = None
    """The places, from 0, in which they are named. None: in all."""
    anew: bool = False
    """Read the text, and its prompt, even where an engine knows them from generating it; this then
    holds for all texts of the call."""


@dataclass(frozen=True)
class Alternative:
    """A token that could have stood in a place."""

    token: int
    text: str
    probability: float
    """0 to 1."""


@dataclass(frozen=True)
class TokenScore:
    """One token of the answer."""

    token: int
    text: str
    """What the token adds to the text; the texts of a score add up to the answer. May be empty
    while a character is incomplete."""
    logprob: float
    """Natural logarithm of its probability: 0 is certain."""
    rank: int
    """1 for the likeliest token of its place."""
    top: tuple[Alternative, ...] = ()
    """The likeliest tokens of the place, likeliest first; as many as were asked for."""
    kl: float | None = None
    """KL(adapters ‖ against) over the whole vocabulary, in nats: 0 and up, exactly 0 when both
    are the same. None without a comparison."""
    reverse_kl: float | None = None
    """KL(against ‖ adapters), in nats. None where it was not asked for."""


@dataclass(frozen=True)
class Score:
    """The scored answer of one `Scoring`."""

    tokens: tuple[TokenScore, ...]
    prompt_tokens: int
    """Tokens that were read before the first scored one."""

    @property
    def logprob(self) -> float:
        """Natural logarithm of the probability of the whole answer."""
        return math.fsum(token.logprob for token in self.tokens)

    @property
    def perplexity(self) -> float | None:
        """exp of minus the mean log-probability of a token; None for an empty answer."""
        return math.exp(-self.logprob / len(self.tokens)) if self.tokens else None
