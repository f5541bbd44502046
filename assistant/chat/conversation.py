"""One conversation: its messages, in order, and what each answer was made with.

It refuses to know where it is kept and who shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    told: bool = False
    """The answer is the program's own, not the model's."""


class Conversation:
    """Exchanges so far. Answers arrive from worker threads, so every change takes the lock."""

    def __init__(self) -> None:
        self._exchanges: list[Exchange] = []
        self._left_out = 0
        self._lock = Lock()

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        with self._lock:
            return tuple(self._exchanges)

    def add(self, exchange: Exchange) -> None:
        with self._lock:
            self._exchanges.append(exchange)

    def take_last(self) -> Exchange | None:
        """Remove and return the newest exchange with the model, to ask its question again."""
        with self._lock:
            asked = [i for i, exchange in enumerate(self._exchanges) if not exchange.told]
            if not asked:
                return None
            if asked[-1] < self._left_out:
                self._left_out -= 1
            return self._exchanges.pop(asked[-1])

    def clear(self) -> None:
        with self._lock:
            self._exchanges.clear()
            self._left_out = 0

    def leave_out(self, fits: Callable[[], bool]) -> int:
        """Stop showing the model the oldest exchanges, one by one, until `fits` says it is enough.

        They stay in the conversation. Returns how many were left out by this call.
        """
        before = self._left_out
        while self._left_out < len(self._exchanges) and not fits():
            self._left_out += 1
        return self._left_out - before

    def messages(self, system: str = "", question: str | None = None) -> list[Message]:
        """What the model reads: the system prompt, the exchanges, and a new question.

        Exchanges that were left out for want of room are not among them, nor is one that was
        stopped before its first word.
        """
        messages: list[Message] = []
        if system:
            messages.append({"role": "system", "content": system})
        for exchange in self.exchanges[self._left_out :]:
            if exchange.answer:
                messages.append({"role": "user", "content": exchange.question})
                messages.append({"role": "assistant", "content": exchange.answer})
        if question is not None:
            messages.append({"role": "user", "content": question})
        return messages
