"""Adapters come and go for hours, and memory is what it was, to the byte."""

from __future__ import annotations

import gc
import resource
from pathlib import Path
from typing import Any

import pytest

from assistant.engine import Engine, open_engine
from tests.engine.conftest import answers, ask
from tests.engine.logits import row_logits
from tests.engine.test_adapters import linear_layers
from tests.small_models import MOE, make_model, train_with_mlx_lm

LINEAR, EMBEDDING = ("self_attn.q_proj", "mlp.down_proj"), ("model.embed_tokens",)
KINDS: dict[str, tuple[dict[str, object], tuple[tuple[tuple[str, ...], bool], ...]]] = {
    "LoRA, DoRA, embedding": ({}, ((LINEAR, False), (LINEAR, True), (EMBEDDING, False))),
    "experts": (MOE, ((("mlp.switch_mlp.up_proj", *LINEAR[:1]), False),)),
}


def active_memory(engine: Engine) -> int:
    import mlx.core as mx

    local: Any = engine

    def measure() -> int:
        gc.collect()
        mx.clear_cache()
        return int(mx.get_active_memory())

    return int(local._owner.call(measure))


def cycle(engine: Engine, adapters: list[Path]) -> None:
    """Load all, use them alone, beside each other and blended, and unload all."""
    for path in adapters:
        engine.load_adapter(str(path))
    rows: list[dict[str, float]] = [{}, *({path.name: 1.0} for path in adapters)]
    row_logits(engine, *rows)
    row_logits(engine, {}, {path.name: 0.5 for path in adapters})
    for path in adapters:
        engine.unload_adapter(path.name)


def lab(root: Path, kind: str) -> tuple[Engine, list[Path]]:
    changes, kinds = KINDS[kind]
    model = make_model(root / "model", **changes)
    adapters = [
        train_with_mlx_lm(model, root / f"adapter{number}", keys, dora=dora)
        for number, (keys, dora) in enumerate(kinds)
    ]
    return open_engine(str(model)), adapters


@pytest.mark.parametrize("kind", KINDS)
def test_two_dozen_cycles_leave_not_a_byte(tmp_path: Path, kind: str) -> None:
    engine, adapters = lab(tmp_path, kind)
    try:
        layers = linear_layers(engine)
        before = active_memory(engine)
        for _ in range(24):
            cycle(engine, adapters)
        assert active_memory(engine) == before
        assert linear_layers(engine) == layers
    finally:
        engine.close()


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", KINDS)
def test_a_thousand_cycles_with_answers_leave_not_a_byte(tmp_path: Path, kind: str) -> None:
    engine, adapters = lab(tmp_path, kind)

    def once() -> None:
        for path in adapters:
            engine.load_adapter(str(path))
        requests = [ask({path.name: 1.0}, max_tokens=2) for path in adapters]
        answers(engine, ask(max_tokens=2), *requests)
        for path in adapters:
            engine.unload_adapter(path.name)

    try:
        # Every answer's prompt cache is kept by then, and made anew ever after.
        for _ in range(50):
            once()
        before = active_memory(engine)
        resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(1000):
            once()
        assert active_memory(engine) == before
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1.01 * resident
    finally:
        engine.close()
