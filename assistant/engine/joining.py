"""Keys and values of a batch's rows, which are kept as one row's are while there is only one.

mlx-lm's cache for a batch masks out what fills up shorter rows and counts each row's tokens, also
where there is a single row with nothing to fill up: of a small model's token that is some per cent.
So a row starts with mlx-lm's cache for one row, and the one for a batch is made of it when another
row joins. It refuses to know adapters and other kinds of cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mlx.core as mx
from mlx_lm.models.cache import BatchKVCache, KVCache


def joinable(cache: Sequence[Any]) -> list[Any]:
    """A row's cache as BatchGenerator is to be given it. Its plain entries are used up by that."""
    return [RowsCache(entry) if type(entry) is KVCache else entry for entry in cache]


class RowsCache:
    """One layer's keys and values, with the methods of mlx-lm's cache entries for a batch."""

    def __init__(self, held: KVCache | BatchKVCache) -> None:
        self._held: Any = held

    @property
    def is_one_row(self) -> bool:
        return isinstance(self._held, KVCache)

    # What the layers of a model use

    @property
    def offset(self) -> Any:
        return self._held.offset

    def update_and_fetch(self, keys: mx.array, values: mx.array) -> Any:
        return self._held.update_and_fetch(keys, values)

    def make_mask(self, *sizes: Any, **how: Any) -> Any:
        return self._held.make_mask(*sizes, **how)

    @property
    def keys(self) -> Any:
        return self._held.keys

    @property
    def values(self) -> Any:
        return self._held.values

    def keys_and_values(self) -> Any:
        return self._held.keys_and_values()

    # What a batch uses

    @classmethod
    def merge(cls, caches: Sequence[RowsCache]) -> RowsCache:
        if len(caches) == 1:
            return caches[0]
        return cls(BatchKVCache.merge([cache._held for cache in caches]))

    def extend(self, other: RowsCache) -> None:
        self._held = self._of_batch()
        self._held.extend(other._of_batch())

    def filter(self, keep: Sequence[int]) -> None:
        if self.is_one_row:
            return  # an empty batch is cleared instead
        self._held.filter(keep)
        if len(keep) == 1 and not self.empty():
            self._held = self._held.extract(0)

    def extract(self, index: int) -> KVCache:
        """One row's, as mlx-lm keeps it, no longer than what it holds."""
        return self._of_batch().extract(index)

    def prepare(self, **how: Any) -> None:
        self._held = self._of_batch()
        self._held.prepare(**how)

    def finalize(self) -> None:
        if not self.is_one_row:
            self._held.finalize()

    def _of_batch(self) -> BatchKVCache:
        return BatchKVCache.merge([self._held]) if self.is_one_row else self._held

    @property
    def state(self) -> Any:
        return self._held.state

    @property
    def nbytes(self) -> int:
        return int(self._held.nbytes)

    def size(self) -> int:
        return int(self._held.size())

    def empty(self) -> bool:
        return bool(self._held.empty())

    def is_trimmable(self) -> bool:
        return True

    def trim(self, count: int) -> int:
        return int(self._held.trim(count))
