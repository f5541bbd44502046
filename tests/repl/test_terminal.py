"""The plain chat on a real pseudo-terminal."""

from __future__ import annotations

import os
import re
import signal
import sys
import termios
import time
from pathlib import Path

import pexpect
import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.filterwarnings("ignore:.*forkpty.*:DeprecationWarning")


def start(monkeypatch: pytest.MonkeyPatch, term: str, *words: str) -> pexpect.spawn[str]:
    monkeypatch.setenv("TERM", term)
    return spawned("-m", "tests.repl.fake_chat", *words)


def spawned(*words: str) -> pexpect.spawn[str]:
    child = pexpect.spawn(
        sys.executable,
        list(words),
        cwd=str(ROOT),
        # Without it the child would get what readline wrote into the environment unseen by Python:
        # a width that is not the one below, until some test sets and unsets one.
        env=dict(os.environ),
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


@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
def test_lines_that_are_typed_while_a_command_runs_are_lines(
    monkeypatch: pytest.MonkeyPatch, term: str
) -> None:
    child = start(monkeypatch, term)
    child.expect("you:")
    child.send("/adapter load mlx-docs\r")
    child.expect(r"\(reading\)")
    child.send("/set seed 5\r/set seed 6\r")
    child.expect("Answering from now on: mlx-docs")
    assert "/set" not in child.before
    child.expect("seed is now 5")
    child.expect("seed is now 6")
    child.send("\x04")
    child.expect(pexpect.EOF)
    child.close()


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


@pytest.mark.parametrize("term", ["dumb", "xterm-256color"])
def test_no_word_is_broken_where_the_terminal_ends(
    monkeypatch: pytest.MonkeyPatch, term: str
) -> None:
    monkeypatch.setenv("COLUMNS", "37")
    child = start(monkeypatch, term, "40")
    child.expect("you:")
    said = child.before
    child.send("hello\r")
    child.expect(r"%\s+full")
    said += child.before
    bare = re.sub("\x1b[^a-zA-Z]*[a-zA-Z]", "", said)
    lines = [line for line in bare.splitlines() if "word" in line]
    assert len(lines) > 4
    assert max(map(len, lines)) <= 37
    assert "wor\n" not in said.replace("\r", "")
    child.send("/quit\r")
    child.expect(pexpect.EOF)
    child.close()


# Lines and blocks that boxes, bars and spinners are drawn with.
DRAWN = re.compile("[\u2500-\u259f\u2800-\u28ff]")


def test_a_screen_reader_hears_labels_and_whole_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCESSIBLE", "1")
    child = start(monkeypatch, "xterm-256color", "30")
    heard = ""
    child.expect("you:")
    heard += child.before
    child.send("hello\r")
    child.expect("Answering… Ctrl-C stops it")
    child.expect("base")
    assert "word" not in child.before
    child.expect("30|tokens/s")
    heard += child.before
    child.expect("you:")
    child.send("/set top_p\r")
    child.expect(r"as\s+the\s+model\s+asks")
    heard += child.before
    child.expect("you:")
    child.send("/compare\r")
    child.expect("There is no adapter")
    child.expect("you:")
    heard += child.before
    child.send("\x04")
    child.expect(pexpect.EOF)
    assert not DRAWN.search(heard)
    assert "\x1b[?1049h" not in heard, "the other screen was opened"
    child.close()
    assert child.exitstatus == 0


def test_stopping_a_whole_answer_writes_what_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_STREAM", "off")
    child = start(monkeypatch, "xterm-256color")
    child.expect("you:")
    child.send("hello\r")
    child.expect("Answering")
    time.sleep(0.5)
    child.send("\x03")
    child.expect("word word")
    child.expect(r"\(stopped\)")
    child.expect("you:")
    child.send("\x04")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_without_colours_no_colour_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    child = start(monkeypatch, "xterm-256color", "3")
    child.expect("you:")
    out = child.before
    child.send("/no-such\r")
    child.expect("There is no command")
    out += child.before
    child.expect("you:")
    out += child.before
    child.send("\x04")
    child.expect(pexpect.EOF)
    out += child.before
    colours = [code for code in re.findall(r"\x1b\[([0-9;]*)m", out) if code not in {"", "0"}]
    assert colours == []


def test_a_new_prompt_is_written_in_the_persons_editor(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho EDITING\necho \'system = "Be brief."\' > "$2"\n')
    editor.chmod(0o755)
    monkeypatch.setenv("VISUAL", f"'{editor}' --wait")
    child = start(monkeypatch, "xterm-256color")
    child.expect("you:")
    child.send("/prompt new short\r")
    child.expect("EDITING")
    child.expect("Prompt short can be used")
    child.expect("you:")
    child.send("\x18\x05")  # what is being typed, too
    child.expect("EDITING")
    child.expect("Be brief")
    child.send("\x03")
    time.sleep(0.5)
    child.send("\x04")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_ctrl_z_suspends_the_chat_and_fg_brings_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    # A shell with job control in little: it starts the chat, sees it stop, and has it go on.
    child = spawned("-c", _SHELL, "30")
    child.expect("you:")
    child.send("half a line")
    child.expect("half a line")
    child.send("\x1a")
    child.expect("suspended")
    assert "^Z" not in child.before
    child.expect("half a line")
    child.send("\x03\x04")
    child.expect("ended with 0")
    child.close()


_SHELL = """
import os, signal, sys
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
chat = os.fork()
if not chat:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpgrp())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    words = [sys.executable, "-m", "tests.repl.fake_chat", *sys.argv[1:]]
    os.execv(sys.executable, words)
_, status = os.waitpid(chat, os.WUNTRACED)
os.tcsetpgrp(0, os.getpgrp())
print("suspended" if os.WIFSTOPPED(status) else "not suspended", flush=True)
os.tcsetpgrp(0, chat)
os.kill(chat, signal.SIGCONT)
print("ended with", os.waitstatus_to_exitcode(os.waitpid(chat, 0)[1]), flush=True)
"""


def test_in_the_background_the_terminal_is_left_alone() -> None:
    """Who changes it there is stopped by the system until somebody brings it to the front."""
    child = spawned("-c", _IN_THE_BACKGROUND)
    child.expect("asked|stopped")
    assert child.after == "asked"
    child.expect("ended with 0")
    child.close()


_IN_THE_BACKGROUND = """
import os
from assistant.repl.interrupts import quiet_terminal
job = os.fork()
if not job:
    os.setpgid(0, 0)
    with quiet_terminal():
        print("asked", flush=True)
    os._exit(0)
_, status = os.waitpid(job, os.WUNTRACED)
stopped = os.WIFSTOPPED(status)
print("stopped" if stopped else f"ended with {os.waitstatus_to_exitcode(status)}", flush=True)
"""


def test_the_terminal_is_as_before_when_somebody_ends_the_chat(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("ASSISTANT_MODEL", "nowhere")
    child = spawned("-m", "assistant", "--plain")
    child.expect("There is no model")
    child.expect("you:")
    before = termios.tcgetattr(child.child_fd)[3]
    assert not before & termios.ICANON, "the line editor has the terminal"
    child.send("a draft")
    child.expect("a draft")
    child.kill(signal.SIGTERM)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 128 + signal.SIGTERM
    assert "\x1b[?2004l" in child.before, "pasting is no longer announced"


@pytest.mark.parametrize(
    ("term", "told"),
    [
        ("xterm-256color", r"is back; Ctrl-C clears it\.\r\n.*a long thought"),
        ("dumb", "Last time you were typing this, and did not send it:\r\na long thought"),
    ],
)
def test_a_draft_that_a_crash_left_is_told_as_the_terminal_can_show_it(
    monkeypatch: pytest.MonkeyPatch, term: str, told: str
) -> None:
    child = start(monkeypatch, "xterm-256color")
    child.expect("you:")
    child.send("a long thought")
    child.expect("a long thought")
    time.sleep(1.2)  # drafts are written every half second
    child.kill(signal.SIGKILL)
    child.wait()
    child = start(monkeypatch, term)
    child.expect(told)
    child.close(force=True)
