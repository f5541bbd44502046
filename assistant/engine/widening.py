"""Lets a processor compute in the type it is fastest in, whatever type a model is stored in.

mlx's products of quantised weights on a CPU take their numbers in the type of the scales: with
bfloat16 they do seven times fewer tokens a second than with float32. A fast BLAS multiplies float32
matrices only, so where one is open and there is memory, all weights become such matrices; it reads
a prompt twenty times faster than those products, and four rows nearly as fast as one.

The weights say the same numbers as before. It refuses to know files, and which BLAS that is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import mlx.core as mx
import mlx.nn as nn
from mlx.utils import tree_flatten, tree_unflatten

from assistant.engine.dense import QUANTISED, dense_weight, layer_sizes
from assistant.engine.few_rows import with_few_rows

MOST_BYTES = 4 * 1024**3
"""Of weights as float32: beyond, decoding is slow in any type, and the memory is the person's."""

# Experts stay packed: a token passes few of many, and most of what they take would lie idle.
_UNPACKED = (nn.QuantizedLinear, nn.QuantizedEmbedding)
_PLAIN = (nn.Linear, nn.Embedding)


def widen(model: Any, *, fast_blas: bool, free_bytes: Callable[[], int]) -> None:
    """Change the weights in place. Nothing is evaluated but what was packed."""
    quantised = any(isinstance(layer, QUANTISED) for layer in model.modules())
    if fast_blas and _has_room(model, free_bytes()):
        _replace(model, _UNPACKED, _plain)
        model.set_dtype(mx.float32)
        _replace(model, _PLAIN, with_few_rows)
    elif quantised:
        # The scales and what is not quantised: a tenth of the whole.
        model.set_dtype(mx.float32)


def _has_room(model: Any, free: int) -> bool:
    """Whether the weights as float32 may stand beside those that are there, for a while."""
    stored = sum(array.nbytes for _, array in tree_flatten(model.parameters()))
    wide = sum(_bytes_as_float32(layer) for layer in model.modules())
    # A quarter to work in.
    return wide <= MOST_BYTES and wide - stored + wide // 4 <= free


def _bytes_as_float32(layer: Any) -> int:
    """Of what this very layer holds, without the layers in it."""
    own = [array for array in layer.values() if isinstance(array, mx.array)]
    if type(layer) not in _UNPACKED:
        return sum(4 * a.size if mx.issubdtype(a.dtype, mx.floating) else a.nbytes for a in own)
    numbers, others = layer_sizes(layer)
    return 4 * numbers * others + (4 * layer.bias.size if "bias" in layer else 0)


def _replace(model: Any, kinds: tuple[type, ...], made: Callable[[Any], nn.Module]) -> None:
    """Layers of exactly these kinds; whoever derived one from them means another arithmetic."""
    for path, layer in [each for each in model.named_modules() if type(each[1]) in kinds]:
        model.update_modules(tree_unflatten([(path, made(layer))]))


def _plain(layer: Any) -> nn.Module:
    """The same layer with a float32 matrix for its weight, evaluated."""
    layer.set_dtype(mx.float32)  # exact scales make exact weights
    is_embedding = isinstance(layer, nn.QuantizedEmbedding)
    plain: Any = nn.Embedding(1, 1) if is_embedding else nn.Linear(1, 1, bias=False)
    plain.weight = dense_weight(layer).astype(mx.float32)
    if "bias" in layer:
        plain.bias = layer.bias
    # One after the other: each frees what was packed.
    mx.eval(plain.parameters())
    return cast("nn.Module", plain)
