"""A process of our own finds our modules, and none of the folder somebody happens to be in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import assistant
from assistant.child import child_environment


def test_a_child_finds_our_modules_and_not_the_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    environment = child_environment(WHO="me")
    assert environment["WHO"] == "me"
    assert str(tmp_path) not in environment["PYTHONPATH"].split(os.pathsep)
    program = "import assistant; print(assistant.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    assert done.stdout.strip() == assistant.__file__, done.stderr
