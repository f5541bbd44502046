"""The layers of experts of a mixture, whose updates differ from row to row of a batch.

mlx-lm's SwitchGLU and SwitchMLP sort many tokens by expert before they call their layers, and the
rows are lost there. So the mixture is wrapped as well: from the experts it was asked for, the same
sort is made again, and each sorted token finds its row.
Each adapter's update runs over all tokens, times its strength in each one's row, so the cost grows
with the number of adapters in the batch.
It refuses to know how experts are chosen.
"""

from __future__ import annotations

from typing import Any

import mlx.core as mx
import mlx.nn as nn

from assistant.engine.lora_weights import LoraWeights
from assistant.engine.row_lora import RowLayer
from assistant.engine.row_update import RowUpdate, is_off
from assistant.engine.rows import CurrentRows


class Routing:
    """Which experts the mixture was asked for in the call under way; its layers read it."""

    def __init__(self) -> None:
        self._experts: mx.array | None = None
        self._order: mx.array | None = None

    def begin(self, experts: mx.array) -> None:
        self._experts, self._order = experts, None

    def end(self) -> None:
        self._experts = self._order = None

    def order(self) -> mx.array:
        """The order mlx-lm sorts the tokens into, every token once for each of its experts."""
        if self._order is None:
            assert self._experts is not None, "an expert layer was called outside its mixture"
            self._order = mx.argsort(self._experts.flatten())
        return self._order


class RowMixture(nn.Module):
    """Stands in the place of a SwitchGLU or SwitchMLP and notes the experts it is asked for."""

    def __init__(self, mixture: nn.Module, current: CurrentRows) -> None:
        super().__init__()
        self["mixture"] = mixture
        self._current = current
        self.routing = Routing()

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        return getattr(self["mixture"], name)

    def __call__(self, x: mx.array, indices: mx.array) -> mx.array:
        if self._current.uniform is not None:
            return self["mixture"](x, indices)
        self.routing.begin(indices)
        try:
            return self["mixture"](x, indices)
        finally:
            self.routing.end()


class ExpertsUpdate(RowUpdate):
    """y + strength · scale · (x · A[expert]) · B[expert], each token under its row's adapters."""

    def __init__(self, current: CurrentRows, routing: Routing) -> None:
        super().__init__(current)
        self._routing = routing

    def __call__(self, x: mx.array, y: mx.array, indices: mx.array, is_sorted: bool) -> mx.array:
        # The CPU back end gathers float32 only.
        wide = x.astype(mx.float32)
        for name, weights in self.weights.items():
            strength = self.strengths(name)
            if is_off(strength):
                continue
            if isinstance(strength, mx.array):
                strength = self._of_tokens(strength, indices, is_sorted)
            z = _by_expert(wide, weights.a, indices, is_sorted)
            z = _by_expert(z, weights.b, indices, is_sorted)
            y = y + ((weights.scale * strength) * z).astype(y.dtype)
        return y

    def _of_tokens(self, by_row: mx.array, indices: mx.array, is_sorted: bool) -> mx.array:
        """The strength of each token's row, for each of its experts."""
        spread = mx.repeat(by_row, indices.size // by_row.size)
        if is_sorted:
            spread = spread[self._routing.order()]
        return spread.reshape(*indices.shape, 1, 1)


def _by_expert(x: mx.array, matrices: mx.array, indices: mx.array, is_sorted: bool) -> mx.array:
    return mx.gather_mm(x, matrices, rhs_indices=indices, sorted_indices=is_sorted)


class RowLoRAExperts(RowLayer):
    """A SwitchLinear or QuantizedSwitchLinear."""

    def __init__(self, layer: nn.Module, current: CurrentRows, routing: Routing) -> None:
        super().__init__(layer, current)
        self._update = ExpertsUpdate(current, routing)

    @property
    def names(self) -> tuple[str, ...]:
        return self._update.names

    def put(self, name: str, weights: LoraWeights) -> None:
        self._update.put(name, weights)

    def drop(self, name: str) -> None:
        self._update.drop(name)

    def __call__(self, x: mx.array, indices: mx.array, sorted_indices: bool = False) -> mx.array:
        y = self["layer"](x, indices, sorted_indices=sorted_indices)
        if self._current.is_base:
            return y
        return self._update(x, y, indices, sorted_indices)
