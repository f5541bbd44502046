"""The type the weights run in: float32 where a fast BLAS makes that worth it, else as stored."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.engine.blas import open_fast_blas
from tests.small_models import make_model

DESCRIBE = """
import json
from assistant.engine import EngineOptions, open_engine
from assistant.engine.memory import free_main_memory
import assistant.engine.memory as memory
memory.free_main_memory = lambda: {free}
engine = open_engine({model!r}, options=EngineOptions(memory_check=False))
print(json.dumps([engine.info.dtype, engine.info.blas]))
engine.close()
"""


@pytest.fixture
def half_precision(tmp_path: Path) -> Path:
    import mlx.core as mx

    folder = make_model(tmp_path / "half")
    weights = mx.load(str(folder / "model.safetensors"))
    half = {name: array.astype(mx.bfloat16) for name, array in weights.items()}
    mx.save_safetensors(str(folder / "model.safetensors"), half)
    return folder


def described(model: Path, blas: str, free: str = "free_main_memory()") -> tuple[str, str | None]:
    done = subprocess.run(
        [sys.executable, "-c", DESCRIBE.format(model=str(model), free=free)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, "ASSISTANT_BLAS": blas},
    )
    dtype, found = json.loads(done.stdout.splitlines()[-1])
    return dtype, found


def test_without_a_fast_blas_the_weights_run_as_they_are_stored(half_precision: Path) -> None:
    assert described(half_precision, "off") == ("bfloat16", None)


@pytest.mark.skipif(open_fast_blas() is None, reason="this machine has no OpenBLAS")
def test_with_one_they_run_as_float32_and_it_is_said(half_precision: Path) -> None:
    dtype, found = described(half_precision, "")
    assert dtype == "bfloat16, run as float32"
    assert found == open_fast_blas()


def test_a_blas_that_is_not_there_is_done_without(half_precision: Path) -> None:
    assert described(half_precision, "/nowhere/libblas.so")[1] is None


@pytest.mark.skipif(open_fast_blas() is None, reason="this machine has no OpenBLAS")
def test_weights_stay_as_they_are_where_twice_the_memory_is_not_free(half_precision: Path) -> None:
    weights = (half_precision / "model.safetensors").stat().st_size
    assert described(half_precision, "", free=str(weights))[0] == "bfloat16"
