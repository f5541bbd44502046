"""A few rows are multiplied the other way round, and come out as the plain layers' do."""

from __future__ import annotations

import mlx.core as mx
import mlx.nn as nn
import pytest

from assistant.engine.few_rows import MOST_ROWS, with_few_rows

SHAPES = [(1, 1), (1, 2), (MOST_ROWS, 1), (MOST_ROWS + 1, 1), (2, 5)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no bias"])
def test_a_linear_layer_gives_the_same(shape: tuple[int, int], bias: bool) -> None:
    layer = nn.Linear(48, 80, bias=bias)
    x = mx.random.normal((*shape, 48))
    expected, found = layer(x), with_few_rows(layer)(x)
    assert found.shape == expected.shape
    assert mx.allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_tied_head_gives_the_same(shape: tuple[int, int]) -> None:
    layer = nn.Embedding(80, 48)
    x = mx.random.normal((*shape, 48))
    quick = with_few_rows(layer)
    assert isinstance(quick, nn.Embedding)
    expected, found = layer.as_linear(x), quick.as_linear(x)
    assert found.shape == expected.shape
    assert mx.allclose(found, expected, atol=1e-5)
    assert mx.array_equal(quick(mx.array([3])), layer(mx.array([3])))


def test_a_row_is_the_same_whatever_stands_beside_it() -> None:
    layer = with_few_rows(nn.Linear(48, 80))
    row, other, another = (mx.random.normal((1, 1, 48)) for _ in range(3))
    beside_one = layer(mx.concatenate([row, other]))[0]
    assert mx.array_equal(beside_one, layer(mx.concatenate([row, another]))[0])


def test_it_learns_as_a_linear_layer_does() -> None:
    layer = nn.Linear(48, 80)
    x = mx.random.normal((2, 48))

    def loss(model: nn.Module) -> mx.array:
        return mx.square(model(x)).sum()

    quick = with_few_rows(layer)
    expected = nn.value_and_grad(layer, loss)(layer)[1]["weight"]
    assert mx.allclose(nn.value_and_grad(quick, loss)(quick)[1]["weight"], expected, rtol=1e-4)
