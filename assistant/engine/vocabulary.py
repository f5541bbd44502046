"""How many tokens a model has numbers for: the lines of its embedding.

Many models have some more than their tokenizer knows, to make a round number, and now and then one
of them is said; a tokenizer that was extended knows some that a model has not.
It refuses to know texts.
"""

from __future__ import annotations

from typing import Any

import mlx.nn as nn

from assistant.engine.dense import EMBEDDING, layer_sizes

# What mlx-lm's models call the layer that looks tokens up; those of positions have other names.
_NAMES = frozenset(
    {
        "embed",
        "embed_in",
        "embed_tokens",
        "embedding",
        "embeddings",
        "tok_embeddings",
        "token_embeddings",
        "word_embeddings",
        "wte",
    }
)


def vocabulary_size(model: nn.Module, tokenizer: Any) -> int:
    """Tokens from 0 up to this one can be read; what the tokenizer knows, of an odd model."""
    found = [
        layer_sizes(layer)[0]
        for path, layer in model.named_modules()
        if isinstance(layer, EMBEDDING) and path.rpartition(".")[2] in _NAMES
    ]
    # mlx-lm's wrapper has no length before 0.32.
    return max(found) if found else len(tokenizer.get_vocab())
