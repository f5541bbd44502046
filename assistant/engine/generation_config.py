"""What a model's `generation_config.json` asks of sampling.

Read here: `repetition_penalty`, with the meaning it has in transformers, and `repetition_guard`,
this program's own key. Stop tokens are read by mlx-lm.
It refuses to know how they are applied.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class GenerationConfig:
    """The model's own wishes; a request may overrule the penalty."""

    repetition_penalty: float = 1.0
    """Divides the scores of tokens that were there before; 1 changes nothing."""
    repetition_guard: int = 0
    """An answer ends when a passage stands this many times in a row; 0 lets it go on."""


def read_generation_config(folder: Path | None) -> GenerationConfig:
    """The file's wishes. No file, or one that cannot be used, has none: it never stops a model."""
    if folder is None:
        return GenerationConfig()
    try:
        table = json.loads((folder / "generation_config.json").read_text("utf-8"))
    except (OSError, ValueError):
        return GenerationConfig()
    if not isinstance(table, dict):
        return GenerationConfig()
    guard = table.get("repetition_guard")
    return GenerationConfig(
        repetition_penalty=_penalty(table.get("repetition_penalty")),
        repetition_guard=guard if isinstance(guard, int) and guard > 1 else 0,
    )


def _penalty(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 < value <= 10 else 1.0
