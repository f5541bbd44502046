"""How a model keeps keys and values: what was asked for, as far as mlx-lm can do it.

mlx-lm batches rows only where its kinds of cache can be merged. A quantised one cannot, a rotating
one of a fixed size loses the first tokens it is meant to keep, and some models take in the padding
of a batch, or run no batch at all; rows then run one after the other, with mlx-lm's own arithmetic.
What cannot be done is said and left out.
It refuses to know rows and answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mlx.core as mx
from mlx_lm.generate import maybe_quantize_kv_cache
from mlx_lm.models.cache import (
    ChunkedKVCache,
    KVCache,
    QuantizedKVCache,
    RotatingKVCache,
    make_prompt_cache,
)

from assistant.engine.chunked import BlocksCache
from assistant.engine.options import EngineOptions
from assistant.engine.padding import CANNOT, against_one_batch

# The first tokens, which attention leans on, are never forgotten; as many as mlx-lm keeps.
_FIRST = 4
# Numbers that share a scale, largest first: the fewer, the more exact and the bigger.
_GROUPS = (64, 32)


@dataclass(frozen=True)
class CachePlan:
    """What holds for every row of a model."""

    together: bool = True
    """Whether rows share a batch."""
    max_size: int | None = None
    """Tokens that are kept; None keeps all."""
    bits: int | None = None
    """Keys and values are quantised to so many bits; None keeps them as they come."""
    group: int = _GROUPS[0]
    remarks: tuple[str, ...] = ()
    """What a person should know of it."""

    def quantise(self, cache: list[Any]) -> None:
        """Quantise the entries that are not yet."""
        maybe_quantize_kv_cache(cache, 0, self.group, self.bits)


def plan_caches(model: Any, options: EngineOptions) -> CachePlan:
    """What of the options this model can do. Runs the model where that is in doubt."""
    remarks: list[str] = []
    max_size = options.max_kv_size
    if max_size is not None and not _is_plain(make_prompt_cache(model)):
        remarks.append("max_kv_size is left out: this model has kinds of cache of its own.")
        max_size = None
    kinds = sorted({type(entry).__name__ for entry in _alone(model) if not _merges(entry)})
    group = None
    if options.kv_bits is not None:
        group = None if max_size else _group_that_works(model, options.kv_bits)
        if group is None:
            with_what = "together with max_kv_size" if max_size else "for this model"
            remarks.append(f"kv_bits is left out: mlx-lm cannot quantise {with_what}.")
    reasons = [f"{kind} cannot be batched" for kind in kinds]
    if not kinds and (trouble := against_one_batch(model)):
        reasons.append(trouble)
    if max_size is not None:
        reasons.append(f"only the first {_FIRST} and the last {max_size - _FIRST} tokens are kept")
    if group is not None:
        reasons.append(f"keys and values are kept in {options.kv_bits} bits")
    if reasons:
        remarks.append(f"Answers run one after the other: {', '.join(reasons)}.")
    return CachePlan(
        together=not reasons,
        max_size=max_size,
        bits=options.kv_bits if group is not None else None,
        group=group or _GROUPS[0],
        remarks=tuple(remarks),
    )


def fresh_cache(model: Any, max_size: int | None) -> list[Any]:
    """An empty cache for one row. mlx-lm bounds only models without a `make_cache`; many have one
    that makes plain entries, which can be bounded as well."""
    entries = list(make_prompt_cache(model))
    if max_size is None or not _is_plain(entries):
        return [
            BlocksCache(entry.chunk_size) if type(entry) is ChunkedKVCache else entry
            for entry in entries
        ]
    return [RotatingKVCache(max_size, keep=_FIRST) for _ in entries]


def _is_plain(entries: list[Any]) -> bool:
    return all(type(entry) is KVCache for entry in entries)


def can_step_back(cache: list[Any]) -> bool:
    """Whether every entry can forget its last tokens at any time, as drafts need it.

    A rotating cache can only until it is full.
    """
    return all(isinstance(entry, KVCache | QuantizedKVCache) for entry in cache)


def _alone(model: Any) -> list[Any]:
    """The entries of one row, those inside of others too."""
    entries = list(make_prompt_cache(model))
    for entry in entries:
        entries += getattr(entry, "caches", ())
    return entries


def _merges(entry: Any) -> bool:
    return hasattr(type(entry), "merge")


def _group_that_works(model: Any, bits: int) -> int | None:
    """The group size at which this model runs on quantised keys and values; None if it cannot.

    Tried, not looked up: it hangs on the size of the heads and on how each model attends.
    """
    for group in _GROUPS:
        cache = make_prompt_cache(model)
        token = mx.array([[0]])
        try:
            model(token, cache=cache)
            maybe_quantize_kv_cache(cache, 0, group, bits)
            mx.eval(model(token, cache=cache))
        except CANNOT:
            continue
        if any(isinstance(entry, QuantizedKVCache) for entry in cache):
            return group
    return None
