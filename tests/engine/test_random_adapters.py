"""Whatever adapters are resident and however rows choose among them, every row is NumPy's row."""

from __future__ import annotations

from typing import Any

import mlx.core as mx
import mlx.nn as nn
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.engine.dense import dora_gain
from assistant.engine.lora_weights import LoraWeights
from assistant.engine.row_lora import RowLoRALinear
from assistant.engine.rows import CurrentRows

INPUTS, OUTPUTS, TOKENS = 12, 10, 3

adapters = st.lists(
    st.tuples(st.integers(1, 5), st.sampled_from([0.5, 2.0, -1.0]), st.booleans()),
    min_size=1,
    max_size=4,
)
strengths = st.sampled_from([0.0, 0.3, 1.0, -0.5, 2.0])
choices = st.lists(
    st.dictionaries(st.integers(0, 4), strengths, max_size=3), min_size=1, max_size=5
)


def changed(weight: Any, how: tuple[int, float, bool], a: Any, b: Any, lengths: Any) -> Any:
    """W' of an adapter by the definitions of LoRA and DoRA, in float64."""
    merged = weight + how[1] * (a @ b).T
    return lengths[:, None] * merged / np.linalg.norm(merged, axis=1)[:, None] if how[2] else merged


@settings(max_examples=40, deadline=None)
@given(resident=adapters, rows=choices, has_bias=st.booleans(), seed=st.integers(0, 99))
def test_every_row_is_the_sum_of_its_steps(
    resident: list[tuple[int, float, bool]],
    rows: list[dict[int, float]],
    has_bias: bool,
    seed: int,
) -> None:
    draw = np.random.default_rng(seed).standard_normal
    mx.random.seed(seed)
    linear = nn.Linear(INPUTS, OUTPUTS, bias=has_bias)
    weight = np.array(linear.weight, np.float64)
    current = CurrentRows()
    ours = RowLoRALinear(linear, current)
    steps = {}
    for number, how in enumerate(resident):
        a, b = draw((INPUTS, how[0])), draw((how[0], OUTPUTS))
        lengths = np.abs(draw(OUTPUTS)) + 0.5
        steps[number] = changed(weight, how, a, b, lengths) - weight
        small_a, small_b = mx.array(a, dtype=mx.float32), mx.array(b, dtype=mx.float32)
        gain = None
        if how[2]:
            wanted = mx.array(lengths, dtype=mx.float32)
            gain = dora_gain(linear, small_a, small_b, how[1], wanted, "both")
            small_b = small_b * (1 + gain)
        ours.put(str(number), LoraWeights(small_a, small_b, how[1], gain))
    x = draw((len(rows), TOKENS, INPUTS))
    given_x = mx.array(x, dtype=mx.float32)
    # Names of adapters that do not change this layer are part of it: others may.
    current.publish([tuple((str(name), s) for name, s in row.items()) for row in rows])
    out = np.array(ours(given_x))
    plain = np.array(linear(given_x))
    for number, row in enumerate(rows):
        step = sum((s * steps[name] for name, s in row.items() if name in steps), np.zeros(()))
        expected = plain[number] + x[number] @ np.broadcast_to(step, weight.shape).T
        np.testing.assert_allclose(out[number], expected, atol=2e-4, rtol=1e-4)
        if not any(name in steps and s for name, s in row.items()):
            assert np.array_equal(out[number], plain[number])
