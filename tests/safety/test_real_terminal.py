"""The bytes that a real terminal is sent, by the real program on a pseudo-terminal."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pexpect
import pytest

from tests.chat.keeping import rows

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 100
"""Long enough for a machine that is busy with something else; nothing waits without need."""

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*forkpty.*:DeprecationWarning"),
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal"),
]


def start(home: Path, **environ: str) -> pexpect.spawn[str]:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "tests.tui.fake_screen"],
        cwd=str(ROOT),
        encoding="utf-8",
        codec_errors="replace",
        timeout=PATIENCE_S,
        dimensions=(30, 100),
        env={**os.environ, "TERM": "xterm-256color", "ASSISTANT_HOME": str(home), **environ},
    )
    child.delaybeforesend = 0.1
    child.expect(r"\d [MG]B")  # the model is open
    return child


def answer_of(home: Path) -> str:
    found = rows(home / "conversations.db", "SELECT text FROM message WHERE role = 'assistant'")
    return str(found[-1][0]) if found else ""


def read_on(child: pexpect.spawn[str], seconds: float, until: str | None = None) -> str:
    """What is drawn meanwhile, or until a text is."""
    drawn, end = "", time.monotonic() + seconds
    while time.monotonic() < end and (until is None or until not in drawn):
        try:
            drawn += child.read_nonblocking(65_536, timeout=0.2)
        except pexpect.TIMEOUT:
            continue
        except pexpect.EOF:
            break
    return drawn


def test_native_warnings_never_reach_the_terminal(tmp_path: Path) -> None:
    child = start(tmp_path, FAKE_WARNS="1")
    child.send("hello\r")
    child.expect("w30")
    drawn = str(child.before) + read_on(child, 1.0)
    assert "NATIVE WARNING" not in drawn
    child.send("\x1b")
    child.expect("stopped")
    child.send("\x04")
    rest = read_on(child, 5.0)
    child.expect(pexpect.EOF)
    assert "NATIVE WARNING" not in rest
    child.close()
    assert child.exitstatus == 0


def test_what_is_typed_and_pasted_never_steers_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "history").write_text("\n# then\n+older \x1b]0;PWNED\x07 [red]\n")
    child = start(tmp_path)
    # Without ESC: no terminal passes one on from what is pasted.
    child.send("\x1b[200~[/x] \u202e\x9b31m\u2067 [@click=app.quit]\x1b[201~")
    child.send("\r")
    child.expect("w3")
    drawn = str(child.before) + read_on(child, 0.5)
    child.send("\x1b")
    child.expect("stopped")
    drawn += str(child.before)
    child.send("\x1b[A")
    child.send("\x1b[A")
    child.expect("older")
    drawn += str(child.before) + read_on(child, 0.5)
    for steered in ("\x1b]0;", "\x1b]8;", "\x1b]52;", "\u202e", "\x9b", "\x07"):
        assert steered not in drawn, repr(steered)
    child.close(force=True)


def test_a_killed_screen_loses_at_most_a_second_and_comes_back(tmp_path: Path) -> None:
    child = start(tmp_path)
    child.send("How do I sort?\r")
    child.expect("w60 ")
    # What was on the screen two seconds before the end is owed: one of them for the screen itself.
    read_on(child, 2.0)
    child.kill(9)
    child.close(force=True)
    kept = answer_of(tmp_path).split()
    assert rows(tmp_path / "conversations.db", "PRAGMA integrity_check") == [("ok",)]
    assert len(kept) >= 60
    assert kept == [f"w{number}" for number in range(len(kept))]

    again = start(tmp_path)
    again.send("/open 1\r")
    again.expect("How do I sort")
    again.expect("w1 ")
    again.send("and now?\r")
    asked = "SELECT text FROM message WHERE role = 'user'"
    wanted = [("How do I sort?",), ("and now?",)]
    end = time.monotonic() + PATIENCE_S
    while rows(tmp_path / "conversations.db", asked) != wanted and time.monotonic() < end:
        read_on(again, 0.5)
    again.close(force=True)
    assert rows(tmp_path / "conversations.db", asked) == wanted


def test_a_draft_outlives_a_kill(tmp_path: Path) -> None:
    child = start(tmp_path)
    child.send("half a thought")
    child.expect("thought")
    read_on(child, 1.5)
    child.kill(9)
    child.close(force=True)
    again = start(tmp_path)
    again.expect("half a thought")
    again.close(force=True)


def test_a_full_disk_is_said_and_the_chat_goes_on(tmp_path: Path) -> None:
    # No file may grow beyond this: what a full disk says, without one.
    child = start(tmp_path, FAKE_LARGEST_FILE="150000")
    child.send("/help\r")
    child.expect("COMMAND says more")
    child.send("x" * 100 + "\r")
    child.expect("w300 ")
    child.send("\x1b")
    child.expect("stopped")
    drawn = ""
    for _ in range(8):
        child.send("again\r")
        drawn += read_on(child, 4.0, until="not saved")
        child.send("\x1b")
        drawn += read_on(child, 1.5)
        if "not saved" in drawn:
            break
    assert "not saved" in drawn
    child.send("and on it goes\r")
    child.expect("You said: and on it goes")
    child.send("\x04")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
