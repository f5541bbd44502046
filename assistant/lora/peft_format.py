"""PEFT's adapter folders, as Hugging Face's trainers write them.

    adapter_config.json          r, lora_alpha, use_rslora, rank_pattern, alpha_pattern, ...
    adapter_model.safetensors    "base_model.model.<module>.lora_A.weight" (rank, in),
                                 "base_model.model.<module>.lora_B.weight" (out, rank)

The scale of a module is alpha / rank, or alpha / √rank for rsLoRA; the patterns change alpha for
modules whose name they match. What the config asks for beyond plain LoRA changes the arithmetic, so
it is refused by name and never ignored. It refuses to know any model.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

from assistant.errors import AdapterUnusable
from assistant.lora.adapter import AdapterFolder
from assistant.lora.pairing import Half, pair_up
from assistant.lora.safetensors import read_header

WEIGHTS_NAME = "adapter_model.safetensors"
PICKLED_NAME = "adapter_model.bin"

_TENSOR = re.compile(r"(?:base_model\.model\.)?(.+)\.lora_([AB])(?:\.default)?\.weight")

# Keys that must be absent, empty or false, and what each means.
_REFUSED = {
    "use_dora": "is a DoRA adapter",
    "modules_to_save": "carries whole layers beside its LoRA (modules_to_save)",
    "lora_bias": "adds biases (lora_bias)",
    "trainable_token_indices": "changes single token embeddings (trainable_token_indices)",
    "target_parameters": "changes bare parameters (target_parameters)",
    "layer_replication": "repeats layers of its base (layer_replication)",
    "alora_invocation_tokens": "is an activated LoRA, which starts at certain tokens",
    "use_qalora": "is a QA-LoRA adapter",
    "megatron_config": "is a Megatron adapter",
}
# Ways to begin that change the base's own weights.
_CHANGES_BASE = ("pissa", "olora", "corda", "loftq")


def read(path: Path, config: dict[str, Any]) -> AdapterFolder:
    """The folder's content.

    Raises:
        AdapterUnusable: with the reason.
    """
    _refuse_more_than_lora(path, config)
    alpha: Any = config.get("lora_alpha")
    if not _is_number(alpha):
        raise AdapterUnusable(f"{path}'s adapter_config.json has no usable lora_alpha.")
    patterns = config.get("alpha_pattern") or {}
    if not isinstance(patterns, dict) or not all(map(_is_number, patterns.values())):
        raise AdapterUnusable(f"{path}'s adapter_config.json has no usable alpha_pattern.")

    def scale(module: str, rank: int) -> float:
        chosen = next((a for key, a in patterns.items() if _matches(key, module)), alpha)
        divisor = math.sqrt(rank) if config.get("use_rslora") else rank
        return float(chosen / divisor)

    headers = read_header(path / WEIGHTS_NAME)
    halves = {name: _half(path, name) for name in headers}
    pairs = pair_up(path, headers, halves, scale, transposed=True)
    base = config.get("base_model_name_or_path")
    named = base if isinstance(base, str) else ""
    return AdapterFolder(path, "peft", path / WEIGHTS_NAME, named, pairs)


def _refuse_more_than_lora(path: Path, config: dict[str, Any]) -> None:
    kind = config.get("peft_type", "LORA")
    reasons = [reason for key, reason in _REFUSED.items() if config.get(key)]
    if kind != "LORA":
        reasons.insert(0, f"is a PEFT adapter of type {kind}")
    if config.get("bias", "none") != "none":
        reasons.append("changes the base's biases")
    start = config.get("init_lora_weights")
    if isinstance(start, str) and start.lower().startswith(_CHANGES_BASE):
        reasons.append(f"expects a base that its start changed (init_lora_weights {start!r})")
    if reasons:
        raise AdapterUnusable(
            f"{path} {reasons[0]}; this version runs plain LoRA.",
            "Merge it into its base, or train it as plain LoRA.",
        )


def _half(path: Path, name: str) -> Half:
    found = _TENSOR.fullmatch(name)
    if found is None:
        kind = "an embedding" if "embedding" in name else "no tensor of a plain LoRA adapter"
        raise AdapterUnusable(f"{path} holds {name!r}, which is {kind}.")
    return Half(found[1], found[2] == "A")


def _matches(pattern: str, module: str) -> bool:
    """PEFT's rule for its patterns: a regular expression for the end of the module's name."""
    try:
        return re.fullmatch(rf"(.*\.)?({pattern})", module) is not None
    except re.error:
        return False


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value)
