"""A linear layer whose low-rank update can differ from row to row of a batch.

    all rows base          the plain layer is called, nothing else
    all rows alike         two small matrix products, the arithmetic of mlx-lm's LoRALinear
    one adapter a row      `gather_mm` over stacked A and B; slot 0 is all zeros, for base rows
    blends in the batch    all ranks side by side, x · A_all masked by each row's strengths, · B_all

The stacks are built when first needed and kept until the set of adapters changes; strengths are
applied per row at run time, so a new strength repacks nothing.
It refuses to know where adapters come from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mlx.core as mx
import mlx.nn as nn

from assistant.engine.rows import CurrentRows, RowAdapters


@dataclass(frozen=True)
class LoraWeights:
    """One adapter's matrices for one layer: A (in, rank), B (rank, out), and its trained scale."""

    a: mx.array
    b: mx.array
    scale: float


class RowLoRALinear(nn.Module):
    """Wraps a Linear or QuantizedLinear; every adapter that changes the layer is resident here."""

    def __init__(self, linear: nn.Module, current: CurrentRows) -> None:
        super().__init__()
        self["linear"] = linear
        self._current = current
        # Plain attributes, set past Module's own bookkeeping: they are no parameters of the model.
        object.__setattr__(self, "_weights", {})
        object.__setattr__(self, "_stacks", None)
        object.__setattr__(self, "_masks", None)
        object.__setattr__(self, "_row_cache", {})

    def __getattr__(self, name: str) -> Any:
        # Some models read a layer's `weight` or `bits` directly. Module keeps its members as items.
        if name in self:
            return self[name]
        return getattr(self["linear"], name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._weights)

    def put(self, name: str, weights: LoraWeights) -> None:
        self._weights[name] = weights
        self._repack()

    def drop(self, name: str) -> None:
        self._weights.pop(name, None)
        self._repack()

    def _repack(self) -> None:
        object.__setattr__(self, "_stacks", None)
        object.__setattr__(self, "_masks", None)
        self._row_cache.clear()

    def __call__(self, x: mx.array) -> mx.array:
        y = self.linear(x)
        current = self._current
        if current.is_base:
            return y
        uniform = current.uniform
        if uniform is not None:
            return self._same_for_all(x, y, uniform)
        if all(len(row) <= 1 for row in current.rows):
            return self._gathered(x, y, current.rows)
        return self._masked(x, y, current.rows)

    def _same_for_all(self, x: mx.array, y: mx.array, adapters: RowAdapters) -> mx.array:
        for name, strength in adapters:
            weights = self._weights.get(name)
            if weights is not None:
                z = (x @ weights.a) @ weights.b
                y = y + ((weights.scale * strength) * z).astype(x.dtype)
        return y

    def _gathered(self, x: mx.array, y: mx.array, rows: tuple[RowAdapters, ...]) -> mx.array:
        # (rows, tokens, in) @ (slots, in, rank)[slot of row] @ (slots, rank, out)[slot of row]
        if self._stacks is None:
            object.__setattr__(self, "_stacks", self._stack())
        stacked_a, stacked_b = self._stacks
        if rows not in self._row_cache:
            self._row_cache[rows] = self._slots_and_scales(rows)
        slots, scales = self._row_cache[rows]
        # The CPU back end gathers float32 only.
        z = mx.gather_mm(x.astype(mx.float32), stacked_a, rhs_indices=slots)
        z = mx.gather_mm(z, stacked_b, rhs_indices=slots) * scales
        return y + z.astype(x.dtype)

    def _slots_and_scales(self, rows: tuple[RowAdapters, ...]) -> tuple[mx.array, mx.array]:
        order = {name: slot for slot, name in enumerate(self._weights, start=1)}
        slots, scales = [], []
        for row in rows:
            name, strength = row[0] if row else ("", 0.0)
            slots.append(order.get(name, 0))
            known = self._weights.get(name)
            scales.append(known.scale * strength if known else 0.0)
        self._forget_old_rows()
        return mx.array(slots, dtype=mx.uint32), mx.array(scales, dtype=mx.float32)[:, None, None]

    def _stack(self) -> tuple[mx.array, mx.array]:
        """A (1 + adapters, in, largest rank) and B (1 + adapters, largest rank, out), float32."""
        rank = max(weights.a.shape[1] for weights in self._weights.values())
        first = next(iter(self._weights.values()))
        all_a = [mx.zeros((first.a.shape[0], rank))]
        all_b = [mx.zeros((rank, first.b.shape[1]))]
        for weights in self._weights.values():
            missing = rank - weights.a.shape[1]
            all_a.append(mx.pad(weights.a.astype(mx.float32), [(0, 0), (0, missing)]))
            all_b.append(mx.pad(weights.b.astype(mx.float32), [(0, missing), (0, 0)]))
        stacks = mx.stack(all_a), mx.stack(all_b)
        mx.eval(stacks)
        return stacks

    def _masked(self, x: mx.array, y: mx.array, rows: tuple[RowAdapters, ...]) -> mx.array:
        if self._masks is None:
            wide_a = mx.concatenate(
                [w.a.astype(mx.float32) for w in self._weights.values()], axis=1
            )
            wide_b = mx.concatenate(
                [w.b.astype(mx.float32) for w in self._weights.values()], axis=0
            )
            mx.eval(wide_a, wide_b)
            object.__setattr__(self, "_masks", (wide_a, wide_b))
        wide_a, wide_b = self._masks
        if rows not in self._row_cache:
            self._row_cache[rows] = self._mask(rows)
        z = ((x.astype(mx.float32) @ wide_a) * self._row_cache[rows]) @ wide_b
        return y + z.astype(x.dtype)

    def _mask(self, rows: tuple[RowAdapters, ...]) -> mx.array:
        """(rows, 1, sum of ranks): each adapter's columns times scale × strength in that row."""
        lines = []
        for row in rows:
            strengths = dict(row)
            line: list[float] = []
            for name, weights in self._weights.items():
                line += [weights.scale * strengths.get(name, 0.0)] * weights.a.shape[1]
            lines.append(line)
        self._forget_old_rows()
        return mx.array(lines, dtype=mx.float32)[:, None, :]

    def _forget_old_rows(self, most: int = 64) -> None:
        if len(self._row_cache) >= most:
            self._row_cache.clear()
