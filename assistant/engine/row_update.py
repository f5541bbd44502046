"""What the updates of a wrapped layer share: the resident weights, and each row's strengths.

It refuses to know what kind of layer is updated.
"""

from __future__ import annotations

from typing import Any

import mlx.core as mx

from assistant.engine.lora_weights import LoraWeights
from assistant.engine.rows import CurrentRows, RowAdapters

# Sets of rows whose strengths are kept ready; a person with a scale slider makes many.
_MOST_ROW_SETS = 16


class RowUpdate:
    """The adapters that change one layer, by name, and how strong each is in each row."""

    def __init__(self, current: CurrentRows) -> None:
        self.current = current
        self.weights: dict[str, LoraWeights] = {}
        self._of_rows: dict[Any, Any] = {}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.weights)

    def put(self, name: str, weights: LoraWeights) -> None:
        self.weights[name] = weights
        self.forget()

    def drop(self, name: str) -> None:
        self.weights.pop(name, None)
        self.forget()

    def forget(self) -> None:
        """Drop what was derived from the set of adapters."""
        self._of_rows.clear()

    def strengths(self, name: str) -> mx.array | float:
        """How strong an adapter is: one number for all rows, or (rows,) where they differ."""
        uniform = self.current.uniform
        if uniform is not None:
            return dict(uniform).get(name, 0.0)
        key = (name, self.current.rows)
        if key not in self._of_rows:
            values = [dict(row).get(name, 0.0) for row in self.current.rows]
            self.keep(key, mx.array(values, dtype=mx.float32) if any(values) else 0.0)
        found: mx.array | float = self._of_rows[key]
        return found

    def keep(self, key: Any, value: Any) -> None:
        if len(self._of_rows) >= _MOST_ROW_SETS * max(len(self.weights), 1):
            self._of_rows.clear()
        self._of_rows[key] = value

    def kept(self, key: Any) -> Any:
        return self._of_rows.get(key)


def is_off(strength: mx.array | float) -> bool:
    return isinstance(strength, float) and strength == 0


def by_row(strength: mx.array | float, axes: int) -> mx.array | float:
    """Strengths shaped to multiply an array whose first axis is the rows."""
    return strength if isinstance(strength, float) else strength.reshape(-1, *[1] * (axes - 1))


def one_name(row: RowAdapters) -> tuple[str, float]:
    """The adapter of a row that has one at most."""
    return row[0] if row else ("", 0.0)
