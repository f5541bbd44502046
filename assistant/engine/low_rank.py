"""The low-rank update of a matrix product, which can differ from row to row of a batch.

    all rows alike         two small matrix products, the arithmetic of mlx-lm's LoRALinear;
                           in float32 the second of them adds to y in the same operation
    rows differ            the adapters that some row runs under, side by side: x · A_all, masked
                           by each row's strengths, · B_all
    of many adapters,      `gather_mm` over stacked A and B, which multiplies each row by its own
    one a row              only; slot 0 is all zeros, for base rows

What is put together is built when first needed and kept until the set of adapters changes;
strengths are applied per row at run time, so a new strength repacks nothing.
It refuses to know where adapters come from, and what layer made the product.
"""

from __future__ import annotations

import mlx.core as mx

from assistant.engine.row_update import RowUpdate, one_name
from assistant.engine.rows import CurrentRows, RowAdapters

# Beyond this, multiplying each row by what is masked out of it costs more than gathering.
_MOST_RANKS_SIDE_BY_SIDE = 128


class LowRankUpdate(RowUpdate):
    """y + strength · (scale · (x · A) · B + gain ⊙ (y − bias)), for each row under its adapters."""

    def __init__(self, current: CurrentRows) -> None:
        super().__init__(current)
        self._stacks: tuple[mx.array, mx.array, mx.array | None] | None = None

    def forget(self) -> None:
        super().forget()
        self._stacks = None

    def __call__(self, x: mx.array, y: mx.array, bias: mx.array | None) -> mx.array:
        """`y` is the layer's own output for `x`; some row is not base."""
        if not self.weights:
            return y  # of an embedding, only the other end may be changed
        uniform = self.current.uniform
        if uniform is not None:
            return self._same_for_all(x, y, bias, uniform)
        rows = self.current.rows
        # Some layers see their tokens as one long list; rows are still its first axis.
        x, flat = x.reshape(len(rows), -1, x.shape[-1]), y.reshape(len(rows), -1, y.shape[-1])
        used = self._used(rows)
        if not used:
            return y
        many = sum(self.weights[name].a.shape[1] for name in used) > _MOST_RANKS_SIDE_BY_SIDE
        if many and all(len(row) <= 1 for row in rows):
            return self._gathered(x, flat, bias, rows).reshape(y.shape)
        return self._masked(x, flat, bias, rows, used).reshape(y.shape)

    def _used(self, rows: tuple[RowAdapters, ...]) -> tuple[str, ...]:
        """The adapters of this layer that some row runs under."""
        key = ("used", rows)
        if self.kept(key) is None:
            names = {name for row in rows for name, _ in row}
            self.keep(key, tuple(name for name in self.weights if name in names))
        found: tuple[str, ...] = self.kept(key)
        return found

    def _same_for_all(
        self, x: mx.array, y: mx.array, bias: mx.array | None, adapters: RowAdapters
    ) -> mx.array:
        before = y
        for name, strength in adapters:
            weights = self.weights.get(name)
            if weights is None:
                continue
            if weights.gain is None and _all_float32(x, y, weights.a, weights.b):
                # Two operations instead of four; of a small model they are what an adapter costs.
                y = mx.addmm(y, x @ weights.a, weights.b, alpha=weights.scale * strength)
                continue
            z = (x @ weights.a) @ weights.b
            y = y + ((weights.scale * strength) * z).astype(x.dtype)
            if weights.gain is not None:
                y = _with_gain(y, before, bias, strength * weights.gain)
        return y

    def _gathered(
        self, x: mx.array, y: mx.array, bias: mx.array | None, rows: tuple[RowAdapters, ...]
    ) -> mx.array:
        # (rows, tokens, in) @ (slots, in, rank)[slot of row] @ (slots, rank, out)[slot of row]
        if self._stacks is None:
            self._stacks = self._stack()
        stacked_a, stacked_b, gains = self._stacks
        key = ("slots", rows)
        if self.kept(key) is None:
            self.keep(key, self._slots(rows, gains))
        slots, scales, row_gains = self.kept(key)
        # The CPU back end gathers float32 only.
        z = mx.gather_mm(x.astype(mx.float32), stacked_a, rhs_indices=slots)
        z = mx.gather_mm(z, stacked_b, rhs_indices=slots) * scales
        return _with_gain(y + z.astype(x.dtype), y, bias, row_gains)

    def _slots(
        self, rows: tuple[RowAdapters, ...], gains: mx.array | None
    ) -> tuple[mx.array, mx.array, mx.array | None]:
        """Each row's slot, its scale × strength, and its gain × strength, (rows, 1, out)."""
        order = {name: slot for slot, name in enumerate(self.weights, start=1)}
        slots, scales, strengths = [], [], []
        for name, strength in map(one_name, rows):
            known = self.weights.get(name)
            slots.append(order.get(name, 0))
            scales.append(known.scale * strength if known else 0.0)
            strengths.append(strength)
        slot_of_row = mx.array(slots, dtype=mx.uint32)
        row_gains = None
        if gains is not None:
            row_gains = gains[slot_of_row][:, None] * mx.array(strengths)[:, None, None]
        return slot_of_row, mx.array(scales, dtype=mx.float32)[:, None, None], row_gains

    def _stack(self) -> tuple[mx.array, mx.array, mx.array | None]:
        """A (1 + adapters, in, largest rank), B (1 + adapters, largest rank, out) and the gains
        (1 + adapters, out) if any has one; all float32."""
        everyone = list(self.weights.values())
        rank = max(weights.a.shape[1] for weights in everyone)
        inputs, outputs = everyone[0].a.shape[0], everyone[0].b.shape[1]
        all_a, all_b = [mx.zeros((inputs, rank))], [mx.zeros((rank, outputs))]
        for weights in everyone:
            missing = rank - weights.a.shape[1]
            all_a.append(mx.pad(weights.a.astype(mx.float32), [(0, 0), (0, missing)]))
            all_b.append(mx.pad(weights.b.astype(mx.float32), [(0, missing), (0, 0)]))
        stacked_a, stacked_b, gains = mx.stack(all_a), mx.stack(all_b), self._gains(outputs)
        mx.eval(stacked_a, stacked_b, [] if gains is None else gains)
        return stacked_a, stacked_b, gains

    def _gains(self, outputs: int) -> mx.array | None:
        """(1 + adapters, out): zeros for the base and for plain LoRA; None when all are zeros."""
        found = [weights.gain for weights in self.weights.values()]
        if all(gain is None for gain in found):
            return None
        none = mx.zeros((outputs,))
        return mx.stack([none, *(none if gain is None else gain for gain in found)])

    def _masked(
        self,
        x: mx.array,
        y: mx.array,
        bias: mx.array | None,
        rows: tuple[RowAdapters, ...],
        used: tuple[str, ...],
    ) -> mx.array:
        wide = ("side by side", used)
        if self.kept(wide) is None:
            self.keep(wide, self._side_by_side(used))
        wide_a, wide_b, gains = self.kept(wide)
        key = ("mask", rows)
        if self.kept(key) is None:
            self.keep(key, self._mask(rows, used, gains))
        mask, row_gains = self.kept(key)
        z = (x.astype(mx.float32) @ wide_a) * mask
        if row_gains is None and _all_float32(x, y):
            return mx.addmm(y, z, wide_b)
        z = z @ wide_b
        return _with_gain(y + z.astype(x.dtype), y, bias, row_gains)

    def _side_by_side(self, used: tuple[str, ...]) -> tuple[mx.array, mx.array, mx.array | None]:
        """A (in, sum of ranks), B (sum of ranks, out), and the gains of all of the layer."""
        those = [self.weights[name] for name in used]
        wide_a = mx.concatenate([w.a.astype(mx.float32) for w in those], axis=1)
        wide_b = mx.concatenate([w.b.astype(mx.float32) for w in those], axis=0)
        gains = self._gains(wide_b.shape[1])
        mx.eval(wide_a, wide_b, [] if gains is None else gains)
        return wide_a, wide_b, gains

    def _mask(
        self, rows: tuple[RowAdapters, ...], used: tuple[str, ...], gains: mx.array | None
    ) -> tuple[mx.array, mx.array | None]:
        """(rows, 1, sum of ranks): each adapter's columns times scale × strength in that row; and
        the sum of each row's gains × strengths."""
        lines = [
            [
                self.weights[name].scale * dict(row).get(name, 0.0)
                for name in used
                for _ in range(self.weights[name].a.shape[1])
            ]
            for row in rows
        ]
        row_gains = None
        if gains is not None:
            strengths = [[dict(row).get(name, 0.0) for name in self.weights] for row in rows]
            row_gains = (mx.array(strengths) @ gains[1:])[:, None]
        return mx.array(lines, dtype=mx.float32)[:, None, :], row_gains


def _all_float32(*arrays: mx.array) -> bool:
    return all(array.dtype == mx.float32 for array in arrays)


def _with_gain(
    changed: mx.array, before: mx.array, bias: mx.array | None, gain: mx.array | None
) -> mx.array:
    """DoRA's share of the update. The bias is no part of the product that it stretches."""
    if gain is None:
        return changed
    product = before if bias is None else before - bias
    return changed + (gain * product).astype(changed.dtype)
