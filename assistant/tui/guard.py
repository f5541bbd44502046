"""Keeps what native code writes to file descriptor 2 off the screen.

Metal, tokenizers and BLAS warn there, and Textual draws there. While the guard stands, the screen
gets a private copy of the descriptor, and descriptor 2 leads to a file that is gone afterwards.
It refuses to know who writes.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

_MOST = 200_000


class Guard:
    """What was written to descriptor 2 so far."""

    def __init__(self, file: IO[bytes] | None) -> None:
        self._file = file

    def read(self) -> str:
        """The last of it."""
        if self._file is None:
            return ""
        sys.stderr.flush()
        size = self._file.seek(0, os.SEEK_END)
        self._file.seek(max(0, size - _MOST))
        return self._file.read().decode("utf-8", "replace")


@contextmanager
def guarded_stderr() -> Iterator[Guard]:
    """Lead descriptor 2 away from the terminal; what Textual draws still arrives there."""
    try:
        sys.stderr.flush()
        kept = os.dup(2)
        # With `2>file` the person wants the warnings there, and the chat on the terminal.
        drawn = kept if os.isatty(2) or not os.isatty(1) else os.dup(1)
    except (OSError, ValueError, AttributeError):  # there is no descriptor 2 to protect
        yield Guard(None)
        return
    before = sys.__stderr__
    # Textual's driver draws through sys.__stderr__, so that has to lead to the terminal still.
    screen = open(drawn, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    with tempfile.TemporaryFile() as file:
        sys.__stderr__ = screen  # type: ignore[misc]
        os.dup2(file.fileno(), 2)
        try:
            yield Guard(file)
        finally:
            sys.stderr.flush()
            screen.flush()
            os.dup2(kept, 2)
            sys.__stderr__ = before  # type: ignore[misc]
            screen.close()
            for descriptor in {kept, drawn}:
                os.close(descriptor)


@contextmanager
def lifted_guard() -> Iterator[None]:
    """Lead descriptor 2 to the terminal for a while: another program has the screen."""
    try:
        screen = sys.__stderr__.fileno() if sys.__stderr__ is not None else 2
        kept = os.dup(2)
    except (OSError, ValueError):
        yield
        return
    os.dup2(screen, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
