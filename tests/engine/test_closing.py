"""Who closes the answers of another thread ends its waiting, too."""

from __future__ import annotations

from collections.abc import Callable

from assistant.engine import Event, Finish, Timing, Usage
from assistant.engine.running import RunningGeneration

END = Finish("cancelled", "", (), Usage(1, 0, 0), Timing(0, 0, 0), 0)


class ClosedMeanwhile:
    """An outbox whose reader is closed by somebody else before the one row's end comes."""

    def __init__(self) -> None:
        self.close: Callable[[], None] = lambda: None
        self.events = [Event(0, "", None, None, END)]

    def get(self) -> Event:
        assert self.events, "nothing follows a row's end: this would wait for ever"
        self.close()
        return self.events.pop()


def test_a_thread_that_waits_for_the_last_event_gets_it_and_no_more() -> None:
    outbox = ClosedMeanwhile()
    generation = RunningGeneration(outbox, 1, lambda row: None)  # type: ignore[arg-type]
    outbox.close = generation.close
    assert [event.finish for event in generation] == [END]
