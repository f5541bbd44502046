"""mlx-lm's adapter folders, as `mlx_lm.lora` writes them.

    adapter_config.json        fine_tune_type, num_layers, lora_parameters {rank, scale, ...}, model
    adapters.safetensors       "<module>.lora_a" (in, rank), "<module>.lora_b" (rank, out),
                               for DoRA also "<module>.m" (out); of experts (experts, rank, in)
                               and (experts, out, rank)

Which layers are changed is read off the tensors' names, as mlx-lm's loader does, so `num_layers`
and `keys` need not be trusted. It refuses to know any model.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assistant.errors import AdapterUnusable
from assistant.json_text import usable_number
from assistant.lora.adapter import AdapterFolder
from assistant.lora.pairing import Part, Role, named_tensors, pair_up

WEIGHTS_NAME = "adapters.safetensors"

_LEAVES: dict[str, Role] = {"lora_a": "A", "lora_b": "B", "m": "magnitude"}


def read(path: Path, config: dict[str, Any]) -> AdapterFolder:
    """The folder's content.

    Raises:
        AdapterUnusable: with the reason.
    """
    kind = str(config.get("fine_tune_type", "lora"))
    if kind not in {"lora", "dora"}:
        reason = (
            "is a full fine-tune: it replaces the model's weights and cannot be unloaded"
            if kind == "full"
            else f"has the unknown fine_tune_type {kind[:60]!r}"
        )
        raise AdapterUnusable(
            f"{path} {reason}.",
            "Use it as a model of its own (mlx_lm.fuse), or train with --fine-tune-type lora.",
        )
    parameters = config.get("lora_parameters")
    scale = usable_number(parameters.get("scale") if isinstance(parameters, dict) else None)
    if scale is None:
        raise AdapterUnusable(
            f"{path}'s adapter_config.json has no usable lora_parameters.scale.",
            "It is the number the adapter was trained with.",
        )
    headers = named_tensors(path / WEIGHTS_NAME)
    parts = {name: _part(path, name) for name in headers}
    pairs = pair_up(path, headers, parts, lambda module, rank: scale, transposed=False)
    _check_lengths(path, kind, {m for m, p in pairs.items() if p.magnitude}, set(pairs))
    base = config.get("model")
    named = base if isinstance(base, str) else ""
    return AdapterFolder(path, "mlx-lm", path / WEIGHTS_NAME, named, pairs)


def _part(path: Path, name: str) -> Part:
    module, _, leaf = name.rpartition(".")
    if leaf not in _LEAVES or not module:
        raise AdapterUnusable(
            f"{path} holds {name!r}, which is no tensor of a LoRA adapter.",
            "Only lora_a, lora_b and m belong to one: export it again without the rest.",
        )
    return Part(module, _LEAVES[leaf])


def _check_lengths(path: Path, kind: str, with_length: set[str], modules: set[str]) -> None:
    """A DoRA adapter has magnitudes everywhere, a plain one nowhere."""
    odd = modules - with_length if kind == "dora" else with_length
    if odd:
        has = "lacks" if kind == "dora" else "has"
        raise AdapterUnusable(
            f"{path} says fine_tune_type {kind} and {has} the magnitude of {min(odd)!r}.",
            "Copy or train it again.",
        )
