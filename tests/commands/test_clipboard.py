"""What is copied is in the clipboard, or the person is told where it is instead."""

from __future__ import annotations

import base64
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.commands.clipboard import Clipboard, tools
from assistant.commands.clipboard.terminal import MOST_BYTES, sequence

NASTY = "\x1b]52;c;AAAA\x07 \x1b[201~ rm -rf ~\x9b31m \u202eabc\nnext\tone"
HARMLESS = "]52;c;AAAA [201~ rm -rf ~31m abc\nnext\tone"


class Desk:
    """A folder of programs, and a terminal that remembers what was written to it."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "bin"
        self.programs.mkdir()
        self.data = folder / "data"
        self.held = folder / "held"
        self.written: list[str] = []

    def program(self, name: str, script: str) -> None:
        file = self.programs / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)

    def clipboard(
        self, platform: str = "linux", folder: Path | None = None, **environ: str
    ) -> Clipboard:
        return Clipboard(
            terminal=self.written.append,
            folder=folder or self.data,
            environ={"TERM": "xterm-256color", **environ},
            platform=platform,
            find=lambda name: shutil.which(name, path=str(self.programs)),
        )


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = Desk(tmp_path)
    monkeypatch.setenv("PATH", f"{desk.programs}:{os.environ['PATH']}")
    monkeypatch.setattr(tools, "PATIENCE_S", 0.5)
    desk.program("pbcopy", f'cat > "{desk.held}"')
    desk.program("pbpaste", f'cat "{desk.held}"')
    return desk


def asked(written: list[str]) -> str:
    """The text that a terminal would take from a plain request."""
    (found,) = written
    match = re.fullmatch("\x1b]52;c;([A-Za-z0-9+/=]*)\x07", found)
    assert match, repr(found)
    return base64.b64decode(match[1]).decode()


def test_a_tool_that_has_it_is_believed_and_the_terminal_left_alone(desk: Desk) -> None:
    copied = desk.clipboard("darwin").copy("größer\n  → 中文 🙂\n")
    assert (copied.how, copied.by, copied.verified) == ("tool", "pbcopy", True)
    assert desk.held.read_text(encoding="utf-8") == "größer\n  → 中文 🙂\n"
    assert desk.written == []
    assert copied.told("the answer") == "Copied the answer, 16 characters."


@pytest.mark.parametrize(
    "script", ["cat > /dev/null", "exit 1", "sleep 9", "printf other > '{held}'"]
)
def test_a_tool_that_only_says_so_is_not_believed(desk: Desk, script: str) -> None:
    desk.held.write_text("what was there before")
    desk.program("pbcopy", script.replace("{held}", str(desk.held)))
    copied = desk.clipboard("darwin").copy("mx.sort(a)")
    assert copied.how == "terminal"
    assert asked(desk.written) == "mx.sort(a)"
    assert "do not say whether they took it" in copied.told("the code")


def test_a_tool_that_has_it_a_moment_later_is_believed(desk: Desk) -> None:
    later = desk.held.with_suffix(".later")
    desk.held.write_text("what was there before")
    desk.program("pbcopy", f'cat > "{later}"; (sleep 0.03; mv "{later}" "{desk.held}") &')
    copied = desk.clipboard("darwin").copy("mx.sort(a)")
    assert (copied.how, copied.verified) == ("tool", True)


def test_over_ssh_the_clipboard_of_that_machine_is_left_alone(desk: Desk) -> None:
    copied = desk.clipboard("darwin", SSH_CONNECTION="1 2 3 4").copy("x")
    assert copied.how == "terminal"
    assert not desk.held.exists()
    desk.program("xclip", f'cat > "{desk.held}"')
    assert desk.clipboard(SSH_TTY="/dev/pts/1", DISPLAY=":0").copy("x").how == "terminal"
    assert not desk.held.exists()


def test_windows_gets_a_text_it_can_read(desk: Desk) -> None:
    desk.program("clip.exe", f'cat > "{desk.held}"')
    copied = desk.clipboard(WSL_DISTRO_NAME="Debian").copy("größer")
    assert (copied.by, copied.verified) == ("clip.exe", False)
    assert desk.held.read_bytes().decode("utf-16") == "größer"
    assert "with clip.exe" in copied.told("the answer")


def test_control_characters_are_not_copied(desk: Desk) -> None:
    desk.clipboard("darwin").copy(NASTY)
    assert desk.held.read_text(encoding="utf-8") == HARMLESS
    desk.clipboard().copy(NASTY)
    assert asked(desk.written) == HARMLESS


@given(st.text(st.characters(codec=None)))
def test_whatever_the_text_the_terminal_gets_base64_and_nothing_else(text: str) -> None:
    written: list[str] = []
    environ = {"TERM": "xterm"}
    board = Clipboard(terminal=written.append, folder=None, environ=environ, find=lambda _: None)
    assert board.copy(text).how == "terminal"
    asked(written)


def test_through_tmux_every_escape_is_doubled() -> None:
    inside = sequence("a", {}).replace("\x1b", "\x1b\x1b")
    assert sequence("a", {"TMUX": "/tmp/x,1,0"}) == f"\x1bPtmux;{inside}\x1b\\"


def test_through_screen_no_piece_is_longer_than_it_takes() -> None:
    text = "long " * 500
    wrapped = sequence(text, {"STY": "1.pts"})
    pieces = re.findall("\x1bP(.*?)\x1b\\\\", wrapped, re.S)
    assert "".join(f"\x1bP{piece}\x1b\\" for piece in pieces) == wrapped
    assert max(map(len, pieces)) <= 768
    assert asked(["".join(pieces)]) == text


def test_tmux_itself_is_asked_before_anything_is_smuggled_through_it(desk: Desk) -> None:
    desk.program(
        "tmux", f'case $1 in load-buffer) cat > "{desk.held}";; *) cat "{desk.held}";; esac'
    )
    copied = desk.clipboard(TMUX="/tmp/x,1,0").copy("mx.sort(a)")
    assert copied.how == "terminal", "it does not tell whether its terminal took it"
    assert desk.held.read_text() == "mx.sort(a)"
    assert desk.written == []


@pytest.mark.parametrize(
    ("environ", "text", "reason"),
    [
        ({"TERM": "dumb"}, "x", "Nothing here takes"),
        ({"TERM": "linux"}, "x", "Nothing here takes"),
        ({"TERM_PROGRAM": "Apple_Terminal"}, "x", "Nothing here takes"),
        ({}, "ä" * (MOST_BYTES // 2 + 1), "37,498 characters are more than"),
    ],
    ids=["dumb", "console", "apple", "long"],
)
def test_what_no_clipboard_takes_is_in_a_file_that_is_named(
    desk: Desk, environ: dict[str, str], text: str, reason: str
) -> None:
    copied = desk.clipboard(**environ).copy(text)
    file = desk.data / "copied.txt"
    assert (copied.how, copied.by) == ("file", str(file))
    assert file.read_text(encoding="utf-8") == text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    told = copied.told("the answer")
    assert told.startswith(reason)
    assert f"You find the answer in {file}; or select it with the mouse: hold Shift." in told
    assert desk.written == []


def test_without_a_folder_that_can_be_written_the_mouse_is_named(desk: Desk) -> None:
    (desk.programs / "file").write_text("")
    copied = desk.clipboard(folder=desk.programs / "file", TERM="dumb").copy("x")
    assert copied.how == "nowhere"
    assert "hold Shift" in copied.told("the answer")


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A real X server that nobody sees."""
    if not shutil.which("Xvfb"):
        pytest.skip("needs Xvfb")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as stream:
        number = stream.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


@pytest.mark.parametrize("name", ["xclip", "xsel"])
@pytest.mark.parametrize(
    "text", ["größer\n→ 中文 🙂", "", "long " * 40_000], ids=["any", "no", "long"]
)
def test_a_real_x_clipboard_has_it(
    display: str, name: str, text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if not shutil.which(name):
        pytest.skip(f"needs {name}")
    monkeypatch.setenv("DISPLAY", display)
    board = Clipboard(
        terminal=None,
        folder=tmp_path,
        environ={"DISPLAY": display},
        platform="linux",
        find=lambda wanted: shutil.which(wanted) if wanted == name else None,
    )
    copied = board.copy(text)
    assert (copied.how, copied.by, copied.verified) == ("tool", name, True)
