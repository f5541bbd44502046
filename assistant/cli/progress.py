"""How far a long command is, on standard error: a bar where there is a terminal, else nothing.

It refuses to know what is being done.
"""

from __future__ import annotations

import sys
import time
from typing import TypeVar

from assistant.commands.job import Calculation
from assistant.repl.paper import wants_lines

Value = TypeVar("Value")

_WIDTH = 24


class Bar:
    """One line that is written over."""

    def __init__(self, total: int, what: str, *, done: int = 0) -> None:
        self._total = total
        self._what = what
        self._done = self._before = done
        self._began = time.monotonic()
        self._shown = sys.stderr.isatty()
        # A screen reader would spell the bar out, again and again: a line for each tenth instead.
        self._in_lines = wants_lines()
        self._tell()

    def step(self) -> None:
        self._done += 1
        self._tell()

    def end(self) -> None:
        """Leave the line as it is and go below it."""
        if self._shown and not self._in_lines:
            print(file=sys.stderr, flush=True)

    def _tell(self) -> None:
        if not self._shown:
            return
        if self._in_lines:
            if self._done * 10 // max(1, self._total) > (self._done - 1) * 10 // max(
                1, self._total
            ):
                print(f"{self._done} of {self._total} {self._what}", file=sys.stderr, flush=True)
            return
        full = _WIDTH * self._done // max(1, self._total)
        bar = "#" * full + "-" * (_WIDTH - full)
        line = f"[{bar}] {self._done} of {self._total} {self._what}{self._rest()}"
        print(f"\r{line}\x1b[K", end="", file=sys.stderr, flush=True)

    def _rest(self) -> str:
        made = self._done - self._before
        if not made or self._done >= self._total:
            return ""
        seconds = (time.monotonic() - self._began) / made * (self._total - self._done)
        return f", {seconds / 60:.0f} min left" if seconds >= 90 else f", {seconds:.0f} s left"


def watched(job: Calculation[Value]) -> Value:
    """The result of a job, with how far it is while it runs. Ctrl-C ends it."""
    shown = sys.stderr.isatty()
    try:
        for text in job:
            if shown:
                full = round(_WIDTH * (job.share or 0))
                bar = "#" * full + "-" * (_WIDTH - full)
                print(f"\r[{bar}] {text}\x1b[K", end="", file=sys.stderr, flush=True)
        return job.result()
    except KeyboardInterrupt:
        job.cancel()
        raise
    finally:
        if shown:
            print(file=sys.stderr, flush=True)
