"""Reads an adapter folder of any known format, recognised by its files.

A config field cannot be trusted for that: tools write `peft_type` into folders of mlx-lm's format.
It refuses to know any model.
"""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.errors import AdapterUnusable
from assistant.file_trouble import why
from assistant.json_text import parse_json
from assistant.lora import mlx_format, peft_format
from assistant.lora.adapter import AdapterFolder, stamp_of

CONFIG_NAME = "adapter_config.json"
WEIGHTS_NAMES = (mlx_format.WEIGHTS_NAME, peft_format.WEIGHTS_NAME)

# The longest config of a trainer is some kilobytes; PEFT's, with a line for each layer, a few
# hundred.
_MOST_CONFIG_BYTES = 4 * 1024 * 1024

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
    try:
        return _read(path)
    except OSError as error:
        raise AdapterUnusable(
            f"{path} cannot be read: {why(error)}.",
            "Check its files and their rights.",
        ) from None


def _read(path: Path) -> AdapterFolder:
    if not (path / CONFIG_NAME).is_file():
        raise _no_adapter(path)
    for known in (mlx_format, peft_format):
        weights = path / known.WEIGHTS_NAME
        if weights.is_file():
            stamp = stamp_of(weights)
            folder: AdapterFolder = known.read(path, _read_config(path))
            return replace(folder, stamp=stamp)
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
    return _incomplete(path, CONFIG_NAME, CONFIG_NAME)


def _no_weights(path: Path) -> AdapterUnusable:
    """Why the weights of a folder cannot be read."""
    files = sorted(p.name for p in path.iterdir() if p.suffix in _UNREADABLE)
    if files:
        return AdapterUnusable(
            f"{path} keeps its weights in {files[0]}, {_UNREADABLE[Path(files[0]).suffix]}.",
            f"Save it as {peft_format.WEIGHTS_NAME} where it was trained.",
        )
    return _incomplete(path, *WEIGHTS_NAMES)


def _incomplete(path: Path, *names: str) -> AdapterUnusable:
    """What stands in the place of a file that may have any of these names, or that none does."""
    for name in names:
        file = path / name
        if file.is_symlink() and not file.exists():
            return AdapterUnusable(
                f"{file} is a link that leads {_where(file)}.", "Copy the file itself."
            )
        if file.exists():
            what = "a folder" if file.is_dir() else "no ordinary file"
            return AdapterUnusable(f"{file} is {what}.", "Copy or train it again.")
    return AdapterUnusable(
        f"{path} is not a whole adapter: {names[0]} is missing.", "Copy or train it again."
    )


def _where(link: Path) -> str:
    try:
        link.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            return "in a circle"
    return "nowhere"


def _read_config(path: Path) -> dict[str, Any]:
    file = path / CONFIG_NAME
    with file.open("rb") as opened:
        text = opened.read(_MOST_CONFIG_BYTES + 1)
    if len(text) > _MOST_CONFIG_BYTES:
        raise AdapterUnusable(
            f"{file} is {file.stat().st_size:,} bytes long, which no adapter's config is.",
            "Copy or train it again.",
        )
    try:
        config = parse_json(text)
    except ValueError as reason:
        raise AdapterUnusable(
            f"{file} is not valid JSON: {reason}.", "Copy or train it again."
        ) from None
    if not isinstance(config, dict):
        raise AdapterUnusable(f"{file} must hold a JSON object.", "Copy or train it again.")
    return config
