"""What the files of a model say of it: its kind, its parameters and their bits, its context.

Only headers are read. It refuses to know where models lie and whether one can be loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import AdapterUnusable
from assistant.json_text import read_object
from assistant.lora.safetensors import TensorHeader, read_header


@dataclass(frozen=True)
class ModelFacts:
    architecture: str
    parameters: int
    bits: int | None


def facts_of(folder: Path) -> ModelFacts:
    """The facts; what cannot be read is left out, as a list must not fail over one folder."""
    config = read_object(folder / "config.json")
    if config is None:
        return ModelFacts("unreadable config.json", 0, None)
    bits = _bits(config)
    return ModelFacts(str(config.get("model_type", "unknown")), _parameters(folder, bits), bits)


# What models call the tokens that they attend to at most, the usual name first.
_LENGTHS = ("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length")


def context_length(config: Mapping[str, Any]) -> int | None:
    """Tokens a model attends to at most, as its config has them or that of its text model."""
    text = config.get("text_config")
    for table in (config, text if isinstance(text, dict) else {}):
        for name in _LENGTHS:
            length = table.get(name)
            if isinstance(length, int) and length > 0:
                return length
    return None


def _bits(config: dict[str, Any]) -> int | None:
    table = config.get("quantization") or config.get("quantization_config")
    bits = table.get("bits") if isinstance(table, dict) else None
    return bits if isinstance(bits, int) and 0 < bits <= 32 else None


def _parameters(folder: Path, bits: int | None) -> int:
    """All tensors, with what quantisation packed counted as what it stands for."""
    tensors: dict[str, TensorHeader] = {}
    for file in sorted(folder.glob("model*.safetensors")):
        try:
            tensors |= read_header(file)
        except AdapterUnusable:
            return 0
    total = 0
    for name, tensor in tensors.items():
        if name.endswith((".scales", ".biases")):
            continue
        packed = bits and tensor.dtype == "U32" and f"{name.rpartition('.')[0]}.scales" in tensors
        total += tensor.size * 32 // bits if packed and bits else tensor.size
    return total
