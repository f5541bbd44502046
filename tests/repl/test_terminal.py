"""The plain chat on a real pseudo-terminal."""

from __future__ import annotations

import sys
from pathlib import Path

import pexpect
import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.filterwarnings("ignore:.*forkpty.*:DeprecationWarning")


def start(monkeypatch: pytest.MonkeyPatch, term: str) -> pexpect.spawn[str]:
    monkeypatch.setenv("TERM", term)
    child = pexpect.spawn(
        sys.executable,
        ["-m", "tests.repl.fake_chat"],
        cwd=str(ROOT),
        encoding="utf-8",
        timeout=20,
        dimensions=(30, 100),
    )
    child.delaybeforesend = 0.05
    return child


def test_stopping_an_answer_loses_nothing_that_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    child = start(monkeypatch, "xterm-256color")
    child.expect("you:")
    child.send("hello\r")
    child.expect("word word word")
    child.send("/set seed 5\r")  # typed ahead: it must neither show nor be lost
    child.send("\x03")
    child.expect(r"\(stopped\)")
    assert "/set" not in child.before
    child.expect("seed is now 5")
    child.expect("you:")
    child.send("a draft")
    child.expect("a draft")
    child.send("\x03\x03")
    child.expect("Ctrl-D or /quit leaves")
    child.expect("you:")
    child.send("\x1b[A")  # the draft that Ctrl-C cleared is not lost
    child.expect("a draft")
    child.send("\x03\x04")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_a_dumb_terminal_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    child = start(monkeypatch, "dumb")
    child.expect("you:")
    child.send("/rank 1 2; 3 6\n")
    child.expect("Rank 1 of at most 2")
    child.expect("you:")
    child.send("/quit\n")
    child.expect(pexpect.EOF)
    assert "\x1b" not in child.before
    child.close()
    assert child.exitstatus == 0
