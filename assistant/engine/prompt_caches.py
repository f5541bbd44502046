"""Keys and values of earlier answers, so that the next turn processes only what is new.

Kept per (adapter content, strength) of the row, so one made under an adapter is never read under
another, nor under a re-trained file of the same name; the least recently used go first.
It refuses to know conversations.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import mlx.core as mx
from mlx_lm.models.cache import (
    LRUPromptCache,
    can_trim_prompt_cache,
    trim_prompt_cache,
)

from assistant.engine.cache_plan import can_step_back, fresh_cache
from assistant.engine.rows import RowAdapters, RowTag

MAX_BYTES = 512 * 1024 * 1024
MAX_SEQUENCES = 32


class PromptCaches:
    """One model's kept prompt caches. Used on the engine's own thread only."""

    def __init__(
        self, model: Any, max_bytes: int = MAX_BYTES, max_kv_size: int | None = None
    ) -> None:
        self._model = model
        self._max_kv_size = max_kv_size
        self._kept = LRUPromptCache(max_size=MAX_SEQUENCES, max_bytes=max_bytes)

    @cached_property
    def step_back(self) -> bool:
        """Whether what is kept can be cut to any beginning. Otherwise an answer that the next turn
        shows otherwise, or that is asked for again, needs the place before it kept as well."""
        return can_step_back(self.fresh())

    def take(
        self, identity: RowAdapters, adapters: RowAdapters, tokens: list[int]
    ) -> tuple[list[Any], list[int]]:
        """A cache for these tokens, and the tokens still to be processed (at least one).

        `identity` names the adapters by content, `adapters` as the row carries them.
        """
        cache, rest = self._kept.fetch_nearest_cache(identity, tokens)
        if cache is not None and not rest:
            # Everything is there: step back one token, whose output chooses the next.
            if can_trim_prompt_cache(cache):
                trim_prompt_cache(cache, 1)
                rest = tokens[-1:]
            else:
                cache, rest = self._kept.fetch_nearest_cache(identity, tokens[:-1])
                rest = [*rest, tokens[-1]]
        if cache is None:
            return [*self.fresh(), RowTag([adapters])], tokens
        # The kept tag may carry an earlier name of the same adapter.
        return [*cache[:-1], RowTag([adapters])], rest

    def fresh(self) -> list[Any]:
        """An empty cache of one row, without a tag."""
        return fresh_cache(self._model, self._max_kv_size)

    def find(self, identity: RowAdapters, tokens: list[int]) -> tuple[list[Any], list[int]]:
        """A copy of what is kept of these tokens, without a tag, and the tokens that it holds."""
        cache, rest = self._kept.fetch_nearest_cache(identity, tokens)
        if cache is None:
            return [], []
        return cache[:-1], tokens[: len(tokens) - len(rest)]

    def keep(self, identity: RowAdapters, tokens: list[int], cache: list[Any]) -> None:
        # One that alone is too large would push out all others, and then itself.
        if tokens and sum(entry.nbytes for entry in cache) <= self._kept.max_bytes:
            # Until it is computed, a row's part holds on to all rows of the batch it is cut from.
            mx.async_eval([entry.state for entry in cache])
            self._kept.insert_cache(identity, list(tokens), cache)
