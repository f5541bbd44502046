"""What is written on: a text stream, with colour where the stream shows it.

Everything written through it loses its control characters first. It refuses to know blocks.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from typing import Literal, TextIO, TypeAlias

from assistant.plain_text import plain
from assistant.settings import reads_aloud

Ink: TypeAlias = Literal["", "faint", "bold", "accent", "good", "warning", "bad"]

_CODES: Mapping[Ink, str] = {
    "faint": "2",
    "bold": "1",
    "accent": "35",
    "good": "32",
    "warning": "33",
    "bad": "31",
}


def wants_colour(stream: TextIO, environ: Mapping[str, str] | None = None) -> bool:
    """Only on a terminal that can, and only if nobody asked for none (https://no-color.org)."""
    environ = os.environ if environ is None else environ
    return stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def wants_lines(environ: Mapping[str, str] | None = None) -> bool:
    """Whether text must come line after line, and nothing be drawn over: for a screen reader
    (ACCESSIBLE=1), or on a terminal that can do no more."""
    environ = os.environ if environ is None else environ
    return reads_aloud(environ) or environ.get("TERM") == "dumb"


def is_terminal() -> bool:
    """Whether a person types and reads: neither input nor output is a pipe, a file or closed."""
    streams = (sys.stdin, sys.stdout)
    return all(stream is not None and stream.isatty() for stream in streams)


class Paper:
    def __init__(self, stream: TextIO, *, colour: bool | None = None) -> None:
        self._stream = stream
        self.aloud = reads_aloud()
        """Whether a table's rows name their columns."""
        self._colour = wants_colour(stream) if colour is None else colour
        self._line = ""
        """What the line has so far."""

    @property
    def width(self) -> int:
        """Columns to lay tables out in."""
        return self.room or 100

    @property
    def room(self) -> int | None:
        """Columns of a line; None in a file or a pipe, whose lines have no end."""
        if not self._stream.isatty():
            return None
        return shutil.get_terminal_size((100, 24)).columns

    @property
    def column(self) -> int:
        """Cells of the line that are written."""
        # Tables of widths: not for commands that print a line or two.
        from assistant.repl.words import cells

        return cells(self._line.expandtabs())

    def write(self, text: str, ink: Ink = "") -> None:
        """Text as it stands, at once: answers come in pieces."""
        text = plain(text)
        if not text:
            return
        *before, last = text.rsplit("\n", 1)
        self._line = last if before else self._line + last
        code = _CODES.get(ink) if self._colour else None
        self._stream.write(f"\x1b[{code}m{text}\x1b[0m" if code else text)
        self._stream.flush()

    def line(self, text: str = "", ink: Ink = "") -> None:
        """A line of its own, whatever stands before it."""
        self.end_line()
        if text:
            self.write(text, ink)
        self._stream.write("\n")
        self._stream.flush()
        self._line = ""

    def sentence(self, text: str, ink: Ink = "") -> None:
        """Words of our own on lines of their own, broken between words where the lines end."""
        room = self.room
        if room is None:
            self.line(text, ink)
            return
        # Tables of widths: not for commands that write to a pipe.
        from assistant.repl.words import wrapped

        for part in wrapped(plain(text), room):
            self.line(part, ink)

    def entered(self) -> None:
        """Somebody ended the line with Enter."""
        self._line = ""

    @property
    def is_terminal(self) -> bool:
        return self._stream.isatty()

    def command(self, sequence: str) -> None:
        """Tell the terminal something that nobody sees. Never text from elsewhere as it is."""
        self._stream.write(sequence)
        self._stream.flush()

    def end_line(self) -> None:
        """At once: what is said on standard error next may go to the same file."""
        if self._line:
            self._stream.write("\n")
            self._stream.flush()
            self._line = ""
