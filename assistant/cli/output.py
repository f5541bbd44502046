"""What goes where: results on standard output, everything else on standard error.

It refuses to know what a result is.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from assistant.errors import AssistantError
from assistant.json_text import json_text
from assistant.repl.paper import Paper

if TYPE_CHECKING:
    from assistant.commands.blocks import Block, Problem


def make_streams_safe() -> None:
    """No character that a terminal cannot show, and no closed stream, may end the program."""
    _fill_gaps()
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")
        if sys.stdin.encoding.lower() == "utf-8" and not sys.stdin.isatty():
            # Some editors begin a file with a mark. Said anew, for it would be strict again.
            sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")


def _fill_gaps() -> None:
    """Where a standard stream is closed, the next file would be opened in its place: mlx takes a
    file number 0 for none, and whatever a library says would be written into a file of ours."""
    while (fd := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(fd, True)
    os.close(fd)


def silence_stdout() -> None:
    """After the reader of a pipe has gone: nothing more is written, nor complained about."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def print_json(value: Mapping[str, Any]) -> None:
    """One object on one line, whatever its reader takes for the end of a line."""
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    print(json_text(value, ascii_only=encoding != "utf8"), flush=True)


def show(blocks: Iterable[Block]) -> None:
    """Blocks as text on standard output."""
    from assistant.repl.draw import draw

    paper = Paper(sys.stdout)
    for block in blocks:
        lines = draw(block, paper.width, endless=paper.room is None, aloud=paper.aloud)
        for line in lines:
            paper.line(line.text, line.ink)


def warn(error: AssistantError) -> None:
    """Something that is said, and does not stop anything."""
    _say(f"Warning: {error.message}", error.hint)


def complain(problem: Problem, *, as_json: bool) -> None:
    """The error that ended the command."""
    if as_json:
        parts = {"kind": problem.kind, "message": problem.message, "hint": problem.hint}
        print_json({"error": parts})
    else:
        _say(f"Error: {problem.message}", problem.hint)


def note(text: str) -> None:
    """A line on standard error."""
    _say(text, "")


def notes(sentences: Iterable[str]) -> None:
    """Such as news of what is kept, each on a line of standard error."""
    for sentence in sentences:
        note(sentence)


def _say(message: str, hint: str) -> None:
    paper = Paper(sys.stderr)
    for text in filter(None, (message, hint)):
        paper.sentence(" ".join(text.split()))
