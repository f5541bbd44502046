"""The program imports no torch, where torch is installed; a process of somebody else keeps it."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")

_PROGRAM = """
import sys
from assistant.cli import main
sys.argv = ["assistant", *sys.argv[1:]]
try:
    main()
finally:
    print("transformers" in sys.modules, "torch" in sys.modules)
"""
_LIBRARY = """
from assistant.engine.torchless import import_transformers
import_transformers()
from transformers.utils import is_torch_available
print(is_torch_available())
"""


def run(code: str, home: Path, *words: str, **environment: str) -> list[str]:
    """The last words that a process of its own prints."""
    kept = {name: value for name, value in os.environ.items() if name != "USE_TORCH"}
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        env={**kept, "ASSISTANT_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "PyTorch" not in done.stderr  # transformers does not complain either
    return done.stdout.splitlines()[-1].split()


def test_a_question_is_answered_without_torch(tmp_path: Path) -> None:
    assert run(_PROGRAM, tmp_path, "ask", "hi", "-n", "2") == ["True", "False"]


def test_a_process_that_is_not_the_programs_own_keeps_torch(tmp_path: Path) -> None:
    assert run(_LIBRARY, tmp_path) == ["True"]
    assert run(_LIBRARY, tmp_path, USE_TORCH="1") == ["True"]
    assert run(_LIBRARY, tmp_path, USE_TORCH="0") == ["False"]
