"""Keys and values of a model that attends within blocks of tokens, such as Llama 4.

mlx-lm's entry lets go of blocks that are over, and says all the same that it can be cut back to any
beginning; what it is cut back to it then does not hold, and the answer is another. This one can be
cut back as long as it holds everything. It refuses to know how a model attends.
"""

from __future__ import annotations

from mlx_lm.models.cache import ChunkedKVCache


class BlocksCache(ChunkedKVCache):
    def is_trimmable(self) -> bool:
        return bool(self.start_position == 0)
