"""One conversation: a tree of messages, and the branch of it that is being talked on.

Nothing is overwritten. Asking again makes a second answer beside the first, editing a question a
second question; the path from the first message to the `tip` is what the model reads. It refuses
to know where it is kept and who shows it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from threading import RLock

from assistant.chat.entry import Entry, Made, UsedAdapter, new_chat_id, new_id
from assistant.chat.exchange import Exchange, Exchanges
from assistant.chat.kept import Held, entry_of
from assistant.chat.titles import says_something, title_of
from assistant.engine.types import Message


@dataclass(frozen=True)
class Standing:
    """Where a conversation stands, to come back to."""

    tip: int | None
    left_out: int
    """Exchanges of its path that the model is not shown."""


class Conversation:
    """Messages so far. Answers arrive from worker threads, so every change takes the lock."""

    def __init__(
        self,
        entries: Iterable[Held] = (),
        tip: int | None = None,
        *,
        id: str | None = None,
        title: str = "",
        created: float | None = None,
    ) -> None:
        self.id = id or new_chat_id()
        self.created = time.time() if created is None else created
        self._title = title
        self._named = False
        self._entries: dict[int, Held] = {}
        self._children: dict[int | None, list[int]] = {}
        self._left_out = 0
        self._left_out_before = 0
        """On the branch one came from."""
        self._lock = RLock()
        for held in sorted(entries, key=lambda held: held.id):
            self._put(held)
        self.tip: int | None = tip if tip in self._entries else self._newest_below(None)

    # What there is

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every message of every branch."""
        return tuple(map(entry_of, self.held))

    @property
    def held(self) -> tuple[Held, ...]:
        """The same as they are held: one that came from the store and was never looked at is not
        made for it."""
        with self._lock:
            return tuple(self._entries.values())

    def find(self, id: int) -> Entry | None:
        """The message of that id."""
        held = self._entries.get(id)
        return None if held is None else entry_of(held)

    @property
    def is_empty(self) -> bool:
        return self.tip is None

    @property
    def title(self) -> str:
        """The one it was given; else from the first question that says something."""
        with self._lock:
            if self._title and (self._named or says_something(self._title)):
                return self._title
            asked = [held for held in self._entries.values() if held.role == "user"]
            first = entry_of(asked[0]).text if asked else ""
            if self._title and self._title != title_of(first):
                return self._title  # no question made it: somebody gave it another day
            texts = (entry_of(held).text for held in asked)
            telling = (text for text in texts if says_something(text))
            return title_of(next(telling, self._title or first))

    def rename(self, title: str) -> None:
        """Give it a title of one's own, which it keeps whatever is said."""
        self._title, self._named = title, True

    @property
    def path(self) -> tuple[Entry, ...]:
        """The messages from the first to the tip."""
        return tuple(map(entry_of, self._path()))

    @property
    def newest_first(self) -> Iterator[Entry]:
        """The path from the tip upwards, for those who look for the last of something."""
        return map(entry_of, reversed(self._path()))

    def is_on_path(self, id: int) -> bool:
        return any(held.id == id for held in self._path())

    @property
    def exchanges(self) -> Exchanges:
        """The path as questions with their answers."""
        return Exchanges.of(self._path())

    @property
    def questions(self) -> tuple[Entry, ...]:
        """Those of the path, as they are numbered from 1; the program's own do not count."""
        return tuple(map(entry_of, self._asked()))

    @property
    def question_ids(self) -> tuple[int, ...]:
        """Their ids, in the same order."""
        return tuple(held.id for held in self._asked())

    def siblings(self, id: int) -> tuple[Entry, ...]:
        """A message and those beside it, oldest first: answers to one question, or questions in
        one place."""
        with self._lock:
            beside = self._children[self._entries[id].parent]
            return tuple(entry_of(self._entries[i]) for i in beside)

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

    @property
    def standing(self) -> Standing:
        """Where it stands now, for `go_back`."""
        return Standing(self.tip, self._left_out)

    def go_back(self, standing: Standing) -> None:
        """Stand there again, as when something could not be asked."""
        with self._lock:
            self.tip, self._left_out = standing.tip, standing.left_out

    def go_to(self, id: int | None) -> None:
        """Go on from exactly this message; None from before the first.

        On another branch the model is shown everything again, until room has to be made there.
        """
        with self._lock:
            before = self._questions_in_order()
            self.tip = id
            # Another answer to the last question, or further down: what was left out must be still.
            if self._questions_in_order()[: len(before)] != before:
                self._left_out_before = self._left_out or self._left_out_before
                self._left_out = 0

    def go_through(self, id: int) -> None:
        """Take the branch that a message is on, to the newest message that followed it."""
        with self._lock:
            self.go_to(self._newest_below(id))

    # What the model reads

    def leave_out(
        self, fits: Callable[[], bool], still_fits: Callable[[], bool] = lambda: False
    ) -> int:
        """Stop showing the model the oldest exchanges, as few as `fits` asks for.

        After coming from another branch as few as there, if that is fewer and `still_fits`: the
        model's prompt cache begins with what it showed. They stay in the conversation. Returns how
        many were left out by this call.
        """
        before = self._left_out
        low, high = before, len(self.exchanges)
        try:
            # By halves: with a chat of a thousand exchanges, to count its tokens is dear.
            while low < high:
                self._left_out = (low + high) // 2
                if fits():
                    high = self._left_out
                else:
                    low = self._left_out + 1
            self._left_out = self._left_out_before
            if before < self._left_out < high and still_fits():
                high = self._left_out
        except BaseException:
            self._left_out = before
            raise
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

    def _path(self) -> list[Held]:
        with self._lock:
            found: list[Held] = []
            at = self.tip
            while at is not None:
                held = self._entries[at]
                found.append(held)
                at = held.parent
            found.reverse()
            return found

    def _asked(self) -> list[Held]:
        """The questions of the path, without the program's own."""
        pairs = self.exchanges.pairs
        return [asked for asked, answered in pairs if not (answered or asked).told]

    def _questions_in_order(self) -> list[int]:
        """All of the path, the program's own too."""
        return [held.id for held in self._path() if held.role == "user"]

    def _put(self, held: Held) -> None:
        if held.id not in self._entries:
            self._children.setdefault(held.parent, []).append(held.id)
        self._entries[held.id] = held

    def _grow(self, entry: Entry) -> Entry:
        with self._lock:
            self._put(entry)
            self.tip = entry.id
            return entry

    def _newest_below(self, id: int | None) -> int | None:
        while children := self._children.get(id):
            id = children[-1]
        return id
