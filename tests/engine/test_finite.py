"""One number that is not finite is found, wherever it is and whatever type it has."""

from __future__ import annotations

import mlx.core as mx
import pytest

from assistant.engine.finite import all_finite

TYPES = [mx.float32, mx.bfloat16, mx.float16]


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("odd", [float("nan"), float("inf"), -float("inf")])
def test_one_number_among_many_is_found(dtype: mx.Dtype, odd: float) -> None:
    clean = mx.ones((40, 30), dtype=dtype)
    spoilt = mx.ones((40, 30), dtype=dtype)
    spoilt[39, 29] = odd
    assert all_finite([clean, clean])
    assert not all_finite([clean, spoilt])
    assert not all_finite([spoilt.T, clean])


def test_infinities_of_both_signs_do_not_cancel() -> None:
    assert not all_finite([mx.array([float("inf"), -float("inf")])])


@pytest.mark.parametrize("dtype", TYPES)
def test_large_numbers_whose_sum_is_not_finite_are_finite(dtype: mx.Dtype) -> None:
    assert all_finite([mx.full((8, 8), mx.finfo(dtype).max, dtype=dtype)])
