"""Layers that multiply a few rows the way round that a processor's BLAS is quick in.

A token being said is one row for each answer. To multiply x · Wᵀ, OpenBLAS copies all of W first,
which takes longer than the product; for W · xᵀ, the same numbers the other way round, it does not.
It refuses to know who runs the layers.
"""

from __future__ import annotations

from typing import Any, cast

import mlx.core as mx
import mlx.nn as nn

from assistant.engine.dense import EMBEDDING, dense_weight

MOST_ROWS = 3
"""Beyond, copying is worth its time."""


class FewRowsLinear(nn.Linear):
    """`nn.Linear`, and its arithmetic where there are more rows."""

    def __call__(self, x: mx.array) -> mx.array:
        if x.size > MOST_ROWS * x.shape[-1]:
            return cast("mx.array", super().__call__(x))
        y = _product(self["weight"], x)
        return y + self["bias"] if "bias" in self else y


class FewRowsEmbedding(nn.Embedding):
    """`nn.Embedding`; serving as a head it is the largest matrix of a model."""

    def as_linear(self, x: mx.array) -> mx.array:
        if x.size > MOST_ROWS * x.shape[-1]:
            return cast("mx.array", super().as_linear(x))
        return _product(self["weight"], x)


def with_few_rows(layer: Any) -> nn.Module:
    """A layer of the same weights as a float32 matrix; `layer` is linear or an embedding, packed or
    not."""
    is_embedding = isinstance(layer, EMBEDDING)
    quick: Any = FewRowsEmbedding(1, 1) if is_embedding else FewRowsLinear(1, 1, bias=False)
    quick.weight = dense_weight(layer).astype(mx.float32)
    if "bias" in layer:
        quick.bias = layer.bias
    return cast("nn.Module", quick)


def _product(weight: mx.array, x: mx.array) -> mx.array:
    """x · Wᵀ of a few rows, (..., in) to (..., out)."""
    columns = x.reshape(-1, x.shape[-1]).T
    return (weight @ columns).T.reshape(*x.shape[:-1], weight.shape[0])
