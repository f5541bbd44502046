"""What every test shares: no test touches the person's own folders, or the network."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from hypothesis import settings

from assistant.engine.blas import open_fast_blas
from assistant.paths import Places
from assistant.settings import NAMES, variable

# huggingface_hub reads it when it is imported.
os.environ["HF_HUB_OFFLINE"] = "1"

# Tests run side by side, one process on a core: threads of BLAS in each would only wait for others.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Before any test imports mlx: the tests run on the same arithmetic as the program.
open_fast_blas()

# No example has a deadline: how long one takes says how busy the machine is.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_collection_finish() -> None:
    """What was imported stays: looking through it for garbage again and again takes a tenth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("ASSISTANT_HOME", str(home))
    monkeypatch.setenv("HF_HUB_CACHE", str(home / "hub"))
    for name in {"NO_COLOR", "ACCESSIBLE", *map(variable, NAMES)}:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(config=tmp_path / "config", data=tmp_path / "data")
