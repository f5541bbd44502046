"""Keeps a conversation as it grows, and says once when that does not work.

A chat goes on whatever happens to the disk: what could not be written is written with the next
message that can. It refuses to know engines and screens.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from assistant.chat.chats import ChatInfo
from assistant.chat.conversation import Conversation
from assistant.chat.entry import Entry, UsedAdapter
from assistant.chat.kept import Held, entry_of
from assistant.chat.store import Store
from assistant.chat.turn import Turn
from assistant.errors import StoreError, StoreReplaced


@dataclass(frozen=True)
class Setup:
    """What a conversation is held with, beside its messages: needed to go on with it."""

    model: str = ""
    adapters: tuple[UsedAdapter, ...] = ()
    system: str = ""
    prompt: Mapping[str, str] = field(default_factory=dict)


class Keeper:
    """Writes one conversation at a time into the store."""

    def __init__(self, store: Store, wanted: Callable[[], bool]) -> None:
        self._store = store
        self._wanted = wanted
        self._written: dict[int, Held] = {}
        self._chat = ""
        self._title = ""
        """As it stands in the store."""
        self._troubled = False
        self._news: list[str] = []

    def write(self, conversation: Conversation, setup: Setup) -> None:
        """Write what is not yet in the store; when this returns, it is, or there is news."""
        if not self._wanted() or conversation.is_empty:
            return
        self._turn_to(conversation)
        try:
            try:
                self._put(conversation, setup)
            except StoreReplaced:
                self._written.clear()
                self._put(conversation, setup)
        except StoreError as error:
            self._say(error)
        else:
            if self._troubled:
                self._troubled = False
                self._news.append("This chat is saved again, all of it.")

    def opened(self, conversation: Conversation) -> None:
        """Take a conversation that came from the store."""
        self._chat = conversation.id
        self._title = conversation.title
        self._written = {held.id: held for held in conversation.held}

    def opened_as(self, title: str) -> None:
        """The conversation's title in the store is this one now."""
        self._title = title

    def watch(self, answer: Entry, turn: Turn) -> None:
        """Write an answer as it grows."""
        if self._wanted() and answer.id in self._written:
            self._store.watch(answer.id, lambda: turn.text)

    def unwatch(self, answer: Entry) -> None:
        self._store.unwatch(answer.id)

    def take_back(self, conversation: Conversation, entry: Entry) -> None:
        """Remove a message that nothing follows, such as a question that was refused."""
        if self._written.pop(entry.id, None) is not None:
            try:
                self._store.take_back(conversation.id, entry.id)
            except StoreError as error:
                self._say(error)

    def draft(self, text: str) -> None:
        """Keep what is being typed."""
        if self._wanted():
            self._store.draft(text)

    def news(self) -> list[str]:
        """Sentences that the person should read; each is given once."""
        told = [*self._store.news(), *self._news]
        self._news.clear()
        return told

    def _turn_to(self, conversation: Conversation) -> None:
        if conversation.id != self._chat:
            self._chat = conversation.id
            self._title = ""
            self._written.clear()

    def _put(self, conversation: Conversation, setup: Setup) -> None:
        new = [held for held in conversation.held if self._written.get(held.id) is not held]
        chat = ChatInfo(
            id=conversation.id,
            title=conversation.title,
            created=conversation.created,
            changed=time.time(),
            tip=conversation.tip,
            model=setup.model,
            adapters=setup.adapters,
            system=setup.system,
            prompt=setup.prompt,
        )
        self._store.put(chat, map(entry_of, new), beside=self._written)
        if self._title and self._title != chat.title:
            # A chat that began with a greeting has a title that says more now; one that somebody
            # gave it meanwhile stays.
            self._store.rename(chat.id, chat.title, self._title)
        self._title = chat.title
        self._written.update((held.id, held) for held in new)

    def _say(self, error: StoreError) -> None:
        if not self._troubled:
            self._news.append(f"This chat goes on, but it is not saved. {error}")
        self._troubled = True
