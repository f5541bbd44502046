"""Lets a processor compute in the type it is fastest in, whatever type a model is stored in.

mlx's products of quantised weights on a CPU take their numbers in the type of the scales: with
bfloat16 they do seven times fewer tokens a second than with float32. A fast BLAS multiplies float32
matrices only, so where one is open and there is memory, all weights become such matrices; it reads
a prompt twenty times faster than those products, and four rows in less than twice the time of one.

The weights say the same numbers as before. It refuses to know files, and which BLAS that is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mlx.core as mx
import mlx.nn as nn
from mlx.utils import tree_flatten, tree_unflatten

from assistant.engine.blas import open_fast_blas
from assistant.engine.dense import QUANTISED, layer_sizes
from assistant.engine.few_rows import with_few_rows
from assistant.engine.memory import free_main_memory

MOST_BYTES = 4 * 1024**3
"""Of weights as float32: beyond, decoding is slow in any type, and the memory is the person's."""

# Experts stay packed: a token passes few of many, and most of what they take would lie idle.
_PACKED = (nn.QuantizedLinear, nn.QuantizedEmbedding)
# Of exactly these kinds; whoever derived one from them means another arithmetic.
_REPLACED = (*_PACKED, nn.Linear, nn.Embedding)


def widen_here(model: Any) -> None:
    """`widen` with what there is on this machine; the model runs on its processor."""
    widen(model, fast_blas=open_fast_blas() is not None, free_bytes=free_main_memory)


def widen(model: Any, *, fast_blas: bool, free_bytes: Callable[[], int]) -> None:
    """Change the weights in place."""
    unpacked = fast_blas and _has_room(model, free_bytes())
    if unpacked or any(isinstance(layer, QUANTISED) for layer in model.modules()):
        # First, since exact scales make exact weights; where layers stay packed it is all there is
        # to do, and a tenth of the whole.
        model.set_dtype(mx.float32)
    if unpacked:
        _replace_layers(model)


def _replace_layers(model: Any) -> None:
    layers = {path: layer for path, layer in model.named_modules() if type(layer) in _REPLACED}
    while layers:  # one after the other, and each lets go of what it was made of
        path, layer = layers.popitem()
        quick = with_few_rows(layer)
        mx.eval(quick.parameters())
        model.update_modules(tree_unflatten([(path, quick)]))


def _has_room(model: Any, free: int) -> bool:
    """Whether the weights as float32 may stand beside those that are there, for a while."""
    stored = sum(array.nbytes for _, array in tree_flatten(model.parameters()))
    wide = sum(_bytes_as_float32(layer) for layer in model.modules())
    # A quarter to work in.
    return wide <= MOST_BYTES and wide - stored + wide // 4 <= free


def _bytes_as_float32(layer: Any) -> int:
    """Of what this very layer holds, without the layers in it."""
    own = [array for array in layer.values() if isinstance(array, mx.array)]
    if type(layer) not in _PACKED:
        return sum(4 * a.size if mx.issubdtype(a.dtype, mx.floating) else a.nbytes for a in own)
    numbers, others = layer_sizes(layer)
    return 4 * numbers * others + (4 * layer.bias.size if "bias" in layer else 0)
