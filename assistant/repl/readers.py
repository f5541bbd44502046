"""Where lines come from: a pipe, a bare terminal, or a line editor.

It refuses to know what a line means. prompt_toolkit is imported for the line editor alone.
"""

from __future__ import annotations

import os
import sys
from typing import Protocol, TextIO

from assistant.commands import Session
from assistant.repl.paper import Paper, is_terminal

PROMPT = "you: "


class Reader(Protocol):
    interactive: bool
    """Whether a person sits there, who can be told something."""
    edits: bool
    """Whether a line can be begun for them, to go on with."""

    def read(self) -> str:
        """The next message, which may have several lines.

        Raises:
            EOFError: there is no more.
            KeyboardInterrupt: Ctrl-C on an empty line.
        """

    def give(self, text: str) -> None:
        """A text for the person to go on with, at the next `read`."""


class LineReader:
    """Lines of a stream as they come, with a bare prompt when it is a terminal."""

    edits = False

    def __init__(self, stream: TextIO | None, paper: Paper) -> None:
        self._stream = stream
        self._paper = paper
        self.interactive = stream is not None and stream.isatty()

    def read(self) -> str:
        if self.interactive:
            self._paper.write(PROMPT)
        line = self._stream.readline() if self._stream is not None else ""
        if not line:
            raise EOFError
        self._paper.entered()
        return line.rstrip("\r\n")

    def give(self, text: str) -> None:
        # A bare line cannot be begun for somebody: it is shown, to be typed anew.
        self._paper.line(text)


def choose_reader(session: Session, paper: Paper) -> Reader:
    """A line editor where there is a terminal that can carry one, else plain lines."""
    if is_terminal() and os.environ.get("TERM", "dumb") != "dumb":
        from assistant.repl.line_editor import LineEditor

        return LineEditor(session)
    return LineReader(sys.stdin, paper)
