"""The weights of a layer as plain matrices, quantised or not, and DoRA's gain relative to them.

It refuses to know adapters' names and rows.
"""

from __future__ import annotations

from typing import Any

import mlx.core as mx
import mlx.nn as nn
from mlx_lm.models.switch_layers import QuantizedSwitchLinear, SwitchLinear

QUANTISED = (nn.QuantizedLinear, nn.QuantizedEmbedding, QuantizedSwitchLinear)
LINEAR = (nn.Linear, nn.QuantizedLinear)
EMBEDDING = (nn.Embedding, nn.QuantizedEmbedding)
EXPERTS = (SwitchLinear, QuantizedSwitchLinear)


def layer_sizes(layer: Any) -> tuple[int, int]:
    """(numbers in, numbers out) of a layer; of an embedding (vocabulary, numbers in a vector)."""
    *_, rows, columns = layer.weight.shape
    if isinstance(layer, QUANTISED):
        # Packed into 32-bit words: bits × columns = 32 × words, for odd bit widths too.
        columns = columns * 32 // layer.bits
    return (rows, columns) if isinstance(layer, EMBEDDING) else (columns, rows)


def dense_weight(layer: Any) -> mx.array:
    """The layer's weight as (out, in), of experts (experts, out, in)."""
    if not isinstance(layer, QUANTISED):
        return layer.weight
    return mx.dequantize(
        layer.weight,
        layer.scales,
        layer.get("biases"),
        group_size=layer.group_size,
        bits=layer.bits,
        mode=layer.mode,
    )


def changed_weight(layer: Any, a: mx.array, b: mx.array, scale: float) -> mx.array:
    """W + scale · B·A of a linear layer (out, in), or of an embedding (vocabulary, size)."""
    product = a @ b
    delta = product if isinstance(layer, EMBEDDING) else product.swapaxes(-1, -2)
    return dense_weight(layer).astype(mx.float32) + scale * delta


def dora_gain(
    layer: Any, a: mx.array, b: mx.array, scale: float, lengths: mx.array, *, by_token: bool
) -> mx.array:
    """m / ‖W + scale · B·A‖ − 1, for every output of a linear layer.

    Of an embedding, for every token's vector, (vocabulary, 1), as mlx-lm has it; or for every
    number of the vectors, (size,), as PEFT has it.
    """
    changed = changed_weight(layer, a, b, scale)
    along_rows = by_token or not isinstance(layer, EMBEDDING)
    norms = mx.linalg.norm(changed, axis=1 if along_rows else 0)
    gain = lengths.astype(mx.float32) / norms - 1
    return gain[:, None] if isinstance(layer, EMBEDDING) and by_token else gain
