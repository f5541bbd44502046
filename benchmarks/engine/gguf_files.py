"""Writes a Llama and its adapters as GGUF, the files of llama.cpp, with the package `gguf`.

Weights go by name. What differs is the order of the outputs of q and k: llama.cpp turns
neighbouring numbers of a head together, mlx-lm those half a head apart.
It refuses to know what runs the files.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

_NAMES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
}
_OUTSIDE = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}


def write_model(model: Path, file: Path) -> None:
    """The model of an mlx-lm folder: float32 and bfloat16 as they are, 4-bit as Q4_1, which has a
    scale and an offset for 32 weights as well."""
    import gguf

    config = json.loads((model / "config.json").read_text())
    weights, kind = _dense_weights(model, config)
    heads, kept = config["num_attention_heads"], config["num_key_value_heads"]
    head = config.get("head_dim") or config["hidden_size"] // heads
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_name(model.name)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(kept)
    writer.add_key_length(head)
    writer.add_value_length(head)
    writer.add_rope_dimension_count(head)
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_vocab_size(config["vocab_size"])
    _add_tokenizer(writer, model, config)
    for name, array in weights.items():
        module = name.removesuffix(".weight")
        turned = _turn(module, array, config)
        # Norms and other rows of numbers are float32 in every GGUF.
        its_kind = gguf.GGMLQuantizationType.F32 if array.ndim == 1 else kind
        data = gguf.quants.quantize(turned, its_kind)
        writer.add_tensor(f"{_name(module)}.weight", data, raw_dtype=its_kind)
    _finish(writer)


def write_adapter(model: Path, adapter: Path, file: Path) -> None:
    """An adapter of mlx-lm's format, in float32."""
    import gguf
    import mlx.core as mx

    config = json.loads((model / "config.json").read_text())
    told = json.loads((adapter / "adapter_config.json").read_text())["lora_parameters"]
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, told["scale"] * told["rank"])
    tensors: Any = mx.load(str(adapter / "adapters.safetensors"))
    for name, array in tensors.items():
        module, _, half = name.rpartition(".")
        matrix = np.ascontiguousarray(np.array(array.astype(mx.float32)).T)
        if half == "lora_b":
            matrix = _turn(module, matrix, config)
        writer.add_tensor(f"{_name(module)}.weight.{half}", matrix)
    _finish(writer)


def _dense_weights(model: Path, config: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """Every weight in float32, and the type its matrices are to have."""
    import gguf
    import mlx.core as mx

    tensors: Any = mx.load(str(model / "model.safetensors"))
    kind = gguf.GGMLQuantizationType.F32
    quantised = config.get("quantization")
    weights = {}
    for name, array in tensors.items():
        if name.endswith((".scales", ".biases")):
            continue
        if quantised and f"{name.removesuffix('.weight')}.scales" in tensors:
            stem = name.removesuffix(".weight")
            scales, biases = tensors[f"{stem}.scales"], tensors[f"{stem}.biases"]
            array = mx.dequantize(
                array, scales, biases, group_size=quantised["group_size"], bits=quantised["bits"]
            )
            kind = gguf.GGMLQuantizationType.Q4_1
        elif array.dtype == mx.bfloat16 and kind == gguf.GGMLQuantizationType.F32:
            kind = gguf.GGMLQuantizationType.BF16
        weights[name] = np.array(array.astype(mx.float32))
    return weights, kind


def _name(module: str) -> str:
    if module in _OUTSIDE:
        return _OUTSIDE[module]
    _, _, layer, rest = module.split(".", 3)
    return f"blk.{layer}.{_NAMES[rest]}"


def _turn(module: str, matrix: Any, config: dict[str, Any]) -> Any:
    """The outputs of q and k, which are a matrix's rows, in llama.cpp's order."""
    heads = {
        "q_proj": config["num_attention_heads"],
        "k_proj": config["num_key_value_heads"],
    }.get(module.rpartition(".")[2])
    if heads is None:
        return matrix
    halves = matrix.reshape(heads, 2, -1, matrix.shape[-1])
    return np.ascontiguousarray(halves.swapaxes(1, 2)).reshape(matrix.shape)


def _add_tokenizer(writer: Any, model: Path, config: dict[str, Any]) -> None:
    """Enough of it to load; what is measured goes in and out as numbers of tokens."""
    import gguf

    tokenizer = json.loads((model / "tokenizer.json").read_text())
    added = {entry["id"]: entry["content"] for entry in tokenizer["added_tokens"]}
    texts = {number: text for text, number in tokenizer["model"]["vocab"].items()} | added
    numbers = range(config["vocab_size"])
    kinds = {True: gguf.TokenType.CONTROL, False: gguf.TokenType.NORMAL}
    merges = tokenizer["model"]["merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([texts.get(number, f"[unused{number}]") for number in numbers])
    writer.add_token_types([kinds[number in added] for number in numbers])
    writer.add_token_merges([m if isinstance(m, str) else " ".join(m) for m in merges])
    writer.add_eos_token_id(config["eos_token_id"])
    writer.add_bos_token_id(config["eos_token_id"])
    writer.add_add_bos_token(False)


def _finish(writer: Any) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
