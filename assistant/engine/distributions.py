"""What rows of logits say of each other: probabilities, the likeliest tokens, divergences.

Everything is float32, whatever type the model runs in. It refuses to know models and rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import mlx.core as mx

# Below this, two log-probabilities are so close that their difference is summed as a series.
_CLOSE = 0.05


@dataclass(frozen=True)
class Distribution:
    """The next token's at each place, (…, vocabulary): both computed with one exponential, which
    costs more than all else here."""

    log: mx.array
    """Natural log-probabilities."""
    probability: mx.array

    @classmethod
    def of(cls, logits: mx.array) -> Distribution:
        """From logits of any float type."""
        logits = logits.astype(mx.float32)
        logits = logits - logits.max(axis=-1, keepdims=True)
        unscaled = mx.exp(logits)
        total = unscaled.sum(axis=-1, keepdims=True)
        return cls(logits - mx.log(total), unscaled / total)


def divergence(p: Distribution, q: Distribution) -> mx.array:
    """KL(p ‖ q) in nats over the last axis.

    Summed as p·(t + exp(−t) − 1) with t = log p − log q. As both sum to one that is the same, but
    no term is negative and a rounding error common to all t cancels, so that small divergences
    keep their digits and equal distributions have exactly none.
    """
    t = p.log - q.log
    series = t * t * (1 / 2 + t * (-1 / 6 + t * (1 / 24 - t / 120)))
    apart = p.probability * t + (q.probability - p.probability)
    terms = mx.where(mx.abs(t) < _CLOSE, p.probability * series, apart)
    # A token that p rules out costs nothing of its own, however t reads there.
    return mx.where(p.probability > 0, terms, q.probability).sum(axis=-1)


def at(logprobs: mx.array, tokens: mx.array) -> mx.array:
    """(places, vocabulary) at one token for each place: (places,)."""
    return mx.take_along_axis(logprobs, tokens[:, None], axis=-1).squeeze(-1)


def ranks(logprobs: mx.array, chosen: mx.array) -> mx.array:
    """1 + how many tokens of each place are likelier than its chosen one, (places,)."""
    return 1 + (logprobs > chosen[:, None]).sum(axis=-1)


def likeliest(logprobs: mx.array, count: int) -> tuple[mx.array, mx.array]:
    """The likeliest tokens of each place and their probabilities, both (places, count)."""
    count = min(count, logprobs.shape[-1])
    some = mx.argpartition(-logprobs, kth=count - 1, axis=-1)[:, :count]
    found = mx.take_along_axis(logprobs, some, axis=-1)
    order = mx.argsort(-found, axis=-1)
    tokens = mx.take_along_axis(some, order, axis=-1)
    return tokens, mx.exp(mx.take_along_axis(found, order, axis=-1))
