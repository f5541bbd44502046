"""One conversation: a tree of messages, and the branch of it that is being talked on.

Nothing is overwritten. Asking again makes a second answer beside the first, editing a question a
second question; the path from the first message to the `tip` is what the model reads. It refuses
to know where it is kept and who shows it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from threading import RLock

from assistant.chat.entry import Entry, Made, UsedAdapter, new_chat_id, new_id
from assistant.chat.titles import says_something, title_of
from assistant.engine.types import Finish, Message


@dataclass(frozen=True)
class Exchange:
    """A question and its answer."""

    question: str
    """What the model read."""
    answer: str
    adapters: Mapping[str, float] = field(default_factory=dict)
    finish: Finish | None = None
    told: bool = False
    """The answer is the program's own, not the model's."""
    asked: Entry | None = None
    answered: Entry | None = None


class Conversation:
    """Messages so far. Answers arrive from worker threads, so every change takes the lock."""

    def __init__(
        self,
        entries: Iterable[Entry] = (),
        tip: int | None = None,
        *,
        id: str | None = None,
        title: str = "",
        created: float | None = None,
    ) -> None:
        self.id = id or new_chat_id()
        self.created = time.time() if created is None else created
        self._title = title
        self._entries: dict[int, Entry] = {}
        self._children: dict[int | None, list[int]] = {}
        self._left_out = 0
        self._lock = RLock()
        for entry in sorted(entries, key=lambda entry: entry.id):
            self._put(entry)
        self.tip: int | None = tip if tip in self._entries else self._newest_below(None)

    # What there is

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every message of every branch."""
        with self._lock:
            return tuple(self._entries.values())

    @property
    def is_empty(self) -> bool:
        return self.tip is None

    @property
    def title(self) -> str:
        """The one it was given; else from the first question that says something."""
        with self._lock:
            if self._title and says_something(self._title):
                return self._title
            asked = [e.text for e in self._entries.values() if e.role == "user"]
            telling = (text for text in asked if says_something(text))
            return title_of(next(telling, self._title or next(iter(asked), "")))

    def rename(self, title: str) -> None:
        """Give it a title of one's own."""
        self._title = title

    @property
    def path(self) -> tuple[Entry, ...]:
        """The messages from the first to the tip."""
        with self._lock:
            found: list[Entry] = []
            at = self.tip
            while at is not None:
                entry = self._entries[at]
                found.append(entry)
                at = entry.parent
            return tuple(reversed(found))

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The path as questions with their answers."""
        return tuple(_exchanges(self.path))

    @property
    def questions(self) -> tuple[Entry, ...]:
        """Those of the path, as they are numbered from 1; the program's own do not count."""
        return tuple(e.asked for e in self.exchanges if e.asked and not e.told)

    def siblings(self, id: int) -> tuple[Entry, ...]:
        """A message and those beside it, oldest first: answers to one question, or questions in
        one place."""
        with self._lock:
            return tuple(self._entries[i] for i in self._children[self._entries[id].parent])

    # Growing

    def ask(self, text: str, *, sent: str | None = None, told: bool = False) -> Entry:
        """Add a question after the tip."""
        sent = None if sent == text else sent
        return self._grow(Entry(new_id(), self.tip, "user", text, time.time(), sent, told))

    def answer(
        self, text: str = "", *, made: Made | None = None, told: bool = False, to: int | None = None
    ) -> Entry:
        """Add an answer, to the tip or to an earlier question."""
        with self._lock:
            parent = self.tip if to is None else to
            return self._grow(
                Entry(new_id(), parent, "assistant", text, time.time(), told=told, made=made)
            )

    def add(self, exchange: Exchange) -> None:
        """Add a question and its answer at once."""
        used = tuple(UsedAdapter(name, scale) for name, scale in exchange.adapters.items())
        with self._lock:
            self.ask(exchange.question, told=exchange.told)
            answer = self.answer(exchange.answer, made=Made(adapters=used), told=exchange.told)
            self.put(replace(answer, finish=exchange.finish))

    def put(self, entry: Entry) -> None:
        """Take a message in, in place of what was of its id."""
        with self._lock:
            self._put(entry)

    def take_back(self, id: int) -> None:
        """Forget a message that nothing follows, such as a question that could not be asked."""
        with self._lock:
            entry = self._entries.pop(id)
            self._children[entry.parent].remove(id)
            if self.tip == id:
                self.tip = entry.parent

    # Walking

    def go_to(self, id: int | None) -> None:
        """Go on from exactly this message; None from before the first."""
        with self._lock:
            self.tip = id
            self._left_out = min(self._left_out, len(self.exchanges))

    def go_through(self, id: int) -> None:
        """Take the branch that a message is on, to the newest message that followed it."""
        with self._lock:
            self.go_to(self._newest_below(id))

    # What the model reads

    def leave_out(self, fits: Callable[[], bool]) -> int:
        """Stop showing the model the oldest exchanges, as few as `fits` asks for.

        They stay in the conversation. Returns how many were left out by this call.
        """
        before = self._left_out
        low, high = before, len(self.exchanges)
        # By halves: with a chat of a thousand exchanges, to count its tokens is dear.
        while low < high:
            self._left_out = (low + high) // 2
            if fits():
                high = self._left_out
            else:
                low = self._left_out + 1
        self._left_out = high
        return self._left_out - before

    def messages(
        self,
        system: str = "",
        question: str | None = None,
        *,
        before: Entry | None = None,
        thoughts: bool = False,
    ) -> list[Message]:
        """What the model reads: the system prompt, the exchanges, and a new question; with what it
        thought aloud only where its template wants that.

        Exchanges that were left out for want of room are not among them, nor is one that was
        stopped before its first word. With a question of the path as `before`, only those above it.
        """
        messages: list[Message] = []
        if system:
            messages.append({"role": "system", "content": system})
        for exchange in self.exchanges[self._left_out :]:
            if before is not None and exchange.asked == before:
                break
            if exchange.answer:
                messages.append({"role": "user", "content": exchange.question})
                answer: Message = {"role": "assistant", "content": exchange.answer}
                if thoughts and exchange.finish and exchange.finish.thought:
                    answer["reasoning_content"] = exchange.finish.thought
                messages.append(answer)
        if question is not None:
            messages.append({"role": "user", "content": question})
        return messages

    # Inside

    def _put(self, entry: Entry) -> None:
        if entry.id not in self._entries:
            self._children.setdefault(entry.parent, []).append(entry.id)
        self._entries[entry.id] = entry

    def _grow(self, entry: Entry) -> Entry:
        with self._lock:
            self._put(entry)
            self.tip = entry.id
            return entry

    def _newest_below(self, id: int | None) -> int | None:
        while children := self._children.get(id):
            id = children[-1]
        return id


def _exchanges(path: Iterable[Entry]) -> Iterator[Exchange]:
    asked: Entry | None = None
    for entry in path:
        if entry.role == "user":
            if asked is not None:  # nothing ever answered it
                yield Exchange(asked.read, "", told=asked.told, asked=asked)
            asked = entry
        elif asked is not None:
            adapters = entry.made.scales if entry.made else {}
            yield Exchange(asked.read, entry.text, adapters, entry.finish, entry.told, asked, entry)
            asked = None
    if asked is not None:
        yield Exchange(asked.read, "", told=asked.told, asked=asked)
