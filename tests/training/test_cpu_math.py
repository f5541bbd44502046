"""The functions that training computes in another way on a CPU: the same numbers and gradients."""

from __future__ import annotations

import mlx.core as mx
import mlx.nn as nn
import numpy as np
import pytest

from assistant.training.cpu_math import cross_entropy, exponential, quick_layers, swiglu


def test_the_exponential_is_that_of_numpy() -> None:
    x = np.linspace(-20, 20, 20_001).astype(np.float32)
    found = np.array(mx.compile(exponential)(mx.array(x)), np.float64)
    assert np.abs(found / np.exp(x.astype(np.float64)) - 1).max() < 2e-5


@pytest.mark.parametrize("x", [-1e30, -1e4, 1e4, 1e30])
def test_beyond_its_bounds_it_is_finite_and_never_negative(x: float) -> None:
    found = exponential(mx.array(x)).item()
    assert 0 <= found < 1e9


def test_swiglu_and_its_gradients_are_those_of_mlx_lm() -> None:
    from mlx_lm.models.activations import swiglu as theirs

    gate = mx.array(np.linspace(-90, 90, 1801).astype(np.float32))
    x = mx.random.normal(gate.shape, key=mx.random.key(2))
    weight = mx.random.normal(gate.shape, key=mx.random.key(3))

    def values(function):  # type: ignore[no-untyped-def]
        def total(gate, x):  # type: ignore[no-untyped-def]
            return (function(gate, x) * weight).sum()

        return [function(gate, x), *mx.grad(total, argnums=(0, 1))(gate, x)]

    for ours, expected in zip(values(swiglu), values(theirs), strict=True):
        assert mx.allclose(ours, expected, rtol=2e-5, atol=1e-6)


def test_the_cross_entropy_and_its_gradient_are_those_of_mlx() -> None:
    logits = 8 * mx.random.normal((12, 40), key=mx.random.key(4))
    # One token all but certain, and one all but impossible.
    logits[0, 3], logits[1, 5] = 90.0, -200.0
    targets = mx.array([3, 5, *range(10)])

    def total(function):  # type: ignore[no-untyped-def]
        return mx.value_and_grad(lambda logits: function(logits, targets).sum())(logits)

    ours, expected = total(cross_entropy), total(nn.losses.cross_entropy)
    for one, other in zip(ours, expected, strict=True):
        assert mx.allclose(one, other, rtol=2e-5, atol=1e-6)


def test_a_models_own_function_comes_back_after_the_training() -> None:
    from mlx_lm.models import llama

    theirs = llama.swiglu
    model = llama.Model.__new__(llama.Model)
    with quick_layers(model):
        on_cpu = mx.default_device() == mx.Device(mx.cpu)
        assert (llama.swiglu is swiglu) == on_cpu
    assert llama.swiglu is theirs


def test_a_model_without_that_function_is_left_alone() -> None:
    with quick_layers(nn.Linear(2, 2)):
        pass
