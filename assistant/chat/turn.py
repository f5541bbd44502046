"""An answer under way in a conversation: passes events on, and keeps what was said.

What was generated before a stop is kept: the exchange enters the conversation when the row ends,
however it ends. It refuses to know who listens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from assistant.chat.conversation import Conversation, Exchange
from assistant.engine.protocol import Generation
from assistant.engine.types import Event, Finish


class Turn:
    """A Generation of one row that records its exchange at the end."""

    def __init__(
        self,
        generation: Generation,
        conversation: Conversation,
        question: str,
        adapters: Mapping[str, float],
        on_finish: Callable[[Finish], None],
    ) -> None:
        self._generation = generation
        self._conversation = conversation
        self._question = question
        self._adapters = dict(adapters)
        self._on_finish = on_finish

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        event = next(self._generation)
        if event.finish is not None:
            finish = event.finish
            self._conversation.add(Exchange(self._question, finish.text, self._adapters, finish))
            self._on_finish(finish)
        return event

    def cancel(self, row: int | None = None) -> None:
        self._generation.cancel(row)

    def close(self) -> None:
        self._generation.close()
