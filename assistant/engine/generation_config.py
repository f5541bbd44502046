"""What a model's `generation_config.json` asks of sampling.

Read here, with the meaning they have in transformers: `repetition_penalty`, and of a model that
asks to be sampled (`do_sample`) its `temperature`, `top_p`, `top_k` and `min_p`. `repetition_guard`
is this program's own key. Stop tokens are read by mlx-lm.
It refuses to know how they are applied.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.engine.types import AskedSampling
from assistant.json_text import read_object


@dataclass(frozen=True)
class GenerationConfig:
    """The model's own wishes; a request may overrule the penalty."""

    repetition_penalty: float = 1.0
    """Divides the scores of tokens that were there before; 1 changes nothing."""
    repetition_guard: int = 0
    """An answer ends when a passage stands this many times in a row; 0 lets it go on."""
    sampling: AskedSampling = field(default_factory=AskedSampling)


def read_generation_config(folder: Path | None) -> GenerationConfig:
    """The file's wishes. No file, or one that cannot be used, has none: it never stops a model."""
    if folder is None:
        return GenerationConfig()
    table = read_object(folder / "generation_config.json")
    if table is None:
        return GenerationConfig()
    guard = table.get("repetition_guard")
    return GenerationConfig(
        repetition_penalty=_penalty(table.get("repetition_penalty")),
        repetition_guard=guard if isinstance(guard, int) and guard > 1 else 0,
        sampling=_sampling(table),
    )


def _sampling(table: dict[str, Any]) -> AskedSampling:
    if table.get("do_sample") is not True:
        return AskedSampling()
    top_k = table.get("top_k")
    return AskedSampling(
        temperature=_number(table.get("temperature"), 2.0, 1.0),
        top_p=_number(table.get("top_p"), 1.0, 1.0),
        top_k=top_k if isinstance(top_k, int) and top_k > 0 and top_k is not True else 0,
        min_p=_number(table.get("min_p"), 1.0, 0.0),
    )


def _penalty(value: Any) -> float:
    return _number(value, 10.0, 1.0)


def _number(value: Any, most: float, otherwise: float) -> float:
    """A number above 0, up to the most; NaN is neither."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 < value <= most else otherwise
