"""Whether a model's rows can be of different lengths in one batch.

mlx-lm fills the shorter prompts of a batch up. Keys and values of what was filled in are masked
out; a state that takes in one token after the other has to leave it out itself, and some models do
not (Mamba 1, RWKV 7, RecurrentGemma in mlx-lm 0.32.2): their shorter rows then go on from tokens
that nobody wrote. It refuses to know rows and answers.
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

_BY_POSITION = (KVCache, RotatingKVCache, QuantizedKVCache, ChunkedKVCache, CacheList)
_SHORT, _LONG = [1, 2], [1, 2, 3, 4, 5]
_NEXT = 3
# A share of the largest logit: far above the rounding of a bfloat16, far below what three tokens
# too many do to a state.
_ROUNDING = 0.05


def leaves_padding_out(model: Any) -> bool:
    """Whether a row says the same beside a longer one. Runs the model, if its kind is in doubt:
    tried, not looked up."""
    if all(isinstance(entry, _BY_POSITION) for entry in make_prompt_cache(model)):
        return True
    alone = make_prompt_cache(model)
    model(mx.array([_SHORT]), cache=alone)
    expected = model(mx.array([[_NEXT]]), cache=alone)[0]
    together = [
        type(one).merge([one, other])
        for one, other in zip(make_prompt_cache(model), make_prompt_cache(model), strict=True)
    ]
    missing = len(_LONG) - len(_SHORT)
    for entry in together:
        entry.prepare(lengths=[len(_SHORT), len(_LONG)], right_padding=[missing, 0])
    model(mx.array([_SHORT + [0] * missing, _LONG]), cache=together)
    for entry in together:
        entry.finalize()
    said = model(mx.array([[_NEXT], [_NEXT]]), cache=together)[0]
    apart = mx.abs(said - expected).max()
    return bool((apart <= _ROUNDING * mx.abs(expected).max()).item())
