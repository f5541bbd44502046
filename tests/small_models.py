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


def make_model(folder: Path, *, quantised_bits: int | None = None, seed: int = 0) -> Path:
    """A random Llama of three layers; large weights, so that its answers are not all alike."""
    import mlx.core as mx
    import mlx.nn as nn
    from mlx.utils import tree_flatten, tree_map
    from mlx_lm.models.llama import Model, ModelArgs

    folder.mkdir(parents=True)
    config = dict(CONFIG, vocab_size=make_tokenizer(folder))
    mx.random.seed(seed)
    model = Model(ModelArgs.from_dict(config))
    model.update(
        tree_map(lambda p: mx.random.normal(p.shape) * 0.3 if p.ndim > 1 else p, model.parameters())
    )
    if quantised_bits:
        nn.quantize(model, group_size=32, bits=quantised_bits)
        config["quantization"] = {"group_size": 32, "bits": quantised_bits, "mode": "affine"}
    mx.save_safetensors(str(folder / "model.safetensors"), dict(tree_flatten(model.parameters())))
    (folder / "config.json").write_text(json.dumps(config))
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
