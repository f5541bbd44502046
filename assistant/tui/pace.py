"""How often the screen looks for what is new: less often where drawing is dear.

On a processor that the model runs on as well, what drawing takes the model has not: looked at half
as often, more of an answer is drawn at once. It refuses to know what is drawn.
"""

from __future__ import annotations

import time
from collections.abc import Callable

TICKS_PER_SECOND = 20
"""Looks a second at most; half of that at least."""
DEAR = 0.08
"""Of a core: drawing that takes more is done at every second tick."""


class Pace:
    """Asked at every tick, on the thread that draws."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        busy: Callable[[], float] = time.thread_time,
    ) -> None:
        """`clock` counts seconds, `busy` those in which this thread had a processor."""
        self._clock = clock
        self._busy = busy
        self._last = (clock(), busy())
        self._rested = False

    def is_time(self) -> bool:
        """Whether to look now; after one tick without, always."""
        now = self._clock(), self._busy()
        passed, took = (new - old for new, old in zip(now, self._last, strict=True))
        if not self._rested and took > DEAR * passed:
            self._rested = True
            return False
        self._last, self._rested = now, False
        return True
