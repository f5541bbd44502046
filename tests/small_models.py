"""Makes small models and adapters on disk, with random weights, for the engine's tests."""

from __future__ import annotations

import json
from pathlib import Path

CHAT_TEMPLATE = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SPECIAL = ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
CONFIG = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "rms_norm_eps": 1e-5,
    "rope_theta": 10000.0,
    "max_position_embeddings": 256,
    "tie_word_embeddings": True,
}


def make_tokenizer(folder: Path) -> int:
    """A byte-level BPE without merges to speak of; returns the vocabulary's size."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(["the adapter and the base model answer"] * 20, trainer)
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": "<|end|>",
        "chat_template": CHAT_TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return tokenizer.get_vocab_size()


MOE = {
    "model_type": "qwen3_moe",
    "architectures": ["Qwen3MoeForCausalLM"],
    "num_experts": 8,
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 32,
    "decoder_sparse_step": 1,
    "mlp_only_layers": [],
    "norm_topk_prob": True,
}
MIXTRAL = {
    "model_type": "mixtral",
    "architectures": ["MixtralForCausalLM"],
    "num_local_experts": 4,
    "num_experts_per_tok": 2,
    "tie_word_embeddings": False,
}
PHI3 = {"model_type": "phi3", "architectures": ["Phi3ForCausalLM"], "tie_word_embeddings": False}


def make_model(
    folder: Path,
    *,
    quantised_bits: int | None = None,
    mode: str = "affine",
    group_size: int = 32,
    seed: int = 0,
    **changes: object,
) -> Path:
    """A random Llama of three layers; large weights, so that its answers are not all alike.

    `changes` to its config make another model of it, such as `**MOE`.
    """
    from importlib import import_module

    import mlx.core as mx
    import mlx.nn as nn
    from mlx.utils import tree_flatten, tree_map

    folder.mkdir(parents=True)
    config = {**CONFIG, "vocab_size": make_tokenizer(folder), **changes}
    module = import_module(f"mlx_lm.models.{config['model_type']}")
    mx.random.seed(seed)
    model = module.Model(module.ModelArgs.from_dict(config))
    model.update(
        tree_map(lambda p: mx.random.normal(p.shape) * 0.3 if p.ndim > 1 else p, model.parameters())
    )
    if quantised_bits:
        how = {"group_size": group_size, "bits": quantised_bits, "mode": mode}
        nn.quantize(model, **how, class_predicate=lambda _, m: hasattr(m, "to_quantized"))
        config["quantization"] = how
    mx.save_safetensors(str(folder / "model.safetensors"), dict(tree_flatten(model.parameters())))
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def train_with_mlx_lm(
    model: Path,
    folder: Path,
    keys: tuple[str, ...],
    *,
    dora: bool = False,
    rank: int = 4,
    scale: float = 2.0,
    layers: int = -1,
    seed: int = 1,
) -> Path:
    """An adapter whose layers mlx-lm itself made, with random numbers where training writes."""
    import mlx.core as mx
    from mlx.utils import tree_flatten
    from mlx_lm import load
    from mlx_lm.tuner.utils import linear_to_lora_layers

    loaded, _ = load(str(model))
    parameters = {"rank": rank, "scale": scale, "dropout": 0.0, "keys": list(keys)}
    loaded.freeze()
    linear_to_lora_layers(loaded, layers, parameters, use_dora=dora)
    key = mx.random.key(seed)
    tensors = {}
    for name, array in tree_flatten(loaded.trainable_parameters()):
        key, draw = mx.random.split(key)
        noise = mx.random.normal(array.shape, key=draw)
        tensors[name] = array * (1 + 0.2 * noise) if name.endswith(".m") else 0.2 * noise
    folder.mkdir(parents=True)
    mx.save_safetensors(str(folder / "adapters.safetensors"), tensors)
    config = {
        "fine_tune_type": "dora" if dora else "lora",
        "num_layers": layers,
        "lora_parameters": parameters,
    }
    (folder / "adapter_config.json").write_text(json.dumps(config))
    return folder


def make_adapter(
    folder: Path,
    *,
    rank: int = 4,
    scale: float = 2.0,
    layers: tuple[int, ...] = (0, 1, 2),
    targets: tuple[str, ...] = ("self_attn.q_proj", "self_attn.v_proj", "mlp.down_proj"),
    seed: int = 1,
    hidden: int = 64,
    base: str = "",
) -> Path:
    """A random LoRA in mlx-lm's folder format that mlx-lm's own loader takes."""
    import mlx.core as mx

    sizes = {
        "self_attn.q_proj": (hidden, hidden),
        "self_attn.k_proj": (hidden, hidden // 2),
        "self_attn.v_proj": (hidden, hidden // 2),
        "self_attn.o_proj": (hidden, hidden),
        "mlp.gate_proj": (hidden, hidden * 2),
        "mlp.down_proj": (hidden * 2, hidden),
    }
    folder.mkdir(parents=True)
    key = mx.random.key(seed)
    tensors = {}
    for layer in layers:
        for target in targets:
            inputs, outputs = sizes[target]
            key, key_a, key_b = mx.random.split(key, 3)
            module = f"model.layers.{layer}.{target}"
            tensors[f"{module}.lora_a"] = mx.random.normal((inputs, rank), key=key_a) * 0.2
            tensors[f"{module}.lora_b"] = mx.random.normal((rank, outputs), key=key_b) * 0.2
    mx.save_safetensors(str(folder / "adapters.safetensors"), tensors)
    config = {
        "fine_tune_type": "lora",
        "num_layers": -1,
        "lora_parameters": {
            "rank": rank,
            "scale": scale,
            "dropout": 0.0,
            "keys": list(targets),
        },
    }
    if base:
        config["model"] = base
    (folder / "adapter_config.json").write_text(json.dumps(config))
    return folder
