"""Runs the command line in this process, on a fake engine where a test asks for one."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import assistant.engine
from assistant.cli.program import run
from assistant.engine.protocol import Engine
from assistant.errors import ModelNotFound
from tests.commands.conftest import only_prompts_ship
from tests.fakes import FakeEngine

__all__ = ["only_prompts_ship"]


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def unwrapped(self) -> str:
        """What was said, wherever the lines were broken: paths in it are of any length."""
        return " ".join(self.out.split())

    @property
    def json(self) -> Any:
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


Call = Callable[..., Done]


@pytest.fixture
def call(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Call:
    """Calls the command line with words, in an empty folder; `stdin` is what is piped in."""
    monkeypatch.chdir(tmp_path)

    def call(*words: str, stdin: str = "") -> Done:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        code = run(words)
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return call


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> list[FakeEngine]:
    """Every model opens a fake engine, except one named "nowhere"; these are they."""
    opened: list[FakeEngine] = []

    def open_engine(model: str, **_: object) -> Engine:
        if model == "nowhere":
            raise ModelNotFound("There is no model 'nowhere'.", "There are: tiny.")
        opened.append(FakeEngine())
        return opened[-1]

    monkeypatch.setattr(assistant.engine, "open_engine", open_engine)
    return opened
