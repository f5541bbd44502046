"""The weights of a layer as plain matrices, quantised or not, and DoRA's gain relative to them.

It refuses to know adapters' names and rows.
"""

from __future__ import annotations

from typing import Any

import mlx.core as mx
import mlx.nn as nn
from mlx_lm.models.switch_layers import QuantizedSwitchLinear, SwitchLinear

from assistant.engine.lora_weights import End

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


def dora_gain(
    layer: Any, a: mx.array, b: mx.array, scale: float, lengths: mx.array, end: End
) -> mx.array:
    """m / ‖W + scale · B·A‖ − 1, for every output of a linear layer or of a tied head.

    Of an embedding, for every token's vector, (vocabulary, 1), as mlx-lm has it for both ends; or
    for every number of the vectors, (size,), as PEFT has it for the input.
    """
    is_look_up = isinstance(layer, EMBEDDING) and end != "output"
    product = a @ b
    # An embedding's weight is (vocabulary, size) as A·B is, a linear layer's (out, in).
    changed = dense_weight(layer).astype(mx.float32) + scale * (
        product if is_look_up else product.T
    )
    norms = mx.linalg.norm(changed, axis=0 if is_look_up and end == "input" else 1)
    # A row of zeros, as embeddings have for padding, has no direction: it stays zero at any length.
    gain = mx.where(norms > 0, lengths.astype(mx.float32) / norms - 1, 0.0)
    return gain[:, None] if is_look_up and end == "both" else gain
