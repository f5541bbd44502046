"""Markdown written as it comes, with its lines broken between words at the terminal's edge.

    flow = Flow(paper)
    flow.write("A long answ")       "A long" is written; the word that may go on waits
    flow.write("er.")
    flow.end()

A terminal breaks in the middle of words, which is hard to read and harder to hear. The last word
is written when it has ended, for it cannot be taken back everywhere; so nothing is ever drawn over.
Code and tables stand as they are, and so does everything where no terminal is. It refuses to know
where the text comes from.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from assistant.commands.line_kinds import LineKinds, hanging
from assistant.plain_text import plain
from assistant.repl.words import SPACES, cells, unbreakable, wrapped


class Sheet(Protocol):
    """What a Flow writes on."""

    @property
    def room(self) -> int | None:
        """Columns of a line; None where lines have no end."""

    @property
    def column(self) -> int:
        """Cells of the line that are written."""

    def write(self, text: str) -> None: ...


class Flow:
    """One text."""

    def __init__(self, sheet: Sheet, *, hang: bool = True) -> None:
        """With `hang`, what an item of a list goes on with stands below its text."""
        self._sheet = sheet
        self._hang = hang
        self._kinds = LineKinds()
        self._line = ""
        self._waiting = ""
        """The end of the line, which is not written yet."""
        self._return = False

    def write(self, text: str) -> None:
        self._take(text, silent=False)

    def hear(self, text: str) -> None:
        """What was said before, and is on the paper already or need not be."""
        self._take(text, silent=True)

    def end(self) -> None:
        """Nothing more comes."""
        self._release(whole=True)

    def _take(self, text: str, *, silent: bool) -> None:
        if self._return:
            text = "\r" + text
        self._return = text.endswith("\r")  # half of a line's end, perhaps
        first, *others = plain(text.removesuffix("\r")).split("\n")
        self._go_on(first, silent)
        for line in others:
            if not silent:
                self._release(whole=True)
                self._sheet.write("\n")
            self._kinds.end(self._line)
            self._line = self._waiting = ""
            self._go_on(line, silent)

    def _go_on(self, text: str, silent: bool) -> None:
        self._line += text
        if not silent:
            self._waiting += text
            self._release()

    def _release(self, *, whole: bool = False) -> None:
        """Write what waits, but for a last word that may go on."""
        room = self._sheet.room
        if room is None or (self._line.strip() and self._kinds.stands(self._line)):
            waiting, self._waiting = self._waiting, ""
            if waiting:
                self._sheet.write(waiting)
            return
        stretches = list(unbreakable(self._waiting))
        self._waiting = "" if whole or not stretches else stretches.pop()
        for stretch in stretches:
            self._put(stretch, room)

    def _put(self, stretch: str, room: int) -> None:
        indent = indent_of(self._line, room) if self._hang else 0
        column = self._sheet.column
        if column <= indent or column + cells(stretch.expandtabs()) <= room:
            self._sheet.write(stretch)
        elif word := stretch.lstrip(SPACES):  # spaces at the end of a line are nothing
            self._sheet.write(f"\n{' ' * indent}{word}")


def flowed(text: str, room: int | None, *, hang: bool = True) -> Iterator[str]:
    """The lines of a whole text, none wider than `room` that need not be."""
    kinds = LineKinds()
    for line in plain(text).splitlines():
        if room is None or (line.strip() and kinds.stands(line)):
            yield line
        else:
            yield from wrapped(line, room, indent_of(line, room) if hang else 0)
        kinds.end(line)


def indent_of(line: str, room: int) -> int:
    """Where a line of prose goes on when it is broken."""
    indent = cells(line[: hanging(line)].expandtabs())
    return indent if indent <= room // 3 else 0
