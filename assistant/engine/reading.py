"""Reads one number out of an evaluated array without giving mlx any work.

`array[i].item()` would queue a new operation behind the step that is already under way and wait for
both; an array that has been evaluated is memory, and memory can be read.
It refuses to know what the numbers mean.
"""

from __future__ import annotations

import struct
from typing import Any, cast

import mlx.core as mx

# struct's letter for each type; bfloat16 has none: it is the upper half of a float32.
_FORMATS = {mx.float32: "=f", mx.float16: "=e", mx.bfloat16: "=H"}


def number_at(evaluated: mx.array, index: int) -> float:
    """The number at an index of a contiguous, evaluated array (n,) of floats."""
    letter = _FORMATS.get(evaluated.dtype)
    if letter is None:
        return float(cast("float", evaluated[index].item()))
    memory: Any = evaluated  # it gives its memory to readers, which its types do not say
    (value,) = struct.unpack_from(letter, memory, index * struct.calcsize(letter))
    if evaluated.dtype == mx.bfloat16:
        (value,) = struct.unpack("=f", struct.pack("=I", value << 16))
    return float(value)
