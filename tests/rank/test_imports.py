"""Importing the package is cheap; its public names are what __all__ says."""

from __future__ import annotations

import subprocess
import sys

import assistant.rank


def test_importing_loads_no_library_for_arrays() -> None:
    program = (
        "import sys, assistant.rank;"
        "print([m for m in ('mlx', 'numpy', 'flint', 'safetensors') if m in sys.modules])"
    )
    seen = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert seen.stdout.strip() == "[]"


def test_every_public_name_exists() -> None:
    assert all(hasattr(assistant.rank, name) for name in assistant.rank.__all__)
    assert list(assistant.rank.__all__) == sorted(assistant.rank.__all__)
