"""An adapter folder on disk, in mlx-lm's own format: what it holds, checked without a model.

    adapter_config.json        fine_tune_type, num_layers, lora_parameters {rank, scale, ...}, model
    adapters.safetensors       "<module>.lora_a" (in, rank), "<module>.lora_b" (rank, out)

A layer's output gains scale · (x · lora_a) · lora_b. Which layers are changed is read off the
tensors' names, as mlx-lm's loader does, so `num_layers` and `keys` need not be trusted.
It refuses to know any model.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import AdapterUnusable
from assistant.lora.safetensors import TensorHeader, read_header

CONFIG_NAME = "adapter_config.json"
WEIGHTS_NAME = "adapters.safetensors"
PEFT_WEIGHTS = ("adapter_model.safetensors", "adapter_model.bin")


@dataclass(frozen=True)
class LoraPair:
    """The shapes of one changed layer: its output gains scale · (x · A) · B."""

    input_size: int
    rank: int
    output_size: int

    @property
    def parameters(self) -> int:
        return self.rank * (self.input_size + self.output_size)


@dataclass(frozen=True)
class AdapterFolder:
    path: Path
    scale: float
    base: str
    pairs: Mapping[str, LoraPair]
    """Module path in the model, such as "model.layers.0.self_attn.q_proj", to its shapes."""

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def weights_file(self) -> Path:
        return self.path / WEIGHTS_NAME

    @property
    def rank(self) -> int:
        return max(pair.rank for pair in self.pairs.values())

    @property
    def targets(self) -> tuple[str, ...]:
        """The kinds of layers that are changed, in the order they first appear."""
        return tuple(dict.fromkeys(module.rsplit(".", 1)[-1] for module in self.pairs))

    @property
    def parameters(self) -> int:
        return sum(pair.parameters for pair in self.pairs.values())

    @property
    def bytes(self) -> int:
        return self.weights_file.stat().st_size

    def fingerprint(self) -> str:
        """SHA-256 over the scale and the tensors: the same weights have it wherever they lie."""
        digest = hashlib.sha256(f"{self.scale!r}\n".encode())
        with self.weights_file.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
        return digest.hexdigest()


def read_folder(path: Path) -> AdapterFolder:
    """Read an adapter's config and its tensors' shapes; no tensor is loaded.

    Raises:
        AdapterUnusable: with the reason, and nothing of it is used.
    """
    config = _read_config(path)
    kind = config.get("fine_tune_type", "lora")
    if kind != "lora":
        reasons = {
            "dora": "is a DoRA adapter; this version runs plain LoRA",
            "full": "is a full fine-tune: it replaces the model's weights and cannot be unloaded",
        }
        reason = reasons.get(str(kind), f"has the unknown fine_tune_type {kind!r}")
        raise AdapterUnusable(f"{path} {reason}.", "Use an adapter with fine_tune_type lora.")
    parameters = config.get("lora_parameters")
    scale = parameters.get("scale") if isinstance(parameters, dict) else None
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not math.isfinite(scale):
        raise AdapterUnusable(
            f"{path / CONFIG_NAME} has no usable lora_parameters.scale.",
            "It is the number the adapter was trained with.",
        )
    pairs = _pair_up(path, read_header(path / WEIGHTS_NAME))
    base = config.get("model")
    return AdapterFolder(path, float(scale), base if isinstance(base, str) else "", pairs)


def _read_config(path: Path) -> dict[str, Any]:
    if any((path / name).exists() for name in PEFT_WEIGHTS):
        raise AdapterUnusable(
            f"{path} is in PEFT's format; this version reads mlx-lm's.",
            f"mlx-lm's has {CONFIG_NAME} and {WEIGHTS_NAME}.",
        )
    for name in (CONFIG_NAME, WEIGHTS_NAME):
        if not (path / name).is_file():
            raise AdapterUnusable(
                f"{path} is not a whole adapter: {name} is missing.",
                "Copy or train it again.",
            )
    try:
        config = json.loads((path / CONFIG_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = str(error).partition("\n")[0]
        raise AdapterUnusable(f"{path / CONFIG_NAME} is not valid JSON: {reason}.") from None
    if not isinstance(config, dict):
        raise AdapterUnusable(f"{path / CONFIG_NAME} must hold a JSON object.")
    return config


def _pair_up(path: Path, headers: Mapping[str, TensorHeader]) -> dict[str, LoraPair]:
    halves: dict[str, dict[str, TensorHeader]] = {}
    for name, header in headers.items():
        module, _, leaf = name.rpartition(".")
        if leaf not in {"lora_a", "lora_b"} or not module:
            raise AdapterUnusable(
                f"{path} holds {name!r}, which is no tensor of a plain LoRA adapter."
            )
        if len(header.shape) != 2 or not header.is_float:
            shape = " × ".join(map(str, header.shape)) or "a single number"
            raise AdapterUnusable(
                f"In {path}, {name!r} is {shape} of type {header.dtype}; "
                "a LoRA tensor is a matrix of floats."
            )
        halves.setdefault(module, {})[leaf] = header
    if not halves:
        raise AdapterUnusable(f"{path} holds no tensors.")
    pairs = {}
    for module, half in sorted(halves.items()):
        if len(half) < 2:
            missing = ({"lora_a", "lora_b"} - set(half)).pop()
            raise AdapterUnusable(f"{path} lacks {module}.{missing}.", "Copy or train it again.")
        (inputs, rank), (rank_b, outputs) = half["lora_a"].shape, half["lora_b"].shape
        if rank != rank_b or rank == 0:
            raise AdapterUnusable(
                f"In {path}, the two matrices of {module} do not fit together: "
                f"{inputs} × {rank} and {rank_b} × {outputs}."
            )
        pairs[module] = LoraPair(inputs, rank, outputs)
    return pairs
