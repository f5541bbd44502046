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
from mlx_lm.sample_utils import apply_min_p, apply_top_k, apply_top_p

from assistant.engine.types import Sampling

# So cold the likeliest token is sure, and the division would leave the range of a float32.
_NO_DICE = 1e-6


class KeyedSampler:
    """Draws from log-probabilities (1, vocabulary), in mlx-lm's order: top-p, min-p and top-k leave
    tokens out, then the temperature."""

    def __init__(self, seed: int, sampling: Sampling, drawn: int = 0) -> None:
        self._key = mx.random.key(seed)
        for _ in range(drawn):
            self._key, _ = mx.random.split(self._key)
        # Now, not with the first token: thousands of steps make a deep graph.
        mx.eval(self._key)
        self._sampling = sampling

    def __call__(self, logprobs: mx.array) -> mx.array:
        self._key, step = mx.random.split(self._key)
        how = self._sampling
        if how.top_p < 1:
            logprobs = apply_top_p(logprobs, how.top_p)
        if how.min_p > 0:
            logprobs = apply_min_p(logprobs, how.min_p)
        if 0 < how.top_k < logprobs.shape[-1]:
            logprobs = apply_top_k(logprobs, how.top_k)
        return mx.random.categorical(logprobs / how.temperature, key=step)


def greedy(logprobs: mx.array) -> mx.array:
    """The likeliest token. One object for all rows, so that the batch draws them in one call."""
    return mx.argmax(logprobs, axis=-1)


def make_sampler(sampling: Sampling, drawn: int = 0) -> tuple[Callable[[mx.array], mx.array], int]:
    """A sampler for one row, and the seed it starts from (drawn here when none is given).

    `drawn` tokens were drawn with it before: the dice go on after them.
    """
    seed = sampling.seed if sampling.seed is not None else random.SystemRandom().getrandbits(32)
    if sampling.temperature < _NO_DICE or sampling.top_p <= 0:
        return greedy, seed
    return KeyedSampler(seed, sampling, drawn), seed
