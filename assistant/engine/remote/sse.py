"""Server-sent events out of bytes, wherever the network cut them.

Only the `data` of events counts here; names, ids and comments are passed over. It refuses to know
what the data means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_BYTES = 16_000_000
"""Of one event: far more than any token takes, and a bound on memory."""
_LINE_END = re.compile(rb"[\r\n]")


class EventTooLargeError(ValueError):
    """A server that never ends its line."""


class EventReader:
    """Feed it bytes; it yields the data of each event that is whole."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._looked_at = 0
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> Iterator[str]:
        self._buffer += piece
        while (line := self._line()) is not None:
            yield from self._take(line)
        if self._size + len(self._buffer) > MOST_BYTES:
            raise EventTooLargeError

    def end(self) -> Iterator[str]:
        """What is left when the stream ends: servers forget the last empty line."""
        line = bytes(self._buffer)
        self._buffer.clear()
        for rest in (*line.splitlines(), b""):
            yield from self._take(rest)

    def _line(self) -> bytes | None:
        found = _LINE_END.search(self._buffer, self._looked_at)
        place = len(self._buffer) if found is None else found.start()
        if place + 1 >= len(self._buffer) and self._buffer[place:] != b"\n":
            # No end yet, or half of one: a line feed that belongs to it may still come.
            self._looked_at = place
            return None
        line = bytes(self._buffer[:place])
        both = self._buffer[place : place + 2] == b"\r\n"
        del self._buffer[: place + 1 + both]
        self._looked_at = 0
        return line

    def _take(self, line: bytes) -> Iterator[str]:
        if not line:
            data, self._data, self._size = b"\n".join(self._data), [], 0
            # An event without data is none: some servers send them to keep the line open.
            if data.strip():
                yield data.decode("utf-8", "replace")
            return
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))
            self._size += len(value)
