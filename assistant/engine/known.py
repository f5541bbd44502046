"""What an engine knows of texts from generating them: keys and values of their prompts, and logits.

Used on the engine's own thread only. It refuses to know how texts are scored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import mlx.core as mx
from mlx_lm.models.cache import KVCache

from assistant.engine.held import keys_and_values
from assistant.engine.kept_logits import KeptLogits, Text
from assistant.engine.prompt_caches import PromptCaches
from assistant.engine.rows import RowAdapters


@dataclass(frozen=True)
class Known:
    """Both, for one model."""

    caches: PromptCaches
    logits: KeptLogits

    def take_logits(self, counts: Mapping[Text, int]) -> dict[Text, list[mx.array]]:
        """Those of the texts of which the logits of so many last tokens are kept."""
        found = {text: self.logits.take(text) for text in counts}
        return {
            text: logits for text, logits in found.items() if logits and len(logits) >= counts[text]
        }

    def prompts(
        self, rows: Sequence[tuple[RowAdapters, list[int]]]
    ) -> tuple[list[Any], int] | None:
        """One cache for all rows, which holds every token of their prompts but the last.

        None unless each row's is kept, they are of one length and of mlx-lm's plain kind: only then
        do rows of one cache stand side by side without padding.
        """
        if len({len(prompt) for _, prompt in rows}) != 1:
            return None
        found = [self.caches.find(adapters, prompt) for adapters, prompt in rows]
        count = len(rows[0][1]) - 1
        if count < 1 or any(len(held) != count for _, held in found):
            return None
        if not all(type(entry) is KVCache for cache, _ in found for entry in cache):
            return None
        return [_side_by_side(each) for each in zip(*(c for c, _ in found), strict=True)], count


def _side_by_side(entries: Sequence[Any]) -> Any:
    together = KVCache()
    # Of an entry that was cut back, not all of its memory counts.
    keys, values = zip(*(keys_and_values(entry) for entry in entries), strict=True)
    together.keys = mx.concatenate(list(keys), axis=0)
    together.values = mx.concatenate(list(values), axis=0)
    together.offset = entries[0].offset
    return together
