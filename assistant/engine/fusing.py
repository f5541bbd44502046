"""Writes a model with an adapter's update added into its own weights, for programs without LoRA.

Rounding the sum to the weights' own format can lose much of the update: four bits cannot hold a
change smaller than their steps. What is lost is measured and said.
It refuses to know rows and answers.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import mlx.core as mx
from mlx_lm import load
from mlx_lm.utils import dequantize_model, save_config, save_model

from assistant.engine.building import build
from assistant.engine.dense import EMBEDDING, QUANTISED, dense_weight
from assistant.engine.exporting import Fused
from assistant.engine.fetching import fetch_model
from assistant.engine.lora_weights import LoraWeights
from assistant.engine.models import ModelLocation
from assistant.engine.placing import Placement, Placer, all_layers
from assistant.errors import AdapterUnusable, ModelUnusable
from assistant.file_trouble import first_line
from assistant.lora import AdapterFolder
from assistant.lora.convert import new_folder

# Losing more than this share of a change is worth a warning; bfloat16 loses about a hundredth.
_MUCH = 0.1


def fuse(
    location: ModelLocation,
    folder: AdapterFolder,
    destination: Path,
    *,
    strength: float = 1.0,
    dequantize: bool = False,
) -> Fused:
    """Write the model with the adapter in it to `destination`, a new folder that mlx-lm loads.

    Raises:
        ModelNotFound, ModelUnusable, AdapterMismatch, AdapterUnusable, UsageError: nothing is
        written.
    """
    with new_folder(destination) as written:
        source = location.path or fetch_model(str(location.repository))
        try:
            model, tokenizer, config = load(str(source), return_config=True)
        except Exception as error:  # whatever a loader of foreign files raises is one refusal
            reason = first_line(error)
            raise ModelUnusable(
                f"The model {location.name!r} cannot be loaded: {reason}.",
                "Check it with assistant -m MODEL.",
            ) from error
        if dequantize:
            model = dequantize_model(model)
            config.pop("quantization", None)
            config.pop("quantization_config", None)
        layers = all_layers(model)
        placements = Placer(layers, folder, folder.name, location.name).place()
        _refuse_half_of_tied(folder, placements, has_head="lm_head" in layers)
        built = build(folder, placements).weights
        lost = _add(placements, built, strength)
        save_model(written, model, donate_model=False)
        save_config(config, config_path=written / "config.json")
        tokenizer.save_pretrained(written)
        generation = source / "generation_config.json"
        if generation.is_file():
            shutil.copy(generation, written)
    return Fused(destination, len(placements), lost, _warnings(config, lost))


def _refuse_half_of_tied(
    folder: AdapterFolder, placements: list[Placement], *, has_head: bool
) -> None:
    """Embedding and tied head are one matrix, so a change of one of them cannot be written."""
    for placement in placements:
        half = placement.end == "output" or (placement.end == "input" and not has_head)
        if half:
            raise AdapterUnusable(
                f"{folder.path} changes {placement.pieces[0].module!r}, one end of an embedding "
                "that the model uses as its head too, and fusing would change both.",
                "Use the adapter as it is.",
            )


def _add(
    placements: list[Placement],
    built: Mapping[tuple[str, str], LoraWeights],
    strength: float,
) -> float:
    """Add every update to its layer; the share of the change that is lost."""
    wanted, missed = 0.0, 0.0
    for placement in placements:
        layer, weights = placement.layer, built[placement.module, placement.end]
        before = dense_weight(layer).astype(mx.float32)
        change = strength * _change(layer, before, weights)
        _set_weight(layer, before + change)
        came = dense_weight(layer).astype(mx.float32) - before
        sizes = mx.square(change).sum(), mx.square(came - change).sum()
        mx.eval(layer.parameters())
        wanted += cast("float", sizes[0].item())
        missed += cast("float", sizes[1].item())
    return min(1.0, math.sqrt(missed / wanted)) if wanted else 0.0


def _change(layer: Any, before: mx.array, weights: LoraWeights) -> mx.array:
    """W' − W, in the layout of the layer's weight."""
    product = weights.a.astype(mx.float32) @ weights.b.astype(mx.float32)
    if isinstance(layer, EMBEDDING):
        # By token the gain is (vocabulary, 1), by number (size,): both fit as they are.
        gain = 0 if weights.gain is None else weights.gain * before
        return weights.scale * product + gain
    gain = 0 if weights.gain is None else weights.gain[:, None] * before
    return weights.scale * product.swapaxes(-1, -2) + gain


def _set_weight(layer: Any, weight: mx.array) -> None:
    if not isinstance(layer, QUANTISED):
        layer.weight = weight.astype(layer.weight.dtype)
        return
    how = {"group_size": layer.group_size, "bits": layer.bits, "mode": layer.mode}
    # The arithmetic's type follows the scales, which stay in theirs.
    packed, scales, *biases = mx.quantize(weight, **how)
    layer.weight = packed
    layer.scales = scales.astype(layer.scales.dtype)
    if biases:
        layer.biases = biases[0].astype(layer.biases.dtype)


def _warnings(config: dict[str, Any], lost: float) -> tuple[str, ...]:
    if lost <= _MUCH:
        return ()
    quantised = config.get("quantization")
    way = " --dequantize keeps it." if quantised else ""
    bits = f"the base's {quantised['bits']} bits" if quantised else "the base's own precision"
    return (f"Rounding to {bits} lost {lost:.0%} of what the adapter changes.{way}",)
