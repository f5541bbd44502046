"""The whole recipe, from the installed packages and this repository alone, on very little data."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assistant.engine import Request, Sampling, open_engine

ROOT = Path(__file__).parents[2]
HELD_OUT = ROOT / "assistant" / "training" / "data" / "heldout.jsonl"


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_model_and_adapter_are_built_from_nothing_and_answer(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("jax")
    model, adapter = tmp_path / "model", tmp_path / "mine"
    folders = ["--build", tmp_path / "build", "--model", model, "--adapter", adapter]
    # What has learnt nothing ends no answer: all of the questions would take most of the time.
    questions = tmp_path / "questions.jsonl"
    questions.write_text("".join(HELD_OUT.read_text("utf-8").splitlines(keepends=True)[::20]))
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "assistant.training",
            "all",
            "--share",
            "0.0001",
            *folders,
            "--questions",
            questions,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert "| | base | adapted |" in ran.stdout
    assert "MLX questions whose answer names the right call" in ran.stdout

    engine = open_engine(str(model))
    engine.load_adapter(str(adapter))
    wish = Request([{"role": "user", "content": "hi"}], {"mine": 1.0}, Sampling(max_tokens=4))
    finished = [event.finish for event in engine.generate([wish]) if event.finish]
    engine.close()
    assert len(finished) == 1
    assert len(finished[0].tokens) > 0
