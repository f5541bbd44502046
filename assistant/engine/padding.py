"""Whether a model's rows can be in one batch, being of different lengths.

mlx-lm fills the shorter prompts of a batch up. Keys and values of what was filled in are masked
out; a state that takes in one token after the other has to leave it out itself, and some models do
not (Mamba 1, RWKV 7, RecurrentGemma in mlx-lm 0.32.2): their shorter rows then go on from tokens
that nobody wrote. Some attend in a way that knows no mask of several rows (Gemma 2), and raise.
So it is tried, not looked up. It refuses to know rows and answers.
"""

from __future__ import annotations

from typing import Any

import mlx.core as mx
from mlx_lm.models.cache import (
    CacheList,
    ChunkedKVCache,
    KVCache,
    QuantizedKVCache,
    RotatingKVCache,
    make_prompt_cache,
)

CANNOT = (ValueError, NotImplementedError, RuntimeError, AttributeError, TypeError, IndexError)
"""What a model raises that cannot do what is tried."""

_BY_POSITION = (KVCache, RotatingKVCache, QuantizedKVCache, ChunkedKVCache, CacheList)
_SHORT, _LONG = [1, 2], [1, 2, 3, 4, 5]
_NEXT = 3
# A mask of as many rows as there are heads can pass for one of heads; no model has five.
_ROWS = 5
# A share of the largest logit: far above the rounding of a bfloat16, far below what three tokens
# too many do to a state.
_ROUNDING = 0.05


def against_one_batch(model: Any) -> str:
    """Why its rows must run one after the other, as half a sentence; "" when they need not.

    Runs the model on a few tokens.
    """
    try:
        said = _beside_a_longer_row(model)
    except CANNOT:
        return "mlx-lm cannot run several rows of this model at once"
    if all(isinstance(entry, _BY_POSITION) for entry in make_prompt_cache(model)):
        return ""
    alone = make_prompt_cache(model)
    model(mx.array([_SHORT]), cache=alone)
    expected = model(mx.array([[_NEXT]]), cache=alone)[0]
    apart = mx.abs(said - expected).max()
    if (apart <= _ROUNDING * mx.abs(expected).max()).item():
        return ""
    return "beside a longer row this model would read what fills up a shorter one"


def _beside_a_longer_row(model: Any) -> mx.array:
    """What it says of a token after a short row that was read with a longer one."""
    alone = zip(*(make_prompt_cache(model) for _ in range(_ROWS)), strict=True)
    together = [type(entries[0]).merge(list(entries)) for entries in alone]
    missing, others = len(_LONG) - len(_SHORT), _ROWS - 1
    lengths = [len(_SHORT), *[len(_LONG)] * others]
    for entry in together:
        entry.prepare(lengths=lengths, right_padding=[missing, *[0] * others])
    model(mx.array([_SHORT + [0] * missing, *[_LONG] * others]), cache=together)
    for entry in together:
        entry.finalize()
    said: mx.array = model(mx.array([[_NEXT]] * _ROWS), cache=together)[0]
    mx.eval(said)
    return said
