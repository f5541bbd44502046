"""Makes the models and adapters that are measured: the one that ships, and random Llama shapes.

Speed does not depend on what the weights say. The end of a turn is a token that is never said, so
that every answer has the length it is given. It refuses to know how anything is measured.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from assistant.engine.models import find_model
from assistant.paths import find_places, search_folders

# (layers, width, feed-forward, heads, key-value heads, vocabulary); the last is Qwen2.5-0.5B's
# shape without its large vocabulary.
SHAPES = {
    "30M": (8, 512, 1536, 8, 4, 4096),
    "150M": (16, 832, 2304, 13, 13, 4096),
    "0.5B": (24, 1280, 4096, 20, 10, 4096),
}
MODELS = ("tiny", *SHAPES)
TYPES = ("fp32", "bf16", "4-bit")
ADAPTERS = 5
RANK = 8
TARGETS = ("self_attn.q_proj", "self_attn.v_proj", "mlp.down_proj")
# An adapter of some weight, for loading: every layer of a block, with four times the rank.
LARGE_RANK = 32
ALL_TARGETS = (
    "self_attn.q_proj",
    "self_attn.k_proj",
    "self_attn.v_proj",
    "self_attn.o_proj",
    "mlp.gate_proj",
    "mlp.up_proj",
    "mlp.down_proj",
)


def make_model(home: Path, name: str, kind: str) -> Path:
    """A model folder below `home`."""
    shipped = find_model("tiny", search_folders("models", find_places())).path
    assert shipped is not None, "the model that ships is missing"
    folder = home / "model"
    shutil.copytree(shipped, folder)
    if name != "tiny":
        _random_weights(folder, SHAPES[name], kind)
    make_endless(folder)
    return folder


def _random_weights(folder: Path, shape: tuple[int, ...], kind: str) -> None:
    import mlx.core as mx
    import mlx.nn as nn
    from mlx.utils import tree_flatten, tree_map
    from mlx_lm.models.llama import Model, ModelArgs

    layers, width, inner, heads, kept, vocabulary = shape
    config: dict[str, Any] = {
        "model_type": "llama",
        "architectures": ["LlamaForCausalLM"],
        "num_hidden_layers": layers,
        "hidden_size": width,
        "intermediate_size": inner,
        "num_attention_heads": heads,
        "num_key_value_heads": kept,
        "head_dim": width // heads,
        "vocab_size": vocabulary,
        "rms_norm_eps": 1e-5,
        "rope_theta": 10000.0,
        "max_position_embeddings": 4096,
        "tie_word_embeddings": True,
    }
    mx.random.seed(0)
    model = Model(ModelArgs.from_dict(config))
    scale = width**-0.5
    model.update(
        tree_map(
            lambda p: mx.random.normal(p.shape) * scale if p.ndim > 1 else p, model.parameters()
        )
    )
    # The token that ends a turn is never the likeliest: its row is zero.
    model.model.embed_tokens.weight[vocabulary - 1] = 0
    if kind != "fp32":
        model.set_dtype(mx.bfloat16)
    if kind == "4-bit":
        nn.quantize(model, group_size=32, bits=4)
        config["quantization"] = {"group_size": 32, "bits": 4, "mode": "affine"}
    for old in folder.glob("*.safetensors*"):
        old.unlink()
    mx.save_safetensors(
        str(folder / "model.safetensors"),
        dict(tree_flatten(model.parameters())),
        {"format": "mlx"},
    )
    (folder / "config.json").write_text(json.dumps(config))


def make_endless(folder: Path) -> None:
    """Take the last token of the vocabulary for the end of a turn."""
    config = json.loads((folder / "config.json").read_text())
    last = config["vocab_size"] - 1
    config["eos_token_id"] = last
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "generation_config.json").write_text("{}")
    vocabulary = json.loads((folder / "tokenizer.json").read_text())["model"]["vocab"]
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    settings["eos_token"] = next(text for text, number in vocabulary.items() if number == last)
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))


def make_adapters(home: Path, model: Path, count: int) -> list[Path]:
    """Random adapters in mlx-lm's format; beside each, the same in PEFT's."""
    return [_make_adapter(home / f"adapter{n}", model, n + 1, RANK, TARGETS) for n in range(count)]


def make_large_adapter(home: Path, model: Path) -> Path:
    """One that changes all layers of every block."""
    return _make_adapter(home / "large", model, 0, LARGE_RANK, ALL_TARGETS)


def _make_adapter(
    folder: Path, model: Path, seed: int, rank: int, targets: tuple[str, ...]
) -> Path:
    import mlx.core as mx

    config = json.loads((model / "config.json").read_text())
    width, inner = config["hidden_size"], config["intermediate_size"]
    head = config.get("head_dim") or width // config["num_attention_heads"]
    asked, kept = config["num_attention_heads"] * head, config["num_key_value_heads"] * head
    all_sizes = [(width, asked), (width, kept), (width, kept), (asked, width)]
    all_sizes += [(width, inner), (width, inner), (inner, width)]
    sizes = dict(zip(ALL_TARGETS, all_sizes, strict=True))
    mx.random.seed(seed)
    ours, theirs = {}, {}
    for layer in range(config["num_hidden_layers"]):
        for target in targets:
            inputs, outputs = sizes[target]
            a = mx.random.normal((inputs, rank)) * 0.02
            b = mx.random.normal((rank, outputs)) * 0.02
            name = f"model.layers.{layer}.{target}"
            ours |= {f"{name}.lora_a": a, f"{name}.lora_b": b}
            stem = f"base_model.model.{name}"
            theirs[f"{stem}.lora_A.weight"] = mx.contiguous(a.T)
            theirs[f"{stem}.lora_B.weight"] = mx.contiguous(b.T)
    peft = folder.with_name(f"{folder.name}-peft")
    folder.mkdir()
    peft.mkdir()
    mx.save_safetensors(str(folder / "adapters.safetensors"), ours)
    mx.save_safetensors(str(peft / "adapter_model.safetensors"), theirs, {"format": "pt"})
    parameters = {"rank": rank, "scale": 2.0, "dropout": 0.0, "keys": list(targets)}
    ours_config = {"fine_tune_type": "lora", "num_layers": -1, "lora_parameters": parameters}
    (folder / "adapter_config.json").write_text(json.dumps(ours_config))
    modules = [target.rsplit(".", 1)[-1] for target in targets]
    peft_config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "r": rank,
        "lora_alpha": 2 * rank,
        "target_modules": modules,
    }
    (peft / "adapter_config.json").write_text(json.dumps(peft_config))
    return folder
