"""How far a long command is, on standard error: a bar where there is a terminal, else nothing.

Where nothing may be drawn over, such as for a screen reader, it is a line for each tenth instead.
It refuses to know what is being done.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from assistant.cli.output import note
from assistant.commands.job import Calculation, in_lines
from assistant.repl.paper import wants_lines

Value = TypeVar("Value")

_WIDTH = 24


class Bar:
    """So many things, one after the other."""

    def __init__(self, total: int, what: str, *, done: int = 0) -> None:
        self._total = total
        self._what = what
        self._done = self._before = done
        self._began = time.monotonic()
        self._shown = sys.stderr.isatty()
        self._in_lines = wants_lines()
        self._told = -1
        self._tell()

    def step(self) -> None:
        self._done += 1
        self._tell()

    def end(self) -> None:
        """Leave the line as it is and go below it."""
        if self._shown and not self._in_lines:
            _go_below()

    def _tell(self) -> None:
        if not self._shown:
            return
        text = f"{self._done} of {self._total} {self._what}"
        if not self._in_lines:
            _draw(self._done / max(1, self._total), text + self._rest())
        elif (tenth := 10 * self._done // max(1, self._total)) > self._told:
            self._told = tenth
            note(text)

    def _rest(self) -> str:
        made = self._done - self._before
        if not made or self._done >= self._total:
            return ""
        seconds = (time.monotonic() - self._began) / made * (self._total - self._done)
        return f", {seconds / 60:.0f} min left" if seconds >= 90 else f", {seconds:.0f} s left"


def watched(job: Calculation[Value]) -> Value:
    """The result of a job, with how far it is while it runs. Ctrl-C ends it."""
    with _ending(job):
        if not sys.stderr.isatty():
            return job.result()
        if wants_lines():
            return _announced(job)
        try:
            for text in job:
                _draw(job.share or 0, text)
            return job.result()
        finally:
            _go_below()


def patient(job: Calculation[Value], seconds: float) -> Value:
    """The result of a job that is rarely long: what takes longer than that is announced, in lines
    and on a terminal or not, so that nobody thinks it hangs. Ctrl-C ends it."""
    with _ending(job):
        return job.result() if job.wait(seconds) else _announced(job)


def _announced(job: Calculation[Value]) -> Value:
    for line in in_lines(job):
        note(line)
    return job.result()


@contextmanager
def _ending(job: Calculation[Value]) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        job.cancel()
        raise


def _draw(share: float, text: str) -> None:
    """One line over the one before; no more than the terminal is wide, since what has gone on in
    the next line cannot be drawn over. How far it is stands at the end, and so the end stays."""
    full = round(_WIDTH * share)
    bar = f"[{'#' * full}{'-' * (_WIDTH - full)}] "
    room = max(1, _columns() - 1 - len(bar))
    if len(text) > room:
        text = f"…{text[len(text) - room + 1 :]}"
    print(f"\r{bar}{text}\x1b[K", end="", file=sys.stderr, flush=True)


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def _go_below() -> None:
    print(file=sys.stderr, flush=True)
