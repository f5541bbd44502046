"""A line that says that a model thinks, and one that says for how long it did.

    base: thinking…
    (thought for 3 s, 120 words)
    base: The answer.

What it thought is not read out: the front end offers it afterwards. It refuses to know how.
"""

from __future__ import annotations

import time

from assistant.commands.amounts import times
from assistant.engine.types import Event
from assistant.repl.paper import Paper


class Thought:
    """Of one row."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._parts: list[str] = []
        self._first_at: float | None = None
        self._last_at = 0.0
        self._open = False

    def hear(self, event: Event) -> None:
        """Note when a thought came; it may be written later."""
        if event.thought:
            self._last_at = time.monotonic()
            self._first_at = self._last_at if self._first_at is None else self._first_at

    def write(self, event: Event, paper: Paper) -> None:
        """Say what there is to say before the event's own text, on the line of the title."""
        if event.before:
            return  # what an answer that goes on had said
        if event.thought:
            if not self._open:
                paper.write("thinking…", "faint")
                self._open = True
            self._parts.append(event.thought)
        elif self._open and (event.text or event.finish is not None):
            self._open = False
            seconds = self._last_at - (self._first_at or self._last_at)
            words = times(len("".join(self._parts).split()), "word")
            paper.line(f"(thought for {seconds:.0f} s, {words})", "faint")
            if event.text:
                paper.write(f"{self._title}: ", "bold")
