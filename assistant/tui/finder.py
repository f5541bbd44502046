"""Finds words in the transcript while they are typed, and goes from match to match.

What is not drawn, because it was said long ago, is looked through as well and drawn when one goes
there. It refuses to know the keys.
"""

from __future__ import annotations

import re
import time
from asyncio import TimerHandle
from collections.abc import Iterator
from dataclasses import dataclass

from textual.widget import Widget
from textual.widgets import Static

from assistant.tui.finding import count_of, pattern_of, spans
from assistant.tui.focusing import give_keys
from assistant.tui.later import later
from assistant.tui.marks import Mark, Marker, is_text, line_of
from assistant.tui.widgets.drawn import Drawn
from assistant.tui.widgets.find_bar import FindBar
from assistant.tui.widgets.past import Gap
from assistant.tui.widgets.transcript import Transcript

LOOKS_PER_SECOND = 3
"""How often an answer that streams is looked through."""
REST_S = 0.3
"""How long the typing rests before something far away is drawn."""


@dataclass(frozen=True)
class Match:
    """Where words stand: in a widget, or in a message of a gap that is not drawn."""

    where: Static | Drawn | Gap
    start: int
    end: int
    message: int = 0


class Finder:
    """One search at a time."""

    def __init__(self, transcript: Transcript, bar: FindBar) -> None:
        self._transcript = transcript
        self._bar = bar
        self._marker = Marker()
        self._pattern: re.Pattern[str] | None = None
        self._matches: list[Match] = []
        self._at: int | None = None
        self._came_from: tuple[float, bool] = (0.0, True)
        self._looked_at = 0.0
        self._soon: TimerHandle | None = None
        """Will draw what is not drawn, once the typing rests."""

    @property
    def open(self) -> bool:
        return self._bar.display

    def begin(self) -> None:
        """Show the bar; where one is now is where Esc leads back to."""
        self._came_from = self._transcript.place
        self._bar.display = True
        give_keys(self._bar.field)
        self._bar.field.action_select_all()
        self.look(self._bar.words)

    def end(self, *, back: bool) -> None:
        """Hide the bar and the marks; stay at the match, or go back."""
        self._bar.display = False
        self._marker.show({})
        self._matches, self._at, self._pattern = [], None, None
        if back:
            self._transcript.go_back_to(self._came_from)

    def look(self, words: str) -> None:
        """Look for other words, from what is in view on."""
        self._pattern = pattern_of(words)
        self._scan()
        self._at = self._nearest()
        self._mark()
        if self._soon is not None:
            self._soon.cancel()
        self._soon = later(self._transcript, REST_S if self._is_far else 0.001, self._go)

    def look_again(self) -> None:
        """The transcript has changed: what is marked follows it."""
        if not self.open or time.monotonic() - self._looked_at < 1 / LOOKS_PER_SECOND:
            return
        before = len(self._matches)
        self._scan()
        if self._at is not None and self._at >= len(self._matches):
            self._at = len(self._matches) - 1 if self._matches else None
        elif self._at is None and self._matches and not before:
            self._at = self._nearest()
        self._mark()

    def step(self, by: int) -> None:
        """To the next match, or the one before; around the ends."""
        self._scan()
        if self._matches:
            self._at = ((self._at or 0) + by) % len(self._matches) if self._at is not None else 0
        self._mark()
        self._go()

    # Inside

    def _scan(self) -> None:
        self._looked_at = time.monotonic()
        self._matches = []
        if self._pattern is None:
            return
        for where in _places(self._transcript.lines):
            if isinstance(where, Gap):
                for message in range(where.first, where.end):
                    found = spans(self._pattern, where.text(message))
                    self._matches += [Match(where, *span, message) for span in found]
            else:
                text = self._marker.text(where).plain
                self._matches += [Match(where, *span) for span in spans(self._pattern, text)]

    def _nearest(self) -> int | None:
        """The first match that is in view or below; else the last one above."""
        if not self._matches:
            return None
        top = self._transcript.region.y
        for number, match in enumerate(self._matches):
            if not isinstance(match.where, Gap) and match.where.region.bottom > top:
                return number
        return len(self._matches) - 1

    @property
    def _is_far(self) -> bool:
        return self._at is not None and isinstance(self._matches[self._at].where, Gap)

    def _go(self) -> None:
        """Go to the match one is at."""
        if not self.open or self._at is None or self._at >= len(self._matches):
            return
        match = self._matches[self._at]
        if isinstance(match.where, Gap):
            self._transcript.run_worker(self._reveal(match.where, match.message), group="find")
        else:
            self._scroll_to(match.where, match)

    async def _reveal(self, gap: Gap, message: int) -> None:
        await gap.reveal(message)
        self._transcript.call_after_refresh(self._arrive)

    def _arrive(self) -> None:
        self._scan()
        if self.open and self._at is not None and self._at < len(self._matches):
            self._mark()
            match = self._matches[self._at]
            if not isinstance(match.where, Gap):
                self._scroll_to(match.where, match)

    def _scroll_to(self, widget: Static | Drawn, match: Match) -> None:
        text = self._marker.text(widget)
        self._transcript.look_at(widget, line_of(text, match.start, widget.content_size.width))

    def _mark(self) -> None:
        marks: dict[Static | Drawn, list[Mark]] = {}
        for number, match in enumerate(self._matches):
            if not isinstance(match.where, Gap):
                mark = Mark(match.start, match.end, number == self._at)
                marks.setdefault(match.where, []).append(mark)
        self._marker.show(marks)
        words = self._bar.words.strip()
        self._bar.tell(count_of(self._at, len(self._matches)) if words else "")


def _places(root: Widget) -> Iterator[Static | Drawn | Gap]:
    """What shows a text, from top to bottom, hidden things left out."""
    for widget in root.children:
        if widget.display:
            if isinstance(widget, Gap) or is_text(widget):
                yield widget
            yield from _places(widget)
