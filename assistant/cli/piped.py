"""Text that another program pipes in.

    git diff | assistant ask "Explain this:"

A pipe that stays open and silent (a service, a remote shell) cannot be told from a slow program.
When there is a prompt already, some seconds are waited, and the end of waiting is said; without
one there is nothing else to wait for. It refuses to know what the text is for.
"""

from __future__ import annotations

import codecs
import os
import select
import stat
import sys

from assistant.cli.output import note
from assistant.errors import UsageError
from assistant.plain_text import trimmed

PATIENCE = 10.0


def piped_text(patience: float | None = None) -> str:
    """All of standard input if it was piped or redirected, else "".

    `patience` is how many seconds to wait for the first byte; None waits.
    """
    stream = sys.stdin
    if stream is None or stream.closed or stream.isatty():
        return ""
    try:
        fd = stream.fileno()
    except (OSError, ValueError):  # not a file of the system: something in memory
        return stream.read()
    if not _carries_text(fd):
        return ""
    if patience is not None and not select.select([fd], [], [], patience)[0]:
        note(f"Nothing came on standard input for {patience:g} s, so it is left out.")
        note("Use </dev/null to say that nothing will come, or - as the prompt to wait.")
        return ""
    return _read_all(fd)


def _carries_text(fd: int) -> bool:
    """A pipe, a socket or a file; /dev/null and other devices are nobody's text."""
    try:
        mode = os.fstat(fd).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)


def _read_all(fd: int) -> str:
    chunks = []
    while chunk := os.read(fd, 1 << 16):
        chunks.append(chunk)
    return _decoded(b"".join(chunks))


def _decoded(text: bytes) -> str:
    """UTF-8, or the UTF-16 of Windows, which begins with a mark."""
    wide = text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return text.decode("utf-16" if wide else "utf-8-sig", errors="replace")


def whole_prompt(prompt: str | None) -> str:
    """What is asked: the prompt, and below it what was piped in. "-" is standard input alone.

    Raises:
        UsageError: neither of them says anything.
    """
    words = "" if prompt in (None, "-") else trimmed(prompt or "")
    text = trimmed(piped_text(PATIENCE if words else None))
    if not words and not text:
        raise UsageError(
            "There is no prompt.", 'Write one in quotes, as in "How do I sort an array?"'
        )
    return f"{words}\n\n{text}" if words and text else words or text
