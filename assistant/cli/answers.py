"""Answers as JSON: the objects that `ask` and `compare` print.

It refuses to know how an answer came about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from assistant.engine.types import Finish


def adapters_list(adapters: Mapping[str, float]) -> list[dict[str, Any]]:
    """Adapters as JSON has them, in the order they were named; empty for the base model."""
    return [{"name": name, "scale": scale} for name, scale in adapters.items()]


def answer_dict(model: str, adapters: Mapping[str, float], finish: Finish) -> dict[str, Any]:
    """An answer that has ended. Times are in seconds."""
    return {
        "model": model,
        "adapters": adapters_list(adapters),
        "text": finish.text,
        **({"thought": finish.thought} if finish.thought else {}),
        "finish_reason": finish.reason,
        "seed": finish.seed,
        "usage": asdict(finish.usage),
        "timing": {name: round(value, 6) for name, value in asdict(finish.timing).items()},
    }
