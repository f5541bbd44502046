"""What Ctrl-C means now: one rung at a time, so that it never takes an answer and a draft at once.

    a text is selected      copy it
    a field is open         close it: words to look for, a folder for a panel
    a draft is typed        clear it (Up or Ctrl-Z brings it back)
    a line waits            drop the newest (Up brings it back)
    an answer is running    stop it (what it said stays)
    pressed again soon      quit

A press that comes at once after one that copied or closed something takes no step down: whoever
pressed twice meant the same thing. It refuses to know the widgets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Step: TypeAlias = Literal["copy", "close", "clear", "drop", "stop", "warn", "quit"]
Pressed: TypeAlias = Step | Literal["rest"]

STEPS: dict[Step, str] = {
    "copy": "copy the selection",
    "close": "back",
    "clear": "clear what is typed; ↑ brings it back",
    "drop": "drop the last line that waits; ↑ brings it back",
    "stop": "stop the answer; what was said stays",
    "warn": "quit, when pressed twice",
    "quit": "quit",
}

PATIENCE_S = 1.5
QUICK_S = 0.5
"""Presses so close together are one wish."""


@dataclass(frozen=True)
class Situation:
    """What there is that Ctrl-C could act on."""

    selected: bool = False
    draft: bool = False
    waiting: bool = False
    running: bool = False
    field: bool = False
    """Whether the keys are in another field than that of the draft."""


class Ladder:
    """Remembers whether a quit was announced a moment ago, or something closed."""

    def __init__(self) -> None:
        self._warned_at: float | None = None
        self._done_at: float | None = None
        """When a press had done all that was meant by it."""

    def next(self, now: Situation, at: float) -> Step:
        """The step that a press would take; `at` in seconds."""
        if now.selected:
            return "copy"
        if now.field:
            return "close"
        if now.draft:
            return "clear"
        if now.waiting:
            return "drop"
        if now.running:
            return "stop"
        if self._warned_at is not None and at - self._warned_at <= PATIENCE_S:
            return "quit"
        return "warn"

    def press(self, now: Situation, at: float) -> Pressed:
        """The step that this press takes; "rest" for none."""
        step = self.next(now, at)
        if step in ("clear", "drop", "stop") and self._is_the_same_wish(at):
            self._done_at = None
            return "rest"
        self._done_at = at if step in ("copy", "close") else None
        self._warned_at = at if step == "warn" else None
        return step

    def closed(self, at: float) -> None:
        """A press closed what lay over the chat."""
        self._done_at, self._warned_at = at, None

    def _is_the_same_wish(self, at: float) -> bool:
        return self._done_at is not None and at - self._done_at <= QUICK_S
