"""Makes a small model on disk that says what it is told to: each token has one successor.

The embedding and the head are one-hot and every layer adds nothing, so the next token depends on
the last one alone. The real loader, tokenizer and engine run it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.small_models import CONFIG, make_tokenizer


def make_scripted_model(
    folder: Path,
    script: Sequence[str],
    *,
    added: Sequence[str] = (),
    special: Sequence[str] = (),
    template: str | None = None,
    after: str = "<|assistant|>",
    **config: Any,
) -> Path:
    """A model that says the script's tokens, no token twice, after the token `after`.

    `added` are tokens that the tokenizer gets besides its own, `special` those of them that steer.
    Each entry of the script is one token, or a text whose tokens are said one after the other.
    """
    import mlx.core as mx
    from mlx.utils import tree_flatten
    from mlx_lm.models.llama import Model, ModelArgs
    from tokenizers import AddedToken, Tokenizer

    folder.mkdir(parents=True)
    make_tokenizer(folder)
    file = str(folder / "tokenizer.json")
    tokenizer = Tokenizer.from_file(file)
    tokenizer.add_tokens([AddedToken(text, special=False) for text in added])
    tokenizer.add_special_tokens([AddedToken(text, special=True) for text in special])
    tokenizer.save(file)
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    if template is not None:
        settings["chat_template"] = template
        (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    size = tokenizer.get_vocab_size()
    width = -(-size // 64) * 64
    shape = {
        **CONFIG,
        "hidden_size": width,
        "intermediate_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": width // 16,
        "num_key_value_heads": width // 16,
        "vocab_size": size,
        "tie_word_embeddings": False,
        **config,
    }
    model = Model(ModelArgs.from_dict(shape))
    weights = {n: mx.zeros_like(p) for n, p in tree_flatten(model.parameters()) if p.ndim > 1}
    weights |= {n: p for n, p in tree_flatten(model.parameters()) if p.ndim == 1}
    start = tokenizer.token_to_id(after)
    said = [token for text in script for token in tokenizer.encode(text).ids]
    path = [start, *said]
    assert len(set(path)) == len(path), "no token twice"
    head = mx.zeros((size, width))
    for last, following in pairwise(path):
        head[following, last] = 100.0
    weights["model.embed_tokens.weight"] = mx.eye(size, width)
    weights["lm_head.weight"] = head
    mx.save_safetensors(str(folder / "model.safetensors"), weights)
    (folder / "config.json").write_text(json.dumps(shape))
    return folder
