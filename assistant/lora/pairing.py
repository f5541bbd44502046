"""Puts the two halves of every changed layer together, and checks that they fit.

It refuses to know how a format names its tensors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import AdapterUnusable
from assistant.lora.adapter import LoraPair
from assistant.lora.safetensors import TensorHeader


@dataclass(frozen=True)
class Half:
    """What a tensor's name says: the module it belongs to, and which of the two it is."""

    module: str
    is_a: bool


def pair_up(
    path: Path,
    headers: Mapping[str, TensorHeader],
    halves: Mapping[str, Half],
    scale: Callable[[str, int], float],
    *,
    transposed: bool,
) -> dict[str, LoraPair]:
    """Every module's pair. `halves` says what each tensor is; `scale(module, rank)` its factor.

    Raises:
        AdapterUnusable: a half is missing, no matrix of floats, or does not fit the other.
    """
    if not halves:
        raise AdapterUnusable(f"{path} holds no tensors.")
    named: dict[str, dict[bool, str]] = {}
    for name, half in halves.items():
        header = headers[name]
        if len(header.shape) != 2 or not header.is_float:
            shape = " × ".join(map(str, header.shape)) or "a single number"
            raise AdapterUnusable(
                f"In {path}, {name!r} is {shape} of type {header.dtype}; "
                "a LoRA tensor is a matrix of floats."
            )
        named.setdefault(half.module, {})[half.is_a] = name
    pairs = {}
    for module, names in sorted(named.items()):
        if len(names) < 2:
            (there,) = names.values()
            raise AdapterUnusable(
                f"{path} lacks the other half of {there!r}.", "Copy or train it again."
            )
        shape_a, shape_b = headers[names[True]].shape, headers[names[False]].shape
        (inputs, rank), (rank_b, outputs) = (
            (shape_a[::-1], shape_b[::-1]) if transposed else (shape_a, shape_b)
        )
        if rank != rank_b or rank == 0:
            raise AdapterUnusable(
                f"In {path}, the two matrices of {module} do not fit together: "
                f"{shape_a[0]} × {shape_a[1]} and {shape_b[0]} × {shape_b[1]}."
            )
        pairs[module] = LoraPair(
            inputs, rank, outputs, scale(module, rank), names[True], names[False], transposed
        )
    return pairs
