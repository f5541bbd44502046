"""The clipboard of whoever sits at the terminal: the one way that anything gets there.

    clipboard = Clipboard(terminal=write, folder=places.data)
    clipboard.copy("mx.sort(a)").told("the answer")   -> "Copied the answer to the clipboard: ..."

The system's own tools come first, where they reach the person's clipboard, and what they took is
read back; then the terminal is asked (OSC 52), which never says whether it did; at last a file is
written. It refuses to know what is copied, and how a front end writes to its terminal.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.commands.clipboard.file import write_privately
from assistant.commands.clipboard.terminal import MOST_BYTES, can_ask, sequence
from assistant.commands.clipboard.tools import Tool, tools_for
from assistant.plain_text import plain

__all__ = ["Clipboard", "Copied"]

WITH_THE_MOUSE = "or select it with the mouse: hold Shift"


@dataclass(frozen=True)
class Copied:
    """What became of a copy."""

    how: Literal["tool", "terminal", "file", "nowhere"]
    by: str = ""
    """The tool, or the file."""
    verified: bool = False
    """Whether the clipboard was read back and has it."""
    reason: str = ""
    """Why it is only in a file."""
    size: int = 0
    """Characters."""

    @property
    def certain(self) -> bool:
        """Whether the person need not be told more than that it is done."""
        return self.how == "tool"

    def told(self, what: str) -> str:
        """A sentence for the person, such as "Copied the answer, 12 characters."."""
        if self.how == "tool":
            checked = "" if self.verified else f" with {self.by}"
            return f"Copied {what}{checked}, {_count(self.size)}."
        if self.how == "terminal":
            return (
                f"Sent {what} to the terminal's clipboard, {_count(self.size)}. Terminals do "
                f"not say whether they took it; if nothing pastes, /export FILE, {WITH_THE_MOUSE}."
            )
        if self.how == "file":
            return f"{self.reason} You find {what} in {self.by}; {WITH_THE_MOUSE}."
        return f"{self.reason} Select it with the mouse: hold Shift."


class Clipboard:
    """Copies texts. `terminal` writes to the terminal as it is; None where there is none."""

    def __init__(
        self,
        *,
        terminal: Callable[[str], None] | None,
        folder: Path | None,
        environ: Mapping[str, str] | None = None,
        platform: str = sys.platform,
        find: Callable[[str], str | None] = shutil.which,
    ) -> None:
        self._terminal = terminal
        self._folder = folder
        self._environ = os.environ if environ is None else environ
        self._tools: tuple[Tool, ...] = tools_for(platform, self._environ, find)

    def copy(self, text: str) -> Copied:
        """Have a text where the person can paste it. May take a second or two.

        Control characters are left out: what is pasted into a shell is what was seen.
        """
        text = plain(text)
        size = len(text)
        unsure: Tool | None = None
        for tool in self._tools:
            taken = tool.copy(text)
            if taken and tool.is_persons:
                return Copied("tool", tool.name, taken == "verified", size=size)
            if taken:
                unsure = tool
        reason = self._ask_terminal(text, asked=unsure is not None)
        if not reason:
            return Copied("terminal", size=size)
        try:
            if self._folder is None:
                raise OSError
            file = write_privately(self._folder, text)
        except OSError:
            return Copied("nowhere", reason=reason, size=size)
        return Copied("file", str(file), reason=reason, size=size)

    def _ask_terminal(self, text: str, *, asked: bool) -> str:
        """Hand a text to the terminal; why that cannot be, or "" when it was done."""
        if len(text.encode()) > MOST_BYTES:
            return f"{len(text):,} characters are more than terminals take into the clipboard."
        if asked:  # tmux has done it, in its own way
            return ""
        if self._terminal is None or not can_ask(self._environ):
            return "Nothing here takes a text into the clipboard."
        self._terminal(sequence(text, self._environ))
        return ""


def _count(size: int) -> str:
    return f"{size:,} character{'' if size == 1 else 's'}"
