"""The programs that reach a system's clipboard, and whether what they took is really there.

A tool that does not answer within a second or two has not copied. It refuses to know terminals.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Taken: TypeAlias = Literal["verified", "taken", ""]

PATIENCE_S = 2.0

# Some are done before the process that they leave behind has taken the clipboard over.
_LOOKS_AGAIN_AFTER_S = (0.05, 0.15)


@dataclass(frozen=True)
class Tool:
    """One program that takes a text on its standard input."""

    name: str
    take: tuple[str, ...]
    give: tuple[str, ...] = ()
    """Reads the clipboard back; empty where there is no way, or a very slow one."""
    encoding: str = "utf-8"
    is_persons: bool = True
    """Whether it is the clipboard that other programs paste from; tmux has one of its own, and
    hands on what it takes if it may."""

    def copy(self, text: str) -> Taken:
        """Have it take a text: "verified" when reading back gives the same, "" when it did not."""
        if not _run(self.take, text.encode(self.encoding)):
            return ""
        if not self.give:
            return "taken"
        if self._gives(text):
            return "verified"
        for wait in _LOOKS_AGAIN_AFTER_S:
            time.sleep(wait)
            if self._gives(text):
                return "verified"
        return ""

    def _gives(self, text: str) -> bool:
        found = _read(self.give)
        # Some add a line end, and those of Windows make two characters of each.
        return found is not None and found.replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")


def tools_for(
    platform: str, environ: Mapping[str, str], find: Callable[[str], str | None]
) -> tuple[Tool, ...]:
    """Those that are there and reach the clipboard of the person, not that of a machine far away;
    the surest first."""
    return tuple(tool for tool in _candidates(platform, environ) if find(tool.take[0]))


def _candidates(platform: str, environ: Mapping[str, str]) -> Iterator[Tool]:
    far = any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"))
    if platform == "darwin" and not far:
        yield Tool("pbcopy", ("pbcopy",), ("pbpaste",))
    if environ.get("WAYLAND_DISPLAY") and not far:
        yield Tool("wl-copy", ("wl-copy", "--type", "text/plain"), ("wl-paste", "--no-newline"))
    display = environ.get("DISPLAY", "")
    # A forwarded display is the person's own; any other would be that machine's.
    if display and (not far or display.startswith("localhost:")):
        board = ("-selection", "clipboard")
        yield Tool("xclip", ("xclip", *board, "-in"), ("xclip", *board, "-out"))
        yield Tool("xsel", ("xsel", "--clipboard", "--input"), ("xsel", "--clipboard", "--output"))
    if platform == "win32" or environ.get("WSL_DISTRO_NAME"):
        yield Tool("clip.exe", ("clip.exe",), encoding="utf-16")
    if environ.get("TMUX"):
        yield Tool(
            "tmux",
            ("tmux", "load-buffer", "-w", "-"),
            ("tmux", "save-buffer", "-"),
            is_persons=False,
        )


def _run(command: tuple[str, ...], data: bytes) -> bool:
    try:
        done = subprocess.run(
            command,
            input=data,
            # Those that stay to hold the selection would keep a pipe open.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE_S,
            # Ctrl-C in the chat is not meant for them.
            start_new_session=True,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _read(command: tuple[str, ...]) -> str | None:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
