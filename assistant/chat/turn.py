"""An answer under way: passes events on, and gathers what was said.

What was generated before a stop, or before a failure, is kept: `on_end` is called once, however
the answer ends. It refuses to know who listens, and where the answer goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from assistant.engine.protocol import Generation
from assistant.engine.types import Event, Finish


class Turn:
    """A Generation of one row that hands over its text at the end."""

    def __init__(
        self,
        generation: Generation,
        on_end: Callable[[str, Finish | None], None],
        begun: str = "",
    ) -> None:
        self._generation = generation
        self._on_end: Callable[[str, Finish | None], None] | None = on_end
        self._parts = [begun]
        """What was said before, then a part for each event."""

    @property
    def text(self) -> str:
        """What was said so far; from any thread."""
        return "".join(tuple(self._parts))

    @property
    def running(self) -> bool:
        """Whether more is to come; from any thread."""
        return self._on_end is not None

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        try:
            event = next(self._generation)
        except StopIteration:
            raise
        except BaseException:
            self._end(None)
            raise
        if event.before:
            # What was said before, without what the cut left of a character.
            self._parts[0] = event.text
        else:
            self._parts.append(event.text)
        if event.finish is not None:
            self._end(event.finish)
        return event

    def _end(self, finish: Finish | None) -> None:
        on_end, self._on_end = self._on_end, None
        if on_end is not None:
            on_end(self.text if finish is None else finish.text, finish)

    def cancel(self, row: int | None = None) -> None:
        """Ask for its end; from any thread. What still comes is passed on."""
        self._generation.cancel(row)

    def close(self) -> None:
        """Cancel it, and take what was said as all there is."""
        self._generation.close()
        self._end(None)
