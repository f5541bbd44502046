"""Numbers read out of memory are the numbers of the array."""

from __future__ import annotations

import mlx.core as mx
import pytest

from assistant.engine.reading import number_at


@pytest.mark.parametrize("dtype", [mx.float32, mx.bfloat16, mx.float16, mx.int32])
def test_every_type_reads_as_mlx_reads_it(dtype: mx.Dtype) -> None:
    rows = (mx.random.normal((3, 50)) * 10).astype(dtype)
    for row in list(rows):
        mx.eval(row)
        assert [number_at(row, i) for i in range(50)] == [float(row[i].item()) for i in range(50)]
