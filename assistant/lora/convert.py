"""Writes an adapter in the other of the two folder formats, with the same update of every layer.

    mlx-lm                                       PEFT
    A (in, rank), B (rank, out)                  transposed
    one rank and one scale                       alpha / rank for each layer, by patterns
    DoRA's m                                     lora_magnitude_vector

Where mlx-lm has one rank and one scale, smaller ranks are filled up with zeros and other scales are
multiplied into B. What cannot be said in the other format is refused, not approximated.
It refuses to know any model.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from assistant.errors import AdapterUnusable, UsageError
from assistant.file_trouble import why
from assistant.json_text import json_text
from assistant.lora import mlx_format, peft_format
from assistant.lora.adapter import AdapterFolder, LoraPair
from assistant.lora.folder import CONFIG_NAME, read_folder

Format = Literal["mlx", "peft"]

_EMBEDDINGS = ("embed_tokens", "wte", "tok_embeddings", "word_embeddings", "embeddings")
_IN_LAYERS = re.compile(r".*?\blayers\.\d+\.(.+)")
_ONE_EXPERT = re.compile(r"\.experts\.\d+\.")


def convert(folder: AdapterFolder, destination: Path, to: Format) -> AdapterFolder:
    """Write `folder` to `destination`, a new folder, and read it back.

    Raises:
        AdapterUnusable: the other format has no words for it.
        UsageError: it is in that format already, or the destination is taken.
    """
    if folder.format.startswith(to):
        raise UsageError(
            f"{folder.path} is in {folder.format}'s format already.", "Copy the folder instead."
        )
    _refuse_unspeakable(folder, to)
    with new_folder(destination) as written:
        if to == "mlx":
            _write_mlx(folder, written)
        else:
            _write_peft(folder, written)
    return read_folder(destination)


@contextmanager
def new_folder(destination: Path) -> Iterator[Path]:
    """A folder to write in, which becomes `destination` when all of it is there.

    Raises:
        UsageError: the destination is taken, or cannot be written.
    """
    if destination.exists():
        raise UsageError(f"{destination} is there already.", "Name a folder that is not.")
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            dir=destination.parent, prefix=f".{destination.name}-", ignore_cleanup_errors=True
        ) as temporary:
            inside = Path(temporary) / destination.name
            inside.mkdir()
            yield inside
            inside.rename(destination)
    except OSError as error:
        raise UsageError(
            f"{destination} cannot be written: {why(error)}.", "Name another place."
        ) from None


def _refuse_unspeakable(folder: AdapterFolder, to: Format) -> None:
    other = {"mlx": "mlx-lm's", "peft": "PEFT's"}[to]
    for module, pair in folder.pairs.items():
        reason = ""
        if pair.experts or _ONE_EXPERT.search(module):
            reason = "keeps experts in another form, which depends on the model"
        elif pair.input_only or module.rpartition(".")[2] in _EMBEDDINGS:
            reason = (
                "changes a head that is tied to it as well"
                if to == "mlx"
                else "leaves a head that is tied to it as it is"
            )
        if reason:
            raise AdapterUnusable(
                f"{folder.path} changes {module!r}, and {other} format {reason}.",
                "Load the folder as it is: both formats can be loaded.",
            )


def _tensors(folder: AdapterFolder) -> Any:
    # mlx is heavy, and of all that reads adapters only this needs their numbers. NumPy would do
    # for float32, and has no bfloat16.
    import mlx.core as mx

    return mx.load(str(folder.weights_file))


def _write_mlx(folder: AdapterFolder, written: Path) -> None:
    import mlx.core as mx

    tensors, rank, scale = _tensors(folder), folder.rank, folder.scale
    out = {}
    for module, pair in folder.pairs.items():
        a, b = tensors[pair.a].T, tensors[pair.b].T
        if pair.scale != scale:
            # In float32, so that the product loses nothing.
            b = b.astype(mx.float32) * (pair.scale / scale)
        missing = rank - pair.rank
        out[f"{module}.lora_a"] = mx.contiguous(mx.pad(a, [(0, 0), (0, missing)]))
        out[f"{module}.lora_b"] = mx.contiguous(mx.pad(b, [(0, missing), (0, 0)]))
        if pair.magnitude:
            out[f"{module}.m"] = tensors[pair.magnitude]
    mx.save_safetensors(str(written / mlx_format.WEIGHTS_NAME), out)
    config = {
        "fine_tune_type": folder.method,
        # All of them; a layer without tensors keeps its zeros.
        "num_layers": -1,
        "lora_parameters": {"rank": rank, "scale": scale, "dropout": 0.0, "keys": _keys(folder)},
    }
    _write_config(written, {**config, **({"model": folder.base} if folder.base else {})})


def _keys(folder: AdapterFolder) -> list[str]:
    """mlx-lm's names of the changed layers: within a block, or within the model."""
    names = (_IN_LAYERS.fullmatch(module) for module in folder.pairs)
    modules = zip(folder.pairs, names, strict=True)
    return list(dict.fromkeys(found[1] if found else module for module, found in modules))


def _write_peft(folder: AdapterFolder, written: Path) -> None:
    import mlx.core as mx

    tensors, rank = _tensors(folder), folder.rank
    alpha = folder.scale * rank
    out, ranks, alphas = {}, {}, {}
    for module, pair in folder.pairs.items():
        name = f"base_model.model.{module}"
        out[f"{name}.lora_A.weight"] = mx.contiguous(tensors[pair.a].T)
        out[f"{name}.lora_B.weight"] = mx.contiguous(tensors[pair.b].T)
        if pair.magnitude:
            out[f"{name}.lora_magnitude_vector"] = tensors[pair.magnitude]
        if pair.rank != rank:
            ranks[re.escape(module)] = pair.rank
            alphas[re.escape(module)] = _whole(pair)
    mx.save_safetensors(str(written / peft_format.WEIGHTS_NAME), out, metadata={"format": "pt"})
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": folder.base or None,
        "r": rank,
        "lora_alpha": int(alpha) if alpha == int(alpha) else alpha,
        "lora_dropout": 0.0,
        # Whole names, so that layers without an update stay without one.
        "target_modules": list(folder.pairs),
        "rank_pattern": ranks,
        "alpha_pattern": alphas,
        "use_dora": folder.method == "dora",
        "use_rslora": False,
        "bias": "none",
        "fan_in_fan_out": False,
        "init_lora_weights": True,
        "inference_mode": True,
    }
    _write_config(written, config)


def _whole(pair: LoraPair) -> float:
    alpha = pair.scale * pair.rank
    return int(alpha) if alpha == int(alpha) else alpha


def _write_config(written: Path, config: dict[str, Any]) -> None:
    text = json_text(config, indent=2)
    (written / CONFIG_NAME).write_text(text + "\n", encoding="utf-8")
