"""What one row's cache entry holds of keys and values, without the room it keeps for more.

mlx-lm's entries tell it themselves from 0.32 on, which Python 3.10 does not get. It refuses to know
batches and files.
"""

from __future__ import annotations

from typing import Any

from mlx.utils import tree_map


def keys_and_values(entry: Any) -> tuple[Any, Any]:
    """Arrays (1, heads, tokens, size), or of a quantised entry tuples of three such."""
    held: tuple[Any, Any] = tree_map(
        lambda array: array[..., : entry.offset, :], (entry.keys, entry.values)
    )
    return held
