"""What a caller holds while a server answers. See `assistant.engine.protocol.Generation`.

It refuses to know how a server is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from queue import SimpleQueue

from assistant.engine.remote.answer import Outbox
from assistant.engine.types import Event


class RemoteGeneration:
    """The events of several answers, in the order they come."""

    def __init__(self, start: Callable[[Outbox], Sequence[Callable[[], None]]]) -> None:
        self._outbox: Outbox = SimpleQueue()
        self._cancels = start(self._outbox)
        self._running = len(self._cancels)

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
        for number, cancel in enumerate(self._cancels):
            if row is None or row == number:
                cancel()

    def close(self) -> None:
        self.cancel()
        self._running = 0
