"""An embedding whose vectors, and the head tied to it, differ from row to row of a batch.

Looking up gathers A by token: y + strength · scale · A[token] · B. As a head it is the product with
the transposed matrices, which is the update of a linear layer.
It refuses to know which of the two ends an adapter's format means.
"""

from __future__ import annotations

from dataclasses import replace

import mlx.core as mx
import mlx.nn as nn

from assistant.engine.lora_weights import LoraWeights
from assistant.engine.low_rank import LowRankUpdate
from assistant.engine.row_lora import RowLayer
from assistant.engine.row_update import RowUpdate, by_row, is_off
from assistant.engine.rows import CurrentRows


class LookUpUpdate(RowUpdate):
    """The update of looking tokens up, one adapter after the other: there is one such layer."""

    def __call__(self, tokens: mx.array, y: mx.array) -> mx.array:
        before = y
        for name, weights in self.weights.items():
            strength = self.strengths(name)
            if is_off(strength):
                continue
            factor = by_row(strength, y.ndim)
            z = weights.a[tokens] @ weights.b
            y = y + ((weights.scale * factor) * z).astype(y.dtype)
            if weights.gain is not None:
                # mlx-lm stretches each token's vector, PEFT each of its numbers.
                gain = weights.gain[tokens] if weights.gain.ndim == 2 else weights.gain
                y = y + ((factor * gain) * before).astype(y.dtype)
        return y


class RowLoRAEmbedding(RowLayer):
    """An Embedding or QuantizedEmbedding."""

    def __init__(self, layer: nn.Module, current: CurrentRows) -> None:
        super().__init__(layer, current)
        self._look_up = LookUpUpdate(current)
        self._head = LowRankUpdate(current)
        self.served_as_head = False
        """Whether the model has called `as_linear`; some multiply by the bare weight instead."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple({**self._look_up.weights, **self._head.weights})

    def put(self, name: str, weights: LoraWeights) -> None:
        """Put one adapter on; a second call adds another end of it."""
        if weights.end != "output":
            self._look_up.put(name, weights)
        if weights.end != "input":
            self._head.put(name, _as_head(weights) if weights.end == "both" else weights)

    def drop(self, name: str) -> None:
        self._look_up.drop(name)
        self._head.drop(name)

    def __call__(self, tokens: mx.array) -> mx.array:
        y = self["layer"](tokens)
        return y if self._current.is_base else self._look_up(tokens, y)

    def as_linear(self, x: mx.array) -> mx.array:
        self.served_as_head = True
        y = self["layer"].as_linear(x)
        return y if self._current.is_base else self._head(x, y, None)


def _as_head(weights: LoraWeights) -> LoraWeights:
    """The same change seen from the other side: vectors (vocabulary, size) become columns."""
    gain = None if weights.gain is None else weights.gain[:, 0]
    return replace(weights, a=weights.b.T, b=weights.a.T, gain=gain, end="output")
