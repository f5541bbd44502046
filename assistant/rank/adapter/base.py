"""How large a weight of the base model is, stored in floats or quantised as MLX does it.

This module refuses to know adapters.
"""

from __future__ import annotations

from math import prod, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.json_text import read_object

from ..reading.safetensors import TensorFile

if TYPE_CHECKING:
    import numpy as np

_FLOATS = ("F32", "F16", "BF16", "F64")
_WORD = 32  # bits of the words that quantised entries are packed in


def base_norm(module: str, shape: tuple[int, int], weights: tuple[TensorFile, ...]) -> float | None:
    """‖W‖ (Frobenius) of the weight that a module of this shape changes; None where it is not
    there, of another shape, or stored in a way that is not read here."""
    import numpy as np

    name = f"{module}.weight"
    for file in weights:
        info = file.tensors.get(name)
        if info is None:
            continue
        if (
            info.dtype in _FLOATS
            and info.shape[:1] == shape[:1]
            and prod(info.shape) == prod(shape)
        ):
            whole = file.load(name)
        elif info.dtype == "U32" and f"{module}.scales" in file.tensors:
            packed = _unpacked(file, module, shape)
            if packed is None:
                return None
            whole = packed
        else:
            return None
        return sqrt(float(np.sum(np.square(whole, dtype=np.float64))))
    return None


def _unpacked(file: TensorFile, module: str, shape: tuple[int, int]) -> np.ndarray[Any, Any] | None:
    """The floats that a quantised weight stands for: scale · q + bias, group by group."""
    import numpy as np

    packed, scales = file.load(f"{module}.weight"), file.load(f"{module}.scales")
    if packed.ndim != 2 or scales.ndim != 2 or f"{module}.biases" not in file.tensors:
        return None
    bits, rest = divmod(packed.shape[1] * _WORD, shape[1])
    whole = (packed.shape[0], scales.shape[1] * _group_size(file.path.parent, module))
    if whole != shape or rest or bits not in (2, 4, 8):
        return None
    shifts = np.arange(0, _WORD, bits, dtype=np.uint32)
    entries = (packed[:, :, None] >> shifts) & np.uint32(2**bits - 1)
    groups = entries.reshape(shape[0], scales.shape[1], -1).astype(np.float32)
    biases = file.load(f"{module}.biases")
    spread, shift = (part[:, :, None].astype(np.float32) for part in (scales, biases))
    floats: np.ndarray[Any, Any] = groups * spread + shift
    return floats


def _group_size(folder: Path, module: str) -> int:
    """How many entries share a scale, by the model's config.json; 0 where it does not say."""
    try:
        said = (read_object(folder / "config.json") or {})["quantization"]
        own = said.get(module)
        return int((own if isinstance(own, dict) else said)["group_size"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return 0
