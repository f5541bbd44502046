"""Reads an adapter folder of any known format, recognised by its files.

A config field cannot be trusted for that: tools write `peft_type` into folders of mlx-lm's format.
It refuses to know any model.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assistant.errors import AdapterUnusable
from assistant.lora import mlx_format, peft_format
from assistant.lora.adapter import AdapterFolder

CONFIG_NAME = "adapter_config.json"
WEIGHTS_NAMES = (mlx_format.WEIGHTS_NAME, peft_format.WEIGHTS_NAME)

_PICKLE = "which is a pickle: loading it could run any code"
# What weights come in that are not read, by the files' endings.
_UNREADABLE = dict.fromkeys((".bin", ".pt", ".pth", ".pkl", ".ckpt"), _PICKLE)
_UNREADABLE |= {
    ".npz": "the format of an mlx-lm before adapters were safetensors",
    ".gguf": "llama.cpp's format, which does not say what it was trained on",
}


def read_folder(path: Path) -> AdapterFolder:
    """Read an adapter's config and its tensors' shapes; no tensor is loaded.

    Raises:
        AdapterUnusable: with the reason, and nothing of it is used.
    """
    if not (path / CONFIG_NAME).is_file():
        raise _no_adapter(path)
    if (path / mlx_format.WEIGHTS_NAME).is_file():
        return mlx_format.read(path, _read_config(path))
    if (path / peft_format.WEIGHTS_NAME).is_file():
        return peft_format.read(path, _read_config(path))
    raise _no_weights(path)


def _no_adapter(path: Path) -> AdapterUnusable:
    """Why a folder without an adapter's config is none, and what may be meant instead."""
    if (path / "config.json").is_file():
        return AdapterUnusable(
            f"{path} is a whole model, not an adapter.", "Open it as one: assistant -m FOLDER."
        )
    inside = sorted(p.parent.name for p in path.glob(f"*/{CONFIG_NAME}"))
    if inside:
        return AdapterUnusable(
            f"{path} is no adapter itself; there are adapters in it: {', '.join(inside[:5])}.",
            f"Give the inner folder, such as {path / inside[0]}.",
        )
    return _incomplete(path, CONFIG_NAME)


def _no_weights(path: Path) -> AdapterUnusable:
    """Why the weights of a folder cannot be read."""
    files = sorted(p.name for p in path.iterdir() if p.suffix in _UNREADABLE)
    if files:
        return AdapterUnusable(
            f"{path} keeps its weights in {files[0]}, {_UNREADABLE[Path(files[0]).suffix]}.",
            f"Save it as {peft_format.WEIGHTS_NAME} where it was trained.",
        )
    return _incomplete(path, mlx_format.WEIGHTS_NAME)


def _incomplete(path: Path, missing: str) -> AdapterUnusable:
    return AdapterUnusable(
        f"{path} is not a whole adapter: {missing} is missing.", "Copy or train it again."
    )


def _read_config(path: Path) -> dict[str, Any]:
    try:
        config = json.loads((path / CONFIG_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = str(error).partition("\n")[0]
        raise AdapterUnusable(
            f"{path / CONFIG_NAME} is not valid JSON: {reason}.", "Copy or train it again."
        ) from None
    if not isinstance(config, dict):
        raise AdapterUnusable(
            f"{path / CONFIG_NAME} must hold a JSON object.", "Copy or train it again."
        )
    return config
