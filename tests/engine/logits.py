"""Whole outputs of a model: ours by rows, and mlx-lm's one adapter at a time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from assistant.engine import Engine

TOKENS = [5, 60, 17, 9, 200, 31, 8, 77, 142, 23, 90, 4]


def row_logits(engine: Engine, *rows: Mapping[str, float], tokens: list[int] = TOKENS) -> Any:
    """(rows, tokens, vocabulary): every row of one pass, each under its own adapters."""
    import mlx.core as mx
    from mlx_lm.models.cache import make_prompt_cache

    from assistant.engine.rows import RowTag, TaggedModel

    local: Any = engine

    def run() -> Any:
        model = local._loaded.model
        tag = RowTag([tuple(row.items()) for row in rows])
        tagged = TaggedModel(model, local._residents._current)
        out = tagged(mx.array([tokens] * len(rows)), [*make_prompt_cache(model), tag])
        return np.array(out.astype(mx.float32))

    return local._owner.call(run)


def mlx_lm_logits(model: Path, adapter: Path | None = None, tokens: list[int] = TOKENS) -> Any:
    """(tokens, vocabulary), by mlx-lm's own loader and layers."""
    import mlx.core as mx
    from mlx_lm import load

    loaded, _ = load(str(model), adapter_path=str(adapter) if adapter else None)
    return np.array(loaded(mx.array([tokens]))[0].astype(mx.float32))


def assert_close(ours: Any, theirs: Any, tolerance: float = 2e-5) -> None:
    """Equal up to rounding, as a share of the largest number."""
    assert np.abs(ours - theirs).max() <= tolerance * np.abs(theirs).max()
