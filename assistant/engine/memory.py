"""Whether a model fits into memory, from its files alone: nothing of it is loaded.

An estimate that is right to a few per cent for weights, and for keys and values counts every layer
in full. It refuses to know how a model is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.engine.model_facts import context_length
from assistant.errors import ModelTooLarge
from assistant.json_text import read_object

# A chat of this length must fit. A context of 128,000 tokens, which most chats never fill, would
# keep models out that run well.
CHAT_TOKENS = 8192

# No shape has a larger number, and the product of numbers of a thousand digits could not be shown.
_MOST = 2**31


@dataclass(frozen=True)
class Need:
    """Bytes that a model takes."""

    weights: int
    chat: int
    """Keys and values of a chat of `tokens`."""
    tokens: int

    @property
    def total(self) -> int:
        return self.weights + self.chat


def need_of(folder: Path, tokens: int = CHAT_TOKENS) -> Need:
    """What the model in a folder needs, with a chat of so many tokens at most."""
    files = sorted(folder.glob("model*.safetensors"))
    weights = sum(_tensor_bytes(file) for file in files)
    config = read_object(folder / "config.json")
    if config is None:
        return Need(weights, 0, 0)  # what is wrong with it, loading says
    text = config.get("text_config")
    shape = text if isinstance(text, dict) else config
    tokens = min(tokens, context_length(config) or tokens)
    return Need(weights, tokens * _bytes_per_token(shape), tokens)


def available_memory() -> tuple[int, str]:
    """(bytes a model may take, what they are of)."""
    import mlx.core as mx

    if mx.default_device() == mx.Device(mx.gpu):
        facts = mx.device_info()
        if "free_memory" in facts:
            return int(facts["free_memory"]), "GPU memory"
        if "max_recommended_working_set_size" in facts:
            limit = int(facts["max_recommended_working_set_size"])
            return max(0, limit - mx.get_active_memory()), "the memory that Metal recommends to use"
    return free_main_memory(), "memory"


def refuse_if_too_large(name: str, folder: Path, most_tokens: int | None = None) -> None:
    """Compare what a model needs with what there is; no chat keeps more than `most_tokens`.

    Raises:
        ModelTooLarge: with the numbers.
    """
    need = need_of(folder, min(CHAT_TOKENS, most_tokens or CHAT_TOKENS))
    available, kind = available_memory()
    if need.total <= available:
        return
    raise ModelTooLarge(
        f"The model {name!r} does not fit: it needs {_size(need.total)} ({_size(need.weights)} of "
        f"weights, {_size(need.chat)} for a chat of {need.tokens:,} tokens) and {_size(available)} "
        f"of {kind} are free.",
        "Take a smaller or more strongly quantised one, or free memory; memory_check = false in "
        "config.toml loads it all the same.",
    )


def _tensor_bytes(file: Path) -> int:
    """Size of the tensors in a safetensors file: all but its header and the header's length."""
    try:
        with file.open("rb") as opened:
            header = int.from_bytes(opened.read(8), "little")
        return max(0, file.stat().st_size - 8 - header)
    except OSError:
        return 0


def _bytes_per_token(shape: Mapping[str, Any]) -> int:
    """Keys and values of one token in all layers, in 16-bit numbers; 0 for a shape unknown here."""
    layers = _count(shape, "num_hidden_layers", "n_layer", "n_layers")
    if _count(shape, "kv_lora_rank"):  # compressed, as DeepSeek's
        return layers * (_count(shape, "kv_lora_rank") + _count(shape, "qk_rope_head_dim")) * 2
    heads = _count(shape, "num_attention_heads", "n_head", "n_heads")
    kept_heads = _count(shape, "num_key_value_heads") or heads
    width = _count(shape, "hidden_size", "n_embd", "d_model")
    head = _count(shape, "head_dim") or (width // heads if heads else 0)
    return layers * kept_heads * head * 2 * 2


def _count(shape: Mapping[str, Any], *names: str) -> int:
    values = (shape.get(name) for name in names)
    return next((v for v in values if isinstance(v, int) and 0 < v < _MOST), 0)


def free_main_memory() -> int:
    """What Linux says a new program can have; elsewhere, all that the machine has."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    import os

    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _size(number: int) -> str:
    return f"{number / 1e9:.1f} GB" if number >= 10**8 else f"{number / 1e6:.1f} MB"
