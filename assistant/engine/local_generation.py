"""What a caller holds while its rows run: the events as they come, and the way to stop them.

It refuses to know the model and the thread that runs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from assistant.engine.row import Outbox, Row
from assistant.engine.types import Event


class LocalGeneration:
    """The events of one `generate` call. See `assistant.engine.protocol.Generation`."""

    def __init__(
        self, cancel: Callable[[Sequence[Row]], None], rows: list[Row], outbox: Outbox
    ) -> None:
        self._cancel = cancel
        self._rows = rows
        self._outbox = outbox
        self._running = len(rows)

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        # Below 0 when it was closed elsewhere while this thread waited for a row's end.
        if self._running <= 0:
            raise StopIteration
        event = self._outbox.get()
        if isinstance(event, BaseException):
            self._running = 0
            raise event
        if event.finish is not None:
            self._running -= 1
        return event

    def cancel(self, row: int | None = None) -> None:
        self._cancel([r for r in self._rows if row is None or r.number == row])

    def close(self) -> None:
        self.cancel()
        self._running = 0
