"""Which adapters each row of a batch runs under, travelling with the row's own prompt cache.

mlx-lm's BatchGenerator merges, splits, filters and extends the cache entries of its rows and never
looks at how many there are. One more entry, a `RowTag`, therefore follows each row through every
such step, and a `TaggedModel` in front of the real model reads it at each forward pass. Nothing of
mlx-lm is patched, and a row cannot drift from its adapters.

It refuses to know how an adapter changes a layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

RowAdapters: TypeAlias = tuple[tuple[str, float], ...]
"""(name, strength) for each adapter of a row; empty for the base model."""


class CurrentRows:
    """The adapters of each row of the forward pass under way; the wrapped layers read it."""

    def __init__(self) -> None:
        self.rows: tuple[RowAdapters, ...] = ((),)
        self.is_base = True
        self.uniform: RowAdapters | None = ()
        """The adapters that all rows share, or None when they differ."""

    def publish(self, rows: Sequence[RowAdapters]) -> None:
        # Rows change seldom and every layer reads this: work it out once per change.
        now = tuple(rows)
        if now != self.rows:
            self.rows = now
            self.is_base = not any(now)
            self.uniform = now[0] if all(row == now[0] for row in now) else None


class RowTag:
    """A cache entry that holds no keys or values, only each row's adapters.

    It has the methods of mlx-lm's cache entries, one row or many; its list is permuted by exactly
    the code that permutes the rows' keys and values.
    """

    nbytes = 0

    def __init__(self, rows: Sequence[RowAdapters]) -> None:
        self.rows = list(rows)

    @property
    def state(self) -> list[Any]:
        """Nothing to evaluate."""
        return []

    @classmethod
    def merge(cls, tags: Sequence[RowTag]) -> RowTag:
        return cls([row for tag in tags for row in tag.rows])

    def extend(self, other: RowTag) -> None:
        self.rows.extend(other.rows)

    def filter(self, keep: Sequence[int]) -> None:
        self.rows = [self.rows[index] for index in keep]

    def extract(self, index: int) -> RowTag:
        return RowTag([self.rows[index]])

    def prepare(self, **_: Any) -> None:
        """Padding concerns keys and values only."""

    def finalize(self) -> None:
        """Padding concerns keys and values only."""

    def empty(self) -> bool:
        return False

    def is_trimmable(self) -> bool:
        return True

    def trim(self, count: int) -> int:
        return count


class TaggedModel:
    """The model as BatchGenerator sees it: takes the tag off the cache, then calls the real one."""

    def __init__(self, model: Any, current: CurrentRows) -> None:
        self._model = model
        self._current = current

    @property
    def layers(self) -> Any:
        return self._model.layers

    def __call__(self, tokens: Any, cache: list[Any]) -> Any:
        *entries, tag = cache
        self._current.publish(tag.rows)
        return self._model(tokens, cache=entries)
