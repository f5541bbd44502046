"""Whether a model's rows can be in one batch, being of different lengths.

mlx-lm fills the shorter prompts of a batch up. Keys and values of what was filled in are masked
out; a state that takes in one token after the other has to leave it out itself, and some models do
not (Mamba 1, RWKV 7, RecurrentGemma in mlx-lm 0.32.2): their shorter rows then go on from tokens
that nobody wrote. Some count what was filled in among the positions (AFM 7), and some attend in a
way that knows no mask of several rows (Gemma 2), and raise. So it is tried, not looked up.
It refuses to know rows and answers.
"""

from __future__ import annotations

from typing import Any

import mlx.core as mx
from mlx_lm.models.cache import make_prompt_cache

CANNOT = (ValueError, NotImplementedError, RuntimeError, AttributeError, TypeError, IndexError)
"""What a model raises that cannot do what is tried."""

# With the long one five rows: a mask of as many rows as there are heads can pass for one of heads,
# and no model has five.
_SHORT = [[1, 2], [2, 3], [3, 4], [4, 5]]
_LONG = [1, 2, 3, 4, 5]
_NEXT = 3
# As a share of the largest logit: of float32 a thousand times its rounding, and what does harm was
# eight times that at least; a bfloat16 has rounded more than 0.01 away.
_ROUNDING, _ROUNDING_OF_HALF = 1e-3, 0.1


def against_one_batch(model: Any) -> str:
    """Why its rows must run one after the other, as half a sentence; "" when they need not.

    Runs the model on a few tokens.
    """
    try:
        said = _beside_a_longer_row(model)
    except CANNOT:
        return "mlx-lm cannot run several rows of this model at once"
    alike = mx.array([[*row, _NEXT] for row in _SHORT])
    expected = model(alike, cache=make_prompt_cache(model))[:, -1]
    apart = (mx.abs(said - expected).max(axis=-1) / mx.abs(expected).max(axis=-1)).max()
    limit = _ROUNDING if said.dtype == mx.float32 else _ROUNDING_OF_HALF
    if (apart <= limit).item():
        return ""
    return "beside a longer row this model would answer a shorter one otherwise than alone"


def _beside_a_longer_row(model: Any) -> mx.array:
    """What it says of a token after each short row, all of them read with a longer one."""
    rows = [*_SHORT, _LONG]
    alone = zip(*(make_prompt_cache(model) for _ in rows), strict=True)
    together = [type(entries[0]).merge(list(entries)) for entries in alone]
    missing = [len(_LONG) - len(row) for row in rows]
    for entry in together:
        entry.prepare(lengths=[len(row) for row in rows], right_padding=missing)
    filled = [row + [0] * count for row, count in zip(rows, missing, strict=True)]
    model(mx.array(filled), cache=together)
    for entry in together:
        entry.finalize()
    said: mx.array = model(mx.array([[_NEXT]] * len(rows)), cache=together)[: len(_SHORT), -1]
    mx.eval(said)
    return said
