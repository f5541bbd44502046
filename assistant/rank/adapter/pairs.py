"""The LoRA pairs in a .safetensors file, whoever wrote it: mlx-lm, PEFT, kohya, diffusers.

A pair is two factors whose product, times a scale, is the change ΔW of one weight. They are told
apart by the tensors' names. This module refuses to know models and to compute anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from assistant.errors import AdapterUnusable
from assistant.json_text import read_object

from ..reading.safetensors import TensorFile, open_tensors

Kind = Literal["mlx-lm", "PEFT", "kohya", "diffusers"]

# First the tensor that meets the input ("down"), then the one that makes the output ("up").
_NAMES: tuple[tuple[Kind, str], ...] = (
    ("mlx-lm", r"(?P<module>.+)\.lora_(?:(?P<down>a)|b)"),
    ("PEFT", r"(?:base_model\.model\.)?(?P<module>.+)\.lora_(?:embedding_)?(?:(?P<down>A)|B)"),
    ("PEFT", r"(?:base_model\.model\.)?(?P<module>.+)\.lora_(?:(?P<down>A)|B)(?:\.\w+)?\.weight"),
    ("kohya", r"(?P<module>.+)\.lora_(?:(?P<down>down)|up)\.weight"),
    ("diffusers", r"(?P<module>.+?)[._]lora(?:_linear_layer)?\.(?:(?P<down>down)|up)\.weight"),
)
_OTHERS = {
    "hada_": "LoHa, a product of entries, not of matrices",
    "lokr_": "LoKr, a Kronecker product",
    "lora_mid": "a Tucker convolution of three factors",
    "lora_magnitude_vector": "DoRA’s magnitudes; the ranks are those of the low-rank part",
    "dora_scale": "DoRA’s magnitudes; the ranks are those of the low-rank part",
    ".diff": "a full difference, not a LoRA",
}
_WEIGHTS = ("adapters.safetensors", "adapter_model.safetensors", "pytorch_lora_weights.safetensors")


@dataclass(frozen=True)
class Pair:
    """ΔW = scale · up · down, with `down` (rank, inputs) and `up` (outputs, rank).

    mlx-lm stores both transposed; `transposed` tells so. `scale` is None where no file says it.
    """

    module: str
    down: str
    up: str
    scale: float | None
    transposed: bool


@dataclass(frozen=True)
class Pairs:
    """The pairs of one file, in its own order, and what in it is no pair."""

    file: TensorFile
    kind: Kind
    pairs: tuple[Pair, ...]
    others: tuple[str, ...] = field(default=())


def find_pairs(path: Path) -> Pairs:
    """The LoRA pairs of a file or of an adapter's folder.

    Raises AdapterUnusable when there are none or a factor is missing, MatrixError when the file
    is broken.
    """
    file = open_tensors(_weights(path))
    halves: dict[str, dict[str, str]] = {}
    kinds: dict[str, Kind] = {}
    for name in file.tensors:
        for kind, pattern in _NAMES:
            if match := re.fullmatch(pattern, name):
                module = match["module"]
                halves.setdefault(module, {})["down" if match["down"] else "up"] = name
                kinds.setdefault(module, kind)
                break
    if not halves:
        raise AdapterUnusable(
            f"{file.path} holds no LoRA pairs.",
            "I know the names that mlx-lm, PEFT, kohya and diffusers give them.",
        )
    lonely = next((m for m, half in halves.items() if len(half) < 2), None)
    if lonely is not None:
        raise AdapterUnusable(
            f"{file.path} has only one of the two factors of {lonely}.", "Save the adapter again."
        )
    config = _config(file.path.parent)
    pairs = tuple(
        Pair(module, half["down"], half["up"], _scale(module, half, config, file), kind == "mlx-lm")
        for (module, half), kind in zip(halves.items(), kinds.values(), strict=True)
    )
    others = {why for sign, why in _OTHERS.items() if any(sign in name for name in file.tensors)}
    return Pairs(file, next(iter(kinds.values())), pairs, tuple(sorted(others)))


def _weights(path: Path) -> Path:
    if path.is_dir():
        known = [path / name for name in _WEIGHTS if (path / name).is_file()]
        found = known or sorted(path.glob("*.safetensors"))
        if not found:
            raise AdapterUnusable(
                f"{path} holds no .safetensors file.", "Give an adapter’s folder."
            )
        return found[0]
    return path


def _config(folder: Path) -> dict[str, Any]:
    """adapter_config.json beside the weights; without one, or a broken one, nothing is known."""
    return read_object(folder / "adapter_config.json") or {}


def _scale(
    module: str, half: dict[str, str], config: dict[str, Any], file: TensorFile
) -> float | None:
    """The factor before the product: mlx-lm's scale, or alpha / r (alpha / √r with rsLoRA)."""
    mlx = config.get("lora_parameters")
    if isinstance(mlx, dict) and isinstance(mlx.get("scale"), (int, float)):
        return float(mlx["scale"])
    rank = file.tensors[half["down"]].shape[0]
    alpha = config.get("lora_alpha")
    pattern = config.get("alpha_pattern")
    for key, value in pattern.items() if isinstance(pattern, dict) else ():
        if module.endswith(key):
            alpha = value
    if f"{module}.alpha" in file.tensors:
        stored = file.load(f"{module}.alpha")
        alpha = float(stored.reshape(-1)[0]) if stored.size else None
    if not isinstance(alpha, (int, float)) or not rank:
        return None
    return float(alpha) / (rank**0.5 if config.get("use_rslora") else rank)
