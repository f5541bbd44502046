"""One conversation: its messages, in order, and what each answer was made with.

It refuses to know where it is kept and who shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from assistant.engine.types import Finish, Message


@dataclass(frozen=True)
class Exchange:
    """A question and its answer."""

    question: str
    answer: str
    adapters: Mapping[str, float] = field(default_factory=dict)
    finish: Finish | None = None


class Conversation:
    """Exchanges so far. Answers arrive from worker threads, so every change takes the lock."""

    def __init__(self) -> None:
        self._exchanges: list[Exchange] = []
        self._lock = Lock()

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        with self._lock:
            return tuple(self._exchanges)

    def add(self, exchange: Exchange) -> None:
        with self._lock:
            self._exchanges.append(exchange)

    def take_last(self) -> Exchange | None:
        """Remove and return the newest exchange, to ask its question again."""
        with self._lock:
            return self._exchanges.pop() if self._exchanges else None

    def clear(self) -> None:
        with self._lock:
            self._exchanges.clear()

    def messages(self, system: str = "", question: str | None = None) -> list[Message]:
        """What the model reads: the system prompt, every exchange, and a new question.

        An exchange that was stopped before its first word has no answer to show and is left out.
        """
        messages: list[Message] = []
        if system:
            messages.append({"role": "system", "content": system})
        for exchange in self.exchanges:
            if exchange.answer:
                messages.append({"role": "user", "content": exchange.question})
                messages.append({"role": "assistant", "content": exchange.answer})
        if question is not None:
            messages.append({"role": "user", "content": question})
        return messages
