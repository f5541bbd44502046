"""Who closes the answers of another thread ends its waiting, too."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.engine import Event, Finish, Generation, Timing, Usage
from assistant.engine.local_generation import LocalGeneration
from assistant.engine.remote.generation import RemoteGeneration

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


def local(outbox: ClosedMeanwhile) -> Generation:
    return LocalGeneration(lambda rows: None, [None], outbox)  # type: ignore[list-item, arg-type]


def remote(outbox: ClosedMeanwhile) -> Generation:
    generation = RemoteGeneration(lambda events: [lambda: None])
    generation._outbox = outbox  # type: ignore[assignment]
    return generation


@pytest.mark.parametrize("make", [local, remote])
def test_a_thread_that_waits_for_the_last_event_gets_it_and_no_more(
    make: Callable[[ClosedMeanwhile], Generation],
) -> None:
    outbox = ClosedMeanwhile()
    generation = make(outbox)
    outbox.close = generation.close
    assert [event.finish for event in generation] == [END]
