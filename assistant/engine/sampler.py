"""Chooses the next token of one row with dice of its own.

mlx-lm's samplers draw from one global state, so what one row draws depends on which others run.
Here each row has its own chain of keys: the same seed gives the same text whatever else runs, and
two rows with one seed see the same noise ("same dice").
It refuses to know rows and batches.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import mlx.core as mx
from mlx_lm.sample_utils import apply_top_p

from assistant.engine.types import Sampling


class KeyedSampler:
    """Draws from log-probabilities (1, vocabulary) with temperature and top-p."""

    def __init__(self, seed: int, temperature: float, top_p: float, drawn: int = 0) -> None:
        self._key = mx.random.key(seed)
        for _ in range(drawn):
            self._key, _ = mx.random.split(self._key)
        # Now, not with the first token: thousands of steps make a deep graph.
        mx.eval(self._key)
        self._temperature = temperature
        self._top_p = top_p

    def __call__(self, logprobs: mx.array) -> mx.array:
        self._key, step = mx.random.split(self._key)
        if 0 < self._top_p < 1:
            logprobs = apply_top_p(logprobs, self._top_p)
        return mx.random.categorical(logprobs / self._temperature, key=step)


def greedy(logprobs: mx.array) -> mx.array:
    """The likeliest token. One object for all rows, so that the batch draws them in one call."""
    return mx.argmax(logprobs, axis=-1)


def make_sampler(sampling: Sampling, drawn: int = 0) -> tuple[Callable[[mx.array], mx.array], int]:
    """A sampler for one row, and the seed it starts from (drawn here when none is given).

    `drawn` tokens were drawn with it before: the dice go on after them.
    """
    seed = sampling.seed if sampling.seed is not None else random.SystemRandom().getrandbits(32)
    if sampling.temperature <= 0:
        return greedy, seed
    return KeyedSampler(seed, sampling.temperature, sampling.top_p, drawn), seed
