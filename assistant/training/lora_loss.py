"""The loss that mlx-lm's trainer goes down: at the tokens that are learnt, and nowhere else.

mlx-lm computes the head at every token and throws most of it away; half of a short chat is its
question. This module refuses to know which rows a batch holds.
"""

from __future__ import annotations

from typing import Any

from assistant.training.cpu_math import cross_entropy, on_cpu

_LLAMAS = {"mlx_lm.models.llama", "mlx_lm.models.qwen2", "mlx_lm.models.qwen3"}
"""Where a model is its body and a head, with nothing between or after them."""


def loss_of_rows(model: Any, batch: Any, places: Any) -> tuple[Any, Any]:
    """Mean cross-entropy in nats of the tokens that are learnt, and their number.

    batch: (rows, tokens), padded; places: (learnt,), where they stand in the flat (rows, tokens);
    zeros at the end are padding, since the first token of a row is never learnt.
    """
    import mlx.core as mx
    import mlx.nn as nn

    entropy = cross_entropy if on_cpu() else nn.losses.cross_entropy
    learnt = places > 0
    targets = mx.take(batch.reshape(-1), places)
    # A row is one shorter where it is read than where it is learnt.
    before = mx.maximum(places - places // batch.shape[1] - 1, 0)
    losses = entropy(_logits(model, batch[:, :-1], before).astype(mx.float32), targets)
    count = learnt.sum()
    return (losses * learnt).sum() / count, count


def _logits(model: Any, tokens: Any, places: Any) -> Any:
    """The logits after some tokens only, (places, vocabulary)."""
    import mlx.core as mx

    if type(model).__module__ not in _LLAMAS:
        return mx.take(_flat(model(tokens)), places, axis=0)
    hidden = mx.take(_flat(model.model(tokens)), places, axis=0)
    if model.args.tie_word_embeddings:
        return model.model.embed_tokens.as_linear(hidden)
    return model.lm_head(hidden)


def _flat(values: Any) -> Any:
    """(rows, tokens, width) as (rows × tokens, width)."""
    return values.reshape(-1, values.shape[-1])
