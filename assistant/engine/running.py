"""What a caller holds while its rows run: the events as they come, and the way to stop them.

The rows put their events, or the error that ends them all, into one outbox. It refuses to know
where they run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from queue import SimpleQueue
from typing import TypeAlias

from assistant.engine.types import Event

Outbox: TypeAlias = "SimpleQueue[Event | BaseException]"


class RunningGeneration:
    """The events of one `generate` call. See `assistant.engine.protocol.Generation`.

    `cancel` stops one row by its number, or with None all of them.
    """

    def __init__(self, outbox: Outbox, rows: int, cancel: Callable[[int | None], None]) -> None:
        self._outbox = outbox
        self._running = rows
        self._cancel = cancel

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        # Below 0 when it was closed elsewhere while this thread waited for a row's end.
        if self._running <= 0:
            raise StopIteration
        event = self._outbox.get()
        if isinstance(event, BaseException):
            self.close()
            raise event
        if event.finish is not None:
            self._running -= 1
        return event

    def cancel(self, row: int | None = None) -> None:
        self._cancel(row)

    def close(self) -> None:
        self.cancel()
        self._running = 0
