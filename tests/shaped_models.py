"""Makes small random models of any kind that mlx-lm knows, on disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.small_models import CONFIG, make_tokenizer

# A window of 8 tokens in two layers of three, as Gemma 3 has them.
GEMMA = {
    "model_type": "gemma3_text",
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "query_pre_attn_scalar": 16,
    "sliding_window": 8,
    "sliding_window_pattern": 3,
    "max_position_embeddings": 256,
}
# Heads wide enough for their keys and values to be quantised.
WIDE_HEADS = {**CONFIG, "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 64}


def make_shaped_model(
    folder: Path, config: dict[str, Any], seed: int = 0, spare_tokens: int = 0
) -> Path:
    """A model of this config with random weights, large enough that its answers vary, and with so
    many more tokens than its tokenizer knows."""
    import mlx.core as mx
    from mlx.utils import tree_flatten, tree_map
    from mlx_lm.utils import _get_classes

    folder.mkdir(parents=True)
    config = dict(config, vocab_size=make_tokenizer(folder) + spare_tokens)
    model_class, arguments = _get_classes(config)
    mx.random.seed(seed)
    model = model_class(arguments.from_dict(config))
    model.update(
        tree_map(lambda p: mx.random.normal(p.shape) * 0.3 if p.ndim > 1 else p, model.parameters())
    )
    mx.save_safetensors(str(folder / "model.safetensors"), dict(tree_flatten(model.parameters())))
    (folder / "config.json").write_text(json.dumps(config))
    return folder
