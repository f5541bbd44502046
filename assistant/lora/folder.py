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


def read_folder(path: Path) -> AdapterFolder:
    """Read an adapter's config and its tensors' shapes; no tensor is loaded.

    Raises:
        AdapterUnusable: with the reason, and nothing of it is used.
    """
    if not (path / CONFIG_NAME).is_file():
        raise _incomplete(path, CONFIG_NAME)
    if (path / mlx_format.WEIGHTS_NAME).is_file():
        return mlx_format.read(path, _read_config(path))
    if (path / peft_format.WEIGHTS_NAME).is_file():
        return peft_format.read(path, _read_config(path))
    if (path / peft_format.PICKLED_NAME).is_file():
        raise AdapterUnusable(
            f"{path} keeps its weights in {peft_format.PICKLED_NAME}, which is a pickle: loading "
            "it could run any code.",
            f"Save it as {peft_format.WEIGHTS_NAME} where it was trained.",
        )
    raise _incomplete(path, mlx_format.WEIGHTS_NAME)


def _incomplete(path: Path, missing: str) -> AdapterUnusable:
    return AdapterUnusable(
        f"{path} is not a whole adapter: {missing} is missing.", "Copy or train it again."
    )


def _read_config(path: Path) -> dict[str, Any]:
    try:
        config = json.loads((path / CONFIG_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = str(error).partition("\n")[0]
        raise AdapterUnusable(f"{path / CONFIG_NAME} is not valid JSON: {reason}.") from None
    if not isinstance(config, dict):
        raise AdapterUnusable(f"{path / CONFIG_NAME} must hold a JSON object.")
    return config
