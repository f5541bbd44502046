"""Functions that MLX computes slowly on a CPU, in a form that it computes fast.

MLX's exponential takes as long on a CPU there as some two thousand multiplications inside a
product of matrices, and half the time of a training was spent in the two functions that need it. A
chain of multiplications is compiled to one loop over vectors, four times as fast.
This module refuses to know what is trained; on a GPU nothing here is needed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

_HALVINGS = 6
_LOWEST, _HIGHEST = -32.0, 20.0
"""Beyond them the exponential is taken for that of the bound: 1e-14 and 5e8."""
_TAYLOR = (1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2, 1, 1)


def on_cpu() -> bool:
    """Whether mlx computes on a CPU."""
    import mlx.core as mx

    return mx.default_device() == mx.Device(mx.cpu)


def exponential(x: Any) -> Any:
    """e to the power of x, in float32, with a relative error below 2e-5 between -20 and 20.

    e^x = (e^(x/64))^64: a Taylor polynomial, and six squarings.
    """
    return _exponential()(x)


@cache
def _exponential() -> Any:
    import mlx.core as mx

    @mx.custom_function
    def found(x: Any) -> Any:
        z = mx.clip(x, _LOWEST, _HIGHEST) * (1 / 2**_HALVINGS)
        power = 0.0
        for coefficient in _TAYLOR:
            power = power * z + coefficient
        for _ in range(_HALVINGS):
            power = power * power
        return power

    # Its own derivative: going back through the squarings would take longer than the way there.
    @found.vjp
    def _(_primals: Any, cotangent: Any, output: Any) -> Any:
        return cotangent * output

    return found


def swiglu(gate: Any, x: Any) -> Any:
    """What `mlx_lm.models.activations.swiglu` gives: gate · sigmoid(gate) · x."""
    return gate / (1 + exponential(-gate)) * x


def cross_entropy(logits: Any, targets: Any) -> Any:
    """What `mlx.nn.losses.cross_entropy` gives for (tokens, vocabulary) and (tokens,): nats."""
    import mlx.core as mx

    below = logits - mx.stop_gradient(logits.max(axis=-1, keepdims=True))
    scores = mx.take_along_axis(below, targets[..., None], axis=-1).squeeze(-1)
    return mx.log(exponential(below).sum(axis=-1)) - scores


@contextmanager
def quick_layers(model: Any) -> Iterator[None]:
    """While it lasts, the model's own module of mlx-lm uses the `swiglu` above on a CPU."""
    module = sys.modules[type(model).__module__]
    theirs = getattr(module, "swiglu", None)
    if theirs is None or not on_cpu():
        yield
        return
    module.swiglu = swiglu  # type: ignore[attr-defined]
    try:
        yield
    finally:
        module.swiglu = theirs  # type: ignore[attr-defined]
