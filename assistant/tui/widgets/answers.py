"""Answers that stream together: one below the question, or several side by side.

Columns stand below each other where the screen is too narrow for them. It refuses to know the
thread that the events come from.
"""

from __future__ import annotations

import time

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal

from assistant.commands.blocks import Answers
from assistant.engine.types import Event
from assistant.tui.widgets.answer import Answer

NARROWEST_COLUMN = 34
NARROWEST_SCREEN = 80


class AnswerColumns(Horizontal):
    """The columns of one `Answers` block."""

    def __init__(self, answers: Answers) -> None:
        super().__init__()
        self.answers = answers
        self.columns = [Answer(column) for column in answers.columns]
        self._began = time.monotonic()
        self.set_class(len(self.columns) == 1, "-single")

    @property
    def complete(self) -> bool:
        """Whether everything that will be said is on the screen."""
        return all(column.complete for column in self.columns)

    @property
    def tokens_per_s(self) -> float | None:
        """What the quickest column makes."""
        speeds = [column.speed.tokens_per_s for column in self.columns]
        known = [speed for speed in speeds if speed is not None]
        return max(known, default=None)

    @property
    def first_token_s(self) -> float | None:
        """Seconds from the question to the first token of any column."""
        first = [c.speed.first_at for c in self.columns if c.speed.first_at is not None]
        return max(0.0, min(first) - self._began) if first else None

    def compose(self) -> ComposeResult:
        yield from self.columns

    def on_mount(self) -> None:
        self._arrange(self.app.size.width)

    def on_resize(self, event: events.Resize) -> None:
        self._arrange(event.size.width)

    def _arrange(self, width: int) -> None:
        """Side by side where there is room."""
        count = len(self.columns)
        narrow = self.app.size.width < NARROWEST_SCREEN or width < NARROWEST_COLUMN * count
        self.set_class(count > 1 and narrow, "-stacked")

    def take(self, event: Event, at: float) -> None:
        self.columns[event.row].take(event, at)

    def tell_speed(self) -> None:
        for column in self.columns:
            column.tell_speed()

    def end(self) -> None:
        """No more events come."""
        for column in self.columns:
            if column.finish is None:
                column.end()

    async def freeze(self) -> None:
        for column in self.columns:
            await column.prose.freeze()
