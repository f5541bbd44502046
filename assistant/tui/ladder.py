"""What Ctrl-C means now: one rung at a time, so that it never takes an answer and a draft at once.

    a text is selected      copy it
    a draft is typed        clear it (Up or Ctrl-Z brings it back)
    an answer is running    stop it (what it said stays)
    pressed again soon      quit

It refuses to know the widgets.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

Step: TypeAlias = Literal["copy", "clear", "stop", "warn", "quit"]

PATIENCE_S = 1.5


class Ladder:
    """Remembers whether a quit was announced a moment ago."""

    def __init__(self) -> None:
        self._warned_at: float | None = None

    def press(self, *, selected: bool, draft: bool, running: bool, now: float) -> Step:
        """The step that one press takes; `now` in seconds."""
        warned, self._warned_at = self._warned_at, None
        if selected:
            return "copy"
        if draft:
            return "clear"
        if running:
            return "stop"
        if warned is not None and now - warned <= PATIENCE_S:
            return "quit"
        self._warned_at = now
        return "warn"
