"""mlx-lm's adapter folders, as `mlx_lm.lora` writes them.

    adapter_config.json        fine_tune_type, num_layers, lora_parameters {rank, scale, ...}, model
    adapters.safetensors       "<module>.lora_a" (in, rank), "<module>.lora_b" (rank, out)

Which layers are changed is read off the tensors' names, as mlx-lm's loader does, so `num_layers`
and `keys` need not be trusted. It refuses to know any model.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from assistant.errors import AdapterUnusable
from assistant.lora.adapter import AdapterFolder
from assistant.lora.pairing import Half, pair_up
from assistant.lora.safetensors import read_header

WEIGHTS_NAME = "adapters.safetensors"

_REFUSED = {
    "dora": "is a DoRA adapter; this version runs plain LoRA",
    "full": "is a full fine-tune: it replaces the model's weights and cannot be unloaded",
}


def read(path: Path, config: dict[str, Any]) -> AdapterFolder:
    """The folder's content.

    Raises:
        AdapterUnusable: with the reason.
    """
    kind = str(config.get("fine_tune_type", "lora"))
    if kind != "lora":
        reason = _REFUSED.get(kind, f"has the unknown fine_tune_type {kind!r}")
        raise AdapterUnusable(f"{path} {reason}.", "Use an adapter with fine_tune_type lora.")
    parameters = config.get("lora_parameters")
    scale = parameters.get("scale") if isinstance(parameters, dict) else None
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not math.isfinite(scale):
        raise AdapterUnusable(
            f"{path}'s adapter_config.json has no usable lora_parameters.scale.",
            "It is the number the adapter was trained with.",
        )
    headers = read_header(path / WEIGHTS_NAME)
    halves = {name: _half(path, name) for name in headers}
    number = float(scale)
    pairs = pair_up(path, headers, halves, lambda module, rank: number, transposed=False)
    base = config.get("model")
    named = base if isinstance(base, str) else ""
    return AdapterFolder(path, "mlx-lm", path / WEIGHTS_NAME, named, pairs)


def _half(path: Path, name: str) -> Half:
    module, _, leaf = name.rpartition(".")
    if leaf not in {"lora_a", "lora_b"} or not module:
        raise AdapterUnusable(f"{path} holds {name!r}, which is no tensor of a plain LoRA adapter.")
    return Half(module, leaf == "lora_a")
