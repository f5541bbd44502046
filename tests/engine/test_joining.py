"""Keys and values stay one row's until another joins, and are always those of mlx-lm's batch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("mlx.core")

import mlx.core as mx
from mlx_lm.models.cache import BatchKVCache, KVCache, RotatingKVCache

from assistant.engine.joining import RowsCache, joinable

MASK: dict[str, Any] = {"return_array": False, "window_size": None}
"""How models ask for one."""


def noise(rows: int, tokens: int, seed: int) -> mx.array:
    return mx.random.normal((rows, 2, tokens, 4), key=mx.random.key(seed))


def one_row(tokens: int, seed: int) -> KVCache:
    cache = KVCache()
    cache.update_and_fetch(noise(1, tokens, seed), noise(1, tokens, seed + 1))
    return cache


def same(ours: Any, theirs: Any) -> None:
    """The same tokens in each row, whatever fills the shorter ones up."""
    rows = theirs.keys.shape[0]
    for row in range(rows):
        for mine, its in zip(
            ours.extract(row).state[:2], theirs.extract(row).state[:2], strict=True
        ):
            assert np.array_equal(np.array(mine), np.array(its))


def test_rows_join_and_leave_as_in_mlx_lms_batch() -> None:
    ours = RowsCache.merge(joinable([one_row(5, 1)]))
    theirs = BatchKVCache.merge([one_row(5, 1)])
    assert ours.is_one_row
    assert ours.make_mask(1, **MASK) is None, "there is nothing to mask"
    for cache in (ours, theirs):
        cache.update_and_fetch(noise(1, 1, 3), noise(1, 1, 4))
    same(ours, theirs)
    ours.extend(RowsCache.merge(joinable([one_row(3, 5)])))
    theirs.extend(BatchKVCache.merge([one_row(3, 5)]))
    assert not ours.is_one_row
    for cache in (ours, theirs):
        cache.update_and_fetch(noise(2, 1, 6), noise(2, 1, 7))
    same(ours, theirs)
    assert np.array_equal(
        np.array(ours.make_mask(1, **MASK)), np.array(theirs.make_mask(1, **MASK))
    )
    assert ours.offset.tolist() == theirs.offset.tolist() == [7, 4]
    for cache in (ours, theirs):
        cache.filter([1])
    assert ours.is_one_row
    assert ours.offset == 4
    for cache in (ours, theirs):
        cache.update_and_fetch(noise(1, 1, 8), noise(1, 1, 9))
    same(ours, theirs)


def test_rows_that_begin_together_are_mlx_lms_batch() -> None:
    ours = RowsCache.merge(joinable([one_row(5, 1), one_row(2, 3)]))
    theirs = BatchKVCache.merge([one_row(5, 1), one_row(2, 3)])
    same(ours, theirs)
    for cache in (ours, theirs):
        cache.prepare(lengths=[1, 3], right_padding=[2, 0])
        cache.update_and_fetch(noise(2, 3, 5), noise(2, 3, 6))
        cache.finalize()
    same(ours, theirs)


def test_other_kinds_are_left_alone() -> None:
    entry = RotatingKVCache(8)
    assert joinable([entry]) == [entry]
