"""Whether an adapter changes anything: from its matrices, and from the model's own answer.

An adapter that loads and does nothing looks just like one that works.
It refuses to know files.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import mlx.core as mx
from mlx_lm.models.cache import make_prompt_cache

from assistant.engine.lora_weights import LoraWeights
from assistant.engine.rows import CurrentRows, RowAdapters, RowTag, TaggedModel

# Below this an update may drown in the rounding of the weights, so the model itself is asked; a
# trained adapter's is a hundred times larger, and asking costs two passes through the model.
_NEGLIGIBLE = 1e-2

_PROBE = [list(range(1, 9))]


def update_at_least(weights: LoraWeights) -> float:
    """A lower bound of the Frobenius norm of a layer's update, or of its gain.

    ‖A·B‖ ≥ ‖1ᵀ·A·B‖ / ‖1‖, which reads each matrix once.
    """
    mixed = weights.a.sum(axis=-2, keepdims=True).astype(mx.float32) @ weights.b
    bound = abs(weights.scale) * mx.sqrt(mx.square(mixed).sum() / weights.a.shape[-2])
    if weights.gain is not None:
        bound = mx.maximum(bound, mx.linalg.norm(weights.gain))
    return cast("float", bound.item())


def largest_update(weights: Iterable[LoraWeights]) -> float:
    """The largest Frobenius norm of a layer's update, or of a gain, exactly and without forming it.

    ‖A·B‖² is the sum over (AᵀA) ∘ (B·Bᵀ), whose sides are the rank.
    """
    sizes = []
    for each in weights:
        a, b = each.a.astype(mx.float32), each.b.astype(mx.float32)
        product = ((a.swapaxes(-1, -2) @ a) * (b @ b.swapaxes(-1, -2))).sum()
        sizes.append(abs(each.scale) * mx.sqrt(mx.maximum(product, 0)))
        if each.gain is not None:
            sizes.append(mx.linalg.norm(each.gain))
    return cast("float", mx.max(mx.stack(sizes)).item())


def is_plain(at_least: float) -> bool:
    """Whether an update of that size surely changes what the model says."""
    return at_least > _NEGLIGIBLE


def changes_answers(model: Any, current: CurrentRows, name: str, size: float) -> bool:
    """Whether the model's output differs under an attached adapter, `size` its largest update."""
    if size == 0:
        return False
    base = probe(model, current, ())
    return not mx.array_equal(probe(model, current, ((name, 1.0),)), base).item()


def probe(model: Any, current: CurrentRows, adapters: RowAdapters) -> mx.array:
    """The model's output for a few tokens under some adapters."""
    cache = [*make_prompt_cache(model), RowTag([adapters])]
    out: mx.array = TaggedModel(model, current)(mx.array(_PROBE), cache)
    return out
