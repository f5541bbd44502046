"""Layers whose output differs from row to row of a batch by the adapters of each row.

When all rows are base, the plain layer is called and nothing else.
It refuses to know how an update is computed.
"""

from __future__ import annotations

from typing import Any

import mlx.core as mx
import mlx.nn as nn

from assistant.engine.lora_weights import LoraWeights
from assistant.engine.low_rank import LowRankUpdate
from assistant.engine.rows import CurrentRows


class RowLayer(nn.Module):
    """Stands in the place of a layer; every adapter that changes the layer is resident here."""

    def __init__(self, layer: nn.Module, current: CurrentRows) -> None:
        super().__init__()
        self["layer"] = layer
        # A plain object, so no parameter of the model.
        self._current = current

    def __getattr__(self, name: str) -> Any:
        # Some models read a layer's `weight` or `bits` directly. Module keeps its members as items.
        if name in self:
            return self[name]
        return getattr(self["layer"], name)

    @property
    def names(self) -> tuple[str, ...]:
        raise NotImplementedError

    def put(self, name: str, weights: LoraWeights) -> None:
        raise NotImplementedError

    def drop(self, name: str) -> None:
        raise NotImplementedError


class RowLoRALinear(RowLayer):
    """A Linear or QuantizedLinear."""

    def __init__(self, layer: nn.Module, current: CurrentRows) -> None:
        super().__init__(layer, current)
        self._update = LowRankUpdate(current)

    @property
    def names(self) -> tuple[str, ...]:
        return self._update.names

    def put(self, name: str, weights: LoraWeights) -> None:
        self._update.put(name, weights)

    def drop(self, name: str) -> None:
        self._update.drop(name)

    def __call__(self, x: mx.array) -> mx.array:
        layer = self["layer"]
        y = layer(x)
        return y if self._current.is_base else self._update(x, y, layer.get("bias"))
